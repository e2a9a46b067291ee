"""`list`: deals, one a row."""

from __future__ import annotations

from collections.abc import Sequence

from pipeline_cli.domain.playbook import Pipeline
from pipeline_cli.domain.rules.scored_deal import MEANINGS
from pipeline_cli.domain.words.text import choice_of, counted
from pipeline_cli.output.report import Cents, Column, Report
from pipeline_cli.reports.elsewhere import telling_the_rest
from pipeline_cli.reports.rows import LIST_COLUMNS, list_row, read_filter
from pipeline_cli.reports.snapshot import take_snapshot
from pipeline_cli.storage.reader import Reader
from pipeline_cli.storage.record.in_use import count_deals
from pipeline_cli.workspace import Workspace


def list_report(
    workspace: Workspace, reader: Reader, pipelines: Sequence[Pipeline], words: Sequence[str], sort: str | None = None
) -> Report:
    """Open deals of the pipelines that match every filter; `status=` asks for others."""
    playbook = workspace.playbook
    only = pipelines[0] if len(pipelines) == 1 else None
    wanted = read_filter(reader, playbook, pipelines, words)
    statuses = wanted.statuses
    rows = [
        row
        for pipeline in pipelines
        for row in map(list_row, take_snapshot(reader, playbook, pipeline, statuses).deals)
        if wanted.matches(row)
    ]
    if sort is not None:
        rows = sort_rows(rows, sort)
    total = sum(row["home_value"] or 0 for row in rows)
    weighted = sum((row["home_value"] or 0) * row["probability"] for row in rows)
    worth = (
        f"{counted(len(rows), 'deal')} worth {total / 100:,.0f} {playbook.currency}, weighted {weighted / 100:,.0f}."
    )
    report = Report(
        name="list",
        as_of=reader.clock.today,
        pipeline=only.id if only else None,
        currency=playbook.currency,
        columns=_columns(statuses, several=only is None),
        rows=rows,
        extra={"totals": {"deals": len(rows), "value": Cents(total), "weighted": Cents(round(weighted))}},
        empty=_say_empty(words if words and count_deals(reader) else ()),
        definitions=MEANINGS,
        notes=[worth] if rows else [],
    )
    return telling_the_rest(report, reader, playbook, pipelines)


def _columns(statuses: frozenset[str] | None, *, several: bool) -> list[Column]:
    """Closed deals show how they ended, open ones what comes next; those of several pipelines, which is theirs."""
    shown = set() if statuses == frozenset({"open"}) else {"status", "closed_at", "lost_reason"}
    columns = [column._replace(shown=True) if column.key in shown else column for column in LIST_COLUMNS]
    return [one._replace(shown=True, priority=1) if several and one.key == "pipeline" else one for one in columns]


def _say_empty(words: Sequence[str]) -> str:
    if words:
        return "No deal matches. `pipeline list` shows every open deal, `status=all` the closed ones too."
    return 'No open deals. `pipeline add "Acme: workshop" --value 12k` adds one, `pipeline import deals.csv` many.'


def sort_rows(rows: list[dict[str, object]], key: str) -> list[dict[str, object]]:
    """By a column; `-value` for the highest first. Rows without it come last. Raises UsageError for an unknown one."""
    from pipeline_cli.domain.errors import UsageError

    name, descending = key.removeprefix("-"), key.startswith("-")
    known = [column.key for column in LIST_COLUMNS if column.key != "flags"]
    aliases = {
        "idle": "idle_days",
        "age": "age_days",
        "close": "expected_close",
        "due": "next_step_due",
        "created": "created_at",
        "days": "days_in_stage",
    }
    name = aliases.get(name, name)
    if name not in known:
        raise UsageError(f"--sort {key}: is no column: {choice_of(name, known)}, with - for the highest first.")
    there = [row for row in rows if row[name] is not None]
    column = "home_value" if name == "value" else name
    there.sort(
        key=lambda row: row[column] if not isinstance(row[column], str) else str(row[column]).casefold(),  # type: ignore[arg-type, return-value]
        reverse=descending,
    )
    return there + [row for row in rows if row[name] is None]
