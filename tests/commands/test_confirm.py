"""`confirm`: vouching for what no record can show."""

from __future__ import annotations

from typing import Any

import pytest

from tests.commands.reading import record, shown
from tests.conftest import Run


@pytest.fixture
def acme(pipeline: Run) -> Run:
    pipeline("add", "Acme")
    return pipeline


def problem(run: Run) -> dict[str, Any]:
    return next(one for one in shown(run)["criteria"] if one["id"] == "problem")


def test_a_confirmation_meets_its_criterion_by_its_evidence(acme: Run) -> None:
    assert problem(acme)["met"] is False

    result = acme("confirm", "1", "problem", "--evidence", "They lose 2k a week")

    assert (result.code, result.err) == (
        0,
        "Confirmed on 1, Acme: They told us the problem in their own words.\n",
    )
    assert (problem(acme)["met"], problem(acme)["evidence"]) == (True, "They lose 2k a week")


def test_without_evidence_the_day_stands_for_it(acme: Run) -> None:
    acme("confirm", "1", "problem")

    assert problem(acme)["evidence"] == "confirmed on 2026-11-21"


def test_a_newer_confirmation_replaces_the_evidence(acme: Run) -> None:
    acme("confirm", "1", "problem", "--evidence", "first")
    acme("confirm", "1", "problem", "--evidence", "second")

    assert problem(acme)["evidence"] == "second"


def test_a_confirmation_can_be_revoked_and_the_revoking_undone(acme: Run) -> None:
    acme("confirm", "1", "problem", "--evidence", "They said so")
    before = record(acme)

    result = acme("confirm", "1", "problem", "--revoke")

    assert result.err == "Revoked on 1, Acme: They told us the problem in their own words.\n"
    assert problem(acme)["met"] is False
    acme("undo")
    assert record(acme) == before


def test_a_later_stage_can_be_vouched_for_by_its_name(acme: Run) -> None:
    assert acme("confirm", "1", "qualification.champion").code == 0
    assert acme("confirm", "1", "signed").code == 0


def test_one_deal_is_not_vouched_for_by_another(acme: Run) -> None:
    acme("add", "Borg")
    acme("confirm", "2", "problem")

    assert problem(acme)["met"] is False


@pytest.mark.parametrize(
    ("words", "code"),
    [(["problm"], 2), (["reachable"], 5), (["problem", "--revoke"], 5), ([""], 2), (["lead.problem"], 2)],
)
def test_what_cannot_be_vouched_for_is_refused(acme: Run, words: list[str], code: int) -> None:
    before = record(acme)

    assert acme("confirm", "1", *words).code == code
    assert record(acme) == before
