"""Commands run under strace, which kills them, or lets a system call fail, at one call of one kind.

All commands of a run are children of one interpreter that has imported everything they may need (what each of them
imported would cost more than all else under strace), each in a folder of its own. strace
counts the calls of each child by itself and strikes at one number; a child makes as many calls that do nothing first as
it takes to be struck at the call that is wanted.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import pytest

_DRIVER = """
import gc, importlib, json, os, pkgutil, signal, sys
import pipeline_cli
from pipeline_cli.cli import main
CHECKS_YAML = ("full_check", "schema", "yaml_source", "wording", "scalars", "conversion", "entries", "checks")
for found in pkgutil.walk_packages(pipeline_cli.__path__, "pipeline_cli."):
    if found.name != "pipeline_cli.__main__" and found.name.rpartition(".")[2] not in CHECKS_YAML:
        importlib.import_module(found.name)
gc.freeze()  # so that no child copies what it only reads
call, todo, answer = sys.argv[1], json.loads(sys.argv[2]), sys.argv[3]
nothing = os.open(answer, os.O_CREAT | os.O_RDWR)

def call_in_vain():
    try:
        if call == "pwrite64":
            os.pwrite(nothing, b"", 0)
        elif call in ("fdatasync", "fsync"):
            getattr(os, call)(nothing)
        elif call in ("link", "rename"):
            getattr(os, call)("/nowhere/at/all", "/nowhere/else")
        elif call == "write":
            os.write(nothing, b"")
        else:
            getattr(os, call)("/nowhere/at/all")
    except FileNotFoundError:
        pass

results = []
for folder, arguments, spare in todo:
    child = os.fork()
    if not child:
        os.chdir(folder)
        signal.signal(signal.SIGINT, signal.default_int_handler)  # what runs these tests may ignore it
        for stream, name in ((1, "out"), (2, "err")):
            os.dup2(os.open(name, os.O_CREAT | os.O_WRONLY), stream)
        for _ in range(spare):
            call_in_vain()
        code = main(arguments)
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)
    results.append(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
# pwritev, because the fault would strike a write of this process too.
os.pwritev(nothing, [json.dumps(results).encode()], 0)
"""

KILLED = -9


class Attempt(NamedTuple):
    """One command in a folder, to be struck at the number-th call that it makes."""

    folder: Path
    arguments: tuple[str, ...]
    number: int


def need_strace() -> None:
    """Skips where processes cannot be traced: these tests prove nothing there, and say so."""
    if shutil.which("strace") is None:
        pytest.skip("NOT TESTED: strace is not installed, so no command can be stopped at a system call")
    trial = subprocess.run(["strace", "-f", "-e", "trace=write", "true"], capture_output=True, check=False)
    if trial.returncode:
        pytest.skip("NOT TESTED: processes may not be traced here (ptrace), so none can be stopped at a system call")


def strike(attempts: Sequence[Attempt], call: str, fault: str) -> list[int]:
    """Exit codes (KILLED: killed) of the attempts, each struck at its call of that name.

    `fault` is strace's: `signal=KILL`, `error=EIO`.
    """
    answer = attempts[0].folder.parent / "results.json"
    answer.unlink(missing_ok=True)
    when = max(attempt.number for attempt in attempts)
    todo = [(str(folder), arguments, when - number) for folder, arguments, number in attempts]
    strace = [
        "strace",
        "-f",
        "-qq",
        "-o",
        "/dev/null",
        "-e",
        f"trace={call}",
        "-e",
        f"inject={call}:{fault}:when={when}",
    ]
    finished = subprocess.run(
        [*strace, sys.executable, "-c", _DRIVER, call, json.dumps(todo), str(answer)],
        cwd=Path(__file__).resolve().parents[2],
        env={**os.environ, "PYTHONUNBUFFERED": "1"},  # what is shown is written when it is shown, as on a terminal
        capture_output=True,
        check=False,
    )
    assert finished.returncode == 0, finished.stderr.decode()
    codes: list[int] = json.loads(answer.read_text())
    return codes
