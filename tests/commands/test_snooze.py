"""`snooze`: a deal is silent until a day."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.commands.reading import deal, flags, record, shown
from tests.conftest import Run


@pytest.fixture
def quiet(pipeline: Run) -> Run:
    pipeline("add", "Acme", today="2026-09-01")
    pipeline("log", "1", "call", today="2026-09-01")
    return pipeline


def test_a_snoozed_deal_is_out_of_idle_and_prune_and_back_by_itself(quiet: Run) -> None:
    assert "idle" in flags(quiet)

    result = quiet("snooze", "1", "2w")

    assert (result.code, result.err) == (0, "1, Acme: silent until 2026-12-05.\n'2w' is Sat 5 Dec.\n")
    assert deal(quiet)["snoozed_until"] == "2026-12-05"
    assert not {"idle", "stuck", "no_next_step"} & set(flags(quiet))
    assert quiet("prune", "--dry-run", "--json").rows == []
    assert quiet("health", "--json").rows[0]["idle"] == 0
    assert quiet("today", "--json").rows == []
    assert [row["id"] for row in quiet("list", "snoozed=yes", "--json").rows] == [1]

    (task,) = quiet("today", "--json", today="2026-12-05").rows
    assert (task["why"], task["command"]) == ("woke today", "pipeline show 1")
    assert quiet("list", "snoozed=yes", "--json", today="2026-12-05").rows == []
    assert quiet("prune", "--dry-run", "--json", today="2026-12-05").rows == [], "its clock begins anew"
    assert quiet("list", "--json", today="2026-12-05").rows[0]["idle_days"] == 0
    assert len(quiet("prune", "--dry-run", "--json", today="2027-01-03").rows) == 1


def test_the_reason_is_kept_as_a_note(quiet: Run) -> None:
    quiet("snooze", "1", "2w", "--reason", "on holiday")

    assert [note["text"] for note in shown(quiet)["notes"]] == ["snoozed until 2026-12-05: on holiday"]


def test_show_tells_a_snooze_with_its_reason_once(quiet: Run) -> None:
    quiet("snooze", "1", "2w", "--reason", "on holiday")
    timeline = quiet("show", "1").out.partition("Timeline")[2]
    assert timeline.count("snoozed until") == 1
    assert "on holiday" in timeline

    quiet("snooze", "1", "3w")
    assert quiet("show", "1").out.partition("Timeline")[2].count("snoozed until") == 2, "one without a reason too"


def test_a_closed_deal_no_longer_says_why_it_slept(quiet: Run) -> None:
    quiet("snooze", "1", "2026-10-15", "--reason", "call in mid-October", today="2026-09-20")
    assert "You said" in quiet("show", "1", today="2026-10-16").out

    quiet("lose", "1", "--reason", "timing", "--again", "2026-11-01", today="2026-10-16")

    assert "You said" not in quiet("show", "1", today="2026-10-17").out
    assert "you said" not in quiet("today", today="2026-11-01").out


def test_today_wakes_it(quiet: Run) -> None:
    before = record(quiet)
    quiet("snooze", "1", "2w")

    assert quiet("snooze", "1", "today").err == "1, Acme: awake again.\n"
    assert deal(quiet)["snoozed_until"] is None
    quiet("undo", "2")
    assert record(quiet) == before


@pytest.mark.parametrize(("day", "code"), [("yesterday", 2), ("never", 2), ("2026-02-30", 2), ("9999-12-31", 2)])
def test_a_day_that_makes_no_sense_is_refused(quiet: Run, day: str, code: int) -> None:
    before = record(quiet)

    assert quiet("snooze", "1", day).code == code
    assert record(quiet) == before


def test_a_closed_deal_is_silent_anyway(quiet: Run) -> None:
    quiet("win", "1")

    assert quiet("snooze", "1", "3d").code == 5


def test_on_waking_the_reason_stands_before_anything_else_until_the_deal_is_touched(quiet: Run) -> None:
    quiet("next", "1", "2026-10-05", "Send the offer", today="2026-09-20")
    quiet("snooze", "1", "2026-10-15", "--reason", "call in mid-October", today="2026-09-20")
    assert quiet("today", "--json", today="2026-10-14").rows == []

    for day in ("2026-10-15", "2026-11-20"):
        (task,) = quiet("today", "--json", today=day).rows
        assert task["why"] == "you said: call in mid-October; overdue: Send the offer", day
        assert "call in mid-October" in quiet("show", "1", today=day).out
    quiet("log", "1", "call", "--no-answer", today="2026-11-20")
    (task,) = quiet("today", "--json", today="2026-11-20").rows
    assert task["why"] == "overdue: Send the offer"


@pytest.mark.parametrize(
    "words",
    [
        ("log", "1", "call"),
        ("log", "1", "email"),
        ("next", "1", "3w", "Call"),
        ("advance", "1", "--force", "--reason", "x"),
    ],
    ids=" ".join,
)
def test_what_is_done_about_it_ends_the_reminder(quiet: Run, words: tuple[str, ...]) -> None:
    quiet("snooze", "1", "2026-10-15", "--reason", "call in mid-October", today="2026-09-20")
    assert "you said" in quiet("today", today="2026-10-15").out

    assert quiet(*words, today="2026-10-15").code == 0

    assert "you said" not in quiet("today", today="2026-10-16").out
    quiet("undo", today="2026-10-16")
    assert "you said" in quiet("today", today="2026-10-16").out


@pytest.mark.parametrize("words", [("log", "1", "email", "--in", "--auto"), ("note", "1", "hm")], ids=" ".join)
def test_neither_a_machine_nor_a_note_ends_the_reminder(quiet: Run, words: tuple[str, ...]) -> None:
    quiet("snooze", "1", "2026-10-15", "--reason", "call in mid-October", today="2026-09-20")

    quiet(*words, today="2026-10-16")

    assert "you said" in quiet("today", today="2026-10-17").out


def test_on_waking_the_clocks_of_silence_begin_anew_and_the_others_go_on(quiet: Run) -> None:
    for number in range(6):
        quiet("log", "1", "email", today=f"2026-09-{10 + number}")
    assert "unanswered" in flags(quiet)
    quiet("snooze", "1", "2026-11-15", today="2026-09-20")

    row = quiet("list", "--json", today="2026-11-20").rows[0]
    assert (row["idle_days"], row["days_in_stage"], row["age_days"]) == (5, 80, 80)
    assert {flag["flag"] for flag in row["flags"]} & {"idle", "unanswered"} == set()
    assert "stuck" in {flag["flag"] for flag in row["flags"]}
    assert "Attempt 2 of 6" in quiet("log", "1", "call", "--no-answer", "--next-attempt", today="2026-11-20").err
    assert quiet("prune", "--dry-run", "--json", today="2026-11-29").rows == []


def test_another_snooze_takes_the_place_of_the_reason_and_waking_by_hand_keeps_it(quiet: Run) -> None:
    quiet("snooze", "1", "2026-10-15", "--reason", "first", today="2026-09-20")
    quiet("snooze", "1", "2026-10-20", "--reason", "second", today="2026-09-21")
    assert quiet("today", "--json", today="2026-10-20").rows[0]["why"].startswith("you said: second")
    quiet("snooze", "1", "2026-11-01", today="2026-10-20")
    assert "you said" not in quiet("today", today="2026-11-01").out

    quiet("undo", "1", today="2026-11-01")
    quiet("snooze", "1", "2026-11-05", "--reason", "third", today="2026-10-21")
    quiet("snooze", "1", "today", today="2026-10-22")
    assert quiet("today", "--json", today="2026-10-22").rows[0]["why"].startswith("you said: third")


def test_the_reason_travels_and_is_undone_exactly(quiet: Run, folder: Path) -> None:
    before = record(quiet)
    quiet("snooze", "1", "2026-12-15", "--reason", "=their year ends [/] 🙂")
    after = record(quiet)
    quiet("undo")
    assert record(quiet) == before
    quiet("redo")
    assert record(quiet) == after

    assert quiet("export", "deals", "-o", "deals.csv").code == 0
    (folder / "pipeline.db").unlink()
    assert quiet("import", "deals.csv").code == 0
    assert quiet("today", "--json", today="2026-12-15").rows[0]["why"].startswith("you said: =their year ends [/] 🙂")


def test_as_of_a_day_before_it_was_put_to_sleep_it_was_awake(quiet: Run) -> None:
    quiet("snooze", "1", "2026-12-15", "--reason", "later")

    assert quiet("list", "snoozed=yes", "--json", "--as-of", "2026-11-20").rows == []
    assert "later" not in quiet("show", "1", "--as-of", "2026-11-20").out
    assert "until 15 Dec: later" in quiet("show", "1").out


def test_a_deal_asleep_is_silent_about_its_close_date_too(pipeline: Run) -> None:
    pipeline("add", "Acme", "--close", "2026-11-23")
    assert pipeline("today", "--json").rows[0]["why"] == "expected close 23 Nov"

    pipeline("snooze", "1", "2w")

    assert pipeline("today", "--json").rows == []


def test_a_deal_that_woke_stays_on_the_list_until_it_is_touched(quiet: Run) -> None:
    quiet("snooze", "1", "2026-10-15", today="2026-09-20")

    (task,) = quiet("today", "--json", today="2026-10-25").rows
    assert task["why"] == "woke on 15 Oct"
    quiet("log", "1", "call", today="2026-10-25")
    assert [row["section"] for row in quiet("today", "--json", today="2026-10-25").rows] == ["no_plan"]


def test_who_writes_to_a_deal_asleep_is_not_kept_waiting_until_it_wakes(quiet: Run) -> None:
    quiet("snooze", "1", "2026-10-15", "--reason", "after the move", today="2026-09-20")

    said = quiet("log", "1", "email", "sooner than I thought", "--in", today="2026-09-20")

    assert "Acme sleeps until 2026-10-15; `pipeline snooze 1 today` wakes it." in said.err
    (task,) = quiet("today", "--json", today="2026-09-22").rows
    assert (task["why"], task["command"]) == ("they wrote 2 days ago, no reply", "pipeline log 1 email")
    quiet("log", "1", "email", "Friday?", today="2026-09-22")
    assert quiet("today", "--json", today="2026-09-23").rows == []


def test_what_they_wrote_before_it_was_put_to_sleep_waits_with_it(quiet: Run) -> None:
    quiet("log", "1", "email", "after the move, please", "--in", today="2026-09-20")
    quiet("snooze", "1", "2026-10-15", today="2026-09-20")
    assert quiet("today", "--json", today="2026-09-22").rows == []

    quiet("log", "1", "email", "we are early", "--in", today="2026-09-25")

    assert [row["why"] for row in quiet("today", "--json", today="2026-09-25").rows] == [
        "they wrote 5 days ago, no reply"
    ]


def test_a_step_planned_for_a_day_of_its_sleep_is_due_on_that_day(quiet: Run) -> None:
    quiet("snooze", "1", "2026-10-20", today="2026-09-20")

    said = quiet("next", "1", "2026-10-15", "Send the price", today="2026-09-20")

    assert "Acme sleeps until 2026-10-20; `pipeline snooze 1 today` wakes it." in said.err
    assert quiet("today", "--json", today="2026-10-14").rows == []
    assert quiet("today", "--json", today="2026-10-15").rows[0]["why"] == "due today: Send the price"
    assert quiet("today", "--json", today="2026-10-17").rows[0]["why"] == "overdue: Send the price"
    assert "sleeps" not in quiet("next", "1", "2026-10-25", "Call", today="2026-10-21").err
