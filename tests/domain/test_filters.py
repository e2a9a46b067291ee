from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline_cli.domain.errors import UsageError
from pipeline_cli.domain.playbook import Pipeline, Stage
from pipeline_cli.domain.rules.filters import Filter, parse_filters
from pipeline_cli.domain.rules.scored_deal import Flag
from tests.domain import plain

TODAY = date(2026, 11, 21)
SERVICES = Pipeline(
    "services",
    "Services",
    (
        Stage("prospecting", "Prospecting", "top", 0.05),
        Stage("proposal", "Proposal sent", "middle", 0.4),
        Stage("negotiation", "Negotiation", "bottom", 0.7),
    ),
)
TRAINING = Pipeline("training", "Training", (Stage("booked", "Booked", "top", 0.5),))
PLAYBOOK = plain.PLAYBOOK._replace(exchange_rates={"USD": Fraction(1, 2)}, pipelines=(SERVICES, TRAINING))
DEAL: dict[str, Any] = {
    "id": 12,
    "external_id": "HS-77",
    "title": "Website relaunch",
    "organization": "Müller, Inc",
    "contact": "Ann Lee",
    "pipeline": "services",
    "stage": "proposal",
    "status": "open",
    "value": 1_000_000,
    "currency": "EUR",
    "probability": 0.55,
    "source": "referral",
    "owner": None,
    "created_at": datetime(2026, 10, 31, 23, 30, tzinfo=UTC),
    "expected_close": date(2026, 12, 1),
    "closed_at": None,
    "lost_reason": None,
    "idle_days": 15,
    "days_in_stage": 10,
    "age_days": 21,
    "next_step": "Call back",
    "next_step_due": date(2026, 11, 21),
    "snoozed_until": None,
    "score": 62.5,
    "flags": [Flag("idle", 15, 14)],
    "fields": {"Industry": "Software", "Seats": "25", "Renewal": "2027-01-31"},
}


def _filter(*words: str) -> Filter:
    return parse_filters(words, PLAYBOOK, SERVICES, TODAY, DEAL["fields"], UTC)


def _matches(word: str, **changes: Any) -> bool:
    return _filter(word).matches(DEAL | changes)


@pytest.mark.parametrize(
    "word",
    [
        "relaunch",
        "MULLER",
        "ann",
        "12",
        "#12",
        "id=12",
        "id=#12",
        "id=3,12",
        "ext=hs-77",
        "ext:HS-77",
        "org=müller, inc",
        "stage=proposal",
        "stage=Proposal Sent",
        "stage=prospecting,proposal",
        "stage!=negotiation",
        "stage>=proposal",
        "stage<negotiation",
        "pipeline=Services",
        "status=open",
        "status!=won",
        "status=all",
        "value>9999",
        "value=10k",
        "value>=10,000",
        "value<=$20k",
        "probability>50",
        "probability=55%",
        "source=referral",
        "source!=inbound",
        "owner=",
        "source!=",
        "idle>14",
        "idle>2w",
        "idle<=15",
        "days=10",
        "days_in_stage<11",
        "age>20",
        "created>=2026-10-31",
        "created=2026-10-31",
        "close>eom",
        "close=2026-12-01",
        "next<=today",
        "due=today",
        "score>=60",
        "score=62.5",
        "currency=eur",
        "flag=idle",
        "flag=stuck,idle",
        "flag!=stuck",
        "snoozed=no",
        "snoozed_until=",
        "industry=software",
        "Industry!=retail",
        "seats>20",
        "renewal<2027-02-01",
        "idle > 14",
        "next_step=call back",
    ],
)
def test_a_condition_that_holds_lets_the_deal_through(word: str) -> None:
    assert _matches(word)


@pytest.mark.parametrize(
    "word",
    [
        "redesign",
        "13",
        "#1",
        "stage=negotiation",
        "stage>proposal",
        "status=won",
        "value>10k",
        "value!=10000",
        "probability>55",
        "source=",
        "owner!=",
        "idle>15",
        "created>2026-10-31",
        "next<today",
        "score>62.5",
        "flag=",
        "flag=stuck",
        "snoozed=yes",
        "snoozed_until>today",
        "owner=ann",
        "industry!=software",
        "seats<25",
        "industry>2",
        "close<eom",
    ],
)
def test_a_condition_that_fails_keeps_the_deal_out(word: str) -> None:
    assert not _matches(word)


def test_an_external_id_that_is_a_number_is_not_the_deals_own() -> None:
    assert not _matches("ext:12")
    assert _matches("ext:12", external_id="12", id=99)
    assert not _matches("ext:HS-7")


def test_conditions_combine_with_and() -> None:
    assert _filter("relaunch", "stage=proposal", "idle>14").matches(DEAL)
    assert not _filter("relaunch", "stage=proposal", "idle>15").matches(DEAL)


def test_what_is_missing_is_neither_more_nor_less_but_is_not_equal() -> None:
    assert not _matches("value>0", value=None)
    assert not _matches("value<1M", value=None)
    assert _matches("value!=5", value=None)
    assert _matches("source!=referral", source=None)
    assert _matches("value=", value=None)
    assert not _matches("seats>1", fields={})


def test_values_of_several_currencies_compare_in_the_files_currency() -> None:
    dollars = {"value": 1_500_000, "currency": "USD", "home_value": 750_000}
    assert not _matches("value>10k", **dollars)
    assert _matches("value=15000 USD", **dollars)


def test_a_day_is_counted_in_the_configured_zone() -> None:
    berlin = parse_filters(["created=2026-11-01"], PLAYBOOK, SERVICES, TODAY, (), ZoneInfo("Europe/Berlin"))
    assert berlin.matches(DEAL)


def test_a_snooze_ends_on_its_day() -> None:
    assert _matches("snoozed=yes", snoozed_until=date(2026, 11, 22))
    assert _matches("snoozed=no", snoozed_until=TODAY)


def test_a_stage_of_another_pipeline_is_neither_before_nor_after() -> None:
    every = parse_filters(["stage>=prospecting"], PLAYBOOK, None, TODAY, (), UTC)
    assert not every.matches(DEAL | {"pipeline": "training", "stage": "booked"})
    assert not every.matches(DEAL | {"stage": "gone"})
    assert parse_filters(["stage=booked"], PLAYBOOK, None, TODAY, (), UTC).matches(
        DEAL | {"pipeline": "training", "stage": "booked"}
    )


@pytest.mark.parametrize(
    ("words", "statuses"),
    [
        ([], {"open"}),
        (["acme"], {"open"}),
        (["status=won"], {"won"}),
        (["status=won,lost"], {"won", "lost"}),
        (["status=closed"], {"won", "lost", "disqualified"}),
        (["status!=open"], {"won", "lost", "disqualified"}),
        (["status=won", "status=lost"], set()),
        (["status=all"], None),
        (["lost_reason=price"], None),
        (["closed>=2026-01-01"], None),
        (["closed>=2026-01-01", "status=won"], {"won"}),
    ],
)
def test_a_filter_asks_for_open_deals_unless_it_says_otherwise(words: list[str], statuses: set[str] | None) -> None:
    assert _filter(*words).statuses == statuses


def test_a_won_deal_is_shown_only_when_asked_for() -> None:
    won = DEAL | {"status": "won"}
    assert not _filter("relaunch").matches(won)
    assert _filter("relaunch", "status=won").matches(won)
    assert _filter("relaunch", "status=all").matches(won)


def test_an_export_may_begin_with_every_status() -> None:
    assert parse_filters([], PLAYBOOK, None, TODAY, (), UTC, default_statuses=None).statuses is None


def test_a_filter_describes_itself() -> None:
    assert _filter("acme", "idle>14").describe() == "status=open, acme, idle>14"
    assert _filter("status=won").describe() == "status=won"
    assert _filter("closed>=2026-01-01").describe() == "status=all, closed>=2026-01-01"


@pytest.mark.parametrize(
    ("word", "message"),
    [
        (
            "stage=propsal",
            "There is no stage 'propsal': did you mean proposal? Known: prospecting, proposal, negotiation.",
        ),
        ("stage=booked", "There is no stage 'booked'. Known: prospecting, proposal, negotiation."),
        ("stage=won", "won is an outcome, not a stage: use status=won."),
        (
            "status=wonn",
            "There is no status 'wonn': did you mean won? Known: open, won, lost, disqualified, closed, all.",
        ),
        ("status=snoozed", "A snoozed deal has the status open: use snoozed=yes."),
        ("pipeline=service", "There is no pipeline 'service': did you mean services? Known: services, training."),
        ("snoozed=perhaps", "There is no answer 'perhaps'. Known: yes, no."),
        ("source>inbound", "source has no order: use source=inbound or source!=inbound rather than >."),
        ("idle>", "'idle>' compares with nothing: put a value after >, or use idle= for missing."),
        ("idle=many", "'many' is not a span of days: type one such as 30d, 2w, 3m or 1y."),
        ("score>high", "'high' is not a number: type one such as 14 or 62.5."),
        ("value>1.234", "1.234 may be 1234 or 1.23: type 1234 or 1.23."),
        ("value>1.2345", "'1.2345' has more than two decimals: type two at most."),
        (
            "industry>software",
            "Industry is compared by number or ISO date: 'software' is neither. Use Industry=software.",
        ),
    ],
)
def test_a_filter_that_cannot_be_meant_is_refused(word: str, message: str) -> None:
    with pytest.raises(UsageError) as caught:
        _filter(word)
    assert str(caught.value) == message


def test_an_unknown_key_names_the_known_ones() -> None:
    with pytest.raises(UsageError) as caught:
        _filter("stag=proposal")
    assert str(caught.value) == (
        "There is no filter 'stag': did you mean stage? Known: id, external_id, title, organization, contact, "
        "pipeline, stage, status, value, currency, probability, funnel, idle_after_days, max_days, wip_limit, category, "
        "source, owner, created, close, closed, lost_reason, idle, days, age, next, next_step, snoozed, snoozed_until, "
        "score, flag, tag, Industry, Renewal, Seats."
    )


@pytest.mark.parametrize(
    "flag",
    [
        "idle",
        "stuck",
        "old",
        "no_next_step",
        "overdue",
        "no_value",
        "no_close_date",
        "past_close_date",
        "pushed",
        "regressed",
        "criteria_gap",
        "unanswered",
        "unqualified",
        "concentrated",
    ],
)
def test_every_flag_can_be_asked_for(flag: str) -> None:
    assert _matches(f"flag={flag}", flags=[Flag(flag, 1, 0)])


def test_an_unknown_flag_names_the_known_ones() -> None:
    with pytest.raises(UsageError, match=r"There is no flag 'stuk': did you mean stuck\? Known: idle, stuck, old, "):
        _filter("flag=stuk")


ROWS = st.fixed_dictionaries(
    {
        "status": st.sampled_from(["open", "won", "lost", "disqualified"]),
        "pipeline": st.just("services"),
        "stage": st.sampled_from([*SERVICES.stage_ids, "gone"]),
        "source": st.sampled_from([None, "", "inbound", "Referral"]),
        "value": st.none() | st.integers(0, 300).map(lambda units: units * 100),
        "idle_days": st.none() | st.integers(0, 30),
        "created_at": st.integers(0, 60).map(lambda days: datetime(2026, 11, 21, tzinfo=UTC) - timedelta(days=days)),
        "flags": st.sampled_from([[], [Flag("idle", 1, 0)]]),
        "fields": st.sampled_from([{}, {"Seats": "25"}, {"Seats": "many"}]),
    }
)
KEY_AND_VALUE = st.sampled_from(
    [
        ("stage", "proposal"),
        ("stage", "proposal,negotiation"),
        ("source", "referral"),
        ("source", ""),
        ("value", "100"),
        ("value", ""),
        ("idle", "7"),
        ("created", "-3d"),
        ("flag", "idle"),
        ("flag", ""),
        ("seats", "25"),
        ("status", "won"),
    ]
)


@given(ROWS, KEY_AND_VALUE)
def test_every_deal_either_equals_or_does_not(row: Mapping[str, Any], condition: tuple[str, str]) -> None:
    key, value = condition
    status = [] if key == "status" else ["status=all"]
    equal, unequal = _filter(f"{key}={value}", *status), _filter(f"{key}!={value}", *status)
    assert equal.matches(row) is not unequal.matches(row)


@given(
    ROWS, st.sampled_from([("value", "100"), ("idle", "7"), ("created", "-3d"), ("stage", "proposal"), ("seats", "20")])
)
def test_less_equal_and_more_part_the_deals_that_have_a_value(
    row: Mapping[str, Any], condition: tuple[str, str]
) -> None:
    key, value = condition
    less, at_least = _filter(f"{key}<{value}", "status=all"), _filter(f"{key}>={value}", "status=all")
    more, at_most = _filter(f"{key}>{value}", "status=all"), _filter(f"{key}<={value}", "status=all")
    assert less.matches(row) + at_least.matches(row) == more.matches(row) + at_most.matches(row) <= 1
