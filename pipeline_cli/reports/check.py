"""`check`: the faults of the database, of the record against pipeline.yaml, and of pipeline.yaml itself."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

from pipeline_cli.config.machine import cache_folder
from pipeline_cli.config.pipeline_file import load_playbook
from pipeline_cli.domain.errors import DatabaseUnusable
from pipeline_cli.domain.playbook import Pipeline
from pipeline_cli.domain.rules.checkup import PROBLEM, WARNING, Fault, is_unusable
from pipeline_cli.domain.rules.removed_stages import (
    describe_lost_stage,
    find_lost_stages,
    find_past_stages,
    fix_of,
    mapped,
)
from pipeline_cli.domain.words.shell import as_called
from pipeline_cli.domain.words.text import counted
from pipeline_cli.output.numbers import json_rows
from pipeline_cli.output.report import COUNT, ID, Column, Report, Section
from pipeline_cli.storage.reader import Reader
from pipeline_cli.storage.record.in_use import read_currencies, read_stages_in_use, read_stages_of_history
from pipeline_cli.storage.record.operations import read_last_of
from pipeline_cli.storage.record.suppression import DoNotContact
from pipeline_cli.storage.safekeeping.integrity import check_database
from pipeline_cli.workspace import Workspace

COLUMNS = (
    Column("severity", "Severity", priority=0, meaning="problem: something is wrong; warning: something is missing"),
    Column("code", "Code", priority=1, meaning="What kind of fault it is"),
    Column("deal", "Deal", ID, 1, "The deal it is about, when it is about one"),
    Column("table", "Table", priority=3, meaning="The table of the row at fault"),
    Column("row", "Row", COUNT, 3, "The id of the row at fault"),
    Column("message", "What", priority=0, meaning="The fault, in one sentence"),
    Column("fix", "What to do", priority=0, meaning="What to do about it", value=lambda fault: fault.fix or None),
)
_MOST_LINES = 20
"""Of one kind of fault, for people."""
_UNREADABLE = {"value", "currency", "status", "stage", "closing", "orphan"}
"""Codes of faults that keep deals from being judged, so that nothing is counted."""
_MISSING = (
    ("no_value", "without a value"),
    ("no_close_date", "without a close date"),
    ("past_close_date", "with a close date in the past"),
    ("overdue", "with an overdue next step"),
)
"""Flag -> what open deals of it are."""


def playbook_warnings(workspace: Workspace) -> list[Fault]:
    """What is said once when the file is new, and here every time. Comes before anything else reads the file."""
    loaded = load_playbook(workspace.playbook_path, cache_folder(workspace.environ))
    return [Fault("pipeline_yaml", warning, WARNING) for warning in loaded.warnings]


def find_faults(workspace: Workspace, reader: Reader) -> list[Fault]:
    """Of the database and the record; nothing about the record where the database cannot be trusted."""
    faults = check_database(reader)
    if is_unusable(faults):
        return faults
    faults += [
        *_lost_stages(workspace, reader),
        *_currencies(workspace, reader),
        *_do_not_contact(reader),
        *_past_stages(workspace, reader),
    ]
    faults += _old_capture(workspace, reader)
    if workspace.second_place is not None:
        faults += workspace.second_place.find_faults()
    if not any(fault.code in _UNREADABLE for fault in faults):
        faults += _missing(workspace, reader)
    return faults


def _lost_stages(workspace: Workspace, reader: Reader) -> Iterator[Fault]:
    for use in find_lost_stages(workspace.playbook, read_stages_in_use(reader)):
        verb = "is" if use.deals == 1 else "are"
        yield Fault(
            "lost_stage",
            f"There {verb} {describe_lost_stage(workspace.playbook, use)}",
            fix=fix_of(workspace.playbook, use),
        )


def _currencies(workspace: Workspace, reader: Reader) -> Iterator[Fault]:
    playbook = workspace.playbook
    for currency, deals in read_currencies(reader):
        if currency != playbook.currency and currency not in playbook.exchange_rates:
            yield Fault(
                "currency",
                f"{counted(deals, 'deal')} in {currency}, which pipeline.yaml has no exchange rate "
                "for: they cannot be added up.",
                fix=f"write exchange_rates: {{{currency}: RATE}}",
            )


def _do_not_contact(reader: Reader) -> Iterator[Fault]:
    try:
        lost = DoNotContact(reader.connection).lost
    except DatabaseUnusable as error:
        yield Fault(
            "do_not_contact",
            f"The do-not-contact list does not hold: {error}",
            fix="put back the .key file of the database",
        )
        return
    if lost:
        verb = "matches" if lost == 1 else "match"
        yield Fault(
            "do_not_contact",
            f"{counted(lost, 'entry', 'entries')} of the do-not-contact list {verb} nothing, "
            "because the key they were made with is gone.",
            fix="put back the .key file of the database",
        )


def _old_capture(workspace: Workspace, reader: Reader) -> Iterator[Fault]:
    """Who is written to though they answered is hurt by what nobody read."""
    settings = workspace.playbook.capture
    if settings is None or not (settings.mail or settings.calendar):
        return
    from pipeline_cli.storage.record.captured import read_capture_state

    last, pruned = read_capture_state(reader).last_at, read_last_of(reader, "prune")
    if pruned is not None and (last is None or last < pruned):
        when = "nothing was ever captured" if last is None else f"mail was last captured on {reader.clock.day(last)}"
        yield Fault(
            "old_capture",
            f"The last prune was on {reader.clock.day(pruned)}, and {when}: a buyer who answered may look silent.",
            WARNING,
            fix="`pipeline capture`, before each prune",
        )


def _past_stages(workspace: Workspace, reader: Reader) -> Iterator[Fault]:
    """A stage may go from pipeline.yaml once no open deal is in it; what passed it is counted in no stage then."""
    playbook = workspace.playbook
    lost = {(use.pipeline, use.stage) for use in find_lost_stages(playbook, read_stages_in_use(reader))}
    for pipeline_id, stage, deals in find_past_stages(playbook, read_stages_of_history(reader)):
        fix = "put it back, or leave it"
        pipeline = playbook.pipeline(pipeline_id)
        if pipeline is not None and (pipeline_id, stage) not in lost:
            fix = f"put it back, leave it, or count it with another: `pipeline check --map {mapped(stage, pipeline)}`"
        yield Fault(
            "past_stage",
            f"{counted(deals, 'deal')} passed the stage {stage}, which pipeline.yaml no longer "
            "has: reports leave those visits out.",
            WARNING,
            fix=fix,
        )


def _missing(workspace: Workspace, reader: Reader) -> Iterator[Fault]:
    """Counted as `list` shows them."""
    for pipeline in workspace.playbook.pipelines:
        counts = _count_flags(workspace, reader, pipeline)
        where = "" if pipeline is workspace.playbook.default_pipeline else f" --pipeline {pipeline.id}"
        for flag, what in _MISSING:
            if counts.get(flag):
                yield Fault(
                    flag,
                    f"{counted(counts[flag], 'open deal')} {what}{' in ' + pipeline.id if where else ''}.",
                    WARNING,
                    fix=f"`{workspace.command_name} list flag={flag}{where}`",
                )


def _count_flags(workspace: Workspace, reader: Reader, pipeline: Pipeline) -> dict[str, int]:
    from pipeline_cli.reports.snapshot import PipelineSnapshot

    counts: dict[str, int] = {}
    for deal in PipelineSnapshot(reader, workspace.playbook, pipeline).open_deals:
        for flag in deal.flags:
            counts[flag.flag] = counts.get(flag.flag, 0) + 1
    return counts


def check_report(workspace: Workspace, faults: Sequence[Fault], repaired: Sequence[Fault] | None) -> Report:
    """`mended`: what --fix has mended just now; None without --fix."""
    program = workspace.command_name
    extra = {} if repaired is None else {"mended": json_rows(COLUMNS, [_named(one, program) for one in repaired])}
    parts = [
        ("Mended", list(_lines(repaired or (), with_fix=False))),
        ("Problems", list(_lines([fault for fault in faults if fault.severity == PROBLEM]))),
        ("Warnings", list(_lines([fault for fault in faults if fault.severity == WARNING]))),
    ]
    return Report(
        name="check",
        as_of=workspace.clock.today,
        pipeline=None,
        currency=workspace.playbook.currency,
        columns=COLUMNS,
        rows=[_named(fault, program) for fault in faults],
        extra=extra,
        sections=[Section(title, lines=lines) for title, lines in parts if lines],
        rows_drawn=False,
    )


def _named(fault: Fault, program: str) -> Fault:
    """With what to type, as the program was called."""
    return fault._replace(fix=f"{program} check --fix" if fault.is_mendable else as_called(fault.fix, program))


def _lines(faults: Sequence[Fault], *, with_fix: bool = True) -> Iterator[str]:
    for _, group in groupby(faults, key=lambda fault: fault.code):
        alike = list(group)
        for fault in alike[:_MOST_LINES]:
            yield f"{fault.message} ({fault.fix})" if with_fix and fault.fix else fault.message
        if len(alike) > _MOST_LINES:
            yield f"and {len(alike) - _MOST_LINES} more of this kind: `pipeline check --json` lists them."
