"""Reviews and forecasts as they were made: kept once, never edited, gone only by undo."""

from __future__ import annotations

import json
from datetime import date, datetime
from typing import TYPE_CHECKING

from pipeline_cli.domain.playbook import Playbook
from pipeline_cli.domain.record import NamedTuple
from pipeline_cli.domain.words.clock import from_text, to_text
from pipeline_cli.storage.journal import Journal
from pipeline_cli.storage.reader import Reader
from pipeline_cli.storage.record.outcomes import CLOSING_MADE_UP

if TYPE_CHECKING:
    from pipeline_cli.domain.forecast.kept import KeptForecast
    from pipeline_cli.domain.review.kept_review import Review


def keep_review(journal: Journal, review: Review) -> int:
    """Adds it, as a part of the operation of the journal, and returns its number."""
    from pipeline_cli.domain.review.kept_review import (
        to_json,  # all that `health` knows: `today` asks only when one was kept
    )

    return journal.insert(
        "reviews",
        {
            "made_at": review.made_at,
            "made_on": review.to_on,
            "from_on": review.from_on,
            "pipelines": " ".join(review.pipelines),
            "content": to_json(review),
        },
    )


def read_reviews(reader: Reader, pipelines: tuple[str, ...], most: int) -> list[Review]:
    """The newest kept ones of exactly these pipelines, known at the clock's day, newest first."""
    from pipeline_cli.domain.review.kept_review import from_json  # as above

    rows = reader.connection.execute(
        "SELECT content FROM known_reviews WHERE pipelines = ? ORDER BY made_at DESC, id DESC LIMIT ?",
        (" ".join(pipelines), most),
    )
    return [from_json(row[0]) for row in rows]


def read_last_review(reader: Reader, pipelines: tuple[str, ...]) -> Review | None:
    """The newest kept one of exactly these pipelines; where there is none, of some of them, or of these and others.

    A pipeline that was added to the file, or was looked at among all of them, does not begin its weeks anew.
    """
    exactly = read_reviews(reader, pipelines, 1)
    if exactly:
        return exactly[0]
    rows = reader.connection.execute("SELECT id, pipelines FROM known_reviews ORDER BY made_at DESC, id DESC")
    wanted = set(pipelines)
    for number, named in rows.fetchall():
        covered = set(named.split(" "))
        if covered <= wanted or covered >= wanted:
            from pipeline_cli.domain.review.kept_review import from_json  # as above

            row = reader.connection.execute("SELECT content FROM known_reviews WHERE id = ?", (number,)).fetchone()
            return from_json(row[0])
    return None


def read_last_review_at(reader: Reader) -> datetime | None:
    """When the last review was kept, of whatever pipelines."""
    row = reader.connection.execute("SELECT max(made_at) FROM known_reviews").fetchone()
    return from_text(row[0]) if row[0] else None


def is_kept_on(reader: Reader, pipelines: tuple[str, ...], day: date) -> bool:
    """Whether one of these pipelines was kept that day already."""
    row = reader.connection.execute(
        "SELECT 1 FROM reviews WHERE pipelines = ? AND made_on = ? LIMIT 1", (" ".join(pipelines), day.isoformat())
    ).fetchone()
    return row is not None


class Name(NamedTuple):
    """What a deal is called today."""

    title: str
    lost_reason: str | None
    pipeline: str
    status: str


def read_names(reader: Reader, deal_ids: set[int]) -> dict[int, Name]:
    """Looked up when a review is shown."""
    rows = reader.connection.execute("SELECT id, title, lost_reason, pipeline, status FROM known_deals")
    return {row[0]: Name(*row[1:]) for row in rows if row[0] in deal_ids}


_IN_CONTENT = (
    "open_deals",
    "open_value_cents",
    "expected_cents",
    "expected_wins",
    "p10",
    "p50",
    "p90",
    "stage_weighted_cents",
    "configured_cents",
    "periods",
)


def keep_forecast(journal: Journal, kept: KeptForecast) -> int:
    """Adds it, as a part of the operation of the journal, and returns its number."""
    content = {name: getattr(kept, name) for name in _IN_CONTENT}
    return journal.insert(
        "kept_forecasts",
        {
            "made_at": to_text(kept.made_at),
            "made_on": kept.made_on.isoformat(),
            "pipelines": " ".join(kept.pipelines),
            "method": kept.method,
            "horizon_days": kept.days,
            "until": kept.until.isoformat(),
            "currency": kept.currency,
            "content": json.dumps({**content, "deals": list(kept.deals.items())}),
        },
    )


def read_kept_forecasts(reader: Reader) -> list[KeptForecast]:
    """Those known at the clock's day, oldest first."""
    rows = reader.connection.execute(
        "SELECT made_at, made_on, pipelines, method, horizon_days, until, currency, content FROM kept_forecasts "
        "WHERE made_at < ? ORDER BY made_at, id",
        (to_text(reader.clock.end_of_today),),
    )
    return [_kept(*row) for row in rows]


def _kept(
    made_at: str, made_on: str, pipelines: str, method: str, days: int, until: str, currency: str, text: str
) -> KeptForecast:
    content = json.loads(text)
    from pipeline_cli.domain.forecast.kept import KeptForecast  # as above

    return KeptForecast(
        made_at=from_text(made_at),
        made_on=date.fromisoformat(made_on),
        pipelines=tuple(pipelines.split()),
        method=method,
        days=days,
        until=date.fromisoformat(until),
        currency=currency,
        deals=dict(content["deals"]),
        **{name: content[name] for name in _IN_CONTENT},
    )


def read_wins(reader: Reader, playbook: Playbook) -> dict[int, tuple[date, int]]:
    """Won deal -> the day it was won, where that is known, and its value in the file's currency."""
    rows = reader.connection.execute(
        "SELECT d.id, d.closed_at, coalesce(d.value_cents, 0), d.currency FROM known_deals d "
        f"WHERE d.status = 'won' AND NOT {CLOSING_MADE_UP}"
    )
    return {
        deal_id: (
            reader.clock.day(from_text(at)),
            playbook.in_home(cents, currency),
        )
        for deal_id, at, cents, currency in rows
    }
