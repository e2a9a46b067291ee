"""Random work on a record: each step is one command's worth of edits, made to fit what the record holds."""

from __future__ import annotations

import sqlite3
from datetime import timedelta
from pathlib import Path
from typing import NamedTuple

from hypothesis import strategies as st

from pipeline_cli.domain.deal import edits
from pipeline_cli.domain.deal.deal import Touchpoint
from pipeline_cli.domain.words.clock import Clock
from pipeline_cli.storage.change import Change
from pipeline_cli.storage.transactions import write
from tests.storage.record import a_deal

STAGES = ("prospecting", "qualification", "proposal")
OUTCOMES = ("won", "lost", "disqualified")
PEOPLE: tuple[tuple[str | None, ...], ...] = (
    ("Ann Lee", "ann@acme.example", None),
    (None, "ann@acme.example", "+49 30 1"),
    ("Ann Lee", "ANN@acme.example", "+49 30 2"),
    ("Bob", None, None),
    ("Bob", None, "030 3"),
    (None, "bob@acme.example", None),
    ("Bøb 商", "bob@acme.example", "\t\"'%"),
)
"""Written so that later ones complete earlier ones: an address first known without a name, and the like."""

texts = st.text(st.characters(exclude_characters="\x00", exclude_categories=("Cs",)), min_size=1, max_size=8).filter(
    str.strip
)
probabilities = st.none() | st.floats(0, 1)
FIELDS: dict[str, st.SearchStrategy[object]] = {
    "title": texts,
    "organization": st.none() | texts,
    "external_id": st.none() | texts,
    "value_cents": st.none() | st.integers(0, 10**15),
    "currency": st.sampled_from(["EUR", "USD"]),
    "probability": probabilities,
    "category": st.none() | st.sampled_from(["omitted", "commit"]),
    "source": st.none() | st.just("referral"),
    "owner": st.none() | texts,
    "cost_cents": st.none() | st.integers(0, 10**6),
    "expected_close": st.none() | st.dates(),
    "snoozed_until": st.none() | st.dates(),
    "fields": st.dictionaries(texts, texts, max_size=2),
}


class Step(NamedTuple):
    kind: str
    deal: int
    """Which deal, counted round."""
    number: int
    text: str
    changes: dict[str, object]


KINDS = (
    "add",
    "edit",
    "log",
    "note",
    "next",
    "done",
    "confirm",
    "revoke",
    "answer",
    "move",
    "close",
    "last_chance",
    "contact",
    "two",
    "import",
    "follow_up",
    "grow",
)
CORRECTIONS = ("log", "correct", "remove", "without")
"""What was wrong was never so: after these, no earlier day is as it was told then."""


def _steps_of(kinds: tuple[str, ...]) -> st.SearchStrategy[Step]:
    return st.builds(
        Step,
        st.sampled_from(kinds),
        st.integers(0, 1),
        st.integers(0, 50),
        texts,
        st.lists(st.sampled_from(sorted(FIELDS)), min_size=1, max_size=4, unique=True).flatmap(
            lambda names: st.fixed_dictionaries({name: FIELDS[name] for name in names})
        ),
    )


steps = _steps_of(KINDS)
steps_with_corrections = _steps_of((*KINDS, *CORRECTIONS))


def take(path: Path, step: Step, clock: Clock) -> None:
    """Does the step as one command; on an empty record every step adds a deal."""
    with write(path, clock, step.kind, lambda: None) as change:
        if step.kind == "import":
            _import(change, step)
        else:
            change.apply(_edits(change.connection, step, clock), f"{step.kind} {step.text}")


def _edits(connection: sqlite3.Connection, step: Step, clock: Clock) -> list[edits.Edit]:
    deals = connection.execute("SELECT id, stage, status FROM deals ORDER BY id").fetchall()
    person = PEOPLE[step.number % len(PEOPLE)]
    if step.kind == "add" or not deals:
        return [a_deal(step.text, clock, *((person,) if step.number % 2 else ()))]
    deal, stage, status = deals[step.deal % len(deals)]
    here = stage if status == "open" else status
    goal = STAGES[step.number % len(STAGES)]
    move = edits.MoveDeal(deal, here, goal, clock.now, step.text, step.number > 25, (f"{here}.problem",))
    outcome = OUTCOMES[step.number % len(OUTCOMES)]
    close = move._replace(to_stage=outcome if status == "open" else stage)
    due = clock.today + timedelta(days=step.number - 10)
    kind = ("check_in", "renewal")[step.number % 2]
    touch = edits.LogTouchpoint(deal, "call", ("out", "in")[step.number % 2], clock.now, step.text)
    corrections = _corrections(connection, deal, step, clock)
    if step.kind in corrections:
        return corrections[step.kind]
    choices: dict[str, list[edits.Edit]] = {
        "edit": [edits.SetFields(deal, step.changes)],
        "log": [touch],
        "note": [edits.AddNote(deal, step.text)],
        "next": [edits.SetNextStep(deal, step.text, due)],
        "done": [edits.CloseNextStep(deal, done=bool(step.number % 2)), edits.AddNote(deal, "done")],
        "confirm": [edits.ConfirmCriterion(deal, stage, "problem", step.text)],
        "revoke": [edits.RevokeConfirmation(deal, stage, "problem")],
        "answer": [edits.AnswerQuestion(deal, "need", ("yes", "no", "unknown")[step.number % 3], step.text)],
        "move": [move],
        "close": [close, edits.CloseNextStep(deal, done=False)],
        "last_chance": [edits.GiveLastChance(deal, due)],
        "follow_up": [
            edits.AddNote(deal, step.text)
            if status != "won"
            else edits.SetFollowUp(deal, kind, due)
            if step.number % 3
            else edits.CloseFollowUp(deal, kind, done=True)
        ],
        "grow": [a_deal(step.text, clock)._replace(from_deal_id=deal)],
        "contact": [edits.AddDealContact(deal, edits.ContactDetails(*person))],
        "two": [
            touch,
            edits.SetFields(deal, step.changes),
            edits.SetNextStep(deal, step.text, due),
            edits.SetFields(deal, {"title": step.text, "value_cents": step.number}),
        ],
    }
    return choices[step.kind]


def _corrections(connection: sqlite3.Connection, deal: int, step: Step, clock: Clock) -> dict[str, list[edits.Edit]]:
    """Of what is there; a note where there is nothing to correct."""
    nothing: list[edits.Edit] = [edits.AddNote(deal, step.text)]
    touches = connection.execute("SELECT id FROM touchpoints WHERE deal_id = ? ORDER BY id", (deal,)).fetchall()
    people = connection.execute("SELECT contact_id FROM deal_contacts WHERE deal_id = ?", (deal,)).fetchall()
    touch = touches[step.number % len(touches)][0] if touches else 0
    sense = ("conversation", "attempt", None)[step.number % 3]
    at = clock.now - timedelta(days=step.number % 5)
    new = Touchpoint("email", "in", at, step.text, None, inferred=False, sense=sense, id=touch)
    return {
        "correct": [edits.ChangeTouchpoint(deal, new)] if touches else nothing,
        "remove": [edits.RemoveTouchpoint(deal, touch)] if touches else nothing,
        "without": [edits.RemoveDealContact(deal, people[step.number % len(people)][0])] if people else nothing,
    }


def _import(change: Change, step: Step) -> None:
    """A run of rows at once, as an import writes them."""
    journal = change.begin_operation(f"import {step.text}")
    deal = change.apply([a_deal(step.text, change.clock)], "")[0]
    at = change.connection.execute("SELECT created_at FROM deals WHERE id = ?", (deal,)).fetchone()[0]
    rows = [(deal, "email", at, step.text)] * (step.number % 4)
    journal.insert_many("touchpoints", ("deal_id", "kind", "touched_at", "note"), rows)
    columns = [row[1] for row in change.connection.execute("PRAGMA table_info(import_keys)")]
    keys = {"source_name": "crm", "external_key": f"{deal}", "deal_id": deal, "digest": "00"}
    journal.insert("import_keys", {name: keys[name] for name in columns if name in keys})
