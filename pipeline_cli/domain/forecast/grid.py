"""The sum of many independent deals on a grid, one long integer multiplication a deal."""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from itertools import accumulate
from math import gcd
from sys import byteorder

FEWEST_CELLS = 20_000
_MOST_CELLS = 40_000
_EFFORT = 1_500_000
"""Cells times deals: 30 deals may have a finer grid than 500 in the same 20 ms."""

_CELL_BYTES = 12
_CELL_BITS = 8 * _CELL_BYTES
_WORDS = _CELL_BYTES // 4
SCALE = 48
"""A probability in a cell is counted in 2^-48: what is smaller rounds to nothing, so the tails drop by themselves."""
_CHANCE = 30
"""A deal's probability is counted in 2^-30, one digit of a Python integer: multiplying by it is one pass in C."""
_TRIM_EVERY = 16


def grid_of(bets: Sequence[tuple[int, float]]) -> tuple[range, list[float]]:
    """The sums (minor units, ascending) and the cumulative probability before and after each of them.

    `bets` are (amount above 0, probability above 0 and below 1), ascending: small amounts first keep the sums short.
    The cell is the greatest common divisor of the amounts when that makes at most 20,000 cells (the result
    is then exact but for 1e-8), else the total / 20,000 or less.
    """
    cell = cell_of([amount for amount, _ in bets], min(_MOST_CELLS, max(FEWEST_CELLS, _EFFORT // len(bets))))
    counts = whole_cells(bets, cell)
    first, packed = convolve(0, 1 << SCALE, [(count, p) for count, (_, p) in zip(counts, bets, strict=True)])
    masses = unpack(packed)
    return range(first * cell, (first + len(masses)) * cell, cell), cumulative(masses)


def cumulative(masses: Sequence[int]) -> list[float]:
    """The share of the whole before each mass, and 1 after the last."""
    whole = sum(masses)
    return [0.0, *(mass / whole for mass in accumulate(masses))]


def cell_of(amounts: Sequence[int], cells: int) -> int:
    """The width of a cell in minor units: the amounts' common unit, or as many of them as leave so many `cells`."""
    unit = gcd(*amounts)
    return unit * max(1, sum(amounts) // unit // cells)


def whole_cells(bets: Sequence[tuple[int, float]], cell: int) -> list[int]:
    """Each amount as a number of cells, rounded up or down so that the mean of the sum stays within half a cell."""
    counts = []
    owed = 0.0
    for amount, probability in bets:
        count, rest = divmod(amount, cell)
        down = owed + probability * rest
        up = down - probability * cell
        if rest and abs(up) < abs(down):
            counts.append(count + 1)
            owed = up
        else:
            counts.append(count)
            owed = down
    return counts


def convolve(first: int, packed: int, bets: Sequence[tuple[int, float]]) -> tuple[int, int]:
    """The packed distribution that begins at cell `first`, with each bet (cells, probability) added to it.

    All cells are one integer, 96 bits each: winning `count` cells is a shift, a probability a factor, and
    the sum of both the next distribution. Its unit is brought back to 2^-48 by a shift and a mask.
    """
    longest = 1 + packed.bit_length() // _CELL_BITS + sum(count for count, _ in bets)
    one = (1 << SCALE + 1) - 1
    mask = int.from_bytes(one.to_bytes(_CELL_BYTES, "little") * longest, "little")
    for step, (count, probability) in enumerate(bets, 1):
        won = round(probability * (1 << _CHANCE))
        packed = (packed * ((1 << _CHANCE) - won) + (packed * won << count * _CELL_BITS)) >> _CHANCE & mask
        if step % _TRIM_EVERY == 0:
            empty = ((packed & -packed).bit_length() - 1) // _CELL_BITS
            packed >>= empty * _CELL_BITS
            first += empty
    return first, packed


def scaled(packed: int, first: int, weight: float) -> int:
    """The packed distribution from cell 0 on, times a weight of 0 to 1: such may be added up."""
    share = round(weight * (1 << _CHANCE))
    cells = packed.bit_length() // _CELL_BITS + 1
    one = (1 << SCALE + 1) - 1
    mask = int.from_bytes(one.to_bytes(_CELL_BYTES, "little") * cells, "little")
    return (packed * share >> _CHANCE & mask) << first * _CELL_BITS


def pack(masses: Sequence[float]) -> int:
    """Probabilities of neighbouring cells as one integer."""
    units = [round(mass * (1 << SCALE)) for mass in masses]
    words = array("I", bytes(len(units) * _CELL_BYTES))
    words[0::_WORDS] = array("I", [unit & 0xFFFFFFFF for unit in units])
    words[1::_WORDS] = array("I", [unit >> 32 for unit in units])
    if byteorder == "big":
        words.byteswap()
    return int.from_bytes(words.tobytes(), "little")


def unpack(packed: int) -> list[int]:
    """The mass of each cell in 2^-48."""
    length = -(-packed.bit_length() // _CELL_BITS)
    words = array("I", packed.to_bytes(length * _CELL_BYTES, "little"))
    if byteorder == "big":
        words.byteswap()
    return [low + (high << 32) for low, high in zip(words[0::_WORDS], words[1::_WORDS], strict=True)]
