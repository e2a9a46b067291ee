"""Which closed deals are like an open one, and what they needed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from pipeline_cli.domain.rules.alike import Alike, ClosedDeal, Effort, Likeness, in_short, most_alike

BEGAN = datetime(2026, 1, 1, tzinfo=UTC)
OWN = Likeness("referral", 100_000, "Shipping")


def closed(
    number: int, likeness: Likeness, status: str = "won", days: int = 30, reason: str | None = None
) -> ClosedDeal:
    return ClosedDeal(number, "a deal", None, status, reason, BEGAN, BEGAN + timedelta(days), likeness)


def test_what_shares_more_comes_first() -> None:
    deals = [
        closed(1, Likeness("event", 900_000, "shipping")),
        closed(2, Likeness("Referral", 150_000, "SHIPPING")),
        closed(3, Likeness("referral", None, None)),
        closed(4, Likeness("event", 900_000, "law")),
    ]

    assert [(one.deal.id, one.shared) for one in most_alike(OWN, deals)] == [
        (2, ("source", "value", "industry")),
        (1, ("industry",)),
        (3, ("source",)),
    ]


@pytest.mark.parametrize(
    ("cents", "is_alike"), [(50_000, True), (200_000, True), (49_999, False), (200_001, False), (0, False)]
)
def test_alike_in_value_is_half_to_twice(cents: int, is_alike: bool) -> None:
    assert bool(most_alike(OWN, [closed(1, Likeness(None, cents, None))])) is is_alike


def test_of_equals_the_nearest_in_value_then_the_last_closed() -> None:
    deals = [
        closed(1, Likeness(None, 150_000, None)),
        closed(2, Likeness(None, 110_000, None), days=10),
        closed(3, Likeness(None, 110_000, None), days=20),
    ]

    assert [one.deal.id for one in most_alike(OWN, deals, most=2)] == [3, 2]


def test_a_deal_of_which_nothing_is_known_is_like_none() -> None:
    assert most_alike(Likeness(None, None, None), [closed(1, Likeness(None, None, None))]) == []


def test_in_short_it_says_what_the_won_ones_took() -> None:
    alike = [
        Alike(closed(1, OWN, days=20), ("source",), Effort(5, 3, frozenset({"call", "meeting"}))),
        Alike(closed(2, OWN, days=40), ("source",), Effort(9, 3, frozenset({"meeting"}))),
        Alike(closed(3, OWN, "lost", reason="price"), ("source",)),
        Alike(closed(4, OWN, "lost"), ("source",)),
    ]

    assert in_short(alike, {"meeting": "Meeting"}) == (
        "2 of 4 won, in 30 days with 7 touchpoints (medians), each with a Meeting; 2 lost: price, no reason given"
    )
