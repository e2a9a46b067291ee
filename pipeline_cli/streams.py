"""stdout and stderr of the program: made safe before it begins, and ended quietly when their other end is gone."""

from __future__ import annotations

import os
import sys


def make_streams_safe() -> None:
    """UTF-8 that cannot fail: printing must not raise after a save, nor when a stream was closed (`>&-`)."""
    if sys.stdout is None:
        sys.stdout = os.fdopen(os.open(os.devnull, os.O_WRONLY), "w")
    if sys.stderr is None:
        sys.stderr = os.fdopen(os.open(os.devnull, os.O_WRONLY), "w")
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(encoding="utf-8", errors="backslashreplace")


def complain(text: str) -> None:
    from pipeline_cli.output.saying import say

    say(text, sys.stderr)


def complain_of_interrupt(truth: str) -> None:
    """On a line of its own: a terminal still stands behind the question, and the ^C it shows."""
    complain(f"\n{truth}" if sys.stderr.isatty() else truth)


def end_without_room() -> int:
    """The answer goes to a full disk: whether the command had changed something by then, only the record knows."""
    end_quietly()
    complain(
        "The answer could not be written: its disk is full. What was to change is saved if `pipeline history` lists it."
    )
    return 8


def end_quietly() -> int:
    """Whoever read the pipe has had enough."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return 0
