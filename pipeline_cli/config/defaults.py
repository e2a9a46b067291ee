"""What holds where pipeline.yaml says nothing and the schema cannot say it in a number."""

from __future__ import annotations

from pipeline_cli.domain.playbook import FUNNELS

TOUCHPOINT_KINDS = ("call", "email", "meeting", "demo", "message", "letter", "other")
LOST_REASONS = ("price", "competitor", "no_decision", "no_response", "bad_fit", "timing", "other")
MAX_UNANSWERED = 6
"""Where no days are planned."""
PRUNE_REASON = "no_response"
"""The reason prune closes a deal with."""

LAST_CHANCE_SUBJECT = "{title}: shall I close this?"
LAST_CHANCE_BODY = """\
Hello {first_name},

I have not heard from you about {title} for a while, so I take it that the time is not right.
Unless you answer by {deadline}, I will close it on my side and not write about it again.

If it still matters, one line is enough and we go on from there.
"""

PLACEHOLDERS = ("title", "organization", "contact", "first_name", "stage", "value", "deadline")
"""What the last-chance text may ask for."""


def funnel_at(position: int, stages: int) -> str:
    """The third of the funnel in which the middle of the stage lies; position counts from 0."""
    return FUNNELS[(2 * position + 1) * 3 // (2 * stages)]


def name_from(identifier: str) -> str:
    """`first_call` -> `First call`."""
    words = identifier.replace("_", " ").replace("-", " ").strip()
    return words[:1].upper() + words[1:] if words else identifier
