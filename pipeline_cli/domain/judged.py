"""A deal with everything that is judged of it: clocks, weight, score and flags; what every report on deals is told."""

from __future__ import annotations

from typing import Any

from pipeline_cli.domain.deal import DealFacts
from pipeline_cli.domain.qualification import Verdict
from pipeline_cli.domain.record import NamedTuple


class Flag(NamedTuple):
    flag: str
    number: float | int | None
    limit: float | int | None

    def as_json(self) -> dict[str, Any]:
        return self._asdict()


class JudgedDeal(NamedTuple):
    facts: DealFacts
    position: int | None
    """Of its stage; None when pipeline.yaml no longer has it."""
    home_cents: int | None
    """Its value in the file's currency."""
    probability: float
    """Its own, or else its stage's, 0 to 1."""
    weighted_cents: float
    """home_cents × probability; 0 without a value."""
    category: str
    snoozed: bool
    idle_days: int
    """Since the last touchpoint, or the creation without one, or since it woke."""
    days_in_stage: int | None
    age_days: int
    verdict: Verdict
    flags: tuple[Flag, ...]
    quiet_days: int = 0
    """As idle_days; what you sent after a last chance aside: its draft is no sign of life."""

    @property
    def is_qualified(self) -> bool:
        return self.verdict.verdict == "qualified"

    @property
    def score(self) -> float | None:
        """None until a question is answered."""
        return self.verdict.score if self.verdict.yes or self.verdict.no or self.verdict.mismatches else None

    def has(self, flag: str) -> bool:
        return any(one.flag == flag for one in self.flags)
