"""Notifications of the desktop, through the program that the machine has for them; any text is shown as it is."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path

_PATIENCE_SECONDS = 20
_LONGEST = 300
_NOT_TEXT = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff\u202a-\u202e\u2066-\u2069]+")
_SCRIPT = (
    "on run argv",
    "display notification (item 2 of argv) with title (item 1 of argv)",
    "end run",
)


def _notify_send(title: str, body: str) -> list[str]:
    """Its body is markup in which backslashes mean something; its title is neither."""
    safe = body.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("\\", "\\\\")
    return ["--app-name=pipeline", "--", title, safe]


def _osascript(title: str, body: str) -> list[str]:
    """The texts are arguments of the script, never part of it; no title of ours looks like an option."""
    lines = [word for line in _SCRIPT for word in ("-e", line)]
    return [*lines, title, body]


def _terminal_notifier(title: str, body: str) -> list[str]:
    r"""A value that begins with `[`, `(`, `{`, `"` or `-` would be read as something else than a text: no title of ours
    does, and the body is put behind a word."""
    return ["-title", title, "-message", f"Deal {body}"]


_PROGRAMS: Mapping[str, Callable[[str, str], list[str]]] = {
    "notify-send": _notify_send,
    "osascript": _osascript,
    "terminal-notifier": _terminal_notifier,
}
PROGRAMS = tuple(_PROGRAMS)


def find_notifiers(environ: Mapping[str, str]) -> dict[str, str]:
    """Name -> path of those that there are."""
    found = {name: shutil.which(name, path=environ.get("PATH")) for name in _PROGRAMS}
    return {name: path for name, path in found.items() if path is not None}


def notify(programs: Mapping[str, str], title: str, body: str, environ: Mapping[str, str]) -> str | None:
    """Shows one by the first program that can, never through a shell. None, or what the last one that failed said."""
    import subprocess

    problem = ""
    shown = [_NOT_TEXT.sub(" ", text)[:_LONGEST] for text in (title, body)]
    for name, path in programs.items():
        try:
            done = subprocess.run(  # noqa: S603 - one of the three, and texts as arguments
                [path, *_PROGRAMS[name](*shown)],
                check=False,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE,
                env=_with_a_session(environ),
                timeout=_PATIENCE_SECONDS,
            )
        except (OSError, subprocess.TimeoutExpired) as error:
            problem = f"{name}: {type(error).__name__}"
            continue
        if done.returncode == 0:
            return None
        said = done.stderr.decode("utf-8", "replace").strip().partition("\n")[0]
        problem = f"{name}: {_NOT_TEXT.sub(' ', said)[:_LONGEST] or f'exit code {done.returncode}'}"
    return problem


def _with_a_session(environ: Mapping[str, str]) -> dict[str, str]:
    """cron knows nothing of the desktop's message bus, which lies where it always does."""
    bus = Path(f"/run/user/{os.getuid()}/bus") if hasattr(os, "getuid") else None
    known = dict(environ)
    if bus is not None and "DBUS_SESSION_BUS_ADDRESS" not in known and bus.exists():
        known["DBUS_SESSION_BUS_ADDRESS"] = f"unix:path={bus}"
    return known
