"""The open next steps of a deal: which one is meant, how they are said, and a length or a reminder as typed."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from pipeline_cli.domain.deal.deal import DealFacts, DealRecord, PlannedStep
from pipeline_cli.domain.errors import RuleError, UsageError
from pipeline_cli.domain.record import NamedTuple
from pipeline_cli.domain.words.clock import Clock
from pipeline_cli.domain.words.text import counted, quoted

LONGEST = 24 * 60
"""Minutes that a step may take."""
EARLIEST_REMINDER = 28 * 24 * 60
"""Minutes before a step at most."""
_UNITS = {"d": 24 * 60, "h": 60, "m": 1}


class NamedStep(NamedTuple):
    """A deal as typed, and which of its next steps is meant."""

    deal: str
    number: int | None
    """As `show` counts them; None: the earliest."""


def read_named(words: Sequence[str]) -> list[NamedStep]:
    """`12`, `12.2` and `#12.2`; words among which one is no number are titles, whatever dots they have."""
    found = [re.fullmatch(r"#?(\d+)(?:\.([1-9]\d{0,5}))?", word, re.ASCII) for word in words]
    if not all(found):
        return [NamedStep(word, None) for word in words]
    return [NamedStep(form[1], int(form[2]) if form[2] else None) for form in found if form]


def find_step(record: DealRecord, number: int | None) -> PlannedStep | None:
    """The open step of that number, or the earliest; None: the deal has none at all. Raises RuleError for another number."""
    steps, facts = record.steps, record.facts
    if number is None:
        return steps[0] if steps else None
    if number > len(steps):
        has = counted(len(steps), "next step") if steps else "no next step"
        raise RuleError(
            f"Deal {facts.id}, {facts.title}, has {has} and no number {number}: `pipeline show {facts.id}` numbers them."
        )
    return steps[number - 1]


def when_in_words(due: date | None, at: str | None = None, minutes: int | None = None) -> str:
    """`2026-12-04`, `2026-12-04 14:30`, `2026-12-04 14:30 for 45m`."""
    words = [f"{due}", *([at] if at else []), *([f"for {span_in_words(minutes)}"] if minutes else [])]
    return " ".join(words)


def step_in_words(step: Any) -> str:
    """Of an open step, or an edit that sets one: `Demo, due 2026-12-04 14:30 for 45m`."""
    return f"{step.text}, due {when_in_words(step.due, step.time, step.minutes)}"


def first_in_words(facts: DealFacts) -> str:
    """The next step of a deal that has one, as `step_in_words`."""
    return f"{facts.next_step}, due {when_in_words(facts.next_step_due, facts.next_step_time)}"


def span_in_words(minutes: int) -> str:
    """`45m`, `1h`, `1h30m`, `2d`; `0m`."""
    days, rest = divmod(minutes, _UNITS["d"])
    hours, rest = divmod(rest, _UNITS["h"])
    return "".join(f"{count}{unit}" for count, unit in ((days, "d"), (hours, "h"), (rest, "m")) if count) or "0m"


def parse_minutes(text: str) -> int | None:
    """`45`, `45m`, `45 min`, `1h`, `1h30m`, `1:30`, `1.5h`, `2d` in minutes; None for what is no span of minutes."""
    said = "".join(text.lower().split())
    form = re.fullmatch(r"(\d{1,3}):([0-5]\d)", said, re.ASCII)
    if form is not None:
        return 60 * int(form[1]) + int(form[2])
    form = re.fullmatch(r"(\d{1,4}(?:[.,]\d{1,3})?)h(?:ours?|rs?)?", said, re.ASCII)
    if form is not None:
        return round(60 * float(form[1].replace(",", ".")))
    form = re.fullmatch(
        r"(?:(\d{1,3})d(?:ays?)?)?(?:(\d{1,4})h(?:ours?|rs?)?)?(?:(\d{1,5})(?:m|min|mins|minutes?)?)?", said
    )
    if form is None or not said or not said.isascii():
        return None
    return sum(int(count) * each for count, each in zip(form.groups(), _UNITS.values(), strict=True) if count)


def read_length(text: str) -> int:
    """How long a step takes, in minutes, as typed for --for. Raises UsageError."""
    minutes = parse_minutes(text)
    if minutes is None:
        raise UsageError(f"--for {quoted(text)}: is not a length: type one such as 45m, 1h or 1h30m.")
    if minutes == 0:
        raise UsageError(
            f"--for {quoted(text)}: a step takes some time: type a length such as 45m, or leave --for away."
        )
    if minutes > LONGEST:
        raise UsageError(f"--for {quoted(text)}: is longer than a day: type a length such as 45m or 3h.")
    return minutes


def read_reminder(text: str) -> int:
    """How many minutes before a step its reminder comes, as typed for --remind. Raises UsageError."""
    minutes = parse_minutes(text)
    if minutes is None:
        raise UsageError(f"--remind {quoted(text)}: is not a time before it: type one such as 15m, 2h or 1d.")
    if minutes > EARLIEST_REMINDER:
        raise UsageError(f"--remind {quoted(text)}: is too early: four weeks before it is the most.")
    return minutes


def start_of(due: date, at: str | None, clock: Clock) -> datetime:
    """The instant a step begins, in UTC: of the clock of its zone on that day, whatever the clocks do until then."""
    moment = time.fromisoformat(at) if at else time()
    return datetime.combine(due, moment, clock.zone).astimezone(UTC)


def refuse_past_reminder(due: date, at: str, minutes: int, clock: Clock) -> None:
    """Raises UsageError for a reminder that should have come already."""
    comes = start_of(due, at, clock) - timedelta(minutes=minutes)
    if comes < clock.now:
        local, now = (instant.astimezone(clock.zone) for instant in (comes, clock.now))
        raise UsageError(
            f"--remind {span_in_words(minutes)}: would have come at {local:%Y-%m-%d %H:%M}, which is past "
            f"(it is {now:%Y-%m-%d %H:%M}): give a later time, or a shorter one."
        )
