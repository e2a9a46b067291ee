"""What the consultant judged of each deal: qualification answers, confirmed criteria, and what was forced past."""

from __future__ import annotations

from sample_plan import STAGES
from sample_story import Move, Story

CONFIRMED_IN = {
    "prospecting": ("prospecting.problem",),
    "qualification": ("qualification.champion",),
    "negotiation": ("negotiation.terms",),
}
MISSING = "qualification.qualified qualification.champion qualification.buyer"
"""What a deal lacks that was forced from prospecting straight to a proposal."""


def write_qualification(story: Story) -> str:
    """The answers so far: all of them past qualification, some in it, none before and none where it was skipped."""
    place = STAGES.index(story.plan.stage)
    if place == 0 or was_forced(story):
        return ""
    if place == 1:
        return ("need=yes budget=unknown", "need=yes budget=yes authority=unknown", "need=no")[story.plan.nth % 3]
    return "budget=yes authority=yes need=yes timeline=" + ("yes", "unknown")[story.plan.nth % 2]


def write_confirmed(story: Story) -> str:
    """The criteria vouched for in the stages the deal has left."""
    left = [
        stage for stage in STAGES[: STAGES.index(story.plan.stage)] if stage != "qualification" or not was_forced(story)
    ]
    return " ".join(name for stage in left for name in CONFIRMED_IN.get(stage, ()))


def write_missing(move: Move) -> str:
    return MISSING if move.forced else ""


def was_forced(story: Story) -> bool:
    return any(move.forced for move in story.moves)
