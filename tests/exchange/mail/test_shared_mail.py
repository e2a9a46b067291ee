"""Mails that other projects test their readers with: each is read, none stops it."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from pipeline_cli.exchange.mail.progress import Reading
from pipeline_cli.exchange.mail.reading import read_mail
from tests.exchange.mail.written import read


def test_all_of_them_are_read_whole(shared_data: Path) -> None:
    letters, reading = read(shared_data / "mail", keep="excerpt")
    assert reading.problems == []
    assert len(letters) >= 160
    assert all(letter.key and letter.source for letter in letters)
    str(letters).encode()


def test_the_same_number_is_the_same_mail(shared_data: Path) -> None:
    letters, _ = read(shared_data / "mail" / "notmuch" / "duplicate")
    assert sorted(Counter(letter.key for letter in letters).values()) == [2, 5]


def test_reports_say_who_is_gone(shared_data: Path) -> None:
    reading = Reading()
    folder = shared_data / "mail" / "mail-gem" / "multipart_report_emails"
    failed = {Path(letter.source).name: letter.failed for letter in read_mail([str(folder)], reading=reading)}
    assert failed["report_422.eml"] == ()
    assert failed["report_530.eml"] == ("edwin@zzzzzzz.com",)
    assert failed["multipart_report_multiple_status.eml"] == ("u@ci.com",)
