"""A deal and its people as typed: on the command line, or as a text in an editor."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from pipeline_cli.domain.deal.deal import Contact, DealFacts
from pipeline_cli.domain.deal.edits import ContactDetails
from pipeline_cli.domain.deal.labels import BETWEEN_LINKS, links_of
from pipeline_cli.domain.errors import UsageError
from pipeline_cli.domain.playbook import CATEGORIES, Pipeline, Playbook, Stage
from pipeline_cli.domain.record import NamedTuple
from pipeline_cli.domain.words.addresses import is_email, normalise_email
from pipeline_cli.domain.words.money import parse_money
from pipeline_cli.domain.words.names import normalise
from pipeline_cli.domain.words.text import accept_filled, quoted, unknown_word


def parse_contact(text: str | None, phone: str | None = None) -> ContactDetails:
    """Read `Ann Lee <ann@acme.example>`, a bare address or a bare name, and a telephone number.

    Raises UsageError for text that would have to be dropped or that is no address or number.
    """
    number = parse_phone(phone) if phone and phone.strip() else None
    person = (text or "").strip()
    if any(not _is_of_a_name(sign) for sign in person):
        raise UsageError(f"The contact {person!r} holds a line break or control character: leave it away.")
    form = re.fullmatch(r"(?P<name>[^<>]*)<(?P<email>[^<>]*)>", person)
    if form:
        return ContactDetails(_unquoted(form["name"]) or None, parse_email(form["email"]), number)
    if "@" in person and " " not in person and "<" not in person:
        return ContactDetails(None, parse_email(person), number)
    if any(sign in person for sign in "@<>"):
        raise UsageError(f"{quoted(person)} is not a contact: type it as 'Ann Lee <ann@acme.example>'.")
    return ContactDetails(_unquoted(person) or None, None, number)


def _is_of_a_name(sign: str) -> bool:
    """What is seen, spaces of any width, and the two joiners that Persian, Indic scripts and emoji are written with."""
    return (
        sign.isprintable()
        or sign in "\u200c\u200d"
        or (sign.isspace() and sign > "\x9f" and sign not in "\u2028\u2029")
    )


def parse_email(text: str) -> str:
    """An address as typed, spaces around it removed. Raises UsageError unless it looks like ann@acme.example."""
    address = text.strip()
    if not is_email(address):
        raise UsageError(f"{quoted(text)} is not an e-mail address: type one such as ann@acme.example.")
    return address


def parse_phone(text: str) -> str:
    """A number as typed, its spaces made single. Raises UsageError for other signs than digits and + ( ) / . -"""
    number = " ".join(text.split())
    digits = sum(sign.isdigit() for sign in number)
    if not 3 <= digits <= 30 or not re.fullmatch(r"\+?[0-9 ()/.\-]+(?: ?(?:x|ext\.?) ?[0-9]+)?", number, re.ASCII):
        raise UsageError(f"{quoted(text)} is not a telephone number: type one such as +49 30 1234567.")
    return number


def _unquoted(name: str) -> str:
    return name.strip().strip('"').strip()


class Amount(NamedTuple):
    """An amount as typed: minor units, its currency if one was named, and whether it was rounded."""

    cents: int
    currency: str
    rounded: bool


def read_amount(text: str, playbook: Playbook, currency: str | None = None) -> Amount:
    """An amount in its own currency, else in `currency`, else the file's.

    Raises UsageError for what is no amount, negative, ambiguous, or in a currency without a rate.
    """
    parsed = parse_money(text)
    own = parsed.currency or currency or playbook.currency
    playbook.in_home(parsed.cents, own)
    return Amount(parsed.cents, own, parsed.rounded)


def read_value(text: str, playbook: Playbook, facts: DealFacts) -> dict[str, int | str | None]:
    """The value of a deal by column; nothing takes it away, and an amount without a currency is in the one it has."""
    if not text.strip():
        return {"value_cents": None}
    amount = read_amount(text, playbook, facts.currency)
    return {"value_cents": amount.cents, "currency": amount.currency}


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


def read_won_reason(text: str | None, known: Sequence[str] | None) -> str | None:
    """One of `won_reasons` where pipeline.yaml lists them, else any. Raises UsageError with the list."""
    if text is None:
        return None
    reason = accept_filled(text, "The reason")
    return reason if known is None else _one_of("reason for winning", reason, known)


def read_touch_kind(text: str, playbook: Playbook) -> str:
    """By its id, else by the name that pipeline.yaml gives it."""
    word = accept_filled(text, "The kind")
    if _folded(word) not in map(_folded, playbook.touchpoint_kinds):
        for kind, name in playbook.kind_names.items():
            if _folded(name) == _folded(word):
                return kind
    return _one_of("kind of touchpoint", word, playbook.touchpoint_kinds)


def read_category(text: str) -> str:
    """A forecast category. Raises UsageError for a word that is none."""
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
    """A stage by id or name. Raises UsageError when the pipeline has none of it."""
    stage = pipeline.find_stage(text)
    if stage is None:
        raise unknown_word("stage", text, pipeline.stage_ids)
    return stage


def read_probability(text: str) -> float | None:
    """Percent, 0 to 100, as 0 to 1; `auto` (as the forecast has it) as None."""
    word = text.strip().removesuffix("%").strip()
    if word.casefold() == "auto":
        return None
    digits = word.replace(".", "", 1)
    if not (digits.isascii() and digits.isdigit()) or not 0 <= float(word) <= 100:
        raise UsageError(
            f"{quoted(text)} is no probability: give a percentage from 0 to 100, or auto for what forecast says."
        )
    return round(float(word) / 100, 6)


def read_contacts(texts: Sequence[str], phone: str | None) -> tuple[ContactDetails, ...]:
    """People as `Ann Lee <ann@acme.example>`; the telephone number belongs to the first.

    Raises UsageError for one that is empty or cannot be read.
    """
    if not texts and phone is None:
        return ()
    people = (parse_contact(texts[0] if texts else None, phone), *(parse_contact(text) for text in texts[1:]))
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
        wanted = normalise_email(person.email)
        for one in known:
            if one.email and normalise_email(one.email) == wanted:
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


FIELD = "field "
"""Begins the key of a field of the user's own: `field industry: software`."""
KEYS = (
    *("title", "org", "value", "close", "source", "owner", "cost", "probability", "category", "external-id"),
    *("tags", "links"),
)
"""As the options of `edit` are called."""


def deal_lines(facts: DealFacts, playbook: Playbook) -> dict[str, str]:
    """Key -> its text, as `edit` would read it; what one line cannot hold is left out."""
    percent = "auto" if facts.probability is None else f"{facts.probability * 100:.10g}"
    texts = {
        "title": facts.title,
        "org": facts.organization or "",
        "value": "" if facts.value_cents is None else f"{_amount(facts.value_cents)} {facts.currency}",
        "close": "" if facts.expected_close is None else facts.expected_close.isoformat(),
        "source": facts.source or "",
        "owner": facts.owner or "",
        "cost": "" if facts.cost_cents is None else f"{_amount(facts.cost_cents)} {playbook.currency}",
        "probability": percent,
        "category": facts.category or "auto",
        "external-id": facts.external_id or "",
        "tags": facts.tags or "",
        "links": BETWEEN_LINKS.join(links_of(facts.links)),
    }
    texts |= {f"{FIELD}{name}": text for name, text in facts.fields.items() if ":" not in name and name == name.strip()}
    return {key: text for key, text in texts.items() if f"{key}{text}".isprintable()}


def _amount(cents: int) -> str:
    return f"{cents // 100}.{cents % 100:02}"


def write_deal_text(facts: DealFacts, lines: Mapping[str, str], problem: str = "") -> str:
    """The text of those lines, with how to use it and what was wrong with it on top."""
    told = [
        *(f"! {line}" for line in problem.split("\n") if line),
        f"Deal {facts.id}. Change what stands behind a colon, save, and close the editor.",
        "Nothing behind it takes the field away; a line that is left out changes nothing.",
        "A field of your own is a line such as  field industry: software",
        "Tags stand with a space between, links with a bar:  https://acme.example | offer.pdf",
    ]
    return "".join(f"# {line}\n" for line in told) + "".join(
        f"{key}: {text}".rstrip() + "\n" for key, text in lines.items()
    )


def read_deal_text(text: str) -> dict[str, str]:
    """Key -> what stands behind its colon. Raises UsageError for a line that is none, an unknown key, one twice."""
    found: dict[str, str] = {}
    for number, line in enumerate(text.lstrip("\ufeff").splitlines(), start=1):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        key, sign, value = line.partition(":")
        key = key.strip()
        if not sign:
            raise UsageError(f"Line {number}, {quoted(line.strip())}, has no colon: write it as  title: Acme: workshop")
        if key not in KEYS and not (key.startswith(FIELD) and key.removeprefix(FIELD).strip()):
            raise UsageError(f"Line {number}: {unknown_word('field', key, KEYS)}")
        if key in found:
            raise UsageError(f"Line {number}: {key} is there twice: keep one of them.")
        found[key] = value.strip()
    return found


def changed_lines(before: Mapping[str, str], after: Mapping[str, str]) -> dict[str, str]:
    """What reads otherwise than it did; a line that is gone is not changed."""
    return {key: text for key, text in after.items() if text != before.get(key, "").strip()}
