"""Days are those of the zone: across daylight saving, near midnight, at the ends of months."""

from __future__ import annotations

import pytest

from tests.time.conftest import InZone

AUCKLAND, BERLIN, LOS_ANGELES = "Pacific/Auckland", "Europe/Berlin", "America/Los_Angeles"


@pytest.mark.parametrize(
    ("zone", "evening", "morning"),
    [
        # One minute before midnight, and the minute after the next one: 23, 24 or 25 hours and two minutes between.
        (BERLIN, "2026-03-28T22:59Z", "2026-03-29T22:01Z"),
        (BERLIN, "2026-10-24T21:59Z", "2026-10-25T23:01Z"),
        (LOS_ANGELES, "2026-03-08T07:59Z", "2026-03-09T07:01Z"),
        (LOS_ANGELES, "2026-11-01T06:59Z", "2026-11-02T08:01Z"),
        (AUCKLAND, "2026-09-26T11:59Z", "2026-09-27T11:01Z"),
        (AUCKLAND, "2026-04-04T10:59Z", "2026-04-05T12:01Z"),
        (AUCKLAND, "2026-06-10T11:59Z", "2026-06-11T12:01Z"),
    ],
)
def test_days_are_counted_by_the_calendar_through_the_nights_the_clocks_change(
    in_zone: InZone, zone: str, evening: str, morning: str
) -> None:
    run = in_zone(zone)
    assert run("add", "Acme", today=evening).code == 0
    row = run("list", "--json", today=morning).rows[0]
    assert (row["idle_days"], row["days_in_stage"], row["age_days"]) == (2, 2, 2)


@pytest.mark.parametrize(
    ("zone", "now", "as_typed", "in_utc"),
    [
        (AUCKLAND, "2026-11-20T11:30Z", "2026-11-20 23:30", "2026-11-20T10:30:00.000Z"),
        (LOS_ANGELES, "2026-11-21T08:30Z", "2026-11-20 23:30", "2026-11-21T07:30:00.000Z"),
    ],
)
def test_a_call_at_half_past_eleven_at_night_was_yesterday_an_hour_later(
    in_zone: InZone, zone: str, now: str, as_typed: str, in_utc: str
) -> None:
    run = in_zone(zone)
    run("add", "Acme", "--at", "2026-11-01", today=now)
    assert run("log", "1", "call", "--at", as_typed, today=now).code == 0
    assert in_utc in run("export", "touchpoints", today=now).out
    assert run("list", "--json", today=now).rows[0]["idle_days"] == 1


@pytest.mark.parametrize(
    ("as_typed", "in_utc"),
    [
        ("2026-03-29 01:59", "2026-03-29T00:59:00.000Z"),
        ("2026-03-29 03:00", "2026-03-29T01:00:00.000Z"),
        ("2026-10-25 02:30", "2026-10-25T00:30:00.000Z"),  # existed twice: the first of the two
        ("2026-10-25T02:30+01:00", "2026-10-25T01:30:00.000Z"),
    ],
)
def test_a_time_beside_the_change_of_the_clocks_is_the_instant_it_was(
    in_zone: InZone, as_typed: str, in_utc: str
) -> None:
    run = in_zone(BERLIN)
    run("add", "Acme", today="2026-01-01")
    assert run("log", "1", "call", "--at", as_typed, today="2026-11-01").code == 0
    assert in_utc in run("export", "touchpoints", today="2026-11-01").out


def test_a_time_that_the_clocks_left_out_is_refused(in_zone: InZone) -> None:
    run = in_zone(BERLIN)
    run("add", "Acme", today="2026-01-01")
    refused = run("log", "1", "call", "--at", "2026-03-29 02:30", today="2026-11-01")
    assert refused.code == 2
    assert refused.err.startswith("'2026-03-29 02:30' did not happen: the clocks went forward then.")


@pytest.mark.parametrize(
    ("zone", "last_minute", "first_minute"),
    [(AUCKLAND, "2026-11-21T10:59Z", "2026-11-21T11:01Z"), (LOS_ANGELES, "2026-11-22T07:59Z", "2026-11-22T08:01Z")],
)
def test_a_step_due_today_is_overdue_when_the_day_is_over_where_you_are(
    in_zone: InZone, zone: str, last_minute: str, first_minute: str
) -> None:
    run = in_zone(zone)
    run("add", "Acme", today="2026-11-20T12:00Z")
    run("next", "1", "2026-11-21", "Call", today="2026-11-20T12:00Z")
    assert ["due today" in row["why"] for row in run("today", "--json", today=last_minute).rows] == [True]
    late = run("today", "--json", today=first_minute).rows
    assert ["overdue" in row["why"] for row in late] == [True]
    assert [row["flag"] for row in run("list", "--json", today=first_minute).rows[0]["flags"]].count("overdue") == 1


@pytest.mark.parametrize(
    ("zone", "in_october", "in_november"),
    [(AUCKLAND, "2026-10-31T10:59Z", "2026-10-31T11:01Z"), (LOS_ANGELES, "2026-11-01T06:59Z", "2026-11-01T07:01Z")],
)
def test_a_deal_belongs_to_the_month_it_was_created_in_where_you_are(
    in_zone: InZone, zone: str, in_october: str, in_november: str
) -> None:
    run = in_zone(zone)
    run("add", "October", today=in_october)
    run("add", "November", today=in_november)
    cohorts = [(row["cohort"], row["deals"]) for row in run("cohorts", "--json").rows]
    assert cohorts == [("2026-10", 1), ("2026-11", 1)]
    groups = run("funnel", "--by", "month", "--json").json["groups"]
    assert [(group["group"], group["deals"]) for group in groups] == cohorts
    assert len(run("list", "created>=2026-11-01", "--json").rows) == 1
    assert [row["title"] for row in run("list", "--as-of", "2026-10-31", "--json").rows] == ["October"]


@pytest.mark.parametrize(
    ("zone", "now"),
    [(AUCKLAND, "2026-11-20T11:30Z"), (AUCKLAND, "2026-11-21T10:59Z"), (LOS_ANGELES, "2026-11-22T07:59Z")],
)
def test_as_of_today_is_the_same_as_no_as_of(in_zone: InZone, zone: str, now: str) -> None:
    run = in_zone(zone)
    run("add", "Acme", "--value", "5k", "--close", "2026-12-31", today="2026-10-01")
    run("log", "1", "call", "--in", today="2026-10-02")
    run("add", "Beta", "--value", "7k", today="2026-10-03")
    run("win", "2", today="2026-11-20T08:00Z")
    run("add", "Just now", "--value", "1k", today=now)
    for report in (
        "list",
        "show 1",
        "today",
        "health",
        "funnel",
        "forecast --deals",
        "sources",
        "cohorts",
        "history",
        "prune --dry-run",
        "export moves",
        "contact list",
    ):
        plain = run(*report.split(), "--json", today=now)
        as_of = run(*report.split(), "--json", "--as-of", "today", today=now)
        assert plain.code == 0, (report, plain.err)
        assert as_of == plain, report
