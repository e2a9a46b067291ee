"""Who asks to be left alone is, whoever comes with the address."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from tests.commands.reading import person, record
from tests.conftest import Run


def test_who_opted_out_is_written_to_by_nobody(ann: Run) -> None:
    result = ann("contact", "opt-out", "ann")
    assert result.code == 0
    assert "pseudonymous, not anonymous" in result.err
    assert person(ann)["opted_out"] is True
    assert ann("log", "1", "call").code == 5
    assert ann("log", "1", "call", "--in").code == 0
    for command in (
        ["add", "New", "--contact", "ANN@acme.example"],
        ["add", "New", "--contact", "Ann <a@b.example>", "--phone", "0049 30 1234567"],
        ["edit", "1", "--contact", "Ann@acme.example"],
    ):
        refused = ann(*command)
        assert refused.code == 5, command
        assert "asked not to be contacted" in refused.err


def test_an_address_nobody_has_can_opt_out_too(ann: Run, folder: Path) -> None:
    before = record(ann)
    assert ann("contact", "opt-out", "Zoe@Zeta.example").err.startswith("an address (email) will not be contacted")
    assert ann("contact", "opt-out", "+1 555 0100100").code == 0
    refused = ann("contact", "add", "Zoe", "--email", "zoe@zeta.EXAMPLE")
    assert refused.code == 5
    assert ann("contact", "edit", "c1", "--phone", "+1 (555) 0100-100").code == 5
    assert record(ann) == before
    assert b"zoe@zeta" not in (folder / "pipeline.db").read_bytes().lower()


def test_opting_out_is_revoked_and_undone(ann: Run) -> None:
    assert ann("contact", "opt-out", "c1", "--revoke").code == 5
    ann("contact", "opt-out", "c1")
    assert ann("contact", "opt-out", "c1").code == 5
    assert ann("contact", "opt-out", "c1", "--revoke").err == "c1 may be contacted again.\n"
    assert ann("log", "1", "call").code == 0
    assert ann("add", "New", "--contact", "ann@acme.example").code == 0
    ann("undo", "3")
    assert ann("log", "1", "call").code == 5
    ann("undo")
    assert ann("add", "New", "--contact", "ann@acme.example").code == 0


def test_prune_gives_no_last_chance_to_who_opted_out(ann: Run) -> None:
    ann("contact", "opt-out", "ann")
    ann("add", "Borg: cube", "--contact", "bob@borg.example")
    ann("prune", "--yes", today="2027-11-21")
    deals = ann("list", "status=all", "--json", today="2027-11-21").rows
    assert [row["status"] for row in deals] == ["lost", "open"]


def test_an_import_keeps_who_opted_out_as_opted_out(pipeline: Run, folder: Path) -> None:
    pipeline("contact", "opt-out", "ann@acme.example")
    pipeline("contact", "opt-out", "+49 30 1234567")
    (folder / "deals.csv").write_text(
        "title,contact,email,phone\nOne,Ann,Ann@acme.example,\nTwo,Bob,bob@acme.example,0049 30 1234567\n"
        "Three,Cyd,cyd@acme.example,\n"
    )
    (folder / "people.csv").write_text("name,email\nAnn,ann@acme.example\nDan,dan@acme.example\n")
    result = pipeline("import", "deals.csv", "--contacts", "people.csv", "--json")
    assert result.code == 0, result.err
    assert [(one["code"], one["count"]) for one in result.json["warnings"] if "contact" in one["code"]] == [
        ("do_not_contact", 2)
    ]
    people = pipeline("contact", "list", "--json").rows
    assert {row["name"]: row["opted_out"] for row in people} == {
        "Ann": True,
        "Bob": True,
        "Cyd": False,
        "Dan": False,
    }
    assert pipeline("log", "One", "call").code == 5


def test_a_known_person_who_comes_with_an_unwanted_address_is_left_alone(pipeline: Run, folder: Path) -> None:
    pipeline("add", "One", "--org", "Acme", "--contact", "Bob <bob@acme.example>")
    pipeline("contact", "opt-out", "+49 30 1234567")
    (folder / "people.csv").write_text("name,email,phone\nBob,bob@acme.example,+49 30 1234567\n")
    (folder / "deals.csv").write_text("title\nTwo\n")
    assert pipeline("import", "deals.csv", "--contacts", "people.csv").code == 0
    assert person(pipeline)["opted_out"] is True


def test_a_lost_key_is_said(ann: Run, folder: Path) -> None:
    ann("contact", "opt-out", "zoe@zeta.example")
    assert (folder / "pipeline.db.key").stat().st_mode & 0o777 == 0o600
    (folder / "pipeline.db.key").rename(folder / "elsewhere")
    result = ann("add", "New", "--contact", "zoe@zeta.example")
    assert result.code == 0
    assert result.err.startswith("1 entry of the do-not-contact list cannot be matched")
    ann("contact", "opt-out", "yan@zeta.example")
    assert ann("add", "New", "--contact", "yan@zeta.example").code == 5
    (folder / "elsewhere").replace(folder / "pipeline.db.key")
    assert ann("add", "New", "--contact", "zoe@zeta.example").code == 5
    (folder / "pipeline.db.key").write_text("no key\n")
    assert ann("add", "New", "--contact", "zoe@zeta.example").code == 3


def test_the_list_is_made_of_keyed_digests(ann: Run, folder: Path) -> None:
    ann("contact", "opt-out", "ann")
    connection = sqlite3.connect(folder / "pipeline.db")
    rows = connection.execute("SELECT kind, length(digest) FROM suppressed ORDER BY id").fetchall()
    connection.close()
    assert rows == [("email", 64), ("phone", 64)]
