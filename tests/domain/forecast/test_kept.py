"""Kept forecasts and what came."""

from __future__ import annotations

from datetime import UTC, date, datetime

from pipeline_cli.domain.forecast.kept import KeptForecast, compare

KEPT = KeptForecast(
    datetime(2026, 11, 1, 10, tzinfo=UTC),
    date(2026, 11, 1),
    ("services",),
    "timed",
    30,
    date(2026, 12, 1),
    "EUR",
    3,
    900_00,
    400_00,
    1.2,
    100_00,
    400_00,
    700_00,
    500_00,
    450_00,
    {1: 0.5, 2: 0.4, 3: 0.3},
    [],
)
LATER = date(2026, 12, 24)


def test_only_the_deals_it_spoke_of_count_and_only_within_its_days() -> None:
    wins = {
        1: (date(2026, 12, 1), 250_00),
        2: (date(2026, 12, 2), 300_00),
        9: (date(2026, 11, 5), 999_00),
    }
    compared = compare(KEPT, wins, LATER)
    assert (compared.actual_cents, compared.actual_wins, compared.inside) == (250_00, 1, True)


def test_a_bound_of_the_range_is_inside_it() -> None:
    assert compare(KEPT, {1: (date(2026, 11, 9), 700_00)}, LATER).inside is True
    assert compare(KEPT, {1: (date(2026, 11, 9), 700_01)}, LATER).inside is False
    assert compare(KEPT, {}, LATER).inside is False


def test_it_is_not_judged_before_its_last_day_is_over() -> None:
    assert compare(KEPT, {}, KEPT.until).inside is None
