"""`lose`: the deal is lost, for a reason of the list."""

from __future__ import annotations

import pytest

from tests.commands.reading import deal, last, record, shown
from tests.conftest import Run


@pytest.mark.parametrize(
    ("typed", "kept"), [("price", "price"), ("No Decision", "no_decision"), ("BAD-FIT", "bad_fit")]
)
def test_a_lost_deal_keeps_its_stage_and_its_reason(pipeline: Run, typed: str, kept: str) -> None:
    pipeline("add", "Acme")

    result = pipeline("lose", "1", "--reason", typed)

    assert (result.code, result.err) == (0, f"Lost 1, Acme: {kept}.\n")
    assert (deal(pipeline)["status"], deal(pipeline)["lost_reason"], deal(pipeline)["stage"]) == (
        "lost", kept, "prospecting",
    )  # fmt: skip
    assert [row["id"] for row in pipeline("list", f"lost_reason={kept}", "--json").rows] == [1]


def test_what_happened_is_kept_as_a_note(pipeline: Run) -> None:
    pipeline("add", "Acme", today="2026-11-01")

    pipeline("lose", "1", "--reason", "price", "--note", "20 % cheaper elsewhere", "--at", "2026-11-15")

    assert [note["text"] for note in shown(pipeline)["notes"]] == ["20 % cheaper elsewhere"]
    assert last(pipeline)["summary"] == "lost Acme: price, back-dated to 2026-11-15 12:00"


def test_undo_opens_it_with_everything_it_had(pipeline: Run) -> None:
    pipeline("add", "Acme")
    pipeline("next", "1", "3d", "Call")
    before = record(pipeline)
    pipeline("lose", "1", "--reason", "price", "--note", "x")

    pipeline("undo")

    assert record(pipeline) == before


@pytest.mark.parametrize(
    ("words", "code"),
    [([], 2), (["--reason", "because"], 2), (["--reason", ""], 2), (["--reason", "price", "--at", "tomorrow"], 2)],
)
def test_a_loss_without_a_reason_of_the_list_is_refused(pipeline: Run, words: list[str], code: int) -> None:
    pipeline("add", "Acme")
    before = record(pipeline)

    result = pipeline("lose", "1", *words)

    assert (result.code, record(pipeline)) == (code, before)
    assert result.err
