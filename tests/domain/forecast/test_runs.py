"""Each deal as runs of days that end in one stage."""

from __future__ import annotations

from pipeline_cli.domain.forecast.runs import LOST, OPEN, UNKNOWN, WON, DealHistory, History, Run, known_on

LATER = 10**9


def runs_of(deal: DealHistory) -> list[tuple[int, int, int, int]]:
    return [run[1:] for run in History([deal]).runs]


def test_a_deal_that_moves_on_and_is_won_leaves_a_run_a_stage() -> None:
    deal = DealHistory(1, [(10, 0), (14, 1)], closed_day=20, won=True)
    assert runs_of(deal) == [(0, 10, 14, 1), (1, 14, 20, WON)]


def test_only_the_stage_at_the_end_of_a_day_counts() -> None:
    deal = DealHistory(1, [(10, 0), (10, 1), (10, 2), (15, 1), (15, 2)])
    assert runs_of(deal) == [(2, 10, LATER, OPEN)]


def test_a_move_to_the_same_stage_goes_on_with_the_visit() -> None:
    deal = DealHistory(1, [(10, 0), (12, 0), (15, 1)])
    assert runs_of(deal) == [(0, 10, 15, 1), (1, 15, LATER, OPEN)]


def test_a_move_back_begins_a_new_visit() -> None:
    deal = DealHistory(1, [(10, 0), (12, 1), (15, 0)])
    assert runs_of(deal) == [(0, 10, 12, 1), (1, 12, 15, 0), (0, 15, LATER, OPEN)]


def test_a_deal_opened_and_closed_on_one_day_leaves_no_run() -> None:
    assert runs_of(DealHistory(1, [(10, 0), (10, 1)], closed_day=10, won=False)) == []


def test_a_reopened_deal_was_lost_and_began_anew() -> None:
    deal = DealHistory(1, [(10, 1), (20, LOST), (26, 1)], closed_day=30, won=True)
    assert runs_of(deal) == [(1, 10, 20, LOST), (1, 26, 30, WON)]


def test_a_deal_won_before_its_first_contact_leaves_no_run_and_is_not_open() -> None:
    history = History([DealHistory(1, [(10, 0)], closed_day=8, won=True)])
    assert history.runs == []
    assert history.deals[0].closed_day == 10


def test_what_is_moved_after_it_was_closed_stays_closed() -> None:
    assert runs_of(DealHistory(1, [(10, 0), (15, 1), (30, 2)], closed_day=20, won=False)) == [
        (0, 10, 15, 1),
        (1, 15, 20, LOST),
    ]


def test_inferred_moves_say_how_far_but_not_since_when() -> None:
    deal = DealHistory(1, [(10, 0), (10, 2), (40, 3)], inferred=2)
    assert runs_of(deal) == [(UNKNOWN, 10, 40, 3), (3, 40, LATER, OPEN)]
    assert deal.stage_on(39) == 2


def test_what_comes_later_is_not_known_yet() -> None:
    history = History(
        [
            DealHistory(1, [(10, 0), (14, 1)], closed_day=20, won=True),
            DealHistory(2, [(18, 0)], closed_day=19, won=False),
        ]
    )
    known = known_on(history, 16)
    assert known.runs == [Run(0, 0, 10, 14, 1), Run(0, 1, 14, 16, OPEN)]
    assert known.open_runs == [Run(0, 1, 14, 16, OPEN)]
    assert known.history_days == 6
    assert known_on(history, 20).latest == {0: Run(0, 1, 14, 20, WON), 1: Run(1, 0, 18, 19, LOST)}


def test_before_the_first_deal_nothing_is_known() -> None:
    known = known_on(History([DealHistory(1, [(10, 0)])]), 9)
    assert (known.runs, known.open_runs, known.history_days) == ([], [], 0)


def test_idle_days_count_from_the_last_touchpoint_or_move_known_by_then() -> None:
    deal = DealHistory(1, [(10, 0), (13, 1)], touch_days=[11, 15, 30])
    known = known_on(History([deal]), 40)
    assert [known.idle_days(0, day) for day in (10, 12, 14, 20, 30, 40)] == [0, 1, 1, 5, 0, 10]


def test_an_amount_is_the_one_known_by_then() -> None:
    deal = DealHistory(1, [(10, 0)], amount_cents=900, amounts=[(12, 500), (20, None), (30, 900)])
    assert [deal.amount_on(day) for day in (10, 12, 25, 30)] == [None, 500, None, 900]
    assert DealHistory(1, [(10, 0)], amount_cents=900).amount_on(10) == 900


def test_the_order_of_the_deals_is_of_no_account() -> None:
    deals = [DealHistory(2, [(10, 0)]), DealHistory(1, [(12, 0)]), DealHistory(3, [(10, 1)]), DealHistory(4, [])]
    assert [deal.id for deal in History(deals).deals] == [deal.id for deal in History(deals[::-1]).deals] == [2, 3, 1]


def test_what_is_known_with_deals_lost_is_what_reading_it_anew_would_give() -> None:
    deals = [
        DealHistory(1, [(10, 0), (14, 1)]),
        DealHistory(2, [(11, 0), (20, LOST), (26, 1)], inferred=1),
        DealHistory(3, [(9, 1)], closed_day=12, won=True),
        DealHistory(4, [(30, 0)]),
        DealHistory(5, [(12, 0), (30, 1)]),
    ]
    lost = {2, 4, 5}
    before = known_on(History(deals), 30)
    anew = known_on(History([one._replace(closed_day=30, won=False) if one.id in lost else one for one in deals]), 30)

    changed = before.with_lost(lost)

    assert (changed.deals, changed.runs, changed.latest) == (anew.deals, anew.runs, anew.latest)
    assert changed.tally == anew.tally
    assert changed.runs != before.runs
