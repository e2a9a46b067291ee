"""What changed about a deal is seen: in `show`, in `history`, in `export changes`, and comes back with an import."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from pipeline_cli.domain.deal.edits import FIELDS
from pipeline_cli.storage.as_of import CHANGING_FIELDS
from tests.commands.reading import deal, flags, last, record, shown
from tests.conftest import Prepare, Result, Run

HEADER = "deal,field,before,after,changed_at\n"
RATES = "exchange_rates: {USD: 0.5}\n"
FILES = ("moves", "touchpoints", "contacts", "changes")


def a_quarter(run: Run) -> None:
    """A deal that grew, shrank, was pushed three times, went to a colleague and to another currency; and a won one."""
    Path("pipeline.yaml").write_text(Path("pipeline.yaml").read_text("utf-8") + RATES, "utf-8")
    run(
        "add",
        "Acme",
        "--value",
        "12k",
        "--close",
        "2026-09-30",
        "--owner",
        "Bea",
        "--field",
        "size=1",
        today="2026-09-01",
    )
    run("edit", "1", "--close", "2026-10-31", today="2026-09-10")
    run("edit", "1", "--value", "9000.50", "--close", "2026-11-30", "--probability", "62.5", today="2026-09-20")
    run(
        "edit",
        "1",
        "--title",
        "=Acme [b]two[/] 👍",
        "--owner",
        "Kim",
        "--field",
        "size=2",
        "--org",
        "Acme",
        today="2026-10-01",
    )
    run("edit", "1", "--value", "USD 10k", "--close", "2027-01-15", "--cost", "99.9", today="2026-10-10")
    run("edit", "1", "--probability", "auto", "--category", "commit", "--source", "event", today="2026-10-11")
    run("snooze", "1", "2026-10-20", today="2026-10-12")
    run("edit", "1", "--close", "2026-12-24", "--value", "", "--external-id", "X-1", today="2026-11-02")
    run("edit", "1", "--value", "8k", "--field", "size=", "--field", 'region=North, "West"', today="2026-11-02")
    run("add", "Borg", "--value", "100", "--owner", "me", today="2026-09-01")
    run("edit", "2", "--owner", "", "--value", "200", today="2026-09-15")
    run("win", "2", "--value", "250", today="2026-10-30")


def what(run: Run, name: str = "1", **options: Any) -> list[str]:
    """The changes in the timeline of `show`, newest first; a deal's creation is the last line."""
    timeline = run("show", name, **options).out.split("\nTimeline\n")[1].partition("\n\n")[0]
    return re.findall(r"^.*? \d\d:\d\d  +(.*?) *$", timeline, re.MULTILINE)


def exported(run: Run, *words: str) -> dict[str, str]:
    texts = {}
    for table in ("deals", *FILES):
        result = run("export", table, *words)
        assert result.code == 0, result.err
        texts[table] = result.out
    return texts


def imported(run: Run, texts: dict[str, str], *words: str, **options: Any) -> Result:
    """Into the record there is."""
    for name, text in texts.items():
        Path(f"{name}.csv").write_text(text, encoding="utf-8", newline="")
    files = [word for name in FILES if name in texts for word in (f"--{name}", f"{name}.csv")]
    return run("import", "deals.csv", *files, *words, **options)


def test_the_timeline_says_what_a_value_and_a_date_were_and_how_often_it_was_pushed(pipeline: Run) -> None:
    pipeline("add", "Acme", "--value", "12k", "--close", "2026-09-30", today="2026-09-01")
    pipeline("edit", "1", "--value", "9k", today="2026-09-10")
    for month in ("10-31", "11-30"):
        pipeline("edit", "1", "--close", f"2026-{month}", today="2026-09-11")
    pipeline("edit", "1", "--close", "2027-01-15", today="2026-09-12")
    pipeline("edit", "1", "--close", "2027-01-10", "--owner", "Kim", today="2026-09-13")

    assert what(pipeline, today="2026-11-21") == [
        "close 15 Jan 2027 -> 10 Jan 2027",
        "owner set to Kim",
        "close 30 Nov -> 15 Jan 2027, pushed for the 3rd time",
        "close 31 Oct -> 30 Nov, pushed for the 2nd time",
        "close 30 Sep -> 31 Oct, pushed",
        "value 12,000 -> 9,000 EUR",
        "created in Prospecting",
    ]


def test_every_field_is_told_in_its_own_words(prepare: Prepare) -> None:
    run = prepare(a_quarter)
    assert what(run) == [
        "value set to 8,000 USD",
        'region set to North, "West"',
        "size 2 removed",
        "value 10,000 USD removed",
        "close 15 Jan 2027 -> 24 Dec",
        "external id set to X-1",
        "snoozed until 20 Oct",
        "category set to commit",
        "chance 62.5% -> as forecast has it",
        "source set to event",
        "value 9,000.50 EUR -> 10,000.00 USD",
        "close 30 Nov -> 15 Jan 2027, pushed for the 3rd time",
        "cost set to 99.90 EUR",
        "size 1 -> 2",
        "owner Bea -> Kim",
        "organization set to Acme",
        "title Acme -> =Acme [b]two[/] 👍",
        "value 12,000.00 -> 9,000.50 EUR",
        "chance set to 62.5%",
        "close 31 Oct -> 30 Nov, pushed for the 2nd time",
        "close 30 Sep -> 31 Oct, pushed",
        "created in Prospecting",
    ]


def test_show_gives_programs_what_each_field_was(prepare: Prepare) -> None:
    run = prepare(a_quarter)
    changes = shown(run)["changes"]
    assert list(changes[0]) == ["field", "before", "after", "at"]
    assert changes[0] == {
        "field": "expected_close",
        "before": "2026-09-30",
        "after": "2026-10-31",
        "at": "2026-09-10T12:00:00.000Z",
    }
    told = {(one["field"], one["before"], one["after"]) for one in changes if one["field"] != "fields"}
    assert {
        ("value", 12000, 9000.5),
        ("value", 9000.5, 10000),
        ("currency", "EUR", "USD"),
        ("value", 10000, None),
        ("probability", None, 0.625),
        ("cost", None, 99.9),
        ("owner", "Bea", "Kim"),
        ("snoozed_until", None, "2026-10-20"),
        ("external_id", None, "X-1"),
    } <= told
    assert [(one["before"], one["after"]) for one in changes if one["field"] == "fields"] == [
        ({"size": "1"}, {"size": "2"}),
        ({"size": "2"}, {"region": 'North, "West"'}),
    ]
    assert shown(run, "2")["changes"][-1]["after"] == 250, "a value given with the win is a change too"


def test_history_says_what_edit_changed_before_and_after(pipeline: Run) -> None:
    pipeline("add", "Acme", "--value", "12k", "--close", "2026-11-30")

    result = pipeline("edit", "1", "--value", "9k", "--close", "2027-01-15", "--owner", "")

    said = "owner as before, close 30 Nov -> 15 Jan 2027, pushed, value 12,000 -> 9,000 EUR"
    assert result.err == f"Changed 1, Acme: {said}.\n"
    assert last(pipeline)["summary"] == f"edited Acme: {said}"
    pipeline("undo")
    assert shown(pipeline)["changes"] == []


def test_history_only_names_what_is_too_long_for_a_sentence(pipeline: Run) -> None:
    pipeline("add", "Acme", "--field", "plan=short")

    result = pipeline(
        "edit", "1", "--field", f"plan={'long ' * 50}", "--field", "notes=one\ntwo", "--title", "Äcme 👩‍💻"
    )

    assert result.err == "Changed 1, Äcme 👩‍💻: title Acme -> Äcme 👩‍💻, plan changed, notes changed.\n"
    assert last(pipeline)["summary"] == "edited Äcme 👩‍💻: title Acme -> Äcme 👩‍💻, plan changed, notes changed"
    assert any(line.startswith("plan short -> long long") for line in what(pipeline))


def test_a_change_of_nothing_is_none(pipeline: Run) -> None:
    pipeline("add", "Acme", "--value", "12k")

    assert pipeline("edit", "1", "--value", "12000").err == "Changed 1, Acme: value as before.\n"
    assert shown(pipeline)["changes"] == []
    assert pipeline("export", "changes").out == HEADER


def test_the_past_knows_the_changes_until_then(prepare: Prepare) -> None:
    run = prepare(a_quarter)
    assert what(run, today="2026-09-30") == what(run)[-5:]
    assert len(run("export", "changes", "--as-of", "2026-09-10").out.splitlines()) == 2


def test_the_export_has_values_as_the_export_of_deals_has_them(prepare: Prepare) -> None:
    run = prepare(a_quarter)
    lines = run("export", "changes").out.splitlines(keepends=True)
    assert lines[0] == HEADER
    assert lines[1] == "1,expected_close,2026-09-30,2026-10-31,2026-09-10T12:00:00.000Z\n"
    at = "2026-10-10T12:00:00.000Z"
    assert [line for line in lines if line.endswith(f"{at}\n")] == [
        f"1,cost,,99.90,{at}\n",
        f"1,expected_close,2026-11-30,2027-01-15,{at}\n",
        f"1,value,9000.50,10000,{at}\n",
        f"1,currency,EUR,USD,{at}\n",
    ]
    assert "1,title,Acme,'=Acme [b]two[/] 👍,2026-10-01T12:00:00.000Z\n" in lines
    assert "1,probability,,0.625,2026-09-20T12:00:00.000Z\n" in lines
    assert '1,fields,"{""size"": ""1""}","{""size"": ""2""}",2026-10-01T12:00:00.000Z\n' in lines
    assert [row["deal"] for row in run("export", "changes", "status=won", "--json").rows] == [2, 2, 2]
    assert run("export", "changes", "--format", "table", "status=won").out.count("250") == 1
    assert run("export", "all", "out").code == 0
    assert Path("out/changes.csv").read_text("utf-8") == "".join(lines)


@pytest.mark.parametrize("words", [(), ("--excel",)])
def test_an_export_imported_into_an_empty_record_is_the_same_record(prepare: Prepare, words: tuple[str, ...]) -> None:
    run = prepare(a_quarter)
    first = exported(run, *words)
    seen = _seen(run)
    Path("pipeline.db").unlink()

    result = imported(run, first, "--json")

    assert result.json["changes"] == {"read": 24, "created": 24, "updated": 0, "unchanged": 0, "skipped": 0}
    assert exported(run, *words) == first
    assert _seen(run) == seen
    assert run("check").code == 0


def _seen(run: Run) -> list[Any]:
    """Whatever rests on the values that were."""
    days = ("2026-09-05", "2026-09-15", "2026-09-25", "2026-10-05", "2026-10-15", "2026-11-01", "2026-11-10")
    seen: list[Any] = [run("list", "status=all", "--as-of", day, "--json").rows for day in days]
    seen += [run("forecast", "--deals", "--as-of", day, "--json").json for day in days]
    seen += [flags(run), *(shown(run, name)["changes"] for name in ("1", "2"))]
    seen += [what(run), what(run, "2")]
    reviews = [run("review", "--from", day, "--json").json for day in days]
    return [*seen, *([one["rows"], one["waterfall"]] for one in reviews)]


def test_the_same_file_twice_changes_nothing(prepare: Prepare) -> None:
    run = prepare(a_quarter)
    first = exported(run)
    before = record(run)

    for _ in range(2):
        result = imported(run, first, "--json")
        assert result.json["changes"]["unchanged"] == 24
        assert [one["code"] for one in result.json["warnings"]] == ["no_losses"]
        assert "Nothing was changed" in result.err
        assert record(run) == before


def test_undo_takes_an_import_of_changes_back(prepare: Prepare) -> None:
    run = prepare(a_quarter)
    first = exported(run)
    Path("pipeline.db").unlink()
    run("add", "Other")
    before = record(run)
    assert imported(run, first).code == 0

    assert run("undo").code == 0

    assert record(run) == before
    assert run("redo").code == 0
    assert len(run("export", "changes").out.splitlines()) == 25


def test_a_known_deal_goes_on_from_what_it_has_at_the_instants_that_are_told(prepare: Prepare) -> None:
    """The export of another machine a month later: what happened there happened when it says."""
    run = prepare(a_quarter)
    old = exported(run)
    Path("pipeline.db").rename("there.db")
    assert imported(run, old).code == 0
    Path("pipeline.db").rename("here.db")
    Path("there.db").rename("pipeline.db")
    run("edit", "1", "--value", "7k", "--close", "2027-02-01", today="2026-11-10")
    run("edit", "1", "--value", "6k", "--owner", "Zoë", today="2026-11-12")
    new, seen = exported(run), _seen(run)
    Path("here.db").replace("pipeline.db")

    result = imported(run, new, "--json")

    assert result.json["changes"] == {"read": 28, "created": 4, "updated": 0, "unchanged": 24, "skipped": 0}
    assert exported(run) == new
    assert _seen(run) == seen
    assert "Nothing was changed" in imported(run, new).err


def test_what_is_not_told_by_changes_changes_now_and_the_past_is_not_rewritten(pipeline: Run) -> None:
    pipeline("add", "Acme", "--value", "12k", "--owner", "Bea", today="2026-09-01")
    texts = exported(pipeline)
    texts["deals"] = texts["deals"].replace("12000", "9000").replace("Bea", "Kim")
    at = "2026-09-10T12:00:00.000Z"
    texts["changes"] = f"{HEADER}1,value,15000,12000,{at}\n1,owner,Ann,Kim,{at}\n1,title,Acne,Acme,{at}\n"

    result = imported(pipeline, texts, "--json")

    assert result.json["changes"] == {"read": 3, "created": 0, "updated": 0, "unchanged": 3, "skipped": 0}
    (late,) = result.json["warnings"]
    assert (late["code"], late["count"], late["lines"]) == ("late_changes", 3, [2, 3, 4])
    assert {(one["field"], one["before"], one["at"][:10]) for one in shown(pipeline)["changes"]} == {
        ("value", 12000, "2026-11-21"),
        ("owner", "Bea", "2026-11-21"),
    }
    assert pipeline("list", "--as-of", "2026-09-05", "--json").rows[0]["value"] == 12000


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("9,value,1,2,2026-09-10", "2: deal: there is no deal '9' in the file of deals: give its external id."),
        (",value,1,2,2026-09-10", "2: deal: no deal is named: give its external id."),
        ("1,colour,1,2,2026-09-10", "2: field: 'colour' is no field of a deal: title, organization,"),
        ("1,,1,2,2026-09-10", "2: field: no field is named: give one of title, organization,"),
        ("1,value,-5,2,2026-09-10", "2: before: '-5' is negative: an amount is 0 or more."),
        ("1,value,1,1.234,2026-09-10", "2: after: 1.234 may be 1234 or 1.23: type 1234 or 1.23."),
        ("1,value,1,nan,2026-09-10", "2: after: 'nan' is not an amount:"),
        ("1,expected_close,2026-02-30,,2026-09-10", "2: before: '2026-02-30' is not in the calendar"),
        ("1,expected_close,2026-02-03,03/04/2026,2026-09-10", "2: after: '03/04/2026' may be day first or month first"),
        ("1,probability,0.5,150,2026-09-10", "2: after: '150' is not a probability: give 0 to 100 percent."),
        ("1,category,,sure,2026-09-10", "2: after: 'sure' is no forecast category: omitted,"),
        ("1,currency,EUR,XYZ,2026-09-10", "2: after: there is no exchange rate for 'XYZ': add to pipeline.yaml"),
        ("1,currency,,EUR,2026-09-10", "2: before: a deal always has a currency: say which it was."),
        ("1,title,,Acme,2026-09-10", "2: before: a deal always has a title: say which it was."),
        ("1,fields,{},[1],2026-09-10", "2: after: '[1]' are no fields:"),
        ('1,fields,{},"{""a"": 1}",2026-09-10', "2: after: '{\"a\": 1}' are no fields:"),
        ("1,value,1,2,", "2: changed_at: no date: say when it happened."),
        ("1,value,1,2,soon", "2: changed_at: 'soon' is not a date:"),
        ("1,value,1,2,2031-01-01", "2: changed_at: '2031-01-01' is later than today, 2026-11-21"),
        ("1,value,1", "2: the row has 3 cells, the header 5: add what is missing."),
    ],
)
def test_a_bad_row_is_refused_by_its_line_and_left_out_when_asked(pipeline: Run, row: str, said: str) -> None:
    pipeline("add", "Acme", "--value", "5", today="2026-09-01")
    texts = exported(pipeline)
    before = record(pipeline)
    texts["changes"] = f"{HEADER}{row}\n1,owner,Bea,me,2026-09-10\n"

    result = imported(pipeline, texts)

    assert result.code == 5
    assert result.err.startswith(f"changes.csv:{said}"), result.err
    assert record(pipeline) == before
    Path("pipeline.db").unlink()
    skipped = imported(pipeline, texts, "--skip-bad", "--json")
    assert skipped.code == 0
    assert (skipped.json["changes"]["created"], skipped.json["changes"]["skipped"]) == (1, 1)
    rejected = Path("changes.rejected.csv").read_text("utf-8-sig")
    assert rejected.startswith("deal,field,before,after,changed_at,problem\n")
    assert rejected.count("\n") == 2
    assert "--changes changes.rejected.csv" in skipped.err


def test_without_its_columns_a_file_of_changes_is_refused(pipeline: Run) -> None:
    pipeline("add", "Acme")
    texts = exported(pipeline)
    texts["changes"] = "deal,field,at\n1,value,2026-09-10\n"

    result = imported(pipeline, texts)

    assert result.code == 5
    assert "changes.csv:1: before: no column says this" in result.err
    assert "changes.csv:1: after: no column says this" in result.err


def test_the_field_history_of_another_program_is_understood(pipeline: Run) -> None:
    pipeline("add", "Own")
    texts = {
        "deals": "Opportunity ID,Opportunity Name,Amount,Close Date,Stage,Created Date,Owner\n"
        "006A,Acme,9000,2026-12-15,prospecting,2026-08-01,Kim\n",
        "changes": "Opportunity ID,Field / Event,Old Value,New Value,Edit Date,Edited By\n"
        "006A,Amount,12000,9000,9/20/2026,Kim\n"
        "006A,Close Date,11/30/2026,12/15/2026,9/20/2026,Kim\n"
        "006A,Stage,Lead,Prospecting,9/21/2026,Kim\n"
        "006A,Owner,Kim,Kim,9/22/2026,Kim\n"
        "006A,Probability,40,60,9/22/2026,Kim\n",
    }

    result = imported(pipeline, texts, "--json", "--decimal", ".")

    assert result.code == 0, result.err
    assert result.json["changes"]["created"] == 3
    lines = {one["code"]: one["lines"] for one in result.json["warnings"]}
    assert (lines["no_history_of_values"], lines["no_change"]) == ([4], [5])
    assert what(pipeline, "2")[:3] == [
        "chance 40% -> 60%",
        "value 12,000 -> 9,000 EUR",
        "close 30 Nov -> 15 Dec, pushed",
    ]
    assert pipeline("list", "Acme", "--as-of", "2026-09-01", "--json").rows[0]["value"] == 12000


def test_a_dry_run_says_what_would_come(prepare: Prepare) -> None:
    run = prepare(a_quarter)
    first = exported(run)
    Path("pipeline.db").unlink()
    said = imported(run, first, "--dry-run")
    assert "changes.csv: changes, read as canonical" in said.out
    assert not Path("pipeline.db").exists()


def test_a_change_of_a_deal_that_was_left_out_goes_with_it(pipeline: Run) -> None:
    texts = {
        "deals": "deal_id,title,value\na,Acme,minus\nb,Borg,5\n",
        "changes": f"{HEADER}a,owner,Bea,Kim,2026-09-10\nb,owner,Bea,Kim,2026-09-10\n",
    }
    result = imported(pipeline, texts, "--skip-bad", "--json")
    assert result.json["changes"] == {"read": 2, "created": 1, "updated": 0, "unchanged": 0, "skipped": 1}
    assert "its deal, line 2 of deals.csv, was left out." in Path("changes.rejected.csv").read_text("utf-8-sig")


def test_a_forgotten_person_is_in_no_change(ann: Run, folder: Path) -> None:
    ann("edit", "1", "--title", "Ann Lee: audit", "--owner", "Ann Lee", "--field", "who=ann@acme.example")
    ann("edit", "1", "--title", "Audit", "--owner", "me", "--field", "who=")

    assert ann("contact", "forget", "ann", "--yes").code == 0

    assert "forgotten contact" in ann("export", "changes").out
    for words in (["export", "changes"], ["show", "1"], ["history"]):
        said = ann(*words).out.lower()
        assert "ann" not in said.replace("planned", ""), words
    assert b"Ann Lee" not in (folder / "pipeline.db").read_bytes()
    assert b"ann@acme" not in (folder / "pipeline.db").read_bytes()


def test_a_merged_deal_names_the_deal_that_stays_as_its_origin_in_every_change(pipeline: Run) -> None:
    for title in ("Acme", "Acme again", "Borg"):
        pipeline("add", title)
    pipeline("win", "1")
    pipeline("win", "2")
    pipeline("add", "More", "--from", "1")
    pipeline("merge", "4", "3")
    assert "3,from_deal,,1," in pipeline("export", "changes").out
    pipeline("merge", "1", "2")
    first = exported(pipeline)
    assert "3,from_deal,,2," in first["changes"]
    Path("pipeline.db").unlink()
    assert imported(pipeline, first).code == 0
    assert exported(pipeline) == first


def test_ten_thousand_changes_are_taken(pipeline: Run) -> None:
    rows = "".join(
        f"1,value,{n},{n + 1},2026-09-10T{n // 3600:02}:{n // 60 % 60:02}:{n % 60:02}Z\n" for n in range(10_000)
    )
    texts = {"deals": "deal_id,title,value,created_at\n1,Acme,10000,2026-09-01\n", "changes": HEADER + rows}
    assert imported(pipeline, texts, "--json").json["changes"]["created"] == 10_000
    assert pipeline("list", "--as-of", "2026-09-05", "--json").rows[0]["value"] == 0
    assert deal(pipeline)["value"] == 10000
    assert "Nothing was changed" in imported(pipeline, texts).err


def test_every_column_whose_changes_are_kept_can_be_exported_and_imported() -> None:
    assert set(FIELDS) == set(CHANGING_FIELDS)
