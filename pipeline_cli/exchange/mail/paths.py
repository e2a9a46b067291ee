"""Paths and times as disks have them: names in any bytes, links that lead nowhere, years that no calendar has."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path

NEVER = datetime(1980, 1, 1, tzinfo=UTC)
"""Stands for a time that cannot be told."""


def shown(path: str | Path) -> str:
    """For the eye and for the record: bytes of a name that are no UTF-8 stand there as what cannot be read."""
    return os.fsencode(path).decode("utf-8", "replace")


def is_folder(path: Path) -> bool:
    """It is one that can be looked at."""
    return os.path.isdir(path)  # noqa: PTH112 - Path.is_dir raises where a folder above is closed


def is_regular(entry: os.DirEntry[str]) -> bool:
    """It is a file, or a link to one: no pipe that would be waited for, no link that goes in circles."""
    try:
        return entry.is_file()
    except OSError:
        return False


def written_at(status: os.stat_result) -> datetime:
    """When a file was last written."""
    try:
        return datetime.fromtimestamp(status.st_mtime, UTC)
    except (ValueError, OverflowError, OSError):
        return NEVER
