"""`export`: the record as files that other programs open, and that import reads back to the same record."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from tests.commands.reading import deal, shown
from tests.conftest import REPOSITORY, RealRecord, Run
from tests.large import LARGE

TABLES = ("deals", "moves", "touchpoints", "contacts", "changes")
REPORTS = ("health", "funnel", "forecast", "prune", "today", "review", "sources", "cohorts", "lessons", "backtest")


def exported(run: Run, folder: str, today: str | None = None) -> dict[str, bytes]:
    """Every table of the record, written into a new folder."""
    Path(folder).mkdir()
    for table in TABLES:
        result = run("export", table, "-o", f"{folder}/{table}.csv", today=today)
        assert result.code == 0, result.err
    return {table: Path(folder, f"{table}.csv").read_bytes() for table in TABLES}


def imported(run: Run, folder: str, today: str | None = None) -> None:
    """The tables of a folder, into a new record."""
    Path("pipeline.db").unlink(missing_ok=True)
    there = [table for table in TABLES[1:] if Path(folder, f"{table}.csv").exists()]
    files = [f for table in there for f in (f"--{table}", f"{folder}/{table}.csv")]
    result = run("import", f"{folder}/deals.csv", *files, today=today)
    assert result.code == 0, result.err


def test_the_sample_data_comes_back_byte_for_byte(pipeline: Run, folder: Path) -> None:
    imported(pipeline, str(REPOSITORY / "sample_data"))
    first = exported(pipeline, "first")
    imported(pipeline, "first")
    assert exported(pipeline, "second") == first
    assert pipeline("check").code == 0
    again = pipeline("import", "first/deals.csv", "--moves", "first/moves.csv")
    assert "Nothing was changed" in again.err


@pytest.mark.skipif(not LARGE, reason="PIPELINE_LARGE runs it")
@pytest.mark.parametrize("name", ["bank", "maven"])
def test_real_data_comes_back_byte_for_byte(
    name: str, real_record: object, run: Run, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real: RealRecord = real_record(name)  # type: ignore[operator]
    for file in ("pipeline.yaml", "pipeline.db"):
        (folder / file).write_bytes((real.folder / file).read_bytes())
    first = exported(run, "first", real.today)
    imported(run, "first", real.today)
    assert exported(run, "second", real.today) == first


@pytest.mark.skipif(not LARGE, reason="PIPELINE_LARGE runs it")
def test_both_date_forms_of_maven_are_the_same_export(shared_data: Path, run: Run, folder: Path) -> None:
    (folder / "pipeline.yaml").write_bytes((shared_data / "maven" / "pipeline.yaml").read_bytes())
    exports = []
    for name in ("sales_pipeline.csv", "sales_pipeline_us_dates.csv"):
        (folder / "pipeline.db").unlink(missing_ok=True)
        assert run("import", str(shared_data / "maven" / name), today="2018-01-01").code == 0
        exports.append(run("export", "deals", today="2018-01-01").out)
    assert exports[0] == exports[1]
    assert len(exports[0].splitlines()) == 8801


TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1, max_size=12).filter(
    str.strip
)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(TEXT, TEXT, TEXT)
@example("=1+2", "'=x", "+49 30")
@example("＝cmd", "\t-", "a\r\nb")
@example("'", "\r", "\ufeff@")
def test_any_text_survives_export_and_import(pipeline: Run, title: str, organization: str, note: str) -> None:
    Path("pipeline.db").unlink(missing_ok=True)
    before = Path("in.csv")
    with before.open("w", encoding="utf-8", newline="") as stream:
        texts = [f"'{text}" if guarded(text) else text for text in (title, organization, note)]
        rows = [["id", "external_id", "title", "organization", "Remark"], ["1", "a", *texts]]
        csv.writer(stream).writerows(rows)
    assert pipeline("import", "in.csv").code == 0
    first = pipeline("export", "deals").out
    Path("out.csv").write_text(first, encoding="utf-8", newline="")
    found = shown(pipeline)
    Path("pipeline.db").unlink()
    assert pipeline("import", "out.csv").code == 0
    again = shown(pipeline)

    assert (again["deal"]["title"], again["deal"]["organization"], again["fields"]) == (
        title,
        organization,
        {"Remark": note},
    )
    assert again["deal"] == found["deal"]
    assert pipeline("export", "deals").out == first


def guarded(text: str) -> bool:
    """Whether our own export would put an apostrophe before it."""
    return text.lstrip("'")[:1] in tuple("=+-@\t\r\n＝＋－＠") and text.lstrip("'") != ""


def test_a_formula_is_text_to_a_spreadsheet_and_itself_again_to_import(pipeline: Run) -> None:
    pipeline("add", "=HYPERLINK(1)", "--contact", "-Ann", "--phone", "+49 30 1", "--value", "5.50")
    row = next(csv.DictReader(io.StringIO(pipeline("export", "deals").out)))
    assert [row[key] for key in ("title", "contact", "phone", "value")] == [
        "'=HYPERLINK(1)",
        "'-Ann",
        "'+49 30 1",
        "5.50",
    ]


def test_excel_gets_a_byte_order_mark_and_its_line_ends(pipeline: Run) -> None:
    pipeline("add", "Acme")
    pipeline("export", "deals", "--excel", "-o", "deals.csv")
    text = Path("deals.csv").read_bytes()
    assert text.startswith(b"\xef\xbb\xbfid,external_id,title")
    assert text.endswith(b"\r\n")
    pipeline("undo")
    assert pipeline("import", "deals.csv").code == 0


@pytest.mark.parametrize("what", [*TABLES, *REPORTS])
@pytest.mark.parametrize("form", ["table", "json", "csv", "tsv", "markdown"])
def test_everything_is_exported_in_every_form(what: str, form: str, pipeline: Run) -> None:
    pipeline("add", "Acme", "--contact", "Ann", "--value", "100")
    pipeline("log", "1", "call")
    result = pipeline("export", what, "--format", form)
    assert (result.code, result.out.strip() != "") == (0, True), result.err


def test_a_file_that_is_there_is_replaced_by_force_alone(pipeline: Run, folder: Path) -> None:
    pipeline("add", "Acme")
    (folder / "deals.csv").write_text("mine")
    assert pipeline("export", "deals", "-o", "deals.csv").code == 5
    assert (folder / "deals.csv").read_text() == "mine"
    assert pipeline("export", "deals", "-o", "deals.csv", "--force").code == 0
    assert (folder / "deals.csv").stat().st_mode & 0o777 == 0o600


def test_all_writes_a_folder_of_files_or_none(pipeline: Run, folder: Path) -> None:
    pipeline("add", "Acme")
    assert pipeline("export", "all").code == 2
    assert pipeline("export", "all", "-o", "out").code == 0
    assert {path.stem for path in (folder / "out").iterdir()} >= {*TABLES, *REPORTS}
    (folder / "out" / "deals.csv").unlink()
    refused = pipeline("export", "all", "-o", "out")
    assert (refused.code, (folder / "out" / "deals.csv").exists()) == (5, False)
    assert pipeline("export", "all", "-o", "out", "--force", "--json").code == 0
    assert (folder / "out" / "deals.json").exists()


def test_the_calendar_holds_the_open_next_steps(pipeline: Run, folder: Path) -> None:
    from icalendar import Calendar

    pipeline("add", "Acme; big, one", "--org", "Acme")
    pipeline("next", "1", "2026-12-01", "Call Ann,\nthen write")
    pipeline("add", "Closed")
    pipeline("next", "2", "2026-12-01", "Nothing")
    pipeline("lose", "2", "--reason", "price")
    assert pipeline("export", "calendar", "-o", "next.ics").code == 0
    first = (folder / "next.ics").read_bytes()
    event, dropped = Calendar.from_ical(first).walk("VEVENT")
    assert (str(event["status"]), str(dropped["status"])) == ("CONFIRMED", "CANCELLED")
    assert (str(event["summary"]), event.decoded("dtstart").isoformat()) == (
        "Call Ann,\nthen write (Acme; big, one)",
        "2026-12-01",
    )
    assert pipeline("export", "calendar").out.encode() == first
    assert (folder / "next.ics").stat().st_mode & 0o777 == 0o600

    pipeline("next", "1", "2026-12-08", "Write", "--replace")
    _, moved = Calendar.from_ical(pipeline("export", "calendar", "stage=prospecting").out).walk("VEVENT")
    assert (moved["uid"], str(moved["summary"])) == (event["uid"], "Write (Acme; big, one)")
    assert (event["sequence"], moved["sequence"]) == (0, 1)
    assert pipeline("export", "calendar", "stage=proposal").out == ""
    assert pipeline("export", "calendar", "--json").code == 2


def test_the_calendar_holds_what_is_planned_for_closed_deals(pipeline: Run) -> None:
    pipeline("add", "Acme")
    pipeline("add", "Borg")
    pipeline("lose", "1", "--reason", "timing", "--again", "2027-05-21")
    pipeline("win", "2", "--check-in", "2026-12-10")
    pipeline("next", "2", "2026-12-01", "Send the invoice")

    lines = pipeline("export", "calendar").out.splitlines()

    assert [line for line in lines if line.startswith(("SUMMARY", "DESCRIPTION"))] == [
        "SUMMARY:Send the invoice (Borg)",
        "DESCRIPTION:Deal 2: Borg\\nStage: won",
        "SUMMARY:Check-in (Borg)",
        "DESCRIPTION:Deal 2: Borg\\nStage: won",
        "SUMMARY:Ask again (Acme)",
        "DESCRIPTION:Deal 1: Acme\\nStage: lost",
    ]


def test_what_is_planned_for_closed_deals_comes_back_with_an_import(pipeline: Run, folder: Path) -> None:
    for title in ("Acme", "Borg", "Cora"):
        pipeline("add", title)
    pipeline("lose", "1", "=Ask about [b]", "--reason", "timing", "--again", "2027-05-21")
    pipeline("win", "2")
    pipeline("next", "2", "2026-11-22", "Send the invoice")
    pipeline("disqualify", "3", "--reason", "too small", "--again", "2026-12-01")
    first = pipeline("export", "deals", today="2026-12-24").out
    (folder / "deals.csv").write_text(first, encoding="utf-8")

    assert pipeline("import", "deals.csv", "--json", today="2026-12-24").json["deals"]["unchanged"] == 3
    (folder / "pipeline.db").unlink()
    assert pipeline("import", "deals.csv", today="2026-12-24").code == 0

    assert pipeline("export", "deals", today="2026-12-24").out == first
    assert pipeline("list", "status=lost", "--json", today="2026-12-24").rows[0]["next_step"] == "=Ask about [b]"
    assert pipeline("check", today="2026-12-24").code == 0


def test_a_file_that_says_a_deal_is_lost_and_what_comes_next_says_both(pipeline: Run, folder: Path) -> None:
    pipeline("add", "Acme")
    pipeline("next", "1", "2026-11-24", "Call")
    text = pipeline("export", "deals").out
    text = text.replace(",open,", ",lost,").replace("Call,2026-11-24", "Ask again,2027-05-21")
    (folder / "deals.csv").write_text(text, encoding="utf-8")

    assert pipeline("import", "deals.csv").code == 0
    assert (deal(pipeline)["status"], deal(pipeline)["next_step"]) == ("lost", "Ask again")
    assert pipeline("import", "deals.csv", "--json").json["deals"]["updated"] == 0

    (folder / "deals.csv").write_text(text.replace("Ask again,2027-05-21", ","), encoding="utf-8")
    assert pipeline("import", "deals.csv").code == 0
    assert deal(pipeline)["next_step"] == "Ask again", "an empty cell takes nothing away"


def test_without_a_next_step_there_is_no_calendar(pipeline: Run, folder: Path) -> None:
    pipeline("add", "Acme")
    result = pipeline("export", "calendar", "-o", "next.ics")
    said = "No next step, so no calendar: `pipeline next DEAL DATE TEXT` sets one. Nothing was written.\n"
    assert (result.code, result.out, result.err) == (0, "", said)
    assert not (folder / "next.ics").exists()


def test_a_calendar_on_a_terminal_hides_nothing(pipeline: Run) -> None:
    pipeline("add", "Acme\u202egnp.exe")
    pipeline("next", "1", "2026-12-01", "Call\u2028Ann")
    shown = pipeline("export", "calendar", terminal=True).out
    assert "\u202e" not in shown
    assert "\u2028" not in shown
    assert "BEGIN:VEVENT\n" in shown
    assert "\u202e" in pipeline("export", "calendar").out


def test_all_takes_its_folder_as_a_word_and_a_filter_is_none(pipeline: Run, folder: Path) -> None:
    pipeline("add", "Acme")
    assert pipeline("export", "all", "stage=prospecting").code == 2
    assert pipeline("export", "all", "out").code == 0
    further = {"health.totals", "health.findings", "backtest.methods"}
    written = {path.stem for path in (folder / "out").iterdir()}
    assert written - further == {*TABLES, *REPORTS}
    assert "health.totals" in written
    again = pipeline("export", "all", "out")
    assert again.code != 0
    assert "nothing was written" in again.err


def rows_of(path: Path) -> list[list[str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file))


def test_every_table_that_was_asked_for_goes_to_a_file_and_is_named(pipeline: Run, folder: Path) -> None:
    pipeline("add", '=1+1 [/] "deal"', "--value", "12k", "--close", "30d")
    plain = pipeline("forecast", "-o", "plain.csv")
    assert plain.err.count("Wrote ") == 1
    assert not (folder / "plain.deals.csv").exists()
    both = pipeline("forecast", "--deals", "-o", "x.csv")
    assert "Wrote x.csv." in both.err
    assert "Wrote x.deals.csv." in both.err
    assert (folder / "x.csv").read_bytes() == (folder / "plain.csv").read_bytes()
    answer = pipeline("forecast", "--deals", "--json").json
    header, row = rows_of(folder / "x.deals.csv")
    assert header == list(answer["deals"][0])
    assert dict(zip(header, row, strict=True))["value"] == "12000"
    health = pipeline("health", "-o", "h.tsv")
    assert [line for line in health.err.splitlines() if "Wrote" in line][:2] == ["Wrote h.tsv.", "Wrote h.totals.tsv."]
    assert len((folder / "h.totals.tsv").read_text().splitlines()) == 2


def test_one_file_in_the_way_leaves_all_unwritten(pipeline: Run, folder: Path) -> None:
    pipeline("add", "Acme", "--value", "12k")
    (folder / "x.deals.csv").write_text("mine\n")
    refused = pipeline("forecast", "--deals", "-o", "x.csv")
    assert refused.code == 5
    assert "x.deals.csv is there already" in refused.err
    assert not (folder / "x.csv").exists()
    assert pipeline("forecast", "--deals", "-o", "x.csv", "--force").code == 0
    assert (folder / "x.deals.csv").read_text().startswith("id,")


def test_other_forms_hold_every_table_in_one_file(pipeline: Run, folder: Path) -> None:
    pipeline("add", "Acme", "--value", "12k")
    assert pipeline("forecast", "--deals", "-o", "x.json").err.count("Wrote ") == 1
    assert pipeline("forecast", "--deals", "-o", "x.md").err.count("Wrote ") == 1
    assert sorted(path.name for path in folder.glob("x.*")) == ["x.json", "x.md"]


def test_a_backtest_is_exported_of_one_pipeline(pipeline: Run) -> None:
    assert pipeline("export", "backtest").out.startswith("as_of,method,open_deals")
    assert pipeline("export", "backtest", "--all-pipelines").code == 2
    assert pipeline("export", "backtest", "stage=proposal").code == 2


@pytest.mark.parametrize("profile", ["hubspot", "pipedrive"])
def test_a_profile_is_what_that_program_would_export_to_us(profile: str, pipeline: Run) -> None:
    pipeline(
        "add",
        "Acme",
        "--org",
        "Acme Ltd",
        "--contact",
        "Ann <ann@acme.example>",
        "--value",
        "1200.5",
        "--close",
        "2026-12-24",
    )
    pipeline("add", "Beta", "--at", "2026-11-01")
    pipeline("lose", "2", "--reason", "price", "--at", "2026-11-03")
    pipeline("add", "Gamma", "--at", "2026-11-01")
    pipeline("win", "3", "--at", "2026-11-04")
    pipeline("export", "deals", "status=all", "--profile", profile, "-o", "theirs.csv")
    before = [shown(pipeline, number)["deal"] for number in "123"]
    Path("pipeline.db").unlink()

    dry = pipeline("import", "theirs.csv", "--dry-run", "--json").json
    assert dry["mapping"][0]["preset"] == profile
    assert [column["column"] for column in dry["mapping"][0]["columns"] if column["use"] != "field"] == []
    assert pipeline("import", "theirs.csv").code == 0
    after = [shown(pipeline, number)["deal"] for number in "123"]
    kept = ("title", "organization", "contact", "value", "currency", "status", "expected_close", "lost_reason")
    assert [[deal[key] for key in kept] for deal in after] == [[deal[key] for key in kept] for deal in before]
    assert [deal["closed_at"] and deal["closed_at"][:10] for deal in after] == [None, "2026-11-03", "2026-11-04"]


def test_a_profile_is_for_deals_and_known(pipeline: Run) -> None:
    assert pipeline("export", "moves", "--profile", "hubspot").code == 2
    assert "Known: hubspot, pipedrive" in pipeline("export", "deals", "--profile", "sugar").err
