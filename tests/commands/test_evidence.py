"""Evidence belongs to its stage: what meets a criterion, and that it is kept with the move and shown for good."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import pytest

from tests.commands.reading import record, shown
from tests.conftest import Run

RULES = """version: 1
currency: EUR
database: pipeline.db
touchpoint_kinds: [call, email, meeting, demo, other]
pipelines:
  sales:
    stages:
      - id: lead
        probability: 5
        exit_criteria:
          - {id: value, text: It has a value, value: {at_least: 1}}
      - id: offer
        probability: 20
        exit_criteria:
          - {id: asked, text: ASKED, touchpoint: {TOUCHPOINT}}
      - id: close
        probability: 60
        exit_criteria:
          - {id: reacted, text: They reacted, touchpoint: {direction: in}}
"""


@pytest.fixture
def sales(run: Run, folder: Path) -> Any:
    """A pipeline whose middle stage asks for a touchpoint: `sales("kinds: [call]")` has a deal that came there today."""

    def made(asked: str, came: str = "2026-11-10") -> Run:
        (folder / "pipeline.yaml").write_text(RULES.replace("TOUCHPOINT", asked))
        assert run("add", "Acme", "--value", "5k", today="2026-11-01").code == 0
        assert run("advance", "1", today=came).code == 0
        return run

    return made


def is_met(run: Run, criterion: str = "asked") -> bool:
    (result,) = [one for one in shown(run)["criteria"] if one["id"] == criterion]
    return bool(result["met"])


def test_what_came_before_the_stage_does_not_count_for_it(sales: Any) -> None:
    run = sales("kinds: [call]")
    run("log", "1", "call", "--at", "2026-11-09")
    assert not is_met(run)
    run("log", "1", "call", "--at", "2026-11-11")
    assert is_met(run)


def test_since_created_takes_all_of_it(sales: Any) -> None:
    run = sales("kinds: [call], since: created")
    run("log", "1", "call", "--at", "2026-11-02")
    assert is_met(run)


def test_within_days_holds_all_the_same(sales: Any) -> None:
    run = sales("kinds: [call], within_days: 5")
    run("log", "1", "call", "--at", "2026-11-11")
    assert not is_met(run)
    run("log", "1", "call", "--at", "2026-11-16")
    assert is_met(run)


@pytest.mark.parametrize(
    ("asked", "words", "met"),
    [
        ("kinds: [call]", ["call"], True),
        ("kinds: [call]", ["call", "--no-answer"], False),
        ("kinds: [call], answered: false", ["call", "--no-answer"], True),
        ("kinds: [meeting, demo]", ["demo", "--no-show"], False),
        ("kinds: [meeting, demo]", ["demo", "--outcome", "held"], True),
        ("kinds: [email]", ["email"], True),
        ("kinds: [email], answered: true", ["email"], False),
        ("kinds: [email], answered: true", ["email", "--in"], True),
        ("direction: in", ["email", "--in"], True),
        ("direction: in", ["email", "--in", "--auto"], False),
        ("direction: in, answered: false", ["email", "--in", "--auto"], False),
        ("direction: in", ["call", "--in", "--outcome", "missed call"], False),
        ("kinds: [call]", ["call", "--in", "--outcome", "missed call"], False),
        ("kinds: [meeting, demo]", ["meeting", "--in", "--outcome", "no show"], False),
        ("kinds: [meeting, demo]", ["meeting", "--in", "--outcome", "cancelled"], False),
        ("kinds: [meeting, demo]", ["meeting", "--outcome", "scheduled"], False),
        ("direction: out", ["email"], True),
        ("direction: out", ["call", "--voicemail"], False),
        ("direction: out, answered: false", ["call", "--voicemail"], True),
        ("at_least: 1", ["email", "--in", "--outcome", "Out of Office"], False),
    ],
)
def test_conversations_count_and_attempts_where_the_file_says_so(
    sales: Any, asked: str, words: list[str], met: bool
) -> None:
    run = sales(asked)
    assert run("log", "1", *words).code == 0
    assert is_met(run) == met


def test_the_command_that_is_printed_meets_it(sales: Any) -> None:
    for asked in (
        "kinds: [email], answered: true",
        "direction: in",
        "direction: out",
        "at_least: 3",
        "answered: true",
        "kinds: [email, call], answered: true, direction: out",
    ):
        run = sales(asked)
        (fix,) = [one["fix"] for one in shown(run)["criteria"] if one["id"] == "asked"]
        for line in fix.split(" && "):
            words = [word.strip('"') for word in line.replace('"what was said"', "said").split()]
            assert words.pop(0) == "pipeline"
            assert run(*words).code == 0, line
        assert is_met(run), (asked, fix)
        Path("pipeline.db").unlink()


def test_of_one_instant_the_order_of_the_commands_decides(sales: Any) -> None:
    """PIPELINE_TODAY is a day, so that all commands of it happen at its noon."""
    run = sales("kinds: [call]", came="2026-11-01")
    assert not is_met(run)
    run("log", "1", "call", "before nothing", today="2026-11-01")
    assert is_met(run)
    assert run("advance", "1", today="2026-11-01").code == 0
    assert not is_met(run, "reacted")
    run("log", "1", "email", "--in", today="2026-11-01")
    assert is_met(run, "reacted")


def test_what_was_said_the_same_minute_before_the_move_was_said_in_the_stage_before(sales: Any) -> None:
    run = sales("kinds: [call]", came="2026-11-10")
    run("undo")
    run("log", "1", "call", "at the first contact", today="2026-11-10")
    run("advance", "1", today="2026-11-10")
    assert not is_met(run)


def test_the_first_entry_counts_when_a_deal_comes_again(sales: Any) -> None:
    run = sales("kinds: [call]")
    run("log", "1", "call", today="2026-11-12")
    assert run("back", "1", "lead", "--reason", "the need changed", today="2026-11-13").code == 0
    assert run("advance", "1", today="2026-11-14").code == 0
    assert is_met(run)


def test_a_deal_that_began_in_the_stage_has_all_that_led_to_it(sales: Any) -> None:
    run = sales("kinds: [call]")
    run("add", "Beta", "--stage", "offer", today="2026-11-10")
    run("log", "2", "call", "what led to it", "--at", "2026-11-05")
    (result,) = shown(run, "2")["criteria"]
    assert result["met"]


def test_imported_moves_say_when_it_came_and_inferred_ones_do_not(sales: Any, folder: Path) -> None:
    run = sales("kinds: [call]")
    (folder / "d.csv").write_text("deal_id,title,stage,created\na,Alpha,offer,2026-10-01\nb,Beta,offer,2026-10-01\n")
    (folder / "m.csv").write_text("deal_id,from,to,date\na,,lead,2026-10-01\na,lead,offer,2026-10-20\n")
    (folder / "t.csv").write_text("deal_id,type,direction,date\na,call,out,2026-10-10\nb,call,out,2026-10-10\n")
    assert run("import", "d.csv", "--moves", "m.csv", "--touchpoints", "t.csv").code == 0

    assert [shown(run, name)["criteria"][0]["met"] for name in ("alpha", "beta")] == [False, True]
    run("log", "alpha", "call", "--at", "2026-10-20")
    assert shown(run, "alpha")["criteria"][0]["met"]


def test_stages_that_are_passed_are_judged_since_the_deal_came_to_its_own(sales: Any) -> None:
    run = sales("kinds: [call]", came="2026-11-10")
    run("back", "1", "lead", "--reason", "a slip", today="2026-11-10")
    run("undo", "2")
    run("log", "1", "call", "we spoke", today="2026-11-12")
    assert run("advance", "1", "--to", "close", today="2026-11-12").code == 0
    (move,) = [one for one in shown(run)["moves"] if one["to_stage"] == "close"]
    assert [(one["stage"], one["id"]) for one in move["criteria_met"]] == [("lead", "value"), ("offer", "asked")]


def kept(run: Run, name: str = "1") -> list[dict[str, Any]]:
    """What was met at the last move."""
    return list(shown(run, name)["moves"][-1]["criteria_met"])


def test_what_met_it_is_kept_with_the_move_for_good(sales: Any) -> None:
    run = sales("kinds: [call]")
    run("log", "1", "call", "we spoke", today="2026-11-12")
    run("advance", "1", today="2026-11-15")

    wanted = {"stage": "offer", "id": "asked", "text": "ASKED", "evidence": "call on 2026-11-12", "on": "2026-11-12"}
    assert kept(run) == [wanted]
    assert "Offer: [x] ASKED: call on 2026-11-12" in run("show", "1").out
    run("log", "1", "email", "--in", today="2026-11-16")
    run("win", "1", today="2026-11-16")
    assert kept(run)[0]["evidence"] == "email on 2026-11-16"
    assert run("show", "1").out.count("[x] ASKED: call on 2026-11-12") == 1
    assert [one["evidence"] for one in shown(run)["moves"][1]["criteria_met"]] == ["5,000 EUR"]


def test_what_was_missing_when_it_was_forced_is_not_kept_as_met(sales: Any) -> None:
    run = sales("kinds: [call], at_least: 2")
    run("log", "1", "call", today="2026-11-12")
    assert run("advance", "1", "--force", "--reason", "they are in a hurry", today="2026-11-12").code == 0

    (move,) = [one for one in shown(run)["moves"] if one["to_stage"] == "close"]
    assert (move["criteria_met"], move["criteria_missing"]) == ([], ["offer.asked"])
    before = record(run)
    run("undo")
    run("redo")
    assert record(run) == before


def test_it_is_exported_with_the_moves_and_imported_back(sales: Any, folder: Path) -> None:
    run = sales("kinds: [call]")
    run("log", "1", "call", today="2026-11-12")
    run("advance", "1", today="2026-11-12")
    moves = shown(run)["moves"]
    assert run("export", "all", "-o", "out").code == 0
    with (folder / "out" / "moves.csv").open(newline="") as file:
        cells = [row["criteria_met"] for row in csv.DictReader(file)]
    assert [json.loads(cell) if cell else [] for cell in cells] == [move["criteria_met"] for move in moves]

    (folder / "pipeline.db").unlink()
    assert run("import", "out/deals.csv", "--moves", "out/moves.csv", "--touchpoints", "out/touchpoints.csv").code == 0
    assert shown(run)["moves"] == moves


def test_answers_and_confirmations_show_their_evidence_and_day_and_travel(pipeline: Run, folder: Path) -> None:
    pipeline("add", "Acme", today="2026-11-01")
    pipeline("qualify", "1", "--set", "budget=yes", "--evidence", "budget=CFO said 20k", today="2026-11-03")
    pipeline("qualify", "1", "--set", "need=no", today="2026-11-04")
    pipeline("confirm", "1", "problem", "--evidence", '=their words, "exactly" [/]', today="2026-11-05")
    said = shown(pipeline)
    assert [(one["item"], one["answer"], one["evidence"], one["answered_at"][:10]) for one in said["answers"]] == [
        ("budget", "yes", "CFO said 20k", "2026-11-03"),
        ("need", "no", None, "2026-11-04"),
    ]
    assert [(one["criterion"], one["evidence"], one["confirmed_at"][:10]) for one in said["confirmations"]] == [
        ("problem", '=their words, "exactly" [/]', "2026-11-05")
    ]
    page = pipeline("show", "1").out
    assert "yes: CFO said 20k (3 Nov)" in page
    assert '=their words, "exactly" [/]' in page

    assert pipeline("export", "all", "-o", "out").code == 0
    (folder / "pipeline.db").unlink()
    assert pipeline("import", "out/deals.csv", "--moves", "out/moves.csv").code == 0
    again = shown(pipeline)
    assert (again["answers"], again["confirmations"]) == (said["answers"], said["confirmations"])


def test_who_is_forgotten_is_taken_out_of_the_evidence_too(pipeline: Run, folder: Path) -> None:
    pipeline("add", "Acme", "--contact", "Zebulonia Quorl <zeb@acme.example>")
    pipeline("log", "1", "call")
    pipeline("confirm", "1", "problem", "--evidence", "Zebulonia Quorl said so")
    assert pipeline("advance", "1").code == 0
    assert "zeb@acme.example" in str(kept(pipeline))

    assert pipeline("contact", "forget", "c1", "--yes").code == 0

    assert "ebulonia" not in pipeline("show", "1", "--json").out
    assert [path.name for path in folder.glob("pipeline.db*") if b"ebulonia" in path.read_bytes()] == []
    assert len(kept(pipeline)) == 3


def test_an_imported_answer_has_no_day_where_no_file_gives_one(pipeline: Run, folder: Path) -> None:
    (folder / "deals.csv").write_text("id,title,qualification\nx1,Acme,budget=yes need=no\n")
    assert pipeline("import", "deals.csv", today="2026-11-20T15:00").code == 0

    said = pipeline("show", "1", "--json").json
    assert {answer["item"]: answer["answered_at"] for answer in said["answers"]} == {"budget": None, "need": None}
    assert "yes (" not in pipeline("show", "1").out
    pipeline("qualify", "1", "--set", "need=yes")
    assert "yes (today)" in pipeline("show", "1").out
