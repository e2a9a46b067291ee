"""Each finding speaks alone where it should, and none where nothing is wrong."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from pipeline_cli.domain.findings.find import MEANINGS
from tests.conftest import Run
from tests.domain.findings.story import CLOSING, LEAD, OFFER, Deal, a_steady_year, day, playbook, tell


def the_only_finding(run: Run) -> dict[str, Any]:
    result = run("health", "--json")
    assert result.code == 0, result.err
    found = result.json["findings"]
    assert len(found) == 1, [one["code"] for one in found]
    return found[0]  # type: ignore[no-any-return]


def test_a_steady_year_has_no_finding_and_every_rule_had_enough_to_go_by(run: Run, folder: Path) -> None:
    tell(folder, a_steady_year())
    health = run("health", "--json").json
    assert health["findings"] == []
    assert health["unjudged"] == []
    assert health["totals"]["won_deals"] == 25
    assert health["totals"]["lost_deals"] == 26


def test_a_new_record_says_for_which_findings_there_is_too_little(run: Run, folder: Path) -> None:
    tell(folder, [Deal(f"lead {day(0)}")])
    result = run("health", "--json")
    assert result.json["findings"] == []
    assert {one["code"]: one["reason"] for one in result.json["unjudged"]} == {
        "out_of_history": "0 of 5 won deals",
        "unqualified_effort": "1 of 5 touchpoints in 30 days",
        "bottleneck": "no stage has 5 exits",
        "starved": "0 of 5 closed deals, 0 won",
        "more_leads_or_more_closing": "0 of 2 quarters with 5 closed deals",
        "stage_count": "0 of 10 losses to tell whether a stage should be split",
        "unused_stage": "no stage has been entered or passed 5 times",
        "pass_through_stage": "no stage has 5 finished visits",
    }
    table = run("health").out
    assert "Nothing stands out." in table
    assert "Too little data for: out_of_history, unqualified_effort, bottleneck, starved," in table


def test_every_finding_is_explained(run: Run, folder: Path) -> None:
    tell(folder, [])
    lines = run("health", "--explain").out.splitlines()
    for code in MEANINGS:
        assert [line for line in lines if line.startswith(f"{code}: ")], code


def test_dead_weight_is_what_prune_would_remove(run: Run, folder: Path) -> None:
    tell(folder, [*a_steady_year(), Deal(f"lead {day(42)}", step="2026-12-20")])
    found = the_only_finding(run)
    assert (found["code"], found["deals"], found["value"]) == ("dead_weight", 1, 5000)
    assert found["evidence"]["ids"] == [55]
    assert found["evidence"]["win_rate"] == 25 / 51
    assert found["evidence"]["win_rate_after"] == 25 / 52
    assert "1 of 4 open deals (25%) is dead by your own rules" in found["message"]
    assert "`pipeline prune`" in found["advice"]


def test_out_of_history_names_deals_older_than_any_that_was_won(run: Run, folder: Path) -> None:
    as_old = Deal(f"lead {day(299)}", touched=[day(1)])
    older = Deal(f"lead {day(300)}", touched=[day(1)], value=7000)
    tell(folder, [*a_steady_year(), as_old, older])
    found = the_only_finding(run)
    assert (found["code"], found["deals"], found["value"]) == ("out_of_history", 1, 7000)
    assert found["evidence"]["longest_won_days"] == 300
    assert found["evidence"]["ids"] == [56]
    assert "56" in found["advice"]


def test_untouched_plan_counts_missing_and_overdue_next_steps(run: Run, folder: Path) -> None:
    tell(folder, [*a_steady_year(), Deal(f"lead {day(1)}", step=None), Deal(f"lead {day(2)}", step="2026-11-20")])
    found = the_only_finding(run)
    assert (found["code"], found["deals"], found["value"]) == ("untouched_plan", 2, 10000)
    assert found["message"] == "1 open deal without a next step, 1 with one that is overdue."
    assert found["evidence"]["ids"] == [55, 56]


def test_an_overdue_step_is_planned_anew_or_done_and_without_a_value_none_is_the_dearest(run: Run) -> None:
    run("init")
    run("add", "Acme")
    run("next", "1", "2026-11-19", "Call", today="2026-11-18")
    (found,) = [one for one in run("health", "--json").json["findings"] if one["code"] == "untouched_plan"]
    assert found["advice"].startswith(
        "Begin with one: `pipeline next 1 tomorrow` if that is still to be done, `pipeline done 1` if it was;"
    )


def test_dead_weight_is_less_by_the_deals_that_got_a_last_chance(run: Run) -> None:
    run("init")
    run("add", "Acme", "--contact", "<ann@acme.example>", "--value", "5k", today="2026-08-01")

    def found() -> list[str]:
        return [one["message"] for one in run("health", "--json").json["findings"] if one["code"] == "dead_weight"]

    assert len(found()) == 1
    assert run("prune", "--yes").code == 0
    assert found() == [], "there is nothing to do about it before the deadline"
    run("add", "Borg", today="2026-08-01")
    assert found()[0].endswith(" 1 more deal got a last chance.")


def test_slow_first_response_waits_longer_than_the_limit(run: Run, folder: Path) -> None:
    just_in_time = Deal("lead 2026-11-21T09:00", silent=True)
    too_late = Deal("lead 2026-11-21T08:59", silent=True)
    only_they_wrote = Deal("lead 2026-11-20", touched=["in 2026-11-20"])
    tell(folder, [*a_steady_year(), just_in_time, too_late, only_they_wrote])
    found = the_only_finding(run)
    assert (found["code"], found["stage"], found["deals"]) == ("slow_first_response", "lead", 2)
    assert found["evidence"]["ids"] == [57, 56]
    assert found["evidence"]["limit_hours"] == 1
    assert "`pipeline log 57 call`" in found["advice"]


def test_unqualified_effort_is_over_a_third_of_the_touchpoints_of_the_last_month(run: Run, folder: Path) -> None:
    to_others = 16  # 6 to the open deals of the year, 10 to those closed in the last 30 days
    chased = Deal(f"lead {day(7)}", touched=[*[day(3)] * 8, *[f"in {day(3)}"] * 9], answers={"need": "no"})
    tell(folder, [*a_steady_year(), chased])
    assert run("health", "--json").json["findings"] == [], "8 of 24 are a third, not over it"
    assert run("log", "55", "call", "--out").code == 0
    found = the_only_finding(run)
    assert (found["code"], found["deals"], found["evidence"]["ids"]) == ("unqualified_effort", 1, [55])
    assert found["evidence"]["unqualified"] == 9
    assert found["evidence"]["share"] == 9 / (to_others + 9)
    assert "`pipeline qualify 55`" in found["advice"]


def test_over_capacity_is_above_the_wip_limit_and_snoozed_deals_do_not_count(run: Run, folder: Path) -> None:
    limited = OFFER.replace("}", ", wip_limit: 1}")
    tell(folder, [*a_steady_year(), Deal(f"lead {day(9)}, offer {day(2)}")], playbook(LEAD, limited, CLOSING))
    found = the_only_finding(run)
    assert (found["code"], found["stage"], found["deals"]) == ("over_capacity", "offer", 2)
    assert found["evidence"]["wip_limit"] == 1
    assert run("list", "stage=offer", "--sort", "-idle").code == 0
    assert run("snooze", "55", "2026-12-01").code == 0
    assert run("health", "--json").json["findings"] == []


def test_crowded_close_is_more_than_a_third_of_all_open_deals(run: Run, folder: Path) -> None:
    small = Deal(f"lead {day(16)}, offer {day(9)}, closing {day(2)}", value=100)
    tell(folder, [*a_steady_year(), small, small])
    found = the_only_finding(run)
    assert (found["code"], found["stage"], found["deals"]) == ("crowded_close", "closing", 3)
    assert found["evidence"]["share"] == 3 / 5
    assert found["evidence"]["ids"] == [3, 55, 56]


def test_bottleneck_has_two_of_three_signs(run: Run, folder: Path) -> None:
    hasty = OFFER.replace("max_days: 30", "max_days: 6")
    tell(folder, a_steady_year(), playbook(LEAD, hasty, CLOSING))
    assert run("health", "--json").json["findings"] == [], "long stays alone are one sign"
    (folder / "pipeline.yaml").write_text(playbook(LEAD, hasty, CLOSING.replace("80", "60")))
    found = the_only_finding(run)
    assert (found["code"], found["stage"], found["deals"]) == ("bottleneck", "offer", 1)
    evidence = found["evidence"]
    assert evidence["signs"] == ["long", "low"]
    assert (evidence["exits"], evidence["passed"]) == (39, 26)
    assert (evidence["usual_days"], evidence["max_days"]) == (7, 6)
    assert evidence["conversion"] == 26 / 39 < evidence["conversion_high"] < evidence["conversion_planned"] == 0.5 / 0.6
    assert "(n 39 exits)" in found["message"]


def test_a_bottleneck_is_not_named_under_five_exits(run: Run, folder: Path) -> None:
    late = [Deal(f"lead {day(400)}, offer {day(350)}, lost {day(200)}") for _ in range(4)]
    tell(folder, late)
    health = run("health", "--json").json
    assert "bottleneck" not in [one["code"] for one in health["findings"]]
    assert "bottleneck" in [one["code"] for one in health["unjudged"]]


def test_top_heavy_holds_more_than_arrivals_explain(run: Run, folder: Path) -> None:
    burst = [Deal(f"lead {day(5)}")] * 8
    gone = [Deal(f"lead {day(ago)}, disqualified {day(ago - 7)}") for ago in (100, 200, 300) for _ in range(8)]
    tell(folder, [*a_steady_year(), *burst, *gone])
    found = the_only_finding(run)
    assert (found["code"], found["stage"], found["deals"]) == ("top_heavy", "lead", 9)
    evidence = found["evidence"]
    assert evidence["arrivals"] == 13 + 8
    assert abs(evidence["explained"] - 21 / 90 * 7) < 1e-9
    assert sorted(evidence["ids"]) == [1, *range(55, 63)]
    assert "`pipeline qualify 55`" in found["advice"]


def test_bottom_heavy_has_its_value_late_and_too_few_new_deals(run: Run, folder: Path) -> None:
    waiting = [Deal(f"lead {day(ago)}, offer {day(9)}", touched=[day(1)], value=100) for ago in (100, 200, 290)]
    dear = [
        deal._replace(value=20000) if deal.path.count("closing") and "won" not in deal.path else deal
        for deal in a_steady_year()
    ]
    tell(folder, [*dear, *waiting], playbook(quota=12000))
    found = the_only_finding(run)
    assert (found["code"], found["stage"], found["deals"]) == ("bottom_heavy", "closing", 1)
    evidence = found["evidence"]
    assert evidence["share"] == 20000 / 30300
    assert abs(evidence["arriving_per_30_days"] - 13 / 90 * 30) < 1e-9
    assert abs(evidence["needed_per_30_days"] - 12000 / 5000 / (25 / 51)) < 1e-9


def test_starved_has_fewer_open_deals_than_the_quota_takes(run: Run, folder: Path) -> None:
    tell(folder, a_steady_year(), playbook(quota=7352))  # 7352 ÷ 5000 ÷ (25 ÷ 51) is 2.9996: three deals are enough
    assert run("health", "--json").json["findings"] == []
    (folder / "pipeline.yaml").write_text(playbook(quota=7355))  # 3.0008
    found = the_only_finding(run)
    assert (found["code"], found["deals"], found["value"]) == ("starved", 3, 15000)
    assert found["evidence"]["needed_deals"] == 4
    assert found["message"].startswith("3 open deals where a month's quota takes 4: 1.5 wins at a win rate of 49%")


def test_more_leads_when_one_quarter_brought_many(run: Run, folder: Path) -> None:
    many = [Deal(f"lead {day(200)}, disqualified {day(190)}")] * 20
    tell(folder, [*a_steady_year(), *many])
    found = the_only_finding(run)
    assert (found["code"], found["evidence"]["choice"]) == ("more_leads_or_more_closing", "more_leads")
    evidence = found["evidence"]
    assert (evidence["new_deals"], evidence["best_new_deals"]) == (18, 33)
    in_time = 24 / 25 * (1 - 21 / 91)  # the slow one would come too late
    rate = 25 / 51
    assert abs(evidence["win_rate"] - rate) < 0.02
    assert abs(evidence["more_leads"] - (33 - 18) * in_time * evidence["win_rate"] * 5000) < 0.01
    assert "`pipeline sources`" in found["advice"]


def test_more_closing_when_one_quarter_won_nearly_all(run: Run, folder: Path) -> None:
    lucky = [
        Deal(f"lead {day(470)}, offer {day(460)}, closing {day(450)}, won {day(200 - number)}") for number in range(12)
    ]
    unlucky = [
        Deal(f"lead {day(470)}{way}, lost {day(ago)}")
        for ago in (50, 140, 320)
        for way in ("", f", offer {day(460)}") * 2
    ]
    tell(folder, [*a_steady_year(), *lucky, *unlucky])
    found = the_only_finding(run)
    assert (found["code"], found["evidence"]["choice"]) == ("more_leads_or_more_closing", "more_closing")
    assert found["evidence"]["best_win_rate"] > found["evidence"]["win_rate"] + 0.1
    assert "`pipeline funnel`" in found["advice"]


def test_stage_count_is_three_to_seven(run: Run, folder: Path) -> None:
    tell(folder, [], playbook(LEAD, CLOSING))
    assert the_only_finding(run)["message"] == "The pipeline has 2 stages, too few: 3 to 7 work."
    eight = [LEAD.replace("lead", f"step{number}") for number in range(8)]
    (folder / "pipeline.yaml").write_text(playbook(*eight))
    assert the_only_finding(run)["evidence"] == {"stages": 8, "limit": [3, 7], "ids": []}
    (folder / "pipeline.yaml").write_text(playbook(*eight[:7]))
    assert run("health", "--json").json["findings"] == []


def test_a_stage_where_most_are_lost_after_very_different_stays_should_be_split(run: Run, folder: Path) -> None:
    lost = [
        Deal(f"lead {day(ago + 10)}, offer {day(ago)}, lost {day(ago - stay)}")
        for ago in (70, 160, 250, 340)
        for stay in (1, 1, 60, 60, 60)
    ]
    tell(folder, [*a_steady_year(), *lost])
    found = the_only_finding(run)
    assert (found["code"], found["stage"], found["deals"]) == ("stage_count", "offer", 33)
    assert found["evidence"]["all_losses"] == 46
    assert found["evidence"]["quartile_days"] == [7, 60]
    assert "split it" in found["advice"]


def test_unused_stage_is_jumped_over(run: Run, folder: Path) -> None:
    demo = OFFER.replace("offer", "demo").replace("50", "65")
    tell(folder, a_steady_year(), playbook(LEAD, OFFER, demo, CLOSING))
    found = the_only_finding(run)
    assert (found["code"], found["stage"]) == ("unused_stage", "demo")
    assert (found["evidence"]["jumps"], found["evidence"]["visits"]) == (26, 0)
    assert "`pipeline check --map demo=closing`" in found["advice"]


def test_pass_through_stage_is_left_at_once(run: Run, folder: Path) -> None:
    check = OFFER.replace("offer", "check").replace("50", "65")
    passed = [deal._replace(path=with_a_check(deal.path)) for deal in a_steady_year()]
    tell(folder, passed, playbook(LEAD, OFFER, check, CLOSING))
    found = the_only_finding(run)
    assert (found["code"], found["stage"]) == ("pass_through_stage", "check")
    assert found["evidence"]["visits"] == 26
    assert abs(found["evidence"]["p90_days"] - 5 / 1440) < 1e-6


def with_a_check(path: str) -> str:
    """Five minutes in `check` before each closing."""
    steps = [step.split() for step in path.split(", ")]
    return ", ".join(
        f"check {day}T08:55, closing {day}T09:00" if stage == "closing" else f"{stage} {day}" for stage, day in steps
    )
