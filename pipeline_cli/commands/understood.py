"""The days that were typed in other words than ISO, said back with their weekday."""

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import date
from typing import Any

from pipeline_cli.domain.errors import UsageError
from pipeline_cli.domain.words.clock import Clock
from pipeline_cli.domain.words.dates import day_part, is_when, parse_date
from pipeline_cli.domain.words.text import quoted, short_day

DAY = "DATE"
INSTANT = "WHEN"
DAY_AND_TEXT = ("DATE TEXT", "DATE [TEXT]", "DATE [TEXT]...")
"""What the values of options and arguments are called that begin with a day."""
_BEHIND = ("at", "as_of", "since", "from_", "to")
"""A day without a year lies behind for these."""
_ISO = re.compile(r"\d{4}-\d\d-\d\d")
_MOST_WORDS = 6


def days_said_back(params: Sequence[Any], values: Mapping[str, Any], clock: Clock) -> str:
    """`'fri' is Fri 4 Dec, 'eom' is Mon 30 Nov.`; empty when every day was typed in ISO, or none."""
    told = dict[str, str]()
    for param in params:
        for text in _typed(param, values.get(param.name)):
            day = day_part(text)
            if not day or _ISO.fullmatch(day) or day.lower() == "today":
                continue
            told[day] = (
                f"{quoted(day)} is {_named(parse_date(day, clock.today, past=param.name in _BEHIND), clock.today)}"
            )
    return f"{', '.join(told.values())}." if told else ""


def _named(day: date, today: date) -> str:
    return f"{day:%a} {short_day(day, today)}"


def _typed(param: Any, value: Any) -> Iterator[str]:
    """The days, with their times, among what an option or argument was given."""
    if value is None or param.metavar not in (DAY, INSTANT, *DAY_AND_TEXT):
        return
    if param.metavar in (DAY, INSTANT):
        yield " ".join(value.split())
        return
    words = (value if isinstance(value, str) else " ".join(value)).split()
    first = range(len(words)) if param.param_type_name == "argument" else range(1)  # several deals may stand before it
    for place in first:
        for end in range(min(len(words), place + _MOST_WORDS), place, -1):
            text = " ".join(words[place:end])
            if is_when(text):
                yield text
                return


def say_days(context: Any, params: Sequence[Any]) -> None:
    """After a command that worked: on stderr, in one line."""
    with suppress(UsageError):  # the command would have refused it
        said = days_said_back(params, context.params, context.obj.clock)
        if said:
            context.obj.say(said)
