"""A report as JSON: one object, with one row to a line."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any, TextIO

from pipeline_cli.output.machine_values import json_cell, json_value
from pipeline_cli.output.report import Report

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
