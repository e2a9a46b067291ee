"""Telephone numbers as a country writes them, read by phonenumbers: `030 123456` and `+49 30 123456` are one."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache


@lru_cache(maxsize=4)
def number_reader(country: str) -> Callable[[str], str | None]:
    """Reads a number that is dialled in that country (ISO 3166): its digits with those of the country, or None."""

    @lru_cache(maxsize=4096)
    def read(text: str) -> str | None:
        # 40 ms, which only a command that compares numbers pays.
        import phonenumbers

        try:
            number = phonenumbers.parse(text, country)
        except phonenumbers.NumberParseException:
            return None
        if not phonenumbers.is_possible_number(number):
            return None
        return str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)).removeprefix("+")

    return read
