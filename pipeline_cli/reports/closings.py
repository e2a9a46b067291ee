"""What closed deals say, for the reports that start from it: the chance of each stage, and what was won by day."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from pipeline_cli.domain.forecast.probability import StageProbability, stage_probabilities
from pipeline_cli.domain.history import Outcomes, sum_outcomes
from pipeline_cli.domain.money import convert_cents
from pipeline_cli.domain.periods import period_of
from pipeline_cli.domain.playbook import Pipeline, Playbook
from pipeline_cli.storage.outcomes import read_outcomes, read_won_since
from pipeline_cli.storage.reader import Reader


def outcomes_of(reader: Reader, playbook: Playbook, pipeline: Pipeline) -> Outcomes:
    counts = read_outcomes(reader, pipeline.id, pipeline.stage_ids)
    return sum_outcomes(counts, len(pipeline.stages), playbook.currency, playbook.exchange_rates)


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
            won[day] = won.get(day, 0) + convert_cents(cents, currency, playbook.currency, playbook.exchange_rates)
    return won
