"""What a command costs when it runs: modules it loads, statements it sends, processor time."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from benchmarks.generate import generate
from benchmarks.house_measures.measure import Measure

LOADING = ("--help", "add Acme --value 12k", "log 80 call hi", "advance 150 --force --reason x", "next 80 monday call",
           "done 75", "list", "show 80", "today", "health", "funnel", "forecast", "review", "prune --dry-run", "board",
           "export deals")  # fmt: skip
SENDING = ("show 1", "list", "today", "health", "funnel", "forecast", "prune --dry-run", "review")
TIMED = ("list", "forecast", "review", "prune --dry-run")
DEALS, RUNS = 1_000, 7

SAMPLE_DAY, GENERATED_DAY = "2026-11-20", "2026-07-01"
"""The day after each of the two records ends, or nearly."""

PROGRAM = (sys.executable, "-c", "from pipeline_cli.__main__ import run; run()")
TYPER = (sys.executable, "-c", "import typer")
WATCHING = """\
import json, os, sqlite3, sys

statements, connect = [], sqlite3.connect

def watched(*values, **named):
    connection = connect(*values, **named)
    connection.set_trace_callback(statements.append)
    return connection

sqlite3.connect = watched
from pipeline_cli.__main__ import run
try:
    run()
finally:
    modules = sorted(name for name in sys.modules if name.startswith("pipeline_cli."))
    with open(os.environ["WATCHED"], "w", encoding="utf-8") as file:
        json.dump({"modules": modules, "statements": statements}, file)
"""
"""Runs the program, then writes what it loaded and sent to the file that WATCHED names."""

LOADED = "modules of ours that a command loads"

_HOUSEKEEPING = ("PRAGMA", "BEGIN", "COMMIT", "ROLLBACK", "ATTACH")


_VALUE = re.compile(r"'(?:[^']|'')*'|\b\d+(?:\.\d+)?\b")
_VALUES = re.compile(r"\?(?:, \?)+")


class Watched(NamedTuple):
    """Names of the modules of ours that a command loaded; the SQL it sent, values filled in, in order."""

    modules: list[str]
    statements: list[str]


class Record(NamedTuple):
    """A folder with a record in it, and the environment in which it is worked with."""

    folder: Path
    environ: Mapping[str, str]

    def begin_anew(self) -> None:
        """The record as it was at the start."""
        shutil.copy(self.folder / "start.db", self.folder / "pipeline.db")


def measure_running(root: Path, folder: Path, *, runs: int = RUNS) -> Iterator[Measure]:
    """Modules and statements on the sample data, times on 1,000 deals. Ends the program when a command fails."""
    sample = make_sample_record(root, folder / "sample")
    for words in LOADING:
        loaded = watch(sample, words).modules
        yield Measure(LOADED, words, len(loaded), tuple(loaded))
    for words in SENDING:
        yield from count_statements(words, watch(sample, words).statements)
    yield from measure_times(make_generated_record(root, folder / "generated"), runs)


def make_sample_record(root: Path, folder: Path) -> Record:
    """The sample data that the tree brings, imported."""
    data = root / "sample_data"
    folder.mkdir()
    shutil.copy(root / "pipeline.yaml", folder)
    return _import(root, folder, data, ("moves", "touchpoints", "contacts"), SAMPLE_DAY)


def make_generated_record(root: Path, folder: Path, deals: int = DEALS) -> Record:
    """So many deals of `generate.py`, imported."""
    generate(folder, deals)
    return _import(root, folder, folder, ("moves", "touchpoints"), GENERATED_DAY)


def _import(root: Path, folder: Path, data: Path, kinds: Sequence[str], day: str) -> Record:
    record = Record(folder, _environment(root, folder, day))
    options = [word for kind in kinds for word in (f"--{kind}", str(data / f"{kind}.csv"))]
    _run((*PROGRAM, "import", str(data / "deals.csv"), *options), record, record.environ)
    (folder / "pipeline.db").rename(folder / "start.db")
    return record


def _environment(root: Path, folder: Path, day: str) -> dict[str, str]:
    """Nobody's settings, the program of the tree, and code that is compiled once."""
    ours = ("PIPELINE_", "XDG_", "COV", "PYTHONDONTWRITEBYTECODE")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
    return kept | {
        "HOME": str(folder),
        "PYTHONPATH": str(root),
        "PYTHONPYCACHEPREFIX": str(folder / "compiled"),
        "PIPELINE_TODAY": day,
        "TZ": "Europe/Berlin",
    }


def watch(record: Record, words: str) -> Watched:
    """What a command loads and sends, on the record as it was at the start."""
    record.begin_anew()
    answer = record.folder / "watched.json"
    _run((sys.executable, "-c", WATCHING, *words.split()), record, {**record.environ, "WATCHED": str(answer)})
    return Watched(**json.loads(answer.read_text(encoding="utf-8")))


def count_statements(words: str, sent: Sequence[str]) -> Iterator[Measure]:
    """All but the housekeeping, those that differ, those that differ in more than values; `where` names repetitions."""
    telling = [" ".join(statement.split()) for statement in sent if not _is_housekeeping(statement)]
    without = f"without {', '.join(_HOUSEKEEPING)}"
    yield Measure(f"SQL statements a command sends, {without}", words, len(telling))
    differing = Counter(telling)
    yield Measure("those of them that differ", words, len(differing), _repeated(differing))
    shapes = Counter(without_values(statement) for statement in telling)
    yield Measure("those that differ in more than values", words, len(shapes), _repeated(shapes))


def _repeated(times: Counter[str]) -> tuple[str, ...]:
    return tuple(f"{count} x {statement}" for statement, count in times.most_common() if count > 1)


def without_values(statement: str) -> str:
    """The statement with `?` for each number and text, and for a list of them."""
    return _VALUES.sub("?", _VALUE.sub("?", statement))


def _is_housekeeping(statement: str) -> bool:
    return statement.lstrip().upper().startswith(_HOUSEKEEPING)


def measure_times(record: Record, runs: int) -> Iterator[Measure]:
    """Best processor time of each command in `runs` turns, as a ratio to `import typer`; one turn before is not counted."""
    spent: dict[str, list[float]] = {words: [] for words in ("import typer", *TIMED)}
    for turn in range(runs + 1):
        for words, seconds in spent.items():
            record.begin_anew()
            command = TYPER if words == "import typer" else (*PROGRAM, *words.split())
            taken = _run(command, record, record.environ)
            if turn:
                seconds.append(taken)
    typer = min(spent["import typer"])
    for words in TIMED:
        yield Measure(
            f"processor time over `import typer`, {DEALS:,} deals", words, round(min(spent[words]) / typer, 2)
        )


def _run(command: Sequence[str], record: Record, environ: Mapping[str, str]) -> float:
    """Seconds of processor time, user and system. Ends the program when the command fails."""
    complaints = record.folder / "stderr"
    with complaints.open("wb") as stderr:
        process = subprocess.Popen(
            command,
            cwd=record.folder,
            env=environ,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=stderr,
        )
        _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        sys.exit(f"{' '.join(command)}: ended with {process.returncode}\n{complaints.read_text(encoding='utf-8')}")
    return used.ru_utime + used.ru_stime
