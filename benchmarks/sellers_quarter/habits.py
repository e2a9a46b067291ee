"""Sellers: how often each does what a good one does."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple


class Habits(NamedTuple):
    """How often, 0 to 1."""

    writes: float = 0.33
    """Writes an e-mail where another would call."""
    logs_attempts: float = 1.0
    logs_talks: float = 1.0
    logs_late: float = 0.03
    plans: float = 0.97
    marks_done: float = 0.95
    keeps_promises: float = 0.95
    forces: float = 0.02
    uses_flags: float = 0.9
    """`--no-answer` rather than `--outcome busy`."""
    moves_dates: float = 0.95
    sends_drafts: float = 0.9
    follows_today: float = 0.85
    chases: float = 0.8
    """Tries until the cadence is at its end."""
    books_calls: float = 0.6
    """Puts a call that was agreed for a day into the calendar, where it is captured."""
    slips: float = 0.03
    """Types something wrong, and sets it right."""


HABITS: Mapping[str, Habits] = {
    "tidy": Habits(),
    "forgetful": Habits(
        logs_attempts=0.75,
        logs_talks=0.94,
        logs_late=0.25,
        plans=0.5,
        marks_done=0.5,
        keeps_promises=0.75,
        forces=0.35,
        uses_flags=0.35,
        moves_dates=0.3,
        sends_drafts=0.4,
        follows_today=0.5,
        chases=0.3,
        books_calls=0.3,
        slips=0.06,
    ),
    "writer": Habits(writes=0.92, plans=0.8, forces=0.2, uses_flags=0.6, chases=0.95),
    "caller": Habits(
        writes=0.04,
        logs_late=0.1,
        plans=0.7,
        marks_done=0.8,
        forces=0.1,
        uses_flags=0.5,
        sends_drafts=0.1,
        chases=1.0,
        books_calls=0.8,
    ),
}
MIXED = "mixed"
"""Every deal has another of these sellers."""
