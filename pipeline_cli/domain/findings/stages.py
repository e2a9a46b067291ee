"""Findings on the stages: too few or too many, overloaded, and the one that holds deals up."""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil
from typing import Any

from pipeline_cli.domain.findings.finding import (
    Finding,
    Found,
    Situation,
    Unjudged,
    count_closed,
    ids_of,
    some_of,
    value_of,
    working_in,
)
from pipeline_cli.domain.forecast.interval import jeffreys
from pipeline_cli.domain.outcomes.flow import ENOUGH, arrivals_at, jumps_over, visits_of
from pipeline_cli.domain.outcomes.history import Outcomes, add_up, percentile, win_rate
from pipeline_cli.domain.playbook import Quota, Stage
from pipeline_cli.domain.record import NamedTuple
from pipeline_cli.domain.rules.scored_deal import ScoredDeal
from pipeline_cli.domain.words.text import counted

FEWEST, MOST = 3, 7
RARE = 0.05
"""Of the deals that got past a stage, those that were ever in it."""
AT_ONCE_DAYS = 1 / 24
ENOUGH_LOSSES = 10
DIFFERENT = 4
"""Times the first quartile of the stays that the third one is."""
DIFFERENT_DAYS = 7


def stage_count(situation: Situation) -> Found:
    """Fewer than 3 or more than 7 stages."""
    stages = len(situation.pipeline.stages)
    if stages < FEWEST:
        what, why = "too few", "a stage too few hides where deals die: split the one where most of them stop"
    elif stages > MOST:
        what, why = "too many", "a stage too many buries the goal: merge two that deals pass on the same day"
    else:
        return
    yield Finding(
        "stage_count",
        None,
        0,
        None,
        f"The pipeline has {counted(stages, 'stage')}, {what}: {FEWEST} to {MOST} work.",
        f"In pipeline.yaml, which `pipeline config edit` opens, {why}; what is then left in a stage that is gone, "
        "`pipeline check` says how to move.",
        {"stages": stages, "limit": [FEWEST, MOST], "ids": []},
    )


def stage_to_split(situation: Situation) -> Found:
    """The stage where most losses happen, when they happen after very different stays: it hides two."""
    losses = situation.flow.losses
    total = sum(loss.deals for loss in losses.values())
    if total < ENOUGH_LOSSES:
        yield Unjudged("stage_count", f"{total} of {ENOUGH_LOSSES} losses to tell whether a stage should be split")
        return
    for stage in situation.pipeline.stages:
        here = losses.get(stage.id)
        if here is None or here.deals * 2 <= total or here.stays < ENOUGH_LOSSES:
            continue
        if here.high_days > DIFFERENT * here.low_days and here.high_days - here.low_days >= DIFFERENT_DAYS:
            yield Finding(
                "stage_count",
                stage.id,
                here.deals,
                None,
                f"{here.deals:,} of {total:,} losses happen in {stage.name}, a quarter of them within "
                f"{here.low_days:.0f} days and a quarter after {here.high_days:.0f} or more: it hides two stages.",
                f"`pipeline list status=lost stage={stage.id}` shows them: split it in pipeline.yaml between the early and "
                "the late ones.",
                {
                    "losses": here.deals,
                    "all_losses": total,
                    "quartile_days": [here.low_days, here.high_days],
                    "ids": [],
                },
            )


def unused_stage(situation: Situation) -> Found:
    """A stage that deals jump over: of those that got past it, at most one in twenty was ever in it."""
    stages, flow = situation.pipeline.stage_ids, situation.flow
    scored = False
    for position, stage in enumerate(situation.pipeline.stages):
        visits, jumps = visits_of(flow, stage.id), jumps_over(flow, stages, position)
        scored = scored or visits + jumps >= ENOUGH
        if jumps < ENOUGH or visits > RARE * (visits + jumps) or working_in(situation, stage.id):
            continue
        yield Finding(
            "unused_stage",
            stage.id,
            jumps,
            None,
            f"Nobody stays in {stage.name}: {counted(jumps, 'move')} jumped over it, {visits:,} went into it.",
            _merge(stages, position),
            {"jumps": jumps, "visits": visits, "limit": RARE, "ids": []},
        )
    if not scored:
        yield Unjudged("unused_stage", f"no stage has been entered or passed {ENOUGH} times")


def pass_through_stage(situation: Situation) -> Found:
    """A stage that everybody leaves at once: nine of ten finished visits last less than an hour."""
    stages = situation.pipeline.stage_ids
    scored = False
    for position, stage in enumerate(situation.pipeline.stages):
        visits = situation.visits.get(stage.id, ())
        longest = percentile(visits, 0.9)
        if longest is None or len(visits) < ENOUGH:
            continue
        scored = True
        staying = [deal for deal in working_in(situation, stage.id) if deal.days_in_stage]
        if longest < AT_ONCE_DAYS and not staying:
            yield Finding(
                "pass_through_stage",
                stage.id,
                len(visits),
                None,
                f"Everybody leaves {stage.name} at once: nine of ten of {counted(len(visits), 'visit')} lasted less than "
                f"{max(1, round(longest * 1440 + 0.5))} min.",
                _merge(stages, position),
                {
                    "visits": len(visits),
                    "p90_days": longest,
                    "limit_days": AT_ONCE_DAYS,
                    "ids": ids_of(working_in(situation, stage.id)),
                },
            )
    if not scored:
        yield Unjudged("pass_through_stage", f"no stage has {ENOUGH} finished visits")


def _merge(stages: tuple[str, ...], position: int) -> str:
    """With the next stage; the last one with the one before."""
    other = stages[position + 1] if position + 1 < len(stages) else stages[position - 1]
    old = stages[position]
    return (
        f"Merge it with {other}: take it out of pipeline.yaml, which `pipeline config edit` opens, then "
        f"`pipeline check --map {old}={other}` moves its deals and their history."
    )


TOO_MUCH = 1.5
"""Times what arrivals × usual stay explain."""
LEAST_WINDOW = 28
"""Days of record before arrivals say anything."""
MOST_OF_THE_VALUE = 0.5
MONTH = 30


def explained_load(situation: Situation, stages: Sequence[Stage]) -> float | None:
    """Little's law: Σ arrivals a day × mean stay; None while the record or the visits of a stage are too few.

    Source: J. D. C. Little, "A Proof for the Queuing Formula: L = λW", Operations Research 9 (1961).
    """
    flow = situation.flow
    stays = [situation.visits.get(stage.id, ()) for stage in stages]
    if flow.window_days < LEAST_WINDOW or any(len(visits) < ENOUGH for visits in stays):
        return None
    return sum(
        arrivals_at(flow, stage.id) / flow.window_days * sum(visits) / len(visits)
        for stage, visits in zip(stages, stays, strict=True)
    )


def top_heavy(situation: Situation) -> Found:
    """Early stages hold more than 1.5 × what arrivals × usual stay explain."""
    early = [stage for stage in situation.pipeline.stages if stage.funnel == "top"]
    deals = working_in(situation, *(stage.id for stage in early))
    if len(deals) < ENOUGH:
        return
    explained = explained_load(situation, early)
    if explained is None:
        yield Unjudged("top_heavy", f"{ENOUGH} finished visits of each early stage and four weeks of record needed")
    elif len(deals) > TOO_MUCH * explained:
        arrivals = sum(arrivals_at(situation.flow, stage.id) for stage in early)
        yield Finding(
            "top_heavy",
            early[0].id if len(early) == 1 else None,
            len(deals),
            value_of(deals),
            f"Early stages hold {counted(len(deals), 'deal')} awake; what arrives and how long it usually stays explain "
            f"{explained:.1f}.",
            "Nurture the good ones and qualify the others out, the longest-standing first: "
            f"`pipeline qualify {deals[0].facts.id}`, then {some_of(ids_of(deals[1:]), 3)}.",
            {
                "deals": len(deals),
                "explained": explained,
                "limit": TOO_MUCH,
                "arrivals": arrivals,
                "window_days": situation.flow.window_days,
                "stages": [stage.id for stage in early],
                "ids": ids_of(deals),
            },
        )


def bottom_heavy(situation: Situation) -> Found:
    """Late stages hold most of the value, and new deals arrive slower than wins need."""
    late = [stage.id for stage in situation.pipeline.stages if stage.funnel == "bottom"]
    deals = [deal for deal in situation.open_deals if deal.facts.stage in late]
    total = value_of(situation.open_deals)
    part = value_of(deals) / total if total else 0.0
    if part <= MOST_OF_THE_VALUE:
        return
    flow = situation.flow
    if flow.window_days < LEAST_WINDOW or count_closed(situation) < ENOUGH or not situation.outcomes.won_valued:
        yield Unjudged(
            "bottom_heavy", f"{count_closed(situation)} of {ENOUGH} closed deals and four weeks of record needed"
        )
        return
    if situation.totals.win_rate is None:
        yield Unjudged("bottom_heavy", "no win rate: nothing was lost")
        return
    wins, why = _wins_a_month(situation)
    needed = wins / (situation.totals.win_rate or 1)
    arriving = flow.new_deals / flow.window_days * MONTH
    if arriving < needed:
        by_value = sorted(deals, key=lambda deal: (-deal.weighted_cents, deal.facts.id))
        yield Finding(
            "bottom_heavy",
            late[0] if len(late) == 1 else None,
            len(deals),
            value_of(deals),
            f"Late stages hold {part:.0%} of the open value, and {arriving:.1f} new deals a month arrive where {why} "
            f"{needed:.1f}.",
            "Prospect before these are closed: `pipeline sources` shows where deals that are won come from, "
            '`pipeline add "Acme: workshop"` adds one.',
            {
                "share": part,
                "limit": MOST_OF_THE_VALUE,
                "arriving_per_30_days": arriving,
                "needed_per_30_days": needed,
                "wins_per_30_days": wins,
                "win_rate": situation.totals.win_rate,
                "ids": ids_of(by_value),
            },
        )


def _wins_a_month(situation: Situation) -> tuple[float, str]:
    """What the quota needs; without one, as many as there were of late."""
    quota = situation.playbook.quota_held_against([situation.pipeline])
    monthly = quota.falls_to("month") if quota else None
    if monthly:
        return monthly / _average_won(situation.outcomes), "the quota needs"
    flow = situation.flow
    return flow.wins / flow.window_days * MONTH, "as many wins as of late need"


def _average_won(outcomes: Outcomes) -> float:
    return outcomes.won_value_cents / outcomes.won_valued or 1.0


def starved(situation: Situation) -> Found:
    """Fewer open deals in all than wins needed for the quota ÷ win rate."""
    quota = situation.playbook.quota_held_against([situation.pipeline])
    return _starved(quota, situation.open_deals, situation.outcomes)


def starved_together(situations: Sequence[Situation]) -> Found:
    """The same of several pipelines, with the quota that all of them are held against."""
    quota = situations[0].playbook.quota_held_against([situation.pipeline for situation in situations])
    deals = [deal for situation in situations for deal in situation.open_deals]
    return _starved(quota, deals, add_up([situation.outcomes for situation in situations]))


def _starved(quota: Quota | None, deals: Sequence[ScoredDeal], outcomes: Outcomes) -> Found:
    if quota is None:
        return
    closed = outcomes.won[0] + outcomes.lost[0]
    if closed < ENOUGH or not outcomes.won_value_cents:
        yield Unjudged("starved", f"{closed} of {ENOUGH} closed deals, {outcomes.won[0]} won")
        return
    rate = win_rate(outcomes)
    if rate is None:
        yield Unjudged("starved", "no win rate: nothing was lost")
        return
    wins = quota.amount_cents / _average_won(outcomes)
    needed = ceil(wins / (rate or 1) - 1e-9)
    there = len(deals)
    if there < needed:
        yield Finding(
            "starved",
            None,
            there,
            value_of(deals),
            f"{counted(there, 'open deal')} where a {quota.per}'s quota takes {needed}: "
            f"{wins:.1f} wins at a win rate of {rate:.0%}.",
            f"Find {needed - there} more: `pipeline sources` shows where deals that are won come from, "
            '`pipeline add "Acme: workshop"` adds one.',
            {
                "open_deals": there,
                "needed_deals": needed,
                "needed_wins": wins,
                "win_rate": rate,
                "average_won": round(_average_won(outcomes)) / 100,
                "closed": closed,
                "ids": ids_of(deals),
            },
        )


SIGNS_NEEDED = 2


class Sign(NamedTuple):
    """One sign that a stage holds deals up, in words and numbers."""

    name: str
    """waiting | long | low"""
    words: str
    numbers: dict[str, Any]


def bottleneck(situation: Situation) -> Found:
    """A stage with two of: many waiting, long stays, low conversion; silent under 5 exits."""
    scored = 0
    for position, stage in enumerate(situation.pipeline.stages):
        passed, stopped = exits_of(situation, position)
        if passed + stopped < ENOUGH:
            continue
        scored += 1
        deals = working_in(situation, stage.id)
        found = [
            sign
            for sign in (
                _waiting(situation, position, deals),
                _long(situation, position, deals),
                _low(situation, position, passed, stopped),
            )
            if sign
        ]
        if len(found) >= SIGNS_NEEDED:
            ids = ids_of(deals)
            advice = [f"Take the longest-standing first, {some_of(ids, 3)}: `pipeline show {ids[0]}`"] if ids else []
            if stage.id in situation.flow.losses:
                advice.append(f"`pipeline list status=lost stage={stage.id}` shows why the others ended there")
            yield Finding(
                "bottleneck",
                stage.id,
                len(deals),
                value_of(deals),
                f"{stage.name} holds deals up: {', '.join(sign.words for sign in found)} "
                f"(n {counted(passed + stopped, 'exit')}).",
                f"{'; '.join(advice) or '`pipeline funnel` shows where they went'}.",
                {
                    "exits": passed + stopped,
                    "passed": passed,
                    "signs": [sign.name for sign in found],
                    **{name: number for sign in found for name, number in sign.numbers.items()},
                    "ids": ids,
                },
            )
    if not scored:
        yield Unjudged("bottleneck", f"no stage has {ENOUGH} exits")


def exits_of(situation: Situation, position: int) -> tuple[int, int]:
    """Deals that got past a stage, and deals lost that never got further; disqualifying is no failure."""
    outcomes = situation.outcomes
    lost, out = (*outcomes.lost, 0), (*outcomes.disqualified, 0)
    further = sum(reached > position for reached in situation.reached.values())
    return outcomes.won[0] + lost[position + 1] + out[position + 1] + further, lost[position] - lost[position + 1]


def _waiting(situation: Situation, position: int, deals: list[ScoredDeal]) -> Sign | None:
    """More than its wip_limit, or more than 1.5 × what arrivals × usual stay explain."""
    stage = situation.pipeline.stages[position]
    limits = [] if stage.wip_limit is None else [float(stage.wip_limit)]
    explained = explained_load(situation, [stage])
    if explained is not None and len(deals) >= ENOUGH:
        limits.append(TOO_MUCH * explained)
    if not limits or len(deals) <= min(limits):
        return None
    return Sign("waiting", f"{len(deals)} wait", {"waiting": len(deals), "waiting_limit": min(limits)})


def _long(situation: Situation, position: int, deals: list[ScoredDeal]) -> Sign | None:
    """The median finished visit above max_days, or more than half of the open deals stuck."""
    stage = situation.pipeline.stages[position]
    visits = situation.visits.get(stage.id, ())
    usual = percentile(visits, 0.5)
    if usual is not None and len(visits) >= ENOUGH and usual > stage.max_days:
        words = f"they usually stay {usual:.0f} days of {stage.max_days}"
        return Sign("long", words, {"usual_days": usual, "max_days": stage.max_days})
    stuck = sum(deal.has("stuck") for deal in deals)
    if len(deals) >= ENOUGH and stuck * 2 > len(deals):
        return Sign("long", f"{stuck} of them are stuck", {"stuck": stuck, "usual_days": usual})
    return None


def _low(situation: Situation, position: int, passed: int, stopped: int) -> Sign | None:
    """The 80 % interval of the share that goes on lies below what the probabilities of pipeline.yaml plan."""
    chances = [*(stage.probability for stage in situation.pipeline.stages), 1.0]
    planned = min(1.0, chances[position] / chances[position + 1]) if chances[position + 1] else 0.0
    _, high = jeffreys(passed, passed + stopped)
    if high is None or high >= planned:
        return None
    share = passed / (passed + stopped)
    numbers = {"conversion": share, "conversion_high": high, "conversion_planned": planned}
    return Sign("low", f"{share:.0%} go on where your probabilities plan {planned:.0%}", numbers)
