"""How import and reports grow: processor time at 1,000, 10,000 and N deals, beside plain SQL over the same record.

    python benchmarks/scale.py --deals 100000 --repeat 3

The import is held against csv.reader + executemany of the same rows into tables of text without keys or indexes, and
for comparison into tables like those of the record; a report against `plain_sql.py` plus the start-up
of the program (`pipeline --version`). Processor time of the child alone, user and system, best of the runs, which take
turns: a busy machine slows all of them. Trust the ratios. Generated data, its past shown as of 31 March 2026.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

REPOSITORY = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(REPOSITORY))

# Run as a script, its own folder is on the path and the repository is not.
from benchmarks.generate import generate  # noqa: E402
from pipeline_cli.storage.database import create  # noqa: E402

PLAIN = (sys.executable, str(REPOSITORY / "benchmarks" / "plain_sql.py"))
PROGRAM = (sys.executable, "-c", "from pipeline_cli.__main__ import run; run()")
FILES = ("deals.csv", "moves.csv", "touchpoints.csv")
PAST = ("--as-of", "2026-03-31")

MOST_IMPORT, MOST_REPORT, MOST_MEGABYTES = 3.0, 2.0, 300
"""Targets: times csv + executemany; times plain SQL + start-up; peak memory of the import."""


class Case(NamedTuple):
    """A report and the plain SQL it is held against."""

    words: tuple[str, ...]
    yardstick: str
    target: float | None = MOST_REPORT

    @property
    def name(self) -> str:
        return " ".join(self.words)


CASES = (
    Case(("health",), "health"),
    Case(("funnel",), "funnel"),
    Case(("forecast", "--method", "stage"), "forecast"),
    Case(("forecast",), "timed"),
    Case(("prune", "--dry-run"), "prune"),
    Case(("list", "--json"), "list"),
    Case(("today",), "today"),
    Case(("today", "--count"), "today"),
    Case(("board",), "board"),
    Case(("sources",), "sources"),
    Case(("cohorts",), "cohorts"),
    Case(("review",), "review"),
    Case(("check",), "check"),
)
NOW_ONLY = {"prune", "check"}


class Spent(NamedTuple):
    seconds: float
    megabytes: float


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--deals", type=int, default=100_000, help="of the largest record (100,000)")
    parser.add_argument("--repeat", type=int, default=3, help="runs of each report; the best counts (3)")
    options = parser.parse_args()
    for deals in sorted({1_000, 10_000, options.deals}):
        if deals <= options.deals:
            with tempfile.TemporaryDirectory() as folder:
                measure(Path(folder), deals, max(1, options.repeat))


def measure(folder: Path, deals: int, repeat: int) -> None:
    """Prints the table of one size."""
    generate(folder, deals)
    environ = environment(folder)
    plain_runs, alike_runs, program_runs = [], [], []
    for _ in range(repeat):
        for made in ("plain.db", "alike.db", "pipeline.db"):
            (folder / made).unlink(missing_ok=True)
        create(folder / "alike.db")
        alike_runs.append(spend((*PLAIN, "import-alike", *FILES, "alike.db"), folder, environ))
        plain_runs.append(spend((*PLAIN, "import", *FILES, "plain.db"), folder, environ))
        words = ("import", FILES[0], "--moves", FILES[1], "--touchpoints", FILES[2])
        program_runs.append(spend((*PROGRAM, *words), folder, environ))
    plain, program = min(plain_runs), min(program_runs)
    print(f"\n{deals:,} deals\n{'':28} {'seconds':>8} {'plain':>8} {'start':>6} {'ratio':>6}   target")
    print(line("import", program.seconds, plain.seconds, None, MOST_IMPORT))
    print(line("  into the same tables", program.seconds, min(alike_runs).seconds, None, None))
    peak = max(run.megabytes for run in program_runs)
    print(f"{'  its peak':28} {peak:5.0f} MB{'':26}{judge(peak, MOST_MEGABYTES)}")
    print_reports(folder, environ, repeat)
    undo = spend((*PROGRAM, "undo"), folder, environ)
    print(line("undo of the import", undo.seconds, plain.seconds, None, None))


def print_reports(folder: Path, environ: Mapping[str, str], repeat: int) -> None:
    """Each report in the present and as of a past day: for both, the yardstick is the present in plain SQL."""
    start: list[float] = []
    plain: dict[str, list[float]] = {case.yardstick: [] for case in CASES}
    present: dict[str, list[float]] = {case.name: [] for case in CASES}
    past: dict[str, list[float]] = {case.name: [] for case in CASES}
    for _ in range(repeat):
        start.append(spend((*PROGRAM, "--version"), folder, environ).seconds)
        for report, runs in plain.items():
            runs.append(spend((*PLAIN, report, "pipeline.db"), folder, environ).seconds)
        for case in CASES:
            present[case.name].append(spend((*PROGRAM, *case.words), folder, environ).seconds)
            if case.words[0] not in NOW_ONLY:
                past[case.name].append(spend((*PROGRAM, *case.words, *PAST), folder, environ).seconds)
    for case in CASES:
        yardstick = min(plain[case.yardstick])
        print(line(case.name, min(present[case.name]), yardstick, min(start), case.target))
        if past[case.name]:
            print(line("  as of a past day", min(past[case.name]), yardstick, min(start), None))


def line(name: str, seconds: float, plain: float, start: float | None, target: float | None) -> str:
    ratio = seconds / (plain + (start or 0))
    beside = "" if start is None else f"{start:.2f}"
    return f"{name:28} {seconds:8.2f} {plain:8.2f} {beside:>6} {ratio:6.2f}   {judge(ratio, target)}"


def judge(figure: float, most: float | None) -> str:
    return "" if most is None else f"{most:g}: {'kept' if figure <= most else 'MISSED'}"


def environment(folder: Path) -> dict[str, str]:
    """Nobody's settings, and code that is compiled once."""
    ours = ("PIPELINE_", "XDG_", "COVERAGE", "PYTHONDONTWRITEBYTECODE")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
    return kept | {
        "HOME": str(folder),
        "PYTHONPATH": str(REPOSITORY),
        "PYTHONPYCACHEPREFIX": str(folder / "compiled"),
        "TZ": "Europe/Berlin",
    }


def spend(words: Sequence[str], folder: Path, environ: Mapping[str, str]) -> Spent:
    """Processor time and peak memory of one run. Ends the program when the command fails."""
    said = folder / "stderr"
    with said.open("wb") as complaints:
        process = subprocess.Popen(
            words, cwd=folder, env=environ, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=complaints
        )
        _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        sys.exit(f"{' '.join(words)}: ended with {process.returncode}\n{said.read_text(encoding='utf-8')}")
    per_megabyte = 1 << 20 if sys.platform == "darwin" else 1 << 10
    return Spent(used.ru_utime + used.ru_stime, used.ru_maxrss / per_megabyte)


if __name__ == "__main__":
    main()
