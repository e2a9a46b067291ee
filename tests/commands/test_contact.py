"""The people: kept, found, shown and exported."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.commands.reading import deal, person
from tests.conftest import Run

# add and edit


def test_a_person_is_added_with_their_deals(ann: Run) -> None:
    assert person(ann) == {
        "id": 1,
        "name": "Ann Lee",
        "email": "ann@acme.example",
        "phone": "+49 30 1234567",
        "organization": "Acme",
        "role": "owner",
        "source": "fair",
        "opted_out": False,
        "deals": 1,
        "touchpoints": 0,
        "last_inbound_at": None,
        "created_at": "2026-11-21T10:00:00.000Z",
        "addresses": [
            {"kind": "email", "address": "ann@acme.example", "label": None, "bounced_on": None},
            {"kind": "phone", "address": "+49 30 1234567", "label": None, "bounced_on": None},
        ],
        "formerly": [],
    }
    assert deal(ann)["contact"] == "Ann Lee"


def test_the_address_may_stand_in_the_name(pipeline: Run) -> None:
    pipeline("contact", "add", "Ann Lee <ann@acme.example>")
    assert (person(pipeline)["name"], person(pipeline)["email"]) == ("Ann Lee", "ann@acme.example")
    twice = pipeline(
        "contact", "add", "Bob <bob@acme.example>", "--email", "BOB@acme.example", "--email", "b@bob.example"
    )
    assert (twice.code, [one["address"] for one in person(pipeline, "bob")["addresses"]]) == (
        0,
        ["bob@acme.example", "b@bob.example"],
    )


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
        2,
        "c1 would be nobody: a name, an e-mail address or a number has to stay.\n",
    )
    assert pipeline("contact", "edit", "c1").code == 2
    assert pipeline("contact", "add", " ").code == 2


@pytest.mark.parametrize(
    "odd",
    [
        "",
        " ",
        "a\x00b",
        "a\udcff@b.example",
        "a\x00@b.example",
        "x" * 100_001,
        "[/]",
        "c0",
        "<>",
        "c9999999999999999999",
        "+1" * 30,
        "@",
        "-",
        "١٢٣٤٥٦",
    ],
)
def test_odd_words_are_answered_in_a_sentence(ann: Run, odd: str) -> None:
    for command in (
        ["add", "--", odd],
        ["add", "Zoe", "--email", odd],
        ["add", "Zoe", "--phone", odd],
        ["add", "Zoe", "--role", odd],
        ["edit", "c1", "--name", odd],
        ["edit", "c1", "--email", odd],
        ["edit", "c1", "--phone", odd],
        ["show", "--", odd],
        ["list", "--", odd],
        ["list", "--retention", odd],
        ["export", "--", odd],
        ["opt-out", "--", odd],
        ["opt-out", "--revoke", "--", odd],
        ["forget", "--yes", "--", odd],
    ):
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
        4,
        "There is no contact 'Ann Leee'. Did you mean 'ann lee'? `pipeline contact list` shows everybody.\n",
    )
    assert ann("contact", "show", "c9").code == 4
    assert ann("contact", "show", "").code == 2


# list, show, export


def test_the_list_is_narrowed_by_words_and_has_every_form(ann: Run) -> None:
    ann("contact", "add", "Bob Roe", "--org", "Borg")
    assert [row["name"] for row in ann("contact", "list", "--json").rows] == ["Ann Lee", "Bob Roe"]
    assert [row["id"] for row in ann("contact", "list", "borg", "bob", "--json").rows] == [2]
    assert ann("contact", "list", "--format", "csv").out.splitlines()[0] == (
        "id,name,email,phone,organization,role,source,opted_out,deals,touchpoints,last_inbound_at,created_at,addresses,formerly"
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
