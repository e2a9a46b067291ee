"""Findings on deals: what stands in the pipeline now, what is beyond the past, and where the work goes."""

from __future__ import annotations

from pipeline_cli.domain.deal.touch_sense import usual_kind
from pipeline_cli.domain.findings.finding import (
    Finding,
    Found,
    Situation,
    Unjudged,
    ids_of,
    is_or_are,
    some_of,
    value_of,
    working_in,
)
from pipeline_cli.domain.outcomes.flow import EFFORT_DAYS, ENOUGH, QUARTER_DAYS, YEAR_DAYS, Quarter
from pipeline_cli.domain.record import NamedTuple
from pipeline_cli.domain.rules.prune import KEPT, WAIT
from pipeline_cli.domain.rules.scored_deal import ScoredDeal
from pipeline_cli.domain.words.shell import command_line
from pipeline_cli.domain.words.text import counted

CROWDED_SHARE = 1 / 3
CROWDED_FROM = 3
"""A third of two deals is no crowd."""
_DEAREST = ", the dearest first"


def over_capacity(situation: Situation) -> Found:
    """A stage above its wip_limit; snoozed deals are not work in progress."""
    for row in situation.stages:
        working = row.deals - row.snoozed
        if row.wip_limit is not None and working > row.wip_limit:
            longest = sorted(working_in(situation, row.stage), key=lambda deal: (-deal.idle_days, deal.facts.id))
            yield Finding(
                "over_capacity",
                row.stage,
                working,
                value_of(longest),
                f"{row.name} holds {counted(working, 'deal')} awake, {working - row.wip_limit} above its limit of "
                f"{row.wip_limit}.",
                f"Finish or drop some before adding more: `pipeline list stage={row.stage} --sort -idle` shows the quiet "
                f"ones first: {some_of(ids_of(longest), 3)}.",
                {"deals": working, "wip_limit": row.wip_limit, "ids": ids_of(longest)},
            )


def crowded_close(situation: Situation) -> Found:
    """The last stage above its wip_limit, or with more than a third of all open deals."""
    last = situation.pipeline.stages[-1]
    deals = working_in(situation, last.id)
    working = [deal for deal in situation.open_deals if not deal.snoozed]
    part = len(deals) / len(working) if working else 0.0
    over_limit = last.wip_limit is not None and len(deals) > last.wip_limit
    is_crowd = len(deals) >= CROWDED_FROM and part > CROWDED_SHARE and len(situation.pipeline.stages) > 1
    if over_limit or is_crowd:
        by_value = sorted(deals, key=lambda deal: (-deal.weighted_cents, deal.facts.id))
        yield Finding(
            "crowded_close",
            last.id,
            len(deals),
            value_of(deals),
            f"{len(deals):,} of {counted(len(working), 'open deal')} stand in {last.name} at once.",
            f"Close them one after the other{_DEAREST if value_of(deals) else ''}: {some_of(ids_of(by_value), 3)}.",
            {
                "deals": len(deals),
                "open_deals": len(working),
                "share": part,
                "wip_limit": last.wip_limit,
                "limit": CROWDED_SHARE,
                "ids": ids_of(by_value),
            },
        )


def untouched_plan(situation: Situation) -> Found:
    """Open deals without a next step, or with one that is overdue."""
    without = [deal for deal in situation.open_deals if deal.has("no_next_step")]
    late = [deal for deal in situation.open_deals if deal.has("overdue")]
    if not without and not late:
        return
    deals = sorted([*without, *late], key=lambda deal: (-deal.weighted_cents, deal.facts.id))
    begin = "Begin with the dearest" if value_of(deals) else "Begin with one"
    first = deals[0].facts.id
    command = f'`pipeline next {first} tomorrow "Call"`'
    if deals[0].has("overdue"):
        command = f"`pipeline next {first} tomorrow` if that is still to be done, `pipeline done {first}` if it was"
    said = [f"{counted(len(without), 'open deal')} without a next step"] if without else []
    if late:
        said.append(
            f"{len(late):,} with one that is overdue"
            if without
            else f"{counted(len(late), 'open deal')} with an overdue next step"
        )
    yield Finding(
        "untouched_plan",
        None,
        len(deals),
        value_of(deals),
        f"{', '.join(said)}.",
        f"{begin}: {command}; `pipeline list flag=no_next_step,overdue` shows all.",
        {
            "no_next_step": len(without),
            "overdue": len(late),
            "open_deals": len(situation.open_deals),
            "ids": ids_of(deals),
        },
    )


def dead_weight(situation: Situation) -> Found:
    """The open deals that prune would take on: the win rate reads too high until they are closed."""
    dead = [candidate.deal for candidate in situation.prune if candidate.step not in (KEPT, WAIT)]
    warned = sum(candidate.step == WAIT for candidate in situation.prune)
    if not dead:
        return
    value, total = value_of(dead), value_of(situation.open_deals)
    part = len(dead) / len(situation.open_deals)
    rate = situation.totals.win_rate
    closed = situation.totals.won_deals + situation.totals.lost_deals
    after = situation.totals.won_deals / (closed + len(dead)) if closed else None
    now, then = (None if one is None else f"{one:.0%}" for one in (rate, after))
    tail = ""
    if then is not None and now != then:
        tail = f"; the win rate reads {now} and would be {then}" if now else f"; with them lost the win rate is {then}"
    yield Finding(
        "dead_weight",
        None,
        len(dead),
        value,
        f"{len(dead):,} of {counted(len(situation.open_deals), 'open deal')} ({part:.0%}) {is_or_are(len(dead))} dead by "
        f"your own rules{tail}." + (f" {counted(warned, 'more deal')} got a last chance." if warned else ""),
        f"`pipeline prune` shows each with its reason; the dearest: {some_of(ids_of(dead), 3)}.",
        {
            "share": part,
            "share_value": value / total if total else None,
            "win_rate": rate,
            "win_rate_after": after,
            "ids": ids_of(dead),
        },
    )


WORTH_SAYING = 0.2
"""Of what a usual quarter brings."""
STEADYING = 5
"""Deals of the usual win rate that are added to a quarter's, so that a few lucky ones do not make it the best."""


def out_of_history(situation: Situation) -> Found:
    """Open deals older than any deal that was ever won; deals whose creation is inferred have no age."""
    if len(situation.cycles) < ENOUGH:
        if situation.open_deals:
            yield Unjudged("out_of_history", f"{len(situation.cycles)} of {ENOUGH} won deals")
        return
    longest = situation.cycles[-1]
    deals = [deal for deal in situation.open_deals if deal.age_days > longest and not deal.facts.created_inferred]
    if not deals:
        return
    deals.sort(key=lambda deal: (-deal.age_days, deal.facts.id))
    value, total = value_of(deals), value_of(situation.open_deals)
    yield Finding(
        "out_of_history",
        None,
        len(deals),
        value,
        f"{len(deals):,} of {counted(len(situation.open_deals), 'open deal')} {is_or_are(len(deals))} older than "
        f"any of {len(situation.cycles):,} won deals ever was ({longest:.0f} days).",
        f"Decide on the oldest, {some_of(ids_of(deals), 3)}: `pipeline show {deals[0].facts.id}`, then close it or set a "
        "next step.",
        {
            "longest_won_days": longest,
            "won": len(situation.cycles),
            "share": len(deals) / len(situation.open_deals),
            "share_value": value / total if total else None,
            "ids": ids_of(deals),
        },
    )


class Levers(NamedTuple):
    """What a quarter would bring more, in minor units, if one thing went as well as in the best of the last quarters."""

    leads_cents: float
    closing_cents: float
    usual_cents: float
    """Won in a usual quarter."""
    usual_new: float
    best_new: int
    usual_rate: float
    best_rate: float


def weigh_levers(situation: Situation) -> Levers | None:
    """None without two quarters of 5 closed deals each, 5 won cycles, some won value and a loss.

    More leads: (best − usual number of new deals) × win rate × average won value × the share of a quarter's new
    deals that its days leave time to win. More closing: usual number of closed deals × (best − usual win rate) ×
    average won value.
    """
    quarters, outcomes = situation.flow.quarters, situation.outcomes
    if not outcomes.lost[0]:
        return None
    full = [quarter for quarter in quarters if quarter.won + quarter.lost >= ENOUGH]
    if len(full) < 2 or len(situation.cycles) < ENOUGH or not outcomes.won_value_cents:
        return None
    closed = sum(quarter.won + quarter.lost for quarter in quarters)
    rate = sum(quarter.won for quarter in quarters) / closed
    best_rate = max(_steadied(one, rate) for one in full)
    usual_new, best_new = (
        sum(quarter.new for quarter in quarters) / len(quarters),
        max(quarter.new for quarter in quarters),
    )
    in_time = sum(max(0.0, 1 - cycle / QUARTER_DAYS) for cycle in situation.cycles) / len(situation.cycles)
    average = outcomes.won_value_cents / outcomes.won_valued
    return Levers(
        leads_cents=(best_new - usual_new) * in_time * rate * average,
        closing_cents=closed / len(quarters) * max(0.0, best_rate - rate) * average,
        usual_cents=closed / len(quarters) * rate * average,
        usual_new=usual_new,
        best_new=best_new,
        usual_rate=rate,
        best_rate=best_rate,
    )


def _steadied(quarter: Quarter, rate: float) -> float:
    return (quarter.won + STEADYING * rate) / (quarter.won + quarter.lost + STEADYING)


def more_leads_or_more_closing(situation: Situation) -> Found:
    """Which would raise the next quarter more: as many new deals, or as good a win rate, as in the best quarter."""
    levers = weigh_levers(situation)
    if levers is None:
        quarters = sum(quarter.won + quarter.lost >= ENOUGH for quarter in situation.flow.quarters)
        yield Unjudged("more_leads_or_more_closing", f"{quarters} of 2 quarters with {ENOUGH} closed deals")
        return
    if max(levers.leads_cents, levers.closing_cents) < WORTH_SAYING * levers.usual_cents:
        return
    currency = situation.playbook.currency
    leads = (
        f"as many new deals as in your best quarter ({levers.best_new:,} instead of {levers.usual_new:,.0f}) would "
        f"bring {levers.leads_cents / 100:,.0f} {currency} more"
    )
    closing = (
        f"closing as well as in your best ({levers.best_rate:.0%} instead of {levers.usual_rate:.0%}) "
        f"{levers.closing_cents / 100:,.0f}"
    )
    more_leads = levers.leads_cents > levers.closing_cents
    yield Finding(
        "more_leads_or_more_closing",
        None,
        0,
        round(max(levers.leads_cents, levers.closing_cents)),
        f"{'More leads' if more_leads else 'More closing'} would raise the next quarter more: {leads}, {closing}.",
        "`pipeline sources` shows which source to ask for more."
        if more_leads
        else "`pipeline funnel` shows the stage where most deals stop: work on that one.",
        {
            "choice": "more_leads" if more_leads else "more_closing",
            "more_leads": round(levers.leads_cents) / 100,
            "more_closing": round(levers.closing_cents) / 100,
            "usual_quarter": round(levers.usual_cents) / 100,
            "new_deals": levers.usual_new,
            "best_new_deals": levers.best_new,
            "win_rate": levers.usual_rate,
            "best_win_rate": levers.best_rate,
            "quarters": len(situation.flow.quarters),
            "ids": [],
        },
    )


WASTED_ABOVE = 1 / 3


def is_unqualified(deal: ScoredDeal, was_asked: bool) -> bool:
    """Answered so that it cannot qualify any more, or past the stage that requires qualification without it.

    `was_asked`: some open deal has an answer. Where none has, as after an import, only deals that were forced on count.
    """
    if deal.verdict.verdict == "unqualified" and deal.verdict.no:
        return True
    return deal.has("unqualified") and (was_asked or deal.has("criteria_gap"))


def unqualified_effort(situation: Situation) -> Found:
    """Over a third of last month's outgoing touchpoints went to unqualified or disqualified deals."""
    effort = situation.flow.effort
    if effort.total < ENOUGH:
        yield Unjudged("unqualified_effort", f"{effort.total} of {ENOUGH} touchpoints in {EFFORT_DAYS} days")
        return
    spent = effort.open_deals
    was_asked = any(deal.verdict.yes or deal.verdict.no for deal in situation.open_deals)
    deals = [deal for deal in situation.open_deals if deal.facts.id in spent and is_unqualified(deal, was_asked)]
    deals.sort(key=lambda deal: (-spent[deal.facts.id], deal.facts.id))
    on_them = sum(spent[deal.facts.id] for deal in deals)
    part = (on_them + effort.disqualified) / effort.total
    if part <= WASTED_ABOVE:
        if not was_asked and any(deal.has("unqualified") for deal in situation.open_deals):
            yield Unjudged("unqualified_effort", "no open deal has an answer to a qualification question")
        return
    first = deals[0].facts.id if deals else None
    yield Finding(
        "unqualified_effort",
        None,
        len(deals),
        value_of(deals),
        f"{on_them + effort.disqualified} of {effort.total} touchpoints of the last {EFFORT_DAYS} days ({part:.0%}) went "
        "to unqualified or disqualified deals.",
        "`pipeline list status=disqualified` shows them: leave them be."
        if first is None
        else f"Qualify them or let them go: `pipeline qualify {first}`; most went to {some_of(ids_of(deals), 3)}.",
        {
            "touchpoints": effort.total,
            "unqualified": on_them,
            "disqualified": effort.disqualified,
            "share": part,
            "limit": WASTED_ABOVE,
            "ids": ids_of(deals),
        },
    )


WASTED_FROM = 20
"""Touchpoints on closed deals: fewer are a few deals."""


def wasted_effort(situation: Situation) -> Found:
    """Over a third of a year's touchpoints on deals that are closed now went to some that never qualified."""
    spent, unqualified = situation.flow.spent_on_closed, situation.flow.spent_unqualified
    if unqualified is None:
        return
    if spent < WASTED_FROM:
        yield Unjudged("wasted_effort", f"{spent} of {WASTED_FROM} touchpoints on closed deals")
        return
    part = unqualified / spent
    if part <= WASTED_ABOVE:
        return
    yield Finding(
        "wasted_effort",
        None,
        0,
        None,
        f"{unqualified:,} of {spent:,} touchpoints of the last {YEAR_DAYS} days on deals that are closed now ({part:.0%}) "
        "went to deals that never qualified.",
        "Ask the qualification questions sooner: `pipeline lessons --effort` shows where the touchpoints went.",
        {"touchpoints": spent, "unqualified": unqualified, "share": part, "limit": WASTED_ABOVE, "ids": []},
    )


def slow_first_response(situation: Situation) -> Found:
    """New leads waiting for a first touchpoint of ours for longer than first_response_hours."""
    limit = situation.playbook.cadence_in(situation.pipeline).first_response_hours
    waiting = set(situation.flow.unanswered_leads)
    hours = {
        deal.facts.id: (situation.clock.now - deal.facts.created_at).total_seconds() / 3600
        for deal in situation.open_deals
        if deal.facts.id in waiting and not deal.snoozed
    }
    late = [deal for deal in situation.open_deals if hours.get(deal.facts.id, 0) > limit]
    if not late:
        return
    late.sort(key=lambda deal: (-hours[deal.facts.id], deal.facts.id))
    longest = late[0].facts.id
    speed = situation.totals.speed_to_lead
    verb = "waits" if len(late) == 1 else "wait"
    yield Finding(
        "slow_first_response",
        situation.pipeline.stages[0].id,
        len(late),
        value_of(late),
        f"{counted(len(late), 'new lead')} {verb} longer than {limit:g} h for a first answer, "
        f"the longest {hours[longest]:,.0f} h.",
        f"Answer now: `{command_line('pipeline', 'log', str(longest), usual_kind(situation.playbook.touchpoint_kinds))}`"
        + (f", then {some_of(ids_of(late[1:]), 3)}." if late[1:] else "."),
        {
            "leads": len(late),
            "limit_hours": limit,
            "longest_hours": hours[longest],
            "median_hours": speed.median_hours if speed else None,
            "ids": ids_of(late),
        },
    )
