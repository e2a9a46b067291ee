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
