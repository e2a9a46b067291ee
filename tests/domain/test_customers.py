"""Customers and what they have brought, against figures computed by hand."""

from __future__ import annotations

from datetime import UTC, datetime

from hypothesis import example, given
from hypothesis import strategies as st

from pipeline_cli.domain.deal.after_sale import WonDeal, count_customers, customer_of, value_of_customer


def won(
    number: int, organization: str | None, contact: int | None, cents: int | None, day: str, currency: str = "EUR"
) -> WonDeal:
    return WonDeal(number, organization, contact, cents, currency, datetime.fromisoformat(day).replace(tzinfo=UTC))


DEALS = [
    won(1, "Müller & Söhne GmbH", 7, 12_000_00, "2024-03-01"),
    won(2, "muller & sohne", 8, 20_000_00, "2026-02-01"),
    won(3, "Müller & Söhne KG", None, 10_000_00, "2026-08-15", "USD"),
    won(4, "Müller & Söhne", None, None, "2026-09-01"),
    won(5, None, 7, 500_00, "2025-01-01"),
    won(6, "  ", 7, 700_00, "2025-06-01"),
    won(7, None, None, 100_00, "2025-06-01"),
    won(8, None, None, 100_00, "2025-06-01"),
]


def convert(cents: int, currency: str) -> int:
    return cents if currency == "EUR" else cents * 92 // 100


def year_of(instant: datetime) -> int:
    return instant.year


def test_a_customer_is_an_organization_over_all_it_bought_however_it_is_spelled() -> None:
    value = value_of_customer(customer_of("MÜLLER & SÖHNE", None, 99), DEALS, convert, year_of)
    assert value is not None
    assert (value.won_deals, value.won_value_cents) == (4, 12_000_00 + 20_000_00 + 9_200_00)
    assert dict(value.by_year) == {2024: 12_000_00, 2026: 29_200_00}
    assert (value.first_won_at.date().isoformat(), value.last_won_at.date().isoformat()) == ("2024-03-01", "2026-09-01")


def test_without_an_organization_it_is_the_first_person() -> None:
    value = value_of_customer(customer_of(None, 7, 99), DEALS, convert, year_of)
    assert value is not None
    assert (value.won_deals, value.won_value_cents) == (2, 1_200_00)


def test_without_either_a_deal_is_a_customer_of_its_own() -> None:
    value = value_of_customer(customer_of(None, None, 7), DEALS, convert, year_of)
    assert value is not None
    assert (value.won_deals, value.won_value_cents) == (1, 100_00)
    assert count_customers(DEALS) == 4  # Müller, the person, and two deals of nobody known


def test_who_bought_nothing_yet_is_no_customer() -> None:
    assert value_of_customer(customer_of("Acme", None, 1), DEALS, convert, year_of) is None
    assert count_customers([]) == 0


NAMES = st.text(st.sampled_from("aA.'’&+_- \tüÜß漢GmbHnc,"), max_size=12) | st.text(max_size=8)


@given(NAMES, NAMES)
@example("  ", "  ")
def test_a_shortcut_never_loses_a_customer(one: str, other: str) -> None:
    deals = [won(1, one, None, 100, "2026-01-01"), won(2, other, None, 100, "2026-01-02")]
    keys = [customer_of(name, None, number) for number, name in ((1, one), (2, other))]
    value = value_of_customer(keys[0], deals, convert, year_of)
    assert value is not None
    assert value.won_deals == keys.count(keys[0])
    assert count_customers(deals) == len(set(keys))
