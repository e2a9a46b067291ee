"""Mail on a server: read as from a folder, and nothing there is changed."""

from __future__ import annotations

import shlex
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from pipeline_cli.domain.capture.letter import Letter
from pipeline_cli.exchange.mail.imap_address import NoAccount, password_of, read_account, without_password
from pipeline_cli.exchange.mail.progress import Reading
from pipeline_cli.exchange.mail.reading import read_mail
from tests.exchange.mail.imap_server import PASSWORD, USER, Server, a_server, one_that_hangs_up
from tests.exchange.mail.written import a_mail, read, write

pytest.importorskip("pymap")

REPORT = (
    b"From: MAILER-DAEMON@x.example\nMessage-ID: <r@x>\nContent-Type: multipart/report; report-type=delivery-status; "
    b"boundary=b\n\n--b\nContent-Type: text/plain\n\nsorry\n--b\nContent-Type: message/delivery-status\n\n"
    b"Reporting-MTA: dns; x\n\nFinal-Recipient: rfc822; bob@acme.example\nAction: failed\n\n--b--\n"
)


def the_command(password: str = PASSWORD) -> str:
    return shlex.join([sys.executable, "-c", f"print({password!r})"])


def letters_of(
    *sources: str, command: str | None = None, keep: str = "subject", since: datetime | None = None
) -> tuple[list[Letter], Reading]:
    reading = Reading()
    found = read_mail(sources, keep, reading, password_command=command or the_command(), since=since)
    return list(found), reading


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with a_server(tmp_path_factory.mktemp("imap")) as server:
        overview = "Übersicht".encode("utf-7").decode().replace("+", "&")
        server.put(
            ("Kunden", a_mail("1"), ""),
            ("Kunden", a_mail("2", "List-Id: <x>\n"), ""),
            ("Kunden", a_mail("3"), ""),
            ("Kunden", a_mail("4"), r"(\Deleted)"),
            ("Kunden", a_mail("5"), r"(\Draft)"),
            ("Kunden", REPORT, ""),
            (overview, a_mail("6"), ""),
            ("Spam", a_mail("7"), ""),
        )
        yield server


def test_a_folder_is_read_as_one_on_the_disk(server: Server, tmp_path: Path) -> None:
    letters, reading = letters_of(server.url("Kunden"))
    assert reading.problems == []
    assert [(letter.key, letter.is_deleted, letter.is_draft) for letter in letters] == [
        ("1@acme.example", False, False),
        ("2@acme.example", False, False),
        ("3@acme.example", False, False),
        ("4@acme.example", True, False),
        ("5@acme.example", False, True),
        ("r@x", False, False),
    ]
    ((same,), _) = read(write(tmp_path / "1.eml", a_mail("1")))
    assert letters[0]._replace(source="", stored=same.stored) == same._replace(source="")
    assert letters[1].is_of_a_list
    assert letters[0].stored > datetime(2020, 1, 1, tzinfo=UTC)


def test_nothing_there_is_changed(server: Server) -> None:
    before = server.flags("Kunden")
    letters_of(server.url("Kunden"), keep="excerpt")
    assert server.flags("Kunden") == before
    assert not any(b"Seen" in flags for flags in before)


def test_a_delivery_report_is_looked_through(server: Server) -> None:
    letters, _ = letters_of(server.url("Kunden"))
    assert [letter.failed for letter in letters if letter.is_report] == [("bob@acme.example",)]


def test_an_excerpt_comes_only_where_it_is_kept(server: Server) -> None:
    assert {letter.excerpt for letter in letters_of(server.url("Kunden"))[0]} == {None}
    assert letters_of(server.url("Kunden"), keep="excerpt")[0][0].excerpt == "Thank you for it."


def test_without_a_folder_all_are_read_but_junk(server: Server) -> None:
    letters, reading = letters_of(server.url())
    assert {"1@acme.example", "6@acme.example"} <= {letter.key for letter in letters}
    assert "7@acme.example" not in {letter.key for letter in letters}
    assert reading.unread["junk"] == 1


def test_older_mail_stays_there(server: Server) -> None:
    assert letters_of(server.url("Kunden"), since=datetime(2099, 1, 1, tzinfo=UTC))[0] == []
    assert len(letters_of(server.url("Kunden"), since=datetime(2026, 1, 1, tzinfo=UTC))[0]) == 6


def test_a_password_refused_is_one_line_and_the_rest_goes_on(server: Server, tmp_path: Path) -> None:
    there = write(tmp_path / "a.eml", a_mail("9"))
    letters, reading = letters_of(server.url("Kunden"), str(there), command=the_command("wrong"))
    assert [letter.key for letter in letters] == ["9@acme.example"]
    assert reading.problems == [f"{server.url('Kunden')}: the server refused the user or the password"]


def test_a_folder_that_is_not_there_is_one_line(server: Server) -> None:
    _, reading = letters_of(server.url("Nowhere"))
    assert len(reading.problems) == 1
    assert reading.problems[0].startswith(f"{server.url('Nowhere')}: has no such folder; it has INBOX")


def test_encryption_is_used_where_the_server_offers_it(tmp_path: Path) -> None:
    key, certificate = tmp_path / "key.pem", tmp_path / "cert.pem"
    made = subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost",
         "-keyout", str(key), "-out", str(certificate)],
        capture_output=True, check=False,
    )  # fmt: skip
    if made.returncode:
        pytest.skip("no openssl here")
    with a_server(tmp_path, "--cert", str(certificate), "--key", str(key)) as server:
        letters, reading = letters_of(server.url("INBOX"))
        assert reading.problems == []
        assert letters


def test_a_server_that_is_not_there_or_hangs_up_is_one_line() -> None:
    for after in (0, 2, 3):
        with one_that_hangs_up(after) as url:
            letters, reading = letters_of(url)
        assert letters == []
        assert reading.problems == [f"{url}: the server hung up; run this again to read the rest"]
    letters, reading = letters_of(url)
    assert reading.problems == [f"{url}: connection refused"]


class TestAddresses:
    def test_a_url_says_who_where_and_which_folder(self) -> None:
        account = read_account("imaps://ann@mine.example@mail.mine.example/INBOX/Sub%20folder")
        assert account[:4] == ("imaps", "ann@mine.example", "mail.mine.example", 993)
        assert account.folder == "INBOX/Sub folder"
        assert read_account("imap://ann%40mine.example@[::1]:1143").is_here

    @pytest.mark.parametrize(
        "url", ["imaps://host/INBOX", "imaps://", "imaps://ann:secret@host/", "imaps://ann@host:x/"]
    )
    def test_what_is_none_is_one_line_without_a_password(self, url: str) -> None:
        letters, reading = letters_of(url)
        assert letters == []
        assert len(reading.problems) == 1
        assert "secret" not in reading.problems[0]
        assert "secret" not in without_password(url)

    def test_the_command_is_told_whose_password_is_asked_for(self) -> None:
        account = read_account("imaps://ann@host/")
        command = shlex.join([sys.executable, "-c", "import sys; print(*sys.argv[1:])", "{user}", "{host}"])
        assert password_of(account, command) == "ann host"

    @pytest.mark.parametrize("command", ["false", "/nowhere/at/all", '"', "true", " "])
    def test_a_command_that_tells_none(self, command: str) -> None:
        with pytest.raises(NoAccount, match=r"password_command"):
            password_of(read_account("imaps://ann@host/"), command)

    def test_without_a_command_and_a_keyring_there_is_none(self) -> None:
        with pytest.raises(NoAccount, match="no password"):
            password_of(read_account("imaps://ann@host.invalid/"), None)

    def test_the_users_name_is_the_servers(self) -> None:
        assert USER in read_account(f"imaps://{USER}@host/").url
