from __future__ import annotations

from pathlib import Path

from tests.conftest import Run
from tests.domain.findings.story import CLOSING, LEAD, OFFER, Deal, day, playbook, tell

ASKING = LEAD.replace("}", ", exit_criteria: [{id: fits, text: Passed qualification, qualified: true}]}")


def codes(run: Run, what: str) -> list[str]:
    return [one["code"] for one in run("health", "--json").json[what]]


def test_deals_that_nobody_was_ever_asked_about_are_not_called_unqualified(run: Run, folder: Path) -> None:
    tell(folder, [Deal(f"lead {day(9)}, offer {day(8)}", touched=[day(2)] * 6)], playbook(ASKING, OFFER, CLOSING))
    assert "unqualified_effort" not in codes(run, "findings")
    reasons = {one["code"]: one["reason"] for one in run("health", "--json").json["unjudged"]}
    assert reasons["unqualified_effort"] == "no open deal has an answer to a qualification question"


def test_a_deal_forced_past_qualification_is_unqualified(run: Run, folder: Path) -> None:
    tell(folder, [Deal(f"lead {day(9)}", touched=[day(2)] * 6)], playbook(ASKING, OFFER, CLOSING))
    assert run("advance", "1", "--force", "--reason", "in a hurry").code == 0
    assert "unqualified_effort" in codes(run, "findings")


def test_disqualified_deals_count_wherever_the_touchpoints_went(run: Run, folder: Path) -> None:
    gone = Deal(f"lead {day(9)}, disqualified {day(8)}", touched=[day(2)] * 3)
    tell(folder, [gone, Deal(f"lead {day(9)}", touched=[day(2)] * 5)])
    found = next(one for one in run("health", "--json").json["findings"] if one["code"] == "unqualified_effort")
    assert (found["deals"], found["evidence"]["disqualified"], found["evidence"]["share"]) == (0, 3, 3 / 8)
    assert "`pipeline list status=disqualified`" in found["advice"]


def test_a_year_of_work_on_deals_that_never_qualified_is_told(run: Run, folder: Path) -> None:
    gone = [Deal(f"lead {day(90)}, lost {day(60)}", touched=[day(80)] * 4) for _ in range(3)]
    won = [Deal(f"lead {day(90)}, offer {day(70)}, won {day(60)}", touched=[day(80)] * 5) for _ in range(2)]
    long_ago = Deal(f"lead {day(500)}, lost {day(490)}", touched=[day(495)] * 30)
    tell(folder, [*gone, *won, long_ago], playbook(ASKING, OFFER, CLOSING))

    found = next(one for one in run("health", "--json").json["findings"] if one["code"] == "wasted_effort")
    assert found["evidence"] == {
        "touchpoints": 22,
        "unqualified": 12,
        "share": 12 / 22,
        "limit": 1 / 3,
        "ids": [],
    }
    assert "12 of 22 touchpoints of the last 365 days on deals that are closed now (55%)" in found["message"]
    assert "`pipeline lessons --effort`" in found["advice"]


def test_work_on_deals_that_qualified_and_were_lost_is_no_such_waste(run: Run, folder: Path) -> None:
    lost = [Deal(f"lead {day(90)}, offer {day(70)}, lost {day(60)}", touched=[day(80)] * 8) for _ in range(3)]
    tell(folder, lost, playbook(ASKING, OFFER, CLOSING))
    assert "wasted_effort" not in codes(run, "findings")
    assert "wasted_effort" not in codes(run, "unjudged")


def test_few_touchpoints_on_closed_deals_are_no_ground(run: Run, folder: Path) -> None:
    tell(folder, [Deal(f"lead {day(90)}, lost {day(60)}", touched=[day(80)] * 4)], playbook(ASKING, OFFER, CLOSING))
    reasons = {one["code"]: one["reason"] for one in run("health", "--json").json["unjudged"]}
    assert reasons["wasted_effort"] == "4 of 20 touchpoints on closed deals"
