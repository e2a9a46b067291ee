"""The do-not-contact list: who asked is kept as keyed digests of the addresses, and recognised when they come again.

A plain digest of an address is undone by guessing, so it is an HMAC-SHA-256 with a random key in a file of its own.
That is pseudonymous, not anonymous: whoever has the file, the key and a guess can test the guess.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence

from pipeline_cli.domain.addresses import Address, addresses_of
from pipeline_cli.domain.clock import Clock, to_text
from pipeline_cli.storage.journal import Journal
from pipeline_cli.storage.suppression_key import key_path, make_key, read_keys


class DoNotContact:
    """The list as it stands; without entries neither the key nor a hash function is touched."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        rows = connection.execute("SELECT digest, key_id FROM suppressed WHERE revoked_at IS NULL").fetchall()
        self._keys = read_keys(key_path(connection)) if rows else ()
        mine = {_key_id(key) for key in self._keys}
        self._digests = {digest for digest, key_id in rows if key_id in mine}
        self.lost = len(rows) - len(self._digests)
        """Entries that nothing can match any more, because the key they were made with is gone."""

    def holds(self, email: str | None, phone: str | None) -> bool:
        """One of the addresses is on it."""
        if not self._digests:
            return False
        addresses = addresses_of(email, phone)
        return any(_digest(key, address) in self._digests for key in self._keys for address in addresses)


def keep_off(journal: Journal, clock: Clock, addresses: Iterable[Address]) -> None:
    """Puts addresses on the list, and makes its key when there is none."""
    wanted = list(addresses)
    if not wanted:
        return
    path = key_path(journal.connection)
    keys = read_keys(path) or (make_key(path),)
    for address in wanted:
        entries = _entries(journal, keys, address)
        if entries:
            journal.update("suppressed", entries[0], {"revoked_at": None})
            continue
        journal.insert(
            "suppressed",
            {
                "digest": _digest(keys[0], address),
                "kind": address.kind,
                "key_id": _key_id(keys[0]),
                "suppressed_at": to_text(clock.now),
            },
        )


def let_in(journal: Journal, clock: Clock, addresses: Iterable[Address]) -> None:
    """Takes addresses off the list."""
    keys = read_keys(key_path(journal.connection))
    for address in addresses:
        for entry in _entries(journal, keys, address, "AND revoked_at IS NULL"):
            journal.update("suppressed", entry, {"revoked_at": to_text(clock.now)})


def _entries(journal: Journal, keys: Sequence[bytes], address: Address, only: str = "") -> list[int]:
    """Those of an address, whichever key they were made with."""
    marks = ", ".join("?" * len(keys))
    rows = journal.connection.execute(
        f"SELECT id FROM suppressed WHERE digest IN ({marks}) {only} ORDER BY id",
        [_digest(key, address) for key in keys],
    )
    return [row[0] for row in rows.fetchall()]


def _digest(key: bytes, address: Address) -> str:
    import hmac  # loads hashlib: 3 ms

    return hmac.digest(key, f"{address.kind}:{address.text}".encode("utf-8", "surrogatepass"), "sha256").hex()


def _key_id(key: bytes) -> str:
    """Tells one key from another, and nothing about it."""
    import hmac

    return hmac.digest(key, b"which key", "sha256").hex()[:16]
