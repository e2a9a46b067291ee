"""A report as Markdown: pipe tables under headings, for notes and pull requests."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, TextIO

from pipeline_cli.output.cells import RIGHT_ALIGNED, shown_cells
from pipeline_cli.output.charts import draw_bars, draw_marks
from pipeline_cli.output.report import Column, Marked, Report
from pipeline_cli.output.text import in_ascii, visible

# What Markdown or the HTML in it would obey. An underscore inside a word is no emphasis: `no_close_date` stays legible.
_OBEYED = re.compile(r"[\\`*\[\]<>|~]|\b_|_\b|&(?=#?\w+;)")


_PLOT_WIDTH = 100


_OPENS_A_BLOCK = re.compile(r"^(?:[#+=-]|\d+[.)])")


def write_markdown(report: Report, stream: TextIO, *, unicode: bool) -> None:
    """Every shown column in full; stored text is shown as text."""
    text = "\n\n".join(_blocks(report)) + "\n"
    stream.write(text if unicode else in_ascii(text))


def _blocks(report: Report) -> Iterator[str]:
    if report.title:
        yield f"## {_escaped(report.title)}"
    if report.groups:
        start = 0
        for group in report.groups:
            yield f"### {_escaped(group.title)}"
            yield _table(report.columns, report.rows[start : start + group.rows], report)
            start += group.rows
    elif report.rows and report.rows_drawn:
        yield _table(report.columns, report.rows, report)
    elif report.empty and not report.rows:
        yield _paragraph(report.empty)
    for section in report.sections:
        if section.title:
            yield f"### {_escaped(section.title)}"
        if section.rows:
            yield _table(section.columns, section.rows, report)
        if section.lines:
            yield "\n".join(f"- {_paragraph(line.strip())}" for line in section.lines)
        if section.bars:
            yield "\n".join(["```", *draw_bars(section.bars, _PLOT_WIDTH, unicode=True), "```"])
        if section.marks:
            yield "\n".join(["```", *draw_marks(section.marks, _PLOT_WIDTH, unicode=True), "```"])


def _table(columns: Sequence[Column], rows: Sequence[Mapping[str, Any]], report: Report) -> str:
    shown = [column for column in columns if column.shown]
    cells = [
        [_cell(row.get(column.key), cell) for row, cell in zip(rows, shown_cells(column, rows, report), strict=True)]
        for column in shown
    ]
    headings = [_escaped(column.heading) for column in shown]
    rules = ["---:" if column.kind in RIGHT_ALIGNED else "---" for column in shown]
    return "\n".join(f"| {' | '.join(line)} |" for line in [headings, rules, *zip(*cells, strict=True)])


def _cell(value: Any, shown: str) -> str:
    if not isinstance(value, Marked):
        return _escaped(shown)
    return "".join(f"**{_escaped(text)}**" if is_marked else _escaped(text) for text, is_marked in value.pieces)


def _paragraph(text: str) -> str:
    return _OPENS_A_BLOCK.sub(lambda found: found.group()[:-1] + "\\" + found.group()[-1], _escaped(text))


def _escaped(text: str) -> str:
    return _OBEYED.sub(lambda found: "\\" + found.group(), visible(text))
