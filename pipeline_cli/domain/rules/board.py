"""The board: the open deals of a pipeline under their stages, in the order in which they want attention."""

from __future__ import annotations

from collections.abc import Sequence

from pipeline_cli.domain.playbook import Pipeline, Stage
from pipeline_cli.domain.record import NamedTuple
from pipeline_cli.domain.rules.scored_deal import Flag, ScoredDeal

URGENCY = (
    "overdue",
    "unanswered",
    "past_close_date",
    "criteria_gap",
    "idle",
    "stuck",
    "unqualified",
    "no_next_step",
    "old",
    "pushed",
    "regressed",
    "no_value",
    "no_close_date",
    "concentrated",
)
"""Of several flags the one that is shown: what somebody waits for, then what stands still, then what is not known."""


class BoardStage(NamedTuple):
    """One column: a stage, or one that only deals still name."""

    pipeline: str
    id: str
    name: str
    wip_limit: int | None
    is_known: bool
    """pipeline.yaml has it."""
    deals: tuple[ScoredDeal, ...]

    @property
    def value_cents(self) -> int:
        """In the file's currency; deals without a value count as nothing."""
        return sum(deal.home_cents or 0 for deal in self.deals)

    @property
    def snoozed(self) -> int:
        """How many of its deals sleep."""
        return sum(deal.snoozed for deal in self.deals)

    @property
    def is_over_limit(self) -> bool:
        """Snoozed deals are no work in progress."""
        return self.wip_limit is not None and len(self.deals) - self.snoozed > self.wip_limit


def stages_of(deals: Sequence[ScoredDeal], pipeline: Pipeline) -> list[BoardStage]:
    """Every stage in its order, empty ones too; then those that only deals still name."""
    by_stage: dict[str, list[ScoredDeal]] = {stage.id: [] for stage in pipeline.stages}
    for deal in sorted(deals, key=_order):
        by_stage.setdefault(deal.facts.stage, []).append(deal)
    return [_stage(pipeline, name, pipeline.stage(name), those) for name, those in by_stage.items()]


def mark_of(deal: ScoredDeal) -> Flag | None:
    """The flag that says most about what to do."""
    return min(deal.flags, key=lambda flag: URGENCY.index(flag.flag), default=None)


def _stage(pipeline: Pipeline, name: str, stage: Stage | None, deals: Sequence[ScoredDeal]) -> BoardStage:
    return BoardStage(
        pipeline.id,
        name,
        stage.name if stage else name,
        stage.wip_limit if stage else None,
        stage is not None,
        tuple(deals),
    )


def _order(deal: ScoredDeal) -> tuple[bool, bool, int, int]:
    return deal.snoozed, not deal.flags, -(deal.home_cents or 0), deal.facts.id
