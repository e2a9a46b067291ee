"""`pipeline prune`: the one command of the weekly clean-up."""

from collections.abc import Sequence
from typing import Annotated

import typer

from pipeline_cli.commands.reading import View, clock_of, overseeing, pipelines_of, show
from pipeline_cli.domain.deal.edits import Edit, EndLastChance
from pipeline_cli.domain.errors import RuleError, UsageError
from pipeline_cli.domain.rules.last_chance import NOT_DEAD
from pipeline_cli.domain.rules.prune import (
    CLOSE,
    KEPT,
    LAST_CHANCE,
    Candidate,
    Decision,
    count_steps,
    prune_edits,
    read_decision,
)
from pipeline_cli.domain.words.text import counted
from pipeline_cli.exchange.last_chance_mail import mail_bytes
from pipeline_cli.output.drafts import drafts_folder, edited_drafts, kept_if_saved, write_drafts
from pipeline_cli.output.report import Report
from pipeline_cli.reports.elsewhere import telling_of_removed_stages
from pipeline_cli.reports.prune import PrunePlan, make_plan, prune_report
from pipeline_cli.reports.snapshot import Snapshot
from pipeline_cli.storage.record.operations import read_last_of
from pipeline_cli.workspace import Workspace

_NEEDS_YES = "Nothing was changed: without a terminal, --yes applies the plan."
_NOTHING_TO_DO = "Nothing to do today: every candidate is kept, or its last chance is still running."

_MOST_NAMED = 10


@overseeing
def prune(
    workspace: Workspace,
    view: View,
    filters: Annotated[list[str] | None, typer.Argument(metavar="[FILTER]...", help="Only deals that match.")] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Do it without asking.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only show the plan.")] = False,
    now: Annotated[bool, typer.Option("--now", help="Close at once, without a last chance.")] = False,
    keep: Annotated[
        list[int] | None, typer.Option(metavar="NUMBER", help="A deal to leave alone; may be repeated.")
    ] = None,
) -> Report | None:
    """Propose the open deals that are dead by your rules, and close those you agree to."""
    if yes and dry_run:
        raise UsageError("--yes and --dry-run contradict each other: give one of them.")
    words = filters or []
    decision = Decision(apply=yes, keep=frozenset(keep or ()))
    plan, report = _plan(workspace, view, words, now, decision)
    _refuse_strangers(plan, decision)
    steps = count_steps(plan)
    is_past = view.as_of is not None and workspace.clock_as_of(view.as_of) is not workspace.clock
    if dry_run:
        return report
    if not steps[CLOSE] and not steps[LAST_CHANCE]:
        if decision.keep and not yes and not workspace.is_interactive:
            workspace.say(_NEEDS_YES)
        elif plan and (not yes or workspace.is_interactive):  # cron mails whatever is said
            workspace.say(_NOTHING_TO_DO)
        if (yes or workspace.is_interactive) and not is_past:
            _count_as_done(workspace, view, words, now, decision)
        return report
    if not yes and not workspace.is_interactive:
        workspace.say(_NEEDS_YES)
        return report
    if is_past:
        raise RuleError("The past cannot be pruned: leave --as-of away, or add --dry-run.")
    show(workspace, view, report)
    if not yes:
        numbers = [candidate.deal.facts.id for candidate in plan]
        typed = read_decision(workspace.ask, workspace.say, numbers, workspace.clock.today)
        decision = typed._replace(keep=typed.keep | decision.keep)
    if not decision.apply:
        workspace.say("Nothing was changed.")
        return None
    _apply(workspace, view, words, now, decision)
    return None


def _plan(
    workspace: Workspace, view: View, words: list[str], now: bool, decision: Decision
) -> tuple[list[Candidate], Report]:
    with workspace.read(clock_of(workspace, view)) as reader:
        snapshot = Snapshot(reader, workspace.playbook, pipelines_of(workspace, view))
        planned = make_plan(snapshot, words, now=now, keep=decision.keep)
        report = telling_of_removed_stages(prune_report(planned), reader, workspace.playbook)
        return planned.candidates, report


def _refuse_strangers(plan: Sequence[Candidate], decision: Decision) -> None:
    strangers = decision.keep - {candidate.deal.facts.id for candidate in plan}
    if strangers:
        raise UsageError(f"--keep {min(strangers)}: is not a candidate, so it stays anyway: leave it away.")


def _count_as_done(workspace: Workspace, view: View, words: list[str], now: bool, decision: Decision) -> None:
    """Nothing is dead: it is the prune of the week all the same, once a day, and what ran out or is kept is ended."""
    with workspace.write("prune") as change:
        snapshot = Snapshot(change, workspace.playbook, pipelines_of(workspace, view))
        planned = make_plan(snapshot, words, now=now, keep=decision.keep)
        plan, steps = planned.candidates, count_steps(planned.candidates)
        edits = [*prune_edits(plan, change.clock), *_ends(planned)]
        last = read_last_of(change, "prune")
        was_today = last is not None and change.clock.day(last) == change.clock.today
        if not steps[CLOSE] and not steps[LAST_CHANCE] and (edits or not was_today):
            change.apply(edits, f"nothing to close{_kept_in_words(plan, decision)}")


def _ends(planned: PrunePlan) -> list[Edit]:
    return [EndLastChance(number, NOT_DEAD) for number in planned.over]


def _kept_in_words(plan: Sequence[Candidate], decision: Decision) -> str:
    """`, kept deal 8`, of those that are not snoozed too; without titles: a name in them may have to be forgotten."""
    kept = [
        candidate.deal.facts.id
        for candidate in plan
        if candidate.step == KEPT and candidate.deal.facts.id not in decision.snooze
    ]
    named = ", ".join(map(str, kept[:_MOST_NAMED]))
    more = f" and {len(kept) - _MOST_NAMED:,} more" if len(kept) > _MOST_NAMED else ""
    return f", kept {'deal' if len(kept) == 1 else 'deals'} {named}{more}" if kept else ""


def _apply(workspace: Workspace, view: View, words: list[str], now: bool, decision: Decision) -> None:
    """Plans once more inside the transaction, so that a deal answered meanwhile is left alone."""
    folder = drafts_folder(workspace.database_path)
    with kept_if_saved(folder) as drafts, workspace.write("prune", backup=True) as change:
        snapshot = Snapshot(change, workspace.playbook, pipelines_of(workspace, view))
        planned = make_plan(snapshot, words, now=now, keep=decision.keep)
        plan, steps = planned.candidates, count_steps(planned.candidates)
        edits = [*prune_edits(plan, change.clock), *_ends(planned), *decision.snoozes()]
        said = f"{steps[CLOSE]:,} closed as lost (no_response), {steps[LAST_CHANCE]:,} given a last chance"
        said += _kept_in_words(plan, decision)
        said += f", {len(decision.snooze):,} snoozed" if decision.snooze else ""
        if edits:
            change.apply(edits, said)
            mails = {draft.file_name: mail_bytes(draft, change.clock.now) for draft in planned.drafts}
            edited = edited_drafts(folder, mails)
            drafts.update(edited | mails)
            write_drafts(folder, drafts)
    if not edits:
        workspace.say(_NOTHING_TO_DO)
        return
    workspace.say(f"{said[0].upper()}{said[1:]}. `{workspace.command_name} undo` brings every one back.")
    if edited:
        workspace.say(f"What was there and says something else is kept as {', '.join(edited)}.")
    if mails:
        written = counted(len(mails), "draft, which your mail program opens", "drafts, which your mail program opens")
        workspace.say(f"{workspace.short(folder)}: {written}. Read and send.")
