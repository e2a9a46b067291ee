"""`disqualify`: the deal was none for us."""

from __future__ import annotations

from tests.commands.reading import deal, record
from tests.conftest import Run


def test_a_disqualified_deal_is_in_no_win_rate(pipeline: Run) -> None:
    for title in ("Acme", "Borg", "Cyrano"):
        pipeline("add", title)
    pipeline("win", "1")
    pipeline("lose", "2", "--reason", "price")

    result = pipeline("disqualify", "3", "--reason", "a student project")

    assert (result.code, result.err) == (0, "Disqualified 3, Cyrano: a student project.\n")
    assert (deal(pipeline, "3")["status"], deal(pipeline, "3")["lost_reason"]) == ("disqualified", "a student project")
    totals = pipeline("health", "--json").json["totals"]
    assert (totals["win_rate"], totals["disqualified_deals"]) == (0.5, 1)


def test_it_can_be_undone(pipeline: Run) -> None:
    pipeline("add", "Acme")
    before = record(pipeline)
    pipeline("disqualify", "1", "--reason", "x", "--at", "today")

    pipeline("undo")

    assert record(pipeline) == before


def test_it_needs_a_reason_and_an_open_deal(pipeline: Run) -> None:
    pipeline("add", "Acme")
    pipeline("win", "1")
    before = record(pipeline)

    assert pipeline("disqualify", "1").code == 2
    assert pipeline("disqualify", "1", "--reason", " ").code == 2
    assert pipeline("disqualify", "1", "--reason", "x").code == 5
    assert record(pipeline) == before
