"""Cards as other programs write them, in all three versions, and as nobody should."""

from __future__ import annotations

import base64
import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest

from pipeline_cli.domain.capture.cards import Card, CardAddress
from pipeline_cli.exchange.cards.read import read_cards


class Found(NamedTuple):
    """What was read, and what was said about the rest."""

    cards: list[Card]
    problems: list[tuple[str, str]]


Read = Callable[[str | bytes], Found]


def read(*sources: Path) -> Found:
    problems: list[tuple[str, str]] = []
    cards = list(read_cards(sources, lambda file, words: problems.append((Path(file).name, words))))
    return Found(cards, problems)


@pytest.fixture
def of(tmp_path: Path) -> Read:
    """Reads one file that holds these lines, as one card unless they say otherwise."""

    def read_lines(content: str | bytes) -> Found:
        if isinstance(content, str):
            content = content.encode()
        if b"VCARD" not in content:
            content = b"BEGIN:VCARD\nVERSION:3.0\n" + content.strip(b"\n") + b"\nEND:VCARD\n"
        path = tmp_path / "people.vcf"
        path.write_bytes(content.replace(b"\n", b"\r\n"))
        return read(path)

    return read_lines


def test_version_2_1_with_soft_breaks_charsets_and_a_picture_without_indent(of: Read) -> None:
    picture = base64.b64encode(bytes(range(256)) * 40).decode()
    lines = "\n".join(picture[start : start + 72] for start in range(0, len(picture), 72))
    (one,) = of(
        "N;CHARSET=ISO-8859-1;ENCODING=QUOTED-PRINTABLE:M=FCller;J=F6rg\n"
        "FN;encoding=quoted-printable;charset=UTF-8:J=C3=B6rg =\nM=C3=BCller\n"
        f"PHOTO;JPEG;ENCODING=BASE64:\n{lines}\n\n"
        "EMAIL;INTERNET:second@acme.example\nEMAIL;PREF;INTERNET:first@acme.example\nTEL;WORK;FAX:+49 30 2\nTEL;CELL:+49 30 1"
    ).cards

    assert one.name == "Jörg Müller"
    assert [email.text for email in one.emails] == ["first@acme.example", "second@acme.example"]
    assert one.phones == (CardAddress("+49 30 1", "mobile"), CardAddress("+49 30 2", "fax"))


def test_version_3_0_with_groups_labels_folds_and_escapes(of: Read) -> None:
    (one,) = of(
        "FN:O'Neill\\, Patrick\\; Jr.\nORG:Boats\\, Sons\\; Ltd.;Unit\nTITLE:Head of\n  boats\n"
        "item1.EMAIL;type=INTERNET;type=pref:pat@acme.example\nitem1.X-ABLabel:_$!<Work>!$_\n"
        "item2.EMAIL:pat@club.example\nitem2.X-ABLabel:Segelclub\nUID:abc"
    ).cards

    assert (one.name, one.organization, one.title) == ("O'Neill, Patrick; Jr.", "Boats, Sons; Ltd.", "Head of boats")
    assert one.emails == (CardAddress("pat@acme.example", "work", True), CardAddress("pat@club.example", "Segelclub"))
    assert (one.uid, one.number, one.kind) == ("abc", 1, "individual")


def test_version_4_0_with_uris_and_preferences(of: Read) -> None:
    (one,) = of(
        "VERSION:4.0\nFN:Doe, Jane\nEMAIL;PREF=2;TYPE=home:jane@home.example\nEMAIL;PREF=1:mailto:jane@acme.example\n"
        'TEL;VALUE=uri;TYPE="voice,cell":tel:+49-171-3920014;ext=1\nTEL;VALUE=uri:sip:jane@acme.example\nKIND:Individual'
    ).cards

    assert one.name == "Doe, Jane"
    assert one.emails == (CardAddress("jane@acme.example", None, True), CardAddress("jane@home.example", "home"))
    assert one.phones == (CardAddress("+49 171 3920014", "mobile"),)


@pytest.mark.parametrize(
    ("lines", "name"),
    [
        ("N:Lee;Ann;Mary;Dr.;Jr.", "Dr. Ann Mary Lee Jr."),
        ("N:;;;;\nFN:\nNICKNAME:Annie", "Annie"),
        ("N:Lee", "Lee"),
        ("N:;;;;\nORG:Acme", ""),
    ],
)
def test_a_card_that_shows_no_name_has_it_made_from_its_parts(of: Read, lines: str, name: str) -> None:
    assert [one.name for one in of(lines).cards] == [name]


@pytest.mark.parametrize(
    ("line", "kind"),
    [("KIND:group", "group"), ("X-ADDRESSBOOKSERVER-KIND:group", "group"), ("X-ABShowAs:COMPANY", "org")],
)
def test_what_is_no_person_says_so(of: Read, line: str, kind: str) -> None:
    assert [one.kind for one in of(f"FN:Acme\n{line}").cards] == [kind]


def test_what_is_no_address_or_number_is_passed_over(of: Read) -> None:
    (one,) = of("FN:Ann\nEMAIL:n/a\nEMAIL;TYPE=EX:/o=acme/cn=ann\nEMAIL:Ann <ann@acme.example>\nTEL:ask\nTEL:1").cards

    assert (one.emails, one.phones) == ((CardAddress("ann@acme.example"),), ())


def test_one_broken_card_costs_only_itself(of: Read) -> None:
    found = of(
        "BEGIN:VCARD\nFN:First\nEND:VCARD\nBEGIN:VCARD\nFN:Open\nBEGIN:VCARD\nFN:Third\nEND:VCARD\nBEGIN:VCARD\nFN:cut"
    )

    assert [(one.name, one.number) for one in found.cards] == [("First", 1), ("Third", 3)]
    assert len(found.problems) == 2


def test_a_line_that_cannot_be_read_costs_only_itself(of: Read) -> None:
    found = of("FN:Ann\nEMAIL;CHARSET=no-such;ENCODING=QUOTED-PRINTABLE:ann@acme.example\nN\nTEL:+49 30 1")
    (one,) = found.cards

    assert (one.name, [phone.text for phone in one.phones]) == ("Ann", ["+49 30 1"])
    assert one.emails == (CardAddress("ann@acme.example"),)


@pytest.mark.parametrize(
    "line",
    [
        "EMAIL" + ";a=," * 2000 + ":ann@acme.example",
        "EMAIL;a=" + "b," * 3000 + '"',
        "EMAIL" + ';a=","' * 1000,
        "FN:" + "x" * 1_000_000,
        "ORG:" + "\\" * 7001,
    ],
)
def test_a_hostile_line_takes_no_time(of: Read, line: str) -> None:
    begun = time.perf_counter()
    found = of(f"{line}\nFN:Ann\nTEL:+49 30 1")

    assert [phone.text for one in found.cards for phone in one.phones] == ["+49 30 1"]
    assert time.perf_counter() - begun < 5


def test_names_in_other_encodings_are_read_and_a_guess_is_said(tmp_path: Path) -> None:
    card = "BEGIN:VCARD\r\nFN{}:Jörg\r\nEND:VCARD\r\n"
    (tmp_path / "a.vcf").write_bytes(card.format("").encode("cp1252"))
    (tmp_path / "b.vcf").write_bytes(card.format(";CHARSET=ISO-8859-1").encode("latin-1"))
    (tmp_path / "c.vcf").write_bytes(card.format("").encode("utf-16"))
    (tmp_path / "d.vcf").write_bytes(b"\xef\xbb\xbf" + card.format("").encode())
    found = read(tmp_path)

    assert [one.name for one in found.cards] == ["Jörg"] * 4
    assert [file for file, _ in found.problems] == ["a.vcf"]


def test_a_name_is_one_line_of_signs_that_are_seen(of: Read) -> None:
    assert [one.name for one in of("FN:Ann\\n\x1b[31mLee\u202e!").cards] == ["Ann [31mLee !"]


def test_a_folder_of_cards_is_read_and_what_holds_none_is_named(tmp_path: Path) -> None:
    (tmp_path / "book").mkdir()
    for name in ("book/a.vcf", "book/.b.vcf", "book/c.txt"):
        (tmp_path / name).write_text("BEGIN:VCARD\nFN:Ann\nEND:VCARD\n")
    (tmp_path / "empty.vcf").write_bytes(b"no card\n")
    found = read(tmp_path, tmp_path / "nowhere.vcf")

    assert [one.name for one in found.cards] == ["Ann"]
    assert sorted(file for file, _ in found.problems) == ["empty.vcf", "nowhere.vcf"]


def test_the_cards_of_another_project_are_read_whole(shared_data: Path) -> None:
    found = read(shared_data / "vcard" / "khard")

    assert len(found.cards) == 19
    assert [file for file, _ in found.problems] == ["unparsable.vcf"]
    assert all(one.name for one in found.cards)
