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
        "lost",
        kept,
        "prospecting",
    )
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


@pytest.mark.parametrize(
    "closing",
    [["lose", "1", "--reason", "timing"], ["disqualify", "1", "--reason", "too small"]],
)
def test_a_deal_that_is_given_up_may_be_asked_again(pipeline: Run, closing: list[str]) -> None:
    pipeline("add", "Acme")
    pipeline("next", "1", "3d", "Call")
    before = record(pipeline)

    result = pipeline(*closing, "--again", "6m")

    assert result.code == 0
    assert result.err.endswith(" Next: Ask again, due 2027-05-21.\n'6m' is Fri 21 May 2027.\n")
    assert (deal(pipeline)["next_step"], deal(pipeline)["next_step_due"]) == ("Ask again", "2027-05-21")
    assert last(pipeline)["summary"].endswith("; Ask again, due 2027-05-21")
    pipeline("undo")
    assert record(pipeline) == before


def test_what_to_say_then_may_be_said_now(pipeline: Run) -> None:
    pipeline("add", "Acme")

    assert pipeline("lose", "1", "[b]=Budget[/] 👍?", "--reason", "timing", "--again", "2031-01-02").code == 0

    assert (deal(pipeline)["next_step"], deal(pipeline)["next_step_due"]) == ("[b]=Budget[/] 👍?", "2031-01-02")
    assert "[b]=Budget[/] 👍?" in pipeline("today", today="2031-01-02").out


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (
            ["--again", "yesterday"],
            "--again 2026-11-20: is past (today is 2026-11-21): give the day to ask again, such as 6m.",
        ),
        (["--again", "someday"], "'someday' is not a date:"),
        (
            ["too dear", "--again", "6m", "or not"],
            "'too dear' and 'or not' are both what to say then: give one of them.",
        ),
        ([" ", "--again", "6m"], "What to say is empty: say what it is."),
    ],
)
def test_to_ask_again_needs_a_day_that_is_not_past(pipeline: Run, words: list[str], said: str) -> None:
    pipeline("add", "Acme")
    before = record(pipeline)

    for closing in (["lose", "1", "--reason", "timing"], ["disqualify", "1", "--reason", "x"]):
        result = pipeline(*closing, *words)
        assert (result.code, result.err.splitlines()[0][: len(said)], record(pipeline)) == (2, said, before)


def test_losing_ends_the_step_it_had_while_open(pipeline: Run) -> None:
    pipeline("add", "Acme")
    pipeline("next", "1", "3d", "Call")

    pipeline("lose", "1", "--reason", "price")

    assert deal(pipeline)["next_step"] is None
    assert pipeline("today", "--json", today="2026-11-24").rows == []
