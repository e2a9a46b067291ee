"""Which deals a report counts and what it groups them by, as typed: `--by source --from 2026-01-01 --cohort closed`."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date, datetime, timedelta

from pipeline_cli.domain.errors import UsageError
from pipeline_cli.domain.record import NamedTuple
from pipeline_cli.domain.words.clock import Clock
from pipeline_cli.domain.words.dates import parse_date
from pipeline_cli.domain.words.names import normalise
from pipeline_cli.domain.words.text import choice_of, unknown_word

GROUP_PERIODS = ("month", "quarter")
GROUP_COLUMNS = ("source", "owner", "pipeline", "organization", "lost_reason", "currency")
GROUP_STAGE_FACTS = ("stage", "funnel", "category")
"""What pipeline.yaml says of the stage that a deal is in, or was closed in; a category of its own goes before."""
COHORTS = ("created", "closed")
_ALIASES = {
    "origin": "source",
    "lead_source": "source",
    "channel": "source",
    "sales_agent": "owner",
    "salesperson": "owner",
    "rep": "owner",
    "account": "organization",
    "company": "organization",
    "customer": "organization",
    "org": "organization",
}
"""What such a column is called in the files that import reads, where it has become a column of the deal."""


class Grouping(NamedTuple):
    """What a report groups deals by."""

    kind: str
    """none | column | stage | period | field"""
    name: str = ""
    """A column of the deal, a fact of its stage, month or quarter, or an extra field."""
    by_stage: tuple[tuple[str, str], ...] = ()
    """Kind stage: each stage of the pipeline with its fact, in their order."""


UNGROUPED = Grouping("none")
BY_PIPELINE = Grouping("column", "pipeline")


class Scope(NamedTuple):
    """The deals of one count."""

    pipeline: str | None
    """None: every one."""
    by: Grouping = UNGROUPED
    cohort: str = "created"
    """created | closed: the date that since, until, month and quarter mean."""
    since: datetime | None = None
    until: datetime | None = None
    """Exclusive."""


def parse_grouping(text: str | None, known_fields: Collection[str]) -> Grouping:
    """Words of the program come before fields of the same name. Raises UsageError for an unknown one, with the list."""
    if text is None:
        return UNGROUPED
    folded = normalise(text).replace("-", "_").replace(" ", "_")
    if folded in GROUP_PERIODS:
        return Grouping("period", folded)
    if folded in GROUP_COLUMNS:
        return Grouping("column", folded)
    if folded in GROUP_STAGE_FACTS:
        return Grouping("stage", folded)
    for field in (text, *known_fields):
        if field in known_fields and normalise(field) == normalise(text):
            return Grouping("field", field)
    if folded in _ALIASES:
        return Grouping("column", _ALIASES[folded])
    raise unknown_word("group", text, [*GROUP_COLUMNS, *GROUP_STAGE_FACTS, *GROUP_PERIODS, *sorted(known_fields)])


def parse_scope(
    pipeline: str | None, by: Grouping, cohort: str, first: str | None, last: str | None, clock: Clock
) -> Scope:
    """`first` and `last` are days, both included. Raises UsageError for no date, no cohort, or an end before the start."""
    if cohort not in COHORTS:
        raise UsageError(f"--cohort {cohort}: is no cohort: {choice_of(cohort, COHORTS)}.")
    start, end = _parse_day(first, clock), _parse_day(last, clock)
    if start is not None and end is not None and end < start:
        raise UsageError(f"--to {end} is before --from {start}: exchange them.")
    return Scope(
        pipeline,
        by,
        cohort,
        None if start is None else clock.start_of(start),
        None if end is None else clock.start_of(end + timedelta(days=1)),
    )


def _parse_day(text: str | None, clock: Clock) -> date | None:
    return None if text is None else parse_date(text, clock.today, past=True)


def order_groups(groups: Iterable[tuple[str | None, int]], by: Grouping) -> list[str | None]:
    """Periods as time goes, facts of stages as these stand, others by their number of deals, most first.

    The group of nothing known is the last.
    """
    sizes = dict(groups)
    known = sorted(group for group in sizes if group is not None)
    if by.kind == "stage":
        places = {fact: place for place, (_, fact) in reversed(list(enumerate(by.by_stage)))}
        known.sort(key=lambda group: places.get(group, len(places)))
    elif by.kind != "period":
        known.sort(key=lambda group: -sizes[group])
    return [*known, *([None] if None in sizes else [])]
