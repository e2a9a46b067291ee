"""Why one operation cannot be taken back alone, in words."""

from __future__ import annotations

from itertools import groupby

from pipeline_cli.domain.phrases import counted
from pipeline_cli.domain.shell import command_line
from pipeline_cli.reports.undone import NOUNS, shortened, words_of
from pipeline_cli.storage.operations import Operation
from pipeline_cli.storage.resting import CHANGED, OWNER, REFERS, TAKEN, Obstacles, Rest

_SELDOM = {"deal_contacts": "link", "field_changes": "remembered change", "import_keys": "imported id"}
"""Nouns of rows that come with others and are named only where nothing else is."""
_INNER = ("deal_id", "contact_id", "closed_at")
"""Columns whose names say nothing to a person."""


def describe_obstacles(operation: Operation, found: Obstacles, name: str) -> str:
    """Each later operation and what it did, or what would be wrong; `name`: of the program, as it was called."""
    why = "something done later rests on it"
    lines = [_describe(later, list(rests)) for later, rests in groupby(found.resting, key=lambda rest: rest.operation)]
    if not found.resting:
        why = "with what was done later the record would not be in order"
        lines = [*found.disorder, *(f"#{later.id} ({later.command}): {later.summary}" for later in found.later)]
    down_to = command_line(name, "undo", f"#{operation.id}")
    return "\n".join(
        [
            f"Operation {operation.id} ({operation.command}: {operation.summary}) cannot be undone alone, because {why}:",
            *shortened([f"  {line}" for line in lines], "more operation"),
            f"Nothing was undone. To take back everything from the newest down to it: {down_to}",
        ]
    )


def _describe(later: Operation, rests: list[Rest]) -> str:
    told = [rest for rest in rests if NOUNS.get(rest.table, rest.table)] or rests
    return f"#{later.id} ({later.command}) {', '.join(dict.fromkeys(map(_reason, told)))}: {later.summary}"


def _reason(rest: Rest) -> str:
    noun = _noun(rest.table)
    if rest.how == REFERS:
        verb = "made {} out of" if rest.table == rest.of else "added {} to"
        return f"{verb.format(counted(rest.rows, noun))} the {_noun(rest.of)}"
    if rest.how == CHANGED:
        columns = dict.fromkeys(words_of(column) for column in rest.columns if column not in _INNER)
        return f"changed the {noun}" + (f" ({', '.join(columns)})" if columns else "")
    if rest.how == TAKEN:
        return f"took away the {noun}"
    if rest.how == OWNER:
        return f"took away the {noun} it belongs to"
    return f"made another {noun}"


def _noun(table: str) -> str:
    return NOUNS.get(table) or _SELDOM.get(table, table)
