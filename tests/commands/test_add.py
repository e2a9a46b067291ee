"""`add`: a new deal, with what is known about it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.commands.reading import deal, last, record, shown
from tests.conftest import Run


def test_a_title_is_enough(pipeline: Run) -> None:
    result = pipeline("add", "Acme: workshop")

    assert (result.code, result.out) == (0, "1\n")
    assert result.err.splitlines()[0] == 'Added 1: Acme: workshop. Next: pipeline next 1 tomorrow "Call"'
    row = deal(pipeline)
    assert (row["title"], row["stage"], row["status"], row["pipeline"]) == (
        "Acme: workshop",
        "prospecting",
        "open",
        "services",
    )
    assert (row["value"], row["currency"], row["organization"], row["expected_close"]) == (None, "EUR", "Acme", None)
    assert row["created_at"] == "2026-11-21T10:00:00.000Z"
    assert last(pipeline)["summary"] == "added Acme: workshop"


def test_every_option_is_kept(pipeline: Run) -> None:
    result = pipeline(
        "add",
        "Acme: workshop",
        "--org",
        "Acme GmbH",
        "--contact",
        "Ann Lee <ann@acme.example>",
        "--contact",
        "Bob",
        "--contact",
        "cid@acme.example",
        "--phone",
        "+49 30 1234",
        "--value",
        "12k",
        "--source",
        "referral",
        "--cost",
        "99.90",
        "--close",
        "30d",
        "--owner",
        "me",
        "--probability",
        "35%",
        "--stage",
        "Proposal",
        "--pipeline",
        "services",
        "--field",
        "industry=software",
        "--field",
        "country=DE",
        "--at",
        "2026-11-18 09:30",
    )

    assert result.code == 0, result.err
    everything = shown(pipeline)
    row = everything["deal"]
    assert (row["organization"], row["contact"], row["source"]) == ("Acme GmbH", "Ann Lee", "referral")
    assert (row["value"], row["probability"], row["stage"]) == (12000, 0.35, "proposal")
    assert (row["expected_close"], row["created_at"]) == ("2026-12-21", "2026-11-18T09:30:00.000Z")
    assert everything["fields"] == {"country": "DE", "industry": "software"}
    assert [(one["name"], one["email"], one["phone"]) for one in everything["contacts"]] == [
        ("Ann Lee", "ann@acme.example", "+49 30 1234"),
        ("Bob", None, None),
        (None, "cid@acme.example", None),
    ]
    assert last(pipeline)["summary"] == "added Acme: workshop, back-dated to 2026-11-18 09:30"
    (export,) = pipeline("export", "deals", "--format", "json").rows
    assert (export["cost"], export["owner"]) == (99.9, "me")


@pytest.mark.parametrize(
    ("typed", "value"),
    [
        ("12k", 12000),
        ("1.5m", 1_500_000),
        ("1,000", 1000),
        ("1.000,50 €", 1000.5),
        ("EUR 500", 500),
        ("0", 0),
        ("10,5", 10.5),
        ("1'000", 1000),
        ("9999999999999", 9_999_999_999_999),
    ],
)
def test_money_is_understood_as_people_write_it(pipeline: Run, typed: str, value: float) -> None:
    assert pipeline("add", "T", "--value", typed).code == 0

    assert deal(pipeline)["value"] == value


def test_an_amount_with_a_third_decimal_is_rounded_and_said_so(pipeline: Run) -> None:
    result = pipeline("add", "T", "--value", "10.0051")

    assert result.err.startswith("The value was rounded to 10.01.\n")
    assert deal(pipeline)["value"] == 10.01


def test_another_currency_is_kept_as_it_is_and_totals_are_in_the_files_own(run: Run, folder: Path) -> None:
    run("init")
    file = folder / "pipeline.yaml"
    file.write_text(file.read_text().replace("\nquota:", "\nexchange_rates: {USD: 0.92}\nquota:"))

    assert run("add", "Acme", "--value", "$1,000").code == 0
    assert run("add", "Borg", "--value", "500").code == 0

    listed = run("list", "--json")
    assert [(row["value"], row["currency"]) for row in listed.rows] == [(1000, "USD"), (500, "EUR")]
    assert listed.json["totals"]["value"] == 1420
    assert [row["id"] for row in run("list", "value>900", "--json").rows] == [1]
    assert [row["id"] for row in run("list", "value>950", "--json").rows] == []


@pytest.mark.parametrize(
    ("typed", "day"),
    [
        ("3d", "2026-11-24"),
        ("friday", "2026-11-27"),
        ("saturday", "2026-11-28"),
        ("tomorrow", "2026-11-22"),
        ("2w", "2026-12-05"),
        ("eom", "2026-11-30"),
        ("2027-01-31", "2027-01-31"),
        ("-3d", "2026-11-18"),
    ],
)
def test_a_close_date_is_understood_as_people_say_it(pipeline: Run, typed: str, day: str) -> None:
    assert pipeline("add", "T", "--close", typed).code == 0

    assert deal(pipeline)["expected_close"] == day


def test_an_organization_may_have_several_deals(pipeline: Run) -> None:
    for title in ("workshop", "audit", "training"):
        assert pipeline("add", title, "--org", "Acme").code == 0

    assert [row["title"] for row in pipeline("list", "acme", "--json").rows] == ["workshop", "audit", "training"]
    assert len({row["id"] for row in pipeline("list", "organization=acme", "--json").rows}) == 3


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (["Workshop", "--org", "ACME GmbH"], "the same title and organization"),
        (["Other", "--contact", "ANN@acme.example"], "the same e-mail address"),
    ],
)
def test_a_likely_duplicate_is_added_and_warned_of(pipeline: Run, words: list[str], why: str) -> None:
    pipeline("add", "workshop", "--org", "Acme", "--contact", "Ann <ann@acme.example>")

    result = pipeline("add", *words)

    assert (result.code, result.out) == (0, "2\n")
    assert result.err.startswith(f"It looks like deal 1 ({why}): `pipeline undo` takes this one back.\n")
    pipeline("undo")
    assert len(pipeline("list", "--json").rows) == 1


def test_a_source_outside_the_list_is_refused_with_the_list(run: Run, folder: Path) -> None:
    run("init")
    file = folder / "pipeline.yaml"
    file.write_text(file.read_text().replace("\nlost_reasons:", "\nsources: [inbound, referral]\nlost_reasons:"))

    result = run("add", "T", "--source", "referal")

    assert result.code == 2
    assert result.err == "There is no source 'referal': did you mean referral? Known: inbound, referral.\n"
    assert run("add", "T", "--source", "Referral").code == 0
    assert deal(run)["source"] == "referral"


@pytest.mark.parametrize(
    "title", ["[red]bold[/red]", "Deal [/]", "=1+1", "Łódź Café 株式会社", "a\nb", "\x1b[2Jx", "👩‍🚀"]
)
def test_a_title_comes_back_exactly(pipeline: Run, title: str) -> None:
    assert pipeline("add", title).code == 0

    assert deal(pipeline)["title"] == title
    assert "\x1b" not in pipeline("list").out


def test_the_number_of_an_undone_deal_is_never_given_again(pipeline: Run) -> None:
    pipeline("add", "first")
    pipeline("add", "second")
    pipeline("undo")

    assert pipeline("add", "third").out == "3\n"


def test_nothing_is_kept_of_a_deal_that_was_refused(pipeline: Run) -> None:
    pipeline("add", "Acme")
    before = record(pipeline)

    for words in (
        ["--value", "nan"],
        ["--stage", "won"],
        ["--contact", "a@b@c"],
        ["--probability", "101"],
        ["--field", "=x"],
        ["--close", "2026-13-01"],
        ["--at", "1w"],
        ["--cost", "$5"],
    ):
        assert pipeline("add", "New", *words).code == 2, words

    assert record(pipeline) == before
    assert len(pipeline("history", "--json").rows) == 1


@pytest.fixture
def sold(pipeline: Run) -> Run:
    """Deal 1, won on 20 November."""
    pipeline(
        "add",
        "Acme: workshop",
        "--org",
        "Acme GmbH",
        "--contact",
        "Ann Lee <ann@acme.example>",
        "--contact",
        "Bob",
        "--source",
        "referral",
        "--owner",
        "me",
        "--value",
        "12k",
        today="2026-11-01",
    )
    pipeline("win", "1", today="2026-11-20")
    return pipeline


def test_an_upsell_begins_with_what_the_won_deal_knows(sold: Run) -> None:
    result = sold("add", "Acme: training", "--from", "workshop", "--value", "5k")

    assert result.err.startswith("Added 2: Acme: training. Next: ")
    assert "It looks like" not in result.err
    found = shown(sold, "2")
    assert [found["deal"][key] for key in ("organization", "contact", "source", "stage", "value", "status")] == [
        "Acme GmbH",
        "Ann Lee",
        "referral",
        "prospecting",
        5000,
        "open",
    ]
    assert [contact["id"] for contact in found["contacts"]] == [1, 2]
    assert (found["from_deal"]["id"], found["from_deal"]["status"]) == (1, "won")
    assert [one["id"] for one in shown(sold, "1")["grown"]] == [2]
    assert last(sold)["summary"] == "added Acme: training from deal 1"
    assert [row["id"] for row in sold("list", "owner=me", "--json").rows] == [2]


def test_what_was_typed_goes_before_what_the_won_deal_knows(sold: Run) -> None:
    sold(
        "add",
        "Borg: training",
        "--from",
        "1",
        "--org",
        "Borg",
        "--contact",
        "Cy <cy@borg.example>",
        "--source",
        "event",
        "--stage",
        "proposal",
    )

    found = shown(sold, "2")
    assert [found["deal"][key] for key in ("organization", "contact", "source", "stage")] == [
        "Borg",
        "Cy",
        "event",
        "proposal",
    ]
    assert len(found["contacts"]) == 1


def test_the_same_upsell_twice_is_told(sold: Run) -> None:
    sold("add", "Acme: training", "--from", "1")

    assert "It looks like deal 2 (the same title and organization)" in sold("add", "acme: Training", "--from", "1").err


def test_nothing_grows_out_of_a_deal_that_is_not_won(sold: Run) -> None:
    sold("add", "Open")
    before = record(sold)

    for words, said in (
        (
            ["--from", "2"],
            "Deal 2 is open, not won: nothing grows out of it yet. Leave --from away, or `pipeline win 2` first.\n",
        ),
        (
            ["--from", "1", "--at", "2026-11-19"],
            "Deal 1 was won on 2026-11-20: what grows out of it begins on that day or later. Give a later --at.\n",
        ),
    ):
        result = sold("add", "More", *words)
        assert (result.code, result.err) == (5, said)

    assert sold("add", "More", "--from", "nothing like it").code == 4
    assert record(sold) == before


def test_a_deal_begins_with_tags_and_links(pipeline: Run) -> None:
    pipeline(
        "add", "Acme: workshop", "--tag", "event", "--tag", "EVENT", "--tag", "vip", "--link", "https://acme.example"
    )

    row = pipeline("list", "--json").rows[0]
    assert (row["tags"], row["links"]) == (["event", "vip"], ["https://acme.example"])
    assert pipeline("list", "--as-of", "yesterday", "--json").rows == []
