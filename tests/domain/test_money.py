from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from pipeline_cli.domain.errors import UsageError
from pipeline_cli.domain.words.money import MOST_CENTS, ParsedMoney, convert_cents, parse_money, plain_amount, weighted

CENTS = st.integers(0, MOST_CENTS)


@pytest.mark.parametrize(
    ("text", "cents", "currency"),
    [
        ("0", 0, None),
        ("1000", 100_000, None),
        ("12k", 1_200_000, None),
        ("12 K", 1_200_000, None),
        ("1.5M", 150_000_000, None),
        ("1.5m", 150_000_000, None),
        ("1,5k", 150_000, None),
        ("1,000", 100_000, None),
        ("1,234k", 123_400_000, None),
        ("1.000,50 €", 100_050, "EUR"),
        ("1,000.50", 100_050, None),
        ("$1,000", 100_000, "USD"),
        ("US$ 1,000", 100_000, "USD"),
        ("$500 CAD", 50_000, "CAD"),
        ("£12k", 1_200_000, "GBP"),
        ("¥500", 50_000, "JPY"),
        ("12kEUR", 1_200_000, "EUR"),
        ("12 MXN", 1_200, "MXN"),
        ("€ 2.900,00", 290_000, "EUR"),
        ("EUR 500", 50_000, "EUR"),
        ("500 usd", 50_000, "USD"),
        ("1'000", 100_000, None),
        ("1’000", 100_000, None),
        ("CHF 1'000.-", 100_000, "CHF"),
        ("1 000,50", 100_050, None),
        ("1\u00a0000,50", 100_050, None),
        ("1\u202f000,50", 100_050, None),
        ("1 000.005k", 100_000_500, None),
        ("10.50", 1_050, None),
        ("10,5", 1_050, None),
        (".5", 50, None),
        ("1.000.000", 100_000_000, None),
        ("  7  ", 700, None),
    ],
)
def test_an_amount_is_read_as_people_write_it(text: str, cents: int, currency: str | None) -> None:
    assert parse_money(text) == ParsedMoney(cents, currency, rounded=False)


@pytest.mark.parametrize(
    ("text", "cents"),
    [("0.125", 12), ("0.135", 14), ("0,375", 38), ("1234.565", 123_456), ("1.23456", 123), (".005", 0)],
)
def test_more_than_two_decimals_are_rounded_half_to_even_and_said_to_be(text: str, cents: int) -> None:
    assert parse_money(text) == ParsedMoney(cents, None, rounded=True)


def test_decimals_that_are_zero_are_not_called_rounded() -> None:
    assert parse_money("10.5000") == ParsedMoney(1_050, None, rounded=False)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("1.234", "1.234 may be 1234 or 1.23: type 1234 or 1.23."),
        ("10.005", "10.005 may be 10005 or 10.00: type 10005 or 10.00."),
        ("€ 2.900", "€ 2.900 may be 2900 or 2.90: type 2900 or 2.90."),
        ("1.234k", "1.234k may be 1234000 or 1234.00: type 1234000 or 1234.00."),
    ],
)
def test_a_lone_dot_before_three_digits_is_ambiguous(text: str, message: str) -> None:
    with pytest.raises(UsageError) as caught:
        parse_money(text)
    assert str(caught.value) == message


@pytest.mark.parametrize(
    ("text", "decimal", "cents"),
    [("1.234", ".", 123), ("1.234", ",", 123_400), ("1,000", ",", 100), ("1,000", ".", 100_000), ("7", ",", 700)],
)
def test_a_known_decimal_sign_settles_what_is_ambiguous(text: str, decimal: str, cents: int) -> None:
    assert parse_money(text, decimal).cents == cents


def test_an_amount_against_the_known_decimal_sign_is_refused() -> None:
    with pytest.raises(UsageError, match=r"'1\.5' cannot be read with , as the decimal sign"):
        parse_money("1.5", ",")


def test_a_decimal_sign_is_a_dot_or_a_comma() -> None:
    with pytest.raises(UsageError, match=r"';' is not a decimal sign: choose \. or ,"):
        parse_money("1", ";")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("-5", "'-5' is negative: an amount is 0 or more."),
        ("−5", "'−5' is negative: an amount is 0 or more."),
        ("$-5", "'$-5' is negative: an amount is 0 or more."),
        ("500-", "'500-' is negative: an amount is 0 or more."),
        ("(500)", "'(500)' is read as minus 500: an amount is 0 or more."),
        ("", "The amount is empty: type an amount such as 1000, 12k, 1,000.50 or 1.000,50 €."),
        ("nan", "'nan' is not an amount: type an amount such as 1000, 12k, 1,000.50 or 1.000,50 €."),
        ("$500 EUR", "'$500 EUR' names two currencies, USD and EUR: give one."),
        ("20,000,000,000,000", "'20,000,000,000,000' is too much: an amount is at most 10,000,000,000,000."),
    ],
)
def test_an_amount_is_refused_with_the_reason(text: str, message: str) -> None:
    with pytest.raises(UsageError) as caught:
        parse_money(text)
    assert str(caught.value) == message


@pytest.mark.parametrize(
    "text",
    [
        "inf",
        "-inf",
        "nan 5",
        "abc",
        "EUR",
        "1e5",
        "１２",
        "12kk",
        "1,00,000",
        "1.000,50,20",
        "1 2",
        "5%",
        "1\n2",
        "9" * 5000,
    ],
)
def test_what_is_no_amount_is_refused(text: str) -> None:
    with pytest.raises(UsageError):
        parse_money(text)


@given(CENTS)
def test_the_plain_form_of_an_amount_reads_back_as_itself(cents: int) -> None:
    assert parse_money(plain_amount(cents)) == ParsedMoney(cents, None, rounded=False)


@given(CENTS)
def test_every_house_style_of_an_amount_reads_back_as_itself(cents: int) -> None:
    english = f"{cents // 100:,}.{cents % 100:02}"
    german = english.translate(str.maketrans(",.", ".,"))
    swiss = english.replace(",", "'")
    french = german.replace(".", "\u202f")
    for text in (f"${english}", f"{german} €", f"CHF {swiss}", f"{french} EUR"):
        assert parse_money(text).cents == cents


@example("1.00'")
@given(st.text(alphabet="0123456789.,' kM€$EUR-()e", max_size=12))
def test_any_text_is_an_amount_of_zero_or_more_or_refused(text: str) -> None:
    try:
        cents = parse_money(text).cents
    except UsageError:
        return
    assert 0 <= cents <= MOST_CENTS


def test_another_currency_is_converted_half_to_even() -> None:
    assert convert_cents(1_000, "USD", "EUR", {"USD": Fraction("0.92")}) == 920
    assert convert_cents(5, "USD", "EUR", {"USD": Fraction(1, 2)}) == 2
    assert convert_cents(7, "EUR", "EUR", {}) == 7


def test_a_currency_without_a_rate_is_refused_and_never_added_up() -> None:
    with pytest.raises(UsageError) as caught:
        convert_cents(1_000, "USD", "EUR", {})
    assert str(caught.value) == (
        "There is no exchange rate for USD: add to pipeline.yaml what one USD is in EUR, "
        "as in exchange_rates: {USD: 0.92}."
    )


def test_a_weighted_value_is_rounded_only_at_the_end() -> None:
    assert weighted(1_001, 0.5) == 500.5
