"""What most reports start from: the deals of one pipeline, scored, beside what its history says."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date
from typing import TYPE_CHECKING

from pipeline_cli.domain.deal.deal import DealFacts
from pipeline_cli.domain.errors import UsageError
from pipeline_cli.domain.forecast.distribution import Bet, Spread
from pipeline_cli.domain.forecast.outlook import METHODS, OpenDeal, Ranging, independent, weigh_open_deals
from pipeline_cli.domain.forecast.probability import StageProbability, stage_probabilities
from pipeline_cli.domain.outcomes.history import Outcomes, percentile, sum_outcomes, usual_cycle_days
from pipeline_cli.domain.playbook import Pipeline, Playbook
from pipeline_cli.domain.record import NamedTuple
from pipeline_cli.domain.rules.scored_deal import Baselines, ScoredDeal, score_deals
from pipeline_cli.domain.words.clock import Clock
from pipeline_cli.domain.words.dates import period_of
from pipeline_cli.domain.words.text import choice_of
from pipeline_cli.storage.reader import Reader
from pipeline_cli.storage.record.facts import read_answers, read_facts, read_forced_gaps, read_paths
from pipeline_cli.storage.record.outcomes import read_cycles, read_finished_visits, read_outcomes, read_won_since

if TYPE_CHECKING:
    from pipeline_cli.domain.forecast.timed import TimedForecast


def outcomes_of(reader: Reader, playbook: Playbook, pipeline: Pipeline) -> Outcomes:
    counts = read_outcomes(reader, pipeline.id, pipeline.stage_ids)
    return sum_outcomes(counts, len(pipeline.stages), playbook.in_home)


def probabilities_of(pipeline: Pipeline, outcomes: Outcomes) -> tuple[StageProbability, ...]:
    configured = [(stage.id, stage.probability) for stage in pipeline.stages]
    return stage_probabilities(configured, outcomes.won, outcomes.closed)


def won_by_day(reader: Reader, playbook: Playbook, pipelines: Sequence[Pipeline], per: str) -> dict[date, int]:
    """Day -> minor units won on it, in the running period."""
    first, _ = period_of(reader.clock.today, per)
    won: dict[date, int] = {}
    for pipeline in pipelines:
        for at, cents, currency in read_won_since(reader, pipeline.id, reader.clock.start_of(first)):
            day = reader.clock.day(at)
            won[day] = won.get(day, 0) + playbook.in_home(cents, currency)
    return won


class Snapshot(NamedTuple):
    """One pipeline as known at the clock's instant."""

    playbook: Playbook
    pipeline: Pipeline
    clock: Clock
    deals: tuple[ScoredDeal, ...]
    outcomes: Outcomes
    probabilities: tuple[StageProbability, ...]
    baselines: Baselines
    cycles: Sequence[float]
    reached: dict[int, int]
    """Open deal -> the furthest position it ever reached."""
    visits: dict[str, list[float]]
    """Stage -> days of its finished visits, shortest first."""

    @property
    def open_deals(self) -> tuple[ScoredDeal, ...]:
        return tuple(deal for deal in self.deals if deal.facts.status == "open")


def take_snapshot(
    reader: Reader,
    playbook: Playbook,
    pipeline: Pipeline,
    statuses: Collection[str] | None = ("open",),
    also: DealFacts | None = None,
) -> Snapshot:
    """Deals of these statuses (None: all), each weighted by its own probability or its stage's.

    `also` is a deal that is judged beside them whatever its status.
    """
    outcomes = outcomes_of(reader, playbook, pipeline)
    probabilities = probabilities_of(pipeline, outcomes)
    cycles = read_cycles(reader, pipeline.id)
    visits = read_finished_visits(reader, pipeline.id)
    medians = {stage: (percentile(days, 0.5) or 0.0, len(days)) for stage, days in visits.items()}
    baselines = Baselines(usual_cycle_days(cycles, playbook.prune_in(pipeline).usual_cycle_days), medians)
    paths = read_paths(reader, pipeline.id, pipeline.stage_ids)
    facts = read_facts(reader, pipeline.id, statuses)
    if also is not None and all(one.id != also.id for one in facts):
        facts.append(also)
    facts = [one._replace(moves_back=paths.get(one.id, (0, 0))[1]) for one in facts]
    deals = score_deals(
        facts,
        playbook,
        pipeline,
        reader.clock,
        baselines,
        {one.stage: one.used for one in probabilities},
        read_answers(reader, pipeline.id, statuses, None if also is None else also.id),
        count_gaps(reader, playbook, pipeline, facts),
    )
    reached = {deal: position for deal, (position, _) in paths.items()}
    return Snapshot(
        playbook, pipeline, reader.clock, deals, outcomes, probabilities, baselines, cycles, reached, visits
    )


def count_gaps(reader: Reader, playbook: Playbook, pipeline: Pipeline, facts: Sequence[DealFacts]) -> dict[int, int]:
    """Deal -> how many of the criteria it was forced past still do not hold; only forced deals are read whole."""
    shown = {one.id for one in facts}
    gaps: dict[int, int] = {}
    for deal_id, forced_past in read_forced_gaps(reader, pipeline.id).items():
        if deal_id in shown:
            gaps[deal_id] = len(still_missing(reader, playbook, pipeline, deal_id, forced_past))
    return gaps


def still_missing(
    reader: Reader, playbook: Playbook, pipeline: Pipeline, deal_id: int, forced_past: Sequence[str]
) -> list[str]:
    """Of `stage.criterion` names, those that do not hold now; criteria that pipeline.yaml no longer has are dropped."""
    from pipeline_cli.domain.rules.exit_criteria import check_criteria  # few deals were ever forced on
    from pipeline_cli.storage.record.deals import read_record

    record = read_record(reader, deal_id)
    open_ones = []
    for stage in pipeline.stages:
        if any(name.partition(".")[0] == stage.id for name in forced_past):
            results = check_criteria(stage, record, playbook, reader.clock)
            open_ones += [f"{stage.id}.{one.id}" for one in results if not one.met and not one.waived]
    return [name for name in open_ones if name in forced_past]


class PipelineForecast(NamedTuple):
    """One pipeline as known at the clock's instant."""

    pipeline: Pipeline
    deals: Sequence[OpenDeal]
    probabilities: tuple[StageProbability, ...]
    timed: TimedForecast | None
    """None: another method was asked for."""
    method: str


def forecast_pipeline(
    reader: Reader, playbook: Playbook, pipeline: Pipeline, method: str, days: int
) -> PipelineForecast:
    """`days`: the horizon. Raises UsageError for a method there is none of."""
    if method not in METHODS:
        raise UsageError(f"--method {method}: is no method: {choice_of(method, METHODS)}.")
    probabilities = probabilities_of(pipeline, outcomes_of(reader, playbook, pipeline))
    timed = learn(reader, playbook, pipeline, days) if method == "timed" else None
    facts = read_facts(reader, pipeline.id, ("open",))
    deals = weigh_open_deals(facts, playbook, pipeline, probabilities, method, timed)
    return PipelineForecast(pipeline, deals, probabilities, timed, method)


def learn(reader: Reader, playbook: Playbook, pipeline: Pipeline, days: int) -> TimedForecast:
    from pipeline_cli.domain.forecast.timed import timed_forecast  # the other methods need none of its steps
    from pipeline_cli.storage.record.histories import read_histories

    history = read_histories(reader, playbook, pipeline)
    configured = [stage.probability for stage in pipeline.stages]
    return timed_forecast(history, reader.clock.today.toordinal(), configured, days)


def ranging_of(books: Sequence[PipelineForecast]) -> Ranging:
    """Of several pipelines the largest shock is taken for all: their luck is not known to differ."""
    learned = [pipeline_forecast.timed for pipeline_forecast in books if pipeline_forecast.timed is not None]
    if not learned:
        return independent
    from pipeline_cli.domain.forecast.distribution import shocked_spread

    def shared_luck(bets: Sequence[Bet], days: int, certain_cents: int) -> Spread:
        return shocked_spread(bets, max(one.model.shock_within(days) for one in learned), certain_cents)

    return shared_luck
