"""The totals of `health`, against figures computed by hand."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline_cli.domain.outcomes.health import speed_to_lead
from tests.conftest import Run
from tests.domain.findings.story import CLOSING, LEAD, OFFER, Deal, day, playbook, tell

CLOSED = [
    Deal("lead 2026-08-01, won 2026-08-11", value=1000),
    Deal("lead 2026-08-01, offer 2026-08-11, won 2026-08-21", value=2000),
    Deal("lead 2026-10-02, won 2026-11-01", value=6000),
    Deal("lead 2026-09-01, lost 2026-09-02", value=3000),
    Deal("lead 2026-09-01, lost 2026-09-03", value=None),
    Deal("lead 2026-09-01, disqualified 2026-09-02", value=9000),
]


def test_rates_cycle_and_counts(run: Run, folder: Path) -> None:
    tell(folder, [*CLOSED, Deal(f"lead {day(3)}", value=500)])
    totals = run("health", "--json").json["totals"]
    assert list(totals)[:15] == [
        "open_deals",
        "open_value",
        "weighted_value",
        "won_deals",
        "won_value",
        "lost_deals",
        "disqualified_deals",
        "win_rate",
        "win_rate_value",
        "cycle_median",
        "cycle_p90",
        "velocity_per_day",
        "coverage",
        "required_coverage",
        "speed_to_lead_hours",
    ]
    assert (totals["open_deals"], totals["open_value"]) == (1, 500)
    assert (totals["won_deals"], totals["won_value"]) == (3, 9000)
    assert (totals["lost_deals"], totals["disqualified_deals"]) == (2, 1)
    assert totals["win_rate"] == 3 / 5, "the disqualified one is not in it"
    assert totals["win_rate_value"] == 9000 / 12000
    assert (totals["cycle_median"], totals["cycle_mean"]) == (20, 20)
    assert totals["cycle_p90"] == pytest.approx(28), "0.8 of the way from 20 to 30"


def test_velocity_counts_qualified_deals_where_a_stage_asks_for_it(run: Run, folder: Path) -> None:
    asked = Deal(f"lead {day(3)}", answers={"need": "yes"})
    tell(folder, [*CLOSED, asked, asked, Deal(f"lead {day(3)}")])
    totals = run("health", "--json").json["totals"]
    assert totals["velocity_per_day"] == 270, "3 open deals × 3,000 × 0.6 ÷ 20 days"
    asking = LEAD.replace("}", ", exit_criteria: [{id: fits, text: Passed qualification, qualified: true}]}")
    (folder / "pipeline.yaml").write_text(playbook(asking, OFFER, CLOSING))
    totals = run("health", "--json").json["totals"]
    assert totals["velocity_per_day"] == 180, "2 of them qualified"
    assert totals["velocity_effects"] == {"open_deals": 18, "won_value": 18, "win_rate": 18, "cycle": -16.36}


def test_coverage_is_what_is_due_in_the_period_over_what_is_left_of_the_quota(run: Run, folder: Path) -> None:
    due = [Deal(f"lead {day(3)}", value=3000, close=close) for close in ("2026-11-21", "2026-11-30")]
    not_due = [Deal(f"lead {day(3)}", value=3000, close=close) for close in ("2026-11-20", "2026-12-01", "")]
    tell(folder, [*CLOSED, *due, *not_due], playbook(quota=10_000))
    totals = run("health", "--json").json["totals"]
    assert totals["coverage"] == 6000 / (10_000 - 6000), "6,000 were won on 1 November"
    assert totals["required_coverage"] == 12000 / 9000
    (folder / "pipeline.yaml").write_text(playbook(quota=6000))
    assert run("health", "--json").json["totals"]["coverage"] is None, "the quota is met"


def test_speed_to_lead_is_measured_to_the_first_outbound_touchpoint(run: Run, folder: Path) -> None:
    tell(
        folder,
        [
            Deal("lead 2026-11-01T09:00", touched=["in 2026-11-01T09:10", "2026-11-01T09:30", "2026-11-02"]),
            Deal("lead 2026-11-01T09:00", touched=["2026-11-01T10:00"]),
            Deal("lead 2026-11-01T09:00", touched=["2026-11-01T14:00"]),
            Deal("lead 2026-11-01T09:00", silent=True),
        ],
    )
    totals = run("health", "--json").json["totals"]
    assert totals["speed_to_lead_hours"] == pytest.approx(1)
    speed = totals["speed_to_lead"]
    assert speed["p90_hours"] == pytest.approx(1 + 0.8 * 4)
    assert speed["within_limit"] == pytest.approx(2 / 3)
    assert speed["deals"] == 3


def test_who_was_never_answered_stands_beside_the_share_and_is_not_left_out(run: Run, folder: Path) -> None:
    tell(
        folder,
        [
            Deal("lead 2026-11-01T09:00", touched=["2026-11-01T09:30"]),
            Deal("lead 2026-11-01T09:00, lost 2026-11-05", touched=["2026-11-05"]),
            Deal("lead 2026-11-01T09:00, lost 2026-11-05", touched=["2026-11-06"]),
            Deal("lead 2026-11-01T09:00", touched=["in 2026-11-01T09:10"]),
            Deal("lead 2026-11-01T09:00", silent=True),
        ],
    )
    speed = run("health", "--json").json["totals"]["speed_to_lead"]
    assert (speed["deals"], speed["within_limit"]) == (2, 1 / 2)
    assert speed["never_answered"] == 3, "what is sent after the loss answers no lead"
    assert "50% within 1 h (n 2); 3 more never answered." in run("health").out


def test_where_nobody_was_answered_that_is_said_and_where_nothing_was_logged_nothing(run: Run, folder: Path) -> None:
    tell(folder, [Deal("lead 2026-11-01T09:00", silent=True)])
    assert "Speed to lead" not in run("health").out
    assert run("health", "--json").json["totals"]["speed_to_lead"]["never_answered"] is None
    tell(folder, [Deal("lead 2026-11-01T09:00", touched=["in 2026-11-01T09:10"])])
    assert "Speed to lead: none of 2 deals was ever answered." in run("health").out


def test_touchpoints_of_which_nobody_said_who_wrote_leave_their_deals_neither_answered_nor_unanswered(
    pipeline: Run, folder: Path
) -> None:
    (folder / "deals.csv").write_text("id,title,created_at\n1,Acme,2026-11-01\n2,Beta,2026-11-01\n3,Cora,2026-11-01\n")
    (folder / "touches.csv").write_text("deal,kind,touched_at\n1,other,2026-11-02\n")
    assert pipeline("import", "deals.csv", "--touchpoints", "touches.csv").code == 0
    assert "Speed to lead" not in pipeline("health").out
    assert pipeline("log", "Beta", "email", today="2026-11-21").code == 0
    speed = pipeline("health", "--json").json["totals"]["speed_to_lead"]
    assert (speed["deals"], speed["never_answered"]) == (1, 1)


def test_a_record_of_wins_alone_has_no_win_rate_and_says_why(run: Run, folder: Path) -> None:
    tell(folder, [*CLOSED[:3], CLOSED[5], Deal(f"lead {day(3)}", value=500)])
    totals = run("health", "--json").json["totals"]
    assert (totals["won_deals"], totals["lost_deals"], totals["disqualified_deals"]) == (3, 0, 1)
    for key in ("win_rate", "win_rate_value", "velocity_per_day", "required_coverage"):
        assert totals[key] is None
    out = run("health").out
    assert "No win rate: 3 deals won and none lost." in out
    assert "100% by count" not in out


def test_exactly_the_limit_is_within_it_and_no_response_is_no_speed() -> None:
    speed = speed_to_lead([0.5, 1.0, 2.0], 1.0)
    assert speed is not None
    assert speed.within == 2 / 3
    assert speed_to_lead([], 1.0) is None


def test_an_empty_record_has_no_rates(run: Run, folder: Path) -> None:
    tell(folder, [])
    result = run("health", "--json")
    totals = result.json["totals"]
    for key in ("win_rate", "win_rate_value", "cycle_median", "velocity_per_day", "required_coverage"):
        assert totals[key] is None
    assert result.rows == []
    assert "No deals yet." in run("health").out
