"""The rows that --skip-bad leaves out, as a file that can be corrected and imported."""

from __future__ import annotations

import csv
import io
from pathlib import Path

from pipeline_cli.exchange.import_plan import Rejects
from pipeline_cli.exchange.mapping import PROBLEM_COLUMN
from pipeline_cli.exchange.problems import RejectedRow


def rejected_path(rejects: Rejects) -> Path:
    """`NAME.rejected.csv`, beside the file."""
    source = Path(rejects.file)
    stem = source.name[:-4] if source.name.lower().endswith(".csv") else source.name
    return source.with_name(f"{stem}.rejected.csv")


def rejected_text(rejects: Rejects) -> bytes:
    """The cells as they stood there, under their header, each row with what is wrong with it.

    UTF-8 with its mark where it matters: the mark outranks the --encoding that the file itself may have needed.
    """
    stream = io.StringIO()
    lines = csv.writer(stream, lineterminator="\r\n")
    lines.writerow([*rejects.header, PROBLEM_COLUMN])
    lines.writerows([*_fitted(row, len(rejects.header)), row.problem] for row in rejects.rows)
    text = stream.getvalue()
    return text.encode("utf-8" if text.isascii() else "utf-8-sig")


def _fitted(row: RejectedRow, width: int) -> list[str]:
    """A row that is too short or too long pushes no problem aside."""
    cells = [*row.cells[:width], *[""] * (width - len(row.cells))]
    if len(row.cells) > width:
        cells[-1:] = [",".join(row.cells[width - 1 :])]
    return cells
