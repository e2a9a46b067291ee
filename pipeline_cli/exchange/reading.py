"""Bytes to rows: a delimited text file, read as a stream, every row with its line number."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from pipeline_cli.domain.record import NamedTuple
from pipeline_cli.domain.watch import EVERY, Watch, unwatched
from pipeline_cli.exchange.delimiters import find_delimiter, split_cell
from pipeline_cli.exchange.encodings import find_encoding
from pipeline_cli.exchange.headers import name_columns, repeated_names
from pipeline_cli.exchange.problems import Problem, UnreadableFile

if TYPE_CHECKING:
    from _csv import Reader

LONGEST_FIELD = 1 << 24
"""Characters. Longer than any field that is meant, and short enough that an open quote cannot fill the memory."""

Refuse = Callable[[Problem, Sequence[str]], None]


class Row(NamedTuple):
    line: int
    """The first line of the row in the file."""
    cells: list[str]


class Table:
    """A file that can be read more than once: its header is known, its rows stream."""

    def __init__(self, path: Path, encoding: str, delimiter: str) -> None:
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
        self.watch: Watch = unwatched
        self._width = 0
        self._read_header()

    def rows(self, refuse: Refuse) -> Iterator[tuple[int, list[str]]]:
        """Line and cells of each row below the header; ragged and repeated ones go to `refuse`, blank ones are counted.

        Plain tuples, because a million named ones cost a second. Raises UnreadableFile when the quoting is broken, for
        nothing after that can be trusted.
        """
        header, width, key_column, first = self.header, self._width, self.key_column, self.header[0]
        key_name = header[key_column]
        self.blank_rows, self.unwrapped_lines = 0, []
        with self._open() as stream:
            reader = csv.reader(stream, delimiter=self.delimiter, strict=True)
            last = self._pass_header(reader)
            heard = last
            try:
                for record in reader:
                    cells, line, last = record, last + 1, reader.line_num
                    if last > heard:
                        self.watch(self.path.name, last)
                        heard = last + EVERY
                    if len(cells) != width or cells[0] < "!":  # empty, or begins with a space
                        if not any(map(str.strip, cells)):
                            self.blank_rows += 1
                            continue
                        if len(cells) != width:
                            taken = self._unwrap(line, cells, refuse)
                            if taken is None:
                                continue
                            cells = taken
                    if (cells[0] == first or cells[key_column] == key_name) and self._is_header(cells):
                        message = f'"{key_name}" looks like a repeated header row: delete the line.'
                        refuse(Problem(self.file, line, key_name, message), cells)
                        continue
                    yield line, cells
            except csv.Error as error:
                raise UnreadableFile([Problem(self.file, last + 1, None, _explain(error))]) from error

    def problem(self, line: int, column: int | None, message: str) -> Problem:
        return Problem(self.file, line, None if column is None else self.header[column], message)

    def _pass_header(self, reader: Reader) -> int:
        """Reads up to the header and returns the number of its last line."""
        for cells in reader:
            if _is_header_record(cells, self.delimiter):
                break
        return int(reader.line_num)

    def _unwrap(self, line: int, cells: list[str], refuse: Refuse) -> list[str] | None:
        taken = split_cell(cells, self.delimiter, self._width)
        if taken is None:
            refuse(self._ragged(line, cells), cells)
        else:
            self.unwrapped_lines.append(line)
        return taken

    def _open(self) -> TextIO:
        csv.field_size_limit(LONGEST_FIELD)
        return self.path.open(encoding=self.encoding, newline="")

    def _read_header(self) -> None:
        with self._open() as stream:
            reader = csv.reader(stream, delimiter=self.delimiter, strict=True)
            try:
                cells = next((row for row in reader if _is_header_record(row, self.delimiter)), None)
            except csv.Error as error:
                raise UnreadableFile([Problem(self.file, 1, None, _explain(error))]) from error
            line = reader.line_num
        if cells is None:
            raise UnreadableFile([Problem(self.file, 1, None, "there is no header row: export it again, with one.")])
        if len(cells) == 1:
            cells = next(csv.reader(cells, delimiter=self.delimiter), cells)
        self._width = len(cells)
        self.header = name_columns(cells)
        repeated = repeated_names(self.header)
        if repeated:
            problems = [Problem(self.file, line, name, "two columns have this name: rename one.") for name in repeated]
            raise UnreadableFile(problems)

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
