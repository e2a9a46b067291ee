"""What is won near the ends of quarters, and what it changes where it is proven and helps."""

from __future__ import annotations

from datetime import date

import pytest

from pipeline_cli.domain.forecast.runs import DealHistory, History, Known, known_on
from pipeline_cli.domain.forecast.season import Season, days_in_season, part_of, season_of
from pipeline_cli.domain.forecast.timed import TimedModel

FIRST = date(2024, 1, 1).toordinal()
TODAY = date(2025, 8, 31).toordinal()
CONFIGURED = [0.5]


def quarter_end(day: int) -> int:
    """The last day of its quarter."""
    when = date.fromordinal(day)
    month = (when.month + 2) // 3 * 3
    return (date(when.year + month // 12, month % 12 + 1, 1)).toordinal() - 1


def known(*, at_ends: bool) -> Known:
    """Two deals every third day: one is lost after three weeks, one won, at the end of the quarter or after 40 days."""
    deals = []
    for number in range((TODAY - FIRST) // 3):
        begun = FIRST + 3 * number
        won_on = max(begun + 1, quarter_end(begun) - number % 5) if at_ends else begun + 40
        for deal, closed, won in ((2 * number, begun + 21, False), (2 * number + 1, won_on, True)):
            is_over = closed <= TODAY
            deals.append(
                DealHistory(deal, [(begun, 0)], closed if is_over else None, won if is_over else None, amount_cents=100)
            )
    return known_on(History(deals), TODAY)


@pytest.mark.parametrize(
    ("day", "part"),
    [("2026-01-01", 0), ("2026-01-15", 0), ("2026-01-16", 1), ("2026-03-31", 5), ("2026-09-30", 5), ("2026-10-01", 0)],
)
def test_a_quarter_has_six_parts(day: str, part: int) -> None:
    assert part_of(date.fromisoformat(day).toordinal()) == part


def test_wins_at_the_ends_of_quarters_are_seen() -> None:
    season = season_of(known(at_ends=True))
    assert season is not None
    assert season.proven
    assert season.factors[5] > 2
    assert max(season.factors[:5]) < 0.8


def test_even_wins_prove_nothing() -> None:
    season = season_of(known(at_ends=False))
    assert season is not None
    assert not season.proven
    assert all(0.8 < factor < 1.25 for factor in season.factors)


def test_a_young_record_says_nothing_of_quarters() -> None:
    assert season_of(known_on(History([DealHistory(1, [(FIRST, 0)], FIRST + 5, True)]), FIRST + 260)) is None
    assert season_of(known_on(History([DealHistory(1, [(FIRST, 0)])]), FIRST + 900)) is None
    assert season_of(known_on(History([]), FIRST)) is None


def test_days_count_by_their_part_of_the_quarter() -> None:
    season = Season([0.5, 1, 1, 1, 1, 2.0], 100, proven=True)
    last = date(2026, 3, 31).toordinal()
    assert days_in_season(season, last - 10, 10) == 20
    assert days_in_season(season, last, 15) == round(15 * 0.5)
    counted = [days_in_season(season, last - 20, days) for days in range(60)]
    assert counted == sorted(counted)
    assert counted[0] == 0


def test_it_is_used_where_it_would_have_made_past_forecasts_less_wrong() -> None:
    seasonal, even = TimedModel(known(at_ends=True), CONFIGURED), TimedModel(known(at_ends=False), CONFIGURED)
    for model in (seasonal, even):
        model.learn_from_misses(30)
    assert even.season is None
    assert seasonal.season is not None
    plain = TimedModel(known(at_ends=True), CONFIGURED)
    run = plain.known.open_runs[0]
    # September holds the end of a quarter: more is won in these thirty days than in others
    assert seasonal.chance_within(30, run) > plain.chance_within(30, run)
    assert seasonal.chance_ever(run) == plain.chance_ever(run)
