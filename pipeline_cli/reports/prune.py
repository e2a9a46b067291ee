"""`prune`: the plan of the weekly clean-up, what it changes, and what the forecast becomes."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from itertools import chain

from pipeline_cli.domain.forecast.distribution import expected_sum
from pipeline_cli.domain.forecast.outlook import OpenDeal, bets_within
from pipeline_cli.domain.outcomes.history import Undated, undated_json, undated_line
from pipeline_cli.domain.outcomes.prune_effect import PruneEffect, effect_of, effect_of_all
from pipeline_cli.domain.playbook import Pipeline, Playbook
from pipeline_cli.domain.record import NamedTuple
from pipeline_cli.domain.rules.last_chance import Addressee, Draft, write_draft
from pipeline_cli.domain.rules.prune import (
    CLOSE,
    KEPT,
    LAST_CHANCE,
    WAIT,
    Candidate,
    by_value,
    count_steps,
    is_of_unknown_silence,
    over_by_now,
    plan_prune,
    skip_letters,
)
from pipeline_cli.domain.words.text import counted
from pipeline_cli.output.numbers import json_row, whole_money
from pipeline_cli.output.report import DATE, DAYS, ID, MONEY, Cents, Column, Report, Section, figures
from pipeline_cli.reports.rows import (
    PIPELINE_ID,
    STAGE_OF_DEAL,
    in_home_currency,
    matching,
    naming_pipelines,
    read_filter,
)
from pipeline_cli.reports.snapshot import PipelineSnapshot, Snapshot
from pipeline_cli.storage.record.facts import read_addressees
from pipeline_cli.storage.record.operations import read_came_back

FORECAST_DAYS = 30
"""The horizon that `forecast` has when none is named."""


class Expected(NamedTuple):
    """The open deals of one pipeline by the method `timed`."""

    before: Sequence[OpenDeal]
    after: Sequence[OpenDeal]
    """Those that stay."""

    @property
    def chances_after(self) -> dict[int, float]:
        """Open deal that stays -> its chance of being won in the end."""
        return {deal.scored.facts.id: deal.p_win for deal in self.after}


def expected_of(snapshot: PipelineSnapshot, lost: Collection[int]) -> Expected:
    """`lost`: deals taken as closed today, so that the method learns from their loss too."""
    from pipeline_cli.domain.forecast.outlook import weigh_open_deals
    from pipeline_cli.domain.forecast.runs import known_on
    from pipeline_cli.domain.forecast.timed import forecast_known

    before = weigh_open_deals(snapshot.open_deals, "timed", snapshot.timed_within(FORECAST_DAYS))
    if not lost:
        return Expected(before, before)
    configured = [stage.probability for stage in snapshot.pipeline.stages]
    known = known_on(snapshot.history, snapshot.clock.today.toordinal()).with_lost(lost)
    staying = [deal for deal in snapshot.open_deals if deal.facts.id not in lost]
    return Expected(before, weigh_open_deals(staying, "timed", forecast_known(known, configured, FORECAST_DAYS)))


COLUMNS = (
    Column("id", "#", ID, 0, "The deal's number", value="deal.facts.id"),
    Column(
        "external_id",
        "External id",
        shown=False,
        meaning="Its id in the program it was imported from",
        value="deal.facts.external_id",
    ),
    Column("title", "Title", priority=0, meaning="What was being sold", value="deal.facts.title"),
    STAGE_OF_DEAL._replace(priority=3, meaning="Where it stands, and will have stood"),
    Column("value", "Value", MONEY, 1, "What it is worth, in the file's currency", value="deal.home_cents"),
    Column(
        "idle_days",
        "Idle",
        DAYS,
        3,
        "Days since the last touchpoint, the creation or the end of a snooze; what you sent after a last chance aside",
        shown=False,
        value="deal.quiet_days",
    ),
    Column("rule", "Rule", shown=False, meaning="idle, unanswered or old"),
    Column(
        "step", "Step", priority=0, meaning="last_chance: a deadline is set; wait: it runs; close: lost, no_response"
    ),
    Column("deadline", "Deadline", DATE, 2, "An answer until then takes the deal off the list"),
    Column("reason", "Why", priority=0, meaning="The rule with its numbers"),
    PIPELINE_ID._replace(value="deal.facts.pipeline"),
)
_EFFECT = (
    *figures("win_rate_before", "win_rate_after", "win_rate_value_before", "win_rate_value_after"),
    *figures("open_deals_before", "open_deals_after"),
    Column("open_value_before", kind=MONEY, value="open_value_cents_before"),
    Column("open_value_after", kind=MONEY, value="open_value_cents_after"),
    Column("weighted_value_before", kind=MONEY, value="weighted_cents_before"),
    Column("weighted_value_after", kind=MONEY, value="weighted_cents_after"),
)


class PrunePlan(NamedTuple):
    """What is to be done: that of a dry run, of what is shown, and of what is saved."""

    snapshot: Snapshot
    parts: tuple[tuple[Candidate, ...], ...]
    """Of each pipeline of the snapshot."""
    drafts: Iterable[Draft]
    """One for each last chance, written when they are asked for, once."""
    over: tuple[int, ...] = ()
    """Deals whose last chance ran out and which no rule condemns any more."""

    @property
    def candidates(self) -> list[Candidate]:
        """Of all pipelines, the dearest first."""
        return sorted(chain.from_iterable(self.parts), key=by_value)


def make_plan(
    snapshot: Snapshot, words: Sequence[str] = (), *, now: bool = False, keep: Collection[int] = ()
) -> PrunePlan:
    """`words`: filters of the candidates."""
    reader, playbook, clock = snapshot.reader, snapshot.playbook, snapshot.clock
    wanted = read_filter(reader, playbook, snapshot.pipelines, words)
    parts: list[tuple[Candidate, ...]] = []
    drafts: list[Iterator[Draft]] = []
    over: list[int] = []
    for one in snapshot.each:
        plan = plan_prune(one.open_deals, playbook, one.pipeline, clock, now=now, keep=keep)
        ran_out = over_by_now(one.open_deals, plan, clock)
        over += [deal.facts.id for deal in matching(wanted, ran_out)]
        meant = {deal.facts.id for deal in matching(wanted, [candidate.deal for candidate in plan])}
        plan = tuple(candidate for candidate in plan if candidate.deal.facts.id in meant)
        addressees = read_addressees(
            reader, [candidate.deal.facts.id for candidate in plan if candidate.step == LAST_CHANCE]
        )
        plan = skip_letters(plan, addressees)
        drafts.append(_drafts(plan, playbook, one.pipeline, addressees))
        parts.append(plan)
    return PrunePlan(snapshot, tuple(parts), chain.from_iterable(drafts), tuple(over))


def prune_report(planned: PrunePlan) -> Report:
    """The plan, and what becomes of win rate, pipeline value and forecast when every candidate is closed."""
    snapshot, plan = planned.snapshot, planned.candidates
    playbook, pipelines, currency = snapshot.playbook, snapshot.pipelines, snapshot.playbook.currency
    lost = {candidate.deal.facts.id for candidate in plan if candidate.step != KEPT}
    forecasts = [expected_of(one, lost) for one in snapshot.each]
    effects = [
        (one.pipeline, effect_of(part, one.open_deals, one.outcomes, one.reached, forecast.chances_after))
        for one, part, forecast in zip(snapshot.each, planned.parts, forecasts, strict=True)
    ]
    expected = (
        expected_sum(chain.from_iterable(bets_within(one.before) for one in forecasts)),
        expected_sum(chain.from_iterable(bets_within(one.after) for one in forecasts)),
    )
    silent = sum(is_of_unknown_silence(deal) for deal in snapshot.open_deals)
    pruned, came_back = read_came_back(snapshot.reader)
    totals = {
        "candidates": len(plan),
        "to_close": count_steps(plan)[CLOSE],
        "value": Cents(sum(candidate.deal.home_cents or 0 for candidate in plan)),
        "weighted_value": Cents(round(sum(candidate.deal.weighted_cents for candidate in plan))),
    }
    left_out = list(_left_out(snapshot.undated, silent))
    lines = _lines(plan, effects, expected, (pruned, came_back), currency)
    return Report(
        name="prune",
        title="Prune plan",
        as_of=snapshot.clock.today,
        pipeline=pipelines[0].id if len(pipelines) == 1 else None,
        currency=currency,
        columns=naming_pipelines(
            in_home_currency(COLUMNS, playbook),
            pipelines,
            before="stage",
            name=lambda one: playbook.pipeline_of(one.deal.facts.pipeline).name,
        ),
        rows=plan,
        extra={
            "totals": totals,
            "effect": {
                **json_row(_EFFECT, effect_of_all([one for _, one in effects])),
                "forecast_days": FORECAST_DAYS,
                "forecast_before": Cents(round(expected[0])),
                "forecast_after": Cents(round(expected[1])),
            },
            "pruned": pruned,
            "came_back": came_back,
            "undated": {**undated_json(snapshot.undated), "not_judged": silent},
        },
        sections=[
            *([Section("If all of them are closed", lines=lines)] if plan else []),
            *([Section("", lines=left_out)] if left_out else []),
        ],
        empty="Nothing to prune: no open deal is dead by your rules.",
    )


def _left_out(undated: Undated, silent: int) -> Iterator[str]:
    line = undated_line(undated, "the rule of age and the usual cycle")
    if line:
        yield line
    if silent:
        yield (
            f"Not judged, because no file says when {'it' if silent == 1 else 'they'} came and nothing was logged since: "
            f"{counted(silent, 'open deal')}."
        )


def _drafts(
    plan: Sequence[Candidate], playbook: Playbook, pipeline: Pipeline, addressees: Mapping[int, Addressee]
) -> Iterator[Draft]:
    for candidate in plan:
        stage = pipeline.stage(candidate.deal.facts.stage)
        if candidate.step == LAST_CHANCE and candidate.deadline is not None and stage is not None:
            facts = candidate.deal.facts
            yield write_draft(
                playbook.prune_in(pipeline).last_chance, facts, stage.name, candidate.deadline, addressees[facts.id]
            )


def _lines(
    plan: Sequence[Candidate],
    effects: Sequence[tuple[Pipeline, PruneEffect]],
    expected: tuple[float, float],
    came_back: tuple[int, int],
    currency: str,
) -> list[str]:
    """Of several pipelines a line for each that loses deals, then all of them together. `expected`: before and after."""
    steps = count_steps(plan)
    words = {CLOSE: "to close", LAST_CHANCE: "to get a last chance", WAIT: "with one running", KEPT: "kept"}
    said = ", ".join(f"{steps[step]:,} {word}" for step, word in words.items() if steps[step])
    lines = [f"{counted(len(plan), 'candidate')}: {said}."]
    if len(effects) > 1:
        shrinking = [(one, effect) for one, effect in effects if effect.open_deals_after < effect.open_deals_before]
        lines += [f"{one.name}: {' '.join(_effect_lines(effect, currency))}" for one, effect in shrinking]
    whole = _effect_lines(effect_of_all([effect for _, effect in effects]), currency)
    lines += whole if len(effects) == 1 else [f"Together: {' '.join(whole)}"]
    lines.append(
        f"Forecast of the next {FORECAST_DAYS} days {whole_money(expected[0])} -> "
        f"{whole_money(expected[1])} {currency}."
    )
    if came_back[0]:
        lines.append(f"Pruned before: {counted(came_back[0], 'deal')}, of which {came_back[1]:,} came back.")
    return lines


def _effect_lines(effect: PruneEffect, currency: str) -> Iterator[str]:
    if effect.win_rate_after is not None:
        before = "none (nothing was lost)" if effect.win_rate_before is None else f"{effect.win_rate_before:.1%}"
        yield f"Win rate {before} -> {effect.win_rate_after:.1%}."
    yield (
        f"Open value {whole_money(effect.open_value_cents_before)} -> "
        f"{whole_money(effect.open_value_cents_after)} {currency}, "
        f"weighted {whole_money(effect.weighted_cents_before)} -> {whole_money(effect.weighted_cents_after)}."
    )
