"""`cohorts`: deals by when they were created, and how many were won within 30, 60, 90 and 180 days."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from pipeline_cli.domain.outcomes.history import holds_buyers_alone, no_losses_line, share, undated_json, undated_line
from pipeline_cli.domain.outcomes.sources import SPANS, Cohort, order_cohorts, won_within
from pipeline_cli.domain.playbook import Pipeline
from pipeline_cli.domain.words.clock import Clock
from pipeline_cli.domain.words.grouping import Scope
from pipeline_cli.domain.words.text import long_day
from pipeline_cli.output.report import COUNT, PERCENT, Column, Report, Section
from pipeline_cli.storage.reader import Reader
from pipeline_cli.storage.record.funnel import read_cohorts
from pipeline_cli.storage.record.outcomes import read_undated
from pipeline_cli.workspace import Workspace


def _won_within(place: int, cohort: Cohort) -> int | None:
    return cohort.won_within[place]


COLUMNS = (
    Column(
        "cohort",
        "Cohort id",
        shown=False,
        meaning="Month or quarter of the creation, in the zone of pipeline.yaml; null: creation not known",
        value="name",
    ),
    Column(
        "name",
        "Created",
        priority=0,
        meaning="The month or quarter",
        machine=False,
        value=lambda cohort: "not known" if cohort.name is None else cohort.name,
    ),
    Column("deals", "Deals", COUNT, 0, "Deals created in it, of every status"),
    Column("won", "Won", COUNT, 0, "Of those, won by now"),
    Column(
        "rate",
        "Won of all",
        PERCENT,
        3,
        "won ÷ deals by now; young cohorts have yet to close",
        machine=False,
        value=lambda cohort: share(cohort.won, cohort.deals),
    ),
    Column("lost", "Lost", COUNT, 2, "Of those, lost by now; what is missing is disqualified"),
    Column("open", "Open", COUNT, 2, "Of those, still open"),
    *(
        Column(
            f"won_{span}",
            f"{span} days",
            COUNT,
            1,
            f"Won within {span} days of their creation; "
            "missing while the cohort's youngest deal is younger than that; a win that nobody dated is in none, "
            "and where none has a date it is missing",
            value=partial(_won_within, place),
        )
        for place, span in enumerate(SPANS)
    ),
)


def cohorts_report(workspace: Workspace, reader: Reader, pipelines: Sequence[Pipeline], scope: Scope) -> Report:
    """One pipeline, or all of them together; grouped by month or quarter."""
    only = pipelines[0] if len(pipelines) == 1 else None
    undated = read_undated(reader, [pipeline.id for pipeline in pipelines])
    left_out = undated_line(undated, "the spans of days and the months")
    cohorts = order_cohorts(read_cohorts(reader, scope._replace(pipeline=only.id if only else None)))
    won, lost = sum(one.won for one in cohorts), sum(one.lost for one in cohorts)
    is_bare = holds_buyers_alone(won, lost, sum(one.deals for one in cohorts) - won - lost)
    lines = [*([no_losses_line(won)] if is_bare else []), *([left_out] if left_out else [])]
    return Report(
        name="cohorts",
        title=f"{only.name if only else 'Every pipeline'}: deals by {scope.by.name} of creation, "
        f"{long_day(reader.clock.today)}",
        as_of=reader.clock.today,
        pipeline=only.id if only else None,
        currency=workspace.playbook.currency,
        columns=[column for column in COLUMNS if column.key != "rate"] if is_bare else COLUMNS,
        rows=[_as_known(cohort, reader.clock) for cohort in cohorts],
        extra={"undated": undated_json(undated)},
        sections=[Section("", lines=lines)] if lines and cohorts else [],
        empty='No deals yet. `pipeline add "Acme: workshop"` adds one, `pipeline import deals.csv` many.',
        definitions={"days": "of 24 hours, from the creation to the instant of winning"},
    )


def _as_known(cohort: Cohort, clock: Clock) -> Cohort:
    return cohort._replace(won_within=won_within(cohort, clock))
