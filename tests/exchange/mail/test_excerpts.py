"""The beginning of what is new in a mail."""

from __future__ import annotations

import base64
from pathlib import Path

import pytest

from pipeline_cli.exchange.mail.excerpts import excerpt_of
from tests.exchange.mail.written import a_mail, read, write


def excerpt(body: str, kind: str = "text/plain; charset=utf-8", more: str = "") -> str | None:
    return excerpt_of(f"From: ann@acme.example\nContent-Type: {kind}\n{more}\n{body}".encode())


@pytest.mark.parametrize(
    "quoted",
    [
        "\nOn Fri, Nov 20, 2026 at 10:00 AM Me <me@mine.example> wrote:\n> How much is it?\n> Yours\n",
        "\nAm 20.11.2026 um 10:00 schrieb Me:\n> How much is it?\n",
        "\nLe ven. 20 nov. 2026 à 10:00, Me <me@mine.example> a écrit :\n> Combien ?\n",
        "\n-- \nAnn Smith\nAcme, Street 1\n",
        "\n-----Original Message-----\nFrom: Me\nSent: Friday\nTo: Ann\nSubject: x\n\nHow much?\n",
        "\nSent from my iPhone\n",
        "",
    ],
)
def test_quotes_and_signatures_are_off(quoted: str) -> None:
    assert excerpt(f"It is fine.\nWe take it.\n{quoted}") == "It is fine. We take it."


def test_an_answer_below_what_it_answers_is_found() -> None:
    assert excerpt("> How much is it?\n> And when?\n\nToo much for us.\n") == "Too much for us."


def test_it_is_cut_at_the_end_of_a_word() -> None:
    found = excerpt("word " * 500)
    assert found is not None
    assert len(found) <= 300
    assert found.endswith("word…")


def test_plain_text_goes_before_html_and_attachments_are_never_opened() -> None:
    body = (
        "--b\nContent-Type: text/plain; name=notes.txt\nContent-Disposition: attachment; filename=notes.txt\n\nsecret\n"
        "--b\nContent-Type: multipart/alternative; boundary=c\n\n"
        "--c\nContent-Type: text/html\n\n<p>as html</p>\n--c\nContent-Type: text/plain\n\nas text\n--c--\n"
        "--b\nContent-Type: message/rfc822\n\nFrom: x@x.example\n\nforwarded\n--b--\n"
    )
    assert excerpt(body, "multipart/mixed; boundary=b") == "as text"


def test_html_is_read_as_a_person_does() -> None:
    html = (
        "<html><head><style>p {color: red}</style><title>T</title></head><body><p>Hello&nbsp;Ann,</p>"
        "<p>it is <b>fine</b>.<br>Really<script>alert(1)</script>.</p><blockquote>old</blockquote></body></html>"
    )
    assert excerpt(html, "text/html; charset=utf-8") == "Hello Ann, it is fine. Really."


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<p>1 < 2 &amp; 3 &gt; 2</p>", "1 < 2 & 3 > 2"),
        ("<P CLASS=x>a<!-- > hidden --><br/>b</P>", "a b"),
        ("<head><title>no end of it<body>text", "text"),
        ("text <a href='x", "text"),
        ("<![if !mso]>text<![endif]>", "text"),
    ],
)
def test_html_that_is_hardly_any(html: str, text: str) -> None:
    assert excerpt(html, "text/html") == text


@pytest.mark.parametrize("sign", ["<!--", "<a ", "</", "<", "<![CDATA[", "&#", '<a x="', "<div>", "<script>"])
def test_no_html_takes_long(sign: str) -> None:
    import time

    begun = time.process_time()
    excerpt(sign * (120_000 // len(sign)), "text/html")
    assert time.process_time() - begun < 2


def test_text_is_decoded_however_it_was_sent() -> None:
    sent = base64.b64encode("Grüße aus Köln".encode("iso-8859-15")).decode()
    assert excerpt(sent, "text/plain; charset=iso-8859-15", "Content-Transfer-Encoding: base64\n") == "Grüße aus Köln"
    assert excerpt("Gr=C3=BC=C3=9Fe", more="Content-Transfer-Encoding: quoted-printable\n") == "Grüße"
    assert excerpt("Grüße", "text/plain; charset=nobody-knows") == "Grüße"


def test_signs_that_command_a_terminal_are_off() -> None:
    assert excerpt("\x1b]0;title\x07a\x00b") == "]0;title a b"


@pytest.mark.parametrize(
    "body",
    [
        "On " + "x " * 60_000 + "\nwrote:",
        ("On " + "y " * 150 + "\n") * 400,
        "> " * 60_000,
        "-" * 100_000,
        " \n" * 60_000,
        "From: x\n" * 20_000,
        "CAUTION: " + "mail " * 20_000,
        "__\n" * 20_000,
    ],
)
def test_no_text_takes_long(body: str) -> None:
    import time

    begun = time.process_time()
    excerpt(body)
    assert time.process_time() - begun < 2


def test_parts_within_parts_a_thousand_deep_have_none() -> None:
    body = "".join(f"--b{level}\nContent-Type: multipart/mixed; boundary=b{level + 1}\n\n" for level in range(1_000))
    excerpt(body, "multipart/mixed; boundary=b0")


def test_nothing_new_is_nothing() -> None:
    assert excerpt("") is None
    assert excerpt("> only what was said before\n") is None
    assert excerpt("AAAA", "application/pdf") is None


def test_it_is_kept_only_where_that_is_asked_for(tmp_path: Path) -> None:
    path = write(tmp_path / "a.eml", a_mail("1"))
    assert [letter.excerpt for letter in read(path)[0]] == [None]
    assert [letter.excerpt for letter in read(path, keep="excerpt")[0]] == ["Thank you for it."]
