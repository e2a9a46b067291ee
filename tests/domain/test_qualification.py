from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime

import pytest

from pipeline_cli.domain.deal.deal import Answer
from pipeline_cli.domain.playbook import Qualification, QualificationItem
from pipeline_cli.domain.rules.qualification import Verdict, judge_answers, judge_qualification

BANT = Qualification(
    framework="bant",
    items=(
        QualificationItem("budget", "Is there money for this?", 1),
        QualificationItem("authority", "Who decides?", 2),
        QualificationItem("need", "Do they need it?", 1),
        QualificationItem("timing", "Is there a date?", 2),
    ),
    required=("need",),
    min_yes=3,
    ideal_customer={"countries": ("DE", "AT"), "industries": ("software",)},
)


def _judge(answers: Mapping[str, str], **fields: str) -> Verdict:
    return judge_answers(BANT, answers, fields)


def test_a_deal_nobody_asked_about_is_open_at_zero() -> None:
    verdict = _judge({})
    assert (verdict.score, verdict.verdict) == (0, "open")
    assert verdict.unknown == ("budget", "authority", "need", "timing")


def test_the_score_is_the_weight_of_yes_over_all_weight() -> None:
    assert _judge({"budget": "yes", "authority": "yes"}).score == 50
    assert _judge({"budget": "yes"}).score == pytest.approx(100 / 6)
    assert _judge(dict.fromkeys(["budget", "authority", "need", "timing"], "yes")).score == 100


def test_enough_yes_with_the_required_one_qualifies() -> None:
    verdict = _judge({"budget": "yes", "authority": "yes", "need": "yes"})
    assert verdict.verdict == "qualified"
    assert verdict.yes == ("budget", "authority", "need")


def test_enough_yes_without_the_required_one_stays_open() -> None:
    assert _judge({"budget": "yes", "authority": "yes", "timing": "yes"}).verdict == "open"


def test_a_no_to_the_required_one_ends_it() -> None:
    assert _judge({"budget": "yes", "authority": "yes", "timing": "yes", "need": "no"}).verdict == "unqualified"


def test_too_many_no_to_reach_the_number_of_yes_end_it() -> None:
    assert _judge({"budget": "no"}).verdict == "open"
    assert _judge({"budget": "no", "timing": "no"}).verdict == "unqualified"


def test_each_mismatch_costs_twenty_points_and_is_named() -> None:
    verdict = _judge({"authority": "yes", "timing": "yes", "need": "yes"}, country="PL", industry="Retail")
    assert verdict.score == pytest.approx(500 / 6 - 40)
    assert verdict.mismatches == ("country PL is not one of DE, AT", "industry Retail is not one of software")
    assert verdict.verdict == "qualified"


def test_the_score_does_not_fall_below_zero() -> None:
    assert _judge({}, country="PL").score == 0


@pytest.mark.parametrize(
    "fields", [{}, {"country": ""}, {"Country": "de"}, {"countries": "AT"}, {"industry": "SOFTWARE"}]
)
def test_a_customer_that_fits_or_is_not_known_is_no_mismatch(fields: dict[str, str]) -> None:
    assert judge_answers(BANT, {}, fields).mismatches == ()


def test_the_next_question_is_a_required_one_then_the_heaviest_then_the_first() -> None:
    asked = []
    answers: dict[str, str] = {}
    while (question := _judge(answers).next_question) is not None:
        asked.append(question.id)
        answers[question.id] = "yes"
    assert asked == ["need", "authority", "timing", "budget"]


def test_an_answer_to_an_item_the_file_no_longer_has_is_passed_over() -> None:
    assert _judge({"champion": "yes", "budget": "unknown"}) == _judge({})


def test_without_items_there_is_nothing_to_score() -> None:
    assert judge_answers(Qualification("custom", (), (), 0, {}), {}, {}).score == 0


def test_the_latest_answers_of_a_record_are_judged_alike() -> None:
    answers = {"need": Answer("need", "yes", "they said so", datetime(2026, 11, 20, tzinfo=UTC))}
    assert judge_qualification(BANT, answers, {}) == _judge({"need": "yes"})
