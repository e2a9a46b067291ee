"""Which number belongs to which text, for a million of them: 24 to 48 bytes an entry, where a dict takes 170."""

from __future__ import annotations

from array import array
from collections.abc import Hashable

_NOBODY = -1
_FIRST_SIZE = 1 << 10


class NumberTable:
    """Key -> number from 0 up; a key is anything that can be hashed, and only its 64-bit hash is kept.

    Two of a million keys share a hash once in forty million tables, so that who must not err looks at what was found.
    Open addressing with linear probing, at most half full.
    """

    def __init__(self) -> None:
        self._resize(_FIRST_SIZE)
        self._count = 0

    def __len__(self) -> int:
        return self._count

    def get(self, key: Hashable) -> int | None:
        """The number of the key; None when it has none."""
        code = hash(key)
        codes, numbers, mask = self._codes, self._numbers, self._mask
        slot = code & mask
        while (number := numbers[slot]) >= 0:
            if codes[slot] == code:
                return number
            slot = (slot + 1) & mask
        return None

    def set(self, key: Hashable, number: int) -> None:
        """Gives the key this number, whatever it had."""
        if self._count * 2 >= self._mask:
            self._grow()
        if self._put(hash(key), number):
            self._count += 1

    def _put(self, code: int, number: int) -> bool:
        codes, numbers, mask = self._codes, self._numbers, self._mask
        slot = code & mask
        while numbers[slot] >= 0 and codes[slot] != code:
            slot = (slot + 1) & mask
        is_new = numbers[slot] < 0
        codes[slot], numbers[slot] = code, number
        return is_new

    def _resize(self, size: int) -> None:
        self._codes = array("q", bytes(8 * size))
        self._numbers = array("q", [_NOBODY]) * size
        self._mask = size - 1

    def _grow(self) -> None:
        codes, numbers = self._codes, self._numbers
        self._resize(2 * len(codes))
        for code, number in zip(codes, numbers, strict=True):
            if number >= 0:
                self._put(code, number)
