"""Fields an exit criterion can ask for: the evidence that one is there, and the command that fills it."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from pipeline_cli.domain.deal import Contact, DealRecord
from pipeline_cli.domain.money import plain_amount
from pipeline_cli.domain.playbook import Playbook

_EXAMPLE_ADDRESS = "name@example.com"
_EXAMPLE_NUMBER = "+1 555 0100"
SOMEBODY_ELSE = ("--contact", f"Name <{_EXAMPLE_ADDRESS}>")
"""Options of `edit` that add a person who may be written to."""


def field_evidence(record: DealRecord, name: str) -> str | None:
    """What the record holds under a field's name, in words; None when it is missing or empty."""
    read = _READERS.get(name)
    return (read(record) if read else _extra_field(record, name)) or None


def field_fix(record: DealRecord, name: str, playbook: Playbook) -> tuple[str, ...]:
    """Subcommand and options that would fill a field; the deal's number goes between them."""
    if name == "next_step":
        return ("next", "3d", "Call back")
    if name in {"contact", "email", "phone"}:
        return ("edit", *_contact_options(record, name))
    options = {
        "title": ("--title", "Title"),
        "organization": ("--org", "Organization"),
        "value": ("--value", "1000"),
        "source": ("--source", (playbook.sources or ("referral",))[0]),
        "cost": ("--cost", "100"),
        "expected_close": ("--close", "30d"),
        "close": ("--close", "30d"),
        "owner": ("--owner", "Name"),
        "probability": ("--probability", "50"),
        "category": ("--category", "best_case"),
    }
    return ("edit", *options.get(name, ("--field", f"{name}=...")))


def _contact_options(record: DealRecord, name: str) -> tuple[str, ...]:
    """Completes the first person who may be written to; names a new one when there is none."""
    names = (contact.name for contact in record.contacts if contact.name and not contact.opted_out)
    person = next((each for each in names if each.isprintable() and not set(each) & set('@<>"')), None)
    if name == "phone":
        return ("--phone", _EXAMPLE_NUMBER) if record.contacts else ("--contact", "Name", "--phone", _EXAMPLE_NUMBER)
    return ("--contact", f"{person or 'Name'} <{_EXAMPLE_ADDRESS}>")


def _contact_in_words(contact: Contact) -> str:
    way = contact.email or contact.phone or ""
    return f"{contact.name} <{way}>" if contact.name else way


def _reachable_contact(record: DealRecord) -> str | None:
    reachable = (c for c in record.contacts if (c.email or c.phone) and not c.opted_out)
    return next((_contact_in_words(contact) for contact in reachable), None)


def _next_step(record: DealRecord) -> str | None:
    facts = record.facts
    due = f" on {facts.next_step_due}" if facts.next_step_due else ""
    return f"{facts.next_step}{due}" if (facts.next_step or "").strip() else None


def _money(cents: int | None, currency: str) -> str | None:
    if cents is None:
        return None
    units, point, rest = plain_amount(cents).partition(".")
    return f"{int(units):,}{point}{rest} {currency}"


def _extra_field(record: DealRecord, name: str) -> str | None:
    fields = record.facts.fields
    if name in fields:
        return fields[name].strip()
    return next((value.strip() for key, value in fields.items() if key.casefold() == name.casefold()), None)


def _text(value: object) -> str | None:
    return None if value is None else str(value).strip()


_READERS: Mapping[str, Callable[[DealRecord], str | None]] = {
    "title": lambda record: _text(record.facts.title),
    "organization": lambda record: _text(record.facts.organization),
    "contact": _reachable_contact,
    "email": lambda record: next((c.email for c in record.contacts if c.email), None),
    "phone": lambda record: next((c.phone for c in record.contacts if c.phone), None),
    "value": lambda record: _money(record.facts.value_cents, record.facts.currency),
    "source": lambda record: _text(record.facts.source),
    "cost": lambda record: _money(record.facts.cost_cents, record.facts.currency),
    "expected_close": lambda record: _text(record.facts.expected_close),
    "close": lambda record: _text(record.facts.expected_close),
    "owner": lambda record: _text(record.facts.owner),
    "probability": lambda record: (
        None if record.facts.probability is None else f"{round(record.facts.probability * 100, 2):g} %"
    ),
    "category": lambda record: _text(record.facts.category),
    "next_step": _next_step,
}
