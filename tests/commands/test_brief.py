"""`brief`: the page before a call, on one screen."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.conftest import Prepare, Run


def a_customer(run: Run) -> None:
    """An open deal of an organization that has bought before, and closed deals like it."""
    ann = ("--contact", "Ann Lee <ann@acme.example>")
    alike = ("--source", "referral", "--field", "industry=shipping")
    run("add", "audit", "--org", "Acme GmbH", "--value", "9k", *alike, today="2026-08-01")
    run("log", "1", "meeting", "agreed on the scope", today="2026-08-10")
    run("win", "1", today="2026-09-10")
    run("add", "cube", "--org", "Borg", "--value", "11k", *alike, today="2026-08-01")
    run("lose", "2", "--reason", "price", today="2026-08-21")
    run("add", "workshop", "--org", "Acme", "--value", "10k", "--close", "2026-12-01", *ann, *alike, today="2026-11-01")
    run("log", "3", "call", "They lose two days a week. They will send the plans", today="2026-11-03")
    run("edit", "3", "--value", "12k", today="2026-11-04")
    run("edit", "3", "--close", "2026-12-20", today="2026-11-05")
    run("next", "3", "2026-11-18", "Send the offer", today="2026-11-06")
    run("log", "3", "email", "I promised the offer by Friday", today="2026-11-07")
    run("log", "3", "email", "Where is the offer? We will decide on Monday", "--in", today="2026-11-17")


@pytest.fixture
def customer(prepare: Prepare) -> Run:
    return prepare(a_customer)


def about(run: Run, what: str, *words: str) -> list[str]:
    """The lines of one block."""
    lines = run("brief", "3", *words, "--format", "csv").out.splitlines()[1:]
    return [line.partition(",")[2].strip('"') for line in lines if line.startswith(f"{what},")]


def test_it_says_where_the_deal_stands_and_who_they_are(customer: Run) -> None:
    assert about(customer, "stands")[0].startswith("Prospecting for 20 days, 12,000 EUR")
    assert about(customer, "who") == ["Ann Lee, ann@acme.example"]


def test_it_says_what_they_said_last_and_when(customer: Run) -> None:
    assert about(customer, "they said") == [
        "17 Nov, email: Where is the offer? We will decide on Monday",
        "3 Nov, call: They lose two days a week. They will send the plans",
    ]


def test_it_says_what_was_promised_both_ways(customer: Run) -> None:
    assert about(customer, "you owe") == [
        "an answer: their email of 17 Nov waits for it",
        "Send the offer, due 18 Nov, 3 days late",
        "7 Nov, email: I promised the offer by Friday",
    ]
    assert about(customer, "they owe") == [
        "17 Nov, email: We will decide on Monday",
        "3 Nov, call: They will send the plans",
    ]


def test_an_unanswered_attempt_is_what_they_owe(pipeline: Run) -> None:
    pipeline("add", "Acme: workshop", today="2026-11-01")
    pipeline("log", "1", "email", "hello", today="2026-11-03")

    said = pipeline("brief", "1").out

    assert "an answer to 1 attempt, the last 3 Nov" in said
    assert "nothing yet: 1 attempt unanswered" in said


def test_it_says_what_is_missing_and_what_to_ask(customer: Run) -> None:
    criteria = customer("show", "3", "--json").json["criteria"]
    said = customer("brief", "3", "--json").json

    assert [one["id"] for one in said["missing"]] == [one["id"] for one in criteria if not one["met"]]
    assert all(one["fix"].startswith("pipeline ") for one in said["missing"])
    assert len(about(customer, "ask")) == len(said["questions"]) > 0

    customer("qualify", "3", "--set", f"{said['questions'][0]['id']}=yes")
    assert len(about(customer, "ask")) == len(said["questions"]) - 1


def test_it_says_how_price_and_date_changed(customer: Run) -> None:
    assert about(customer, "changed") == [
        "5 Nov: close 1 Dec -> 20 Dec, pushed",
        "4 Nov: value 10,000 -> 12,000 EUR",
    ]


def test_it_knows_their_other_deals_however_they_are_spelled(customer: Run) -> None:
    assert about(customer, "others") == ["customer since 2026, 1 won deal, 9,000 EUR", "1  audit (won, 9,000 EUR)"]


def test_it_says_what_the_deals_most_alike_needed(customer: Run) -> None:
    assert about(customer, "alike") == [
        "1 of 2 won, in 40 days with 1 touchpoint, with a meeting; 1 lost: price",
        "2  cube: lost 11,000 in 20 days, price (same source, value, industry)",
        "1  audit: won 9,000 in 40 days (same source, value, industry)",
    ]


def test_markdown_has_headings_and_lists(customer: Run, folder: Path) -> None:
    customer("brief", "3", "-o", "brief.md")

    page = (folder / "brief.md").read_text("utf-8")
    assert page.startswith("## 3  workshop, Acme\n\n### Stands\n\n- Prospecting")
    assert "### They owe\n\n- 17 Nov, email: We will decide on Monday\n" in page


def test_a_screen_of_80_by_24_holds_it(customer: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setenv("LINES", "24")
    for number in range(9):
        customer("log", "3", "call", f"They said that number {number} is " + "very " * 40 + "long", today="2026-11-19")

    result = customer("brief", "3", terminal=True)

    lines = (result.out + result.err).splitlines()
    assert len(lines) < 24
    assert max(map(len, lines)) <= 80
    for label in ("Stands", "Who", "They said", "You owe", "They owe", "Missing", "Ask", "Changed", "Others", "Alike"):
        assert any(line.startswith(label) for line in lines), label


@pytest.mark.parametrize("terminal", [False, True])
def test_a_deal_of_which_nothing_is_known_has_a_page_too(
    pipeline: Run, terminal: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    pipeline("add", "[/] =1+1 😀 \x1b[31m")

    result = pipeline("brief", "1", terminal=terminal)

    assert result.code == 0
    assert "nothing yet" in result.out
    assert "no next step is set" in result.out
    assert "\x1b" not in result.out


def test_a_closed_deal_says_how_it_ended_and_asks_nothing(customer: Run) -> None:
    said = customer("brief", "2").out

    assert "lost 21 Aug, was in Prospecting: price" in said
    assert "Missing" not in said


def test_only_what_was_known_on_a_day(customer: Run) -> None:
    assert about(customer, "they said", "--as-of", "2026-11-04") == [
        "yesterday, call: They lose two days a week. They will send the plans"
    ]


def test_no_such_deal(customer: Run) -> None:
    assert customer("brief", "99").code == 4
