"""`pipeline review`: the weekly page; `--mark` keeps it, `--last` shows the one kept last."""

from datetime import date
from typing import TYPE_CHECKING, Annotated

import typer

from pipeline_cli.commands.reading import View, overseeing, pipelines_of, refuse_bad_view, screen_height
from pipeline_cli.domain.errors import UsageError
from pipeline_cli.domain.words.dates import parse_date
from pipeline_cli.domain.words.text import counted
from pipeline_cli.output.report import Report
from pipeline_cli.workspace import Workspace

if TYPE_CHECKING:
    from pipeline_cli.domain.words.clock import Clock
    from pipeline_cli.reports.review import Made

_MOST_ON_A_TERMINAL = 5
"""Deals for each kind of change; twice as many decisions."""


@overseeing
def review(
    workspace: Workspace,
    view: View,
    from_: Annotated[
        str | None, typer.Option("--from", metavar="DATE", help="From the beginning of that day; else since the last.")
    ] = None,
    to: Annotated[str | None, typer.Option(metavar="DATE", help="To the end of that day; else now.")] = None,
    mark: Annotated[bool, typer.Option("--mark", help="Keep it: the next one begins here.")] = False,
    last: Annotated[bool, typer.Option("--last", help="Show the one that was kept last, as it was.")] = False,
) -> Report:
    """Show the week: what changed since the last review, what to decide, and what matters most."""
    from pipeline_cli.reports.elsewhere import notes_on_the_rest
    from pipeline_cli.reports.review import make_review
    from pipeline_cli.reports.review_page import kept_report, look_up, review_report

    clock = _clock(workspace, view, to)
    from_day = parse_date(from_, workspace.clock.today, past=True) if from_ is not None else None
    _refuse_contradictions(workspace, clock, from_day, mark=mark, last=last, to=to)
    pipelines = pipelines_of(workspace, view)
    most = _most(workspace, view)
    with workspace.read(clock) as reader:
        if last:
            return kept_report(workspace, reader, pipelines, most)
        made = make_review(workspace, reader, pipelines, from_day)
        shown = look_up(workspace, reader, made.review)
        removed = notes_on_the_rest(reader, workspace.playbook, workspace.playbook.pipelines)
    if mark and not view.explain:
        refuse_bad_view(workspace, view)
        kept = _keep(workspace, made)
        return review_report(workspace, shown, clock.today, most)._replace(
            notes=(*removed, kept)
        )  # below the long page
    report = review_report(workspace, shown, clock.today, most)
    return report._replace(notes=(*report.notes, *removed))


def _clock(workspace: Workspace, view: View, to: str | None) -> "Clock":
    """That of the end: now, or the last instant of an earlier day."""
    if to is None:
        return workspace.clock_as_of(view.as_of)
    today = workspace.clock.today
    day = parse_date(to, today, past=True)
    if view.as_of is not None and parse_date(view.as_of, today, past=True) != day:
        raise UsageError("--to and --as-of name different days: give one of them.")
    if day > today:
        raise UsageError(f"--to {day}: is after today ({today}): name today or an earlier day.")
    return workspace.clock_as_of(day.isoformat())


def _refuse_contradictions(
    workspace: Workspace, clock: "Clock", from_day: date | None, *, mark: bool, last: bool, to: str | None
) -> None:
    if from_day is not None and from_day > clock.today:
        raise UsageError(f"--from {from_day}: is after the end, {clock.today}: name that day or an earlier one.")
    if last and (mark or from_day is not None or to is not None):
        raise UsageError("--last shows a review as it was kept: it goes without --mark, --from and --to.")
    if mark and clock is not workspace.clock:
        raise UsageError("--mark keeps the review up to now: it goes without --to and --as-of of an earlier day.")


def _most(workspace: Workspace, view: View) -> int | None:
    """Only a table on a terminal is cut."""
    return None if screen_height(workspace, view) is None else _MOST_ON_A_TERMINAL


def _keep(workspace: Workspace, made: "Made") -> str:
    """Keeps the review and the forecast it speaks of, as one operation; returns what to say of it."""
    from pipeline_cli.reports.forecast_kept import kept_of
    from pipeline_cli.storage.record.kept import is_kept_on, keep_forecast, keep_review

    one = made.review
    with workspace.write("review") as change:
        again = is_kept_on(change, one.pipelines, one.to_day)
        journal = change.begin_operation(f"kept the review of {one.from_on} to {one.to_on}")
        keep_forecast(journal, kept_of(made.forecast, workspace.clock, one.currency))
        keep_review(journal, one)
    besides = " One of today was kept before, and stays." if again else ""
    changes = counted(len(one.changes), "change")
    return f"Kept, with its forecast and {changes}; the next review begins here.{besides}"
