"""What the reports compute, written by hand in SQL over the same database: the yardstick of `scale.py`.

    python benchmarks/plain_sql.py health pipeline.db
    python benchmarks/plain_sql.py import deals.csv moves.csv touchpoints.csv plain.db
    python benchmarks/plain_sql.py import-alike deals.csv moves.csv touchpoints.csv empty.db

For one pipeline in one currency, present only, without flags of a person's own making: less than the program does.
"""

from __future__ import annotations

import csv
import json
import sqlite3
import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

STAGES = ("lead", "meeting", "proposal", "trial", "negotiation", "contract")
PLACE = "CASE {} " + " ".join(f"WHEN '{stage}' THEN {place}" for place, stage in enumerate(STAGES)) + " ELSE -1 END"
DAYS = "(julianday({1}) - julianday({0}))"

OUTCOMES = f"""SELECT status, place, count(*), sum(value_cents) FROM (
    SELECT d.status, d.value_cents, CASE d.status WHEN 'won' THEN {len(STAGES) - 1} ELSE max({PLACE.format("m.to_stage")})
        END AS place FROM deals d JOIN moves m ON m.deal_id = d.id WHERE d.status <> 'open' GROUP BY d.id)
    GROUP BY status, place"""
"""Closed deals by the furthest stage they reached: win rates and the probability of each stage."""

CYCLES = f"""SELECT {DAYS.format("created_at", "closed_at")} AS days FROM deals
    WHERE status = 'won' AND NOT created_inferred ORDER BY days"""

VISITS = f"""SELECT to_stage, {DAYS.format("moved_at", "left_at")} AS days FROM (
    SELECT to_stage, moved_at, lead(moved_at) OVER (PARTITION BY deal_id ORDER BY moved_at, id) AS left_at FROM moves)
    WHERE left_at IS NOT NULL AND to_stage NOT IN ('won', 'lost', 'disqualified') ORDER BY to_stage, days"""
"""Finished visits: their medians, and with them the limit of the flag `stuck`."""

OPEN = """SELECT d.*, (SELECT c.name FROM deal_contacts dc JOIN contacts c ON c.id = dc.contact_id
        WHERE dc.deal_id = d.id ORDER BY dc.id LIMIT 1) AS contact,
    max(t.touched_at) AS touched_at, max(t.touched_at) FILTER (WHERE t.direction = 'in') AS answered_at,
    (SELECT count(*) FROM touchpoints o WHERE o.deal_id = d.id AND o.direction = 'out' AND o.touched_at > coalesce(
        (SELECT max(i.touched_at) FROM touchpoints i WHERE i.deal_id = d.id AND i.direction = 'in'), '')) AS unanswered,
    (SELECT m.moved_at FROM moves m WHERE m.deal_id = d.id AND m.to_stage = d.stage
        ORDER BY m.moved_at DESC, m.id DESC LIMIT 1) AS entered_at,
    n.text AS next_step, n.due FROM deals d LEFT JOIN touchpoints t ON t.deal_id = d.id
    LEFT JOIN next_steps n ON n.deal_id = d.id AND n.closed_at IS NULL WHERE d.status = 'open' GROUP BY d.id"""
"""Each open deal with its clocks."""

PATHS = f"""SELECT m.deal_id, max({PLACE.format("m.to_stage")}), sum({PLACE.format("m.from_stage")} >
    {PLACE.format("m.to_stage")}) FROM deals d JOIN moves m ON m.deal_id = d.id WHERE d.status = 'open' GROUP BY m.deal_id"""

FLOW = (
    f"""SELECT d.id, {DAYS.format("d.created_at", "min(t.touched_at)")} * 24 AS hours FROM deals d
        JOIN touchpoints t ON t.deal_id = d.id WHERE t.direction = 'out' GROUP BY d.id ORDER BY hours""",
    "SELECT from_stage, to_stage, count(*), sum(moved_at >= date('now', '-90 days')) FROM moves GROUP BY 1, 2",
    f"""SELECT d.stage, {DAYS.format("max(m.moved_at)", "d.closed_at")} AS days FROM deals d JOIN moves m
        ON m.deal_id = d.id AND m.to_stage = d.stage WHERE d.status = 'lost' GROUP BY d.id ORDER BY d.stage, days""",
    """SELECT d.status, d.id, count(*) FROM deals d JOIN touchpoints t ON t.deal_id = d.id
        WHERE t.touched_at >= date('now', '-30 days') GROUP BY d.id""",
    "SELECT strftime('%Y', created_at), (strftime('%m', created_at) + 2) / 3, count(*) FROM deals GROUP BY 1, 2",
    """SELECT strftime('%Y', closed_at), (strftime('%m', closed_at) + 2) / 3, status, count(*) FROM deals
        WHERE status <> 'open' GROUP BY 1, 2, 3""",
)
"""What the findings of `health` look at besides: first responses, moves, losses, effort, quarters."""

REACHED = f"""SELECT status, place, count(*), sum(value_cents) FROM (SELECT d.status, d.value_cents,
    max({PLACE.format("m.to_stage")}) AS place FROM deals d JOIN moves m ON m.deal_id = d.id GROUP BY d.id)
    GROUP BY status, place"""

RUNNING = f"""SELECT d.stage, {DAYS.format("max(m.moved_at)", "'now'")} AS days FROM deals d JOIN moves m
    ON m.deal_id = d.id AND m.to_stage = d.stage WHERE d.status = 'open' GROUP BY d.id ORDER BY d.stage, days"""

WON = "SELECT closed_at, value_cents FROM deals WHERE status = 'won' AND closed_at >= date('now', 'start of month')"

SOURCES = (
    """SELECT source, status, count(*), sum(value_cents), sum(cost_cents), count(DISTINCT CASE status WHEN 'won' THEN
        organization END) FROM deals GROUP BY source, status""",
    f"""SELECT source, {DAYS.format("created_at", "closed_at")} AS days FROM deals WHERE status = 'won'
        ORDER BY source, days""",
)

COHORTS = f"""SELECT substr(created_at, 1, 7), status, count(*),
    {", ".join(f"sum(status = 'won' AND {DAYS.format('created_at', 'closed_at')} <= {n})" for n in (30, 60, 90, 180))},
    max(created_at) FROM deals GROUP BY 1, 2"""

WEEK = (
    "SELECT * FROM moves WHERE moved_at >= date('now', '-7 days')",
    "SELECT * FROM touchpoints WHERE touched_at >= date('now', '-7 days')",
    "SELECT * FROM deals WHERE created_at >= date('now', '-7 days') OR closed_at >= date('now', '-7 days')",
    "SELECT * FROM field_changes WHERE changed_at >= date('now', '-7 days')",
)
"""What changed since the last review; the record is judged now and as it was then."""

LEARNED = "SELECT deal_id, to_stage, moved_at, inferred FROM moves ORDER BY deal_id, moved_at, id"
"""What the method `timed` learns from. What it makes of that has no SQL: counting days and exits, fitting, replaying."""

CHECKS = ("PRAGMA integrity_check", "PRAGMA foreign_key_check", "SELECT * FROM moves", "SELECT * FROM touchpoints")
"""The file as SQLite checks it, and the rows of the largest tables, read whole."""

JUDGED = (OUTCOMES, CYCLES, VISITS, OPEN, PATHS)
REPORTS = {
    "health": (*JUDGED, *FLOW, WON),
    "funnel": (REACHED, VISITS, RUNNING, CYCLES),
    "forecast": (*JUDGED, WON),
    "timed": (*JUDGED, WON, LEARNED),
    "prune": (*JUDGED, LEARNED),
    "list": JUDGED,
    "today": JUDGED,
    "board": JUDGED,
    "review": (*JUDGED, *JUDGED, *FLOW, *WEEK, WON, LEARNED, LEARNED),
    "sources": SOURCES,
    "cohorts": (COHORTS,),
    "check": (*CHECKS, *JUDGED),
}


def run_report(report: str, database: str) -> None:
    """Every row goes to Python; of `list` the open deals are printed as JSON."""
    connection = sqlite3.connect(database)
    for query in REPORTS[report]:
        cursor = connection.execute(query)
        rows = cursor.fetchall()
        if report == "list" and query is OPEN:
            names = [column[0] for column in cursor.description]
            print(json.dumps([dict(zip(names, row, strict=True)) for row in rows]))


def import_rows(files: list[str], database: str) -> None:
    """Each file into a table of its own with text columns, unread, unchecked and without an index."""
    connection = sqlite3.connect(database)
    for file in files:
        with Path(file).open(encoding="utf-8", newline="") as stream:
            rows = csv.reader(stream)
            header = next(rows)
            connection.execute(f"CREATE TABLE {Path(file).stem} ({', '.join(f'{name} TEXT' for name in header)})")
            marks = ", ".join("?" * len(header))
            connection.executemany(f"INSERT INTO {Path(file).stem} VALUES ({marks})", rows)
    connection.commit()


Values = tuple[object, ...]


def import_alike(files: list[str], database: str) -> None:
    """The same rows into the tables of the record, with their keys, checks and indexes, believing all the files say."""
    connection = sqlite3.connect(f"file:{database}?mode=rw", uri=True)
    connection.execute("PRAGMA foreign_keys = 1")
    deals, moves, touchpoints = (read_rows(file) for file in files)
    ids: dict[str, int] = {}
    rows, people, links, keys = list[Values](), list[Values](), list[Values](), list[Values]()
    for number, deal in enumerate(deals, 1):
        name, title, organization, contact, email, stage, status, value, source, created, close, closed, reason = deal
        ids[name] = number
        rows.append(
            (
                number,
                name,
                name,
                title,
                organization,
                "sales",
                stage,
                status,
                round(float(value) * 100),
                "EUR",
                source,
                created,
                close,
                closed or None,
                reason or None,
            )
        )
        people.append((number, name, contact, email, organization, created))
        links.append((number, number, created))
        keys.append(("canonical", name, number, name))
    add(connection, "deals", DEAL_COLUMNS, rows)
    add(connection, "contacts", "id, public_id, name, email, organization, created_at", people)
    add(connection, "deal_contacts", "deal_id, contact_id, linked_at", links)
    add(connection, "import_keys", "source_name, external_key, deal_id, digest", keys)
    changes = ((ids[name], start or None, end, at, reason or None) for name, start, end, at, reason in moves)
    add(connection, "moves", "deal_id, from_stage, to_stage, moved_at, reason", changes)
    touches = (
        (ids[name], kind, way, at, result or None, note or None) for name, kind, way, at, result, note in touchpoints
    )
    add(connection, "touchpoints", "deal_id, kind, direction, touched_at, outcome, note", touches)
    connection.commit()


DEAL_COLUMNS = (
    "id, public_id, external_id, title, organization, pipeline, stage, status, value_cents, currency, source, created_at, "
    "expected_close, closed_at, lost_reason"
)


def read_rows(file: str) -> Iterator[list[str]]:
    """Without the header."""
    with Path(file).open(encoding="utf-8", newline="") as stream:
        rows = csv.reader(stream)
        next(rows)
        yield from rows


def add(connection: sqlite3.Connection, table: str, columns: str, rows: Iterable[Sequence[object]]) -> None:
    marks = ", ".join("?" * len(columns.split(",")))
    connection.executemany(f"INSERT INTO {table} ({columns}) VALUES ({marks})", rows)


if __name__ == "__main__":
    if sys.argv[1] == "import-alike":
        import_alike(sys.argv[2:-1], sys.argv[-1])
    elif sys.argv[1] == "import":
        import_rows(sys.argv[2:-1], sys.argv[-1])
    else:
        run_report(*sys.argv[1:])
