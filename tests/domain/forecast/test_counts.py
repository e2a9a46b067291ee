"""Days spent and exits seen, by stage and days in stage."""

from __future__ import annotations

from pipeline_cli.domain.forecast.learning import USUAL_STARTS, count_runs
from pipeline_cli.domain.forecast.runs import LOST, OPEN, UNKNOWN, WON, Run, tally_of


def test_a_finished_run_spends_its_days_and_leaves_in_the_bin_of_its_last_day() -> None:
    counts = count_runs(tally_of([Run(0, 0, 100, 110, 1)]), stages=2)  # ages 0 … 9: one, two, four and three days
    assert counts.days[0][:5] == [1, 2, 4, 3, 0]
    assert counts.exits[0][3] == {1: 1}
    assert sum(counts.days[1]) == 0


def test_an_open_run_spends_days_and_leaves_nothing() -> None:
    counts = count_runs(tally_of([Run(0, 1, 100, 102, OPEN)]), stages=2)
    assert counts.days[1][:3] == [1, 1, 0]
    assert not any(counts.exits[1])


def test_equal_runs_add_up_by_target() -> None:
    runs = [Run(0, 0, 0, 1, 1), Run(1, 0, 5, 6, LOST), Run(2, 0, 9, 10, LOST), Run(3, 0, 9, 12, WON)]
    counts = count_runs(tally_of(runs), stages=1)
    assert counts.exits[0][0] == {1: 1, LOST: 2}
    assert counts.exits_of(0) == {1: 1, LOST: 2, WON: 1}
    assert counts.left(0, 0) == 3


def test_every_day_of_a_long_stay_is_counted_once() -> None:
    counts = count_runs(tally_of([Run(0, 0, 0, 400, LOST)]), stages=1)
    assert sum(counts.days[0]) == 400
    assert counts.days[0][-1] == 220
    assert counts.exits[0][-1] == {LOST: 1}


def test_a_deal_that_came_today_has_spent_no_day() -> None:
    assert sum(count_runs(tally_of([Run(0, 0, 7, 7, OPEN)]), stages=1).days[0]) == 0


def test_stays_longer_than_any_that_ended_have_a_bin_of_their_own_once_three_should_have_left() -> None:
    left = [Run(i, 0, 0, 20, WON) for i in range(10)]
    few, many = [Run(10, 0, 0, 60, OPEN)], [Run(10 + i, 0, 0, 60, OPEN) for i in range(5)]
    # 10 exits in 200 + 60 days: 40 days beyond would bring 1.5; with five such deals 10 in 500, so 200 bring 4
    assert count_runs(tally_of(left + few), stages=1).starts == USUAL_STARTS
    counts = count_runs(tally_of(left + many), stages=1)
    assert counts.starts == sorted([*USUAL_STARTS, 20])
    own = counts.starts.index(20)
    assert (counts.days[0][own], counts.left(0, own)) == (50, 0)
    assert counts.left(0, own - 1) == 10


def test_deals_of_unknown_stage_are_counted_in_a_last_row() -> None:
    counts = count_runs(tally_of([Run(0, UNKNOWN, 0, 3, WON), Run(1, 1, 0, 3, LOST)]), stages=2)
    assert len(counts.days) == 3
    assert counts.exits_of(2) == {WON: 1}
    assert len(count_runs(tally_of([Run(1, 1, 0, 3, LOST)]), stages=2).days) == 2
