"""What becomes of each sample deal: how it ends or stands today, where it came from, and its way through the stages."""

from __future__ import annotations

import math
import random
from collections import Counter
from collections.abc import Sequence
from datetime import date
from statistics import NormalDist
from typing import NamedTuple, TypeVar

from sample_words import BACK_REASONS, REOPEN_REASON, SKIP_REASONS

T = TypeVar("T")

START, TODAY = date(2025, 11, 20), date(2026, 11, 20)
STAGES = ("prospecting", "qualification", "proposal", "negotiation", "commit")
OUTCOMES = ("won", "lost", "disqualified")

# Source: how many were won, lost, disqualified, and are open.
SOURCES = {
    "outbound": (2, 24, 2, 14),
    "event": (2, 10, 1, 6),
    "inbound": (9, 20, 5, 14),
    "partner": (3, 5, 0, 4),
    "referral": (11, 11, 0, 7),
}
LAST_STAGES = {
    "won": (0, 0, 0, 0, 27),
    "lost": (24, 18, 18, 8, 2),
    "disqualified": (4, 4, 0, 0, 0),
    # Open deals, by how they stand today.
    "healthy": (3, 4, 4, 3, 2),
    "overdue": (1, 1, 3, 1, 1),
    "drifting": (1, 1, 2, 0, 0),
    "stale": (2, 1, 4, 1, 0),
    "unanswered": (2, 0, 2, 0, 0),
    "fresh": (2, 0, 0, 0, 0),
    "snoozed": (0, 1, 1, 1, 1),
}
# Days of silence today, and days spent in the stage beyond them.
STANDING = {
    "healthy": ((1, 6), (1, 7)),
    "overdue": ((4, 9), (3, 14)),
    "drifting": ((3, 8), (3, 12)),
    "stale": ((30, 120), (4, 16)),
    "unanswered": ((6, 34), (18, 24)),
    "fresh": ((0, 2), (0, 0)),
    "snoozed": ((22, 50), (2, 9)),
}
USUAL_DAYS = {"prospecting": 6, "qualification": 8, "proposal": 13, "negotiation": 8, "commit": 5}
# Of these deals, the first so many were taken out of the usual order of the stages.
TWISTS = {
    ("won", "commit"): ("skip", "skip", "forced skip", "back", "back", "reopened", "skip"),
    ("lost", "proposal"): ("skip", "back", "forced skip"),
    ("lost", "negotiation"): ("back",),
    ("healthy", "proposal"): ("back",),
    ("overdue", "proposal"): ("forced skip",),
}


class Dice:
    """Chance that falls alike on every machine: built on `random()` alone, whose sequence Python promises to keep."""

    def __init__(self, seed: str) -> None:
        self._random = random.Random(seed).random

    def between(self, low: int, high: int) -> int:
        return low + int(self._random() * (high - low + 1))

    def chance(self, share: float) -> bool:
        return self._random() < share

    def pick(self, choices: Sequence[T]) -> T:
        return choices[int(self._random() * len(choices))]

    def spread(self, median: float, sigma: float) -> float:
        """A log-normal number around its median."""
        return median * math.exp(sigma * NormalDist().inv_cdf(0.001 + 0.998 * self._random()))

    def mixed(self, items: Sequence[T], window: float) -> list[T]:
        """The items with neighbours up to `window` places apart exchanged; a window of their number mixes them all."""
        keyed = [(place + window * self._random(), place) for place in range(len(items))]
        return [items[place] for _, place in sorted(keyed)]


class Plan(NamedTuple):
    fate: str
    """won | lost | disqualified, or how an open deal stands today."""
    nth: int
    """Its place among the deals of the same fate."""
    stage: str
    """The last open stage."""
    source: str
    twist: str = ""


class Visit(NamedTuple):
    stage: str
    days: int
    reason: str = ""
    forced: bool = False


def plan_deals(dice: Dice) -> list[Plan]:
    """Every deal of the sample, in no order of time."""
    plans = []
    open_fates = [fate for fate in LAST_STAGES if fate not in OUTCOMES]
    for column, fates in enumerate((["won"], ["lost"], ["disqualified"], open_fates)):
        ends = [(place, fate) for fate in fates for place, count in enumerate(LAST_STAGES[fate]) for _ in range(count)]
        # Sources are listed from the coldest: mixed within a window, cold ones still die earlier.
        sources = [source for source, counts in SOURCES.items() for _ in range(counts[column])]
        in_stage_order = sorted(ends, key=lambda end: end[0])
        plans += list(zip(in_stage_order, dice.mixed(sources, len(sources) * 0.7), strict=True))
    return _number_and_twist(plans)


def _number_and_twist(ends: list[tuple[tuple[int, str], str]]) -> list[Plan]:
    seen: Counter[str] = Counter()
    seen_there: Counter[tuple[str, str]] = Counter()
    plans = []
    for (place, fate), source in ends:
        there = (fate, STAGES[place])
        twists = TWISTS.get(there, ())
        twist = twists[seen_there[there]] if seen_there[there] < len(twists) else ""
        plans.append(Plan(fate, seen[fate], STAGES[place], source, twist))
        seen[fate] += 1
        seen_there[there] += 1
    return plans


def find_way(plan: Plan, dice: Dice) -> list[Visit]:
    """The stays of one deal, in order; a stay in `lost` is a loss that was reopened."""
    names = list(STAGES[: STAGES.index(plan.stage) + 1])
    reasons: dict[int, str] = {}
    if plan.twist.endswith("skip"):
        names.remove("qualification")
        reasons[1] = dice.pick(SKIP_REASONS)
    if plan.twist == "back":
        after = names.index("proposal") + 1
        names[after:after] = ["qualification", "proposal"]
        reasons[after] = BACK_REASONS[plan.nth % len(BACK_REASONS)]
    if plan.twist == "reopened":
        after = names.index("proposal") + 1
        names[after:after] = ["lost", "proposal"]
        reasons |= {after: "competitor", after + 1: REOPEN_REASON}
    forced_at = 1 if plan.twist == "forced skip" else -1
    stays = [_days_of_stay(plan, name, place == len(names) - 1, dice) for place, name in enumerate(names)]
    return [
        Visit(name, days, reasons.get(place, ""), place == forced_at)
        for place, (name, days) in enumerate(zip(names, stays, strict=True))
    ]


def _days_of_stay(plan: Plan, stage: str, is_last: bool, dice: Dice) -> int:
    if stage == "lost":
        return 31
    if is_last and plan.fate in STANDING:
        (least, most), (shortest, longest) = STANDING[plan.fate]
        return days_of_silence(plan, least, most) + dice.between(shortest, longest)
    slower = 2.0 if is_last and plan.fate == "lost" else 1.0
    return min(60, max(1, round(dice.spread(USUAL_DAYS[stage] * slower, 0.6))))


def days_of_silence(plan: Plan, least: int, most: int) -> int:
    """Spread evenly over the deals of a fate, so that few deals show the whole range."""
    count = sum(LAST_STAGES[plan.fate])
    step = (plan.nth * 5) % count
    return least + (most - least) * step // max(1, count - 1)
