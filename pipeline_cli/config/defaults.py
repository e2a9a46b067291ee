"""What holds where pipeline.yaml says nothing, the questions of the qualification frameworks among it."""

from __future__ import annotations

from collections.abc import Sequence

from pipeline_cli.domain.playbook import FUNNELS, QualificationItem

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
Unless you answer before {deadline}, I will close it on my side and not write about it again.

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


FRAMEWORKS = {
    "bant": (
        QualificationItem("budget", "Is there money for this, or a way to get it?"),
        QualificationItem("authority", "Are we talking with the person who decides, or do we know how to reach them?"),
        QualificationItem("need", "Have they told us a problem that hurts enough to act on it?"),
        QualificationItem("timeline", "Is there a date by which it has to be solved, and a reason for that date?"),
    ),
    "champ": (
        QualificationItem("challenges", "Which problem do they want solved, in their own words, and can we solve it?"),
        QualificationItem("authority", "Do we know everyone who has a say, and who decides in the end?"),
        QualificationItem("money", "Do they know what it costs, and can they pay for it?"),
        QualificationItem("prioritization", "Is this among the first three things on their list now?"),
    ),
    "meddic": (
        QualificationItem("metrics", "Which number of theirs gets better, and by how much?"),
        QualificationItem("economic_buyer", "Have we spoken with the person who can spend the money?"),
        QualificationItem("decision_criteria", "Do we know by what they will compare the offers, and do we fit?"),
        QualificationItem("decision_process", "Do we know the steps, people and dates up to a signature?"),
        QualificationItem("pain", "What does it cost them to change nothing, and who feels it?"),
        QualificationItem("champion", "Does someone inside with influence want us to win, and act on it?"),
    ),
}
"""BANT, CHAMP and MEDDIC as commonly taught, each letter as a question to be answered yes, no or unknown."""

REQUIRED = {"bant": ("need",), "champ": ("challenges",), "meddic": ("pain",)}
MIN_YES = {"bant": 3, "champ": 3, "meddic": 4}


def complete_items(
    framework: str, given: Sequence[QualificationItem], required: Sequence[str], min_yes: int
) -> tuple[QualificationItem, ...]:
    """The items in force: those given, else the framework's.

    Items given that leave out what `required` names or are fewer than `min_yes` are completed from the framework.
    """
    own = FRAMEWORKS.get(framework, ())
    names = {item.id for item in given}
    if given and min_yes <= len(given) and names.issuperset(required):
        return tuple(given)
    return (*given, *(item for item in own if item.id not in names))


def default_required(framework: str, given: Sequence[str]) -> tuple[str, ...]:
    """What must be a yes when the file does not say."""
    return tuple(item for item in REQUIRED.get(framework, ()) if not given or item in given)


def default_min_yes(framework: str, given: Sequence[str]) -> int:
    """How many must be a yes when the file does not say; never more than there are."""
    usual = MIN_YES.get(framework, 3)
    return min(usual, len(given)) if given else usual
