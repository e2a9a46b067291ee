"""Step 4 of the method `timed`: where deals go when they leave a stage."""

from __future__ import annotations

from collections.abc import Sequence

from pipeline_cli.domain.forecast.configured import fit_shift, logit, sigmoid
from pipeline_cli.domain.forecast.counts import Counts
from pipeline_cli.domain.forecast.runs import LOST, WON

_WEIGHT = 4.0
"""Exits the guess counts for; 3 to 10 make no difference that matters (forecast.md)."""
_TILT_PENALTY = 4.0

Direction = dict[int, float]
"""Target (a stage, LOST or WON) -> probability; they sum to 1."""


def exit_directions(counts: Counts, forward: Sequence[float]) -> list[list[Direction]]:
    """q[s][b][j]: the chance that an exit from stage s in bin b goes to j.

    q_s(j) = (D_sj + 4·prior_sj) / (D_s + 4), prior: forward[s] to the next stage (from the last: won), the rest lost.
    In bin b lost becomes sigma(logit q_s(L) + t_b) and the others are scaled; then q_sb(j) = (D_sbj + 4·that) /
    (D_sb + 4). t_b is the tilt towards lost with age (`_tilts`). Source: forecast.md, step 4.
    """
    stages = range(len(counts.days))
    following = [*range(1, counts.stages), WON, WON]
    by_stage = [_mixed(counts.exits_of(s), {following[s]: forward[s], LOST: 1 - forward[s]}) for s in stages]
    tilts = _tilts(counts, [direction[LOST] for direction in by_stage])
    return [[_mixed(counts.exits[s][b], _tilted(by_stage[s], tilts[b])) for b in counts.bins] for s in stages]


def _mixed(seen: dict[int, int], guess: Direction) -> Direction:
    """(D_j + 4·guess_j) / (D + 4) for every target seen or guessed."""
    whole = sum(seen.values()) + _WEIGHT
    return {j: (seen.get(j, 0) + _WEIGHT * guess.get(j, 0.0)) / whole for j in {**guess, **seen}}


def _tilts(counts: Counts, lost: Sequence[float]) -> list[float]:
    """t_b = argmax Σ_s Binom(lost_sb of D_sb | sigma(logit q_s(L) + t)) - (4/2)·(t - t_{b-1})², with t_{-1} = 0."""
    tilts: list[float] = []
    tilt = 0.0
    for b in counts.bins:
        seen = [
            (counts.exits[s][b].get(LOST, 0), counts.left(s, b), logit(share))
            for s, share in enumerate(lost)
            if counts.exits[s][b]
        ]
        tilt = fit_shift(seen, _TILT_PENALTY, centre=tilt)
        tilts.append(tilt)
    return tilts


def _tilted(direction: Direction, tilt: float) -> Direction:
    lost = sigmoid(logit(direction[LOST]) + tilt)
    others = 1 - direction[LOST]
    scale = (1 - lost) / others if others > 0 else 0.0
    return {j: lost if j == LOST else p * scale for j, p in direction.items()}
