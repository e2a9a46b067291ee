"""What a review calls a change, one kind after the other."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline_cli.domain.review.changes import (
    KINDS,
    MEANINGS,
    Between,
    Change,
    StageMove,
    Standing,
    find_changes,
    waterfall,
)

CREATED, TUESDAY, FRIDAY = "2026-10-01T09:00:00.000Z", "2026-11-17T09:00:00.000Z", "2026-11-20T09:00:00.000Z"
STAGES = {"lead": 0, "offer": 1, "contract": 2}


def deal(stage: str = "offer", status: str = "open", cents: int = 500, **other: Any) -> Standing:
    closed = FRIDAY if status != "open" else None
    return Standing("sales", stage, status, cents, CREATED, closed, None, None)._replace(**other)


def changes(
    then: Standing | None,
    now: Standing | None,
    *moves: tuple[str | None, str],
    touched: bool = True,
    inferred: bool = False,
    **other: Any,
) -> list[Change]:
    """Of deal 7 between a Saturday and the next one."""
    before, after = ({} if one is None else {7: one} for one in (then, now))
    flow = waterfall({k: v.state for k, v in before.items()}, {k: v.state for k, v in after.items()}, "sales")
    history = [
        StageMove(7, start, end, f"2026-11-1{day}T09:00:00.000Z", inferred) for day, (start, end) in enumerate(moves, 6)
    ]
    between = Between(
        before,
        after,
        flow.flows,
        history,
        {"sales": STAGES},
        {7} if touched else set(),
        {7: TUESDAY},
        {(7, "value_cents"): TUESDAY, (7, "expected_close"): FRIDAY},
        date(2026, 11, 14),
        date(2026, 11, 21),
    )
    return list(find_changes(between._replace(**other)))


@pytest.mark.parametrize(
    ("then", "now", "expected"),
    [
        (deal(), deal(), []),
        (deal(), deal(status="won"), [Change(7, "won", "offer", "won", 500, FRIDAY)]),
        (deal(), deal(status="lost"), [Change(7, "lost", "offer", "lost", 500, FRIDAY)]),
        (deal(), deal(status="disqualified"), [Change(7, "disqualified", "offer", "disqualified", 500, FRIDAY)]),
        (None, deal("lead"), [Change(7, "new", None, "lead", 500, CREATED)]),
        (deal(), deal(cents=800), [Change(7, "grown", 500, 800, 300, TUESDAY)]),
        (deal(), deal(cents=100), [Change(7, "shrunk", 500, 100, -400, TUESDAY)]),
        (
            deal(),
            deal(status="won", cents=450),
            [Change(7, "won", "offer", "won", 450, FRIDAY), Change(7, "shrunk", 500, 450, -50, TUESDAY)],
        ),
        (
            None,
            deal(status="lost"),
            [Change(7, "lost", "offer", "lost", 500, FRIDAY), Change(7, "new", None, "offer", 500, CREATED)],
        ),
        (deal(status="lost"), deal(), []),
        (deal(status="won"), deal(status="won"), []),
        (deal(), None, []),
        (
            deal(expected_close="2026-11-30"),
            deal(expected_close="2026-12-31"),
            [Change(7, "pushed", "2026-11-30", "2026-12-31", 500, FRIDAY)],
        ),
        (
            deal(expected_close="2026-11-30"),
            deal(expected_close="2026-11-25"),
            [Change(7, "pulled", "2026-11-30", "2026-11-25", 500, FRIDAY)],
        ),
        (deal(), deal(expected_close="2026-11-25"), []),
        (
            deal(expected_close="2026-11-30"),
            deal(status="won", expected_close="2026-12-31"),
            [Change(7, "won", "offer", "won", 500, FRIDAY)],
        ),
    ],
)
def test_each_fate_of_a_deal_has_its_kinds_of_change(
    then: Standing | None, now: Standing | None, expected: list[Change]
) -> None:
    assert changes(then, now) == expected


def test_a_deal_that_went_there_and_back_has_a_row_for_each() -> None:
    found = changes(deal(), deal(), ("lead", "offer"), ("offer", "contract"), ("contract", "offer"))

    assert found == [
        Change(7, "forward", "lead", "contract", 500, "2026-11-17T09:00:00.000Z"),
        Change(7, "back", "contract", "offer", 500, "2026-11-18T09:00:00.000Z"),
    ]


def test_closing_opening_again_and_unknown_stages_are_no_moves_forward_or_back() -> None:
    assert changes(deal(), deal(), (None, "lead"), ("offer", "lost"), ("lost", "offer"), ("old", "offer")) == []


def test_where_an_import_found_a_new_deal_is_no_move_forward() -> None:
    assert [one.kind for one in changes(None, deal(), ("lead", "offer"), inferred=True)] == ["new"]
    assert [one.kind for one in changes(deal("lead"), deal(), ("lead", "offer"), inferred=True)] == ["forward"]


def test_silent_is_open_all_the_time_without_a_touchpoint_and_not_snoozed() -> None:
    assert changes(deal(), deal(), touched=False) == [Change(7, "silent", None, None, 500, TUESDAY)]
    assert changes(deal(), deal(snoozed_until="2026-11-22"), touched=False) == []
    assert changes(deal(), deal(snoozed_until="2026-11-21"), touched=False) == [], "it slept into the interval"
    assert [one.kind for one in changes(deal(), deal(snoozed_until="2026-11-14"), touched=False)] == ["silent"]
    assert changes(deal(), deal(), ("offer", "lost"), ("lost", "offer"), touched=False) == []
    assert [one.kind for one in changes(None, deal(), touched=False)] == ["new"]
    assert changes(deal(status="lost"), deal(), touched=False) == []


def test_nobody_is_silent_within_one_day() -> None:
    assert changes(deal(), deal(), touched=False, first=date(2026, 11, 21)) == []


def test_the_dearest_of_a_kind_stand_first_and_the_kinds_in_their_order() -> None:
    now = {1: deal(cents=100), 2: deal(cents=900), 3: deal(cents=400, status="won")}
    flow = waterfall({}, {k: v.state for k, v in now.items()}, "sales")
    between = Between({}, now, flow.flows, [], {"sales": STAGES}, set(), {}, {}, date(2026, 11, 14), date(2026, 11, 21))

    assert [(one.kind, one.deal_id) for one in find_changes(between)] == [
        ("won", 3),
        ("new", 2),
        ("new", 3),
        ("new", 1),
    ]


def test_every_kind_has_its_meaning() -> None:
    assert tuple(MEANINGS) == KINDS


STANDINGS = st.builds(
    deal,
    st.sampled_from(sorted(STAGES)),
    st.sampled_from(["open", "won", "lost", "disqualified"]),
    st.integers(0, 10**12),
)


@given(st.dictionaries(st.integers(1, 5), STANDINGS), st.dictionaries(st.integers(1, 5), STANDINGS))
def test_the_rows_are_those_of_the_waterfall(then: dict[int, Standing], now: dict[int, Standing]) -> None:
    flow = waterfall({k: v.state for k, v in then.items()}, {k: v.state for k, v in now.items()}, "sales")
    between = Between(
        then, now, flow.flows, [], {"sales": STAGES}, set(), {}, {}, date(2026, 11, 14), date(2026, 11, 21)
    )
    found = find_changes(between)

    for item in flow.items:
        if item.item not in ("moved_in", "moved_out"):
            of_it = [abs(one.cents) for one in found if one.kind == item.item]
            assert (len(of_it), sum(of_it)) == (item.deals, abs(item.cents))
