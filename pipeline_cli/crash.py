"""What is said when the program itself is at fault: versions and lines of code, never a value of the user's."""

from __future__ import annotations

import platform
import sqlite3
import traceback
from pathlib import Path

from pipeline_cli import __version__


def describe_crash(error: BaseException) -> str:
    """A report that holds no personal data: the kind of error, where it happened, and the versions."""
    folder = Path(__file__).parent
    lines = [
        f"pipeline has a defect ({type(error).__name__}). Nothing else is known to be wrong; "
        "`pipeline check` looks at the record. Please report these lines, they hold none of your data:",
        f"  pipeline {__version__}, Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}, "
        f"{platform.system()}",
    ]
    for frame in traceback.extract_tb(error.__traceback__):
        path = Path(frame.filename)
        if path.is_relative_to(folder):
            lines.append(f"  {path.relative_to(folder.parent)}:{frame.lineno} in {frame.name}: {frame.line}")
    return "\n".join(lines)
