"""Forgetting: whatever column a person got into, by whatever command, no byte of them is left in any file."""

from __future__ import annotations

import re
import sqlite3
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline_cli.exchange.last_chance_mail import text_of
from pipeline_cli.storage.safekeeping import forget as personal
from pipeline_cli.storage.safekeeping.forget import forget_person
from pipeline_cli.storage.transactions import write
from tests.conftest import Run
from tests.storage.record import TODAY, a_deal, change, dump, new_record

NAME, EMAIL, PHONE = "Zebulonia Quorlington-Äxt", "Zeb.Quorl@acme.example", "+49 6543 9876543"
SPELLINGS = (
    NAME,
    NAME.upper(),
    "Quorlington-Äxt, Zebulonia",
    EMAIL,
    EMAIL.upper(),
    EMAIL.lower(),
    PHONE,
    "0049 (6543) 98765-43",
    "06543/9876543",
    "Zebulonia",
)
EVERY = " / ".join(SPELLINGS)
TRACES = re.compile(rb"zebulonia|quorlington|zeb\.quorl|6543\W*98765\W*43", re.IGNORECASE)


def columns_of(path: Path, *types: str) -> set[tuple[str, str]]:
    connection = sqlite3.connect(path)
    try:
        tables = [row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        return {
            (table, column[1])
            for table in tables
            if not table.startswith("sqlite_")
            for column in connection.execute(f"PRAGMA table_info({table})")
            if column[2] in types
        }
    finally:
        connection.close()


def personal_columns() -> set[tuple[str, str]]:
    return {
        (table, name)
        for table, columns in personal.COLUMNS.items()
        for name in columns
        if columns[name] != personal.NOT
    }


def columns_that_name(path: Path) -> set[tuple[str, str]]:
    """Where the person is found in the record."""
    connection = sqlite3.connect(path)
    try:
        return {
            (table, column)
            for table, column in columns_of(path, "TEXT", "ANY")
            for (value,) in connection.execute(f"SELECT {column} FROM {table}")
            if isinstance(value, str) and TRACES.search(value.encode())
        }
    finally:
        connection.close()


def files_that_name(*folders: Path) -> list[Path]:
    return [
        path
        for folder in folders
        for path in folder.rglob("*")
        if path.is_file() and (TRACES.search(path.read_bytes()) or TRACES.search(path.read_bytes().replace(b"\0", b"")))
    ]


def test_every_column_of_text_is_declared_personal_or_not(tmp_path: Path) -> None:
    declared = {(table, column) for table, columns in personal.COLUMNS.items() for column in columns}
    assert columns_of(new_record(tmp_path), "TEXT", "ANY") == declared


@pytest.fixture
def zebulonia(pipeline: Run, folder: Path) -> Run:
    """A record that speaks of one person in every column it can, with an undone and a discarded operation."""
    (folder / "deals.csv").write_text(
        f"id,title,contact,email,{NAME},next_step,next_step_due\n{NAME},Import of {NAME},{NAME},{EMAIL},{PHONE},"
        f"Call {PHONE},2027-01-01\n"
    )
    contact = f"{NAME} <{EMAIL}>"
    for command in (
        [
            "add",
            f"Coaching for {EVERY}",
            "--org",
            NAME,
            "--contact",
            contact,
            "--phone",
            PHONE,
            "--source",
            NAME,
            "--owner",
            EMAIL,
            "--field",
            f"{NAME}={EVERY}",
            "--tag",
            "Zebulonia",
            "--tag",
            EMAIL,
            "--link",
            f"mailto:{EMAIL}",
            "--link",
            "https://acme.example/people/zebulonia-quorlington",
        ],
        ["edit", "1", "--external-id", EMAIL, "--title", f"Now {EVERY}", "--field", f"other={EVERY}", "--org", EMAIL],
        ["contact", "edit", "c1", "--role", f"aide of {NAME}", "--source", NAME, "--name", "Someone"],
        ["contact", "edit", "c1", "--name", NAME],
        ["contact", "edit", "c1", "--add-email", f"{NAME}=other@acme.example", "--org", "Elsewhere"],
        ["contact", "edit", "c1", "--deal", "1", "--deal-role", f"aide of {NAME}"],
        ["log", "1", "call", EVERY, "--in", "--outcome", EVERY, "--next", "tomorrow", f"Write to {EVERY}"],
        ["note", "1", EVERY],
        ["confirm", "1", "problem", "--evidence", EVERY],
        ["qualify", "1", "--set", "need=yes", "--evidence", f"need={EVERY}"],
        ["advance", "1", "--force", "--reason", EVERY],
        ["snooze", "1", "3d", "--reason", EVERY],
        ["disqualify", "1", "--reason", EVERY],
        ["add", f"Not theirs, but about {NAME}, {EMAIL}, {PHONE}", "--contact", "Bob <bob@acme.example>"],
        ["contact", "edit", "bob", "--role", f"works with {NAME}", "--org", NAME, "--source", EMAIL],
        ["contact", "add", f"{NAME}'s mother", "--deal", "2"],
        ["import", "deals.csv", "--source-name", f"list of {NAME}"],
        ["note", "1", EVERY],
        ["undo"],
    ):
        result = pipeline(*command)
        assert result.code == 0, (command, result.err)
    (folder / "deals.csv").unlink()
    put_into_captured(folder / "pipeline.db")
    return pipeline


def put_into_captured(path: Path) -> None:
    """A mail of hers that waits for a decision, and her address among those that are ignored."""
    connection = sqlite3.connect(path)
    connection.execute(
        "INSERT INTO captured (kind, item_key, fate, happened_at, subject, excerpt, address, name, answers, captured_at) "
        "VALUES ('mail', ?1, 'suggestion', ?2, ?3, ?3, ?1, ?4, json_array(?1), ?2)",
        (EMAIL, "2026-11-20T10:00:00.000Z", EVERY, NAME),
    )
    connection.execute(
        "INSERT INTO ignored_senders (address, ignored_at) VALUES (?, '2026-11-20T10:00:00.000Z')", (EMAIL,)
    )
    connection.execute(
        "INSERT INTO capture_runs (source, ran_at, state) VALUES (?, '2026-11-20T10:00:00.000Z', 'x')",
        (f"mail {NAME}",),
    )
    connection.commit()
    connection.close()


def test_no_byte_of_a_forgotten_person_is_left(zebulonia: Run, folder: Path, a_home_of_its_own: Path) -> None:
    in_rows = personal_columns() - {("contacts", "email"), ("contacts", "phone")}
    assert in_rows <= columns_that_name(folder / "pipeline.db"), "the marker was not put into every personal column"
    before = zebulonia("list", "status=all", "--json").rows
    result = zebulonia("contact", "forget", EMAIL, "--yes")
    assert result.code == 0, result.err
    assert columns_that_name(folder / "pipeline.db") == set()
    assert files_that_name(folder, a_home_of_its_own) == []
    after = zebulonia("list", "status=all", "--json").rows
    assert [(row["id"], row["stage"], row["status"], row["value"], row["created_at"]) for row in after] == [
        (row["id"], row["stage"], row["status"], row["value"], row["created_at"]) for row in before
    ]
    assert zebulonia("check").code == 0
    assert files_that_name(folder, a_home_of_its_own) == []


def test_drafts_to_and_about_a_forgotten_person_are_removed(pipeline: Run, folder: Path) -> None:
    for title, contact in (
        ("Acme", f"{NAME} <{EMAIL}>"),
        ("Beta", "Bob <bob@beta.example>"),
        (f"Audit for {NAME}", "Carl <c@carl.example>"),
    ):
        assert pipeline("add", title, "--contact", contact, today="2026-01-05").code == 0
    assert pipeline("prune", "--yes").code == 0
    drafts = folder / "last-chances"
    (drafts / ".pipeline-0123.tmp").write_bytes(b"half a draft to Zeb.Quorl@acme.example")
    assert any(TRACES.search(text_of(path.read_bytes()).encode()) for path in drafts.glob("*.eml"))

    result = pipeline("contact", "forget", "c1", "--yes")

    assert (result.code, [path.name for path in drafts.iterdir()]) == (0, ["2-2026-11-28.eml"])
    assert "last-chances: .pipeline-0123.tmp, 1-2026-11-28.eml, 3-2026-11-28.eml." in result.err
    assert files_that_name(folder) == []
    assert not any(TRACES.search(text_of(path.read_bytes()).encode()) for path in drafts.iterdir())


def test_a_forgotten_person_is_forgotten_in_the_past_too(zebulonia: Run) -> None:
    zebulonia("contact", "edit", "c1", "--role", "elsewhere", today="2026-12-01")
    zebulonia("contact", "forget", "c1", "--yes", today="2026-12-02")
    for command in (["show", "1"], ["list", "status=all"], ["contact", "show", "c1"], ["contact", "list"]):
        result = zebulonia(*command, "--as-of", "2026-11-21", "--json", today="2026-12-03")
        assert result.code == 0, result.err
        assert not TRACES.search(result.out.encode())


def test_others_are_left_alone(pipeline: Run) -> None:
    for command in (
        [
            "add",
            "Acme: workshop",
            "--org",
            "Lee & Sons",
            "--contact",
            "Ann Lee <ann@acme.example>",
            "--phone",
            "030 123456",
        ],
        ["edit", "1", "--contact", "Bob Miller <joann@acme.example>"],
        ["note", "1", "Annual plan; ask Bob or joann@acme.example. Lee & Sons pay. Ann's idea."],
        ["add", "Anna Leeds: audit", "--contact", "Anna Leeds <ann@acme.example.org>", "--phone", "030 123456"],
        ["note", "2", "Ann said 030 1234567"],
    ):
        assert pipeline(*command).code == 0
    before = pipeline("show", "2", "--json").out
    pipeline("contact", "forget", "Ann Lee", "--yes")
    assert pipeline("show", "2", "--json").out == before
    shown = pipeline("show", "1", "--json").json
    assert shown["deal"]["organization"] == "Lee & Sons"
    assert shown["contacts"][1]["email"] == "joann@acme.example"
    assert shown["notes"][0]["text"] == (
        "Annual plan; ask Bob or joann@acme.example. Lee & Sons pay. forgotten contact's idea."
    )


def test_entries_of_the_same_address_are_the_same_person(tmp_path: Path) -> None:
    path = new_record(tmp_path)
    change(path, a_deal("One", TODAY, ("Ann", "ann@acme.example", None)))
    connection = sqlite3.connect(path)
    connection.execute(
        "INSERT INTO contacts (public_id, name, email, created_at) "
        "VALUES ('x', 'Ann Again', 'ANN@acme.example', '2026-11-21T10:00:00.000Z')"
    )
    connection.commit()
    connection.close()
    with write(path, TODAY, "contact forget", lambda: None) as transaction:
        done = forget_person(transaction, [1, 2])
    assert done.contacts == 2
    assert {row[2][1] for row in dump(path)["contacts"]} == {"forgotten contact"}


def test_a_command_that_fails_forgets_nothing(tmp_path: Path) -> None:
    path = new_record(tmp_path)
    change(path, a_deal("Ann Lee", TODAY, ("Ann Lee", "ann@acme.example", None)))
    before = dump(path)
    with pytest.raises(RuntimeError), write(path, TODAY, "contact forget", lambda: None) as transaction:  # noqa: PT012
        forget_person(transaction, [1])
        raise RuntimeError
    assert dump(path) == before


LETTERS = st.text(st.characters(categories=["Lu", "Ll", "Lo"]), min_size=2, max_size=8)


@given(LETTERS, LETTERS, st.text(max_size=20), st.text(max_size=20))
def test_a_full_name_is_taken_out_of_any_text(first: str, last: str, before: str, after: str) -> None:
    from pipeline_cli.domain.deal.forgetting import Eraser, Identity, Others

    nothing: frozenset[str] = frozenset()
    eraser = Eraser(
        Identity(frozenset([f"{first} {last}"]), nothing, nothing), Others(Identity(nothing, nothing, nothing), nothing)
    )
    text = f"{before} {first} {last} {after}"
    erased = eraser.erase(text, False)
    assert "forgotten contact" in erased
    assert eraser.erase(erased, False) == erased or {"forgotten", "contact"} & {first.casefold(), last.casefold()}


def test_backups_of_a_forgotten_person_are_deleted_or_named(
    zebulonia: Run, folder: Path, a_home_of_its_own: Path
) -> None:
    assert zebulonia("backup").code == 0
    (folder / "backups" / ".pipeline-20261101T120000000Z-backup.db.0123456789ab.new").write_text(NAME)
    assert len([*(folder / "backups").glob("*.db")]) == 2
    result = zebulonia("contact", "forget", EMAIL, "--yes")
    (left,) = files_that_name(folder, a_home_of_its_own)
    assert result.code == 0
    assert "Deleted 1 backup that held the person." in result.err
    assert f"1 backup made by `pipeline backup` in backups may hold the person still: {left.name}." in result.err
    again = zebulonia("contact", "forget", "c1", "--backups", "--yes")
    assert (again.code, "Deleted 1 backup" in again.err) == (0, True)
    assert files_that_name(folder, a_home_of_its_own) == []
    assert [*(folder / "backups").iterdir()] == []
