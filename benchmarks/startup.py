"""How long each command takes, as a ratio to `python -c "import typer"` and to a bare interpreter in the same run.

    python benchmarks/startup.py --runs 15 --peers

On the sample data, in a folder of its own. The commands take turns, so that a machine that slows down slows all of
them; every run starts from the same database; code is compiled first, as pip does when it installs. Trust the ratios.
"""

from __future__ import annotations

import argparse
import os
import pty
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from statistics import median
from typing import IO, NamedTuple

REPOSITORY = Path(__file__).resolve().parent.parent
BARE = (sys.executable, "-c", "pass")
TYPER = (sys.executable, "-c", "import typer")
TABLES = (sys.executable, "-c", "import typer, rich.table")
PROGRAM = (sys.executable, "-c", "from pipeline_cli.__main__ import run; run()")

MOST_CHANGING, MOST_TABLE, MOST_HELP = 1.5, 1.5, 1.3
"""Targets: times `import typer`; of a table, times `import typer, rich.table`."""


class Case(NamedTuple):
    """One command to measure."""

    name: str
    words: tuple[str, ...]
    target: float | None = None
    yardstick: str = "import typer"
    on_terminal: bool = False
    environ: Mapping[str, str] = {}


CHANGING = (
    "add Acme --value 12k",
    "edit 80 --value 15k",
    "log 80 call hi",
    "note 80 hi",
    "next 80 monday call",
    "done 75",
    "confirm 80 problem",
    "qualify 80 --set budget=yes",
    "advance 150 --force --reason x",
    "back 80 qualification --reason x",
    "win 80",
    "lose 80 --reason price",
    "disqualify 80 --reason x",
    "reopen 1",
    "snooze 80 30d",
    "merge 80 75",
    "contact add Ann",
    "undo",
    "redo",
)
ASKED_OFTEN = ("today --count", "today --json", "list --json")
REPORTS = (
    "list",
    "today",
    "board",
    "show 80",
    "health",
    "funnel",
    "sources",
    "cohorts",
    "forecast",
    "review",
    "history",
    "prune --dry-run",
    "contact list",
)
PLAIN = ("config path", "config show", "backup --list")
HELP = ("--help", "advance --help", "--version", "help", "help exit-criteria")
LONG = (
    "check",
    "import deals.csv",
    "export deals",
    "export calendar",
    "export health",
    "export all made",
    "backup",
    "restore start.db --yes",
    "backtest",
    "demo",
    "--config made.yaml --db made.db init",
)
"""What they do takes longer than to start: no target."""
TAB = {"_PIPELINE_COMPLETE": "bash", "_PIPELINE_LINE": "pipeline show er"}
"""What the installed scripts ask at Tab."""
PEERS = {"hermitcrm": "--help", "jsoncrm": "--help", "todo": "--version", "sqlite-utils": "tables pipeline.db"}


def list_cases(*, with_peers: bool) -> list[Case]:
    """The yardsticks, then every command: for machines, and the reports on a terminal too."""
    tables = "import typer, rich.table"
    cases = [
        Case("bare interpreter", BARE),
        Case("import typer", TYPER),
        Case(tables, TABLES),
        *(ours(words, MOST_CHANGING) for words in (*CHANGING, *ASKED_OFTEN, *PLAIN)),
        ours("", MOST_CHANGING)._replace(name="Tab: show er", environ=TAB),
        *(ours(words, MOST_HELP) for words in HELP),
        *(ours(words, MOST_TABLE)._replace(yardstick=tables, on_terminal=True) for words in REPORTS),
        *(ours(f"{words} --json") for words in REPORTS if f"{words} --json" not in ASKED_OFTEN),
        *(ours(words) for words in LONG),
    ]
    return cases + (find_peers() if with_peers else [])


def ours(words: str, target: float | None = None) -> Case:
    return Case(words, (*PROGRAM, *words.split()), target)


def find_peers() -> list[Case]:
    """Of the programs people compare it with, those that are installed."""
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])
    places = {name: shutil.which(name, path=path) for name in PEERS}
    return [Case(f"{name} {PEERS[name]}", (place, *PEERS[name].split())) for name, place in places.items() if place]


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--runs", type=int, default=15, help="how often each command is run (15)")
    parser.add_argument("--peers", action="store_true", help=f"also those of {', '.join(PEERS)} that are installed")
    options = parser.parse_args()
    cases = list_cases(with_peers=options.peers)
    with tempfile.TemporaryDirectory() as folder:
        environ = prepare(Path(folder))
        seconds = measure(cases, max(options.runs, 1), Path(folder), environ)
    print_table(cases, seconds)


def prepare(folder: Path) -> dict[str, str]:
    """A folder with the sample data in it, and the environment in which it is worked with."""
    ours = ("PIPELINE_", "XDG_", "COVERAGE", "PYTHONDONTWRITEBYTECODE")
    environ = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
    environ |= {
        "HOME": str(folder),
        "PYTHONPYCACHEPREFIX": str(folder / "compiled"),
        "PYTHONPATH": str(REPOSITORY),
        "PIPELINE_TODAY": "2026-11-20",
        "TZ": "Europe/Berlin",
        "TERM": "xterm",
    }
    shutil.copy(REPOSITORY / "pipeline.yaml", folder)
    data = REPOSITORY / "sample_data"
    words = ["import", f"{data / 'deals.csv'}"]
    for kind in ("moves", "touchpoints", "contacts"):
        words += [f"--{kind}", f"{data / kind}.csv"]
    shutil.copy(data / "deals.csv", folder)
    for line in (words, ["note", "80", "what undo takes back"], ["note", "80", "what redo does again"], ["undo"]):
        subprocess.run([*PROGRAM, *line], cwd=folder, env=environ, check=True, capture_output=True)
    (folder / "pipeline.db").rename(folder / "start.db")
    return environ


def measure(cases: Sequence[Case], runs: int, folder: Path, environ: Mapping[str, str]) -> dict[str, list[float]]:
    """Name -> seconds of each run, after one that does not count. Ends the program when a command fails."""
    seconds: dict[str, list[float]] = {case.name: [] for case in cases}
    for turn in range(runs + 1):
        for case in cases:
            shutil.copy(folder / "start.db", folder / "pipeline.db")
            for made in folder.glob("made*"):
                shutil.rmtree(made) if made.is_dir() else made.unlink()
            taken = run_once(case, folder, environ)
            if turn:
                seconds[case.name].append(taken)
    return seconds


def run_once(case: Case, folder: Path, environ: Mapping[str, str]) -> float:
    """Seconds of one run. Ends the program when the command fails."""
    said = folder / "stderr"
    with said.open("wb") as complaints:
        before = time.perf_counter()
        code = (run_on_terminal if case.on_terminal else run_for_machines)(
            case.words, folder, {**environ, **case.environ}, complaints
        )
        taken = time.perf_counter() - before
    if code != 0:
        sys.exit(f"{case.name}: ended with {code}\n{said.read_text(encoding='utf-8')}")
    return taken


def run_for_machines(words: Sequence[str], folder: Path, environ: Mapping[str, str], complaints: IO[bytes]) -> int:
    return subprocess.run(
        words,
        cwd=folder,
        env=environ,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=complaints,
        check=False,
    ).returncode


def run_on_terminal(words: Sequence[str], folder: Path, environ: Mapping[str, str], complaints: IO[bytes]) -> int:
    """With a terminal as stdout, whose screen is read so that it never fills up."""
    terminal, screen = pty.openpty()
    try:
        process = subprocess.Popen(
            words, cwd=folder, env=environ, stdin=subprocess.DEVNULL, stdout=screen, stderr=complaints
        )
        os.close(screen)
        with suppress(OSError):  # how Linux says that the last writer has gone
            while os.read(terminal, 65536):
                continue
        return process.wait()
    finally:
        os.close(terminal)


def print_table(cases: Sequence[Case], seconds: Mapping[str, Sequence[float]]) -> None:
    print(f"{'':34} {'best ms':>8} {'median':>7} {'× typer':>8} {'(median)':>8} {'× bare':>7}   target, for the best")
    for case in cases:
        runs = seconds[case.name]
        typer, bare, yardstick = (seconds[name] for name in ("import typer", "bare interpreter", case.yardstick))
        times = f"{min(runs) * 1000:8.0f} {median(runs) * 1000:7.0f}"
        ratios = f"{min(runs) / min(typer):8.2f} {in_pairs(runs, typer):8.2f} {min(runs) / min(bare):7.2f}"
        print(f"{case.name:34} {times} {ratios}   {judge(case, min(runs) / min(yardstick))}")


def in_pairs(runs: Sequence[float], yardstick: Sequence[float]) -> float:
    """The median of the ratios turn by turn: what slowed a turn down slowed both."""
    return median(mine / other for mine, other in zip(runs, yardstick, strict=True))


def judge(case: Case, over: float) -> str:
    if case.target is None:
        return ""
    verdict = "kept" if over <= case.target else "MISSED"
    beside = "" if case.yardstick == "import typer" else f" × {case.yardstick}"
    return f"{over:.2f} of {case.target}{beside}: {verdict}"


if __name__ == "__main__":
    main()
