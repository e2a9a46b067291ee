"""Corrections of touchpoints in words, before and after: `outcome set to no answer, conversation -> attempt`."""

from __future__ import annotations

from pipeline_cli.domain.clock import Clock
from pipeline_cli.domain.deal import Touchpoint
from pipeline_cli.domain.playbook import Playbook
from pipeline_cli.domain.touch_sense import AUTOMATIC
from pipeline_cli.reports.changes import briefly


def describe_correction(before: Touchpoint, after: Touchpoint, playbook: Playbook, clock: Clock) -> list[str]:
    """What became another, one phrase each; nothing where it is so already."""
    pairs = [
        ("kind", playbook.kind_name(before.kind), playbook.kind_name(after.kind)),
        ("direction", before.direction, after.direction),
        ("time", _when(before, clock), _when(after, clock)),
        ("outcome", before.outcome, after.outcome),
        ("note", before.note, after.note),
    ]
    said = [briefly(label, old, new) for label, old, new in pairs if old != new]
    if before.sense != after.sense:
        said.append(f"{_sense(before)} -> {_sense(after)}")
    elif before.awaits_answer != after.awaits_answer:
        said.append(
            "their word waits for an answer" if after.awaits_answer else "nothing of theirs waits for an answer"
        )
    return said


def describe_touchpoint(touch: Touchpoint, playbook: Playbook, clock: Clock) -> str:
    """`call out of 2026-11-20 12:00, conversation: They like it`, as far as it fits a sentence."""
    what = " ".join(part for part in (playbook.kind_name(touch.kind), touch.direction) if part)
    text = ": ".join(part for part in (touch.outcome, touch.note) if part)
    fits = 0 < len(text) <= _LONGEST and text.isprintable()
    return f"{what} of {_when(touch, clock)}, {_sense(touch)}" + (f": {text}" if fits else "")


_LONGEST = 200


def _when(touch: Touchpoint, clock: Clock) -> str:
    return f"{touch.touched_at.astimezone(clock.zone):%Y-%m-%d %H:%M}"


def _sense(touch: Touchpoint) -> str:
    return "automatic reply" if touch.sense == AUTOMATIC else touch.sense or "message of unknown direction"
