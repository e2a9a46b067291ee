"""Calendars as other programs write them, and as nobody should: one broken event costs only itself."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

import pytest

from pipeline_cli.domain.capture.events import Attendee, Occurrence
from pipeline_cli.exchange.calendars.read import read_calendars
from tests.exchange.seller import BERLIN

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
WINDOW = (NOW - timedelta(days=90), NOW + timedelta(days=60))


class Found(NamedTuple):
    """What was read, and what was said about the rest."""

    events: list[Occurrence]
    problems: list[tuple[str, str]]

    def starts(self, form: str = "instance") -> list[str]:
        found = sorted((one.start for one in self.events if one.form == form), key=str)
        return [
            start.astimezone(UTC).strftime("%m-%dT%H:%MZ") if isinstance(start, datetime) else start.strftime("%m-%d")
            for start in found
        ]

    def slots(self) -> list[str | None]:
        return sorted(one.recurrence_id for one in self.events if one.form == "instance" and one.recurrence_id)


Read = Callable[..., Found]


def read(*sources: Path) -> Found:
    problems: list[tuple[str, str]] = []
    events = list(
        read_calendars(sources, WINDOW, BERLIN, lambda file, words: problems.append((Path(file).name, words)))
    )
    return Found(events, problems)


def calendar(*events: str, head: str = "") -> str:
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", head, *events, "END:VCALENDAR", ""]
    return "\r\n".join(line.strip().replace("\n", "\r\n") for line in lines)


def event(lines: str, uid: str = "u1") -> str:
    return f"BEGIN:VEVENT\nUID:{uid}\nDTSTAMP:20261101T080000Z\n{lines.strip()}\nEND:VEVENT"


@pytest.fixture
def of(tmp_path: Path) -> Read:
    """Reads one file that holds these events."""

    def read_events(*events: str, head: str = "") -> Found:
        path = tmp_path / "work.ics"
        path.write_text(calendar(*events, head=head), encoding="utf-8", newline="")
        return read(path)

    return read_events


def test_an_event_says_who_asked_whom_and_what_they_answered(of: Read) -> None:
    found = of(
        event(
            'DTSTART:20261120T090000Z\nDTEND:20261120T100000Z\nSUMMARY:Talk\\, about\n  it\nORGANIZER;CN="Me, Myself":'
            "mailto:me@mine.example\nATTENDEE;PARTSTAT=declined:MAILTO:ann%2Bx@acme.example\n"
            "ATTENDEE;EMAIL=bob@bolt.example;CN=Bob:/aMTIz/principal/\nATTENDEE:invalid:nomail\nTRANSP:TRANSPARENT\n"
            "CLASS:private\nSTATUS:tentative\nSEQUENCE:3"
        )
    )
    (one,) = found.events

    assert (one.organizer, one.summary) == (Attendee("me@mine.example", "Me, Myself"), "Talk, about it")
    assert one.attendees == (
        Attendee("ann+x@acme.example", None, "DECLINED"),
        Attendee("bob@bolt.example", "Bob"),
    )
    assert (one.start, one.end) == (datetime(2026, 11, 20, 9, tzinfo=UTC), datetime(2026, 11, 20, 10, tzinfo=UTC))
    assert (one.event_class, one.status, one.is_transparent, one.sequence) == ("PRIVATE", "TENTATIVE", True, 3)
    assert one.stamp == datetime(2026, 11, 1, 8, tzinfo=UTC)
    assert found.problems == []


@pytest.mark.parametrize(
    ("start", "expected"),
    [
        ("DTSTART:20261120T100000", "11-20T09:00Z"),
        ("DTSTART;TZID=Europe/Berlin:20261120T100000", "11-20T09:00Z"),
        ("DTSTART;TZID=W. Europe Standard Time:20261120T100000", "11-20T09:00Z"),
        ("DTSTART;TZID=/mozilla.org/20050126_1/Europe/Berlin:20261120T100000", "11-20T09:00Z"),
        ("DTSTART;TZID=America/New_York:20261120T100000", "11-20T15:00Z"),
        ("DTSTART;TZID=Eastern Standard Time:20261120T100000", "11-20T15:00Z"),
        ("DTSTART:20261120T100000Z", "11-20T10:00Z"),
        ("DTSTART;VALUE=DATE:20261120", "11-20"),
    ],
)
def test_a_time_is_meant_in_the_zone_it_names_else_in_that_of_the_record(of: Read, start: str, expected: str) -> None:
    found = of(event(start))

    assert found.starts("single") == [expected]
    assert found.problems == []


def test_a_zone_that_only_the_file_describes_is_taken_from_there(of: Read) -> None:
    zone = (
        "BEGIN:VTIMEZONE\nTZID:Office\nBEGIN:STANDARD\nDTSTART:19700101T000000\nTZOFFSETFROM:+0500\nTZOFFSETTO:+0500\n"
        "END:STANDARD\nEND:VTIMEZONE"
    )

    assert of(event("DTSTART;TZID=Office:20261120T100000"), zone).starts("single") == ["11-20T05:00Z"]


def test_a_zone_that_nobody_knows_is_said_once_and_the_time_is_read_in_the_usual_one(of: Read) -> None:
    found = of(*(event("DTSTART;TZID=Nowhere:20261120T100000", uid) for uid in "abc"))

    assert found.starts("single") == ["11-20T09:00Z"] * 3
    assert len(found.problems) == 1


def test_a_calendar_that_is_meant_in_one_zone_keeps_to_its_clocks(of: Read) -> None:
    weekly = event("DTSTART:20261019T080000Z\nRRULE:FREQ=WEEKLY;COUNT=2")

    assert of(weekly, head="X-WR-TIMEZONE:Europe/Berlin").starts() == ["10-19T08:00Z", "10-26T09:00Z"]
    assert of(weekly).starts() == ["10-19T08:00Z", "10-26T08:00Z"]


SERIES = "DTSTART;TZID=Europe/Berlin:20261013T150000\nDTEND;TZID=Europe/Berlin:20261013T160000\nSUMMARY:Weekly\n"


@pytest.mark.parametrize(
    "slot",
    [
        "RECURRENCE-ID;TZID=Europe/Berlin:20261020T150000",
        "RECURRENCE-ID:20261020T130000Z",
        "RECURRENCE-ID:20261020T150000",
        "RECURRENCE-ID;TZID=America/New_York:20261020T090000",
        "RECURRENCE-ID;VALUE=DATE:20261020",
    ],
)
def test_a_moved_instance_is_found_however_its_original_time_is_written(of: Read, slot: str) -> None:
    moved = event(f"{slot}\nDTSTART;TZID=Europe/Berlin:20261021T160000\nSUMMARY:Moved")
    found = of(event(SERIES + "RRULE:FREQ=WEEKLY;COUNT=3"), moved)

    assert found.starts() == ["10-13T13:00Z", "10-21T14:00Z", "10-27T14:00Z"]
    assert found.slots() == ["20261013T130000Z", "20261020T130000Z", "20261027T140000Z"]


@pytest.mark.parametrize(
    "left_out",
    ["EXDATE;TZID=Europe/Berlin:20261020T150000", "EXDATE:20261020T130000Z", "EXDATE;VALUE=DATE:20261020"],
)
def test_an_instance_left_out_is_named_as_such(of: Read, left_out: str) -> None:
    found = of(event(f"{SERIES}RRULE:FREQ=WEEKLY;COUNT=3\n{left_out}"))

    assert found.slots() == ["20261013T130000Z", "20261027T140000Z"]
    assert [one.recurrence_id for one in found.events if one.form == "left_out"] == ["20261020T130000Z"]


def test_a_change_of_all_later_instances_moves_each_and_keeps_what_it_was(of: Read) -> None:
    later = event(
        "RECURRENCE-ID;RANGE=THISANDFUTURE;TZID=Europe/Berlin:20261020T150000\nSUMMARY:Later\n"
        "DTSTART;TZID=Europe/Berlin:20261020T170000"
    )
    found = of(event(SERIES + "RRULE:FREQ=WEEKLY;COUNT=3"), later)

    assert found.starts() == ["10-13T13:00Z", "10-20T15:00Z", "10-27T16:00Z"]
    assert found.slots() == ["20261013T130000Z", "20261020T130000Z", "20261027T140000Z"]


def test_a_series_of_whole_days_is_known_by_the_day_whatever_its_changes_are_written_as(of: Read) -> None:
    moved = event("RECURRENCE-ID:20261019T220000Z\nDTSTART;VALUE=DATE:20261022")
    found = of(event("DTSTART;VALUE=DATE:20261013\nRRULE:FREQ=WEEKLY;UNTIL=20261027"), moved)

    assert found.starts() == ["10-13", "10-22", "10-27"]
    assert found.slots() == ["20261013", "20261020", "20261027"]
    assert next(one for one in found.events if one.recurrence_id == "20261013").end == date(2026, 10, 14)


def test_the_last_day_of_a_series_is_one_of_it(of: Read) -> None:
    for until in ("20261027", "20261027T140000Z", "20261027T150000"):
        assert of(event(f"{SERIES}RRULE:FREQ=WEEKLY;UNTIL={until}")).starts()[-1] == "10-27T14:00Z", until


def test_a_series_without_an_end_is_unfolded_as_far_as_the_window_goes(of: Read) -> None:
    found = of(event("DTSTART:20200101T120000Z\nRRULE:FREQ=DAILY"))
    starts = [one.start for one in found.events if one.form == "instance"]

    assert len(starts) == 150
    assert min(starts) == WINDOW[0]


def test_of_versions_in_several_files_one_counts_before_its_series_is_unfolded(tmp_path: Path) -> None:
    old = event(f"{SERIES}SEQUENCE:1\nRRULE:FREQ=WEEKLY;COUNT=4")
    new = event(f"{SERIES}SEQUENCE:2\nRRULE:FREQ=WEEKLY;COUNT=2")
    for name, one in (("a.ics", new), ("b.ics", old)):
        (tmp_path / name).write_text(calendar(one), newline="")

    assert read(tmp_path).slots() == ["20261013T130000Z", "20261020T130000Z"]


def test_a_change_of_a_day_that_a_later_rule_does_not_hold_is_gone_and_any_other_stays(of: Read) -> None:
    moved = event("RECURRENCE-ID:20261020T130000Z\nDTSTART:20261021T130000Z\nSEQUENCE:1")
    every_week = f"{SERIES}RRULE:FREQ=WEEKLY;COUNT=3\nSEQUENCE:"
    every_month = f"{SERIES}RRULE:FREQ=MONTHLY;COUNT=2\nSEQUENCE:"

    assert "10-21T13:00Z" in of(event(f"{every_week}2"), moved).starts()
    assert "10-21T13:00Z" in of(event(f"{every_month}1"), moved).starts()
    assert of(event(f"{every_month}2"), moved).starts() == ["10-13T13:00Z", "11-13T14:00Z"]


def test_a_message_that_cancels_and_one_that_only_answers(of: Read) -> None:
    one = event("DTSTART:20261120T090000Z")

    assert [found.status for found in of(one, head="METHOD:CANCEL").events] == ["CANCELLED"]
    assert of(one, head="METHOD:REPLY").events == []


def test_folders_of_collections_are_read_and_what_a_program_is_writing_there_is_not(tmp_path: Path) -> None:
    for name in ("home/a.ics", "work/deep/b.ICS", "work/.hidden.ics", ".trash/c.ics", "work/color", "work/notes.txt"):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(calendar(event("DTSTART:20261120T090000Z", name)), newline="")
    found = read(tmp_path, tmp_path / "home" / "a.ics")

    assert sorted(one.uid for one in found.events) == ["home/a.ics", "work/deep/b.ICS"]
    assert found.problems == []


def test_a_wrong_path_is_named_and_the_rest_goes_on(tmp_path: Path) -> None:
    path = tmp_path / "a.ics"
    path.write_text(calendar(event("DTSTART:20261120T090000Z")), newline="")
    found = read(tmp_path / "nowhere", path)

    assert len(found.events) == 1
    assert found.problems == [("nowhere", "is not there")]


GOOD = event("DTSTART:20261120T090000Z", "good")


@pytest.mark.parametrize(
    "broken",
    [
        "SUMMARY:no beginning",
        "DTSTART:20261340T990000Z",
        "DTSTART:tomorrow",
        "DTSTART:20261120T090000Z\nRRULE:FREQ=SECONDLY",
        "DTSTART:19700101T000000Z\nRRULE:FREQ=MINUTELY;COUNT=1000000000",
        "DTSTART:20261120T090000Z\nRRULE:FREQ=DAILY;INTERVAL=0",
        "DTSTART:20261001T090000Z\nRRULE:FREQ=HOURLY",
        "DTSTART:20261001T090000Z\nRRULE:FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30;COUNT=5",
        "DTSTART:20261001T090000Z\nRRULE:FREQ=DAILY;BYSETPOS=9",
        "DTSTART:20261001T090000Z\nRRULE:FREQ=SOMETIMES",
        "DTSTART:20261001T090000Z\nRECURRENCE-ID:once",
        "DTSTART:20261001T090000Z\nRRULE:FREQ=DAILY;BYMONTH=99",
        "DTSTART:00010101T000000Z\nRRULE:FREQ=DAILY",
        f"DTSTART:20261001T000000Z\nRRULE:FREQ=DAILY;BYHOUR={','.join(map(str, range(24)))};BYMINUTE="
        f"{','.join(map(str, range(60)))};BYSECOND={','.join(map(str, range(60)))}",
    ],
)
def test_a_broken_event_costs_only_itself_one_line_and_no_time(of: Read, broken: str) -> None:
    begun = time.perf_counter()
    found = of(event(broken, "bad"), GOOD)

    assert [one.uid for one in found.events if one.form != "series"] == ["good"]
    assert len(found.problems) == 1
    assert time.perf_counter() - begun < 5


@pytest.mark.parametrize(
    "rule",
    [
        "FREQ=DAILY;COUNT=1000000000",
        "FREQ=WEEKLY;INTERVAL=1000000",
        "FREQ=DAILY;INTERVAL=7;BYDAY=MO",
        "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1",
        "FREQ=MONTHLY;BYMONTHDAY=-31",
        "FREQ=DAILY;BYMONTH=2;BYMONTHDAY=29;COUNT=1000",
    ],
)
def test_a_rule_that_hardly_ends_is_followed_no_further_than_needed(of: Read, rule: str) -> None:
    begun = time.perf_counter()
    found = of(event(f"DTSTART:20261120T090000Z\nRRULE:{rule}"))

    assert "11-20T09:00Z" in found.starts()
    assert time.perf_counter() - begun < 5


def test_thousands_of_guests_are_guests(of: Read) -> None:
    guests = "\n".join(f"ATTENDEE;CN=G {number}:mailto:g{number}@big.example" for number in range(5000))
    found = of(event(f"{SERIES}{guests}\nRRULE:FREQ=DAILY;COUNT=20"))

    assert len(found.starts()) == 20
    assert {len(one.attendees) for one in found.events} == {5000}


def test_a_clock_that_changes_every_second_is_not_followed(of: Read) -> None:
    zone = (
        "BEGIN:VTIMEZONE\nTZID:Mad\nBEGIN:STANDARD\nDTSTART:19700101T000000\nRRULE:FREQ=SECONDLY\nTZOFFSETFROM:+0500\n"
        "TZOFFSETTO:+0600\nEND:STANDARD\nEND:VTIMEZONE"
    )
    found = of(zone, event("DTSTART;TZID=Mad:20261120T100000"))

    assert found.starts("single") == ["11-20T09:00Z"]
    assert len(found.problems) == 1


def test_a_file_cut_in_the_middle_gives_what_was_whole(tmp_path: Path) -> None:
    whole = calendar(GOOD, event("DTSTART:20261120T090000Z\nSUMMARY:cut here", "cut"))
    path = tmp_path / "a.ics"
    path.write_text(whole[: whole.index("cut here")], newline="")
    found = read(path)

    assert [one.uid for one in found.events] == ["good"]
    assert [file for file, _ in found.problems] == ["a.ics"]


def test_an_event_without_an_end_of_its_own_takes_nothing_with_it(of: Read) -> None:
    found = of(event("DTSTART:20261120T090000Z", "open").removesuffix("END:VEVENT"), GOOD)

    assert [one.uid for one in found.events] == ["good"]
    assert len(found.problems) == 1


def test_a_file_in_another_encoding_gives_its_events_and_says_so(tmp_path: Path) -> None:
    text = calendar(event("DTSTART:20261120T090000Z\nSUMMARY:Präsentation\nATTENDEE:mailto:ann@acme.example"))
    (tmp_path / "latin.ics").write_bytes(text.encode("latin-1"))
    (tmp_path / "wide.ics").write_bytes(text.replace("u1", "u2").encode("utf-16"))
    found = read(tmp_path)

    assert [one.summary for one in found.events] == ["Pr\ufffdsentation", "Präsentation"]
    assert [file for file, _ in found.problems] == ["latin.ics"]


@pytest.mark.parametrize(
    "content", [b"", b"<html>Please log in</html>", b"\x00\xff" * 999, b"BEGIN:VCARD\r\nEND:VCARD\r\n"]
)
def test_what_is_no_calendar_is_named(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "a.ics").write_bytes(content)

    assert read(tmp_path) == Found([], [("a.ics", "is no calendar")])


def test_an_event_without_a_number_of_its_own_is_known_again(of: Read) -> None:
    one = "BEGIN:VEVENT\nDTSTART:20261120T090000Z\nSUMMARY:Talk\nEND:VEVENT"
    other = one.replace("Talk", "Walk")
    first, second = of(one, other), of(other, one)

    assert len({found.uid for found in first.events}) == 2
    assert {found.uid for found in first.events} == {found.uid for found in second.events}


def test_a_picture_of_many_megabytes_is_passed_over(of: Read) -> None:
    picture = "ATTACH;ENCODING=BASE64;VALUE=BINARY:" + "A" * 8_000_000
    found = of(event(f"DTSTART:20261120T090000Z\n{picture}\nSUMMARY:Talk"))

    assert [(one.summary, one.uid) for one in found.events] == [("Talk", "u1")]


def test_the_calendars_of_other_projects_are_read_whole(shared_data: Path) -> None:
    window = (datetime(1990, 1, 1, tzinfo=UTC), NOW)
    for path in sorted((shared_data / "calendar").rglob("*.ics")):
        problems: list[str] = []
        for one in read_calendars([path], window, BERLIN, lambda _, words, said=problems: said.append(words)):  # type: ignore[misc]
            assert one.uid, path
            assert isinstance(one.start, date), path
        assert all(words and "\n" not in words for words in problems), path


AS_THE_LIBRARY_HAS_THEM = (
    "each_week_but_two_deleted",
    "issue_20_exdate_ignored",
    "issue_36_recurrence_ID_format",
    "issue_164_duplicated_event",
    "issue_253_additional_recurrence_id",
    "rdate_falls_on_rrule_until",
    "recurring_events_moved",
    "three_events_one_edited",
    "issue_48_daylight_aware_repeats",
)


def test_series_of_other_projects_are_unfolded_as_they_say(shared_data: Path) -> None:
    """Against the library alone, which was written for these files."""
    from icalendar import Calendar
    from recurring_ical_events import of as unfolded

    window = (datetime(2000, 1, 1, tzinfo=UTC), NOW)
    for name in AS_THE_LIBRARY_HAS_THEM:
        path = shared_data / "calendar" / "recurring" / f"{name}.ics"
        own = read_calendars([path], window, BERLIN, lambda *_: None)
        theirs = unfolded(Calendar.from_ical(path.read_bytes())).between(*window)

        assert sorted(str(one.start) for one in own if one.form in ("single", "instance")) == sorted(
            str(one["DTSTART"].dt) for one in theirs
        ), name
