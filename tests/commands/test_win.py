"""`win`: the deal is won."""

from __future__ import annotations

from pathlib import Path

from tests.commands.reading import deal, last, record, shown
from tests.conftest import Run
from tests.storage.record import dump


def test_a_won_deal_keeps_its_stage_and_leaves_the_list_of_open_ones(pipeline: Run) -> None:
    pipeline("add", "Acme", "--value", "10k")
    pipeline("next", "1", "3d", "Call")

    result = pipeline("win", "1")

    assert result.code == 0
    assert result.err.splitlines()[0] == "Won 1, Acme."
    row = deal(pipeline)
    assert (row["status"], row["stage"], row["closed_at"]) == ("won", "prospecting", "2026-11-21T10:00:00.000Z")
    assert (row["probability"], row["next_step"], row["lost_reason"], row["flags"]) == (1, None, None, [])
    assert pipeline("list", "--json").rows == []
    assert [row["id"] for row in pipeline("list", "status=won", "--json").rows] == [1]
    assert pipeline("health", "--json").json["totals"]["won_value"] == 10000


def test_it_may_be_won_for_another_amount_on_an_earlier_day(pipeline: Run) -> None:
    pipeline("add", "Acme", "--value", "10k", today="2026-11-01")

    assert pipeline("win", "1", "--value", "9.500,00 €", "--at", "2026-11-15").code == 0

    assert (deal(pipeline)["value"], deal(pipeline)["closed_at"]) == (9500, "2026-11-15T12:00:00.000Z")
    assert last(pipeline)["summary"] == "won Acme, back-dated to 2026-11-15 12:00"


def test_why_it_was_won_stands_in_its_history_and_in_the_lessons(pipeline: Run) -> None:
    pipeline("add", "Acme", "--value", "10k")

    result = pipeline("win", "1", "--reason", "our references")

    assert result.err.splitlines()[0] == "Won 1, Acme: our references."
    assert last(pipeline)["summary"] == "won Acme: our references"
    assert deal(pipeline)["lost_reason"] is None
    assert "our references" in pipeline("show", "1").out
    (why,) = pipeline("lessons", "--json").json["reasons"]
    assert (why["outcome"], why["reason"], why["deals"]) == ("won", "our references", 1)
    assert "Why deals were won" in pipeline("lessons").out


def test_it_is_one_of_won_reasons_where_the_file_lists_them(pipeline: Run, folder: Path) -> None:
    rules = folder / "pipeline.yaml"
    rules.write_text(rules.read_text("utf-8") + "\nwon_reasons: [price, trust]\n", "utf-8")
    for title in ("Acme", "Beta"):
        pipeline("add", title, "--value", "10k")

    refused = pipeline("win", "1", "--reason", "trsut")

    assert (refused.code, refused.err) == (
        2,
        "There is no reason for winning 'trsut': did you mean trust? Known: price, trust.\n",
    )
    assert pipeline("win", "1", "--reason", "Trust").code == 0
    assert last(pipeline)["summary"] == "won Acme: trust"
    assert pipeline("win", "2").code == 0
    rules.write_text(rules.read_text("utf-8").replace("[price, trust]", "[price, Price]"), "utf-8")
    assert pipeline("check").code != 0


def test_what_was_not_met_is_named_and_not_enforced(pipeline: Run) -> None:
    pipeline("add", "Acme", "--value", "10k", "--contact", "ann@acme.example")

    assert pipeline("win", "1").err.splitlines()[1] == (
        "Not met on leaving Prospecting: We have spoken with someone there in the last 60 days; "
        "They told us the problem in their own words."
    )


def test_a_deal_without_a_value_is_won_and_said_to_add_nothing(pipeline: Run) -> None:
    pipeline("add", "Acme")

    assert "It has no value, so it counts as won but adds nothing: pipeline edit 1 --value 10k\n" in (
        pipeline("win", "1").err
    )


def test_undo_opens_it_with_its_next_step(pipeline: Run) -> None:
    pipeline("add", "Acme", "--value", "10k")
    pipeline("next", "1", "3d", "Call")
    before = record(pipeline)

    pipeline("win", "1", "--value", "12k")
    pipeline("undo")

    assert record(pipeline) == before


def test_a_win_that_is_refused_changes_nothing(pipeline: Run) -> None:
    pipeline("add", "Acme", today="2026-11-01")
    pipeline("add", "Borg")
    pipeline("win", "2")
    before = record(pipeline)

    for words, code in (
        (["1", "--value", "nan"], 2),
        (["1", "--at", "tomorrow"], 2),
        (["1", "--at", "2026-10-01"], 5),
        (["2"], 5),
        (["9"], 4),
    ):
        assert pipeline("win", *words).code == code, words

    assert record(pipeline) == before
    assert [move["to_stage"] for move in shown(pipeline, "2")["moves"]] == ["prospecting", "won"]


def test_a_win_carries_its_check_in_and_its_renewal(pipeline: Run) -> None:
    pipeline("add", "Acme", "--value", "10k")

    result = pipeline("win", "1", "--check-in", "90d", "--renewal", "2027-11-21")

    assert result.err.startswith("Won 1, Acme. Check-in on 2027-02-19. Renewal on 2027-11-21.\n")
    assert [(one["kind"], one["due"], one["done"], one["closed_at"]) for one in shown(pipeline)["follow_ups"]] == [
        ("check_in", "2027-02-19", False, None),
        ("renewal", "2027-11-21", False, None),
    ]


def test_a_check_in_of_yesterday_is_refused_and_nothing_is_won(pipeline: Run) -> None:
    pipeline("add", "Acme", "--value", "10k")

    assert pipeline("win", "1", "--check-in", "yesterday").code == 2

    assert deal(pipeline)["status"] == "open"


def test_undo_takes_the_win_back_with_all_that_was_to_follow(pipeline: Run, folder: Path) -> None:
    pipeline("add", "Acme", "--value", "10k")
    before = dump(folder / "pipeline.db")

    pipeline("win", "1", "--check-in", "90d", "--renewal", "1y")
    after = dump(folder / "pipeline.db")
    pipeline("undo")

    assert dump(folder / "pipeline.db") == before
    pipeline("redo")
    assert dump(folder / "pipeline.db") == after
