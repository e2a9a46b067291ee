"""The columns of a report that somebody chose, in the order in which they were named."""

from __future__ import annotations

from collections.abc import Sequence

from pipeline_cli.domain.errors import UsageError
from pipeline_cli.domain.words.columns import column_named, find_column
from pipeline_cli.output.report import Column, Report

FOR_PEOPLE = ("table", "markdown")


def choose_columns(report: Report, words: Sequence[str], form: str) -> Report:
    """Those alone. Raises UsageError for an unknown one, and where the form shows no table of rows."""
    is_drawn = report.rows_drawn and not report.lanes
    if not report.has_rows or (form in FOR_PEOPLE and not is_drawn):
        other = "" if not report.has_rows else ": --format csv has them in columns"
        raise UsageError(f"`{report.name}` is no table whose columns can be chosen{other}.")
    columns, first = _choosable(report, form)
    headings = {key: column.heading for key, column in columns.items()}
    return _with(report, [columns[column_named(word, headings, first)] for word in words])


def usual_columns(report: Report, words: Sequence[str], form: str) -> Report:
    """The same for what pipeline.yaml says of every such report: it holds for people, and where there are such columns."""
    if form not in FOR_PEOPLE or not report.has_rows or not report.rows_drawn or report.lanes:
        return report
    columns, first = _choosable(report, form)
    headings = {key: column.heading for key, column in columns.items()}
    keys = [find_column(word, headings, first) for word in words]
    chosen = [columns[key] for key in keys if key is not None]
    return _with(report, chosen) if chosen else report


def _choosable(report: Report, form: str) -> tuple[dict[str, Column], list[str]]:
    """By key; and the keys of those that people read, whose headings they type."""
    is_for_people = form in FOR_PEOPLE
    columns = {column.key: column for column in report.columns if (column.heading if is_for_people else column.machine)}
    return columns, [key for key, column in columns.items() if column.shown and is_for_people]


def _with(report: Report, chosen: Sequence[Column]) -> Report:
    """The first is the last to go where the screen is narrow."""
    by_key = {column.key: column for column in chosen}
    shown = [
        column._replace(
            shown=True, priority=place, said=column.said if not column.beside or column.beside in by_key else None
        )
        for place, column in enumerate(by_key.values())
    ]
    return report._replace(columns=shown)
