"""The rows that --skip-bad leaves out, as a file that can be corrected and imported."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from pathlib import Path

from pipeline_cli.exchange.files import free_name, write_file_atomically
from pipeline_cli.exchange.import_plan import Rejects
from pipeline_cli.exchange.mapping import PROBLEM_COLUMN
from pipeline_cli.exchange.problems import RejectedRow


def write_rejects(rejects: Rejects) -> Path:
    """Writes `NAME.rejected.csv` (or `-2`, …) beside the file, the cells as they stood there, and returns its path.

    Raises what `write_file_atomically` raises.
    """
    source = Path(rejects.file)
    stem = source.name[:-4] if source.name.lower().endswith(".csv") else source.name
    path = free_name(source.with_name(f"{stem}.rejected.csv"))
    write_file_atomically(path, _chunks(rejects))
    return path


def _chunks(rejects: Rejects) -> Iterator[bytes]:
    """A bad row keeps its cells and its place under the header; one that is too long pushes no problem aside."""
    width = len(rejects.header)
    yield _line([*rejects.header, PROBLEM_COLUMN])
    for row in rejects.rows:
        yield _line([*_fitted(row, width), row.problem])


def _fitted(row: RejectedRow, width: int) -> list[str]:
    cells = [*row.cells[:width], *[""] * (width - len(row.cells))]
    if len(row.cells) > width:
        cells[-1:] = [",".join(row.cells[width - 1 :])]
    return cells


def _line(cells: list[str]) -> bytes:
    stream = io.StringIO()
    csv.writer(stream, lineterminator="\r\n").writerow(cells)
    return stream.getvalue().encode()
