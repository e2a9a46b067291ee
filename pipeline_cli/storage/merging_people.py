"""Two entries of one person joined: addresses, deals and what was captured, all through the journal."""

from __future__ import annotations

import json
from typing import Any

from pipeline_cli.domain.words.addresses import keep_addresses, normalised
from pipeline_cli.domain.words.clock import to_text
from pipeline_cli.storage.change import Change
from pipeline_cli.storage.journal import Journal
from pipeline_cli.storage.record import suppression
from pipeline_cli.storage.record.people import Person, read_deals_of

_FIELDS = ("name", "organization", "role", "source")


def merge_people(change: Change, away: Person, into: Person) -> None:
    """As one operation; who opted out as either has opted out as both, with all addresses."""
    journal = change.begin_operation(f"merged contact c{away.id} into c{into.id}")
    for deal_id in read_deals_of(change, away.id):
        journal.touch_deals(deal_id, deal_id)
    _follow(journal, away.id, into.id)
    changes: dict[str, Any] = {
        name: getattr(away, name) for name in _FIELDS if getattr(away, name) and not getattr(into, name)
    }
    changes |= keep_addresses((*into.addresses, *away.addresses))._asdict()
    changes["formerly"] = _joint(into.formerly, away.formerly)
    changes["created_at"] = to_text(min(away.created_at, into.created_at))
    changes["opted_out"] = int(away.opted_out or into.opted_out)
    journal.delete("contacts", away.id)
    journal.update("contacts", into.id, changes)
    if changes["opted_out"]:
        known = normalised((*away.addresses, *into.addresses))
        suppression.keep_off(journal, change.clock, known)


def _follow(journal: Journal, away: int, into: int) -> None:
    """What named the entry that goes names the one that stays."""
    query = "SELECT deal_id FROM deal_contacts WHERE contact_id = ?"
    known = {row[0] for row in journal.connection.execute(query, (into,))}
    rows = journal.connection.execute("SELECT id, deal_id FROM deal_contacts WHERE contact_id = ? ORDER BY id", (away,))
    for row_id, deal_id in rows.fetchall():
        if deal_id in known:
            journal.delete("deal_contacts", row_id)
        else:
            journal.update("deal_contacts", row_id, {"contact_id": into})
    rows = journal.connection.execute("SELECT id FROM touchpoints WHERE contact_id = ? ORDER BY id", (away,))
    for (row_id,) in rows.fetchall():
        journal.update("touchpoints", row_id, {"contact_id": into})
    rows = journal.connection.execute(
        "SELECT id, people FROM captured WHERE EXISTS (SELECT 1 FROM json_each(people) p WHERE p.value = ?) ORDER BY id",
        (away,),
    )
    for row_id, people in rows.fetchall():
        named = dict.fromkeys(into if number == away else number for number in json.loads(people))
        journal.update("captured", row_id, {"people": json.dumps(list(named))})


def _joint(first: str | None, second: str | None) -> str | None:
    both = [*json.loads(first or "[]"), *json.loads(second or "[]")]
    return json.dumps(both, ensure_ascii=False) if both else None
