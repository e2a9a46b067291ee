"""Of the deals that prune closed, those that came back."""

from __future__ import annotations

from tests.conftest import Run


def came_back(run: Run, *words: str, today: str = "2026-12-20") -> tuple[int, int]:
    plan = run("prune", "--dry-run", "--json", *words, today=today).json
    return plan["pruned"], plan["came_back"]


def test_reopened_and_answered_deals_have_come_back(pipeline: Run) -> None:
    for title in ("reopened", "answered", "dead"):
        pipeline("add", title, today="2026-08-01")
    assert came_back(pipeline) == (0, 0)
    assert pipeline("prune", "--yes", today="2026-11-01").code == 0
    assert came_back(pipeline) == (3, 0)
    pipeline("reopen", "reopened", today="2026-11-10")
    pipeline("log", "answered", "email", "--in", today="2026-11-12")
    pipeline("log", "dead", "email", "--out", today="2026-11-12")

    assert came_back(pipeline) == (3, 2)
    assert came_back(pipeline, "--as-of", "2026-11-11") == (3, 1)
    assert came_back(pipeline, "--as-of", "2026-10-31") == (0, 0)
    assert pipeline("history", today="2026-12-20").err == "Of 3 deals that prune closed, 2 came back.\n"


def test_a_prune_that_was_undone_closed_nothing(pipeline: Run) -> None:
    pipeline("add", "dead", today="2026-08-01")
    pipeline("prune", "--yes", today="2026-11-01")
    pipeline("undo", today="2026-11-01")

    assert came_back(pipeline) == (0, 0)


def test_a_deal_lost_by_hand_is_not_counted(pipeline: Run) -> None:
    pipeline("add", "price", today="2026-08-01")
    pipeline("lose", "price", "--reason", "no_response", today="2026-08-02")
    pipeline("reopen", "price", today="2026-08-03")

    assert came_back(pipeline) == (0, 0)
