"""What the machine says: its time zone, and the folders a user's files lie in."""

from __future__ import annotations

import os
from collections.abc import Mapping
from datetime import UTC, datetime, tzinfo
from pathlib import Path

from pipeline_cli.domain.errors import PipelineError, SetupError

_ZONE_FOLDER = "zoneinfo/"


def find_zone(name: str | None, environ: Mapping[str, str], now: datetime) -> tzinfo:
    """The zone of pipeline.yaml, else TZ, else the machine's; last, the offset in force now."""
    for candidate in (name, environ.get("TZ", "").removeprefix(":"), _linked_zone()):
        zone = _zone_called(candidate) if candidate else None
        if zone is not None:
            return zone
    return now.astimezone().tzinfo or UTC


def _zone_called(name: str) -> tzinfo | None:
    if name in ("UTC", "Etc/UTC"):
        return UTC  # zoneinfo takes 5 ms, and many machines run on UTC
    from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None


def _linked_zone() -> str | None:
    try:
        target = str(Path("/etc/localtime").readlink())
    except OSError:
        return None
    return target.rpartition(_ZONE_FOLDER)[2] if _ZONE_FOLDER in target else None


def path_named(named: str, by: str, complaint: type[PipelineError] = SetupError) -> Path:
    """The path of a file that may not be there yet. Raises a `complaint` for a name that no file can have."""
    try:
        path = Path(named).expanduser()
        path.stat()
    except (FileNotFoundError, NotADirectoryError, PermissionError):
        return path
    except (OSError, RuntimeError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        shown = named if len(named) <= 60 else f"{named[:60]}…"
        raise complaint(f"{by} {shown}: no file can be called that ({reason.lower()}): correct the path.") from None
    return path


def this_folder() -> Path:
    """Raises SetupError when it was removed meanwhile."""
    try:
        return Path.cwd()
    except OSError:
        raise SetupError("This folder is there no more: change to another one.") from None


def config_folder(environ: Mapping[str, str]) -> Path:
    """Where a pipeline.yaml for every folder may lie."""
    return _folder(environ, "XDG_CONFIG_HOME", ".config", "user_config_path")


def cache_folder(environ: Mapping[str, str]) -> Path:
    """Where checked copies of pipeline.yaml are kept; losing it costs milliseconds."""
    return _folder(environ, "XDG_CACHE_HOME", ".cache", "user_cache_path")


def state_folder(environ: Mapping[str, str]) -> Path:
    """Where it is kept which next steps were notified of."""
    return _folder(environ, "XDG_STATE_HOME", ".local/state", "user_state_path")


def _folder(environ: Mapping[str, str], variable: str, default: str, elsewhere: str) -> Path:
    if os.name == "posix" and os.uname().sysname != "Darwin":
        # The same answer as platformdirs gives, without the 8 ms that importing it takes.
        base = environ.get(variable, "")
        if base.startswith("/"):
            return Path(base) / "pipeline"
        try:
            return Path(environ.get("HOME") or "~").expanduser() / default / "pipeline"
        except RuntimeError:  # in a container: no HOME, and nobody of this number; nothing can lie or be made there
            return Path(os.devnull) / "pipeline"
    import platformdirs

    return Path(getattr(platformdirs, elsewhere)("pipeline", appauthor=False))
