"""What a won deal still asks for: a check-in with the customer, a renewal of what was sold."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from pipeline_cli.domain.deal import DealFacts
from pipeline_cli.domain.errors import RuleError, UsageError
from pipeline_cli.domain.record import NamedTuple

CHECK_IN, RENEWAL = "check_in", "renewal"
FOLLOW_UPS = (CHECK_IN, RENEWAL)
WORDS = {CHECK_IN: "check-in", RENEWAL: "renewal"}
"""Kind -> what people call it, which is the name of its option too."""
_USUAL = {CHECK_IN: "90d", RENEWAL: "12m"}
"""Kind -> the time ahead that is printed where one is to be set."""
SHOWN_DAYS = {CHECK_IN: 7, RENEWAL: 30}
"""How many days before it is due `today` begins to show it: a renewal takes a talk, an offer and a signature."""


class FollowUp(NamedTuple):
    """One renewal or check-in of a won deal."""

    kind: str
    due: date
    set_at: datetime
    closed_at: datetime | None
    done: bool

    @property
    def is_open(self) -> bool:
        return self.closed_at is None

    @property
    def words(self) -> str:
        return f"{WORDS[self.kind]} of {self.due}"


class DueFollowUp(NamedTuple):
    """One that is open, and the deal it belongs to."""

    deal_id: int
    kind: str
    due: date


def next_due(follow_ups: Sequence[FollowUp]) -> FollowUp | None:
    """The open one that comes first."""
    return min((one for one in follow_ups if one.is_open), key=lambda one: (one.due, one.kind), default=None)


def read_due(kind: str, text: str, today: date) -> date:
    """The day of a renewal or check-in as typed. Raises UsageError for one that is past."""
    from pipeline_cli.domain.dates import parse_date  # not for every command that writes

    day = parse_date(text, today)
    if day < today:
        raise UsageError(f"--{WORDS[kind]} {day}: is past (today is {today}): give the day it is due.")
    return day


def read_typed(check_in: str | None, renewal: str | None, today: date) -> dict[str, date | None]:
    """Kind -> day, of the options that were given; None: an empty one, which takes the date away."""
    typed = {CHECK_IN: check_in, RENEWAL: renewal}
    return {kind: read_due(kind, text, today) if text.strip() else None
            for kind, text in typed.items() if text is not None}  # fmt: skip


def plan_done(facts: DealFacts, follow_ups: Sequence[FollowUp]) -> FollowUp | None:
    """The one that `done` closes on a won deal; None: its next step, which is due no later.

    Raises RuleError when nothing is open.
    """
    first, due = next_due(follow_ups), facts.next_step_due
    if first is None and due is None:
        raise RuleError(
            f"Deal {facts.id} is won and has no next step, check-in or renewal: "
            f"`pipeline edit {facts.id} --check-in 90d` sets one."
        )
    return None if due is not None and (first is None or due <= first.due) else first


def describe_done(
    facts: DealFacts, closed: FollowUp | None, follow_ups: Sequence[FollowUp], today: date, program: str
) -> list[str]:
    """What is said of what `done` closed: what else is due, and of a follow-up the command that plans the same again."""
    from pipeline_cli.domain.dates import add_months

    deal_id = facts.id
    lines = [f"Done: {facts.next_step if closed is None else closed.words}."]
    rest = next_due([one for one in follow_ups if one != closed])
    if closed is not None and facts.next_step_due is not None and (rest is None or facts.next_step_due <= rest.due):
        lines.append(f"Still to come: {facts.next_step}, due {facts.next_step_due}.")
    elif rest is not None:
        lines.append(f"Still to come: {rest.words}.")
    if closed is None:
        return lines
    if closed.kind == RENEWAL:
        again = max(add_months(closed.due, 12), today)
        lines.append(f"If it runs for another year: {program} edit {deal_id} --renewal {again}")
    else:
        lines.append(f"The next one: {program} edit {deal_id} --check-in 90d")
    return lines


def refuse_unless_won(deal_id: int, status: str, kind: str) -> None:
    """Raises RuleError for a deal that was not sold."""
    if status != "won":
        word = WORDS[kind]
        how = f"`pipeline win {deal_id} --{word} {_USUAL[kind]}`" if status == "open" else f"`pipeline show {deal_id}`"
        raise RuleError(
            f"Deal {deal_id} is {status}: a {word} belongs to a won deal, so nothing was changed. {how} "
            f"{'sets it with the win' if status == 'open' else 'tells what became of it'}."
        )
