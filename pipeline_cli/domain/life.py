"""What ends a last chance: the signs that a deal lives, and how it is said that a draft is no longer to be sent."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime

from pipeline_cli.domain import edits
from pipeline_cli.domain.clock import Clock
from pipeline_cli.domain.last_chance import draft_name
from pipeline_cli.domain.phrases import short_day
from pipeline_cli.domain.playbook import OUTCOMES
from pipeline_cli.domain.record import NamedTuple
from pipeline_cli.domain.touch_sense import CONVERSATION

CLOSED, KEEP, NOT_DEAD = "closed", "keep", "not_a_candidate"
_MOST_NAMED = 3


class EndedLastChance(NamedTuple):
    deal_id: int
    title: str
    given_at: datetime
    deadline: date
    by: str
    """conversation | advance | next_step | value | close_date | snooze | keep | closed | not_a_candidate"""

    @property
    def draft(self) -> str:
        """The name of its file."""
        return draft_name(self.deal_id, self.deadline)


def not_to_be_sent(ended: Sequence[EndedLastChance], files: Mapping[str, str], clock: Clock) -> str:
    """The sentence that names each draft that is still there; `files`: name of a draft -> where it is."""
    first = ended[0]
    if len(ended) == 1:
        given = short_day(clock.day(first.given_at), clock.today)
        said = f"The last chance of {given} for {first.title} is over"
    else:
        said = f"{len(ended):,} last chances are over"
    names = [files[one.draft] for one in ended if one.draft in files]
    if not names:
        return (
            f"{said}: its draft is no longer to be sent." if len(ended) == 1 else f"{said}: send none of their drafts."
        )
    shown = names[:_MOST_NAMED]
    more = f" and {len(names) - len(shown):,} more" if len(names) > len(shown) else ""
    which = "is" if len(names) == 1 else "are"
    return f"{said}: {', '.join(shown)}{more} {which} no longer to be sent."


def sign_of_life(edit: edits.Edit, changed: frozenset[str], given_at: datetime, clock: Clock) -> str | None:
    """What an edit says of a deal that was given a last chance; None: nothing.

    `changed`: the columns that it gave another value. Attempts, automatic replies, notes and moves back are no signs; a
    corrected touchpoint is one when it became a conversation, or one of a later day, by that.
    """
    match edit:
        case edits.LogTouchpoint(sense=sense, touched_at=at):
            return "conversation" if sense == CONVERSATION and clock.day(at) >= clock.day(given_at) else None
        case edits.ChangeTouchpoint(to=to) if changed & {"sense", "touched_at"}:
            is_since = clock.day(to.touched_at) >= clock.day(given_at)
            return "conversation" if to.sense == CONVERSATION and is_since else None
        case edits.MoveDeal(to_stage=stage, forwards=forwards):
            return CLOSED if stage in OUTCOMES else "advance" if forwards else None
        case edits.MoveAcross():
            return "advance"
        case edits.SetNextStep(due=due):
            return "next_step" if due >= clock.today else None
        case edits.SetFields(changes=changes):
            told = {name for name in changed if changes[name] is not None}
            signs = (("value_cents", "value"), ("expected_close", "close_date"), ("snoozed_until", "snooze"))
            return next((word for name, word in signs if name in told), None)
        case edits.EndLastChance(by=by):
            return by
    return None
