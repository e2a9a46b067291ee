"""What only an export of this program has comes back; what merely has the same header is kept as it is."""

from __future__ import annotations

from pathlib import Path

from tests.conftest import Run


def test_further_people_answers_and_confirmed_criteria_survive_export_and_import(pipeline: Run, folder: Path) -> None:
    pipeline("add", "Acme: workshop", "--org", "Acme", "--contact", "Ann Lee <ann@acme.example>")
    pipeline("edit", "1", "--contact", "Bob; Ray <bob@acme.example>")
    pipeline("qualify", "1", "--set", "need=yes", "--set", "budget=no")
    pipeline("confirm", "1", "problem")
    pipeline("snooze", "1", "30d")
    pipeline("export", "all", "-o", "out")
    before = pipeline("show", "1", "--json").json

    (folder / "pipeline.db").unlink()
    result = pipeline(
        "import",
        "out/deals.csv",
        "--moves",
        "out/moves.csv",
        "--touchpoints",
        "out/touchpoints.csv",
        "--contacts",
        "out/contacts.csv",
        today="2026-11-21T11:00:00+00:00",
    )

    assert result.code == 0, result.err
    after = pipeline("show", "1", "--json").json
    for key in ("criteria", "answers", "confirmations", "contacts", "moves"):
        assert after[key] == before[key], key
    assert {name: after["deal"][name] for name in ("score", "snoozed_until")} == {
        name: before["deal"][name] for name in ("score", "snoozed_until")
    }
    pipeline("export", "all", "-o", "again")
    for table in ("deals", "moves", "touchpoints", "contacts"):
        assert (folder / "again" / f"{table}.csv").read_bytes() == (folder / "out" / f"{table}.csv").read_bytes()


def test_a_column_called_qualification_that_is_not_ours_is_an_extra_field(pipeline: Run, folder: Path) -> None:
    (folder / "deals.csv").write_text("deal_id,title,qualification,confirmed\na,Acme,very good,by phone\n")

    pipeline("import", "deals.csv")

    assert pipeline("show", "1", "--json").json["fields"] == {"confirmed": "by phone", "qualification": "very good"}


def test_importing_the_same_answers_again_changes_nothing(pipeline: Run, folder: Path) -> None:
    (folder / "deals.csv").write_text("deal_id,title,qualification,confirmed\na,Acme,need=yes,prospecting.problem\n")
    pipeline("import", "deals.csv")
    before = pipeline("show", "1", "--json").out

    again = pipeline("import", "deals.csv")

    assert "Nothing was changed" in again.err
    assert pipeline("show", "1", "--json").out == before


def test_what_follows_a_sale_survives_export_and_import_byte_for_byte(pipeline: Run, folder: Path) -> None:
    pipeline("add", "Acme: workshop", "--org", "Acme", today="2026-11-01")
    pipeline("win", "1", "--check-in", "2026-12-01", "--renewal", "2027-11-21", today="2026-11-02")
    pipeline("add", "Acme: training", "--from", "1", today="2026-11-03")
    pipeline("add", "Beta", today="2026-11-03")
    pipeline("export", "all", "-o", "out")
    header, first, second, third = (folder / "out" / "deals.csv").read_text().splitlines()
    assert header.endswith(",from_deal,check_in,renewal")
    assert (first[-23:], second[-4:], third[-3:]) == (",,2026-12-01,2027-11-21", ",1,,", ",,,")

    (folder / "pipeline.db").unlink()
    imported = pipeline("import", "out/deals.csv", "--moves", "out/moves.csv")
    assert imported.code == 0, imported.err
    pipeline("export", "all", "-o", "again")

    assert (folder / "again" / "deals.csv").read_bytes() == (folder / "out" / "deals.csv").read_bytes()
    assert [one["id"] for one in pipeline("show", "1", "--json").json["grown"]] == [2]
    assert pipeline("show", "2", "--as-of", "2026-11-04", "--json").json["from_deal"]["id"] == 1
    assert "Nothing was changed" in pipeline("import", "out/deals.csv", "--moves", "out/moves.csv").err
    assert pipeline("undo").code == 0
    assert pipeline("list", "status=all", "--json").rows == []


def test_a_changed_check_in_updates_its_deal(pipeline: Run, folder: Path) -> None:
    (folder / "deals.csv").write_text("deal_id,title,stage,from_deal,check_in\na,Acme,won,,2026-12-01\nb,Beta,won,,\n")
    pipeline("import", "deals.csv")
    (folder / "deals.csv").write_text("deal_id,title,stage,from_deal,check_in\na,Acme,won,,2026-12-08\nb,Beta,won,a,\n")

    result = pipeline("import", "deals.csv", "--json")

    assert result.json["deals"] == {"read": 2, "created": 0, "updated": 2, "unchanged": 0, "skipped": 0}
    follow_ups = pipeline("show", "1", "--json").json["follow_ups"]
    assert [(one["due"], one["closed_at"] is None) for one in follow_ups] == [
        ("2026-12-01", False),
        ("2026-12-08", True),
    ]
    assert pipeline("show", "2", "--json").json["from_deal"]["id"] == 1


def test_columns_of_these_names_that_are_not_ours_are_extra_fields(pipeline: Run, folder: Path) -> None:
    (folder / "deals.csv").write_text(
        "deal_id,title,stage,from_deal,check_in,renewal\n"
        "a,Acme,won,partner fair,soon,31.12.2026\nb,Beta,proposal,,2026-12-01,\n"
    )

    assert pipeline("import", "deals.csv").code == 0

    assert pipeline("show", "1", "--json").json["fields"] == {
        "check_in": "soon",
        "from_deal": "partner fair",
        "renewal": "31.12.2026",
    }
    assert pipeline("show", "2", "--json").json["fields"] == {"check_in": "2026-12-01"}


def test_tags_and_links_survive_export_and_import_byte_for_byte(pipeline: Run, folder: Path) -> None:
    (folder / "offer, final.pdf").write_text("x")
    pipeline("add", "Acme: workshop", "--tag", "=1+1", "--tag", "vip", "--link", "https://acme.example/a?b=1,2;c")
    pipeline("edit", "1", "--link", "offer, final.pdf", "--tag", "event", "--untag", "vip")
    pipeline("add", "Borg")
    pipeline("export", "all", "kept")
    before = {path.name: path.read_bytes() for path in (folder / "kept").iterdir()}
    assert b",tags,links" in before["deals.csv"]
    (folder / "offer, final.pdf").unlink()
    (folder / "pipeline.db").unlink()

    files = [f"--{name}=kept/{name}.csv" for name in ("moves", "touchpoints", "changes", "contacts")]
    assert pipeline("import", "kept/deals.csv", *files).code == 0
    assert pipeline("list", "--json").rows[0]["tags"] == ["=1+1", "event"]
    pipeline("export", "all", "again")
    for name in ("deals.csv", "changes.csv"):
        assert (folder / "again" / name).read_bytes() == before[name]
    assert "0 created" in pipeline("import", "again/deals.csv").out or pipeline("list", "--json").rows[1]["tags"] == []


def test_tags_of_another_program_are_one_word_each_and_what_is_no_link_is_an_extra_field(
    pipeline: Run, folder: Path
) -> None:
    (folder / "deals.csv").write_text(
        'id,title,tags,links\n1,Acme,"Big deal, vip",https://acme.example\n2,Borg,event;fair,javascript:alert(1)\n'
    )
    assert pipeline("import", "deals.csv").code == 0

    first, second = pipeline("list", "--json").rows
    assert (first["tags"], first["links"]) == (["Big-deal", "vip"], ["https://acme.example"])
    assert (second["tags"], second["links"]) == (["event", "fair"], [])
    assert pipeline("show", "2", "--json").json["fields"] == {"links": "javascript:alert(1)"}


def test_a_changed_row_gives_its_deal_other_tags(pipeline: Run, folder: Path) -> None:
    file = folder / "deals.csv"
    file.write_text("id,title,tags\n1,Acme,event\n")
    pipeline("import", "deals.csv")
    file.write_text("id,title,tags\n1,Acme,event vip\n")
    pipeline("import", "deals.csv")
    assert pipeline("list", "--json").rows[0]["tags"] == ["event", "vip"]
