"""A table longer than the screen goes through the user's pager; whatever is wrong with that, it is shown all the same."""

from __future__ import annotations

import shlex
import shutil
import signal
import subprocess
import sys
from collections.abc import Mapping
from contextlib import suppress
from typing import TextIO

_LEFT = frozenset({0, 130, 141})
"""How a pager ends that was read or left: well, by Ctrl-C, or because what it wrote to was closed. Signals are below 0."""


def find_pager(environ: Mapping[str, str]) -> list[str] | None:
    """PIPELINE_PAGER, else PAGER, else less where there is one. None: none, or `cat`, or the terminal is dumb."""
    if environ.get("TERM") == "dumb":
        return None
    named = next((environ[name] for name in ("PIPELINE_PAGER", "PAGER") if name in environ), None)
    if named is None:
        named = "less" if shutil.which("less") else ""
    try:
        words = shlex.split(named)
    except ValueError:
        return None
    return words if words and words != ["cat"] else None


def is_longer_than_the_screen(text: str) -> bool:
    """With room for the prompt that follows it."""
    return text.count("\n") >= shutil.get_terminal_size((80, 24)).lines - 1


def page(text: str, pager: list[str], environ: Mapping[str, str], stream: TextIO) -> None:
    """Shows the text in the pager, or on the stream when that fails. Ctrl-C is the pager's meanwhile."""
    if not _paged(text, pager, environ):
        stream.write(text)


def _paged(text: str, pager: list[str], environ: Mapping[str, str]) -> bool:
    sys.stdout.flush()
    # F: leaves at once what fits; R: colours; X: what was shown stays on the screen.
    variables = {"LESS": "FRX", "LV": "-c", **environ}
    # A function, not SIG_IGN, which the pager would inherit.
    at_interrupt = signal.signal(signal.SIGINT, lambda *_: None)
    try:
        running = subprocess.Popen(pager, stdin=subprocess.PIPE, env=variables)  # noqa: S603 - the program the user named
        _feed(running, text)
        code = running.wait()
        return code < 0 or code in _LEFT
    except (OSError, ValueError):
        return False
    finally:
        signal.signal(signal.SIGINT, at_interrupt)


def _feed(running: subprocess.Popen[bytes], text: str) -> None:
    assert running.stdin is not None  # noqa: S101 - it was asked for
    with suppress(BrokenPipeError):  # whoever reads has seen enough
        running.stdin.write(text.encode("utf-8", "backslashreplace"))
    with suppress(BrokenPipeError):
        running.stdin.close()
