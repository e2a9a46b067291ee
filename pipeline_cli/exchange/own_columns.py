"""Columns that only an export of this program has: further people, qualification answers, confirmed criteria.

A column of the same name from elsewhere that does not read as ours is kept as an extra field.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import NamedTuple

from pipeline_cli.domain.edits import ContactDetails
from pipeline_cli.domain.playbook import Playbook
from pipeline_cli.exchange.deal_rows import DealRow
from pipeline_cli.exchange.sheet import Sheet

_ANSWERS = frozenset({"yes", "no", "unknown"})


class OwnColumns(NamedTuple):
    more_contacts: tuple[ContactDetails, ...] = ()
    answers: Mapping[str, str] = {}
    confirmed: tuple[str, ...] = ()
    """`stage.criterion` of each."""


NOTHING = OwnColumns()
_FIELDS = ("more_contacts", "qualification", "confirmed")


def read_own_columns(sheet: Sheet, said: DealRow, playbook: Playbook) -> OwnColumns:
    """What the row says in them; a cell that is not ours goes to the extra fields."""
    texts = said.texts
    if not any(field in texts for field in _FIELDS):
        return NOTHING
    people = _read_people(texts.get("more_contacts", "[]"))
    answers = _read_answers(texts.get("qualification", ""), playbook)
    confirmed = _read_confirmed(texts.get("confirmed", ""), said.pipeline, playbook)
    for field, found in zip(_FIELDS, (people, answers, confirmed), strict=True):
        if found is None:
            sheet.keep_as_extra(said.row, field, said.fields)
    return OwnColumns(people or (), answers or {}, confirmed or ())


def _read_people(text: str) -> tuple[ContactDetails, ...] | None:
    """`[["Ann Lee", "ann@acme.example", null]]`: name, address and number of each."""
    try:
        people = json.loads(text)
        found = tuple(ContactDetails(*person) for person in people)
    except (ValueError, TypeError):
        return None
    fine = all(part is None or isinstance(part, str) for person in found for part in person)
    return found if fine else None


def _read_answers(text: str, playbook: Playbook) -> dict[str, str] | None:
    """`budget=yes need=no`, of questions that pipeline.yaml asks."""
    known = {item.id for item in playbook.qualification.items}
    answers = {}
    for pair in text.split():
        item, _, answer = pair.partition("=")
        if item not in known or answer not in _ANSWERS:
            return None
        answers[item] = answer
    return answers


def _read_confirmed(text: str, pipeline_id: str, playbook: Playbook) -> tuple[str, ...] | None:
    """`prospecting.problem`, of criteria that a person vouches for."""
    pipeline = playbook.pipeline(pipeline_id)
    stages = pipeline.stages if pipeline else ()
    known = {f"{stage.id}.{one.id}" for stage in stages for one in stage.exit_criteria if one.kind == "confirm"}
    names = tuple(text.split())
    return names if set(names) <= known else None
