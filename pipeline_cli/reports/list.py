"""`list`: deals, one a row."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from operator import attrgetter, itemgetter
from typing import Any

from pipeline_cli.domain.errors import UsageError
from pipeline_cli.domain.playbook import ListView, Pipeline, Playbook
from pipeline_cli.domain.rules.filters import view_named
from pipeline_cli.domain.rules.scored_deal import MEANINGS, ScoredDeal
from pipeline_cli.domain.words.columns import find_column, known_columns, split_sort
from pipeline_cli.domain.words.names import begins_with_organization
from pipeline_cli.domain.words.text import counted
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
    view = _view_of(words, playbook)
    sort = sort or (view.sort if view else None)
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
        columns=_columns(statuses, rows, several=only is None),
        chosen=view.columns if view else (),
        rows=rows,
        extra={"totals": {"deals": len(rows), "value": Cents(total), "weighted": Cents(round(weighted))}},
        empty=_say_empty(words if words and count_deals(reader) else ()),
        definitions=MEANINGS,
        notes=[worth] if rows else [],
    )
    return telling_the_rest(report, reader, playbook, pipelines)


def _view_of(words: Sequence[str], playbook: Playbook) -> ListView | None:
    """The first that is named, whose columns and order are those of the list."""
    names = (view_named(word, playbook.views) for word in words)
    return next((playbook.views[name] for name in names if name is not None), None)


def _columns(statuses: frozenset[str] | None, rows: Sequence[ScoredDeal], *, several: bool) -> list[Column]:
    """Closed deals show how they ended, open ones what comes next; those of several pipelines, which is theirs; tags are
    shown where there are some, the organization where the title does not begin with it."""
    shown = set() if statuses == frozenset({"open"}) else {"status", "closed_at", "lost_reason"}
    shown |= {"tags"} if any(deal.facts.tags for deal in rows) else set()
    columns = [column._replace(shown=True) if column.key in shown else column for column in LIST_COLUMNS]
    return [
        one._replace(shown=True, priority=1)
        if several and one.key == "pipeline"
        else one._replace(said=_organization_beside, beside="title")
        if one.key == "organization"
        else one._replace(is_short=True)
        if one.key in ("title", "next_step")
        else one
        for one in columns
    ]


def _organization_beside(deal: ScoredDeal) -> str | None:
    facts = deal.facts
    return None if begins_with_organization(facts.title, facts.organization) else facts.organization


def _say_empty(words: Sequence[str]) -> str:
    if words:
        return "No deal matches. `pipeline list` shows every open deal, `status=all` the closed ones too."
    return 'No open deals. `pipeline add "Acme: workshop" --value 12k` adds one, `pipeline import deals.csv` many.'


def sort_deals(deals: Sequence[ScoredDeal], key: str) -> list[ScoredDeal]:
    """By a column; `-value` for the highest first. Deals without it come last. Raises UsageError for an unknown one.

    Stages are in the order of pipeline.yaml, flags by how many there are.
    """
    word, descending = split_sort(key)
    headings = {column.key: column.heading for column in LIST_COLUMNS}
    name = find_column(word, headings)
    if name is None:
        raise UsageError(f"--sort {key}: is no column: {known_columns(word, headings)}, with - for the highest first.")
    read = _SORTED_BY.get(name) or next(column.read for column in LIST_COLUMNS if column.key == name)
    known = [(_comparable(value), deal) for deal in deals if (value := read(deal)) not in (None, ())]
    known.sort(key=itemgetter(0), reverse=descending)
    return [deal for _, deal in known] + [deal for deal in deals if read(deal) in (None, ())]


def _comparable(value: Any) -> Any:
    return value.casefold() if isinstance(value, str) else value


_SORTED_BY: dict[str, Callable[[ScoredDeal], Any]] = {
    "value": attrgetter("home_cents"),
    "stage": attrgetter("position"),
    "flags": lambda deal: len(deal.flags),
}
