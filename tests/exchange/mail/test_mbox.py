"""An mbox: where its mails begin, what Thunderbird writes into it, and one that is cut."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path

from tests.exchange.mail.written import a_mail, a_maildir, as_mbox, keys, read, write


def test_each_mail_of_it_is_read(tmp_path: Path) -> None:
    box = write(tmp_path / "Inbox", as_mbox(a_mail("1"), a_mail("2"), a_mail("3")))
    assert keys(box) == ["1@acme.example", "2@acme.example", "3@acme.example"]


def test_the_forms_of_the_line_that_begins_a_mail(tmp_path: Path) -> None:
    lines = (
        "From - Fri Nov 20 09:00:05 2026\n",
        "From ann@acme.example Fri Nov 20 09:00:05 2026\n",
        "From 1234@xxx Fri Nov 20 09:00:05 +0000 2026\r\n",
        "From ann@acme.example  Fri, 20 Nov 2026 09:00 MET\n",
        "From \n",
    )
    mails = [line.encode() + a_mail(str(number)) + b"\n" for number, line in enumerate(lines)]
    assert keys(write(tmp_path / "box", *mails)) == [f"{number}@acme.example" for number in range(len(lines))]


def test_a_line_of_the_text_that_begins_so_begins_no_mail(tmp_path: Path) -> None:
    text = "\nFrom Monday on we are here.\n\nFrom 9:00 on\nin the office\n\nFrom: nobody@x.example\n"
    box = write(tmp_path / "box", b"From - Fri Nov 20 09:00:05 2026\n", a_mail("1", body=text), as_mbox(a_mail("2")))
    assert keys(box) == ["1@acme.example", "2@acme.example"]


def test_thunderbird_says_what_is_deleted(tmp_path: Path) -> None:
    states = ("0000", "0001", "0009", "000b", "0008", "zzzz", "")
    mails = [b"X-Mozilla-Status: " + state.encode() + b"\n" + a_mail(state) for state in states]
    letters, _ = read(write(tmp_path / "box", as_mbox(*mails)))
    assert [letter.is_deleted for letter in letters] == [False, False, True, True, True, False, False]


def test_mutt_says_it_too(tmp_path: Path) -> None:
    mails = [b"X-Status: " + state + b"\n" + a_mail() for state in (b"AD", b"T", b"A")]
    letters, _ = read(write(tmp_path / "box", as_mbox(*mails)))
    assert [(letter.is_deleted, letter.is_draft) for letter in letters] == [
        (True, False),
        (False, True),
        (False, False),
    ]


def test_the_labels_of_gmail_s_export_are_its_folders(tmp_path: Path) -> None:
    labels = (
        "Inbox,Opened,Category Personal",
        "Spam,Unread",
        "Trash,Opened",
        "=?UTF-8?Q?Entw=C3=BCrfe?=",
        "Clients/Trash,Templates,Sent",
        'Opened,\n "Papierkorb"',
    )
    mails = [f"X-Gmail-Labels: {label}\n".encode() + a_mail(str(number)) for number, label in enumerate(labels)]
    letters, reading = read(write(tmp_path / "All mail.mbox", as_mbox(*mails)))
    assert [(letter.key[0], letter.is_deleted, letter.is_draft) for letter in letters] == [
        ("0", False, False),
        ("2", True, False),
        ("3", False, True),
        ("4", False, False),
        ("5", True, False),
    ]
    assert reading.unread == {"junk": 1}


def test_a_label_that_came_with_a_mail_hides_it_in_no_other_folder(tmp_path: Path) -> None:
    mail = b"X-Gmail-Labels: Spam\n" + a_mail("1")
    assert keys(a_maildir(tmp_path / "dir", one=mail)) == ["1@acme.example"]
    box = write(tmp_path / "box", as_mbox(b"X-Gmail-Labels: Inbox\nX-Gmail-Labels: Trash\n" + a_mail("2")))
    assert [letter.is_deleted for letter in read(box)[0]] == [False]


def test_a_mail_without_a_number_is_the_same_in_an_mbox_and_in_a_maildir(tmp_path: Path) -> None:
    mail = a_mail("", body="\nFrom now on\n>From then on\n\n\n\n").replace(b"<@Acme.example>", b"")
    a_maildir(tmp_path / "dir", one=mail)
    sources = [
        write(tmp_path / "box", as_mbox(mail)),
        tmp_path / "dir",
        write(tmp_path / "windows.eml", mail.replace(b"\n", b"\r\n").rstrip()),
    ]
    assert len(set(keys(*sources))) == 1
    other = write(tmp_path / "other.eml", mail + b"and more\n")
    assert len(set(keys(*sources, other))) == 2


def test_one_that_is_cut_in_a_header_loses_that_mail_alone_and_says_so(tmp_path: Path) -> None:
    whole = as_mbox(a_mail("1"), a_mail("2"))
    box = write(tmp_path / "box", whole, as_mbox(a_mail("3"))[:120])
    letters, reading = read(box)
    assert [letter.key for letter in letters] == ["1@acme.example", "2@acme.example"]
    assert reading.problems == [f"{box}: ends in the middle of a mail; run this again when it is whole"]


def test_it_may_be_cut_anywhere(tmp_path: Path) -> None:
    whole = as_mbox(a_mail("1"), a_mail("2", body="x" * 300))
    for length in range(0, len(whole), 7):
        letters, reading = read(write(tmp_path / "box.mbox", whole[:length]))
        assert len(letters) + len(reading.problems) <= 3
        assert [letter.key for letter in letters] == ["1@acme.example", "2@acme.example"][: len(letters)]


def test_one_that_begins_in_the_middle_of_a_mail_says_so(tmp_path: Path) -> None:
    box = write(tmp_path / "old.mbox", b"of the text.\n\n", as_mbox(a_mail("1")))
    letters, reading = read(box)
    assert [letter.key for letter in letters] == ["1@acme.example"]
    assert reading.problems == [f"{box}: begins in the middle of a mail, which was left out"]


def test_mails_are_found_over_the_ends_of_blocks(tmp_path: Path) -> None:
    sizes = (1_048_000, 1_048_300, 50, 1_048_576, 2_097_152, 10)
    mails = [a_mail(str(number), body="y" * size) for number, size in enumerate(sizes)]
    for padding in range(0, 400, 37):
        box = write(tmp_path / "box", as_mbox(a_mail("p", body="z" * padding), *mails))
        assert keys(box) == ["p@acme.example", *(f"{number}@acme.example" for number in range(len(sizes)))]


def test_a_mail_without_a_date_has_the_time_it_came_into_the_folder(tmp_path: Path) -> None:
    box = write(tmp_path / "box", as_mbox(b"From: ann@acme.example\nSubject: x\n\n"))
    os.utime(box, (0, 0))
    ((letter,), _) = read(box)
    assert letter.stored == datetime(2026, 11, 20, 9, 0, 5, tzinfo=UTC)


def test_one_for_junk_by_its_name_is_not_read(tmp_path: Path) -> None:
    for name in ("Junk", "Trash.mbox", "Spam"):
        write(tmp_path / name, as_mbox(a_mail()))
    letters, reading = read(tmp_path)
    assert (letters, reading.unread) == ([], {"junk": 2, "trash": 1})
