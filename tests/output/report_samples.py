"""Reports for the tests of their forms."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from pipeline_cli.output.report import COUNT, DATE, DAYS, FLAGS, ID, MONEY, PERCENT, Column, Report
from pipeline_cli.output.write import write_report

TODAY = date(2026, 11, 21)

HOSTILE = [
    "Acme [red]X",
    "Deal [/]",
    "clear \x1b[2J\x1b[H screen",
    "clipboard \x1b]52;c;ZXZpbA==\x07",
    "c1 \x9b31m",
    "\u202egpj.exe",
    "over\rwrite",
    "nul\x00byte",
    "lone \ud800 and \udfff",
    "two\nlines\r\nthree\u2028four",
    "x" * 10_000,
    "שלום עולם",
    "漢字の取引先" * 9,
    "👩\u200d💻 team ❤\ufe0f 👍🏽 🇩🇪",
    "e\u0301" * 40,
    "a | b ` c * d <b>e</b> \\ _f_",
]

COLUMNS = [
    Column("id", "#", ID, 0),
    Column("title", "Deal", priority=0),
    Column("organization", "Organization", priority=3),
    Column("stage", "Stage", priority=1),
    Column("value", "Value", MONEY, 0),
    Column("idle_days", "Idle", DAYS, 1),
    Column("chance", "Chance", PERCENT, 4),
    Column("touches", "Touches", COUNT, 5),
    Column("expected_close", "Close", DATE, 2),
    Column("flags", "Flags", FLAGS, 2),
    Column("public_id", "Public id", shown=False),
]


def deal(number: int, title: str, **changes: Any) -> dict[str, Any]:
    row = {
        "id": number,
        "title": title,
        "organization": title,
        "stage": "prospecting",
        "value": 1_234_567_00,
        "idle_days": 30,
        "chance": 0.174,
        "touches": 3,
        "expected_close": date(2026, 11, 30),
        "flags": [{"flag": "idle", "number": 30, "limit": 14}, {"flag": "no_next_step", "number": None, "limit": None}],
        "public_id": "d7",
    }
    return {**row, **changes}


def listing(rows: Sequence[Mapping[str, Any]], columns: Sequence[Column] = COLUMNS, **rest: Any) -> Report:
    return Report("list", TODAY, "services", "EUR", columns, rows, **rest)


def hostile() -> Report:
    return listing([deal(number, title) for number, title in enumerate(HOSTILE, 1)])


def written(
    report: Report, form: str, *, width: int | None = None, color: bool = False, unicode: bool = True
) -> tuple[str, list[str]]:
    """What is written and what is said; with a width, on a terminal of that width."""
    stream = io.StringIO()
    said = write_report(report, form, stream, width=width, is_terminal=width is not None, color=color, unicode=unicode)
    return stream.getvalue(), said
