"""Amounts of one column: whether dot or comma separates the decimals, by the evidence of the whole column."""

from __future__ import annotations

import re

from pipeline_cli.domain.errors import UsageError
from pipeline_cli.domain.money import ParsedMoney, parse_money
from pipeline_cli.domain.phrases import quoted

_NUMBER = re.compile(r"[0-9][0-9.,' \u00a0\u202f\u2009’]*")
_MOST_PLAIN_DIGITS = 13


class UnreadableNumberError(ValueError):
    """A column or a value that cannot be read, with the reason as its message."""


class NumberEvidence:
    """What the values of one column say about its decimal sign."""

    def __init__(self) -> None:
        self._first: dict[str, tuple[int, str]] = {}
        """Decimal sign -> line and text of the first value that needs it."""
        self._open: tuple[int, str] | None = None
        self.above_one = False
        """Some value is greater than 1: then a column of probabilities is in percent."""

    def add(self, line: int, text: str) -> None:
        if text.isdigit():
            self.above_one = self.above_one or int(text[:9]) > 1
            return
        found = _NUMBER.search(text)
        if found is None:
            return
        number = found[0].rstrip(" .,'\u00a0\u202f\u2009’")
        sign = decimal_sign(number)
        if sign in {".", ","}:
            self._first.setdefault(sign, (line, text))
        elif sign == "?":
            self._open = self._open or (line, text)
        whole = re.split(r"[.,]", number)[0]
        self.above_one = self.above_one or (whole.isdigit() and int(whole[:9]) > 1)

    def decimal(self) -> str | None:
        """`.` or `,`; None: no value needs to know. Raises UnreadableNumberError when both or neither can be right."""
        if len(self._first) == 2:
            (line, text), (other_line, other_text) = self._first["."], self._first[","]
            raise UnreadableNumberError(
                f"{quoted(text)} in line {line} has a decimal point, {quoted(other_text)} in line {other_line} a decimal "
                "comma: write the column in one form."
            )
        if self._first:
            return next(iter(self._first))
        if self._open:
            raise UnreadableNumberError(
                f"{quoted(self._open[1])} may have decimals or thousands, and no value of the column decides it: say "
                "--decimal . or --decimal ,"
            )
        return None

    @property
    def open_line(self) -> int:
        """Where the reason for refusing the column stands."""
        lines = [line for line, _ in self._first.values()]
        return max(lines) if len(lines) == 2 else (self._open or (1, ""))[0]


def decimal_sign(number: str) -> str | None:
    """The decimal sign a number shows: `.`, `,`, `?` for a lone dot before three digits, None for a number without one.

    A lone comma before three digits is taken for thousands, as `1,000` is on the command line, but proves nothing.
    """
    dots, commas = number.count("."), number.count(",")
    if dots and commas:
        return "." if number.rfind(".") > number.rfind(",") else ","
    if dots + commas == 0:
        return None
    mark = "." if dots else ","
    if dots + commas > 1:
        return "," if mark == "." else "."
    whole, _, rest = number.partition(mark)
    may_be_thousands = len(rest) == 3 and 0 < len(whole) <= 3 and not whole.startswith("0")
    if not may_be_thousands:
        return mark
    return "?" if mark == "." else None


def read_amount(text: str, decimal: str | None) -> ParsedMoney:
    """An amount in the column's form. Raises UnreadableNumberError with the reason: negative, not a number, too much."""
    if text.isdigit() and text.isascii() and len(text) <= _MOST_PLAIN_DIGITS:
        return ParsedMoney(int(text) * 100, None, rounded=False)
    whole, point, rest = text.partition(".")
    is_short = len(rest) == 2 and len(whole) <= _MOST_PLAIN_DIGITS and text.isascii()
    if point and decimal != "," and is_short and whole.isdigit() and rest.isdigit():
        return ParsedMoney(int(whole + rest), None, rounded=False)
    try:
        return parse_money(text, decimal)
    except UsageError as error:
        raise UnreadableNumberError(str(error)) from None


def read_probability(text: str, *, is_percent: bool) -> float:
    """0 to 1 of `40 %`, `40` in a column of percent, or `0.4`. Raises UnreadableNumberError."""
    number = text.strip().rstrip("%").strip().replace(",", ".")
    try:
        value = float(number) / (100 if is_percent or text.strip().endswith("%") else 1)
    except ValueError:
        value = -1.0
    if not 0 <= value <= 1 or not number.lstrip(".")[:1].isdigit():
        raise UnreadableNumberError(f"{quoted(text)} is not a probability: give 0 to 100 percent.")
    return value
