"""What the forecast becomes when deals are closed as lost: the forecast's own method, with and without them."""

# No `from __future__ import annotations`: typing compiles each annotation that comes as text, 1 ms of every start here.

from collections.abc import Collection, Sequence
from typing import NamedTuple

from pipeline_cli.domain.forecast.outlook import Question, within_horizon
from pipeline_cli.domain.forecast.runs import History
from pipeline_cli.domain.playbook import Pipeline, Playbook
from pipeline_cli.reports.book import Book, ranging_of
from pipeline_cli.storage.reader import Reader

FORECAST_DAYS = 30
"""The horizon that `forecast` has when none is named."""


class Expected(NamedTuple):
    """What today's open deals bring within the horizon by the method `timed`, in minor units."""

    before: float
    after: float


def expected_of(
    reader: Reader, playbook: Playbook, pipelines: Sequence[Pipeline], lost: Collection[int]
) -> Expected:  # fmt: skip
    """`lost`: deals taken as closed today, so that the method learns from their loss too."""
    before, after = [], []
    for pipeline in pipelines:
        whole, pruned = _books(reader, playbook, pipeline, lost)
        before.append(whole)
        after.append(pruned)
    return Expected(_expected(before, reader), _expected(after, reader))


def _books(reader: Reader, playbook: Playbook, pipeline: Pipeline, lost: Collection[int]) -> tuple[Book, Book]:
    from pipeline_cli.domain.forecast.open_deals import weigh_open_deals
    from pipeline_cli.domain.forecast.timed import timed_forecast
    from pipeline_cli.storage.facts import read_facts
    from pipeline_cli.storage.histories import read_histories

    today = reader.clock.today.toordinal()
    configured = [stage.probability for stage in pipeline.stages]
    history = read_histories(reader, playbook, pipeline)
    facts = read_facts(reader, pipeline.id, ("open",))

    def book(of: History, without: Collection[int]) -> Book:
        timed = timed_forecast(of, today, configured, FORECAST_DAYS)
        staying = [one for one in facts if one.id not in without]
        return Book(pipeline, weigh_open_deals(staying, playbook, pipeline, (), "timed", timed), (), timed)

    whole = book(history, ())
    if not lost:
        return whole, whole
    return whole, book(history.with_lost(lost, today), lost)


def _expected(books: Sequence[Book], reader: Reader) -> float:
    asked = Question(reader.clock.today, "month", FORECAST_DAYS, None, ranging_of(books))
    return within_horizon([deal for book in books for deal in book.deals], asked).expected_cents
