"""What is said to a person: safe for a terminal, and on one broken at spaces, but never inside a command to be pasted."""

from __future__ import annotations

import os
from typing import TextIO

from pipeline_cli.output.text import visible, wrap


def say(text: str, stream: TextIO) -> None:
    """Each line of the text with everything invisible in it made visible."""
    width = _width(stream)
    for line in text.split("\n"):
        shown = visible(line)
        # Half the width is room enough whatever the letters are, and measuring wide ones loads a module.
        pieces = wrap(shown, width) if width is not None and 2 * len(shown) > width else [shown]
        stream.writelines(f"{piece}\n" for piece in pieces)  # in one go, so that Ctrl-C leaves no half line


def _width(stream: TextIO) -> int | None:
    """Cells of a line of the terminal; None: it is none, and nothing is broken."""
    try:
        # 0 is what a terminal says whose size nobody has set.
        return max(os.get_terminal_size(stream.fileno()).columns or 80, 20) if stream.isatty() else None
    except (OSError, ValueError):
        return None
