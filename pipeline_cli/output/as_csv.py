"""The rows of a report as CSV or TSV (RFC 4180): a header of keys, raw numbers, ISO dates."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from types import SimpleNamespace
from typing import Any, TextIO

from pipeline_cli.domain.formula_guard import guard_formula
from pipeline_cli.output.machine_values import iso_text, json_cell, json_value
from pipeline_cli.output.numbers import decimal_text
from pipeline_cli.output.report import FLAGS, MONEY, Cents, Column, Report
from pipeline_cli.output.text import in_ascii, visible


def write_csv(
    report: Report, stream: TextIO, *, delimiter: str, is_terminal: bool, unicode: bool, excel: bool = False
) -> None:
    """Text cells exactly, but for the apostrophe before what a spreadsheet would run; on a terminal made visible."""
    ending = "\r\n" if excel else "\n"
    # With "\n" as its line ending, the csv module of Python 3.11 leaves a lone CR unquoted, and no reader takes that.
    lines = SimpleNamespace(write=lambda line: stream.write(line.removesuffix("\r\n") + ending))
    if excel:
        stream.write("\ufeff")
    rows = csv.writer(lines, delimiter=delimiter, lineterminator="\r\n")
    finish = _finish(is_terminal=is_terminal, unicode=unicode)
    columns = [column for column in report.columns if column.machine]
    rows.writerow([finish(column.key) for column in columns])
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
    if isinstance(value, date):
        return iso_text(value)
    plain = json_cell(value, column)
    return json.dumps(plain, ensure_ascii=False, allow_nan=False)
