"""A last chance ends when the deal lives, and closes it only while it is still dead by the rules."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.commands.reading import deal, last, record, shown
from tests.conftest import Run

ADDED, DRAFTED, LATER, DEADLINE, AFTER = "2026-08-01", "2026-10-09", "2026-10-12", "2026-10-16", "2026-10-17"
SAYS = "last chance until 16 Oct (draft of 9 Oct)"
DRAFT = "1-2026-10-16.eml"
OVER = f"The last chance of 9 Oct for Acme is over: last-chances/{DRAFT} is no longer to be sent."


def with_a_last_chance(run: Run) -> None:
    """Acme, which was given one on 9 October."""
    run("add", "Acme", "--contact", "Ann Lee <ann@acme.example>", "--value", "12k", today=ADDED)
    assert run("prune", "--yes", today=DRAFTED).code == 0


@pytest.fixture
def acme(pipeline: Run) -> Run:
    with_a_last_chance(pipeline)
    return pipeline


def is_running(run: Run, today: str = LATER) -> bool:
    rows = run("today", "--json", today=today).rows
    return any(SAYS in row["why"] for row in rows)


def status(run: Run, today: str) -> str:
    (row,) = run("list", "status=all", "--json", today=today).rows
    return str(row["status"])


def steps(run: Run, today: str) -> list[str]:
    return [row["step"] for row in run("prune", "--dry-run", "--json", today=today).rows]


SIGNS_OF_LIFE = [
    ("log", "1", "call", "we spoke"),
    ("log", "1", "meeting", "--at", "2026-10-10"),
    ("log", "1", "email", "--in", "still interested"),
    ("log", "1", "call", "--in", "--outcome", "missed call"),
    ("log", "1", "call", "--next", "3d", "Send the offer"),
    ("advance", "1", "--force", "--reason", "they called"),
    ("next", "1", "3d", "Call them"),
    ("next", "1", "today", "Call them"),
    ("edit", "1", "--value", "13k"),
    ("edit", "1", "--close", "30d"),
    ("snooze", "1", "2w"),
    ("prune", "--keep", "1", "--yes"),
    ("log", "1", "call", "we spoke on the 5th", "--at", "2026-10-05"),
    ("confirm", "1", "problem", "--evidence", "they lose two days a week"),
    ("qualify", "1", "--set", "need=yes", "--evidence", "need=Ann said so"),
]


@pytest.mark.parametrize("words", SIGNS_OF_LIFE, ids=" ".join)
def test_a_sign_of_life_ends_it_and_names_the_draft_once(acme: Run, folder: Path, words: tuple[str, ...]) -> None:
    assert (folder / "last-chances" / DRAFT).is_file()
    before = record(acme)
    assert is_running(acme)

    said = acme(*words, today=LATER)

    assert (said.code, said.err.count(OVER)) == (0, 1), said.err
    assert not is_running(acme)
    assert "Last chance" not in acme("show", "1", today=LATER).out
    assert steps(acme, LATER) == [], "what lives today is not asked again today"
    assert DRAFT not in acme("log", "1", "call", today=LATER).err, "it is named once"
    assert acme("undo", "2", today=LATER).code == 0
    assert record(acme) == before
    assert is_running(acme)
    assert acme("redo", today=LATER).code == 0
    assert not is_running(acme)


@pytest.mark.parametrize("words", SIGNS_OF_LIFE, ids=" ".join)
def test_what_lives_is_not_closed_at_the_old_deadline(acme: Run, words: tuple[str, ...]) -> None:
    acme(*words, today=LATER)

    assert acme("prune", "--yes", today=AFTER).code == 0
    assert status(acme, AFTER) == "open"


@pytest.mark.parametrize(
    "words",
    [
        ("log", "1", "email", "the draft"),
        ("log", "1", "email", "the draft", "--at", DRAFTED),
        ("log", "1", "call", "--no-answer"),
        ("log", "1", "call", "--outcome", "left message"),
        ("log", "1", "meeting", "--no-show"),
        ("log", "1", "email", "--in", "--auto"),
        ("log", "1", "email", "--in", "--outcome", "Out of office"),
        ("note", "1", "nothing new"),
        ("edit", "1", "--value", "12k"),
        ("edit", "1", "--close", ""),
        ("edit", "1", "--owner", "Me"),
        ("next", "1", "2026-10-11", "What was due"),
        ("confirm", "1", "problem"),
        ("qualify", "1", "--set", "need=no"),
        ("contact", "add", "Bob", "--email", "bob@acme.example", "--deal", "1"),
    ],
    ids=" ".join,
)
def test_what_is_no_sign_of_life_lets_it_go_on_and_the_deal_is_closed(acme: Run, words: tuple[str, ...]) -> None:
    said = acme(*words, today=LATER)

    assert (said.code, "last chance" in said.err) == (0, False)
    assert is_running(acme)
    assert (steps(acme, "2026-10-15"), steps(acme, DEADLINE)) == (["wait"], ["close"])
    assert acme("prune", "--yes", today=AFTER).code == 0
    assert (status(acme, AFTER), deal(acme)["lost_reason"]) == ("lost", "no_response")


def test_an_attempt_on_the_day_of_the_draft_is_the_draft(acme: Run) -> None:
    assert acme("log", "1", "email", "sent it", today="2026-10-10T08:00:00Z").code == 0
    assert acme("log", "1", "email", "sent it", "--at", DRAFTED, today="2026-10-10T08:00:00Z").code == 0

    assert steps(acme, AFTER) == ["close"]


@pytest.mark.parametrize("word", ["won", "lost"])
def test_closing_it_by_hand_ends_it_too(acme: Run, word: str) -> None:
    words = ("win", "1") if word == "won" else ("lose", "1", "--reason", "price")

    assert acme(*words, today=LATER).err.count(OVER) == 1
    assert acme("reopen", "1", today=LATER).code == 0
    assert not is_running(acme)


def test_an_imported_conversation_ends_it_and_an_imported_attempt_does_not(pipeline: Run, folder: Path) -> None:
    (folder / "d.csv").write_text("deal_id,title,contact,email,created\na,Acme,Ann Lee,ann@acme.example,2026-08-01\n")
    header = "deal_id,type,direction,outcome,date\n"
    (folder / "tried.csv").write_text(f"{header}a,call,out,no answer,2026-10-11\na,email,in,out of office,2026-10-11\n")
    (folder / "spoke.csv").write_text(f"{header}a,email,in,,2026-10-09\n")
    assert pipeline("import", "d.csv", today=ADDED).code == 0
    assert pipeline("prune", "--yes", today=DRAFTED).code == 0

    tried = pipeline("import", "d.csv", "--touchpoints", "tried.csv", today=LATER)
    assert (tried.code, "last chance" in tried.err, is_running(pipeline)) == (0, False, True)
    before = record(pipeline)
    spoke = pipeline("import", "d.csv", "--touchpoints", "spoke.csv", today=LATER)
    assert (spoke.code, spoke.err.count(OVER), is_running(pipeline)) == (0, 1, False)
    assert pipeline("undo", today=LATER).code == 0
    assert record(pipeline) == before


def test_an_imported_move_forward_ends_it(pipeline: Run, folder: Path) -> None:
    (folder / "d.csv").write_text("deal_id,title,contact,email,created\na,Acme,Ann Lee,ann@acme.example,2026-08-01\n")
    (folder / "m.csv").write_text("deal_id,from,to,date\na,,prospecting,2026-08-01\n")
    assert pipeline("import", "d.csv", "--moves", "m.csv", today=ADDED).code == 0
    assert pipeline("prune", "--yes", today=DRAFTED).code == 0
    with (folder / "m.csv").open("a") as file:
        file.write("a,prospecting,qualification,2026-10-11\n")

    said = pipeline("import", "d.csv", "--moves", "m.csv", today=LATER)

    assert (said.code, said.err.count(OVER), is_running(pipeline)) == (0, 1, False)
    assert deal(pipeline)["stage"] == "qualification"


def test_it_ends_by_itself_where_the_deal_is_no_candidate_any_more(pipeline: Run) -> None:
    """The day of a call was corrected, to one before the draft: no sign of life since, and no dead deal."""
    acme = pipeline
    acme("add", "Acme", "--contact", "Ann Lee <ann@acme.example>", "--value", "12k", today=ADDED)
    acme("log", "1", "call", today=ADDED)
    acme("prune", "--yes", today=DRAFTED)
    acme("log", "1", "--change", "1", "--at", "2026-10-01", today=LATER)
    assert is_running(acme)

    assert acme("prune", "--yes", today=AFTER).err.count(OVER) == 1
    assert status(acme, AFTER) == "open"
    assert not is_running(acme, AFTER)
    before = record(acme)
    assert acme("undo", today=AFTER).code == 0
    assert is_running(acme, DEADLINE)
    assert acme("redo", today=AFTER).code == 0
    assert record(acme) == before


def test_show_today_and_board_say_until_when(acme: Run) -> None:
    for today in (DEADLINE, AFTER):
        answer = acme("today", "--json", today=today).json
        assert (answer["rows"], answer["dead"]["ids"]) == ([], [1])
        assert "1 deal worth 12,000 looks dead: `pipeline prune`." in acme("today", today=today).out
    for today, command in ((LATER, "show 1"),):
        (row,) = acme("today", "--json", today=today).rows
        assert (row["why"], row["command"]) == (SAYS, f"pipeline {command}")
        assert SAYS in acme("board", today=today).out
        assert "until 16 Oct (draft of 9 Oct)" in acme("show", "1", today=today).out


def test_as_of_shows_what_was_known_that_day(acme: Run) -> None:
    acme("log", "1", "call", today=LATER)

    for day, runs in (("2026-10-08", False), ("2026-10-10", True), (LATER, False)):
        said = acme("show", "1", "--as-of", day, today="2026-11-01").out
        assert ("until 16 Oct (draft of 9 Oct)" in said) == runs, day
    assert [row["step"] for row in acme("prune", "--dry-run", "--json", "--as-of", "2026-10-11", today=AFTER).rows] == [
        "wait"
    ]


def test_what_lived_on_in_october_is_not_closed_in_december_for_it(acme: Run) -> None:
    acme("log", "1", "call", "they are back", today="2026-10-12")
    acme("confirm", "1", "problem", today="2026-10-12")
    assert acme("advance", "1", today="2026-10-12").code == 0
    acme("log", "1", "meeting", "the proposal", today="2026-11-04")

    for day in ("2026-10-17", "2026-11-28", "2026-12-02"):
        assert acme("prune", "--yes", today=day).code == 0
        assert status(acme, day) == "open", day
    assert steps(acme, "2026-12-02") == []
    assert acme("prune", "--yes", today="2026-12-20").code == 0
    (row,) = acme("prune", "--dry-run", "--json", today="2026-12-20").rows
    assert (row["step"], row["deadline"]) == ("wait", "2026-12-27"), "a new silence earns a new last chance"


def test_a_prune_that_finds_nothing_counts_as_the_one_of_the_week_once_a_day(pipeline: Run) -> None:
    pipeline("add", "Acme", today=LATER)

    for _ in range(2):
        found = pipeline("prune", "--yes", today=LATER)
        assert (found.code, found.err) == (0, "")
    assert [row["command"] for row in pipeline("history", "--json").rows] == ["prune", "add"]
    assert "Last prune: today." in pipeline("today", today=LATER).out
    pipeline("prune", "--yes", today=AFTER)
    assert [row["command"] for row in pipeline("history", "--json").rows] == ["prune", "prune", "add"]
    assert pipeline("prune", "--dry-run", today="2026-10-20").code == 0
    assert len(pipeline("history", "--json").rows) == 3, "looking is not doing"
    before = record(pipeline)
    assert pipeline("undo", today=AFTER).code == 0
    assert record(pipeline) == before
    assert "Last prune: 5 days ago." in pipeline("today", today=AFTER).out


def test_a_draft_that_is_gone_is_not_named_by_a_path(acme: Run, folder: Path) -> None:
    (folder / "last-chances" / DRAFT).unlink()

    said = acme("log", "1", "call", today=LATER).err.splitlines()

    assert said[0] == "The last chance of 9 Oct for Acme is over: its draft is no longer to be sent."


def test_a_conversation_of_the_other_record_ends_it_when_two_are_merged(acme: Run) -> None:
    acme("add", "Acme again", today=LATER)
    acme("log", "2", "call", today=LATER)

    assert acme("merge", "2", "1", today=LATER).err.count(OVER) == 1
    assert [touch["sense"] for touch in shown(acme)["touchpoints"]] == ["conversation"]
    assert acme("prune", "--yes", today=AFTER).code == 0
    assert status(acme, AFTER) == "open", "it was called, by whatever name"
    assert last(acme)["command"] == "prune"


def test_of_two_records_one_of_which_was_won_nothing_runs_on(acme: Run) -> None:
    acme("add", "Acme again", today=LATER)
    acme("win", "2", today=LATER)

    assert acme("merge", "1", "2", today=LATER).code == 0

    assert "Last chance" not in acme("show", "2", today=LATER).out
    acme("reopen", "2", today=LATER)
    assert not is_running(acme)


def test_both_halves_of_a_deal_that_is_split_live(acme: Run) -> None:
    said = acme("split", "1", "Second half", "--value", "5k", today=LATER)

    assert said.err.count(OVER) == 1
    assert acme("prune", "--dry-run", "--json", today=AFTER).rows == [], "no second letter, and none is closed"
    assert acme("undo", today=LATER).code == 0
    assert is_running(acme)
