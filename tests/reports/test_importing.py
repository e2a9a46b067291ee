"""What an import says of the sheet as a whole."""

from __future__ import annotations

import shlex
from pathlib import Path

import pytest

from tests.conftest import Result, Run


def codes(result: Result) -> list[str]:
    return [one["code"] for one in result.json["warnings"] if one["code"].endswith("_column")]


@pytest.mark.parametrize("options", [["--dry-run"], []])
def test_a_sheet_without_values_or_close_dates_is_said_to_leave_the_forecast_empty(
    pipeline: Run, folder: Path, options: list[str]
) -> None:
    folder.joinpath("deals.csv").write_text("id,title\n1,Acme\n2,Globex\n", encoding="utf-8")

    said = pipeline("import", "deals.csv", *options).out

    assert "2 × deals without a value: the file has no column of it, and every forecast counts them as 0." in said
    assert "--map value=COLUMN" in said
    assert "2 × open deals without an expected close date" in said
    assert "--map expected_close=COLUMN" in said


def test_a_sheet_with_both_columns_is_not_complained_of(pipeline: Run, folder: Path) -> None:
    folder.joinpath("deals.csv").write_text("id,title,amount,expected_close\n1,Acme,,\n", encoding="utf-8")

    assert codes(pipeline("import", "deals.csv", "--json")) == []


def test_an_update_may_leave_them_away(pipeline: Run, folder: Path) -> None:
    folder.joinpath("deals.csv").write_text("id,title\n1,Acme\n", encoding="utf-8")
    assert codes(pipeline("import", "deals.csv", "--json")) == ["no_value_column", "no_expected_close_column"]

    folder.joinpath("deals.csv").write_text("id,title\n1,Acme GmbH\n", encoding="utf-8")
    assert codes(pipeline("import", "deals.csv", "--json")) == []


def test_of_many_problems_those_that_say_the_same_share_a_line(pipeline: Run, folder: Path) -> None:
    rows = [f"{number},Deal,{'somwhere' if number < 25 else 'propsal'}" for number in range(26)]
    folder.joinpath("deals.csv").write_text("\n".join(["id,title,stage", *rows]) + "\n", encoding="utf-8")

    said = pipeline("import", "deals.csv").err.splitlines()

    assert len(said) == 3
    assert said[0].startswith("deals.csv:2: stage: 'somwhere' is no stage of services: ")
    assert said[0].endswith(" (So too in lines 3, 4, 5, 6, 7 and 19 more.)")
    assert said[1].startswith("deals.csv:27: stage: 'propsal' ")
    assert said[1].endswith('--value-map "stage:propsal=proposal"'), "the stage that was most likely meant"
    assert said[2].startswith("Nothing was imported: 26 problems.")


def test_the_command_for_corrected_rows_reads_them_as_the_file_was_read(pipeline: Run, folder: Path) -> None:
    folder.joinpath("deals.csv").write_text("Nr,Was,Stufe\n1,Acme,propsal\n2,Globex,proposal\n", encoding="utf-8")

    options = ["--map", "id=Nr", "--map", "title=Was", "--map", "stage=Stufe", "--source-name", "my sheet"]
    said = pipeline("import", "deals.csv", "--skip-bad", *options).err.splitlines()

    command = next(line for line in said if line.startswith("Once corrected: "))
    assert command == (
        "Once corrected: pipeline import deals.rejected.csv --map id=Nr --map title=Was --map stage=Stufe "
        '--source-name "my sheet"'
    )
    rejected = folder / "deals.rejected.csv"
    rejected.write_text(rejected.read_text("utf-8").replace("propsal,", "proposal,"), "utf-8")
    assert pipeline(*shlex.split(command.removeprefix("Once corrected: pipeline "))).code == 0
    assert [row["title"] for row in pipeline("list", "--json").rows] == ["Globex", "Acme"]
