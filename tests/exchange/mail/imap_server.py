"""A real IMAP server for a test: pymap, in a process of its own, with an account whose folders the test fills."""

from __future__ import annotations

import contextlib
import imaplib
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

USER, PASSWORD = "ann@mine.example", "geheim {1}"
_PATIENCE = 20


class Server:
    """Where it listens, and a way to put mail there."""

    def __init__(self, port: int, process: subprocess.Popen[bytes]) -> None:
        self.port, self.process = port, process

    def url(self, folder: str = "", scheme: str = "imap") -> str:
        return f"{scheme}://{USER}@127.0.0.1:{self.port}/{folder}"

    def put(self, *mails: tuple[str, bytes, str]) -> None:
        """Each into a folder, with flags."""
        with self._logged_in() as client:
            for folder, mail, flags in mails:
                client.create(f'"{folder}"')
                kind, said = client.append(f'"{folder}"', flags, "", mail.replace(b"\n", b"\r\n"))
                assert kind == "OK", said

    def flags(self, folder: str) -> list[bytes]:
        with self._logged_in() as client:
            client.select(f'"{folder}"', readonly=True)
            return client.fetch("1:*", "(FLAGS)")[1]  # type: ignore[return-value]

    @contextlib.contextmanager
    def _logged_in(self) -> Iterator[imaplib.IMAP4]:
        client = imaplib.IMAP4("127.0.0.1", self.port, timeout=_PATIENCE)
        try:
            client.login(USER, PASSWORD)
            yield client
        finally:
            client.logout()

    def stop(self) -> None:
        with contextlib.suppress(ProcessLookupError):
            self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(5)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


@contextlib.contextmanager
def a_server(folder: Path, *options: str) -> Iterator[Server]:
    """Stopped at the end, whatever happened."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    words = [sys.executable, "-c", "from pymap.main import main; main()", "--no-service", "admin"]
    words += ["--host", "127.0.0.1", "--port", str(port), *(options or ["--no-tls"])]
    words += ["dict", "--demo-data", "--demo-user", USER, "--demo-password", PASSWORD]
    with (folder / "server.log").open("wb") as log:
        process = subprocess.Popen(words, stdout=log, stderr=log, env={**os.environ, "HOME": str(folder)})
        server = Server(port, process)
        try:
            _wait_for(server, folder / "server.log")
            yield server
        finally:
            server.stop()


def _wait_for(server: Server, log: Path) -> None:
    until = time.monotonic() + _PATIENCE
    while time.monotonic() < until and server.process.poll() is None:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", server.port), 0.2):
            return
        time.sleep(0.05)
    raise AssertionError(log.read_text())


@contextlib.contextmanager
def one_that_hangs_up(after: int) -> Iterator[str]:
    """The URL of a server that greets, answers that many commands, and is gone."""
    import threading

    listener = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        with contextlib.suppress(OSError):
            connection, _ = listener.accept()
            with connection, connection.makefile("rb") as lines:
                connection.sendall(b"* OK ready\r\n")
                for number, line in enumerate(lines):
                    if number == after:
                        return
                    tag = line.split()[0]
                    if b"CAPABILITY" in line.upper():
                        connection.sendall(b"* CAPABILITY IMAP4rev1\r\n")
                    connection.sendall(tag + b" OK done\r\n")

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield f"imap://{USER}@127.0.0.1:{listener.getsockname()[1]}/INBOX"
    finally:
        listener.close()
        thread.join(5)
