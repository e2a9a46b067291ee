"""How the text of one value is read: each reader returns the value, or says what to write instead."""

from __future__ import annotations

import re
from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from pydantic import PlainValidator
from pydantic_core import PydanticCustomError

from pipeline_cli.config.problems import nearest

LONGEST_LINE = 500
LONGEST_TEXT = 10_000
MOST_UNITS = 10**13
"""The database holds amounts up to 10^15 minor units."""

_NUMBER = re.compile(r"[+-]?(0|[1-9][0-9]{0,17})(\.[0-9]{1,12})?")
_ID = re.compile(r"\w[\w-]{0,59}")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")
_CONTROL_BUT_BREAKS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")


def wants(advice: str) -> PydanticCustomError:
    """The refusal of a value; wording.py puts the key and the value in front of the advice."""
    return PydanticCustomError("wants", "{advice}", {"advice": advice})


def line_of_text(advice: str = "write text on one line, up to 500 characters") -> PlainValidator:
    def read(value: Any) -> str:
        text = value.strip() if isinstance(value, str) else ""
        if not text or len(text) > LONGEST_LINE or _CONTROL.search(text):
            raise wants(advice)
        return text

    return PlainValidator(read)


def lines_of_text() -> PlainValidator:
    def read(value: Any) -> str:
        if (
            not isinstance(value, str)
            or not value.strip()
            or len(value) > LONGEST_TEXT
            or _CONTROL_BUT_BREAKS.search(value)
        ):
            raise wants("write text, up to 10,000 characters")
        return value

    return PlainValidator(read)


def short_id() -> PlainValidator:
    def read(value: Any) -> str:
        if not isinstance(value, str) or not _ID.fullmatch(value):
            raise wants("write up to 60 letters, digits, `_` and `-`, such as `first_call`")
        return value

    return PlainValidator(read)


def number(low: int | str, high: int, wanted: str = "a number") -> PlainValidator:
    """A decimal number within bounds, as an exact Fraction; `.`, no exponent, no leading zero."""

    def read(value: Any) -> Fraction:
        exact = exact_number(value)
        if exact is None or not Fraction(low) <= exact <= high:
            raise wants(f"write {wanted} from {low} to {high:,}")
        return exact

    return PlainValidator(read)


def exchange_rate() -> PlainValidator:
    def read(value: Any) -> Fraction:
        exact = exact_number(value)
        if exact is None or exact <= 0:
            raise wants("write what one unit of it is worth in the currency of the file, such as 0.92")
        return exact

    return PlainValidator(read)


def whole(low: int, high: int) -> PlainValidator:
    def read(value: Any) -> int:
        exact = exact_number(value)
        if exact is None or exact.denominator != 1 or not low <= exact <= high:
            raise wants(f"write a whole number from {low} to {high:,}")
        return int(exact)

    return PlainValidator(read)


def exact_number(value: Any) -> Fraction | None:
    """None when the text is not a number in plain decimal form."""
    if not isinstance(value, str) or not _NUMBER.fullmatch(value.strip()):
        return None
    return Fraction(value.strip())


def money() -> PlainValidator:
    """Minor units."""

    def read(value: Any) -> int:
        exact = exact_number(value)
        if exact is None or not 0 <= exact <= MOST_UNITS or (exact * 100).denominator != 1:
            raise wants("write an amount such as 20000 or 1500.50, without a currency or separators")
        return int(exact * 100)

    return PlainValidator(read)


def true_only() -> PlainValidator:
    def read(value: Any) -> bool:
        if value not in ("true", "True", "TRUE"):
            raise wants("write `true`, or remove the key")
        return True

    return PlainValidator(read)


def true_or_false() -> PlainValidator:
    def read(value: Any) -> bool:
        if not isinstance(value, str) or value.casefold() not in ("true", "false"):
            raise wants("write `true` or `false`")
        return value.casefold() == "true"

    return PlainValidator(read)


def one_of(choices: Sequence[str]) -> PlainValidator:
    def read(value: Any) -> str:
        if not isinstance(value, str) or value not in choices:
            meant = nearest(value, choices) if isinstance(value, str) else None
            raise wants(f"write {' or '.join(choices)}" + (f"; did you mean `{meant}`?" if meant else ""))
        return value

    return PlainValidator(read)


def only_version_one() -> PlainValidator:
    def read(value: Any) -> int:
        if value != "1":
            raise wants("write `version: 1`, the only one this program reads")
        return 1

    return PlainValidator(read)


def currency_code() -> PlainValidator:
    def read(value: Any) -> str:
        if not isinstance(value, str) or not re.fullmatch(r"[A-Za-z]{3}", value):
            raise wants("write the three letters of a currency, such as EUR")
        return value.upper()

    return PlainValidator(read)


def time_zone_name() -> PlainValidator:
    def read(value: Any) -> str:
        import zoneinfo

        try:
            return zoneinfo.ZoneInfo(value if isinstance(value, str) else "").key
        # "Europe" is a folder of the time-zone database, "../x" a ValueError.
        except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
            meant = nearest(value, sorted(zoneinfo.available_timezones())) if isinstance(value, str) else None
            raise wants("write a zone such as Europe/Berlin" + (f"; did you mean {meant}?" if meant else "")) from None

    return PlainValidator(read)


def encoding_name() -> PlainValidator:
    def read(value: Any) -> str:
        import codecs

        try:
            return codecs.lookup(value if isinstance(value, str) else "").name
        except (LookupError, ValueError):
            raise wants("write the name of an encoding, such as cp1252 or utf-8") from None

    return PlainValidator(read)


def database_name() -> PlainValidator:
    def read(value: Any) -> str:
        if (
            not isinstance(value, str)
            or not value.strip()
            or _CONTROL.search(value)
            or value.endswith(("/", ":memory:"))
        ):
            raise wants("write the name of a file, such as pipeline.db")
        return value

    return PlainValidator(read)
