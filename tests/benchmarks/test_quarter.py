"""A fortnight of the simulated quarter: the whole of it is `python benchmarks/quarter.py`."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks import quarter
from benchmarks.sellers_quarter.days import Quarter
from benchmarks.sellers_quarter.tally import Tally
from tests.large import LARGE


def play(
    folder: Path, *, seed: int, deals: int, weeks: int, habits: str, by_hand: bool = False
) -> tuple[Quarter, Tally]:
    sales, home = folder / "sales", folder / "home"
    sales.mkdir(parents=True)
    home.mkdir()
    return quarter.play(sales, home, seed=seed, deals=deals, weeks=weeks, habits=habits, by_hand=by_hand)


@pytest.mark.parametrize("by_hand", [False, True], ids=["captured", "typed"])
@pytest.mark.parametrize("habits", ["tidy", "forgetful"] if LARGE else ["tidy"])
def test_nothing_untrue_is_said_in_the_first_fortnight_of_a_quarter(habits: str, by_hand: bool, tmp_path: Path) -> None:
    _, tally = play(tmp_path, seed=1, deals=4, weeks=2, habits=habits, by_hand=by_hand)

    assert (tally.checked["captured touchpoints"] > 0) != by_hand

    assert tally.checked["rows of today"] > 0
    assert [one.in_words() for key in tally.missed for one in tally.found(key)] == []


def test_the_same_seed_is_the_same_quarter(tmp_path: Path) -> None:
    one, other = (play(tmp_path / name, seed=5, deals=2, weeks=1, habits="mixed") for name in ("one", "other"))

    assert quarter.measures(one[0]) == quarter.measures(other[0])
    assert (one[1].checked, one[1].misses) == (other[1].checked, other[1].misses)
