"""Step 3 of the method `timed`: how fast deals leave each stage at each age."""

from __future__ import annotations

from collections.abc import Sequence

from pipeline_cli.domain.forecast.counts import Counts

_WEIGHT = 3.0
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
    overall = (sum(map(sum, left)) + _WEIGHT) / (sum(map(sum, counts.days)) + _WEIGHT * _USUAL_STAY)
    by_stage = [(sum(left[s]) + _WEIGHT) / (sum(counts.days[s]) + _WEIGHT / overall) for s in stages]
    profile = _age_profile(left, counts.days, by_stage)
    return [
        [min(1.0, (left[s][b] + _WEIGHT) / (counts.days[s][b] + _WEIGHT / (by_stage[s] * profile[b]))) for b in bins]
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
        before = (sum(row[b] for row in left) + _WEIGHT * before) / (expected + _WEIGHT)
        profile.append(before)
    return profile
