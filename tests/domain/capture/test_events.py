"""What an event of the calendar becomes: a meeting, a next step, a question, or nothing for a stated reason."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from pipeline_cli.domain.capture.directory import Directory, KnownDeal, KnownPerson
from pipeline_cli.domain.capture.events import INSTANCE, LEFT_OUT, SERIES, Attendee, Occurrence, decide_events
from pipeline_cli.domain.capture.verdict import Verdict

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
BERLIN = ZoneInfo("Europe/Berlin")
ANN, BOB, CAL = 1, 2, 3
ME = Attendee("me@mine.example", "Me", "ACCEPTED")
DIRECTORY = Directory(
    [
        ("ann@acme.example", ANN),
        ("ann@home.example", ANN),
        ("bob@bolt.example", BOB),
        ("office@acme.example", ANN),
        ("office@acme.example", CAL),
        ("cal@acme.example", CAL),
    ],
    [KnownPerson(ANN, "Acme", (10,)), KnownPerson(BOB, "Bolt", (20, 21)), KnownPerson(CAL, "Acme", (11,))],
    [
        KnownDeal(10, "Workshop", NOW - timedelta(days=90), None),
        KnownDeal(11, "Audit", NOW - timedelta(days=90), None),
        KnownDeal(20, "Bolt: website", NOW - timedelta(days=90), None),
        KnownDeal(21, "Bolt: hosting", NOW - timedelta(days=90), None),
    ],
    me=["me@mine.example", "other@mine.example"],
    never=["family.example"],
)


def event(*attendees: str | Attendee, start: datetime | date = NOW - timedelta(days=1), **fields: Any) -> Occurrence:
    """An hour with them, which I asked for."""
    people = tuple(Attendee(one, None, "ACCEPTED") if isinstance(one, str) else one for one in attendees)
    end = start + (timedelta(hours=1) if isinstance(start, datetime) else timedelta(days=1))
    usual: dict[str, Any] = {
        "uid": "u1",
        "recurrence_id": None,
        "start": start,
        "end": end,
        "summary": "Talk",
        "organizer": ME,
        "attendees": people,
        "status": "CONFIRMED",
        "event_class": None,
        "is_transparent": False,
        "sequence": 0,
        "stamp": NOW - timedelta(days=30),
        "source": "work.ics",
    }
    return Occurrence(**(usual | fields))


def decide(*events: Occurrence, **how: Any) -> list[Verdict]:
    return decide_events(events, DIRECTORY, NOW, BERLIN, **how)


def fate(*events: Occurrence, **how: Any) -> tuple[str, str | None]:
    (verdict,) = decide(*events, **how)
    return verdict.fate, verdict.reason


def test_what_has_begun_is_a_meeting_and_what_lies_ahead_a_next_step() -> None:
    assert fate(event("ann@acme.example", start=NOW)) == ("meeting", None)
    assert fate(event("ann@acme.example", start=NOW + timedelta(seconds=1))) == ("next_step", None)
    assert fate(event("ann@acme.example", start=NOW + timedelta(days=60))) == ("next_step", None)
    assert fate(event("ann@acme.example", start=NOW + timedelta(days=60, seconds=1))) == ("skipped", "far")


def test_a_meeting_says_with_whom_on_which_deal_how_long_and_who_asked() -> None:
    (verdict,) = decide(event("ann@home.example", summary="Talk\n about  it"))

    assert (verdict.people, verdict.deal_id, verdict.by, verdict.direction) == ((ANN,), 10, "one_deal", "out")
    assert (verdict.subject, verdict.minutes, verdict.day) == ("Talk about it", 60, None)
    assert (verdict.key, verdict.version) == ("u1", "0000000000 20261022T120000Z")


def test_a_meeting_has_the_direction_of_its_organizer() -> None:
    theirs = event(ME, organizer=Attendee("bob@bolt.example"), summary="Bolt: hosting")
    mine = event("ann@acme.example", organizer=Attendee("other@mine.example"))
    nobodys = event("ann@acme.example", organizer=None)

    assert [decide(one)[0].direction for one in (theirs, mine, nobodys)] == ["in", "out", "out"]


def test_a_whole_day_begins_at_midnight_of_the_zone_and_has_no_length() -> None:
    (verdict,) = decide(event("ann@acme.example", start=date(2026, 12, 19)))

    assert (verdict.fate, verdict.at) == ("next_step", datetime(2026, 12, 18, 23, tzinfo=UTC))
    assert (verdict.day, verdict.minutes) == (date(2026, 12, 19), None)


def test_the_day_of_today_has_begun() -> None:
    assert fate(event("ann@acme.example", start=date(2026, 11, 21))) == ("meeting", None)


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"status": "CANCELLED"}, "cancelled"),
        ({"event_class": "PRIVATE"}, "private"),
        ({"event_class": "CONFIDENTIAL"}, "private"),
        ({"attendees": (Attendee("other@mine.example", None, "DECLINED"), Attendee("ann@acme.example"))}, "declined"),
        ({"attendees": (Attendee("ann@acme.example", None, "DECLINED"),)}, "declined"),
        ({"attendees": (Attendee("zoe@nowhere.example"),)}, "unknown"),
        ({"attendees": ()}, "unknown"),
        ({"attendees": (Attendee("ann@acme.example"), Attendee("kid@school.family.example"))}, "never"),
        ({"start": date(2026, 11, 20), "end": date(2026, 11, 21), "is_transparent": True}, "transparent"),
    ],
)
def test_what_is_left_out_says_why(fields: dict[str, Any], reason: str) -> None:
    assert fate(event("ann@acme.example", **fields)) == ("skipped", reason)


def test_an_hour_that_leaves_me_free_is_a_meeting_all_the_same() -> None:
    assert fate(event("ann@acme.example", is_transparent=True)) == ("meeting", None)


def test_of_several_people_the_ones_who_come_are_met() -> None:
    (verdict,) = decide(event(Attendee("ann@acme.example", None, "DECLINED"), "cal@acme.example", "zoe@x.example"))

    assert (verdict.fate, verdict.people, verdict.deal_id) == ("meeting", (CAL,), 11)


def test_an_organizer_who_then_declined_does_not_come() -> None:
    assert fate(event(Attendee("ann@home.example", None, "DECLINED"), organizer=Attendee("ann@acme.example"))) == (
        "skipped",
        "declined",
    )


def test_an_address_that_several_share_asks_unless_one_of_them_is_there_anyway() -> None:
    (asks,) = decide(event("office@acme.example"))
    (clear,) = decide(event("office@acme.example", "cal@acme.example"))

    assert (asks.fate, asks.reason, asks.people, asks.candidates) == ("queue", "shared_address", (ANN, CAL), (10, 11))
    assert (clear.fate, clear.people) == ("meeting", (CAL,))


def test_of_several_deals_the_title_in_the_summary_decides_else_somebody_has_to() -> None:
    (named,) = decide(event("bob@bolt.example", summary="About the Website of Bolt"))
    (unclear,) = decide(event("bob@bolt.example"))

    assert (named.deal_id, named.by) == (20, "title")
    assert (unclear.fate, unclear.reason, unclear.candidates) == ("queue", "several_deals", (20, 21))


def test_an_instance_follows_the_deal_that_its_series_was_given() -> None:
    instance = event("bob@bolt.example", recurrence_id="20261120T120000Z", form=INSTANCE)
    (verdict,) = decide(instance, deal_of={"u1": 21})

    assert (verdict.deal_id, verdict.by) == (21, "thread")


def test_what_is_older_than_asked_for_is_left_out() -> None:
    since = NOW - timedelta(hours=3)

    assert fate(event("ann@acme.example"), since=since) == ("skipped", "before")
    assert fate(event("ann@acme.example", start=since), since=since) == ("meeting", None)


def test_the_higher_sequence_counts_then_the_later_stamp_whatever_comes_first() -> None:
    old = event("ann@acme.example", sequence=1, stamp=NOW)
    new = event("ann@acme.example", sequence=2, stamp=NOW - timedelta(days=9), status="CANCELLED")
    newest = new._replace(stamp=NOW - timedelta(days=8), status="CONFIRMED", summary="On again")

    assert fate(old, new) == fate(new, old) == ("skipped", "cancelled")
    assert decide(newest, new, old)[0].subject == decide(old, new, newest)[0].subject == "On again"


def test_versions_compare_as_texts() -> None:
    versions = [decide(event("ann@acme.example", sequence=number))[0].version or "" for number in (0, 9, 10, 10**12)]

    assert versions == sorted(versions)


def instance(day: int, **fields: Any) -> Occurrence:
    at = NOW + timedelta(days=day)
    slot = at.strftime("%Y%m%dT%H%M%SZ")
    return event("ann@acme.example", **({"start": at, "recurrence_id": slot, "form": INSTANCE} | fields))


def series(**fields: Any) -> Occurrence:
    return event("ann@acme.example", **({"form": SERIES, "start": NOW - timedelta(days=70)} | fields))


def test_instances_too_far_ahead_are_no_items_at_all() -> None:
    assert [verdict.fate for verdict in decide(series(), instance(-7), instance(7), instance(70))] == [
        "meeting",
        "next_step",
    ]


def test_an_instance_that_was_moved_far_ahead_says_so() -> None:
    moved = instance(7, start=NOW + timedelta(days=70))

    assert fate(series(), moved) == ("skipped", "far")


def test_an_instance_that_the_series_leaves_out_is_cancelled_where_it_was_known() -> None:
    left_out = instance(-7, form=LEFT_OUT)

    assert decide(series(), left_out) == []
    (verdict,) = decide(series(), left_out, known=["u1 20261114T120000Z"])
    assert (verdict.key, verdict.fate, verdict.reason) == ("u1 20261114T120000Z", "skipped", "cancelled")


def test_instances_ahead_that_a_changed_series_does_not_hold_are_gone_and_past_ones_stay() -> None:
    known = ["u1 20261114T120000Z", "u1 20261128T120000Z", "u2 20261128T120000Z", "u1 20270401T120000Z", "u1 20261205"]
    found = decide(series(), instance(8), known=known)

    assert [(verdict.key, verdict.fate) for verdict in found] == [
        ("u1 20261128T120000Z", "skipped"),
        ("u1 20261129T120000Z", "next_step"),
        ("u1 20261205", "skipped"),
    ]


def test_an_event_that_became_a_series_is_an_instance_of_it_now() -> None:
    found = decide(series(), instance(-70), known=["u1"])

    assert [(verdict.key, verdict.fate, verdict.reason) for verdict in found] == [
        ("u1", "skipped", "cancelled"),
        ("u1 20260912T120000Z", "meeting", None),
    ]
