"""What an import refuses, leaves out, or takes by a rule and counts."""

from __future__ import annotations

from tests.exchange.conftest import Plan, said, warned


def test_contradictions_end_by_a_stated_rule_and_are_counted(plan: Plan) -> None:
    made = plan(
        "deal_id,stage,status,created,closed,lost_reason\n"
        "a,Closed Won,lost,2026-01-01,2026-02-01,price\n"
        "b,won,open,2026-01-01,2026-02-01,price\n"
        "c,lead,lost,2026-01-01,2026-02-01,too blue\n"
        "d,lead,lost,2026-01-01,2026-02-01,\n"
        "e,lead,disqualified,2026-01-01,2026-02-01,\n"
    )
    assert said(made) == []
    assert [(d.status, d.lost_reason) for d in made.deals()] == [
        ("lost", "price"),
        ("open", None),
        ("lost", "too blue"),
        ("lost", None),
        ("disqualified", None),
    ]
    assert dict(list(made.deals())[1].fields) == {"closed": "2026-02-01", "lost_reason": "price"}
    assert warned(made) == {
        "status_and_stage": [2, 3],
        "closed_without_stage": [2],
        "open_with_closing_date": [3],
        "reason_without_loss": [3],
        "unknown_lost_reason": [4],
        "lost_without_reason": [5],
    }


def test_what_lies_in_the_future_cannot_have_happened(plan: Plan) -> None:
    made = plan(
        "deal_id,created\na,2026-11-22\nb,2026-01-01\n",
        "deal,to,at\nb,lead,2026-11-21T22:59:00Z\nb,closing,2026-11-21T23:00:00Z\n",
        "deal,kind,at\nb,call,2026-11-22\n",
    )
    assert said(made) == [
        "moves.csv:3: at: '2026-11-21T23:00:00Z' is later than today, 2026-11-21: it cannot have happened yet.",
        "touchpoints.csv:2: at: '2026-11-22' is later than today, 2026-11-21: it cannot have happened yet.",
        "deals.csv:2: created: '2026-11-22' is later than today, 2026-11-21: it cannot have happened yet.",
    ]


def test_moves_and_touchpoints_name_deals_stages_kinds_and_directions_that_exist(plan: Plan) -> None:
    made = plan(
        "deal_id,title\na,Löwe\n",
        "deal,to,at\nx,lead,2026-01-01\na,Angebot,2026-01-01\na,,2026-01-01\na,lead,\n",
        "deal,kind,at,direction\nLöwe,call,2026-01-01,received\na,fax,2026-01-01,\na,call,2026-01-01,sideways\n",
    )
    assert said(made) == [
        "moves.csv:2: deal: there is no deal 'x' in the file of deals: give its external id.",
        "moves.csv:3: to: 'Angebot' is no stage of sales: lead, proposal_sent, closing, won, lost, disqualified. Name the "
        'one it is: --value-map "stage:Angebot=STAGE"',
        "moves.csv:4: to: the move goes nowhere: name the stage, or won, lost or disqualified.",
        "moves.csv:5: at: no date: say when it happened.",
        "touchpoints.csv:3: kind: 'fax' is no kind of touchpoint: call, email, meeting, other. Name the one it is: "
        '--value-map "kind:fax=KIND"',
        "touchpoints.csv:4: direction: 'sideways' is no direction: out, in. Name the one it is: --value-map "
        '"direction:sideways=DIRECTION"',
    ]


def test_a_bad_row_stops_the_import_and_skip_bad_leaves_it_out_with_all_that_hangs_on_it(plan: Plan) -> None:
    files = (
        "deal_id,value\na,5\nb,(5)\nc,7,8\nd,9\n",
        "deal,to,at\na,lead,2026-01-01\nb,lead,2026-01-01\nc,lead,2026-01-01\n",
        "deal,kind,at\na,call,2026-01-01\nb,call,2026-01-01\na,fax,2026-01-01\n",
    )
    assert not plan(*files).may_be_stored
    made = plan(*files, skip_bad=True)
    assert made.may_be_stored
    assert [deal.key for deal in made.deals()] == ["a", "d"]
    assert [move.deal_key for move in made.moves()] == ["a", "d"]
    assert [made.lines_of_deals()[touch.deal] for touch in made.touchpoints()] == [2]
    assert {kind: tuple(count) for kind, count in made.counts.items()} == {
        "deals": (4, 2),
        "moves": (3, 2),
        "touchpoints": (3, 2),
    }
    deals, moves, touchpoints = made.rejects()
    assert [(row.line, row.problem) for row in moves.rows] == [
        (3, "its deal, line 3 of deals.csv, was left out."),
        (4, "its deal, line 4 of deals.csv, was left out."),
    ]
    assert [(row.line, row.cells) for row in deals.rows] == [(3, ("b", "(5)")), (4, ("c", "7", "8"))]
    assert [row.cells for row in touchpoints.rows] == [("b", "call", "2026-01-01"), ("a", "fax", "2026-01-01")]


def test_skip_bad_does_not_help_a_file_that_cannot_be_understood(plan: Plan) -> None:
    made = plan("deal_id,created\na,03/04/2026\n", skip_bad=True)
    assert (made.is_fatal, made.may_be_stored, list(made.deals()), list(made.moves())) == (True, False, [], [])


def test_a_next_step_needs_a_text_and_a_day(plan: Plan) -> None:
    made = plan("deal_id,next_step,next_step_due\n1,Call,2026-12-01\n2,Call,\n3,,2026-12-01\n")
    assert [(d.next_step, str(d.next_step_due), dict(d.fields)) for d in made.deals()] == [
        ("Call", "2026-12-01", {}),
        (None, "None", {"next_step": "Call"}),
        (None, "None", {"next_step_due": "2026-12-01"}),
    ]
    assert warned(made)["next_step_incomplete"] == [3, 4]


def test_a_step_another_program_keeps_of_a_closed_deal_is_none_once_its_day_is_past(plan: Plan) -> None:
    made = plan(
        "deal_id,status,closed_at,next_step,next_step_due\n"
        "1,lost,2026-05-01,Ask again,2026-11-21\n2,lost,2026-05-01,Send the offer,2026-04-30\n"
    )
    assert [(d.next_step, dict(d.fields)) for d in made.deals()] == [
        ("Ask again", {}),
        (None, {"next_step": "Send the offer", "next_step_due": "2026-04-30"}),
    ]
    assert warned(made)["next_step_incomplete"] == [3]
