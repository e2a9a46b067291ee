"""`list`: deals, one a row."""

from __future__ import annotations

from collections.abc import Sequence
from operator import attrgetter, itemgetter

from pipeline_cli.domain.playbook import Pipeline
from pipeline_cli.domain.rules.scored_deal import MEANINGS, ScoredDeal
from pipeline_cli.domain.words.text import choice_of, counted
from pipeline_cli.output.report import Cents, Column, Report
from pipeline_cli.reports.elsewhere import telling_the_rest
from pipeline_cli.reports.largest import of_which
from pipeline_cli.reports.rows import LIST_COLUMNS, matching, read_filter
from pipeline_cli.reports.snapshot import Snapshot
from pipeline_cli.storage.reader import Reader
from pipeline_cli.storage.record.in_use import count_deals
from pipeline_cli.workspace import Workspace


def list_report(
    workspace: Workspace, reader: Reader, pipelines: Sequence[Pipeline], words: Sequence[str], sort: str | None = None
) -> Report:
    """Open deals of the pipelines that match every filter; `status=` asks for others."""
    playbook = workspace.playbook
    only = pipelines[0] if len(pipelines) == 1 else None
    wanted = read_filter(reader, playbook, pipelines, words)
    statuses = wanted.statuses
    rows = matching(wanted, Snapshot(reader, playbook, pipelines, statuses).deals)
    if sort is not None:
        rows = sort_deals(rows, sort)
    total = sum(deal.home_cents or 0 for deal in rows)
    weighted = sum(deal.weighted_cents for deal in rows)
    worth = (
        f"{counted(len(rows), 'deal')} worth {total / 100:,.0f} {playbook.currency}, weighted {weighted / 100:,.0f}"
        f"{of_which(rows, weighted)}."
    )
    report = Report(
        name="list",
        as_of=reader.clock.today,
        pipeline=only.id if only else None,
        currency=playbook.currency,
        columns=_columns(statuses, several=only is None),
        rows=rows,
        extra={"totals": {"deals": len(rows), "value": Cents(total), "weighted": Cents(round(weighted))}},
        empty=_say_empty(words if words and count_deals(reader) else ()),
        definitions=MEANINGS,
        notes=[worth] if rows else [],
    )
    return telling_the_rest(report, reader, playbook, pipelines)


def _columns(statuses: frozenset[str] | None, *, several: bool) -> list[Column]:
    """Closed deals show how they ended, open ones what comes next; those of several pipelines, which is theirs."""
    shown = set() if statuses == frozenset({"open"}) else {"status", "closed_at", "lost_reason"}
    columns = [column._replace(shown=True) if column.key in shown else column for column in LIST_COLUMNS]
    return [one._replace(shown=True, priority=1) if several and one.key == "pipeline" else one for one in columns]


def _say_empty(words: Sequence[str]) -> str:
    if words:
        return "No deal matches. `pipeline list` shows every open deal, `status=all` the closed ones too."
    return 'No open deals. `pipeline add "Acme: workshop" --value 12k` adds one, `pipeline import deals.csv` many.'


def sort_deals(deals: Sequence[ScoredDeal], key: str) -> list[ScoredDeal]:
    """By a column; `-value` for the highest first. Deals without it come last. Raises UsageError for an unknown one."""
    from pipeline_cli.domain.errors import UsageError

    name, descending = key.removeprefix("-"), key.startswith("-")
    known = {column.key: column.read for column in LIST_COLUMNS if column.key != "flags"}
    aliases = {
        "idle": "idle_days",
        "age": "age_days",
        "close": "expected_close",
        "due": "next_step_due",
        "created": "created_at",
        "days": "days_in_stage",
    }
    name = aliases.get(name, name)
    if name not in known:
        raise UsageError(f"--sort {key}: is no column: {choice_of(name, known)}, with - for the highest first.")
    read = attrgetter("home_cents") if name == "value" else known[name]
    there = [
        (value.casefold() if isinstance(value, str) else value, deal)
        for deal in deals
        if (value := read(deal)) is not None
    ]
    there.sort(key=itemgetter(0), reverse=descending)
    return [deal for _, deal in there] + [deal for deal in deals if read(deal) is None]
