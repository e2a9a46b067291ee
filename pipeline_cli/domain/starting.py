"""What `init` is told: a currency and a quota, as people type them."""

from __future__ import annotations

import re

from pipeline_cli.domain.errors import UsageError
from pipeline_cli.domain.money import parse_money
from pipeline_cli.domain.phrases import nearest, quoted
from pipeline_cli.domain.record import NamedTuple

_PERIODS = ("month", "quarter", "year")


class Choice(NamedTuple):
    """What was chosen for a new pipeline.yaml; None: nothing, so that the template's own holds."""

    template: str | None = None
    currency: str | None = None
    quota: tuple[str, str] | None = None
    """(per, amount); an amount of "" is no quota."""


def read_currency(text: str) -> str:
    """Three letters, in capitals. Raises UsageError."""
    code = text.strip().upper()
    if not re.fullmatch("[A-Z]{3}", code):
        raise UsageError(f"{quoted(text)} is not a currency: type its three letters, such as EUR or USD.")
    return code


def read_quota(text: str) -> tuple[str, str]:
    """`20k/month` is ("month", "20000"), `none` is ("month", ""). Raises UsageError."""
    if text.strip().casefold() in ("none", "no", "-", "0"):
        return "month", ""
    amount, _, per = text.replace(" per ", "/").partition("/")
    period = per.strip().casefold() or "month"
    if period not in _PERIODS:
        meant = nearest(period, _PERIODS)
        guess = f"did you mean {meant}? " if meant else ""
        raise UsageError(f"--quota {quoted(text)}: {guess}A quota is per month, quarter or year: type 20000/month.")
    money = parse_money(amount)
    if money.currency is not None:
        raise UsageError(f"--quota {quoted(text)}: is in the currency of the file: leave {money.currency} away.")
    if not money.cents:
        raise UsageError(f"--quota {quoted(text)}: a quota of nothing is none: type none.")
    whole, rest = divmod(money.cents, 100)
    return period, f"{whole}.{rest:02}" if rest else str(whole)
