from __future__ import annotations

from datetime import UTC, date, timedelta
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline_cli.domain.deal.deal import Answer, Confirmation, Contact, DealRecord, Touchpoint
from pipeline_cli.domain.deal.touch_sense import sense_of
from pipeline_cli.domain.playbook import Criterion, Pipeline, Playbook, Qualification, QualificationItem, Stage
from pipeline_cli.domain.rules.exit_criteria import CriterionResult, check_criteria, missing
from pipeline_cli.domain.words.clock import Clock
from tests.domain import plain
from tests.domain.plain import NOW

CLOCK = Clock(NOW, UTC)
BANT = Qualification(
    framework="bant",
    items=tuple(
        QualificationItem(name, f"{name}?", weight)
        for name, weight in [("budget", 1), ("authority", 2), ("need", 1), ("timing", 1)]
    ),
    required=("need",),
    min_yes=3,
    ideal_customer={"countries": ("DE", "AT")},
)
ANN = Contact(1, "Ann Lee", "ann@acme.example", None)


def _playbook(*stages: Stage, **changes: Any) -> Playbook:
    return plain.PLAYBOOK._replace(
        exchange_rates={"USD": Fraction("0.92")},
        pipelines=(Pipeline("services", "Services", stages),),
        qualification=BANT,
        touchpoint_kinds=("call", "email", "meeting"),
    )._replace(**changes)


def _record(
    contacts: tuple[Contact, ...] = (),
    touchpoints: tuple[Touchpoint, ...] = (),
    confirmations: tuple[Confirmation, ...] = (),
    answers: dict[str, str] | None = None,
    **facts: Any,
) -> DealRecord:
    given = {item: Answer(item, word, None, NOW) for item, word in (answers or {}).items()}
    return DealRecord(plain.DEAL._replace(**facts), contacts, touchpoints, (), (), confirmations, given)


def _touch(days_ago: int, kind: str = "call", direction: str | None = "out", outcome: str | None = None) -> Touchpoint:
    sense, awaits = sense_of(kind, direction, outcome)
    at = NOW - timedelta(days=days_ago)
    return Touchpoint(kind, direction, at, outcome, None, inferred=False, sense=sense, awaits_answer=awaits)


def _check(record: DealRecord, *criteria: Criterion, **changes: Any) -> tuple[CriterionResult, ...]:
    stage = Stage("prospecting", "Prospecting", "top", 0.05, exit_criteria=criteria)
    return check_criteria(stage, record, _playbook(stage, **changes), CLOCK)


def _one(record: DealRecord, criterion: Criterion, **changes: Any) -> tuple[bool, str | None, str | None]:
    (result,) = _check(record, criterion, **changes)
    return result.met, result.evidence, result.fix


def _field(name: str) -> Criterion:
    return Criterion("it", f"It has {name}", "field", field=name)


@pytest.mark.parametrize(
    ("name", "fix"),
    [
        ("organization", "pipeline edit 12 --org Organization"),
        ("contact", 'pipeline edit 12 --contact "Name <name@example.com>"'),
        ("email", 'pipeline edit 12 --contact "Name <name@example.com>"'),
        ("phone", 'pipeline edit 12 --contact Name --phone "+1 555 0100"'),
        ("value", "pipeline edit 12 --value 1000"),
        ("source", "pipeline edit 12 --source referral"),
        ("cost", "pipeline edit 12 --cost 100"),
        ("expected_close", "pipeline edit 12 --close 30d"),
        ("close", "pipeline edit 12 --close 30d"),
        ("owner", "pipeline edit 12 --owner Name"),
        ("probability", "pipeline edit 12 --probability 50"),
        ("category", "pipeline edit 12 --category best_case"),
        ("next_step", 'pipeline next 12 3d "Call back"'),
        ("industry", "pipeline edit 12 --field industry=..."),
        ("Team size", 'pipeline edit 12 --field "Team size=..."'),
    ],
)
def test_a_missing_field_names_the_command_that_fills_it(name: str, fix: str) -> None:
    assert _one(_record(organization=" "), _field(name)) == (False, None, fix)


@pytest.mark.parametrize(
    ("name", "evidence"),
    [
        ("title", "Website relaunch"),
        ("organization", "Acme"),
        ("contact", "Ann Lee <ann@acme.example>"),
        ("email", "ann@acme.example"),
        ("value", "1,000.50 EUR"),
        ("source", "event"),
        ("cost", "0 EUR"),
        ("close", "2026-12-01"),
        ("owner", "Kim"),
        ("probability", "55 %"),
        ("next_step", "Call back on 2026-11-24"),
        ("industry", "software"),
    ],
)
def test_a_field_that_is_there_is_its_own_evidence(name: str, evidence: str) -> None:
    record = _record(
        contacts=(ANN,),
        value_cents=100_050,
        source="event",
        cost_cents=0,
        expected_close=date(2026, 12, 1),
        owner="Kim",
        probability=0.55,
        next_step="Call back",
        next_step_due=date(2026, 11, 24),
        fields={"Industry": " software "},
    )
    assert _one(record, _field(name)) == (True, evidence, None)


def test_a_contact_who_opted_out_or_has_no_address_cannot_be_reached() -> None:
    silent = ANN._replace(opted_out=True)
    met, _, fix = _one(_record(contacts=(silent,)), _field("contact"))
    assert (met, fix) == (False, 'pipeline edit 12 --contact "Name <name@example.com>"')
    nameless = ANN._replace(email=None)
    met, _, fix = _one(_record(contacts=(nameless,)), _field("contact"))
    assert (met, fix) == (False, 'pipeline edit 12 --contact "Ann Lee <name@example.com>"')


def test_a_telephone_number_makes_a_contact_reachable() -> None:
    caller = Contact(2, None, None, "+49 30 1234567")
    assert _one(_record(contacts=(caller,)), _field("contact")) == (True, "+49 30 1234567", None)


def test_the_first_of_the_files_sources_is_suggested() -> None:
    assert _one(_record(), _field("source"), sources=("inbound", "event"))[2] == "pipeline edit 12 --source inbound"


def test_a_touchpoint_of_the_right_kind_counts_and_is_named() -> None:
    spoken = Criterion("spoken", "We have spoken", "touchpoint", touch_kinds=("call", "meeting"), within_days=60)
    record = _record(touchpoints=(_touch(61), _touch(60), _touch(3, "email"), _touch(2, "meeting", None)))
    assert _one(record, spoken) == (True, "meeting on 2026-11-19", None)


def test_a_touchpoint_too_long_ago_of_another_kind_or_direction_does_not_count() -> None:
    answered = Criterion(
        "answered", "They answered", "touchpoint", touch_kinds=("call",), direction="in", within_days=60
    )
    record = _record(
        touchpoints=(_touch(61, direction="in"), _touch(3, "email", "in"), _touch(2), _touch(1, direction=None))
    )
    assert _one(record, answered) == (False, None, 'pipeline log 12 call "what was said" --in')


def test_of_several_touchpoints_only_those_lacking_are_asked_for() -> None:
    thrice = Criterion("thrice", "Three talks", "touchpoint", at_least=3, direction="out")
    log = 'pipeline log 12 call "what was said" --out'
    assert _one(_record(touchpoints=(_touch(5),)), thrice) == (False, "1 of 3: call on 2026-11-16", f"{log} && {log}")


def test_a_person_vouches_with_or_without_evidence() -> None:
    problem = Criterion("problem", "They told us the problem", "confirm")
    assert _one(_record(), problem) == (False, None, 'pipeline confirm 12 problem --evidence "how we know"')
    said = Confirmation("prospecting", "problem", "mail of Monday", NOW)
    assert _one(_record(confirmations=(said,)), problem) == (True, "mail of Monday", None)
    assert _one(_record(confirmations=(said._replace(evidence=None),)), problem)[1] == "confirmed on 2026-11-21"


def test_vouching_in_another_stage_does_not_count() -> None:
    elsewhere = Confirmation("proposal", "problem", None, NOW)
    assert not _one(_record(confirmations=(elsewhere,)), Criterion("problem", "The problem", "confirm"))[0]


def test_a_criterion_of_a_later_stage_that_shares_its_id_is_named_with_its_stage() -> None:
    agreed = Criterion("agreed", "They agreed", "confirm")
    signed = Criterion("signed", "They signed", "confirm")
    now = Stage("prospecting", "Prospecting", "top", 0.05, exit_criteria=(agreed,))
    later = Stage("proposal", "Proposal", "middle", 0.4, exit_criteria=(agreed, signed))
    results = check_criteria(later, _record(), _playbook(now, later), CLOCK)
    assert [result.fix for result in results] == [
        'pipeline confirm 12 proposal.agreed --evidence "how we know"',
        'pipeline confirm 12 signed --evidence "how we know"',
    ]


def _answered(answers: dict[str, str], fix: str) -> DealRecord:
    words = (word.removesuffix("=yes") for word in fix.split() if word.endswith("=yes"))
    return _record(answers=answers | dict.fromkeys(words, "yes"))


@given(
    st.dictionaries(
        st.sampled_from(["budget", "authority", "need", "timing"]), st.sampled_from(["yes", "no", "unknown"])
    ),
    st.integers(1, 100),
)
def test_the_command_that_would_qualify_a_deal_does_and_asks_for_no_answer_too_many(
    answers: dict[str, str], at_least: int
) -> None:
    for criterion in (QUALIFIED, Criterion("score", "A score", "score", at_least=at_least)):
        met, _, fix = _one(_record(answers=answers), criterion)
        assert met is (fix is None)
        if fix:
            assert _one(_answered(answers, fix), criterion)[0]
            assert not _one(_answered(answers, fix.rpartition(" --set")[0]), criterion)[0]


QUALIFIED = Criterion("qualified", "Passed qualification", "qualified")


@pytest.mark.parametrize(
    ("answers", "fix"),
    [
        ({}, "pipeline qualify 12 --set need=yes --set authority=yes --set budget=yes"),
        ({"budget": "yes", "authority": "yes", "timing": "yes"}, "pipeline qualify 12 --set need=yes"),
        ({"need": "yes", "authority": "no"}, "pipeline qualify 12 --set budget=yes --set timing=yes"),
        ({"need": "no", "authority": "yes", "budget": "yes"}, "pipeline qualify 12 --set need=yes"),
        (
            {"authority": "no", "budget": "no"},
            "pipeline qualify 12 --set need=yes --set timing=yes --set authority=yes",
        ),
    ],
)
def test_just_enough_answers_are_asked_for_to_qualify(answers: dict[str, str], fix: str) -> None:
    met, _, found = _one(_record(answers=answers), QUALIFIED)
    assert (met, found) == (False, fix)


def test_a_qualified_deal_shows_its_answers() -> None:
    record = _record(answers={"need": "yes", "budget": "yes", "timing": "yes", "authority": "no"})
    assert _one(record, QUALIFIED) == (True, "3 of 4 yes, score 60", None)


def test_just_enough_answers_are_asked_for_to_reach_a_score() -> None:
    score = Criterion("score", "Score of 60", "score", at_least=60)
    assert _one(_record(answers={"budget": "yes"}), score) == (
        False,
        "1 of 4 yes, score 20",
        "pipeline qualify 12 --set need=yes --set authority=yes",
    )
    assert _one(_record(answers={"need": "yes", "authority": "yes"}), score)[0]


def test_a_score_that_a_mismatch_keeps_out_of_reach_asks_for_a_customer_that_fits() -> None:
    score = Criterion("score", "Score of 90", "score", at_least=90)
    every = dict.fromkeys(["budget", "authority", "need", "timing"], "yes")
    assert _one(_record(answers=every, fields={"Country": "PL"}), score) == (
        False,
        "4 of 4 yes, score 80; Country PL is not one of DE, AT",
        "pipeline edit 12 --field Country=DE",
    )
    assert _one(_record(answers=every | {"need": "no"}, fields={"Country": "PL"}), score)[2] == (
        "pipeline qualify 12 --set need=yes && pipeline edit 12 --field Country=DE"
    )


def test_a_next_step_is_enough_whenever_it_is_due() -> None:
    planned = Criterion("planned", "A next step", "next_step")
    assert _one(_record(), planned) == (False, None, 'pipeline next 12 3d "Call back"')
    assert _one(_record(next_step="Call", next_step_due=date(2026, 11, 1)), planned) == (
        True,
        "Call on 2026-11-01",
        None,
    )


WORTH = Criterion("worth", "Worth 1,000", "value", at_least=100_000)


@pytest.mark.parametrize(
    ("cents", "currency", "expected"),
    [
        (None, "EUR", (False, None, "pipeline edit 12 --value 1000")),
        (99_999, "EUR", (False, "999.99 EUR", "pipeline edit 12 --value 1000")),
        (100_000, "EUR", (True, "1,000 EUR", None)),
        (100_000, "USD", (False, "1,000 USD", 'pipeline edit 12 --value "1086.96 USD"')),
        (108_696, "USD", (True, "1,086.96 USD", None)),
        (900_000, "CHF", (False, "9,000 CHF, and no exchange rate for CHF", 'pipeline edit 12 --value "1000 EUR"')),
    ],
)
def test_a_value_is_compared_in_the_files_currency(
    cents: int | None, currency: str, expected: tuple[bool, str | None, str | None]
) -> None:
    assert _one(_record(value_cents=cents, currency=currency), WORTH) == expected


CHAMPION = Criterion("champion", "A champion is known", "confirm", any_of="sponsor")
BUYER = Criterion("buyer", "We met the buyer", "confirm", any_of="sponsor")


def test_one_of_a_group_is_enough_and_waives_the_others() -> None:
    met = Confirmation("prospecting", "buyer", None, NOW)
    champion, buyer = results = _check(_record(confirmations=(met,)), CHAMPION, BUYER)
    assert (champion.met, champion.waived, champion.fix) == (False, True, None)
    assert (buyer.met, buyer.waived) == (True, False)
    assert missing(results) == ()


def test_of_a_group_not_met_every_member_is_missing_and_says_that_one_is_enough() -> None:
    results = _check(_record(), CHAMPION, BUYER)
    assert [result.waived for result in results] == [False, False]
    assert [result.text for result in missing(results)] == [
        "A champion is known (one of sponsor is enough)",
        "We met the buyer (one of sponsor is enough)",
    ]


def test_criteria_are_judged_in_the_files_order_and_a_fix_begins_as_the_program_was_called() -> None:
    stage = Stage("prospecting", "Prospecting", "top", 0.05, exit_criteria=(WORTH, _field("owner")))
    results = check_criteria(stage, _record(owner="Kim"), _playbook(stage), CLOCK, "pipeline --db here.db")
    assert [(result.id, result.met, result.fix) for result in results] == [
        ("worth", False, "pipeline --db here.db edit 12 --value 1000"),
        ("it", True, None),
    ]
