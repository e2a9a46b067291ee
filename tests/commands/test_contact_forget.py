"""Who asks to be forgotten is, for good; deals and history stay."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from tests.commands.reading import last, person, record, shown
from tests.conftest import Run
from tests.terminal import Terminal


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
        {
            "id": 1,
            "name": "forgotten contact",
            "email": None,
            "phone": None,
            "organization": None,
            "role": None,
            "source": None,
            "opted_out": False,
            "addresses": [],
        },
    ]
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
        0,
        "c1 is forgotten already; the file is rewritten once more.",
    )
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
