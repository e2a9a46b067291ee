"""Decisions: each open deal at most once, for its most pressing reason, with a command that can be typed."""

from __future__ import annotations

import re
import shlex
from pathlib import Path
from typing import Any

import pytest

from pipeline_cli.domain.review.decisions import CODES, Decision
from tests.conftest import Run


@pytest.fixture
def week(pipeline: Run) -> Run:
    """One deal for each reason, and some that need none."""
    pipeline("add", "dead", "--value", "6k", today="2026-09-01")
    pipeline("add", "past", "--value", "5k", "--close", "2026-11-18", today="2026-11-10")
    pipeline("next", "2", "2026-11-12", "Call", today="2026-11-11")
    pipeline("add", "overdue", "--value", "4k", today="2026-11-10")
    pipeline("next", "3", "2026-11-18", "Call", today="2026-11-11")
    pipeline("add", "late", "--value", "3k", "--stage", "negotiation", today="2026-11-19")
    pipeline("add", "stuck", "--value", "2k", today="2026-10-20")
    pipeline("log", "5", "call", "--in", today="2026-11-19")
    pipeline("add", "early", "--value", "1k", today="2026-11-20")
    pipeline("add", "snoozed", "--value", "9k", "--close", "2026-11-18", today="2026-11-10")
    pipeline("snooze", "7", "2026-12-24", today="2026-11-10")
    return pipeline


def decisions_of(run: Run, *options: str) -> list[dict[str, Any]]:
    result = run("review", "--json", *options)
    assert result.code == 0, result.err
    return result.json["decisions"]  # type: ignore[no-any-return]


def test_each_deal_is_decided_on_for_its_most_pressing_reason_the_dearest_first(week: Run) -> None:
    assert [(one["id"], one["why"], one["command"]) for one in decisions_of(week)] == [
        (1, "dead by your rules, idle 81 days", "pipeline lose 1 --reason no_response"),
        (2, "expected to close 3 days ago", "pipeline edit 2 --close 30d"),
        (3, "next step 3 days overdue", "pipeline done 3"),
        (4, "in a late stage without a next step", 'pipeline next 4 tomorrow "Call"'),
        (5, "32 days in its stage > 21", 'pipeline edit 5 --contact "Name <name@example.com>"'),
    ]


def test_every_command_does_what_it_says(week: Run) -> None:
    for one in decisions_of(week):
        result = week(*shlex.split(one["command"])[1:])
        assert result.code == 0, result.err
    assert {one["code"] for one in decisions_of(week)} <= {"stuck", "overdue"}


def test_an_attempt_past_its_date_is_made_and_logged(pipeline: Run) -> None:
    pipeline("add", "Acme", today="2026-11-10")
    pipeline("log", "1", "email", "--next-attempt", today="2026-11-10")

    assert [(one["why"], one["command"]) for one in decisions_of(pipeline)] == [
        ("next attempt 9 days overdue", "pipeline log 1 call")
    ]


def test_a_running_last_chance_needs_no_decision_and_one_that_is_over_does(pipeline: Run) -> None:
    pipeline("add", "Borg", "--value", "5k", "--contact", "Ann <ann@borg.example>", today="2026-09-01")
    pipeline("prune", "--yes", today="2026-11-10")

    assert decisions_of(pipeline, "--as-of", "2026-11-16") == []
    assert [one["code"] for one in decisions_of(pipeline, "--as-of", "2026-11-17")] == ["last_chance_over"]


def test_who_waits_for_your_answer_is_answered_before_anything_else_is_decided(pipeline: Run) -> None:
    for title in ("Mail", "Call", "Late", "New"):
        pipeline("add", title, "--contact", f"Ann <ann@{title}.example>", today="2026-08-01")
    pipeline("log", "1", "email", "can we talk?", "--in", today="2026-08-01")
    pipeline("log", "2", "call", "--in", "--outcome", "missed call", today="2026-08-01")
    pipeline("advance", "3", "--to", "commit", "--force", "--reason", "test", today="2026-08-01")
    for number in ("3", "4"):
        pipeline("log", number, "message", "Well?", "--in", today="2026-11-20")
    pipeline("back", "4", "prospecting", "--reason", "test", today="2026-11-20")

    found = {one["id"]: (one["code"], one["why"], one["command"]) for one in decisions_of(pipeline)}
    answered = "they wrote 112 days ago, and you have not answered"
    assert found[1] == ("reply_owed", answered, "pipeline log 1 email")
    assert found[2] == ("call_owed", "they rang 112 days ago, and you have not called back", "pipeline log 2 call")
    assert found[3] == ("reply_owed", "they wrote 1 day ago, and you have not answered", "pipeline log 3 message")
    pipeline("log", "1", "email", "Yes")
    assert "reply_owed" not in {one["code"] for one in decisions_of(pipeline) if one["id"] == 1}


def test_a_lost_reason_that_nobody_gave_is_never_printed(pipeline: Run, folder: Path) -> None:
    file = folder / "pipeline.yaml"
    text = file.read_text("utf-8")
    file.write_text(re.sub(r"(?m)^lost_reasons:.*$", "lost_reasons: [no_fit, competitor]", text), "utf-8")
    pipeline("add", "Acme", "--value", "5k", today="2026-09-01")

    (one,) = decisions_of(pipeline)
    assert (one["code"], one["command"]) == ("dead", "pipeline prune")


@pytest.mark.parametrize("code", CODES)
def test_every_reason_has_its_words_short_enough_for_a_table_of_80(code: str) -> None:
    one = Decision(12, code, 120, 30, "offer", 500, 100)

    assert one.why
    assert len(one.short_why) <= 14
