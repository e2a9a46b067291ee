"""What a header says, however it is written, and whoever wrote it to do harm."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline_cli.domain.capture.letter import Letter
from pipeline_cli.exchange.mail.dates import read_date
from pipeline_cli.exchange.mail.mailboxes import read_addresses
from pipeline_cli.exchange.mail.one_file import Header, letter_of
from pipeline_cli.exchange.mail.progress import Reading
from pipeline_cli.exchange.mail.words import decoded
from pipeline_cli.exchange.mail.writing_letters import Place, normal_id
from tests.exchange.mail.written import read, write


def letter(mail: str | bytes, keep: bool = False) -> Letter:
    data = mail if isinstance(mail, bytes) else mail.encode()
    reading = Reading()
    if keep:
        reading.wants_excerpt = bool

    def read(start: int, length: int) -> bytes:
        return data[start : start + length]

    return letter_of(Header(read), read, Place("here", datetime(2026, 11, 21, tzinfo=UTC)), reading)


def emails(text: str) -> list[str]:
    return [mailbox.email for mailbox in read_addresses(text)]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("ann@acme.example", ["ann@acme.example"]),
        ("Ann <ann@acme.example>, bob@acme.example;", ["ann@acme.example", "bob@acme.example"]),
        ('"Ann, the boss" <ann@acme.example>', ["ann@acme.example"]),
        ('"bob@acme.example" <ann@acme.example>', ["ann@acme.example"]),
        ("ann@acme.example (Ann, of (old) Acme)", ["ann@acme.example"]),
        (
            "Team: ann@acme.example, Bob <bob@acme.example>;, c@c.example",
            ["ann@acme.example", "bob@acme.example", "c@c.example"],
        ),
        ("undisclosed-recipients:;", []),
        ("<@relay.example,@other.example:ann@acme.example>", ["ann@acme.example"]),
        ("Ann < ann @ acme.example >", ["ann@acme.example"]),
        ("Big Bug bb@bug.example", ["bb@bug.example"]),
        ('"ann"@acme.example', ["ann@acme.example"]),
        ("<>", []),
        ("", []),
        ('"unclosed <ann@acme.example>', ["ann@acme.example"]),
        ("ann@müller.example", ["ann@müller.example"]),
        (r'"A \" B" <ann@acme.example>', ["ann@acme.example"]),
    ],
)
def test_addresses(text: str, found: list[str]) -> None:
    assert emails(text) == found


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("=?utf-8?Q?J=C3=B6rg_M?= <j@x.example>", "Jörg M"),
        ("j@x.example (Jörg M)", "Jörg M"),
        ('"J, M" <j@x.example>', "J, M"),
        ("Jörg\x1b[31m <j@x.example>", "Jörg[31m"),
        ("j@x.example", None),
    ],
)
def test_names(text: str, name: str | None) -> None:
    assert read_addresses(text)[0].name == name


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("=?utf-8?B?R3LDvMOfZQ==?=", "Grüße"),
        ("=?utf-8?b?R3LD?= =?utf-8?b?vMOfZQ==?=", "Grüße"),
        ("Re: =?iso-8859-1?Q?Gr=FC=DFe?= an alle", "Re: Grüße an alle"),
        ("=?utf-8?Q?a?= =?utf-8?Q?b?=", "ab"),
        ("=?utf-8?Q?a?= und =?utf-8?Q?b?=", "a und b"),
        ("=?x-nobody-knows?Q?Gr=C3=BC=C3=9Fe?=", "Grüße"),
        ("=?utf-8*de?Q?Gr=C3=BC=C3=9Fe?=", "Grüße"),
        ("=?utf-8?B?R3LDvMOfZQ?=", "Grüße"),
        ("=?utf-8?B?!!!!?=", ""),
        ("=?utf-8?Q?Hallo=0D=0ABcc:_x@x.example?=", "Hallo Bcc: x@x.example"),
        ("=?utf-8?Q?why=3F?= =?=", "why? =?="),
        ("a\tb  c\x00d\x1be", "a b cde"),
        ("=?utf-7?Q?+2AE-?=", "?"),
        ("=?unicode_escape?Q?a\\-b?=", "a\\-b"),
        ("=?ks_c_5601-1987?B?sN/A+w==?=", "견적"),
    ],
)
def test_words(text: str, read: str) -> None:
    assert decoded(text) == read


@pytest.mark.parametrize(
    "text",
    [
        "Fri, 20 Nov 2026 10:00:00 +0100",
        "20 Nov 2026 10:00:00 +0100",
        "Fri,  20   nov 2026   10:00:00   +0100 (CET)",
        "Fri, 20 Nov 26 10:00:00 +0100",
        "Fri, 20 Nov 2026 09:00:00",
        "Fri, 20 Nov 2026 09:00 GMT",
        "Fri, 20 Nov 2026 09:00:00 -0000",
        "Fri, 20 Nov 2026 04:00:00 EST",
        "Fri, 20-Nov-2026 09:00:00 GMT",
        "Fri Nov 20 09:00:00 2026",
    ],
)
def test_dates(text: str) -> None:
    assert read_date(text) == datetime(2026, 11, 20, 9, tzinfo=UTC)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "soon",
        "31 Dec 9999 23:00:00 -2300",
        "31 Nov 2026 10:00:00 +0000",
        "20 Foo 2026 10:00 +0000",
        "1 Jan 2026 99:00:00 +0000",
    ],
)
def test_what_is_no_date(text: str) -> None:
    assert read_date(text) is None


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("<A.b@Acme.Example>", "A.b@acme.example"),
        ("A.b@ACME.example", "A.b@acme.example"),
        ("< A.b @ acme.example >", "A.b@acme.example"),
        ("<A.b@acme.example> (added by mail.example)", "A.b@acme.example"),
        ("<>", ""),
        ("", ""),
        ("<größe@büro.example>", "größe@büro.example"),
    ],
)
def test_numbers_of_mails(text: str, key: str) -> None:
    assert normal_id(text) == key


def test_the_first_of_two_dates_and_of_two_senders_counts() -> None:
    found = letter(
        "From: ann@acme.example\nDate: Fri, 20 Nov 2026 10:00:00 +0100\nFrom: bob@acme.example\n"
        "Date: Sat, 21 Nov 2026 10:00:00 +0100\nCc: a@a.example\nCc: b@b.example\n\n"
    )
    assert [mailbox.email for mailbox in found.sender] == ["ann@acme.example"]
    assert found.date == datetime(2026, 11, 20, 9, tzinfo=UTC)
    assert [mailbox.email for mailbox in found.cc] == ["a@a.example", "b@b.example"]


def test_what_it_answers_comes_before_what_that_answered() -> None:
    found = letter(
        'Message-ID: <4@x>\nReferences: <1@x> <2@X>\n\t<3@x> <4@x>\nIn-Reply-To: Your message of "Friday" <3@x>\n\n'
    )
    assert found.answers == ("3@x", "2@x", "1@x")


@pytest.mark.parametrize(
    ("field", "signs"),
    [
        ("List-Id: <news.acme.example>", {"is_of_a_list"}),
        ("LIST-UNSUBSCRIBE: <mailto:x@x.example>", {"is_of_a_list"}),
        ("Precedence: Bulk", {"has_bulk_precedence"}),
        ("Precedence: list", {"has_bulk_precedence"}),
        ("Precedence: first-class", set()),
        ("Auto-Submitted: auto-generated; type=x", {"is_automatic"}),
        ("Auto-Submitted: auto-replied (vacation)", {"is_automatic", "is_automatic_reply"}),
        ("Auto-Submitted: No", set()),
        ("Auto-Submitted: no (really)", set()),
        ("X-Autoreply: yes", {"is_automatic", "is_automatic_reply"}),
        ("X-Autorespond: on holiday", {"is_automatic", "is_automatic_reply"}),
        ("X-Auto-Response-Suppress: All", set()),
        ("Return-Path: <>", {"is_automatic"}),
        ("Return-Path: < >", {"is_automatic"}),
        ("Return-Path: <ann@acme.example>", set()),
        ("Content-Type: Multipart/Report; report-type=disposition-notification", {"is_automatic", "is_report"}),
        ("X-Unsent: 1", {"is_draft"}),
        ("X-Mozilla-Status: 0009", {"is_deleted"}),
    ],
)
def test_signs(field: str, signs: set[str]) -> None:
    found = letter(f"From: ann@acme.example\n{field}\n\nPrecedence: bulk\nList-Id: x\n")
    names = (
        "is_of_a_list",
        "has_bulk_precedence",
        "is_automatic",
        "is_automatic_reply",
        "is_report",
        "is_draft",
        "is_deleted",
    )
    assert {name for name in names if getattr(found, name)} == signs


def test_a_draft_of_ours_is_known_by_its_mark() -> None:
    assert letter("From: me@mine.example\nX-Pipeline-Draft: d-1\n\n").mark == "d-1"


def test_a_header_ends_where_a_line_is_no_field() -> None:
    found = letter("From: ann@acme.example\nthis is the text already\nCc: known@acme.example\n\n")
    assert found.cc == ()


def test_a_field_may_be_folded_in_any_way() -> None:
    found = letter(
        "Message-ID:\r\n <1@x>\r\nSubject: one\r\n\ttwo\r\n   three\r\nTo:\r\n ann@acme.example,\r\n bob@acme.example\r\n\r\n"
    )
    assert (found.key, found.subject, len(found.to)) == ("1@x", "one two three", 2)


def test_a_delivery_report_says_who_is_gone_and_a_delay_does_not() -> None:
    def report(action: str) -> Letter:
        return letter(
            "From: MAILER-DAEMON@x.example\nContent-Type: multipart/report; report-type=delivery-status; boundary=b\n\n"
            "--b\nContent-Type: text/plain\n\nAction: failed\nFinal-Recipient: rfc822; text@x.example\n"
            "--b\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; x\n\n"
            "Final-Recipient: RFC822; <Ann@acme.example>\n"
            f"Original-Recipient: rfc822;sales@acme.example\nAction: {action}\nStatus: 5.1.1\n\n"
            "Final-Recipient: rfc822; bob@acme.example\nAction: delayed\n"
            "--b\nContent-Type: message/rfc822\n\nFrom: me@mine.example\n\n--b--\n"
        )

    assert report("failed").failed == ("Ann@acme.example", "sales@acme.example")
    assert report("Failed (bad address)").failed == ("Ann@acme.example", "sales@acme.example")
    assert report("delayed").failed == ()


HOSTILE = {
    "brackets": "From: " + "(" * 100_000,
    "angles": "To: " + "<" * 100_000,
    "quotes": 'Cc: "' + '\\"' * 50_000,
    "words": "Subject: " + "=?a?q?" * 20_000,
    "half words": "Subject: " + "=?utf-8?b?" + "?" * 100_000,
    "folds": "Subject: x\n" + " y\n" * 100_000,
    "references": "References: " + "<1@x> " * 50_000,
    "received": "Received: x; soon\n" * 20_000,
    "no colon": "x" * 200_000,
    "fields": "X: y\n" * 100_000,
    "number": "Message-ID: <" + "a" * 200_000 + "@x>",
    "spaces": "Date: " + " " * 200_000,
    "dots": "To: " + " . " * 60_000,
    "gaps": "To: ann" + " " * 200_000 + "b",
    "gaps in a date": "Date: Fri," + " " * 200_000 + "x",
    "gaps in an answer": "In-Reply-To: a" + " " * 200_000 + "b",
    "commas": "To: " + "," * 100_000,
}


@pytest.mark.parametrize("name", HOSTILE)
def test_no_header_takes_long(name: str) -> None:
    begun = time.process_time()
    found = letter(f"From: ann@acme.example\n{HOSTILE[name]}\n\ntext")
    assert time.process_time() - begun < 2
    assert len(found.key) < 600
    assert len(found.subject) <= 10_000


def test_five_thousand_recipients_are_all_read() -> None:
    lines = ",\n ".join(f"Person {number} <p{number}@x.example>" for number in range(5_000))
    assert len(letter(f"To: {lines}\n\n").to) == 5_000


@given(st.binary(max_size=400))
def test_any_bytes_make_a_letter(data: bytes) -> None:
    found = letter(b"From: " + data, keep=True)
    str((found.subject, found.sender, found.key)).encode()


@given(st.text(max_size=200))
def test_any_text_has_addresses_and_words(text: str) -> None:
    decoded(text).encode()
    for mailbox in read_addresses(text):
        assert "\n" not in (mailbox.name or "")


def test_a_mail_of_many_megabytes_is_read_to_the_end_of_its_header(tmp_path: Path) -> None:
    path = tmp_path / "big.eml"
    with path.open("wb") as file:
        file.write(b"From: ann@acme.example\nMessage-ID: <1@x>\n\n")
        file.truncate(300 << 20)
    begun = time.process_time()
    letters, _ = read(path)
    assert [found.key for found in letters] == ["1@x"]
    assert time.process_time() - begun < 0.5


def test_headers_of_other_systems_line_ends(tmp_path: Path) -> None:
    letters, _ = read(write(tmp_path / "a.eml", b"From: ann@acme.example\r\nSubject: x\r\n\r\nhello\r\n"))
    assert letters[0].subject == "x"
