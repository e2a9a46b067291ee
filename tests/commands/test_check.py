"""`check`: pipeline.yaml, the database and the record (stages that went missing: see `tests/errors/test_lost_stages`)."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.conftest import Run
from tests.storage.test_integrity import plant

SOUND = ("add", "Acme", "--value", "12k", "--close", "30d")


def test_all_is_well(pipeline: Run) -> None:
    pipeline(*SOUND)

    assert pipeline("check") == (0, "", "")
    assert pipeline("check", terminal=True) == (0, "", "")
    assert pipeline("check", "--json").rows == []


def test_an_empty_record_is_well(pipeline: Run) -> None:
    assert pipeline("check") == (0, "", "")


def test_a_problem_of_pipeline_yaml_is_named(pipeline: Run, folder: Path) -> None:
    (folder / "pipeline.yaml").write_text("version: 1\n")

    assert pipeline("check").code == 3


def test_a_warning_of_pipeline_yaml_is_said_every_time(pipeline: Run, folder: Path) -> None:
    file = folder / "pipeline.yaml"
    file.write_text(file.read_text().replace("probability: 15", "probability: 1"))

    first, second = pipeline("check"), pipeline("check")

    assert first.code == 0
    assert first == second
    assert first.out.startswith("Warnings\npipeline.yaml:")


def test_a_damaged_record_is_named_and_left_as_it_is(pipeline: Run, folder: Path) -> None:
    pipeline(*SOUND)
    plant(folder / "pipeline.db", "UPDATE deals SET stage = 'proposal'")
    before = (folder / "pipeline.db").read_bytes()

    result = pipeline("check")

    assert result == (
        5,
        "Problems\nDeal 1: its history does not end in the stage or outcome it has. (--fix mends it)\n",
        "`pipeline check --fix` mends 1 of 1.\n",
    )
    assert (folder / "pipeline.db").read_bytes() == before


def test_machines_get_the_code_the_deal_and_what_to_do(pipeline: Run, folder: Path) -> None:
    pipeline(*SOUND)
    plant(folder / "pipeline.db", "UPDATE deals SET value_cents = -5")

    result = pipeline("check", "--json")

    assert result.code == 5
    assert result.rows == [
        {
            "severity": "problem",
            "code": "value",
            "deal": 1,
            "table": "deals",
            "row": 1,
            "message": "Deal 1: its value_cents (-5) is a negative amount.",
            "fix": "`pipeline edit 1 --value 10k`",
        },
    ]


def test_what_is_missing_is_a_warning_in_one_line_each(pipeline: Run) -> None:
    pipeline("add", "Acme", "--close", "2026-11-01", today="2026-10-01")
    pipeline("add", "Beta")
    pipeline("add", "Cora", "--value", "5", "--close", "30d")
    pipeline("next", "Cora", "2026-11-01", "Call", today="2026-10-30")

    result = pipeline("check")

    assert (result.code, result.err) == (0, "")
    assert result.out == (
        "Warnings\n"
        "2 open deals without a value. (`pipeline list flag=no_value`)\n"
        "1 open deal without a close date. (`pipeline list flag=no_close_date`)\n"
        "1 open deal with a close date in the past. (`pipeline list flag=past_close_date`)\n"
        "1 open deal with an overdue next step. (`pipeline list flag=overdue`)\n"
    )
    assert len(pipeline("list", "flag=no_value", "--json").rows) == 2


def test_a_currency_without_a_rate_is_a_problem(pipeline: Run, folder: Path) -> None:
    file = folder / "pipeline.yaml"
    text = file.read_text()
    file.write_text(text.replace("currency: EUR", "currency: EUR\nexchange_rates: {USD: 0.92}"))
    pipeline("add", "Acme", "--value", "$500", "--close", "30d")
    file.write_text(text)

    result = pipeline("check")

    assert result.code == 5
    assert "1 deal in USD, which pipeline.yaml has no exchange rate for: they cannot be added up." in result.out


def test_a_do_not_contact_list_without_its_key_is_a_problem(pipeline: Run, folder: Path) -> None:
    pipeline("contact", "opt-out", "ann@acme.example")
    (folder / "pipeline.db.key").unlink()

    result = pipeline("check")

    assert result.code == 5
    assert (
        "1 entry of the do-not-contact list matches nothing, because the key they were made with is gone." in result.out
    )


def test_a_stage_that_history_passed_and_the_file_no_longer_has_is_a_warning(pipeline: Run, folder: Path) -> None:
    pipeline(*SOUND)
    pipeline("lose", "1", "--reason", "price")
    file = folder / "pipeline.yaml"
    file.write_text(file.read_text().replace("- id: prospecting\n", "- id: lead\n"))

    result = pipeline("check")

    assert result.code == 0
    assert "1 deal passed the stage prospecting, which pipeline.yaml no longer has" in result.out


def test_fix_mends_says_so_and_undo_takes_it_back(pipeline: Run, folder: Path) -> None:
    pipeline(*SOUND)
    plant(folder / "pipeline.db", "UPDATE deals SET stage = 'proposal'", "DROP VIEW deal_overview")

    result = pipeline("check", "--fix")

    assert result == (
        0,
        "Mended\nThe view deal_overview is missing.\n"
        "Deal 1: its history does not end in the stage or outcome it has.\n",
        "Mended 2 faults. `pipeline undo` takes back what changed the record.\n",
    )
    assert pipeline("check") == (0, "", "")
    assert pipeline("history", "--json").rows[0]["summary"] == "mended 2 faults"
    assert pipeline("undo").code == 0
    assert pipeline("list", "--json").rows[0]["stage"] == "proposal"
    assert "deal_overview" not in pipeline("check").out


def test_fix_without_anything_to_mend_says_so_and_changes_nothing(pipeline: Run, folder: Path) -> None:
    pipeline(*SOUND)
    before = (folder / "pipeline.db").read_bytes()

    assert pipeline("check", "--fix") == (0, "", "Nothing to mend.\n")
    assert (folder / "pipeline.db").read_bytes() == before


def test_fix_names_what_is_left_and_ends_with_5(pipeline: Run, folder: Path) -> None:
    pipeline(*SOUND)
    plant(folder / "pipeline.db", "UPDATE deals SET value_cents = -5", "DROP INDEX notes_of_a_deal")

    result = pipeline("check", "--fix", "--json")

    assert result.code == 5
    assert [row["code"] for row in result.rows] == ["value"]
    assert [row["code"] for row in result.json["mended"]] == ["schema"]


def test_many_faults_of_a_kind_are_counted_for_people_and_listed_for_machines(pipeline: Run, folder: Path) -> None:
    for number in range(22):
        pipeline("add", f"Deal {number}", "--value", "1", "--close", "30d")
    plant(folder / "pipeline.db", "UPDATE deals SET stage = 'proposal'")

    assert pipeline("check").out.splitlines()[-1] == "and 2 more of this kind: `pipeline check --json` lists them."
    assert len(pipeline("check", "--json").rows) == 22


def test_a_missing_record_is_an_error(pipeline: Run, folder: Path) -> None:
    (folder / "pipeline.db").unlink()

    assert pipeline("check").code == 3


@pytest.mark.parametrize("command", [["list"], ["show", "1"], ["edit", "1", "--value", "5"], ["forecast"]])
def test_a_command_that_meets_a_damaged_record_says_so_and_is_no_defect(
    pipeline: Run, folder: Path, command: list[str]
) -> None:
    pipeline(*SOUND)
    plant(folder / "pipeline.db", "UPDATE deals SET fields = '[', created_at = '2026-00-01T10:00:00.000Z'")
    before = (folder / "pipeline.db").read_bytes()

    result = pipeline(*command)

    assert result.code in (0, 3), result.err
    if result.code == 3:
        assert (
            "pipeline.db: the record is damaged. Deal 1: its created_at (2026-00-01T10:00:00.000Z) is no" in result.err
        )
        assert "`pipeline check` lists what is wrong." in result.err
        assert (folder / "pipeline.db").read_bytes() == before
