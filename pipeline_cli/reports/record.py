"""The tables of the record as files: canonical columns, a calendar, another program's headers."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any, cast

from pipeline_cli.domain.deal.steps import start_of
from pipeline_cli.domain.playbook import Pipeline, Playbook
from pipeline_cli.domain.words.clock import Clock, from_text
from pipeline_cli.domain.words.text import unknown_word
from pipeline_cli.exchange.calendar import NextStepEntry
from pipeline_cli.output.report import DATE, MONEY, TEXT, Column, Report
from pipeline_cli.reports.changes import changes_json
from pipeline_cli.reports.rows import matching, read_filter
from pipeline_cli.reports.snapshot import Snapshot
from pipeline_cli.storage.reader import Reader
from pipeline_cli.storage.record import export_rows
from pipeline_cli.storage.record.calendar_steps import CalendarStep, read_calendar_steps
from pipeline_cli.storage.record.in_use import read_field_names
from pipeline_cli.workspace import Workspace

TABLES = ("deals", "moves", "touchpoints", "changes", "contacts")
_MONEY = {"value", "cost"}


def record_report(
    workspace: Workspace, reader: Reader, table: str, pipelines: Sequence[Pipeline] | None, words: Sequence[str]
) -> Report:
    """One table, read when it is written, while the reader is open; `pipelines` and filters narrow down the deals, and
    moves, touchpoints and changes with them."""
    used = export_rows.used_extras(reader)[table]
    fields = read_field_names(reader) if table == "deals" else []
    wanted = wanted_deals(workspace, reader, pipelines, words)
    canonical = {
        "deals": export_rows.DEALS,
        "moves": export_rows.MOVES,
        "touchpoints": export_rows.TOUCHPOINTS,
        "changes": export_rows.CHANGES,
        "contacts": export_rows.CONTACTS,
    }[table]
    own = set(canonical) | set(export_rows.EXTRA_DEALS)
    extras = [name for name in fields if name not in own]
    names = [*canonical, *used, *extras]
    return Report(
        name=table,
        as_of=reader.clock.today,
        pipeline=None,
        currency=workspace.playbook.currency,
        columns=[
            Column(name, name, MONEY if name in _MONEY else TEXT, 0 if name in canonical[:4] else 5) for name in names
        ],
        rows=cast("Sequence[Any]", _rows(reader, table, wanted)),
        empty=f"No {table} yet.",
    )


def wanted_deals(
    workspace: Workspace, reader: Reader, pipelines: Sequence[Pipeline] | None, words: Sequence[str]
) -> set[int] | None:
    """The numbers of the deals asked for; None: all."""
    if pipelines is None and not words:
        return None
    chosen = workspace.playbook.pipelines if pipelines is None else pipelines
    wanted = read_filter(reader, workspace.playbook, chosen, words, None)
    return {
        deal.facts.id for deal in matching(wanted, Snapshot(reader, workspace.playbook, chosen, wanted.statuses).deals)
    }


def _rows(reader: Reader, table: str, wanted: set[int] | None) -> Iterator[dict[str, Any]]:
    if table == "contacts":
        yield from export_rows.read_contacts(reader)
        return
    read = {
        "deals": export_rows.read_deals,
        "moves": export_rows.read_moves,
        "touchpoints": export_rows.read_touchpoints,
        "changes": _read_changes,
    }[table]
    key = "id" if table == "deals" else "deal"
    for row in read(reader):
        if wanted is None or row[key] in wanted:
            yield {**row.get("fields", {}), **row}


def _read_changes(reader: Reader) -> Iterator[dict[str, Any]]:
    for deal_id, change in export_rows.read_changes(reader):
        (row,) = changes_json([change])
        yield {"deal": deal_id, **row, "changed_at": row["at"]}


def next_step_entries(
    workspace: Workspace, reader: Reader, pipelines: Sequence[Pipeline] | None, words: Sequence[str]
) -> list[NextStepEntry]:
    """Those of the deals asked for, and check-ins and renewals of the won ones, the earliest first; what was closed not
    long ago is among them."""
    wanted = wanted_deals(workspace, reader, pipelines, words)
    return [
        _entry(step, workspace.playbook, reader.clock)
        for step in read_calendar_steps(reader)
        if wanted is None or step.deal_id in wanted
    ]


def _entry(step: CalendarStep, playbook: Playbook, clock: Clock) -> NextStepEntry:
    lines = (
        f"Deal {step.deal_id}: {step.title}",
        step.organization,
        f"Stage: {playbook.stage_name(step.pipeline, step.stage)}",
        step.contact and f"Contact: {step.contact}",
    )
    due = date.fromisoformat(step.due)
    return NextStepEntry(
        step.key,
        step.text,
        due,
        step.title,
        "\n".join(line for line in lines if line),
        from_text(step.closed_at or step.set_at),
        start=None if step.time is None else start_of(due, step.time, clock),
        minutes=step.minutes,
        remind_minutes=playbook.remind_minutes if step.remind_minutes is None else step.remind_minutes,
        is_over=step.closed_at is not None,
        sequence=step.sequence,
    )


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
