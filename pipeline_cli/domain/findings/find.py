"""Every finding there is, in the order they are shown."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from pipeline_cli.domain.findings import present
from pipeline_cli.domain.findings.finding import Finding, Situation

RULES: tuple[Callable[[Situation], Iterator[Finding]], ...] = (
    present.dead_weight,
    present.untouched_plan,
    present.over_capacity,
    present.crowded_close,
    present.stage_count,
)


def find_findings(situation: Situation) -> tuple[Finding, ...]:
    """What the rules say of the situation; an empty pipeline has nothing to find but its stages."""
    return tuple(finding for rule in RULES for finding in rule(situation))
