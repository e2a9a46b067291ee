"""`back`: to an earlier stage."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest

from tests.commands.reading import deal, flags, last, record, shown
from tests.conftest import Run


@pytest.fixture
def late(pipeline: Run) -> Run:
    pipeline("add", "Acme", today="2026-11-01")
    pipeline("advance", "1", "--to", "proposal", "--force", "--reason", "they hurry", today="2026-11-02")
    return pipeline


def test_a_deal_goes_back_with_a_reason_and_is_flagged(late: Run) -> None:
    result = late("back", "1", "qualification", "--reason", "the budget is gone")

    assert (result.code, result.err) == (0, "1, Acme: back to Qualification.\n")
    assert (deal(late)["stage"], deal(late)["days_in_stage"]) == ("qualification", 0)
    assert shown(late)["moves"][-1]["reason"] == "the budget is gone"
    assert flags(late)["regressed"] == 1
    assert last(late)["summary"] == "Acme: back from Proposal to Qualification: the budget is gone"


def test_the_stage_may_be_named_as_people_see_it_and_the_day_be_past(late: Run) -> None:
    assert late("back", "1", "Prospecting", "--reason", "x", "--at", "2026-11-10").code == 0

    assert deal(late)["days_in_stage"] == 11
    assert last(late)["summary"] == "Acme: back from Proposal to Prospecting: x, back-dated to 2026-11-10 12:00"


def test_undo_brings_it_forward_again(late: Run) -> None:
    before = record(late)
    late("back", "1", "prospecting", "--reason", "x")

    late("undo")

    assert record(late) == before


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["proposal", "--reason", "x"], 5),
        (["commit", "--reason", "x"], 5),
        (["nowhere", "--reason", "x"], 2),
        (["prospecting"], 2),
        (["prospecting", "--reason", " "], 2),
        (["prospecting", "--reason", "x", "--at", "1d"], 2),
        (["prospecting", "--reason", "x", "--at", "2026-10-01"], 5),
    ],
)
def test_what_is_no_way_back_is_refused(late: Run, words: list[str], code: int) -> None:
    before = record(late)

    assert late("back", "1", *words).code == code
    assert record(late) == before


def test_a_closed_deal_goes_nowhere(late: Run) -> None:
    late("win", "1")

    result = late("back", "1", "prospecting", "--reason", "x")

    assert (result.code, result.err) == (
        5,
        "Deal 1 is won. It cannot go back a stage: `pipeline reopen 1` opens it first.\n",
    )


# A move that never should have been


@pytest.fixture
def mistaken(pipeline: Run) -> Run:
    """Acme came to Qualification on the 3rd, and to Proposal and Negotiation on the 10th and the 12th."""
    pipeline("add", "Acme", today="2026-11-01")
    for stage, day in (("qualification", "03"), ("proposal", "10"), ("negotiation", "12")):
        pipeline("advance", "1", "--to", stage, "--force", "--reason", "they hurry", today=f"2026-11-{day}")
    return pipeline


def moves_in(run: Run) -> list[tuple[str, bool]]:
    return [(move["to_stage"], move["mistake"]) for move in shown(run)["moves"]]


def reached(run: Run) -> dict[str, int]:
    return {row["stage"]: row["entered"] for row in run("funnel", "--json").rows}


def test_a_mistake_leaves_the_deal_where_it_was_as_if_it_had_stayed(mistaken: Run) -> None:
    result = mistaken("back", "1", "qualification", "--mistake")

    assert (result.code, result.err) == (
        0,
        "1, Acme: in Qualification since 3 Nov; that it came to Proposal and Negotiation was a mistake.\n",
    )
    assert (deal(mistaken)["stage"], deal(mistaken)["days_in_stage"]) == ("qualification", 18)
    assert moves_in(mistaken) == [
        ("prospecting", False),
        ("qualification", False),
        ("proposal", True),
        ("negotiation", True),
    ]


def test_what_was_a_mistake_counts_nowhere_but_is_shown(mistaken: Run) -> None:
    assert (reached(mistaken)["proposal"], reached(mistaken)["negotiation"]) == (1, 1)

    mistaken("back", "1", "prospecting", "--mistake")

    assert (reached(mistaken)["qualification"], reached(mistaken)["proposal"]) == (0, 0)
    assert flags(mistaken).keys().isdisjoint({"regressed", "criteria_gap"})
    timeline = mistaken("show", "1").out
    assert "Proposal -> Negotiation (a mistake, forced): they hurry" in timeline
    assert "Met on leaving" not in timeline
    assert mistaken("check").code == 0


def test_a_mistake_is_none_of_any_day(mistaken: Run) -> None:
    mistaken("back", "1", "qualification", "--mistake")

    then = mistaken("list", "--as-of", "2026-11-15", "--json").rows[0]

    assert (then["stage"], then["days_in_stage"]) == ("qualification", 12)
    assert mistaken("list", "--as-of", "2026-11-02", "--json").rows[0]["stage"] == "prospecting"


def test_a_stage_that_was_skipped_was_entered_when_the_first_mistake_left_the_one_before(late: Run) -> None:
    late("back", "1", "qualification", "--mistake", "--reason", "the wrong Acme")

    assert (deal(late)["stage"], deal(late)["days_in_stage"]) == ("qualification", 19)
    wrong, instead = sorted(shown(late)["moves"][1:], key=lambda move: not move["mistake"])
    assert (wrong["reason"], wrong["moved_at"]) == ("they hurry; the wrong Acme", instead["moved_at"])
    assert (instead["from_stage"], instead["to_stage"], instead["forced"]) == ("prospecting", "qualification", True)
    assert all(name.startswith("prospecting.") for name in instead["criteria_missing"])
    assert last(late)["summary"] == (
        "Acme: in Qualification again, that it came to Proposal was a mistake: the wrong Acme"
    )
    assert late("check").code == 0


def test_a_deal_that_was_created_too_late_in_the_pipeline_began_in_the_earlier_stage(pipeline: Run) -> None:
    pipeline("add", "Acme", "--stage", "proposal", today="2026-11-01")

    assert pipeline("back", "1", "prospecting", "--mistake").code == 0

    assert (deal(pipeline)["stage"], deal(pipeline)["days_in_stage"]) == ("prospecting", 20)
    assert [(move["from_stage"], move["mistake"]) for move in shown(pipeline)["moves"]] == [(None, True), (None, False)]
    assert pipeline("check").code == 0


def test_what_came_before_the_deal_went_back_stays_true(mistaken: Run) -> None:
    mistaken("back", "1", "qualification", "--reason", "the budget is gone", today="2026-11-14")
    mistaken("advance", "1", "--force", "--reason", "x", today="2026-11-16")

    mistaken("back", "1", "qualification", "--mistake")

    assert deal(mistaken)["days_in_stage"] == 7
    assert [move for move, was in moves_in(mistaken) if was] == ["proposal"]
    assert flags(mistaken)["regressed"] == 1


def test_after_a_mistake_the_deal_goes_on_from_where_it_is(mistaken: Run) -> None:
    mistaken("back", "1", "prospecting", "--mistake")

    result = mistaken("advance", "1", "--to", "qualification", "--force", "--reason", "x", "--at", "2026-11-05")

    assert (result.code, deal(mistaken)["days_in_stage"]) == (0, 16)
    assert mistaken("check").code == 0


def test_undo_takes_a_mistake_back_and_redo_makes_it_again(late: Run) -> None:
    before = record(late)
    late("back", "1", "qualification", "--mistake", "--reason", "x")
    after = record(late)

    undone = late("undo").out
    assert record(late) == before
    assert "mistake: yes -> no" in undone
    late("redo")
    assert record(late) == after


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["negotiation"], 5),
        (["commit"], 5),
        (["nowhere"], 2),
        (["qualification", "--at", "1d"], 2),
        (["qualification", "--reason", " "], 2),
    ],
)
def test_what_cannot_be_a_mistake_is_refused(mistaken: Run, words: list[str], code: int) -> None:
    before = record(mistaken)

    assert mistaken("back", "1", *words, "--mistake").code == code
    assert record(mistaken) == before


def test_no_mistake_reaches_behind_an_outcome(mistaken: Run) -> None:
    mistaken("lose", "1", "--reason", "price", today="2026-11-14")
    closed = mistaken("back", "1", "qualification", "--mistake")
    mistaken("reopen", "1", today="2026-11-16")
    reopened = mistaken("back", "1", "qualification", "--mistake")

    assert (closed.code, reopened.code) == (5, 5)
    assert closed.err == (
        "Deal 1 is lost, and only the stages of an open deal can be a mistake: `pipeline history 1` has the number of the "
        "closing, and `pipeline undo --only NUMBER` takes it back.\n"
    )
    assert reopened.err == (
        "Deal 1 was lost on 2026-11-14, and a mistake of stages does not reach behind that: `pipeline back 1 qualification "
        "--reason TEXT` moves it back as of now, and `pipeline undo --only NUMBER`, with the number `pipeline history 1` "
        "has, takes the closing back.\n"
    )


def test_a_mistake_survives_another_import_of_the_file_that_had_it(pipeline: Run, folder: Path) -> None:
    (folder / "deals.csv").write_text("external_id,title,stage,created_at\nA,Acme,proposal,2026-10-01\n")
    (folder / "moves.csv").write_text(
        "deal,from_stage,to_stage,moved_at\nA,,prospecting,2026-10-01\nA,prospecting,qualification,2026-10-05\n"
        "A,qualification,proposal,2026-10-09\n"
    )
    assert pipeline("import", "deals.csv", "--moves", "moves.csv").code == 0
    pipeline("back", "1", "qualification", "--mistake")
    before = record(pipeline)

    assert pipeline("import", "deals.csv", "--moves", "moves.csv").code == 0
    assert record(pipeline) == before


def test_a_mistake_goes_out_and_comes_back_and_is_no_gap_in_the_chain(mistaken: Run, folder: Path) -> None:
    mistaken("back", "1", "qualification", "--mistake", "--reason", "the wrong Acme")
    mistaken("add", "Borg", "--stage", "proposal", today="2026-11-05")
    mistaken("back", "2", "qualification", "--mistake")
    for what in ("deals", "moves"):
        assert mistaken("export", what, "-o", f"{what}.csv").code == 0
    exported = (folder / "moves.csv").read_text("utf-8")
    assert [row["mistake"] for row in csv.DictReader(io.StringIO(exported))] == ["", "", "true", "true", "true", ""]

    mistaken("--db", "other.db", "init")
    taken = mistaken("--db", "other.db", "import", "deals.csv", "--moves", "moves.csv")

    assert (taken.code, "chain" in taken.out + taken.err) == (0, False)
    assert mistaken("--db", "other.db", "export", "moves").out == exported
    assert mistaken("--db", "other.db", "show", "1", "--json").json["moves"] == shown(mistaken)["moves"]
    assert mistaken("--db", "other.db", "check").code == 0
    again = mistaken("--db", "other.db", "import", "deals.csv", "--moves", "moves.csv")
    assert again.code == 0
    assert mistaken("--db", "other.db", "export", "moves").out == exported


def test_a_file_may_bring_a_mistake_to_a_deal_that_is_known(pipeline: Run, folder: Path) -> None:
    (folder / "deals.csv").write_text("external_id,title,stage,created_at\nA,Acme,qualification,2026-10-01\n")
    moves = "deal,from_stage,to_stage,moved_at,mistake\nA,,prospecting,2026-10-01,\nA,prospecting,qualification,2026-10-05,\n"
    (folder / "moves.csv").write_text(moves)
    pipeline("import", "deals.csv", "--moves", "moves.csv")
    (folder / "moves.csv").write_text(moves + "A,qualification,proposal,2026-10-07,yes\n")

    assert pipeline("import", "deals.csv", "--moves", "moves.csv").code == 0

    assert (deal(pipeline)["stage"], deal(pipeline)["days_in_stage"]) == ("qualification", 47)
    assert [one[1] for one in moves_in(pipeline)] == [False, False, True]
    assert pipeline("check").code == 0


def test_without_a_mistake_an_export_of_moves_has_no_such_column(mistaken: Run) -> None:
    assert "mistake" not in mistaken("export", "moves").out.splitlines()[0]
