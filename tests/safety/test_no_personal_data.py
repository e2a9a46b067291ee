"""What the program says when something breaks, and what it keeps beside the record, names nobody."""

from __future__ import annotations

import sqlite3
import sys
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules

import pytest

from pipeline_cli import commands
from pipeline_cli.storage import database
from tests.conftest import Run
from tests.storage.holder import ALONE, held

NAME, MAIL, PHONE = "Zebulonia Quorl", "zeb.quorl@acme.example", "+49 6543 9876543"
MARKS = ("zebulonia", "quorl", "9876543", "tangerine")


def named_in(text: str) -> list[str]:
    return [mark for mark in MARKS if mark in text.casefold()]


@pytest.fixture
def record(pipeline: Run) -> Run:
    """One person and one secret word in every text that can be typed."""
    for command in (
        [
            "add",
            f"Tangerine for {NAME}",
            "--org",
            NAME,
            "--contact",
            f"{NAME} <{MAIL}>",
            "--phone",
            PHONE,
            "--owner",
            MAIL,
            "--field",
            f"tangerine={NAME}",
            "--value",
            "5k",
        ],
        ["log", "1", "call", f"tangerine, says {NAME}", "--in", "--outcome", MAIL, "--next", "3d", f"Call {PHONE}"],
        ["note", "1", f"tangerine {NAME}"],
        ["confirm", "1", "problem", "--evidence", f"tangerine {NAME}"],
    ):
        assert pipeline(*command).code == 0
    return pipeline


def plant(monkeypatch: pytest.MonkeyPatch, module: str, function: str) -> None:
    """A defect whose own words hold all that it was given, as those of a KeyError or a decoding error do."""

    def defect(*values: object, **named: object) -> None:
        person = f"{NAME} <{MAIL}> {PHONE} tangerine {values!r} {named!r}"
        try:
            raise KeyError(person)
        except KeyError as error:
            raise ValueError(person) from error

    for one in iter_modules(commands.__path__, "pipeline_cli.commands."):
        import_module(one.name)  # one that was loaded now would keep the defect beyond this test
    real = getattr(import_module(module), function)
    for name, user in list(sys.modules.items()):
        if name.startswith("pipeline_cli") and getattr(user, function, None) is real:
            monkeypatch.setattr(user, function, defect)


@pytest.mark.parametrize(
    ("module", "function", "command"),
    [
        (
            "pipeline_cli.storage.record.apply",
            "apply_edit",
            ["add", f"Another of {NAME}", "--contact", f"{NAME} <{MAIL}>"],
        ),
        ("pipeline_cli.storage.record.apply", "apply_edit", ["note", "1", f"tangerine {NAME}"]),
        ("pipeline_cli.reports.list", "list_report", ["list", "tangerine"]),
        ("pipeline_cli.reports.show", "show_report", ["show", NAME]),
        ("pipeline_cli.reports.search", "search_report", ["search", NAME]),
        ("pipeline_cli.reports.brief", "brief_report", ["brief", NAME]),
        ("pipeline_cli.reports.sql", "sql_report", ["sql", f"select '{NAME}'"]),
        ("pipeline_cli.output.write", "write_report", ["list"]),
        ("pipeline_cli.domain.deal.typed", "parse_contact", ["add", "T", "--contact", f"{NAME} <{MAIL}>"]),
        ("pipeline_cli.storage.database", "connect", ["--db", f"{NAME}.db", "list"]),
    ],
)
def test_a_report_of_a_defect_names_nobody(
    record: Run, monkeypatch: pytest.MonkeyPatch, module: str, function: str, command: list[str]
) -> None:
    with monkeypatch.context() as patch:
        record("add", "--help")  # whatever uses the function is loaded by now
        plant(patch, module, function)
        result = record(*command)
    assert result.code == 1, result
    assert "pipeline has a defect (ValueError)" in result.err
    assert named_in(result.err + result.out) == [], result.err
    assert record("check").code == 0, "and nothing of it was kept"


def test_what_is_said_of_a_damaged_record_names_nobody(record: Run, folder: Path) -> None:
    path = folder / "pipeline.db"
    whole = path.read_bytes()
    places = [
        place
        for place in range(0, len(whole), 4096)
        if any(mark.encode() in whole[place : place + 4096].lower() for mark in MARKS)
    ]
    assert places
    for place in places:
        path.write_bytes(whole[:place] + bytes(200) + whole[place + 200 :])
        for command in ("list", "show 1", "note 1 hi", "check", "history", "contact list", "undo"):
            result = record(*command.split())
            if result.code in (1, 3, 6, 7, 8):
                assert result.code != 1, result.err
                assert named_in(result.err) == [], (command, result.err)
        path.write_bytes(whole)


def test_what_is_said_of_a_busy_disk_names_nobody(record: Run, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database, "QUIET_WAIT_MS", 20)
    monkeypatch.setattr(database, "LONG_WAIT_MS", 50)
    with held(folder / "pipeline.db", ALONE):
        for command in (
            ["add", NAME, "--contact", f"{NAME} <{MAIL}>"],
            ["note", "1", f"tangerine {NAME}"],
            ["list", NAME],
        ):
            result = record(*command)
            assert result.code == 6
            assert named_in(result.err) == []


def test_nothing_beside_the_record_names_anybody(record: Run, folder: Path, a_home_of_its_own: Path) -> None:
    for command in (
        "list",
        "health",
        "funnel --by owner",
        "forecast --deals",
        "today",
        "check",
        "contact list",
        "list tangerine",
        "contact opt-out c1",
        "edit 1 --value nonsense",
        "advance 1",
        "undo",
        "redo",
        "undo",
    ):
        record(*command.split())
    kept = [path for top in (folder, a_home_of_its_own) for path in top.rglob("*") if path.is_file()]
    naming = [path.name for path in kept if named_in(path.read_bytes().decode("latin-1"))]
    assert naming == ["pipeline.db"]
    assert len(kept) > 2


def test_an_opt_out_is_kept_keyed_and_not_as_an_address(record: Run, folder: Path) -> None:
    import hashlib

    assert record("contact", "opt-out", MAIL).code == 0
    connection = sqlite3.connect(folder / "pipeline.db")
    digests = [row[0] for row in connection.execute("SELECT digest FROM suppressed")]
    connection.close()
    assert digests
    unkeyed = {hashlib.new(kind, MAIL.encode()).hexdigest() for kind in ("sha256", "sha1", "md5")}
    assert unkeyed.isdisjoint(digests)
    assert (folder / "pipeline.db.key").stat().st_mode & 0o777 == 0o600
