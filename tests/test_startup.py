"""What a command loads: the price of its start. Milliseconds are the matter of benchmarks/startup.py."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from pipeline_cli.cli import COMMANDS, load_command
from tests.conftest import REPOSITORY, Run

HEAVY = {"pydantic", "yaml", "rich", "sqlite_utils", "numpy", "statistics", "random", "fractions", "decimal", "hashlib"}
"""Each takes 3 to 100 ms to load."""

TELL = """\
import json, sys
from pipeline_cli.cli import main
code = main(sys.argv[1:])
with open("loaded.json", "w") as file:
    json.dump([code, sorted(sys.modules)], file)
"""


def modules_loaded_by(*words: str, code: int = 0, **environ: str) -> set[str]:
    """Runs one command in a process of its own, in this folder; it has to end with that code."""
    ours = {name: value for name, value in os.environ.items() if not name.startswith("COV")}
    done = subprocess.run(
        [sys.executable, "-c", TELL, *words],
        env=ours | {"PYTHONPATH": str(REPOSITORY)} | environ,
        capture_output=True,
        text=True,
        check=True,
    )
    ended, modules = json.loads(Path("loaded.json").read_text("utf-8"))
    assert ended == code, done.stderr
    return set(modules)


@pytest.fixture
def record(pipeline: Run) -> Run:
    """A record of two deals, and a pipeline.yaml that is known to be valid."""
    assert pipeline("add", "Acme: workshop", "--org", "Acme", "--value", "12k", "--close", "30d").code == 0
    assert pipeline("next", "1", "friday", "Call").code == 0
    assert pipeline("add", "Søren: analysis", "--contact", "Søren Kjær <soren@kjaer.example>").code == 0
    return pipeline


CHANGES = [
    ["add", "Beta: audit", "--value", "1.000,50 €", "--contact", "Ann Lee <ann@beta.example>", "--close", "30d"],
    ["edit", "1", "--value", "15k"],
    ["log", "1", "call", "spoke", "--in", "--next", "3d", "Send the offer"],
    ["log", "1", "call", "they", "agreed", "--confirm", "problem=so", "-v", "9k", "--done", "-n", "fri", "Call"],
    ["note", "1", "prefers mail"],
    ["next", "1", "friday", "Call"],
    ["advance", "1", "--force", "--reason", "in a hurry"],
    ["advance", "acme", "--force", "--reason", "named by a word"],
    ["qualify", "1", "--set", "budget=yes"],
    ["confirm", "1", "problem"],
    ["win", "1"],
    ["lose", "1", "--reason", "price"],
    ["disqualify", "1", "--reason", "a student"],
    ["merge", "2", "1"],
    ["split", "1", "Acme: audit", "--value", "5"],
    ["snooze", "1", "30d"],
    ["contact", "add", "Ann Lee"],
    ["undo"],
]


@pytest.mark.parametrize("words", CHANGES, ids=lambda words: " ".join(words[:2]))
def test_changing_a_deal_loads_no_heavy_library_while_pipeline_yaml_is_unchanged(record: Run, words: list[str]) -> None:
    assert modules_loaded_by(*words) & HEAVY == set()


@pytest.mark.parametrize("form", ["json", "csv"])
@pytest.mark.parametrize(
    "report",
    [
        "list",
        "board",
        "today",
        "show 1",
        "health",
        "review",
        "history",
        "prune --dry-run",
        "funnel",
        "sources",
        "cohorts",
        "lessons",
        "contact list",
        "backup --list",
    ],
)
def test_a_report_for_machines_loads_no_heavy_library(record: Run, report: str, form: str) -> None:
    if (report, form) == ("show 1", "csv"):
        pytest.skip("show has no rows")

    assert modules_loaded_by(*report.split(), "--format", form) & HEAVY == set()


@pytest.mark.parametrize("words", ["today --count", "config path", "help exit-criteria"])
def test_a_plain_answer_loads_no_heavy_library(record: Run, words: str) -> None:
    assert modules_loaded_by(*words.split()) & HEAVY == set()


REVIEWING = {
    f"pipeline_cli.domain.{name}"
    for name in ("review.changes", "review.kept_review", "outcomes.health", "findings.find")
}


@pytest.mark.parametrize("words", ["today --json", "today --count", "list --json"])
def test_what_to_do_now_loads_nothing_of_the_review(record: Run, words: str) -> None:
    assert modules_loaded_by(*words.split()) & REVIEWING == set()


def test_completing_the_name_of_a_deal_loads_no_heavy_library_and_no_report(record: Run) -> None:
    loaded = modules_loaded_by(_PIPELINE_COMPLETE="bash", _PIPELINE_LINE="pipeline show ac")

    assert loaded & (HEAVY | REVIEWING) == set()
    assert {name for name in loaded if name.startswith("pipeline_cli.reports.")} == set()


DEFINES_RECORDS = re.compile(r"^from typing import .*\bNamedTuple\b", re.MULTILINE)


@pytest.mark.parametrize("words", ["today --json", "list --json", "note 1 hello", "show 1 --json", "health --json"])
def test_records_are_defined_without_typing(record: Run, words: str) -> None:
    """Each that typing defines takes 0.4 ms of the start: see domain/record.py. A command's own `View` is Typer's."""
    ours = [
        REPOSITORY / f"{name.replace('.', '/')}.py"
        for name in modules_loaded_by(*words.split())
        if name.startswith("pipeline_cli.") and not name.startswith("pipeline_cli.commands.")
    ]

    slow = {path.name for path in ours if path.exists() and DEFINES_RECORDS.search(path.read_text("utf-8"))}
    assert slow == set()


BACKING_UP = {"pipeline_cli.storage.migrations"} | {
    f"pipeline_cli.storage.safekeeping.{name}" for name in ("upgrading", "backups", "copying", "restoring")
}


@pytest.mark.parametrize("words", [["note", "1", "hello"], ["list", "--json"], ["prune", "--dry-run"]], ids=" ".join)
def test_a_record_of_this_version_loads_neither_migrations_nor_backups(record: Run, words: list[str]) -> None:
    assert modules_loaded_by(*words) & BACKING_UP == set()


def test_a_changed_pipeline_yaml_is_checked_in_full(record: Run) -> None:
    rules = Path("pipeline.yaml")
    rules.write_text(rules.read_text("utf-8") + "# changed\n", "utf-8")

    assert {"yaml", "pydantic"} <= modules_loaded_by("note", "1", "checked")
    assert not {"yaml", "pydantic"} & modules_loaded_by("note", "1", "known")


def test_a_machine_on_utc_loads_no_time_zones(record: Run) -> None:
    assert "zoneinfo" not in modules_loaded_by("note", "1", "here", TZ="UTC")
    assert "zoneinfo" in modules_loaded_by("note", "1", "there", TZ="Europe/Berlin")


def commands_among(modules: set[str]) -> set[str]:
    return {
        name.removeprefix("pipeline_cli.commands.") for name in modules if name.startswith("pipeline_cli.commands.")
    } - {"options", "touch_beside", "links", "logged", "log_several"}


def test_help_loads_no_command(folder: Path) -> None:
    assert commands_among(modules_loaded_by("--help")) == set()


def test_help_for_a_command_loads_that_one(folder: Path) -> None:
    assert commands_among(modules_loaded_by("add", "--help")) <= {"add"}


def test_a_mistyped_command_loads_none(folder: Path) -> None:
    assert commands_among(modules_loaded_by("lgo", code=2)) == set()


def test_a_command_loads_no_other(record: Run) -> None:
    assert commands_among(modules_loaded_by("log", "1", "call")) <= {"log"}


@pytest.mark.parametrize("command", COMMANDS)
def test_the_list_of_commands_says_what_each_says_of_itself(command: str) -> None:
    assert (load_command(command).help or "").partition("\n")[0] == COMMANDS[command]


def test_help_lists_every_command_in_its_section(run: Run) -> None:
    printed = run("--help").out

    sections = printed.split("\n\n")
    assert [section.partition(":")[0] for section in sections[-3:]] == [
        "Changing the record",
        "Reading it",
        "Files and settings",
    ]
    listed = [line.split()[0] for section in sections[-3:] for line in section.split("\n")[1:] if line[2:3].strip()]
    assert listed == list(COMMANDS)


def test_a_mistyped_command_is_guessed(run: Run) -> None:
    result = run("advnace", "1")

    assert result.code == 2
    assert result.err == "There is no command 'advnace': did you mean advance? `pipeline --help` lists them.\n"


def test_the_annotations_of_commands_are_not_text() -> None:
    """As text they are evaluated twice at each start."""
    sources = [REPOSITORY / "pipeline_cli" / "cli.py", *(REPOSITORY / "pipeline_cli" / "commands").glob("*.py")]

    assert [path.name for path in sources if "\nfrom __future__ import annotations" in path.read_text("utf-8")] == []


def complete(words: str, number: int) -> list[str]:
    """What bash is told, the cursor being in that word."""
    environ = os.environ | {"PYTHONPATH": str(REPOSITORY), "_PIPELINE_COMPLETE": "complete_bash"}
    done = subprocess.run(
        [sys.executable, "-m", "pipeline_cli"],
        env=environ | {"COMP_WORDS": words, "COMP_CWORD": str(number)},
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.split()


def test_bash_completes_commands_and_their_options() -> None:
    assert complete("pipeline ad", 1) == ["add", "advance"]
    assert complete("pipeline advance --fo", 2) == ["--force"]
    assert complete("pipeline config ", 2) == ["show", "path", "trust", "edit"]


@pytest.mark.skipif(shutil.which("bash") is None, reason="there is no bash")
def test_completion_can_be_installed(folder: Path) -> None:
    done = subprocess.run(
        ["bash", "-c", f"{sys.executable} -m pipeline_cli --install-completion && cat ~/.bashrc"],
        env=os.environ | {"PYTHONPATH": str(REPOSITORY), "SHELL": "/bin/bash"},
        capture_output=True,
        text=True,
        check=True,
    )

    assert "pipeline.sh" in done.stdout


def test_a_library_for_spreadsheets_is_loaded_for_spreadsheets_alone(record: Run, folder: Path) -> None:
    (folder / "deals.csv").write_text("deal_id,title\n1,Acme\n", "utf-8")
    assert "openpyxl" not in modules_loaded_by("import", "deals.csv")
