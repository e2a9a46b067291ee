"""People with several addresses: each of them is the person, for every command."""

from __future__ import annotations

from email import message_from_bytes
from pathlib import Path
from typing import Any

import pytest

from tests.commands.captured import mail, settings
from tests.commands.reading import person, shown
from tests.conftest import Run


@pytest.fixture
def both(ann: Run) -> Run:
    """Ann Lee with an address and a number more."""
    words = ("--add-email", "home=ann@home.example", "--add-phone", "mobile=+49 171 1234567")
    assert ann("contact", "edit", "ann", *words).code == 0
    return ann


def addresses(run: Run, name: str = "c1") -> list[tuple[str, str | None]]:
    return [(one["address"], one["label"]) for one in person(run, name)["addresses"]]


def test_the_others_follow_the_first_with_their_labels(both: Run) -> None:
    assert addresses(both) == [
        ("ann@acme.example", None),
        ("ann@home.example", "home"),
        ("+49 30 1234567", None),
        ("+49 171 1234567", "mobile"),
    ]
    assert "ann@acme.example, ann@home.example (home)" in both("contact", "show", "ann").out
    assert "ann@home.example (home)" in both("show", "1").out


@pytest.mark.parametrize("name", ["ann@home.example", "ANN@Home.Example", "0049 171 1234567", "home.example"])
def test_each_of_them_names_the_person(both: Run, name: str) -> None:
    assert person(both, name)["id"] == 1
    assert [row["id"] for row in both("contact", "list", "home.example", "--json").rows] == [1]


def test_which_is_first_and_which_is_gone_is_said_and_undone(both: Run) -> None:
    before = addresses(both)
    both("contact", "edit", "ann", "--first", "ann@home.example")
    assert (person(both)["email"], addresses(both)[:2]) == (
        "ann@home.example",
        [("ann@home.example", "home"), ("ann@acme.example", None)],
    )
    both("contact", "edit", "ann", "--remove", "ann@home.example", "--remove", "+49 30 1234567")
    assert addresses(both) == [("ann@acme.example", None), ("+49 171 1234567", "mobile")]
    assert (both("undo").code, both("undo").code) == (0, 0)
    assert addresses(both) == before


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("--add-email", "nobody"), 2),
        (("--add-email", "home="), 2),
        (("--add-email", "=ann@x.example"), 2),
        (("--add-phone", "12"), 2),
        (("--remove", "ann@other.example"), 2),
        (("--remove", "[/]"), 2),
        (("--first", "ann@other.example"), 2),
        (("--deal-role", "sponsor"), 2),
        (("--was-wrong",), 2),
        (("--deal", "99", "--deal-role", "x"), 4),
    ],
)
def test_odd_addresses_are_refused_in_a_sentence(both: Run, words: tuple[str, ...], code: int) -> None:
    before = both("contact", "list", "--json").out
    result = both("contact", "edit", "ann", *words)
    assert (result.code, result.err.count("\n"), both("contact", "list", "--json").out) == (code, 1, before), result.err


def test_a_deal_with_a_known_address_is_the_persons(both: Run) -> None:
    both("add", "Acme: audit", "--contact", "ann@home.example")
    assert [one["id"] for one in shown(both, "2")["contacts"]] == [1]
    assert "same e-mail address" in both("add", "Another", "--contact", "Ann <ann@home.example>").err


def test_who_opted_out_by_one_address_has_by_all(both: Run) -> None:
    both("contact", "opt-out", "ann@home.example")
    for address in ("ann@acme.example", "ann@home.example"):
        assert both("add", "New", "--contact", address).code == 5
    both("contact", "edit", "ann", "--add-email", "ann@new.example")
    both("contact", "edit", "ann", "--remove", "ann@new.example")
    assert both("add", "New", "--contact", "ann@new.example").code == 5
    both("contact", "opt-out", "ann@acme.example", "--revoke")
    assert both("add", "New", "--contact", "ann@home.example").code == 0


def test_a_person_is_forgotten_by_any_address_and_with_all(both: Run, folder: Path) -> None:
    both("note", "1", "write to ANN@HOME.example or ring 0171 1234567")
    assert both("contact", "forget", "ann@home.example", "--yes").code == 0
    content = (folder / "pipeline.db").read_bytes().lower()
    assert b"home.example" not in content
    assert b"1234567" not in content


def lasting(run: Run) -> list[dict[str, Any]]:
    """What a file of contacts holds of people."""
    passing = {"id", "deals", "created_at", "touchpoints"}
    return [
        {key: value for key, value in row.items() if key not in passing}
        for row in run("contact", "list", "--json").rows
    ]


def test_a_file_of_contacts_brings_several_and_takes_them_back(both: Run, folder: Path) -> None:
    (folder / "people.csv").write_text(
        "name,email,email_2,phone,phone_mobile\nBob,bob@x.example; b@y.example,bob@z.example,030 1,+49 170 7654321\n"
        "Ann L.,ann@home.example,ann@third.example,,\n"
    )
    (folder / "deals.csv").write_text("title\nOther\n")
    assert both("import", "deals.csv", "--contacts", "people.csv").code == 0
    assert [address for address, _ in addresses(both, "bob")] == [
        "bob@x.example",
        "b@y.example",
        "bob@z.example",
        "030 1",
        "+49 170 7654321",
    ]
    assert [address for address, _ in addresses(both)][:3] == [
        "ann@acme.example",
        "ann@home.example",
        "ann@third.example",
    ]
    both("contact", "edit", "bob", "--org", "First")
    both("contact", "edit", "bob", "--org", "Second", "--role", "CTO")
    (folder / "all.csv").write_text(both("export", "contacts").out)
    people = [
        {**row, "id": 0, "deals": 0, "created_at": 0, "touchpoints": 0}
        for row in both("contact", "list", "--json").rows
    ]
    (folder / "pipeline.db").unlink()
    assert both("import", "deals.csv", "--contacts", "all.csv").code == 0
    again = [
        {**row, "id": 0, "deals": 0, "created_at": 0, "touchpoints": 0}
        for row in both("contact", "list", "--json").rows
    ]
    assert again == people
    assert both("import", "deals.csv", "--contacts", "all.csv").code == 0
    assert both("history", "--json").rows[0]["operation"] <= 2


def test_who_moves_on_keeps_where_they_were(both: Run) -> None:
    both("contact", "edit", "ann", "--org", "Beta", "--role", "head of buying")
    assert person(both)["formerly"] == [{"organization": "Acme", "role": "owner", "until": "2026-11-21"}]
    assert "owner, Acme until 2026-11-21" in both("contact", "show", "ann").out
    both("contact", "edit", "ann", "--org", "Bета", "--was-wrong")
    assert len(person(both)["formerly"]) == 1
    both("contact", "edit", "ann", "--org", "BETA GmbH", "--was-wrong")
    both("contact", "edit", "ann", "--org", "Beta")
    assert len(person(both)["formerly"]) == 1, "the same organization, written otherwise"


def test_a_role_on_a_deal_stands_there_alone(both: Run) -> None:
    both("add", "Acme: audit", "--contact", "ann@acme.example")
    both("contact", "edit", "ann", "--deal", "2", "--deal-role", "champion")
    assert [shown(both, deal)["contacts"][0]["role"] for deal in ("1", "2")] == ["owner", "champion"]
    both("contact", "edit", "ann", "--deal", "2", "--deal-role", "")
    assert shown(both, "2")["contacts"][0]["role"] == "owner"


def test_two_entries_of_one_person_become_one_with_all_of_both(both: Run, folder: Path) -> None:
    settings(folder)
    both("contact", "add", "A. Lee", "--email", "a.lee@acme.example", "--source", "web")
    both("add", "Acme: audit", "--contact", "a.lee@acme.example")
    mail(folder, 1, "a.lee@acme.example", "me@mine.example")
    both("capture")
    before = both("contact", "list", "--json").out
    assert both("contact", "merge", "c2", "ann").code == 0
    (row,) = both("contact", "list", "--json").rows
    assert (row["id"], row["deals"], row["source"]) == (1, 2, "fair")
    assert ("a.lee@acme.example", None) in addresses(both)
    assert shown(both, "2")["touchpoints"][0]["contact"] == "Ann Lee"
    assert both("check").code == 0
    assert both("undo").code == 0
    assert both("contact", "list", "--json").out == before
    for words, code in ((("c1", "c1"), 2), (("c9", "c1"), 4)):
        assert both("contact", "merge", *words).code == code


def test_a_last_chance_goes_to_an_address_that_mail_reaches(both: Run, folder: Path) -> None:
    settings(folder)
    (folder / "mail" / "cur" / "1790000009.M9.host:2,S").write_text(
        "From: MAILER-DAEMON@mx.example\nTo: me@mine.example\nSubject: failed\nDate: 20 Nov 2026 09:00:00 +0000\n"
        'Message-ID: <b9@mx.example>\nContent-Type: multipart/report; report-type=delivery-status; boundary="b"\n\n--b\n'
        "Content-Type: message/delivery-status\n\nReporting-MTA: dns; mx\n\n"
        "Final-Recipient: rfc822; ann@acme.example\nAction: failed\nStatus: 5.1.1\n\n--b--\n"
    )
    both("capture")
    assert both("prune", "--yes", today="2027-06-01").code == 0
    (draft,) = (folder / "last-chances").glob("*.eml")
    assert "ann@home.example" in str(message_from_bytes(draft.read_bytes())["To"])


def test_numbers_are_one_where_the_country_is_known(both: Run, folder: Path) -> None:
    both("contact", "add", "Bob", "--phone", "030 7654321")
    assert both("contact", "show", "+49 30 7654321").code == 4
    with (folder / "pipeline.yaml").open("a") as file:
        file.write("\ncountry: DE\n")
    assert person(both, "+49 (0)30 7654321")["name"] == "Bob"
    both("contact", "opt-out", "+49 30 7654321")
    assert both("add", "New", "--contact", "Cid", "--phone", "030/7654321").code == 5
    with (folder / "pipeline.yaml").open("a") as file:
        file.write("country: XX\n")
    assert both("list").code == 3
