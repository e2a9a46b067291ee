"""Reads a folder of CSV files (deals, stage_history, touches, pipeline.yaml) as a forecast history."""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import NamedTuple

import yaml

from pipeline_cli.domain.forecast.runs import DealHistory


class Record(NamedTuple):
    """One folder: its deals, the configured probabilities of its stages, and its last day."""

    name: str
    deals: Sequence[DealHistory]
    configured: Sequence[float]
    last_day: int


def read_record(folder: Path) -> Record:
    """Days are counted in UTC. Raises FileNotFoundError when the folder is of another form."""
    stages = _stages(folder)
    deals = _maven(folder) if (folder / "sales_pipeline.csv").exists() else _deals(folder, list(stages))
    last = max(max(deal.closed_day or 0, deal.moves[-1][0]) for deal in deals)
    return Record(folder.name, _hide_later_amounts(deals), list(stages.values()), last)


def _stages(folder: Path) -> dict[str, float]:
    """Stage id -> configured probability, 0 to 1, of the first pipeline."""
    with (folder / "pipeline.yaml").open(encoding="utf-8") as file:
        pipelines = yaml.safe_load(file)["pipelines"]
    return {stage["id"]: stage["probability"] / 100 for stage in next(iter(pipelines.values()))["stages"]}


def _rows(path: Path) -> Iterator[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        yield from csv.DictReader(file)


def _day(text: str) -> int:
    """A date as it stands; an instant by its day in UTC."""
    if len(text) == len("2026-11-21"):
        return date.fromisoformat(text).toordinal()
    return datetime.fromisoformat(text).astimezone(UTC).toordinal()


def _deals(folder: Path, stages: Sequence[str]) -> list[DealHistory]:
    moves: dict[str, list[tuple[int, int]]] = defaultdict(list)
    for row in sorted(_rows(folder / "stage_history.csv"), key=lambda row: int(row["seq"])):
        if row["to_stage"] in stages:
            moves[row["deal_id"]].append((_day(row["changed_at"]), stages.index(row["to_stage"])))
    touches: dict[str, list[int]] = defaultdict(list)
    for row in _rows(folder / "touches.csv"):
        touches[row["deal_id"]].append(_day(row["at"]))
    return [
        DealHistory(
            number,
            moves[row["deal_id"]],
            _day(row["closed_at"]) if row["closed_at"] else None,
            row["outcome"] == "won" if row["closed_at"] else None,
            sorted(touches[row["deal_id"]]),
            round(float(row["amount"]) * 100) if row["amount"] else None,
        )
        for number, row in enumerate(_rows(folder / "deals.csv"))
        if moves[row["deal_id"]]
    ]


def _maven(folder: Path) -> list[DealHistory]:
    """Opportunities that were engaged: all that is known of one is when it was, and how it ended."""
    return [
        DealHistory(
            number,
            [(_day(row["engage_date"]), 1)],
            _day(row["close_date"]) if row["close_date"] else None,
            row["deal_stage"] == "Won" if row["close_date"] else None,
            amount_cents=round(float(row["close_value"]) * 100) if row["close_value"] else None,
        )
        for number, row in enumerate(_rows(folder / "sales_pipeline.csv"))
        if row["engage_date"]
    ]


def _hide_later_amounts(deals: Sequence[DealHistory]) -> list[DealHistory]:
    """Each amount known only from the day a deal of its kind has one.

    The files hold the last state. If deals still open have amounts from some stage on, others got theirs there too; if
    no open deal has one, amounts were known at the end: a forecast that saw them earlier would look into the future.
    """
    furthest = {deal.id: max(stage for _, stage in deal.moves) for deal in deals}
    first = min((furthest[d.id] for d in deals if d.closed_day is None and d.amount_cents is not None), default=None)
    if first == 0:
        return list(deals)
    hidden = []
    for deal in deals:
        end = deal.moves[-1][0] if deal.closed_day is None else deal.closed_day
        since = next((day for day, stage in deal.moves if first is not None and stage >= first), end)
        hidden.append(deal._replace(amounts=[(since, deal.amount_cents)]))
    return hidden
