"""A deal and a playbook of which nothing matters: a test gives its own what it is about, with `_replace`."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from pipeline_cli.domain.deal.deal import DealFacts
from pipeline_cli.domain.playbook import Cadence, LastChanceText, Pipeline, Playbook, PruneRules, Qualification, Stage

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)

PLAYBOOK = Playbook(
    currency="EUR",
    time_zone=None,
    database="pipeline.db",
    exchange_rates={},
    quota=None,
    pipelines=(Pipeline("services", "Services", (Stage("prospecting", "Prospecting", "top", 0.05),)),),
    qualification=Qualification("bant", (), (), 0, {}),
    touchpoint_kinds=("call",),
    sources=None,
    lost_reasons=("price",),
    cadence=Cadence(6, (), 1),
    prune=PruneRules(2, 2, 90, 7, LastChanceText("", "")),
    imports={},
)
DEAL = DealFacts(
    id=12,
    external_id=None,
    title="Website relaunch",
    organization="Acme",
    contact=None,
    pipeline="services",
    stage="prospecting",
    status="open",
    value_cents=None,
    currency="EUR",
    probability=None,
    category=None,
    source=None,
    owner=None,
    cost_cents=None,
    created_at=NOW - timedelta(days=30),
    created_inferred=False,
    expected_close=None,
    closed_at=None,
    lost_reason=None,
    snoozed_until=None,
    fields={},
    entered_stage_at=NOW - timedelta(days=30),
    last_touch_at=None,
    last_conversation_at=None,
    unanswered=0,
    next_step=None,
    next_step_due=None,
    pushes=0,
    reachable=False,
    last_chance_at=None,
    last_chance_deadline=None,
)
