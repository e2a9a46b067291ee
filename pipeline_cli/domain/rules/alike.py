"""Closed deals like an open one, by source, value and industry, and what those that were won had needed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from pipeline_cli.domain.record import NamedTuple
from pipeline_cli.domain.words.clock import days_between
from pipeline_cli.domain.words.names import normalise
from pipeline_cli.domain.words.text import counted

MOST = 5
_BAND = 2
"""Worth at most twice as much, and at least half."""


class Likeness(NamedTuple):
    """What deals are compared by."""

    source: str | None
    home_cents: int | None
    """In the file's currency."""
    industry: str | None


class ClosedDeal(NamedTuple):
    """A closed deal with how alike it is."""

    id: int
    title: str
    organization: str | None
    status: str
    """won | lost"""
    lost_reason: str | None
    created_at: datetime
    closed_at: datetime
    likeness: Likeness


class Effort(NamedTuple):
    """What a deal took."""

    touchpoints: int = 0
    """Automatic replies aside."""
    conversations: int = 0
    kinds: frozenset[str] = frozenset()
    """Of its conversations."""


class Alike(NamedTuple):
    """A closed deal like the one that is asked about, and what it took."""

    deal: ClosedDeal
    shared: tuple[str, ...]
    """source, value, industry: at least one of them."""
    effort: Effort = Effort()

    @property
    def days(self) -> float:
        """From its creation to its closing."""
        return max(0.0, days_between(self.deal.created_at, self.deal.closed_at))


def industry_of(fields: Mapping[str, str]) -> str | None:
    """The field of that name, however it is written."""
    return next(
        (value for name, value in fields.items() if name.strip().casefold() in ("industry", "industries")), None
    )


def most_alike(own: Likeness, closed: Iterable[ClosedDeal], most: int = MOST) -> list[Alike]:
    """Those that share the most, then of the nearest value, then the last to be closed."""
    found = [Alike(deal, shared) for deal in closed if (shared := _shared(own, deal.likeness))]
    found.sort(key=lambda one: (-len(one.shared), _distance(own, one.deal.likeness), -one.deal.closed_at.timestamp()))
    return found[:most]


def _shared(own: Likeness, other: Likeness) -> tuple[str, ...]:
    return tuple(
        name
        for name, is_shared in (
            ("source", _is_same(own.source, other.source)),
            ("value", _distance(own, other) <= _BAND),
            ("industry", _is_same(own.industry, other.industry)),
        )
        if is_shared
    )


def _is_same(one: str | None, other: str | None) -> bool:
    return bool(one and other) and normalise(str(one)) == normalise(str(other))


def _distance(own: Likeness, other: Likeness) -> float:
    """How many times as much the dearer is worth; endless where a value is missing."""
    if not own.home_cents or not other.home_cents:
        return float("inf")
    return max(own.home_cents, other.home_cents) / min(own.home_cents, other.home_cents)


def in_short(alike: Sequence[Alike], kind_name: Mapping[str, str]) -> str:
    """`3 of 5 won, in 45 days with 9 touchpoints (medians), each with a meeting; 2 lost: price, timing`"""
    won = [one for one in alike if one.deal.status == "won"]
    lost = [one for one in alike if one.deal.status == "lost"]
    parts = []
    if won:
        days, touches = _median(one.days for one in won), _median(one.effort.touchpoints for one in won)
        typical = " (medians)" if len(won) > 1 else ""
        each = frozenset.intersection(*(one.effort.kinds for one in won))
        had = f", {'each ' if len(won) > 1 else ''}with {_all_of(kind_name, each)}" if each else ""
        parts.append(
            f"{len(won)} of {len(alike)} won, in {counted(days, 'day')} with {counted(touches, 'touchpoint')}{typical}{had}"
        )
    if lost:
        reasons = Counter(one.deal.lost_reason or "no reason given" for one in lost)
        parts.append(f"{len(lost)} lost: {', '.join(reasons)}")
    return "; ".join(parts)


def _median(numbers: Iterable[float]) -> int:
    ascending = sorted(numbers)
    middle = len(ascending) // 2
    return round((ascending[middle] + ascending[-middle - 1]) / 2)


def _all_of(kind_name: Mapping[str, str], kinds: Iterable[str]) -> str:
    *first, last = (_a(kind_name.get(kind, kind)) for kind in sorted(kinds))
    return f"{', '.join(first)} and {last}" if first else last


def _a(noun: str) -> str:
    return f"{'an' if noun[:1].lower() in 'aeiou' else 'a'} {noun}"
