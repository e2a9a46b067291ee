"""What an import says happened: touchpoints, changes, next steps, answers, renewals; what was corrected by hand stays."""

from __future__ import annotations

import json
import sqlite3
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from pipeline_cli.domain.deal.after_sale import FOLLOW_UPS
from pipeline_cli.domain.deal.edits import AnswerQuestion, ConfirmCriterion, SetFields, SetFollowUp
from pipeline_cli.domain.deal.incoming import IncomingChange, IncomingDeal, IncomingTouchpoint
from pipeline_cli.domain.record import NamedTuple
from pipeline_cli.domain.words.clock import Clock, to_text
from pipeline_cli.domain.words.number_table import NumberTable
from pipeline_cli.storage.importing.deals import NEW, Batch, Counts, DealIntake
from pipeline_cli.storage.journal import Journal, next_id
from pipeline_cli.storage.record.apply import apply_edit
from pipeline_cli.storage.record.deals import UNDATED
from pipeline_cli.storage.record.last_chances import end_of_those_who_spoke


class NextStepIntake:
    """The next steps of the new deals; of the others `DealIntake` changes what changed."""

    def __init__(self, journal: Journal, clock: Clock) -> None:
        self._journal = journal
        self._now = to_text(clock.now)
        self._first = next_id(journal.connection, "next_steps")

    def take(self, batch: Batch, intake: DealIntake) -> None:
        """The next steps of a batch of deals, into the record."""
        rows = [
            (intake.ids[position], one.text, one.due.isoformat(), self._now, one.time, one.minutes, one.remind_minutes)
            for position, deal, _ in batch
            if intake.states[position] == NEW
            for one in deal.steps
        ]
        columns = ("deal_id", "text", "due", "set_at", "due_time", "minutes", "remind_minutes")
        self._journal.add_rows("next_steps", columns, rows)

    def finish(self) -> None:
        """When the last batch was taken."""
        self._journal.remember_run("next_steps", self._first)


def has_more(deal: IncomingDeal) -> bool:
    """Its row fills columns that only an export of this program has, and that take rows of their own."""
    return bool(deal.answers or deal.confirmed or deal.check_in or deal.renewal or deal.origin is not None)


def take_after_sale(
    journal: Journal, clock: Clock, deal: IncomingDeal, deal_id: int, ids: Sequence[int], *, is_new: bool
) -> bool:
    """True when that changed something. `ids`: by position in the file the number of the deal, 0 where it was left out.

    An empty cell takes nothing away.
    """
    rows = journal.connection.execute(
        "SELECT kind, due FROM follow_ups WHERE deal_id = ? AND closed_at IS NULL", (deal_id,)
    )
    known = dict(rows.fetchall())
    is_changed = False
    row = journal.connection.execute("SELECT from_deal_id, status FROM deals WHERE id = ?", (deal_id,)).fetchone()
    for kind in FOLLOW_UPS if row[1] == "won" else ():
        due = getattr(deal, kind)
        if due is not None and known.get(kind) != due.isoformat():
            apply_edit(journal, clock, SetFollowUp(deal_id, kind, due))
            is_changed = True
    origin = ids[deal.origin] if deal.origin is not None and deal.origin < len(ids) else 0
    if origin and origin not in {deal_id, row[0]}:
        if is_new:
            journal.update("deals", deal_id, {"from_deal_id": origin})  # so it was from the day it was created
        else:
            apply_edit(journal, clock, SetFields(deal_id, {"from_deal_id": origin}))
        is_changed = True
    return is_changed


def _evidence(deal: IncomingDeal, name: str, clock: Clock) -> tuple[str | None, datetime | None]:
    """What was said to it and when; what is said to have been said in the future was said now."""
    known = deal.evidence.get(name)
    if known is None or known.at is None:
        return known and known.text, clock.now - UNDATED
    return known.text, known.at if known.at < clock.end_of_today else None


def take_judgements(journal: Journal, clock: Clock, deal: IncomingDeal, deal_id: int) -> None:
    """Those that the deal does not have."""
    known = journal.connection.execute(
        "SELECT item, answer FROM qualification_answers WHERE deal_id = ? ORDER BY answered_at, id", (deal_id,)
    )
    answers = dict(known.fetchall())
    for item, answer in deal.answers.items():
        if answers.get(item) != answer:
            text, at = _evidence(deal, item, clock)
            apply_edit(journal, clock, AnswerQuestion(deal_id, item, answer, text, at))
    confirmed = journal.connection.execute(
        "SELECT stage || '.' || criterion FROM confirmations WHERE deal_id = ? AND revoked_at IS NULL", (deal_id,)
    )
    there = {row[0] for row in confirmed}
    for name in deal.confirmed:
        if name not in there:
            stage, _, criterion = name.partition(".")
            text, at = _evidence(deal, name, clock)
            apply_edit(journal, clock, ConfirmCriterion(deal_id, stage, criterion, text, at))


_COLUMNS = ("deal_id", "field", "old_value", "new_value", "changed_at")


class ToldChange(NamedTuple):
    """A change of a known deal that is not in the record."""

    line: int
    deal_id: int
    column: str
    before: Any
    after: Any
    at: str


class ChangeIntake:
    """The changes of fields, into the record."""

    def __init__(self, journal: Journal, intake: DealIntake) -> None:
        self._journal = journal
        self._intake = intake
        self._known = _KnownRows(journal, "field_changes", _COLUMNS)
        self._told: dict[int, list[ToldChange]] = {}
        self.counts = Counts()

    def take(self, changes: Iterable[IncomingChange]) -> None:
        """Adds those of new deals; those of known deals wait for what else the import says of them."""
        self.counts.created = self._journal.insert_many("field_changes", _COLUMNS, self._rows(changes))

    def _rows(self, changes: Iterable[IncomingChange]) -> Iterator[tuple[Any, ...]]:
        ids, states = self._intake.ids, self._intake.states
        for line, position, column, old, new, at in changes:
            before, after = (self._origin(one) if column == "from_deal_id" else one for one in (old, new))
            deal_id = ids[position]
            row = (deal_id, column, before, after, at)
            if states[position] == NEW:
                yield row
            elif self._known.take(deal_id, row):
                self.counts.unchanged += 1
            else:
                self._told.setdefault(deal_id, []).append(ToldChange(line, *row))

    def _origin(self, position: int | None) -> int | None:
        return None if position is None else self._intake.ids[position] or None

    def lead_to(self, deal_id: int, before: Mapping[str, Any], after: Mapping[str, Any]) -> frozenset[str]:
        """Adds the changes by which a known deal came from the values it has to those the import gives it.

        Returns the columns whose history is thereby told: the others change now.
        """
        told = self._told.get(deal_id)
        if not told:
            return frozenset()
        rows = self._journal.connection.execute(
            "SELECT field, max(changed_at) FROM field_changes WHERE deal_id = ? GROUP BY field", (deal_id,)
        )
        last = dict(rows.fetchall())
        found = []
        for column, new in after.items():
            later = [one for one in told if one.column == column and one.at >= last.get(column, "")]
            found += _chain(later, before[column], new)
        for one in sorted(found, key=lambda one: (one.at, one.line)):
            self._journal.insert("field_changes", dict(zip(_COLUMNS, one[1:], strict=True)))
            told.remove(one)
        self.counts.created += len(found)
        return frozenset(one.column for one in found)

    def look_again(self, deal_id: int) -> None:
        """A move to another pipeline brings the change of the pipeline with it."""
        told = self._told.get(deal_id)
        if not told:
            return
        query = f"SELECT {', '.join(_COLUMNS)} FROM field_changes WHERE deal_id = ? AND field = 'pipeline'"
        known = set(self._journal.connection.execute(query, (deal_id,)))
        left = [one for one in told if one[1:] not in known]
        self.counts.created += len(told) - len(left)
        self._told[deal_id] = left

    def finish(self) -> list[int]:
        """When all was taken: lines of changes that would rewrite what is known of their deal, and were left."""
        late = sorted(one.line for told in self._told.values() for one in told)
        self.counts.unchanged += len(late)
        return late


def _chain(told: Sequence[ToldChange], old: Any, new: Any) -> list[ToldChange]:
    """The latest of them, from the last that begins with the old value, if they end with the new one."""
    ordered = sorted(told, key=lambda one: one.at)
    starts = [place for place, one in enumerate(ordered) if one.before == old]
    return ordered[starts[-1] :] if starts and ordered[-1].after == new else []


class _KnownRows:
    """How many rows of each content the known deals have in a table, each deal looked at when it is first met."""

    def __init__(self, journal: Journal, table: str, columns: Sequence[str]) -> None:
        self._connection = journal.connection
        self._counts = NumberTable()
        self._last = next_id(journal.connection, table) - 1
        self._met = NumberTable()
        self._query = f"SELECT {', '.join(columns)} FROM {table} WHERE deal_id = ? AND id <= ?"

    def take(self, deal_id: int, row: tuple[Any, ...]) -> bool:
        """One of them is this one, and is not counted again."""
        if self._met.get(deal_id) is None:
            self._met.set(deal_id, 1)
            for known in self.read(deal_id):
                self._counts.set(known, (self._counts.get(known) or 0) + 1)
        left = self._counts.get(row) or 0
        if left:
            self._counts.set(row, left - 1)
        return left > 0

    def read(self, deal_id: int) -> Iterable[tuple[Any, ...]]:
        """What is known of the deal."""
        return self._connection.execute(self._query, (deal_id, self._last)).fetchall()


_BY_HAND = (
    "FROM operation_rows r JOIN operations o ON o.id = r.operation_id WHERE r.table_name = ? AND r.before IS NOT NULL "
    "AND o.command = ? AND o.state = 'done'"
)


def read_earlier_touchpoints(
    connection: sqlite3.Connection, columns: Sequence[str]
) -> dict[int, list[tuple[Any, ...]]]:
    """Deal -> what its touchpoints held before each correction, and what those held that were removed."""
    into = _merged_into(connection)
    rows = connection.execute(
        f"SELECT r.first_row, r.before {_BY_HAND} ORDER BY r.id DESC", ("touchpoints", "log")
    ).fetchall()
    states: dict[int, dict[str, Any]] = {}
    found: dict[int, list[tuple[Any, ...]]] = defaultdict(list)
    for row_id, before in rows:
        if row_id not in states:
            now = connection.execute(f"SELECT {', '.join(columns)} FROM touchpoints WHERE id = ?", (row_id,)).fetchone()
            states[row_id] = dict(zip(columns, now, strict=True)) if now else {}
        held = states[row_id] = states[row_id] | json.loads(before)
        held["deal_id"] = into.get(held["deal_id"], held["deal_id"])
        found[held["deal_id"]].append(tuple(held[column] for column in columns))
    return found


def read_taken_off(connection: sqlite3.Connection) -> dict[int, set[int]]:
    """Deal -> the contacts that were taken off it."""
    into = _merged_into(connection)
    found: dict[int, set[int]] = defaultdict(set)
    for (before,) in connection.execute(f"SELECT r.before {_BY_HAND} AND r.after IS NULL", ("deal_contacts", "edit")):
        held = json.loads(before)
        found[into.get(held["deal_id"], held["deal_id"])].add(held["contact_id"])
    return found


def _merged_into(connection: sqlite3.Connection) -> dict[int, int]:
    """Deal that was merged away -> the deal its rows of an import belong to now."""
    rows = connection.execute(
        f"SELECT DISTINCT json_extract(r.before, '$.deal_id'), k.deal_id {_BY_HAND.replace('WHERE', _KEY + ' WHERE')}",
        ("import_keys", "merge"),
    )
    return {old: now for old, now in rows.fetchall() if old is not None}


_KEY = "JOIN import_keys k ON k.id = r.first_row"


_CONTENT = ("deal_id", "kind", "direction", "touched_at", "outcome", "note", "inferred")
"""What one touchpoint is known by."""


def take_touchpoints(
    journal: Journal, clock: Clock, intake: DealIntake, touches: Iterable[IncomingTouchpoint]
) -> tuple[Counts, Counter[str | None]]:
    """How many rows did what, and what the new ones were: conversations, attempts, automatic replies."""
    counts, there = Counts(), _KnownTouchpoints(journal)
    senses: Counter[str | None] = Counter()
    first = next_id(journal.connection, "touchpoints")
    ids, states = intake.ids, intake.states

    def rows() -> Iterator[tuple[Any, ...]]:
        for _, position, kind, direction, touched_at, outcome, note, inferred, sense, awaits in touches:
            row = (ids[position], kind, direction, touched_at, outcome, note, int(inferred))
            if states[position] != NEW and there.take(ids[position], row):
                counts.unchanged += 1
            else:
                senses[sense] += 1
                yield (*row, sense, int(awaits))

    counts.created = journal.insert_many("touchpoints", (*_CONTENT, "sense", "awaits_answer"), rows())
    end_of_those_who_spoke(journal, clock, first)
    return counts, senses


class _KnownTouchpoints(_KnownRows):
    """One that was corrected is known by what it held before, too, and one that was removed by what it held."""

    def __init__(self, journal: Journal) -> None:
        super().__init__(journal, "touchpoints", _CONTENT)
        self._earlier = read_earlier_touchpoints(journal.connection, _CONTENT)

    def read(self, deal_id: int) -> Iterable[tuple[Any, ...]]:
        return (*super().read(deal_id), *self._earlier.get(deal_id, ()))
