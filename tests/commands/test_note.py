"""`note`: a private note, which is no touchpoint."""

from __future__ import annotations

import pytest

from tests.commands.reading import deal, shown
from tests.conftest import Run


def test_a_note_is_kept_and_resets_no_clock(pipeline: Run) -> None:
    pipeline("add", "Acme", today="2026-11-01")

    result = pipeline("note", "1", "They moved to Köln")

    assert (result.code, result.err) == (0, "Noted on 1, Acme.\n")
    assert shown(pipeline)["notes"] == [{"text": "They moved to Köln", "noted_at": "2026-11-21T10:00:00.000Z"}]
    assert shown(pipeline)["touchpoints"] == []
    assert deal(pipeline)["idle_days"] == 20
    assert "note: They moved to Köln" in pipeline("show", "1").out


@pytest.mark.parametrize(
    "text", ["two\nlines", "[red]x[/]", "=HYPERLINK(1)", "\x1b[31mred", "emoji 👩‍🚀", "x" * 100_000]
)
def test_a_note_comes_back_exactly_and_is_harmless_on_the_screen(pipeline: Run, text: str) -> None:
    pipeline("add", "Acme")

    assert pipeline("note", "1", text).code == 0

    assert shown(pipeline)["notes"][0]["text"] == text
    assert "\x1b" not in pipeline("show", "1").out


def test_a_closed_deal_can_have_notes(pipeline: Run) -> None:
    pipeline("add", "Acme")
    pipeline("lose", "1", "--reason", "price")

    assert pipeline("note", "1", "Try again in spring").code == 0
