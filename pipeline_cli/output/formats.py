"""A report for programs: CSV and TSV (RFC 4180), and JSON with one row to a line."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from types import SimpleNamespace
from typing import Any, TextIO

from pipeline_cli.domain.words.text import guard_formula
from pipeline_cli.output.numbers import decimal_text, iso_text, json_cell, json_value
from pipeline_cli.output.report import FLAGS, LINES, MONEY, WORDS, Cents, Column, Report
from pipeline_cli.output.text import in_ascii, visible


def write_csv(
    report: Report, stream: TextIO, *, delimiter: str, is_terminal: bool, unicode: bool, excel: bool = False
) -> None:
    """Text cells exactly, but for the apostrophe before what a spreadsheet would run; on a terminal made visible."""
    import csv  # JSON has no need of it

    ending = "\r\n" if excel else "\n"
    # With "\n" as its line ending, the csv module of Python 3.11 leaves a lone CR unquoted, and no reader takes that.
    lines = SimpleNamespace(write=lambda line: stream.write(line.removesuffix("\r\n") + ending))
    if excel:
        stream.write("\ufeff")
    rows = csv.writer(lines, delimiter=delimiter, lineterminator="\r\n")
    finish = _finish(is_terminal=is_terminal, unicode=unicode)
    columns = [column for column in report.columns if column.machine]
    rows.writerow([finish(guard_formula(column.key, digits=excel)) for column in columns])
    rows.writerows(_cells(row, columns, finish, excel=excel) for row in report.rows)


def _finish(*, is_terminal: bool, unicode: bool) -> Callable[[str], str]:
    if not unicode:
        return lambda text: in_ascii(visible(text) if is_terminal else text)
    return visible if is_terminal else _without_lone_surrogates


def _without_lone_surrogates(text: str) -> str:
    """The text as it is, except that what UTF-8 cannot hold is escaped."""
    return text if text.isascii() else text.encode("utf-8", "backslashreplace").decode("utf-8")


def _cells(
    row: Mapping[str, Any], columns: Sequence[Column], finish: Callable[[str], str], *, excel: bool
) -> list[str]:
    return [finish(csv_cell(row.get(column.key), column, excel=excel)) for column in columns]


def csv_cell(value: Any, column: Column, *, excel: bool = False) -> str:
    """The cell before quoting: missing is empty, flags are their names, anything nested is JSON."""
    if value is None:
        return ""
    if isinstance(value, str):
        return guard_formula(value, digits=excel)
    if isinstance(value, Cents) or (column.kind == MONEY and isinstance(value, int)):
        return decimal_text(int(value))
    if column.kind == FLAGS:
        return " ".join(flag["flag"] for flag in json_value(value))
    if column.kind in _BETWEEN:
        return guard_formula(_BETWEEN[column.kind].join(value), digits=excel)
    if isinstance(value, date):
        return iso_text(value)
    plain = json_cell(value, column)
    return json.dumps(plain, ensure_ascii=False, allow_nan=False)


_BETWEEN = {WORDS: " ", LINES: "\n"}

VERSION = 1
"""Of the promise: keys and their order do not change within it."""

# JSON allows these as they are, but a terminal may obey them and UTF-8 has no lone surrogates.
_UNSAFE = (
    "[\x7f-\x9f\xad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ud800-\udfff\ufeff\ufff9-\ufffb"
    "\U000e0000-\U000e007f]"
)


def write_json(report: Report, stream: TextIO, *, unicode: bool) -> None:
    """Every text exactly, with control, bidi and zero-width characters as JSON escapes."""
    entries = ",\n".join(_entries(report, ensure_ascii=not unicode))
    stream.write("{" + entries + "}\n")


def _entries(report: Report, *, ensure_ascii: bool) -> Iterator[str]:
    def encoded(value: Any) -> str:
        # A nan would be a defect of the report: better no answer than one no JSON reader takes.
        text = json.dumps(value, ensure_ascii=ensure_ascii, allow_nan=False)
        return text if text.isprintable() else re.sub(_UNSAFE, _escape, text)

    for key, value in _top_level(report):
        if isinstance(value, list) and value and isinstance(value[0], dict):
            yield f"{encoded(key)}: [\n" + ",\n".join(encoded(item) for item in value) + "]"
        else:
            yield f"{encoded(key)}: {encoded(value)}"


def _top_level(report: Report) -> Iterator[tuple[str, Any]]:
    yield "report", report.name
    yield "version", VERSION
    yield "as_of", report.as_of.isoformat()
    yield "pipeline", report.pipeline
    yield "currency", report.currency
    if report.has_rows:
        columns = [column for column in report.columns if column.machine]
        yield (
            "rows",
            [{column.key: json_cell(row.get(column.key), column) for column in columns} for row in report.rows],
        )
    for key, value in report.extra.items():
        yield key, json_value(value)


def _escape(found: re.Match[str]) -> str:
    return json.dumps(found.group())[1:-1]
