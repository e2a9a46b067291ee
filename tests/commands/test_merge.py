"""`merge`: two records of one deal become one, with all that both knew, and two again by `undo`."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.commands.reading import last, record, shown
from tests.conftest import Run
from tests.storage.record import dump


@pytest.fixture
def twice(pipeline: Run) -> Run:
    """One deal, entered as 1 and again as 2, which got further."""
    pipeline("add", "Acme: workshop", "--org", "Acme", "--contact", "Ann <ann@acme.example>", today="2026-10-01")
    pipeline("log", "1", "call", "spoke", "--out", today="2026-10-02")
    pipeline("note", "1", "They like us", today="2026-10-03")
    pipeline(
        "add",
        "ACME workshop",
        "--org",
        "Acme GmbH",
        "--contact",
        "Bob <bob@acme.example>",
        "--value",
        "5k",
        "--source",
        "referral",
        "--field",
        "Region=North",
        today="2026-10-05",
    )
    pipeline("edit", "2", "--contact", "Ann <ann@acme.example>", today="2026-10-05")
    pipeline("advance", "2", "--to", "proposal", "--force", "--reason", "in a hurry", today="2026-10-06")
    pipeline("log", "2", "email", "answered", "--in", today="2026-10-07")
    pipeline("confirm", "2", "problem", today="2026-10-08")
    pipeline("qualify", "2", "--set", "budget=yes", today="2026-10-08")
    pipeline("next", "2", "2026-12-01", "Send the contract", today="2026-10-09")
    return pipeline


def test_the_deal_that_stays_knows_what_both_knew(twice: Run) -> None:
    result = twice("merge", "2", "1")
    assert (result.code, result.out) == (0, "")
    assert result.err.splitlines()[0] == "Merged 2, ACME workshop, into 1, Acme: workshop: open, in proposal."

    assert [row["id"] for row in twice("list", "status=all", "--json").rows] == [1]
    found = shown(twice)
    deal = found["deal"]
    assert [deal[key] for key in ("title", "organization", "contact", "value", "source", "stage", "next_step")] == [
        "Acme: workshop",
        "Acme",
        "Ann",
        5000,
        "referral",
        "proposal",
        "Send the contract",
    ]
    assert [contact["name"] for contact in found["contacts"]] == ["Ann", "Bob"]
    assert [touch["note"] for touch in found["touchpoints"]] == ["spoke", "answered"]
    assert [(move["from_stage"], move["to_stage"]) for move in found["moves"]] == [
        (None, "prospecting"),
        ("prospecting", "prospecting"),
        ("prospecting", "proposal"),
    ]
    assert [note["text"] for note in found["notes"]] == ["They like us", "Merged from deal 2, ACME workshop."]
    assert found["fields"] == {"Region": "North"}
    assert (twice("check").code, last(twice)["command"]) == (0, "merge")
    assert twice("show", "2").code == 4


def test_undo_makes_them_two_again_to_the_last_byte(twice: Run, folder: Path) -> None:
    before, shown_before = dump(folder / "pipeline.db"), record(twice)
    twice("merge", "2", "1")
    after = dump(folder / "pipeline.db")

    assert twice("undo").code == 0
    assert (dump(folder / "pipeline.db"), record(twice)) == (before, shown_before)
    assert twice("redo").code == 0
    assert dump(folder / "pipeline.db") == after
    assert twice("undo").code == 0
    assert twice("merge", "1", "2").code == 0
    assert twice("check").code == 0


def test_what_the_deal_that_stays_says_itself_goes_first(twice: Run) -> None:
    twice("edit", "1", "--value", "700", "--source", "inbound")
    twice("next", "1", "2026-11-25", "Ring them")
    twice("merge", "2", "1")

    deal = shown(twice)["deal"]
    assert [deal[key] for key in ("value", "source", "next_step")] == [700, "inbound", "Ring them"]
    assert shown(twice)["notes"][-1]["text"] == "Merged from deal 2, ACME workshop; value 5,000.00 EUR."
    assert twice("check").code == 0


def test_a_lost_double_leaves_an_open_deal_open_and_is_told(twice: Run) -> None:
    twice("lose", "2", "--reason", "other", today="2026-10-20")
    twice("merge", "2", "1")
    assert shown(twice)["deal"]["status"] == "open"
    assert shown(twice)["notes"][-1]["text"] == "Merged from deal 2, ACME workshop; lost on 2026-10-20."
    assert twice("check").code == 0


def test_an_open_double_of_a_won_deal_is_won_with_it(twice: Run) -> None:
    twice("win", "1", today="2026-10-20")
    closed_at = shown(twice)["deal"]["closed_at"]
    twice("log", "2", "call", "--out")
    assert twice("merge", "2", "1").code == 0
    deal = shown(twice)["deal"]
    assert (deal["status"], deal["closed_at"], deal["next_step"]) == ("won", closed_at, None)
    assert (twice("check").code, twice("list", "--json").rows) == (0, [])


def test_records_that_cannot_be_of_one_deal_are_refused(twice: Run) -> None:
    def refused(*names: str) -> str:
        before = record(twice)
        result = twice("merge", *names)
        assert (result.code, record(twice)) == (5, before)
        return result.err

    assert "Both are deal 1" in refused("1", "#1")
    twice("win", "2")
    assert "`pipeline merge 1 2` keeps the win." in refused("2", "1")
    twice("lose", "1", "--reason", "price")
    assert "reopen the one that is wrong, as in `pipeline reopen 1`, then merge." in refused("1", "2")


def test_records_of_different_pipelines_are_not_one_deal(pipeline: Run, folder: Path) -> None:
    rules = folder / "pipeline.yaml"
    rules.write_text(
        rules.read_text().replace(
            "\nqualification:",
            "\n  partners:\n    name: Partners\n    stages:\n"
            "      - {id: intro, name: Introduced, funnel: top, probability: 10}\n"
            "      - {id: deal, name: Deal, funnel: middle, probability: 40}\n"
            "      - {id: sign, name: Sign, funnel: bottom, probability: 80}\n\nqualification:",
            1,
        )
    )
    pipeline("add", "One")
    pipeline("add", "Two", "--pipeline", "partners")
    result = pipeline("merge", "1", "2")
    assert (result.code, "records of different pipelines are not one deal" in result.err) == (5, True)


def test_importing_their_file_again_changes_nothing(pipeline: Run, folder: Path) -> None:
    (folder / "deals.csv").write_text("deal_id,title,value,created\na,Acme,5,2026-10-01\nb,ACME,,2026-10-03\n")
    (folder / "moves.csv").write_text(
        "deal_id,to,at\na,prospecting,2026-10-01\na,proposal,2026-10-02\nb,prospecting,2026-10-03\nb,qualification,2026-10-04\n"
    )
    arguments = ("import", "deals.csv", "--moves", "moves.csv")
    pipeline(*arguments)
    pipeline("merge", "2", "1")
    before = record(pipeline)
    assert "Nothing was changed" in pipeline(*arguments).err
    assert record(pipeline) == before


def test_an_open_deal_is_not_merged_into_a_lost_one_and_so_closed_unasked(twice: Run) -> None:
    twice("lose", "1", "--reason", "price")
    before = twice("list", "status=all", "--json").out

    refused = twice("merge", "2", "1")

    assert refused.code == 5
    assert "`pipeline merge 1 2` keeps it open" in refused.err
    assert twice("list", "status=all", "--json").out == before


def test_what_follows_a_sale_and_what_grew_out_of_it_goes_with_the_deal(pipeline: Run, folder: Path) -> None:
    for title in ("Acme", "Acme again"):
        pipeline("add", title, today="2026-10-01")
    pipeline("win", "1", "--check-in", "2026-12-01", today="2026-10-02")
    pipeline("win", "2", "--check-in", "2026-12-08", "--renewal", "2027-10-02", today="2026-10-02")
    pipeline("add", "Training", "--from", "2", today="2026-10-03")
    before = dump(folder / "pipeline.db")

    assert pipeline("merge", "2", "1").code == 0

    found = shown(pipeline)
    open_ones = [(one["kind"], one["due"]) for one in found["follow_ups"] if one["closed_at"] is None]
    assert open_ones == [("check_in", "2026-12-01"), ("renewal", "2027-10-02")]
    assert [one["id"] for one in found["grown"]] == [3]
    assert shown(pipeline, "3")["from_deal"]["id"] == 1
    pipeline("undo")
    assert dump(folder / "pipeline.db") == before


def test_a_deal_never_grows_out_of_itself(pipeline: Run) -> None:
    pipeline("add", "Acme", today="2026-10-01")
    pipeline("win", "1", today="2026-10-02")
    pipeline("add", "Acme twice", "--from", "1", today="2026-10-03")
    pipeline("win", "2", today="2026-10-04")

    assert pipeline("merge", "1", "2").code == 0

    assert (shown(pipeline, "2")["from_deal"], shown(pipeline, "2")["grown"]) == (None, [])
    assert pipeline("check").code == 0


def test_what_was_planned_after_losing_stays_planned_and_what_was_planned_while_open_ends_with_it(twice: Run) -> None:
    twice("lose", "2", "--reason", "timing", "--again", "2027-04-20", today="2026-10-20")
    twice("merge", "2", "1")
    assert shown(twice)["deal"]["next_step"] == "Ask again"
    twice("undo", "2")

    twice("next", "2", "2026-11-25", "Ring them")
    twice("win", "1", today="2026-11-21")
    twice("next", "1", "2026-12-01", "Send the invoice")
    assert twice("merge", "2", "1").code == 0
    assert (shown(twice)["deal"]["status"], shown(twice)["deal"]["next_step"]) == ("won", "Send the invoice")
    assert twice("check").code == 0


def test_tags_and_links_of_both_are_kept_each_once(pipeline: Run) -> None:
    pipeline("add", "Acme: workshop", "--tag", "event", "--tag", "vip", "--link", "https://acme.example")
    pipeline("add", "Acme workshop", "--tag", "VIP", "--tag", "fair", "--link", "https://acme.example/b")

    assert pipeline("merge", "2", "1").code == 0
    row = pipeline("list", "--json").rows[0]
    assert row["tags"] == ["event", "vip", "fair"]
    assert row["links"] == ["https://acme.example", "https://acme.example/b"]
    pipeline("undo")
    assert [row["tags"] for row in pipeline("list", "--json").rows] == [["event", "vip"], ["VIP", "fair"]]
