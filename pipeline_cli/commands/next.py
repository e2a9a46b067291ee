"""`pipeline next`: what to do next on a deal, on a day or at a time of it."""

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING, Annotated, NamedTuple

import typer

from pipeline_cli.commands.options import asleep_in_words
from pipeline_cli.commands.several import AllMatching, Named, Planned, Yes, change_deals, split_names
from pipeline_cli.commands.stepping import StepsByDeal
from pipeline_cli.domain.deal.deal import DealRecord, PlannedStep
from pipeline_cli.domain.deal.edits import SetNextStep
from pipeline_cli.domain.deal.steps import (
    find_step,
    read_length,
    read_reminder,
    refuse_past_reminder,
    start_of,
    step_in_words,
    when_in_words,
)
from pipeline_cli.domain.errors import UsageError
from pipeline_cli.domain.words.clock import Clock
from pipeline_cli.domain.words.dates import parse_day_and_time
from pipeline_cli.domain.words.text import accept_filled
from pipeline_cli.workspace import Workspace

if TYPE_CHECKING:
    from pipeline_cli.storage.change import Change

_MOST_NAMED = 3


def next(  # noqa: A001 - the word people type
    context: typer.Context,
    deal: Annotated[
        str,
        typer.Argument(
            metavar="DEAL...",
            help="One or several, 12.2 for its second step; with --all-matching a filter, as `list` has it.",
        ),
    ],
    words: Annotated[
        list[str],
        typer.Argument(
            metavar="DATE [TEXT]...",
            help="When: tomorrow, friday 14:30, 3d, 2026-12-01; and what to do; without it, the same at another time.",
        ),
    ],
    length: Annotated[
        str | None, typer.Option("--for", metavar="LENGTH", help="How long it takes: 45m, 1h30m.")
    ] = None,
    remind: Annotated[
        str | None,
        typer.Option("--remind", metavar="LENGTH", help="How long before it its reminder comes: 15m, 2h, 1d."),
    ] = None,
    replace: Annotated[bool, typer.Option("--replace", help="In place of every step that is open.")] = False,
    all_matching: AllMatching = False,
    yes: Yes = False,
) -> None:
    """Plan one more next step of a deal, open or closed; the earliest is the next step everywhere.

    pipeline next acme next friday send the offer; pipeline next acme fri 14:30 --for 45m Demo; pipeline next 12.2 mon
    """
    workspace: Workspace = context.obj
    clock = workspace.clock
    names, due, text = split_names(workspace, "next", [deal, *words], timed=True)
    named = StepsByDeal(names, all_matching=all_matching)
    when = _read_when(due, length, remind, clock)
    given = None if text is None else accept_filled(text, "The next step")
    if replace and named.has_numbers:
        raise UsageError("--replace takes the place of every step, and 12.2 is one of them: give one of the two.")

    def plan(change: "Change", record: DealRecord) -> Planned:
        facts = record.facts
        step, before = _step(record, given, when, named.numbers(change, facts.id), replaces=replace)
        if when.remind is not None and step.time is not None:
            refuse_past_reminder(step.due, step.time, when.remind, clock)
        late = _late(step, clock)
        closed = "" if facts.status == "open" else f", which is {facts.status}"
        told = _told(record, step, before, is_moved=given is None)
        said = f"Next on {facts.id}, {facts.title}{closed}: {step_in_words(step)}{late}.{told}"
        return Planned(
            [step],
            f"next step of {facts.title}: {step_in_words(step)}",
            [said, *asleep_in_words(workspace, facts)],
        )

    change_deals(workspace, "next", Named(named.names, all_matching, yes), plan)


def _late(step: SetNextStep, clock: Clock) -> str:
    """Of a step that is set for a day or a time that was: that it is past, which may be a slip of the finger."""
    if step.due < clock.today:
        return f" (that day is past: today is {clock.today})"
    if step.due == clock.today and step.time is not None and start_of(step.due, step.time, clock) < clock.now:
        return f" (that time is past: it is {clock.now.astimezone(clock.zone):%H:%M})"
    return ""


class _When(NamedTuple):
    """As typed."""

    day: date
    time: str | None
    minutes: int | None
    remind: int | None


def _read_when(due: str, length: str | None, remind: str | None, clock: Clock) -> _When:
    """Raises UsageError."""
    minutes = None if length is None else read_length(length)
    return _When(*parse_day_and_time(due, clock), minutes, None if remind is None else read_reminder(remind))


def _step(
    record: DealRecord, given: str | None, when: _When, numbers: Sequence[int | None], *, replaces: bool
) -> tuple[SetNextStep, Sequence[PlannedStep]]:
    """The new step, and those it takes the place of; without words of its own it is one of them at another time.

    Raises UsageError where there is none to move, and for a length or a reminder of what has no time of day; RuleError
    for a number that no step has.
    """
    facts = record.facts
    meant = [step for step in (find_step(record, number) for number in numbers or ([] if given else [None])) if step]
    before = record.steps if replaces else meant
    what, at, minutes, remind = given, when.time, when.minutes, when.remind
    if what is None:
        if len(meant) != 1:
            raise UsageError(
                f"TEXT is missing: deal {facts.id} has no next step yet, so say what to do."
                if not meant
                else f"TEXT is missing: {len(meant)} steps of deal {facts.id} cannot be moved at once, so say what to do."
            )
        (moved,) = meant
        what, at, minutes = moved.text, at or moved.time, minutes or moved.minutes
        remind = moved.remind_minutes if remind is None else remind
    for option, typed in (("--for", when.minutes), ("--remind", when.remind)):
        if typed is not None and at is None:
            raise UsageError(f'{option} needs a time of day: type it behind the day, as in "{when.day} 14:30".')
    return SetNextStep(facts.id, what, when.day, at, minutes, remind, tuple(step.id for step in before)), before


def _told(record: DealRecord, step: SetNextStep, before: Sequence[PlannedStep], *, is_moved: bool) -> str:
    """What it took the place of, and what is planned beside it."""
    if is_moved and len(before) == 1:
        said = f" It was {when_in_words(before[0].due, before[0].time, before[0].minutes)}."
    elif before:
        said = f" In place of: {_in_words(before)}."
    else:
        said = ""
    beside = [one for one in record.steps if one.id not in step.instead]
    return said + (f" Also planned: {_in_words(beside)}." if beside else "")


def _in_words(steps: Sequence[PlannedStep]) -> str:
    more = len(steps) - _MOST_NAMED
    return "; ".join([*map(step_in_words, steps[:_MOST_NAMED]), *([f"{more} more"] if more > 0 else [])])
