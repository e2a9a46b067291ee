"""`back`: to an earlier stage."""

from __future__ import annotations

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
    [(["proposal", "--reason", "x"], 5), (["commit", "--reason", "x"], 5), (["nowhere", "--reason", "x"], 2),
     (["prospecting"], 2), (["prospecting", "--reason", " "], 2), (["prospecting", "--reason", "x", "--at", "1d"], 2),
     (["prospecting", "--reason", "x", "--at", "2026-10-01"], 5)],
)  # fmt: skip
def test_what_is_no_way_back_is_refused(late: Run, words: list[str], code: int) -> None:
    before = record(late)

    assert late("back", "1", *words).code == code
    assert record(late) == before


def test_a_closed_deal_goes_nowhere(late: Run) -> None:
    late("win", "1")

    result = late("back", "1", "prospecting", "--reason", "x")

    assert (result.code, result.err) == (
        5, "Deal 1 is won. It cannot go back a stage: `pipeline reopen 1` opens it first.\n",
    )  # fmt: skip
