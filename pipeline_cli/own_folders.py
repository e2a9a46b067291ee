"""Folders that the program makes are for their owner alone, those above them too."""

from __future__ import annotations

from pathlib import Path


def make_own_folder(folder: Path) -> None:
    """Makes it and what is missing above it, 0700 whatever the umask; `mkdir(parents=True)` opens those above to all.

    Raises OSError.
    """
    missing = [one for one in (folder, *folder.parents) if not one.exists()]
    for one in reversed(missing):
        one.mkdir(mode=0o700, exist_ok=True)
