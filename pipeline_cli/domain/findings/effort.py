"""Findings on where the work goes: touchpoints on deals that are none, and leads that nobody has answered."""

from __future__ import annotations

from pipeline_cli.domain.findings.finding import Finding, Found, Situation, Unjudged, ids_of, some_of, value_of
from pipeline_cli.domain.flow import EFFORT_DAYS, ENOUGH
from pipeline_cli.domain.judged import JudgedDeal
from pipeline_cli.domain.phrases import counted
from pipeline_cli.domain.shell import command_line

WASTED_ABOVE = 1 / 3


def is_unqualified(deal: JudgedDeal, was_asked: bool) -> bool:
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
    was_asked = any(deal.verdict.yes or deal.verdict.no for deal in situation.deals)
    deals = [deal for deal in situation.deals if deal.facts.id in spent and is_unqualified(deal, was_asked)]
    deals.sort(key=lambda deal: (-spent[deal.facts.id], deal.facts.id))
    on_them = sum(spent[deal.facts.id] for deal in deals)
    part = (on_them + effort.disqualified) / effort.total
    if part <= WASTED_ABOVE:
        if not was_asked and any(deal.has("unqualified") for deal in situation.deals):
            yield Unjudged("unqualified_effort", "no open deal has an answer to a qualification question")
        return
    first = deals[0].facts.id if deals else None
    yield Finding(
        "unqualified_effort", None, len(deals), value_of(deals),
        f"{on_them + effort.disqualified} of {effort.total} touchpoints of the last {EFFORT_DAYS} days ({part:.0%}) went "
        "to unqualified or disqualified deals.",
        "`pipeline list status=disqualified` shows them: leave them be." if first is None
        else f"Qualify them or let them go: `pipeline qualify {first}`; most went to {some_of(ids_of(deals), 3)}.",
        {"touchpoints": effort.total, "unqualified": on_them, "disqualified": effort.disqualified, "share": part,
         "limit": WASTED_ABOVE, "ids": ids_of(deals)},
    )  # fmt: skip


def slow_first_response(situation: Situation) -> Found:
    """New leads waiting for a first touchpoint of ours for longer than first_response_hours."""
    limit = situation.playbook.cadence_in(situation.pipeline).first_response_hours
    waiting = set(situation.flow.unanswered_leads)
    hours = {
        deal.facts.id: (situation.clock.now - deal.facts.created_at).total_seconds() / 3600
        for deal in situation.deals
        if deal.facts.id in waiting and not deal.snoozed
    }
    late = [deal for deal in situation.deals if hours.get(deal.facts.id, 0) > limit]
    if not late:
        return
    late.sort(key=lambda deal: (-hours[deal.facts.id], deal.facts.id))
    longest = late[0].facts.id
    speed = situation.totals.speed_to_lead
    verb = "waits" if len(late) == 1 else "wait"
    yield Finding(
        "slow_first_response", situation.pipeline.stages[0].id, len(late), value_of(late),
        f"{counted(len(late), 'new lead')} {verb} longer than {limit:g} h for a first answer, "
        f"the longest {hours[longest]:,.0f} h.",
        f"Answer now: `{command_line('pipeline', 'log', str(longest), situation.playbook.touchpoint_kinds[0])}`"
        + (f", then {some_of(ids_of(late[1:]), 3)}." if late[1:] else "."),
        {"leads": len(late), "limit_hours": limit, "longest_hours": hours[longest],
         "median_hours": speed.median_hours if speed else None, "ids": ids_of(late)},
    )  # fmt: skip
