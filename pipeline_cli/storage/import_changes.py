"""The changes of an import: all of a new deal's, and of a known deal's those that lead on from what it has."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from pipeline_cli.domain.incoming import IncomingChange
from pipeline_cli.domain.number_table import NumberTable
from pipeline_cli.domain.record import NamedTuple
from pipeline_cli.storage.import_deals import NEW, Counts, DealIntake
from pipeline_cli.storage.journal import Journal, next_id

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
    def __init__(self, journal: Journal, intake: DealIntake) -> None:
        self._journal = journal
        self._intake = intake
        self._known = _KnownChanges(journal)
        self._told: dict[int, list[ToldChange]] = {}
        self.counts = Counts()

    def take(self, changes: Iterable[IncomingChange]) -> None:
        """Adds those of new deals; those of known deals wait for what else the import says of them."""
        self.counts.created = self._journal.insert_many("field_changes", _COLUMNS, self._rows(changes))

    def _rows(self, changes: Iterable[IncomingChange]) -> Iterator[tuple[Any, ...]]:
        ids, states = self._intake.ids, self._intake.states
        for line, position, column, old, new, at in changes:
            before, after = (self._origin(one) if column == "from_deal_id" else one for one in (old, new))
            row = (ids[position], column, before, after, at)
            if states[position] == NEW:
                yield row
            elif self._known.take(row):
                self.counts.unchanged += 1
            else:
                self._told.setdefault(row[0], []).append(ToldChange(line, *row))

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


class _KnownChanges:
    """How many changes of each content the known deals have, each deal looked at when it is first met."""

    def __init__(self, journal: Journal) -> None:
        self._connection = journal.connection
        self._counts = NumberTable()
        self._last = next_id(journal.connection, "field_changes") - 1
        self._met = NumberTable()

    def take(self, row: tuple[Any, ...]) -> bool:
        """One of them is this one, and is not counted again."""
        if self._met.get(row[0]) is None:
            self._meet(row[0])
        left = self._counts.get(row) or 0
        if left:
            self._counts.set(row, left - 1)
        return left > 0

    def _meet(self, deal_id: int) -> None:
        self._met.set(deal_id, 1)
        query = f"SELECT {', '.join(_COLUMNS)} FROM field_changes WHERE deal_id = ? AND id <= ?"
        for known in self._connection.execute(query, (deal_id, self._last)).fetchall():
            self._counts.set(known, (self._counts.get(known) or 0) + 1)
