"""Next steps as a calendar: the same steps give the same bytes, and no text breaks out of its line."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from hypothesis import example, given
from hypothesis import strategies as st
from icalendar import Calendar

from pipeline_cli.exchange.calendar import NextStepEntry, write_calendar

TEXT = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1)


def entry(text: str = "Call", deal: str = "Acme") -> NextStepEntry:
    return NextStepEntry(
        "ab12", text, date(2026, 12, 1), deal, "Stage: Proposal", datetime(2026, 11, 21, 10, tzinfo=UTC)
    )


def test_a_step_is_an_event_of_its_whole_day_that_leaves_the_day_free() -> None:
    assert write_calendar([entry()], "Next steps").decode().split("\r\n")[5:-2] == [
        "BEGIN:VEVENT",
        "SUMMARY:Call (Acme)",
        "DTSTART;VALUE=DATE:20261201",
        "DTSTAMP:20261121T100000Z",
        "UID:ab12@pipeline",
        "SEQUENCE:0",
        "DESCRIPTION:Stage: Proposal",
        "LAST-MODIFIED:20261121T100000Z",
        "STATUS:CONFIRMED",
        "TRANSP:TRANSPARENT",
        "END:VEVENT",
    ]


def test_a_step_with_a_time_takes_its_length_and_rings_before_it() -> None:
    start = datetime(2026, 12, 1, 13, 30, tzinfo=UTC)
    (event,) = Calendar.from_ical(
        write_calendar([entry()._replace(start=start, minutes=45, remind_minutes=15)], "Next steps")
    ).walk("VEVENT")
    assert (event.decoded("dtstart"), event.decoded("dtend")) == (start, start + timedelta(minutes=45))
    (alarm,) = event.walk("VALARM")
    assert (alarm.decoded("trigger"), str(alarm["action"])) == (timedelta(minutes=-15), "DISPLAY")
    assert str(event["transp"]) == "OPAQUE"


def test_what_is_over_is_cancelled_and_rings_no_more() -> None:
    start = datetime(2026, 12, 1, 13, 30, tzinfo=UTC)
    over = entry()._replace(start=start, remind_minutes=15, is_over=True, sequence=2)
    (event,) = Calendar.from_ical(write_calendar([over], "Next steps")).walk("VEVENT")
    assert (str(event["status"]), event["sequence"], event.walk("VALARM")) == ("CANCELLED", 2, [])


def test_no_step_is_a_calendar_without_events() -> None:
    assert Calendar.from_ical(write_calendar([], "Next steps")).walk("VEVENT") == []


@given(TEXT, TEXT)
@example("one\nEND:VEVENT", "a\\n; b, c")
def test_a_calendar_program_reads_the_text_that_was_written(text: str, deal: str) -> None:
    (event,) = Calendar.from_ical(write_calendar([entry(text, deal)], "Next steps")).walk("VEVENT")
    assert str(event["summary"]) == f"{text} ({deal})"


def test_control_characters_do_not_reach_the_file() -> None:
    written = write_calendar([entry("a\x00\x1b[31mb\rc")], "Next steps").decode()
    assert "SUMMARY:a\ufffd\ufffd[31mb\\nc (Acme)" in written
