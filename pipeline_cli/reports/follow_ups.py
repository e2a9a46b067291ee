"""What closed deals still ask for, as `today` shows it: check-ins, renewals, next steps."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import timedelta

from pipeline_cli.domain.follow_ups import SHOWN_DAYS, DueFollowUp
from pipeline_cli.domain.judged import JudgedDeal
from pipeline_cli.domain.judging import judge_deals
from pipeline_cli.domain.playbook import Pipeline, Playbook
from pipeline_cli.storage.follow_ups import read_due_closed_steps, read_due_follow_ups
from pipeline_cli.storage.reader import Reader


def due_follow_ups(reader: Reader, playbook: Playbook, pipeline: Pipeline) -> list[tuple[JudgedDeal, DueFollowUp]]:
    """Those that are due soon or were due, each with its won deal; most days there is none, and one query says so."""
    until = {kind: reader.clock.today + timedelta(days=days) for kind, days in SHOWN_DAYS.items()}
    due = read_due_follow_ups(reader, pipeline.id, until)
    if not due:
        return []
    deals = {deal.facts.id: deal for deal in _judge({one.deal_id for one in due}, reader, playbook, pipeline)}
    return [(deals[one.deal_id], one) for one in due]


def due_closed_steps(reader: Reader, playbook: Playbook, pipeline: Pipeline) -> Sequence[JudgedDeal]:
    """The closed deals whose next step is due or was."""
    due = read_due_closed_steps(reader, pipeline.id, reader.clock.today)
    return _judge(due, reader, playbook, pipeline) if due else ()


def _judge(numbers: Iterable[int], reader: Reader, playbook: Playbook, pipeline: Pipeline) -> tuple[JudgedDeal, ...]:
    from pipeline_cli.domain.flags import Yardsticks
    from pipeline_cli.storage.facts import read_facts

    facts = [deal for number in sorted(numbers) for deal in read_facts(reader, deal_id=number)]
    return judge_deals(facts, playbook, pipeline, reader.clock, Yardsticks(0), {}, {}, {})
