"""Commands that are killed, or whose system call fails, at one call of one kind: all by `parent.py`, one for all tests."""

from __future__ import annotations

import atexit
import json
import os
import platform
import subprocess
import sys
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import pytest

KILLED = -9


class Attempt(NamedTuple):
    """One command in a folder, to be struck at the number-th call that it makes."""

    folder: Path
    arguments: tuple[str, ...]
    number: int


class _Parent:
    """The process, for as long as tests run."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.faults.parent"],
            cwd=Path(__file__).resolve().parents[2],
            text=True,
            env={**os.environ, "PYTHONUNBUFFERED": "1"},  # what is shown is written when it is shown, as on a terminal
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        atexit.register(self._process.communicate)
        self.can_strike = self._answer()

    def ask(self, request: dict[str, Any]) -> Any:
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(request) + "\n")
        self._process.stdin.flush()
        return self._answer()

    def _answer(self) -> Any:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        assert line, "the parent of the commands has ended"
        return json.loads(line)


_parent = cache(_Parent)


def need_strikes() -> None:
    """Skips where no process can be struck: these tests prove nothing there, and say so."""
    if (sys.platform, platform.machine()) != ("linux", "x86_64"):
        pytest.skip("NOT TESTED: commands are killed at their system calls on Linux on x86-64 alone")
    if not _parent().can_strike:
        pytest.skip("NOT TESTED: no command can be killed at a system call here (seccomp, Linux 5.19)")


class Ended(NamedTuple):
    code: int
    """KILLED: killed."""
    was_struck: bool
    """It made as many calls."""


def strike(attempts: Sequence[Attempt], call: str, fault: str) -> list[int]:
    """Exit codes (KILLED: killed) of the attempts, as `strike_each`."""
    return [ended.code for ended in strike_each(attempts, call, fault)]


def strike_each(attempts: Sequence[Attempt], call: str, fault: str) -> list[Ended]:
    """How the attempts end, each struck at its call of that name; `out` and `err` in its folder are what it said.

    `fault`: `signal=KILL` before the call does anything, `signal=INT` while it is made, `error=EIO` in its place.
    """
    request = {
        "call": call,
        "fault": fault,
        "environ": json.dumps(dict(os.environ)),
        "attempts": [(str(folder), arguments, number) for folder, arguments, number in attempts],
    }
    ends: list[tuple[int, int]] = _parent().ask(request)
    return [Ended(code, calls >= attempt.number) for attempt, (code, calls) in zip(attempts, ends, strict=True)]
