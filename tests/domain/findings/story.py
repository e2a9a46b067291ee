"""A record told in a few lines: a pipeline.yaml, and deals by the days they entered their stages."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

from pipeline_cli.domain.deal.edits import AddDeal, AnswerQuestion, Edit, LogTouchpoint, MoveDeal, SetNextStep
from pipeline_cli.domain.deal.touch_sense import sense_of
from pipeline_cli.domain.words.clock import Clock
from pipeline_cli.storage.database import create
from pipeline_cli.storage.transactions import write

NOW = datetime(2026, 11, 21, 10, tzinfo=UTC)
LEAD = "{id: lead, funnel: top, probability: 30, category: pipeline, idle_after_days: 14, max_days: 30}"
OFFER = "{id: offer, funnel: middle, probability: 50, category: pipeline, idle_after_days: 14, max_days: 30}"
CLOSING = "{id: closing, funnel: bottom, probability: 80, category: commit, idle_after_days: 14, max_days: 30}"


def playbook(*stages: str, quota: int = 5000) -> str:
    """A pipeline.yaml with these stages, each a line of YAML."""
    lines = "\n".join(f"      - {stage}" for stage in stages or (LEAD, OFFER, CLOSING))
    return f"""version: 1
currency: EUR
time_zone: UTC
database: pipeline.db
quota: {{per: month, amount: {quota}}}
pipelines:
  services:
    name: Services
    stages:
{lines}
qualification:
  framework: custom
  items: [{{id: need, ask: "Is there a problem?", weight: 1}}]
  required: [need]
  min_yes: 1
"""


class Deal(NamedTuple):
    """One deal: `lead 2026-09-01, offer 2026-09-08, won 2026-09-15` is its path, a day meaning nine in the morning."""

    path: str
    touched: Sequence[str] = ()
    """`2026-09-01` went out, `in 2026-09-02` came in. Nothing: touched on each day of its path."""
    value: int | None = 5000
    step: str | None = "2026-11-25"
    close: str = "2027-01-15"
    """Empty: none is expected."""
    answers: Mapping[str, str] = {}
    silent: bool = False
    """Never touched."""


def instant(text: str) -> datetime:
    return datetime.fromisoformat(text if "T" in text else f"{text}T09:00").replace(tzinfo=UTC)


def tell(folder: Path, deals: Iterable[Deal], yaml: str | None = None) -> None:
    """Writes pipeline.yaml and the record; the deals are numbered from 1."""
    (folder / "pipeline.yaml").write_text(yaml or playbook(), encoding="utf-8")
    database = folder / "pipeline.db"
    create(database)
    edits = [edit for number, deal in enumerate(deals, start=1) for edit in _edits(number, deal)]
    with write(database, Clock(NOW, UTC), "tell", lambda: None) as change:
        change.apply(edits, "Told")


def _edits(number: int, deal: Deal) -> Iterable[Edit]:
    path = [tuple(step.split()) for step in deal.path.split(", ")]
    stage, created = path[0]
    yield AddDeal(
        f"Deal {number}",
        "services",
        stage,
        instant(created),
        "EUR",
        value_cents=None if deal.value is None else deal.value * 100,
        expected_close=date.fromisoformat(deal.close) if deal.close else None,
    )
    for to_stage, day in path[1:]:
        yield MoveDeal(number, stage, to_stage, instant(day), "price" if to_stage == "lost" else None)
        stage = to_stage
    for touch in [] if deal.silent else deal.touched or [day for _, day in path]:
        direction, _, day = touch.rpartition(" ")
        written = sense_of("email", direction or "out", None)
        yield LogTouchpoint(number, "email", direction or "out", instant(day), None, None, *written)
    for item, answer in deal.answers.items():
        yield AnswerQuestion(number, item, answer, None)
    if deal.step is not None and path[-1][0] not in ("won", "lost", "disqualified"):
        yield SetNextStep(number, "Call", date.fromisoformat(deal.step))


def day(days_ago: int) -> str:
    """The day so many days before 20 November 2026, the last day of the stories."""
    return (date(2026, 11, 20) - timedelta(days=days_ago)).isoformat()


def a_steady_year(stages: Sequence[str] = ("lead", "offer", "closing")) -> list[Deal]:
    """A new deal a week for 54 weeks, a week in each stage; half are won, the others lost early. Nothing is wrong."""
    deals = []
    for week in range(54):
        entered = [f"{stage} {day(7 * (week - place))}" for place, stage in enumerate(stages) if place <= week]
        ends = len(stages)
        if week < ends:
            deals.append(Deal(", ".join(entered)))
        elif week % 2 == 0:
            days = 300 if week == 50 else 7 * ends  # one of them took its time
            deals.append(Deal(", ".join([*entered, f"won {day(7 * week - days)}"])))
        else:
            place = 1 if week % 4 == 1 else 2
            deals.append(Deal(", ".join([*entered[:place], f"lost {day(7 * (week - place))}"])))
    return deals
