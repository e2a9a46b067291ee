"""Which deals were closed by a day, and how far they had come."""

from __future__ import annotations

from pipeline_cli.domain.forecast.backtest import closings_by_stage
from pipeline_cli.domain.forecast.runs import LOST, WON, DealHistory, History, outcome_on


def test_a_won_deal_reached_every_stage_and_a_lost_one_those_it_was_in_or_past() -> None:
    history = History(
        [
            DealHistory(1, [(1, 0)], closed_day=5, won=True),
            DealHistory(2, [(1, 0), (2, 2), (3, 1)], closed_day=6, won=False),
            DealHistory(3, [(1, 1)], closed_day=7, won=False),
            DealHistory(4, [(1, 3)]),
        ]
    )
    assert closings_by_stage(history, 10, stages=4) == ([1, 1, 1, 1], [3, 3, 2, 1])
    assert closings_by_stage(history, 5, stages=4) == ([1, 1, 1, 1], [1, 1, 1, 1])


def test_a_deal_closed_on_the_day_it_came_counts_here() -> None:
    history = History([DealHistory(1, [(4, 0)], closed_day=4, won=False)])
    assert closings_by_stage(history, 4, stages=2) == ([0, 0], [1, 0])


def test_a_deal_whose_stages_before_its_closing_are_gone_reached_the_first_alone() -> None:
    lost, reopened_later = DealHistory(1, [(4, LOST)]), DealHistory(2, [(4, LOST), (9, 3)])

    assert closings_by_stage(History([lost, reopened_later]), 5, stages=4) == ([0] * 4, [2, 0, 0, 0])
    assert closings_by_stage(History([lost]), 5, stages=1) == ([0], [1])


def test_a_reopened_deal_was_closed_until_it_was_reopened() -> None:
    deal = DealHistory(1, [(1, 0), (5, LOST), (9, 0), (12, WON), (13, 1)], closed_day=20, won=True)
    assert [outcome_on(deal, day) for day in (4, 5, 8, 9, 12, 13, 20)] == [
        None,
        False,
        False,
        None,
        True,
        None,
        True,
    ]
