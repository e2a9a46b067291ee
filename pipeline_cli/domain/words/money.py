"""Amounts of money as people type them, and as the program keeps them: whole minor units, never a float in between.

Every currency has two decimals here, as the file has; a yen amount is kept as its hundredths.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING

from pipeline_cli.domain.errors import UsageError
from pipeline_cli.domain.record import NamedTuple
from pipeline_cli.domain.words.text import quoted

if TYPE_CHECKING:
    from fractions import Fraction

MOST_CENTS = 10**15
"""The most one amount may be, in minor units; the database refuses more."""

# A symbol that several currencies share stands for the first of them, unless a code beside it says which.
_SYMBOLS = {
    "€": ("EUR",),
    "£": ("GBP",),
    "US$": ("USD",),
    "$": ("USD", "AUD", "CAD", "HKD", "NZD", "SGD"),
    "¥": ("JPY", "CNY"),
}
_SCALES = {"": 1, "k": 1_000, "m": 1_000_000}
_SPACES = "\u00a0\u202f\u2009"
_CURRENCY = r"US\$|[€$£¥]|[A-Za-z]{3}"
# Kept as text: compiling it costs a start that reads no amount 0.5 ms.
_AMOUNT = (
    rf"(?P<before>{_CURRENCY})?\s*(?P<number>[.,]?[0-9][0-9.,' ]*?)(?:[.,][-–—]{{1,2}})?"
    rf"\s*(?P<scale>[kKmM])?\s*(?P<after>{_CURRENCY})?"
)
_EXAMPLES = "type an amount such as 1000, 12k, 1,000.50 or 1.000,50 €"


class ParsedMoney(NamedTuple):
    """An amount as it was typed."""

    cents: int
    """Minor units, 0 to 10^15."""
    currency: str | None
    """Three capital letters; None: none was given."""
    rounded: bool
    """True: it had more than two decimals and changed when they were cut to two, half to even."""


def parse_money(text: str, decimal: str | None = None) -> ParsedMoney:
    """Read `12k`, `1,000`, `1.000,50 €`, `$1,000`, `EUR 500`, `1'000`, `10,5`.

    A lone comma before three digits separates thousands; a lone dot there is ambiguous and refused, unless `decimal`
    (`.` or `,`) says which sign separates the decimals. Digits are 0-9 alone: full-width ones are refused.
    Raises UsageError for anything else, a negative amount and one beyond 10^15 minor units.
    """
    if decimal not in {None, ".", ","}:
        raise UsageError(f"{quoted(decimal or '')} is not a decimal sign: choose . or ,")
    plain = _with_plain_spaces(text)
    form = re.fullmatch(_AMOUNT, plain) if len(plain) <= 60 else None
    if form is None:
        raise UsageError(_reason(text, plain))
    currency = _currency(form["before"], form["after"], text)
    scale = _SCALES[(form["scale"] or "").lower()]
    whole, fraction = _whole_and_fraction(form["number"].strip(), decimal, scale, text)
    cents, rounded = _in_cents(whole, fraction, scale)
    if cents > MOST_CENTS:
        raise UsageError(f"{quoted(text)} is too much: an amount is at most 10,000,000,000,000.")
    return ParsedMoney(cents, currency, rounded)


def plain_amount(cents: int) -> str:
    """The form `parse_money` always reads back: `1000`, `1000.50`."""
    sign, units, rest = "-" if cents < 0 else "", *divmod(abs(cents), 100)
    return f"{sign}{units}.{rest:02}" if rest else f"{sign}{units}"


def convert_cents(cents: int, currency: str, home: str, rates: Mapping[str, Fraction]) -> int:
    """Minor units of `home` for minor units of `currency`, half to even. Raises UsageError without a rate."""
    if currency == home:
        return cents
    rate = rates.get(currency)
    if rate is None:
        raise UsageError(
            f"There is no exchange rate for {currency}: add to pipeline.yaml what one {currency} is in {home}, "
            f"as in exchange_rates: {{{currency}: 0.92}}."
        )
    return round(cents * rate)


def parse_rate(text: str, currency: str, home: str) -> str:
    """What one of a currency is in another, as pipeline.yaml takes it: `0.92`. Raises UsageError."""
    plain = text.strip().replace(",", ".", 1)
    is_number = re.fullmatch(r"[0-9]{1,9}(?:\.[0-9]{1,12})?", plain) is not None and plain.strip("0.") != ""
    if not is_number or not re.fullmatch("[A-Z]{3}", currency):
        raise UsageError(
            f"{quoted(f'{currency}={text}')} is no rate: say what one of a currency is in {home}, as in USD=0.92."
        )
    whole, point, rest = plain.partition(".")
    return f"{int(whole)}{point}{rest}"


def weighted(cents: int, probability: float) -> float:
    """Minor units × probability (0 to 1), not rounded: add first, then `round` the sum once, half to even."""
    return cents * probability


def _with_plain_spaces(text: str) -> str:
    for space in _SPACES:
        text = text.replace(space, " ")
    return text.replace("’", "'").strip()


def _currency(before: str | None, after: str | None, text: str) -> str | None:
    choices = [_SYMBOLS.get(sign) or (sign.upper(),) for sign in (before, after) if sign]
    if not choices:
        return None
    common = [code for code in choices[0] if code in choices[-1]]
    if not common:
        raise UsageError(f"{quoted(text)} names two currencies, {choices[0][0]} and {choices[-1][0]}: give one.")
    if common[0] in {"NAN", "INF"}:
        raise UsageError(f"{quoted(text)} is not an amount: {_EXAMPLES}.")
    return common[0]


def _whole_and_fraction(number: str, decimal: str | None, scale: int, text: str) -> tuple[str, str]:
    """The digits before and after the decimal sign."""
    mark = _decimal_mark(number, scale, text.strip()) if decimal is None else decimal
    whole, _, fraction = number.partition(mark) if mark and mark in number else (number, "", "")
    signs = {sign for sign in whole if not sign.isdigit()}
    groups = whole.split(signs.pop()) if len(signs) == 1 else [whole]
    well_grouped = len(groups) == 1 or (len(groups[0]) in {1, 2, 3} and all(len(group) == 3 for group in groups[1:]))
    if signs or not well_grouped or not (fraction or "0").isdigit():
        fixed = f" with {decimal} as the decimal sign" if decimal else ""
        raise UsageError(
            f"{quoted(text)} cannot be read{fixed}: thousands come in groups of three digits; {_EXAMPLES}."
        )
    return "".join(groups), fraction


def decimal_sign(number: str) -> str | None:
    """The decimal sign a number shows: `.`, `,`, `?` for a lone dot before three digits, None for a number without one.

    A lone comma before three digits is taken for thousands, but proves nothing.
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
    if not (len(rest) == 3 and rest.isdigit() and whole.isdigit() and len(whole) <= 3 and not whole.startswith("0")):
        return mark
    return "?" if mark == "." else None


def _decimal_mark(number: str, scale: int, text: str) -> str | None:
    """Which of dot and comma separates the decimals of this number; None: it has none. Raises UsageError for one open."""
    sign = decimal_sign(number)
    if sign != "?":
        return sign
    whole, _, rest = number.partition(".")
    large, small = plain_amount(_in_cents(whole + rest, "", scale)[0]), _two_decimals(_in_cents(whole, rest, scale)[0])
    raise UsageError(f"{text} may be {large} or {small}: type {large} or {small}.")


def _in_cents(whole: str, fraction: str, scale: int) -> tuple[int, bool]:
    """Minor units, half to even, and whether anything was cut."""
    unit = 10 ** len(fraction)
    cents, rest = divmod(int(whole + fraction or "0") * scale * 100, unit)
    is_more_than_half = 2 * rest > unit or (2 * rest == unit and cents % 2 == 1)
    return cents + is_more_than_half, rest != 0


def _two_decimals(cents: int) -> str:
    return f"{cents // 100}.{cents % 100:02}"


def _reason(text: str, plain: str) -> str:
    """Why a text is no amount, and what to type."""
    if not plain:
        return f"The amount is empty: {_EXAMPLES}."
    bare = re.sub(r"[A-Za-z€$£¥\s]", "", plain)
    if re.fullmatch(r"[-−–－].*[0-9].*|.*[0-9][-−–－]", bare):
        return f"{quoted(text)} is negative: an amount is 0 or more."
    if re.fullmatch(r"\(.*[0-9].*\)", bare):
        return f"{quoted(text)} is read as minus {re.sub('[()]', '', plain)}: an amount is 0 or more."
    if any(sign.isdigit() and not sign.isascii() for sign in plain):
        return f"{quoted(text)} has digits other than 0-9: {_EXAMPLES}."
    return f"{quoted(text)} is not an amount: {_EXAMPLES}."
