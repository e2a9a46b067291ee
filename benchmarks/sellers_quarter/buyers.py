"""Buyers: who answers, how fast, how far they mean to go, and when they vanish. The program knows none of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

KINDS = {
    "keen": 0.19,
    "steady": 0.17,
    "slow": 0.13,
    "fader": 0.18,
    "ghost": 0.10,
    "refuser": 0.07,
    "later": 0.06,
    "returner": 0.08,
    "wrong fit": 0.02,
}
"""How many of them there are of each kind."""

_REACHED = {"keen": 0.65, "steady": 0.5, "slow": 0.35, "ghost": 0.0}
_REPLIES = {"keen": 0.8, "steady": 0.65, "slow": 0.5, "ghost": 0.0}
_DELAYS = {"keen": (0.2, 2.5), "steady": (0.5, 6), "slow": (3, 24)}
_PACE = {"keen": 0.9, "steady": 0.75, "slow": 0.6}

NEVER = 99
"""A place behind all stages."""


@dataclass
class Buyer:
    """One of them, and what they have in mind."""

    kind: str
    chance: Random
    vanishes_at: int
    """The stage, by place, in which a fader or a returner goes silent."""
    says_no_at: int
    has_put_off: bool = False
    gone_since: date | None = None
    """Silent from then on: for good, or until `back_on`."""
    back_on: date | None = None

    @property
    def temper(self) -> str:
        return self.kind if self.kind in _DELAYS or self.kind == "ghost" else "steady"

    def is_gone(self, day: date) -> bool:
        return self.gone_since is not None and (self.back_on is None or day < self.back_on)

    def is_reached(self, day: date) -> bool:
        return not self.is_gone(day) and self.chance.random() < _REACHED[self.temper]

    def reply_after(self, day: date) -> timedelta | None:
        """How long until they write back; None: never."""
        if self.is_gone(day) or self.chance.random() > _REPLIES[self.temper]:
            return None
        return timedelta(days=self.chance.uniform(*_DELAYS[self.temper]))

    def is_away(self) -> bool:
        """Whether a machine answers at once that they are out of the office."""
        return self.chance.random() < 0.13

    def goes_on(self) -> bool:
        """Whether a conversation brought the matter on."""
        return self.chance.random() < _PACE.get(self.temper, 0.6)

    def vanishes(self, place: int, day: date) -> bool:
        """After a conversation in a stage: whether that was the last one, for good or for weeks."""
        if self.gone_since is not None or place < self.vanishes_at or self.chance.random() > 0.6:
            return False
        self.gone_since = day
        if self.kind == "returner":
            self.back_on = day + timedelta(days=self.chance.randrange(24, 60))
        return True


def draw_buyer(chance: Random, stages: int, first_day: date) -> Buyer:
    """One of somewhere in a pipeline of so many stages."""
    kind = chance.choices([*KINDS], [*KINDS.values()])[0]
    vanishes = chance.randrange(stages) if kind in ("fader", "returner") else NEVER
    refuses = chance.randrange(stages) if kind in ("refuser", "later", "wrong fit") else NEVER
    return Buyer(kind, chance, vanishes, refuses, gone_since=first_day if kind == "ghost" else None)
