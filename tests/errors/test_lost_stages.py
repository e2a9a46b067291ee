"""A stage that pipeline.yaml no longer has, while deals are in it: writing is refused, reports show it, check mends it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.conftest import Run

REFUSAL = (
    "pipeline.yaml: there are 2 open deals (1, 2) in the stage prospecting, which the file does not have: put it back, "
    "or move them with `pipeline check --map prospecting=lead`; instead of lead it may be qualification, proposal, "
    "negotiation, commit.\n"
)

WRITING = [
    ["add", "New"],
    ["edit", "3", "--value", "1"],
    ["log", "3", "call"],
    ["note", "3", "x"],
    ["next", "3", "3d", "x"],
    ["done", "3"],
    ["confirm", "3", "champion"],
    ["qualify", "3", "--set", "need=yes"],
    ["advance", "3"],
    ["back", "3", "lead", "--reason", "x"],
    ["win", "3"],
    ["lose", "3", "--reason", "price"],
    ["disqualify", "3", "--reason", "x"],
    ["reopen", "3"],
    ["snooze", "3", "3d"],
]


@pytest.fixture
def renamed(pipeline: Run, folder: Path) -> Run:
    """Two deals in prospecting, one in qualification; then prospecting was called lead."""
    pipeline("add", "Acme: workshop", "--value", "100")
    pipeline("add", "Borg: audit", "--value", "50")
    pipeline("add", "Cyrano: letters", "--stage", "qualification")
    pipeline("confirm", "1", "problem")
    file = folder / "pipeline.yaml"
    file.write_text(file.read_text().replace("- id: prospecting\n", "- id: lead\n"))
    return pipeline


@pytest.mark.parametrize("words", WRITING, ids=lambda words: str(words[0]))
def test_every_writing_command_refuses_and_names_the_deals(renamed: Run, folder: Path, words: list[str]) -> None:
    before = (folder / "pipeline.db").read_bytes()

    result = renamed(*words)

    assert (result.code, result.out, result.err) == (3, "", REFUSAL)
    assert (folder / "pipeline.db").read_bytes() == before


def test_reports_show_such_deals_in_a_row_of_their_own(renamed: Run) -> None:
    assert [row["stage"] for row in renamed("list", "--json").rows] == ["prospecting", "prospecting", "qualification"]
    rows = {row["stage"]: row["deals"] for row in renamed("health", "--json").rows}
    assert rows["prospecting"] == 2
    assert sum(rows.values()) == 3
    assert renamed("show", "1", "--json").json["deal"]["stage"] == "prospecting"
    assert "prospecting" in renamed("show", "1").out
    for report in ("today", "forecast", "history", "prune"):
        assert renamed(report, "--json").code == 0, report


def test_check_names_them_and_map_moves_them_as_one_operation(renamed: Run) -> None:
    found = renamed("check")
    assert found.code == 5
    assert found.out.startswith(
        "Problems\nThere are 2 open deals (1, 2) in the stage prospecting, which the file does not have"
    )

    mapped = renamed("check", "--map", "prospecting=lead")

    assert mapped.code == 0
    assert mapped.err == "Moved 2 open deals. `pipeline undo` takes it back.\n"
    assert [row["stage"] for row in renamed("list", "--json").rows] == ["lead", "lead", "qualification"]
    assert renamed("show", "1", "--json").json["criteria"][2]["met"] is True, "a confirmation moves with its stage"
    assert len(renamed("show", "1", "--json").json["moves"]) == 1, "a new name is no move"
    assert renamed("history", "--json").rows[0]["summary"] == "renamed prospecting to lead"
    assert renamed("add", "New").code == 0


def test_the_map_can_be_undone(renamed: Run) -> None:
    renamed("check", "--map", "prospecting=lead")

    assert renamed("undo").code == 0

    assert renamed("list", "--json").rows[0]["stage"] == "prospecting"
    assert renamed("add", "New").err == REFUSAL


@pytest.mark.parametrize(
    ("pair", "message"),
    [
        ("prospecting", "--map prospecting: is not OLD=NEW: write --map lead=prospecting.\n"),
        (
            "prospecting=led",
            "There is no stage 'led': did you mean lead? Known: lead, qualification, proposal, negotiation, commit.\n",
        ),
        (
            "qualification=lead",
            "--map qualification=lead: pipeline.yaml still has the stage qualification: take it out "
            "there first, as with `pipeline config edit`; then its deals can be moved.\n",
        ),
        (
            "foo=lead",
            "--map foo=lead: no open deal is in a stage foo that pipeline.yaml does not have: "
            "map prospecting instead.\n",
        ),
    ],
)
def test_a_map_that_makes_no_sense_is_refused(renamed: Run, folder: Path, pair: str, message: str) -> None:
    before = (folder / "pipeline.db").read_bytes()

    result = renamed("check", "--map", pair)

    assert (result.code, result.out, result.err) == (2, "", message)
    assert (folder / "pipeline.db").read_bytes() == before


def test_closed_deals_in_such_a_stage_block_nothing(pipeline: Run, folder: Path) -> None:
    pipeline("add", "Acme: workshop")
    pipeline("lose", "1", "--reason", "price")
    file = folder / "pipeline.yaml"
    file.write_text(file.read_text().replace("- id: prospecting\n", "- id: lead\n"))

    assert pipeline("add", "New").code == 0
    assert pipeline("list", "status=lost", "--json").rows[0]["stage"] == "prospecting"


def test_reopening_a_deal_whose_stage_is_gone_says_what_to_do(pipeline: Run, folder: Path) -> None:
    pipeline("add", "Acme: workshop")
    pipeline("lose", "1", "--reason", "price")
    file = folder / "pipeline.yaml"
    file.write_text(file.read_text().replace("- id: prospecting\n", "- id: lead\n"))

    assert pipeline("reopen", "1").code == 0

    assert pipeline("advance", "1").code == 3
    assert pipeline("check", "--map", "prospecting=lead").code == 0
    assert pipeline("list", "--json").rows[0]["stage"] == "lead"


def test_a_stage_that_no_open_deal_is_in_is_counted_with_another(pipeline: Run, folder: Path) -> None:
    pipeline("add", "Acme: workshop")
    pipeline("lose", "1", "--reason", "price")
    file = folder / "pipeline.yaml"
    file.write_text(file.read_text().replace("- id: prospecting\n", "- id: lead\n"))
    warned = pipeline("check", "--json").rows[0]

    assert warned["fix"].endswith("count it with another: `pipeline check --map prospecting=lead`")
    assert pipeline("check", "--map", "prospecting=lead").code == 0
    assert pipeline("check", "--json").rows == []
    assert pipeline("list", "status=lost", "--json").rows[0]["stage"] == "lead"


def test_a_pipeline_that_the_file_no_longer_has_is_put_back(renamed: Run, folder: Path) -> None:
    file = folder / "pipeline.yaml"
    file.write_text(file.read_text().replace("  services:  ", "  projects:  "))

    fixes = {row["fix"] for row in renamed("check", "--json").rows if row["code"] == "lost_stage"}
    assert fixes == {"put the id services back in pipeline.yaml"}
