from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from pipeline_cli.domain.deal.deal import Confirmation, DealRecord, Move
from pipeline_cli.domain.deal.edits import MoveDeal
from pipeline_cli.domain.errors import CriteriaMissing, RuleError, UsageError
from pipeline_cli.domain.playbook import Criterion, Pipeline, Stage
from pipeline_cli.domain.rules.advance import plan_advance
from pipeline_cli.domain.words.clock import Clock
from tests.domain import plain
from tests.domain.plain import NOW

CLOCK = Clock(NOW, UTC)
CREATED = NOW - timedelta(days=30)
ENTERED = NOW - timedelta(days=10)

PROBLEM = Criterion("problem", "They told us the problem", "confirm")
CHAMPION = Criterion("champion", "A champion is known", "confirm", any_of="sponsor")
BUYER = Criterion("buyer", "We met the buyer", "confirm", any_of="sponsor")
WORTH = Criterion("worth", "Worth 1,000", "value", at_least=100_000)
PROSPECTING = Stage("prospecting", "Prospecting", "top", 0.05, exit_criteria=(PROBLEM, CHAMPION, BUYER))
MEETING = Stage("meeting", "First meeting", "top", 0.2)
PROPOSAL = Stage("proposal", "Proposal", "middle", 0.4, exit_criteria=(WORTH,))
CONTRACT = Stage("contract", "Contract", "bottom", 0.8)
SERVICES = Pipeline("services", "Services", (PROSPECTING, MEETING, PROPOSAL, CONTRACT))
PLAYBOOK = plain.PLAYBOOK._replace(pipelines=(SERVICES,))


def _record(*confirmed: str, entered: datetime = ENTERED, **facts: Any) -> DealRecord:
    deal = plain.DEAL._replace(entered_stage_at=ENTERED, **facts)
    moves = (
        Move(None, "prospecting", CREATED, None, forced=False, inferred=False, criteria_missing=()),
        Move("prospecting", deal.stage, entered, None, forced=False, inferred=False, criteria_missing=()),
    )
    confirmations = tuple(Confirmation("prospecting", name, None, NOW) for name in confirmed)
    return DealRecord(deal, (), (), moves, (), confirmations, {})


def test_a_deal_that_meets_its_criteria_goes_to_the_next_stage() -> None:
    plan = plan_advance(_record("problem", "buyer"), SERVICES, PLAYBOOK, CLOCK)
    assert plan.move == MoveDeal(12, "prospecting", "meeting", NOW, criteria_met=plan.move.criteria_met, forwards=True)
    assert (plan.from_stage, plan.to_stage) == (PROSPECTING, MEETING)
    assert [(one.stage, one.id, one.evidence, one.on) for one in plan.move.criteria_met] == [
        ("prospecting", "problem", "confirmed on 2026-11-21", NOW.date()),
        ("prospecting", "buyer", "confirmed on 2026-11-21", NOW.date()),
    ]


def test_a_deal_that_misses_criteria_is_refused_with_the_checklist() -> None:
    with pytest.raises(CriteriaMissing) as caught:
        plan_advance(_record("buyer"), SERVICES, PLAYBOOK, CLOCK)
    assert str(caught.value) == (
        "Deal 12, Website relaunch, cannot leave Prospecting yet: 1 of 2 exit criteria is missing.\n"
        "\n"
        "To leave Prospecting:\n"
        "  [ ] They told us the problem\n"
        '        pipeline confirm 12 problem --evidence "how we know"\n'
        "  [-] A champion is known (not needed: another of sponsor is met)\n"
        "  [x] We met the buyer: confirmed on 2026-11-21\n"
        "\n"
        "The words and amounts in these commands are examples: put in your own.\n"
        "\n"
        "Then: pipeline advance 12\n"
        "Or go on without, which stays visible:\n"
        '      pipeline advance 12 --force --reason "why"'
    )


def test_every_stage_passed_is_checked() -> None:
    with pytest.raises(CriteriaMissing) as caught:
        plan_advance(_record("problem"), SERVICES, PLAYBOOK, CLOCK, to="contract", command="pipeline --db x.db")
    assert str(caught.value) == (
        "Deal 12, Website relaunch, cannot leave Prospecting yet: 2 of 3 exit criteria are missing.\n"
        "\n"
        "To leave Prospecting:\n"
        "  [x] They told us the problem: confirmed on 2026-11-21\n"
        "  [ ] A champion is known (one of sponsor is enough)\n"
        '        pipeline --db x.db confirm 12 champion --evidence "how we know"\n'
        "  [ ] We met the buyer (one of sponsor is enough)\n"
        '        pipeline --db x.db confirm 12 buyer --evidence "how we know"\n'
        "\n"
        "To leave First meeting:\n"
        "  (nothing is asked)\n"
        "\n"
        "To leave Proposal:\n"
        "  [ ] Worth 1,000\n"
        "        pipeline --db x.db edit 12 --value 1000\n"
        "\n"
        "The words and amounts in these commands are examples: put in your own.\n"
        "\n"
        "Then: pipeline --db x.db advance 12 --to contract\n"
        "Or go on without, which stays visible:\n"
        '      pipeline --db x.db advance 12 --to contract --force --reason "why"'
    )


def test_the_stage_a_deal_goes_to_is_not_checked() -> None:
    plan = plan_advance(_record("problem", "champion"), SERVICES, PLAYBOOK, CLOCK, to="Proposal")
    assert (plan.from_stage, plan.to_stage) == (PROSPECTING, PROPOSAL)
    assert plan.move[:4] == (12, "prospecting", "proposal", NOW)


def test_forcing_records_what_was_missing() -> None:
    plan = plan_advance(_record("problem"), SERVICES, PLAYBOOK, CLOCK, to="contract", force=True, reason="fair is over")
    lacking = ("prospecting.champion", "prospecting.buyer", "proposal.worth")
    assert plan.move == MoveDeal(
        12,
        "prospecting",
        "contract",
        NOW,
        "fair is over",
        forced=True,
        criteria_missing=lacking,
        criteria_met=plan.move.criteria_met,
        forwards=True,
    )
    assert [one.id for one in plan.move.criteria_met] == ["problem"], "what was met is kept all the same"


def test_forcing_what_meets_its_criteria_forces_nothing() -> None:
    plan = plan_advance(_record("problem", "buyer"), SERVICES, PLAYBOOK, CLOCK, force=True, reason="to be sure")
    assert (plan.move.forced, plan.move.reason) == (False, "to be sure")


@pytest.mark.parametrize("reason", [None, "", "  "])
def test_forcing_needs_a_reason(reason: str | None) -> None:
    with pytest.raises(UsageError) as caught:
        plan_advance(_record(), SERVICES, PLAYBOOK, CLOCK, force=True, reason=reason)
    assert str(caught.value) == "--force needs --reason: say why the deal goes on without its exit criteria."


@pytest.mark.parametrize(
    ("facts", "to", "message"),
    [
        (
            {"status": "won"},
            None,
            "Deal 12 is won: only an open deal advances. To open it again: pipeline reopen 12",
        ),
        (
            {"stage": "contract"},
            None,
            "Deal 12 is in Contract, the last stage. When it is won: pipeline win 12",
        ),
        (
            {"stage": "proposal"},
            "proposal",
            "Deal 12 is in Proposal already: name a later stage. To go back: pipeline back 12 meeting --reason why",
        ),
        (
            {"stage": "proposal"},
            "First Meeting",
            "First meeting comes before the stage of deal 12. To go back: pipeline back 12 meeting --reason why",
        ),
        (
            {"stage": "demo"},
            None,
            (
                "Deal 12 is in stage 'demo', which Services in pipeline.yaml does not have. Move its deals to one of "
                "prospecting, meeting, proposal, contract, as in: pipeline check --map demo=prospecting"
            ),
        ),
    ],
)
def test_what_the_record_forbids_says_what_to_do(facts: dict[str, str], to: str | None, message: str) -> None:
    with pytest.raises(RuleError) as caught:
        plan_advance(_record(**facts), SERVICES, PLAYBOOK, CLOCK, to)
    assert str(caught.value) == message


@pytest.mark.parametrize(
    ("to", "message"),
    [
        (
            "propsal",
            "There is no stage 'propsal': did you mean proposal? Known: prospecting, meeting, proposal, contract.",
        ),
        ("lost", "lost is an outcome, not a stage. Use: pipeline lose 12"),
        ("", "There is no stage ''. Known: prospecting, meeting, proposal, contract."),
    ],
)
def test_a_stage_that_does_not_exist_names_those_that_do(to: str, message: str) -> None:
    with pytest.raises(UsageError) as caught:
        plan_advance(_record(), SERVICES, PLAYBOOK, CLOCK, to)
    assert str(caught.value) == message


def test_a_move_may_be_back_dated_to_after_the_last_move() -> None:
    at = NOW - timedelta(days=9)
    plan = plan_advance(_record("problem", "buyer"), SERVICES, PLAYBOOK, CLOCK, at=at)
    assert plan.move.moved_at == at


def test_a_move_before_the_last_one_is_refused() -> None:
    with pytest.raises(RuleError) as caught:
        plan_advance(_record("problem", "buyer"), SERVICES, PLAYBOOK, CLOCK, at=NOW - timedelta(days=11))
    assert str(caught.value) == (
        "Deal 12 moved last at 2026-11-11 12:00:00: a move before that would change history. Give --at a later time."
    )


def test_a_move_in_the_future_is_refused() -> None:
    with pytest.raises(UsageError, match="A move cannot be in the future: 2026-11-22 is later than today, 2026-11-21"):
        plan_advance(_record("problem", "buyer"), SERVICES, PLAYBOOK, CLOCK, at=NOW + timedelta(days=1))


def test_a_clock_that_stepped_back_within_the_day_keeps_moves_in_order() -> None:
    a_moment_ahead = NOW + timedelta(seconds=5)
    plan = plan_advance(_record("problem", "buyer", entered=a_moment_ahead), SERVICES, PLAYBOOK, CLOCK)
    assert plan.move.moved_at == a_moment_ahead


def test_a_clock_a_day_behind_the_record_is_refused() -> None:
    with pytest.raises(RuleError, match="The last move of deal 12 is on 2026-11-23, later than today, 2026-11-21"):
        plan_advance(_record("problem", "buyer", entered=NOW + timedelta(days=2)), SERVICES, PLAYBOOK, CLOCK)
