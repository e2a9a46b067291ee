"""The one function that turns a `Report` into a table, JSON, CSV, TSV or Markdown."""

from __future__ import annotations

from typing import TextIO

from pipeline_cli.output.report import Report


def write_report(
    report: Report,
    format: str,  # noqa: A002  the word people type
    stream: TextIO,
    *,
    width: int | None = None,
    height: int | None = None,
    is_terminal: bool,
    color: bool,
    unicode: bool,
    excel: bool = False,
) -> list[str]:
    """Writes it whole; returns what has to be said on stderr about the form (columns that did not fit).

    `width` and `height` are those of the terminal, found out when they are not given; away from a terminal nothing is
    cut or wrapped.
    `unicode`: the stream can hold more than ASCII. `excel`: CSV begins with a BOM and ends its lines with CRLF.
    """
    # Each form loads only what it needs: JSON and CSV no Rich, tables no csv.
    if format == "json":
        from pipeline_cli.output.as_json import write_json

        write_json(report, stream, unicode=unicode)
    elif format in ("csv", "tsv"):
        from pipeline_cli.output.as_csv import write_csv

        delimiter = "," if format == "csv" else "\t"
        write_csv(report, stream, delimiter=delimiter, is_terminal=is_terminal, unicode=unicode, excel=excel)
    elif format == "markdown":
        from pipeline_cli.output.as_markdown import write_markdown

        write_markdown(report, stream, unicode=unicode)
    else:
        from pipeline_cli.output.as_table import write_table

        fitted = (width or _terminal_width()) if is_terminal else None
        lines = (height or terminal_height()) if is_terminal and report.lanes else None
        return write_table(report, stream, width=fitted, color=color, unicode=unicode, height=lines)
    return []


def terminal_height() -> int:
    import shutil

    return shutil.get_terminal_size((80, 24)).lines


def _terminal_width() -> int:
    import shutil  # loads bz2 and lzma, which only a table has to pay for

    return shutil.get_terminal_size((80, 24)).columns
