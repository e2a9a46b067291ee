"""`pipeline log`: a touchpoint with the buyer; `--change N` and `--remove N` correct one that is there."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any

import typer

from pipeline_cli.commands.options import At, Deal
from pipeline_cli.domain.deal.closing import refuse_closed
from pipeline_cli.domain.deal.corrections import corrected, find_touchpoint
from pipeline_cli.domain.deal.deal import DealFacts, DealRecord, Touchpoint
from pipeline_cli.domain.deal.edits import (
    ChangeTouchpoint,
    CloseNextStep,
    Edit,
    LogTouchpoint,
    RemoveTouchpoint,
    SetNextStep,
)
from pipeline_cli.domain.deal.people import refuse_do_not_contact
from pipeline_cli.domain.deal.touch_sense import ATTEMPT, CONVERSATION, outcome_of, sense_of
from pipeline_cli.domain.deal.typed import read_touch_kind
from pipeline_cli.domain.errors import UsageError
from pipeline_cli.domain.rules.cadence import Proposal, close_attempt, propose_attempt
from pipeline_cli.domain.words.clock import Clock
from pipeline_cli.domain.words.dates import dated, parse_date, parse_when, refuse_future
from pipeline_cli.domain.words.shell import command_line
from pipeline_cli.domain.words.text import accept_filled, accept_or_none, quoted
from pipeline_cli.reports.changes import describe_correction, describe_touchpoint
from pipeline_cli.storage.change import Change
from pipeline_cli.storage.record.deals import find, read_record
from pipeline_cli.workspace import Workspace

NextStep = Annotated[tuple[str, str] | None, typer.Option("--next", metavar="DATE TEXT", help="Set the next step too.")]
NextAttempt = Annotated[
    bool | None, typer.Option(help="Make the next attempt of the cadence the next step, or do not ask.")
]


def log(
    context: typer.Context,
    deal: Deal,
    kind: Annotated[
        str | None, typer.Argument(metavar="KIND", help="call, email, meeting … as pipeline.yaml lists them.")
    ] = None,
    note: Annotated[str | None, typer.Argument(metavar="NOTE", help="What was said.")] = None,
    inbound: Annotated[bool, typer.Option("--in", help="They contacted you.")] = False,
    outbound: Annotated[bool, typer.Option("--out", help="You contacted them; so it is without --in.")] = False,
    outcome: Annotated[str | None, typer.Option(metavar="TEXT", help="What came of it, such as 'rescheduled'.")] = None,
    no_answer: Annotated[bool, typer.Option("--no-answer", help="You tried and nobody was there.")] = False,
    voicemail: Annotated[bool, typer.Option("--voicemail", help="You reached their voicemail.")] = False,
    no_show: Annotated[bool, typer.Option("--no-show", help="Nobody came.")] = False,
    auto: Annotated[bool, typer.Option("--auto", help="With --in: a machine wrote it, as out of office.")] = False,
    at: At = None,
    next_step: NextStep = None,
    next_attempt: NextAttempt = None,
    change: Annotated[
        str | None,
        typer.Option("--change", metavar="N", help="Correct touchpoint N of the deal, as `show` numbers them."),
    ] = None,
    remove: Annotated[
        str | None, typer.Option("--remove", metavar="N", help="Take touchpoint N away: it never was.")
    ] = None,
    new_kind: Annotated[str | None, typer.Option("--kind", metavar="KIND", help="With --change: another kind.")] = None,
    new_note: Annotated[
        str | None, typer.Option("--note", metavar="TEXT", help="With --change: another note; '' for none.")
    ] = None,
) -> None:
    """Log a touchpoint: a call, an e-mail, a meeting.

    A call or a meeting means that you spoke, unless you say that nobody was there.

    --change and --remove correct what is there already. --change takes --kind, --in or --out, --outcome ('' for none) or
    a word for it such as --no-answer, --at and --note; what is not given stays.
    """
    workspace: Workspace = context.obj
    clock = workspace.clock
    if change is not None or remove is not None:
        correct(workspace, deal, context.params)
        return
    kind = _read_kind(workspace, context, kind)
    _refuse_contradictions(inbound=inbound, outbound=outbound, next_step=next_step, next_attempt=next_attempt)
    flags = {"--no-answer": no_answer, "--voicemail": voicemail, "--no-show": no_show, "--auto": auto}
    said_of_it = accept_or_none(outcome, "The outcome")
    came_of_it = outcome_of([flag for flag, given in flags.items() if given], said_of_it, inbound=inbound)
    touched_by = read_touch_kind(kind, workspace.playbook)
    touched_at = clock.now if at is None else parse_when(at, clock)
    refuse_future(touched_at, clock, "A touchpoint")
    direction = "in" if inbound else "out"
    sense = sense_of(touched_by, direction, came_of_it, workspace.playbook.conversations)
    touch = LogTouchpoint(0, touched_by, direction, touched_at, came_of_it, accept_or_none(note, "The note"), *sense)
    if next_attempt is None and workspace.is_interactive and sense.sense == ATTEMPT and next_step is None:
        next_attempt = _is_wanted(workspace, deal, touch)
    if next_attempt and sense.sense == CONVERSATION:
        raise UsageError(
            "--next-attempt plans the next try of yours, and you spoke: leave it away, or say that nobody was there "
            "with --no-answer."
        )
    with workspace.write("log") as writing:
        record = read_record(writing, find(writing, deal))
        facts = record.facts
        if not inbound:
            refuse_do_not_contact(record)
        touch = touch._replace(deal_id=facts.id)
        over = close_attempt(record, touch, clock)
        proposal = _proposal(workspace, record, touch, is_asked_for=bool(next_attempt))
        if next_attempt:
            refuse_closed(record, "It needs no further attempt")
        step = _read_step(facts.id, next_step, clock) or (proposal.step if proposal and next_attempt else None)
        said = f"logged {touch.kind} {touch.direction} on {facts.title}{dated(touched_at if at else None, clock)}"
        writing.apply([touch, *(one for one in (over, step) if one)], said)
    _say_what_was_done(workspace, facts, touch, over, step)
    if proposal is not None and step is None and (next_attempt is None or proposal.next is None):
        workspace.say(proposal.in_words(workspace.command_name))


def _read_kind(workspace: Workspace, context: typer.Context, kind: str | None) -> str:
    """Raises UsageError where there is none, and for options that only correct."""
    if context.params["new_kind"] is not None or context.params["new_note"] is not None:
        refuse_without_a_number(context.params)
    if kind is None:
        name = workspace.command_name
        raise UsageError(f"KIND is missing: type {name} log DEAL KIND [NOTE]; `{name} log --help` says more.")
    return kind


def _say_what_was_done(
    workspace: Workspace, facts: DealFacts, touch: LogTouchpoint, over: CloseNextStep | None, step: SetNextStep | None
) -> None:
    planned = "" if step is None else f" Next: {step.text}, due {step.due}."
    made = f" {facts.next_step} is done." if over is not None and over.done else ""
    came_of_it = f", {touch.outcome}" if touch.outcome and touch.sense != CONVERSATION else ""
    kind = workspace.playbook.kind_name(touch.kind)
    workspace.confirm(f"Logged {kind} ({touch.direction}{came_of_it}) on {facts.id}, {facts.title}.{made}{planned}")
    if over is not None and not over.done and step is None:
        plan = command_line(workspace.command_name, "next", str(facts.id), "tomorrow", "What you agreed")
        spoke = "They answered" if touch.direction == "in" else "You spoke"
        workspace.say(f"{spoke}, so {facts.next_step} is off the plan. What comes next: {plan}")


def _refuse_contradictions(
    *, inbound: bool, outbound: bool, next_step: tuple[str, str] | None, next_attempt: bool | None
) -> None:
    if inbound and outbound:
        raise UsageError("--in and --out contradict each other: give the one that says who contacted whom.")
    if next_attempt and (inbound or next_step is not None):
        raise UsageError("--next-attempt plans the next try of yours as the next step: leave --in and --next away.")


def _read_step(deal_id: int, typed: tuple[str, str] | None, clock: Clock) -> SetNextStep | None:
    if typed is None:
        return None
    due, what = typed
    return SetNextStep(deal_id, accept_filled(what, "The next step"), parse_date(due, clock.today))


def _proposal(
    workspace: Workspace, record: DealRecord, touch: LogTouchpoint, *, is_asked_for: bool = False
) -> Proposal | None:
    pipeline = workspace.playbook.pipeline(record.facts.pipeline)
    return propose_attempt(record, touch, workspace.playbook, pipeline, workspace.clock, is_asked_for=is_asked_for)


def _is_wanted(workspace: Workspace, deal: str, touch: LogTouchpoint) -> bool | None:
    """Asks before anything is written: no question stands inside a transaction. None: there is nothing to ask."""
    with workspace.read() as reader:
        record = read_record(reader, find(reader, deal))
    refuse_do_not_contact(record)
    proposal = _proposal(workspace, record, touch)
    if proposal is None or proposal.next is None:
        return None
    return workspace.agrees(proposal.question, by_default=True)


_FLAGS = {"no_answer": "--no-answer", "voicemail": "--voicemail", "no_show": "--no-show", "auto": "--auto"}
_FIELDS = {
    "new_kind": "--kind",
    "inbound": "--in",
    "outbound": "--out",
    "outcome": "--outcome",
    **_FLAGS,
    "at": "--at",
    "new_note": "--note",
}
"""Parameter of `log` -> the option that corrects something by it."""


def refuse_without_a_number(typed: Mapping[str, Any]) -> None:
    """Raises UsageError for what belongs to a correction alone."""
    given = _given(typed, {"new_kind": "--kind", "new_note": "--note"})
    if given:
        raise UsageError(
            f"{given[0]} corrects a touchpoint that is there: name it with --change 3, or type the kind and the note of a "
            "new one after the deal."
        )


def correct(workspace: Workspace, deal: str, typed: Mapping[str, Any]) -> None:
    """`typed`: what was given to `log`, by parameter."""
    given = _given(typed, _FIELDS)
    _refuse_what_belongs_to_new(typed, given)
    if typed["remove"] is not None:
        _remove(workspace, deal, typed["remove"])
        return
    if not given:
        raise UsageError(
            "There is nothing to change: say what was wrong, such as --no-answer, --outcome TEXT or --at yesterday."
        )
    values = _read_values(workspace, typed)
    with workspace.write("log") as change:
        record = read_record(change, find(change, deal))
        number, touch = find_touchpoint(record, typed["change"])
        values |= _read_outcome(typed, touch)
        new = corrected(touch, values, workspace.playbook.conversations)
        said = ", ".join(describe_correction(touch, new, workspace.playbook, workspace.clock))
        over = _close_attempt(record, touch, new, workspace.clock)
        if said:
            edits: list[Edit] = [ChangeTouchpoint(record.facts.id, new)]
            edits += [over] if over else []
            change.apply(edits, f"changed touchpoint {number} of {record.facts.title}: {said}")
            now = _number_now(change, record, touch)
    which = f"touchpoint {number} of {record.facts.id}, {record.facts.title}"
    if not said:
        workspace.say(f"Nothing was changed: {which}, is so already.")
        return
    moved = f" It is touchpoint {now} now." if now != number else ""
    off = f" {record.facts.next_step} is {'done' if over.done else 'off the plan'}." if over else ""
    workspace.confirm(f"Changed {which}: {said}.{moved}{off}")
    proposal = _proposal_after_correction(workspace, record, touch, new)
    if proposal is not None:
        workspace.say(proposal.in_words(workspace.command_name))


def _remove(workspace: Workspace, deal: str, typed: str) -> None:
    with workspace.write("log") as change:
        record = read_record(change, find(change, deal))
        number, touch = find_touchpoint(record, typed)
        facts, what = record.facts, describe_touchpoint(touch, workspace.playbook, workspace.clock)
        change.apply([RemoveTouchpoint(facts.id, touch.id)], f"removed touchpoint {number} of {facts.title}: {what}")
    workspace.confirm(f"Removed touchpoint {number} of {facts.id}, {facts.title}: {what}.")
    workspace.say(f"`{command_line(workspace.command_name, 'undo')}` brings it back.")


def _given(typed: Mapping[str, Any], options: Mapping[str, str]) -> list[str]:
    return [option for name, option in options.items() if typed[name] not in (None, False)]


def _refuse_what_belongs_to_new(typed: Mapping[str, Any], given: Sequence[str]) -> None:
    which = "--remove" if typed["remove"] is not None else "--change"
    if typed["remove"] is not None and typed["change"] is not None:
        raise UsageError("--change and --remove contradict each other: give the one that is meant.")
    for name, option in (("kind", "--kind"), ("note", "--note")):
        if typed[name] is not None:
            instead = (
                f"leave it away, or type {option} {quoted(typed[name])}" if which == "--change" else "leave it away"
            )
            raise UsageError(
                f"{quoted(typed[name])} belongs to a new touchpoint, and {which} to one that is there: {instead}."
            )
    planned = _given(typed, {"next_step": "--next"})
    planned += (
        [] if typed["next_attempt"] is None else ["--next-attempt" if typed["next_attempt"] else "--no-next-attempt"]
    )
    if planned:
        raise UsageError(f"{planned[0]} belongs to a new touchpoint, and {which} to one that is there: leave it away.")
    if which == "--remove" and given:
        raise UsageError(
            f"--remove takes the whole touchpoint away: leave {given[0]} away, or correct it with --change."
        )
    if typed["inbound"] and typed["outbound"]:
        raise UsageError("--in and --out contradict each other: give the one that says who contacted whom.")


def _read_values(workspace: Workspace, typed: Mapping[str, Any]) -> dict[str, Any]:
    """New values by field, the outcome aside."""
    values: dict[str, Any] = {}
    if typed["new_kind"] is not None:
        values["kind"] = read_touch_kind(typed["new_kind"], workspace.playbook)
    if typed["inbound"] or typed["outbound"]:
        values["direction"] = "in" if typed["inbound"] else "out"
    if typed["at"] is not None:
        values["touched_at"] = parse_when(typed["at"], workspace.clock)
        refuse_future(values["touched_at"], workspace.clock, "A touchpoint")
    if typed["new_note"] is not None:
        values["note"] = accept_or_none(typed["new_note"], "The note")
    return values


def _read_outcome(typed: Mapping[str, Any], touch: Touchpoint) -> dict[str, str | None]:
    """An outcome or a flag takes the place of the outcome that was kept; '' leaves none."""
    flags = _given(typed, _FLAGS)
    if not flags and typed["outcome"] is None:
        return {}
    inbound = typed["inbound"] or (touch.direction == "in" and not typed["outbound"])
    if inbound and not typed["inbound"] and flags and flags != ["--auto"]:
        raise UsageError(
            f"{flags[0]} says that you tried and nobody was there, and in this touchpoint they contacted you: give --out "
            "too, or --outcome 'missed call' for a call of theirs that you missed."
        )
    said_of_it = accept_or_none(typed["outcome"], "The outcome")
    return {"outcome": outcome_of(flags, said_of_it, inbound=inbound)}


def _without(record: DealRecord, touch: Touchpoint) -> DealRecord:
    return record._replace(touchpoints=tuple(one for one in record.touchpoints if one.id != touch.id))


def _close_attempt(record: DealRecord, touch: Touchpoint, new: Touchpoint, clock: Clock) -> CloseNextStep | None:
    """A conversation ends the attempts that are planned, also where it was not known as one."""
    if new.sense != CONVERSATION or touch.sense == CONVERSATION:
        return None
    return close_attempt(_without(record, touch), new, clock)


def _proposal_after_correction(
    workspace: Workspace, record: DealRecord, touch: Touchpoint, new: Touchpoint
) -> Proposal | None:
    """What comes next after an attempt that was taken for something else."""
    if new.sense != ATTEMPT or touch.sense == ATTEMPT:
        return None
    pipeline = workspace.playbook.pipeline(record.facts.pipeline)
    return propose_attempt(_without(record, touch), new, workspace.playbook, pipeline, workspace.clock)


def _number_now(change: Change, record: DealRecord, touch: Touchpoint) -> int:
    touches = read_record(change, record.facts.id).touchpoints
    return next(number for number, one in enumerate(touches, 1) if one.id == touch.id)
