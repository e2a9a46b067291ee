"""The columns of a scored deal, which `list` shows and filters look at; those that several reports share."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from pipeline_cli.domain.deal.labels import links_of, tags_of
from pipeline_cli.domain.playbook import Pipeline, Playbook
from pipeline_cli.domain.rules.filters import OPEN, Filter, parse_filters
from pipeline_cli.domain.rules.scored_deal import ScoredDeal
from pipeline_cli.output.report import (
    DATE,
    DAYS,
    FLAGS,
    ID,
    INSTANT,
    LINES,
    MONEY,
    NUMBER,
    PERCENT,
    WORDS,
    Column,
    figures,
    read_rows,
)
from pipeline_cli.storage.reader import Reader
from pipeline_cli.storage.record.in_use import read_field_names


def name_of_stage(deal: ScoredDeal) -> str:
    """Of one that pipeline.yaml no longer has, its id."""
    return deal.stage.name if deal.stage else deal.facts.stage


STAGE_OF_DEAL = Column(
    "stage", "Stage", value="deal.facts.stage", said=lambda one: name_of_stage(one.deal), meaning="Where it stands"
)
"""Of a record that has a scored deal."""

LIST_COLUMNS = (
    Column("id", "#", ID, 0, "The deal's number", value="facts.id"),
    Column(
        "external_id",
        "External id",
        priority=9,
        meaning="Its id in the program it was imported from",
        shown=False,
        value="facts.external_id",
    ),
    Column("title", "Title", priority=0, meaning="What is being sold", value="facts.title"),
    Column("organization", "Organization", priority=1, meaning="To whom", value="facts.organization"),
    Column("contact", "Contact", priority=6, meaning="The first person of the deal", value="facts.contact"),
    Column(
        "pipeline", "Pipeline", shown=False, priority=9, meaning="The pipeline it runs through", value="facts.pipeline"
    ),
    Column(
        "stage",
        "Stage",
        priority=2,
        meaning="Where it stands; of a closed deal, where it stood last",
        value="facts.stage",
        said=name_of_stage,
    ),
    Column(
        "status", "Status", shown=False, priority=5, meaning="open, won, lost or disqualified", value="facts.status"
    ),
    Column("value", "Value", MONEY, 1, "What it is worth, in its own currency", value="facts.value_cents"),
    Column(
        "currency",
        "Currency",
        shown=False,
        priority=9,
        meaning="The currency of the value",
        value="facts.currency",
    ),
    Column(
        "probability",
        "Chance",
        PERCENT,
        5,
        "The chance of being won in the end: its own if set by hand, else as `forecast` has it, from its stage, the days it "
        "has been there and its silence",
    ),
    Column("source", "Source", priority=7, meaning="Where it came from", value="facts.source"),
    Column("created_at", "Created", INSTANT, 9, "When it was created", shown=False, value="facts.created_at"),
    Column("expected_close", "Close", DATE, 4, "When it is expected to close", value="facts.expected_close"),
    Column(
        "closed_at",
        "Closed",
        INSTANT,
        5,
        "When it was won, lost or disqualified; missing where no file says",
        shown=False,
        value=lambda deal: None if deal.facts.closed_inferred else deal.facts.closed_at,
    ),
    Column(
        "lost_reason",
        "Reason",
        priority=5,
        meaning="Why it was lost or disqualified",
        shown=False,
        value="facts.lost_reason",
    ),
    Column(
        "idle_days",
        "Idle",
        DAYS,
        3,
        "Idle days: since the last touchpoint, or since creation if there was none",
        value=lambda deal: deal.idle_days if deal.is_open else None,
    ),
    Column(
        "days_in_stage",
        "In stage",
        DAYS,
        5,
        "Days in stage: since the current visit began",
        value=lambda deal: deal.days_in_stage if deal.is_open else None,
    ),
    Column(
        "age_days",
        "Age",
        DAYS,
        8,
        "Days since creation",
        shown=False,
        value=lambda deal: deal.age_days if deal.is_open else None,
    ),
    Column("next_step", "Next step", priority=2, meaning="The one thing to do next", value="facts.next_step"),
    Column("next_step_due", "Due", DATE, 2, "When the next step is due", value="facts.next_step_due"),
    Column("snoozed_until", "Snoozed", DATE, 8, "Silent until that day", shown=False),
    Column("score", "Score", NUMBER, 8, "Qualification score, 0 to 100; missing until a question is answered"),
    Column("flags", "Flags", FLAGS, 5, "What is wrong with it, each with the number that set it off"),
    Column(
        "tags",
        "Tags",
        WORDS,
        6,
        "The words it was given to be found by",
        shown=False,
        value=lambda deal: tags_of(deal.facts.tags),
    ),
    Column(
        "links",
        "Links",
        LINES,
        9,
        "Addresses and files, which `open` opens",
        shown=False,
        value=lambda deal: links_of(deal.facts.links),
    ),
)
"""Of a scored deal."""


def _of_its_stage(name: str) -> Callable[[ScoredDeal], Any]:
    return lambda deal: getattr(deal.stage, name, None)


_FILTERED_TOO = (
    Column("home_value", kind=MONEY, value="home_cents"),
    *figures("category"),
    Column("owner", value="facts.owner"),
    Column("fields", value="facts.fields"),
    *(Column(name, value=_of_its_stage(name)) for name in ("funnel", "idle_after_days", "max_days", "wip_limit")),
)
"""What filters look at beside them."""
FACT_COLUMNS = (
    Column("what", "", priority=0, meaning="What is known"),
    Column("value", "", priority=0, meaning="How it stands"),
)
"""Of what is known of one deal or one person, a line each."""


PIPELINE_ID = Column("pipeline", "Pipeline id", shown=False, meaning="The pipeline it runs through, by its id")
"""The last key of a row that had none for it."""
_PIPELINE_NAME = Column("pipeline_name", "Pipeline", priority=0, machine=False, meaning="The pipeline it runs through")


def naming_pipelines(
    columns: Sequence[Column],
    pipelines: Sequence[Pipeline] | Sequence[str],
    *,
    before: str,
    name: Callable[[Any], str | None],
) -> tuple[Column, ...]:
    """The columns, with the name of the pipeline in front of one of them where there are several to tell apart.

    `name`: of the pipeline of a record.
    """
    if len(pipelines) == 1:
        return tuple(columns)
    place = [column.key for column in columns].index(before)
    return (*columns[:place], _PIPELINE_NAME._replace(value=name), *columns[place:])


def in_home_currency(columns: Sequence[Column], playbook: Playbook) -> tuple[Column, ...]:
    """The columns, the value under the name of the file's currency where there are others: it was converted."""
    if not playbook.exchange_rates:
        return tuple(columns)
    return tuple(column._replace(heading=playbook.currency) if column.key == "value" else column for column in columns)


def matching(wanted: Filter, deals: Iterable[ScoredDeal]) -> list[ScoredDeal]:
    """Those that a filter asks for."""
    deals = list(deals)
    rows = read_rows((*LIST_COLUMNS, *_FILTERED_TOO), deals)
    return [deal for deal, row in zip(deals, rows, strict=True) if wanted.matches(row)]


def read_filter(
    reader: Reader,
    playbook: Playbook,
    pipelines: Sequence[Pipeline],
    words: Sequence[str],
    default_statuses: frozenset[str] | None = OPEN,
) -> Filter:
    """What deals of these pipelines are asked for: stages are those of the one, or else of every one. Raises UsageError."""
    only = pipelines[0] if len(pipelines) == 1 else None
    clock = reader.clock
    return parse_filters(words, playbook, only, clock.today, read_field_names(reader), clock.zone, default_statuses)
