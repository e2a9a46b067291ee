"""How likely a deal in each stage is won: the configured guess, corrected by what history says."""

from __future__ import annotations

from collections.abc import Sequence

from pipeline_cli.domain.forecast.interval import jeffreys
from pipeline_cli.domain.record import NamedTuple


class StageProbability(NamedTuple):
    """One stage: what was guessed, what was seen, and what a forecast uses. Probabilities are 0 to 1."""

    stage: str
    configured: float
    won: int
    """Won deals that reached the stage."""
    closed: int
    """Closed deals that reached the stage: the n of the interval."""
    used: float
    one_sided: bool = False
    """Deals were won and none lost: nothing is learned of that, and no rate observed."""

    @property
    def low(self) -> float | None:
        """Of the 80 % interval of won / closed; None: no deal is closed. Worked out when asked: 0.3 ms a stage."""
        return None if self.one_sided else jeffreys(self.won, self.closed)[0]

    @property
    def high(self) -> float | None:
        """The upper end of the 80 % interval; None where there were only wins."""
        return None if self.one_sided else jeffreys(self.won, self.closed)[1]

    @property
    def observed(self) -> float | None:
        """won / closed; None: no deal is closed, or none was lost."""
        return self.won / self.closed if self.closed and not self.one_sided else None

    @property
    def is_a_guess(self) -> bool:
        """True until 20 deals that reached the stage are closed, and while none was lost."""
        return self.closed < 20 or self.one_sided


def stage_probabilities(
    configured: Sequence[tuple[str, float]], won: Sequence[int], closed: Sequence[int], k: float = 5
) -> tuple[StageProbability, ...]:
    """The probability of every stage, in their order, never falling from one stage to the next.

    p = (won + k·p0) / (closed + k): history counts for `closed` deals, the guess p0 for k.
    Neighbours that fall are then pooled, weighted by closed + k. Source: spec, section 7;
    pooling is isotonic regression (R. E. Barlow et al., 1972). Where deals were won and none lost, the record was kept
    of buyers alone: then the guess stands.
    """
    one_sided = any(won) and all(w == n for w, n in zip(won, closed, strict=True))
    seen = [(0, 0) if one_sided else counts for counts in zip(won, closed, strict=True)]
    shrunk = [(w + k * p0) / (n + k) for (_, p0), (w, n) in zip(configured, seen, strict=True)]
    used = pool_falling_neighbours(shrunk, [n + k for _, n in seen])
    return tuple(
        StageProbability(stage, p0, w, n, p, one_sided)
        for (stage, p0), w, n, p in zip(configured, won, closed, used, strict=True)
    )


def pool_falling_neighbours(values: Sequence[float], weights: Sequence[float]) -> list[float]:
    """The non-decreasing row nearest to `values` by weighted squares: neighbours that fall share their mean."""
    blocks: list[tuple[float, float, int]] = []
    for value, weight in zip(values, weights, strict=True):
        mean, mass, length = value, weight, 1
        while blocks and blocks[-1][0] > mean:
            before, before_mass, before_length = blocks.pop()
            mean = (before * before_mass + mean * mass) / (before_mass + mass)
            mass, length = mass + before_mass, length + before_length
        blocks.append((mean, mass, length))
    return [mean for mean, _, length in blocks for _ in range(length)]
