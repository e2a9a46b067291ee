"""Values of a deal as people type them on the command line, checked against the playbook."""

from __future__ import annotations

from collections.abc import Sequence

from pipeline_cli.domain.accept import accept_filled
from pipeline_cli.domain.deal import Contact
from pipeline_cli.domain.edits import ContactDetails
from pipeline_cli.domain.errors import UsageError
from pipeline_cli.domain.money import convert_cents, parse_money
from pipeline_cli.domain.names import find_stage, normalise
from pipeline_cli.domain.phrases import quoted, unknown_word
from pipeline_cli.domain.playbook import CATEGORIES, Pipeline, Playbook, Stage
from pipeline_cli.domain.record import NamedTuple
from pipeline_cli.domain.typed_contact import parse_contact


class Amount(NamedTuple):
    cents: int
    currency: str
    rounded: bool


def read_amount(text: str, playbook: Playbook, currency: str | None = None) -> Amount:
    """An amount in its own currency, else in `currency`, else the file's.

    Raises UsageError for what is no amount, negative, ambiguous, or in a currency without a rate.
    """
    parsed = parse_money(text)
    own = parsed.currency or currency or playbook.currency
    convert_cents(parsed.cents, own, playbook.currency, playbook.exchange_rates)
    return Amount(parsed.cents, own, parsed.rounded)


def read_home_amount(text: str, playbook: Playbook, option: str) -> Amount:
    """An amount that is kept in the file's currency alone, such as a cost."""
    amount = read_amount(text, playbook)
    if amount.currency != playbook.currency:
        raise UsageError(f"{option} {text}: is kept in {playbook.currency} alone: give it in that.")
    return amount


def read_source(text: str, playbook: Playbook) -> str:
    """One of `sources` where pipeline.yaml lists them. Raises UsageError with the list."""
    source = accept_filled(text, "The source")
    if playbook.sources is None:
        return source
    return _one_of("source", source, playbook.sources)


def read_lost_reason(text: str, known: Sequence[str]) -> str:
    """One of the reasons of the deal's pipeline. Raises UsageError with the list."""
    return _one_of("lost reason", accept_filled(text, "The reason"), known)


def read_touch_kind(text: str, playbook: Playbook) -> str:
    """By its id, else by the name that pipeline.yaml gives it."""
    word = accept_filled(text, "The kind")
    if _folded(word) not in map(_folded, playbook.touchpoint_kinds):
        for kind, name in playbook.kind_names.items():
            if _folded(name) == _folded(word):
                return kind
    return _one_of("kind of touchpoint", word, playbook.touchpoint_kinds)


def read_category(text: str) -> str:
    return _one_of("category", text, CATEGORIES)


def _one_of(what: str, word: str, known: Sequence[str]) -> str:
    for one in known:
        if _folded(one) == _folded(word):
            return one
    raise unknown_word(what, word, known)


def _folded(word: str) -> str:
    """`No Decision` and `no-decision` are `no_decision`."""
    return normalise(word).replace(" ", "_").replace("-", "_")


def read_stage(text: str, pipeline: Pipeline) -> Stage:
    stage = find_stage(pipeline, text)
    if stage is None:
        raise unknown_word("stage", text, pipeline.stage_ids)
    return stage


def read_probability(text: str) -> float | None:
    """Percent, 0 to 100, as 0 to 1; `auto` (the stage's own) as None."""
    word = text.strip().removesuffix("%").strip()
    if word.casefold() == "auto":
        return None
    digits = word.replace(".", "", 1)
    if not (digits.isascii() and digits.isdigit()) or not 0 <= float(word) <= 100:
        raise UsageError(f"{quoted(text)} is no probability: give a percentage from 0 to 100, or auto for the stage's.")
    return round(float(word) / 100, 6)


def read_contacts(texts: Sequence[str], phone: str | None) -> tuple[ContactDetails, ...]:
    """People as `Ann Lee <ann@acme.example>`; the telephone number belongs to the first.

    Raises UsageError for one that is empty or cannot be read.
    """
    if not texts and phone is None:
        return ()
    people = (parse_contact(texts[0] if texts else None, phone), *(parse_contact(one) for one in texts[1:]))
    if not all(any(person) for person in people):
        raise UsageError("The contact is empty: type it as 'Ann Lee <ann@acme.example>', or give a telephone number.")
    return people


def find_known(person: ContactDetails, known: Sequence[Contact]) -> int | None:
    """The contact of a deal that is meant: of that address, else of that name and no other address.

    A telephone number alone belongs to the first person. None: somebody new.
    """
    if person.email is None and person.name is None:
        return known[0].id if known else None
    if person.email:
        wanted = person.email.casefold()
        for one in known:
            if one.email and one.email.casefold() == wanted:
                return one.id
    for one in known:
        has_other_address = bool(person.email and one.email)
        if not has_other_address and not one.opted_out and normalise(one.name or "") == normalise(person.name or ""):
            return one.id
    return None


def read_fields(pairs: Sequence[str]) -> dict[str, str]:
    """Fields of one's own as NAME=VALUE; an empty value takes the field away."""
    fields = {}
    for pair in pairs:
        name, sign, value = pair.partition("=")
        if not sign or not name.strip():
            raise UsageError(f"--field {pair}: is not NAME=VALUE: write --field industry=software.")
        fields[accept_filled(name, "The name of the field")] = (
            accept_filled(value, "The field") if value.strip() else ""
        )
    return fields
