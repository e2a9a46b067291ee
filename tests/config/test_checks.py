"""What a schema cannot say well, each check in its exact words."""

from __future__ import annotations

import pytest

from pipeline_cli.config.full_check import check_in_full

STAGES = (
    "version: 1\npipelines:\n  p:\n    stages:\n      - {id: a, probability: 5}\n      - {id: b, probability: 20}\n"
)
"""The third stage is line 7."""
THREE = STAGES + "      - {id: c, probability: 60}\n"
"""Other keys begin in line 8."""


def problems(text: str) -> list[str]:
    return [f"{line}:{column}: {said}" for line, column, said in sorted(check_in_full(text).problems)]


def warnings(text: str) -> list[str]:
    checked = check_in_full(text)
    assert checked.problems == ()
    return [f"{line}:{column}: {said}" for line, column, said in sorted(checked.warnings)]


def with_criteria(criteria: str) -> str:
    return THREE.replace("probability: 60", f"probability: 60, exit_criteria: [{criteria}]")


def test_a_file_without_faults_has_neither_problems_nor_warnings() -> None:
    assert warnings(THREE) == []


def test_two_stages_of_one_pipeline_cannot_share_an_id_whatever_the_capitals() -> None:
    assert problems(STAGES + "      - {id: A, probability: 60}\n") == [
        "7:14: the stage `A` is there already, in line 5: give it another name"
    ]


def test_two_pipelines_may_have_a_stage_of_the_same_id() -> None:
    other = THREE.partition("pipelines:\n")[2].replace("  p:", "  q:")
    assert problems(THREE + other) == []


def test_criteria_and_questions_cannot_share_an_id() -> None:
    assert problems(with_criteria("{id: x, text: X, confirm: true}, {id: x, text: Y, confirm: true}")) == [
        "7:88: the exit criterion `x` is there already, in line 7: give it another name"
    ]
    assert problems(THREE + "qualification:\n  items:\n    - {id: need, ask: Why?}\n    - {id: need, ask: How?}\n") == [
        "11:12: the qualification item `need` is there already, in line 10: give it another name"
    ]


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("touchpoint_kinds: [call, Call]", "8:26: the kind `Call` is there already, in line 8: give it another name"),
        ("sources: [a, a]", "8:14: the source `a` is there already, in line 8: give it another name"),
        (
            "lost_reasons: [no_response, no_response]",
            "8:29: the reason `no_response` is there already, in line 8: give it another name",
        ),
        (
            "exchange_rates: {usd: 0.9, USD: 0.92}",
            "8:33: the currency `USD` is there already, in line 8: give it another name",
        ),
    ],
)
def test_a_word_listed_twice_is_refused(line: str, said: str) -> None:
    assert problems(f"{THREE}{line}\n") == [said]


@pytest.mark.parametrize("reserved", ["won", "lost", "disqualified", "Won"])
def test_an_outcome_is_no_stage(reserved: str) -> None:
    assert problems(STAGES + f"      - {{id: {reserved}, probability: 60}}\n") == [
        f"7:14: `{reserved}` is an outcome, not a stage: remove it, or use another id"
    ]


def test_a_criterion_has_one_kind() -> None:
    assert problems(with_criteria("{id: x, text: X}")) == [
        (
            "7:50: the exit criterion `x` has no kind: "
            "add one of field, touchpoint, qualified, score, next_step, value, confirm"
        )
    ]
    assert problems(with_criteria("{id: x, text: X, field: contact, confirm: true}")) == [
        "7:83: the exit criterion `x` has 2 kinds, field and confirm: keep one"
    ]


def test_a_criterion_cannot_ask_for_a_kind_of_touchpoint_that_is_not_listed() -> None:
    assert problems(with_criteria("{id: x, text: X, touchpoint: {kinds: [meting]}}")) == [
        "7:88: `meting` is not one of `touchpoint_kinds`: did you mean `meeting`?"
    ]
    listed = "touchpoint_kinds: [fax, pigeon]\n"
    assert problems(with_criteria("{id: x, text: X, touchpoint: {kinds: [call]}}") + listed) == [
        "7:88: `call` is not one of `touchpoint_kinds`: use one of fax, pigeon"
    ]


def test_a_long_list_is_not_printed_whole() -> None:
    kinds = ", ".join(f"k{number}" for number in range(30))
    (said,) = problems(
        with_criteria("{id: x, text: X, touchpoint: {kinds: [pigeon]}}") + f"touchpoint_kinds: [{kinds}]\n"
    )
    assert said.endswith(": use one of " + ", ".join(f"k{number}" for number in range(20)) + ", …")


def test_an_escape_sequence_in_a_list_does_not_reach_the_terminal() -> None:
    text = with_criteria("{id: x, text: X, touchpoint: {kinds: [pigeon]}}") + 'touchpoint_kinds: ["\\e[2J"]\n'
    assert problems(text) == [
        "7:88: `pigeon` is not one of `touchpoint_kinds`: use one of \\x1b[2J",
        "8:20: `touchpoint_kinds` contains `\\x1b[2J`: write text on one line, up to 500 characters",
    ]


def test_the_days_of_a_cadence_rise() -> None:
    assert problems(THREE + "cadence: {days: [0, 4, 4]}\n") == [
        "8:24: day 4 does not come after day 4: put the days in order, each once"
    ]
    assert problems(THREE.replace("probability: 60", "probability: 60, cadence: {days: [3, 1]}")) == [
        "7:54: day 1 does not come after day 3: put the days in order, each once"
    ]


def test_what_qualification_requires_must_be_asked() -> None:
    assert problems(THREE + "qualification: {framework: champ, required: [mony, need]}\n") == [
        "8:46: `mony` is not one of the qualification items: did you mean `money`?",
        "8:52: `need` is not one of the qualification items: use one of challenges, authority, money, prioritization",
    ]


def test_qualification_cannot_want_more_yes_than_there_are_questions() -> None:
    assert problems(THREE + "qualification: {framework: bant, min_yes: 5}\n") == [
        "8:43: `min_yes` is 5, but there are 4 items: no deal could pass, write 4 or less"
    ]
    assert problems(THREE + "qualification: {framework: custom, min_yes: 2, items: [{id: fit, ask: Fits?}]}\n") == [
        "8:45: `min_yes` is 2, but there are 1 items: no deal could pass, write 1 or less"
    ]


def test_a_framework_of_ones_own_needs_questions() -> None:
    assert problems(THREE + "qualification: {framework: custom}\n") == [
        "8:28: a `custom` framework has no questions of its own: add `items:` with `id` and `ask`"
    ]


def test_the_last_chance_text_knows_seven_placeholders() -> None:
    known = "{title} {organization} {contact} {first_name} {stage} {value} {deadline}"
    assert problems(THREE + f'prune: {{last_chance: {{subject: "{known}"}}}}\n') == []
    assert problems(THREE + 'prune: {last_chance: {subject: "{titel} {0}", body: "{}"}}\n') == [
        f"8:32: `{{0}}` is not a known placeholder: use one of {', '.join(known.split())}",
        "8:32: `{titel}` is not a known placeholder: did you mean `{title}`?",
        f"8:53: `{{}}` is not a known placeholder: use one of {', '.join(known.split())}",
    ]


def test_the_currency_of_the_file_has_no_rate() -> None:
    assert problems(THREE + "exchange_rates: {EUR: 1}\n") == [
        "8:18: `EUR` is the currency of this file: remove its rate"
    ]
    assert problems(THREE + "currency: usd\nexchange_rates: {EUR: 1.1, USD: 1}\n") == [
        "9:28: `USD` is the currency of this file: remove its rate"
    ]


def test_an_alternative_without_another_is_a_warning() -> None:
    assert warnings(with_criteria("{id: x, text: X, confirm: true, any_of: sponsor}")) == [
        "7:90: `sponsor` has no second criterion: remove `any_of`, or give another criterion the same"
    ]
    both = "{id: x, text: X, confirm: true, any_of: s}, {id: y, text: Y, confirm: true, any_of: s}"
    assert warnings(with_criteria(both)) == []


def test_a_probability_that_falls_is_a_warning() -> None:
    assert warnings(THREE.replace("probability: 60", "probability: 12.5")) == [
        "7:30: the probability falls from 20 to 12.5: a later stage should not be less likely to be won"
    ]


def test_fewer_than_three_or_more_than_seven_stages_are_a_warning() -> None:
    assert warnings(STAGES) == ["4:5: `p` has 2 stages, which hides where deals die: five to seven suit most"]
    eight = THREE + "".join(f"      - {{id: s{n}, probability: 7{n}}}\n" for n in range(5))
    assert warnings(eight) == ["4:5: `p` has 8 stages, which buries the goal: five to seven suit most"]
    assert warnings(eight.rpartition("      -")[0]) == []


def test_lost_reasons_without_the_one_prune_uses_are_a_warning() -> None:
    assert warnings(THREE + "lost_reasons: [price]\n") == [
        "8:1: `no_response` is not in the list, but `prune` closes deals with it: add it"
    ]
