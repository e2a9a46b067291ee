"""`board`: the open deals as cards under their stages, those that need something first."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from pipeline_cli.domain.playbook import Pipeline
from pipeline_cli.domain.record import NamedTuple
from pipeline_cli.domain.rules.agenda import last_chance_in_words
from pipeline_cli.domain.rules.board import BoardStage, mark_of, stages_of
from pipeline_cli.domain.rules.scored_deal import MEANINGS, ScoredDeal
from pipeline_cli.domain.words.clock import Clock
from pipeline_cli.domain.words.text import counted, long_day
from pipeline_cli.output.numbers import json_rows
from pipeline_cli.output.report import (
    DATE,
    DAYS,
    FLAGS,
    ID,
    MONEY,
    Card,
    Cents,
    Column,
    Lane,
    Report,
    amounts,
    figures,
)
from pipeline_cli.reports.rows import PIPELINE_ID
from pipeline_cli.reports.snapshot import Snapshot
from pipeline_cli.storage.reader import Reader
from pipeline_cli.workspace import Workspace

COLUMNS = (
    Column("stage", "Stage", priority=0, meaning="Where it stands", value="stage.id"),
    Column("id", "#", ID, 0, "The deal's number", value="deal.facts.id"),
    Column("title", "Title", priority=0, meaning="What is being sold", value="deal.facts.title"),
    Column("organization", "Organization", priority=4, meaning="To whom", value="deal.facts.organization"),
    Column("value", "Value", MONEY, 1, "What it is worth, in its own currency", value="deal.facts.value_cents"),
    Column(
        "currency",
        "Currency",
        priority=9,
        shown=False,
        meaning="The currency of the value",
        value="deal.facts.currency",
    ),
    Column(
        "days_in_stage",
        "In stage",
        DAYS,
        2,
        "Days in stage: since the current visit began",
        value="deal.days_in_stage",
    ),
    Column("snoozed_until", "Snoozed", DATE, 5, "Silent until that day", value="deal.snoozed_until"),
    Column(
        "flags",
        "Flags",
        FLAGS,
        1,
        "What is wrong with it, each with the number that set it off",
        value="deal.flags",
    ),
    PIPELINE_ID._replace(value="stage.pipeline"),
    Column(
        "last_chance",
        "Last chance",
        DATE,
        6,
        "Until when its last chance runs",
        shown=False,
        value="deal.facts.last_chance_deadline",
    ),
)
_STAGES = (
    Column("pipeline"),
    Column("stage", value="id"),
    Column("name"),
    Column("deals", value=lambda stage: len(stage.deals)),
    *amounts("value"),
    *figures("snoozed", "wip_limit"),
)
_ORDER = "In each stage: deals with a flag first, then the dearest; snoozed ones last."


class _Placed(NamedTuple):
    """A row of the report: a deal in its stage."""

    stage: BoardStage
    deal: ScoredDeal


def board_report(workspace: Workspace, reader: Reader, pipelines: Sequence[Pipeline]) -> Report:
    """The open deals of one or several pipelines, stage by stage."""
    playbook = workspace.playbook
    snapshot = Snapshot(reader, playbook, pipelines)
    by_pipeline = [(one.pipeline, stages_of(one.open_deals, one.pipeline)) for one in snapshot.each]
    stages = [stage for _, those in by_pipeline for stage in those]
    deals = sum(len(stage.deals) for stage in stages)
    value = sum(stage.value_cents for stage in stages)
    several = len(pipelines) > 1
    return Report(
        name="board",
        title=_title(reader, pipelines, deals, value, playbook.currency),
        as_of=reader.clock.today,
        pipeline=None if several else pipelines[0].id,
        currency=playbook.currency,
        columns=COLUMNS,
        rows=[_Placed(stage, deal) for stage in stages for deal in stage.deals],
        extra={
            "stages": json_rows(_STAGES, stages),
            "totals": {"deals": deals, "value": Cents(value)},
        },
        lanes=list(_lanes(by_pipeline, playbook.currency, reader.clock)) if deals else [],
        empty='No open deals. `pipeline add "Acme: workshop" --value 12k` adds one, `pipeline import deals.csv` many.',
        definitions={"order": _ORDER, **MEANINGS},
    )


def _title(reader: Reader, pipelines: Sequence[Pipeline], deals: int, cents: int, currency: str) -> str:
    names = ", ".join(pipeline.name for pipeline in pipelines)
    return f"{names}, {long_day(reader.clock.today)}: {_in_words(deals, cents, currency)}"


def _in_words(deals: int, cents: int, currency: str) -> str:
    from pipeline_cli.output.numbers import whole_money

    return f"{counted(deals, 'open deal')}, {whole_money(cents)} {currency}"


def _lanes(by_pipeline: Sequence[tuple[Pipeline, Sequence[BoardStage]]], currency: str, clock: Clock) -> Iterator[Lane]:
    """Of several pipelines each under its own line; one without an open deal has no columns to look at."""
    several = len(by_pipeline) > 1
    for pipeline, stages in by_pipeline:
        deals, cents = sum(len(stage.deals) for stage in stages), sum(stage.value_cents for stage in stages)
        if deals or not several:
            group = f"{pipeline.name}: {_in_words(deals, cents, currency)}" if several else ""
            yield from (_lane(stage, group, clock) for stage in stages)


def _lane(stage: BoardStage, group: str, clock: Clock) -> Lane:
    over = [f"over its limit, {stage.wip_limit}"] if stage.is_over_limit else []
    removed = [] if stage.is_known else ["no such stage"]
    cards = [_card(deal, clock) for deal in stage.deals]
    return Lane(stage.name, len(stage.deals), stage.value_cents, [*over, *removed], cards, group)


def _card(deal: ScoredDeal, clock: Clock) -> Card:
    facts = deal.facts
    return Card(
        facts.id,
        facts.title,
        facts.value_cents,
        facts.currency,
        deal.home_cents or 0,
        deal.days_in_stage,
        _marks(deal, clock),
        deal.snoozed,
    )


def _marks(deal: ScoredDeal, clock: Clock) -> list[str]:
    """The fullest wording first."""
    if deal.snoozed:
        return [f"snoozed until {deal.facts.snoozed_until}", "snoozed"]
    said = last_chance_in_words(deal.facts, clock)
    if said:
        return [said, said.partition(" (")[0]]
    flag = mark_of(deal)
    if flag is None:
        return []
    from pipeline_cli.output.cells import flags_in_words

    said = flags_in_words([flag])
    further = len(deal.flags) - 1
    return [*([f"{said} +{further}"] if further else []), said, flag.flag]
