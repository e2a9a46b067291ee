"""The last-chance message: the template of pipeline.yaml with the words of the deal."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date

from pipeline_cli.domain.deal import DealFacts
from pipeline_cli.domain.playbook import LastChanceText
from pipeline_cli.domain.record import NamedTuple

OWED = LastChanceText(
    "{title}: I owe you an answer",
    """\
Hello {first_name},

you wrote to me about {title}, and I never answered: I am sorry.

If it still matters to you, one line is enough and we go on from there.
Unless I hear from you by {deadline}, I will close it on my side and not write about it again.
""",
)
"""What goes to somebody whose message was never answered, whatever the template of pipeline.yaml says of their silence."""

_PLACES = re.compile(r"\{\{|\}\}|( ?)\{([^{}]*)\}")
"""Doubled braces stand for one; a space in front belongs to the placeholder, for the case that it is empty."""


class Addressee(NamedTuple):
    """Whom it goes to: the first person of the deal who has an e-mail address and may be written to."""

    name: str | None
    email: str
    organization: str | None = None


class Draft(NamedTuple):
    deal_id: int
    deadline: date
    to: Addressee
    subject: str
    """One line."""
    body: str

    @property
    def file_name(self) -> str:
        return draft_name(self.deal_id, self.deadline)


def draft_name(deal_id: int, deadline: date) -> str:
    """Of the deal's number and the deadline: a name of a file is read by more people than its content."""
    return f"{deal_id}-{deadline}.eml"


def placeholders_in(text: str) -> list[str]:
    """The names in single braces, each once."""
    return list(dict.fromkeys(match[2] for match in _PLACES.finditer(text) if match[2] is not None))


def write_draft(
    template: LastChanceText, facts: DealFacts, stage_name: str, deadline: date, to: Addressee
) -> Draft:  # fmt: skip
    words = {
        "title": facts.title,
        "organization": facts.organization or to.organization or "",
        "contact": to.name or to.email,
        "first_name": first_name(to.name or ""),
        "stage": stage_name,
        "value": _amount(facts.value_cents, facts.currency),
        "deadline": deadline.isoformat(),
    }
    if facts.awaits_since is not None:
        template = OWED
    return Draft(facts.id, deadline, to, one_line(filled(template.subject, words)), filled(template.body, words))


def filled(text: str, words: Mapping[str, str]) -> str:
    """What is filled in is not read for placeholders again. An empty word takes the space in front of it along."""

    def fill(match: re.Match[str]) -> str:
        if match[2] is None:
            return match[0][0]
        word = words.get(match[2], "")
        return match[1] + word if word else ""

    return _PLACES.sub(fill, text)


def one_line(text: str) -> str:
    """Fit for a header: no line break of any alphabet, no control character."""
    return " ".join("".join(sign if sign.isprintable() or sign.isspace() else " " for sign in text).split())


def first_name(name: str) -> str:
    """`Ann` of `Ann Lee`, `Lee, Ann` and `Dr. Ann Lee`; empty when there is none."""
    _, comma, after = name.partition(",")
    words = [word for word in (after if comma and after.strip() else name).split() if not word.endswith(".")]
    return words[0] if words else ""


def _amount(cents: int | None, currency: str) -> str:
    if not cents:
        return ""
    units, rest = divmod(cents, 100)
    return f"{units:,}.{rest:02} {currency}" if rest else f"{units:,} {currency}"
