"""What a forecast starts from, on random records: never ahead of its time."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline_cli.domain.forecast.distribution import Bet
from pipeline_cli.domain.words.clock import Clock, to_text
from pipeline_cli.reports.snapshot import PipelineForecast, PipelineSnapshot, ranging_of
from pipeline_cli.storage.transactions import read
from tests.large import LARGE
from tests.storage.histories import CLOCK, HISTORY, START, History, store
from tests.storage.test_histories import PIPELINE, playbook

TOUCHES = st.lists(st.integers(0, 24 * 40), max_size=5)
Told = tuple[History, list[int]]


def keep(folder: Path, told: Sequence[Told], until: datetime) -> Path:
    """A database of these deals, with touchpoints so many hours after the start, as far as they are known by then."""
    known = [(cut, touches) for record, touches in told if (cut := known_part(record, until)) is not None]
    path = store(folder, [record for record, _ in known])
    connection = sqlite3.connect(path)
    with connection:
        for number, (_, touches) in enumerate(known, 1):
            for hours in touches:
                at = START + timedelta(hours=hours)
                if at < until:
                    connection.execute(
                        "INSERT INTO touchpoints (deal_id, kind, touched_at) VALUES (?, 'call', ?)",
                        (number, to_text(at)),
                    )
    connection.close()
    return path


def known_part(record: History, until: datetime) -> History | None:
    moves = sum(at < until for _, at, _ in record.moves)
    return record._replace(hops=record.hops[:moves]) if moves else None


def said(path: Path, clock: Clock, method: str) -> Any:
    """Every figure of the forecast, without the numbers of the deals."""
    with read(path, clock, past=True) as reader:
        pipeline_forecast = PipelineForecast(PipelineSnapshot(reader, playbook(), PIPELINE), method, 30)
        deals = [
            (*deal[1:], deal.scored.facts[1:], deal.scored.home_cents, deal.scored.category, deal.scored.probability)
            for deal in pipeline_forecast.deals
        ]
        stages = [tuple(one) for one in pipeline_forecast.snapshot.probabilities]
        bets = [Bet(deal.amount_cents, deal.p_counted) for deal in pipeline_forecast.deals]
        total = ranging_of([pipeline_forecast])(bets, 30, 0)
    return deals, stages, (total.mean_cents, total.p10, total.p50, total.p90)


@pytest.mark.skipif(not LARGE, reason="PIPELINE_LARGE runs it")
@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.tuples(HISTORY, TOUCHES), min_size=1, max_size=8),
    st.integers(1, 39),
    st.sampled_from(["timed", "stage"]),
)
def test_the_whole_record_says_of_a_past_day_what_a_record_cut_there_says(
    told: list[Told], days: int, method: str
) -> None:
    then = Clock(START + timedelta(days=days), UTC)
    with TemporaryDirectory() as folder:
        whole = said(keep(Path(folder), told, CLOCK.end_of_today + timedelta(days=400)), then, method)
    with TemporaryDirectory() as folder:
        ended = said(keep(Path(folder), told, then.end_of_today), then, method)
    assert whole == ended


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(HISTORY, TOUCHES), max_size=8))
def test_chances_are_chances_and_what_comes_sooner_is_less_likely(told: list[Told]) -> None:
    with TemporaryDirectory() as folder:
        path = keep(Path(folder), told, CLOCK.end_of_today)
        with read(path, CLOCK, past=True) as reader:
            deals = PipelineForecast(PipelineSnapshot(reader, playbook(), PIPELINE), "timed", 30).deals
    for deal in deals:
        assert deal.p_win_by_horizon is not None
        assert 0 <= deal.p_win_by_horizon <= deal.p_win <= 1
