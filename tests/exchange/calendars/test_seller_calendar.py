"""Half a year of a seller's calendar: each event becomes what is written beside it."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from pipeline_cli.domain.capture.events import decide_events
from pipeline_cli.domain.capture.verdict import NEXT_STEP, Verdict
from pipeline_cli.exchange.calendars.read import read_calendars
from tests.exchange.seller import BERLIN, Seller, read_seller


def verdicts_of(seller: Seller, *folders: str) -> tuple[dict[str, Verdict], list[tuple[str, str]]]:
    problems: list[tuple[str, str]] = []
    window = (seller.now - timedelta(days=200), seller.now + timedelta(days=60))
    sources = [seller.folder / folder for folder in folders]
    occurrences = read_calendars(sources, window, BERLIN, lambda file, words: problems.append((file, words)))
    found = decide_events(occurrences, seller.directory, seller.now, BERLIN)
    return {verdict.key: verdict for verdict in found}, problems


def said(seller: Seller, verdict: Verdict) -> dict[str, Any]:
    """In the words of the expectation."""
    told: dict[str, Any] = {"summary": verdict.subject, "fate": verdict.fate}
    if verdict.reason:
        told["reason"] = verdict.reason
    if verdict.fate == "queue":
        told["candidates"] = [seller.deals[number] for number in verdict.candidates]
    if verdict.fate in ("meeting", "next_step"):
        told["deal"] = seller.deals[verdict.deal_id or 0]
        told["all_day"] = verdict.day is not None
    if verdict.people:
        told["person"] = seller.address(verdict.people[0])
        told["at"] = verdict.at.strftime("%Y-%m-%dT%H:%M:%SZ")
    return told


def expected_of(event: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    key = event["uid"] if event["recurrence_id"] is None else f"{event['uid']} {event['recurrence_id']}"
    left_away = ("uid", "recurrence_id", "case", "files", "before")
    return key, {name: value for name, value in event.items() if name not in left_away}


def test_each_event_becomes_what_is_expected_of_it() -> None:
    seller = read_seller()
    found, problems = verdicts_of(seller, "calendar")

    assert {key: said(seller, verdict) for key, verdict in found.items()} == dict(
        map(expected_of, seller.expected["events"])
    )
    assert [(Path(file).name, words) for file, words in problems] == [("not-a-calendar.ics", "is no calendar")]


def test_the_earliest_event_ahead_is_the_next_step_of_its_deal() -> None:
    seller = read_seller()
    found, _ = verdicts_of(seller, "calendar")
    ahead: dict[str, datetime] = {}
    for verdict in sorted(found.values(), key=lambda verdict: verdict.at):
        if verdict.fate == NEXT_STEP:
            ahead.setdefault(seller.deals[verdict.deal_id or 0], verdict.at)

    assert ahead == {step["deal"]: datetime.fromisoformat(step["at"]) for step in seller.expected["next_steps"]}


def test_a_changed_event_has_a_later_version_and_what_it_is_now() -> None:
    seller = read_seller()
    before, _ = verdicts_of(seller, "calendar")
    alone, _ = verdicts_of(seller, "changed")
    after, _ = verdicts_of(seller, "changed", "calendar")
    expected = dict(map(expected_of, seller.expected["changed_events"]))

    assert {key: said(seller, verdict) for key, verdict in alone.items()} == expected
    assert {key: said(seller, after[key]) for key in expected} == expected
    assert all((after[key].version or "") > (before[key].version or "") for key in expected)
    assert after.keys() == before.keys()


def test_the_end_is_the_same_in_whatever_order_the_files_are_read() -> None:
    seller = read_seller()
    one, _ = verdicts_of(seller, "calendar/export.ics", "calendar/outlook.ics", "calendar/work")
    other, _ = verdicts_of(seller, "calendar/work", "calendar/outlook.ics", "calendar/export.ics")

    assert one == other
