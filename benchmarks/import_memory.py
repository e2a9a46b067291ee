"""How much memory an import of a million rows takes: the most that the process ever held, and its processor time.

    python benchmarks/import_memory.py --rows 1000000

Three shapes of so many rows: deals alone, each with a person of its own; a tenth as many deals with touchpoints that
each have a note; and the deals again, unchanged. Fails when one of them goes above the limit.
"""

from __future__ import annotations

import argparse
import csv
import random
import sys
import tempfile
from datetime import timedelta
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(REPOSITORY))

# Run as a script, its own folder is on the path and the repository is not.
from benchmarks.generate import END, HEADERS, generate  # noqa: E402
from benchmarks.scale import PROGRAM, environment, spend  # noqa: E402

MOST_MEGABYTES = 300


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--rows", type=int, default=1_000_000, help="of each import (1,000,000)")
    rows = parser.parse_args().rows
    print(f"{'':44} {'MB':>5} {'seconds':>8}")
    with tempfile.TemporaryDirectory() as folder:
        generate(Path(folder), rows)
        peaks = [measure(f"{rows:,} deals", Path(folder), "deals.csv")]
        peaks.append(measure(f"the same {rows:,} deals again", Path(folder), "deals.csv"))
    with tempfile.TemporaryDirectory() as folder:
        generate(Path(folder), rows // 10)
        write_touchpoints(Path(folder) / "calls.csv", rows // 10, 9)
        name = f"{rows // 10:,} deals, {rows // 10 * 9:,} touchpoints"
        peaks.append(measure(name, Path(folder), "deals.csv", "--touchpoints", "calls.csv"))
    return int(max(peaks) > MOST_MEGABYTES)


def measure(name: str, folder: Path, *files: str) -> float:
    """Prints one line and returns the peak in megabytes."""
    spent = spend((*PROGRAM, "import", *files), folder, environment(folder))
    verdict = "" if spent.megabytes <= MOST_MEGABYTES else f"  more than {MOST_MEGABYTES}"
    print(f"{name:44} {spent.megabytes:5.0f} {spent.seconds:8.1f}{verdict}", flush=True)
    return spent.megabytes


def write_touchpoints(path: Path, deals: int, each: int, seed: int = 7) -> None:
    """So many touchpoints of each deal, every one with a note of its own."""
    chance = random.Random(seed)
    with path.open("w", newline="", encoding="utf-8") as stream:
        lines = csv.writer(stream)
        lines.writerow(HEADERS[2])
        for number in range(deals):
            for _ in range(each):
                at = (END - timedelta(seconds=chance.randrange(10**7))).isoformat(timespec="milliseconds")
                note = f"Spoke about offer {chance.randrange(10**9)}, call again"
                lines.writerow((f"D-{number:06}", "call", "out", at.replace("+00:00", "Z"), "", note))


if __name__ == "__main__":
    sys.exit(main())
