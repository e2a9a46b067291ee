"""One deal: found by its name, and read with everything there is about it."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

from pipeline_cli.domain.deal.deal import (
    Answer,
    Confirmation,
    Contact,
    DealRecord,
    Move,
    Note,
    PlannedStep,
    Touchpoint,
    met_from_text,
)
from pipeline_cli.domain.errors import NoSuchDeal, RuleError
from pipeline_cli.domain.words.addresses import read_kept
from pipeline_cli.domain.words.clock import from_text
from pipeline_cli.domain.words.text import in_sentences, quoted
from pipeline_cli.storage.reader import Reader
from pipeline_cli.storage.record.facts import NEXT_STEP, WRITTEN, read_facts

if TYPE_CHECKING:
    from pipeline_cli.domain.deal.edits import FieldChange

UNDATED = timedelta(milliseconds=1)
"""So long before its import stands what the file gave no instant for: nothing that it gave one can be taken for it."""
_UNDATED_OF = "strftime('%Y-%m-%dT%H:%M:%fZ', {at}, '-0.001 seconds')"


def find(reader: Reader, name: str, *, is_closed: bool = False) -> int:
    """The id of the deal of that name; of several the open one is meant, or the closed one, where it is the only one.

    Raises NoSuchDeal (4) for none or several.
    """
    number = name.removeprefix("#")
    if number.isascii() and number.isdigit() and len(number) < 19:
        row = reader.connection.execute("SELECT id FROM known_deals WHERE id = ?", (int(number),)).fetchone()
        if row is not None:
            return int(row[0])
    from pipeline_cli.domain.words.names import Candidate, find_deal  # most are named by their number

    rows = reader.connection.execute("SELECT id, external_id, title, organization, stage, status FROM known_deals")
    return find_deal(name, [Candidate(row[0], *map(in_sentences, row[1:])) for row in rows], is_closed=is_closed).id


def refuse_taken_external_id(reader: Reader, external_id: str, deal_id: int) -> None:
    """Raises RuleError when another deal of the same source has it; two programs may well number alike."""
    own = _sources_of(reader, deal_id)
    query = "SELECT id, title FROM known_deals WHERE external_id = ? AND id <> ?"
    for other, title in reader.connection.execute(query, (external_id, deal_id)).fetchall():
        theirs = _sources_of(reader, other)
        if not own or not theirs or own & theirs:
            raise RuleError(
                f"Deal {other}, {in_sentences(title)}, has the external id {quoted(external_id)} already: give another one, "
                f"or join the two with `pipeline merge {deal_id} {other}`."
            )


def _sources_of(reader: Reader, deal_id: int) -> set[str]:
    rows = reader.connection.execute("SELECT source_name FROM import_keys WHERE deal_id = ?", (deal_id,))
    return {row[0] for row in rows}


def read_record(reader: Reader, deal_id: int) -> DealRecord:
    """Raises NoSuchDeal when no deal has that number."""
    facts = read_facts(reader, numbers=[deal_id])
    if not facts:
        raise NoSuchDeal(f"There is no deal {deal_id}: `pipeline list status=all` shows every deal.")
    return DealRecord(
        facts[0],
        _contacts(reader, deal_id),
        _touchpoints(reader, deal_id),
        _moves(reader, deal_id),
        _notes(reader, deal_id),
        _confirmations(reader, deal_id),
        _answers(reader, deal_id),
        read_steps(reader, deal_id),
    )


def read_steps(reader: Reader, deal_id: int) -> tuple[PlannedStep, ...]:
    """The open next steps of a deal, the earliest first; what a snooze has silenced comes last."""
    rows = reader.connection.execute(
        "SELECT t.id, t.text, t.due, t.due_time, t.minutes, t.remind_minutes FROM known_next_steps t "
        "JOIN known_deals d ON d.id = t.deal_id WHERE t.deal_id = :deal AND t.closed_at IS NULL "
        f"ORDER BY {NEXT_STEP}",
        {"deal": deal_id, "today": reader.clock.today.isoformat()},
    )
    return tuple(
        PlannedStep(number, in_sentences(text) or "", date.fromisoformat(due), *more)
        for number, text, due, *more in rows
    )


def read_changes(reader: Reader, deal_id: int) -> list[FieldChange]:
    """What changed about its fields, oldest first."""
    from pipeline_cli.domain.deal.edits import FieldChange

    rows = reader.connection.execute(
        "SELECT field, old_value, new_value, changed_at FROM known_field_changes WHERE deal_id = ? "
        "ORDER BY changed_at, id",
        (deal_id,),
    )
    return [FieldChange(column, old, new, from_text(at)) for column, old, new, at in rows]


def _contacts(reader: Reader, deal_id: int) -> tuple[Contact, ...]:
    rows = reader.connection.execute(
        "SELECT c.id, c.name, c.email, c.phone, c.organization, coalesce(dc.role, c.role), c.source, c.opted_out, "
        "c.addresses FROM known_contacts c "
        "JOIN known_deal_contacts dc ON dc.contact_id = c.id WHERE dc.deal_id = ? ORDER BY dc.id",
        (deal_id,),
    )
    return tuple(
        Contact._make((number, *map(in_sentences, words), bool(opted_out), read_kept(words[1], words[2], more)))
        for number, *words, opted_out, more in rows
    )


def _touchpoints(reader: Reader, deal_id: int) -> tuple[Touchpoint, ...]:
    rows = reader.connection.execute(
        "SELECT kind, direction, touched_at, outcome, note, inferred, sense, awaits_answer, id, "
        f"CASE WHEN {_AT_ONE_INSTANT.format('moves', 'moved_at', 't.touched_at')} THEN {WRITTEN.format('touchpoints', 't')} "
        "ELSE 0 END, (SELECT coalesce(c.name, c.email, c.phone) FROM known_contacts c WHERE c.id = t.contact_id), source "
        "FROM known_touchpoints t WHERE deal_id = ? ORDER BY touched_at, id",
        (deal_id,),
    )
    return tuple(
        Touchpoint(
            kind,
            way,
            from_text(at),
            in_sentences(outcome),
            in_sentences(note),
            bool(inferred),
            sense,
            bool(awaits),
            number,
            written,
            in_sentences(contact),
            source,
        )
        for kind, way, at, outcome, note, inferred, sense, awaits, number, written, contact, source in rows
    )


def _moves(reader: Reader, deal_id: int) -> tuple[Move, ...]:
    rows = reader.connection.execute(
        "SELECT from_stage, to_stage, moved_at, reason, forced, inferred, criteria_missing, criteria_met, mistake, "
        "nullif(pipeline, (SELECT d.pipeline FROM known_deals d WHERE d.id = t.deal_id)), "
        f"CASE WHEN {_AT_ONE_INSTANT.format('touchpoints', 'touched_at', 't.moved_at')} THEN {WRITTEN.format('moves', 't')} "
        "ELSE 0 END, id FROM known_every_move t WHERE deal_id = ? ORDER BY moved_at, id",
        (deal_id,),
    )
    return tuple(
        Move(
            old,
            new,
            from_text(at),
            in_sentences(reason),
            bool(forced),
            bool(inferred),
            tuple((missing or "").split()),
            met_from_text(met),
            bool(mistake),
            pipeline,
            written,
            number,
        )
        for old, new, at, reason, forced, inferred, missing, met, mistake, pipeline, written, number in rows
    )


_AT_ONE_INSTANT = "EXISTS (SELECT 1 FROM {} o WHERE o.deal_id = t.deal_id AND o.{} = {})"


def _notes(reader: Reader, deal_id: int) -> tuple[Note, ...]:
    rows = reader.connection.execute(
        "SELECT text, noted_at FROM known_notes WHERE deal_id = ? ORDER BY noted_at, id", (deal_id,)
    )
    return tuple(Note(in_sentences(text), from_text(at)) for text, at in rows)


def when_said(table: str, instant: str) -> str:
    """When something of `known_TABLE` was said, in SQL; NULL where an import brought it and the file did not say when."""
    imported = (
        "SELECT q.id FROM main.operations o CROSS JOIN main.operation_rows r ON r.operation_id = o.id "
        f"CROSS JOIN main.{table} q ON q.id BETWEEN r.first_row AND r.last_row "
        f"WHERE o.command = 'import' AND r.table_name = '{table}' AND r.before IS NULL AND q.{instant} = "
        + _UNDATED_OF.format(at="o.at")
    )
    # The first question is cheap, and seldom answered with yes.
    return (
        f"CASE WHEN {instant} IN (SELECT {_UNDATED_OF.format(at='i.at')} FROM main.operations i WHERE i.command = 'import') "
        f"AND known_{table}.id IN ({imported}) THEN NULL ELSE {instant} END"
    )


def _confirmations(reader: Reader, deal_id: int) -> tuple[Confirmation, ...]:
    rows = reader.connection.execute(
        f"SELECT stage, criterion, evidence, {when_said('confirmations', 'confirmed_at')} FROM known_confirmations "
        "WHERE deal_id = ? AND revoked_at IS NULL ORDER BY confirmed_at, id",
        (deal_id,),
    )
    return tuple(
        Confirmation(stage, criterion, in_sentences(evidence), at and from_text(at))
        for stage, criterion, evidence, at in rows
    )


def _answers(reader: Reader, deal_id: int) -> dict[str, Answer]:
    rows = reader.connection.execute(
        f"SELECT item, answer, evidence, {when_said('qualification_answers', 'answered_at')} "
        "FROM known_qualification_answers WHERE deal_id = ? ORDER BY answered_at, id",
        (deal_id,),
    )
    return {
        item: Answer(item, answer, in_sentences(evidence), at and from_text(at)) for item, answer, evidence, at in rows
    }


MOST = 100
"""More than a screen is of no use; the last one in the alphabet is among them, so that no common beginning is invented."""


def read_open_deals(reader: Reader, *, closed: bool = False) -> list[tuple[int, str]]:
    """Number and title of the newest open deals, or of the newest closed ones."""
    rows = reader.connection.execute(
        f"SELECT id, title FROM known_deals WHERE status {'<>' if closed else '='} 'open' ORDER BY id DESC LIMIT {MOST}"
    )
    return [(int(number), title) for number, title in rows]


def read_deals_beginning(reader: Reader, typed: str, *, closed: bool = False) -> list[tuple[int, str]]:
    """Number and title of the deals whose title begins so, case aside; if none does, of those that hold it."""
    wanted = typed.casefold()
    only = " WHERE status <> 'open'" if closed else ""
    found: list[tuple[int, str]] = []
    for number, title in reader.connection.execute(f"SELECT id, title FROM known_deals{only}"):
        if wanted in title.casefold():
            found.append((int(number), title))
    beginning = [one for one in found if one[1].casefold().startswith(wanted)]
    ordered = sorted(beginning or found, key=lambda one: (one[1].casefold(), one[0]))
    return ordered if len(ordered) <= MOST else [*ordered[: MOST - 1], ordered[-1]]


def read_numbers_beginning(reader: Reader, digits: str) -> list[tuple[int, str]]:
    """Deals whose number begins with these digits, with their titles."""
    rows = reader.connection.execute(
        f"SELECT id, title FROM known_deals WHERE CAST(id AS TEXT) LIKE ? || '%' ORDER BY id LIMIT {MOST}", (digits,)
    )
    return [(int(number), title) for number, title in rows]


def read_stage_of(reader: Reader, deal_id: int) -> tuple[str, str] | None:
    """Its pipeline and its stage."""
    row = reader.connection.execute("SELECT pipeline, stage FROM known_deals WHERE id = ?", (deal_id,)).fetchone()
    return None if row is None else (row[0], row[1])
