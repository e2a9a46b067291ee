"""The people: kept, found, shown, left alone when they ask, and forgotten when they ask for that."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from tests.commands.reading import deal, last, record, shown
from tests.conftest import Run
from tests.terminal import Terminal

ANN = ["contact", "add", "Ann Lee", "--email", "ann@acme.example", "--phone", "+49 30 1234567", "--org", "Acme"]


def person(run: Run, name: str = "c1") -> dict[str, object]:
    return run("contact", "show", name, "--json").json["contact"]  # type: ignore[no-any-return]


@pytest.fixture
def ann(pipeline: Run) -> Run:
    """Ann Lee of Acme, with one deal."""
    assert pipeline("add", "Acme: workshop", "--org", "Acme").code == 0
    assert pipeline(*ANN, "--role", "owner", "--source", "fair", "--deal", "1").code == 0
    return pipeline


# add and edit


def test_a_person_is_added_with_their_deals(ann: Run) -> None:
    assert person(ann) == {
        "id": 1, "name": "Ann Lee", "email": "ann@acme.example", "phone": "+49 30 1234567", "organization": "Acme",
        "role": "owner", "source": "fair", "opted_out": False, "deals": 1, "touchpoints": 0, "last_inbound_at": None,
        "created_at": "2026-11-21T10:00:00.000Z",
    }  # fmt: skip
    assert deal(ann)["contact"] == "Ann Lee"


def test_the_address_may_stand_in_the_name(pipeline: Run) -> None:
    pipeline("contact", "add", "Ann Lee <ann@acme.example>")
    assert (person(pipeline)["name"], person(pipeline)["email"]) == ("Ann Lee", "ann@acme.example")
    twice = pipeline("contact", "add", "Bob <bob@acme.example>", "--email", "bob@acme.example")
    assert (twice.code, twice.err) == (
        2, "The address is given twice: leave --email away, or take it out of the name.\n",
    )  # fmt: skip


def test_an_address_belongs_to_one_person(ann: Run) -> None:
    result = ann("contact", "add", "Another", "--email", "ANN@Acme.example")
    assert result.code == 5
    assert result.err.startswith("c1 has the address ANN@Acme.example already")
    ann("contact", "add", "Bob", "--email", "bob@acme.example")
    assert ann("contact", "edit", "bob", "--email", "ann@acme.example").code == 5
    assert ann("contact", "edit", "ann", "--email", "Ann@acme.example").code == 0


def test_fields_are_changed_and_emptied_and_undone(ann: Run) -> None:
    before = person(ann)
    ann("add", "Acme: audit")
    result = ann("contact", "edit", "ann", "--role", "CEO", "--phone", "", "--deal", "2")
    assert result.err == "Changed c1: phone, role, deals.\n"
    assert (person(ann)["role"], person(ann)["phone"], person(ann)["deals"]) == ("CEO", None, 2)
    assert ann("undo").code == 0
    assert person(ann) == before


def test_somebody_has_to_remain(pipeline: Run) -> None:
    pipeline("contact", "add", "Ann")
    result = pipeline("contact", "edit", "c1", "--name", "")
    assert (result.code, result.err) == (
        2, "c1 would be nobody: a name, an e-mail address or a number has to stay.\n",
    )  # fmt: skip
    assert pipeline("contact", "edit", "c1").code == 2
    assert pipeline("contact", "add", " ").code == 2


@pytest.mark.parametrize("odd", ["", " ", "a\x00b", "a\udcff@b.example", "a\x00@b.example", "x" * 100_001, "[/]", "c0", "<>",
                                 "c9999999999999999999", "+1" * 30, "@", "-", "١٢٣٤٥٦"])  # fmt: skip
def test_odd_words_are_answered_in_a_sentence(ann: Run, odd: str) -> None:
    for command in (
        ["add", "--", odd], ["add", "Zoe", "--email", odd], ["add", "Zoe", "--phone", odd], ["add", "Zoe", "--role", odd],
        ["edit", "c1", "--name", odd], ["edit", "c1", "--email", odd], ["edit", "c1", "--phone", odd], ["show", "--", odd],
        ["list", "--", odd], ["list", "--retention", odd], ["export", "--", odd], ["opt-out", "--", odd],
        ["opt-out", "--revoke", "--", odd], ["forget", "--yes", "--", odd],
    ):  # fmt: skip
        result = ann("contact", *command)
        assert result.code in (0, 2, 4, 5), (command, result.err)
        assert "Traceback" not in result.err
    assert ann("check").code == 0


# Who is meant


@pytest.mark.parametrize(
    "name",
    ["c1", "C1", "#c1", "ann@ACME.example", "+49 (0)30 1234567".replace("(0)", ""), "Ann Lee", "lee", "0049301234567"],
)
def test_a_person_is_named_by_number_address_or_a_part_of_the_name(ann: Run, name: str) -> None:
    ann("contact", "add", "Bob Roe", "--email", "bob@acme.example")
    assert person(ann, name)["id"] == 1


def test_several_are_listed_and_none_is_guessed(ann: Run) -> None:
    ann("contact", "add", "Ann Roe", "--email", "roe@acme.example")
    result = ann("contact", "show", "ann")
    assert (result.code, result.err) == (
        4,
        "'ann' may be any of 2 people; name one by the number:\n"
        "  c1  Ann Lee <ann@acme.example> (Acme)\n  c2  Ann Roe <roe@acme.example>\n",
    )
    missing = ann("contact", "show", "Ann Leee")
    assert (missing.code, missing.err) == (
        4, "There is no contact 'Ann Leee'. Did you mean 'ann lee'? `pipeline contact list` shows everybody.\n",
    )  # fmt: skip
    assert ann("contact", "show", "c9").code == 4
    assert ann("contact", "show", "").code == 2


# list, show, export


def test_the_list_is_narrowed_by_words_and_has_every_form(ann: Run) -> None:
    ann("contact", "add", "Bob Roe", "--org", "Borg")
    assert [row["name"] for row in ann("contact", "list", "--json").rows] == ["Ann Lee", "Bob Roe"]
    assert [row["id"] for row in ann("contact", "list", "borg", "bob", "--json").rows] == [2]
    assert ann("contact", "list", "--format", "csv").out.splitlines()[0] == (
        "id,name,email,phone,organization,role,source,opted_out,deals,touchpoints,last_inbound_at,created_at"
    )
    assert "c2" in ann("contact", "list", "borg").out
    nobody = ann("contact", "list", "nobody")
    assert (nobody.code, nobody.out) == (0, "Nobody matches.\n")


def test_retention_lists_who_was_long_silent(pipeline: Run) -> None:
    pipeline("add", "Old", "--contact", "Old <old@acme.example>", today="2023-11-20")
    pipeline("add", "Heard", "--contact", "Heard <heard@acme.example>", today="2023-11-20")
    pipeline("log", "Heard", "email", "--in", today="2023-11-21")
    pipeline("log", "Old", "email", "--out", today="2026-11-20")
    found = pipeline("contact", "list", "--retention", "36m", "--json")
    assert [row["name"] for row in found.rows] == ["Old"]
    assert len(pipeline("contact", "list", "--retention", "3y", "--json", today="2026-11-22").rows) == 2
    assert pipeline("contact", "list", "--retention", "soon").code == 2
    assert pipeline("contact", "list", "--retention", "99999y").code == 2


def test_the_past_has_the_people_it_had(ann: Run) -> None:
    ann("contact", "edit", "c1", "--role", "CEO", today="2026-11-25")
    then = ann("contact", "show", "c1", "--as-of", "2026-11-21", "--json", today="2026-11-26")
    assert then.json["contact"]["role"] == "owner"


def test_an_export_holds_everything_about_a_person(ann: Run, folder: Path) -> None:
    ann("log", "1", "call", "She likes tea", "--in")
    ann("note", "1", "ask again in May")
    ann("contact", "edit", "c1", "--role", "CEO")
    held = ann("contact", "export", "ann").json
    assert held["contact"]["name"] == "Ann Lee"
    assert held["earlier"] == [{"until": "2026-11-21T10:00:00.000Z", "role": "owner"}]
    (one,) = held["deals"]
    assert [touch["note"] for touch in one["touchpoints"]] == ["She likes tea"]
    assert [note["text"] for note in one["notes"]] == ["ask again in May"]
    assert [row["command"] for row in held["operations"]] == ["add", "contact add", "log", "note"]
    assert ann("contact", "export", "ann", "-o", "ann.json").code == 0
    assert (folder / "ann.json").stat().st_mode & 0o777 == 0o600
    assert ann("contact", "export", "ann", "-o", "ann.json").code == 5
    assert ann("contact", "export", "ann", "--format", "csv").code == 2


# opt-out


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
        "Ann": True, "Bob": True, "Cyd": False, "Dan": False,
    }  # fmt: skip
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


# forget


def test_forgetting_asks_first(ann: Run, folder: Path) -> None:
    result = ann("contact", "forget", "ann")
    assert (result.code, "pipeline contact forget c1 --yes" in result.err) == (5, True)
    for answer, name in (("no", "Ann Lee"), ("yes", "forgotten contact")):
        with Terminal(folder, "contact", "forget", "ann") as terminal:
            terminal.wait_for("Type yes to forget: ")
            terminal.type(answer)
            assert terminal.finish() == 0
        assert person(ann)["name"] == name


def test_a_forgotten_person_leaves_deals_amounts_and_history(ann: Run) -> None:
    ann("edit", "1", "--value", "12k")
    ann("log", "1", "call", "Ann will think about it", "--in")
    before = shown(ann)
    result = ann("contact", "forget", "ann", "--yes")
    assert result.code == 0
    assert "Copies may still lie" in result.err
    after = shown(ann)
    assert after["touchpoints"][0]["note"] == "forgotten contact will think about it"
    assert after["contacts"] == [
        {"id": 1, "name": "forgotten contact", "email": None, "phone": None, "organization": None, "role": None,
         "source": None, "opted_out": False},
    ]  # fmt: skip
    assert after["deal"] == {**before["deal"], "contact": "forgotten contact"}
    assert after["moves"] == before["moves"]
    assert (last(ann)["command"], last(ann)["summary"]) == ("contact forget", "forgot c1")
    assert ann("contact", "list", "--json").rows == []
    assert ann("contact", "show", "ann").code == 4


def test_who_opted_out_and_is_forgotten_is_still_left_alone(ann: Run, folder: Path) -> None:
    ann("contact", "opt-out", "ann")
    ann("contact", "forget", "ann", "--yes")
    assert ann("add", "New", "--contact", "Ann@acme.example").code == 5
    assert ann("log", "1", "call").code == 5
    (folder / "deals.csv").write_text("title,contact,email\nBack,Ann,ann@acme.example\n")
    assert ann("import", "deals.csv").code == 0
    assert person(ann, "ann@acme.example")["opted_out"] is True


def test_an_opt_out_that_was_imported_survives_forgetting(pipeline: Run, folder: Path) -> None:
    (folder / "people.csv").write_text("name,email,opted_out\nAnn,ann@acme.example,true\n")
    (folder / "deals.csv").write_text("title\nOne\n")
    pipeline("import", "deals.csv", "--contacts", "people.csv")
    pipeline("contact", "forget", "ann", "--yes")
    assert pipeline("add", "New", "--contact", "ann@acme.example").code == 5


def test_undo_stops_at_a_forgotten_person(ann: Run) -> None:
    ann("contact", "forget", "ann", "--yes")
    stopped = ann("undo")
    assert (stopped.code, stopped.err) == (
        5,
        "Operation 3 forgot a person, which is for good: neither it nor anything before it can be undone. "
        "Nothing was undone.\n",
    )
    ann("note", "1", "later")
    before = record(ann)
    assert ann("undo", "2").code == 5
    assert record(ann) == before
    assert ann("undo").code == 0
    assert ann("redo").code == 0


def test_forgetting_again_only_cleans_the_file(ann: Run) -> None:
    ann("contact", "forget", "ann", "--yes")
    before = record(ann)
    result = ann("contact", "forget", "c1", "--yes")
    assert (result.code, result.err.splitlines()[0]) == (
        0, "c1 is forgotten already; the file is rewritten once more.",
    )  # fmt: skip
    assert record(ann) == before
    assert last(ann)["operation"] == 3
    assert ann("contact", "edit", "c1", "--name", "Ann").code == 5


def test_a_file_that_could_not_be_cleaned_says_so(ann: Run, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from pipeline_cli.storage import database

    monkeypatch.setattr(database, "QUIET_WAIT_MS", 1)
    monkeypatch.setattr(database, "LONG_WAIT_MS", 1)
    ann("contact", "forget", "ann", "--yes")
    reader = sqlite3.connect(folder / "pipeline.db", isolation_level=None)
    reader.execute("BEGIN")
    reader.execute("SELECT count(*) FROM deals").fetchone()
    result = ann("contact", "forget", "c1", "--yes")
    reader.close()
    assert result.code == 7
    assert "the person is forgotten, but the file could not be rewritten" in result.err
    assert "pipeline contact forget c1 --yes" in result.err
    assert ann("contact", "forget", "c1", "--yes").code == 0


def test_nobody_who_is_forgotten_is_exported(ann: Run, folder: Path) -> None:
    ann("contact", "add", "Bob Roe", "--email", "bob@acme.example", "--deal", "1")
    ann("contact", "forget", "ann", "--yes")
    assert "forgotten" not in ann("export", "contacts").out
    deals = ann("export", "deals", "--json").rows
    assert (deals[0]["contact"], "more_contacts" in deals[0]) == ("Bob Roe", False)
