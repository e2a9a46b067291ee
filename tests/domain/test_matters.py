"""What matters most: at most three things, by the weighted value at stake, none said twice."""

from __future__ import annotations

from pipeline_cli.domain.findings.finding import Finding
from pipeline_cli.domain.review.decisions import Decision, rank_priorities

WEIGHTED = {1: 900.0, 2: 800.0, 3: 700.0, 4: 50.0, 5: 40.0}


def finding(code: str, *ids: int, advice: str = "`pipeline list` shows them.", value: int | None = None) -> Finding:
    return Finding(code, None, len(ids), value, f"{code} is so.", advice, {"ids": list(ids)})


def decision(deal_id: int, code: str) -> Decision:
    return Decision(deal_id, code, 3, 0, "offer", 500, 100)


def test_the_three_with_the_most_weighted_value_at_stake_are_named() -> None:
    found = rank_priorities(
        [finding("a", 4), finding("b", 2), finding("c", 5), finding("d", 3)], [decision(1, "stuck")], WEIGHTED
    )

    assert [(one.code, one.stake_cents) for one in found] == [("stuck", 900), ("b", 800), ("d", 700)]
    assert found[0].sentence == "1 open deal has stood too long in its stage."
    assert [one.command for one in found] == ["show 1", "list", "list"]


def test_one_about_mostly_the_same_deals_says_nothing_new() -> None:
    found = rank_priorities([finding("a", 1, 2, 3), finding("b", 2, 3, 4), finding("c", 3, 4, 5)], [], WEIGHTED)

    assert [one.code for one in found] == ["a", "c"]


def test_decisions_that_a_finding_speaks_of_already_are_left_to_it() -> None:
    group = [
        decision(1, "overdue"),
        decision(2, "dead"),
        decision(3, "past_close_date"),
        decision(4, "past_close_date"),
    ]

    assert [one.sentence for one in rank_priorities([], group, WEIGHTED)] == [
        "2 open deals are past the expected close date."
    ]


def test_a_finding_about_no_deal_ranks_by_its_own_amount_and_one_without_a_command_gets_one() -> None:
    found = rank_priorities([finding("a", value=5000), finding("b", 1, advice="Close them.")], [], WEIGHTED)

    assert [(one.code, one.stake_cents, one.command) for one in found] == [("a", 5000, "list"), ("b", 900, "health")]


def test_nothing_matters_where_there_is_nothing() -> None:
    assert rank_priorities([], [], {}) == ()


def test_how_the_stages_are_cut_matters_only_with_value_at_stake() -> None:
    stages = finding("pass_through_stage", 1)._replace(deals=858)

    assert [one.code for one in rank_priorities([stages], [], {1: 900.0})] == ["pass_through_stage"]
    assert rank_priorities([stages], [], {}) == ()
