"""`import`: other people's files into the record, all or nothing, again and again."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.commands.reading import last, record, shown
from tests.conftest import Run

HUBSPOT = """Record ID,Deal Name,Deal Stage*,Amount,DEAL OWNER,Close Date,Create Date,Last Activity Date,Pipeline,Company Name
1234567890123456789,Acme: audit,Proposal,"12,000",Eve,2026-12-24,2026-10-01 10:00,2026-11-02 09:00,Services,Acme Ltd
1234567890123456790,Beta,Closed Won,"1,500.50",Eve,2026-11-01 12:00,2026-09-01 08:00,,Services,Beta
"""
PIPEDRIVE = """Deal - ID,Deal - Title*,Deal - Value,Deal - Currency of Value,Organization*,Contact person*,Deal - Stage,\
Deal - Status,Deal - Deal created,Deal - Won time,Deal - Lost time,Deal - Lost reason
1,Acme: audit,1000,EUR,Acme,Ann Lee,Proposal,Open,2026-07-09 07:43:21,,,
2,Beta,2000,EUR,Beta,Bob,Prospecting,Lost,2026-07-09 07:43:21,,2026-08-09 07:43:21,Price
"""
SALESFORCE = """Opportunity Owner,Account Name,Opportunity Name,Stage,Amount,Probability (%),Close Date,Created Date,Type
Eve,Acme,Acme: audit,Prospecting,5000,10,12/31/2026,10/25/2026,other
Eve,Beta,Beta,Closed Lost,700,0,11/15/2026,10/01/2026,other
"""
ZENDESK = """id,name,stage_name,value,currency,estimated_close_date,last_stage_change_at,loss_reason,owner,created_at
77,Acme: audit,Prospecting,300,EUR,2026-12-30,2026-11-01T10:00:00Z,,Eve,2026-10-01T10:00:00Z
78,Beta,Lost,300,EUR,,2026-11-01T10:00:00Z,Too expensive,Eve,2026-10-01T10:00:00Z
"""
ZOHO = """Record Id,Deal Name,Deal Owner,Amount,Stage,Closing Date,Account Name,Contact Name,Lead Source,Created Time
zcrm_1,Acme: audit,Eve,"€ 1.000,00",Qualification,2026-12-24,Acme,Ann,other,2026-10-01 10:00:00
zcrm_2,Beta,Eve,"11398,00 €",Closed Won,2026-10-24,Beta,Bob,other,2026-10-01 10:00:00
"""
CANONICAL = """external_id,title,stage,status,value,created_at,closed_at
a,Acme: audit,proposal,open,1000,2026-10-01,
b,Beta,proposal,won,2000,2026-10-01,2026-11-01
"""


def wrote(folder: Path, text: str | bytes, name: str = "deals.csv") -> str:
    (folder / name).write_bytes(text if isinstance(text, bytes) else text.encode())
    return name


def statuses(run: Run) -> dict[str, str]:
    """Title -> status and stage of every deal."""
    return {row["title"]: f"{row['status']} {row['stage']}" for row in run("list", "status=all", "--json").rows}


@pytest.mark.parametrize(
    ("preset", "text", "found"),
    [
        ("hubspot", HUBSPOT, {"Acme: audit": "open proposal", "Beta": "won commit"}),
        ("pipedrive", PIPEDRIVE, {"Acme: audit": "open proposal", "Beta": "lost prospecting"}),
        ("salesforce", SALESFORCE, {"Acme: audit": "open prospecting", "Beta": "lost commit"}),
        ("zendesk", ZENDESK, {"Acme: audit": "open prospecting", "Beta": "lost commit"}),
        ("zoho", ZOHO, {"Acme: audit": "open qualification", "Beta": "won commit"}),
        ("canonical", CANONICAL, {"Acme: audit": "open proposal", "Beta": "won proposal"}),
    ],
)
def test_an_export_of_each_program_is_imported_as_it_is(
    preset: str, text: str, found: dict[str, str], pipeline: Run, folder: Path
) -> None:
    name = wrote(folder, text)
    dry = pipeline("import", name, "--dry-run", "--json").json
    assert dry["mapping"][0]["preset"] == preset

    result = pipeline("import", name)
    assert result.code == 0, result.err
    assert statuses(pipeline) == found
    before = record(pipeline)
    again = pipeline("import", name, "--json")
    assert "Nothing was changed: all of it was there already." in again.err
    assert (again.json["deals"]["unchanged"], record(pipeline)) == (2, before)


def test_activities_and_contacts_of_pipedrive_come_with_its_deals(pipeline: Run, folder: Path) -> None:
    activities = wrote(
        folder,
        "Activity - Subject*,Activity - Due date,Activity - Type,Activity - Done,Activity - Marked as done time,Deal\n"
        "Asked about the budget,2026-07-10,Call,Done,2026-07-10 10:00:00,Acme: audit\nTo come,2026-12-10,Call,To do,,Beta\n",
        "activities.csv",
    )
    people = wrote(
        folder, "Person - Name*,Person - Email (Work),Organization - Name*\nAnn Lee,ann@acme.example,Acme\n", "p.csv"
    )
    result = pipeline("import", wrote(folder, PIPEDRIVE), "--touchpoints", activities, "--contacts", people, "--json")

    assert [result.json[kind]["created"] for kind in ("deals", "touchpoints", "contacts")] == [2, 1, 1]
    assert [(one["code"], one["lines"]) for one in result.json["warnings"]] == [
        ("touchpoints_columns_not_kept", []),
        ("not_done", [3]),
        ("no_expected_close_column", []),
    ]
    assert shown(pipeline)["touchpoints"][0]["note"] == "Asked about the budget"


def test_the_dry_run_says_what_each_column_became_and_touches_no_file(pipeline: Run, folder: Path) -> None:
    name = wrote(
        folder,
        CANONICAL.replace("title,", "title,Shoe size,")
        .replace(",audit", "")
        .replace("audit,", "audit,42,")
        .replace("Beta,", "Beta,43,"),
    )
    files = {path: path.read_bytes() for path in folder.iterdir()}

    result = pipeline("import", name, "--dry-run")
    assert result.code == 0, result.err
    assert "deals.csv: deals, read as canonical" in result.out
    assert [line.split() for line in result.out.splitlines() if "Shoe" in line] == [
        ["Shoe", "size", "an", "extra", "field,", "kept", "42,", "43"]
    ]
    assert "Nothing was changed: a dry run." in result.err
    assert {path: path.read_bytes() for path in folder.iterdir()} == files


def test_a_dry_run_makes_no_database_where_there_is_none(run: Run, folder: Path) -> None:
    run("init")
    (folder / "pipeline.db").unlink()
    dry = run("import", wrote(folder, CANONICAL), "--dry-run", "--json")
    assert (dry.code, dry.json["deals"]["created"]) == (0, 2)
    assert not (folder / "pipeline.db").exists()


def test_a_dry_run_of_a_bad_file_shows_the_mapping_and_the_problems(pipeline: Run, folder: Path) -> None:
    result = pipeline("import", wrote(folder, CANONICAL.replace("1000", "(500)")), "--dry-run")
    assert result.code == 5
    assert "external_id" in result.out
    assert "deals.csv:2: value: '(500)' is read as minus 500" in result.err


def rows_with_a_bad_one(at: int) -> str:
    rows = [f"{number},Deal {number},{number if number != at else '#?'}" for number in range(1, 252)]
    return "\n".join(["deal_id,title,value", *rows]) + "\n"


@pytest.mark.parametrize("bad", [1, 100, 251])
def test_one_bad_row_anywhere_imports_nothing(bad: int, pipeline: Run, folder: Path) -> None:
    before = (folder / "pipeline.db").read_bytes()
    result = pipeline("import", wrote(folder, rows_with_a_bad_one(bad)))

    assert result.code == 5
    assert result.err.splitlines() == [
        f"deals.csv:{bad + 1}: value: '#?' is not an amount: type an amount such as 1000, 12k, 1,000.50 or 1.000,50 €.",
        "Nothing was imported: 1 problem. Mend the file, or leave bad rows out with --skip-bad.",
    ]
    assert (folder / "pipeline.db").read_bytes() == before


@pytest.mark.parametrize("bad", [1, 100, 251])
def test_skip_bad_imports_the_rest_and_the_corrected_rows_follow(bad: int, pipeline: Run, folder: Path) -> None:
    result = pipeline("import", wrote(folder, rows_with_a_bad_one(bad)), "--skip-bad", "--json")
    assert (result.code, result.json["deals"]["created"], result.json["deals"]["skipped"]) == (0, 250, 1)
    assert "Wrote deals.rejected.csv: correct its rows and import it." in result.err
    rejected = folder / "deals.rejected.csv"
    assert rejected.stat().st_mode & 0o777 == 0o600

    rejected.write_text(rejected.read_text().replace("#?", "77", 1))
    assert pipeline("import", "deals.rejected.csv", "--json").json["deals"]["created"] == 1
    assert pipeline("show", f"ext:{bad}", "--json").json["deal"]["value"] == 77
    assert pipeline("show", f"ext:{bad}", "--json").json["fields"] == {}
    whole = wrote(folder, rows_with_a_bad_one(bad).replace("#?", "77"))
    assert pipeline("import", whole, "--json").json["deals"]["unchanged"] == 251


def test_a_taken_name_of_rejected_rows_is_not_written_over(pipeline: Run, folder: Path) -> None:
    (folder / "deals.rejected.csv").write_text("mine")
    pipeline("import", wrote(folder, rows_with_a_bad_one(2)), "--skip-bad")
    assert (folder / "deals.rejected.csv").read_text() == "mine"
    assert (folder / "deals.rejected-2.csv").exists()


def test_twenty_problems_are_shown_and_machines_get_them_all(pipeline: Run, folder: Path) -> None:
    name = wrote(folder, "deal_id,title,value\n" + "".join(f"{number},Deal,x{number}\n" for number in range(30)))
    result = pipeline("import", name)
    assert result.err.splitlines()[20:-1] == ["… and 10 more: --json lists all of them."]
    problems = pipeline("import", name, "--json").rows
    assert [(row["file"], row["line"], row["column"]) for row in problems] == [
        ("deals.csv", line, "value") for line in range(2, 32)
    ]


def test_a_changed_row_updates_its_deal_and_nothing_else(pipeline: Run, folder: Path) -> None:
    pipeline("import", wrote(folder, CANONICAL), today="2026-11-10")
    pipeline("log", "1", "call", "--out", "asked", today="2026-11-11")
    other = shown(pipeline, "2")

    changed = pipeline("import", wrote(folder, CANONICAL.replace("1000", "1250.5")), "--json")
    assert {key: changed.json["deals"][key] for key in ("created", "updated", "unchanged")} == {
        "created": 0,
        "updated": 1,
        "unchanged": 1,
    }
    assert [changed.json[kind]["created"] for kind in ("moves", "touchpoints", "contacts")] == [0, 0, 0]
    assert shown(pipeline)["deal"]["value"] == 1250.5
    assert shown(pipeline, "2") == other


def test_a_changed_reason_is_that_of_the_same_loss(pipeline: Run, folder: Path) -> None:
    text = "deal_id,title,status,lost_reason,closed\n1,Acme,lost,price,2026-11-01\n"
    pipeline("import", wrote(folder, text))
    assert pipeline("import", wrote(folder, text.replace("price", "timing")), "--json").json["deals"]["updated"] == 1
    assert shown(pipeline)["deal"]["lost_reason"] == "timing"
    assert [move["reason"] for move in shown(pipeline)["moves"]] == [None, None, "timing"]


def test_a_row_that_moved_on_moves_its_deal(pipeline: Run, folder: Path) -> None:
    pipeline("import", wrote(folder, CANONICAL), today="2026-11-10")
    pipeline(
        "import",
        wrote(folder, CANONICAL.replace("proposal,open,1000,2026-10-01,", "proposal,won,1000,2026-10-01,2026-11-15")),
    )
    assert statuses(pipeline)["Acme: audit"] == "won proposal"
    assert [move["to_stage"] for move in shown(pipeline)["moves"]] == ["prospecting", "proposal", "won"]
    assert pipeline("check").code == 0


def test_a_whole_import_is_taken_back_and_done_again(pipeline: Run, folder: Path) -> None:
    pipeline("add", "Mine", "--contact", "Ann <ann@acme.example>")
    before = record(pipeline)
    pipeline("import", wrote(folder, HUBSPOT.replace("Company Name", "Email").replace("Acme Ltd", "ann@acme.example")))
    after = record(pipeline)
    assert (last(pipeline)["command"], last(pipeline)["summary"]) == ("import", "imported deals.csv")

    assert pipeline("undo").code == 0
    assert record(pipeline) == before
    assert pipeline("redo").code == 0
    assert record(pipeline) == after


def test_a_mapping_is_kept_in_pipeline_yaml(pipeline: Run, folder: Path) -> None:
    rules = folder / "pipeline.yaml"
    rules.write_text(
        rules.read_text() + "imports:\n  boss:\n    map: {title: Vorgang, value: Summe, stage: Stand}\n"
        "    value_map: {stage: {Angebot: proposal}}\n    date_order: dmy\n    decimal: ','\n"
    )
    name = wrote(folder, "Vorgang;Summe;Stand;created\nAcme;1.234;Angebot;03/04/2026\n")
    result = pipeline("import", name, "--preset", "boss")
    assert result.code == 0, result.err
    deal = shown(pipeline)["deal"]
    assert (deal["title"], deal["value"], deal["stage"], deal["created_at"][:10]) == (
        "Acme",
        1234,
        "proposal",
        "2026-04-03",
    )


def test_likely_duplicates_are_told_with_their_lines_and_imported(pipeline: Run, folder: Path) -> None:
    pipeline("add", "Acme: workshop", "--org", "Acme GmbH", "--contact", "ann@acme.example")
    rows = (
        "1,ACME:  Workshop,Ácme,,open,2026-11-01,",
        "2,Other,Zeta,Ann@Acme.example,open,2026-11-01,",
        "3,Third,Zeta,bob@zeta.example,open,2026-11-01,",
        "4,Acme: workshop,Acme,,won,2026-11-01,2026-11-02",
        "5,,Acme,,open,2026-11-01,",
        "6,,Acme,,open,2026-11-01,",
    )
    name = wrote(folder, "\n".join(("deal_id,title,organization,email,status,created,closed", *rows)))
    dry = pipeline("import", name, "--dry-run", "--json").json
    told = {one["code"]: one["lines"] for one in dry["warnings"] if one["code"].startswith("same")}
    assert told == {"same_email": [3], "same_title": [2]}

    assert "`pipeline merge DEAL INTO` joins two records of one deal. (line 3)" in pipeline("import", name).out
    assert not [one for one in pipeline("import", name, "--json").json["warnings"] if one["code"].startswith("same")]


def test_an_interrupted_import_leaves_the_record_as_it_was(
    pipeline: Run, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = (folder / "pipeline.db").read_bytes()

    def interrupt(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("pipeline_cli.commands.importing.write_new_file", interrupt)
    result = pipeline("import", wrote(folder, rows_with_a_bad_one(9)), "--skip-bad")
    assert (result.code, result.err) == (130, "Interrupted: nothing was changed.\n")
    assert (folder / "pipeline.db").read_bytes() == before


def test_what_cannot_be_read_at_all_is_said_without_advice_that_does_not_help(pipeline: Run, folder: Path) -> None:
    result = pipeline("import", wrote(folder, "title;value\nMüller;5\n".encode("cp1252")))
    assert (result.code, result.err.splitlines()) == (
        5,
        [
            "deals.csv:2: this line is not UTF-8: save the file as UTF-8, or say what it is, often --encoding cp1252.",
            "Nothing was imported: 1 problem.",
        ],
    )
    assert pipeline("import", "deals.csv", "--encoding", "cp1252").code == 0
    assert shown(pipeline)["deal"]["title"] == "Müller"


def test_a_header_alone_is_an_import_of_nothing(pipeline: Run, folder: Path) -> None:
    result = pipeline("import", wrote(folder, "title,value\n"))
    assert (result.code, result.err) == (0, "Nothing was changed: there are no rows below the header.\n")


def test_a_file_whose_rows_are_all_left_out_is_not_said_to_be_there_already(pipeline: Run, folder: Path) -> None:
    name = wrote(folder, "id,title,value\n1,Acme,x\n")
    for _ in range(2):
        said = pipeline("import", name, "--skip-bad").err
        assert "Nothing was changed: every row was left out." in said
    name = wrote(folder, "id,title,value\n1,Acme,x\n2,Borg,5\n")
    pipeline("import", name, "--skip-bad")
    assert "Nothing was changed: the others were there already." in pipeline("import", name, "--skip-bad").err


def test_wins_without_a_loss_are_told_while_the_record_holds_none(pipeline: Run, folder: Path) -> None:
    header = "external_id,title,status,created_at,closed_at"
    wrote(folder, f"{header}\na,Acme,won,2026-10-01,2026-11-01\nb,Beta,won,2026-10-01,2026-11-01\n")
    (told,) = [one for one in pipeline("import", "deals.csv", "--json").json["warnings"] if one["code"] == "no_losses"]
    assert told["count"] == 2
    assert "holds no losses" in told["message"]

    wrote(folder, f"{header}\nc,Cora,lost,2026-10-01,2026-11-01\n", "lost.csv")
    wrote(folder, f"{header}\nd,Dyna,won,2026-10-01,2026-11-01\n", "won.csv")
    for name in ("lost.csv", "won.csv"):
        result = pipeline("import", name, "--json")
        assert "no_losses" not in [one["code"] for one in result.json["warnings"]]


def test_who_has_no_organization_in_the_file_of_contacts_gets_none_from_a_deal(run: Run, folder: Path) -> None:
    run("init")
    run("add", "Acme: workshop", "--contact", "Bob <bob@x.example>")
    run("add", "Acme: course", "--contact", "Ann")
    for who in ("Bob", "Ann"):
        assert run("contact", "edit", who, "--org", "").code == 0
    told = {table: run("export", table).out for table in ("deals", "contacts")}
    (folder / "other").mkdir()
    for table, text in told.items():
        (folder / f"{table}.csv").write_text(text, encoding="utf-8")
    run("--db", "other/pipeline.db", "init")
    assert run("--db", "other/pipeline.db", "import", "deals.csv", "--contacts", "contacts.csv").code == 0
    assert {table: run("--db", "other/pipeline.db", "export", table).out for table in told} == told


def test_closed_deals_need_no_expected_close(pipeline: Run, folder: Path) -> None:
    closed = "deal_id,title,value,status,won_date\n1,Acme,100,won,2026-10-01\n2,Beta,100,won,2026-10-02\n"
    told = pipeline("import", wrote(folder, closed), "--json").json["warnings"]
    assert "no_expected_close_column" not in {one["code"] for one in told}
    told = pipeline("import", wrote(folder, closed + "3,Gamma,5,open,\n"), "--json").json["warnings"]
    assert [one["count"] for one in told if one["code"] == "no_expected_close_column"] == [1]


def test_lines_above_the_header_are_skipped_and_said(pipeline: Run, folder: Path) -> None:
    text = "Deals of the north\n\ndeal_id,title,value\n1,Acme,100\n"
    result = pipeline("import", wrote(folder, text))
    assert result.code == 0, result.err
    assert "1 × lines above the header: skipped. (line 1)" in result.out
    assert statuses(pipeline) == {"Acme": "open prospecting"}


def test_an_outcome_in_a_later_export_never_loses_the_stage_that_is_known(pipeline: Run, folder: Path) -> None:
    text = "deal_id,title,stage\n1,Acme,Proposal\n2,Beta,Qualification\n"
    pipeline("import", wrote(folder, text))
    later = "deal_id,title,stage\n1,Acme,Closed Won\n2,Beta,H. Project Lost\n"
    assert pipeline("import", wrote(folder, later)).code == 0
    assert statuses(pipeline) == {"Acme": "won proposal", "Beta": "lost qualification"}


def test_an_activity_that_is_planned_is_the_next_step_of_an_open_deal(pipeline: Run, folder: Path) -> None:
    text = (
        "Record ID,Deal Name,Deal Stage,Next activity date\n1,Acme,Proposal,2026-12-01\n2,Beta,Closed Won,2026-12-02\n"
    )
    assert pipeline("import", wrote(folder, text)).code == 0
    rows = {row["title"]: row for row in pipeline("list", "status=all", "--json").rows}
    assert (rows["Acme"]["next_step"], rows["Acme"]["next_step_due"]) == ("Next activity", "2026-12-01")
    assert rows["Beta"]["next_step"] is None


def test_a_file_of_another_pipeline_names_the_command_that_begins_with_it(pipeline: Run, folder: Path) -> None:
    text = "Record ID,Deal Name,Deal Stage\n1,A,Appointment Scheduled\n2,B,Contract Sent\n3,C,Qualified To Buy\n"
    result = pipeline("import", wrote(folder, text))
    assert result.code == 5
    assert f"in another folder, by: pipeline init --from {folder}/deals.csv" in result.err
