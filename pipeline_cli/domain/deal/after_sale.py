"""What a won deal still asks for and brings: check-ins, renewals, growth, and customers over all they bought."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime

from pipeline_cli.domain.deal.deal import DealFacts, DealRecord, PlannedStep
from pipeline_cli.domain.deal.edits import AddDeal
from pipeline_cli.domain.deal.steps import step_in_words
from pipeline_cli.domain.errors import RuleError, UsageError
from pipeline_cli.domain.record import NamedTuple
from pipeline_cli.domain.words.clock import Clock
from pipeline_cli.domain.words.names import normalise_organization

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
        """Whether it is still to come."""
        return self.closed_at is None

    @property
    def words(self) -> str:
        """As history says it: `renewal of 2026-12-01`."""
        return f"{WORDS[self.kind]} of {self.due}"


class DueFollowUp(NamedTuple):
    """One that is open, and the deal it belongs to."""

    deal_id: int
    kind: str
    due: date


def next_due(follow_ups: Sequence[FollowUp]) -> FollowUp | None:
    """The open one that comes first."""
    return min(
        (follow_up for follow_up in follow_ups if follow_up.is_open), key=lambda one: (one.due, one.kind), default=None
    )


def read_due(kind: str, text: str, today: date) -> date:
    """The day of a renewal or check-in as typed. Raises UsageError for one that is past."""
    from pipeline_cli.domain.words.dates import parse_date  # not for every command that writes

    day = parse_date(text, today)
    if day < today:
        raise UsageError(f"--{WORDS[kind]} {day}: is past (today is {today}): give the day it is due.")
    return day


def read_typed(check_in: str | None, renewal: str | None, today: date) -> dict[str, date | None]:
    """Kind -> day, of the options that were given; None: an empty one, which takes the date away."""
    typed = {CHECK_IN: check_in, RENEWAL: renewal}
    return {
        kind: read_due(kind, text, today) if text.strip() else None for kind, text in typed.items() if text is not None
    }


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
    facts: DealFacts,
    closed: FollowUp | None,
    follow_ups: Sequence[FollowUp],
    today: date,
    program: str,
    left: Sequence[PlannedStep] = (),
) -> list[str]:
    """What is said of what `done` closed: what else is due, and of a follow-up the command that plans the same again.

    `left`: the steps that are still open.
    """
    from pipeline_cli.domain.words.dates import add_months

    deal_id = facts.id
    lines = [f"Done: {facts.next_step if closed is None else closed.words}."]
    rest = next_due([follow_up for follow_up in follow_ups if follow_up != closed])
    if left and (rest is None or left[0].due <= rest.due):
        lines.append(f"Still to come: {step_in_words(left[0])}.")
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


def plan_growth(deal: AddDeal, origin: DealRecord, clock: Clock) -> AddDeal:
    """The new deal with organization, people, source and owner of the won one, where it brings none of its own.

    Raises RuleError for an origin that is not won, or was not won by then.
    """
    facts = origin.facts
    if facts.status != "won" or facts.closed_at is None:
        raise RuleError(
            f"Deal {facts.id} is {facts.status}, not won: nothing grows out of it yet. Leave --from away"
            + (f", or `pipeline win {facts.id}` first." if facts.status == "open" else ".")
        )
    if clock.day(deal.created_at) < clock.day(facts.closed_at):
        raise RuleError(
            f"Deal {facts.id} was won on {clock.day(facts.closed_at)}: what grows out of it begins on that day or "
            "later. Give a later --at."
        )
    return deal._replace(
        organization=deal.organization or facts.organization,
        source=deal.source or facts.source,
        owner=deal.owner or facts.owner,
        known_contacts=() if deal.contacts else tuple(contact.id for contact in origin.contacts),
        from_deal_id=facts.id,
    )


class WonDeal(NamedTuple):
    """A won deal as far as its customer goes."""

    id: int
    organization: str | None
    contact_id: int | None
    """The first person of the deal."""
    value_cents: int | None
    currency: str
    won_at: datetime | None
    """None: no file says when."""
    source: str | None = None


class CustomerValue(NamedTuple):
    """One customer over all won deals of every pipeline; money in minor units of the file's currency."""

    won_deals: int
    won_value_cents: int
    first_won_at: datetime | None
    """Of those of which it is known when, as in all that follows."""
    last_won_at: datetime | None
    by_year: Mapping[int, int]
    """Year of winning -> minor units."""


Key = tuple[str, str | int]
_FIRST_LETTER = re.compile(r"[\w&+]")


def customer_of(organization: str | None, contact_id: int | None, deal_id: int) -> Key:
    """Who buys: the organization, case, accents and legal form aside; else the first person; else the deal alone."""
    if organization and organization.strip():
        return "organization", normalise_organization(organization)
    return ("deal", deal_id) if contact_id is None else ("contact", contact_id)


def count_customers(deals: Iterable[WonDeal]) -> int:
    """How many different customers they have."""
    # Who bought often is named often, and reading a name takes 10 microseconds.
    each = {(deal.organization or "").strip() or (deal.contact_id, deal.id): deal for deal in deals}
    return len({customer_of(deal.organization, deal.contact_id, deal.id) for deal in each.values()})


def value_of_customer(
    key: Key, deals: Sequence[WonDeal], convert: Callable[[int, str], int], year_of: Callable[[datetime], int]
) -> CustomerValue | None:
    """What one customer has brought; None: nothing was won yet. A won deal without a value counts as a deal alone."""
    theirs = [
        deal for deal in deals if _may_be(key, deal) and customer_of(deal.organization, deal.contact_id, deal.id) == key
    ]
    if not theirs:
        return None
    worth = [0 if deal.value_cents is None else convert(deal.value_cents, deal.currency) for deal in theirs]
    dated = sorted((deal.won_at, cents) for deal, cents in zip(theirs, worth, strict=True) if deal.won_at is not None)
    by_year: dict[int, int] = {}
    for won_at, cents in dated:
        by_year[year_of(won_at)] = by_year.get(year_of(won_at), 0) + cents
    first, last = (dated[0][0], dated[-1][0]) if dated else (None, None)
    return CustomerValue(len(theirs), sum(worth), first, last, by_year)


def _may_be(key: Key, deal: WonDeal) -> bool:
    """Whether names begin alike, which is seen twenty times as fast as that they are; False is sure."""
    kind, name = key
    if kind != "organization" or not deal.organization or not deal.organization.isascii():
        return True
    first = _FIRST_LETTER.search(deal.organization)
    return first is None or str(name).startswith(first.group().casefold())
