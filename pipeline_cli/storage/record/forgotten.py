"""Whom capture may not bring back: keyed digests of the addresses of people who were forgotten.

They stand among the strangers of capture, made of other words than theirs, so that neither is taken for the other.
"""

from __future__ import annotations

import hmac
import sqlite3
from collections.abc import Iterable

from pipeline_cli.domain.words.addresses import Address, addresses_of
from pipeline_cli.storage.record.suppression import DoNotContact, key_path, make_key, read_keys

_WAY = "in"
"""Of a stranger, which way a mail went; of these it says nothing."""


class Forgotten:
    """Those forgotten, and those who asked not to be contacted."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._unwanted = DoNotContact(connection)
        rows = connection.execute("SELECT digest FROM main.strangers").fetchall()
        self._digests = frozenset(row[0] for row in rows)
        self._keys = read_keys(key_path(connection)) if rows else ()

    def holds(self, email: str | None, phone: str | None) -> bool:
        """One of the addresses was theirs."""
        return self._unwanted.holds(email, phone) or any(
            _digest(key, address) in self._digests for key in self._keys for address in addresses_of(email, phone)
        )


def keep_away(connection: sqlite3.Connection, addresses: Iterable[Address]) -> None:
    """Lets no capture bring these back; makes the key when there is none."""
    wanted = list(addresses)
    if not wanted:
        return
    path = key_path(connection)
    (key, *_) = read_keys(path) or (make_key(path),)
    connection.executemany(
        "INSERT OR IGNORE INTO strangers (digest, direction) VALUES (?, ?)",
        sorted((_digest(key, address), _WAY) for address in wanted),
    )


def _digest(key: bytes, address: Address) -> str:
    return hmac.digest(key, f"forgotten:{address.kind}:{address.text}".encode("utf-8", "surrogatepass"), "sha256").hex()
