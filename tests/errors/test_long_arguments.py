"""A text pasted into the wrong place is not thrown back whole."""

from __future__ import annotations

import pytest

from tests.conftest import Run

LONG = "x" * 3000


@pytest.mark.parametrize(
    "words",
    [
        ["undo", LONG],
        [LONG],
        ["list", f"--{LONG}"],
        ["--color", LONG, "list"],
        ["list", "--pipeline", LONG],
        ["list", "--format", LONG],
        ["list", "--limit", LONG],
        ["today", "--limit", LONG],
        ["list", f"stage={LONG}"],
        ["add", "T", "--field", LONG],
        ["add", "T", "--value", LONG],
        ["qualify", "1", "--set", f"budget={LONG}"],
        ["import", LONG],
        ["init", "--template", LONG],
        ["list", "-o", LONG],
        ["forecast", "--by", LONG],
        ["help", LONG],
        ["--config", LONG, "list"],
        ["list", "--sort", LONG],
        ["check", "--map", f"{LONG}=proposal"],
        ["reopen", "1", "two", f"{LONG}\n{LONG}"],
    ],
    ids=lambda words: " ".join(words)[:30],
)
def test_a_message_repeats_the_beginning_alone(pipeline: Run, words: list[str]) -> None:
    pipeline("add", "Acme")

    result = pipeline(*words)

    assert result.code in (2, 3)
    assert 20 < len(result.err) < 600
    assert "…" in result.err or "x" * 30 not in result.err


def test_a_long_day_in_the_environment_is_cut_too(pipeline: Run) -> None:
    assert len(pipeline("list", today=LONG).err) < 200
