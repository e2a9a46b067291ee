"""`split`: one deal becomes two, both with the whole history, and one again by `undo`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.commands.reading import deal, last, record, shown
from tests.conftest import Run
from tests.storage.record import dump

SPLIT = ("split", "1", "Acme: audit", "--value", "5k")


@pytest.fixture
def acme(pipeline: Run) -> Run:
    """One deal with something of everything."""
    pipeline(
        "add",
        "Acme: workshop",
        "--org",
        "Acme",
        "--contact",
        "Ann <ann@acme.example>",
        "--value",
        "10k",
        "--source",
        "referral",
        "--owner",
        "Eve",
        "--cost",
        "90",
        "--field",
        "Region=North",
        "--close",
        "2026-11-20",
        today="2026-10-01",
    )
    pipeline("edit", "1", "--external-id", "A-1", today="2026-10-01")
    pipeline("edit", "1", "--contact", "Bob <bob@acme.example>", today="2026-10-02")
    pipeline("log", "1", "call", "spoke", today="2026-10-02")
    pipeline("note", "1", "They like us", today="2026-10-03")
    pipeline("advance", "1", "--force", "--reason", "in a hurry", today="2026-10-06")
    pipeline("log", "1", "email", "answered", "--in", today="2026-10-07")
    pipeline("confirm", "1", "problem", "--evidence", "her mail", today="2026-10-08")
    pipeline("qualify", "1", "--set", "budget=yes", today="2026-10-08")
    pipeline("edit", "1", "--value", "12k", "--close", "2026-12-20", today="2026-10-09")
    pipeline("advance", "1", "--force", "--reason", "by mistake", today="2026-10-10")
    pipeline("back", "1", "qualification", "--mistake", today="2026-10-11")
    pipeline("next", "1", "2026-12-01", "Send the contract", today="2026-10-12")
    return pipeline


def test_both_have_the_whole_history(acme: Run) -> None:
    result = acme(*SPLIT)

    assert (result.code, result.out) == (0, "2\n")
    assert result.err.splitlines() == [
        "Split off 2, Acme: audit: 5,000 EUR. 1, Acme: workshop: 7,000 EUR.",
        "The next step stays with 1: Send the contract, due 2026-12-01.",
        "`pipeline undo` makes them one again.",
    ]
    first, new = shown(acme, "1"), shown(acme, "2")
    for key in ("contacts", "touchpoints", "moves", "notes", "confirmations", "answers", "fields"):
        assert new[key] == first[key], key
        assert new[key], key
    assert {key for key, value in new["deal"].items() if value != first["deal"][key]} == {
        "id",
        "title",
        "value",
        "next_step",
        "next_step_due",
        "external_id",
        "flags",
    }
    assert "stuck" in {flag["flag"] for flag in new["deal"]["flags"]}
    assert (new["deal"]["title"], last(acme)["summary"]) == (
        "Acme: audit",
        "split Acme: audit, 5,000 EUR, off deal 1, Acme: workshop",
    )
    assert acme("check").code == 0


def test_what_was_planned_and_where_it_came_from_stay_with_the_first(acme: Run) -> None:
    acme(*SPLIT)

    first, new = deal(acme, "1"), deal(acme, "2")
    assert (first["next_step"], new["next_step"]) == ("Send the contract", None)
    assert (first["external_id"], new["external_id"]) == ("A-1", None)
    assert acme("sources", "--json").rows[0]["cost"] == 90, "a lead is paid for once"


def test_the_value_is_shared_and_no_day_before_counts_more_than_there_was(acme: Run) -> None:
    acme(*SPLIT)

    assert (deal(acme, "1")["value"], deal(acme, "2")["value"]) == (7000, 5000)
    before = acme("list", "--as-of", "2026-11-01", "--json").rows
    assert [(row["id"], row["value"]) for row in before] == [(1, 12000), (2, None)]
    changes = [(one["field"], one["before"], one["after"]) for one in shown(acme, "2")["changes"]][-2:]
    assert changes == [("title", "Acme: workshop", "Acme: audit"), ("value", None, 5000)]


@pytest.mark.parametrize(
    ("words", "values"),
    [
        (["--value", "5k", "--keep-value"], (12000, 5000)),
        (["--value", "20k", "--keep-value"], (12000, 20000)),
        (["--value", "12k"], (0, 12000)),
        (["--value", "0"], (12000, 0)),
        (["--value", "0.01"], (11999.99, 0.01)),
    ],
)
def test_the_first_keeps_what_it_is_worth_less_that_of_the_new_one_or_all(
    acme: Run, words: list[str], values: tuple[float, float]
) -> None:
    assert acme("split", "1", "Acme: audit", *words).code == 0
    assert (deal(acme, "1")["value"], deal(acme, "2")["value"]) == values


def test_a_deal_of_no_known_value_keeps_none(pipeline: Run) -> None:
    pipeline("add", "Acme")

    assert "Split off 2, Acme: audit: 5,000 EUR. 1, Acme: no value." in pipeline(*SPLIT).err
    assert (deal(pipeline, "1")["value"], deal(pipeline, "2")["value"]) == (None, 5000)


def test_both_count_from_the_creation_on(acme: Run) -> None:
    acme(*SPLIT)

    stages = {row["stage"]: row["entered"] for row in acme("funnel", "--json").rows}
    assert (stages["prospecting"], stages["qualification"], stages["proposal"]) == (2, 2, 0)


def test_undo_makes_them_one_again_to_the_last_byte(acme: Run, folder: Path) -> None:
    before, shown_before = dump(folder / "pipeline.db"), record(acme)
    acme(*SPLIT)
    after = dump(folder / "pipeline.db")

    assert acme("undo").code == 0
    assert (dump(folder / "pipeline.db"), record(acme)) == (before, shown_before)
    assert acme("redo").code == 0
    assert dump(folder / "pipeline.db") == after
    assert acme("check").code == 0


def test_they_go_their_own_ways(acme: Run) -> None:
    acme(*SPLIT)
    acme("win", "2")
    acme("log", "1", "call", "still talking")

    assert (deal(acme, "1")["status"], deal(acme, "2")["status"]) == ("open", "won")
    assert len(shown(acme, "1")["touchpoints"]) == len(shown(acme, "2")["touchpoints"]) + 1
    assert acme("merge", "2", "1").code == 5, "a won deal does not go into an open one"
    assert acme("check").code == 0


def test_a_last_chance_ends_for_both(pipeline: Run) -> None:
    pipeline("add", "Acme", "--value", "10k", "--contact", "Ann <ann@acme.example>", today="2026-06-01")
    pipeline("prune", "--yes", today="2026-11-15")
    result = pipeline(*SPLIT)

    assert result.err.count("no longer to be sent") == 1
    assert "Last chance" not in pipeline("show", "1").out
    assert "Last chance" not in pipeline("show", "2").out


def test_a_split_survives_export_and_import(acme: Run, folder: Path) -> None:
    acme(*SPLIT)
    for what in ("deals", "moves", "touchpoints", "changes"):
        assert acme("export", what, "-o", f"{what}.csv").code == 0

    taken: Any = (
        acme("--db", "other.db", "init"),
        acme(
            "--db",
            "other.db",
            "import",
            "deals.csv",
            "--moves",
            "moves.csv",
            "--touchpoints",
            "touchpoints.csv",
            "--changes",
            "changes.csv",
        ),
    )

    assert [one.code for one in taken] == [0, 0]
    for what in ("deals", "touchpoints", "changes"):
        assert acme("--db", "other.db", "export", what).out == (folder / f"{what}.csv").read_text("utf-8")


@pytest.mark.parametrize(
    ("words", "code", "message"),
    [
        (
            ["1", "Audit"],
            2,
            "--value is missing: type pipeline split DEAL TITLE... --value AMOUNT; `pipeline split --help` says more.",
        ),
        (["1", " ", "--value", "1"], 2, "The title is empty: say what it is."),
        (["9", "Audit", "--value", "1"], 4, "There is no deal '9': `pipeline list` shows them."),
        (["1", "Audit", "--value", "12k", "--keep-value", "x"], 2, None),
        (
            ["1", "Audit", "--value", "12,000.01"],
            5,
            "Deal 1 is worth 12,000 EUR, so 12,000.01 EUR cannot be split off: give a smaller --value, or --keep-value where "
            "the new deal is worth that besides.",
        ),
        (["1", "Audit", "--value", "-5"], 2, "'-5' is negative: an amount is 0 or more."),
        (["1", "Audit", "--value", "5k USD"], 2, None),
    ],
)
def test_what_cannot_be_split_off_is_refused_and_changes_nothing(
    acme: Run, words: list[str], code: int, message: str | None
) -> None:
    before = record(acme)

    result = acme("split", *words)

    assert (result.code, record(acme)) == (code, before)
    assert message is None or result.err == message + "\n"


def test_another_currency_than_that_of_the_deal_is_refused(acme: Run, folder: Path) -> None:
    rules = folder / "pipeline.yaml"
    rules.write_text(rules.read_text("utf-8") + "\nexchange_rates: {USD: 0.5}\n", "utf-8")

    result = acme("split", "1", "Audit", "--value", "$5,000")

    assert (result.code, result.err) == (
        2,
        "Deal 1 is in EUR, and so is what is split off: give the value in EUR, not in USD.\n",
    )


def test_a_closed_deal_is_not_split(acme: Run) -> None:
    acme("win", "1")
    before = record(acme)

    result = acme(*SPLIT)

    assert (result.code, result.err, record(acme)) == (
        5,
        "Deal 1 is won. It cannot be split: `pipeline reopen 1` opens it first.\n",
        before,
    )
