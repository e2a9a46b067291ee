"""The program as the machine uses it: one door, in a folder of its own, at an instant the machine says."""

from __future__ import annotations

import io
import sys
from datetime import datetime
from functools import cache
from pathlib import Path

import pytest

from pipeline_cli import cli
from pipeline_cli.domain.clock import to_text
from tests.conftest import Result
from tests.storage.record import TABLES, dump

_load_command = cache(cli.load_command)
"""Each command is built once and not every time: a third of the time of a run."""

Dump = dict[str, list[tuple[object, ...]]]


class Door:
    """A folder with a pipeline.yaml and a record."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(exist_ok=True)
        self.folder = folder
        self.database = folder / "pipeline.db"

    def run(self, *words: str, now: datetime) -> Result:
        out, err = (io.TextIOWrapper(io.BytesIO(), "utf-8", newline="") for _ in range(2))
        with pytest.MonkeyPatch.context() as patch:
            patch.chdir(self.folder)
            patch.setattr(cli, "load_command", _load_command)
            patch.setenv("PIPELINE_TODAY", to_text(now))
            for name, stream in (("stdout", out), ("stderr", err), ("stdin", io.StringIO())):
                patch.setattr(sys, name, stream)
            code = cli.main(words)
        out.flush()
        err.flush()
        texts = [stream.buffer.getvalue().decode() for stream in (out, err)]  # type: ignore[attr-defined]
        result = Result(code, *texts)
        assert code in (0, 2, 3, 4, 5), f"{words}: {code}: {result.err}"
        assert "Traceback" not in result.err
        return result

    def dump(self) -> Dump:
        return dump(self.database, TABLES)

    def operations(self) -> int:
        """How many there ever were."""
        from contextlib import closing
        from sqlite3 import connect

        with closing(connect(self.database)) as connection:
            return int(connection.execute("SELECT coalesce(max(id), 0) FROM operations").fetchone()[0])
