"""From the open value of one day to that of another, without a remainder."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline_cli.domain.review.changes import ITEMS, DealState, Waterfall, waterfall

EARLY, LATE = "2026-11-02T10:00:00.000Z", "2026-11-18T10:00:00.000Z"


def deal(status: str, cents: int, closed_at: str | None = None, pipeline: str = "services") -> DealState:
    return DealState(pipeline, status, cents, closed_at)


def items_of(found: Waterfall) -> dict[str, tuple[int, int]]:
    return {one.item: (one.deals, one.cents) for one in found.items if one.deals}


@pytest.mark.parametrize(
    ("then", "now", "items"),
    [
        (None, deal("open", 500), {"new": (1, 500)}),
        (None, deal("won", 500, LATE), {"new": (1, 500), "won": (1, -500)}),
        (deal("open", 500), deal("open", 800), {"grown": (1, 300)}),
        (deal("open", 500), deal("open", 100), {"shrunk": (1, -400)}),
        (deal("open", 500), deal("won", 450, LATE), {"shrunk": (1, -50), "won": (1, -450)}),
        (deal("open", 500), deal("lost", 500, LATE), {"lost": (1, -500)}),
        (deal("open", 500), deal("disqualified", 500, LATE), {"disqualified": (1, -500)}),
        (deal("lost", 500, EARLY), deal("open", 700), {"moved_in": (1, 700)}),
        (deal("lost", 500, EARLY), deal("won", 700, LATE), {"moved_in": (1, 700), "won": (1, -700)}),
        (deal("won", 500, EARLY), deal("won", 900, EARLY), {}),
        (deal("open", 500), deal("open", 700, None, "partners"), {"moved_out": (1, -500)}),
        (deal("open", 500, None, "partners"), deal("open", 700), {"moved_in": (1, 700)}),
        (deal("lost", 500, EARLY, "partners"), deal("lost", 500, EARLY), {}),
        (deal("open", 500), None, {"moved_out": (1, -500)}),
        (deal("open", 500), deal("open", 500), {}),
    ],
)
def test_each_fate_of_a_deal_has_its_items(
    then: DealState | None, now: DealState | None, items: dict[str, tuple[int, int]]
) -> None:
    before, after = ({} if state is None else {7: state} for state in (then, now))
    assert items_of(waterfall(before, after, "services")) == items


def test_over_every_pipeline_a_change_of_pipeline_is_no_move() -> None:
    found = waterfall({7: deal("open", 500)}, {7: deal("open", 700, None, "partners")}, None)
    assert items_of(found) == {"grown": (1, 200)}


CLOSED = st.builds(
    deal,
    st.sampled_from(["won", "lost", "disqualified"]),
    st.integers(0, 10**12),
    st.sampled_from([EARLY, LATE]),
    st.sampled_from(["services", "partners"]),
)
OPEN = st.builds(deal, st.just("open"), st.integers(0, 10**12), st.none(), st.sampled_from(["services", "partners"]))
PICTURE = st.dictionaries(st.integers(1, 12), st.one_of(OPEN, CLOSED), max_size=12)


@given(PICTURE, PICTURE, st.sampled_from(["services", "partners", None]))
def test_the_items_add_up_to_the_change_of_open_value(
    then: dict[int, DealState], now: dict[int, DealState], pipeline: str | None
) -> None:
    found = waterfall(then, now, pipeline)
    values = {one.item: one.cents for one in found.items}
    assert tuple(values) == ITEMS
    assert sum(values.values()) == found.end_cents - found.start_cents
    assert all(values[item] >= 0 for item in ("new", "moved_in", "grown"))
    assert all(values[item] <= 0 for item in ("won", "lost", "disqualified", "shrunk", "moved_out"))
