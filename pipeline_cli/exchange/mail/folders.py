"""Which folders and files of a path hold mail, of what kind each is, and which are never opened."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from pathlib import Path

from pipeline_cli.domain.capture.letter import Letter
from pipeline_cli.exchange.mail.folder_names import DRAFTS, JUNK, TRASH, kind_of
from pipeline_cli.exchange.mail.headers import end_of_header, fields_of, is_mail, is_surely_mail
from pipeline_cli.exchange.mail.maildir import is_maildir, mail_files, read_file, read_maildir
from pipeline_cli.exchange.mail.mbox import BEGINNING, read_mbox
from pipeline_cli.exchange.mail.paths import is_folder, is_regular, shown
from pipeline_cli.exchange.mail.progress import NO_MAIL, Reading, reason_of

_PARTS = frozenset({"cur", "new", "tmp"})
_MAIL_SUFFIXES = frozenset({".eml", ".mail", ".mbox", ".mbx"})
_BESIDE_MAIL = (".msf", ".dat", "filterlog.html")
"""What Thunderbird keeps beside its folders: not worth a word."""
_FIRST = 8 << 10
_DEEPEST = 30


def read_path(path: Path, reading: Reading) -> Iterator[Letter]:
    """All mail in a file, a Maildir, an mbox, a Thunderbird profile, or a folder with such in it."""
    try:
        mode = path.stat().st_mode
        if stat.S_ISDIR(mode):
            yield from _read_named_folder(path, reading)
        elif stat.S_ISREG(mode):
            yield from _read_file(path, reading, kind_of(path.resolve().name))
        else:
            reading.fails(shown(path), "is neither a file nor a folder; a single mail is read from - , standard input")
    except OSError as error:
        reading.fails(shown(path), reason_of(error))
    except ValueError:
        reading.fails(shown(path), "is no path")


def _read_named_folder(path: Path, reading: Reading) -> Iterator[Letter]:
    real = path.resolve()
    if real.name in _PARTS and is_maildir(real.parent):
        reading.fails(shown(path), "is a part of a Maildir; name the folder that it is in")
        return
    for folder in mail_folders_of_profile(path) or [path]:
        yield from _read_folder(folder, reading, kind_of(real.name), 0)


def mail_folders_of_profile(path: Path) -> list[Path]:
    """Where a Thunderbird profile, or the folder that holds all of them, keeps its mail; nothing for another folder."""
    profiles = [path] if (path / "prefs.js").is_file() else []
    if not profiles and (path / "profiles.ini").is_file():
        profiles = sorted(
            prefs.parent for pattern in ("*/prefs.js", "Profiles/*/prefs.js") for prefs in path.glob(pattern)
        )
    return [folder for profile in profiles for name in ("Mail", "ImapMail") if is_folder(folder := profile / name)]


def _read_folder(folder: Path, reading: Reading, kind: str | None, depth: int) -> Iterator[Letter]:
    """It and what is in it; `kind`: what it is for, which holds for all below it."""
    try:
        with os.scandir(folder) as entries:
            inside = sorted(entries, key=lambda entry: entry.name)
    except OSError as error:
        reading.fails(shown(folder), reason_of(error))
        return
    has_parts = is_maildir(folder)
    if has_parts:
        yield from _read_maildir(folder, reading, kind)
    for entry in inside:
        path, own = Path(entry.path), kind or kind_of(entry.name)
        if entry.is_dir(follow_symlinks=False):
            if depth < _DEEPEST and not (has_parts and entry.name in _PARTS) and _holds_mail(path):
                yield from _read_folder(path, reading, own, depth + 1)
        elif (
            not has_parts
            and not entry.name.startswith(".")
            and not entry.name.endswith(_BESIDE_MAIL)
            and is_regular(entry)
        ):
            yield from _read_file(path, reading, own)


def _holds_mail(folder: Path) -> bool:
    """Folders whose name begins with a dot hold mail where they are Maildirs, as servers keep them."""
    return not folder.name.startswith(".") or is_maildir(folder)


def _read_maildir(folder: Path, reading: Reading, kind: str | None) -> Iterator[Letter]:
    if kind in {JUNK, TRASH}:
        try:
            reading.unread[kind] += len(mail_files(folder))
        except OSError as error:
            reading.fails(shown(folder), reason_of(error))
        return
    yield from read_maildir(folder, reading, is_draft=kind == DRAFTS)


def _read_file(path: Path, reading: Reading, kind: str | None) -> Iterator[Letter]:
    if kind in {JUNK, TRASH}:
        reading.unread[kind] += 1
        return
    try:
        with path.open("rb", buffering=0) as file:
            first = file.read(_FIRST)
        if _is_mbox(path, first):
            yield from read_mbox(path, reading, is_draft=kind == DRAFTS)
        elif _is_mail(path, first):
            letter = read_file(str(path), reading, is_draft=kind == DRAFTS)
            if letter is not None:
                yield letter
        else:
            reading.unread[NO_MAIL] += 1
    except OSError as error:
        reading.fails(shown(path), reason_of(error))


def _is_mbox(path: Path, first: bytes) -> bool:
    """By its beginning; but a mail saved as one file may have that line too, and another mbox within."""
    suffix = path.suffix.lower()
    return bool(first) and (suffix in {".mbox", ".mbx"} or (first.startswith(BEGINNING) and suffix != ".eml"))


def _is_mail(path: Path, first: bytes) -> bool:
    """A file that is not called one needs more to be taken for one."""
    lines = first if b"\n" in first else first.replace(b"\r", b"\n")
    fields, _ = fields_of(lines[: end_of_header(lines)])
    return is_mail(fields) if path.suffix.lower() in _MAIL_SUFFIXES else is_surely_mail(fields)
