"""What later operations rest on an older one, so that it cannot be taken back alone.

They rest on it when they changed or took away a row that it wrote, when their rows refer to one that it added, or
when theirs stand where taking it back would put its own.
"""

from __future__ import annotations

import json
import sqlite3
from bisect import bisect_left, bisect_right
from collections.abc import Collection, Iterable, Iterator
from typing import Any

from pipeline_cli.domain.record import NamedTuple
from pipeline_cli.domain.rules.checkup import PROBLEM
from pipeline_cli.domain.words.clock import from_text
from pipeline_cli.storage.change import Change
from pipeline_cli.storage.reader import Reader
from pipeline_cli.storage.record.operations import Operation
from pipeline_cli.storage.safekeeping.integrity import check_rules
from pipeline_cli.storage.undo.undo import Replayed, take_back

CHANGED, TAKEN, REFERS, OWNER, BESIDE = "changed", "taken", "refers", "owner", "beside"

_TOGETHER: dict[str, tuple[frozenset[str], ...]] = {
    "deals": (
        frozenset({"stage", "status", "closed_at", "lost_reason", "pipeline"}),
        frozenset({"value_cents", "currency"}),
        frozenset({"snoozed_until", "snooze_reason"}),
        frozenset({"created_at", "created_inferred"}),
    ),
    # Kind, direction and outcome say what it was.
    "touchpoints": (frozenset({"kind", "direction", "outcome", "sense", "awaits_answer"}),),
    # The do-not-contact list has the addresses of whoever opted out.
    "contacts": (frozenset({"email", "phone", "addresses", "opted_out"}),),
}
"""Table -> columns of which one says nothing without the others."""
_PLACES: dict[str, tuple[str, ...]] = {
    "moves": ("deal_id",),
    "follow_ups": ("deal_id", "kind"),
    "confirmations": ("deal_id", "stage", "criterion"),
    "last_chances": ("deal_id",),
    "deal_contacts": ("deal_id", "contact_id"),
    "import_keys": ("source_name", "external_key"),
}
"""Table -> what may have one row in force, or one chain of rows."""

_Row = tuple[str, int]
"""A table and an id."""


class Rest(NamedTuple):
    """One way in which a later operation rests on the older one."""

    operation: Operation
    how: str
    """CHANGED or TAKEN: a row of the older one. REFERS: to a row it added. OWNER: what its rows belong to was taken
    away. BESIDE: a row stands where one of its own would."""
    table: str
    rows: int
    columns: tuple[str, ...] = ()
    """Of CHANGED."""
    of: str = ""
    """The table of the row that is referred to."""


class Obstacles(NamedTuple):
    """Why an operation cannot be taken back alone."""

    resting: list[Rest]
    disorder: list[str]
    """Where nothing rests on it: what would be wrong with the record."""
    later: list[Operation]
    """Those on the deals that it would be wrong with."""


class _Written(NamedTuple):
    """A run of rows that came (neither before nor after), a row that changed (both), or one that went (before)."""

    operation: int
    table: str
    first: int
    last: int
    before: dict[str, Any] | None
    after: dict[str, Any] | None


class _Older:
    """The rows of the operation that is to be taken back."""

    def __init__(self, written: Iterable[_Written]) -> None:
        self.added: dict[str, list[tuple[int, int]]] = {}
        self.changed: dict[_Row, dict[str, Any]] = {}
        """Row -> what its columns held before."""
        self.deleted: dict[_Row, dict[str, Any]] = {}
        """Row -> all that it held."""
        for one in written:
            if one.before is None:
                self.added.setdefault(one.table, []).append((one.first, one.last))
            elif one.after is None:
                self.deleted[one.table, one.first] = one.before
            else:
                held = self.changed.setdefault((one.table, one.first), {})
                held.update({name: value for name, value in one.before.items() if name not in held})
        for runs in self.added.values():
            runs.sort()

    def has_added(self, table: str, row: int) -> bool:
        runs = self.added.get(table, ())
        place = bisect_right(runs, row, key=lambda run: run[0]) - 1
        return place >= 0 and runs[place][1] >= row


def take_back_alone(change: Change, operation: Operation) -> Replayed | Obstacles:
    """Undoes an older operation while later ones stand; with obstacles nothing may be kept of the transaction."""
    resting = find_resting(change, operation.id)
    if resting:
        return Obstacles(resting, [], [])
    before = _disorder(change)
    taken_back = take_back(change, [operation])[0]
    new = _disorder(change) - before
    if new:
        later = _later_on(change, operation.id, {deal for deal, _ in new})
        return Obstacles([], sorted(sentence for _, sentence in new), later)
    return taken_back


def find_resting(reader: Reader, number: int) -> list[Rest]:
    """What rests on an operation, by the operations that do, oldest first."""
    connection = reader.connection
    later = _read_later(connection, number)
    if not later:
        return []
    older = _Older(_read_rows(connection, "r.operation_id = ?", number))
    references = _references(connection)
    places = _Places(connection, older)
    strangers = _find_strangers(connection, older, references)
    owners = _find_lost_owners(connection, older, references)
    found: dict[tuple[int, str, str, str], tuple[int, set[str]]] = {}
    for read_row in _read_rows(connection, "r.operation_id > ? AND o.state = 'done'", number):
        for how, columns, of in (
            *_on_rows(older, read_row),
            *_on_owners(owners, read_row),
            *((REFERS, (), of) for of in strangers.of(read_row)),
            *((BESIDE, (), "") for _ in range(places.stands_in(read_row))),
        ):
            rows, named = found.get((read_row.operation, how, read_row.table, of), (0, set()))
            found[read_row.operation, how, read_row.table, of] = rows + 1, named | set(columns)
    refer = {(operation, table) for operation, how, table, _ in found if how == REFERS}
    return [
        Rest(later[operation], how, table, rows, tuple(sorted(columns)), of)
        for (operation, how, table, of), (rows, columns) in sorted(found.items())
        if how != BESIDE or (operation, table) not in refer
    ]


def _disorder(reader: Reader) -> set[tuple[int | None, str]]:
    """(Deal, sentence) of every rule that the record breaks."""
    return {(fault.deal, fault.message) for fault in check_rules(reader) if fault.severity == PROBLEM}


def _later_on(reader: Reader, number: int, deals: Collection[int | None]) -> list[Operation]:
    """The operations after one that stand and concern one of the deals."""
    later = _read_later(reader.connection, number)
    rows = reader.connection.execute(
        "SELECT operation_id, first_deal, last_deal FROM operation_deals WHERE operation_id > ?", (number,)
    ).fetchall()
    known = sorted(deal for deal in deals if deal is not None)
    on_them = {operation for operation, first, last in rows if bisect_left(known, first) < bisect_right(known, last)}
    return [later[one] for one in sorted(on_them & later.keys())]


def _read_later(connection: sqlite3.Connection, number: int) -> dict[int, Operation]:
    rows = connection.execute(
        "SELECT id, at, command, summary FROM main.operations WHERE id > ? AND state = 'done'", (number,)
    )
    return {row[0]: Operation(row[0], from_text(row[1]), row[2], row[3], undone=False) for row in rows}


def _read_rows(connection: sqlite3.Connection, condition: str, number: int) -> Iterator[_Written]:
    rows = connection.execute(
        "SELECT r.operation_id, r.table_name, r.first_row, r.last_row, r.before, r.after FROM operation_rows r "
        f"JOIN main.operations o ON o.id = r.operation_id WHERE {condition} ORDER BY r.id",
        (number,),
    )
    for operation, table, first, last, before, after in rows:
        yield _Written(operation, table, first, last, before and json.loads(before), after and json.loads(after))


def _on_rows(older: _Older, one: _Written) -> Iterator[tuple[str, tuple[str, ...], str]]:
    """A row of the older operation was changed, in a column that matters to it, or taken away."""
    if one.before is None:
        return
    held = older.changed.get((one.table, one.first))
    is_own = older.has_added(one.table, one.first)
    if one.after is None:
        if is_own or held is not None:
            yield TAKEN, (), ""
        return
    columns = set(one.after)
    if not is_own:
        columns &= _with_those_beside(one.table, held or ())
    if columns:
        yield CHANGED, tuple(columns), ""


def _with_those_beside(table: str, columns: Iterable[str]) -> set[str]:
    named = set(columns)
    return named.union(*(group for group in _TOGETHER.get(table, ()) if group & named))


def _references(connection: sqlite3.Connection) -> list[tuple[str, str, str]]:
    """(Table, column, the table it refers to)."""
    tables = connection.execute("SELECT name FROM main.sqlite_master WHERE type = 'table'").fetchall()
    return [
        (table, row[3], row[2])
        for (table,) in tables
        for row in connection.execute(f"PRAGMA main.foreign_key_list({table})")
    ]


class _Strangers:
    """Rows of others that refer to a row which the older operation added."""

    def __init__(self) -> None:
        self.by_table: dict[str, list[tuple[int, str, str]]] = {}
        """Table -> (row, column, the table it refers to)."""

    def of(self, one: _Written) -> Iterator[str]:
        rows = self.by_table.get(one.table, ())
        start = bisect_left(rows, one.first, key=lambda row: row[0])
        for row, column, of in rows[start:]:
            if row > one.last:
                return
            if one.before is None or (one.after is not None and column in one.after):
                yield of


def _find_strangers(
    connection: sqlite3.Connection, older: _Older, references: list[tuple[str, str, str]]
) -> _Strangers:
    found = _Strangers()
    for table, column, of in references:
        for first, last in older.added.get(of, ()):
            rows = connection.execute(
                f"SELECT id FROM main.{table} WHERE {column} BETWEEN ? AND ?", (first, last)
            ).fetchall()
            found.by_table.setdefault(table, []).extend(
                (row, column, of)
                for (row,) in rows
                if not older.has_added(table, row) and column not in older.changed.get((table, row), ())
            )
    for strangers in found.by_table.values():
        strangers.sort()
    return found


def _find_lost_owners(
    connection: sqlite3.Connection, older: _Older, references: list[tuple[str, str, str]]
) -> set[_Row]:
    """Rows that what comes back would refer to, and that are gone."""
    lost = set()
    for table, column, of in references:
        wanted = {
            image[column]
            for rows in (older.changed, older.deleted)
            for (where, _), image in rows.items()
            if where == table and image.get(column) is not None
        }
        for row in wanted:
            is_there = connection.execute(f"SELECT 1 FROM main.{of} WHERE id = ?", (row,)).fetchone()
            if is_there is None and (of, row) not in older.deleted:
                lost.add((of, row))
    return lost


def _on_owners(lost: set[_Row], one: _Written) -> Iterator[tuple[str, tuple[str, ...], str]]:
    if one.before is not None and one.after is None and (one.table, one.first) in lost:
        yield OWNER, (), ""


class _Places:
    """Where the rows of the older operation would stand again, or their chains go on differently."""

    def __init__(self, connection: sqlite3.Connection, older: _Older) -> None:
        self.connection = connection
        self.taken: dict[str, set[tuple[Any, ...]]] = {}
        self.own: set[_Row] = {*older.changed, *older.deleted}
        for (table, row), image in (*older.changed.items(), *older.deleted.items()):
            if table in _PLACES:
                self.taken.setdefault(table, set()).update(self._places(table, row, (image,)))
        for first, last in older.added.get("moves", ()):  # a chain goes through each of its rows
            self.taken.setdefault("moves", set()).update(self._of_run("moves", first, last))

    def stands_in(self, one: _Written) -> int:
        """How many rows of a later operation stand in one of the places."""
        taken = self.taken.get(one.table)
        if not taken:
            return 0
        if one.before is None:
            return sum(place in taken for place in self._of_run(one.table, one.first, one.last))
        if (one.table, one.first) in self.own:
            return 0  # what it did to that row is looked at by column
        images = (one.before, one.after or {})
        return int(not taken.isdisjoint(self._places(one.table, one.first, images)))

    def _of_run(self, table: str, first: int, last: int) -> list[tuple[Any, ...]]:
        columns = ", ".join(_PLACES[table])
        return self.connection.execute(
            f"SELECT {columns} FROM main.{table} WHERE id BETWEEN ? AND ?", (first, last)
        ).fetchall()

    def _places(self, table: str, row: int, images: Iterable[dict[str, Any]]) -> set[tuple[Any, ...]]:
        """Where a row is, and where it was under each image of some or all of its columns."""
        columns = _PLACES[table]
        now = dict(zip(columns, next(iter(self._of_run(table, row, row)), (None,) * len(columns)), strict=True))
        return {tuple({**now, **image}[column] for column in columns) for image in ({}, *images)} - {
            (None,) * len(columns)
        }
