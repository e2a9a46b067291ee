"""What reports say of captured mail and events: how much, when last, what waits, which addresses are dead."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from pipeline_cli.domain.record import NamedTuple
from pipeline_cli.domain.words.addresses import EMAIL, read_kept
from pipeline_cli.domain.words.clock import from_text, to_text
from pipeline_cli.domain.words.text import in_sentences
from pipeline_cli.storage.reader import Reader


class CaptureState(NamedTuple):
    """How much of the record was captured, and when last."""

    last_at: datetime | None
    """None: never."""
    touchpoints: int = 0
    """Captured ones."""
    of: int = 0
    """All of them."""

    @property
    def share(self) -> float | None:
        """0 to 1; None where there is no touchpoint."""
        return self.touchpoints / self.of if self.of else None


class DeadAddress(NamedTuple):
    """Somebody of an open deal, to whose address mail comes back, and who has no other."""

    deal_id: int
    contact_id: int
    name: str
    address: str


def read_capture_state(reader: Reader) -> CaptureState:
    """Nothing is counted where nothing was ever captured."""
    until = to_text(reader.clock.end_of_today)
    query = "SELECT max(ran_at) FROM main.capture_runs WHERE ran_at < ?"
    (last,) = reader.connection.execute(query, (until,)).fetchone()
    if last is None:
        return CaptureState(None)
    captured, everything = reader.connection.execute(
        "SELECT count(CASE source WHEN 'captured' THEN 1 END), count(*) FROM known_touchpoints"
    ).fetchone()
    return CaptureState(from_text(last), captured, everything)


def read_untold(reader: Reader, deal_id: int) -> dict[int, str]:
    """Captured touchpoints of a deal of which nobody said anything by hand: number -> mail or event."""
    rows = reader.connection.execute(
        "SELECT touchpoint_id, kind FROM main.captured WHERE deal_id = ? AND touchpoint_id IS NOT NULL AND NOT joined",
        (deal_id,),
    )
    return dict(rows.fetchall())


class LateWord(NamedTuple):
    """Somebody of a lost deal wrote after its end, and nobody has decided yet what becomes of that."""

    deal_id: int
    title: str
    at: datetime


def read_late_words(reader: Reader) -> list[LateWord]:
    """Of each such deal the first, those who have waited longest first."""
    rows = reader.connection.execute(
        "SELECT d.id, d.title, min(c.happened_at) FROM main.captured c, json_each(c.candidates) j "
        "JOIN known_deals d ON d.id = j.value WHERE c.fate = 'queue' AND c.reason = 'closed_deals' AND c.kind = 'mail' "
        "AND c.direction = 'in' AND NOT c.automatic AND d.status = 'lost' AND c.happened_at > d.closed_at "
        "GROUP BY d.id ORDER BY 3, 1"
    )
    return [LateWord(number, title, from_text(at)) for number, title, at in rows]


def read_typed_steps(reader: Reader, deal_id: int) -> dict[int, datetime]:
    """Open next steps that no calendar brought: number -> when each was planned."""
    rows = reader.connection.execute(
        "SELECT id, set_at FROM main.next_steps WHERE deal_id = ? AND closed_at IS NULL "
        "AND id NOT IN (SELECT next_step_id FROM main.captured WHERE next_step_id IS NOT NULL)",
        (deal_id,),
    )
    return {number: from_text(set_at) for number, set_at in rows}


def read_touchpoints_of(reader: Reader, keys: Iterable[tuple[str, str]]) -> dict[tuple[str, str], int]:
    """Kind and key of captured items -> the touchpoint each made."""
    query = "SELECT touchpoint_id FROM main.captured WHERE kind = ? AND item_key = ? AND touchpoint_id IS NOT NULL"
    found = {key: reader.connection.execute(query, key).fetchone() for key in keys}
    return {key: row[0] for key, row in found.items() if row is not None}


def count_waiting(reader: Reader) -> int:
    """How many captured items a person has to decide."""
    found = reader.connection.execute("SELECT count(*) FROM main.captured WHERE fate IN ('queue', 'suggestion')")
    return int(found.fetchone()[0])


def read_dead_addresses(reader: Reader) -> list[DeadAddress]:
    """By the deal, each person once."""
    rows = reader.connection.execute(
        "SELECT d.id, c.id, c.name, c.email, c.phone, c.addresses FROM known_contacts c "
        "JOIN known_deal_contacts dc ON dc.contact_id = c.id JOIN known_deals d ON d.id = dc.deal_id "
        "WHERE c.addresses LIKE '%bounced_on%' AND d.status = 'open' ORDER BY d.id, c.id"
    )
    found: dict[int, DeadAddress] = {}
    for deal_id, contact_id, name, *columns in rows:
        emails = [one for one in read_kept(*columns) if one.kind == EMAIL]
        if emails and all(one.bounced_on for one in emails):
            named = in_sentences(name) or emails[0].address
            found.setdefault(contact_id, DeadAddress(deal_id, contact_id, named, emails[0].address))
    return list(found.values())
