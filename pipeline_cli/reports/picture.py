"""What most reports start from: the deals of one pipeline, judged, beside what its history says."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from pipeline_cli.domain.clock import Clock
from pipeline_cli.domain.deal import DealFacts
from pipeline_cli.domain.flags import Yardsticks
from pipeline_cli.domain.forecast.probability import StageProbability
from pipeline_cli.domain.history import Outcomes, percentile, usual_cycle_days
from pipeline_cli.domain.judged import JudgedDeal
from pipeline_cli.domain.judging import judge_deals
from pipeline_cli.domain.playbook import Pipeline, Playbook
from pipeline_cli.domain.record import NamedTuple
from pipeline_cli.reports.closings import outcomes_of, probabilities_of
from pipeline_cli.storage.facts import read_answers, read_facts, read_forced_gaps, read_paths
from pipeline_cli.storage.outcomes import read_cycles, read_finished_visits
from pipeline_cli.storage.reader import Reader


class Picture(NamedTuple):
    """One pipeline as known at the clock's instant."""

    playbook: Playbook
    pipeline: Pipeline
    clock: Clock
    deals: tuple[JudgedDeal, ...]
    outcomes: Outcomes
    probabilities: tuple[StageProbability, ...]
    yardsticks: Yardsticks
    cycles: Sequence[float]
    reached: dict[int, int]
    """Open deal -> the furthest position it ever reached."""
    visits: dict[str, list[float]]
    """Stage -> days of its finished visits, shortest first."""

    @property
    def open_deals(self) -> tuple[JudgedDeal, ...]:
        return tuple(deal for deal in self.deals if deal.facts.status == "open")


def take_picture(
    reader: Reader, playbook: Playbook, pipeline: Pipeline, statuses: Collection[str] | None = ("open",),
    also: DealFacts | None = None,
) -> Picture:  # fmt: skip
    """Deals of these statuses (None: all), each weighted by its own probability or its stage's.

    `also` is a deal that is judged beside them whatever its status.
    """
    outcomes = outcomes_of(reader, playbook, pipeline)
    probabilities = probabilities_of(pipeline, outcomes)
    cycles = read_cycles(reader, pipeline.id)
    visits = read_finished_visits(reader, pipeline.id)
    medians = {stage: (percentile(days, 0.5) or 0.0, len(days)) for stage, days in visits.items()}
    yardsticks = Yardsticks(usual_cycle_days(cycles, playbook.prune_in(pipeline).usual_cycle_days), medians)
    paths = read_paths(reader, pipeline.id, pipeline.stage_ids)
    facts = read_facts(reader, pipeline.id, statuses)
    if also is not None and all(one.id != also.id for one in facts):
        facts.append(also)
    facts = [one._replace(moves_back=paths.get(one.id, (0, 0))[1]) for one in facts]
    deals = judge_deals(
        facts, playbook, pipeline, reader.clock, yardsticks,
        {one.stage: one.used for one in probabilities},
        read_answers(reader, pipeline.id, statuses, None if also is None else also.id),
        count_gaps(reader, playbook, pipeline, facts),
    )  # fmt: skip
    reached = {deal: position for deal, (position, _) in paths.items()}
    return Picture(
        playbook, pipeline, reader.clock, deals, outcomes, probabilities, yardsticks, cycles, reached, visits
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
    from pipeline_cli.domain.exit_criteria import check_criteria  # few deals were ever forced on
    from pipeline_cli.storage.deals import read_record

    record = read_record(reader, deal_id)
    open_ones = []
    for stage in pipeline.stages:
        if any(name.partition(".")[0] == stage.id for name in forced_past):
            results = check_criteria(stage, record, playbook, reader.clock)
            open_ones += [f"{stage.id}.{one.id}" for one in results if not one.met and not one.waived]
    return [name for name in open_ones if name in forced_past]
