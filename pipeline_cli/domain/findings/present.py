"""Findings that need no history: what stands in the pipeline now."""

from __future__ import annotations

from pipeline_cli.domain.findings.finding import (
    Finding,
    Found,
    Situation,
    ids_of,
    is_or_are,
    some_of,
    value_of,
)
from pipeline_cli.domain.phrases import counted
from pipeline_cli.domain.prune import KEPT, WAIT

CROWDED_SHARE = 1 / 3
CROWDED_FROM = 3
"""A third of two deals is no crowd."""
_DEAREST = ", the dearest first"


def over_capacity(situation: Situation) -> Found:
    """A stage above its wip_limit; snoozed deals are not work in progress."""
    for row in situation.stages:
        working = row.deals - row.snoozed
        if row.wip_limit is not None and working > row.wip_limit:
            longest = sorted(situation.working_in(row.stage), key=lambda deal: (-deal.idle_days, deal.facts.id))
            yield Finding(
                "over_capacity", row.stage, working, value_of(longest),
                f"{row.name} holds {counted(working, 'deal')} awake, {working - row.wip_limit} above its limit of "
                f"{row.wip_limit}.",
                f"Finish or drop some before adding more: `pipeline list stage={row.stage} --sort -idle` shows the quiet "
                f"ones first: {some_of(ids_of(longest), 3)}.",
                {"deals": working, "wip_limit": row.wip_limit, "ids": ids_of(longest)},
            )  # fmt: skip


def crowded_close(situation: Situation) -> Found:
    """The last stage above its wip_limit, or with more than a third of all open deals."""
    last = situation.pipeline.stages[-1]
    deals = situation.working_in(last.id)
    working = [deal for deal in situation.deals if not deal.snoozed]
    part = len(deals) / len(working) if working else 0.0
    over_limit = last.wip_limit is not None and len(deals) > last.wip_limit
    is_crowd = len(deals) >= CROWDED_FROM and part > CROWDED_SHARE and len(situation.pipeline.stages) > 1
    if over_limit or is_crowd:
        dearest = sorted(deals, key=lambda deal: (-deal.weighted_cents, deal.facts.id))
        yield Finding(
            "crowded_close", last.id, len(deals), value_of(deals),
            f"{len(deals):,} of {counted(len(working), 'open deal')} stand in {last.name} at once.",
            f"Close them one after the other{_DEAREST if value_of(deals) else ''}: {some_of(ids_of(dearest), 3)}.",
            {"deals": len(deals), "open_deals": len(working), "share": part, "wip_limit": last.wip_limit,
             "limit": CROWDED_SHARE, "ids": ids_of(dearest)},
        )  # fmt: skip


def untouched_plan(situation: Situation) -> Found:
    """Open deals without a next step, or with one that is overdue."""
    without = [deal for deal in situation.deals if deal.has("no_next_step")]
    late = [deal for deal in situation.deals if deal.has("overdue")]
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
        said.append(f"{len(late):,} with one that is overdue" if without
                    else f"{counted(len(late), 'open deal')} with an overdue next step")  # fmt: skip
    yield Finding(
        "untouched_plan", None, len(deals), value_of(deals),
        f"{', '.join(said)}.",
        f"{begin}: {command}; "
        "`pipeline list flag=no_next_step,overdue` shows all.",
        {"no_next_step": len(without), "overdue": len(late), "open_deals": len(situation.deals), "ids": ids_of(deals)},
    )  # fmt: skip


def dead_weight(situation: Situation) -> Found:
    """The open deals that prune would take on: the win rate reads too high until they are closed."""
    dead = [candidate.deal for candidate in situation.prune if candidate.step not in (KEPT, WAIT)]
    warned = sum(candidate.step == WAIT for candidate in situation.prune)
    if not dead:
        return
    value, total = value_of(dead), value_of(situation.deals)
    part = len(dead) / len(situation.deals)
    rate = situation.totals.win_rate
    closed = situation.totals.won_deals + situation.totals.lost_deals
    after = situation.totals.won_deals / (closed + len(dead)) if closed else None
    now, then = (None if one is None else f"{one:.0%}" for one in (rate, after))
    tail = ""
    if then is not None and now != then:
        tail = f"; the win rate reads {now} and would be {then}" if now else f"; with them lost the win rate is {then}"
    yield Finding(
        "dead_weight", None, len(dead), value,
        f"{len(dead):,} of {counted(len(situation.deals), 'open deal')} ({part:.0%}) {is_or_are(len(dead))} dead by your "
        f"own rules{tail}." + (f" {counted(warned, 'more deal')} got a last chance." if warned else ""),
        f"`pipeline prune` shows each with its reason; the dearest: {some_of(ids_of(dead), 3)}.",
        {"share": part, "share_value": value / total if total else None, "win_rate": rate, "win_rate_after": after,
         "ids": ids_of(dead)},
    )  # fmt: skip
