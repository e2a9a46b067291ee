"""The beginning of what is new in a mail: quotes, signatures and all that is attached left off."""

from __future__ import annotations

import re
from collections.abc import Iterator
from email.message import Message
from typing import Any

from pipeline_cli.exchange.mail.words import in_charset, text_of

LONGEST = 300
"""Signs that are kept."""
_LANGUAGES = ["en", "de", "fr", "es", "it", "nl", "pl", "pt", "sv", "da", "cs", "ja", "ko", "zh"]
_MOST_LINES, _LONGEST_LINE = 80, 400
"""What is looked through: on a line of 20,000 signs the patterns of the library take seconds."""
_MOST_PARTS = 500
_COMMANDS = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b\ufeff]+")


def excerpt_of(mail: bytes) -> str | None:
    """Of the first text in it, or else of the first HTML; None where nothing is left. Never fails."""
    from email import message_from_bytes

    try:
        text = _text(message_from_bytes(mail))
    except (RecursionError, ValueError, LookupError, AttributeError, TypeError):
        return None
    return _new_in(text) if text else None


def _text(message: Message[Any, Any]) -> str | None:
    html = None
    for part in _parts(message):
        kind = part.get_content_type()
        if kind == "text/plain" and (plain := _decoded(part)).strip():
            return plain
        if kind == "text/html" and html is None:
            html = part
    if html is None:
        return None
    from pipeline_cli.exchange.mail.html_text import text_of_html

    return text_of_html(_decoded(html))


def _parts(message: Message[Any, Any]) -> Iterator[Message[Any, Any]]:
    """Of the mail itself: none of what is attached, and none of a mail that it carries."""
    waiting, seen = [message], 0
    while waiting and seen < _MOST_PARTS:
        part, seen = waiting.pop(), seen + 1
        inside = part.get_payload()
        if part.get_content_maintype() == "multipart" and isinstance(inside, list):
            waiting += [one for one in reversed(inside) if isinstance(one, Message)]
        elif part.get_content_maintype() == "text" and not _is_attached(part):
            yield part


def _is_attached(part: Message[Any, Any]) -> bool:
    return part.get_content_disposition() == "attachment" or bool(part.get_filename())


def _decoded(part: Message[Any, Any]) -> str:
    content = part.get_payload(decode=True)
    if not isinstance(content, bytes):
        return ""
    charset = part.get_content_charset()
    return in_charset(content, charset) if charset else text_of(content)


def _new_in(text: str) -> str | None:
    from mailparser_reply.parser import EmailMessage  # type: ignore[import-untyped]

    lines = [line[:_LONGEST_LINE] for line in text.replace("\r\n", "\n").replace("\r", "\n").split("\n", _MOST_LINES)]
    message = EmailMessage("\n".join(lines[:_MOST_LINES]), languages=[*_LANGUAGES], keep_hyphen_lists=True).read()
    for reply in message.replies:
        own = [line for line in reply.body.split("\n") if not line.lstrip().startswith(">")]
        new = " ".join(_COMMANDS.sub(" ", " ".join(own)).split())
        if new:
            return _shortened(new.encode("utf-8", "replace").decode("utf-8"))
    return None


def _shortened(text: str) -> str:
    """At the end of a word."""
    if len(text) <= LONGEST:
        return text
    cut = text[: LONGEST - 1]
    return f"{cut.rpartition(' ')[0] or cut}…"
