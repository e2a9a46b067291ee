"""Forecasts as they were made: kept once, never edited, gone only by undo."""

from __future__ import annotations

import json
from datetime import date

from pipeline_cli.domain.clock import from_text, to_text
from pipeline_cli.domain.forecast.kept import KeptForecast
from pipeline_cli.domain.money import convert_cents
from pipeline_cli.domain.playbook import Playbook
from pipeline_cli.storage.journal import Journal
from pipeline_cli.storage.reader import Reader
from pipeline_cli.storage.undated import CLOSING_MADE_UP

_IN_CONTENT = ("open_deals", "open_value_cents", "expected_cents", "expected_wins", "p10", "p50", "p90",
               "stage_weighted_cents", "configured_cents", "periods")  # fmt: skip


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
            convert_cents(cents, currency, playbook.currency, playbook.exchange_rates),
        )
        for deal_id, at, cents, currency in rows
    }
