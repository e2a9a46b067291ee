"""`log DEAL --change N` and `--remove N`: what is wrong in the record is put right."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.commands.reading import deal, flags, last, record, shown
from tests.conftest import Run


@pytest.fixture
def acme(pipeline: Run) -> Run:
    """Touchpoint 1 is a call, 2 an e-mail, both of ours."""
    pipeline("add", "Acme: workshop", today="2026-11-01")
    pipeline("log", "1", "call", "met Ann", today="2026-11-03")
    pipeline("log", "1", "email", "--at", "2026-11-05 09:00", today="2026-11-06")
    return pipeline


def touches(run: Run, *as_of: str) -> list[dict[str, Any]]:
    return run("show", "1", "--json", *as_of).json["touchpoints"]  # type: ignore[no-any-return]


def test_a_call_that_nobody_took_becomes_an_attempt(acme: Run) -> None:
    before = record(acme)

    result = acme("log", "acme", "--change", "1", "--no-answer")

    assert result.code == 0, result.err
    assert result.err.splitlines()[0] == (
        "Changed touchpoint 1 of 1, Acme: workshop: outcome set to no answer, conversation -> attempt."
    )
    first = touches(acme)[0]
    assert (first["outcome"], first["sense"], first["note"]) == ("no answer", "attempt", "met Ann")
    assert last(acme)["summary"] == (
        "changed touchpoint 1 of Acme: workshop: outcome set to no answer, conversation -> attempt"
    )
    after = record(acme)
    acme("undo")
    assert record(acme) == before
    acme("redo")
    assert record(acme) == after


def test_a_correction_holds_for_all_times(acme: Run) -> None:
    acme("log", "1", "--change", "1", "--voicemail")
    acme("log", "1", "--remove", "2")

    assert [one["sense"] for one in touches(acme, "--as-of", "2026-11-04")] == ["attempt"]
    assert len(touches(acme, "--as-of", "2026-11-05")) == 1


@pytest.mark.parametrize(
    ("words", "changed", "said"),
    [
        (["--kind", "Meeting"], {"kind": "meeting"}, "kind call -> meeting"),
        (["--kind", "email"], {"kind": "email", "sense": "attempt"}, "kind call -> email, conversation -> attempt"),
        (["--in"], {"direction": "in"}, "direction out -> in"),
        (
            ["--at", "2026-11-02 08:30"],
            {"touched_at": "2026-11-02T08:30:00.000Z"},
            "time 2026-11-03 12:00 -> 2026-11-02 08:30",
        ),
        (["--note", "met Bob [/] 🙂 =1+1"], {"note": "met Bob [/] 🙂 =1+1"}, "note met Ann -> met Bob [/] 🙂 =1+1"),
        (["--note", ""], {"note": None}, "note met Ann removed"),
        (["--note", "two\nlines"], {"note": "two\nlines"}, "note changed"),
        (["--outcome", "liked it"], {"outcome": "liked it"}, "outcome set to liked it"),
        (
            ["--no-show", "--outcome", "ill"],
            {"outcome": "no show: ill", "sense": "attempt"},
            "outcome set to no show: ill, conversation -> attempt",
        ),
        (
            ["--kind", "email", "--in", "--auto"],
            {"kind": "email", "direction": "in", "outcome": "automatic reply", "sense": "automatic"},
            "kind call -> email, direction out -> in, outcome set to automatic reply, conversation -> automatic reply",
        ),
        (
            ["--kind", "email", "--in"],
            {"kind": "email", "direction": "in", "awaits_answer": True},
            "kind call -> email, direction out -> in, their word waits for an answer",
        ),
        (
            ["--in", "--outcome", "missed call"],
            {"direction": "in", "outcome": "missed call", "sense": None, "awaits_answer": True},
            "direction out -> in, outcome set to missed call, conversation -> waits for your answer",
        ),
    ],
)
def test_what_is_given_is_changed_and_the_rest_stays(
    acme: Run, words: list[str], changed: dict[str, Any], said: str
) -> None:
    before = touches(acme)

    result = acme("log", "1", "--change", "1", *words)

    assert result.err.splitlines()[0] == f"Changed touchpoint 1 of 1, Acme: workshop: {said}."
    first, second = touches(acme)
    assert first == {**before[0], **changed}
    assert second == before[1]


def test_an_empty_outcome_takes_it_away(acme: Run) -> None:
    acme("log", "1", "--change", "#1", "--no-answer")

    acme("log", "1", "--change", "#1", "--outcome", "")

    assert (touches(acme)[0]["outcome"], touches(acme)[0]["sense"]) == (None, "conversation")


def test_one_that_is_earlier_now_has_another_number_and_that_is_said(acme: Run) -> None:
    result = acme("log", "1", "--change", "2", "--at", "2026-11-02")

    assert result.err.endswith("time 2026-11-05 09:00 -> 2026-11-02 12:00. It is touchpoint 1 now.\n")
    assert [one["kind"] for one in touches(acme)] == ["email", "call"]


def test_what_is_so_already_is_no_operation(acme: Run) -> None:
    before = last(acme)

    result = acme("log", "1", "--change", "1", "--kind", "call", "--out")

    assert (result.code, result.err) == (
        0,
        "Nothing was changed: touchpoint 1 of 1, Acme: workshop, is so already.\n",
    )
    assert last(acme) == before


def test_a_removed_touchpoint_never_was(acme: Run) -> None:
    before = record(acme)

    result = acme("log", "1", "--remove", "2")

    assert result.err == (
        "Removed touchpoint 2 of 1, Acme: workshop: email out of 2026-11-05 09:00, attempt.\n"
        "`pipeline undo` brings it back.\n"
    )
    assert [one["kind"] for one in touches(acme)] == ["call"]
    assert deal(acme)["idle_days"] == 18
    assert len(acme("export", "touchpoints", "--json").rows) == 1
    after = record(acme)
    acme("undo")
    assert record(acme) == before
    acme("redo")
    assert record(acme) == after


def test_a_deal_is_no_longer_unanswered_when_they_did_answer(acme: Run) -> None:
    for day in range(6, 12):
        acme("log", "1", "call", "--no-answer", today=f"2026-11-{day:02}")
    assert flags(acme)["unanswered"] == 7

    acme("log", "1", "--change", "8", "--outcome", "connected")

    assert "unanswered" not in flags(acme)


def test_a_conversation_takes_the_planned_attempt_off_the_plan(acme: Run) -> None:
    acme("log", "1", "email", "--next-attempt")
    assert deal(acme)["next_step"] == "Attempt 3 of 6"
    before = record(acme)

    result = acme("log", "1", "--change", "3", "--kind", "meeting")

    assert result.err.endswith("kind email -> meeting, attempt -> conversation. Attempt 3 of 6 is off the plan.\n")
    assert deal(acme)["next_step"] is None
    acme("undo")
    assert record(acme) == before


def test_after_an_attempt_that_was_taken_for_a_call_the_next_one_is_proposed(acme: Run) -> None:
    result = acme("log", "1", "--change", "1", "--no-answer")

    assert result.err.splitlines()[1].startswith("If nobody answers: pipeline next 1 2026-11-21 ")


REFUSALS = [
    (
        ["--change", "3", "--kind", "call"],
        "Deal 1, Acme: workshop, has 2 touchpoints and no number 3: `pipeline show 1` numbers them.",
    ),
    (["--remove", "0"], "Deal 1, Acme: workshop, has 2 touchpoints and no number 0: `pipeline show 1` numbers them."),
    (
        ["--remove", "9" * 30],
        f"Deal 1, Acme: workshop, has 2 touchpoints and no number {'9' * 30}: `pipeline show 1` numbers them.",
    ),
    (["--remove", "-1"], "'-1' is not the number of a touchpoint: `pipeline show 1` numbers them."),
    (["--change", "", "--in"], "'' is not the number of a touchpoint: `pipeline show 1` numbers them."),
    (
        ["--change", "1"],
        "There is nothing to change: say what was wrong, such as --no-answer, --outcome TEXT or --at yesterday.",
    ),
    (["--change", "1", "--remove", "1"], "--change and --remove contradict each other: give the one that is meant."),
    (
        ["email", "--change", "1"],
        "'email' belongs to a new touchpoint, and --change to one that is there: leave it away, "
        "or type --kind 'email'.",
    ),
    (
        ["email", "--remove", "1"],
        "'email' belongs to a new touchpoint, and --remove to one that is there: leave it away.",
    ),
    (
        ["--change", "1", "--in", "--next", "3d", "Call"],
        "--next belongs to a new touchpoint, and --change to one that is there: leave it away.",
    ),
    (
        ["--remove", "1", "--no-next-attempt"],
        "--no-next-attempt belongs to a new touchpoint, and --remove to one that is there: leave it away.",
    ),
    (
        ["--remove", "1", "--outcome", ""],
        "--remove takes the whole touchpoint away: leave --outcome away, or correct it with --change.",
    ),
    (
        ["--change", "1", "--in", "--out"],
        "--in and --out contradict each other: give the one that says who contacted whom.",
    ),
    (
        ["--change", "1", "--no-answer", "--outcome", "connected"],
        "--no-answer and --outcome connected contradict each other: give the one that is true.",
    ),
    (
        ["--change", "1", "--no-answer", "--voicemail"],
        "--no-answer and --voicemail contradict each other: give the one that is true.",
    ),
    (
        ["--change", "1", "--auto"],
        "--auto says that a machine of theirs wrote to you: give --in with it, or leave it away.",
    ),
    (
        ["--change", "1", "--at", "2031-01-01"],
        "A touchpoint cannot be in the future: 2031-01-01 is later than today, 2026-11-21. Leave --at away for now, or give "
        "a day that has been, such as yesterday.",
    ),
    (
        ["--kind", "call"],
        "--kind corrects a touchpoint that is there: name it with --change 3, or type the kind and the "
        "note of a new one after the deal.",
    ),
    (
        ["call", "--note", "x"],
        "--note corrects a touchpoint that is there: name it with --change 3, or type the kind and "
        "the note of a new one after the deal.",
    ),
    ([], "KIND is missing: type pipeline log DEAL KIND [NOTE]; `pipeline log --help` says more."),
]


@pytest.mark.parametrize(("words", "said"), REFUSALS)
def test_what_makes_no_sense_changes_nothing(acme: Run, words: list[str], said: str) -> None:
    before = record(acme)

    result = acme("log", "1", *words)

    assert (result.code, result.err) == (2, said + "\n")
    assert record(acme) == before


def test_a_kind_that_is_not_known_and_a_deal_without_touchpoints_are_refused(acme: Run) -> None:
    assert acme("log", "1", "--change", "1", "--kind", "fax").code == 2
    acme("add", "Borg")
    result = acme("log", "2", "--remove", "1")
    assert (result.code, result.err) == (2, "Deal 2, Borg, has no touchpoint, so there is none to correct.\n")


def test_of_what_they_sent_nobody_was_there_cannot_be_said(acme: Run) -> None:
    acme("log", "1", "call", "--in")
    before = record(acme)

    result = acme("log", "1", "--change", "3", "--voicemail")

    assert (result.code, record(acme)) == (2, before)
    assert "in this touchpoint they contacted you: give --out too" in result.err
    assert acme("log", "1", "--change", "3", "--voicemail", "--out").code == 0
    assert touches(acme)[2]["sense"] == "attempt"


def test_touchpoints_of_a_closed_deal_are_corrected_too(acme: Run) -> None:
    acme("win", "1")

    assert acme("log", "1", "--change", "2", "--note", "the offer").code == 0
    assert acme("log", "1", "--remove", "1").code == 0
    assert [one["note"] for one in touches(acme)] == ["the offer"]


def last_chance(run: Run) -> str | None:
    """Until when the one of deal 1 runs."""
    return next(row["last_chance"] for row in run("board", "--json").rows if row["id"] == 1)  # type: ignore[no-any-return]


@pytest.fixture
def warned(pipeline: Run) -> Run:
    """A silent deal that got its last chance yesterday."""
    pipeline("add", "Borg", "--contact", "Bo <bo@borg.example>", today="2026-09-01")
    pipeline("log", "1", "email", today="2026-09-02")
    assert pipeline("prune", "--yes", today="2026-11-20").code == 0
    assert last_chance(pipeline) is not None
    return pipeline


def test_a_conversation_that_was_taken_for_an_attempt_ends_the_last_chance(warned: Run) -> None:
    warned("log", "1", "call", "--no-answer")
    assert last_chance(warned) is not None
    before = record(warned)

    result = warned("log", "1", "--change", "2", "--outcome", "connected")

    assert "is no longer to be sent" in result.err
    assert ".eml" in result.err
    assert last_chance(warned) is None
    warned("undo")
    assert record(warned) == before


def test_a_last_chance_that_ended_is_not_revived_by_a_correction(warned: Run) -> None:
    warned("log", "1", "call")
    assert last_chance(warned) is None

    warned("log", "1", "--change", "2", "--no-answer")
    assert last_chance(warned) is None
    warned("log", "1", "--remove", "2")
    assert last_chance(warned) is None


def test_a_correction_of_what_was_before_ends_no_last_chance(warned: Run) -> None:
    warned("log", "1", "--change", "1", "--outcome", "connected", "--kind", "call")

    assert last_chance(warned) is not None


def test_a_touchpoint_that_met_a_criterion_stays_in_the_evidence_of_the_move(acme: Run) -> None:
    for words in (["1", "problem"], ["1", "fit"]):
        acme("confirm", *words)
    moved = acme("advance", "1", "--force", "--reason", "sure")
    assert moved.code == 0, moved.err
    met = shown(acme)["moves"][-1]["criteria_met"]
    assert met

    acme("log", "1", "--remove", "2")
    acme("log", "1", "--remove", "1")

    assert shown(acme)["moves"][-1]["criteria_met"] == met


DEALS = "deal_id,title,contact\nA,Acme,Ann\nB,Beta,Bo\n"
TOUCHES = (
    "deal_id,kind,direction,date,outcome,note\n"
    "A,call,out,2026-11-03,,first\nA,email,out,2026-11-04,,second\nA,email,in,2026-11-05,,third\nB,call,out,2026-11-03,,x\n"
)


def imported(run: Run, folder: Path) -> Any:
    (folder / "d.csv").write_text(DEALS)
    (folder / "t.csv").write_text(TOUCHES)
    result = run("import", "d.csv", "--touchpoints", "t.csv", "--json")
    assert result.code == 0, result.err
    return result.json["touchpoints"]


def test_the_same_file_brings_nothing_back_that_was_corrected(pipeline: Run, folder: Path) -> None:
    assert imported(pipeline, folder)["created"] == 4
    pipeline("log", "1", "--change", "1", "--no-answer")
    pipeline("log", "1", "--change", "1", "--at", "2026-11-02")
    pipeline("log", "1", "--remove", "3")
    before = record(pipeline)

    again = imported(pipeline, folder)

    assert (again["created"], again["unchanged"]) == (0, 4)
    assert record(pipeline) == before


def test_nor_after_the_deal_was_merged(pipeline: Run, folder: Path) -> None:
    imported(pipeline, folder)
    pipeline("log", "2", "--remove", "1")
    assert pipeline("merge", "2", "1").code == 0
    before = record(pipeline)

    assert imported(pipeline, folder)["created"] == 0
    assert record(pipeline) == before


def test_what_was_removed_and_brought_back_by_undo_is_there_once(pipeline: Run, folder: Path) -> None:
    imported(pipeline, folder)
    pipeline("log", "1", "--remove", "3")
    pipeline("undo")

    assert imported(pipeline, folder)["created"] == 0
    assert len(touches(pipeline)) == 3


def test_an_older_correction_is_undone_alone_unless_a_later_one_rests_on_it(acme: Run) -> None:
    acme("log", "1", "--change", "1", "--no-answer")
    number = last(acme)["operation"]
    acme("log", "1", "--change", "2", "--note", "other")
    assert acme("undo", "--only", str(number)).code == 0
    acme("log", "1", "--change", "1", "--note", "later")
    acme("log", "1", "--change", "1", "--outcome", "liked it")
    number = last(acme)["operation"]
    acme("log", "1", "--change", "1", "--kind", "meeting")

    refused = acme("undo", "--only", str(number))

    assert refused.code == 5
    assert "changed the touchpoint" in refused.err
