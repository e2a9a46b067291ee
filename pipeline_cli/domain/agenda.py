"""What to do today and why: one small function a reason, in the order of urgency."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import date, timedelta
from typing import NamedTuple

from pipeline_cli.domain.clock import Clock
from pipeline_cli.domain.judged import JudgedDeal
from pipeline_cli.domain.phrases import counted
from pipeline_cli.domain.playbook import Pipeline, Playbook
from pipeline_cli.domain.prune import has_last_chance

SOON_IDLE_DAYS = 2
CLOSE_WITHIN_DAYS = 7


class Task(NamedTuple):
    """One thing to do on one deal."""

    deal: JudgedDeal
    why: str
    due: date | None
    age_hours: float | None
    """How long it has been waiting, where that is what makes it urgent."""
    command: str
    """What to type; DEAL stands for the number already."""


class Day(NamedTuple):
    deals: Sequence[JudgedDeal]
    pipeline: Pipeline
    playbook: Playbook
    clock: Clock


def last_chances(day: Day) -> Iterator[Task]:
    for deal in day.deals:
        deadline = deal.facts.last_chance_deadline
        if has_last_chance(deal) and deadline is not None and not deal.snoozed:
            yield Task(deal, f"last chance until {deadline}", deadline, None, f"log {deal.facts.id} email --in")


def overdue(day: Day) -> Iterator[Task]:
    for deal in day.deals:
        if deal.has("overdue"):
            due = deal.facts.next_step_due
            yield Task(deal, f"overdue: {deal.facts.next_step}", due, None, f"done {deal.facts.id}")


def due_today(day: Day) -> Iterator[Task]:
    for deal in day.deals:
        if deal.facts.next_step_due == day.clock.today and not deal.snoozed:
            yield Task(deal, f"due today: {deal.facts.next_step}", day.clock.today, None, f"done {deal.facts.id}")


def nobody_answered(day: Day) -> Iterator[Task]:
    """Leads that have had no outbound touchpoint, waiting longer than first_response_hours."""
    for deal in day.deals:
        if deal.position != 0 or deal.facts.last_touch_at is not None or deal.snoozed or deal.facts.created_inferred:
            continue
        hours = (day.clock.now - deal.facts.created_at).total_seconds() / 3600
        if hours > day.playbook.cadence.first_response_hours:
            waiting = counted(round(hours), "hour") if hours < 48 else counted(int(hours / 24), "day")
            why = f"unanswered for {waiting}"
            yield Task(deal, why, None, hours, f"log {deal.facts.id} {day.playbook.touchpoint_kinds[0]}")


def replies_waiting(day: Day) -> Iterator[Task]:
    """The last touchpoint came from them."""
    for deal in day.deals:
        facts = deal.facts
        if facts.last_inbound_at is not None and facts.last_inbound_at == facts.last_touch_at and not deal.snoozed:
            hours = (day.clock.now - facts.last_inbound_at).total_seconds() / 3600
            why = f"they wrote {_ago(day.clock.days_since(facts.last_inbound_at))}, no reply"
            yield Task(deal, why, None, hours, f"log {facts.id} {day.playbook.touchpoint_kinds[0]}")


def about_to_go_idle(day: Day) -> Iterator[Task]:
    for deal in day.deals:
        stage = day.pipeline.stage(deal.facts.stage)
        if stage is None or deal.snoozed:
            continue
        left = stage.idle_after_days - deal.idle_days
        if 0 <= left < SOON_IDLE_DAYS:
            why = f"idle {counted(deal.idle_days, 'day')}, flagged after {stage.idle_after_days}"
            due = day.clock.today + timedelta(days=left + 1)
            yield Task(deal, why, due, None, f"log {deal.facts.id} {day.playbook.touchpoint_kinds[0]}")


def snoozes_ending(day: Day) -> Iterator[Task]:
    for deal in day.deals:
        until = deal.facts.snoozed_until
        if until is not None and day.clock.today - timedelta(days=1) <= until <= day.clock.today:
            yield Task(deal, f"back from its snooze since {until}", until, None, f"show {deal.facts.id}")


def closing_this_week(day: Day) -> Iterator[Task]:
    for deal in day.deals:
        close = deal.facts.expected_close
        if close is not None and day.clock.today <= close < day.clock.today + timedelta(days=CLOSE_WITHIN_DAYS):
            yield Task(deal, f"expected to close on {close}", close, None, f"show {deal.facts.id}")


def _ago(days: int) -> str:
    return {0: "today", 1: "yesterday"}.get(days, f"{days} days ago")


REASONS: tuple[Callable[[Day], Iterator[Task]], ...] = (
    last_chances, overdue, due_today, nobody_answered, replies_waiting, about_to_go_idle, snoozes_ending,
    closing_this_week,
)  # fmt: skip


def plan_day(days: Sequence[Day]) -> list[Task]:
    """The tasks of one or several pipelines: each deal once, for its most urgent reason.

    Within a reason the longest due come first, then those who have waited longest, then the dearest.
    """
    tasks: list[Task] = []
    seen: set[int] = set()
    for reason in REASONS:
        found = [task for day in days for task in reason(day) if task.deal.facts.id not in seen]
        found.sort(key=lambda task: (task.due or date.min, -(task.age_hours or 0), -task.deal.weighted_cents))
        tasks += found
        seen |= {task.deal.facts.id for task in found}
    return tasks
