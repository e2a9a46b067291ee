"""A terminal for tests: the program runs in it as for a person, who waits for a question and types an answer."""

from __future__ import annotations

import codecs
import contextlib
import os
import select
import signal
import struct
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

import pytest

pty = pytest.importorskip("pty", reason="this system has no pseudo-terminals")
PATIENCE_SECONDS = 60
"""How long a test waits for the program before it fails; nothing is measured by it."""


def _heed_control_c() -> None:
    """What runs these tests may ignore it, as shells have commands in the background do, and would pass that on."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


class Terminal:
    """One run of the program in a terminal of so many columns and lines."""

    def __init__(
        self, folder: Path, *arguments: str, columns: int = 80, lines: int = 40, variables: dict[str, str] | None = None
    ) -> None:
        import fcntl
        import termios

        self.shown = ""
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")  # a letter may come in two pieces
        self._master, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", lines, columns, 0, 0))
        root = str(Path(__file__).resolve().parents[1])
        environment = {
            **{name: value for name, value in os.environ.items() if name not in ("COLUMNS", "LINES")},
            "PYTHONPATH": root,
            "TERM": "xterm",
            "NO_COLOR": "1",
            "PAGER": "",
            **(variables or {}),
        }
        self._process = subprocess.Popen(
            [sys.executable, "-m", "pipeline_cli", *arguments],
            cwd=folder,
            env=environment,
            stdin=slave,
            stdout=slave,
            stderr=slave,
            start_new_session=True,
            preexec_fn=_heed_control_c,  # noqa: PLW1509 - no threads here
        )
        os.close(slave)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._process.poll() is None:
            self._process.kill()
            self._process.wait()
        os.close(self._master)

    def wait_for(self, text: str) -> str:
        """Everything shown since the last answer, once the text is there."""
        while text not in self.shown:
            if not self._read():
                raise AssertionError(f"{text!r} never came, only:\n{self.shown}")
        return self.shown

    def type(self, answer: str) -> None:
        self.shown = ""
        os.write(self._master, f"{answer}\n".encode())

    def press_control_c(self) -> None:
        """Again while nothing happens: Python misses one that comes in the instant before it waits for input."""
        for _ in range(PATIENCE_SECONDS):
            self._process.send_signal(signal.SIGINT)
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(1)
                return

    def resize(self, columns: int, lines: int) -> None:
        """As a person drags the corner of the window."""
        import fcntl
        import termios

        fcntl.ioctl(self._master, termios.TIOCSWINSZ, struct.pack("HHHH", lines, columns, 0, 0))

    def send_interrupt(self) -> None:
        """Once, to a program that is meant to go on."""
        self._process.send_signal(signal.SIGINT)

    def end_of_input(self) -> None:
        os.write(self._master, b"\x04")

    def finish(self) -> int:
        """Reads to the end; the exit code."""
        while self._read():
            pass
        return self._process.wait(PATIENCE_SECONDS)

    @property
    def lines(self) -> Sequence[str]:
        return self.shown.replace("\r\n", "\n").splitlines()

    def _read(self) -> bool:
        ready, _, _ = select.select([self._master], [], [], PATIENCE_SECONDS)
        if not ready:
            raise AssertionError(f"the program waits, having shown:\n{self.shown}")
        with contextlib.suppress(OSError):  # Linux says so when the other end is closed
            data = os.read(self._master, 65536)
            self.shown += self._decoder.decode(data)
            return bool(data)
        return False
