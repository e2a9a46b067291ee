"""The people as cards for an address book, which come back as they went."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline_cli.domain.capture.cards import Card
from pipeline_cli.exchange.cards.read import read_cards
from tests.conftest import Run


def cards_in(path: Path) -> list[Card]:
    problems: list[str] = []
    cards = list(read_cards([path], lambda _, words: problems.append(words)))
    assert problems == []
    return cards


def test_everybody_has_a_card_that_is_the_same_each_time(ann: Run, folder: Path) -> None:
    ann("contact", "add", "Bob, Jr. [/]", "--phone", "+49 30 7654321")
    result = ann("contact", "export", "--vcard", "-o", "people.vcf")
    again = ann("contact", "export", "--vcard")
    first, second = cards_in(folder / "people.vcf")

    assert (result.code, result.out, result.err) == (0, "", "Wrote people.vcf.\n")
    assert (folder / "people.vcf").read_bytes().decode() == again.out
    assert (first.name, [email.text for email in first.emails], [phone.text for phone in first.phones]) == (
        "Ann Lee",
        ["ann@acme.example"],
        ["+49 30 1234567"],
    )
    assert (first.organization, first.title) == ("Acme", "owner")
    assert (second.name, [phone.text for phone in second.phones]) == ("Bob, Jr. [/]", ["+49 30 7654321"])
    assert first.uid != second.uid


def test_one_person_is_one_card(ann: Run) -> None:
    ann("contact", "add", "Bob", "--email", "bob@acme.example")

    assert ann("contact", "export", "bob", "--vcard").out.count("BEGIN:VCARD") == 1


def test_a_card_says_who_opted_out_and_nobody_forgotten_has_one(ann: Run) -> None:
    ann("contact", "add", "Bob", "--email", "bob@acme.example")
    ann("contact", "opt-out", "bob@acme.example")
    ann("contact", "forget", "ann", "--yes")
    text = ann("contact", "export", "--vcard").out

    assert (text.count("BEGIN:VCARD"), "NOTE:Asked not to be contacted." in text) == (1, True)
    assert ann("contact", "export", "c1", "--vcard").code == 5


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["contact", "export"], 2),
        (["contact", "export", "--vcard", "--json"], 2),
        (["contact", "export", "--vcard", "--format", "csv"], 2),
        (["contact", "export", "nobody", "--vcard"], 4),
    ],
)
def test_what_makes_no_sense_is_refused_in_one_sentence(ann: Run, arguments: list[str], code: int) -> None:
    result = ann(*arguments)

    assert (result.code, result.out, result.err.count("\n")) == (code, "", 1)


def test_without_anybody_nothing_is_written(pipeline: Run, folder: Path) -> None:
    result = pipeline("contact", "export", "--vcard", "-o", "people.vcf")

    assert (result.code, result.out) == (0, "")
    assert not (folder / "people.vcf").exists()


def test_a_file_that_is_there_is_left_alone(ann: Run, folder: Path) -> None:
    (folder / "people.vcf").write_text("mine")

    assert ann("contact", "export", "--vcard", "-o", "people.vcf").code == 5
    assert (folder / "people.vcf").read_text() == "mine"
