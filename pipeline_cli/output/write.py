"""Which form an answer takes, and the one function that writes it."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import TextIO

from pipeline_cli.domain.errors import UsageError
from pipeline_cli.domain.words.text import choice_of
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
        from pipeline_cli.output.formats import write_json

        write_json(report, stream, unicode=unicode)
    elif format in ("csv", "tsv"):
        from pipeline_cli.output.formats import write_csv

        delimiter = "," if format == "csv" else "\t"
        write_csv(report, stream, delimiter=delimiter, is_terminal=is_terminal, unicode=unicode, excel=excel)
    elif format == "markdown":
        from pipeline_cli.output.markdown import write_markdown

        write_markdown(report, stream, unicode=unicode)
    else:
        from pipeline_cli.output.tables import write_table

        fitted = (width or terminal_width()) if is_terminal else None
        lines = (height or terminal_height()) if is_terminal and report.lanes else None
        return write_table(report, stream, width=fitted, color=color, unicode=unicode, height=lines)
    return []


def terminal_height() -> int:
    """Lines of the terminal; 24 where there is none."""
    import shutil

    return shutil.get_terminal_size((80, 24)).lines


def terminal_width() -> int:
    """Columns of the terminal; 80 where there is none."""
    import shutil  # loads bz2 and lzma, which only a table has to pay for

    return shutil.get_terminal_size((80, 24)).columns


FORMATS = ("table", "json", "csv", "tsv", "markdown")
ENDINGS = {
    ".json": "json",
    ".csv": "csv",
    ".tsv": "tsv",
    ".md": "markdown",
    ".markdown": "markdown",
    ".txt": "table",
}
COLORS = ("auto", "always", "never")


def choose_format(
    explicit: str | None,
    json_flag: bool,
    output_path: str | os.PathLike[str] | None,
    environ: Mapping[str, str],
) -> str:
    """`--format`, else `--json`, else the ending of `-o FILE`, else PIPELINE_FORMAT, else a table.

    Raises UsageError for an unknown name or ending, for `-o -`, and for `--json` beside another `--format`.
    """
    if output_path == "-":
        raise UsageError("-o -: leave -o away, and the answer goes to stdout; --format says in which form.")
    if explicit is not None:
        chosen = _known(explicit, "--format")
        if json_flag and chosen != "json":
            raise UsageError(f"--json and --format {chosen} contradict each other: give one of them.")
        return chosen
    if json_flag:
        return "json"
    if output_path is not None:
        return _by_ending(os.fspath(output_path))
    return _known(environ.get("PIPELINE_FORMAT") or "table", "PIPELINE_FORMAT")


def _known(name: str, where: str) -> str:
    chosen = name.strip().lower()
    if chosen not in FORMATS:
        raise UsageError(f"{where}: {name!r} is no format: {choice_of(name, FORMATS)}.")
    return chosen


def _by_ending(path: str) -> str:
    ending = os.path.splitext(path)[1].lower()  # noqa: PTH122  pathlib is slower to load, and this is text
    if ending not in ENDINGS:
        what = f"the ending {ending!r} names no format" if ending else "a file without an ending names no format"
        raise UsageError(f"-o {path}: {what}: end it in {', '.join(ENDINGS)}, or add --format.")
    return ENDINGS[ending]


def decide_color(option: str, environ: Mapping[str, str], is_tty: bool) -> bool:
    """`--color always|never` as said; auto: NO_COLOR, then FORCE_COLOR, then TERM=dumb, then whether it is a terminal.

    Empty variables count as not set, and so does FORCE_COLOR=0. Raises UsageError for another option.
    """
    if option not in COLORS:
        raise UsageError(f"--color: {option!r} is no choice: {choice_of(option, COLORS)}.")
    if option != "auto":
        return option == "always"
    if environ.get("NO_COLOR"):
        return False
    if environ.get("FORCE_COLOR", "0") not in ("", "0"):
        return True
    return is_tty and environ.get("TERM") != "dumb"
