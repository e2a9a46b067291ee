"""Why deals were lost, over time and without a decision."""

from __future__ import annotations

import pytest

from pipeline_cli.domain.lessons.reasons import Reasoned, count_reasons, find_shifts, how_long, is_undecided


def test_reasons_are_shares_of_the_deals_that_have_one() -> None:
    told = [
        Reasoned("lost", "price", "proposal", "2026-Q1", 3),
        Reasoned("lost", "price", "lead", "2026-Q2", 1),
        Reasoned("lost", "no_decision", "lead", "2026-Q2", 4),
        Reasoned("lost", None, "lead", None, 7),
        Reasoned("won", None, "lead", "2026-Q2", 2),
    ]
    rows = count_reasons(told, "lost")

    assert [(one.reason, one.deals, one.share) for one in rows] == [
        ("no_decision", 4, 0.5),
        ("price", 4, 0.5),
        (None, 7, None),
    ]
    assert rows[1].by_stage == {"proposal": 3, "lead": 1}
    assert rows[1].by_quarter == {"2026-Q1": 3, "2026-Q2": 1}


def test_no_decision_is_known_by_its_words() -> None:
    assert [is_undecided(one) for one in ("No decision", "no_response", "Ghosted", "price", None)] == [
        True,
        True,
        True,
        False,
        False,
    ]


def test_a_reason_that_grew_is_told_when_chance_does_not_explain_it() -> None:
    told = [
        Reasoned("lost", "price", "s", "2026-Q1", 2),
        Reasoned("lost", "timing", "s", "2026-Q1", 30),
        Reasoned("lost", "price", "s", "2026-Q3", 25),
        Reasoned("lost", "timing", "s", "2026-Q4", 5),
    ]
    rows = count_reasons(told, "lost")
    shifts = find_shifts(rows, ["2026-Q1", "2026-Q2", "2026-Q3", "2026-Q4"])

    assert [(one.reason, one.late, one.late_all, one.early, one.early_all) for one in shifts] == [
        ("timing", 5, 30, 30, 32),
        ("price", 25, 30, 2, 32),
    ]
    assert find_shifts(rows[:1], ["2026-Q3", "2026-Q4"]) == []


def test_what_ended_without_a_decision_has_days_of_its_own() -> None:
    won, lost, undecided = how_long(
        [("won", None, 10.0), ("won", None, 30.0), ("lost", "price", 5.0), ("lost", "no decision", 90.0)]
    )

    assert (won.deals, won.median_days) == (2, 20.0)
    assert (lost.median_days, undecided.median_days) == pytest.approx((5.0, 90.0))
    assert (won.low, won.high) == (None, None)
