"""What each key of pipeline.yaml may be, and what it becomes."""

from __future__ import annotations

from fractions import Fraction

import pytest

from pipeline_cli.domain.playbook import Criterion, LastChanceText, QualificationItem, Quota
from tests.config.small_file import SMALLEST, playbook


def test_the_smallest_file_gets_every_default() -> None:
    pipeline_forecast = playbook(SMALLEST)
    assert (
        pipeline_forecast.currency,
        pipeline_forecast.time_zone,
        pipeline_forecast.database,
        pipeline_forecast.quota,
        pipeline_forecast.sources,
    ) == (
        "EUR",
        None,
        "pipeline.db",
        None,
        None,
    )
    assert pipeline_forecast.touchpoint_kinds == ("call", "email", "meeting", "demo", "message", "letter", "other")
    assert pipeline_forecast.lost_reasons == (
        "price",
        "competitor",
        "no_decision",
        "no_response",
        "bad_fit",
        "timing",
        "other",
    )
    assert pipeline_forecast.cadence == (6, (0, 2, 4, 7, 14, 21), 1.0)
    assert pipeline_forecast.prune[:4] == (2.0, 2.0, 90, 7)
    assert "{deadline}" in pipeline_forecast.prune.last_chance.body
    assert [item.id for item in pipeline_forecast.qualification.items] == ["budget", "authority", "need", "timeline"]
    assert (
        pipeline_forecast.qualification.framework,
        pipeline_forecast.qualification.required,
        pipeline_forecast.qualification.min_yes,
    ) == (
        "bant",
        ("need",),
        3,
    )
    first, second, third = pipeline_forecast.default_pipeline.stages
    assert (first.funnel, second.funnel, third.funnel) == ("top", "middle", "bottom")
    assert (first.name, first.probability, first.category, first.idle_after_days, first.max_days) == (
        "A",
        0.05,
        "pipeline",
        14,
        30,
    )
    assert (first.wip_limit, first.next_actions, first.exit_criteria, first.cadence_days) == (None, (), (), None)


def test_the_example_of_the_contract_is_read_as_it_stands() -> None:
    pipeline_forecast = playbook(CONTRACT_EXAMPLE)
    assert pipeline_forecast.exchange_rates == {"USD": Fraction(92, 100)}
    assert pipeline_forecast.quota == Quota("month", 2_000_000)
    stage = pipeline_forecast.default_pipeline.stages[0]
    assert (stage.probability, stage.wip_limit, stage.max_days) == (0.05, 40, 21)
    assert stage.exit_criteria == (
        Criterion(
            "spoken", "We have spoken with someone there", "touchpoint", touch_kinds=("call", "meeting"), within_days=60
        ),
        Criterion("reachable", "We have an e-mail address or a phone number", "field", field="contact"),
        Criterion("problem", "They told us the problem in their own words", "confirm"),
        Criterion("qualified", "Passed qualification", "qualified"),
        Criterion("champion", "A champion or the economic buyer is known", "confirm", any_of="sponsor"),
        Criterion("buyer", "We met the economic buyer", "confirm", any_of="sponsor"),
    )
    assert pipeline_forecast.qualification.items[0] == QualificationItem("budget", "Is there money for this?", 1)
    assert [item.id for item in pipeline_forecast.qualification.items] == ["budget", "authority", "need", "timeline"]
    assert pipeline_forecast.qualification.ideal_customer == {"countries": ("DE", "AT"), "industries": ("software",)}
    assert pipeline_forecast.sources == ("inbound", "referral", "outbound", "event", "partner", "other")
    assert pipeline_forecast.prune == (2.0, 2.0, 90, 7, LastChanceText("…", "…"))


def test_items_given_are_all_there_is_when_they_suffice() -> None:
    items = "qualification: {items: [{id: need, ask: Why?, weight: 3}, {id: budget, ask: How?}]}\n"
    qualification = playbook(SMALLEST + items).qualification
    assert qualification.items == (QualificationItem("need", "Why?", 3), QualificationItem("budget", "How?", 1))
    assert (qualification.required, qualification.min_yes) == (("need",), 2)


def test_amounts_are_exact_minor_units_and_percentages_shares() -> None:
    pipeline_forecast = playbook(
        SMALLEST.replace(
            "probability: 5",
            "probability: 2.5, exit_criteria: [{id: v, text: V, value: {at_least: 1000.10}}, "
            "{id: s, text: S, score: {at_least: 60}}, {id: n, text: N, next_step: true}]",
        )
    )
    value, score, step = pipeline_forecast.default_pipeline.stages[0].exit_criteria
    assert (value.kind, value.at_least) == ("value", 100_010)
    assert (score.kind, score.at_least) == ("score", 60)
    assert step.kind == "next_step"
    assert pipeline_forecast.default_pipeline.stages[0].probability == 0.025


def test_a_country_named_no_and_a_stage_named_with_a_number_stay_text() -> None:
    pipeline_forecast = playbook(
        SMALLEST.replace("id: a", "id: 2024, name: 1:30")
        + "qualification: {ideal_customer: {countries: [NO]}}\nsources: [yes, no]\n"
    )
    assert (pipeline_forecast.default_pipeline.stages[0].id, pipeline_forecast.default_pipeline.stages[0].name) == (
        "2024",
        "1:30",
    )
    assert pipeline_forecast.qualification.ideal_customer == {"countries": ("NO",)}
    assert pipeline_forecast.sources == ("yes", "no")


def test_ids_may_be_words_of_any_language() -> None:
    assert playbook(SMALLEST.replace("id: b", "id: Prüfung-2_商談")).default_pipeline.stage_ids == (
        "a",
        "Prüfung-2_商談",
        "c",
    )


def test_a_kept_import_holds_the_keys_that_were_given() -> None:
    text = SMALLEST + (
        "imports:\n  maven:\n    preset: hubspot\n    map: {title: opportunity_id, created_at: engage_date}\n"
        "    value_map: {stage: {Closed Won: won, 'No: way': lost}}\n    date_order: mdy\n"
        "    encoding: CP1252\n    decimal: ','\n"
    )
    assert playbook(text).imports == {
        "maven": {
            "preset": "hubspot",
            "map": {"title": "opportunity_id", "created_at": "engage_date"},
            "value_map": {"stage": {"Closed Won": "won", "No: way": "lost"}},
            "date_order": "mdy",
            "encoding": "cp1252",
            "decimal": ",",
        }
    }


def test_a_stage_may_have_a_cadence_of_its_own() -> None:
    text = SMALLEST.replace("probability: 5", "probability: 5, cadence: {days: [0, 1, 3]}")
    pipeline_forecast = playbook(text)
    pipeline = pipeline_forecast.default_pipeline
    first, second, _ = pipeline.stages
    assert pipeline_forecast.cadence_in(pipeline, first) == (3, (0, 1, 3), 1.0), (
        "after the last planned attempt a deal is unanswered"
    )
    assert (
        pipeline_forecast.cadence_in(pipeline, second)
        == pipeline_forecast.cadence_in(pipeline)
        == pipeline_forecast.cadence
    )
    assert pipeline_forecast.cadence == (6, (0, 2, 4, 7, 14, 21), 1.0)

    text = SMALLEST.replace("probability: 5", "probability: 5, cadence: {max_unanswered: 2}")
    pipeline_forecast = playbook(text)
    assert pipeline_forecast.cadence_in(
        pipeline_forecast.default_pipeline, pipeline_forecast.default_pipeline.stages[0]
    ) == (2, (0, 2, 4, 7, 14, 21), 1.0)


@pytest.mark.parametrize(
    ("cadence", "most"),
    [("{days: [0, 3]}", 2), ("{days: []}", 6), ("{max_unanswered: 4}", 4), ("{max_unanswered: 4, days: [0, 3]}", 4)],
)
def test_as_many_attempts_as_are_planned_unless_a_number_is_given(cadence: str, most: int) -> None:
    assert playbook(SMALLEST + f"cadence: {cadence}\n").cadence.max_unanswered == most


CONTRACT_EXAMPLE = """\
version: 1
currency: EUR
time_zone: Europe/Berlin          # optional; default: the machine's
database: pipeline.db             # relative to this file
exchange_rates: {USD: 0.92}       # optional: what one USD is in EUR. A currency without a rate is refused, never added up
quota: {per: month, amount: 20000}   # month | quarter | year; optional

pipelines:
  services:                       # one or several; the first is the default
    name: Services
    stages:
      - id: prospecting           # the key in the database; `name` is what people see
        name: Prospecting
        funnel: top               # top | middle | bottom
        probability: 5            # percent of deals reaching this stage that are won, as a guess until history says more
        category: pipeline        # omitted | pipeline | best_case | commit: how it counts in a forecast
        idle_after_days: 14       # longest healthy silence here
        max_days: 21              # longest healthy stay here
        wip_limit: 40             # more open deals than this is a warning, never a block
        next_actions: [Find the person who feels the problem]
        exit_criteria:
          - {id: spoken, text: We have spoken with someone there, touchpoint: {kinds: [call, meeting], direction: any, at_least: 1, within_days: 60}}
          - {id: reachable, text: We have an e-mail address or a phone number, field: contact}
          - {id: problem, text: They told us the problem in their own words, confirm: true}
          - {id: qualified, text: Passed qualification, qualified: true}
          - {id: champion, text: A champion or the economic buyer is known, confirm: true, any_of: sponsor}
          - {id: buyer, text: We met the economic buyer, confirm: true, any_of: sponsor}

qualification:
  framework: bant                 # bant | champ | meddic | custom: fills `items` when they are not given
  items:
    - {id: budget, ask: "Is there money for this?", weight: 1}
  required: [need]
  min_yes: 3
  ideal_customer: {countries: [DE, AT], industries: [software]}   # optional: a mismatch is shown and lowers the score

touchpoint_kinds: [call, email, meeting, demo, message, letter, other]
sources: [inbound, referral, outbound, event, partner, other]      # optional; when given, others are refused with the list
lost_reasons: [price, competitor, no_decision, no_response, bad_fit, timing, other]
cadence: {max_unanswered: 6, days: [0, 2, 4, 7, 14, 21], first_response_hours: 1}
prune: {idle_multiple: 2.0, cycle_multiple: 2.0, usual_cycle_days: 90, grace_days: 7, last_chance: {subject: …, body: …}}
"""  # noqa: E501
