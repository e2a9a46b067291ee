"""Forgetting a person: every column that is declared personal loses them, and the file its traces.

Deals, amounts and history stay; the row of the person stays too, without anything about them. What older operations
remember is emptied likewise, which is why undo stops here.
"""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path
from typing import Any

from pipeline_cli.domain.deal.forgetting import Eraser, Identity, Others, words_of
from pipeline_cli.domain.deal.people import FORGOTTEN
from pipeline_cli.domain.errors import NothingSaved, PipelineError, SavedWithComplaint
from pipeline_cli.domain.record import NamedTuple
from pipeline_cli.domain.words.addresses import EMAIL, PHONE, normalised, read_kept
from pipeline_cli.domain.words.clock import to_text
from pipeline_cli.on_disk import read_regular, reason_of, sync_folder, write_own_file
from pipeline_cli.storage.change import Change
from pipeline_cli.storage.database import connect, patiently
from pipeline_cli.storage.record.forgotten import keep_away
from pipeline_cli.storage.record.suppression import keep_off

NOT = "not"
"""An id, an instant, a word of pipeline.yaml: nothing a person typed about another."""
LABEL = "label"
"""A name or an id somebody typed: whole names, addresses and numbers of a person are taken out."""
WORDS = "words"
"""Sentences: in the deals of a person, the parts of the name are taken out too."""
TAGS = "tags"
"""Words with a space between, each of which goes whole."""
KEY = "key"
"""A label that has to stay unlike all others."""
JSON = "json"
"""Words inside JSON."""
IMAGE = "image"
"""Columns of a row by name, as JSON: what undo would bring back."""

COLUMNS: dict[str, dict[str, str]] = {
    "deals": {
        "public_id": NOT,
        "external_id": LABEL,
        "title": WORDS,
        "organization": LABEL,
        "pipeline": NOT,
        "stage": NOT,
        "status": NOT,
        "currency": NOT,
        "category": NOT,
        "source": LABEL,
        "owner": LABEL,
        "created_at": NOT,
        "expected_close": NOT,
        "closed_at": NOT,
        "lost_reason": WORDS,
        "snoozed_until": NOT,
        "fields": JSON,
        "snooze_reason": WORDS,
        "tags": TAGS,
        "links": WORDS,
    },
    "contacts": {
        "public_id": NOT,
        "name": LABEL,
        "email": LABEL,
        "phone": LABEL,
        "organization": LABEL,
        "role": LABEL,
        "source": LABEL,
        "created_at": NOT,
        "forgotten_at": NOT,
        "addresses": JSON,
        "formerly": JSON,
    },
    "suppressed": {"digest": NOT, "kind": NOT, "key_id": NOT, "suppressed_at": NOT, "revoked_at": NOT},
    "deal_contacts": {"linked_at": NOT, "role": LABEL},
    "moves": {
        "from_stage": NOT,
        "to_stage": NOT,
        "moved_at": NOT,
        "reason": WORDS,
        "criteria_missing": NOT,
        "criteria_met": JSON,
        "pipeline": NOT,
    },
    "touchpoints": {
        "kind": NOT,
        "direction": NOT,
        "touched_at": NOT,
        "outcome": WORDS,
        "note": WORDS,
        "sense": NOT,
        "source": NOT,
    },
    "notes": {"text": WORDS, "noted_at": NOT},
    "next_steps": {"text": WORDS, "due": NOT, "set_at": NOT, "closed_at": NOT, "due_time": NOT},
    "confirmations": {"stage": NOT, "criterion": NOT, "evidence": WORDS, "confirmed_at": NOT, "revoked_at": NOT},
    "qualification_answers": {"item": NOT, "answer": NOT, "evidence": WORDS, "answered_at": NOT},
    "last_chances": {"given_at": NOT, "deadline": NOT, "ended_at": NOT, "ended_by": NOT},
    "field_changes": {"field": NOT, "old_value": JSON, "new_value": JSON, "changed_at": NOT},
    "kept_forecasts": {
        "made_at": NOT,
        "made_on": NOT,
        "pipelines": NOT,
        "method": NOT,
        "until": NOT,
        "currency": NOT,
        # Numbers of deals and amounts alone.
        "content": NOT,
    },
    "follow_ups": {"kind": NOT, "due": NOT, "set_at": NOT, "closed_at": NOT},
    # Of a review the numbers of deals, codes and amounts alone: the words are looked up when it is shown.
    "reviews": {"made_at": NOT, "made_on": NOT, "from_on": NOT, "pipelines": NOT, "content": NOT},
    "import_keys": {"source_name": LABEL, "external_key": KEY, "digest": NOT},
    "operations": {"public_id": NOT, "at": NOT, "command": NOT, "summary": WORDS, "state": NOT},
    "operation_rows": {"table_name": NOT, "before": IMAGE, "after": IMAGE},
    "operation_deals": {},
    "captured": {
        "kind": NOT,
        # Made by a mail program, from a name sometimes: without it the mail would come again.
        "item_key": KEY,
        "fate": NOT,
        "reason": NOT,
        "chosen_by": NOT,
        "happened_at": NOT,
        "direction": NOT,
        "people": NOT,
        "candidates": NOT,
        "subject": WORDS,
        "excerpt": WORDS,
        "address": LABEL,
        "name": LABEL,
        "answers": JSON,
        "version": NOT,
        "captured_at": NOT,
    },
    "ignored_senders": {"address": KEY, "ignored_at": NOT},
    "strangers": {"digest": NOT, "direction": NOT},
    "capture_runs": {"source": LABEL, "ran_at": NOT, "state": NOT},
    "undone_rows": {"image": IMAGE},
}
"""Table -> column of type TEXT or ANY -> what it may hold."""


_OF_A_PERSON = ("name", "email", "phone", "addresses")
_BLANKED = {
    "name": FORGOTTEN,
    "email": None,
    "phone": None,
    "organization": None,
    "role": None,
    "source": None,
    "addresses": None,
    "formerly": None,
}
_THEIRS = {
    "deals": "id IN temp.their_deals",
    "contacts": "0",
    "operations": "id IN temp.their_operations",
    "operation_rows": "operation_id IN temp.their_operations",
}
"""Table -> whether a row is of one of their deals; by its deal_id where nothing else is said."""


class Forgotten(NamedTuple):
    """How many people, deals and texts lost the person, and who is still named."""

    contacts: int
    """The person's rows: those with the same e-mail address are the same person."""
    deals: int
    texts: int
    """How many values mentioned them."""
    named_in: Callable[[str, int | None], bool]
    """(A text, the deal it belongs to) -> whether it mentions them."""


def forget_person(change: Change, contact_ids: Iterable[int]) -> Forgotten:
    """Takes the person out of the record, as one operation that cannot be undone; `clean_file` follows its commit."""
    ids = sorted(contact_ids)
    connection = change.connection
    journal = change.begin_operation("forgot " + ", ".join(f"c{number}" for number in ids))
    marks = ", ".join("?" * len(ids))
    for opted_out, *columns in connection.execute(
        f"SELECT opted_out, email, phone, addresses FROM contacts WHERE id IN ({marks})", ids
    ).fetchall():
        addresses = normalised(read_kept(*columns))
        if opted_out:
            keep_off(journal, change.clock, addresses)
        keep_away(connection, addresses)
    deals = _note_scope(connection, ids)
    for deal_id in deals:
        journal.touch_deals(deal_id, deal_id)
    # Names of those whom an undone operation had added stand in no table.
    identity = _read_identity(connection, set(ids))
    eraser = Eraser(identity, _read_others(connection, identity, ids))
    _offer_functions(connection, eraser, frozenset(ids))
    # What was undone can be done again only until something new is done, which is now: nobody reads these any more.
    connection.execute("DELETE FROM undone_rows")
    assignments = ", ".join(f"{column} = ?" for column in _BLANKED)
    connection.execute(
        f"UPDATE contacts SET {assignments}, forgotten_at = ? WHERE id IN ({marks})",
        (*_BLANKED.values(), to_text(change.clock.now), *ids),
    )
    _empty_captured(connection, ids)
    texts = sum(_erase(connection, *column) for column in _personal_columns())

    def named_in(text: str, deal_id: int | None) -> bool:
        return bool(eraser.erase(text, deal_id in deals) != text)

    return Forgotten(len(ids), len(deals), texts, named_in)


class Pending(NamedTuple):
    """What is still to be done when the record has forgotten already: the backups, and the free space of the file."""

    contact: str
    """`c12`: a number says nothing of anybody."""
    backups: bool


def _pending_path(path: Path) -> Path:
    return path.with_name(path.name + PENDING)


PENDING = ".forgetting"
"""Ends the name of the note beside the database that is there until a person is forgotten in every file."""


def note_pending(path: Path, pending: Pending) -> None:
    """Before the first of its changes. Raises NothingSaved."""
    text = f"{pending.contact}{' --backups' if pending.backups else ''}\n"
    try:
        note = _pending_path(path)
        note.unlink(missing_ok=True)
        write_own_file(note, text.encode("ascii"))
        sync_folder(path.parent)
    except OSError as error:
        drop_pending(path)
        raise NothingSaved(
            f"{_pending_path(path)}: could not be written ({reason_of(error)}). Nothing was changed: check the disk."
        ) from None


def read_pending(path: Path) -> Pending | None:
    """None when everybody who was to be forgotten is."""
    try:
        said = read_regular(_pending_path(path)).decode("ascii", "replace")
    except OSError:
        return None
    form = re.fullmatch(r"(c[0-9]{1,18})( --backups)?\n", said)
    return Pending(form[1], bool(form[2])) if form else None


def drop_pending(path: Path) -> None:
    """When it is done."""
    with suppress(OSError):
        _pending_path(path).unlink()


def clean_file(path: Path, on_wait: Callable[[], None], again: str) -> None:
    """Rewrites the file, so that none of its free space holds what was forgotten; may be repeated.

    Raises SavedWithComplaint, naming the command to type `again`, when that could not be done.
    """
    try:
        connection = connect(path, for_writing=True, on_wait=on_wait)
        try:
            patiently(connection, lambda: connection.execute("VACUUM").close(), on_wait)
        finally:
            connection.close()
    except (sqlite3.Error, PipelineError) as error:
        why = str(error) if isinstance(error, sqlite3.Error) else "it could not be opened"
        raise SavedWithComplaint(
            f"{path}: the person is forgotten, but the file could not be rewritten ({why}), so that traces may be in "
            f"its free space: run `{again}` once more."
        ) from error


def _empty_captured(connection: sqlite3.Connection, ids: list[int]) -> None:
    """What was read of their mail goes whole: the words in it are theirs. That there was a mail stays."""
    marks = ", ".join("?" * len(ids))
    with_them = (
        f"(EXISTS (SELECT 1 FROM json_each(people) p WHERE p.value IN ({marks})) "
        "OR erase_text(address, 0) IS NOT address OR erase_text(name, 0) IS NOT name)"
    )
    connection.execute(
        "UPDATE touchpoints SET note = NULL WHERE source = 'captured' AND id IN "
        f"(SELECT touchpoint_id FROM captured WHERE {with_them})",
        ids,
    )
    connection.execute(f"UPDATE captured SET subject = NULL, excerpt = NULL WHERE {with_them}", ids)


def _note_scope(connection: sqlite3.Connection, ids: list[int]) -> list[int]:
    """Tables of their deals and of the operations on these; returns the deals."""
    for name in ("their_deals", "their_operations"):
        connection.execute(f"CREATE TEMP TABLE {name} (id INTEGER PRIMARY KEY)")
    marks = ", ".join("?" * len(ids))
    # Those too that they were taken off.
    connection.execute(
        f"INSERT INTO temp.their_deals SELECT deal_id FROM deal_contacts WHERE contact_id IN ({marks}) UNION "
        "SELECT d.id FROM operation_rows r JOIN deals d ON d.id = json_extract(r.before, '$.deal_id') "
        f"WHERE r.table_name = 'deal_contacts' AND json_extract(r.before, '$.contact_id') IN ({marks}) UNION "
        "SELECT json_extract(u.image, '$.deal_id') FROM undone_rows u "
        "JOIN operation_rows r ON r.id = u.operation_row_id "
        f"WHERE r.table_name = 'deal_contacts' AND json_extract(u.image, '$.contact_id') IN ({marks})",
        [*ids, *ids, *ids],
    )
    # A range of several deals is an import, whose rows are not all theirs.
    connection.execute(
        "INSERT INTO temp.their_operations SELECT DISTINCT operation_id FROM operation_deals "
        "WHERE first_deal = last_deal AND first_deal IN temp.their_deals"
    )
    there = "SELECT id FROM temp.their_deals WHERE id IN (SELECT id FROM main.deals) ORDER BY id"
    return [row[0] for row in connection.execute(there)]


def _read_identity(connection: sqlite3.Connection, ids: set[int]) -> Identity:
    """What they are called now, and what they were called before any change that an operation remembers."""
    images: list[dict[str, Any]] = [
        dict(zip(_OF_A_PERSON, row[1:], strict=True))
        for row in connection.execute(f"SELECT id, {', '.join(_OF_A_PERSON)} FROM contacts")
        if row[0] in ids
    ]
    changes = connection.execute(
        "SELECT first_row, before, after FROM operation_rows WHERE table_name = 'contacts' AND before IS NOT NULL"
    )
    images += [json.loads(image) for row, *pair in changes if row in ids for image in pair]
    undone = connection.execute(
        "SELECT u.row_id, u.image FROM undone_rows u JOIN operation_rows r ON r.id = u.operation_row_id "
        "WHERE r.table_name = 'contacts'"
    )
    images += [json.loads(image) for row, image in undone if row in ids]
    return _identity_of(images)


def _identity_of(images: Iterable[dict[str, Any]]) -> Identity:
    """All that they are called and reached by."""
    rows = list(images)
    known = [one for row in rows for one in read_kept(row.get("email"), row.get("phone"), row.get("addresses"))]
    return Identity(
        frozenset(str(row["name"]) for row in rows if row.get("name")),
        frozenset(one.address for one in known if one.kind == EMAIL),
        frozenset(one.address for one in known if one.kind == PHONE),
    )


def _read_others(connection: sqlite3.Connection, identity: Identity, ids: list[int]) -> Others:
    marks = ", ".join("?" * len(ids))
    rest = connection.execute(f"SELECT {', '.join(_OF_A_PERSON)} FROM contacts WHERE id NOT IN ({marks})", ids)
    names, emails, phones = _identity_of(dict(zip(_OF_A_PERSON, row, strict=True)) for row in rest)
    spoken = frozenset(word for name in names for word in (name, *name.split()))
    organizations = connection.execute(
        "SELECT organization FROM deals WHERE id IN temp.their_deals UNION "
        f"SELECT organization FROM contacts WHERE id IN ({marks})",
        ids,
    )
    colleagues = connection.execute(
        "SELECT DISTINCT c.name FROM contacts c JOIN deal_contacts dc ON dc.contact_id = c.id "
        f"WHERE dc.deal_id IN temp.their_deals AND c.id NOT IN ({marks})",
        ids,
    )
    shared = Identity(identity.names & spoken, identity.emails & emails, identity.phones & phones)
    # "Ann Lee Consulting" says nothing about whose word Lee is.
    eraser = Eraser(identity, Others(Identity(frozenset(), frozenset(), frozenset()), frozenset()))
    words = words_of(eraser.erase(row[0], False) for row in (*organizations, *colleagues))
    return Others(shared, words)


def _offer_functions(connection: sqlite3.Connection, eraser: Eraser, ids: frozenset[int]) -> None:
    def erase_image(text: str, table: str, row: int, theirs: bool) -> str:
        if table == "contacts" and row in ids:
            image = json.loads(text)
            return json.dumps({name: value and _BLANKED.get(name, value) for name, value in image.items()})
        return str(eraser.erase_json(text, theirs))

    connection.create_function("erase_text", 2, eraser.erase, deterministic=True)
    connection.create_function("erase_tags", 2, eraser.erase_tags, deterministic=True)
    connection.create_function("erase_json", 2, eraser.erase_json, deterministic=True)
    connection.create_function("erase_image", 4, erase_image, deterministic=True)


def _personal_columns() -> list[tuple[str, str, str]]:
    """(table, column, kind); `undone_rows` is emptied as a whole."""
    return [
        (table, column, kind)
        for table, columns in COLUMNS.items()
        for column, kind in columns.items()
        if kind != NOT and table != "undone_rows"
    ]


def _erase(connection: sqlite3.Connection, table: str, column: str, kind: str) -> int:
    theirs = _THEIRS.get(table, "deal_id IN temp.their_deals")
    erased = {
        LABEL: f"erase_text({column}, 0)",
        KEY: f"erase_text({column}, 0)",
        WORDS: f"erase_text({column}, {theirs})",
        TAGS: f"erase_tags({column}, {theirs})",
        JSON: f"erase_json({column}, {theirs})",
        IMAGE: f"erase_image({column}, table_name, first_row, {theirs})",
    }[kind]
    kept_apart = " || ' ' || id" if kind == KEY else ""
    return connection.execute(
        f"UPDATE {table} SET {column} = {erased}{kept_apart} WHERE {column} IS NOT NULL AND {column} IS NOT {erased}"
    ).rowcount
