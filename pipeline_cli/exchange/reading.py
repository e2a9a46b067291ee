"""Bytes to rows: the encoding and the delimiter of a text file found by evidence, every row with its line."""

from __future__ import annotations

import codecs
import csv
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path
from typing import Protocol, TextIO

from pipeline_cli.domain.deal.incoming import EVERY, Watch, unwatched
from pipeline_cli.domain.errors import UsageError
from pipeline_cli.domain.record import NamedTuple
from pipeline_cli.domain.words.presets import count_known, name_columns, repeated_names
from pipeline_cli.exchange.header_row import LINES_ABOVE, find_header
from pipeline_cli.exchange.problems import Problem, UnreadableFile

DELIMITERS = (",", ";", "\t", "|")
_SAMPLED_ROWS = 40


def find_delimiter(sample: str) -> str:
    """The one with the most known headers, then the most even rows, then the most columns."""
    lines = sample.splitlines(keepends=True)
    return max(DELIMITERS, key=lambda delimiter: _score(lines, delimiter))


def _score(lines: Sequence[str], delimiter: str) -> tuple[int, int, int]:
    rows = _sampled(lines, delimiter)
    if not rows:
        return (0, 0, 0)
    place = find_header([_taken_apart(row, delimiter) for row in rows])
    header = _taken_apart(rows[place], delimiter)
    width = len(header)
    even = sum(len(row) == width for row in rows[place + 1 :]) if width > 1 else 0
    return (count_known(header), even, width)


def _sampled(lines: Sequence[str], delimiter: str) -> list[list[str]]:
    reader = csv.reader(lines, delimiter=delimiter)
    rows: list[list[str]] = []
    try:
        for row in islice(reader, _SAMPLED_ROWS):
            if any(cell.strip() for cell in row) and not (len(rows) == 0 and row[0].lower().startswith("sep=")):
                rows.append(row)
    except csv.Error:
        # Beyond here the sample cannot be read this way; what was read still counts.
        return rows
    return rows


def _taken_apart(cells: list[str], delimiter: str) -> list[str]:
    """A header that was quoted as one field."""
    try:
        return next(csv.reader(cells, delimiter=delimiter), cells) if len(cells) == 1 else cells
    except csv.Error:
        return cells


def split_cell(cells: Sequence[str], delimiter: str, width: int) -> list[str] | None:
    """The fields of a row that was quoted as one field; None when it is not such a row."""
    if len(cells) != 1 or delimiter not in cells[0]:
        return None
    try:
        inner = next(csv.reader(cells, delimiter=delimiter, strict=True), [])
    except csv.Error:
        return None
    return inner if len(inner) == width else None


_CHUNK_BYTES = 1 << 20
_MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_UTF_32_MARKS = (codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)
_BINARY_KINDS = (
    (b"\xd0\xcf\x11\xe0", "is an old Excel workbook (.xls), or one with a password: save it as .xlsx without one."),
    (b"%PDF", "is a PDF, not CSV: export the table as CSV and import that file."),
    (b"\x1f\x8b", "is compressed, not CSV: unpack it and import what is inside."),
)
NOT_UTF_8 = "this line is not UTF-8: save the file as UTF-8, or say what it is, often --encoding cp1252."
ZIPPED = b"PK\x03\x04"
_NOT_A_CHARACTER = re.compile("[\0\ud800-\udfff]")


def find_encoding(path: Path, encoding: str | None) -> str:
    """The encoding to read the file with, every byte of it checked; a byte-order mark outranks what was asked for.

    Raises UsageError for a file that cannot be opened or an encoding that does not exist, and
    UnreadableFile for one that is empty, binary, or not in that encoding.
    """
    head = _head_of(path)
    _refuse_binary(path, head)
    chosen = next((name for mark, name in _MARKS if head.startswith(mark)), None)
    if chosen is None:
        chosen = _known_encoding(encoding) if encoding else "utf-8"
    _check_every_byte(path, chosen, asked=encoding)
    return chosen


def _head_of(path: Path) -> bytes:
    """Its first bytes. Raises UsageError for a file that cannot be opened."""
    try:
        if path.exists() and not path.is_file():
            raise UsageError(f"{path}: this is not a file: name a CSV file.")
        with path.open("rb") as stream:
            return stream.read(8)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise UsageError(f"{path}: cannot be read ({reason}): check the name of the file.") from error


def _known_encoding(name: str) -> str:
    try:
        "".encode(name)  # refuses codecs that are not text, such as hex
        return codecs.lookup(name).name
    except (LookupError, UnicodeError, ValueError, TypeError) as error:
        raise UsageError(f"--encoding {name!r}: no such encoding: try cp1252, latin-1, utf-8 or utf-16.") from error


def _refuse_binary(path: Path, head: bytes) -> None:
    if not head:
        raise _unreadable(path, 1, "the file is empty: export it again, with its header row.")
    if head.startswith(_UTF_32_MARKS):
        raise _unreadable(path, 1, "the file is UTF-32: save it as UTF-8 and import that.")
    for magic, message in _BINARY_KINDS:
        if head.startswith(magic):
            raise _unreadable(path, 1, message)


def _check_every_byte(path: Path, encoding: str, asked: str | None) -> None:
    decoder = codecs.getincrementaldecoder(encoding)()
    line = 1
    with path.open("rb") as stream:
        while True:
            chunk = stream.read(_CHUNK_BYTES)
            try:
                text = decoder.decode(chunk, final=not chunk)
            except UnicodeDecodeError as error:
                line += error.object[: error.start].count(b"\n")
                raise _undecodable(path, line, encoding, asked) from error
            except UnicodeError as error:  # a codec such as punycode, which says no more than that
                raise _undecodable(path, line, encoding, asked) from error
            found = "\0" in text or (not text.isascii() and _NOT_A_CHARACTER.search(text))
            if found:
                where = _NOT_A_CHARACTER.search(text)
                line += text.count("\n", 0, where.start() if where else 0)
                raise _unreadable(
                    path,
                    line,
                    "the file holds bytes that are no text: is it a CSV file, or UTF-16 without its mark "
                    "(then say --encoding utf-16-le)?",
                )
            line += text.count("\n")
            if not chunk:
                return


def _undecodable(path: Path, line: int, encoding: str, asked: str | None) -> UnreadableFile:
    if asked or encoding == "utf-16":
        return _unreadable(path, line, f"this line is not {encoding}: save the file as UTF-8, or say its --encoding.")
    return _unreadable(path, line, NOT_UTF_8)


def _unreadable(path: Path, line: int, message: str) -> UnreadableFile:
    return UnreadableFile([Problem(str(path), line, None, message)])


LONGEST_FIELD = 1 << 24
"""Characters. Longer than any field that is meant, and short enough that an open quote cannot fill the memory."""

LONGEST_LINE = 1 << 24
"""Characters, of a line of the file; one without an end would be read into memory as a whole."""
MOST_COLUMNS = 20_000
"""More than any spreadsheet has (16,384): the file is no table of deals, or stands on its side."""

Refuse = Callable[[Problem, Sequence[str]], None]


class Row(NamedTuple):
    """A row with the line it begins on."""

    line: int
    """The first line of the row in the file."""
    cells: list[str]


class Workbook(Protocol):
    """The rows of a spreadsheet, which stand where a text file would be read."""

    width: int
    currencies: Mapping[int, str]
    chosen: str | None

    def rows(self, after: int = 0) -> Iterator[tuple[int, list[str]]]: ...


class Table:
    """A file that can be read more than once: its header is known, its rows stream."""

    def __init__(self, path: Path, encoding: str, delimiter: str, workbook: Workbook | None = None) -> None:
        self.path = path
        self.file = str(path)
        self.encoding = encoding
        self.delimiter = delimiter
        self.header: list[str] = []
        """Names of the columns, none twice."""
        self.key_column = 0
        """The column named when a row turns out to be the header once more."""
        self.blank_rows = 0
        self.unwrapped_lines: list[int] = []
        """Lines that were quoted as one field and taken apart."""
        self.lines_above: list[int] = []
        """Those above the header that are not blank."""
        self.footnotes: list[int] = []
        """Lines of one cell below the table."""
        self.watch: Watch = unwatched
        self.currencies: Mapping[int, str] = workbook.currencies if workbook else {}
        """Of columns that a spreadsheet shows as amounts of money."""
        self.sheet = workbook.chosen if workbook else None
        """The one that was read of several."""
        self._workbook = workbook
        self._width = 0
        self._header_line = 1
        self._read_header()

    def rows(self, refuse: Refuse) -> Iterator[tuple[int, list[str]]]:
        """Line and cells of each row below the header; ragged and repeated ones go to `refuse`, blank ones are counted.

        Plain tuples, because a million named ones cost a second. Raises UnreadableFile when the quoting is broken, for
        nothing after that can be trusted.
        """
        header, width, key_column, first = self.header, self._width, self.key_column, self.header[0]
        key_name, heard, is_below = header[key_column], self._header_line, False
        self.blank_rows, self.unwrapped_lines, self.footnotes = 0, [], []
        for line, record in self._records(self._header_line):
            cells = record
            if line > heard:
                self.watch(self.path.name, line)
                heard = line + EVERY
            if len(cells) != width or cells[0] < "!":  # empty, or begins with a space
                if not any(map(str.strip, cells)):
                    self.blank_rows += 1
                    is_below = width > 2
                    continue
                if len(cells) != width:
                    if is_below and len(cells) == 1 and split_cell(cells, self.delimiter, width) is None:
                        self.footnotes.append(line)
                        continue
                    taken = self._unwrap(line, cells, refuse)
                    if taken is None:
                        continue
                    cells = taken
            is_below = False
            if (cells[0] == first or cells[key_column] == key_name) and self._is_header(cells):
                message = f'"{key_name}" looks like a repeated header row: delete the line.'
                refuse(Problem(self.file, line, key_name, message), cells)
                continue
            yield line, cells

    def _records(self, after: int = 0) -> Iterator[tuple[int, list[str]]]:
        """The line that each record begins on, and its cells, of those that begin after a line.

        Raises UnreadableFile when the quoting is broken.
        """
        if self._workbook is not None:
            yield from self._of_workbook(self._workbook, after)
            return
        with self._open() as stream:
            reader = csv.reader(self._lines(stream), delimiter=self.delimiter, strict=True)
            last = 0
            try:
                for cells in reader:
                    line, last = last + 1, reader.line_num
                    if line > after:
                        yield line, cells
            except csv.Error as error:
                raise UnreadableFile([Problem(self.file, last + 1, None, _explain(error))]) from error

    def _of_workbook(self, workbook: Workbook, after: int) -> Iterator[tuple[int, list[str]]]:
        """A row ends with its last filled cell, and is filled up, unless it stands alone below the table."""
        is_below = False
        for line, cells in workbook.rows(after):
            missing = self._width - len(cells)
            yield line, cells + [""] * missing if missing and not (is_below and len(cells) == 1) else cells
            is_below = (is_below and len(cells) == 1) or not cells

    def problem(self, line: int, column: int | None, message: str) -> Problem:
        """A problem at a line, and at a column if one is meant."""
        return Problem(self.file, line, None if column is None else self.header[column], message)

    def _unwrap(self, line: int, cells: list[str], refuse: Refuse) -> list[str] | None:
        taken = split_cell(cells, self.delimiter, self._width)
        if taken is None:
            refuse(self._ragged(line, cells), cells)
        else:
            self.unwrapped_lines.append(line)
        return taken

    def _lines(self, stream: TextIO) -> Iterator[str]:
        """Raises UnreadableFile for a line that is too long."""
        number, read = 0, stream.readline
        while line := read(LONGEST_LINE + 1):
            number += 1
            if len(line) > LONGEST_LINE:
                message = f"the line has more than {LONGEST_LINE:,} characters: is it a CSV file?"
                raise UnreadableFile([Problem(self.file, number, None, message)])
            yield line

    def _open(self) -> TextIO:
        csv.field_size_limit(LONGEST_FIELD)
        return self.path.open(encoding=self.encoding, newline="")

    def _read_header(self) -> None:
        first = self._first_records()
        if not first:
            raise UnreadableFile([Problem(self.file, 1, None, "there is no header row: export it again, with one.")])
        place = find_header([_taken_apart(cells, self.delimiter) for _, cells in first])
        self.lines_above = [line for line, _ in first[:place]]
        line, cells = first[place]
        cells, self._header_line = _taken_apart(cells, self.delimiter), line
        if self._workbook is not None:
            cells = cells + [""] * (self._workbook.width - len(cells))
        self._width = len(cells)
        if self._width > MOST_COLUMNS:
            message = (
                f"there are {self._width:,} columns, and {MOST_COLUMNS:,} are taken at most: is it a table of deals?"
            )
            raise UnreadableFile([Problem(self.file, line, None, message)])
        self.header = name_columns(cells)
        repeated = repeated_names(self.header)
        if repeated:
            problems = [Problem(self.file, line, name, "two columns have this name: rename one.") for name in repeated]
            raise UnreadableFile(problems)

    def _first_records(self) -> list[tuple[int, list[str]]]:
        """Those that are not blank; what is wrong with the file below the first is said when the rows are read."""
        found: list[tuple[int, list[str]]] = []
        try:
            for line, cells in self._records():
                if _is_header_record(cells, self.delimiter):
                    found.append((line, cells))
                if len(found) == LINES_ABOVE:
                    break
        except UnreadableFile:
            if not found:
                raise
        return found

    def _is_header(self, cells: Sequence[str]) -> bool:
        alike = sum(name_columns([cell])[0] == name for cell, name in zip(cells, self.header, strict=True))
        return alike * 2 > sum(1 for cell in cells if cell.strip()) or alike == len(cells)

    def _ragged(self, line: int, cells: Sequence[str]) -> Problem:
        message = f"the row has {len(cells)} cells, the header {self._width}: "
        hint = "quote a field that holds the delimiter" if len(cells) > self._width else "add what is missing"
        return Problem(self.file, line, None, f"{message}{hint}.")


def read_table(path: Path, encoding: str | None = None) -> Table:
    """Opens a file and reads its header; its bytes are checked first, so that reading rows cannot stumble.

    Raises UsageError (no such file, no such encoding) and UnreadableFile.
    """
    if _head_of(path).startswith(ZIPPED):
        from pipeline_cli.exchange.workbook import read_workbook  # which loads a library of its own

        return Table(path, "utf-8", "\x1f", read_workbook(path))
    chosen = find_encoding(path, encoding)
    with path.open(encoding=chosen, newline="") as stream:
        sample = stream.read(1 << 18)
    return Table(path, chosen, find_delimiter(sample))


def _is_header_record(cells: Sequence[str], delimiter: str) -> bool:
    """Not for blank lines, nor for the `sep=;` that Excel writes above a header."""
    text = delimiter.join(cells).strip().lstrip("\ufeff").lower()
    return text.strip(delimiter) != "" and not (text.startswith("sep=") and len(text) <= 5)


def _explain(error: csv.Error) -> str:
    if "expected after" in str(error):
        return "a quotation mark stands inside a quoted field: double it, or remove it."
    return "a quotation mark opened in this row is never closed: close it, or remove it."
