"""The close dates that were expected of each deal, day by day."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from pipeline_cli.domain.words.clock import from_text, to_text
from pipeline_cli.storage.reader import Reader

if TYPE_CHECKING:
    from pipeline_cli.domain.forecast.dating import Dates


def read_close_dates(reader: Reader, pipeline: str) -> Dates:
    """Of every deal of the pipeline that has or had one, as known at the clock's day."""
    now = dict(
        reader.connection.execute(
            "SELECT id, expected_close FROM known_deals WHERE pipeline = ?", (pipeline,)
        ).fetchall()
    )
    changes = reader.connection.execute(
        "SELECT deal_id, old_value, changed_at FROM main.field_changes WHERE field = 'expected_close' AND changed_at < ? "
        "ORDER BY deal_id, changed_at DESC, id DESC",
        (to_text(reader.clock.end_of_today),),
    )
    known_from: dict[int, dict[int, str | None]] = {}
    state: dict[int, str | None] = {}
    for deal, old, at in changes:
        if deal in now:
            day = reader.clock.day(from_text(at)).toordinal()
            known_from.setdefault(deal, {}).setdefault(day, state.get(deal, now[deal]))
            state[deal] = old
    days: dict[str, int] = {}
    found: dict[int, list[tuple[int, int | None]]] = {}
    for deal, text in now.items():
        dates = {0: state.get(deal, text), **known_from.get(deal, {})}
        if any(dates.values()):
            found[deal] = [(since, _day(said, days)) for since, said in sorted(dates.items())]
    return found


def _day(text: str | None, known: dict[str, int]) -> int | None:
    """Each text is read once: dates repeat."""
    if text is None:
        return None
    if text not in known:
        known[text] = date.fromisoformat(text).toordinal()
    return known[text]
