"""The touchpoints of an import: all of a new deal's, and of a known deal's those that are not there yet."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any

from pipeline_cli.domain.clock import Clock
from pipeline_cli.domain.incoming import IncomingTouchpoint
from pipeline_cli.domain.number_table import NumberTable
from pipeline_cli.storage.corrected import read_earlier_touchpoints
from pipeline_cli.storage.import_deals import NEW, Counts, DealIntake
from pipeline_cli.storage.journal import Journal, next_id
from pipeline_cli.storage.last_chances import end_of_those_who_spoke

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
            if states[position] != NEW and there.take(row):
                counts.unchanged += 1
            else:
                senses[sense] += 1
                yield (*row, sense, int(awaits))

    counts.created = journal.insert_many("touchpoints", (*_CONTENT, "sense", "awaits_answer"), rows())
    end_of_those_who_spoke(journal, clock, first)
    return counts, senses


class _KnownTouchpoints:
    """How many touchpoints of each content the known deals have, each deal looked at when it is first met.

    One that was corrected is known by what it held before, too, and one that was removed by what it held.
    """

    def __init__(self, journal: Journal) -> None:
        self._connection = journal.connection
        self._counts = NumberTable()
        self._last = next_id(journal.connection, "touchpoints") - 1
        self._met = NumberTable()
        self._earlier = read_earlier_touchpoints(journal.connection, _CONTENT)

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
        query = f"SELECT {', '.join(_CONTENT)} FROM touchpoints WHERE deal_id = ? AND id <= ?"
        there = self._connection.execute(query, (deal_id, self._last))
        for known in (*there, *self._earlier.get(deal_id, ())):
            self._counts.set(known, (self._counts.get(known) or 0) + 1)
