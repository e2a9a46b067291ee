"""What a customer has brought over time, what still comes up after the sale, and what grew out of it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from pipeline_cli.domain.customers import CustomerValue, customer_of, value_of_customer
from pipeline_cli.domain.deal import DealFacts
from pipeline_cli.domain.follow_ups import FollowUp
from pipeline_cli.domain.grouping import Scope
from pipeline_cli.domain.money import convert_cents
from pipeline_cli.domain.phrases import counted
from pipeline_cli.domain.playbook import Playbook
from pipeline_cli.domain.record import NamedTuple
from pipeline_cli.output.report import Cents, Section
from pipeline_cli.storage.customers import Relative, read_first_contact, read_grown, read_origin, read_won_deals
from pipeline_cli.storage.follow_ups import read_follow_ups
from pipeline_cli.storage.reader import Reader


class AfterSale(NamedTuple):
    """What stands around one deal."""

    customer: CustomerValue | None
    """None: nothing was won from them yet."""
    origin: Relative | None
    grown: Sequence[Relative]
    follow_ups: Sequence[FollowUp]


def look_after(reader: Reader, playbook: Playbook, facts: DealFacts) -> AfterSale:
    def convert(cents: int, currency: str) -> int:
        return convert_cents(cents, currency, playbook.currency, playbook.exchange_rates)

    contact = None if facts.organization else read_first_contact(reader, facts.id)
    customer = value_of_customer(
        customer_of(facts.organization, contact, facts.id),
        read_won_deals(reader, Scope(None)),
        convert,
        lambda instant: reader.clock.day(instant).year,
    )
    origin = None if facts.from_deal_id is None else read_origin(reader, facts.id)
    return AfterSale(customer, origin, read_grown(reader, facts.id), read_follow_ups(reader, facts.id))


def after_sale_json(after: AfterSale) -> dict[str, Any]:
    """Further keys of `show`."""
    return {
        "customer": after.customer and _customer(after.customer),
        "from_deal": after.origin and _relative(after.origin),
        "grown": [_relative(one) for one in after.grown],
        "follow_ups": [one._asdict() for one in after.follow_ups],
    }


def _customer(customer: CustomerValue) -> dict[str, Any]:
    return {
        "won_deals": customer.won_deals,
        "won_value": Cents(customer.won_value_cents),
        "first_won_at": customer.first_won_at,
        "last_won_at": customer.last_won_at,
        "years": [{"year": year, "won_value": Cents(cents)} for year, cents in customer.by_year.items()],
    }


def _relative(deal: Relative) -> dict[str, Any]:
    value = None if deal.value_cents is None else Cents(deal.value_cents)
    return {"id": deal.id, "title": deal.title, "status": deal.status, "stage": deal.stage, "value": value,
            "currency": deal.currency}  # fmt: skip


def describe_customer(customer: CustomerValue | None, currency: str) -> str | None:
    """`customer since 2024, 3 won deals, 42,000 EUR (2024: 12,000, 2026: 30,000)`"""
    from pipeline_cli.output.numbers import money

    if customer is None:
        return None
    years = ", ".join(f"{year}: {money(cents)}" for year, cents in customer.by_year.items())
    apart = f" ({years})" if len(customer.by_year) > 1 else ""
    since = min(customer.by_year)
    return (
        f"since {since}, {counted(customer.won_deals, 'won deal')}, {money(customer.won_value_cents)} {currency}{apart}"
    )


def after_sale_sections(after: AfterSale, today: date) -> list[Section]:
    """Follow-ups, the next one first, those that are done last; then the deals that grew out of this one."""
    ordered = sorted((one for one in after.follow_ups if one.is_open or one.done), key=lambda one: (one.done, one.due))
    sections = [Section("After the sale", lines=[_follow_up_line(one, today) for one in ordered])] if ordered else []
    if after.grown:
        sections.append(Section("Grown out of it", lines=[_relative_line(one) for one in after.grown]))
    return sections


def _follow_up_line(one: FollowUp, today: date) -> str:
    late = one.is_open and one.due < today
    return f"[{' ' if one.is_open else 'x'}] {one.words}{', overdue' if late else ''}"


def _relative_line(deal: Relative) -> str:
    from pipeline_cli.output.numbers import money

    value = "" if deal.value_cents is None else f", {money(deal.value_cents)} {deal.currency}"
    return f"{deal.id}  {deal.title} ({deal.stage if deal.status == 'open' else deal.status}{value})"
