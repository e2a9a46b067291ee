"""Writing tables: exact numbers, exact text, nothing a spreadsheet would run."""

from __future__ import annotations

import io
from datetime import UTC, date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import example, given
from hypothesis import strategies as st

from pipeline_cli.exchange.exporting import Cents, amount_text, write_csv
from pipeline_cli.exchange.import_plan import plan_import
from pipeline_cli.exchange.options import ImportFiles, ImportOptions
from tests.exchange.conftest import CLOCK, PLAYBOOK

TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1)


def written(rows: list[tuple[object, ...]], *, excel: bool = False) -> str:
    stream = io.StringIO(newline="")
    write_csv(["title", "value"], rows, stream, excel=excel)  # type: ignore[arg-type]
    return stream.getvalue()


def test_numbers_and_dates_are_raw_and_text_is_guarded() -> None:
    rows: list[tuple[object, ...]] = [
        ("=1+2", Cents(-123450)),
        ("+49 30", Cents(100)),
        ("'=x", -5),
        ("a, b", date(2026, 1, 2)),
        ("two\nlines", datetime(2026, 1, 2, 3, 4, 5, 678000, tzinfo=UTC)),
        (None, 0.25),
        ('say "hi"', True),
    ]
    assert written(rows) == (
        "title,value\n'=1+2,-1234.5\n'+49 30,1\n''=x,-5\n\"a, b\",2026-01-02\n"
        '"two\nlines",2026-01-02T03:04:05.678Z\n,0.25\n"say ""hi""",1\n'
    )


def test_excel_gets_a_byte_order_mark_and_crlf() -> None:
    assert written([("A", 1)], excel=True) == "\ufefftitle,value\r\nA,1\r\n"


def test_an_amount_has_the_decimals_it_needs() -> None:
    assert [amount_text(cents) for cents in (0, 5, 50, 100, 12345)] == ["0", "0.05", "0.5", "1", "123.45"]


@given(st.lists(st.tuples(TEXT, TEXT), min_size=1, max_size=5))
@example([("'''=", "\r"), ("\t", "＝1"), ("\ufeff", " "), ("id", "external_id"), ("title", "\x1c")])
def test_any_text_survives_export_and_import(texts: list[tuple[str, str]]) -> None:
    columns = ["id", "external_id", "title", "organization"]
    with TemporaryDirectory() as folder:
        path = Path(folder) / "deals.csv"
        with path.open("w", encoding="utf-8", newline="") as stream:
            write_csv(columns, [(number, f"x{number}", *pair) for number, pair in enumerate(texts, 1)], stream)
        plan = plan_import(ImportFiles(path), ImportOptions(), PLAYBOOK, CLOCK)
        assert plan.problems == []
        wanted = [(title if title.strip() else organization, organization) for title, organization in texts]
        found = [(deal.title, deal.organization) for deal in plan.deals()]
    assert [pair for pair, (title, _) in zip(found, texts, strict=True) if title.strip()] == [
        pair for pair, (title, _) in zip(wanted, texts, strict=True) if title.strip()
    ]
    assert [organization for _, organization in found] == [organization for _, organization in texts]
