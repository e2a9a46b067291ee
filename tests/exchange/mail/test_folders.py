"""Which files of a folder are mail, and a Thunderbird profile."""

from __future__ import annotations

import io
import os
import sys
from pathlib import Path

import pytest

from tests.exchange.mail.written import a_mail, a_maildir, as_mbox, keys, read, write


def test_a_folder_of_files_is_read_and_what_is_no_mail_is_counted(tmp_path: Path) -> None:
    write(tmp_path / "b.eml", a_mail("1"))
    write(tmp_path / "deep" / "er" / "A.EML", a_mail("2"))
    write(tmp_path / "box", as_mbox(a_mail("3")))
    write(tmp_path / "no suffix", a_mail("4"))
    write(tmp_path / "empty.eml")
    write(tmp_path / "notes.txt", b"Subject: what to do\n\nnothing\n")
    write(tmp_path / "picture.eml", b"\x89PNG" + bytes(range(256)))
    write(tmp_path / ".hidden.eml", a_mail("5"))
    letters, reading = read(tmp_path)
    assert sorted(letter.key for letter in letters) == [f"{number}@acme.example" for number in (1, 2, 3, 4)]
    assert reading.unread == {"no_mail": 3}
    assert reading.problems == []


def test_a_saved_mail_may_begin_as_an_mbox_does(tmp_path: Path) -> None:
    mail = b"From ann@acme.example Fri Nov 20 09:00:05 2026\n" + a_mail("1", body="\n") + as_mbox(a_mail("2"))
    assert keys(write(tmp_path / "a.eml", mail)) == ["1@acme.example"]


def test_a_path_that_is_not_there_is_one_line_and_the_rest_goes_on(tmp_path: Path) -> None:
    there = write(tmp_path / "a.eml", a_mail("1"))
    letters, reading = read(tmp_path / "nowhere", there)
    assert [letter.key for letter in letters] == ["1@acme.example"]
    assert reading.problems == [f"{tmp_path / 'nowhere'}: no such file or directory"]


def test_what_is_no_file_is_not_waited_for(tmp_path: Path) -> None:
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    os.mkfifo(tmp_path / "pipe")
    a_maildir(tmp_path / "Mail", one=a_mail("1"))
    (tmp_path / "Mail" / "cur" / "loop").symlink_to(tmp_path / "loop")
    os.mkfifo(tmp_path / "Mail" / "cur" / "pipe")
    assert keys(tmp_path) == ["1@acme.example"]
    _, reading = read(tmp_path / "pipe")
    assert reading.problems[0].startswith(f"{tmp_path / 'pipe'}: is neither a file nor a folder")


@pytest.mark.skipif(sys.platform != "linux", reason="other systems refuse such names and times")
def test_names_in_any_bytes_and_times_of_any_year(tmp_path: Path) -> None:
    name = os.fsdecode(b"gr\xfc\xdfe.eml")
    path = write(tmp_path / name, b"From: ann@acme.example\nSubject: x\n\n")
    os.utime(path, (1, 1 << 40))
    letters, _ = read(tmp_path)
    assert letters[0].source.encode().endswith("gr\ufffd\ufffde.eml".encode())
    assert letters[0].stored.year == 1980
    _, reading = read(tmp_path / name / "x", "a\0b")
    assert len("\n".join(reading.problems).encode().splitlines()) == 2


def test_an_empty_folder_has_nothing(tmp_path: Path) -> None:
    assert keys(tmp_path) == []


def test_a_loop_of_links_is_not_followed(tmp_path: Path) -> None:
    write(tmp_path / "in" / "a.eml", a_mail("1"))
    (tmp_path / "in" / "again").symlink_to(tmp_path, target_is_directory=True)
    assert keys(tmp_path) == ["1@acme.example"]


def test_a_link_to_a_maildir_is_read(tmp_path: Path) -> None:
    a_maildir(tmp_path / "real", one=a_mail("1"))
    (tmp_path / "link").symlink_to(tmp_path / "real", target_is_directory=True)
    assert keys(tmp_path / "link") == ["1@acme.example"]


def a_profile(folder: Path) -> Path:
    """As Thunderbird keeps it: accounts in Mail and ImapMail, folders in folders as .sbd, an index beside each."""
    write(folder / "prefs.js", b"// Mozilla User Preferences\n")
    write(folder / "global-messages-db.sqlite", b"SQLite format 3\0")
    write(folder / "calendar-data" / "mail.eml", a_mail("elsewhere"))
    local, server = folder / "Mail" / "Local Folders", folder / "ImapMail" / "imap.acme.example"
    write(local / "Inbox", as_mbox(a_mail("1")))
    write(local / "Inbox.msf", b'// <!-- <mdb:mork:z v="1.4"/> -->')
    write(local / "Inbox.sbd" / "Kunden", as_mbox(a_mail("2")))
    write(local / "Inbox.sbd" / "Kunden.sbd" / "Acme", as_mbox(a_mail("3")))
    write(local / "Junk", as_mbox(a_mail("junk")))
    write(local / "Trash.sbd" / "Old", as_mbox(a_mail("trash")))
    write(local / "Drafts", as_mbox(a_mail("draft")))
    write(local / "Unsent Messages", as_mbox(a_mail("unsent")))
    write(local / "filterlog.html", b"<html>")
    write(server / "Sent-1", as_mbox(a_mail("4")))
    write(server / "msgFilterRules.dat", b'version="9"')
    a_maildir(server / "INBOX", **{"5.eml": a_mail("5")})
    return folder


def test_a_thunderbird_profile(tmp_path: Path) -> None:
    letters, reading = read(a_profile(tmp_path / "ab12.default"))
    assert sorted(letter.key for letter in letters if letter.is_there) == [
        f"{number}@acme.example" for number in range(1, 6)
    ]
    assert sorted(letter.key for letter in letters if letter.is_draft) == ["draft@acme.example", "unsent@acme.example"]
    assert reading.unread == {"junk": 1, "trash": 1}
    assert reading.problems == []


def test_the_folder_of_all_profiles(tmp_path: Path) -> None:
    write(tmp_path / "profiles.ini", b"[Profile0]\n")
    a_profile(tmp_path / "ab12.default")
    letters, _ = read(tmp_path)
    assert len(letters) == 7


def test_one_message_from_another_program(monkeypatch: pytest.MonkeyPatch) -> None:
    mail = b"From ann@acme.example Fri Nov 20 09:00:05 2026\n" + a_mail("1") + b"x" * (6 << 20)
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(mail)))
    assert keys("-") == ["1@acme.example"]


def test_one_without_a_number_is_the_same_as_in_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    mail = a_mail("").replace(b"<@Acme.example>", b"") + b"line\r\n" * 900_000
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(mail)))
    assert len(set(keys("-", write(tmp_path / "a.eml", mail)))) == 1


@pytest.mark.parametrize(("given", "why"), [(b"", "is empty"), (b"hello\n\nFrom: ann@acme.example\n", "is no mail")])
def test_what_is_no_message_is_said(given: bytes, why: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(given)))
    letters, reading = read("-")
    assert (letters, reading.problems) == ([], [f"standard input: {why}"])
