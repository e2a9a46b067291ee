"""Every text that was typed about a deal; SQLite itself leaves out those that cannot hold a word.

The tables are scanned, for a full-text index would save less than it costs. Processor time for one word, times the start of
`history --json` (184 ms on a busy machine), 13 to 15 texts a deal:

    deals     scan, a rare word   a word of every deal   FTS5 by sqlite-utils   making that index   its file
    150             0.05                  0.1                0.01, 0.02                 0.2            0.3 MB
    10,000          0.8                   3.2                0.01, 0.7                  9               22 MB
    100,000         5                     42                 0.01, 6.7                  110            186 MB

An index made for each search would be slower at every size; one that is kept would double the file, and every write, undo,
import and forgotten person would have to keep it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from pipeline_cli.domain.record import NamedTuple
from pipeline_cli.domain.words.clock import from_text
from pipeline_cli.domain.words.search import Text, Wanted
from pipeline_cli.storage.reader import Reader


class Source(NamedTuple):
    """Where texts of one kind stand."""

    kind: str
    columns: tuple[str, ...]
    """Of one row, told as one text."""
    rest: str
    """Its deal, its person, an instant or a day, and more about its kind."""
    rows: str
    sign: str = ", "


_PEOPLE = "known_contacts c LEFT JOIN known_deal_contacts dc ON dc.contact_id = c.id"
_SOURCES = (
    Source("title", ("title",), "id, NULL, created_at, ''", "known_deals"),
    Source("organization", ("organization",), "id, NULL, created_at, ''", "known_deals"),
    Source("person", ("c.name", "c.role", "c.organization"), "dc.deal_id, c.id, c.created_at, ''", _PEOPLE),
    Source("address", ("c.email", "c.phone"), "dc.deal_id, c.id, c.created_at, ''", _PEOPLE),
    Source("next_step", ("text",), "deal_id, NULL, due, ''", "known_next_steps"),
    Source("touchpoint", ("outcome", "note"), "deal_id, NULL, touched_at, kind", "known_touchpoints", ": "),
    Source("note", ("text",), "deal_id, NULL, noted_at, ''", "known_notes"),
    Source("evidence", ("evidence",), "deal_id, NULL, confirmed_at, criterion", "known_confirmations"),
    Source("evidence", ("evidence",), "deal_id, NULL, answered_at, item", "known_qualification_answers"),
    Source("field", ("f.value",), "d.id, NULL, d.created_at, f.key", "known_deals d, json_each(d.fields) f"),
    Source("tag", ("tags",), "id, NULL, created_at, ''", "known_deals"),
    Source("link", ("links",), "id, NULL, created_at, ''", "known_deals"),
    # Why a deal was lost is a word of pipeline.yaml, which `list lost_reason=` finds.
    Source("reason", ("reason",), "deal_id, NULL, moved_at, ''", "known_every_move WHERE to_stage <> 'lost'"),
    Source("reason", ("snooze_reason",), "id, NULL, coalesce(snoozed_until, created_at), ''", "known_deals"),
)
"""What `undo` keeps is not among them."""

_LONGEST_PATTERN = 1_000
"""Characters: SQLite takes no pattern of more than 50,000 bytes, and a longer beginning leaves out no more."""


def read_texts(reader: Reader, wanted: Wanted, folded: Sequence[str], deal_id: int | None = None) -> Iterator[Text]:
    """Texts that may hold one of the words: those of ASCII that do, and every other one, which SQLite cannot fold."""
    patterns = [_pattern(word) for word in folded if word.isascii()]
    day = reader.clock.day
    for source in _SOURCES:
        if source.kind not in wanted.kinds:
            continue
        holds = " OR ".join(_may_hold(column, len(patterns)) for column in source.columns)
        joined = "AND" if " WHERE " in source.rows else "WHERE"
        only = "" if deal_id is None else f" AND {source.rest.partition(',')[0]} = {deal_id:d}"
        query = f"SELECT {source.rest}, {', '.join(source.columns)} FROM {source.rows} {joined} ({holds}){only}"
        for number, contact_id, at, what, *parts in reader.connection.execute(query, patterns * len(source.columns)):
            if source.kind != "touchpoint" or wanted.touchpoint_kind in (None, what):
                on = date.fromisoformat(at) if len(at) == len("2026-11-21") else day(from_text(at))
                yield Text(source.kind, number, contact_id, on, source.sign.join(filter(None, parts)), what)


def _may_hold(column: str, patterns: int) -> str:
    likes = [f"{column} LIKE ? ESCAPE '\\'"] * patterns
    return " OR ".join([*likes, f"length({column}) <> length(CAST({column} AS BLOB))"])


def _pattern(word: str) -> str:
    """For LIKE, which knows no case of ASCII letters and takes a third of the time of `instr(lower(…))`."""
    beginning = word[:_LONGEST_PATTERN]
    for sign in "\\%_":
        beginning = beginning.replace(sign, f"\\{sign}")
    return f"%{beginning}%"


class Named(NamedTuple):
    """A deal as far as a list of findings names it."""

    title: str
    organization: str | None
    stage: str
    status: str


def read_names(reader: Reader, deal_ids: Sequence[int]) -> dict[int, Named]:
    """What search says of each deal that it found something in."""
    rows = reader.connection.execute(
        "SELECT id, title, organization, stage, status FROM known_deals WHERE id IN (SELECT value FROM json_each(?))",
        (str(list(deal_ids)),),
    )
    return {number: Named(*rest) for number, *rest in rows}
