"""`pipeline log DEAL --change N` and `--remove N`: a touchpoint that is wrong in the record."""

from collections.abc import Mapping, Sequence
from typing import Any

from pipeline_cli.domain.accept import accept_or_none
from pipeline_cli.domain.clock import Clock
from pipeline_cli.domain.corrections import corrected, find_touchpoint
from pipeline_cli.domain.dates import parse_when, refuse_future
from pipeline_cli.domain.deal import DealRecord, Touchpoint
from pipeline_cli.domain.edits import ChangeTouchpoint, CloseNextStep, Edit, RemoveTouchpoint
from pipeline_cli.domain.errors import UsageError
from pipeline_cli.domain.phrases import quoted
from pipeline_cli.domain.proposal import Proposal, close_attempt, propose_attempt
from pipeline_cli.domain.shell import command_line
from pipeline_cli.domain.touch_sense import ATTEMPT, CONVERSATION, outcome_of
from pipeline_cli.domain.typed import read_touch_kind
from pipeline_cli.reports.corrections import describe_correction, describe_touchpoint
from pipeline_cli.storage.change import Change
from pipeline_cli.storage.deals import find, read_record
from pipeline_cli.workspace import Workspace

_FLAGS = {"no_answer": "--no-answer", "voicemail": "--voicemail", "no_show": "--no-show", "auto": "--auto"}
_FIELDS = {"new_kind": "--kind", "inbound": "--in", "outbound": "--out", "outcome": "--outcome", **_FLAGS,
           "at": "--at", "new_note": "--note"}  # fmt: skip
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
    _refuse_contradictions(typed, given)
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
    proposal = _proposal(workspace, record, touch, new)
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


def _refuse_contradictions(typed: Mapping[str, Any], given: Sequence[str]) -> None:
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


def _proposal(workspace: Workspace, record: DealRecord, touch: Touchpoint, new: Touchpoint) -> Proposal | None:
    """What comes next after an attempt that was taken for something else."""
    if new.sense != ATTEMPT or touch.sense == ATTEMPT:
        return None
    pipeline = workspace.playbook.pipeline(record.facts.pipeline)
    return propose_attempt(_without(record, touch), new, workspace.playbook, pipeline, workspace.clock)


def _number_now(change: Change, record: DealRecord, touch: Touchpoint) -> int:
    touches = read_record(change, record.facts.id).touchpoints
    return next(number for number, one in enumerate(touches, 1) if one.id == touch.id)
