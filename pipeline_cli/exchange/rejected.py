"""The rows that --skip-bad leaves out, in a file beside theirs that can be corrected and imported."""

from __future__ import annotations

import csv
import io
import os
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline_cli.exchange.options import ImportFiles

if TYPE_CHECKING:
    from pipeline_cli.exchange.import_plan import Rejects

PROBLEM = "problem"


def write_rejected(rejects: Iterable[Rejects], files: ImportFiles) -> list[Path]:
    """Writes one file for each that had bad rows, as they stood there and with what was wrong; says where."""
    places = {path.name: path for path in files if path is not None}
    written = []
    for some in rejects:
        if some.rows:
            source = places.get(some.file, Path(some.file))
            written.append(_write_beside(source, _as_csv(some)))
    return written


def _as_csv(some: Rejects) -> bytes:
    text = io.StringIO(newline="")
    rows = csv.writer(text, lineterminator="\n")
    width = len(some.header)
    rows.writerow([*some.header, PROBLEM])
    for row in some.rows:
        cells = [*row.cells, *[""] * (width - len(row.cells))]
        rows.writerow([*cells[:width], row.problem])
    return text.getvalue().encode("utf-8", "surrogateescape")


def _write_beside(source: Path, data: bytes) -> Path:
    """NAME.rejected.csv, or NAME.rejected-2.csv if that is there; only for its owner's eyes."""
    number = 1
    while True:
        tail = "" if number == 1 else f"-{number}"
        path = source.with_name(f"{source.stem}.rejected{tail}.csv")
        try:
            descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            number += 1
            continue
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(descriptor)
        return path
