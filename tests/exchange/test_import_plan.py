"""What an import decides: identities, outcomes, histories, contradictions, and what it refuses."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime

import pytest

from pipeline_cli.domain.deal.incoming import IncomingMove
from pipeline_cli.domain.words.clock import from_text
from pipeline_cli.exchange.import_plan import ImportPlan
from tests.exchange.conftest import CLOCK, PLAYBOOK, Plan, said, warned


def chain(moves: Iterable[IncomingMove]) -> list[str]:
    """`key: from > to day reason ?`, the question mark for inferred."""
    return [
        f"{m.deal_key}: {m.from_stage} > {m.to_stage} {CLOCK.day(from_text(m.moved_at))}"
        + (f" {m.reason}" if m.reason else "")
        + (" ?" if m.inferred else "")
        for m in moves
    ]


def only(plan: ImportPlan, field: str) -> list[object]:
    return [getattr(deal, field) for deal in plan.deals()]


def test_without_moves_a_history_is_creation_one_inferred_move_and_the_outcome(plan: Plan) -> None:
    made = plan(
        "deal_id,stage,status,created,closed,lost_reason\n"
        "a,Lead,open,2026-01-02,,\n"
        "b,Contract / Closing,,2026-01-02,,\n"
        "c,proposal-sent,lost,2026-01-02,2026-03-01,PRICE\n"
        "d,Closed Won,,2026-01-02,2026-02-01,\n"
    )
    assert said(made) == []
    assert chain(made.moves()) == [
        "a: None > lead 2026-01-02",
        "b: None > lead 2026-01-02",
        "b: lead > closing 2026-01-02 ?",
        "c: None > lead 2026-01-02",
        "c: lead > proposal_sent 2026-01-02 ?",
        "c: proposal_sent > lost 2026-03-01 price",
        "d: None > lead 2026-01-02",
        "d: lead > closing 2026-01-02 ?",
        "d: closing > won 2026-02-01",
    ]


def test_the_last_stage_change_is_when_the_stage_was_entered(plan: Plan) -> None:
    made = plan("deal_id,stage,created,last stage change\na,closing,2026-01-02,2026-05-05\n")
    assert chain(made.moves())[1] == "a: lead > closing 2026-05-05 ?"


def test_moves_are_the_history_sorted_by_instant_and_then_by_the_order_of_the_file(plan: Plan) -> None:
    made = plan(
        "deal_id,stage,outcome,created\na,declined,lost,2026-01-01\nb,lead,open,2026-01-01\n",
        "deal_id,from_stage,to_stage,changed_at\n"
        "a,proposal_sent,declined,2026-01-03\n"
        "b,,lead,2026-01-01\n"
        "a,,lead,2026-01-01\n"
        "a,lead,proposal_sent,2026-01-02\n"
        "b,lead,closing,2026-01-02\n"
        "b,closing,lead,2026-01-02\n",
    )
    assert said(made) == []
    assert chain(made.moves()) == [
        "a: None > lead 2026-01-01",
        "a: lead > proposal_sent 2026-01-02",
        "a: proposal_sent > lost 2026-01-03 declined",
        "b: None > lead 2026-01-01",
        "b: lead > closing 2026-01-02",
        "b: closing > lead 2026-01-02",
    ]
    assert [(d.stage, d.status, d.lost_reason) for d in made.deals()] == [
        ("proposal_sent", "lost", "declined"),
        ("lead", "open", None),
    ]
    assert warned(made) == {}


def test_moves_that_only_name_changes_get_a_creation_and_missing_steps_are_inferred(plan: Plan) -> None:
    made = plan(
        "deal_id,created\na,2026-01-01\nb,2026-01-01\n",
        "deal_id,from,to,at\na,lead,proposal_sent,2026-01-05\na,closing,won,2026-01-09\nb,closing,lead,2026-02-01\n",
    )
    assert chain(made.moves()) == [
        "a: None > lead 2026-01-01",
        "a: lead > proposal_sent 2026-01-05",
        "a: proposal_sent > closing 2026-01-09 ?",
        "a: closing > won 2026-01-09",
        "b: None > closing 2026-01-01 ?",
        "b: closing > lead 2026-02-01",
    ]
    assert only(made, "stage") == ["closing", "lead"]
    assert warned(made) == {"broken_chain": [3]}


def test_moves_outweigh_the_status_and_a_closing_they_lack_is_added(plan: Plan) -> None:
    made = plan(
        "deal_id,status,created,closed\na,open,2026-01-01,\nb,won,2026-01-01,2026-02-01\nc,won,2026-01-01,2026-02-01\n",
        "deal_id,to,at\na,lead,2026-01-01\na,won,2026-01-05\nb,lead,2026-01-01\nc,lead,2026-01-01\nc,lost,2026-05-05\n",
    )
    assert only(made, "status") == ["won", "won", "lost"]
    assert chain(made.moves())[3] == "b: lead > won 2026-02-01"
    assert warned(made) == {
        "moves_differ": [2, 4],
        "moves_without_outcome": [3],
        "closing_differs": [4],
        "lost_without_reason": [4],
    }


def test_the_earliest_known_instant_is_the_creation_and_marked_inferred(plan: Plan) -> None:
    made = plan(
        "deal_id,created,closed,status\na,,,\nb,,,\nc,,2026-03-03,won\nd,,,\n",
        "deal_id,to,at\na,lead,2026-02-02\n",
        "deal_id,kind,at\na,call,2026-01-31\nb,call,2026-05-05\nb,email,2026-04-04\n",
    )
    assert [CLOCK.day(d.created_at).isoformat() for d in made.deals()] == [
        "2026-01-31",
        "2026-04-04",
        "2026-03-03",
        "2026-11-21",
    ]
    assert only(made, "created_inferred") == [True] * 4
    assert list(made.deals())[3].created_at == CLOCK.now


def test_a_closing_before_the_creation_takes_its_place_and_the_date_is_kept(plan: Plan) -> None:
    made = plan("deal_id,created,closed,status\na,2026-03-03,2026-03-01,won\nb,2026-03-03 10:00,2026-03-03,won\n")
    first, second = made.deals()
    assert (first.created_at == first.closed_at, first.created_inferred) == (True, True)
    assert dict(first.fields) == {"created": "2026-03-03"}
    assert second.closed_at == second.created_at == datetime(2026, 3, 3, 9, tzinfo=UTC)
    assert warned(made) == {"closed_before_created": [2], "closed_without_stage": [2, 3]}


def test_a_closed_deal_without_a_closing_date_was_closed_when_last_heard_of(plan: Plan) -> None:
    made = plan("deal_id,stage,created,last activity\na,won,2026-01-01,2026-04-04\nb,won,2026-01-01,\n")
    assert [CLOCK.day(d.closed_at).isoformat() for d in made.deals() if d.closed_at] == ["2026-04-04", "2026-01-01"]
    assert only(made, "closing_inferred") == [True, True]
    assert warned(made) == {"closed_without_date": [2, 3], "closed_without_stage": [2, 3]}


def test_a_close_date_is_the_closing_of_closed_deals_and_the_plan_of_open_ones(plan: Plan) -> None:
    made = plan(
        "deal_id,stage,close date,created\na,lead,2027-01-01,2026-01-01\nb,won,2026-05-05,2026-01-01\n"
        "c,won,2027-01-01,2026-01-01\n"
    )
    assert [(str(d.expected_close), d.closed_at and str(CLOCK.day(d.closed_at))) for d in made.deals()] == [
        ("2027-01-01", None),
        ("None", "2026-05-05"),
        ("2027-01-01", "2026-01-01"),
    ]
    assert warned(made) == {"closed_ahead": [4], "closed_without_stage": [3, 4]}


@pytest.mark.parametrize(
    ("word", "status"),
    [
        ("Closed Won", "won"),
        ("CLOSEDLOST", "lost"),
        ("closed-lost", "lost"),
        ("Unqualified", "disqualified"),
        ("no response", "lost"),
        ("Declined", "lost"),
        ("In Progress", "open"),
    ],
)
def test_outcome_words_are_understood_in_any_spelling(plan: Plan, word: str, status: str) -> None:
    made = plan(f"deal_id,status,closed\na,{word},{'' if status == 'open' else '2026-01-01'}\n")
    assert said(made) == []
    assert only(made, "status") == [status]


def test_a_won_date_alone_says_that_a_deal_was_won(plan: Plan) -> None:
    assert only(plan("deal_id,won_date\na,2026-01-01\nb,\n"), "status") == ["won", "open"]


def test_the_same_id_twice_is_one_deal_or_a_problem(plan: Plan) -> None:
    alike = plan("deal_id,title\n1,A\n2,B\n1,A\n")
    assert (said(alike), warned(alike)["repeated_row"], only(alike, "key")) == ([], [4], ["1", "2"])
    assert said(plan("deal_id,title\n1,A\n2,B\n1,C\n")) == [
        "deals.csv:4: deal_id: line 2 has the same id and says something else: keep one of the two rows."
    ]


def test_rows_without_an_id_are_known_by_their_content_and_duplicates_are_not_merged(plan: Plan) -> None:
    first = plan("title,value\nA,1\nB,2\nA,1\nA,1\n")
    keys = only(first, "key")
    assert (len(set(keys)), warned(first)["duplicate_rows"]) == (4, [4, 5])
    assert only(plan("title,value\nB,2\nA,1\nA,1\nA,1\n"), "key") == [keys[1], keys[0], keys[2], keys[3]]


def test_a_deal_without_a_title_is_called_by_what_else_it_has(plan: Plan) -> None:
    made = plan("deal_id,title,company,contact\n1,T,Org,Ann\n2,,Org,Ann\n3,,,Ann Lee <ann@acme.example>\n4,,,\n")
    assert only(made, "title") == ["T", "Org", "Ann Lee", "4"]
    assert list(made.deals())[2].email == "ann@acme.example"
    assert said(plan("title,value\n,5\n")) == [
        "deals.csv:2: title: nothing names this deal: give a title, an organization or a contact."
    ]


def test_stages_of_another_pipeline_are_found_by_its_column_or_their_name(plan: Plan) -> None:
    made = plan("deal_id,pipeline,stage\n1,Partner Deals,Introduced\n2,,introduced\n3,sales,lead\n")
    assert [(d.pipeline, d.stage) for d in made.deals()] == [
        ("partners", "intro"),
        ("partners", "intro"),
        ("sales", "lead"),
    ]
    assert said(plan("deal_id,pipeline\n1,Rentals\n")) == [
        "deals.csv:2: pipeline: 'Rentals' is no pipeline of pipeline.yaml: sales, partners. Name the one it is: "
        '--value-map "pipeline:Rentals=PIPELINE"'
    ]


def test_a_source_outside_the_list_is_refused_with_the_list(plan: Plan) -> None:
    playbook = PLAYBOOK._replace(sources=("inbound", "referral"))
    assert only(plan("deal_id,source\n1,INBOUND\n", playbook=playbook), "source") == ["inbound"]
    assert said(plan("deal_id,source\n1,fair\n", playbook=playbook)) == [
        "deals.csv:2: source: 'fair' is not in the sources of pipeline.yaml: inbound, referral. Name the one it is: "
        '--value-map "source:fair=SOURCE"'
    ]


def test_a_last_activity_becomes_an_inferred_touchpoint_unless_a_later_one_is_there(plan: Plan) -> None:
    made = plan(
        "deal_id,last activity\na,2026-01-05\nb,2026-01-05\n",
        touchpoints="deal,touch_type,at,touch_direction\nb,call,2026-01-05 09:00,outbound\n",
    )
    assert [(t.deal, t.kind, t.direction, t.inferred) for t in made.touchpoints()] == [
        (0, "other", None, True),
        (1, "call", "out", False),
    ]


def test_a_value_map_for_stages_holds_for_the_moves_too(plan: Plan) -> None:
    made = plan(
        "deal_id,stage\na,Angebot\n",
        "deal,from,to,at\na,,lead,2026-01-01\na,lead,Angebot,2026-01-02\n",
        value_maps=["stage:Angebot=proposal_sent", "kind:fax=other"],
    )
    assert chain(made.moves())[1] == "a: lead > proposal_sent 2026-01-02"


def test_an_apostrophe_before_a_formula_is_taken_off(plan: Plan) -> None:
    made = plan("deal_id,title,note\n1,'=SUM(A1),'+49 30 1\n2,''=x,'ok\n")
    assert [(d.title, d.fields["note"]) for d in made.deals()] == [("=SUM(A1)", "+49 30 1"), ("'=x", "'ok")]


def test_our_own_export_keeps_every_number_and_every_space(plan: Plan) -> None:
    made = plan(
        'id,external_id,title,created_at,stage,status\n7,,"  two\r\nlines ",2026-01-01T00:00:00.000Z,lead,open\n'
        "8,7,B,2026-01-01T00:00:00.000Z,lead,open\n",
        "deal,from_stage,to_stage,moved_at,reason,forced\n7,,lead,2026-01-01T00:00:00.000Z,,\n"
        "7,lead,closing,2026-01-02T00:00:00.001Z,because,1\n8,,lead,2026-01-01T00:00:00.000Z,,\n",
    )
    assert [(d.key, d.own_id, d.external_id, d.title) for d in made.deals()] == [
        ("#7", 7, None, "  two\r\nlines "),
        ("#8", 8, "7", "B"),
    ]
    assert [(m.deal_key, m.to_stage, m.reason, m.forced) for m in made.moves()] == [
        ("#7", "lead", None, False),
        ("#7", "closing", "because", True),
        ("#8", "lead", None, False),
    ]


def test_contacts_are_people_with_a_name_an_address_or_a_number(plan: Plan) -> None:
    made = plan(
        "deal_id\n1\n",
        contacts="First Name,Last Name,Email,Job Title,Unsubscribed\nAnn,Lee,ann@acme.example,CFO,yes\n,,,CEO,\n",
    )
    assert [tuple(c)[1:8] for c in made.contacts()] == [("Ann Lee", "ann@acme.example", None, None, "CFO", None, True)]
    assert said(made) == ["contacts.csv:3: the row names nobody: give a name, an e-mail address or a phone number."]


def test_an_update_is_told_which_fields_the_file_speaks_of(plan: Plan) -> None:
    assert plan("deal_id,won_date,title\n1,2026-01-01,A\n").deal_fields == {
        "external_id",
        "title",
        "status",
        "closed_at",
        "closing_inferred",
        "lost_reason",
    }


def test_a_large_file_of_deals_is_read_again_instead_of_kept_and_says_the_same(
    plan: Plan, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = (
        "deal_id,title,stage,value\na,A,lead,1\nb,B,won,2\nb,B,won,2\nc,C,lead,(3)\nd,D,nowhere,3\n,E,lead,4\n,E,lead,4\n",
        "deal,to,at\na,lead,2026-01-01\nd,lead,2026-01-02\n",
    )
    kept = plan(*files, skip_bad=True)
    monkeypatch.setattr("pipeline_cli.exchange.import_plan.KEPT_DEALS_BYTES", 0)
    again = plan(*files, skip_bad=True)
    assert list(again.deals()) == list(kept.deals())
    assert list(again.moves()) == list(kept.moves())
    assert (again.problems, again.counts) == (kept.problems, kept.counts)
    assert len(list(kept.deals())) == 4
