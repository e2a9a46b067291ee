"""Next steps as a calendar: the same steps give the same bytes, and no text breaks out of its line."""

from __future__ import annotations

from datetime import UTC, date, datetime

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
    assert write_calendar([entry()], "Next steps").decode().split("\r\n")[4:-2] == [
        "BEGIN:VEVENT",
        "SUMMARY:Call (Acme)",
        "DTSTART;VALUE=DATE:20261201",
        "DTSTAMP:20261121T100000Z",
        "UID:ab12@pipeline",
        "DESCRIPTION:Stage: Proposal",
        "TRANSP:TRANSPARENT",
        "END:VEVENT",
    ]


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
