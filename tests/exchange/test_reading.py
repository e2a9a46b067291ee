"""Bytes to rows: encodings, delimiters, and every shape that a file of three editors takes."""

from __future__ import annotations

import codecs
from pathlib import Path

import pytest

from pipeline_cli.domain.errors import UsageError
from pipeline_cli.exchange.problems import Problem, UnreadableFile
from pipeline_cli.exchange.reading import Table, read_table

DEALS = "id,title,value\n1,Café Löwe,100\n2,Ostsee GmbH,200\n"


def table_of(tmp_path: Path, content: str | bytes, encoding: str | None = None) -> Table:
    path = tmp_path / "deals.csv"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return read_table(path, encoding)


def rows_of(table: Table) -> tuple[list[tuple[int, list[str]]], list[str]]:
    refused: list[str] = []

    def refuse(problem: Problem, cells: object) -> None:
        refused.append(f"{problem.line}: {problem.column}: {problem.message}")

    return list(table.rows(refuse)), refused


def why_unreadable(tmp_path: Path, content: str | bytes, encoding: str | None = None) -> str:
    with pytest.raises(UnreadableFile) as caught:
        rows_of(table_of(tmp_path, content, encoding))
    return str(caught.value).replace(f"{tmp_path}/", "")


@pytest.mark.parametrize(
    "content",
    [
        DEALS.encode(),
        DEALS.encode("utf-8-sig"),
        DEALS.encode("utf-16"),
        codecs.BOM_UTF16_BE + DEALS.encode("utf-16-be"),
        DEALS.replace("\n", "\r\n").encode(),
        DEALS.replace("\n", "\r").encode(),
        DEALS.replace(",", ";").encode(),
        DEALS.replace(",", "\t").encode(),
        DEALS.replace(",", "|").encode(),
        ("sep=;\n" + DEALS.replace(",", ";")).encode(),
    ],
    ids=["utf-8", "bom", "utf-16-le", "utf-16-be", "crlf", "cr", "semicolon", "tab", "pipe", "excel-sep-line"],
)
def test_the_same_table_is_read_from_every_encoding_and_delimiter(tmp_path: Path, content: bytes) -> None:
    table = table_of(tmp_path, content)
    rows, refused = rows_of(table)
    assert table.header == ["id", "title", "value"]
    assert [cells for _, cells in rows] == [["1", "Café Löwe", "100"], ["2", "Ostsee GmbH", "200"]]
    assert refused == []


def test_another_encoding_is_offered_and_never_guessed(tmp_path: Path) -> None:
    content = DEALS.replace("100", "100 €").encode("cp1252")
    assert why_unreadable(tmp_path, content) == (
        "deals.csv:2: this line is not UTF-8: save the file as UTF-8, or say what it is, often --encoding cp1252."
    )
    rows, _ = rows_of(table_of(tmp_path, content, "cp1252"))
    assert rows[0] == (2, ["1", "Café Löwe", "100 €"])


def test_an_encoding_that_does_not_exist_is_wrong_usage(tmp_path: Path) -> None:
    for name in ("klingon", "hex", "a\0b", "rot13"):
        with pytest.raises(UsageError, match="no such encoding"):
            table_of(tmp_path, DEALS, name)


def test_a_line_number_is_that_of_the_first_line_of_its_row(tmp_path: Path) -> None:
    rows, _ = rows_of(table_of(tmp_path, 'id,title\n1,"two\nlines"\n2,one\n'))
    assert rows == [(2, ["1", "two\nlines"]), (4, ["2", "one"])]


def test_blank_rows_and_rows_of_separators_are_skipped_and_counted(tmp_path: Path) -> None:
    table = table_of(tmp_path, "\nid,title\n1,A\n\n,\n , \n2,B\n\n")
    assert rows_of(table)[0] == [(3, ["1", "A"]), (7, ["2", "B"])]
    assert table.blank_rows == 4


def test_a_repeated_header_row_is_named_by_its_line(tmp_path: Path) -> None:
    rows, refused = rows_of(table_of(tmp_path, "Record ID,Deal Name\n1,A\nRecord ID,Deal Name\n2,B\n"))
    assert [line for line, _ in rows] == [2, 4]
    assert refused == ['3: Record ID: "Record ID" looks like a repeated header row: delete the line.']


def test_a_ragged_row_is_named_by_its_line(tmp_path: Path) -> None:
    rows, refused = rows_of(table_of(tmp_path, "id,title,value\n1,A,1\n2,B\n3,C,3,4\n4,D,4\n"))
    assert [line for line, _ in rows] == [2, 5]
    assert refused == [
        "3: None: the row has 2 cells, the header 3: add what is missing.",
        "4: None: the row has 4 cells, the header 3: quote a field that holds the delimiter.",
    ]


def test_rows_quoted_as_one_field_are_taken_apart(tmp_path: Path) -> None:
    table = table_of(tmp_path, '"id,title,value"\n"1,A,10"\n2,B,20\n"3,""C, Ltd"",30"\n')
    assert table.header == ["id", "title", "value"]
    assert [cells for _, cells in rows_of(table)[0]] == [["1", "A", "10"], ["2", "B", "20"], ["3", "C, Ltd", "30"]]
    assert table.unwrapped_lines == [2, 4]


def test_columns_without_a_name_get_their_number(tmp_path: Path) -> None:
    assert table_of(tmp_path, "id,,Title *\n1,2,3\n").header == ["id", "column 2", "Title"]


def test_a_header_alone_is_a_table_without_rows(tmp_path: Path) -> None:
    assert rows_of(table_of(tmp_path, "id,title")) == ([], [])


def test_two_columns_of_one_name_are_refused(tmp_path: Path) -> None:
    assert why_unreadable(tmp_path, "id,Value,value\n1,2,3\n") == (
        "deals.csv:1: value: two columns have this name: rename one."
    )


def test_an_unterminated_quote_is_named_where_it_opens(tmp_path: Path) -> None:
    assert why_unreadable(tmp_path, 'id,title\n1,A\n2,"B\n3,C\n') == (
        "deals.csv:3: a quotation mark opened in this row is never closed: close it, or remove it."
    )


def test_a_stray_quote_inside_a_quoted_field_is_named(tmp_path: Path) -> None:
    assert why_unreadable(tmp_path, 'id,title\n1,"12" screen"\n') == (
        "deals.csv:2: a quotation mark stands inside a quoted field: double it, or remove it."
    )


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "deals.csv:1: the file is empty: export it again, with its header row."),
        (b"\n\n\n", "deals.csv:1: there is no header row: export it again, with one."),
        (b"\xef\xbb\xbf", "deals.csv:1: there is no header row: export it again, with one."),
        (
            b"\xd0\xcf\x11\xe0" + b"\0" * 40,
            "deals.csv:1: is an old Excel workbook (.xls), or one with a password: save it as .xlsx without one.",
        ),
        (
            b"id,title\n1,A\0B\n",
            "deals.csv:2: the file holds bytes that are no text: is it a CSV file, or UTF-16 without its mark "
            "(then say --encoding utf-16-le)?",
        ),
    ],
    ids=["empty", "blank", "only a mark", "xls", "binary"],
)
def test_what_is_no_table_is_refused_in_one_line(tmp_path: Path, content: bytes, reason: str) -> None:
    assert why_unreadable(tmp_path, content) == reason


def test_a_field_of_a_megabyte_is_a_field(tmp_path: Path) -> None:
    rows, _ = rows_of(table_of(tmp_path, f"id,note\n1,{'x' * (1 << 20)}\n"))
    assert len(rows[0][1][1]) == 1 << 20


def test_a_missing_file_and_a_folder_are_wrong_usage(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"nowhere\.csv: cannot be read \(No such file or directory\)"):
        read_table(tmp_path / "nowhere.csv")
    with pytest.raises(UsageError, match="this is not a file"):
        read_table(tmp_path)


def test_a_comma_in_the_text_does_not_beat_a_semicolon_between_known_headers(tmp_path: Path) -> None:
    table = table_of(tmp_path, "Deal Name;Amount;Close Date\nA, B, C, D;1,5;2026-01-01\nE, F, G, H;2,5;2026-01-02\n")
    assert table.header == ["Deal Name", "Amount", "Close Date"]


def test_lines_above_the_header_and_below_the_table_are_left_out_and_told(tmp_path: Path) -> None:
    content = (
        "Pipeline report\nAs of 2026-11-01,,,\n\nOpportunity Name,Stage,Amount,Close Date\nA,Prospecting,1,2026-12-01\n"
        "B,Prospecting,2,2026-12-01\n\nCopyright\nConfidential information\n"
    )
    table = table_of(tmp_path, content)
    assert table.header == ["Opportunity Name", "Stage", "Amount", "Close Date"]
    assert [line for line, _ in rows_of(table)[0]] == [5, 6]
    assert (table.lines_above, table.footnotes) == ([1, 2], [8, 9])


def test_a_title_above_unknown_columns_is_told_from_the_header(tmp_path: Path) -> None:
    table = table_of(tmp_path, "Unsere Liste\n\nFarbe;Form;Größe\nrot;rund;3\nblau;eckig;4\n")
    assert (table.header, table.lines_above) == (["Farbe", "Form", "Größe"], [1])


@pytest.mark.parametrize(
    "content",
    ["title\nA\nB\n", "id,title\n1,email,phone,stage,status\n2,B\n", "x,y\nemail,phone\n", "a\n1,2,3\n4,5,6\n"],
    ids=["one column", "a long row", "words of headers in a row", "figures"],
)
def test_the_first_line_is_the_header_where_nothing_else_is_plain(tmp_path: Path, content: str) -> None:
    assert table_of(tmp_path, content).lines_above == []


def test_a_note_below_the_table_may_hold_the_delimiter(tmp_path: Path) -> None:
    table = table_of(tmp_path, 'id,title,value\n1,A,1\n\n"Copyright 2026, all rights reserved"\n')
    assert [line for line, _ in rows_of(table)[0]] == [2]
    assert table.footnotes == [4]
