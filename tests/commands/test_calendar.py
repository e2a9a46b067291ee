"""`export calendar`, as a calendar that reads the file again and again sees it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from icalendar import Calendar

from tests.conftest import Run


def events(run: Run, today: str | None = None) -> dict[str, Any]:
    """The events by their name."""
    found = Calendar.from_ical(run("export", "calendar", today=today).out).walk("VEVENT")
    assert len({str(event["uid"]) for event in found}) == len(found)
    return {str(event["summary"]).partition(" (")[0]: event for event in found}


def seen(event: Any) -> tuple[str, int]:
    return str(event["status"]), int(event["sequence"])


@pytest.fixture
def acme(pipeline: Run) -> Run:
    pipeline("add", "Acme")
    pipeline("next", "1", "2026-12-04 14:30", "Demo", "--for", "45m")
    pipeline("next", "1", "2026-12-04 14:30", "Call", "--remind", "2h")
    pipeline("next", "1", "2026-12-10", "Ask")
    return pipeline


def test_each_step_is_an_event_with_its_time_and_alarm(acme: Run) -> None:
    found = events(acme)

    start = datetime(2026, 12, 4, 14, 30, tzinfo=UTC)
    assert {name: event.decoded("dtstart") for name, event in found.items()} == {
        "Demo": start,
        "Call": start,
        "Ask": start.date() + timedelta(days=6),
    }
    assert found["Demo"].decoded("dtend") == start + timedelta(minutes=45)
    alarms = {name: [one.decoded("trigger") for one in event.walk("VALARM")] for name, event in found.items()}
    assert alarms == {"Demo": [timedelta(minutes=-15)], "Call": [timedelta(hours=-2)], "Ask": []}


def test_the_alarm_of_the_file_is_that_of_pipeline_yaml(acme: Run, folder: Path) -> None:
    rules = folder / "pipeline.yaml"
    before = rules.read_text("utf-8")
    for said, triggers in (("1h", [timedelta(hours=-1)]), ("0m", [timedelta()]), ("none", [])):
        rules.write_text(f"{before}\nremind: {said}\n", "utf-8")
        assert [one.decoded("trigger") for one in events(acme)["Demo"].walk("VALARM")] == triggers
    rules.write_text(f"{before}\nremind: soon\n", "utf-8")
    result = acme("today")
    assert (result.code, "remind" in result.err) == (3, True)


def test_a_step_that_is_moved_keeps_its_name_and_counts_on(acme: Run) -> None:
    before = events(acme)
    acme("next", "1.2", "2026-12-07 9:00")
    acme("next", "1.3", "2026-12-08")
    after = events(acme)

    assert {str(event["uid"]) for event in before.values()} == {str(event["uid"]) for event in after.values()}
    assert after["Call"].decoded("dtstart") == datetime(2026, 12, 7, 9, 0, tzinfo=UTC)
    assert (seen(after["Demo"]), seen(after["Call"])[1] > 0) == (("CONFIRMED", 0), True)


def test_what_is_done_or_gone_with_its_deal_is_cancelled_for_a_while(acme: Run) -> None:
    acme("done", "1")
    assert [seen(events(acme)[name]) for name in ("Demo", "Call")] == [("CANCELLED", 1), ("CONFIRMED", 0)]
    acme("lose", "1", "--reason", "price")
    assert {seen(event) for event in events(acme).values()} == {("CANCELLED", 1)}
    assert events(acme, today="2027-02-15").keys() == {"Demo", "Call", "Ask"}
    assert acme("export", "calendar", today="2027-04-01").out == ""


def test_undo_is_one_more_change(acme: Run) -> None:
    first = events(acme)["Demo"]
    acme("done", "1")
    acme("undo")
    again = events(acme)["Demo"]
    assert (again["uid"], seen(again)) == (first["uid"], ("CONFIRMED", 2))


def test_in_place_of_several_one_lives_on_and_the_others_are_cancelled(acme: Run) -> None:
    before = events(acme)
    acme("next", "1", "2026-12-11", "Write", "--replace")
    after = events(acme)

    assert (after["Write"]["uid"], seen(after["Write"])) == (before["Demo"]["uid"], ("CONFIRMED", 1))
    assert [seen(after[name])[0] for name in ("Call", "Ask")] == ["CANCELLED", "CANCELLED"]


def test_a_check_in_that_was_done_is_cancelled_until_the_next_one_is_set(pipeline: Run) -> None:
    pipeline("add", "Acme")
    pipeline("win", "1", "--check-in", "2026-12-10")
    first = events(pipeline)["Check-in"]
    pipeline("done", "1")
    over = events(pipeline)["Check-in"]
    pipeline("edit", "1", "--check-in", "2027-03-10")
    then = events(pipeline)["Check-in"]

    assert [seen(event) for event in (first, over, then)] == [("CONFIRMED", 0), ("CANCELLED", 1), ("CONFIRMED", 2)]
    assert len({str(event["uid"]) for event in (first, over, then)}) == 1


def test_the_clock_of_the_zone_is_meant_before_and_after_it_changes(pipeline: Run, folder: Path) -> None:
    rules = folder / "pipeline.yaml"
    lines = [line for line in rules.read_text("utf-8").splitlines() if "time_zone:" not in line]
    rules.write_text("\n".join([*lines, "time_zone: Europe/Berlin", ""]), "utf-8")
    pipeline("add", "Acme", today="2026-10-01")
    pipeline("next", "1", "2026-10-23 14:30", "Before", today="2026-10-01")
    pipeline("next", "1", "2026-10-25 01:30", "Across", "--for", "3h", today="2026-10-01")
    pipeline("next", "1", "2026-10-26 14:30", "After", today="2026-10-01")
    found = events(pipeline, today="2026-10-01")

    assert [found[name].decoded("dtstart").hour for name in ("Before", "After")] == [12, 13]
    across = found["Across"]
    assert across.decoded("dtend") - across.decoded("dtstart") == timedelta(hours=3)
