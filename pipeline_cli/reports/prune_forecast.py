"""What the forecast becomes when deals are closed as lost: the forecast's own method, with and without them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from itertools import chain
from typing import TYPE_CHECKING

from pipeline_cli.domain.forecast.distribution import Bet, expected_sum
from pipeline_cli.domain.forecast.outlook import bets_within
from pipeline_cli.domain.record import NamedTuple
from pipeline_cli.reports.picture import Picture
from pipeline_cli.storage.reader import Reader

if TYPE_CHECKING:
    from pipeline_cli.domain.forecast.runs import Known

FORECAST_DAYS = 30
"""The horizon that `forecast` has when none is named."""


class Expected(NamedTuple):
    """What today's open deals bring within the horizon by the method `timed`, in minor units."""

    before: float
    after: float


def expected_of(reader: Reader, pictures: Sequence[Picture], lost: Collection[int]) -> Expected:
    """`lost`: deals taken as closed today, so that the method learns from their loss too."""
    both = [_bets(reader, picture, lost) for picture in pictures]
    return Expected(*[expected_sum(chain.from_iterable(bets)) for bets in zip(*both, strict=True)])


def _bets(reader: Reader, picture: Picture, lost: Collection[int]) -> tuple[list[Bet], list[Bet]]:
    """Before and after."""
    from pipeline_cli.domain.forecast.open_deals import weigh_open_deals
    from pipeline_cli.domain.forecast.runs import known_on
    from pipeline_cli.domain.forecast.timed import forecast_known
    from pipeline_cli.storage.histories import read_histories

    playbook, pipeline = picture.playbook, picture.pipeline
    configured = [stage.probability for stage in pipeline.stages]
    history = read_histories(reader, playbook, pipeline, few_are_asked=True)
    known = known_on(history, reader.clock.today.toordinal())
    facts = [deal.facts for deal in picture.open_deals]

    def bets(of: Known, without: Collection[int]) -> list[Bet]:
        timed = forecast_known(of, configured, FORECAST_DAYS)
        staying = [one for one in facts if one.id not in without]
        return bets_within(weigh_open_deals(staying, playbook, pipeline, (), "timed", timed))

    before = bets(known, ())
    return before, bets(known.with_lost(lost), lost) if lost else before
