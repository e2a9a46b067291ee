"""Which deals were closed by a day, and how far they had come: what the method `stage` learns from."""

from __future__ import annotations

from pipeline_cli.domain.forecast.runs import WON, DealHistory, History


def outcome_on(deal: DealHistory, day: int) -> bool | None:
    """Won or not at the end of a day; None: open. What was closed and reopened later was closed until then."""
    if deal.closed_day is not None and deal.closed_day <= day:
        return bool(deal.won)
    standing = 0
    for moved, target in deal.moves:
        if moved > day:
            break
        standing = target
    return None if standing >= 0 else standing == WON


def closings_by_stage(history: History, as_of: int, stages: int) -> tuple[list[int], list[int]]:
    """Won and closed deals that reached each stage: that were in it or a later one, or were won. No disqualified ones."""
    won, closed = [0] * stages, [0] * stages
    for deal in history.deals:
        outcome = outcome_on(deal, as_of)
        if outcome is None or (deal.disqualified and deal.closed_day is not None and deal.closed_day <= as_of):
            continue
        # 0 where the stages it was in before are gone from pipeline.yaml: then its first move is its closing.
        furthest = stages - 1 if outcome else max(0, *(stage for day, stage in deal.moves if day <= as_of))
        closed[furthest] += 1
        won[furthest] += outcome
    for stage in reversed(range(stages - 1)):
        won[stage] += won[stage + 1]
        closed[stage] += closed[stage + 1]
    return won, closed
