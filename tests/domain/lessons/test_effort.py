"""What touchpoints were for, and how many deals they carry."""

from __future__ import annotations

from datetime import date, time

import pytest

from pipeline_cli.domain.lessons.effort import (
    Spent,
    StageWork,
    add_waste,
    by_hour,
    by_weekday,
    sum_by,
    sum_waste,
    weigh_capacity,
)


def test_rows_add_up_and_what_is_unknown_stands_last() -> None:
    rows = sum_by(
        "source",
        [
            (None, Spent(9, 1, 9, 3, 2, 5, 4)),
            ("fair", Spent(2, 1, 2, 1, 0, 2, 0)),
            ("fair", Spent(2, 0, 2, 0, 0, 1, 1)),
        ],
        knows_replies=True,
    )

    assert [(row.value, row.spent.touches, row.reply_rate, row.wasted) for row in rows] == [
        ("fair", 4, 0.25, pytest.approx(1 / 3)),
        (None, 9, pytest.approx(1 / 3), 0.8),
    ]


def test_where_nobody_keeps_what_comes_back_there_is_no_rate() -> None:
    (row,) = sum_by("kind", [("email", Spent(50, 0, 50, 0, 0, 50, 50))], knows_replies=False)

    assert (row.reply_rate, row.interval) == (None, (None, None))


def test_a_day_without_a_time_has_a_weekday_and_no_hour() -> None:
    one = Spent(1, 0, 1, 1, 1, 0, 0)
    days = by_weekday([(date(2026, 11, 22), one), (date(2026, 11, 16), one)], knows_replies=True)
    hours = by_hour([(time(0), one), (time(12), one), (time(12, 15), one), (time(9), one)], knows_replies=True)

    assert [row.value for row in days] == ["Monday", "Sunday"]
    assert [row.value for row in hours] == ["09", "12"]
    assert hours[1].spent.touches == 1


def test_waste_is_what_went_to_deals_that_were_not_won() -> None:
    counts = {
        ("won", True): 50,
        ("lost", True): 20,
        ("lost", False): 15,
        ("disqualified", False): 5,
        ("open", False): 7,
    }
    waste = sum_waste(counts, asks=True)

    assert (waste.closed, waste.for_nothing, waste.never_qualified, waste.open) == (90, 40, 20, 7)
    assert sum_waste(counts, asks=False).never_qualified is None
    assert add_waste([waste, sum_waste(counts, asks=False)]).never_qualified == 20
    assert add_waste([]).closed == 0


def test_touchpoints_carry_as_many_deals_as_the_won_ones_took() -> None:
    work = [
        StageWork("lead", 10, 20, won_weeks=10.0, won_touches=20, recent_touches=60),
        StageWork("offer", 5, 20, won_weeks=40.0, won_touches=40, recent_touches=60),
        StageWork("thin", 3, 4, won_weeks=40.0, won_touches=40, recent_touches=0),
    ]
    capacity = weigh_capacity(work, [10] * 12, {"lead": 30, "offer": None, "thin": 9})

    # 10 leads at 2 a week and 5 offers at 1 take 25; 10 a week are two fifths of it.
    assert (capacity.touches_per_week, capacity.needs, capacity.open_deals, capacity.carries) == (10, 25, 15, 6)
    assert [one.carries for one in capacity.stages] == [4, 2, None]
    assert (capacity.deals_at_limit, capacity.needs_at_limit) == (30, 60)
    assert [one.touches_per_week for one in capacity.stages] == [5, 5, 0]


def test_without_weeks_or_won_deals_nothing_is_known() -> None:
    assert weigh_capacity([StageWork("lead", 1, 0, 0.0, 0, 0)], [], {}).carries is None
    assert weigh_capacity([StageWork("lead", 1, 9, 0.2, 9, 0)], [3], {}).stages[0].touches_per_deal_week is None
    assert weigh_capacity([StageWork("lead", 0, 9, 9.0, 9, 0)], [3], {}).carries is None
    assert weigh_capacity([StageWork("lead", 4, 9, 9.0, 0, 0)], [3], {}).carries is None
