"""What an import did, or what is wrong with its files."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from pipeline_cli.domain.deal.touch_sense import ATTEMPT, AUTOMATIC, CONVERSATION
from pipeline_cli.domain.words.text import counted
from pipeline_cli.exchange.import_plan import FileMapping, ImportPlan
from pipeline_cli.exchange.mapping import KINDS
from pipeline_cli.exchange.problems import Caution, Problem
from pipeline_cli.output.report import COUNT, Column, Report, Section
from pipeline_cli.storage.importing.deals import Counts
from pipeline_cli.storage.importing.importing import Stored
from pipeline_cli.workspace import Workspace

COLUMNS = (
    Column("file", "File", priority=0, meaning="The file with the problem"),
    Column("line", "Line", COUNT, 0, "The line it stands in, the header being line 1"),
    Column("column", "Column", priority=1, meaning="The column"),
    Column("message", "Problem", priority=0, meaning="What is wrong, and what to do"),
)
_KIND_COLUMNS = (
    Column("kind", "", priority=0),
    *(Column(name, name.capitalize(), COUNT, 0) for name in ("read", "created", "updated", "unchanged", "skipped")),
)
_MAPPING_COLUMNS = (
    Column("column", "Column", priority=0),
    Column("became", "Becomes", priority=0),
    Column("samples", "For example", priority=1),
)
_SENSES = {"conversations": CONVERSATION, "attempts": ATTEMPT, "automatic": AUTOMATIC}
SHOWN_PROBLEMS = 20
SHOWN_LINES = 5
_DUPLICATES = {
    "same_email": "open deals of a person who has another open deal: imported; `pipeline merge DEAL INTO` joins two records "
    "of one deal.",
    "same_title": "open deals with the title and organization of another, case, accents and legal form aside: imported; "
    "`pipeline merge DEAL INTO` joins two records of one deal.",
}


_ABSENT = {
    "value": (
        "value_cents",
        "deals without a value: the file has no column of it, and every forecast counts them as 0.",
    ),
    "expected_close": (
        "expected_close",
        "open deals without an expected close date: the file has no column of it, and no period of a forecast holds them.",
    ),
}
"""Column whose absence leaves the reports empty -> what it supplies, and what comes of it."""


def import_report(workspace: Workspace, plan: ImportPlan, stored: Stored | None, *, dry_run: bool) -> Report:
    """`stored`: what was done; None when the files were refused."""
    counts = {kind: _counts(plan, stored, kind) for kind in KINDS}
    warnings = [
        *plan.warnings,
        *_absent(plan, stored),
        *_one_sided(plan, stored),
        *_duplicates(stored),
        *_unwanted(stored),
    ]
    return Report(
        name="import",
        as_of=workspace.clock.today,
        pipeline=None,
        currency=workspace.playbook.currency,
        columns=COLUMNS,
        rows=[problem._asdict() for problem in plan.problems],
        rows_drawn=stored is None,
        extra={
            **counts,
            "warnings": [{**warning._asdict(), "lines": list(warning.lines)} for warning in warnings],
            **({"mapping": [_mapping_json(mapping) for mapping in plan.mappings()]} if dry_run else {}),
        },
        sections=[
            *([_mapping(mapping) for mapping in plan.mappings()] if dry_run else []),
            Section("Would be imported" if dry_run else "Imported", _KIND_COLUMNS, _kind_rows(counts)),
            *([Section("", lines=said)] if (said := _what_they_were(counts["touchpoints"])) else []),
            *(_left_out(plan.problems) if stored else []),
            *_warnings(warnings),
        ],
        notes=_notes(plan, stored, dry_run=dry_run),
    )


def _counts(plan: ImportPlan, stored: Stored | None, kind: str) -> dict[str, int]:
    done: Counts = getattr(stored, kind) if stored else Counts()
    read = plan.counts.get(kind)
    counts = {
        "read": read.read if read else 0,
        "created": done.created,
        "updated": done.updated,
        "unchanged": done.unchanged,
        "skipped": read.skipped if read else 0,
    }
    if kind == "touchpoints":
        senses = stored.senses if stored else {}
        counts |= {name: senses.get(sense, 0) for name, sense in _SENSES.items()}
    return counts


def _what_they_were(counts: Mapping[str, int]) -> list[str]:
    """`Of the touchpoints: 812 conversations, 240 attempts, 3 automatic replies.`"""
    if not counts["created"]:
        return []
    words = (
        ("conversations", "conversation", None),
        ("attempts", "attempt", None),
        ("automatic", "automatic reply", "automatic replies"),
    )
    parts = [counted(counts[name], one, many) for name, one, many in words]
    unknown = counts["created"] - sum(counts[name] for name in _SENSES)
    parts += [f"{unknown:,} of which no column says who wrote to whom"] if unknown else []
    return [f"Of the touchpoints: {', '.join(parts)}."]


def _kind_rows(counts: Mapping[str, Mapping[str, int]]) -> list[dict[str, Any]]:
    return [{"kind": kind, **some} for kind, some in counts.items() if any(some.values()) or kind == "deals"]


def _left_out(problems: Sequence[Problem]) -> list[Section]:
    """Why rows were left out: enough of it to see what is the matter."""
    if not problems:
        return []
    more = "--json lists all of them, and so do the .rejected.csv files"
    return [Section("Left out", lines=_told(problems, more))]


def _told(problems: Sequence[Problem], where: str) -> list[str]:
    """Each of them, or of more than twenty each kind with its lines; `where` the rest is."""
    lines = [str(problem) for problem in problems] if len(problems) <= SHOWN_PROBLEMS else _kinds_of(problems)
    if len(lines) > SHOWN_PROBLEMS:
        lines[SHOWN_PROBLEMS:] = [f"… and {len(lines) - SHOWN_PROBLEMS:,} more: {where}."]
    return lines


def _mapping_json(one: FileMapping) -> dict[str, Any]:
    columns = [{**use._asdict(), "samples": list(use.samples)} for use in one.columns]
    return {"kind": one.kind, "file": one.file, "preset": one.preset, "columns": columns}


def _mapping(one: FileMapping) -> Section:
    words = {"extra": "an extra field, kept", "ignored": "(ignored)"}
    rows = [
        {"column": use.column, "became": use.field or words[use.use], "samples": ", ".join(use.samples)}
        for use in one.columns
    ]
    return Section(f"{one.file}: {one.kind}, read as {one.preset}", _MAPPING_COLUMNS, rows)


def _absent(plan: ImportPlan, stored: Stored | None) -> list[Caution]:
    """An update may well leave a column away: only new deals lack it for good; a closed one needs no expected close."""
    new = stored.deals.created if stored else 0
    lacking = {"value": new, "expected_close": min(new, plan.open_deals)}
    return [
        Caution(
            f"no_{column}_column",
            lacking[column],
            f"{said} Name it, --map {column}=COLUMN, or add a column `{column}` before importing.",
            (),
        )
        for column, (supplied, said) in _ABSENT.items()
        if lacking[column] and supplied not in plan.deal_fields
    ]


def _one_sided(plan: ImportPlan, stored: Stored | None) -> list[Caution]:
    if stored is None or not plan.has_wins or not stored.one_sided_wins:
        return []
    said = (
        "won deals and none lost: the record holds no losses, so it gives no win rate, and the chances of a forecast stay "
        "those of pipeline.yaml. Import the lost ones too."
    )
    return [Caution("no_losses", stored.one_sided_wins, said, ())]


def _duplicates(stored: Stored | None) -> list[Caution]:
    found = stored.duplicates if stored else {}
    return [Caution(code, len(lines), _DUPLICATES[code], lines) for code, lines in found.items()]


def _unwanted(stored: Stored | None) -> list[Caution]:
    """People who are not to be contacted, entries of that list that nothing can match any more, moves too late."""
    cautions = []
    if stored and stored.do_not_contact:
        said = "asked not to be contacted: kept as opted out"
        cautions.append(Caution("do_not_contact", stored.do_not_contact, said, ()))
    if stored and stored.lost_entries:
        said = "entry of the do-not-contact list could not be matched: its .key file is gone"
        cautions.append(Caution("lost_key", stored.lost_entries, said, ()))
    if stored and stored.late_moves:
        said = "moves before the last one that is known of their deal: left out, for history is not rewritten"
        cautions.append(Caution("late_moves", len(stored.late_moves), said, stored.late_moves))
    if stored and stored.late_changes:
        said = "changes that do not lead from what is known of their deal to what it has now: left out, for history is not "
        cautions.append(Caution("late_changes", len(stored.late_changes), said + "rewritten", stored.late_changes))
    return cautions


def _warnings(warnings: Sequence[Caution]) -> list[Section]:
    lines = []
    for warning in warnings:
        where = ", ".join(str(line) for line in warning.lines[:5]) + (" …" if len(warning.lines) > 5 else "")
        noun = "line" if len(warning.lines) == 1 else "lines"
        lines.append(f"{warning.count:,} × {warning.message}" + (f" ({noun} {where})" if where else ""))
    return [Section("Taken by rule", lines=lines)] if lines else []


def _notes(plan: ImportPlan, stored: Stored | None, *, dry_run: bool) -> list[str]:
    if stored is None:
        return []
    if dry_run:
        return ["Nothing was changed: a dry run."]
    if not any(count.read for count in plan.counts.values()):
        return ["Nothing was changed: there are no rows below the header."]
    if stored.changed_nothing:
        if not plan.problems:
            return ["Nothing was changed: all of it was there already."]
        is_all = all(count.read == count.skipped for count in plan.counts.values())
        return [f"Nothing was changed: {'every row was left out' if is_all else 'the others were there already'}."]
    return ["`pipeline undo` takes the whole import back. Next: pipeline health"]


def list_problems(problems: Sequence[Problem], *, is_fatal: bool) -> str:
    """What is wrong, how much of it there is, and what to do."""
    lines = _told(problems, "--json lists all of them")
    advice = "" if is_fatal else " Mend the file, or leave bad rows out with --skip-bad."
    lines.append(f"Nothing was imported: {counted(len(problems), 'problem')}.{advice}")
    return "\n".join(lines)


def _kinds_of(problems: Sequence[Problem]) -> list[str]:
    """One line for all rows of a file that say the same of the same column."""
    kinds: dict[tuple[str, str | None, str], list[Problem]] = {}
    for problem in problems:
        kinds.setdefault((problem.file, problem.column, problem.message), []).append(problem)
    return [f"{some[0]}{_also_in([one.line for one in some[1:]])}" for some in kinds.values()]


def _also_in(lines: Sequence[int]) -> str:
    if not lines:
        return ""
    named = ", ".join(str(line) for line in lines[:SHOWN_LINES])
    more = f" and {len(lines) - SHOWN_LINES:,} more" if len(lines) > SHOWN_LINES else ""
    return f" (So too in {'line' if len(lines) == 1 else 'lines'} {named}{more}.)"
