"""The files of backups beside the database: what they are called, which there are, which go away again.

A backup is a database of its own, `pipeline-20261121T100000000Z-before-import.db`, and beside it the key of its
do-not-contact list, if there is one.
"""

from __future__ import annotations

import re
from contextlib import suppress
from datetime import datetime
from pathlib import Path

from pipeline_cli.domain.clock import from_text, to_text
from pipeline_cli.domain.errors import NothingSaved, SavedWithComplaint
from pipeline_cli.domain.record import NamedTuple
from pipeline_cli.on_disk import UNNAMED, reason_of, sync_folder
from pipeline_cli.storage.database import WITH_IT
from pipeline_cli.storage.suppression_key import SUFFIX

FOLDER = "backups"
MOST = 10
"""How many automatic backups are kept."""
BY_HAND, DAMAGED, AUTOMATIC = "backup", "damaged", "before-"
_NAME = re.compile(r"-(\d{8}T\d{9}Z)-(backup|damaged|before-[a-z]+)(?:-(\d+))?\.db")
_UNFINISHED = re.compile(rf"\.(.+)\.[0-9a-f]{{12}}{re.escape(UNNAMED)}")


class Backup(NamedTuple):
    path: Path
    made_at: datetime
    why: str
    """`before-import`, `before-prune`, `before-undo` and the like; `backup`: by hand; `damaged`: set aside."""
    number: int
    """Of those made in the same millisecond."""

    @property
    def is_automatic(self) -> bool:
        return self.why.startswith(AUTOMATIC)


def folder_of(database: Path) -> Path:
    return database.resolve().parent / FOLDER


def find_backups(database: Path) -> list[Backup]:
    """Those of this database in the folder beside it, the newest first."""
    folder = folder_of(database)
    found = [_read_name(path, path.name, database) for path in (folder.iterdir() if folder.is_dir() else ())]
    return sorted((one for one in found if one), key=lambda one: (one.made_at, one.number), reverse=True)


def as_named(path: Path, database: Path) -> str:
    """What `restore` takes for it from every folder: its name alone where it lies among the backups of the database."""
    return path.name if path.resolve().parent == folder_of(database) else str(path)


def _read_name(path: Path, name: str, database: Path) -> Backup | None:
    """None for a file that is no backup of this database."""
    stem = database.resolve().stem
    match = _NAME.fullmatch(name.removeprefix(stem)) if name.startswith(stem) else None
    if match is None:
        return None
    stamp, why, number = match.groups()
    try:
        return Backup(path, from_text(f"{stamp[:15]}.{stamp[15:]}"), why, int(number or 1))
    except ValueError:  # a day that there is not
        return None


def name_backup(database: Path, instant: datetime, why: str) -> Path:
    """A name that nothing has yet, in the folder beside the database, which is made when it is not there.

    Raises NothingSaved when it cannot be made.
    """
    folder = folder_of(database)
    try:
        if not folder.is_dir():
            folder.mkdir(mode=0o700)
            sync_folder(folder.parent)
    except OSError as error:
        raise NothingSaved(
            f"{folder}: the folder of backups could not be made ({reason_of(error)}). Nothing was changed: check the place "
            "and its permissions, or make a backup elsewhere with `pipeline backup FILE`."
        ) from error
    stamp = "".join(sign for sign in to_text(instant) if sign not in "-:.")
    name = f"{database.resolve().stem}-{stamp}-{why}"
    # Above every number of that instant, not the first that is free: the oldest ones are the first to go.
    number = 1 + max((one.number for one in find_backups(database) if one.made_at == instant), default=0)
    while True:
        path = folder / (f"{name}.db" if number == 1 else f"{name}-{number}.db")
        if not path.exists() and not key_of(path).exists():  # a key alone is what a kill left
            return path
        number += 1


def key_of(database: Path) -> Path:
    return database.with_name(database.name + SUFFIX)


def remove_unfinished(database: Path) -> None:
    """What a kill left of automatic ones: there is but one at a time, since each holds the write lock."""
    for one in find_unfinished_backups(database):
        if one.is_automatic:
            one.path.unlink(missing_ok=True)


def find_unfinished_backups(database: Path) -> list[Backup]:
    """Copies that never got the names they were to have."""
    folder = folder_of(database)
    found = [(path, _UNFINISHED.fullmatch(path.name)) for path in (folder.iterdir() if folder.is_dir() else ())]
    backups = [_read_name(path, match[1], database) for path, match in found if match]
    return [one for one in backups if one]


def find_unfinished_databases(database: Path) -> list[Path]:
    """What `create` and `restore` left beside the database when they were killed."""
    found = [(path, _UNFINISHED.fullmatch(path.name)) for path in database.parent.iterdir()]
    return [path for path, match in found if match and match[1] == database.name]


def remove_old_backups(database: Path) -> None:
    """All automatic ones but the newest; others are never removed without being asked."""
    with suppress(OSError):  # they cost room, and nothing else
        for old in [one for one in find_backups(database) if one.is_automatic][MOST:]:
            remove_backup(old.path)


def remove_backup(path: Path) -> None:
    """The copy before its key, so that none is ever without."""
    for beside in (path, *(path.with_name(path.name + suffix) for suffix in WITH_IT), key_of(path)):
        beside.unlink(missing_ok=True)


def remove_with_the_person(database: Path, *, everything: bool) -> tuple[int, list[Path]]:
    """Takes away the backups in which somebody who was forgotten may be; returns how many, and those that stay.

    All that were made unasked, and what was left of unfinished ones; `everything`: those made by hand too. To look
    for the person in them would be to trust that every spelling is found. Raises SavedWithComplaint.
    """
    found = find_backups(database)
    gone = [one.path for one in found if everything or one.why != BY_HAND]
    try:
        for path in gone:
            remove_backup(path)
        database = database.resolve()
        left = [one.path for one in find_unfinished_backups(database)] + find_unfinished_databases(database)
        for path in left:
            path.unlink(missing_ok=True)
    except OSError as error:
        raise SavedWithComplaint(
            f"{folder_of(database)}: the person is forgotten, but not every backup could be deleted ({reason_of(error)}): "
            "check the permissions and run the command again."
        ) from error
    return len(gone), [one.path for one in found if one.path not in gone]
