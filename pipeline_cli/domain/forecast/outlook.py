"""What the open deals will bring: by deal, by period, within the horizon, and what if one were won, lost or changed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import TYPE_CHECKING

from pipeline_cli.domain.deal.deal import DealFacts
from pipeline_cli.domain.forecast.distribution import Bet, Spread, spread
from pipeline_cli.domain.playbook import Quota
from pipeline_cli.domain.record import NamedTuple
from pipeline_cli.domain.rules.scored_deal import ScoredDeal
from pipeline_cli.domain.words.dates import period_name, periods_from
from pipeline_cli.domain.words.text import counted

if TYPE_CHECKING:
    from pipeline_cli.domain.forecast.dating import DateSense, Share
    from pipeline_cli.domain.forecast.timed import DealChance, TimedForecast

METHODS = ("timed", "stage", "configured")


class OpenDeal(NamedTuple):
    """A scored deal, and what a method says of its chance."""

    scored: ScoredDeal
    p_win: float
    """In the end, 0 to 1: its own when set by hand, else what the method says."""
    p_win_by_horizon: float | None
    """None: the method knows no time."""
    amount_cents: int
    """What it counts as within the horizon: its value, or else, where the method has one, the usual amount."""
    p_configured: float
    """That of its stage in pipeline.yaml, or its own."""
    why: str
    never_seen_won: bool = False
    """History knows no deal that was won after so long, or from its stage."""
    stays_longest: bool = False
    """So long in its stage, or from it: not of its age alone."""
    share: Share | None = None
    """When it comes, if it does; None: the method knows no time."""

    def won_by(self, days: int) -> float:
        """P(won within so many days), for a method that knows time."""
        return self.p_win if self.share is None or self.p_win >= 1 else self.p_win * self.share(days)

    @property
    def weighted_cents(self) -> float:
        """value × p_win; 0 without a value."""
        return (self.scored.home_cents or 0) * self.p_win

    @property
    def p_counted(self) -> float:
        """Its chance within the horizon; where the method knows no time, in the end."""
        return self.p_win if self.p_win_by_horizon is None else self.p_win_by_horizon

    @property
    def is_set_by_hand(self) -> bool:
        """Its chance or its category was given by a person."""
        return self.scored.facts.probability is not None or self.scored.facts.category is not None


def weigh_open_deals(
    deals: Iterable[ScoredDeal], method: str, timed: TimedForecast | None = None, sense: DateSense | None = None
) -> list[OpenDeal]:
    """`timed` is there for the method of that name, `sense` where it is asked when deals come. A deal in a stage that
    pipeline.yaml no longer has gets 0."""
    chances = {chance.id: chance for chance in timed.deals} if timed else {}
    weighed = []
    for deal in deals:
        stage, chance, own = deal.stage, chances.get(deal.facts.id), deal.facts.probability
        configured = stage.probability if stage else 0.0
        if method == "timed":
            p_win, soon = (chance.p_win, chance.p_win_by_horizon) if chance and stage else (0.0, 0.0)
        else:
            p_win, soon = configured if method == "configured" else deal.chance_of_stage, None
        if own is not None:
            p_win, soon, configured = own, _own_soon(own, p_win, soon), own
        usual = timed.usual_amount_cents if timed else 0
        weighed.append(
            OpenDeal(
                deal,
                p_win,
                soon,
                usual if deal.home_cents is None else deal.home_cents,
                configured,
                _reason(deal.facts, stage.name if stage else None, chance, timed),
                bool(timed and timed.wins and chance and chance.never_seen_won and not _is_undated(deal.facts, chance)),
                bool(chance and chance.stays_longest and chance.stage_seen),
                _share(deal.facts, timed, sense) if timed and sense else None,
            )
        )
    return weighed


def _share(facts: DealFacts, timed: TimedForecast, sense: DateSense) -> Share:
    """A deal of which no stay is known may come at any time up to its date, or else never in time."""
    from pipeline_cli.domain.forecast.dating import share_of

    run = timed.model.run_of(facts.id)
    due = None if facts.expected_close is None else facts.expected_close.toordinal()
    return share_of(timed.model, run, due, timed.as_of, sense) if run else _never


def _never(_: int) -> float:
    return 0.0


def _own_soon(own: float, p_win: float, soon: float | None) -> float | None:
    """own × by horizon ÷ in the end: how likely, a person says; how soon, history."""
    return None if soon is None else own * (soon / p_win) if p_win else 0.0


def _is_undated(facts: DealFacts, chance: DealChance) -> bool:
    """Neither when it came nor when it came to its stage is known: its days count from a day that was made up."""
    return facts.created_inferred and not chance.stage_seen


def _reason(facts: DealFacts, stage: str | None, chance: DealChance | None, timed: TimedForecast | None) -> str:
    """Why the deal has its chance, in words: `41 days in Proposal (won: 9)`."""
    if facts.probability is not None:
        return "set by hand"
    if stage is None:
        return "its stage is not in pipeline.yaml"
    if timed is None or chance is None:
        return f"in {stage}"
    stay = f"{counted(chance.days_in_stage, 'day')} in {stage}" if chance.days_in_stage else f"new in {stage}"
    if not chance.stage_seen:
        old = "" if facts.created_inferred else f"{counted(chance.days_in_stage, 'day')} old, "
        stay = f"{old}in {stage} since nobody knows when"
    if timed.model.is_a_guess:
        return f"{stay} (as configured)"
    if not timed.wins:
        return f"{stay} (none was won yet)"
    if chance.usual_days is None:
        return f"{stay} (none won from here yet)"
    if chance.never_seen_won and not _is_undated(facts, chance):
        return f"{stay} (won: never so long)"
    return f"{stay} (won{':' if chance.stage_seen else ' in'} {chance.usual_days:.0f})"


MOST_PERIODS = 60
"""Five years of months: a close date beyond stands with those that have none."""

Ranging = Callable[[Sequence[Bet], int, int], Spread]
"""(deals, days ahead, minor units that are certain) -> the distribution of what comes."""


class PeriodOutlook(NamedTuple):
    """One period. Money in minor units of the file's currency; `expected` and the range include what is won."""

    period: str
    won_cents: int
    commit_cents: int
    best_case_cents: int
    expected_cents: float
    p10: int
    p50: int
    p90: int
    quota_cents: int | None
    chance: float | None
    """Of reaching the quota, 0 to 1."""
    deals: int


class Horizon(NamedTuple):
    """All open deals together, whatever their dates."""

    days: int
    until: date
    open_deals: int
    open_value_cents: int
    expected_cents: float
    expected_wins: float
    p10: int
    p50: int
    p90: int
    stage_weighted_cents: float
    configured_cents: float


class Unscheduled(NamedTuple):
    """Open deals of which something is expected that stands in no period, for one reason."""

    reason: str
    """omitted | no_value | no_close_date | past_close_date | far_close_date | later"""
    deals: int
    value_cents: int
    weighted_cents: float
    """What is expected of them and stands in no period."""
    ids: tuple[int, ...]


class Outlook(NamedTuple):
    """What the open deals will bring: by period, within the horizon, and those without a date."""

    periods: tuple[PeriodOutlook, ...]
    horizon: Horizon
    unscheduled: tuple[Unscheduled, ...]
    parts: Mapping[str, Sequence[tuple[OpenDeal, float]]]
    """Period -> the open deals that count in it, each with its chance of being won in it."""
    last: date
    """A day of the last period."""


class Question(NamedTuple):
    """What is asked of the open deals, and by which days."""

    today: date
    per: str
    """week | month | quarter | year"""
    days: int
    """The horizon."""
    quota: Quota | None
    ranging: Ranging


def independent(bets: Sequence[Bet], _: int, certain_cents: int) -> Spread:
    """The range of the methods that know no luck common to all deals."""
    return spread(bets, certain_cents)


def look_ahead(
    deals: Sequence[OpenDeal], won_on: Mapping[date, int], asked: Question, until: date | None = None
) -> Outlook:
    """`won_on`: day -> minor units won that day, from the beginning of the running period. The periods run to that of the
    last close date, and at least to that of `until`."""
    scheduled, aside = split_unscheduled(deals, asked.today, asked.per)
    dates = [deal.scored.facts.expected_close or asked.today for deal in scheduled]
    last = max([asked.today, until or asked.today, *dates])
    spans = list(periods_from(asked.today, last, asked.per))
    timed = [deal for deal in deals if deal.share is not None]
    shares = (
        _by_time([*scheduled, *(deal for reason in _BY_TIME for deal in aside[reason])], spans, asked.today)
        if timed
        else _by_date(scheduled, spans)
    )
    periods = tuple(
        _period_of(span, scheduled, parts, won_on, asked) for span, parts in zip(spans, shares, strict=True)
    )
    parts = {row.period: tuple(parts) for row, parts in zip(periods, shares, strict=True)}
    return Outlook(periods, within_horizon(deals, asked), _sum_unscheduled(scheduled, aside, parts), parts, last)


_BY_TIME = ("past_close_date", "no_close_date", "far_close_date")
"""What a close date cannot place, and time can."""


def _by_date(scheduled: Sequence[OpenDeal], spans: Sequence[tuple[date, date]]) -> list[list[tuple[OpenDeal, float]]]:
    """Each deal in the period of its close date, once, with its chance in the end: so periods add up to the whole."""
    return [
        [(deal, deal.p_win) for deal in scheduled if start <= (deal.scored.facts.expected_close or start) <= end]
        for start, end in spans
    ]


def _by_time(
    deals: Sequence[OpenDeal], spans: Sequence[tuple[date, date]], today: date
) -> list[list[tuple[OpenDeal, float]]]:
    """Each deal in every period, with the chance that it is won in that one: so they add up to its chance by the last."""
    before = [0.0] * len(deals)
    parts = []
    for _, end in spans:
        by_then = [deal.won_by((end - today).days) for deal in deals]
        chances = [max(0.0, later - sooner) for sooner, later in zip(before, by_then, strict=True)]
        parts.append([(deal, chance) for deal, chance in zip(deals, chances, strict=True) if chance > 0])
        before = by_then
    return parts


def split_unscheduled(
    deals: Sequence[OpenDeal], today: date, per: str
) -> tuple[list[OpenDeal], dict[str, list[OpenDeal]]]:
    """Deals that a period can hold, and the others by reason; each deal stands in one place."""
    scheduled: list[OpenDeal] = []
    aside: dict[str, list[OpenDeal]] = {
        reason: [] for reason in ("past_close_date", "no_close_date", "no_value", "omitted", "far_close_date")
    }
    last = _last_day(today, per)
    for deal in deals:
        due = deal.scored.facts.expected_close
        if deal.scored.category == "omitted":
            aside["omitted"].append(deal)
        elif deal.scored.home_cents is None:
            aside["no_value"].append(deal)
        elif due is None:
            aside["no_close_date"].append(deal)
        elif due < today:
            aside["past_close_date"].append(deal)
        elif due > last:
            aside["far_close_date"].append(deal)
        else:
            scheduled.append(deal)
    return scheduled, aside


def _last_day(today: date, per: str) -> date:
    periods = periods_from(today, date.max, per)
    return [next(periods)[1] for _ in range(MOST_PERIODS)][-1]


def _period_of(
    span: tuple[date, date],
    scheduled: Sequence[OpenDeal],
    parts: Sequence[tuple[OpenDeal, float]],
    won_on: Mapping[date, int],
    asked: Question,
) -> PeriodOutlook:
    start, end = span
    due = [deal for deal in scheduled if start <= (deal.scored.facts.expected_close or asked.today) <= end]
    won = sum(cents for day, cents in won_on.items() if start <= day <= end)
    target = asked.quota.falls_to(asked.per) if asked.quota else None
    bets = [Bet(deal.scored.home_cents or 0, chance) for deal, chance in parts]
    total = asked.ranging(bets, (end - asked.today).days + 1, won)
    return PeriodOutlook(
        period=period_name(start, asked.per),
        won_cents=won,
        commit_cents=_value(due, "commit"),
        best_case_cents=_value(due, "best_case"),
        expected_cents=total.mean_cents,
        p10=total.p10,
        p50=total.p50,
        p90=total.p90,
        quota_cents=target,
        chance=None if target is None else total.chance_of(target),
        deals=len(due),
    )


def _value(deals: Sequence[OpenDeal], category: str) -> int:
    return sum(deal.scored.home_cents or 0 for deal in deals if deal.scored.category == category)


def bets_within(deals: Sequence[OpenDeal]) -> list[Bet]:
    """What each open deal but the omitted ones may bring within the horizon."""
    return [Bet(deal.amount_cents, deal.p_counted) for deal in deals if deal.scored.category != "omitted"]


def within_horizon(deals: Sequence[OpenDeal], asked: Question) -> Horizon:
    """All open deals but the omitted ones, with the two classic sums beside."""
    counted = [deal for deal in deals if deal.scored.category != "omitted"]
    total = asked.ranging(bets_within(deals), asked.days, 0)
    return Horizon(
        days=asked.days,
        until=asked.today + timedelta(days=asked.days),
        open_deals=len(counted),
        open_value_cents=sum(deal.scored.home_cents or 0 for deal in counted),
        expected_cents=total.mean_cents,
        expected_wins=sum(deal.p_counted for deal in counted),
        p10=total.p10,
        p50=total.p50,
        p90=total.p90,
        stage_weighted_cents=sum((deal.scored.home_cents or 0) * deal.scored.chance_of_stage for deal in counted),
        configured_cents=sum((deal.scored.home_cents or 0) * deal.p_configured for deal in counted),
    )


def _sum_unscheduled(
    scheduled: Sequence[OpenDeal],
    aside: Mapping[str, Sequence[OpenDeal]],
    parts: Mapping[str, Sequence[tuple[OpenDeal, float]]],
) -> tuple[Unscheduled, ...]:
    """What is expected of the deals beyond what the periods hold; `later`: of those that have a date in one."""
    placed: dict[int, float] = {}
    for of_period in parts.values():
        for deal, chance in of_period:
            number = deal.scored.facts.id
            placed[number] = placed.get(number, 0.0) + chance
    later = [deal for deal in scheduled if deal.p_win - placed.get(deal.scored.facts.id, 0.0) > _NOTHING]
    return tuple(
        Unscheduled(
            reason,
            len(deals),
            sum(deal.scored.home_cents or 0 for deal in deals),
            sum(
                (deal.scored.home_cents or 0) * max(0.0, deal.p_win - placed.get(deal.scored.facts.id, 0.0))
                for deal in deals
            ),
            tuple(deal.scored.facts.id for deal in deals),
        )
        for reason, deals in {**aside, "later": later}.items()
    )


_NOTHING = 1e-9


class Changes(NamedTuple):
    """By the number of the deal."""

    without: frozenset[int] = frozenset()
    won: frozenset[int] = frozenset()
    values: Mapping[int, int] = {}
    """Minor units of the file's currency."""

    @property
    def deals(self) -> set[int]:
        """All that are changed, by number."""
        return {*self.without, *self.won, *self.values}


class Effect(NamedTuple):
    """One period, or the horizon, before and after."""

    what: str
    """`2026-11`, or `30 days`"""
    before: PeriodOutlook | Horizon | None
    """None: the period holds no deal but for the change."""
    after: PeriodOutlook | Horizon | None


def imagine(deals: Sequence[OpenDeal], changes: Changes, today: date) -> list[OpenDeal]:
    """The deals as they would be; one that is won closes today, for certain. Chances of the others stay."""
    imagined = []
    for deal in deals:
        number, scored = deal.scored.facts.id, deal.scored
        if number in changes.without:
            continue
        new, facts = deal, scored.facts
        if number in changes.values:
            cents = changes.values[number]
            facts = facts._replace(value_cents=cents, currency=scored.by.playbook.currency)
            new = new._replace(amount_cents=cents)
        if number in changes.won:
            sure = None if deal.p_win_by_horizon is None else 1.0
            category = "pipeline" if scored.category == "omitted" else facts.category
            facts = facts._replace(expected_close=today, category=category)
            new = new._replace(p_win=1.0, p_win_by_horizon=sure)
        imagined.append(new._replace(scored=ScoredDeal(facts, scored.by)))
    return imagined


def effects(before: Outlook, after: Outlook) -> list[Effect]:
    """The horizon, then each period that changes."""
    old = {row.period: row for row in before.periods}
    new = {row.period: row for row in after.periods}
    periods = [Effect(name, old.get(name), new.get(name)) for name in sorted({*old, *new})]
    horizon = Effect(f"{before.horizon.days} days", before.horizon, after.horizon)
    return [horizon, *(period for period in periods if period.before != period.after)]
