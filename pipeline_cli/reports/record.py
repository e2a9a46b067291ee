"""The tables of the record as reports, in the canonical columns that `import` takes back."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from pipeline_cli.domain.playbook import Pipeline
from pipeline_cli.output.report import MONEY, TEXT, Column, Report
from pipeline_cli.reports.changes import changes_json
from pipeline_cli.reports.picture import take_picture
from pipeline_cli.reports.rows import list_row, read_filter
from pipeline_cli.storage import outgoing
from pipeline_cli.storage.in_use import read_field_names
from pipeline_cli.storage.reader import Reader
from pipeline_cli.workspace import Workspace

TABLES = ("deals", "moves", "touchpoints", "changes", "contacts")
_MONEY = {"value", "cost"}


def record_report(
    workspace: Workspace, reader: Reader, table: str, pipelines: Sequence[Pipeline] | None, words: Sequence[str]
) -> Report:
    """One table; `pipelines` and filters narrow down the deals, and moves, touchpoints and changes with them."""
    used = outgoing.used_extras(reader)[table]
    fields = read_field_names(reader) if table == "deals" else []
    wanted = wanted_deals(workspace, reader, pipelines, words)
    canonical = {"deals": outgoing.DEALS, "moves": outgoing.MOVES, "touchpoints": outgoing.TOUCHPOINTS,
                 "changes": outgoing.CHANGES, "contacts": outgoing.CONTACTS}[table]  # fmt: skip
    own = set(canonical) | set(outgoing.EXTRA_DEALS)
    extras = [name for name in fields if name not in own]
    names = [*canonical, *used, *extras]
    return Report(
        name=table,
        as_of=reader.clock.today,
        pipeline=None,
        currency=workspace.playbook.currency,
        columns=[Column(name, name, MONEY if name in _MONEY else TEXT, 0 if name in canonical[:4] else 5)
                 for name in names],
        rows=list(_rows(reader, table, wanted)),
        empty=f"No {table} yet.",
    )  # fmt: skip


def wanted_deals(
    workspace: Workspace, reader: Reader, pipelines: Sequence[Pipeline] | None, words: Sequence[str]
) -> set[int] | None:
    """The numbers of the deals asked for; None: all."""
    if pipelines is None and not words:
        return None
    chosen = workspace.playbook.pipelines if pipelines is None else pipelines
    wanted = read_filter(reader, workspace.playbook, chosen, words, None)
    return {
        deal.facts.id
        for pipeline in chosen
        for deal in take_picture(reader, workspace.playbook, pipeline, wanted.statuses).deals
        if wanted.matches(list_row(deal))
    }


def _rows(reader: Reader, table: str, wanted: set[int] | None) -> Iterator[dict[str, Any]]:
    if table == "contacts":
        yield from outgoing.read_contacts(reader)
        return
    read = {"deals": outgoing.read_deals, "moves": outgoing.read_moves, "touchpoints": outgoing.read_touchpoints,
            "changes": _read_changes}[table]  # fmt: skip
    key = "id" if table == "deals" else "deal"
    for row in read(reader):
        if wanted is None or row[key] in wanted:
            yield {**row.get("fields", {}), **row}


def _read_changes(reader: Reader) -> Iterator[dict[str, Any]]:
    for deal_id, change in outgoing.read_changes(reader):
        (row,) = changes_json([change])
        yield {"deal": deal_id, **row, "changed_at": row["at"]}
