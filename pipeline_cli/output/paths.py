"""A path as a person reads it: from this folder, or from home, where that is shorter."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path


def short_path(path: Path, folder: Path, environ: Mapping[str, str]) -> str:
    """To be read, not pasted: a shell does not look into the `~` of a quoted word."""
    home = environ.get("HOME", "")
    whole = Path(folder, path)
    if whole.is_relative_to(folder):
        return str(whole.relative_to(folder))
    if home.startswith("/") and home != "/" and whole.is_relative_to(home):
        return str(Path("~", whole.relative_to(home)))
    return str(whole)
