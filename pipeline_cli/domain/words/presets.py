"""The headers of other programs' exports, in whatever form, and which field each of them is."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cache, lru_cache

from pipeline_cli.domain.record import NamedTuple
from pipeline_cli.domain.words.header_words import english_header, split_currency
from pipeline_cli.domain.words.text import unguard_formula


def clean_header(cell: str) -> str:
    """The header as it is kept: without byte-order mark, outer spaces and the trailing `*` of a required column."""
    return " ".join(cell.replace("\ufeff", "").split()).rstrip("*").rstrip()


@lru_cache(maxsize=4096)  # the words of a column of stages or outcomes are few, and asked for in every row
def header_key(header: str) -> str:
    """The letters and digits alone, in lower case: `Deal - ID`, `deal_id` and `DEAL ID*` are one name."""
    return "".join(filter(str.isalnum, header.casefold()))


def name_columns(cells: Sequence[str]) -> list[str]:
    """The names of the columns, an export's apostrophe before a formula taken off; one without a name gets its number."""
    cleaned = [unguard_formula(clean_header(cell)) for cell in cells]
    return [name or f"column {number}" for number, name in enumerate(cleaned, 1)]


def repeated_names(names: Sequence[str]) -> list[str]:
    """Names that stand there twice, in whatever case."""
    seen: set[str] = set()
    repeated = []
    for name in names:
        folded = name.casefold()
        if folded in seen:
            repeated.append(name)
        seen.add(folded)
    return repeated


DEALS, MOVES, TOUCHPOINTS, CHANGES, CONTACTS = "deals", "moves", "touchpoints", "changes", "contacts"

_CANONICAL: Mapping[str, Mapping[str, str]] = {
    DEALS: {
        "external_id": "external_id deal_id id record_id opportunity_id prospect_id lead_id mql_id key",
        "title": "title deal_name deal_title name opportunity opportunity_name deal subject",
        "organization": "organization organisation org organization_name account account_name company company_name "
        "client client_name customer customer_name associated_company associated_companies associated_company_primary",
        "contact": "contact contact_name contact_person person primary_contact associated_contact associated_contacts",
        "email": "email e_mail email_address contact_email mail",
        "phone": "phone phone_number contact_phone telephone tel mobile cell",
        "pipeline": "pipeline pipeline_name deal_pipeline",
        "stage": "stage deal_stage stage_name current_stage pipeline_stage sales_stage sales_phase phase",
        "status": "status outcome deal_status result",
        "value": "value amount deal_value deal_amount opportunity_amount close_value price total amount_in_company_currency",
        "currency": "currency currency_code deal_currency currency_of_value opportunity_currency amount_currency",
        "source": "source lead_source origin deal_source source_channel source_origin",
        "cost": "cost lead_cost acquisition_cost",
        "created_at": "created_at created created_on created_date create_date creation_date date_created created_time "
        "deal_created add_time engage_date first_contact_date",
        "expected_close": "expected_close expected_close_date estimated_close estimated_close_date",
        "close_date": "close_date closing_date close closing",
        "closed_at": "closed_at closed closed_on closed_date closed_time deal_closed_on date_closed",
        "won_at": "won_at won_date won_time",
        "lost_at": "lost_at lost_date lost_time",
        "is_won": "is_won iswon converted",
        "lost_reason": "lost_reason loss_reason closed_lost_reason reason_for_loss reason_lost",
        "probability": "probability win_probability win_likelihood",
        "category": "category forecast_category",
        "next_step": "next_step next_steps next_action",
        "next_step_due": "next_step_due next_step_date next_action_date next_activity_date next_activity",
        "owner": "owner deal_owner owner_name sales_agent sales_rep salesperson rep assigned_to",
        "snoozed_until": "snoozed_until",
        "snooze_reason": "snooze_reason",
        "open_steps": "open_steps",
        "tags": "tags",
        "links": "links",
        "created_inferred": "created_inferred",
        "closed_inferred": "closed_inferred",
        "more_contacts": "more_contacts",
        "qualification": "qualification",
        "qualification_evidence": "qualification_evidence",
        "confirmed": "confirmed",
        "confirmed_evidence": "confirmed_evidence",
        "from_deal": "from_deal",
        "check_in": "check_in",
        "renewal": "renewal",
        "stage_changed_at": "stage_changed_at last_stage_change last_stage_change_at last_stage_change_date",
        "last_activity": "last_activity last_activity_date last_activity_at last_activity_time last_contacted "
        "last_contact last_touch",
    },
    MOVES: {
        "deal": "deal deal_id external_id opportunity_id id record_id lead_id prospect_id key",
        "from_stage": "from_stage from old_stage previous_stage stage_from old_value",
        "to_stage": "to_stage to new_stage stage stage_name deal_stage stage_to new_value",
        "moved_at": "moved_at changed_at at timestamp date entered_at moved changed changed_on last_modified created_date "
        "edit_date date_entered",
        "reason": "reason lost_reason loss_reason",
        "forced": "forced",
        "inferred": "inferred",
        "criteria_missing": "criteria_missing",
        "criteria_met": "criteria_met",
        "pipeline": "pipeline",
        "mistake": "mistake",
    },
    TOUCHPOINTS: {
        "deal": "deal deal_id external_id opportunity_id lead_id prospect_id associated_deal_ids associated_deal_id "
        "associated_deal opportunity related_to what_id deal_name",
        "kind": "kind type touch_type activity_type touchpoint_type task_subtype call_type",
        "direction": "direction touch_direction call_direction",
        "touched_at": "touched_at at timestamp date activity_date touch_date done_at marked_as_done_time "
        "activity_date_time start_date_time time created_at created_date created_time",
        "outcome": "outcome result call_outcome meeting_outcome call_disposition call_result call_status disposition "
        "hs_call_disposition hs_meeting_outcome",
        "note": "note notes subject description body comments content call_notes meeting_notes note_body",
        "done": "done",
        "inferred": "inferred",
        "sense": "sense",
    },
    CHANGES: {
        "deal": "deal deal_id external_id opportunity_id record_id object_id deal_name opportunity_name",
        "field": "field field_name property property_name field_event edited_field",
        "before": "before old_value previous_value value_before from",
        "after": "after new_value value_after value to",
        "changed_at": "changed_at changed at timestamp date changed_on edit_date created_date created_at",
    },
    CONTACTS: {
        "name": "name full_name contact_name contact person person_name",
        "first_name": "first_name firstname given_name person_first_name",
        "last_name": "last_name lastname surname family_name person_last_name",
        "email": "email e_mail email_address email_work mail person_email person_email_work e_mail_1_value",
        "more_emails": "more_emails additional_email_addresses additional_emails secondary_email email_2 e_mail_2 "
        "e_mail_2_value email_home email_other home_email other_email private_email person_email_home person_email_other",
        "phone": "phone phone_number telephone mobile mobile_phone person_phone phone_work person_phone_work phone_1_value",
        "more_phones": "more_phones phone_2 phone_2_value phone_home phone_mobile phone_other home_phone other_phone "
        "person_phone_mobile person_phone_home person_phone_other",
        "addresses": "addresses",
        "formerly": "formerly",
        "organization": "organization organisation organization_name company company_name account account_name "
        "associated_company",
        "role": "role job_title title position",
        "source": "source lead_source original_source",
        "opted_out": "opted_out unsubscribed do_not_email do_not_contact has_opted_out_of_email email_opt_out "
        "unsubscribed_from_all_email",
    },
}


class Preset(NamedTuple):
    """A program whose exports are known; its own names come before the common ones."""

    name: str
    signatures: tuple[str, ...] = ()
    """Sets of headers, each enough to tell the program by."""
    fields: Mapping[str, Mapping[str, str]] = {}
    not_fields: frozenset[str] = frozenset()
    """Fields whose column says what the stage says, not what a person decided: kept as extra fields."""


_STAGE_FIELDS = frozenset({"probability", "category"})

PRESETS: Mapping[str, Preset] = {
    "canonical": Preset("canonical"),
    "zoho": Preset(
        "zoho",
        ("deal_name closing_date", "potential_name", "deal_owner closing_date", "contact_owner vendor_name"),
        {
            DEALS: {
                "external_id": "record_id deal_id",
                "title": "deal_name potential_name",
                "contact": "contact_name",
                "source": "lead_source",
                "expected_close": "",
            },
            TOUCHPOINTS: {
                "kind": "activity_type",
                "deal": "related_to what_id",
                "touched_at": "start_datetime due_date",
            },
        },
        _STAGE_FIELDS,
    ),
    "hubspot": Preset(
        "hubspot",
        (
            "record_id deal_name",
            "record_id dealname",
            "dealname dealstage",
            "deal_name deal_stage",
            "property_dealname",
            "record_id first_name",
            "record_id email",
            "property_email property_firstname",
            "activity_type associated_deal_ids",
            "record_id deal_stage",
        ),
        {
            DEALS: {
                "external_id": "record_id hs_object_id deal_id",
                "title": "deal_name dealname property_dealname",
                "stage": "deal_stage dealstage deal_pipeline_stage_id",
                "value": "amount property_amount",
                "pipeline": "pipeline deal_pipeline_id",
                "close_date": "close_date closedate property_closedate",
                "created_at": "create_date createdate property_createdate",
                "organization": "company_name associated_company associated_company_primary",
                "source": "original_source original_traffic_source",
                "owner": "deal_owner hubspot_owner_id owner_id",
                "lost_reason": "closed_lost_reason",
            },
            CONTACTS: {
                "email": "email property_email",
                "first_name": "first_name property_firstname",
                "last_name": "last_name property_lastname",
                "role": "job_title property_jobtitle",
                "organization": "company_name associated_company property_company",
            },
        },
        _STAGE_FIELDS,
    ),
    "salesforce": Preset(
        "salesforce",
        (
            "opportunity_name",
            "opportunity_owner",
            "stagename closedate",
            "stage_name close_date is_won",
            "opportunity_id stage",
            "what_id who_id",
            "account_id last_name",
            "account_name last_name",
            "opportunity_id to_stage",
        ),
        {
            DEALS: {
                "external_id": "opportunity_id id",
                "title": "opportunity_name name",
                "owner": "opportunity_owner owner",
                "organization": "account_name",
                "stage": "stage stagename stage_name",
                "next_step": "next_step opportunity_next_steps nextstep",
            },
            MOVES: {"deal": "opportunity_id", "moved_at": "last_modified_date last_modified created_date"},
            CONTACTS: {"role": "title"},
        },
        _STAGE_FIELDS,
    ),
    "zendesk": Preset(
        "zendesk",
        (
            "name stage_name estimated_close_date",
            "deal_name estimated_close_date",
            "name loss_reason estimated_close_date",
            "hot stage_name",
            "stage_name last_stage_change_at",
            "deal_name unqualified_reason",
            "estimated_close_date last_stage_change_at",
            "customized_win_likelihood",
            "hot estimated_close_date",
        ),
        {
            DEALS: {
                "external_id": "id deal_id",
                "title": "name deal_name",
                "stage": "stage_name stage",
                "lost_reason": "loss_reason loss_reason_name",
                "probability": "customized_win_likelihood win_likelihood",
                "created_at": "created_at added_at added_on",
                "contact": "primary_contact_name main_contact primary_contact",
                "owner": "owner owner_name",
            }
        },
    ),
    "pipedrive": Preset(
        "pipedrive",
        (
            "deal_title deal_value",
            "deal_id deal_title",
            "deal_title deal_stage",
            "deal_deal_created",
            "activity_subject",
            "person_name",
            "person_email_work",
            "deal_title",
        ),
        {
            DEALS: {
                "external_id": "deal_id deal_pipedrive_system_id",
                "title": "deal_title",
                "owner": "deal_owner",
                "value": "deal_value",
                "currency": "deal_currency_of_value",
                "probability": "deal_probability",
                "organization": "deal_organization organization organization_name",
                "pipeline": "deal_pipeline",
                "contact": "deal_contact_person contact_person person_name",
                "email": "person_email_work person_email",
                "phone": "person_phone",
                "stage": "deal_stage deal_stage_pipeline",
                "status": "deal_status",
                "created_at": "deal_deal_created deal_creation_date",
                "stage_changed_at": "deal_last_stage_change",
                "last_activity": "deal_last_activity_date",
                "next_step_due": "deal_next_activity_date",
                "won_at": "deal_won_time",
                "lost_at": "deal_lost_time",
                "closed_at": "deal_deal_closed_on deal_closed_on",
                "lost_reason": "deal_lost_reason",
                "expected_close": "deal_expected_close_date",
                "source": "deal_source_channel deal_source_origin",
            },
            TOUCHPOINTS: {
                "deal": "activity_deal deal",
                "kind": "activity_type",
                "note": "activity_subject activity_note",
                "touched_at": "activity_marked_as_done_time",
                "done": "activity_done",
            },
            CONTACTS: {"name": "person_name name", "organization": "organization_name person_organization"},
        },
    ),
}


@cache
def names_of(preset: str, kind: str) -> Mapping[str, str]:
    """Header key -> field, for a kind of file; the program's own names first, then the common ones."""
    found: dict[str, str] = {}
    chosen = PRESETS[preset]
    for fields in (chosen.fields.get(kind, {}), _CANONICAL[kind]):
        for field, names in fields.items():
            if field not in chosen.not_fields:
                for name in names.split():
                    found.setdefault(header_key(name), field)
    return found


def key_in(preset: str, kind: str, header: str) -> str | None:
    """The key under which `names_of` knows the header, in whatever language, a currency in it aside; None: it does not."""
    names = names_of(preset, kind)
    key = header_key(header)
    if key in names:
        return key
    english = header_key(english_header(header) or "")
    if english in names:
        return english
    in_currency = split_currency(header) if kind == DEALS else None
    if in_currency is None:
        return None
    rest, _ = in_currency
    inner = key_in(preset, kind, rest) if rest else header_key("value")
    return inner if inner and names[inner] in {"value", "cost"} else None


def rank_of(preset: str, kind: str, field: str, key: str) -> int:
    """0 for the best name of a field: of two columns for one field the better named is taken."""
    names = f"{PRESETS[preset].fields.get(kind, {}).get(field, '')} {_CANONICAL[kind].get(field, '')}".split()
    return [header_key(name) for name in names].index(key)


def fields_of(kind: str) -> tuple[str, ...]:
    """Every field that --map can name for a kind of file."""
    return (*(("id",) if kind == DEALS else ()), *_CANONICAL[kind])


@cache
def _every_known_key() -> frozenset[str]:
    return frozenset(key for preset in PRESETS for kind in _CANONICAL for key in names_of(preset, kind))


def count_known(headers: Iterable[str]) -> int:
    """How many of the headers any preset knows: what tells a delimiter from a letter, and a header from what is above it."""
    known = _every_known_key()
    return sum(
        header_key(header) in known or english_header(header) is not None or split_currency(header) is not None
        for header in headers
    )


def recognise(headers: Sequence[str]) -> Preset:
    """The program whose signature the headers carry; canonical when none does, or when it is our own export."""
    keys = {header_key(header) for header in headers}
    if {"id", "externalid"} <= keys:
        return PRESETS["canonical"]
    keys |= {header_key(english) for header in headers if (english := english_header(header))}
    best, best_size = PRESETS["canonical"], 0
    for preset in PRESETS.values():
        for signature in preset.signatures:
            wanted = {header_key(name) for name in signature.split()}
            if len(wanted) > best_size and wanted <= keys:
                best, best_size = preset, len(wanted)
    return best
