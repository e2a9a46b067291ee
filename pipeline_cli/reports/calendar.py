"""The open next steps, for a calendar."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from pipeline_cli.domain.clock import from_text
from pipeline_cli.domain.playbook import Pipeline, Playbook
from pipeline_cli.exchange.calendar import NextStepEntry
from pipeline_cli.reports.record import wanted_deals
from pipeline_cli.storage.outgoing import OpenStep, read_open_steps
from pipeline_cli.storage.reader import Reader
from pipeline_cli.workspace import Workspace


def next_step_entries(
    workspace: Workspace, reader: Reader, pipelines: Sequence[Pipeline] | None, words: Sequence[str]
) -> list[NextStepEntry]:
    """Those of the deals asked for, and check-ins and renewals of the won ones, the earliest first."""
    wanted = wanted_deals(workspace, reader, pipelines, words)
    return [
        _entry(step, workspace.playbook) for step in read_open_steps(reader) if wanted is None or step.deal_id in wanted
    ]


def _entry(step: OpenStep, playbook: Playbook) -> NextStepEntry:
    lines = (
        f"Deal {step.deal_id}: {step.title}",
        step.organization,
        f"Stage: {playbook.stage_name(step.pipeline, step.stage)}",
        step.contact and f"Contact: {step.contact}",
    )
    return NextStepEntry(
        step.public_id,
        step.text,
        date.fromisoformat(step.due),
        step.title,
        "\n".join(line for line in lines if line),
        from_text(step.set_at),
    )
