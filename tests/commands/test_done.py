"""`done`: the next step is done."""

from __future__ import annotations

from tests.commands.reading import deal, flags, record, shown
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
        5, 'Deal 1 has no next step: `pipeline next 1 3d "Call"` sets one.\n',
    )  # fmt: skip


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
        5, "Deal 1 is won and has no check-in or renewal: `pipeline edit 1 --check-in 90d` sets one.\n",
    )  # fmt: skip
