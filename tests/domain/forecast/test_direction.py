"""Where deals go when they leave."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline_cli.domain.forecast.learning import count_runs, exit_directions
from pipeline_cli.domain.forecast.runs import LOST, WON, Run, tally_of


def test_without_history_deals_go_to_the_next_stage_or_are_lost_as_configured() -> None:
    directions = exit_directions(count_runs(tally_of([]), stages=2), forward=[0.3, 0.8])
    assert directions[0][0] == pytest.approx({1: 0.3, LOST: 0.7})
    assert directions[1][-1] == pytest.approx({WON: 0.8, LOST: 0.2})


def test_moves_back_and_skipped_stages_are_targets_like_any_other() -> None:
    runs = [Run(i, 1, 0, 2, 0) for i in range(30)] + [Run(i, 1, 0, 2, WON) for i in range(70)]
    direction = exit_directions(count_runs(tally_of(runs), stages=3), forward=[0.5, 0.5, 0.5])[1][1]
    assert direction[0] == pytest.approx(0.3, abs=0.02)
    assert direction[WON] == pytest.approx(0.7, abs=0.03)
    assert direction[2] == pytest.approx(0, abs=0.02)


def test_what_leaves_late_is_lost_more_often_where_history_says_so() -> None:
    early = [Run(i, 0, 0, 2, WON) for i in range(100)]
    late = [Run(i, 0, 0, 100, LOST) for i in range(100)]
    by_bin = exit_directions(count_runs(tally_of(early + late), stages=2), forward=[0.5, 0.5])
    assert by_bin[0][1][LOST] < 0.1
    assert by_bin[0][7][LOST] > 0.9
    assert by_bin[0][-1][LOST] > by_bin[0][0][LOST]  # older than any that left: as the last that did
    assert by_bin[1][7][LOST] > by_bin[1][0][LOST]  # and so in a stage nobody has left yet


RUNS = st.lists(
    st.tuples(st.integers(0, 2), st.integers(1, 250), st.sampled_from([0, 1, 2, WON, LOST])).map(
        lambda row: Run(0, row[0], 0, row[1], row[2])
    ),
    max_size=40,
)


@given(RUNS, st.lists(st.floats(0, 1), min_size=3, max_size=3))
def test_the_chances_of_all_targets_sum_to_one(runs: list[Run], forward: list[float]) -> None:
    for row in exit_directions(count_runs(tally_of(runs), stages=3), forward):
        for direction in row:
            assert sum(direction.values()) == pytest.approx(1, abs=1e-6)
            assert min(direction.values()) >= 0
