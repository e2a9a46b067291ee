"""People as cards that every address book reads, and that come back as they went."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline_cli.domain.capture.cards import CardAddress
from pipeline_cli.exchange.cards.read import read_cards
from pipeline_cli.exchange.cards.write import CardOut, write_cards

ANN = CardOut(
    "ab12",
    "O'Neill, Patrick; Jr.",
    [("pat@acme.example", "work"), ("pat@bäcker.example", None), ("pat@club.example", "Segelclub; Nord")],
    [("+49 30 1234567", "mobile"), ("030 99", None)],
    "Boats, Sons; Ltd.",
    "Head of boats",
)


def test_a_person_comes_back_as_they_went(tmp_path: Path) -> None:
    path = tmp_path / "people.vcf"
    path.write_text(write_cards([ANN, ANN._replace(key="cd34", name=None)]), encoding="utf-8", newline="")
    problems: list[str] = []
    first, second = read_cards([path], lambda _, words: problems.append(words))

    assert (first.uid, first.name, first.organization, first.title) == (
        "ab12@pipeline",
        ANN.name,
        ANN.organization,
        ANN.title,
    )
    assert first.emails == (
        CardAddress("pat@acme.example", "work", True),
        CardAddress("pat@bäcker.example"),
        CardAddress("pat@club.example", "Segelclub; Nord"),
    )
    assert first.phones == (CardAddress("+49 30 1234567", "mobile", True), CardAddress("030 99"))
    assert (second.name, problems) == ("pat@acme.example", [])


def test_the_same_people_give_the_same_text_of_lines_that_are_short_enough() -> None:
    text = write_cards([ANN._replace(name="Größe " * 40), ANN])

    assert text == write_cards([ANN._replace(name="Größe " * 40), ANN])
    assert all(len(line.encode()) <= 75 for line in text.split("\r\n"))
    assert text.count("BEGIN:VCARD\r\nVERSION:3.0\r\n") == 2


def test_who_asked_for_silence_has_a_card_that_says_so() -> None:
    assert "NOTE:Asked not to be contacted." in write_cards([ANN._replace(is_opted_out=True)])
    assert "NOTE" not in write_cards([ANN])


SEEN = st.text(st.characters(exclude_categories=["C", "Zl", "Zp"]), min_size=1, max_size=80)


@given(name=SEEN)
def test_no_name_breaks_out_of_its_line(tmp_path_factory: pytest.TempPathFactory, name: str) -> None:
    path = tmp_path_factory.mktemp("cards") / "people.vcf"
    path.write_text(write_cards([ANN._replace(name=f"A {name}", organization=f"B {name}")]), "utf-8", newline="")
    (one,) = read_cards([path], lambda *_: None)

    assert (one.name, one.organization) == (" ".join(f"A {name}".split()), " ".join(f"B {name}".split()))
