"""A seeded pipeline of any size as three CSV files: deals, moves and touchpoints of a software seller."""

from __future__ import annotations

import csv
import random
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

STAGES = ("lead", "meeting", "proposal", "trial", "negotiation", "contract")
END = datetime(2026, 6, 30, tzinfo=UTC)
PLAYBOOK = """version: 1
currency: EUR
time_zone: UTC
database: pipeline.db
pipelines:
  sales:
    name: Sales
    stages:
""" + "".join(
    f"      - {{id: {stage}, name: {stage.title()}, probability: {10 + 15 * number}, idle_after_days: 14, max_days: 45}}\n"
    for number, stage in enumerate(STAGES)
)


def generate(folder: Path, deals: int, seed: int = 7) -> None:
    """Writes pipeline.yaml, deals.csv, moves.csv and touchpoints.csv; about 6.7 moves and 11 touchpoints a deal."""
    chance = random.Random(seed)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "pipeline.yaml").write_text(PLAYBOOK, encoding="utf-8")
    with (
        (folder / "deals.csv").open("w", newline="", encoding="utf-8") as deal_file,
        (folder / "moves.csv").open("w", newline="", encoding="utf-8") as move_file,
        (folder / "touchpoints.csv").open("w", newline="", encoding="utf-8") as touch_file,
    ):
        writers = tuple(csv.writer(file) for file in (deal_file, move_file, touch_file))
        for writer, header in zip(writers, HEADERS, strict=True):
            writer.writerow(header)
        for number in range(deals):
            _write_deal(chance, f"D-{number:06}", writers)


HEADERS = (
    (
        "external_id",
        "title",
        "organization",
        "contact",
        "email",
        "stage",
        "status",
        "value",
        "source",
        "created_at",
        "expected_close",
        "closed_at",
        "lost_reason",
    ),
    ("deal", "from_stage", "to_stage", "moved_at", "reason"),
    ("deal", "kind", "direction", "touched_at", "outcome", "note"),
)


def _write_deal(chance: random.Random, name: str, writers: tuple[Any, ...]) -> None:
    deal_rows, move_rows, touch_rows = writers
    at = END - timedelta(days=chance.uniform(1, 900), seconds=chance.randrange(86400))
    created = at
    came_from, status, stage, reason = "", "open", STAGES[0], ""
    path = [*STAGES[: chance.choice((3, 5, 6, 6, 6, 6, 6, 6))]]
    if len(path) > 2 and chance.random() < 0.4:
        path[2:2] = [path[2], path[1]]
    last = created
    for place, step in enumerate([*path, chance.choice(("won", "lost", "lost"))]):
        at = at + timedelta(days=chance.expovariate(1 / 12)) if place else at
        if at > END:
            break
        reason = chance.choice(("price", "no_decision", "no_response")) if step == "lost" else ""
        move_rows.writerow((name, came_from, step, _text(at), reason))
        came_from, last = step, at
        if step in ("won", "lost"):
            status = step
        else:
            stage = step
    until = last if status != "open" else min(END, last + timedelta(days=chance.expovariate(1 / 20)))
    for _ in range(chance.randrange(6, 17)):
        touched = created + (until - created) * chance.random()
        way = chance.choice(("out", "out", "in"))
        touch_rows.writerow((name, chance.choice(("call", "email", "meeting")), way, _text(touched), "", ""))
    closed = _text(last) if status != "open" else ""
    close = (created + timedelta(days=90)).date().isoformat()
    value = round(chance.lognormvariate(9, 1), 2)
    person = f"Person {name}"
    deal_rows.writerow(
        (
            name,
            f"Deal {name}",
            f"Company {chance.randrange(20000)}",
            person,
            f"{name}@mail.example",
            stage,
            status,
            value,
            chance.choice(("inbound", "referral", "outbound")),
            _text(created),
            close,
            closed,
            reason,
        )
    )


def _text(at: datetime) -> str:
    return at.isoformat(timespec="milliseconds").replace("+00:00", "Z")
