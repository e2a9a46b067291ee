"""Which encoding a file is in, and whether every byte of it is text: never guessed, never repaired."""

from __future__ import annotations

import codecs
import re
from pathlib import Path

from pipeline_cli.domain.errors import UsageError
from pipeline_cli.exchange.problems import Problem, UnreadableFile

_CHUNK_BYTES = 1 << 20
_MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_UTF_32_MARKS = (codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)
_BINARY_KINDS = (
    (b"PK\x03\x04", "is an Excel workbook (.xlsx), not CSV: save it as CSV UTF-8 and import that file."),
    (b"\xd0\xcf\x11\xe0", "is an old Excel workbook (.xls), not CSV: save it as CSV UTF-8 and import that file."),
    (b"%PDF", "is a PDF, not CSV: export the table as CSV and import that file."),
    (b"\x1f\x8b", "is compressed, not CSV: unpack it and import what is inside."),
)
_NOT_A_CHARACTER = re.compile("[\0\ud800-\udfff]")


def find_encoding(path: Path, encoding: str | None) -> str:
    """The encoding to read the file with, every byte of it checked; a byte-order mark outranks what was asked for.

    Raises UsageError for a file that cannot be opened or an encoding that does not exist, and
    UnreadableFile for one that is empty, binary, or not in that encoding.
    """
    try:
        if path.exists() and not path.is_file():
            raise UsageError(f"{path}: this is not a file: name a CSV file.")
        with path.open("rb") as stream:
            head = stream.read(8)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise UsageError(f"{path}: cannot be read ({reason}): check the name of the file.") from error
    _refuse_binary(path, head)
    chosen = next((name for mark, name in _MARKS if head.startswith(mark)), None)
    if chosen is None:
        chosen = _known_encoding(encoding) if encoding else "utf-8"
    _check_every_byte(path, chosen, asked=encoding)
    return chosen


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
                    path, line, "the file holds bytes that are no text: is it a CSV file, or UTF-16 without its mark "
                    "(then say --encoding utf-16-le)?"
                )  # fmt: skip
            line += text.count("\n")
            if not chunk:
                return


def _undecodable(path: Path, line: int, encoding: str, asked: str | None) -> UnreadableFile:
    if asked or encoding == "utf-16":
        return _unreadable(path, line, f"this line is not {encoding}: save the file as UTF-8, or say its --encoding.")
    return _unreadable(
        path, line, "this line is not UTF-8: save the file as UTF-8, or say what it is, often --encoding cp1252."
    )


def _unreadable(path: Path, line: int, message: str) -> UnreadableFile:
    return UnreadableFile([Problem(str(path), line, None, message)])
