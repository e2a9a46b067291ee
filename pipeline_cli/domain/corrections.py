"""Wrong entries corrected: which touchpoint is meant, and what it is then."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pipeline_cli.domain.deal import DealRecord, Touchpoint
from pipeline_cli.domain.errors import UsageError
from pipeline_cli.domain.phrases import counted, quoted
from pipeline_cli.domain.touch_sense import sense_of


def find_touchpoint(record: DealRecord, typed: str) -> tuple[int, Touchpoint]:
    """The touchpoint of that number, as `show` counts them. Raises UsageError when there is none."""
    facts, digits = record.facts, typed.strip().removeprefix("#")
    see = f"`pipeline show {facts.id}` numbers them."
    if not (digits.isascii() and digits.isdigit()):
        raise UsageError(f"{quoted(typed)} is not the number of a touchpoint: {see}")
    many = len(record.touchpoints)
    if many == 0:
        raise UsageError(f"Deal {facts.id}, {facts.title}, has no touchpoint, so there is none to correct.")
    number = int(digits) if len(digits) < 10 else 0
    if not 1 <= number <= many:
        raise UsageError(
            f"Deal {facts.id}, {facts.title}, has {counted(many, 'touchpoint')} and no number {digits}: {see}"
        )
    return number, record.touchpoints[number - 1]


def corrected(touch: Touchpoint, given: Mapping[str, Any], declared: Mapping[str, bool] | None = None) -> Touchpoint:
    """The touchpoint with what was given for kind, direction, touched_at, outcome and note, judged anew.

    `declared`: kinds of which pipeline.yaml says whether they are conversations. One whose time was given by hand is
    not inferred any more.
    """
    new = touch._replace(**given)
    sense = sense_of(new.kind, new.direction, new.outcome, declared)
    inferred = touch.inferred and "touched_at" not in given
    return new._replace(sense=sense.sense, awaits_answer=sense.awaits_answer, inferred=inferred)
