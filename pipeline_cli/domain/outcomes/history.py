"""What closed deals say: win rates, stage counts, cycles; and what nobody gave a date."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from pipeline_cli.domain.playbook import OUTCOMES
from pipeline_cli.domain.record import NamedTuple
from pipeline_cli.domain.words.text import counted


class OutcomeCount(NamedTuple):
    """Closed deals alike in status, furthest stage and currency."""

    status: str
    position: int
    """Of the furthest stage ever entered."""
    currency: str
    deals: int
    value_cents: int
    valued: int
    """How many of them have a value."""


class FirstResponses(NamedTuple):
    """How long leads waited for a first answer."""

    hours: Sequence[float]
    """Of those that had one before they were closed, shortest first."""
    never: int | None
    """How many had none; None: no touchpoint says which way it went, so nobody knows."""


def all_responses(parts: Sequence[FirstResponses]) -> FirstResponses:
    """Of several pipelines together."""
    never = [part.never for part in parts if part.never is not None]
    return FirstResponses(sorted(hours for part in parts for hours in part.hours), sum(never) if never else None)


class Outcomes(NamedTuple):
    """Closed deals of one pipeline, money in the file's currency."""

    won: tuple[int, ...]
    """Won deals that reached stage k; the same number for each stage."""
    lost: tuple[int, ...]
    """Lost deals that reached stage k or any later one."""
    disqualified: tuple[int, ...]
    won_value_cents: int
    lost_value_cents: int
    won_valued: int
    """How many won deals have a value."""

    @property
    def closed(self) -> tuple[int, ...]:
        """Won and lost deals that reached stage k: the n of its win rate."""
        return tuple(won + lost for won, lost in zip(self.won, self.lost, strict=True))


def sum_outcomes(counts: Sequence[OutcomeCount], stages: int, convert: Callable[[int, str], int]) -> Outcomes:
    """Counts a deal in each stage it reached, `reached` meaning that stage or any later one."""
    reached = {status: [0] * stages for status in OUTCOMES}
    value = {"won": 0, "lost": 0, "disqualified": 0}
    valued = 0
    for count in counts:
        for position in range(min(count.position, stages - 1) + 1):
            reached[count.status][position] += count.deals
        value[count.status] += convert(count.value_cents, count.currency)
        valued += count.valued if count.status == "won" else 0
    return Outcomes(
        tuple(reached["won"]),
        tuple(reached["lost"]),
        tuple(reached["disqualified"]),
        value["won"],
        value["lost"],
        valued,
    )


def add_up(parts: Sequence[Outcomes]) -> Outcomes:
    """Of several pipelines together: counted as one stage, for their stages have nothing in common."""
    return Outcomes(
        won=(sum(part.won[0] for part in parts),),
        lost=(sum(part.lost[0] for part in parts),),
        disqualified=(sum(part.disqualified[0] for part in parts),),
        won_value_cents=sum(part.won_value_cents for part in parts),
        lost_value_cents=sum(part.lost_value_cents for part in parts),
        won_valued=sum(part.won_valued for part in parts),
    )


def with_further_losses(outcomes: Outcomes, positions: Sequence[int], value_cents: int) -> Outcomes:
    """The outcomes as they would be if open deals that reached these positions were lost."""
    lost = list(outcomes.lost)
    for reached in positions:
        for position in range(reached + 1):
            lost[position] += 1
    return outcomes._replace(lost=tuple(lost), lost_value_cents=outcomes.lost_value_cents + value_cents)


def share(part: float, whole: float) -> float | None:
    """part ÷ whole; None without a whole."""
    return part / whole if whole else None


def win_rate(outcomes: Outcomes) -> float | None:
    """won ÷ (won + lost) by count; disqualified deals are in neither. None where nothing was lost: see `is_one_sided`."""
    return share(outcomes.won[0], outcomes.won[0] + outcomes.lost[0]) if outcomes.lost[0] else None


def win_rate_by_value(outcomes: Outcomes) -> float | None:
    """Won value ÷ (won + lost value); None where nothing was lost, or nobody wrote down what it was worth."""
    if not outcomes.lost_value_cents:
        return None
    return share(outcomes.won_value_cents, outcomes.won_value_cents + outcomes.lost_value_cents)


def is_one_sided(won: int, lost: int) -> bool:
    """Wins and not one loss: such a record was kept of buyers alone, and knows nothing of the others."""
    return won > 0 and lost == 0


def holds_buyers_alone(won: int, lost: int, others: int) -> bool:
    """Not one loss, and more wins than deals with any other fate: a share of wins says nothing either.

    Where most are still open, it says how many of them were won so far."""
    return is_one_sided(won, lost) and won > others


def percentile(ascending: Sequence[float], at: float) -> float | None:
    """Linear interpolation between order statistics, as statistics.quantiles(method="inclusive"); at is 0 to 1.

    One value is its own percentile; None without values.
    """
    if not ascending:
        return None
    place = (len(ascending) - 1) * at
    below = int(place)
    if below + 1 >= len(ascending):
        return float(ascending[-1])
    return ascending[below] + (ascending[below + 1] - ascending[below]) * (place - below)


def usual_cycle_days(cycles: Sequence[float], configured: int, enough: int = 10) -> float:
    """The median cycle of won deals; the configured one until `enough` are known."""
    median = percentile(cycles, 0.5)
    return configured if median is None or len(cycles) < enough else median


class Undated(NamedTuple):
    """How many deals lack a date that counts."""

    won: int = 0
    """Won, and no file said when."""
    lost: int = 0
    """Lost or disqualified, and no file said when."""
    created: int = 0
    """Of every status, and no file said when they were created."""
    cycles: int = 0
    """Won deals that have no cycle, because one end of it is not known."""

    @property
    def closed(self) -> int:
        """Won and lost ones together."""
        return self.won + self.lost


def undated_line(undated: Undated, left_out_of: str) -> str | None:
    """`Left out of cycle and periods, because nobody said when: 337 closings.`; None: nothing is left out."""
    missing = [
        counted(number, noun) for number, noun in ((undated.closed, "closing"), (undated.created, "creation")) if number
    ]
    return f"Left out of {left_out_of}, because no file says when: {' and '.join(missing)}." if missing else None


def closings_line(undated: Undated, left_out_of: str) -> str | None:
    """The same of closings alone, where creations are of no account."""
    return undated_line(undated._replace(created=0), left_out_of)


def undated_json(undated: Undated) -> dict[str, int]:
    """For machines: how many closings and creations have no date."""
    return {"closed": undated.closed, "created": undated.created}


def no_losses_line(won: int) -> str:
    """Why there is no win rate where deals were won and none lost."""
    return f"No win rate: {counted(won, 'deal')} won and none lost. A record without losses cannot tell how many buy."
