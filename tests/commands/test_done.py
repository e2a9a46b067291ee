"""`done`: the next step is done."""

from __future__ import annotations

from tests.commands.reading import deal, flags, record
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
