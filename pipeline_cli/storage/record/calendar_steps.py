"""What is planned and what was, as a calendar follows it: each step under a key that stays, and how often it was changed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import timedelta

from pipeline_cli.domain.deal.after_sale import WORDS
from pipeline_cli.domain.record import NamedTuple
from pipeline_cli.domain.words.clock import to_text
from pipeline_cli.storage.reader import Reader
from pipeline_cli.storage.record.export_rows import FIRST_PERSON

KEPT_DAYS = 90
"""So long what is over is told to a calendar, which may have been away."""


class CalendarStep(NamedTuple):
    """A next step of a deal, or a check-in or renewal of a won one, in the words of the record."""

    key: str
    deal_id: int
    title: str
    organization: str | None
    contact: str | None
    pipeline: str
    stage: str
    """Or the outcome."""
    text: str
    due: str
    set_at: str
    closed_at: str | None
    sequence: int
    time: str | None = None
    minutes: int | None = None
    remind_minutes: int | None = None


def read_calendar_steps(reader: Reader) -> list[CalendarStep]:
    """Those that are open, and those that were closed in the last 90 days and nothing took the place of; the earliest
    first."""
    since = to_text(reader.clock.now - timedelta(days=KEPT_DAYS))
    steps = [*_steps(reader, since), *_follow_ups(reader, since)]
    return sorted(steps, key=lambda step: (step.due, step.time is None, step.time or "", step.deal_id, step.key))


_DESCRIBED = (
    "SELECT {key}, d.id, d.title, d.organization, coalesce(c.name, c.email, c.phone), d.pipeline, {stage}, {text}, n.due, "
    "n.set_at, n.closed_at, {more} FROM {table} n JOIN known_deals d ON d.id = n.deal_id "
    f"LEFT JOIN known_contacts c ON c.id = {FIRST_PERSON} "
    "WHERE {condition} AND (n.closed_at IS NULL OR n.closed_at >= ?)"
)


def _steps(reader: Reader, since: str) -> list[CalendarStep]:
    chains = _chains(reader)
    rows = reader.connection.execute(
        _DESCRIBED.format(
            key="n.id, d.public_id",
            stage="CASE d.status WHEN 'open' THEN d.stage ELSE d.status END",
            text="n.text",
            more="n.due_time, n.minutes, n.remind_minutes",
            table="known_next_steps",
            condition="1",
        ),
        (since,),
    )
    found = []
    for number, deal, *described, at, minutes, remind in rows:
        first, changes = chains.first_of(number), chains.changes_of(number)
        if number not in chains.followed:
            found.append(CalendarStep._make((f"{deal}-{first}", *described, changes, at, minutes, remind)))
    return found


def _follow_ups(reader: Reader, since: str) -> list[CalendarStep]:
    """Of each kind the last one, whose key is that of the kind."""
    words = " ".join(f"WHEN '{kind}' THEN '{word.capitalize()}'" for kind, word in WORDS.items())
    of_kind = "FROM known_follow_ups o WHERE o.deal_id = n.deal_id AND o.kind = n.kind"
    rows = reader.connection.execute(
        _DESCRIBED.format(
            key="d.public_id || '-' || n.kind",
            stage="'won'",
            text=f"CASE n.kind {words} END",
            more=f"(SELECT 2 * count(*) - 2 {of_kind}) + (n.closed_at IS NOT NULL)",
            table="known_follow_ups",
            condition=f"d.status = 'won' AND n.id = (SELECT max(o.id) {of_kind})",
        ),
        (since,),
    )
    return [CalendarStep(*row) for row in rows]


class _Chains(NamedTuple):
    before: Mapping[int, int]
    """Step -> the one that it took the place of."""
    changes: Mapping[int, int]
    """Step -> how often its row was changed."""

    @property
    def followed(self) -> frozenset[int]:
        """Steps that another took the place of."""
        return frozenset(self.before.values())

    def first_of(self, step: int) -> int:
        """Where the chain of a step begins."""
        while step in self.before:
            step = self.before[step]
        return step

    def changes_of(self, step: int) -> int:
        """Over its chain."""
        made = self.changes.get(step, 0)
        while step in self.before:
            step = self.before[step]
            made += self.changes.get(step, 0)
        return made


def _chains(reader: Reader) -> _Chains:
    """By the operations: the first step that one dropped lives on in the first that it set on the same deal.

    What was undone counts twice, for it was changed back too: a calendar keeps what has the highest number.
    """
    set_by, dropped_by, changes = dict[int, int](), dict[int, int](), Counter[int]()
    rows = reader.connection.execute(
        "SELECT r.operation_id, r.first_row, r.last_row, r.before IS NULL, r.after IS NOT NULL, o.state = 'done', "
        "coalesce(json_extract(r.after, '$.closed_at'), '') <> '' FROM operation_rows r "
        "JOIN main.operations o ON o.id = r.operation_id WHERE r.table_name = 'next_steps' ORDER BY r.id"
    )
    for operation, first, last, is_new, is_change, stands, closes in rows:
        if is_new and stands:
            set_by.update(dict.fromkeys(range(first, last + 1), operation))
        elif is_change:
            changes[first] += 1 if stands else 2
            if closes and stands:
                dropped_by[first] = operation
    before, free = dict[int, int](), dict[tuple[int, int], list[int]]()
    for number, deal, is_dropped in reader.connection.execute(
        "SELECT id, deal_id, closed_at IS NOT NULL AND NOT done FROM known_next_steps ORDER BY id"
    ):
        waiting = free.get((deal, set_by.get(number, 0)))
        if waiting and waiting[0] < number:
            before[number] = waiting.pop(0)
        if is_dropped and number in dropped_by:
            free.setdefault((deal, dropped_by[number]), []).append(number)
    return _Chains(before, changes)
