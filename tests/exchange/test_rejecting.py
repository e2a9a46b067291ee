"""Bad rows come back as a file: corrected, it is imported like any other."""

from __future__ import annotations

from pathlib import Path

from pipeline_cli.exchange.import_plan import rejected_path, rejected_text
from tests.exchange.conftest import Plan


def test_bad_rows_are_written_as_they_stood_with_what_is_wrong_with_them(plan: Plan, tmp_path: Path) -> None:
    (rejects,) = plan("deal_id;title;value\n1;A;5\n2;B, C;(5)\n3;D\n4;E;6;7\n", skip_bad=True).rejects()
    assert rejected_path(rejects) == tmp_path / "deals.rejected.csv"
    assert rejected_text(rejects).decode().splitlines() == [
        "deal_id,title,value,problem",
        "2,\"B, C\",(5),value: '(5)' is read as minus 5: an amount is 0 or more.",
        '3,D,,"the row has 2 cells, the header 3: add what is missing."',
        '4,E,"6,7","the row has 4 cells, the header 3: quote a field that holds the delimiter."',
    ]


def test_the_encoding_that_the_file_needed_is_not_needed_for_its_bad_rows(plan: Plan, tmp_path: Path) -> None:
    (rejects,) = plan(
        "deal_id;title;value\n1;Müller;(5)\n".encode("cp1252"), encoding="cp1252", skip_bad=True
    ).rejects()
    corrected = rejected_text(rejects).replace(b"(5)", b"5")
    (deal,) = plan(corrected, encoding="cp1252").deals()
    assert deal.title == "Müller"


def test_a_corrected_file_of_bad_rows_is_imported_without_its_last_column(plan: Plan) -> None:
    (deal,) = plan("deal_id,title,value,problem\n2,B,5,value: it was (5)\n").deals()
    assert (deal.value_cents, dict(deal.fields)) == (500, {})
