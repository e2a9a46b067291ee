"""Each flag at its exact bound, with the number that set it off and the limit it broke."""

from __future__ import annotations

import csv
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from pipeline_cli.domain.rules.scored_deal import FLAGS, MEANINGS
from pipeline_cli.domain.words.clock import Clock
from tests.conftest import Run
from tests.domain.findings.story import CLOSING, LEAD, OFFER, Deal, a_steady_year, day, playbook, tell

SMALL = Deal(f"lead {day(1)}", value=100)
CROWD = [SMALL] * 9
"""Enough other deals that none holds over 40 % of the weighted value by itself."""


def flags_of(run: Run, number: int, *options: str) -> dict[str, tuple[Any, Any]]:
    result = run("list", "--json", *options)
    assert result.code == 0, result.err
    row = next(row for row in result.rows if row["id"] == number)
    return {flag["flag"]: (flag["number"], flag["limit"]) for flag in row["flags"]}


def one_deal(run: Run, folder: Path, deal: Deal, yaml: str | None = None) -> dict[str, tuple[Any, Any]]:
    tell(folder, [deal._replace(value=deal.value and 100), *CROWD], yaml)
    return flags_of(run, 1)


def test_a_healthy_deal_has_no_flag(run: Run, folder: Path) -> None:
    assert one_deal(run, folder, SMALL) == {}


@pytest.mark.parametrize(("touched", "flags"), [("2026-11-07", {}), ("2026-11-06", {"idle": (15, 14)})])
def test_idle_is_more_than_idle_after_days_since_the_last_touchpoint(
    run: Run, folder: Path, touched: str, flags: dict[str, Any]
) -> None:
    assert one_deal(run, folder, Deal("lead 2026-11-01", touched=["2026-11-02", touched])) == flags


def test_idle_counts_from_the_creation_when_nothing_was_ever_touched_and_a_move_does_not_reset_it(
    run: Run, folder: Path
) -> None:
    assert one_deal(run, folder, Deal("lead 2026-11-06, offer 2026-11-20", silent=True)) == {"idle": (15, 14)}


def test_a_note_and_an_edit_do_not_reset_idle_days(run: Run, folder: Path) -> None:
    tell(folder, [Deal("lead 2026-11-06"), *CROWD])
    assert run("note", "1", "They are on holiday").code == 0
    assert run("edit", "1", "--title", "Another name").code == 0
    assert flags_of(run, 1)["idle"] == (15, 14)


@pytest.mark.parametrize(("entered", "flags"), [("2026-10-22", {}), ("2026-10-21", {"stuck": (31, 30)})])
def test_stuck_is_more_than_max_days_in_the_stage(run: Run, folder: Path, entered: str, flags: dict[str, Any]) -> None:
    assert one_deal(run, folder, Deal(f"lead 2026-10-01, offer {entered}", touched=[day(1)])) == flags


def test_stuck_is_more_than_twice_the_median_visit_once_ten_are_known(run: Run, folder: Path) -> None:
    left = [Deal(f"lead {day(100)}, offer {day(93)}, lost {day(80)}")] * 9
    fifteen_days = Deal("lead 2026-11-06", touched=[day(1)], value=100)
    tell(folder, [fifteen_days, *CROWD, *left])
    assert "stuck" not in flags_of(run, 1), "nine visits of seven days are too few"
    tell_again(folder, [fifteen_days, *CROWD, *left, left[0]])
    assert flags_of(run, 1)["stuck"] == (15, 14)


def tell_again(folder: Path, deals: list[Deal], yaml: str | None = None) -> None:
    (folder / "pipeline.db").unlink()
    tell(folder, deals, yaml)


def test_a_move_from_a_stage_to_itself_does_not_restart_the_days_in_it(run: Run, folder: Path) -> None:
    assert one_deal(run, folder, Deal("lead 2026-10-21, lead 2026-11-19", touched=[day(1)])) == {"stuck": (31, 30)}


def test_old_is_more_than_the_multiple_of_the_usual_cycle(run: Run, folder: Path) -> None:
    as_usual = Deal("lead 2026-05-25, offer 2026-11-20", touched=[day(1)])
    assert one_deal(run, folder, as_usual) == {}, "180 days are not more than 2 × 90"
    tell_again(folder, [as_usual._replace(path="lead 2026-05-24, offer 2026-11-20"), *CROWD])
    assert flags_of(run, 1)["old"] == (181, 180)


def test_old_goes_by_the_median_cycle_once_ten_deals_are_won(run: Run, folder: Path) -> None:
    won = [Deal(f"lead {day(100)}, won {day(80)}")] * 10
    tell(folder, [Deal("lead 2026-10-11, offer 2026-11-20", touched=[day(1)], value=100), *CROWD, *won])
    assert flags_of(run, 1)["old"] == (41, 40)


def test_no_next_step_and_overdue(run: Run, folder: Path) -> None:
    deals = [SMALL._replace(step=step) for step in (None, "2026-11-20", "2026-11-21")]
    tell(folder, [*deals, *CROWD])
    assert flags_of(run, 1) == {"no_next_step": (0, 1)}
    assert flags_of(run, 2) == {"overdue": (1, 0)}
    assert flags_of(run, 3) == {}, "due today is not overdue"


@pytest.mark.parametrize("value", [None, 0])
def test_no_value_is_none_or_nothing(run: Run, folder: Path, value: int | None) -> None:
    assert one_deal(run, folder, SMALL._replace(value=value)) == {"no_value": (0, 1)}


def test_no_close_date_and_past_close_date(run: Run, folder: Path) -> None:
    tell(folder, [SMALL._replace(close=close) for close in ("", "2026-11-20", "2026-11-21")] + CROWD)
    assert flags_of(run, 1) == {"no_close_date": (0, 1)}
    assert flags_of(run, 2) == {"past_close_date": (1, 0)}
    assert flags_of(run, 3) == {}, "it may still close today"


def test_pushed_is_a_close_date_moved_later_three_times(run: Run, folder: Path) -> None:
    tell(folder, [SMALL, *CROWD])
    for close in ("2027-02-01", "2027-01-20", "2027-02-15"):
        assert run("edit", "1", "--close", close).code == 0
    assert flags_of(run, 1) == {}, "twice later, once earlier"
    assert run("edit", "1", "--close", "2027-03-01").code == 0
    assert flags_of(run, 1) == {"pushed": (3, 3)}


def test_regressed_counts_moves_to_an_earlier_stage(run: Run, folder: Path) -> None:
    assert one_deal(run, folder, Deal("lead 2026-11-18, offer 2026-11-19, lead 2026-11-20", value=1)) == {
        "regressed": (1, 0)
    }


def test_criteria_gap_counts_what_a_deal_was_forced_past_until_it_holds(run: Run, folder: Path) -> None:
    asking = LEAD.replace(
        "}",
        ", exit_criteria: [{id: agreed, text: They agree, confirm: true}, "
        "{id: called, text: We called, touchpoint: {at_least: 3}}]}",
    )
    tell(folder, [SMALL, *CROWD], playbook(asking, OFFER, CLOSING))
    assert run("advance", "1", "--force", "--reason", "they are in a hurry").code == 0
    assert flags_of(run, 1) == {"criteria_gap": (2, 0)}
    assert run("confirm", "1", "lead.agreed").code == 0
    assert flags_of(run, 1) == {"criteria_gap": (1, 0)}


def test_unanswered_counts_attempts_since_the_last_conversation(run: Run, folder: Path) -> None:
    answered = [day(9), day(8), f"in {day(7)}"]
    five = Deal(f"lead {day(10)}", touched=[*answered, *[day(6)] * 5], value=100)
    six = five._replace(touched=[*answered, *[day(6)] * 6])
    tell(folder, [five, six, *CROWD])
    assert flags_of(run, 1) == {}
    assert flags_of(run, 2) == {"unanswered": (6, 6)}


def test_unqualified_is_past_the_stage_that_requires_it(run: Run, folder: Path) -> None:
    asking = LEAD.replace("}", ", exit_criteria: [{id: fits, text: Passed qualification, qualified: true}]}")
    path = f"lead {day(2)}, offer {day(1)}"
    tell(
        folder,
        [SMALL, Deal(path, value=100), Deal(path, value=100, answers={"need": "yes"}), *CROWD],
        playbook(asking, OFFER, CLOSING),
    )
    assert flags_of(run, 1) == {}
    assert flags_of(run, 2) == {"unqualified": (0, 1)}
    assert flags_of(run, 3) == {}


def test_concentrated_is_over_forty_percent_of_the_weighted_value(run: Run, folder: Path) -> None:
    tell(folder, [SMALL._replace(value=400), SMALL._replace(value=600)] + [SMALL] * 0)
    assert flags_of(run, 1) == {}, "40 % is not over 40 %"
    assert flags_of(run, 2) == {"concentrated": (0.6, 0.4)}


def test_a_snoozed_deal_waits_in_silence_until_its_day(run: Run, folder: Path) -> None:
    tell(folder, [Deal("lead 2026-10-01", touched=["2026-10-01"] * 6, step=None, value=None), *CROWD])
    assert set(flags_of(run, 1)) == {"idle", "stuck", "no_next_step", "unanswered", "no_value"}
    assert run("snooze", "1", "2026-11-24").code == 0
    assert set(flags_of(run, 1)) == {"no_value"}
    back = run("list", "--json", today="2026-11-24").rows[0]
    assert {flag["flag"] for flag in back["flags"]} == {"stuck", "no_next_step", "no_value"}, "its clock begins anew"
    assert back["idle_days"] == 0


def test_flags_are_as_they_were_on_an_earlier_day(run: Run, folder: Path) -> None:
    tell(folder, [Deal("lead 2026-11-01, offer 2026-11-18", touched=["2026-11-01", "2026-11-18"], value=100), *CROWD])
    assert "idle" not in flags_of(run, 1)
    assert flags_of(run, 1, "--as-of", "2026-11-17")["idle"] == (16, 14)
    assert "idle" not in flags_of(run, 1, "--as-of", "2026-11-15")


def test_a_flag_is_found_by_list_shown_by_show_and_counted_by_health(run: Run, folder: Path) -> None:
    tell(folder, [*CROWD, Deal("lead 2026-10-21, offer 2026-10-21", touched=[day(1)], value=100)])
    assert [row["id"] for row in run("list", "flag=stuck", "--json").rows] == [10]
    assert "stuck 31" in run("list", "flag=stuck").out
    assert run("show", "10", "--json").json["deal"]["flags"] == [{"flag": "stuck", "number": 31, "limit": 30}]
    assert "stuck 31" in run("show", "10").out
    assert [row["stuck"] for row in run("health", "--json").rows] == [0, 1, 0]
    for flag in FLAGS:
        assert run("list", f"flag={flag}").code == 0
    unknown = run("list", "flag=stuk")
    assert (unknown.code, "did you mean stuck?" in unknown.err) == (2, True)


def test_every_flag_is_explained(run: Run, folder: Path) -> None:
    tell(folder, [])
    assert list(MEANINGS) == list(FLAGS)
    assert (
        "stuck: more days in the stage than its max_days, or than twice its median visit"
        in run("list", "--explain").out
    )


def test_closed_deals_have_no_flags(run: Run, folder: Path) -> None:
    tell(folder, a_steady_year())
    assert all(row["flags"] == [] for row in run("list", "status=closed", "--json").rows)


def test_on_the_bank_122_open_deals_had_been_silent_for_seven_days(shared_data: Path) -> None:
    """Days are those of the calendar: 40 of the 122 were last touched on the 24th, seven days before the 31st."""
    clock = Clock(datetime(2011, 12, 31, 23, 59, 59, tzinfo=UTC), UTC)
    last = {row["deal_id"]: row["created_at"] for row in read(shared_data, "deals") if row["outcome"] == "open"}
    last |= {row["deal_id"]: row["at"] for row in read(shared_data, "touches") if row["deal_id"] in last}
    idle_days = [clock.days_since(datetime.fromisoformat(text)) for text in last.values()]
    assert len(idle_days) == 645
    assert (sum(days >= 7 for days in idle_days), sum(days > 7 for days in idle_days)) == (122, 82)


def read(shared_data: Path, name: str) -> list[dict[str, str]]:
    """Rows of a file of the bank, which are in the order of their time within a deal."""
    with (shared_data / "bank" / f"{name}.csv").open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))
