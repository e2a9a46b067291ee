"""Delivery reports: to which addresses a mail did not arrive and will not."""

from __future__ import annotations

from collections.abc import Iterator
from email.message import Message
from typing import Any

from pipeline_cli.exchange.mail.mailboxes import read_addresses

_DELIVERY_STATUS = "message/delivery-status"


def failed_in(mail: bytes) -> tuple[str, ...]:
    """Those of which the report in it says `Action: failed`; a delay is none, and neither is the receipt of a reader."""
    from email import message_from_bytes

    try:
        message = message_from_bytes(mail)
    except (RecursionError, ValueError, LookupError, AttributeError, TypeError):
        return ()
    return tuple(dict.fromkeys(_failed(message)))


def failed_in_status(part: bytes) -> tuple[str, ...]:
    """The same of that part of a report alone which is written for machines."""
    return failed_in(b"Content-Type: message/delivery-status\n\n" + part)


def _failed(message: Message[Any, Any]) -> Iterator[str]:
    for part in _parts(message):
        if part.get_content_type() != _DELIVERY_STATUS:
            continue
        for block in _messages_in(part):
            action = str(block.get("Action", "")).split(";")[0].split("(")[0]
            if action.strip().casefold() == "failed":
                yield from _recipients(block)


def _parts(message: Message[Any, Any]) -> list[Message[Any, Any]]:
    """Of the report itself, none of the mail that it returns."""
    return [message] if message.get_content_type() == _DELIVERY_STATUS else _messages_in(message)


def _messages_in(message: Message[Any, Any]) -> list[Message[Any, Any]]:
    inside: Any = message.get_payload()
    return [part for part in inside if isinstance(part, Message)] if isinstance(inside, list) else []


def _recipients(block: Message[Any, Any]) -> Iterator[str]:
    for name in ("Final-Recipient", "Original-Recipient"):
        for value in block.get_all(name, ()):
            for mailbox in read_addresses(str(value).rpartition(";")[2]):
                if "@" in mailbox.email:
                    yield mailbox.email
