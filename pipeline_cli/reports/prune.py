"""`prune`: the plan of the weekly clean-up, and what it changes."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any, NamedTuple

from pipeline_cli.domain.filters import Filter
from pipeline_cli.domain.phrases import counted
from pipeline_cli.domain.playbook import Pipeline
from pipeline_cli.domain.prune import CLOSE, KEPT, LAST_CHANCE, WAIT, Candidate, count_steps, plan_prune
from pipeline_cli.domain.prune_effect import PruneEffect, effect_of
from pipeline_cli.output.numbers import money
from pipeline_cli.output.report import DATE, DAYS, ID, MONEY, Cents, Column, Report, Section
from pipeline_cli.reports.picture import Picture, take_picture
from pipeline_cli.reports.rows import list_row
from pipeline_cli.storage.reader import Reader
from pipeline_cli.workspace import Workspace

COLUMNS = (
    Column("id", "#", ID, 0, "The deal's number"),
    Column("external_id", "External id", shown=False, meaning="Its id in the program it was imported from"),
    Column("title", "Title", priority=0, meaning="What was being sold"),
    Column("stage", "Stage", priority=3, meaning="Where it stands, and will have stood"),
    Column("value", "Value", MONEY, 1, "What it is worth, in the file's currency"),
    Column("idle_days", "Idle", DAYS, 3, "Days since the last touchpoint, or since creation", shown=False),
    Column("rule", "Rule", shown=False, meaning="idle, unanswered, old, or deadline: a last chance has been given"),
    Column(
        "step", "Step", priority=0, meaning="last_chance: a deadline is set; wait: it runs; close: lost, no_response"
    ),
    Column("deadline", "Deadline", DATE, 2, "An answer until then takes the deal off the list"),
    Column("reason", "Why", priority=1, meaning="The rule with its numbers"),
)


class PruneView(NamedTuple):
    """The plan, and the report that shows it: a dry run and a real one share it."""

    plan: tuple[Candidate, ...]
    report: Report


def prune_view(
    workspace: Workspace, reader: Reader, pipelines: Sequence[Pipeline], *, now: bool = False,
    keep: Collection[int] = (), wanted: Filter | None = None,
) -> PruneView:  # fmt: skip
    """`wanted` narrows the candidates down; the effect shown is that of closing every one of them."""
    playbook = workspace.playbook
    plans: list[tuple[Candidate, ...]] = []
    effects: list[PruneEffect] = []
    for pipeline in pipelines:
        picture = take_picture(reader, playbook, pipeline)
        plan = plan_prune(picture.open_deals, playbook, pipeline, reader.clock, now=now, keep=keep)
        plan = tuple(one for one in plan if wanted is None or wanted.matches(list_row(one.deal)))
        plans.append(plan)
        effects.append(_effect(picture, plan))
    plan = tuple(one for some in plans for one in some)
    only = pipelines[0] if len(pipelines) == 1 else None
    totals = {
        "candidates": len(plan),
        "to_close": count_steps(plan)[CLOSE],
        "value": Cents(sum(one.deal.home_cents or 0 for one in plan)),
        "weighted_value": Cents(round(sum(one.deal.weighted_cents for one in plan))),
    }
    report = Report(
        name="prune",
        title="Prune plan",
        as_of=reader.clock.today,
        pipeline=only.id if only else None,
        currency=playbook.currency,
        columns=COLUMNS,
        rows=[_row(one) for one in plan],
        extra={"totals": totals, "effect": _effect_json(effects)},
        sections=[Section("If all of them are closed", lines=_lines(plan, effects, playbook.currency))] if plan else [],
        empty="Nothing to prune: no open deal is dead by your rules.",
    )
    return PruneView(plan, report)


def _effect(picture: Picture, plan: Sequence[Candidate]) -> PruneEffect:
    return effect_of(plan, picture.open_deals, picture.outcomes, picture.reached, picture.pipeline)


def _row(one: Candidate) -> dict[str, Any]:
    facts = one.deal.facts
    return {
        "id": facts.id,
        "external_id": facts.external_id,
        "title": facts.title,
        "stage": facts.stage,
        "value": one.deal.home_cents,
        "idle_days": one.deal.idle_days,
        "rule": one.rule,
        "step": one.step,
        "deadline": one.deadline,
        "reason": one.reason,
    }


def _effect_json(effects: Sequence[PruneEffect]) -> dict[str, Any]:
    """Of one pipeline as it is; of several only what can be added up."""
    first = effects[0]
    several = len(effects) > 1

    def total(name: str) -> Cents:
        return Cents(round(sum(getattr(effect, name) for effect in effects)))

    rates = ("win_rate_before", "win_rate_after", "win_rate_value_before", "win_rate_value_after")
    return {
        **{name: None if several else getattr(first, name) for name in rates},
        "open_deals_before": sum(effect.open_deals_before for effect in effects),
        "open_deals_after": sum(effect.open_deals_after for effect in effects),
        "open_value_before": total("open_value_cents_before"),
        "open_value_after": total("open_value_cents_after"),
        "forecast_before": total("forecast_cents_before"),
        "forecast_after": total("forecast_cents_after"),
    }


def _lines(plan: Sequence[Candidate], effects: Sequence[PruneEffect], currency: str) -> list[str]:
    steps = count_steps(plan)
    words = {CLOSE: "to close", LAST_CHANCE: "to get a last chance", WAIT: "with one running", KEPT: "kept"}
    said = ", ".join(f"{steps[step]} {word}" for step, word in words.items() if steps[step])
    lines = [f"{counted(len(plan), 'candidate')}: {said}."]
    for effect in effects:
        if effect.win_rate_before is not None and effect.win_rate_after is not None:
            lines.append(f"Win rate {effect.win_rate_before:.1%} -> {effect.win_rate_after:.1%}.")
        lines.append(
            f"Open value {_money(effect.open_value_cents_before)} -> {_money(effect.open_value_cents_after)} {currency}, "
            f"weighted {_money(effect.forecast_cents_before)} -> {_money(effect.forecast_cents_after)}."
        )
    return lines


def _money(cents: float) -> str:
    return money(round(cents / 100) * 100)
