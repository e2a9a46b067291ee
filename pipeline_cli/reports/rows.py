"""A scored deal as a row of the `list` report, and what filters look at; the columns of what is known of one thing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from pipeline_cli.domain.playbook import Pipeline, Playbook
from pipeline_cli.domain.rules.filters import OPEN, Filter, parse_filters
from pipeline_cli.domain.rules.scored_deal import ScoredDeal
from pipeline_cli.output.report import DATE, DAYS, FLAGS, ID, INSTANT, MONEY, NUMBER, PERCENT, Column
from pipeline_cli.storage.reader import Reader
from pipeline_cli.storage.record.in_use import read_field_names

LIST_COLUMNS = (
    Column("id", "#", ID, 0, "The deal's number"),
    Column("external_id", "External id", priority=9, meaning="Its id in the program it was imported from", shown=False),
    Column("title", "Title", priority=0, meaning="What is being sold"),
    Column("organization", "Organization", priority=3, meaning="To whom"),
    Column("contact", "Contact", priority=6, meaning="The first person of the deal"),
    Column("pipeline", "Pipeline", shown=False, priority=9, meaning="The pipeline it runs through"),
    Column("stage", "Stage", priority=1, meaning="Where it stands; of a closed deal, where it stood last"),
    Column("status", "Status", shown=False, priority=5, meaning="open, won, lost or disqualified"),
    Column("value", "Value", MONEY, 1, "What it is worth, in its own currency"),
    Column("currency", "Currency", shown=False, priority=9, meaning="The currency of the value"),
    Column(
        "probability",
        "Chance",
        PERCENT,
        5,
        "Its own if set by hand, else its stage's: the `stage` method of forecast, which knows no time",
    ),
    Column("source", "Source", priority=7, meaning="Where it came from"),
    Column("created_at", "Created", INSTANT, 9, "When it was created", shown=False),
    Column("expected_close", "Close", DATE, 4, "When it is expected to close"),
    Column("closed_at", "Closed", INSTANT, 5, "When it was won, lost or disqualified", shown=False),
    Column("lost_reason", "Reason", priority=5, meaning="Why it was lost or disqualified", shown=False),
    Column("idle_days", "Idle", DAYS, 2, "Idle days: since the last touchpoint, or since creation if there was none"),
    Column("days_in_stage", "In stage", DAYS, 5, "Days in stage: since the current visit began"),
    Column("age_days", "Age", DAYS, 8, "Days since creation", shown=False),
    Column("next_step", "Next step", priority=4, meaning="The one thing to do next"),
    Column("next_step_due", "Due", DATE, 3, "When the next step is due"),
    Column("snoozed_until", "Snoozed", DATE, 8, "Silent until that day", shown=False),
    Column("score", "Score", NUMBER, 8, "Qualification score, 0 to 100; missing until a question is answered"),
    Column("flags", "Flags", FLAGS, 1, "What is wrong with it, each with the number that set it off"),
)
FACT_COLUMNS = (
    Column("what", "", priority=0, meaning="What is known"),
    Column("value", "", priority=0, meaning="How it stands"),
)
"""Of what is known of one deal or one person, a line each."""


PIPELINE_ID = Column("pipeline", "Pipeline id", shown=False, meaning="The pipeline it runs through, by its id")
"""The last key of a row that had none for it."""
_PIPELINE_NAME = Column("pipeline_name", "Pipeline", priority=0, machine=False, meaning="The pipeline it runs through")


def naming_pipelines(
    columns: Sequence[Column], pipelines: Sequence[Pipeline] | Sequence[str], *, before: str
) -> tuple[Column, ...]:
    """The columns, with the name of the pipeline in front of one of them where there are several to tell apart."""
    if len(pipelines) == 1:
        return tuple(columns)
    place = [column.key for column in columns].index(before)
    return (*columns[:place], _PIPELINE_NAME, *columns[place:])


def list_row(deal: ScoredDeal) -> dict[str, Any]:
    """The keys of the `list` report, money in minor units; beside them what filters need."""
    facts = deal.facts
    is_open = facts.status == "open"
    return {
        "id": facts.id,
        "external_id": facts.external_id,
        "title": facts.title,
        "organization": facts.organization,
        "contact": facts.contact,
        "pipeline": facts.pipeline,
        "stage": facts.stage,
        "status": facts.status,
        "value": facts.value_cents,
        "currency": facts.currency,
        "probability": deal.probability,
        "source": facts.source,
        "created_at": facts.created_at,
        "expected_close": facts.expected_close,
        "closed_at": facts.closed_at,
        "lost_reason": facts.lost_reason,
        "idle_days": deal.idle_days if is_open else None,
        "days_in_stage": deal.days_in_stage if is_open else None,
        "age_days": deal.age_days if is_open else None,
        "next_step": facts.next_step,
        "next_step_due": facts.next_step_due,
        "snoozed_until": facts.snoozed_until if deal.snoozed else None,
        "score": deal.score,
        "flags": [flag.as_json() for flag in deal.flags],
        "home_value": deal.home_cents,
        "owner": facts.owner,
        "category": deal.category,
        "fields": facts.fields,
    }


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
