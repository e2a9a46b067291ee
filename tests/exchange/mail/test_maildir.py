"""A Maildir: its flags, its folders, and what happens in it while it is read."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path

import pytest

from pipeline_cli.exchange.mail import maildir
from tests.exchange.mail.written import a_mail, a_maildir, keys, read, write


def test_mails_lie_in_new_and_cur_and_not_in_tmp(tmp_path: Path) -> None:
    a_maildir(tmp_path, **{"1:2,S": a_mail("1")})
    write(tmp_path / "new" / "2", a_mail("2"))
    write(tmp_path / "tmp" / "3", a_mail("3"))
    assert keys(tmp_path) == ["2@acme.example", "1@acme.example"]


def test_flags_say_what_is_deleted_and_what_is_a_draft(tmp_path: Path) -> None:
    a_maildir(
        tmp_path, **{"1:2,ST": a_mail("1"), "2,S=99:2,DS": a_mail("2"), "3;2,S": a_mail("3"), "4!2,T": a_mail("4")}
    )
    letters, _ = read(tmp_path)
    assert [(letter.is_deleted, letter.is_draft) for letter in letters] == [
        (True, False),
        (False, True),
        (False, False),
        (True, False),
    ]


def test_a_mail_of_an_old_mac_or_saved_by_an_editor_is_one(tmp_path: Path) -> None:
    plain, number = a_mail("1", body="\nMore\n"), a_mail("", body="\nMore\n").replace(b"<@Acme.example>", b"")
    a_maildir(tmp_path / "dir", one=plain.replace(b"\n", b"\r"))
    assert keys(tmp_path / "dir") == ["1@acme.example"]
    assert keys(write(tmp_path / "two.eml", b"\xef\xbb\xbf" + plain)) == ["1@acme.example"]
    files = [
        write(tmp_path / name, number.replace(b"\n", ends))
        for name, ends in (("a.eml", b"\n"), ("b.eml", b"\r\n"), ("c.eml", b"\r"))
    ]
    assert len(set(keys(*files))) == 1


def test_a_name_that_begins_with_a_dot_is_no_mail(tmp_path: Path) -> None:
    a_maildir(tmp_path, **{".keep": a_mail("1")})
    assert keys(tmp_path) == []


def test_folders_inside_are_read_and_those_for_junk_and_trash_never(tmp_path: Path) -> None:
    a_maildir(tmp_path, one=a_mail("1"))
    a_maildir(tmp_path / ".Sent", one=a_mail("2"))
    a_maildir(tmp_path / ".Kunden.Acme", one=a_mail("3"))
    a_maildir(tmp_path / ".Entw&APw-rfe", one=a_mail("4"))
    for name in (".Junk E-Mail", ".INBOX.Spam", ".Papierkorb", "Gel&APY-schte Elemente"):
        a_maildir(tmp_path / name, one=a_mail(name), two=a_mail(name))
    letters, reading = read(tmp_path)
    assert sorted((letter.key, letter.is_draft) for letter in letters) == [
        ("1@acme.example", False),
        ("2@acme.example", False),
        ("3@acme.example", False),
        ("4@acme.example", True),
    ]
    assert reading.unread == {"junk": 4, "trash": 4}


def test_a_folder_for_junk_is_not_read_when_it_is_named_either(tmp_path: Path) -> None:
    a_maildir(tmp_path / "Spam", one=a_mail())
    letters, reading = read(tmp_path / "Spam")
    assert (letters, reading.unread) == ([], {"junk": 1})


def test_a_mail_that_is_renamed_while_it_is_read_is_found_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    a_maildir(tmp_path, **{"1:2,": a_mail("1"), "2:2,": a_mail("2"), "3:2,": a_mail("3")})
    listed = maildir.mail_files
    runs = []

    def list_and_rename(folder: Path) -> list[os.DirEntry[str]]:
        found = listed(folder)
        if not runs:
            (tmp_path / "cur" / "2:2,").rename(tmp_path / "cur" / "2:2,S")
            (tmp_path / "cur" / "3:2,").unlink()
        runs.append(1)
        return found

    monkeypatch.setattr(maildir, "mail_files", list_and_rename)
    assert keys(tmp_path) == ["1@acme.example", "2@acme.example"]


def test_a_file_that_cannot_be_read_is_one_line_and_the_rest_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    a_maildir(tmp_path, one=a_mail("1"), two=a_mail("2"))
    real = maildir.read_file

    def refuse(path: str, *rest: object, **more: object) -> object:
        if path.endswith("one"):
            raise PermissionError(13, "Permission denied")
        return real(path, *rest, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(maildir, "read_file", refuse)
    letters, reading = read(tmp_path)
    assert [letter.key for letter in letters] == ["2@acme.example"]
    assert reading.problems == [f"{tmp_path / 'cur' / 'one'}: permission denied"]


def test_a_part_of_a_maildir_is_refused_by_name(tmp_path: Path) -> None:
    a_maildir(tmp_path, one=a_mail())
    _, reading = read(tmp_path / "cur")
    assert reading.problems == [f"{tmp_path / 'cur'}: is a part of a Maildir; name the folder that it is in"]


def test_without_date_and_received_the_time_of_the_file_is_known(tmp_path: Path) -> None:
    a_maildir(tmp_path, one=b"From: ann@acme.example\n\n")
    os.utime(tmp_path / "cur" / "one", (1_700_000_000, 1_700_000_000))
    ((letter,), _) = read(tmp_path)
    assert (letter.date, letter.received) == (None, None)
    assert letter.stored == datetime.fromtimestamp(1_700_000_000, UTC)


def test_what_is_no_mail_is_counted(tmp_path: Path) -> None:
    a_maildir(tmp_path, empty=b"", picture=b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 90)
    letters, reading = read(tmp_path)
    assert (letters, reading.unread) == ([], {"no_mail": 2})
