"""The deals with the headers that another program's importer expects, stages by the names people see."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any

from pipeline_cli.domain.clock import Clock, from_text
from pipeline_cli.domain.phrases import unknown_word
from pipeline_cli.domain.playbook import Playbook
from pipeline_cli.output.report import DATE, MONEY, TEXT, Column, Report
from pipeline_cli.workspace import Workspace

Row = Mapping[str, Any]
Cell = Callable[[Row, Playbook, Clock], Any]


def _is(name: str) -> Cell:
    return lambda row, *_: row[name]


def _day(name: str, *statuses: str) -> Cell:
    """The day of an instant, where the deal has one of these statuses (any, without)."""

    def day_of(row: Row, playbook: Playbook, clock: Clock) -> date | None:
        value = row[name]
        if value is None or (statuses and row["status"] not in statuses):
            return None
        instant = value if isinstance(value, datetime) else from_text(value)
        return clock.day(instant)

    return day_of


def _pipeline(row: Row, playbook: Playbook, clock: Clock) -> str:
    pipeline = playbook.pipeline(row["pipeline"])
    return pipeline.name if pipeline else str(row["pipeline"])


def _stage(row: Row, playbook: Playbook, clock: Clock) -> str:
    return playbook.stage_name(row["pipeline"], row["stage"])


def _stage_or_outcome(row: Row, playbook: Playbook, clock: Clock) -> str:
    """HubSpot has outcomes as its last stages."""
    closed = {"won": "Closed Won", "lost": "Closed Lost", "disqualified": "Closed Lost"}
    return closed.get(row["status"]) or _stage(row, playbook, clock)


def _close_date(row: Row, playbook: Playbook, clock: Clock) -> Any:
    """Of a closed deal its closing, of an open one the day it is expected."""
    closed: date | None = _day("closed_at")(row, playbook, clock)
    return closed or row["expected_close"]


def _status(row: Row, playbook: Playbook, clock: Clock) -> str:
    return {"disqualified": "lost"}.get(row["status"], str(row["status"]))


def _reason(row: Row, playbook: Playbook, clock: Clock) -> str | None:
    return row["lost_reason"] or ("disqualified" if row["status"] == "disqualified" else None)


def _percent(row: Row, playbook: Playbook, clock: Clock) -> float | None:
    return None if row["probability"] is None else round(row["probability"] * 100, 6)


PROFILES: Mapping[str, tuple[tuple[str, str, Cell], ...]] = {
    "hubspot": (
        ("Deal Name", TEXT, _is("title")),
        ("Pipeline", TEXT, _pipeline),
        ("Deal Stage", TEXT, _stage_or_outcome),
        ("Amount", MONEY, _is("value")),
        ("Currency", TEXT, _is("currency")),
        ("Close Date", DATE, _close_date),
        ("Create Date", DATE, _day("created_at")),
        ("Deal Owner", TEXT, _is("owner")),
        ("Closed Lost Reason", TEXT, _reason),
        ("Next Step", TEXT, _is("next_step")),
        ("Company Name", TEXT, _is("organization")),
        ("Contact", TEXT, _is("contact")),
        ("Email", TEXT, _is("email")),
        ("Phone Number", TEXT, _is("phone")),
    ),
    "pipedrive": (
        ("Deal - Title", TEXT, _is("title")),
        ("Deal - Value", MONEY, _is("value")),
        ("Deal - Currency of value", TEXT, _is("currency")),
        ("Deal - Pipeline", TEXT, _pipeline),
        ("Deal - Stage", TEXT, _stage),
        ("Deal - Status", TEXT, _status),
        ("Deal - Probability", TEXT, _percent),
        ("Deal - Creation date", DATE, _day("created_at")),
        ("Deal - Expected close date", DATE, _is("expected_close")),
        ("Deal - Won time", DATE, _day("closed_at", "won")),
        ("Deal - Lost time", DATE, _day("closed_at", "lost", "disqualified")),
        ("Deal - Lost reason", TEXT, _reason),
        ("Deal - Owner", TEXT, _is("owner")),
        ("Organization", TEXT, _is("organization")),
        ("Contact person", TEXT, _is("contact")),
        ("Person - Email (Work)", TEXT, _is("email")),
        ("Person - Phone", TEXT, _is("phone")),
    ),
}
"""Header, kind, and how its cell is made, in the order of the importers' own samples."""


def profile_report(workspace: Workspace, deals: Report, profile: str) -> Report:
    """The same deals for another program. Raises UsageError for one that is not known."""
    if profile not in PROFILES:
        raise unknown_word("profile", profile, PROFILES)
    cells = PROFILES[profile]
    return deals._replace(
        columns=[Column(header, header, kind, 0 if place < 4 else 5) for place, (header, kind, _) in enumerate(cells)],
        rows=[
            {header: make(row, workspace.playbook, workspace.clock) for header, _, make in cells} for row in deals.rows
        ],
    )
