"""What a pipeline may say for itself: quota, prune, cadence, qualification and lost reasons."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline_cli.config.full_check import check_in_full
from pipeline_cli.config.pipeline_file import origin_of, recall, remember
from pipeline_cli.domain.playbook import Quota
from tests.config.small_file import playbook, problems

STAGES = "stages: [{id: a, probability: 5}, {id: b, probability: 20}, {id: c, probability: 60}]"


def two(own: str = "", file: str = "") -> str:
    """Two pipelines, of which the second has rules of its own; they begin in column 7 of line 5."""
    return f"version: 1\n{file or 'currency: EUR'}\npipelines:\n  p: {{{STAGES}}}\n  q: {{{own}{STAGES}}}\n"


def test_a_pipeline_without_rules_of_its_own_has_those_of_the_file() -> None:
    pipeline_forecast = playbook(two(file="lost_reasons: [price, no_response]"))
    p, q = pipeline_forecast.pipelines
    assert pipeline_forecast.prune_in(p) == pipeline_forecast.prune_in(q) == pipeline_forecast.prune
    assert pipeline_forecast.qualification_in(q) == pipeline_forecast.qualification
    assert pipeline_forecast.cadence_in(q) == pipeline_forecast.cadence
    assert pipeline_forecast.lost_reasons_in(q) == pipeline_forecast.every_lost_reason == ("price", "no_response")


def test_of_prune_and_cadence_a_pipeline_changes_the_keys_it_names_and_keeps_the_rest_of_the_file() -> None:
    file = (
        "prune: {idle_multiple: 3, grace_days: 5, last_chance: {subject: Hello, body: All}}\n"
        "cadence: {days: [0, 9], first_response_hours: 4}"
    )
    own = "prune: {grace_days: 14, last_chance: {subject: Dear partner}}, cadence: {first_response_hours: 24}, "
    pipeline_forecast = playbook(two(own, file))
    p, q = pipeline_forecast.pipelines
    assert pipeline_forecast.prune_in(p).grace_days == 5
    assert pipeline_forecast.prune_in(q) == pipeline_forecast.prune._replace(
        grace_days=14, last_chance=("Dear partner", "All")
    )
    assert pipeline_forecast.cadence_in(p) == (2, (0, 9), 4.0)
    assert pipeline_forecast.cadence_in(q) == (2, (0, 9), 24.0)


def test_days_of_its_own_bring_as_many_attempts_as_they_are() -> None:
    pipeline_forecast = playbook(two("cadence: {days: [0, 3, 6]}, ", "cadence: {max_unanswered: 8}"))
    assert pipeline_forecast.cadence_in(pipeline_forecast.pipelines[1]).max_unanswered == 3
    pipeline_forecast = playbook(two("cadence: {max_unanswered: 2}, ", "cadence: {days: [0, 3, 6]}"))
    assert pipeline_forecast.cadence_in(pipeline_forecast.pipelines[1]) == (2, (0, 3, 6), 1.0)


def test_a_cadence_of_a_stage_stands_over_that_of_its_pipeline() -> None:
    text = two("cadence: {max_unanswered: 2, first_response_hours: 8}, ")
    text = text[::-1].replace("06 :ytilibaborp", "}]1 ,0[ :syad{ :ecnedac ,06 :ytilibaborp", 1)[::-1]
    pipeline_forecast = playbook(text)
    q = pipeline_forecast.pipelines[1]
    assert pipeline_forecast.cadence_in(q, q.stages[0]) == (2, (0, 2, 4, 7, 14, 21), 8.0)
    assert pipeline_forecast.cadence_in(q, q.stages[2]) == (2, (0, 1), 8.0)


def test_questions_and_lost_reasons_of_its_own_stand_alone() -> None:
    file = "qualification: {min_yes: 1, required: [budget]}\nlost_reasons: [price, no_response]"
    pipeline_forecast = playbook(
        two("qualification: {framework: champ}, lost_reasons: [no_response, channel_conflict], ", file)
    )
    q = pipeline_forecast.pipelines[1]
    own = pipeline_forecast.qualification_in(q)
    assert [item.id for item in own.items] == ["challenges", "authority", "money", "prioritization"]
    assert (own.required, own.min_yes) == (("challenges",), 3)
    assert pipeline_forecast.lost_reasons_in(q) == ("no_response", "channel_conflict")
    assert pipeline_forecast.every_lost_reason == ("price", "no_response", "channel_conflict")
    assert {"budget", "challenges", "authority"} <= pipeline_forecast.every_question


MONTH, QUARTER = "quota: {per: month, amount: 5000}", "quota: {per: quarter, amount: 9000}"


@pytest.mark.parametrize(
    ("file", "first", "second", "together", "alone"),
    [
        (MONTH, "", "", Quota("month", 500_000), None),
        (MONTH, "", QUARTER, Quota("month", 500_000), Quota("quarter", 900_000)),
        ("", MONTH, QUARTER, Quota("quarter", 2_400_000), Quota("quarter", 900_000)),
        ("", "", QUARTER, None, Quota("quarter", 900_000)),
        ("", "", "", None, None),
    ],
)
def test_the_quota_of_the_file_is_for_all_pipelines_together_and_one_alone_has_its_own(
    file: str, first: str, second: str, together: Quota | None, alone: Quota | None
) -> None:
    text = two(f"{second}, " if second else "", file)
    pipeline_forecast = playbook(text.replace("p: {", f"p: {{{first}, ", 1) if first else text)
    assert pipeline_forecast.quota_held_against(pipeline_forecast.pipelines) == together
    assert pipeline_forecast.quota_held_against(pipeline_forecast.pipelines[1:]) == alone


def test_the_only_pipeline_has_the_quota_of_the_file() -> None:
    pipeline_forecast = playbook(f"version: 1\n{MONTH}\npipelines: {{p: {{{STAGES}}}}}\n")
    assert pipeline_forecast.quota_held_against(pipeline_forecast.pipelines) == Quota("month", 500_000)


def test_the_rules_of_a_pipeline_are_checked_like_those_of_the_file() -> None:
    assert problems(two("cadence: {days: [0, 2, 2]}, ")) == [
        "5:30: day 2 does not come after day 2: put the days in order, each once"
    ]
    assert problems(two("qualification: {framework: custom}, ")) == [
        "5:34: a `custom` framework has no questions of its own: add `items:` with `id` and `ask`"
    ]
    assert problems(two("qualification: {items: [{id: x, ask: X}, {id: x, ask: Y}]}, ")) == [
        "5:53: the qualification item `x` is there already, in line 5: give it another name"
    ]
    assert problems(two("lost_reasons: [a, A], ")) == [
        "5:25: the reason `A` is there already, in line 5: give it another name"
    ]
    assert problems(two("prune: {last_chance: {body: '{titel}'}}, ")) == [
        "5:35: `{titel}` is not a known placeholder: did you mean `{title}`?"
    ]
    assert problems(two("prune: {grace: 3}, ")) == ["5:15: `grace` is not a known key: did you mean `grace_days`?"]
    assert problems(two("quota: {per: month}, ")) == ["5:14: `amount` is missing: add `amount:`, such as 20000"]
    assert problems(two("sources: [a], "))[0].startswith("5:7: `sources` is not a known key")


def test_a_list_of_reasons_without_the_one_that_prune_needs_is_warned_of_where_it_stands() -> None:
    (warning,) = check_in_full(two("lost_reasons: [price], ")).warnings
    assert (warning.line, warning.column) == (5, 7)
    assert "`no_response` is not in the list" in warning.text


def test_a_file_that_is_known_brings_the_same_rules(tmp_path: Path) -> None:
    own = "quota: {per: year, amount: 7}, prune: {grace_days: 1}, cadence: {days: [0]}, qualification: {min_yes: 1}, "
    pipeline_forecast = playbook(two(own + "lost_reasons: [a], "))
    origin = origin_of(b"the file")
    remember(tmp_path, origin, pipeline_forecast, ())
    assert recall(tmp_path, origin) == (pipeline_forecast, ())
