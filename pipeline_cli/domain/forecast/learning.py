"""Steps 1 to 4 of the method `timed`: days and exits counted, the configured chances, rates and directions."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Sequence
from math import exp, log

from pipeline_cli.domain.forecast.probability import pool_falling_neighbours
from pipeline_cli.domain.forecast.runs import LOST, OPEN, UNKNOWN, WON, Tally
from pipeline_cli.domain.record import NamedTuple

USUAL_STARTS = (0, 1, 3, 7, 14, 30, 60, 90, 135, 180)
"""First day in stage of each bin; the last has no end."""
_EVIDENCE = 3.0
"""None seen where three were due has a chance of e^-3, 5 in 100: the rule of three."""


class Counts(NamedTuple):
    """E[s][b] days spent and D[s][b][j] exits to j, for stage s, bin b and target j (a stage, LOST or WON).

    A last row more than there are stages is that of the UNKNOWN stage; without such runs there is none.
    """

    stages: int

    starts: Sequence[int]
    """First day in stage of each bin."""
    days: Sequence[Sequence[int]]
    exits: Sequence[Sequence[dict[int, int]]]

    @property
    def bins(self) -> range:
        """The age bins, by number."""
        return range(len(self.starts))

    def left(self, stage: int, bin_: int) -> int:
        """D_sb: all exits of a cell."""
        return sum(self.exits[stage][bin_].values())

    def exits_of(self, stage: int) -> Counter[int]:
        """D_sj: the exits of a stage by target."""
        total: Counter[int] = Counter()
        for cell in self.exits[stage]:
            total.update(cell)
        return total


def count_runs(tally: Tally, stages: int) -> Counts:
    """Every run spends its days in the bins it crosses, and a finished one leaves in the bin of its last day.

    Open runs count with their days so far: that is what makes the rates right for deals not closed yet
    (right-censoring; occurrence / exposure rates, O. Aalen 1978). Source: forecast.md, step 1.
    """
    starts = _starts(tally)
    rows = stages + any(stage == UNKNOWN for stage, _, _ in tally)
    ends = (*starts[1:], 10**9)
    days = [[0 for _ in starts] for _ in range(rows)]
    exits: list[list[dict[int, int]]] = [[{} for _ in starts] for _ in range(rows)]
    for (stage, length, target), number in tally.items():
        for bin_, (start, end) in enumerate(zip(starts, ends, strict=True)):
            if length <= start:
                break
            days[stage][bin_] += number * (min(length, end) - start)
        if target != OPEN:
            cell = exits[stage][bisect_right(starts, length - 1) - 1]
            cell[target] = cell.get(target, 0) + number
    return Counts(stages, starts, days, exits)


def _starts(tally: Tally) -> Sequence[int]:
    """The usual bins, and one more from the longest stay on that ever ended, once that is no accident.

    Deals that sit longer than any that ever left must not be taken for those that left at the end of their bin.
    It is no accident when at the overall rate of exits three or more of them should have left by now.
    """
    longest = max((length for _, length, target in tally if target != OPEN), default=0)
    left = sum(number for (_, _, target), number in tally.items() if target != OPEN)
    spent = sum(number * length for (_, length, _), number in tally.items())
    beyond = sum(number * max(0, length - longest) for (_, length, _), number in tally.items())
    if beyond * left < _EVIDENCE * spent or longest in USUAL_STARTS:
        return USUAL_STARTS
    return sorted((*USUAL_STARTS, longest))


_NARROWEST = 1e-9
"""A configured 0 or 100 % stays one for every figure shown, and still has a logit."""
SHIFT_PENALTY = 4.0


def sigmoid(x: float) -> float:
    """The logistic function, 0 to 1, without overflow."""
    return 1 / (1 + exp(-x)) if x >= 0 else exp(x) / (1 + exp(x))


def logit(p: float) -> float:
    """ln(p / (1 - p)), for p at least a billionth away from 0 and 1."""
    p = min(max(p, _NARROWEST), 1 - _NARROWEST)
    return log(p / (1 - p))


def forward_chances(configured: Sequence[float], counts: Counts, unknown: float = 0.5) -> list[float]:
    """For each row of `counts` the chance, 0 to 1, that an exit is forward: sigma(logit π_s + δ).

    π_s = c_s / c_{s+1}, for the last stage c_s; a configured probability that falls is pooled first. One δ for all
    stages maximises Σ_s Binom(forward_s of forward_s + lost_s | sigma(logit π_s + δ)) - (4/2)·δ². Source: forecast.md,
    step 2. `unknown` is the configured probability taken for the UNKNOWN stage, whose exits are to the outcome.
    """
    rising = pool_falling_neighbours(configured, [1.0] * len(configured))
    following = [*rising[1:], 1.0]
    chances = [c / after if after else 0.0 for c, after in zip(rising, following, strict=True)]
    offsets = [logit(chance) for chance in [*chances, unknown][: len(counts.days)]]
    seen = []
    for row, offset in enumerate(offsets):
        exits = counts.exits_of(row)
        stage = row if row < counts.stages else UNKNOWN
        forward = sum(number for target, number in exits.items() if target == WON or target > stage)
        seen.append((forward, forward + exits[LOST], offset))
    shift = fit_shift(seen, SHIFT_PENALTY)
    return [sigmoid(offset + shift) for offset in offsets]


def fit_shift(seen: Sequence[tuple[float, float, float]], penalty: float, centre: float = 0.0) -> float:
    """The t that maximises Σ Binom(k of n | sigma(offset + t)) - penalty/2·(t - centre)², by Newton's method.

    `seen` are rows (k, n, offset). The sum is concave and the penalty bounds it: halved steps always arrive.
    """
    t = centre
    for _ in range(60):
        slope, curve = -penalty * (t - centre), penalty
        for k, n, offset in seen:
            p = sigmoid(offset + t)
            slope += k - n * p
            curve += n * p * (1 - p)
        step = max(-1.0, min(1.0, slope / curve))  # far out the curve is flat: a whole step would overshoot
        t += step
        if abs(step) < 1e-10:
            break
    return t


_RATE_WEIGHT = 3.0
"""Exits the guess counts for; 1.5 to 6 make no difference that matters (forecast.md)."""
_USUAL_STAY = 14.0
"""Days in a stage before anything is known."""


def exit_rates(counts: Counts) -> list[list[float]]:
    """h[s][b]: the chance of leaving stage s on a day in bin b, above 0 and at most 1.

    λ0 = (ΣD + 3) / (ΣE + 3·14); λ_s = (D_s + 3) / (E_s + 3/λ0); the age profile of all stages together, chained so
    that an age nobody has seen goes on like the one before: ρ_b = (Σ_s D_sb + 3·ρ_{b-1}) / (Σ_s λ_s·E_sb + 3),
    ρ_{-1} = 1; h_sb = min(1, (D_sb + 3) / (E_sb + 3/(λ_s·ρ_b))). Source: forecast.md, step 3.
    """
    stages, bins = range(len(counts.days)), counts.bins
    left = [[counts.left(stage, bin_) for bin_ in bins] for stage in stages]
    overall = (sum(map(sum, left)) + _RATE_WEIGHT) / (sum(map(sum, counts.days)) + _RATE_WEIGHT * _USUAL_STAY)
    by_stage = [(sum(left[s]) + _RATE_WEIGHT) / (sum(counts.days[s]) + _RATE_WEIGHT / overall) for s in stages]
    profile = _age_profile(left, counts.days, by_stage)
    return [
        [
            min(1.0, (left[s][b] + _RATE_WEIGHT) / (counts.days[s][b] + _RATE_WEIGHT / (by_stage[s] * profile[b])))
            for b in bins
        ]
        for s in stages
    ]


def _age_profile(
    left: Sequence[Sequence[int]], days: Sequence[Sequence[int]], by_stage: Sequence[float]
) -> list[float]:
    """ρ_b: how much faster or slower than their stage's rate deals of that age leave."""
    profile: list[float] = []
    before = 1.0
    for b in range(len(days[0])):
        expected = sum(rate * row[b] for rate, row in zip(by_stage, days, strict=True))
        before = (sum(row[b] for row in left) + _RATE_WEIGHT * before) / (expected + _RATE_WEIGHT)
        profile.append(before)
    return profile


_DIRECTION_WEIGHT = 4.0
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
    whole = sum(seen.values()) + _DIRECTION_WEIGHT
    return {j: (seen.get(j, 0) + _DIRECTION_WEIGHT * guess.get(j, 0.0)) / whole for j in {**guess, **seen}}


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
