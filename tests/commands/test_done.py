"""`done`: the next step is done."""

from __future__ import annotations

import pytest

from tests.commands.reading import deal, flags, last, record, shown
from tests.conftest import Run


def test_a_step_that_is_done_leaves_the_deal_without_one(pipeline: Run) -> None:
    pipeline("add", "Acme")
    pipeline("next", "1", "3d", "Call")

    result = pipeline("done", "acme")

    assert (result.code, result.err) == (0, 'Done: Call. Plan the next one: pipeline next 1 3d "Call"\n')
    assert deal(pipeline)["next_step"] is None
    assert "no_next_step" in flags(pipeline)


def test_undo_brings_the_step_back(pipeline: Run) -> None:
    pipeline("add", "Acme")
    pipeline("next", "1", "3d", "Call")
    before = record(pipeline)
    pipeline("done", "1")

    pipeline("undo")

    assert record(pipeline) == before


def test_without_a_step_there_is_nothing_to_do(pipeline: Run) -> None:
    pipeline("add", "Acme")

    result = pipeline("done", "1")

    assert (result.code, result.err) == (
        5,
        'Deal 1 has no next step: `pipeline next 1 3d "Call"` sets one.\n',
    )


def test_of_a_won_deal_it_closes_what_is_due_next_and_proposes_the_same_again(pipeline: Run) -> None:
    pipeline("add", "Acme")
    pipeline("win", "1", "--renewal", "2027-11-21", "--check-in", "2026-12-01")

    assert pipeline("done", "1").err.splitlines() == [
        "Done: check-in of 2026-12-01.",
        "Still to come: renewal of 2027-11-21.",
        "The next one: pipeline edit 1 --check-in 90d",
    ]
    assert pipeline("done", "1").err.splitlines() == [
        "Done: renewal of 2027-11-21.",
        "If it runs for another year: pipeline edit 1 --renewal 2028-11-21",
    ]
    assert [one["done"] for one in shown(pipeline)["follow_ups"]] == [True, True]
    again = pipeline("done", "1")
    assert (again.code, again.err) == (
        5,
        "Deal 1 is won and has no next step, check-in or renewal: `pipeline edit 1 --check-in 90d` sets one.\n",
    )


def test_of_a_won_deal_it_closes_the_step_or_the_check_in_that_is_due_first_and_says_which(pipeline: Run) -> None:
    pipeline("add", "Acme")
    pipeline("win", "1", "--check-in", "2026-12-10", "--renewal", "2027-11-21")
    pipeline("next", "1", "2026-12-01", "Send the invoice")
    before = record(pipeline)

    assert pipeline("done", "1").err.splitlines() == [
        "Done: Send the invoice.",
        "Still to come: check-in of 2026-12-10.",
    ]
    assert last(pipeline)["summary"] == "done on Acme: Send the invoice"
    pipeline("undo")
    assert record(pipeline) == before

    pipeline("next", "1", "2027-01-10", "Ask for a reference", "--replace")
    assert pipeline("done", "1").err.splitlines() == [
        "Done: check-in of 2026-12-10.",
        "Still to come: Ask for a reference, due 2027-01-10.",
        "The next one: pipeline edit 1 --check-in 90d",
    ]
    assert deal(pipeline)["next_step"] == "Ask for a reference"


def test_of_a_won_deal_alone_with_its_step_it_closes_that(pipeline: Run) -> None:
    pipeline("add", "Acme")
    pipeline("win", "1")
    pipeline("next", "1", "3d", "Send the invoice")

    assert pipeline("done", "1").err == "Done: Send the invoice.\n"
    assert deal(pipeline)["next_step"] is None


@pytest.mark.parametrize(
    ("closing", "status"),
    [(["lose", "1", "--reason", "timing"], "lost"), (["disqualify", "1", "--reason", "too small"], "disqualified")],
)
def test_of_a_deal_that_was_given_up_it_closes_what_was_planned_for_later(
    pipeline: Run, closing: list[str], status: str
) -> None:
    pipeline("add", "Acme")
    pipeline(*closing, "--again", "6m")

    assert pipeline("done", "1").err == 'Done: Ask again. To ask once more: pipeline next 1 6m "Ask again"\n'
    assert (deal(pipeline)["status"], deal(pipeline)["next_step"]) == (status, None)
    again = pipeline("done", "1")
    assert (again.code, again.err) == (
        5,
        f'Deal 1 is {status} and has no next step: `pipeline next 1 6m "Ask again"` sets one.\n',
    )
