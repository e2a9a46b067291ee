"""A last-chance message: any mail program opens it as a draft, and reads what was meant."""

from __future__ import annotations

from datetime import UTC, date, datetime
from email import message_from_bytes
from email.header import decode_header, make_header
from email.policy import default

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline_cli.domain.rules.last_chance import Addressee, Draft, one_line
from pipeline_cli.exchange.last_chance_mail import mail_bytes, text_of

NOW = datetime(2026, 11, 21, 10, tzinfo=UTC)


def draft(
    subject: str = "Acme", body: str = "Hello", name: str | None = "Ann", email: str = "ann@acme.example"
) -> Draft:
    return Draft(12, date(2026, 11, 28), Addressee(name, email), subject, body)


def test_a_mail_program_reads_every_header_back() -> None:
    written = mail_bytes(draft("Zürich: shall I close this?", "Grüezi Ann,\n\n.\nFrom here on\n"), NOW)
    message = message_from_bytes(written, policy=default)

    assert message.defects == []
    assert message["X-Unsent"] == "1"
    assert message["To"].addresses[0].display_name == "Ann"
    assert message["To"].addresses[0].addr_spec == "ann@acme.example"
    assert message["Subject"] == "Zürich: shall I close this?"
    assert message["Date"].datetime == NOW
    assert message["MIME-Version"] == "1.0"
    assert message["From"] is None
    assert (message.get_content_type(), message.get_content_charset()) == ("text/plain", "utf-8")
    assert message.get_content().replace("\r\n", "\n") == "Grüezi Ann,\n\n.\nFrom here on\n"
    assert written.isascii()
    assert written.count(b"\n") == written.count(b"\r\n")


@pytest.mark.parametrize("name", ["Lee, Ann", 'Ann "the boss" Lee', "Jürgen Groß", "", "Ann <x@y.z>", "山田太郎"])
def test_a_name_stays_a_name(name: str) -> None:
    (address,) = message_from_bytes(mail_bytes(draft(name=name), NOW), policy=default)["To"].addresses

    assert (address.display_name, address.addr_spec) == (name, "ann@acme.example")


def test_a_domain_with_an_umlaut_is_written_as_servers_know_it() -> None:
    message = message_from_bytes(mail_bytes(draft(email="ann@müller.example"), NOW), policy=default)

    assert message["To"].addresses[0].addr_spec == "ann@xn--mller-kva.example"


@given(st.text(max_size=300), st.text(max_size=300), st.text(max_size=120))
def test_any_text_comes_back_and_adds_no_header(title: str, body: str, name: str) -> None:
    title, body, name = (text.encode("utf-8", "ignore").decode() for text in (title, body, name))
    written = mail_bytes(draft(one_line(title), body, name), NOW)
    message = message_from_bytes(written)

    assert sorted(message.keys()) == [
        "Content-Transfer-Encoding",
        "Content-Type",
        "Date",
        "MIME-Version",
        "Subject",
        "To",
        "X-Pipeline-Draft",
        "X-Unsent",
    ]
    assert str(make_header(decode_header(str(message["Subject"])))) == one_line(title)
    content = message.get_payload(decode=True)
    assert isinstance(content, bytes)
    # Line ends are the mail program's own.
    assert content.decode().split() == body.split()
    assert one_line(name) in text_of(written)


def test_whoever_is_looked_for_is_found_in_every_part() -> None:
    text = text_of(mail_bytes(draft("Für Zoë", "Grüße an Zoë", "Zoë Quorl"), NOW))

    assert text.count("Zoë") >= 3
    assert "\ufffd" in text_of(b"\xff\xfe To: =?nonsense?q?x?=\n\n\xff")
