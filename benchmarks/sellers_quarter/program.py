"""The program as it is typed: one process, a folder of its own, a day that is given; and copies of the folder to try on."""

from __future__ import annotations

import contextlib
import io
import json
import os
import shlex
import shutil
import sys
import tempfile
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

from pipeline_cli.cli import main

_HEEDED = ("PIPELINE_", "XDG_", "COLUMNS", "LINES", "NO_COLOR", "FORCE_COLOR", "VISUAL", "LC_ALL")


class Said(NamedTuple):
    """A command and what came of it."""

    line: str
    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)

    @property
    def first_line(self) -> str:
        return next((line for line in (self.err + self.out).splitlines() if line.strip()), "")


class Program:
    """Runs commands in a folder; only those of the seller are counted."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def run(self, words: Sequence[str], now: datetime, folder: Path | None = None) -> Said:
        """One command, without a terminal, at that instant."""
        out, err = (io.TextIOWrapper(io.BytesIO(), "utf-8", newline="") for _ in range(2))
        os.environ["PIPELINE_TODAY"] = now.isoformat()
        stdin, sys.stdin = sys.stdin, io.StringIO()
        try:
            with (
                contextlib.chdir(folder or self.folder),
                contextlib.redirect_stdout(out),
                contextlib.redirect_stderr(err),
            ):
                code = main(list(words))
        finally:
            sys.stdin = stdin
        texts = []
        for stream in (out, err):
            stream.flush()
            texts.append(stream.buffer.getvalue().decode())
        return Said(shlex.join(["pipeline", *words]), code, *texts)

    @contextlib.contextmanager
    def copy(self) -> Iterator[Path]:
        """A copy of the record as it is now, with the drafts, without the backups."""
        with tempfile.TemporaryDirectory(dir=self.folder.parent) as made:
            place = Path(made)
            for one in self.folder.iterdir():
                if one.is_file():
                    shutil.copy(one, place)
                elif one.name == "last-chances":
                    shutil.copytree(one, place / one.name)
            yield place

    def try_line(self, line: str, now: datetime, folder: Path) -> Said:
        """A printed line, as a shell would take it: `a && b` is a and then b. Of several, the one that failed."""
        said = Said(line, 2, "", "It is no command of the program.")
        for part in split_commands(line):
            words = shlex.split(part)
            if words[:1] != ["pipeline"]:
                return said
            said = self.run(words[1:], now, folder)
            if said.code:
                return said
        return said


def split_commands(line: str) -> list[str]:
    """The parts of `a && b`, quotes heeded."""
    lexer = shlex.shlex(line, posix=False, punctuation_chars="&")
    lexer.whitespace_split = True
    lexer.commenters = ""
    parts: list[list[str]] = [[]]
    for word in lexer:
        if word == "&&":
            parts.append([])
        else:
            parts[-1].append(word)
    return [" ".join(part) for part in parts if part]


@contextlib.contextmanager
def own_environment(home: Path) -> Iterator[None]:
    """Only what the program may heed here; what was there before comes back."""
    before = dict(os.environ)
    for name in before:
        if name.startswith(_HEEDED):
            del os.environ[name]
    os.environ |= {"HOME": str(home), "TZ": "Europe/Berlin", "EDITOR": "true", "LANG": "C.UTF-8", "PAGER": ""}
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)
