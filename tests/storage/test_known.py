"""As of a day: what was known at its end, and nothing that came later."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline_cli.domain.deal import edits
from pipeline_cli.domain.errors import RuleError
from pipeline_cli.storage.record.facts import read_facts
from pipeline_cli.storage.transactions import read, write
from pipeline_cli.storage.undo.undo import do_again, plan_last, plan_redo, take_back
from tests.conftest import Run
from tests.storage.record import TODAY, a_deal, change, clock_at, dump_known, new_record
from tests.storage.steps import Step, steps, take

FIRST_DAY = date(2026, 11, 1)
LATER = "2026-12-24"

DAYS: dict[str, list[list[str]]] = {
    "2026-11-01": [
        ["add", "Acme: workshop", "--org", "Acme", "--contact", "<ann@acme.example>", "--value", "1000"],
        ["add", "Beta: audit", "--org", "Beta", "--value", "5000", "--close", "2026-11-20"],
        ["next", "1", "2026-11-03", "Call"],
    ],
    "2026-11-02": [
        ["log", "1", "call", "spoke", "--in"],
        ["confirm", "1", "problem", "--evidence", "too slow"],
        ["edit", "1", "--value", "1500", "--probability", "40"],
    ],
    "2026-11-03": [
        ["done", "1"],
        ["confirm", "1", "problem", "--revoke"],
        ["advance", "1", "--force", "--reason", "in a hurry"],
        ["next", "1", "2026-11-10", "Send offer"],
    ],
    "2026-11-04": [
        ["add", "Acme: second", "--org", "Acme", "--contact", "Ann Lee <ann@acme.example>", "--phone", "+49 30 1"],
        ["edit", "1", "--external-id", "A-1", "--title", "Acme: training", "--probability", "auto"],
        ["lose", "2", "--reason", "price", "--note", "too dear"],
        ["snooze", "3", "2026-12-01"],
    ],
    "2026-11-05": [
        ["reopen", "2"],
        ["edit", "2", "--close", "2026-12-20", "--source", "referral", "--field", "region=north"],
        ["qualify", "1", "--set", "need=yes"],
        ["note", "1", "hot"],
    ],
    "2026-11-06": [
        ["win", "2", "--value", "4000", "--check-in", "2026-12-20", "--renewal", "2027-11-06"],
        ["done", "2"],
        ["add", "Beta: more", "--from", "2"],
        ["qualify", "1", "--set", "need=no"],
        ["back", "1", "prospecting", "--reason", "too soon"],
    ],
    "2026-11-07": [
        ["reopen", "2"],
        ["disqualify", "2", "--reason", "bad_fit"],
        ["disqualify", "3", "--reason", "timing"],
    ],
}


def last_moment_of(day: str) -> str:
    """Some numbers are hours: they grow until the day ends."""
    return f"{day}T23:59:59.999+00:00"


def answers(run: Run, deals: int, *as_of: str, today: str) -> list[Any]:
    """What the list, every deal and the health say."""
    shown = [run("list", "status=all", "--json", *as_of, today=today)]
    shown += [run("show", str(number), "--json", *as_of, today=today) for number in range(1, deals + 1)]
    shown.append(run("health", "--json", *as_of, today=today))
    assert [result.code for result in shown] == [0] * len(shown), [result.err for result in shown]
    return [result.json for result in shown]


def test_every_day_is_remembered_as_it_was(pipeline: Run) -> None:
    told: dict[str, list[Any]] = {}
    deals = 0
    for day, commands in DAYS.items():
        for command in commands:
            result = pipeline(*command, today=day)
            assert result.code == 0, (command, result.err)
            deals += command[0] == "add"
        told[day] = answers(pipeline, deals, today=last_moment_of(day))
    for day, answer in told.items():
        assert answers(pipeline, len(answer) - 2, "--as-of", day, today=LATER) == answer, day
        assert answers(pipeline, len(answer) - 2, today=last_moment_of(day)) == answer, day


def test_today_is_as_of_today(pipeline: Run) -> None:
    pipeline("add", "Acme", "--value", "1000")
    pipeline("log", "1", "call", "--out")
    assert pipeline("list", "--json", "--as-of", "today").out == pipeline("list", "--json").out
    assert pipeline("show", "1", "--json", "--as-of", "2026-11-21").out == pipeline("show", "1", "--json").out


def test_a_deal_of_tomorrow_does_not_exist_today(pipeline: Run) -> None:
    pipeline("add", "Acme", today="2026-11-10")
    assert pipeline("list", "--json", "--as-of", "2026-11-09").rows == []
    assert pipeline("show", "1", "--as-of", "2026-11-09").code == 4
    assert pipeline("show", "Acme", "--as-of", "2026-11-10").code == 0


def test_what_is_back_dated_is_known_from_its_own_day(pipeline: Run) -> None:
    pipeline("add", "Acme", "--contact", "Ann <ann@acme.example>", "--at", "2026-11-01", today="2026-11-10")
    pipeline("log", "1", "call", "--in", "--at", "2026-11-05", today="2026-11-10")
    before = pipeline("list", "--json", "--as-of", "2026-11-04").rows[0]
    assert (before["contact"], before["idle_days"]) == ("Ann", 3)
    assert pipeline("list", "--json", "--as-of", "2026-11-06").rows[0]["idle_days"] == 1


@given(st.lists(st.lists(steps, max_size=6), min_size=2, max_size=5))
@settings(max_examples=30, deadline=None)
def test_later_work_never_changes_what_was_known(days: list[list[Step]]) -> None:
    with TemporaryDirectory() as folder:
        path = new_record(Path(folder))
        known: dict[date, Any] = {}
        for number, work in enumerate(days):
            clock = clock_at(FIRST_DAY + timedelta(days=number))
            for step in work:
                take(path, step, clock)
            known[clock.today] = dump_known(path, clock)
            for day, record in known.items():
                assert dump_known(path, clock_at(day)) == record


@given(
    st.lists(steps, min_size=1, max_size=4), st.lists(st.one_of(steps, st.sampled_from(["undo", "redo"])), max_size=8)
)
@settings(max_examples=30, deadline=None)
def test_undoing_later_work_never_changes_what_was_known(yesterday: list[Step], today: list[Any]) -> None:
    with TemporaryDirectory() as folder:
        path = new_record(Path(folder))
        first, second = clock_at(FIRST_DAY), clock_at(FIRST_DAY + timedelta(days=1))
        for step in yesterday:
            take(path, step, first)
        known = dump_known(path, first)
        done = 0
        for step in today:
            if isinstance(step, Step):
                take(path, step, second)
                done += 1
            elif step == "undo" and done:
                with write(path, second, "undo", lambda: None) as transaction:
                    take_back(transaction, plan_last(transaction, 1))
                done -= 1
            elif step == "redo":
                try:
                    with write(path, second, "redo", lambda: None) as transaction:
                        do_again(transaction, plan_redo(transaction, 1))
                    done += 1
                except RuleError:
                    continue
            assert dump_known(path, first) == known


def test_a_renamed_stage_has_its_new_name_in_the_past_too(tmp_path: Path) -> None:
    path = new_record(tmp_path)
    first, second = clock_at(FIRST_DAY), clock_at(FIRST_DAY + timedelta(days=1))
    forced = edits.MoveDeal(
        1,
        "prospecting",
        "proposal",
        first.now,
        "hurry",
        forced=True,
        criteria_missing=("prospecting.spoken", "qualification.problem"),
    )
    change(path, a_deal(clock=first), edits.ConfirmCriterion(1, "prospecting", "problem", None), forced, clock=first)
    change(path, edits.MoveDeal(1, "proposal", "won", second.now), clock=second)
    change(path, edits.RenameStage("services", "prospecting", "lead"), clock=second, command="check")
    change(path, edits.RenameStage("services", "proposal", "offer"), clock=second, command="check")
    known = dump_known(path, first)
    assert [row[2:4] for row in known["moves"]] == [(None, "lead"), ("lead", "offer")]
    assert known["moves"][1][8] == "lead.spoken qualification.problem"
    assert [row[2] for row in known["confirmations"]] == ["lead"]
    with read(path, first, past=True) as reader:
        (facts,) = read_facts(reader)
    assert (facts.stage, facts.status, facts.closed_at, facts.entered_stage_at) == ("offer", "open", None, first.now)


@pytest.mark.parametrize("hour", [0, 23])
def test_the_day_ends_at_midnight_of_the_zone(pipeline: Run, hour: int) -> None:
    pipeline("add", "Acme", today=f"2026-11-10T{hour:02}:59:59.999+00:00")
    assert len(pipeline("list", "--json", "--as-of", "2026-11-10").rows) == 1
    assert pipeline("list", "--json", "--as-of", "2026-11-09").rows == []


def test_a_person_is_as_known_on_that_day(tmp_path: Path) -> None:
    path = new_record(tmp_path)
    days = [clock_at(FIRST_DAY + timedelta(days=number)) for number in range(3)]
    change(path, a_deal("One", days[0], (None, "ann@acme.example", None)), clock=days[0])
    change(path, a_deal("Two", days[1], ("Ann", "ann@acme.example", None)), clock=days[1])
    change(path, edits.AddDealContact(1, edits.ContactDetails(None, "ann@acme.example", "030 1")), clock=days[2])
    people = [[row[2:5] for row in dump_known(path, day)["contacts"]] for day in days]
    assert people == [
        [(None, "ann@acme.example", None)],
        [("Ann", "ann@acme.example", None)],
        [("Ann", "ann@acme.example", "030 1")],
    ]
    assert dump_known(path, TODAY)["contacts"] == dump_known(path, days[2])["contacts"]


def test_a_next_step_done_later_was_open_on_that_day(tmp_path: Path) -> None:
    path = new_record(tmp_path)
    first, second = clock_at(FIRST_DAY), clock_at(FIRST_DAY + timedelta(days=1))
    change(path, a_deal(clock=first), edits.SetNextStep(1, "Call", second.today), clock=first)
    change(path, edits.CloseNextStep(1, done=True), clock=second)
    assert [row[5:7] for row in dump_known(path, first)["next_steps"]] == [(None, 0)]
    assert [row[5:7] for row in dump_known(path, second)["next_steps"]] == [("2026-11-02T10:00:00.000Z", 1)]
