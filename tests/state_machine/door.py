"""The program as the machine uses it: one door, in a folder of its own, at an instant the machine says."""

from __future__ import annotations

import io
import sys
from collections import Counter
from datetime import datetime
from pathlib import Path
from typing import ClassVar

import pytest

from pipeline_cli.cli import main
from pipeline_cli.domain.words.clock import to_text
from tests.conftest import Result
from tests.storage.record import TABLES, dump

Dump = dict[str, list[tuple[object, ...]]]


class Door:
    """A folder with a pipeline.yaml and a record."""

    went_well: ClassVar[Counter[str]] = Counter()
    """Through every door: how often each command did what it was asked."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(exist_ok=True)
        self.folder = folder
        self.database = folder / "pipeline.db"

    def run(self, *words: str, now: datetime) -> Result:
        out, err = (io.TextIOWrapper(io.BytesIO(), "utf-8", newline="") for _ in range(2))
        with pytest.MonkeyPatch.context() as patch:
            patch.chdir(self.folder)
            patch.setenv("PIPELINE_TODAY", to_text(now))
            for name, stream in (("stdout", out), ("stderr", err), ("stdin", io.StringIO())):
                patch.setattr(sys, name, stream)
            code = main(words)
        out.flush()
        err.flush()
        texts = [stream.buffer.getvalue().decode() for stream in (out, err)]  # type: ignore[attr-defined]
        result = Result(code, *texts)
        assert code in (0, 2, 3, 4, 5), f"{words}: {code}: {result.err}"
        assert "Traceback" not in result.err
        if code == 0:
            Door.went_well[words[0]] += 1
        return result

    def dump(self) -> Dump:
        return dump(self.database, TABLES)

    def operations(self) -> int:
        """How many there ever were."""
        from contextlib import closing
        from sqlite3 import connect

        with closing(connect(self.database)) as connection:
            return int(connection.execute("SELECT coalesce(max(id), 0) FROM operations").fetchone()[0])
