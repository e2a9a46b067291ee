"""What the words of a report mean, for --explain."""

from __future__ import annotations

from collections.abc import Iterator

from pipeline_cli.output.report import Column, Report


def explain(report: Report) -> list[str]:
    """One line for each column, those of the sections included, then one for each other word the report defines."""
    columns = [*report.columns, *(column for section in report.sections for column in section.columns)]
    return [*_each_once(columns), *(f"{word}: {meaning}" for word, meaning in report.definitions.items())]


def _each_once(columns: list[Column]) -> Iterator[str]:
    told = set()
    for column in columns:
        if (column.key, column.meaning) not in told:
            told.add((column.key, column.meaning))
            yield f"{column.heading} ({column.key})".lstrip() + (f": {column.meaning}" if column.meaning else "")
