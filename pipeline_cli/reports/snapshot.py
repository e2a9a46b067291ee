"""What reports are made from: the record of some pipelines as known at one instant, each fact read once, when asked for."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING

from pipeline_cli.domain.rules.scored_deal import ScoredDeal
from pipeline_cli.storage.record.captured import CaptureState, read_capture_state

if TYPE_CHECKING:
    from pipeline_cli.domain.deal.deal import Answer, DealFacts, DealRecord
    from pipeline_cli.domain.forecast.dating import Dates, DateSense
    from pipeline_cli.domain.forecast.outlook import OpenDeal, Ranging
    from pipeline_cli.domain.forecast.probability import StageProbability
    from pipeline_cli.domain.forecast.runs import History
    from pipeline_cli.domain.forecast.timed import TimedForecast
    from pipeline_cli.domain.forecast.trust import Trust
    from pipeline_cli.domain.outcomes.flow import Flow
    from pipeline_cli.domain.outcomes.health import StageHealth, Totals
    from pipeline_cli.domain.outcomes.history import FirstResponses, Outcomes, Undated
    from pipeline_cli.domain.playbook import Pipeline, Playbook
    from pipeline_cli.domain.rules.prune import Candidate
    from pipeline_cli.domain.rules.qualification import Verdict
    from pipeline_cli.domain.words.clock import Clock
    from pipeline_cli.storage.reader import Reader


class Snapshot:
    """Some pipelines together."""

    def __init__(
        self,
        reader: Reader,
        playbook: Playbook,
        pipelines: Sequence[Pipeline],
        statuses: Collection[str] | None = ("open",),
    ) -> None:
        """`statuses`: which deals are meant; None: all."""
        self.reader = reader
        self.playbook = playbook
        self.pipelines = pipelines
        self.clock = reader.clock
        self.each = tuple(PipelineSnapshot(reader, playbook, pipeline, statuses) for pipeline in pipelines)

    @property
    def deals(self) -> list[ScoredDeal]:
        """Of all its pipelines."""
        return [deal for one in self.each for deal in one.deals]

    @property
    def open_deals(self) -> list[ScoredDeal]:
        """Of all its pipelines."""
        return [deal for one in self.each for deal in one.open_deals]

    @cached_property
    def totals(self) -> Totals:
        """Of all its pipelines together."""
        return self.each[0].totals if len(self.each) == 1 else sum_up_pipelines(self.each)

    @cached_property
    def captured(self) -> CaptureState:
        """How much was read from mail and calendars."""
        return read_capture_state(self.reader)

    @cached_property
    def undated(self) -> Undated:
        """Of all deals of the pipelines, closed ones too."""
        from pipeline_cli.storage.record.outcomes import read_undated

        return read_undated(self.reader, [pipeline.id for pipeline in self.pipelines])

    def won_on(self, per: str) -> dict[date, int]:
        """Day of the running period -> minor units won."""
        won: dict[date, int] = {}
        for one in self.each:
            for day, cents in one.won_on(per).items():
                won[day] = won.get(day, 0) + cents
        return won


class PipelineSnapshot:
    """One pipeline: its deals, and what its history says of them. All that findings and scores go by."""

    def __init__(
        self,
        reader: Reader,
        playbook: Playbook,
        pipeline: Pipeline,
        statuses: Collection[str] | None = ("open",),
        only: DealRecord | None = None,
    ) -> None:
        """`statuses`: which deals are meant; None: all. `only`: that one deal instead, whatever its status."""
        self.reader = reader
        self.playbook = playbook
        self.pipeline = pipeline
        self.clock: Clock = reader.clock
        self._statuses = statuses
        self._only = only
        self._gaps: dict[int, list[str]] = {}
        self._won_on: dict[str, dict[date, int]] = {}
        self._timed: dict[int, TimedForecast] = {}

    # The deals

    @cached_property
    def facts(self) -> list[DealFacts]:
        """The deals as rows of facts."""
        from pipeline_cli.storage.record.facts import read_facts

        return [self._only.facts] if self._only else read_facts(self.reader, self.pipeline.id, self._statuses)

    @cached_property
    def weighed(self) -> tuple[ScoredDeal, ...]:
        """The deals, of which more is read when it is asked for, while the record is open."""
        return tuple([ScoredDeal(fact, self) for fact in self.facts])

    @cached_property
    def deals(self) -> tuple[ScoredDeal, ...]:
        """The deals with all that is to be said of them: they may be shown when the record is closed again."""
        for deal in self.weighed:
            _ = deal.probability, deal.verdict, deal.flags
        return self.weighed

    @cached_property
    def open_deals(self) -> tuple[ScoredDeal, ...]:
        """Those that are neither won, lost nor disqualified."""
        return tuple([deal for deal in self.deals if deal.is_open])

    @cached_property
    def answers(self) -> Mapping[int, Mapping[str, Answer]]:
        """Deal -> question -> the latest answer."""
        from pipeline_cli.storage.record.facts import read_answers

        if self._only:
            return {self._only.facts.id: self._only.answers}
        return read_answers(self.reader, self.pipeline.id, self._statuses)

    @cached_property
    def unasked(self) -> Verdict:
        """The verdict on a deal of which nothing was asked."""
        from pipeline_cli.domain.rules.qualification import judge_qualification

        return judge_qualification(self.playbook.qualification_in(self.pipeline), {}, {})

    @cached_property
    def weighted_cents(self) -> float:
        """Of all open deals together, in minor units of the file's currency."""
        if self._only is None:
            return sum(deal.weighted_cents for deal in self.weighed if deal.is_open)
        from pipeline_cli.storage.record.facts import read_values

        total = 0.0
        for deal_id, stage, cents, currency, own in read_values(self.reader, self.pipeline.id):
            chance = own if own is not None else self.chance_of(deal_id) if self.pipeline.stage(stage) else 0.0
            total += self.playbook.in_home(cents, currency) * chance
        return total

    @cached_property
    def paths(self) -> Mapping[int, tuple[int, int]]:
        """Open deal -> the furthest position it ever reached, and how often it was moved to an earlier stage."""
        from pipeline_cli.storage.record.facts import read_paths

        return read_paths(self.reader, self.pipeline.id, self.pipeline.stage_ids)

    @cached_property
    def reached(self) -> dict[int, int]:
        """Open deal -> the furthest position it ever reached."""
        return {deal: position for deal, (position, _) in self.paths.items()}

    def moves_back_of(self, deal_id: int) -> int:
        """How often it went to an earlier stage."""
        return self.paths.get(deal_id, (0, 0))[1]

    @cached_property
    def forced_past(self) -> Mapping[int, tuple[str, ...]]:
        """Open deal -> `stage.criterion` of what was missing each time it was forced on."""
        from pipeline_cli.storage.record.facts import read_forced_gaps

        if self._only:
            return read_forced_gaps(self.reader, None, self._only.facts.id)
        return read_forced_gaps(self.reader, self.pipeline.id)

    def gaps_of(self, deal_id: int) -> list[str]:
        """Of those, the ones that do not hold now; criteria that pipeline.yaml no longer has are dropped.

        Only deals that were forced on are read whole.
        """
        if deal_id not in self.forced_past:
            return []
        if deal_id not in self._gaps:
            from pipeline_cli.domain.rules.exit_criteria import still_missing
            from pipeline_cli.storage.record.deals import read_record

            record = self._only or read_record(self.reader, deal_id)
            forced = self.forced_past[deal_id]
            self._gaps[deal_id] = still_missing(self.pipeline, record, self.playbook, self.clock, forced)
        return self._gaps[deal_id]

    # What history says

    @cached_property
    def outcomes(self) -> Outcomes:
        """What closed deals say, by the stage they reached."""
        from pipeline_cli.domain.outcomes.history import sum_outcomes
        from pipeline_cli.storage.record.outcomes import read_outcomes

        counts = read_outcomes(self.reader, self.pipeline.id, self.pipeline.stage_ids)
        return sum_outcomes(counts, len(self.pipeline.stages), self.playbook.in_home)

    @cached_property
    def probabilities(self) -> tuple[StageProbability, ...]:
        """In the order of the stages."""
        from pipeline_cli.domain.forecast.probability import stage_probabilities

        configured = [(stage.id, stage.probability) for stage in self.pipeline.stages]
        return stage_probabilities(configured, self.outcomes.won, self.outcomes.closed)

    @cached_property
    def chances(self) -> dict[str, float]:
        """Stage -> share of the deals that reached it that are won, 0 to 1."""
        return {probability.stage: probability.used for probability in self.probabilities}

    def timed_within(self, days: int) -> TimedForecast:
        """What the method `timed` says of every open deal, by a horizon."""
        if days not in self._timed:
            from pipeline_cli.domain.forecast.timed import timed_forecast

            configured = [stage.probability for stage in self.pipeline.stages]
            self._timed[days] = timed_forecast(self.history, self.clock.today.toordinal(), configured, days)
        return self._timed[days]

    def trust_within(self, days: int) -> Trust:
        """Which method the own past trusts over a horizon, and how each did."""
        from pipeline_cli.domain.forecast.backtest import METHODS
        from pipeline_cli.domain.forecast.trust import Track, Trust, decision, fingerprint, sample_of, trusted

        stages = [(stage.id, stage.probability) for stage in self.pipeline.stages]

        decided = decision(self.history, self.clock.today.toordinal())
        sample, is_whole = sample_of(self.history, decided[0])

        def judge() -> dict[int, float]:
            made = trusted(sample, decided, [chance for _, chance in stages], days, whole=is_whole)
            figures: list[float] = [METHODS.index(made.method), made.closed, made.days, made.ranked, made.whole]
            for method in METHODS if made.tracks else ():
                brier, off, held = made.tracks[method]
                figures += [brier, -1.0 if off is None else off, held]
            return dict(enumerate(map(float, figures)))

        asked = ("trust", self.pipeline.id, stages, days, decided, fingerprint(sample, decided[0]))
        kept = self.reader.remembered.recall_past(asked, judge) if self.reader.remembered else judge()
        best, closed, replayed, ranked, whole, *rest = kept.values()
        tracks = {
            method: Track(rest[at], None if rest[at + 1] < 0 else rest[at + 1], round(rest[at + 2]))
            for at, method in zip(range(0, len(rest), 3), METHODS, strict=False)
        }
        return Trust(METHODS[round(best)], round(closed), round(replayed), days, tracks, bool(ranked), bool(whole))

    @cached_property
    def _in_the_end(self) -> Mapping[int, float]:
        """Open deal -> chance of being won in the end, which every horizon says alike."""
        remembered = self.reader.remembered
        if remembered is None or self._timed:
            return self._learned_in_the_end()
        stages = [(stage.id, stage.probability) for stage in self.pipeline.stages]
        rates = sorted(map(str, self.playbook.exchange_rates.items()))
        asked = ("chances", self.pipeline.id, stages, self.playbook.currency, rates)
        return remembered.recall(asked, self._learned_in_the_end)

    def _learned_in_the_end(self) -> dict[int, float]:
        from pipeline_cli.domain.forecast.timed import LONGEST

        made = next(iter(self._timed.values()), None) or self.timed_within(LONGEST)
        return {chance.id: chance.p_win for chance in made.deals}

    def chance_of(self, deal_id: int) -> float:
        """That an open deal is won in the end, 0 to 1."""
        return self._in_the_end.get(deal_id, 0.0)

    @cached_property
    def cycles(self) -> Sequence[float]:
        """Days of the won deals, shortest first."""
        from pipeline_cli.storage.record.outcomes import read_cycles

        return read_cycles(self.reader, self.pipeline.id)

    @cached_property
    def usual_cycle_days(self) -> float:
        """Median days from creation to winning; the file's guess where there are too few."""
        from pipeline_cli.domain.outcomes.history import usual_cycle_days

        return usual_cycle_days(self.cycles, self.playbook.prune_in(self.pipeline).usual_cycle_days)

    @cached_property
    def visits(self) -> dict[str, list[float]]:
        """Stage -> days of its finished visits, shortest first."""
        from pipeline_cli.storage.record.outcomes import read_finished_visits

        return read_finished_visits(self.reader, self.pipeline.id)

    @cached_property
    def usual_visits(self) -> dict[str, tuple[float, int]]:
        """Stage -> median days of its finished visits, and how many there were."""
        from pipeline_cli.domain.outcomes.history import percentile

        return {stage: (percentile(days, 0.5) or 0.0, len(days)) for stage, days in self.visits.items()}

    @cached_property
    def history(self) -> History:
        """What the method `timed` learns from."""
        from pipeline_cli.storage.record.histories import read_histories

        return read_histories(self.reader, self.playbook, self.pipeline)

    @cached_property
    def first_responses(self) -> FirstResponses:
        """How fast new leads were answered."""
        from pipeline_cli.storage.record.outcomes import read_first_responses

        return read_first_responses(self.reader, self.pipeline.id)

    @cached_property
    def flow(self) -> Flow:
        """What passed through the pipeline."""
        from pipeline_cli.storage.record.flow import read_flow

        place, stages = self.pipeline.qualifying_position, self.pipeline.stage_ids
        return read_flow(self.reader, self.pipeline.id, stages[0], None if place is None else stages[place + 1 :])

    def won_on(self, per: str) -> dict[date, int]:
        """Day of the running week, month, quarter or year -> minor units won."""
        if per not in self._won_on:
            from pipeline_cli.domain.words.dates import period_of
            from pipeline_cli.storage.record.outcomes import read_won_since

            won = self._won_on[per] = {}
            first, _ = period_of(self.clock.today, per)
            for at, cents, currency in read_won_since(self.reader, self.pipeline.id, self.clock.start_of(first)):
                day = self.clock.day(at)
                won[day] = won.get(day, 0) + self.playbook.in_home(cents, currency)
        return self._won_on[per]

    # What follows from both

    @cached_property
    def stages(self) -> tuple[StageHealth, ...]:
        """A row a stage."""
        from pipeline_cli.domain.outcomes.health import stage_health

        return stage_health(self.open_deals, self)

    @cached_property
    def totals(self) -> Totals:
        """The totals of this pipeline alone."""
        return sum_up_pipelines([self])

    @cached_property
    def prune(self) -> tuple[Candidate, ...]:
        """What `prune` would propose today."""
        from pipeline_cli.domain.rules.prune import plan_prune

        return plan_prune(self.open_deals, self.playbook, self.pipeline, self.clock)


def sum_up_pipelines(snapshots: Sequence[PipelineSnapshot]) -> Totals:
    """Of one pipeline, or of several together."""
    from pipeline_cli.domain.outcomes.health import count_qualified, sum_up
    from pipeline_cli.domain.outcomes.history import add_up, all_responses

    playbook, pipelines = snapshots[0].playbook, [snapshot.pipeline for snapshot in snapshots]
    quota = playbook.quota_held_against(pipelines)
    per = quota.per if quota else "month"
    return sum_up(
        [deal for snapshot in snapshots for deal in snapshot.open_deals],
        sum(count_qualified(snapshot.open_deals, snapshot.pipeline) for snapshot in snapshots),
        add_up([snapshot.outcomes for snapshot in snapshots]),
        sorted(days for snapshot in snapshots for days in snapshot.cycles),
        all_responses([snapshot.first_responses for snapshot in snapshots]),
        sum(sum(snapshot.won_on(per).values()) for snapshot in snapshots),
        quota,
        playbook.first_response_hours(pipelines),
        snapshots[0].clock,
    )


class PipelineForecast:
    """What the open deals of one pipeline will bring, by one method."""

    def __init__(self, snapshot: PipelineSnapshot, method: str, days: int) -> None:
        """`days`: the horizon. Raises UsageError for a method there is none of."""
        from pipeline_cli.domain.forecast.outlook import METHODS

        if method not in METHODS:
            from pipeline_cli.domain.errors import UsageError
            from pipeline_cli.domain.words.text import choice_of

            raise UsageError(f"--method {method}: is no method: {choice_of(method, METHODS)}.")
        self.snapshot = snapshot
        self.method = method
        self._days = days

    @cached_property
    def timed(self) -> TimedForecast | None:
        """None: another method was asked for."""
        return self.snapshot.timed_within(self._days) if self.method == "timed" else None

    @cached_property
    def deals(self) -> list[OpenDeal]:
        """The open deals with their chances."""
        from pipeline_cli.domain.forecast.outlook import weigh_open_deals

        open_deals = [deal for deal in self.snapshot.weighed if deal.is_open]
        return weigh_open_deals(open_deals, self.method, self.timed, self.sense)

    @cached_property
    def sense(self) -> DateSense | None:
        """What expected close dates are worth; None: the method goes by them alone."""
        if self.timed is None:
            return None
        from pipeline_cli.domain.forecast.dating import learn_dates

        return learn_dates(self.timed.model.known, self.timed.model, self.close_dates)

    @cached_property
    def close_dates(self) -> Dates:
        """The close dates that were expected of each deal, day by day."""
        from pipeline_cli.storage.record.close_dates import read_close_dates

        return read_close_dates(self.snapshot.reader, self.snapshot.pipeline.id)


def ranging_of(forecasts: Sequence[PipelineForecast]) -> Ranging:
    """Of several pipelines the largest shock is taken for all: their luck is not known to differ."""
    from pipeline_cli.domain.forecast.distribution import Bet, Spread, shocked_spread
    from pipeline_cli.domain.forecast.outlook import independent

    learned = [forecast.timed for forecast in forecasts if forecast.timed is not None]
    if not learned:
        return independent

    def shared_luck(bets: Sequence[Bet], days: int, certain_cents: int) -> Spread:
        return shocked_spread(bets, max(one.model.shock_within(days) for one in learned), certain_cents)

    return shared_luck
