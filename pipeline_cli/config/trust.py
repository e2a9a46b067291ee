"""Whose files are obeyed: those of this user which nobody else may write, those that are named, those that were trusted."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable
from pathlib import Path

from pipeline_cli.domain.errors import NothingSaved, SetupError
from pipeline_cli.on_disk import make_own_folder, read_regular, reason_of, write_own_file

_LIST = "trusted"


def refuse_strangers_file(path: Path, what: str, flag: str, config_folder: Path) -> None:
    """Raises SetupError for a file that somebody else owns or that everybody may write, unless it was trusted.

    `flag`: what names it, which is trust as well. Away from POSIX nothing is known, and nothing refused.
    """
    why = _doubt(path)
    if why is None or str(path.resolve()) in _trusted(config_folder):
        return
    raise SetupError(
        f"{path}: this {what} {why}, so it is not used: if it may say what this program does, `pipeline {flag} {path} …` "
        "uses it once, and `pipeline config trust` in its folder always."
    )


def _doubt(path: Path) -> str | None:
    """What speaks against the file: its owner, its mode, or the mode of the folder in which it can be replaced."""
    if os.name != "posix":
        return None
    try:
        found, folder = path.stat(), path.resolve().parent.stat()
    except OSError:
        return None
    if found.st_uid != os.geteuid():
        return f"belongs to {_name_of(found.st_uid)}, not to you (mode {stat.S_IMODE(found.st_mode):04o})"
    if found.st_mode & stat.S_IWOTH:
        return f"may be written by everybody (owner {_name_of(found.st_uid)}, mode {stat.S_IMODE(found.st_mode):04o})"
    if found.st_mode & stat.S_IWGRP and not _is_own_group(found.st_gid):
        mode = f"mode {stat.S_IMODE(found.st_mode):04o}"
        return f"may be written by its group (owner {_name_of(found.st_uid)}, group {_group(found.st_gid)}, {mode})"
    if folder.st_mode & stat.S_IWOTH and not folder.st_mode & stat.S_ISVTX:
        return f"lies in a folder that everybody may write (mode {stat.S_IMODE(folder.st_mode):04o})"
    return None


def _is_own_group(group: int) -> bool:
    """The group that has the user's own name, as most systems make one for everybody, or that nobody else is in."""
    try:
        import grp
        import pwd

        me, found = pwd.getpwuid(os.geteuid()), grp.getgrgid(group)
    except (ImportError, KeyError):
        return group == os.getegid()
    return found.gr_name == me.pw_name or (group == me.pw_gid and not set(found.gr_mem) - {me.pw_name})


def _group(group: int) -> str:
    try:
        import grp

        return grp.getgrgid(group).gr_name
    except (ImportError, KeyError):
        return str(group)


def _name_of(user: int) -> str:
    try:
        import pwd

        return pwd.getpwuid(user).pw_name
    except (ImportError, KeyError):
        return f"user {user}"


def _trusted(config_folder: Path) -> frozenset[str]:
    try:
        return frozenset(os.fsdecode(line) for line in read_regular(config_folder / _LIST).split(b"\0") if line)
    except OSError:
        return frozenset()


def trust(paths: Iterable[Path], config_folder: Path) -> None:
    """Once for all, as long as they lie where they lie. Raises NothingSaved."""
    names = sorted({*_trusted(config_folder), *(str(path.resolve()) for path in paths)})
    place, beside = config_folder / _LIST, config_folder / f".{_LIST}.{os.urandom(6).hex()}.new"
    try:
        make_own_folder(config_folder)
        write_own_file(beside, b"\0".join(map(os.fsencode, names)))
        beside.replace(place)
    except OSError as error:
        raise NothingSaved(f"{place}: could not be written ({reason_of(error)}). Nothing was changed.") from None
