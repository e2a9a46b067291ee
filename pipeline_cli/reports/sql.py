"""`sql`: the answer to a statement of a user's own, its columns named as the statement names them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import isfinite
from typing import Any

from pipeline_cli.domain.words.text import accept_filled, counted
from pipeline_cli.output.report import ID, TEXT, Column, Report
from pipeline_cli.storage.record.queries import run_query
from pipeline_cli.workspace import Workspace


def sql_report(workspace: Workspace, statement: str, seconds: float) -> Report:
    """Raises UsageError and RuleError, as `run_query` does."""
    sql = accept_filled(statement, "The statement")
    with workspace.read() as reader:
        answer = run_query(reader, workspace.database_path, sql, seconds)
    rows = [dict(zip(answer.columns, map(_value, row), strict=True)) for row in answer.rows]
    return Report(
        name="sql",
        as_of=workspace.clock.today,
        pipeline=None,
        currency=workspace.playbook.currency,
        columns=list(_columns(answer.columns, rows)),
        rows=rows,
        empty="No row.",
        notes=[f"{counted(len(rows), 'row')}."] if rows else [],
    )


def _columns(names: Sequence[str], rows: Sequence[dict[str, Any]]) -> Iterator[Column]:
    """Numbers stand to the right, as they are."""
    for name in names:
        is_number = all(row[name] is None or isinstance(row[name], (int, float)) for row in rows)
        yield Column(name, name, ID if is_number and rows else TEXT)


def _value(value: Any) -> Any:
    """What no JSON has (bytes, an endless number) as text."""
    if isinstance(value, bytes):
        return value.hex()
    return str(value) if isinstance(value, float) and not isfinite(value) else value
