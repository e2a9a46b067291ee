"""Where one's own touchpoints went, what came back, and how many open deals they can carry."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, time

from pipeline_cli.domain.lessons.exact import clopper_pearson
from pipeline_cli.domain.outcomes.history import percentile, share
from pipeline_cli.domain.record import NamedTuple

REPLY_DAYS = 14
"""A reply comes within so many days, and before one writes or rings again."""
WEEKS = 12
"""Full weeks, Monday to Sunday, that say how many touchpoints are usual."""
ENOUGH = 5
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_WITHOUT_TIME = (time(), time(12))
"""How a day is kept of which nobody gave the hour."""


class Spent(NamedTuple):
    """Touchpoints of ours alike in something."""

    touches: int
    conversations: int
    judged: int
    """Of those that say they were ours, and are old enough for a reply to have come."""
    answered: int
    """Of the judged ones: conversations, and those a reply came to."""
    replied: int
    """Of the judged ones, those a reply came to."""
    on_closed: int
    """On deals that are closed."""
    for_nothing: int
    """On deals that were lost or disqualified."""

    def plus(self, other: Spent) -> Spent:
        """Both together."""
        return Spent(*(one + two for one, two in zip(self, other, strict=True)))


NOTHING = Spent(0, 0, 0, 0, 0, 0, 0)


class EffortRow(NamedTuple):
    """One kind, source, stage, weekday or hour."""

    of: str
    value: str | None
    """None: not known."""
    spent: Spent
    knows_replies: bool
    """Whether any touchpoint of ours is followed by one of theirs: else nobody keeps what comes back."""

    @property
    def reply_rate(self) -> float | None:
        """answered ÷ judged, 0 to 1."""
        return share(self.spent.answered, self.spent.judged) if self.knows_replies else None

    @property
    def interval(self) -> tuple[float | None, float | None]:
        """Of the reply rate, exact, 95 %."""
        known = self.knows_replies and self.spent.judged
        return clopper_pearson(self.spent.answered, self.spent.judged) if known else (None, None)

    @property
    def wasted(self) -> float | None:
        """Of those on closed deals, the share on lost and disqualified ones."""
        return share(self.spent.for_nothing, self.spent.on_closed)


def sum_by(of: str, parts: Sequence[tuple[str | None, Spent]], *, knows_replies: bool) -> list[EffortRow]:
    """A row for each value, those with the most touchpoints first, of what is not known last."""
    sums: dict[str | None, Spent] = {}
    for value, spent in parts:
        sums[value] = sums.get(value, NOTHING).plus(spent)
    ordered = sorted(sums, key=lambda value: (value is None, -sums[value].touches, value or ""))
    return [EffortRow(of, value, sums[value], knows_replies) for value in ordered]


def by_weekday(parts: Sequence[tuple[date, Spent]], *, knows_replies: bool) -> list[EffortRow]:
    """Monday first."""
    rows = sum_by("weekday", [(WEEKDAYS[day.weekday()], one) for day, one in parts], knows_replies=knows_replies)
    return sorted(rows, key=lambda row: WEEKDAYS.index(str(row.value)))


def by_hour(parts: Sequence[tuple[time, Spent]], *, knows_replies: bool) -> list[EffortRow]:
    """Midnight first; days without a time have no hour."""
    hours = [(f"{at.hour:02}", one) for at, one in parts if at not in _WITHOUT_TIME]
    return sorted(sum_by("hour", hours, knows_replies=knows_replies), key=lambda row: str(row.value))


class Waste(NamedTuple):
    """Touchpoints of ours by what became of the deal."""

    won: int = 0
    lost: int = 0
    disqualified: int = 0
    never_qualified: int | None = None
    """Of those on lost and disqualified deals, those on deals that never passed the stage which asks for qualification;
    None: no stage does."""
    open: int = 0

    @property
    def closed(self) -> int:
        """On closed deals."""
        return self.won + self.lost + self.disqualified

    @property
    def for_nothing(self) -> int:
        """On those of them that were not won."""
        return self.lost + self.disqualified


def sum_waste(counts: Mapping[tuple[str, bool], int], *, asks: bool) -> Waste:
    """`counts` by status and whether the deal passed the stage that asks for qualification, if one `asks`."""
    by_status = {status: sum(n for (one, _), n in counts.items() if one == status) for status, _ in counts}
    never = sum(n for (status, passed), n in counts.items() if status in ("lost", "disqualified") and not passed)
    return Waste(
        by_status.get("won", 0),
        by_status.get("lost", 0),
        by_status.get("disqualified", 0),
        never if asks else None,
        by_status.get("open", 0),
    )


def add_waste(parts: Sequence[Waste]) -> Waste:
    """Of several pipelines together."""
    asked = [part.never_qualified for part in parts if part.never_qualified is not None]
    return Waste(
        sum(part.won for part in parts),
        sum(part.lost for part in parts),
        sum(part.disqualified for part in parts),
        sum(asked) if asked else None,
        sum(part.open for part in parts),
    )


class StageWork(NamedTuple):
    """What one stage took, and takes."""

    stage: str
    open_deals: int
    """In it now, snoozed ones not counted."""
    won_deals: int
    """Won deals that stayed in it, arrival and leaving known."""
    won_weeks: float
    """That they stayed in it, all together."""
    won_touches: int
    """Of ours in that time."""
    recent_touches: int
    """Of ours on deals that stood in it, in the full weeks looked at."""


class StageCapacity(NamedTuple):
    """How many open deals one stage can carry."""

    stage: str
    open_deals: int
    wip_limit: int | None
    won_deals: int
    touches_per_deal_week: float | None
    """What won deals took; None: too few of them, or less than a week altogether."""
    touches_per_week: float
    """Mean of the full weeks looked at."""
    needs: float | None
    """Touchpoints a week that the open deals in it would take at the pace of the won ones."""
    needs_at_limit: float | None
    """The same of as many deals as its wip_limit allows."""
    carries: int | None = None
    """Of the deals that all touchpoints of a week carry, spread as they are now, those in this stage."""


class Capacity(NamedTuple):
    """How many open deals one's own touchpoints a week can carry; of the stages whose need is known."""

    weeks: int
    touches_per_week: float | None
    """Median; None: no full week is on record."""
    stages: Sequence[StageCapacity]
    open_deals: int
    needs: float
    """Touchpoints a week that these would take."""
    carries: int | None
    """Open deals that the usual touchpoints are enough for, spread over the stages as they are now."""
    deals_at_limit: int
    """In stages that have a wip_limit."""
    needs_at_limit: float


def weigh_capacity(work: Sequence[StageWork], by_week: Sequence[int], limits: Mapping[str, int | None]) -> Capacity:
    """`by_week`: touchpoints of ours in each of the full weeks looked at; `limits`: stage -> its wip_limit."""
    weeks = len(by_week)
    usual = percentile(sorted(by_week), 0.5)
    stages = []
    for one in work:
        need = one.won_touches / one.won_weeks if one.won_deals >= ENOUGH and one.won_weeks >= 1 else None
        limit = limits.get(one.stage)
        recent = one.recent_touches / weeks if weeks else 0.0
        needs = None if need is None else one.open_deals * need
        full = None if need is None or limit is None else limit * need
        stages.append(StageCapacity(one.stage, one.open_deals, limit, one.won_deals, need, recent, needs, full))
    known = [one for one in stages if one.needs is not None]
    needed = sum(one.needs or 0 for one in known)
    ratio = usual / needed if usual is not None and needed else None
    deals = sum(one.open_deals for one in known)
    limited = [one for one in known if one.needs_at_limit is not None]
    return Capacity(
        weeks,
        usual,
        [one._replace(carries=_scaled(one.open_deals, ratio)) if one in known else one for one in stages],
        deals,
        needed,
        _scaled(deals, ratio),
        sum(one.wip_limit or 0 for one in limited),
        sum(one.needs_at_limit or 0 for one in limited),
    )


def _scaled(deals: int, ratio: float | None) -> int | None:
    return None if ratio is None else round(deals * ratio)
