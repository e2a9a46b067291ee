"""Recognising a file by its headers, and saying what its columns are when it cannot be recognised."""

from __future__ import annotations

import re

import pytest

from pipeline_cli.domain.errors import UsageError
from pipeline_cli.domain.words.presets import recognise
from tests.exchange.conftest import PLAYBOOK, Plan, said

HUBSPOT = "Record ID,Deal Name,Deal Stage,Amount,Deal Owner,Close Date,Create Date,Last Activity Date,Pipeline,"
HUBSPOT += "Company Name,Deal probability,Forecast category,Original Source,Is closed lost,Associated Note"
PIPEDRIVE = "Deal - ID,Deal - Title,Deal - Owner,Deal - Value,Deal - Currency of Value,Deal - Probability,"
PIPEDRIVE += "Deal - Organization,Deal - Pipeline,Deal - Contact person,Deal - Stage,Deal - Status,Deal - Deal created,"
PIPEDRIVE += "Deal - Last stage change,Deal - Last activity date,Deal - Won time,Deal - Lost time,Deal - Lost reason,"
PIPEDRIVE += "Deal - Expected close date,Deal - Source origin"
SALESFORCE = (
    "Opportunity Owner,Account Name,Opportunity Name,Stage,Fiscal Period,Amount,Probability (%),Age,Close Date,"
)
SALESFORCE += "Created Date,Next Step,Lead Source,Type"
ZENDESK = (
    "id,name,stage_name,value,currency,owner,source,loss_reason,created_at,estimated_close_date,last_stage_change_at"
)
ZOHO = "Record Id,Deal Name,Deal Owner,Account Name,Contact Name,Stage,Amount,Closing Date,Probability (%),Lead Source,"
ZOHO += "Created Time,Reason For Loss"
EXPORT = (
    "id,external_id,title,organization,contact,email,phone,pipeline,stage,status,value,currency,source,cost,created_at,"
)
EXPORT += "expected_close,closed_at,lost_reason,probability,category,next_step,next_step_due,owner"


@pytest.mark.parametrize(
    ("headers", "name"),
    [
        (HUBSPOT, "hubspot"),
        (PIPEDRIVE, "pipedrive"),
        (SALESFORCE, "salesforce"),
        (ZENDESK, "zendesk"),
        (ZOHO, "zoho"),
        (EXPORT, "canonical"),
        ("deal_id,amount,stage", "canonical"),
        ("id,name,value,hot,stage_id,last_stage_change_at,estimated_close_date,customized_win_likelihood", "zendesk"),
        ("Record ID,First Name,Last Name,Email", "hubspot"),
        ("Person - Name*,Person - Email (Work),Organization - Name*", "pipedrive"),
        ("Activity - Subject*,Activity - Type,Activity - Marked as done time,Deal", "pipedrive"),
    ],
)
def test_a_program_is_recognised_by_its_headers_in_any_case_and_order(headers: str, name: str) -> None:
    columns = headers.split(",")
    assert recognise(columns).name == name
    assert recognise([f" {column.upper()}*" for column in reversed(columns)]).name == name


def mapped(plan: Plan, headers: str, **options: object) -> dict[str, str]:
    made = plan(headers + "\n", **options)
    assert said(made) == []
    return {use.column: use.field or use.use for use in made.mappings()[0].columns}


def test_every_column_of_a_hubspot_export_has_a_field_or_is_kept(plan: Plan) -> None:
    assert mapped(plan, HUBSPOT) == {
        "Record ID": "external_id",
        "Deal Name": "title",
        "Deal Stage": "stage",
        "Amount": "value",
        "Deal Owner": "owner",
        "Close Date": "close_date",
        "Create Date": "created_at",
        "Last Activity Date": "last_activity",
        "Pipeline": "pipeline",
        "Company Name": "organization",
        "Deal probability": "extra",
        "Forecast category": "extra",
        "Original Source": "source",
        "Is closed lost": "extra",
        "Associated Note": "extra",
    }


def test_a_pipedrive_export_maps_its_won_and_lost_times(plan: Plan) -> None:
    found = mapped(plan, PIPEDRIVE)
    assert (found["Deal - Won time"], found["Deal - Lost time"]) == ("won_at", "lost_at")
    assert (found["Deal - Probability"], found["Deal - Deal created"]) == ("probability", "created_at")
    assert "extra" not in found.values()


def test_an_export_of_this_program_maps_every_column_to_itself(plan: Plan) -> None:
    assert mapped(plan, EXPORT) == {column: column for column in EXPORT.split(",")}


def test_map_takes_a_column_from_another_field_and_can_leave_one_alone(plan: Plan) -> None:
    found = mapped(plan, "Name,Firma,Amount,Stage", maps=["organization=Firma", "title=Firma", "value="])
    assert found == {"Name": "extra", "Firma": "title", "Amount": "extra", "Stage": "stage"}


def test_the_dry_run_shows_three_different_values_of_each_column(plan: Plan) -> None:
    made = plan("deal_id,title\n1,A\n2,A\n3,B\n4,C\n5,D\n")
    assert [use.samples for use in made.mappings()[0].columns] == [("1", "2", "3"), ("A", "B", "C")]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"maps": ["value"]}, r"--map 'value': write it as FIELD=COLUMN, as in --map value=Amount\."),
        ({"maps": ["valeu=Amount"]}, r"--map: There is no field 'valeu': did you mean value\?"),
        ({"maps": ["value=Amuont"]}, r"--map value=Amuont: There is no column 'Amuont': did you mean Amount\?"),
        ({"value_maps": ["stage=won"]}, r"--value-map 'stage=won': write it as FIELD:TEXT=VALUE"),
        ({"preset": "hubspott"}, r"--preset: There is no preset 'hubspott': did you mean hubspot\?"),
        ({"date_order": "ymd"}, "--date-order 'ymd': choose dmy or mdy"),
        ({"decimal": ";"}, "--decimal ';': choose . or ,"),
    ],
)
def test_a_flag_that_cannot_be_meant_is_wrong_usage(plan: Plan, options: dict[str, object], message: str) -> None:
    with pytest.raises(UsageError, match=message):
        plan("id,Amount\n", **options)


def test_a_value_map_is_asked_for_and_then_understood(plan: Plan) -> None:
    deals = 'deal_id,stage\na,"Angebot = raus"\nb,lead\n'
    (problem,) = said(plan(deals))
    assert problem == (
        "deals.csv:2: stage: 'Angebot = raus' is no stage of sales: lead, proposal_sent, closing, won, lost, disqualified. "
        'Name the one it is: --value-map "stage:Angebot = raus=STAGE"'
    )
    made = plan(deals, value_maps=['stage:"angebot = raus"=proposal_sent'])
    assert [deal.stage for deal in made.deals()] == ["proposal_sent", "lead"]


def test_a_value_map_for_a_field_that_no_column_has_names_the_map_that_is_missing(plan: Plan) -> None:
    deals = "title,Lage\nA,Angebot\n"
    message = "--value-map stage: no column is the stage yet: say which one is with --map stage=COLUMN, of title, Lage."
    with pytest.raises(UsageError, match=re.escape(message)):
        plan(deals, value_maps=["stage:Angebot=lead"])
    (deal,) = plan(deals, value_maps=["stage:Angebot=lead", "kind:fax=other"], maps=["stage=Lage"]).deals()
    assert deal.stage == "lead"
    kept = PLAYBOOK._replace(imports={"sheet": {"value_map": {"stage": {"neu": "lead"}}}})
    assert len(list(plan(deals, playbook=kept, preset="sheet").deals())) == 1, "a kept mapping serves other files too"


def test_a_mapping_kept_in_the_playbook_is_used_by_its_name_and_flags_go_before_it(plan: Plan) -> None:
    kept = {"map": {"title": "Firma", "value": "Summe"}, "value_map": {"stage": {"neu": "lead"}}, "decimal": ","}
    playbook = PLAYBOOK._replace(imports={"sheet": kept})
    made = plan('Firma,Summe,Betrag,Stage\nA,1,"1.000",neu\n', playbook=playbook, preset="sheet", maps=["value=Betrag"])
    (deal,) = made.deals()
    assert (deal.title, deal.value_cents, deal.stage, made.source_name) == ("A", 100000, "lead", "sheet")


def test_columns_that_moves_need_are_asked_for(plan: Plan) -> None:
    assert said(plan("deal_id\na\n", "deal_id,wohin,wann\na,lead,2026-01-01\n")) == [
        "moves.csv:1: to_stage: no column says this: say which one does with --map to_stage=COLUMN, of deal_id, wohin, wann.",
        "moves.csv:1: moved_at: no column says this: say which one does with --map moved_at=COLUMN, of deal_id, wohin, wann.",
    ]
    made = plan("deal_id\na\n", "deal_id,wohin,wann\na,lead,2026-01-01\n", maps=["to_stage=wohin", "moved_at=wann"])
    assert [move.to_stage for move in made.moves()] == ["lead"]


def test_a_file_of_which_nothing_is_known_is_refused(plan: Plan) -> None:
    assert said(plan("foo,bar\n1,2\n")) == [
        "deals.csv:1: none of the columns is known (foo, bar): say what they are with --map title=COLUMN."
    ]
