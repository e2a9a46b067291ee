"""A small playbook, a fixed Saturday, and one door to plans: files are written where the test can see them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from fractions import Fraction
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from pipeline_cli.domain.playbook import Pipeline, Playbook, Stage
from pipeline_cli.domain.words.clock import Clock
from pipeline_cli.exchange.import_plan import ImportPlan, plan_import
from pipeline_cli.exchange.mapping import ImportFiles, ImportOptions
from tests.domain import plain

SALES = Pipeline(
    "sales",
    "Sales Pipeline",
    (
        Stage("lead", "Lead", "top", 0.05),
        Stage("proposal_sent", "Proposal sent", "middle", 0.4),
        Stage("closing", "Contract / Closing", "bottom", 0.8),
    ),
)
PARTNERS = Pipeline("partners", "Partner deals", (Stage("intro", "Introduced", "top", 0.1),))
PLAYBOOK = plain.PLAYBOOK._replace(
    time_zone="Europe/Berlin",
    exchange_rates={"USD": Fraction(92, 100)},
    pipelines=(SALES, PARTNERS),
    touchpoint_kinds=("call", "email", "meeting", "other"),
    lost_reasons=("price", "no_response", "declined"),
)
CLOCK = Clock(datetime(2026, 11, 21, 11, tzinfo=UTC), ZoneInfo("Europe/Berlin"))

Plan = Callable[..., ImportPlan]


@pytest.fixture
def plan(tmp_path: Path) -> Plan:
    """Plans an import of files given as text or bytes; every other keyword is an option."""

    def plan_files(
        deals: str | bytes,
        moves: str | bytes | None = None,
        touchpoints: str | bytes | None = None,
        contacts: str | bytes | None = None,
        playbook: Playbook = PLAYBOOK,
        clock: Clock = CLOCK,
        **options: object,
    ) -> ImportPlan:
        contents = {"deals": deals, "moves": moves, "touchpoints": touchpoints, "contacts": contacts}
        paths = {}
        for name, content in contents.items():
            if content is not None:
                paths[name] = tmp_path / f"{name}.csv"
                paths[name].write_bytes(content if isinstance(content, bytes) else content.encode())
        return plan_import(ImportFiles(**paths), ImportOptions(**options), playbook, clock)  # type: ignore[arg-type]

    return plan_files


def said(plan: ImportPlan) -> list[str]:
    """The problems, with the folder left out."""
    return [f"{Path(p.file).name}:{p.line}: {p.column + ': ' if p.column else ''}{p.message}" for p in plan.problems]


def warned(plan: ImportPlan) -> dict[str, list[int]]:
    """Code -> lines of the warnings."""
    return {warning.code: list(warning.lines) for warning in plan.warnings}
