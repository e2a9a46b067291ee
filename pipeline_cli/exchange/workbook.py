"""An Excel workbook as rows of text: read once, cell by cell, into a file without a name, from which every pass reads."""

from __future__ import annotations

import errno
import io
import json
import os
import re
import struct
import tempfile
import warnings
import weakref
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing, suppress
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from itertools import islice
from pathlib import Path
from typing import Any, BinaryIO

from pipeline_cli.domain.errors import NothingSaved
from pipeline_cli.domain.words.header_words import currency_of_sign
from pipeline_cli.domain.words.presets import count_known, name_columns
from pipeline_cli.exchange.header_row import LINES_ABOVE, find_header
from pipeline_cli.exchange.problems import Problem, UnreadableFile

MOST_ROWS, MOST_COLUMNS = 1_048_576, 16_384
"""Of a sheet, as spreadsheets have them."""
MOST_BYTES = 1 << 30
"""Of all that is packed in the file, unpacked."""
MOST_WORDS_BYTES = 96 << 20
"""Of the texts of all cells, and of the styles: the library holds these in memory."""
MOST_PARTS = 10_000
LONGEST_TEXT = 1 << 20
"""Bytes of one text; a cell holds 32,767 characters at most."""
_CHUNK = 1 << 18
_LOOKED_AT = 200
"""Rows whose cells are asked how they show their amounts."""
_STREAMED = re.compile(r"xl/worksheets/[^/]+\.xml", re.IGNORECASE)
_READ = re.compile(r".*\.(?:xml|rels)", re.IGNORECASE)
_BROKEN = (
    ArithmeticError,
    AssertionError,
    AttributeError,
    EOFError,
    LookupError,
    NotImplementedError,
    OSError,
    RuntimeError,
    SyntaxError,  # what a parser of XML raises
    TypeError,
    ValueError,
    struct.error,
    zipfile.BadZipFile,
    zlib.error,
)
"""What the library raises for a file that is not what it says it is."""
_MONEY = re.compile(r"\[\$([^\-\]]+)(?:-[0-9A-Fa-f]*)?\]|\"([^\"]+)\"|([€£$¥])")


class Rows:
    """The rows of one sheet, each ending with its last filled cell."""

    def __init__(self, file: int, width: int, currencies: Mapping[int, str], chosen: str | None = None) -> None:
        """`file`: an open one, which is closed with this; `chosen`: the name of the sheet, where there were several."""
        self.chosen = chosen
        self._file = file
        weakref.finalize(self, os.close, file)
        self.width = width
        """Cells of the longest row."""
        self.currencies = currencies
        """By column, where its amounts are shown with one."""

    def rows(self, after: int = 0) -> Iterator[tuple[int, list[str]]]:
        """The number of each row in the sheet, and its cells as text, of those behind a row."""
        stream = io.BufferedReader(_Part(self._file), _CHUNK)
        for number, line in enumerate(stream, 1):
            if number > after:
                yield number, json.loads(line)


class _Part(io.RawIOBase):
    """Reads an open file from its beginning, whatever others read of it."""

    def __init__(self, file: int) -> None:
        self._file, self._at = file, 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        os.lseek(self._file, self._at, os.SEEK_SET)
        data = os.read(self._file, len(buffer))
        buffer[: len(data)] = data
        self._at += len(data)
        return len(data)


def read_workbook(path: Path) -> Rows:
    """The rows of the sheet that looks most like deals, a formula being what it last came to.

    Raises UnreadableFile for what is no workbook, is damaged, or would unpack to more than a sheet can hold.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of what the library does not draw
        try:
            _look_into(path)
            return _read(path)
        except _BROKEN as error:
            if isinstance(error, OSError) and error.errno == errno.ENOSPC:
                raise NothingSaved(f"{path}: there is no room to unpack it: free some space.") from None
            message = "the workbook is damaged: open it in a spreadsheet, save it anew, and import that file."
            raise _unreadable(path, message) from error


def _unreadable(path: Path, message: str, line: int = 1) -> UnreadableFile:
    return UnreadableFile([Problem(str(path), line, None, message)])


def _look_into(path: Path) -> None:
    """Sizes before anything is unpacked, and no text without an end: the parser would hold it in memory."""
    with zipfile.ZipFile(path) as packed:
        parts = packed.infolist()
        names = {part.filename for part in parts}
        if "xl/workbook.xml" not in names and "[Content_Types].xml" not in names:
            raise _unreadable(path, "is packed and no Excel workbook (.xlsx): save the table as .xlsx or CSV UTF-8.")
        held = sum(part.file_size for part in parts if _READ.fullmatch(part.filename) and not _is_streamed(part))
        everything = sum(part.file_size for part in parts)
        if len(parts) > MOST_PARTS or everything > MOST_BYTES or held > MOST_WORDS_BYTES:
            raise _unreadable(
                path,
                f"the workbook unpacks to {everything >> 20:,} MB, more than is read: save the table as CSV UTF-8.",
            )
        for part in parts:
            if _READ.fullmatch(part.filename):
                with packed.open(part) as stream:
                    _refuse_endless(path, stream)


def _is_streamed(part: zipfile.ZipInfo) -> bool:
    return _STREAMED.fullmatch(part.filename) is not None


def _refuse_endless(path: Path, stream: Any) -> None:
    passed = 0
    while chunk := stream.read(_CHUNK):
        if b"<!DOCTYPE" in chunk or b"<!ENTITY" in chunk:
            raise _unreadable(path, "the workbook defines words of its own, as no spreadsheet does: save it anew.")
        first = chunk.find(b"<")
        if passed + (len(chunk) if first < 0 else first) > LONGEST_TEXT:
            raise _unreadable(path, "a cell of the workbook holds more than a cell can: save the table as CSV UTF-8.")
        passed = passed + len(chunk) if first < 0 else len(chunk) - chunk.rfind(b"<")


def _read(path: Path) -> Rows:
    from openpyxl import load_workbook

    with (
        path.open("rb") as stream,
        closing(load_workbook(stream, read_only=True, data_only=True, keep_links=False)) as book,
    ):
        sheets = [sheet for sheet in book.worksheets if sheet.sheet_state == "visible"] or list(book.worksheets)
        if not sheets:
            raise _unreadable(path, "the workbook has no sheet with a table.")
        for sheet in sheets:
            sheet.reset_dimensions()  # what the file says of its size need not be so
        sheet = sheets[0] if len(sheets) == 1 else max(sheets, key=_likeness)
        currencies = _currencies(islice(sheet.iter_rows(), _LOOKED_AT))
        with tempfile.TemporaryFile() as file:  # without a name: whatever ends the program, nothing of it stays
            width = _write(path, sheet.iter_rows(values_only=True), file)
            return Rows(os.dup(file.fileno()), width, currencies, sheet.title if len(sheets) > 1 else None)


def _likeness(sheet: Any) -> tuple[int, int]:
    """How many columns of it are known, and whether it has rows."""
    rows = [cells for values in islice(sheet.iter_rows(values_only=True), 4 * LINES_ABOVE) if (cells := _texts(values))]
    if not rows:
        return 0, 0
    header = rows[find_header(rows[:LINES_ABOVE])]
    return count_known(name_columns(header)), min(len(rows), 2)


def _write(path: Path, rows: Iterable[Sequence[Any]], file: BinaryIO) -> int:
    """Each row as a line; returns the width of the widest."""
    width = blank = 0
    for number, values in enumerate(rows, 1):
        if number > MOST_ROWS or len(values) > MOST_COLUMNS:
            raise _unreadable(path, "the sheet has more rows or columns than a sheet can: save the table as CSV UTF-8.")
        cells = _texts(values)
        if not cells:
            blank += 1  # those at the end, of which a sheet may have a million, are none
            continue
        width = max(width, len(cells))
        file.write(b"[]\n" * blank + json.dumps(cells).encode() + b"\n")
        blank = 0
    file.flush()
    if not width:
        raise _unreadable(path, "the sheet is empty: there is no header row.")
    return width


def _texts(values: Sequence[Any]) -> list[str]:
    cells = [_text(value) for value in values]
    while cells and not cells[-1].strip():
        cells.pop()
    return cells


def _text(value: Any) -> str:
    """As an export would write it: dates ISO, numbers plain, with a point and never so that it could part thousands."""
    if value is None:
        return ""
    if isinstance(value, str):
        return value.replace("_x000D_\n", "\n").replace("_x000D_", "\n").replace("\x00", "")
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float):
        return _number(value)
    if isinstance(value, datetime):
        moment = value + timedelta(microseconds=500_000)  # a spreadsheet's fractions of days are not exact
        moment = moment.replace(microsecond=0)
        return moment.date().isoformat() if moment.time() == time() else moment.isoformat(" ")
    return value.isoformat() if isinstance(value, date | time) else str(value)


def _number(value: float) -> str:
    text = format(Decimal(format(value, ".15g")), "f")
    whole, point, rest = text.partition(".")
    rest = rest.rstrip("0")
    return whole if not rest else f"{whole}{point}{rest}{'0' if len(rest) == 3 else ''}"


def _currencies(rows: Iterable[Sequence[Any]]) -> dict[int, str]:
    """By column that shows its amounts with one and the same sign."""
    found: dict[int, set[str]] = {}
    for row in rows:
        for column, cell in enumerate(row):
            if isinstance(cell.value, int | float):
                with suppress(*_BROKEN):
                    found.setdefault(column, set()).add(_shown_currency(cell.number_format))
    return {column: codes.pop() for column, codes in found.items() if len(codes) == 1 and "" not in codes}


def _shown_currency(form: str) -> str:
    for shown in _MONEY.finditer(form or ""):
        code = currency_of_sign((shown[1] or shown[2] or shown[3]).strip())
        if code:
            return code
    return ""
