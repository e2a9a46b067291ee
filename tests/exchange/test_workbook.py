"""Excel workbooks: read as they are, broken ones and bombs refused in one sentence."""

from __future__ import annotations

import io
import tracemalloc
import zipfile
from collections.abc import Callable
from contextlib import suppress
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

import pytest

from pipeline_cli.exchange.problems import UnreadableFile
from pipeline_cli.exchange.reading import Table, read_table

openpyxl = pytest.importorskip("openpyxl", reason="the library that reads workbooks is not installed")


def workbook_of(
    path: Path, *rows: list[Any], title: str = "Deals", more: dict[str, list[list[Any]]] | None = None
) -> Path:
    """A workbook with these rows, and more sheets behind it."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = title
    for row in rows:
        sheet.append(row)
    for name, others in (more or {}).items():
        sheet = book.create_sheet(name)
        for row in others:
            sheet.append(row)
    book.save(path)
    return path


def read(path: Path) -> tuple[Table, list[tuple[int, list[str]]]]:
    table = read_table(path)
    refused: list[Any] = []
    rows = list(table.rows(lambda *problem: refused.append(problem)))
    assert refused == []
    return table, rows


def refusal(path: Path) -> str:
    with pytest.raises(UnreadableFile) as error:
        read_table(path)
    assert "\n" not in str(error.value)
    return str(error.value).replace(str(path), path.name)


def test_every_kind_of_cell_becomes_the_text_an_export_would_have(tmp_path: Path) -> None:
    path = workbook_of(
        tmp_path / "deals.xlsx",
        ["title", "amount", "created", "changed", "at", "won", "note"],
        ["Löwe [/] 🦁", 1234.5, date(2025, 9, 5), datetime(2025, 9, 5, 15, 45, 30), time(9, 30), True, "two\nlines"],
        ["=1+1 is text", 1.234, None, None, None, False, "#REF!"],
        [1234567890123, 1e15, None, None, None, None, 0.1 + 0.2],
    )
    table, rows = read(path)
    assert table.header[:3] == ["title", "amount", "created"]
    assert rows[0] == (
        2,
        ["Löwe [/] 🦁", "1234.5", "2025-09-05", "2025-09-05 15:45:30", "09:30:00", "true", "two\nlines"],
    )
    assert rows[1][1][1] == "1.2340", "never a thousand"
    assert rows[2] == (4, ["1234567890123", "1000000000000000", "", "", "", "", "0.3"])


def test_a_formula_is_what_it_last_came_to(tmp_path: Path) -> None:
    path = workbook_of(tmp_path / "deals.xlsx", ["title", "amount"], ["A", "=1+1"])
    content = io.BytesIO()
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(content, "w") as new:
        for name in old.namelist():
            new.writestr(name, old.read(name).replace(b"<v />", b"<v>2</v>"))
    path.write_bytes(content.getvalue())
    assert read(path)[1] == [(2, ["A", "2"])]


def test_rows_keep_their_numbers_blank_ones_and_lines_around_the_table_are_known(tmp_path: Path) -> None:
    path = workbook_of(
        tmp_path / "deals.xlsx",
        ["My pipeline"],
        [],
        ["Opportunity Name", "Stage", "Amount", "Close Date"],
        ["A", "Prospecting", 1],
        [],
        ["B", "Prospecting", 2, date(2026, 1, 1)],
        [],
        ["Copyright"],
    )
    table, rows = read(path)
    assert [line for line, _ in rows] == [4, 6]
    assert rows[0][1] == ["A", "Prospecting", "1", ""]
    assert (table.lines_above, table.footnotes, table.blank_rows) == ([1], [8], 2)


def test_the_sheet_that_looks_like_deals_is_taken(tmp_path: Path) -> None:
    path = workbook_of(
        tmp_path / "deals.xlsx",
        ["What this is", "Nothing"],
        title="Read me",
        more={"Deals": [["Deal Name", "Stage", "Amount"], ["A", "Won", 3]], "Empty": []},
    )
    table = read(path)[0]
    assert (table.header, table.sheet) == (["Deal Name", "Stage", "Amount"], "Deals")


def test_passes_over_the_rows_do_not_disturb_each_other(tmp_path: Path) -> None:
    path = workbook_of(tmp_path / "deals.xlsx", ["title"], *[[f"Deal {number}"] for number in range(500)])
    table = read_table(path)
    first, second = (table.rows(lambda *_: None) for _ in range(2))
    assert [next(first)[0], next(second)[0], next(first)[0]] == [2, 2, 3]
    assert len(list(first)) == 498
    assert len(list(second)) == 499


def test_the_currency_that_cells_are_shown_with_is_known(tmp_path: Path) -> None:
    path = tmp_path / "deals.xlsx"
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(["title", "amount", "cost"])
    sheet.append(["A", 100, 5])
    sheet["B2"].number_format, sheet["C2"].number_format = "#,##0.00 [$€-407]", "0.00"
    book.save(path)
    assert read(path)[0].currencies == {1: "EUR"}


def packed(path: Path, **parts: bytes) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in parts.items():
            file.writestr(name.replace("__", "/").replace("_xml", ".xml"), content)
    return path


DAMAGED = "deals.xlsx:1: the workbook is damaged: open it in a spreadsheet, save it anew, and import that file."


@pytest.mark.parametrize("keep", [0.3, 0.9, 0.99])
def test_a_workbook_that_is_cut_is_refused(tmp_path: Path, keep: float) -> None:
    path = workbook_of(tmp_path / "deals.xlsx", ["title"], ["A"])
    whole = path.read_bytes()
    path.write_bytes(whole[: int(len(whole) * keep)])
    assert refusal(path) == DAMAGED


def test_every_changed_byte_is_read_or_refused(tmp_path: Path) -> None:
    path = workbook_of(tmp_path / "deals.xlsx", ["title", "amount"], ["A", 1])
    whole = path.read_bytes()
    for place in range(4, len(whole), 97):
        path.write_bytes(whole[:place] + bytes([whole[place] ^ 0xFF]) + whole[place + 1 :])
        with suppress(UnreadableFile):
            list(read_table(path).rows(lambda *_: None))


def test_what_is_packed_and_no_workbook_is_refused(tmp_path: Path) -> None:
    assert refusal(packed(tmp_path / "deals.xlsx", mimetype=b"application/vnd.oasis")) == (
        "deals.xlsx:1: is packed and no Excel workbook (.xlsx): save the table as .xlsx or CSV UTF-8."
    )


def test_a_workbook_without_a_sheet_or_with_an_empty_one_is_refused(tmp_path: Path) -> None:
    assert refusal(workbook_of(tmp_path / "deals.xlsx")) == "deals.xlsx:1: the sheet is empty: there is no header row."


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda text: text.replace(b"<sheetData>", b"<sheetData><!--" + b"x" * 30_000_000 + b"-->"), "holds more than"),
        (lambda text: b'<!DOCTYPE a [<!ENTITY b "c">]>' + text, "words of its own"),
        (lambda text: text + b"<a/>" * 8_000_000, "more than is read"),
        (lambda text: text.replace(b'r="2"', b'r="999999999"'), "more rows or columns"),
    ],
    ids=["an endless text", "entities", "much of little", "a row far below"],
)
def test_a_bomb_is_refused_within_little_memory(
    tmp_path: Path, change: Callable[[bytes], bytes], said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pipeline_cli.exchange.workbook.MOST_BYTES", 31_000_000)
    monkeypatch.setattr("pipeline_cli.exchange.workbook.MOST_ROWS", 50_000)
    path = workbook_of(tmp_path / "deals.xlsx", ["title", "amount"], ["A", 1])
    content = io.BytesIO()
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as new:
        for name in old.namelist():
            data = old.read(name)
            new.writestr(name, change(data) if name == "xl/worksheets/sheet1.xml" else data)
    path.write_bytes(content.getvalue())
    del content
    tracemalloc.start()
    try:
        message = refusal(path)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert said in message
    assert peak < 12_000_000
