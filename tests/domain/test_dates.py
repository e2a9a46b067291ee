from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline_cli.domain.errors import UsageError
from pipeline_cli.domain.words import dates
from pipeline_cli.domain.words.clock import Clock
from pipeline_cli.domain.words.dates import EARLIEST, LATEST, parse_date, parse_days, parse_when, refuse_future

SATURDAY = date(2026, 11, 21)
BERLIN = Clock(datetime(2026, 11, 21, 9, 30, tzinfo=UTC), ZoneInfo("Europe/Berlin"))


@pytest.fixture(autouse=True)
def our_own_grammar_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dates, "FURTHER_DATES", [])


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2026-11-21", "2026-11-21"),
        (" 2024-02-29 ", "2024-02-29"),
        ("today", "2026-11-21"),
        ("Yesterday", "2026-11-20"),
        ("tomorrow", "2026-11-22"),
        ("sunday", "2026-11-22"),
        ("fri", "2026-11-27"),
        ("last friday", "2026-11-20"),
        ("3d", "2026-11-24"),
        ("+3d", "2026-11-24"),
        ("-3d", "2026-11-18"),
        ("2w", "2026-12-05"),
        ("1m", "2026-12-21"),
        ("-1y", "2025-11-21"),
        ("eow", "2026-11-22"),
        ("eom", "2026-11-30"),
        ("eoq", "2026-12-31"),
        ("eoy", "2026-12-31"),
    ],
)
def test_a_day_is_read_as_people_say_it(text: str, day: str) -> None:
    assert parse_date(text, SATURDAY) == date.fromisoformat(day)


def test_the_weekday_of_today_means_a_week_ahead_and_last_a_week_ago() -> None:
    assert parse_date("saturday", SATURDAY) == date(2026, 11, 28)
    assert parse_date("last sat", SATURDAY) == date(2026, 11, 14)


def test_a_month_after_the_last_of_january_is_the_last_of_february() -> None:
    assert parse_date("1m", date(2026, 1, 31)) == date(2026, 2, 28)


def test_the_end_of_a_period_may_be_today() -> None:
    assert parse_date("eom", date(2026, 12, 31)) == date(2026, 12, 31)
    assert parse_date("eow", date(2026, 11, 22)) == date(2026, 11, 22)


def test_a_day_the_calendar_does_not_have_is_refused() -> None:
    with pytest.raises(UsageError, match=r"'2026-02-30' does not exist in the calendar: type "):
        parse_date("2026-02-30", SATURDAY)


def test_a_word_that_is_no_date_is_refused_with_the_forms() -> None:
    with pytest.raises(UsageError) as caught:
        parse_date("fryday", SATURDAY)
    assert str(caught.value) == (
        "'fryday' is not a date: type 2026-11-21, 21 Nov, 21.11., today, yesterday, tomorrow, friday, next friday, "
        "last friday, 3d, -3d, 2w, in 3 weeks, eow, eom, eoq or eoy."
    )


@pytest.mark.parametrize(
    "text", ["", "20261121", "2026-1-1", "２０２６-11-21", "3", "d", "now", "may", "in 3 weeks ago", "21.11.2", "nov"]
)
def test_other_forms_are_refused(text: str) -> None:
    with pytest.raises(UsageError, match="is not a date"):
        parse_date(text, SATURDAY)


@pytest.mark.parametrize(
    ("text", "ahead", "behind"),
    [
        ("27 Nov", "2026-11-27", "2025-11-27"),
        ("Nov 20", "2027-11-20", "2026-11-20"),
        ("21 nov", "2026-11-21", "2026-11-21"),
        ("27th of November", "2026-11-27", "2025-11-27"),
        ("27.11.", "2026-11-27", "2025-11-27"),
        ("1.2", "2027-02-01", "2026-02-01"),
        ("29 Feb", "2028-02-29", "2024-02-29"),
        ("11/27", "2026-11-27", "2025-11-27"),
        ("fri", "2026-11-27", "2026-11-20"),
        ("sat", "2026-11-28", "2026-11-21"),
    ],
)
def test_a_day_without_a_year_lies_ahead_or_behind(text: str, ahead: str, behind: str) -> None:
    assert parse_date(text, SATURDAY) == date.fromisoformat(ahead)
    assert parse_date(text, SATURDAY, past=True) == date.fromisoformat(behind)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("27 November 2026", "2026-11-27"),
        ("Nov 27, 2026", "2026-11-27"),
        ("27.11.26", "2026-11-27"),
        ("2026/11/27", "2026-11-27"),
        ("27/11/2026", "2026-11-27"),
        ("next friday", "2026-11-27"),
        ("next sat", "2026-11-28"),
        ("in 3 weeks", "2026-12-12"),
        ("in 2w", "2026-12-05"),
        ("in a month", "2026-12-21"),
        ("2 days ago", "2026-11-19"),
        ("next quarter", "2027-02-21"),
        ("end of the month", "2026-11-30"),
    ],
)
def test_a_day_is_read_in_every_form_it_is_printed_in(text: str, day: str) -> None:
    assert parse_date(text, SATURDAY) == date.fromisoformat(day)


def test_next_friday_is_that_of_next_week_and_friday_the_coming_one() -> None:
    monday = date(2026, 11, 23)
    assert parse_date("friday", monday) == date(2026, 11, 27)
    assert parse_date("next friday", monday) == date(2026, 12, 4)


def test_what_could_be_two_days_is_refused_with_both() -> None:
    with pytest.raises(UsageError, match=r"^'3/4' could be 3 Apr or 4 Mar: type the one that is meant\.$"):
        parse_date("3/4", SATURDAY)


@pytest.mark.parametrize(
    "text", ["1969-12-31", "2200-01-01", "9999-12-31", "0000-01-01", "999999d", "-99999y", "99999w"]
)
def test_a_day_far_away_is_a_slip_of_the_finger(text: str) -> None:
    with pytest.raises(UsageError):
        parse_date(text, SATURDAY)


def test_the_bounds_are_named() -> None:
    with pytest.raises(UsageError) as caught:
        parse_date("2206-11-21", SATURDAY)
    assert str(caught.value) == "'2206-11-21' is out of range: a date lies between 1970-01-01 and 2199-12-31."


@given(st.dates(EARLIEST, LATEST), st.dates(EARLIEST, LATEST))
def test_an_iso_day_means_itself_whatever_today_is(day: date, today: date) -> None:
    assert parse_date(day.isoformat(), today) == day


@given(st.text(max_size=12), st.dates())
def test_any_text_is_a_day_in_range_or_refused(text: str, today: date) -> None:
    try:
        day = parse_date(text, today)
    except UsageError:
        return
    assert EARLIEST <= day <= LATEST


@pytest.mark.parametrize(
    ("text", "instant"),
    [
        ("today", "2026-11-21T09:30:00+00:00"),
        ("2026-11-21", "2026-11-21T09:30:00+00:00"),
        ("yesterday", "2026-11-20T11:00:00+00:00"),
        ("2026-07-01", "2026-07-01T10:00:00+00:00"),
        ("14:30", "2026-11-21T13:30:00+00:00"),
        ("9:05", "2026-11-21T08:05:00+00:00"),
        ("2026-11-20 14:30", "2026-11-20T13:30:00+00:00"),
        ("2026-11-20T14:30", "2026-11-20T13:30:00+00:00"),
        ("yesterday 14:30", "2026-11-20T13:30:00+00:00"),
        ("last tuesday 14:30", "2026-11-17T13:30:00+00:00"),
        ("2026-11-20T14:30:15.1239Z", "2026-11-20T14:30:15.123+00:00"),
        ("2026-11-20 14:30+02:00", "2026-11-20T12:30:00+00:00"),
        ("2026-11-20T14:30 -0530", "2026-11-20T20:00:00+00:00"),
    ],
)
def test_an_instant_is_read_in_the_configured_zone(text: str, instant: str) -> None:
    when = parse_when(text, BERLIN)
    assert when == datetime.fromisoformat(instant)
    assert when.tzinfo is UTC


@pytest.mark.parametrize("text", ["25:00", "14:60", "2026-11-20 14:30:61", "2026-11-20 14:30+99:00", "14:30+01:75"])
def test_a_time_no_clock_shows_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match="is not a time of day: type it as 14:30 or 2026-11-20 14:30"):
        parse_when(text, BERLIN)


@pytest.mark.parametrize("text", ["half past two", "2026-02-30 10:00", "fryday 14:30", "14.30", ""])
def test_an_instant_on_no_day_is_refused(text: str) -> None:
    with pytest.raises(UsageError):
        parse_when(text, BERLIN)


def test_the_hour_that_is_skipped_in_spring_is_refused_and_the_doubled_one_in_autumn_is_the_first() -> None:
    with pytest.raises(UsageError, match="'2026-03-29 02:30' did not happen: the clocks went forward then"):
        parse_when("2026-03-29 02:30", BERLIN)
    assert parse_when("2026-10-25 02:30", BERLIN) == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)


def test_a_touchpoint_tomorrow_is_refused_but_later_today_is_not() -> None:
    with pytest.raises(UsageError) as caught:
        refuse_future(parse_when("tomorrow", BERLIN), BERLIN, "A touchpoint")
    assert str(caught.value) == (
        "A touchpoint cannot be in the future: 2026-11-22 is later than today, 2026-11-21. "
        "Leave --at away for now, or give a day that has been, such as yesterday."
    )
    refuse_future(parse_when("23:59", BERLIN), BERLIN, "A touchpoint")


@pytest.mark.parametrize(
    ("text", "days"),
    [("30", 30), ("30d", 30), ("2w", 14), ("1m", 30), ("3m", 91), ("12m", 365), ("36m", 1095), ("1Y", 365)],
)
def test_a_span_is_counted_in_days(text: str, days: int) -> None:
    assert parse_days(text) == days


@pytest.mark.parametrize("text", ["", "soon", "-3d", "1.5w", "0d", "3661d", "99999y", "３d"])
def test_a_span_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(UsageError):
        parse_days(text)
