"""Many at once on one record: whole processes that add, log, prune, import and read lose nothing and lock nobody out."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

from tests.conftest import REPOSITORY, Run
from tests.large import LARGE

WRITERS, CHANGES = 8, 15
_ONE_PROCESS = """
import sys
from pipeline_cli.cli import main
name = sys.argv[1]
for number in range(int(sys.argv[2])):
    command = [["add", f"By {name} {number}"], ["log", "1", "call", f"{name} {number}"], ["note", "2", f"{name} {number}"]]
    code = main(command[number % 3])
    if code:
        sys.exit(code)
"""
_EACH_ITS_OWN = """
import subprocess, sys
name = sys.argv[1]
for number in range(int(sys.argv[2])):
    command = [["add", f"By {name} {number}"], ["log", "1", "call", f"{name} {number}"], ["note", "2", f"{name} {number}"]]
    code = subprocess.run([sys.executable, "-m", "pipeline_cli", *command[number % 3]]).returncode
    if code:
        sys.exit(code)
"""


def start_python(folder: Path, *arguments: str) -> subprocess.Popen[str]:
    environment = {**os.environ, "PYTHONPATH": str(REPOSITORY)}
    return subprocess.Popen(
        [sys.executable, *arguments],
        cwd=folder,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def test_eight_writers_of_fifteen_changes_beside_prune_and_import_lose_nothing(pipeline: Run, folder: Path) -> None:
    pipeline("add", "First")
    pipeline("add", "Second")
    for number in range(5):
        pipeline("add", f"Dead {number}", today="2026-01-05")
    (folder / "more.csv").write_text("deal_id,title\n" + "".join(f"i{n},Imported {n}\n" for n in range(400)))
    program = _EACH_ITS_OWN if LARGE else _ONE_PROCESS
    processes = [start_python(folder, "-c", program, name, str(CHANGES)) for name in "abcdefgh"[:WRITERS]]
    processes += [
        start_python(folder, "-m", "pipeline_cli", *line.split())
        for line in (
            "prune --yes --now",
            "import more.csv",
            "list --json",
            "health --json",
            "import more.csv",
            "prune --yes",
        )
    ]
    ended = [(process.communicate()[1], process.returncode) for process in processes]
    assert [code for _, code in ended] == [0] * len(ended), ended

    titles = [row["title"] for row in pipeline("list", "status=all", "--json").rows]
    added = {f"By {name} {number}" for name in "abcdefgh" for number in range(0, CHANGES, 3)}
    assert added <= set(titles)
    assert len(titles) == len(set(titles)) == 2 + 5 + len(added) + 400
    each = {f"{name} {number}" for name in "abcdefgh" for number in range(CHANGES)}
    shown = pipeline("show", "1", "--json").json
    assert {touch["note"] for touch in shown["touchpoints"]} == {one for one in each if int(one.split()[1]) % 3 == 1}
    notes = pipeline("show", "2", "--json").json["notes"]
    assert {note["text"] for note in notes} == {one for one in each if int(one.split()[1]) % 3 == 2}
    assert len(pipeline("list", "status=lost", "--json").rows) == 5, "each dead deal is closed once"
    operations = pipeline("history", "--json").rows
    assert [row["operation"] for row in operations] == list(range(len(operations), 0, -1))
    assert [row["command"] for row in operations].count("import") == 1, "the second import of the file found it there"
    assert pipeline("check").code == 0


def test_a_reader_during_a_long_write_sees_the_record_before_it_or_after_it(pipeline: Run, folder: Path) -> None:
    pipeline("add", "Acme")
    rows = 20_000 if LARGE else 3_000
    (folder / "many.csv").write_text("deal_id,title\n" + "".join(f"{n},Deal {n} {'x' * 300}\n" for n in range(rows)))
    writer = start_python(folder, "-m", "pipeline_cli", "import", "many.csv")
    seen = []
    while not seen or writer.poll() is None:
        result = pipeline("list", "--json")
        assert result.code == 0, result.err
        seen.append(len(json.loads(result.out)["rows"]))
    writer.communicate()
    assert writer.returncode == 0
    seen.append(len(pipeline("list", "--json").rows))
    assert set(seen) == {1, rows + 1}
    assert sorted(seen) == seen
