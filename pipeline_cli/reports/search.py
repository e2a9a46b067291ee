"""`search`: the texts in which words were found, each with its deal, its day and the words marked in their sentence."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from pipeline_cli.domain.playbook import Playbook
from pipeline_cli.domain.record import NamedTuple
from pipeline_cli.domain.words.search import Hit, Text, Words, best_first, parse_kind
from pipeline_cli.domain.words.shell import command_line
from pipeline_cli.domain.words.text import counted, quoted
from pipeline_cli.output.report import CODE, DATE, ID, Column, Marked, Report
from pipeline_cli.storage.reader import Reader
from pipeline_cli.storage.record.search import Named, read_names, read_texts
from pipeline_cli.workspace import Workspace

COLUMNS = (
    Column("id", "#", ID, 0, "The deal's number; none for a person without a deal"),
    Column("title", "Deal", priority=0, meaning="What is being sold, or the person"),
    Column("organization", "Organization", priority=4, meaning="To whom"),
    Column("status", "Status", priority=6, meaning="open, won, lost or disqualified", shown=False),
    Column("on", "When", DATE, 2, "The day it was said or typed; of a next step the day it is due"),
    Column("where", "Where", priority=1, meaning="What the text is: a title, a call, a note, a field …", machine=False),
    Column("kind", "Kind", shown=False, priority=6, meaning="What the text is"),
    Column("what", "What", shown=False, priority=6, meaning="The kind of touchpoint, the criterion, the field's name"),
    Column("text", "What it says", priority=0, meaning="The sentence, the words marked", least=32),
    Column("marks", "Marks", shown=False, priority=9, meaning="Where the words begin and end in the text"),
    Column("contact", "Contact", shown=False, priority=9, meaning="The person, as commands name them"),
    Column("command", "Command", CODE, 9, "The command that shows it", shown=False),
)
_AROUND = 6
"""Lines of a screen that are no rows: two of the heading, what is said below, the prompt."""
_FEWEST = 5


class Asked(NamedTuple):
    """What was typed."""

    words: Sequence[str]
    kind: str | None = None
    since: date | None = None
    deal_id: int | None = None


def search_report(
    workspace: Workspace, reader: Reader, asked: Asked, limit: int | None = None, height: int | None = None
) -> Report:
    """The best `limit` of them; without one, as many as lines of a terminal hold. Raises UsageError."""
    playbook = workspace.playbook
    words = Words(asked.words)
    wanted = parse_kind(asked.kind, playbook.touchpoint_kinds)
    texts = read_texts(reader, wanted, words.folded, asked.deal_id)
    hits = [
        hit
        for text in texts
        if (asked.since is None or text.on >= asked.since) and (hit := words.find(text)) is not None
    ]
    found = best_first(hits, words)
    most = limit if height is None else max(_FEWEST, height - _AROUND)
    shown = found[:most]
    names = read_names(reader, sorted({hit.text.deal_id for hit in shown if hit.text.deal_id is not None}))
    deals = len({hit.text.deal_id for hit in found if hit.text.deal_id is not None})
    rows = [_row(hit, words, names, workspace) for hit in shown]
    return Report(
        name="search",
        as_of=reader.clock.today,
        pipeline=None,
        currency=playbook.currency,
        columns=COLUMNS,
        rows=rows,
        extra={"words": list(words.typed), "found": len(found), "deals": deals},
        empty=_say_empty(words, hits, asked),
        notes=_notes(rows, len(found), deals),
    )


def _row(hit: Hit, words: Words, names: dict[int, Named], workspace: Workspace) -> dict[str, Any]:
    text = hit.text
    sentence, spans = words.quote(text.text)
    contact = None if text.contact_id is None else f"c{text.contact_id}"
    deal = None if text.deal_id is None else names[text.deal_id]
    shows = ("show", str(text.deal_id)) if contact is None else ("contact", "show", contact)
    return {
        "id": text.deal_id,
        "title": contact if deal is None else deal.title,
        "organization": deal and deal.organization,
        "status": deal and deal.status,
        "on": text.on,
        "where": _where(text, workspace.playbook),
        "kind": text.kind,
        "what": text.what or None,
        "text": Marked(sentence, spans),
        "marks": [list(span) for span in spans],
        "contact": contact,
        "command": command_line(workspace.command_name, *shows),
    }


def _where(text: Text, playbook: Playbook) -> str:
    if text.kind == "touchpoint":
        return playbook.kind_name(text.what)
    if text.kind == "field":
        return text.what
    return text.kind.replace("_", " ")


def _say_empty(words: Words, hits: Sequence[Hit], asked: Asked) -> str:
    """Which of the words nothing has, else that no deal has them all."""
    found = frozenset().union(*(hit.words for hit in hits))
    unknown = [quoted(word) for place, word in enumerate(words.folded) if place not in found]
    narrowed = asked.kind or asked.since or asked.deal_id
    where = "Nothing there has" if narrowed else "Nothing in the record has"
    if unknown:
        return f"{where} a word that begins with {' or '.join(unknown)}."
    return "No deal has all of these words: search for fewer."


def _notes(rows: Sequence[dict[str, Any]], found: int, deals: int) -> list[str]:
    if not rows:
        return []
    rest = found - len(rows)
    more = f" {rest:,} more: `pipeline search … --all`." if rest else ""
    return [f"{counted(found, 'place')} in {counted(deals, 'deal')}.{more} The first: `{rows[0]['command']}`"]
