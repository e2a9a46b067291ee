"""The deals of an import: recognised by their key, added under a number of their own, or updated where the row changed."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable
from typing import Any, NamedTuple

from pipeline_cli.domain.clock import Clock, to_text
from pipeline_cli.domain.edits import CloseNextStep, SetFields, SetNextStep
from pipeline_cli.domain.incoming import IncomingDeal
from pipeline_cli.storage.apply import apply_edit
from pipeline_cli.storage.journal import Journal, next_id

_COLUMNS = (
    "id", "public_id", "external_id", "title", "organization", "pipeline", "stage", "status", "value_cents", "currency",
    "probability", "category", "source", "owner", "cost_cents", "created_at", "created_inferred", "expected_close",
    "closed_at", "lost_reason", "snoozed_until", "fields",
)  # fmt: skip
_UPDATED = (
    "title", "organization", "value_cents", "currency", "source", "cost_cents", "owner", "expected_close", "probability",
    "category", "snoozed_until",
)  # fmt: skip
"""What a changed row gives new values to, where the file has columns for it: names in IncomingDeal and in `deals`."""
_CHUNK = 5000


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
    """Takes the deals in; afterwards `ids` says which deal each key is, `new` which of them are new."""

    def __init__(self, journal: Journal, clock: Clock, source_name: str, deal_fields: frozenset[str]) -> None:
        self._journal = journal
        self._clock = clock
        self._source = source_name
        self._fields = deal_fields
        self._known = self._read_known()
        self._free_from = next_id(journal.connection, "deals")
        self._next = self._free_from
        self._taken: set[int] = set()
        self.ids: dict[str, int] = {}
        self.new: set[int] = set()
        self.changed: dict[int, IncomingDeal] = {}
        """Deals that were there already and whose row is another than last time."""
        self.counts = Counts()

    def _read_known(self) -> dict[str, Known]:
        rows = self._journal.connection.execute(
            "SELECT external_key, deal_id, id, digest FROM import_keys WHERE source_name = ?", (self._source,)
        )
        return {key: Known(*row) for key, *row in rows}

    def take(self, deals: Iterable[IncomingDeal]) -> None:
        keys: list[tuple[str, str, int, str]] = []
        rows: list[tuple[Any, ...]] = []
        for deal in deals:
            digest = digest_of(deal)
            known = self._known.get(deal.key) or self._recognise(deal)
            if known is not None:
                self._meet(deal, known, digest)
                continue
            deal_id = self._number(deal)
            self.ids[deal.key] = deal_id
            self.new.add(deal_id)
            keys.append((self._source, deal.key, deal_id, digest))
            rows.append(_row(deal, deal_id))
            if len(rows) >= _CHUNK:
                self._journal.insert_with_ids("deals", _COLUMNS, rows)
                rows.clear()
        self._journal.insert_with_ids("deals", _COLUMNS, rows)
        self._journal.remember_run("deals", self._free_from)
        self._journal.insert_many("import_keys", ("source_name", "external_key", "deal_id", "digest"), keys)
        self.counts.created = len(self.new)
        if self.new:
            self._journal.touch_deals(min(self.new), max(self.new))

    def _recognise(self, deal: IncomingDeal) -> Known | None:
        """An own export met again in the record it was made from: the number, and what does not change, agree."""
        if deal.own_id is None:
            return None
        row = self._journal.connection.execute(
            "SELECT 1 FROM deals WHERE id = ? AND created_at = ? AND external_id IS ? AND id < ?",
            (deal.own_id, to_text(deal.created_at), deal.external_id, self._free_from),
        ).fetchone()
        return None if row is None else Known(deal.own_id, 0, "")

    def _meet(self, deal: IncomingDeal, known: Known, digest: str) -> None:
        self.ids[deal.key] = known.deal_id
        if known.digest == digest:
            self.counts.unchanged += 1
            return
        if known.key_id:
            self._journal.update("import_keys", known.key_id, {"digest": digest})
        if self._update(deal, known.deal_id):
            self.counts.updated += 1
            self._journal.touch_deals(known.deal_id, known.deal_id)
        else:
            self.counts.unchanged += 1
        self.changed[known.deal_id] = deal

    def _update(self, deal: IncomingDeal, deal_id: int) -> bool:
        """Gives the deal what the file has columns for; its extra fields join those it has. True when that changed it."""
        new = dict(zip(_COLUMNS, _row(deal, deal_id), strict=True))
        names = [name for name in _UPDATED if name in self._fields]
        row = self._journal.connection.execute(
            f"SELECT fields, {', '.join(['id', *names])} FROM deals WHERE id = ?", (deal_id,)
        ).fetchone()
        changes = {name: new[name] for name, old in zip(names, row[2:], strict=True) if new[name] != old}
        before = json.loads(row[0])
        fields = {**before, **deal.fields}
        if fields != before:
            changes["fields"] = fields
        if changes:
            apply_edit(self._journal, self._clock, SetFields(deal_id, changes))
        return bool(changes) | self._update_next_step(deal, deal_id) | self._update_reason(deal, deal_id)

    def _update_reason(self, deal: IncomingDeal, deal_id: int) -> bool:
        """Another reason for the same outcome: no new move, for the deal was closed only once."""
        if "lost_reason" not in self._fields or deal.lost_reason is None:
            return False
        row = self._journal.connection.execute(
            "SELECT m.id FROM deals d JOIN moves m ON m.deal_id = d.id AND m.to_stage = d.status "
            "WHERE d.id = ? AND d.status = ? AND d.lost_reason IS NOT ? ORDER BY m.moved_at DESC, m.id DESC LIMIT 1",
            (deal_id, deal.status, deal.lost_reason),
        ).fetchone()
        if row is not None:
            self._journal.update("deals", deal_id, {"lost_reason": deal.lost_reason})
            self._journal.update("moves", row[0], {"reason": deal.lost_reason})
        return row is not None

    def _update_next_step(self, deal: IncomingDeal, deal_id: int) -> bool:
        if not self._fields & {"next_step", "next_step_due"} or deal.status != "open":
            return False
        row = self._journal.connection.execute(
            "SELECT text, due FROM next_steps WHERE deal_id = ? AND closed_at IS NULL", (deal_id,)
        ).fetchone()
        wanted = None if deal.next_step is None or deal.next_step_due is None else (deal.next_step, deal.next_step_due)
        if (wanted and (wanted[0], wanted[1].isoformat())) == row:
            return False
        edit = CloseNextStep(deal_id, done=False) if wanted is None else SetNextStep(deal_id, *wanted)
        apply_edit(self._journal, self._clock, edit)
        return True

    def _number(self, deal: IncomingDeal) -> int:
        """The number it had where it was exported, unless some deal here has or had it; else the next one."""
        own = deal.own_id
        if own is not None and own >= self._free_from and own not in self._taken and own < 2**53:
            number = own
        else:
            while self._next in self._taken:
                self._next += 1
            number = self._next
        self._taken.add(number)
        return number


def digest_of(deal: IncomingDeal) -> str:
    """What the row said, its line aside, in 16 hexadecimal digits: another one means the row has changed."""
    from hashlib import blake2b

    said = repr((*deal[1:-4], sorted(deal.fields.items()))).encode("utf-8", "surrogatepass")
    return blake2b(said, digest_size=8).hexdigest()


def _row(deal: IncomingDeal, deal_id: int) -> tuple[Any, ...]:
    return (
        deal_id, os.urandom(8).hex(), deal.external_id, deal.title, deal.organization, deal.pipeline, deal.stage,
        deal.status, deal.value_cents, deal.currency, deal.probability, deal.category, deal.source, deal.owner,
        deal.cost_cents, to_text(deal.created_at), int(deal.created_inferred),
        deal.expected_close and deal.expected_close.isoformat(), deal.closed_at and to_text(deal.closed_at),
        deal.lost_reason, deal.snoozed_until and deal.snoozed_until.isoformat(),
        json.dumps(dict(deal.fields), ensure_ascii=False, sort_keys=True) if deal.fields else "{}",
    )  # fmt: skip
