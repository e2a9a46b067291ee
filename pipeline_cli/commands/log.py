"""`pipeline log`: a touchpoint with the buyer; `--change N` and `--remove N` correct one that is there."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Annotated, Any

import typer

from pipeline_cli.commands.log_several import is_number, log_on_each, refuse_what_belongs_to_one
from pipeline_cli.commands.logged import Logged, advice, closed_step, in_place, in_words, proposal_after, step_over
from pipeline_cli.commands.options import At, Contacts, Deal, NextStep, asleep_in_words, joined, read_step, written_note
from pipeline_cli.commands.touch_beside import Answers, Confirm, as_captured
from pipeline_cli.domain.deal.closing import refuse_closed
from pipeline_cli.domain.deal.corrections import corrected, find_touchpoint
from pipeline_cli.domain.deal.deal import DealRecord, Touchpoint
from pipeline_cli.domain.deal.edits import (
    AddDealContact,
    ChangeTouchpoint,
    CloseNextStep,
    ContactDetails,
    Edit,
    LogTouchpoint,
    RemoveTouchpoint,
    SetNextStep,
)
from pipeline_cli.domain.deal.people import refuse_do_not_contact
from pipeline_cli.domain.deal.snoozing import plan_snooze, refuse_past
from pipeline_cli.domain.deal.steps import step_in_words, when_in_words
from pipeline_cli.domain.deal.touch_sense import ATTEMPT, CONVERSATION, outcome_of, refuse_flags_of_kind, sense_of
from pipeline_cli.domain.deal.typed import find_known, read_contacts, read_touch_kind
from pipeline_cli.domain.errors import NotAdvanced, RuleError, UsageError
from pipeline_cli.domain.rules.advance import AdvancePlan, plan_advance
from pipeline_cli.domain.rules.cadence import Proposal, close_attempt, is_heard, propose_attempt
from pipeline_cli.domain.rules.fulfilled import fulfilled_step
from pipeline_cli.domain.rules.one_line import Beside, plan_beside
from pipeline_cli.domain.words.clock import Clock
from pipeline_cli.domain.words.dates import dated, parse_date, parse_when, refuse_future, split_day
from pipeline_cli.domain.words.shell import command_line
from pipeline_cli.domain.words.text import accept_or_none, quoted
from pipeline_cli.reports.changes import describe_correction, describe_touchpoint, edited_in_words
from pipeline_cli.storage.change import Change
from pipeline_cli.storage.record.deals import find, read_record
from pipeline_cli.workspace import Workspace

NextAttempt = Annotated[
    bool | None, typer.Option(help="Make the next attempt of the cadence the next step, or do not ask.")
]


def log(
    context: typer.Context,
    deal: Deal,
    kind: Annotated[
        str | None, typer.Argument(metavar="[KIND]", help="call, email, meeting … as pipeline.yaml lists them.")
    ] = None,
    note: Annotated[
        list[str] | None, typer.Argument(metavar="[NOTE]...", help="What was said; - reads it from a pipe.")
    ] = None,
    inbound: Annotated[bool, typer.Option("--in", "-i", help="They contacted you.")] = False,
    outbound: Annotated[bool, typer.Option("--out", help="You contacted them; so it is without --in.")] = False,
    outcome: Annotated[str | None, typer.Option(metavar="TEXT", help="What came of it, such as 'rescheduled'.")] = None,
    no_answer: Annotated[bool, typer.Option("--no-answer", help="You tried and nobody was there.")] = False,
    voicemail: Annotated[bool, typer.Option("--voicemail", help="You reached their voicemail.")] = False,
    no_show: Annotated[bool, typer.Option("--no-show", help="Nobody came.")] = False,
    auto: Annotated[bool, typer.Option("--auto", help="With --in: a machine wrote it, as out of office.")] = False,
    at: At = None,
    write: Annotated[bool, typer.Option("--write", help="Write the note in your EDITOR.")] = False,
    confirm: Confirm = None,
    set_: Answers = None,
    contact: Contacts = None,
    value: Annotated[str | None, typer.Option("--value", "-v", metavar="AMOUNT", help="What it is worth now.")] = None,
    close: Annotated[str | None, typer.Option(metavar="DATE", help="When it will close.")] = None,
    done: Annotated[bool | None, typer.Option("--done/--not-done", help="The next step is done by it, or not.")] = None,
    next_step: NextStep = None,
    replace: Annotated[
        bool, typer.Option("--replace", help="With --next or --next-attempt: in place of every step that is open.")
    ] = False,
    next_attempt: NextAttempt = None,
    snooze: Annotated[
        str | None,
        typer.Option(
            metavar="DATE [TEXT]", help="Silent until then, and why: --snooze 30d board meets then; today wakes."
        ),
    ] = None,
    advance: Annotated[
        bool, typer.Option("--advance", "-a", help="Move the deal on; refused, everything else is kept.")
    ] = False,
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

    Of several deals the same is told in one line: pipeline log 5 8 12 call --no-answer

    One line tells the whole step: pipeline log acme call they lose two days a week --confirm problem=said so -v 15k
    --done -n fri Send the offer -a

    --change and --remove correct what is there already. --change takes --kind, --in or --out, --outcome ('' for none) or
    a word for it such as --no-answer, --at and --note; what is not given stays.
    """
    workspace: Workspace = context.obj
    if change is not None or remove is not None:
        correct(workspace, deal, context.params | {"note": joined(note)})
        return
    if kind is not None and is_number(kind) and kind not in workspace.playbook.touchpoint_kinds:
        _log_on_several(workspace, [deal, kind, *(note or ())], context.params)
        return
    clock, touch = workspace.clock, _read_touch(workspace, context.params)
    people = read_contacts(contact or (), None)
    planned = None if next_step is None else read_step(next_step, clock)
    said_at = None if at is None else touch.touched_at
    typed = Beside(confirm or (), set_ or (), value, None if close is None else parse_date(close, clock.today), said_at)
    sleeps = None if snooze is None else _read_snooze(snooze, clock)
    with written_note(workspace, joined(note), in_editor=write) as text:
        touch = touch._replace(note=accept_or_none(text, "The note"))
        if workspace.is_interactive:
            done, next_attempt = _ask(workspace, deal, touch, done, next_attempt, has_step=planned is not None)
        with workspace.write("log") as writing:
            record = read_record(writing, find(writing, deal))
            facts = record.facts
            if not inbound:
                refuse_do_not_contact(record)
            touch = touch._replace(deal_id=facts.id)
            record, touch, logged, besides = as_captured(workspace, writing, record, touch)
            over = step_over(workspace, record, touch, done=done, has_step=planned is not None)
            proposal = proposal_after(workspace, record, touch, is_asked_for=bool(next_attempt))
            if next_attempt:
                refuse_closed(record, "It needs no further attempt")
            step = None if planned is None else SetNextStep(facts.id, *planned)
            step = step or (proposal.step if proposal and next_attempt else None)
            step, instead = in_place(step, record, over) if replace and step else (step, [])
            beside = plan_beside(record, typed, workspace.playbook)
            added = _people(workspace, writing, record, people)
            told = [*edited_in_words(facts, beside.fields, workspace.playbook, clock), *(["contact"] if added else [])]
            said = f"logged {touch.kind} {touch.direction} on {facts.title}{dated(said_at, clock)}"
            steps: list[Edit] = [one for one in (over, step) if one]
            silence = None if sleeps is None else plan_snooze(record, sleeps[0], sleeps[1], clock.today)
            steps += silence.edits if silence else []
            noted = [*beside.noted, silence.noted] if silence and silence.edits else beside.noted
            writing.apply([*added, logged, *beside.edits, *steps], "; ".join((said, *noted, *told)))
            moved = _advance(workspace, writing, facts.id, said_at) if advance else None
    placed = [f"In place of: {'; '.join(map(step_in_words, instead))}."] if instead else []
    besides += [*beside.said, *(f"{one[0].upper()}{one[1:]}." for one in told), *placed]
    besides += [f"{silence.said[0].upper()}{silence.said[1:]}"] if silence and silence.edits else []
    made = Logged(record, touch, over, step, besides, moved)
    _say(workspace, made, asks_for_done=done is None, is_silenced=silence is not None)
    if proposal is not None and step is None and (next_attempt is None or proposal.next is None):
        workspace.say(proposal.in_words(workspace.command_name))
    if isinstance(moved, RuleError):
        raise NotAdvanced(moved)


def _log_on_several(workspace: Workspace, words: Sequence[str], typed: Mapping[str, Any]) -> None:
    """`log 5 8 12 call --no-answer`: numbers of deals, the kind, the note."""
    count = next((place for place, word in enumerate(words) if place and not is_number(word)), len(words))
    kind, note = (words[count] if count < len(words) else None), joined(words[count + 1 :])
    refuse_what_belongs_to_one(typed)
    touch = _read_touch(workspace, {**typed, "kind": kind, "note": list(words[count + 1 :])})
    planned = None if typed["next_step"] is None else read_step(typed["next_step"], workspace.clock)
    with written_note(workspace, note, in_editor=typed["write"]) as text:
        touch = touch._replace(note=accept_or_none(text, "The note"))
        log_on_each(workspace, words[:count], touch, planned, typed)


def _say(workspace: Workspace, made: Logged, *, asks_for_done: bool, is_silenced: bool) -> None:
    workspace.confirm(in_words(workspace, made))
    is_heard_now = made.touch.sense == CONVERSATION or made.touch.awaits_answer
    asleep = asleep_in_words(workspace, made.record.facts) if is_heard_now and not is_silenced else []
    for line in [*advice(workspace, made), *asleep]:
        workspace.say(line)
    if asks_for_done:
        _say_what_may_be_done(workspace, made.record, made.touch, made.over)


def _read_snooze(typed: str, clock: Clock) -> tuple[date, str | None]:
    """The day and the reason. Raises UsageError."""
    day, why = split_day(typed.split(" ")) or (typed, "")
    return refuse_past(parse_date(day, clock.today), clock.today), accept_or_none(why, "The reason")


def _read_touch(workspace: Workspace, typed: Mapping[str, Any]) -> LogTouchpoint:
    """The touchpoint as typed, of a deal and with a note that are not read yet. Raises UsageError."""
    clock, playbook, inbound = workspace.clock, workspace.playbook, typed["inbound"]
    kind = _read_kind(workspace, typed)
    _refuse_contradictions(typed)
    said_of_it = accept_or_none(typed["outcome"], "The outcome")
    came_of_it = outcome_of(_given(typed, _FLAGS), said_of_it, inbound=inbound)
    touched_by = read_touch_kind(kind, playbook)
    refuse_flags_of_kind(_given(typed, _FLAGS), touched_by, playbook.conversations)
    touched_at = clock.now if typed["at"] is None else parse_when(typed["at"], clock)
    refuse_future(touched_at, clock, "A touchpoint")
    direction = "in" if inbound else "out"
    sense = sense_of(touched_by, direction, came_of_it, playbook.conversations)
    if typed["next_attempt"] and sense.sense == CONVERSATION:
        raise UsageError(
            "--next-attempt plans the next try of yours, and you spoke: leave it away, or say that nobody was there "
            "with --no-answer."
        )
    if typed["next_attempt"] and sense.sense is None:
        raise UsageError(
            "--next-attempt plans the next try after one that nobody answered, and this is none: leave it away."
        )
    return LogTouchpoint(0, touched_by, direction, touched_at, came_of_it, None, *sense)


def _advance(workspace: Workspace, writing: Change, deal_id: int, at: datetime | None) -> AdvancePlan | RuleError:
    """To the next stage, by what the record holds now; what is missing does not undo what was logged."""
    record = read_record(writing, deal_id)
    pipeline = workspace.pipeline(record.facts.pipeline)
    try:
        plan = plan_advance(
            record, pipeline, workspace.playbook, workspace.clock, at=at, command=workspace.command_name
        )
    except RuleError as why:
        return why
    writing.apply([plan.move], "")
    writing.add_to_summary(f"; {plan.from_stage.name} -> {plan.to_stage.name}")
    return plan


def _people(
    workspace: Workspace, writing: Change, record: DealRecord, people: Sequence[ContactDetails]
) -> list[AddDealContact]:
    """Raises RuleError for somebody who asked not to be contacted."""
    if people:
        from pipeline_cli.storage.record.people import refuse_opted_out

        refuse_opted_out(writing, tuple(people), workspace.say)
    return [AddDealContact(record.facts.id, person, find_known(person, record.contacts)) for person in people]


def _read_kind(workspace: Workspace, typed: Mapping[str, Any]) -> str:
    """Raises UsageError where there is none, and for options that only correct."""
    if typed["new_kind"] is not None or typed["new_note"] is not None:
        refuse_without_a_number(typed)
    if typed["kind"] is None:
        name = workspace.command_name
        raise UsageError(f"KIND is missing: type {name} log DEAL KIND [NOTE]; `{name} log --help` says more.")
    return str(typed["kind"])


def _say_what_may_be_done(workspace: Workspace, record: DealRecord, touch: LogTouchpoint, closed: Edit | None) -> None:
    """The step that was due, where the touchpoint looks like it and nothing was said of it."""
    step = fulfilled_step(record.steps, touch, workspace.playbook, workspace.clock)
    if closed is None and step is not None:
        deal, place = record.facts.id, record.steps.index(step)
        is_so = command_line(workspace.command_name, "done", f"{deal}.{place + 1}" if place else f"{deal}")
        workspace.say(f"{step.text} was due {when_in_words(step.due, step.time)}. If that is done: {is_so}")


def _refuse_contradictions(typed: Mapping[str, Any]) -> None:
    if typed["inbound"] and typed["outbound"]:
        raise UsageError("--in and --out contradict each other: give the one that says who contacted whom.")
    if typed["next_attempt"] and (typed["inbound"] or typed["next_step"] is not None):
        raise UsageError("--next-attempt plans the next try of yours as the next step: leave --in and --next away.")
    if typed["replace"] and typed["next_step"] is None and not typed["next_attempt"]:
        raise UsageError(
            "--replace goes with --next or --next-attempt: say what comes in the place of the steps that are open."
        )
    if typed["write"] and list(typed["note"] or ()) == ["-"]:
        raise UsageError("--write and - contradict each other: the note comes from your editor or from a pipe.")


def _ask(
    workspace: Workspace,
    deal: str,
    touch: LogTouchpoint,
    done: bool | None,
    next_attempt: bool | None,
    *,
    has_step: bool,
) -> tuple[bool | None, bool | None]:
    """Whether the next step is done and the next attempt is planned, as far as it was not said.

    Asks before anything is written: no question stands inside a transaction.
    """
    asks_for_attempt = next_attempt is None and not has_step and touch.sense == ATTEMPT
    if done is not None and not asks_for_attempt:
        return done, next_attempt
    with workspace.read() as reader:
        record = read_record(reader, find(reader, deal))
        if touch.direction == "out":
            refuse_do_not_contact(record)
        record, touch, _, _ = as_captured(workspace, reader, record, touch)
    step = fulfilled_step(record.steps, touch, workspace.playbook, workspace.clock)
    if done is None and step is not None:
        done = workspace.agrees(f"{step_in_words(step)}: is that done? [Y/n] ", by_default=True)
    if asks_for_attempt:
        proposal = proposal_after(workspace, record, touch)
        if proposal is not None and proposal.next is not None:
            next_attempt = workspace.agrees(proposal.question, by_default=True)
    return done, next_attempt


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
_OF_NEW = {
    "next_step": "--next",
    "replace": "--replace",
    "write": "--write",
    "confirm": "--confirm",
    "set_": "--set",
    "contact": "--contact",
    "value": "--value",
    "close": "--close",
    "snooze": "--snooze",
    "advance": "--advance",
}


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
        kind = values.get("kind", touch.kind)
        refuse_flags_of_kind(_given(typed, _FLAGS), kind, workspace.playbook.conversations)
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
    closed = closed_step(record, over)
    off = f" {closed.text} is {'done' if over.done else 'off the plan'}." if over and closed else ""
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
    return [option for name, option in options.items() if typed[name] not in (None, False, [], ())]


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
    planned = _given(typed, _OF_NEW)
    planned += [] if typed["done"] is None else ["--done" if typed["done"] else "--not-done"]
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
    return record._replace(
        touchpoints=tuple(touchpoint for touchpoint in record.touchpoints if touchpoint.id != touch.id)
    )


def _close_attempt(record: DealRecord, touch: Touchpoint, new: Touchpoint, clock: Clock) -> CloseNextStep | None:
    """A conversation ends the attempts that are planned, also where it was not known as one."""
    if not is_heard(new) or is_heard(touch):
        return None
    return close_attempt(_without(record, touch), new, clock)


def _proposal_after_correction(
    workspace: Workspace, record: DealRecord, touch: Touchpoint, new: Touchpoint
) -> Proposal | None:
    """What comes next after an attempt that was taken for something else."""
    is_planned = any(step.due > workspace.clock.today for step in record.steps)
    if new.sense != ATTEMPT or touch.sense == ATTEMPT or is_planned:
        return None
    pipeline = workspace.playbook.pipeline(record.facts.pipeline)
    return propose_attempt(_without(record, touch), new, workspace.playbook, pipeline, workspace.clock)


def _number_now(change: Change, record: DealRecord, touch: Touchpoint) -> int:
    touches = read_record(change, record.facts.id).touchpoints
    return next(number for number, one in enumerate(touches, 1) if one.id == touch.id)
