"""The do-not-contact list: keyed digests of addresses, with the key in a file of its own beside the database.

A plain digest of an address is undone by guessing, so it is an HMAC-SHA-256 with a random key in a file of its own.
That is pseudonymous, not anonymous: whoever has the file, the key and a guess can test the guess.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterable, Sequence
from contextlib import suppress
from pathlib import Path

from pipeline_cli.domain.errors import DatabaseUnusable, NothingSaved
from pipeline_cli.domain.words.addresses import EMAIL, Address, addresses_of, forms_of
from pipeline_cli.domain.words.clock import Clock, to_text
from pipeline_cli.on_disk import give_name, passing_name, read_regular, reason_of, sync_folder, write_own_file
from pipeline_cli.storage.journal import Journal

SUFFIX = ".key"
_BYTES = 32


def key_path(connection: sqlite3.Connection) -> Path:
    """`pipeline.db.key` beside `pipeline.db`; of a copy in memory, beside what it was copied from."""
    (database,) = (row[2] for row in connection.execute("PRAGMA database_list") if row[1] == "main")
    if not database:
        (database,) = connection.execute("SELECT path FROM temp.copied_from").fetchone()
    return Path(f"{database}{SUFFIX}")


def read_keys(path: Path) -> tuple[bytes, ...]:
    """One a line: that of the record first, then those of records it took the place of. None when there is no file.

    Raises DatabaseUnusable when it cannot be read, or holds something else.
    """
    try:
        keys = tuple(bytes.fromhex(line) for line in read_regular(path).decode("ascii").split())
    except FileNotFoundError:
        return ()
    except OSError as error:
        raise DatabaseUnusable(f"{path}: cannot be read ({error.strerror}): check its permissions.") from None
    except ValueError:
        keys = ()
    if not keys or any(len(key) != _BYTES for key in keys):
        raise DatabaseUnusable(
            f"{path}: is not the key of the do-not-contact list: put back the one that was kept with the database."
        )
    return keys


def make_key(path: Path) -> bytes:
    """A new random key, on disk before it is used; another's that came first is used instead.

    Raises NothingSaved when it cannot be written.
    """
    beside = passing_name(path)
    try:
        write_own_file(beside, _to_bytes((os.urandom(_BYTES),)))
        with suppress(FileExistsError):
            give_name(beside, path)
    except OSError as error:
        raise NothingSaved(f"{path}: the key could not be written ({reason_of(error)}). Nothing was changed.") from None
    finally:
        with suppress(OSError):
            beside.unlink()
    sync_folder(path.parent)
    return read_keys(path)[0]


def join_keys(new: Path, mine: Path) -> None:
    """Puts the keys of a backup, if it has any, before those in use, which stay: so the record and whatever takes its
    place find their own, whichever of the two is there. Raises OSError, DatabaseUnusable."""
    wanted, have = read_keys(new), read_keys(mine)
    if set(wanted) <= set(have):
        return
    beside = passing_name(mine)
    try:
        write_own_file(beside, _to_bytes(dict.fromkeys((*wanted, *have))))
        beside.replace(mine)
    finally:
        with suppress(OSError):
            beside.unlink()
    sync_folder(mine.parent)


def _to_bytes(keys: Iterable[bytes]) -> bytes:
    return "".join(key.hex() + "\n" for key in keys).encode("ascii")


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
        return any(
            digest in self._digests for key in self._keys for address in addresses for digest in _digests(key, address)
        )


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
    digests = [digest for key in keys for digest in _digests(key, address)]
    marks = ", ".join("?" * len(digests))
    rows = journal.connection.execute(
        f"SELECT id FROM suppressed WHERE digest IN ({marks}) {only} ORDER BY id", digests
    )
    return [row[0] for row in rows.fetchall()]


def _digests(key: bytes, address: Address) -> list[str]:
    """Also of the ASCII form of a domain, by which an entry may have been made before the two were one."""
    others = forms_of(address.text)[1:] if address.kind == EMAIL else ()
    return [_digest(key, address), *(_digest(key, Address(EMAIL, form)) for form in others)]


def _digest(key: bytes, address: Address) -> str:
    import hmac  # loads hashlib: 3 ms

    return hmac.digest(key, f"{address.kind}:{address.text}".encode("utf-8", "surrogatepass"), "sha256").hex()


def _key_id(key: bytes) -> str:
    """Tells one key from another, and nothing about it."""
    import hmac

    return hmac.digest(key, b"which key", "sha256").hex()[:16]
