"""The last chance: its message with the words of the deal, and the signs of life that end it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime

from pipeline_cli.domain.deal import edits
from pipeline_cli.domain.deal.deal import DealFacts
from pipeline_cli.domain.playbook import OUTCOMES, LastChanceText
from pipeline_cli.domain.record import NamedTuple
from pipeline_cli.domain.rules.cadence import is_heard
from pipeline_cli.domain.words.clock import Clock
from pipeline_cli.domain.words.text import short_day

_PLACES = re.compile(r"\{\{|\}\}|( ?)\{([^{}]*)\}")
"""Doubled braces stand for one; a space in front belongs to the placeholder, for the case that it is empty."""


class Addressee(NamedTuple):
    """Whom it goes to: the first person of the deal who has an e-mail address and may be written to."""

    name: str | None
    email: str
    organization: str | None = None


class Draft(NamedTuple):
    """A message to be sent by hand."""

    deal_id: int
    deadline: date
    to: Addressee
    subject: str
    """One line."""
    body: str

    @property
    def file_name(self) -> str:
        """What it is called in the folder of drafts."""
        return draft_name(self.deal_id, self.deadline)

    @property
    def mark(self) -> str:
        """By which it is known again when it was sent."""
        return draft_mark(self.deal_id, self.deadline)


def draft_mark(deal_id: int, deadline: date) -> str:
    """Of the deal's number and the deadline."""
    return f"last-chance {deal_id} {deadline}"


def draft_name(deal_id: int, deadline: date) -> str:
    """Of the deal's number and the deadline: a name of a file is read by more people than its content."""
    return f"{deal_id}-{deadline}.eml"


def placeholders_in(text: str) -> list[str]:
    """The names in single braces, each once."""
    return list(dict.fromkeys(match[2] for match in _PLACES.finditer(text) if match[2] is not None))


def write_draft(template: LastChanceText, facts: DealFacts, stage_name: str, deadline: date, to: Addressee) -> Draft:
    """The template with the words of the deal filled in."""
    words = {
        "title": facts.title,
        "organization": facts.organization or to.organization or "",
        "contact": to.name or to.email,
        "first_name": first_name(to.name or ""),
        "stage": stage_name,
        "value": _amount(facts.value_cents, facts.currency),
        "deadline": deadline.isoformat(),
    }
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


CLOSED, KEEP, NOT_DEAD = "closed", "keep", "not_a_candidate"
_MOST_NAMED = 3


class EndedLastChance(NamedTuple):
    """A last chance that a sign of life ended."""

    deal_id: int
    title: str
    given_at: datetime
    deadline: date
    by: str
    """conversation | advance | next_step | value | close_date | snooze | evidence | split | keep | closed |
    not_a_candidate"""

    @property
    def draft(self) -> str:
        """The name of its file."""
        return draft_name(self.deal_id, self.deadline)


def not_to_be_sent(ended: Sequence[EndedLastChance], files: Mapping[str, str], clock: Clock) -> str:
    """The sentence that names each draft that is still there; `files`: name of a draft -> where it is."""
    first = ended[0]
    if len(ended) == 1:
        given = short_day(clock.day(first.given_at), clock.today)
        said = f"The last chance of {given} for {first.title} is over"
    else:
        said = f"{len(ended):,} last chances are over"
    names = [files[one.draft] for one in ended if one.draft in files]
    if not names:
        return (
            f"{said}: its draft is no longer to be sent." if len(ended) == 1 else f"{said}: send none of their drafts."
        )
    shown = names[:_MOST_NAMED]
    more = f" and {len(names) - len(shown):,} more" if len(names) > len(shown) else ""
    which = "is" if len(names) == 1 else "are"
    return f"{said}: {', '.join(shown)}{more} {which} no longer to be sent."


def sign_of_life(edit: edits.Edit, changed: frozenset[str], given_at: datetime, clock: Clock) -> str | None:
    """What an edit says of a deal that was given a last chance; None: nothing.

    `changed`: the columns that it gave another value. Attempts, automatic replies, notes, moves back and what is vouched
    for without evidence are no signs; a conversation is one of whatever day, for it was not known when the draft was
    written; a corrected touchpoint is one when it became a conversation after the draft by that.
    """
    match edit:
        case edits.LogTouchpoint():
            return "conversation" if is_heard(edit) else None
        case edits.ChangeTouchpoint(to=to) if changed & {"sense", "touched_at", "awaits_answer"}:
            is_since = clock.day(to.touched_at) >= clock.day(given_at)
            return "conversation" if is_heard(to) and is_since else None
        case edits.ConfirmCriterion(evidence=evidence) | edits.AnswerQuestion(evidence=evidence):
            return "evidence" if evidence else None
        case edits.MoveDeal(to_stage=stage, forwards=forwards):
            return CLOSED if stage in OUTCOMES else "advance" if forwards else None
        case edits.MoveAcross():
            return "advance"
        case edits.SetNextStep(due=due):
            return "next_step" if due >= clock.today else None
        case edits.SetFields(changes=changes):
            told = {name for name in changed if changes[name] is not None}
            signs = (("value_cents", "value"), ("expected_close", "close_date"), ("snoozed_until", "snooze"))
            return next((word for name, word in signs if name in told), None)
        case edits.EndLastChance(by=by):
            return by
    return None
