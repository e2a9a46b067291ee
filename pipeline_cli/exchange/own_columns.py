"""Columns that only an export of this program has: further people, answers, confirmed criteria, what follows a sale.

A column of the same name from elsewhere that does not read as ours is kept as an extra field.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from datetime import date

from pipeline_cli.domain.clock import from_text
from pipeline_cli.domain.edits import ContactDetails
from pipeline_cli.domain.follow_ups import FOLLOW_UPS
from pipeline_cli.domain.incoming import Evidence
from pipeline_cli.domain.playbook import Playbook
from pipeline_cli.domain.record import NamedTuple
from pipeline_cli.exchange.deal_rows import DealRow
from pipeline_cli.exchange.sheet import Sheet

_ANSWERS = frozenset({"yes", "no", "unknown"})


class OwnColumns(NamedTuple):
    more_contacts: tuple[ContactDetails, ...] = ()
    answers: Mapping[str, str] = {}
    confirmed: tuple[str, ...] = ()
    """`stage.criterion` of each."""
    origin: int | None = None
    """Position in the file of the won deal that it grew out of."""
    check_in: date | None = None
    renewal: date | None = None
    evidence: Mapping[str, Evidence] = {}
    """By question, and by `stage.criterion`: what was said to it and when."""


NOTHING = OwnColumns()
_EVIDENCE = ("qualification_evidence", "confirmed_evidence")
_FIELDS = ("more_contacts", "qualification", "confirmed", "from_deal", "check_in", "renewal", *_EVIDENCE)


def read_own_columns(
    sheet: Sheet, said: DealRow, status: str, playbook: Playbook, find: Callable[[str], int | None]
) -> OwnColumns:
    """What the row says in them; a cell that is not ours goes to the extra fields.

    `find` says at which position of the file a deal of that number or external id stands.
    """
    texts = said.texts
    if not any(field in texts for field in _FIELDS):
        return NOTHING
    people = _read_people(texts.get("more_contacts", "[]"))
    answers = _read_answers(texts.get("qualification", ""), playbook)
    confirmed = _read_confirmed(texts.get("confirmed", ""), playbook)
    for field, found in zip(_FIELDS, (people, answers, confirmed), strict=False):
        if found is None:
            sheet.keep_as_extra(said.row, field, said.fields)
    origin = find(texts["from_deal"]) if "from_deal" in texts else None
    due = [_read_day(texts.get(field, "")) if status == "won" else None for field in FOLLOW_UPS]
    for field, value in zip(("from_deal", *FOLLOW_UPS), (origin, *due), strict=True):
        if field in texts and value is None:
            sheet.keep_as_extra(said.row, field, said.fields)
    evidence: dict[str, Evidence] = {}
    for field in _EVIDENCE:
        read = _read_evidence(texts.get(field, "{}"))
        if read is None:
            sheet.keep_as_extra(said.row, field, said.fields)
        evidence |= read or {}
    return OwnColumns(people or (), answers or {}, confirmed or (), origin, due[0], due[1], evidence)


def _read_people(text: str) -> tuple[ContactDetails, ...] | None:
    """`[["Ann Lee", "ann@acme.example", null]]`: name, address and number of each."""
    try:
        people = json.loads(text)
        found = tuple(ContactDetails(*person) for person in people)
    except (ValueError, TypeError):
        return None
    fine = all(part is None or isinstance(part, str) for person in found for part in person)
    return found if fine else None


def _read_evidence(text: str) -> dict[str, Evidence] | None:
    """`{"budget": {"evidence": "CFO said 20k", "at": "2026-11-03T11:00:00.000Z"}}`"""
    try:
        read = {name: Evidence(one["evidence"], from_text(one["at"])) for name, one in json.loads(text).items()}
    except (ValueError, TypeError, KeyError, AttributeError):
        return None
    return read if all(one.text is None or isinstance(one.text, str) for one in read.values()) else None


def _read_answers(text: str, playbook: Playbook) -> dict[str, str] | None:
    """`budget=yes need=no`, of questions that pipeline.yaml asks in whatever pipeline."""
    known = playbook.every_question
    answers = {}
    for pair in text.split():
        item, _, answer = pair.partition("=")
        if item not in known or answer not in _ANSWERS:
            return None
        answers[item] = answer
    return answers


def _read_confirmed(text: str, playbook: Playbook) -> tuple[str, ...] | None:
    """`prospecting.problem`, of criteria that a person vouches for in whatever pipeline: a deal may have moved across."""
    stages = [stage for pipeline in playbook.pipelines for stage in pipeline.stages]
    known = {f"{stage.id}.{one.id}" for stage in stages for one in stage.exit_criteria if one.kind == "confirm"}
    names = tuple(text.split())
    return names if set(names) <= known else None


def _read_day(text: str) -> date | None:
    """A day as an export writes it."""
    try:
        return date.fromisoformat(text) if re.fullmatch(r"[12]\d{3}-\d\d-\d\d", text, re.ASCII) else None
    except ValueError:
        return None
