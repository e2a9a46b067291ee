"""`pipeline log`: a touchpoint, a contact with the buyer."""

from typing import Annotated

import typer

from pipeline_cli.commands.options import At, Deal
from pipeline_cli.domain.accept import accept_filled, accept_or_none
from pipeline_cli.domain.clock import Clock
from pipeline_cli.domain.closing import refuse_closed
from pipeline_cli.domain.dates import dated, parse_date, parse_when, refuse_future
from pipeline_cli.domain.deal import DealFacts, DealRecord
from pipeline_cli.domain.edits import CloseNextStep, LogTouchpoint, SetNextStep
from pipeline_cli.domain.errors import UsageError
from pipeline_cli.domain.permission import refuse_do_not_contact
from pipeline_cli.domain.proposal import Proposal, close_attempt, propose_attempt
from pipeline_cli.domain.shell import command_line
from pipeline_cli.domain.touch_sense import ATTEMPT, CONVERSATION, outcome_of, sense_of
from pipeline_cli.domain.typed import read_touch_kind
from pipeline_cli.storage.deals import find, read_record
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
        from pipeline_cli.commands.log_corrections import correct

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
        from pipeline_cli.commands.log_corrections import refuse_without_a_number

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
