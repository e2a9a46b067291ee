"""Lengths and reminders as people type them, and steps in words."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from pipeline_cli.domain.deal.steps import (
    NamedStep,
    parse_minutes,
    read_named,
    span_in_words,
    start_of,
    when_in_words,
)
from pipeline_cli.domain.words.clock import Clock


@pytest.mark.parametrize(
    ("text", "minutes"),
    [
        ("45", 45),
        ("45m", 45),
        ("45 min", 45),
        ("1h", 60),
        ("1h30m", 90),
        ("1h 30", 90),
        ("1:30", 90),
        ("1.5h", 90),
        ("1,5 h", 90),
        ("2d", 2880),
        ("0", 0),
        ("", None),
        ("-5", None),
        ("h", None),
        ("1:75", None),
        ("soon", None),
        ("1w", None),
        ("٤٥", None),
        ("999999999", None),
    ],
)
def test_a_span_of_minutes_is_read_in_the_usual_forms(text: str, minutes: int | None) -> None:
    assert parse_minutes(text) == minutes


@pytest.mark.parametrize("minutes", [0, 1, 45, 60, 90, 1439, 1440, 1501, 40320])
def test_what_is_said_of_a_span_reads_as_that_span(minutes: int) -> None:
    assert parse_minutes(span_in_words(minutes)) == minutes


def test_a_step_is_said_with_as_much_as_is_known() -> None:
    day = date(2026, 12, 4)
    assert when_in_words(day) == "2026-12-04"
    assert when_in_words(day, "14:30") == "2026-12-04 14:30"
    assert when_in_words(day, "14:30", 90) == "2026-12-04 14:30 for 1h30m"


@pytest.mark.parametrize(
    ("words", "named"),
    [
        (["12"], [NamedStep("12", None)]),
        (["#12.2", "3"], [NamedStep("12", 2), NamedStep("3", None)]),
        (["12.0"], [NamedStep("12.0", None)]),
        (["Acme", "2.0"], [NamedStep("Acme", None), NamedStep("2.0", None)]),
        (["Release", "2.1"], [NamedStep("Release", None), NamedStep("2.1", None)]),
    ],
)
def test_a_number_behind_the_dot_is_a_step_where_only_numbers_stand(words: list[str], named: list[NamedStep]) -> None:
    assert read_named(words) == named


@pytest.mark.parametrize(
    ("day", "at", "instant"),
    [
        (date(2026, 3, 28), "14:30", datetime(2026, 3, 28, 13, 30, tzinfo=UTC)),
        (date(2026, 3, 29), "14:30", datetime(2026, 3, 29, 12, 30, tzinfo=UTC)),
        (date(2026, 10, 25), "02:30", datetime(2026, 10, 25, 0, 30, tzinfo=UTC)),
        (date(2026, 10, 25), "03:00", datetime(2026, 10, 25, 2, 0, tzinfo=UTC)),
    ],
)
def test_the_clock_on_the_wall_is_meant_whatever_the_clocks_do(day: date, at: str, instant: datetime) -> None:
    clock = Clock(datetime(2026, 1, 1, tzinfo=UTC), ZoneInfo("Europe/Berlin"))
    assert start_of(day, at, clock) == instant
