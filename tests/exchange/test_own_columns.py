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
        "import", "out/deals.csv", "--moves", "out/moves.csv", "--touchpoints", "out/touchpoints.csv",
        "--contacts", "out/contacts.csv",
    )  # fmt: skip

    assert result.code == 0, result.err
    after = pipeline("show", "1", "--json").json
    for key in ("criteria", "contacts", "moves"):
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
