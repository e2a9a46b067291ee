"""`undo`: the last operations taken back, each whole."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline_cli.output.conversation import Conversation
from tests.commands.reading import deal, last, record
from tests.conftest import Run

CHANGES = [
    ["add", "Second", "--org", "Acme", "--contact", "Bob <bob@acme.example>", "--field", "a=b"],
    [
        "edit",
        "1",
        "--title",
        "New",
        "--value",
        "5",
        "--close",
        "",
        "--contact",
        "Cid",
        "--phone",
        "+49 99",
        "--field",
        "x=y",
    ],
    ["log", "1", "call", "hello", "--in", "--next", "5d", "Write"],
    ["note", "1", "a note"],
    ["next", "1", "9d", "Something else"],
    ["done", "1"],
    ["confirm", "1", "champion", "--evidence", "new"],
    ["confirm", "1", "champion", "--revoke"],
    ["qualify", "1", "--set", "need=no", "--evidence", "need=not any more", "--set", "budget=unknown"],
    ["advance", "1", "--to", "commit", "--force", "--reason", "x", "--at", "today"],
    ["back", "1", "prospecting", "--reason", "x"],
    ["win", "1", "--value", "99"],
    ["lose", "1", "--reason", "price", "--note", "x"],
    ["disqualify", "1", "--reason", "x"],
    ["reopen", "2"],
    ["snooze", "1", "3d", "--reason", "x"],
    ["prune", "--yes"],
]


@pytest.fixture
def full(pipeline: Run) -> Run:
    """A deal with something of everything, a won one, and a dead one."""
    pipeline(
        "add",
        "Acme: workshop",
        "--org",
        "Acme",
        "--contact",
        "Ann <ann@acme.example>",
        "--value",
        "12k",
        "--close",
        "30d",
        "--field",
        "industry=software",
        today="2026-11-01",
    )
    pipeline("add", "Borg", "--value", "5k", today="2026-11-01")
    pipeline("add", "Cyrano", today="2026-08-01")
    pipeline("log", "1", "email", "--out", today="2026-11-02")
    pipeline("confirm", "1", "champion", "--evidence", "old", today="2026-11-02")
    pipeline("qualify", "1", "--set", "need=yes", "--set", "budget=yes", today="2026-11-03")
    pipeline("advance", "1", "--force", "--reason", "they hurry", today="2026-11-04")
    pipeline("next", "1", "3d", "Call", today="2026-11-20")
    pipeline("win", "2", today="2026-11-20")
    return pipeline


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: str(change[0]))
def test_after_undo_the_record_is_exactly_as_before_and_redo_does_it_again(full: Run, change: list[str]) -> None:
    before = record(full)
    done = full(*change)
    assert done.code == 0, done.err
    after = record(full)
    assert after != before

    assert full("undo").code == 0
    assert record(full) == before

    assert full("redo").code == 0
    assert record(full) == after
    assert full("undo").code == 0
    assert record(full) == before


def test_all_of_them_in_a_row_and_back(full: Run) -> None:
    states = [record(full)]
    for change in CHANGES[:10]:
        assert full(*change).code == 0
        states.append(record(full))

    for state in reversed(states[:-1]):
        assert full("undo").code == 0
        assert record(full) == state


def test_several_are_taken_back_at_once_showing_before_and_after(full: Run) -> None:
    before = record(full)
    full("edit", "1", "--value", "20k")
    full("note", "1", "a note")

    result = full("undo", "2")

    assert result.code == 0
    assert result.out.splitlines() == [
        "Undone #11 (note): noted on Acme: workshop",
        "  1 note: there -> gone",
        "Undone #10 (edit): edited Acme: workshop: value 12,000 -> 20,000 EUR",
        "  value: 20,000.00 -> 12,000.00",
    ]
    assert result.err == "`pipeline redo 2` does them again.\n"
    assert record(full) == before


def test_more_than_stand_takes_back_none(full: Run) -> None:
    before = record(full)

    result = full("undo", "10")

    assert (result.code, result.out) == (5, "")
    assert result.err == "Only 9 operations stand, not 10; nothing was undone: `pipeline history` lists them.\n"
    assert record(full) == before
    assert full("undo", "9", "--yes").code == 0
    assert full("undo").err == "There is nothing to undo: `pipeline history` lists what was done.\n"


@pytest.mark.parametrize(
    "count", ["0", "-1", "two", "1.5", "", "#", "#0", "#x", "##3", "²", "٣", "9" * 40, "#" + "9" * 5000]
)
def test_a_number_that_is_none_is_refused(full: Run, count: str) -> None:
    before = record(full)

    result = full("undo", count)

    assert (result.code, result.out, len(result.err.splitlines())) == (2, "", 1)
    assert record(full) == before


# All down to one


@pytest.mark.parametrize("words", [["#8"], ["--to", "8"], ["--to", "#8"], ["--to", "008"]])
def test_everything_down_to_an_operation_is_taken_back_and_it_too(full: Run, words: list[str]) -> None:
    full("undo", "2")
    before = record(full)
    full("redo", "2")
    full("note", "1", "a note")

    result = full("undo", *words)

    assert [line[:11] for line in result.out.splitlines() if line[0] == "U"] == [
        "Undone #10 ",
        "Undone #9 (",
        "Undone #8 (",
    ]
    assert result.err.splitlines()[-1] == "`pipeline redo 3` does them again."
    assert record(full) == before


def test_what_was_undone_alone_before_is_passed_over_on_the_way_down(full: Run) -> None:
    full("note", "1", "a note")
    full("undo", "--only", "9")

    result = full("undo", "--to", "8")

    assert [line for line in result.out.splitlines() if line.startswith("Undone")] == [
        "Undone #10 (note): noted on Acme: workshop",
        "Undone #8 (next): next step of Acme: workshop: Call, due 2026-11-23",
    ]


@pytest.mark.parametrize("words", [["#9999"], ["--to", "9999"], ["--only", "9999"], ["#" + "9" * 18]])
def test_an_operation_that_is_not_there_takes_back_none(full: Run, words: list[str]) -> None:
    before = record(full)

    result = full("undo", *words)

    assert (result.code, result.out) == (5, "")
    assert result.err.startswith("There is no operation 9")
    assert result.err.endswith("; nothing was undone: `pipeline history` lists them.\n")
    assert record(full) == before


@pytest.mark.parametrize("words", [["#9"], ["--to", "9"], ["--only", "9"]])
@pytest.mark.parametrize("something_new", [False, True])
def test_an_operation_that_was_undone_already_takes_back_none(full: Run, words: list[str], something_new: bool) -> None:
    full("undo")
    if something_new:
        full("note", "1", "a note")
    before = record(full)

    result = full("undo", *words)

    assert (result.code, result.out) == (5, "")
    assert result.err == (
        "Operation 9 (win) was undone already, so nothing was undone now: `pipeline history` lists what stands.\n"
    )
    assert record(full) == before


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["3", "--to", "8"], "--to 8 says which operations already: leave '3' away."),
        (["3", "--only", "8"], "--only 8 says which operations already: leave '3' away."),
        (["#3", "--to", "8"], "--to 8 says which operations already: leave '#3' away."),
        (["--to", "8", "--only", "8"], "--to and --only contradict each other: give one of them."),
        (["--to", "0"], "--to: '0' is no operation: give its number, as `pipeline history` shows it."),
        (["--only", "[/]"], "--only: '[/]' is no operation: give its number, as `pipeline history` shows it."),
        (["--only="], "--only: '' is no operation: give its number, as `pipeline history` shows it."),
        (["=1+1"], "N: '=1+1' is not a whole number; give how many operations, or '#12' for all down to operation 12."),
    ],
)
def test_what_contradicts_itself_or_is_no_number_takes_back_none(full: Run, words: list[str], said: str) -> None:
    before = record(full)

    result = full("undo", *words)

    assert (result.code, result.out, result.err) == (2, "", f"{said}\n")
    assert record(full) == before


# A number larger than 5 may be meant as that of an operation


BOTH_WAYS = """\
`undo 6` takes back the last 6 operations, #9 down to #4 (log: logged email out on Acme: workshop).
If you meant operation 6 (qualify: qualified Acme: workshop: need=yes, budget=yes) and the 3 after it: pipeline undo "#6"
"""


def test_a_large_number_is_refused_without_a_terminal_and_both_meanings_are_said(full: Run) -> None:
    before = record(full)

    result = full("undo", "6")

    assert (result.code, result.out) == (5, "")
    assert result.err == (
        BOTH_WAYS + "There is no terminal to ask at; nothing was changed. The last 6: pipeline undo 6 --yes\n"
    )
    assert record(full) == before
    assert full("undo", "6", "--yes").code == 0
    assert [row["operation"] for row in full("history", "--json").rows if not row["undone"]] == [3, 2, 1]


@pytest.mark.parametrize(("typed", "stand"), [("yes\n", 3), ("y\n", 3), ("no\n", 9), ("\n", 9), ("550\n", 9)])
def test_at_a_terminal_a_large_number_is_asked_about(
    full: Run, monkeypatch: pytest.MonkeyPatch, typed: str, stand: int
) -> None:
    monkeypatch.setattr(Conversation, "is_interactive", True)

    result = full("undo", "6", typed=typed)

    assert result.code == 0
    assert result.err.startswith(BOTH_WAYS + "Type yes to undo the last 6: ")
    assert ("Nothing was changed.\n" in result.err) == (stand == 9)
    assert sum(not row["undone"] for row in full("history", "--json").rows) == stand


def test_what_is_done_while_the_question_stands_is_not_taken_back(full: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Conversation, "is_interactive", True)

    def agrees_late(_: Conversation, __: str) -> bool:
        with monkeypatch.context() as other:
            assert full("note", "1", "in another window").code == 0
            del other
        return True

    monkeypatch.setattr(Conversation, "agrees", agrees_late)
    result = full("undo", "6")

    assert (result.code, result.out) == (5, "")
    assert "Something was done while you were asked, so nothing was undone: run it again.\n" in result.err
    assert sum(not row["undone"] for row in full("history", "--json").rows) == 10


def test_up_to_five_nothing_is_asked(full: Run) -> None:
    assert full("undo", "5").code == 0


def test_a_large_number_that_can_only_be_an_operation_is_told_as_one(full: Run) -> None:
    full("undo", "5")
    full("note", "1", "a note")
    before = record(full)

    result = full("undo", "10", "--yes")

    assert result.code == 5
    assert result.err == (
        'Only 5 operations stand, not 10; nothing was undone: `pipeline undo "#10"` takes back all down to operation 10.\n'
    )
    assert record(full) == before


# A backup before many


def test_more_than_three_are_preceded_by_a_backup_that_brings_them_back(full: Run, folder: Path) -> None:
    assert full("undo", "3").code == 0
    assert full("redo", "--all").code == 0
    assert not (folder / "backups").exists()
    before = record(full)

    result = full("undo", "4")

    copy = "pipeline-20261121T100000000Z-before-undo.db"
    assert result.err.splitlines() == [
        f"Took back 4 operations, #9 down to #6. The record as it was is kept: pipeline restore {copy}",
        "`pipeline redo 4` does them again.",
    ]
    full("note", "1", "something new, after which there is no redo")
    assert full("restore", copy, "--yes").code == 0
    assert record(full) == before


def test_where_nothing_is_undone_no_backup_is_left(full: Run, folder: Path) -> None:
    for words in (["10", "--yes"], ["--to", "99"], ["7"], ["--to", "7"]):
        full("undo", *words)

    assert not (folder / "backups").exists()


# One alone


def test_one_older_operation_alone_is_as_if_it_had_never_been(full: Run) -> None:
    before = record(full)
    full("edit", "1", "--value", "20k")
    full("note", "1", "a note")
    full("edit", "1", "--title", "Acme: seminar")
    full("undo", "--only", "10")

    result = full("undo", "--only", "11")

    assert result.out == "Undone #11 (note): noted on Acme: workshop\n  1 note: there -> gone\n"
    assert result.err == "`pipeline redo` does it again.\n"
    assert deal(full)["title"] == "Acme: seminar"
    assert deal(full)["value"] == 12_000
    assert full("check").code == 0
    full("undo")
    assert record(full) == before


def test_redo_does_the_last_undone_again_whatever_stands(full: Run) -> None:
    full("edit", "1", "--value", "20k")
    full("note", "1", "a note")
    before = record(full)
    full("undo", "--only", "10")
    without = record(full)
    full("undo")

    assert full("redo").out.startswith("Done again #11 (note)")
    assert record(full) == without
    assert (
        full("redo").out
        == "Done again #10 (edit): edited Acme: workshop: value 12,000 -> 20,000 EUR\n  value: 12,000.00 -> 20,000.00\n"
    )
    assert record(full) == before


def test_something_new_discards_what_was_undone_alone(full: Run) -> None:
    full("edit", "1", "--value", "20k")
    full("note", "1", "a note")
    full("undo", "--only", "10")
    full("note", "1", "another")

    assert full("redo").code == 5
    assert full("undo", "2").code == 0
    assert full("check").code == 0
    assert deal(full)["value"] == 12_000


def test_the_past_knows_nothing_of_what_was_undone_alone(pipeline: Run) -> None:
    pipeline("add", "Acme", "--value", "1k", today="2026-11-01")
    pipeline("edit", "1", "--value", "2k", today="2026-11-05")
    pipeline("edit", "1", "--owner", "Nora", today="2026-11-10")
    pipeline("undo", "--only", "2", today="2026-11-15")

    row = pipeline("list", "--as-of", "2026-11-07", "--json", today="2026-11-21").rows[0]

    assert row["value"] == 1_000


def test_what_rests_on_it_is_named_and_nothing_is_undone(full: Run) -> None:
    before = record(full)

    result = full("undo", "--only", "1")

    assert (result.code, result.out) == (5, "")
    assert [line.partition(", forced past")[0] for line in result.err.splitlines()] == [
        "Operation 1 (add: added Acme: workshop) cannot be undone alone, because something done later rests on it:",
        "  #4 (log) added 1 touchpoint to the deal: logged email out on Acme: workshop",
        "  #5 (confirm) added 1 confirmation to the deal: confirmed qualification.champion on Acme: workshop",
        "  #6 (qualify) added 2 answers to the deal: qualified Acme: workshop: need=yes, budget=yes",
        "  #7 (advance) changed the deal (stage), added 1 stage move to the deal: "
        "Acme: workshop: Prospecting -> Qualification",
        "  #8 (next) added 1 next step to the deal: next step of Acme: workshop: Call, due 2026-11-23",
        'Nothing was undone. To take back everything from the newest down to it: pipeline undo "#1"',
    ]
    assert record(full) == before


RESTING = [
    ("the same column", [["edit", "1", "--value", "1k"], ["edit", "1", "--value", "2k"]], "changed the deal (value)"),
    (
        "a next step in its place",
        [["next", "1", "5d", "Write"], ["next", "1", "6d", "Ask", "--replace"]],
        "changed the next step",
    ),
    (
        "a next step that was done",
        [["next", "1", "5d", "Write", "--replace"], ["done", "1"]],
        "changed the next step (done)",
    ),
    (
        "the next move",
        [["advance", "1", "--force", "--reason", "x"], ["back", "1", "qualification", "--reason", "x"]],
        "made another stage move",
    ),
    (
        "a reopened deal",
        [["lose", "1", "--reason", "price"], ["reopen", "1"]],
        "changed the deal (lost reason, status)",
    ),
    (
        "a confirmation taken back",
        [["confirm", "1", "problem"], ["confirm", "1", "problem", "--revoke"]],
        "changed the confirmation (revoked at)",
    ),
    (
        "a contact of another deal",
        [["add", "New", "--contact", "Zoe <zoe@z.example>"], ["edit", "1", "--contact", "Zoe <zoe@z.example>"]],
        "to the contact",
    ),
    ("an upsell", [["add", "Upsell", "--from", "2"], ["add", "More", "--from", "2"]], None),
    ("what was merged", [["note", "3", "old"], ["merge", "3", "1"]], "changed the note"),
    (
        "an address of whoever opted out",
        [["contact", "opt-out", "c1"], ["contact", "edit", "c1", "--email", "ann@b.example"]],
        "changed the contact (email)",
    ),
]


@pytest.mark.parametrize(("work", "said"), [case[1:] for case in RESTING], ids=[case[0] for case in RESTING])
def test_an_operation_is_undone_alone_only_where_nothing_rests_on_it(
    full: Run, work: list[list[str]], said: str | None
) -> None:
    for words in work:
        result = full(*words)
        assert result.code == 0, result.err
    number = last(full)["operation"]
    before = record(full)

    result = full("undo", "--only", str(number - 1))

    if said is None:
        assert result.code == 0, result.err
        assert full("check").code == 0
        return
    assert result.code == 5
    assert f"#{number} ({last(full)['command']}) " in result.err
    assert said in result.err
    assert record(full) == before


def test_a_win_with_a_check_in_set_later_is_not_undone_alone(pipeline: Run) -> None:
    """No row of the win was touched, and yet an open deal would have a check-in."""
    pipeline("add", "Acme")
    pipeline("win", "1")
    pipeline("edit", "1", "--renewal", "90d")
    before = record(pipeline)

    result = pipeline("undo", "--only", "2")

    assert result.code == 5, result.out
    assert "Deal 1: is open and has a renewal to follow up, as won deals have." in result.err
    assert "#3 (edit)" in result.err
    assert record(pipeline) == before


def test_what_forgot_a_person_is_not_passed_by(full: Run) -> None:
    full("contact", "forget", "c1", "--yes")
    full("note", "2", "a note")
    before = record(full)

    for words in (["--to", "9"], ["#10"], ["--only", "9"], ["--only", "10"], ["2"]):
        result = full("undo", *words)
        assert result.code == 5
        assert result.err == (
            "Operation 10 forgot a person, which is for good: neither it nor anything before it can be undone. Nothing was "
            "undone.\n"
        )
    assert record(full) == before
    assert full("undo", "--only", "11").code == 0


def test_ten_thousand_rows_are_looked_through(pipeline: Run, folder: Path) -> None:
    rows = "".join(f"{number},Deal {number},prospecting\n" for number in range(10_000))
    (folder / "deals.csv").write_text(f"external_id,title,stage\n{rows}", encoding="utf-8")
    pipeline("add", "First")
    assert pipeline("import", "deals.csv").code == 0
    pipeline("note", "1", "of the first")
    pipeline("note", "5000", "of one that was imported")

    result = pipeline("undo", "--only", "2")

    assert result.code == 5
    assert "#4 (note) added 1 note to the deal" in result.err
    assert "#3" not in result.err
    assert pipeline("undo", "--only", "4").code == 0
    assert pipeline("undo", "--only", "2").code == 0
    assert [row["title"] for row in pipeline("list", "--json").rows] == ["First"]


def test_a_last_chance_that_runs_again_is_told_in_words(pipeline: Run) -> None:
    pipeline("add", "Acme", "--contact", "Ann <ann@acme.example>", today="2026-09-01")
    pipeline("prune", "--yes", today="2026-10-30")
    pipeline("log", "1", "call", today="2026-10-31")

    assert pipeline("undo", today="2026-10-31").out.splitlines()[1:] == [
        "  last chance: over -> running",
        "  1 touchpoint: there -> gone",
    ]
    assert "  last chance: running -> over" in pipeline("redo", today="2026-10-31").out


def test_a_person_who_is_back_on_the_deal_is_told(pipeline: Run) -> None:
    pipeline("add", "Acme", "--contact", "Ann <ann@acme.example>")
    pipeline("edit", "1", "--without-contact", "c1")

    assert pipeline("undo").out.splitlines()[1:] == ["  1 person of the deal: gone -> there"]
    assert pipeline("redo").out.splitlines()[1:] == ["  1 person of the deal: there -> gone"]


def test_when_something_was_is_told_as_people_write_it(pipeline: Run) -> None:
    pipeline("add", "Acme", today="2026-11-01")
    pipeline("log", "1", "call", "--at", "2026-11-20 09:30")
    pipeline("log", "1", "--change", "1", "--at", "2026-11-19 08:00", "--no-answer")

    told = pipeline("undo").out.splitlines()

    assert "  when: 2026-11-19 08:00 -> 2026-11-20 09:30" in told
    assert "  taken as: attempt -> conversation" in told
