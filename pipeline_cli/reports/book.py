"""What a forecast starts from: the open deals of one pipeline with their chances, and how far all may vary."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from pipeline_cli.domain.errors import UsageError
from pipeline_cli.domain.forecast.distribution import Bet, Spread
from pipeline_cli.domain.forecast.open_deals import METHODS, OpenDeal, weigh_open_deals
from pipeline_cli.domain.forecast.outlook import Ranging, independent
from pipeline_cli.domain.forecast.probability import StageProbability
from pipeline_cli.domain.phrases import choice_of
from pipeline_cli.domain.playbook import Pipeline, Playbook
from pipeline_cli.domain.record import NamedTuple
from pipeline_cli.reports.closings import outcomes_of, probabilities_of
from pipeline_cli.storage.facts import read_facts
from pipeline_cli.storage.reader import Reader

if TYPE_CHECKING:
    from pipeline_cli.domain.forecast.timed import TimedForecast


class Book(NamedTuple):
    """One pipeline as known at the clock's instant."""

    pipeline: Pipeline
    deals: Sequence[OpenDeal]
    probabilities: tuple[StageProbability, ...]
    timed: TimedForecast | None
    """None: another method was asked for."""
    method: str


def open_book(reader: Reader, playbook: Playbook, pipeline: Pipeline, method: str, days: int) -> Book:
    """`days`: the horizon. Raises UsageError for a method there is none of."""
    if method not in METHODS:
        raise UsageError(f"--method {method}: is no method: {choice_of(method, METHODS)}.")
    probabilities = probabilities_of(pipeline, outcomes_of(reader, playbook, pipeline))
    timed = learn(reader, playbook, pipeline, days) if method == "timed" else None
    facts = read_facts(reader, pipeline.id, ("open",))
    deals = weigh_open_deals(facts, playbook, pipeline, probabilities, method, timed)
    return Book(pipeline, deals, probabilities, timed, method)


def learn(reader: Reader, playbook: Playbook, pipeline: Pipeline, days: int) -> TimedForecast:
    from pipeline_cli.domain.forecast.timed import timed_forecast  # the other methods need none of its steps
    from pipeline_cli.storage.histories import read_histories

    history = read_histories(reader, playbook, pipeline, few_are_asked=True)
    configured = [stage.probability for stage in pipeline.stages]
    return timed_forecast(history, reader.clock.today.toordinal(), configured, days)


def ranging_of(books: Sequence[Book]) -> Ranging:
    """Of several pipelines the largest shock is taken for all: their luck is not known to differ."""
    learned = [book.timed for book in books if book.timed is not None]
    if not learned:
        return independent
    from pipeline_cli.domain.forecast.shock import shocked_spread

    def shared_luck(bets: Sequence[Bet], days: int, certain_cents: int) -> Spread:
        return shocked_spread(bets, max(one.model.shock_within(days) for one in learned), certain_cents)

    return shared_luck
