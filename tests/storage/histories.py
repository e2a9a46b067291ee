"""Random stage histories, and the funnel of them counted the slow way, move by move."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

from hypothesis import strategies as st

from pipeline_cli.domain.words.clock import Clock, to_text
from pipeline_cli.storage.database import create

START = datetime(2026, 10, 30, tzinfo=UTC)
STAGES = ("lead", "offer", "contract")
CLOCK = Clock(START + timedelta(days=40), UTC)


class Hop(NamedTuple):
    """One move, so many hours after the one before it."""

    to_stage: str
    hours: int
    inferred: bool = False


class History(NamedTuple):
    source: str | None
    cents: int | None
    created_hours: int
    hops: tuple[Hop, ...]

    @property
    def moves(self) -> list[tuple[str, datetime, bool]]:
        at, moves = START + timedelta(hours=self.created_hours), []
        for hop in self.hops:
            at += timedelta(hours=hop.hours)
            moves.append((hop.to_stage, at, hop.inferred))
        return moves

    @property
    def status(self) -> str:
        last = self.hops[-1].to_stage
        return last if last in ("won", "lost", "disqualified") else "open"


_STAGE = st.sampled_from((*STAGES, "old"))
_HOP = st.builds(Hop, _STAGE, st.integers(0, 60), st.booleans())
_END = st.lists(st.builds(Hop, st.sampled_from(["won", "lost", "disqualified"]), st.integers(0, 60)), max_size=1)
HISTORY = st.builds(
    lambda source, cents, created, first, hops, end: History(source, cents, created, (first, *hops, *end)),
    st.sampled_from(["event", "referral", None]),
    st.one_of(st.none(), st.integers(1, 10_000)),
    st.integers(0, 100),
    st.builds(Hop, _STAGE, st.just(0), st.booleans()),
    st.lists(_HOP, max_size=4),
    _END,
)


def store(folder: Path, histories: Sequence[History]) -> Path:
    """A database of these deals, numbered from 1."""
    path = folder / "pipeline.db"
    create(path)
    connection = sqlite3.connect(path)
    with connection:
        for number, history in enumerate(histories, 1):
            moves = history.moves
            here = next((stage for stage, _, _ in reversed(moves) if stage in (*STAGES, "old")), "lead")
            closed = None if history.status == "open" else to_text(moves[-1][1])
            connection.execute(
                "INSERT INTO deals (id, public_id, title, pipeline, stage, status, value_cents, currency, source, "
                "created_at, closed_at) VALUES (?, ?, 'Deal', 'sales', ?, ?, ?, 'EUR', ?, ?, ?)",
                (
                    number,
                    f"{number}",
                    here,
                    history.status,
                    history.cents,
                    history.source,
                    to_text(moves[0][1]),
                    closed,
                ),
            )
            before = None
            for stage, at, inferred in moves:
                connection.execute(
                    "INSERT INTO moves (deal_id, from_stage, to_stage, moved_at, inferred) VALUES (?, ?, ?, ?, ?)",
                    (number, before, stage, to_text(at), inferred),
                )
                before = stage
    connection.close()
    return path


def reached_by_hand(histories: Sequence[History], position: int) -> int:
    """Deals ever in that stage or a later one, or won."""
    later = {*STAGES[position:], "won"}
    return sum(any(hop.to_stage in later for hop in history.hops) for history in histories)


def visits_by_hand(histories: Sequence[History], stage: str) -> tuple[list[float], list[float]]:
    """Days of finished and of running visits, shortest first."""
    finished, running = [], []
    for history in histories:
        visits = [
            move for index, move in enumerate(history.moves) if not index or history.moves[index - 1][0] != move[0]
        ]
        for (there, at, inferred), after in zip(visits, [*visits[1:], None], strict=True):
            if there == stage and not inferred:
                if after is None:
                    running.append((CLOCK.now - at) / timedelta(days=1))
                elif not after[2]:
                    finished.append((after[1] - at) / timedelta(days=1))
    return sorted(finished), sorted(running)
