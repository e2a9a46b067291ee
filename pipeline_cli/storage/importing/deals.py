"""The deals of an import: recognised by their key, added under a number of their own, or updated where the row changed."""

from __future__ import annotations

import json
import os
from array import array
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any

from pipeline_cli.domain.deal.edits import CloseNextStep, SetFields, SetNextStep, fields_in_text
from pipeline_cli.domain.deal.incoming import IncomingDeal, IncomingMove, IncomingStep
from pipeline_cli.domain.record import NamedTuple
from pipeline_cli.domain.words.clock import Clock, to_text
from pipeline_cli.domain.words.number_table import NumberTable
from pipeline_cli.storage.journal import Journal, next_id
from pipeline_cli.storage.record.apply import apply_edit
from pipeline_cli.storage.record.facts import EARLIEST_STEP

_COLUMNS = (
    "id",
    "public_id",
    "external_id",
    "title",
    "organization",
    "pipeline",
    "stage",
    "status",
    "value_cents",
    "currency",
    "probability",
    "category",
    "source",
    "owner",
    "cost_cents",
    "created_at",
    "created_inferred",
    "expected_close",
    "closed_at",
    "lost_reason",
    "snoozed_until",
    "snooze_reason",
    "fields",
    "tags",
    "links",
)
_UPDATED = (
    "title",
    "organization",
    "value_cents",
    "currency",
    "source",
    "cost_cents",
    "owner",
    "expected_close",
    "probability",
    "category",
    "snoozed_until",
    "snooze_reason",
    "tags",
    "links",
)
"""What a changed row gives new values to, where the file has columns for it: names in IncomingDeal and in `deals`."""
ABSENT, NEW, UNCHANGED, CHANGED = range(4)
"""What a deal of the file is to the record."""
Batch = Sequence[tuple[int, IncomingDeal, Sequence[IncomingMove]]]
"""Some deals, each with its position in the file and its whole history."""

Tell = Callable[[int, Mapping[str, Any], Mapping[str, Any]], frozenset[str]]
"""(deal, columns before, those of them that are others now) -> the columns whose changes came with instants of their own."""


class Counts:
    """What an import did to one kind of row."""

    def __init__(self) -> None:
        self.created = self.updated = self.unchanged = 0


class Known(NamedTuple):
    """A deal that an earlier import brought."""

    deal_id: int
    key_id: int
    digest: str


class DealIntake:
    """Adds the new deals batch by batch; what is there already is only recognised, and updated after all are added."""

    def __init__(self, journal: Journal, clock: Clock, source_name: str, deal_fields: frozenset[str]) -> None:
        self._journal = journal
        self._clock = clock
        self._source = source_name
        self._fields = deal_fields
        self._first_key = next_id(journal.connection, "import_keys")
        self._has_keys = self._has_any_key()
        self._free_from = next_id(journal.connection, "deals")
        self._next = self._free_from
        self._taken = NumberTable()
        self.ids = array("q")
        """By position in the file: the deal it is in the record; 0 where the row was left out."""
        self.states = bytearray()
        """By position: ABSENT, NEW, UNCHANGED or CHANGED."""
        self.counts = Counts()

    @property
    def first_new(self) -> int:
        """No deal of the record before this import has this number or a higher one."""
        return self._free_from

    def take(self, batch: Batch) -> None:
        """Deals with no one they were before get a number and are added."""
        keys: list[tuple[str, str, int, str]] = []
        rows: list[tuple[Any, ...]] = []
        for position, deal, _ in batch:
            digest = digest_of(deal)
            known = (self._find_key(deal.key) if self._has_keys else None) or self._recognise(deal)
            if known is not None:
                self._note(position, known.deal_id, self._meet(known, digest))
                continue
            deal_id = self._number(deal)
            self._note(position, deal_id, NEW)
            keys.append((self._source, deal.key, deal_id, digest))
            rows.append(_row(deal, deal_id))
        self._journal.add_rows("deals", _COLUMNS, rows)
        self._journal.add_rows("import_keys", ("source_name", "external_key", "deal_id", "digest"), keys)

    def finish(self) -> None:
        """When the last batch was taken."""
        self._journal.remember_run("deals", self._free_from)
        self.counts.created = self._journal.remember_run("import_keys", self._first_key)
        last = next_id(self._journal.connection, "deals") - 1
        if self.counts.created:
            self._journal.touch_deals(self._free_from, last)

    def _note(self, position: int, deal_id: int, state: int) -> None:
        missing = position - len(self.ids)
        self.ids.extend([0] * missing)
        self.states.extend(bytes(missing))
        self.ids.append(deal_id)
        self.states.append(state)

    def _has_any_key(self) -> bool:
        query = "SELECT 1 FROM import_keys WHERE source_name = ? LIMIT 1"
        return self._journal.connection.execute(query, (self._source,)).fetchone() is not None

    def _find_key(self, key: str) -> Known | None:
        row = self._journal.connection.execute(
            "SELECT deal_id, id, digest FROM import_keys WHERE source_name = ? AND external_key = ?",
            (self._source, key),
        ).fetchone()
        return None if row is None else Known(*row)

    def _recognise(self, deal: IncomingDeal) -> Known | None:
        """An own export met again in the record it was made from: the number, and what does not change, agree."""
        if deal.own_id is None:
            return None
        row = self._journal.connection.execute(
            "SELECT 1 FROM deals WHERE id = ? AND created_at = ? AND external_id IS ? AND id < ?",
            (deal.own_id, to_text(deal.created_at), deal.external_id, self._free_from),
        ).fetchone()
        return None if row is None else Known(deal.own_id, 0, "")

    def _meet(self, known: Known, digest: str) -> int:
        """Whether the row is as it was last time, and what it will be compared with next time."""
        if known.digest == digest:
            self.counts.unchanged += 1
            return UNCHANGED
        if known.key_id:
            self._journal.update("import_keys", known.key_id, {"digest": digest})
        return CHANGED

    def count(self, deal_id: int, *, is_changed: bool) -> None:
        """One deal that was there already, and its row is another than last time."""
        if is_changed:
            self.counts.updated += 1
            self._journal.touch_deals(deal_id, deal_id)
        else:
            self.counts.unchanged += 1

    def update(self, deal: IncomingDeal, deal_id: int, tell: Tell) -> bool:
        """Gives the deal what the file has columns for; its extra fields join those it has. True when that changed it.

        What `tell` knows the history of changed when that says so, the rest changes now.
        """
        new = dict(zip(_COLUMNS, _row(deal, deal_id), strict=True))
        names = [name for name in _UPDATED if name in self._fields]
        row = self._journal.connection.execute(
            f"SELECT fields, {', '.join(['id', *names])} FROM deals WHERE id = ?", (deal_id,)
        ).fetchone()
        old = {**dict(zip(names, row[2:], strict=True)), "fields": row[0]}
        new["fields"] = fields_in_text({**json.loads(row[0]), **deal.fields})
        changes = {name: new[name] for name in old if new[name] != old[name]}
        told = tell(deal_id, old, changes)
        if told:
            self._journal.update("deals", deal_id, {name: changes[name] for name in sorted(told)})
        if changes.keys() - told:
            now = {name: value for name, value in changes.items() if name not in told}
            apply_edit(self._journal, self._clock, SetFields(deal_id, now))
        return bool(changes) | self._update_reason(deal, deal_id)

    def _update_reason(self, deal: IncomingDeal, deal_id: int) -> bool:
        """Another reason for the same outcome: no new move, for the deal was closed only once."""
        if "lost_reason" not in self._fields or deal.lost_reason is None:
            return False
        row = self._journal.connection.execute(
            "SELECT m.id FROM deals d JOIN moves m ON m.deal_id = d.id AND m.to_stage = d.status AND NOT m.mistake "
            "WHERE d.id = ? AND d.status = ? AND d.lost_reason IS NOT ? ORDER BY m.moved_at DESC, m.id DESC LIMIT 1",
            (deal_id, deal.status, deal.lost_reason),
        ).fetchone()
        if row is not None:
            self._journal.update("deals", deal_id, {"lost_reason": deal.lost_reason})
            self._journal.update("moves", row[0], {"reason": deal.lost_reason})
        return row is not None

    def update_next_step(self, deal: IncomingDeal, deal_id: int) -> bool:
        """After its moves, for a closing ends the step the deal had before. True when that changed it.

        Of a closed deal an empty cell takes nothing away: what is planned for it is known here alone.
        """
        if not self._fields & {"next_step", "next_step_due", "open_steps"}:
            return False
        wanted = list(deal.steps)
        if not wanted and deal.status != "open":
            return False
        rows = self._journal.connection.execute(
            "SELECT n.id, n.text, n.due, n.due_time, n.minutes, n.remind_minutes FROM next_steps n "
            f"WHERE n.deal_id = ? AND n.closed_at IS NULL ORDER BY {EARLIEST_STEP}",
            (deal_id,),
        )
        before = [(number, IncomingStep(text, date.fromisoformat(due), *more)) for number, text, due, *more in rows]
        if wanted and "open_steps" not in self._fields:  # the file knows of one step, and says nothing of the others
            if any(step[:2] == wanted[0][:2] for _, step in before):
                return False
            before = before[:1]
        over = []
        for number, step in before:
            if step in wanted:
                wanted.remove(step)
            else:
                over.append(number)
        for place, step in enumerate(wanted):
            instead = tuple(over[place : place + 1])
            apply_edit(self._journal, self._clock, SetNextStep(deal_id, *step, instead=instead))
        for number in over[len(wanted) :]:
            apply_edit(self._journal, self._clock, CloseNextStep(deal_id, done=False, step=number))
        return bool(over or wanted)

    def _number(self, deal: IncomingDeal) -> int:
        """The number it had where it was exported, unless some deal here has or had it; else the next one."""
        own = deal.own_id
        if own is not None and self._free_from <= own < 2**53 and self._taken.get(own) is None:
            number = own
        else:
            while self._taken.get(self._next) is not None:
                self._next += 1
            number = self._next
        self._taken.set(number, 1)
        return number


_BEFORE_FIELDS = IncomingDeal._fields.index("fields")


def digest_of(deal: IncomingDeal) -> str:
    """What the row said, its line aside, in 16 hexadecimal digits: another one means the row has changed."""
    from hashlib import blake2b

    later: tuple[Any, ...] = (
        (deal.snooze_reason, sorted(deal.evidence.items())) if deal.snooze_reason or deal.evidence else ()
    )
    later += (deal.tags, deal.links) if deal.tags or deal.links else ()
    later += (deal.open_steps,) if deal.open_steps else ()
    said = repr((*deal[1:_BEFORE_FIELDS], sorted(deal.fields.items()), *later)).encode("utf-8", "surrogatepass")
    return blake2b(said, digest_size=8).hexdigest()


def _row(deal: IncomingDeal, deal_id: int) -> tuple[Any, ...]:
    return (
        deal_id,
        os.urandom(8).hex(),
        deal.external_id,
        deal.title,
        deal.organization,
        deal.pipeline,
        deal.stage,
        deal.status,
        deal.value_cents,
        deal.currency,
        deal.probability,
        deal.category,
        deal.source,
        deal.owner,
        deal.cost_cents,
        to_text(deal.created_at),
        int(deal.created_inferred),
        deal.expected_close and deal.expected_close.isoformat(),
        deal.closed_at and to_text(deal.closed_at),
        deal.lost_reason,
        deal.snoozed_until and deal.snoozed_until.isoformat(),
        deal.snooze_reason,
        json.dumps(dict(deal.fields), ensure_ascii=False, sort_keys=True) if deal.fields else "{}",
        deal.tags,
        deal.links,
    )
