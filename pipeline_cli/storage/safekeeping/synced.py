"""Whether a database lies where a program syncs it with other machines: the last one to write wins, without a word."""

from __future__ import annotations

import os
import re
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path

from pipeline_cli.on_disk import make_own_folder

_FOLDERS = {
    "dropbox": "Dropbox",
    "onedrive": "OneDrive",
    "icloud": "iCloud",
    "mobile documents": "iCloud",
    "google drive": "Google Drive",
    "googledrive": "Google Drive",
    "nextcloud": "Nextcloud",
    "owncloud": "ownCloud",
    "syncthing": "Syncthing",
}
"""How the name of a folder begins -> who syncs it; a letter more would be another word."""
_MARKS = {
    ".stfolder": "Syncthing",
    ".dropbox.cache": "Dropbox",
    ".nextcloudsync.log": "Nextcloud",
    ".owncloudsync.log": "ownCloud",
}
"""What lies in the top folder of what is synced, whatever that is called. `~/.dropbox` is on every machine of a user's."""

_CONFLICT = r"[ _.(-].*(conflict|konflikt|conflit).*"
_NUMBERED = r" \(\d{1,2}\)| \d{1,2}"
"""Google Drive's `pipeline (1).db` and iCloud's `pipeline 2.db`."""
_MACHINE = r"-(desktop|laptop|win)-[0-9a-z]+"
"""OneDrive's `pipeline-LAPTOP-7F3K.db`."""


def find_sync_risk(path: Path) -> str | None:
    """A sentence about it, or None. Looks at names alone, never into a file."""
    place = Path(os.path.realpath(path))  # where Path.resolve takes three times as long
    copy = next(_conflicted_copies(place), None)
    if copy is not None:
        return (
            f"{path}: beside it lies {copy}, which looks like the copy that a syncing program makes when two machines "
            "have changed a file: one of the two may lack changes. Look at both with `pipeline history`, keep one, and "
            "move the other away."
        )
    program = _syncing_program(place)
    if program is not None:
        return (
            f"{path}: lies in a folder that {program} seems to sync. Changes of two machines are not joined there, the "
            "last one wins: change it on one machine at a time, or keep it elsewhere (README: To another machine)."
        )
    return None


def warn_once(path: Path, cache: Path, say: Callable[[str], None]) -> None:
    """Says the risk of this database, unless the same was said before; `cache` remembers that."""
    risk = find_sync_risk(path)
    if risk is None:
        return
    mark = cache / f"synced-{zlib.crc32(os.fsencode(risk)):08x}"
    if mark.exists():
        return
    say(f"Warning: {risk}")
    try:
        make_own_folder(cache)
        os.close(os.open(mark, os.O_CREAT | os.O_WRONLY, 0o600))
    except OSError:
        return  # it is said again next time


def _conflicted_copies(place: Path) -> Iterator[str]:
    this = f"-{os.uname().nodename}".casefold() if hasattr(os, "uname") else None
    try:
        names = sorted(os.listdir(place.parent))  # noqa: PTH208 - names alone
    except OSError:
        return
    for name in names:
        stem, ending = os.path.splitext(name)  # noqa: PTH122 - text, on a path every command takes
        if ending != place.suffix or not stem.startswith(place.stem) or stem == place.stem:
            continue
        rest = stem[len(place.stem) :]
        if rest.casefold() == this or re.fullmatch(f"{_CONFLICT}|{_NUMBERED}|{_MACHINE}", rest, re.IGNORECASE):
            yield name


def _syncing_program(place: Path) -> str | None:
    for part in place.parts[:-1]:
        name = part.casefold()
        for start, program in _FOLDERS.items():
            if name.startswith(start) and not name[len(start) : len(start) + 1].isalpha():
                return program
        if name == "iclouddrive":
            return "iCloud"
    for folder in place.parents:
        for mark, program in _MARKS.items():
            if os.path.lexists(f"{folder}/{mark}"):
                return program
    return None
