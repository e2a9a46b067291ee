"""What passes through a pipeline: arrivals, stays, losses and touchpoints, counted in storage for the findings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from pipeline_cli.domain.record import NamedTuple

WINDOW_DAYS = 90
"""Arrivals are counted over so many days."""
QUARTER_DAYS = 91
QUARTERS = 4
EFFORT_DAYS = 30
"""`last month` of touchpoints."""
YEAR_DAYS = 365
"""Touchpoints on deals that are closed by now."""
ENOUGH = 5
"""Fewer deals, exits, visits or touchpoints than this are an accident, not a pattern."""


class MoveCount(NamedTuple):
    """Moves alike in where they begin, where they end and whether an import inferred them."""

    from_stage: str | None
    to_stage: str
    inferred: bool
    moves: int
    recent: int
    """Those of the last WINDOW_DAYS."""


class Losses(NamedTuple):
    """Lost deals that stood in one stage, and how long they had."""

    deals: int
    stays: int
    """How many of them have a stay that no inferred move begins or ends."""
    low_days: float
    """The first quartile of the stays; 0 without any."""
    high_days: float
    """The third quartile."""


class Quarter(NamedTuple):
    """QUARTER_DAYS in a row."""

    new: int
    """Deals created, those with an inferred creation left out."""
    won: int
    lost: int


class Effort(NamedTuple):
    """Touchpoints of the last EFFORT_DAYS that we made: not those that came in, not inferred ones."""

    open_deals: Mapping[int, int]
    """Open deal -> touchpoints."""
    disqualified: int
    """To deals that are disqualified now."""
    others: int
    """To deals that are won or lost now."""

    @property
    def total(self) -> int:
        """All touchpoints of ours that were counted."""
        return sum(self.open_deals.values()) + self.disqualified + self.others


class Flow(NamedTuple):
    """Of one pipeline, as known at one instant."""

    moves: Sequence[MoveCount]
    losses: Mapping[str, Losses]
    quarters: Sequence[Quarter]
    """The last QUARTERS, ending today, newest first; those before the first deal are not here."""
    window_days: float
    """WINDOW_DAYS, or the days since the first deal if they are fewer."""
    new_deals: int
    """Created in the window."""
    wins: int
    """Won in the window."""
    unanswered_leads: Sequence[int]
    """Open deals of the first stage that we never touched; inferred creations left out."""
    effort: Effort
    spent_on_closed: int = 0
    """Touchpoints of ours in the last YEAR_DAYS on deals that are closed now."""
    spent_unqualified: int | None = None
    """Of those, the ones on lost and disqualified deals that never passed the stage which asks for qualification; None:
    no stage does."""


def arrivals_at(flow: Flow, stage: str) -> int:
    """Visits begun in the window; a move from a stage to itself begins none, an inferred one has no date."""
    return sum(
        move.recent for move in flow.moves if move.to_stage == stage and move.from_stage != stage and not move.inferred
    )


def visits_of(flow: Flow, stage: str) -> int:
    """Every move into the stage from elsewhere, inferred ones included: they count for having been there."""
    return sum(move.moves for move in flow.moves if move.to_stage == stage and move.from_stage != stage)


def jumps_over(flow: Flow, stages: Sequence[str], position: int) -> int:
    """Moves forwards that passed over a stage, winning being the end; inferred moves say nothing about the way."""
    place = {stage: index for index, stage in enumerate(stages)} | {"won": len(stages)}
    return sum(
        move.moves
        for move in flow.moves
        if not move.inferred
        and move.from_stage is not None
        and place.get(move.from_stage, position) < position < place.get(move.to_stage, position)
    )
