"""Two records of one deal made one, and one deal made two."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from pipeline_cli.domain.deal.closing import refuse_closed
from pipeline_cli.domain.deal.deal import DealFacts, DealRecord
from pipeline_cli.domain.deal.labels import links_in_text, links_of, tags_in_text, tags_of
from pipeline_cli.domain.deal.typed import Amount
from pipeline_cli.domain.errors import RuleError, UsageError
from pipeline_cli.domain.playbook import OUTCOMES, Pipeline
from pipeline_cli.domain.record import NamedTuple

_JOINED = (
    "external_id",
    "organization",
    "source",
    "owner",
    "cost_cents",
    "expected_close",
    "probability",
    "category",
    "snoozed_until",
    "snooze_reason",
    "from_deal_id",
)


class RecordedMove(NamedTuple):
    """A row of stage history of either record."""

    id: int
    deal_id: int
    from_stage: str | None
    to_stage: str
    moved_at: datetime


class MergePlan(NamedTuple):
    """What becomes of two records of one deal."""

    away: DealFacts
    into: DealFacts
    changes: dict[str, Any]
    """Columns of the deal that stays, and what they become."""
    created_at: datetime
    created_inferred: bool
    stage: str
    moves: tuple[RecordedMove, ...]
    """The joint history, oldest first, with the stages each move joins now."""
    dropped: tuple[RecordedMove, ...]
    """Moves of the record that goes which happened while the other was closed, or closed it: told in the note."""
    note: str


def plan_merge(away: DealFacts, into: DealFacts, moves: Sequence[RecordedMove], pipeline: Pipeline) -> MergePlan:
    """What one record of a deal becomes when another is joined to it; what it has itself goes before what the other has.

    Its outcome, or that it is open, stays. Raises RuleError for records that cannot be of one deal.
    """
    _refuse(away, into)
    kept, dropped = join_moves(away.id, into.id, moves, pipeline)
    first = min(away, into, key=lambda facts: facts.created_at)
    stages = [move.to_stage for move in kept if move.to_stage not in OUTCOMES]
    return MergePlan(
        away,
        into,
        _changes(away, into),
        first.created_at,
        first.created_inferred,
        stages[-1] if stages else into.stage,
        kept,
        dropped,
        _note(away, into, dropped),
    )


def _refuse(away: DealFacts, into: DealFacts) -> None:
    if away.id == into.id:
        raise RuleError(f"Both are deal {into.id}: name two records of one deal, as in `pipeline merge 7 3`.")
    if away.pipeline != into.pipeline:
        raise RuleError(
            f"Deal {away.id} is in pipeline {away.pipeline}, deal {into.id} in {into.pipeline}: records of different "
            f"pipelines are not one deal. `pipeline edit {away.id} --pipeline {into.pipeline} --stage {into.stage}` moves "
            "the one to the other first."
        )
    closed = {away.status, into.status} - {"open"}
    if len(closed) > 1:
        raise RuleError(
            f"Deal {away.id} was {away.status} and deal {into.id} was {into.status}: reopen the one that is wrong, as in "
            f"`pipeline reopen {away.id}`, then merge."
        )
    if away.status == "open" and into.status in ("lost", "disqualified"):
        raise RuleError(
            f"Deal {away.id} is open and deal {into.id} was {into.status}, and what INTO says stands: "
            f"`pipeline merge {into.id} {away.id}` keeps it open, `pipeline reopen {into.id}` opens the other first."
        )
    if away.status == "won" != into.status:
        raise RuleError(
            f"Deal {away.id} was won and deal {into.id} is open: `pipeline merge {into.id} {away.id}` keeps the win."
        )


def join_moves(
    away_id: int, into_id: int, moves: Sequence[RecordedMove], pipeline: Pipeline
) -> tuple[tuple[RecordedMove, ...], tuple[RecordedMove, ...]]:
    """One chain in time of two histories, and the moves that have no place in it.

    A move forwards in its own record is none back in the joint one: where the deal was further already, it stays.
    """
    here: str | None = None
    kept: list[RecordedMove] = []
    dropped: list[RecordedMove] = []
    for move in sorted(moves, key=lambda move: (move.moved_at, move.id)):
        if move.deal_id == away_id and (move.to_stage in OUTCOMES or here in OUTCOMES):
            dropped.append(move)
            continue
        target = move.to_stage
        if here is not None and target not in OUTCOMES and _leads_on(move, pipeline):
            target = _further(here, target, pipeline)
        kept.append(move._replace(deal_id=into_id, from_stage=here, to_stage=target))
        here = target
    return tuple(kept), tuple(dropped)


def _leads_on(move: RecordedMove, pipeline: Pipeline) -> bool:
    """Forwards, or the creation, or a reopening."""
    if move.from_stage is None or move.from_stage in OUTCOMES:
        return True
    start, end = pipeline.position(move.from_stage), pipeline.position(move.to_stage)
    return start is not None and end is not None and end >= start


def _further(here: str, target: str, pipeline: Pipeline) -> str:
    now, then = pipeline.position(here), pipeline.position(target)
    return here if now is not None and then is not None and now > then else target


def _changes(away: DealFacts, into: DealFacts) -> dict[str, Any]:
    """What the deal that stays does not have and the other has."""
    changes = {
        name: getattr(away, name)
        for name in _JOINED
        if getattr(into, name) is None and getattr(away, name) is not None
        if name not in ("snoozed_until", "snooze_reason") or into.status == "open"
        if name != "from_deal_id" or away.from_deal_id != into.id
    }
    if into.from_deal_id == away.id:
        changes["from_deal_id"] = None  # no deal grows out of itself
    if into.value_cents is None and away.value_cents is not None:
        changes |= {"value_cents": away.value_cents, "currency": away.currency}
    tags = tags_in_text([*tags_of(into.tags), *tags_of(away.tags)])
    links = links_in_text([*links_of(into.links), *links_of(away.links)])
    changes |= {name: text for name, text in (("tags", tags), ("links", links)) if text != getattr(into, name)}
    fields = {**away.fields, **into.fields}
    if fields != dict(into.fields):
        changes["fields"] = fields
    return changes


def _note(away: DealFacts, into: DealFacts, dropped: Sequence[RecordedMove]) -> str:
    """What would otherwise be known to `undo` alone."""
    said = [f"Merged from deal {away.id}, {away.title}"]
    if away.external_id and into.external_id and away.external_id != into.external_id:
        said.append(f"external id {away.external_id}")
    worth = (away.value_cents, away.currency)
    if away.value_cents is not None and into.value_cents is not None and worth != (into.value_cents, into.currency):
        said.append(f"value {away.value_cents // 100:,}.{away.value_cents % 100:02} {away.currency}")
    said += [f"{move.to_stage} on {move.moved_at:%Y-%m-%d}" for move in dropped]
    return "; ".join(said) + "."


class SplitPlan(NamedTuple):
    """What each of two deals made of one is worth."""

    first: DealFacts
    title: str
    """Of the new deal, which has the whole history too."""
    value_cents: int
    left_cents: int | None
    """What the first is worth then; None: nobody knows, as before."""


def plan_split(record: DealRecord, title: str, amount: Amount, *, keeps_value: bool) -> SplitPlan:
    """The first deal is worth less by the new one's value, unless it `keeps_value`.

    Raises RuleError for a closed deal and for more than the deal is worth, UsageError for another currency than its own.
    """
    facts = record.facts
    refuse_closed(record, "It cannot be split")
    if amount.currency != facts.currency:
        raise UsageError(
            f"Deal {facts.id} is in {facts.currency}, and so is what is split off: give the value in {facts.currency}, "
            f"not in {amount.currency}."
        )
    if keeps_value or facts.value_cents is None:
        return SplitPlan(facts, title, amount.cents, facts.value_cents)
    if amount.cents > facts.value_cents:
        worth, wanted = (worth_in_words(cents, facts.currency) for cents in (facts.value_cents, amount.cents))
        raise RuleError(
            f"Deal {facts.id} is worth {worth}, so {wanted} cannot be split off: give a smaller --value, or --keep-value "
            "where the new deal is worth that besides."
        )
    return SplitPlan(facts, title, amount.cents, facts.value_cents - amount.cents)


def worth_in_words(cents: int | None, currency: str) -> str:
    """`7,000 EUR`, `0.50 EUR`, `no value`"""
    if cents is None:
        return "no value"
    units, rest = divmod(cents, 100)
    return f"{units:,}{f'.{rest:02}' if rest else ''} {currency}"
