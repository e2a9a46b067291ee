"""The cadence: how often and when to try again with somebody who has not answered."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline_cli.domain.deal.deal import Touchpoint
from pipeline_cli.domain.deal.touch_sense import sense_of
from pipeline_cli.domain.playbook import Cadence
from pipeline_cli.domain.rules.cadence import Attempts, attempts_in, next_attempt, planned_attempts
from pipeline_cli.domain.words.clock import Clock

CADENCE = Cadence(6, (0, 2, 4, 7, 14, 21), 1.0)
CLOCK = Clock(datetime(2026, 11, 21, 10, tzinfo=UTC), UTC)
FIRST = date(2026, 11, 1)


def touch(day: int, direction: str | None, outcome: str | None = None, kind: str = "email") -> Touchpoint:
    sense, awaits = sense_of(kind, direction, outcome)
    at = datetime(2026, 11, day, 9, tzinfo=UTC)
    return Touchpoint(kind, direction, at, outcome, None, inferred=False, sense=sense, awaits_answer=awaits)


def after(days: int) -> date:
    return FIRST + timedelta(days=days)


@pytest.mark.parametrize(("made", "day"), [(1, 2), (2, 4), (3, 7), (4, 14), (5, 21)])
def test_who_keeps_to_the_plan_follows_its_days(made: int, day: int) -> None:
    attempt = next_attempt(CADENCE, Attempts(made, FIRST, after(CADENCE.days[made - 1])))

    assert attempt == (made + 1, 6, after(day))
    assert attempt is not None
    assert attempt.name == f"attempt {made + 1} of 6"


def test_who_was_late_is_given_the_same_pause_again() -> None:
    assert next_attempt(CADENCE, Attempts(2, FIRST, after(10))) == (3, 6, after(12))


def test_who_was_early_waits_for_the_day_of_the_plan() -> None:
    assert next_attempt(CADENCE, Attempts(3, FIRST, FIRST)) == (4, 6, after(7))


def test_after_the_last_there_is_none() -> None:
    assert next_attempt(CADENCE, Attempts(6, FIRST, after(21))) is None
    assert next_attempt(CADENCE._replace(max_unanswered=2), Attempts(2, FIRST, after(2))) is None
    assert next_attempt(Cadence(6, (), 1.0), Attempts(1, FIRST, FIRST)) is None
    assert planned_attempts(Cadence(2, (0, 3, 9), 1.0)) == 2


def test_only_attempts_after_the_last_conversation_count() -> None:
    assert attempts_in([], CLOCK) is None
    assert attempts_in([touch(1, "out"), touch(2, "in")], CLOCK) is None
    assert attempts_in([touch(9, "out"), touch(2, "in"), touch(1, "out"), touch(5, "out"), touch(7, None)], CLOCK) == (
        2,
        date(2026, 11, 5),
        date(2026, 11, 9),
    )
    assert attempts_in([touch(1, "out"), touch(2, "out", kind="meeting")], CLOCK) is None
    assert attempts_in([touch(1, "out", "no answer", "call"), touch(2, "in", "out of office")], CLOCK) == (
        1,
        FIRST,
        FIRST,
    )


def test_on_waking_the_cadence_begins_anew() -> None:
    tries = [touch(1, "out"), touch(5, "out")]

    assert attempts_in(tries, CLOCK, date(2026, 11, 6)) is None
    assert attempts_in([*tries, touch(8, "out")], CLOCK, date(2026, 11, 6)) == (1, date(2026, 11, 8), date(2026, 11, 8))


@given(
    st.lists(st.integers(0, 60), min_size=1, max_size=8, unique=True).map(sorted),
    st.integers(1, 10),
    st.integers(0, 90),
)
def test_the_next_attempt_lies_after_the_last(days: list[int], made: int, since: int) -> None:
    last = after(since)
    attempt = next_attempt(Cadence(8, tuple(days), 1.0), Attempts(made, FIRST, last))

    assert (attempt is None) == (made >= len(days))
    if attempt is not None:
        assert attempt.due > last
        assert attempt.due >= after(days[made] - days[0])
