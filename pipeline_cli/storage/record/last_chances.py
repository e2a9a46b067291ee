"""Last chances that run, and their end when a deal lives."""

from __future__ import annotations

from datetime import date

from pipeline_cli.domain.deal.edits import Edit
from pipeline_cli.domain.rules.last_chance import CLOSED, EndedLastChance, sign_of_life
from pipeline_cli.domain.words.clock import Clock, from_text, to_text
from pipeline_cli.storage.journal import Journal

_RUNNING = (
    "SELECT l.id, l.deal_id, d.title, l.given_at, l.deadline FROM last_chances l JOIN deals d ON d.id = l.deal_id "
    "WHERE l.ended_at IS NULL"
)


def end_if_it_lives(journal: Journal, clock: Clock, edit: Edit, changed: frozenset[str]) -> None:
    """Ends what runs for the deal of the edit, if that is a sign of life, and keeps it in `journal.ended`.

    `changed`: the columns to which the edit gave another value.
    """
    deal_id = getattr(edit, "deal_id", 0)
    rows = journal.connection.execute(f"{_RUNNING} AND l.deal_id = ?", (deal_id,)).fetchall()
    for row, deal, title, given, deadline in rows:
        given_at = from_text(given)
        sign = sign_of_life(edit, changed, given_at, clock)
        if sign is not None:
            _end(journal, clock, row, EndedLastChance(deal, title, given_at, date.fromisoformat(deadline), sign))


def keep_as_ended(
    journal: Journal, clock: Clock, deal_id: int, by: str, given: str | None = None, deadline: str | None = None
) -> None:
    """What spares a deal for a while that had no last chance of its own: one that is over already."""
    now = to_text(clock.now)
    journal.insert(
        "last_chances",
        {
            "deal_id": deal_id,
            "given_at": given or now,
            "deadline": deadline or clock.today.isoformat(),
            "ended_at": now,
            "ended_by": by,
        },
    )


def end_by_split(journal: Journal, clock: Clock, first: int, new: int) -> None:
    """Both halves live: the new one is given no letter of its own for what its first half was written already."""
    for row, deal, title, given, deadline in journal.connection.execute(
        f"{_RUNNING} AND l.deal_id = ?", (first,)
    ).fetchall():
        ended = EndedLastChance(deal, title, from_text(given), date.fromisoformat(deadline), "split")
        _end(journal, clock, row, ended)
        keep_as_ended(journal, clock, new, "split", given, deadline)


def end_of_those_who_spoke(journal: Journal, clock: Clock, first_touchpoint: int) -> None:
    """Ends those of deals with a conversation, since the last chance, among the touchpoints from an id on."""
    _end_where_they_spoke(journal, clock, "t.id >= ?", first_touchpoint)


def end_of_joint_record(journal: Journal, clock: Clock, deal_id: int, *, is_open: bool) -> None:
    """Ends what runs for a deal that another record was joined to, if somebody spoke there, or it is closed here."""
    _end_where_they_spoke(journal, clock, "l.deal_id = ?", deal_id)
    if not is_open:
        for row, deal, title, given, deadline in journal.connection.execute(
            f"{_RUNNING} AND l.deal_id = ?", (deal_id,)
        ).fetchall():
            ended = EndedLastChance(deal, title, from_text(given), date.fromisoformat(deadline), CLOSED)
            _end(journal, clock, row, ended)


def _end_where_they_spoke(journal: Journal, clock: Clock, condition: str, value: int) -> None:
    journal.connection.create_function(
        "start_of_its_day", 1, lambda instant: to_text(clock.start_of(clock.day(from_text(instant))))
    )
    rows = journal.connection.execute(
        f"{_RUNNING} AND EXISTS (SELECT 1 FROM touchpoints t WHERE t.deal_id = l.deal_id AND {condition} "
        "AND (t.sense = 'conversation' OR t.awaits_answer) AND t.touched_at >= start_of_its_day(l.given_at))",
        (value,),
    ).fetchall()
    for row, deal, title, given, deadline in rows:
        ended = EndedLastChance(deal, title, from_text(given), date.fromisoformat(deadline), "conversation")
        _end(journal, clock, row, ended)


def _end(journal: Journal, clock: Clock, row: int, ended: EndedLastChance) -> None:
    journal.update("last_chances", row, {"ended_at": to_text(clock.now), "ended_by": ended.by})
    journal.ended.append(ended)
