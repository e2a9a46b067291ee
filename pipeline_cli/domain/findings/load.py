"""Findings on the load of the stages: more in them than flows through, or less than the quota needs."""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil

from pipeline_cli.domain.findings.finding import Finding, Found, Situation, Unjudged, ids_of, some_of, value_of
from pipeline_cli.domain.flow import ENOUGH, arrivals_at
from pipeline_cli.domain.history import Outcomes, add_up, win_rate
from pipeline_cli.domain.judged import JudgedDeal
from pipeline_cli.domain.periods import quota_for, quota_held_against
from pipeline_cli.domain.phrases import counted
from pipeline_cli.domain.playbook import Quota, Stage

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
    deals = situation.working_in(*(stage.id for stage in early))
    if len(deals) < ENOUGH:
        return
    explained = explained_load(situation, early)
    if explained is None:
        yield Unjudged("top_heavy", f"{ENOUGH} finished visits of each early stage and four weeks of record needed")
    elif len(deals) > TOO_MUCH * explained:
        arrivals = sum(arrivals_at(situation.flow, stage.id) for stage in early)
        yield Finding(
            "top_heavy", early[0].id if len(early) == 1 else None, len(deals), value_of(deals),
            f"Early stages hold {counted(len(deals), 'deal')} awake; what arrives and how long it usually stays explain "
            f"{explained:.1f}.",
            "Nurture the good ones and qualify the others out, the longest-standing first: "
            f"`pipeline qualify {deals[0].facts.id}`, then {some_of(ids_of(deals[1:]), 3)}.",
            {"deals": len(deals), "explained": explained, "limit": TOO_MUCH, "arrivals": arrivals,
             "window_days": situation.flow.window_days, "stages": [stage.id for stage in early], "ids": ids_of(deals)},
        )  # fmt: skip


def bottom_heavy(situation: Situation) -> Found:
    """Late stages hold most of the value, and new deals arrive slower than wins need."""
    late = [stage.id for stage in situation.pipeline.stages if stage.funnel == "bottom"]
    deals = [deal for deal in situation.deals if deal.facts.stage in late]
    total = value_of(situation.deals)
    part = value_of(deals) / total if total else 0.0
    if part <= MOST_OF_THE_VALUE:
        return
    flow = situation.flow
    if flow.window_days < LEAST_WINDOW or situation.closed < ENOUGH or not situation.outcomes.won_valued:
        yield Unjudged("bottom_heavy", f"{situation.closed} of {ENOUGH} closed deals and four weeks of record needed")
        return
    if situation.totals.win_rate is None:
        yield Unjudged("bottom_heavy", "no win rate: nothing was lost")
        return
    wins, why = _wins_a_month(situation)
    needed = wins / (situation.totals.win_rate or 1)
    arriving = flow.new_deals / flow.window_days * MONTH
    if arriving < needed:
        dearest = sorted(deals, key=lambda deal: (-deal.weighted_cents, deal.facts.id))
        yield Finding(
            "bottom_heavy", late[0] if len(late) == 1 else None, len(deals), value_of(deals),
            f"Late stages hold {part:.0%} of the open value, and {arriving:.1f} new deals a month arrive where {why} "
            f"{needed:.1f}.",
            "Prospect before these are closed: `pipeline sources` shows where deals that are won come from, "
            '`pipeline add "Acme: workshop"` adds one.',
            {"share": part, "limit": MOST_OF_THE_VALUE, "arriving_per_30_days": arriving,
             "needed_per_30_days": needed, "wins_per_30_days": wins, "win_rate": situation.totals.win_rate,
             "ids": ids_of(dearest)},
        )  # fmt: skip


def _wins_a_month(situation: Situation) -> tuple[float, str]:
    """What the quota needs; without one, as many as there were of late."""
    quota = quota_for(quota_held_against(situation.playbook, [situation.pipeline]), "month")
    if quota:
        return quota / _average_won(situation.outcomes), "the quota needs"
    flow = situation.flow
    return flow.wins / flow.window_days * MONTH, "as many wins as of late need"


def _average_won(outcomes: Outcomes) -> float:
    return outcomes.won_value_cents / outcomes.won_valued or 1.0


def starved(situation: Situation) -> Found:
    """Fewer open deals in all than wins needed for the quota ÷ win rate."""
    quota = quota_held_against(situation.playbook, [situation.pipeline])
    return _starved(quota, situation.deals, situation.outcomes)


def starved_together(situations: Sequence[Situation]) -> Found:
    """The same of several pipelines, with the quota that all of them are held against."""
    quota = quota_held_against(situations[0].playbook, [one.pipeline for one in situations])
    deals = [deal for one in situations for deal in one.deals]
    return _starved(quota, deals, add_up([one.outcomes for one in situations]))


def _starved(quota: Quota | None, deals: Sequence[JudgedDeal], outcomes: Outcomes) -> Found:
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
            "starved", None, there, value_of(deals),
            f"{counted(there, 'open deal')} where a {quota.per}'s quota takes {needed}: "
            f"{wins:.1f} wins at a win rate of {rate:.0%}.",
            f"Find {needed - there} more: `pipeline sources` shows where deals that are won come from, "
            '`pipeline add "Acme: workshop"` adds one.',
            {"open_deals": there, "needed_deals": needed, "needed_wins": wins, "win_rate": rate,
             "average_won": round(_average_won(outcomes)) / 100, "closed": closed, "ids": ids_of(deals)},
        )  # fmt: skip
