"""`show`: one deal with its checklist, its people, its timeline."""

from __future__ import annotations

from tests.commands.reading import shown
from tests.conftest import Run


def test_one_deal_is_shown_with_everything_there_is(pipeline: Run) -> None:
    pipeline(
        "add",
        "Acme: workshop",
        "--org",
        "Acme",
        "--contact",
        "Ann Lee <ann@acme.example>",
        "--contact",
        "Bob",
        "--value",
        "12k",
        "--close",
        "2026-12-15",
        "--field",
        "industry=software",
        today="2026-11-18",
    )
    pipeline("log", "1", "call", "They like it", "--outcome", "call back", today="2026-11-19")
    pipeline("note", "1", "They moved", today="2026-11-19")
    pipeline("next", "1", "friday", "Send the offer")

    assert [line.rstrip() for line in pipeline("show", "acme").out.splitlines()] == [
        "1  Acme: workshop",
        "",
        "Organization  Acme",
        "Stage         Prospecting, 3 days in it",
        "Value         12,000 EUR",
        "Chance        5%",
        "Close         15 Dec",
        "Next step     Send the offer (due 27 Nov)",
        "Idle          2 days; 3 days old",
        "Flags         concentrated 100%",
        "industry      software",
        "",
        "To leave Prospecting",
        "[x] We have an e-mail address or a phone number: Ann Lee <ann@acme.example>",
        "[x] We have spoken with someone there in the last 60 days: call on 2026-11-19",
        "[ ] They told us the problem in their own words",
        '      pipeline confirm 1 problem --evidence "how we know"',
        "",
        "People",
        "Ann Lee, ann@acme.example",
        "Bob",
        "",
        "Timeline",
        "When          What",
        "─" * 64,
        "19 Nov 12:00  note: They moved",
        "19 Nov 12:00  1. call out, conversation: call back: They like it",
        "18 Nov 12:00  created in Prospecting",
    ]


def test_its_json_has_the_promised_keys(pipeline: Run) -> None:
    pipeline("add", "Acme")

    answer = shown(pipeline)

    assert list(answer) == [
        "report",
        "version",
        "as_of",
        "pipeline",
        "currency",
        "deal",
        "criteria",
        "contacts",
        "touchpoints",
        "moves",
        "notes",
        "next_steps",
        "fields",
        "customer",
        "from_deal",
        "grown",
        "follow_ups",
        "changes",
        "answers",
        "confirmations",
    ]
    assert list(answer["deal"]) == [
        "id",
        "external_id",
        "title",
        "organization",
        "contact",
        "pipeline",
        "stage",
        "status",
        "value",
        "currency",
        "probability",
        "source",
        "created_at",
        "expected_close",
        "closed_at",
        "lost_reason",
        "idle_days",
        "days_in_stage",
        "age_days",
        "next_step",
        "next_step_due",
        "snoozed_until",
        "score",
        "flags",
        "tags",
        "links",
    ]
    assert list(answer["criteria"][0]) == ["id", "text", "met", "evidence", "fix"]


def test_an_earlier_day_knows_nothing_of_what_came_later(pipeline: Run) -> None:
    pipeline("add", "Acme", "--value", "5k", today="2026-11-01")
    pipeline("log", "1", "call", today="2026-11-05")
    pipeline("edit", "1", "--value", "9k", "--title", "Later", today="2026-11-06")
    pipeline("advance", "1", "--force", "--reason", "x", today="2026-11-07")
    pipeline("win", "1", today="2026-11-08")

    then = pipeline("show", "1", "--as-of", "2026-11-04", "--json").json

    assert (then["deal"]["value"], then["deal"]["stage"], then["deal"]["status"]) == (5000, "prospecting", "open")
    assert (then["touchpoints"], len(then["moves"]), then["deal"]["idle_days"]) == ([], 1, 3)
    assert pipeline("show", "1", "--as-of", "2026-10-31").code == 4


def test_a_closed_deal_asks_for_nothing_any_more(pipeline: Run) -> None:
    pipeline("add", "Acme")
    pipeline("lose", "1", "--reason", "price")

    assert shown(pipeline)["criteria"] == []
    assert "Status  lost, was in Prospecting: price" in pipeline("show", "1").out
