"""What `forecast --explain` says of what was learned: from past misses, of close dates, of the ends of quarters."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import sqrt

from pipeline_cli.domain.forecast.dating import DateSense, Pushes, count_pushes
from pipeline_cli.domain.forecast.misses import Lesson
from pipeline_cli.domain.forecast.season import Season, season_of
from pipeline_cli.domain.words.text import counted
from pipeline_cli.reports.snapshot import PipelineForecast


def learned_in_words(books: Sequence[PipelineForecast]) -> Iterator[tuple[str, str]]:
    """A word and what was measured, of one pipeline by the method timed; of others there is nothing to say."""
    if len(books) != 1 or books[0].timed is None or books[0].sense is None:
        return
    model = books[0].timed.model
    yield "past misses", _of_misses(model.lesson)
    yield "close dates", _of_dates(books[0].sense)
    yield "pushed dates", _of_pushes(count_pushes(model.known, books[0].close_dates))
    yield "quarter ends", _of_season(season_of(model.known), used=model.season is not None)


def _of_misses(lesson: Lesson) -> str:
    if not lesson.misses:
        return (
            "nothing is corrected: from two horizons of history and 100 closed deals on, past forecasts are looked at."
        )
    shifts = ", ".join(f"{miss.shift:+.2f}" for miss in lesson.misses)
    return (
        f"{counted(len(lesson.misses), 'past forecast')}, made anew, would have been right with logits shifted by {shifts}; "
        f"this one is shifted by {lesson.shift:+.2f}, and the luck that all deals share is {sqrt(lesson.shared):.2f}."
    )


def _of_dates(sense: DateSense) -> str:
    if sense.helps is None:
        return (
            f"believed by {sense.weight:.0%}, as is usual: won deals were seen with a date on "
            f"{counted(sense.wins, 'past day')}, and 20 are needed to tell."
        )
    if not sense.helps:
        return f"not believed: over {counted(sense.wins, 'past day')} of won deals they made nothing better foreseen."
    when = f"{abs(sense.late):.0f} days {'after' if sense.late > 0 else 'before'} them"
    return (
        f"believed by {sense.weight:.0%}: over {counted(sense.wins, 'past day')} of won deals, these came {when} in the "
        f"mean, give or take {sense.miss:.0f}."
    )


def _of_pushes(pushes: Pushes) -> str:
    if not pushes.closed:
        return "no deal with a date that was pushed has closed yet."
    return (
        f"{pushes.won} of {counted(pushes.closed, 'closed deal')} with a date that was pushed were won, {pushes.other_won} "
        f"of {pushes.other_closed} with one that was not. No chance goes by it: days in the stage and silence say it already."
    )


def _of_season(season: Season | None, *, used: bool) -> str:
    if season is None:
        return "nothing is said of them before three quarters of history."
    parts = ", ".join(f"{factor:.2f}" for factor in season.factors)
    why = (
        "used"
        if used
        else "not used: it would have made the last forecasts no better"
        if season.proven
        else "not used: it may be chance"
    )
    return f"wins by half months of a quarter, 1 being what the deals open then lead to expect: {parts}; {why}."
