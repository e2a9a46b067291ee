"""The stage that holds deals up: two of three signs, each measured against the file's own plan and history."""

from __future__ import annotations

from typing import Any

from pipeline_cli.domain.findings.finding import Finding, Found, Situation, Unjudged, ids_of, some_of, value_of
from pipeline_cli.domain.findings.load import TOO_MUCH, explained_load
from pipeline_cli.domain.flow import ENOUGH
from pipeline_cli.domain.history import percentile
from pipeline_cli.domain.interval import jeffreys
from pipeline_cli.domain.judged import JudgedDeal
from pipeline_cli.domain.phrases import counted
from pipeline_cli.domain.record import NamedTuple

SIGNS_NEEDED = 2


class Sign(NamedTuple):
    name: str
    """waiting | long | low"""
    words: str
    numbers: dict[str, Any]


def bottleneck(situation: Situation) -> Found:
    """A stage with two of: many waiting, long stays, low conversion; silent under 5 exits."""
    judged = 0
    for position, stage in enumerate(situation.pipeline.stages):
        passed, stopped = exits_of(situation, position)
        if passed + stopped < ENOUGH:
            continue
        judged += 1
        deals = situation.working_in(stage.id)
        found = [sign for sign in (_waiting(situation, position, deals), _long(situation, position, deals),
                                   _low(situation, position, passed, stopped)) if sign]  # fmt: skip
        if len(found) >= SIGNS_NEEDED:
            ids = ids_of(deals)
            advice = [f"Take the longest-standing first, {some_of(ids, 3)}: `pipeline show {ids[0]}`"] if ids else []
            if stage.id in situation.flow.losses:
                advice.append(f"`pipeline list status=lost stage={stage.id}` shows why the others ended there")
            yield Finding(
                "bottleneck", stage.id, len(deals), value_of(deals),
                f"{stage.name} holds deals up: {', '.join(sign.words for sign in found)} "
                f"(n {counted(passed + stopped, 'exit')}).",
                f"{'; '.join(advice) or '`pipeline funnel` shows where they went'}.",
                {"exits": passed + stopped, "passed": passed, "signs": [sign.name for sign in found],
                 **{name: number for sign in found for name, number in sign.numbers.items()}, "ids": ids},
            )  # fmt: skip
    if not judged:
        yield Unjudged("bottleneck", f"no stage has {ENOUGH} exits")


def exits_of(situation: Situation, position: int) -> tuple[int, int]:
    """Deals that got past a stage, and deals lost that never got further; disqualifying is no failure."""
    outcomes = situation.outcomes
    lost, out = (*outcomes.lost, 0), (*outcomes.disqualified, 0)
    further = sum(reached > position for reached in situation.reached.values())
    return outcomes.won[0] + lost[position + 1] + out[position + 1] + further, lost[position] - lost[position + 1]


def _waiting(situation: Situation, position: int, deals: list[JudgedDeal]) -> Sign | None:
    """More than its wip_limit, or more than 1.5 × what arrivals × usual stay explain."""
    stage = situation.pipeline.stages[position]
    limits = [] if stage.wip_limit is None else [float(stage.wip_limit)]
    explained = explained_load(situation, [stage])
    if explained is not None and len(deals) >= ENOUGH:
        limits.append(TOO_MUCH * explained)
    if not limits or len(deals) <= min(limits):
        return None
    return Sign("waiting", f"{len(deals)} wait", {"waiting": len(deals), "waiting_limit": min(limits)})


def _long(situation: Situation, position: int, deals: list[JudgedDeal]) -> Sign | None:
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
