"""Numbers and days as people and programs read them."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline_cli.output import numbers

TODAY = date(2026, 11, 21)
CENTS = st.integers(min_value=-(10**15), max_value=10**15)


@pytest.mark.parametrize(
    ("cents", "shown"), [(1234500, "12,345"), (1234567, "12,345.67"), (0, "0"), (5, "0.05"), (-150, "-1.50")]
)
def test_money_has_thousands_separators_and_decimals_only_when_there_are_cents(cents: int, shown: str) -> None:
    assert numbers.money(cents) == shown


def test_a_column_with_cents_shows_them_everywhere() -> None:
    amounts = [1234500, 99]
    assert [numbers.money(cents, decimals=numbers.have_cents(amounts)) for cents in amounts] == ["12,345.00", "0.99"]


@given(CENTS)
def test_money_for_programs_is_exact(cents: int) -> None:
    exact = Decimal(cents) / 100
    assert json.loads(json.dumps(numbers.json_number(cents)), parse_float=Decimal) == exact
    assert Decimal(numbers.decimal_text(cents)) == exact
    assert Decimal(numbers.money(cents).replace(",", "")) == exact


def test_whole_money_is_a_whole_json_number() -> None:
    assert json.dumps([numbers.json_number(290000), numbers.json_number(290050)]) == "[2900, 2900.5]"
    assert numbers.decimal_text(290050) == "2900.50"


@pytest.mark.parametrize(
    ("share", "shown"),
    [(0, "0%"), (0.001, "<1%"), (0.174, "17%"), (0.5, "50%"), (0.999, ">99%"), (1, "100%"), (-0.001, "0%")],
)
def test_a_share_is_never_called_nothing_or_everything_when_it_is_not(share: float, shown: str) -> None:
    assert numbers.percent(share) == shown


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (date(2026, 11, 20), "yesterday"),
        (date(2026, 11, 21), "today"),
        (date(2026, 11, 22), "tomorrow"),
        (date(2026, 11, 30), "30 Nov"),
        (date(2027, 1, 2), "2 Jan 2027"),
    ],
)
def test_days_are_read_as_people_say_them(value: date, shown: str) -> None:
    assert numbers.day(value, TODAY) == shown


def test_an_instant_is_shown_in_the_zone_of_the_file() -> None:
    instant = datetime(2026, 12, 31, 23, 30, tzinfo=UTC)
    assert numbers.moment(instant, TODAY, ZoneInfo("Europe/Berlin")) == "1 Jan 2027 00:30"
    assert numbers.moment(instant, TODAY) == "31 Dec 23:30"


def test_decimals_of_a_column_of_days_or_numbers() -> None:
    assert numbers.places_of_days([14, 15.0, 15.01]) == 0
    assert numbers.places_of_days([14, 15.5]) == 1
    assert numbers.places_of_numbers([1200, 3]) == 0
    assert numbers.places_of_numbers([0.213, 0.25]) == 3
    assert numbers.places_of_numbers([0.5, 3.25]) == 1
    assert numbers.number(12345.5, 1) == "12,345.5"
    assert numbers.number(-0.04, 1) == "0.0"
