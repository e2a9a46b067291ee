"""The parent of every command that is struck: it counts their calls of one kind, and strikes at one of them.

It has imported all that they need, and each is a child in a folder of its own. A child asks the kernel (seccomp) to be
stopped at each call of that kind until its parent has decided: let it go on, let the call fail, or kill it before the
call does anything. Nothing else stops it, so that this costs little more than the command itself.

Reads a request a line, answers each by a line, and ends with its input; see `strike.py`.
"""

from __future__ import annotations

import ctypes
import errno
import fcntl
import gc
import importlib
import json
import os
import pkgutil
import select
import signal
import socket
import struct
import sys
import time
from collections.abc import Mapping, Sequence

import pipeline_cli
from pipeline_cli.cli import COMMANDS, build_app, load_command, main

NUMBERS = {
    "write": 1,
    "pwrite64": 18,
    "fsync": 74,
    "fdatasync": 75,
    "rename": 82,
    "mkdir": 83,
    "link": 86,
    "unlink": 87,
}
"""Of the calls, on x86-64."""

# Of <linux/seccomp.h> and <linux/filter.h>:
_SECCOMP, _SET_FILTER, _NEW_LISTENER, _ONLY_A_KILL_INTERRUPTS = 317, 1, 1 << 3, 1 << 5
_NO_NEW_PRIVILEGES = 38
_LOAD, _JUMP_IF_EQUAL, _RETURN = 0x20, 0x15, 0x06
_ASK, _ALLOW = 0x7FC00000, 0x7FFF0000
_RECEIVE, _ANSWER, _GO_ON = 0xC0502100, 0xC0182101, 1
_NOTICE_BYTES = 80

CHECKS_YAML = ("full_check", "schema", "yaml_source", "conversion", "checks")
"""What only a changed pipeline.yaml needs."""


def ask_before(call: str) -> int:
    """From now on this process is stopped at each call of that name; the file that says so. Raises OSError."""
    steps = (
        (_LOAD, 0, 0, 0),
        (_JUMP_IF_EQUAL, 0, 1, NUMBERS[call]),
        (_RETURN, 0, 0, _ASK),
        (_RETURN, 0, 0, _ALLOW),
    )
    code = ctypes.create_string_buffer(b"".join(struct.pack("HBBI", *step) for step in steps))
    program = ctypes.create_string_buffer(struct.pack("HP", len(steps), ctypes.addressof(code)))
    libc = ctypes.CDLL(None, use_errno=True)
    nothing = ctypes.c_long(0)
    libc.prctl(_NO_NEW_PRIVILEGES, ctypes.c_long(1), nothing, nothing, nothing)
    listener = libc.syscall(
        ctypes.c_long(_SECCOMP),
        ctypes.c_long(_SET_FILTER),
        ctypes.c_long(_NEW_LISTENER | _ONLY_A_KILL_INTERRUPTS),
        program,
    )
    if listener < 0:
        raise OSError(ctypes.get_errno(), "processes may not be stopped at system calls here")
    return int(listener)


def run(folder: str, arguments: Sequence[str], environ: Mapping[str, str], call: str, parent: socket.socket) -> int:
    """What a child does: its exit code."""
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(environ)
    time.tzset()
    signal.signal(signal.SIGINT, signal.default_int_handler)  # what runs these tests may ignore it
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    for stream, name in ((1, "out"), (2, "err")):
        os.dup2(os.open(name, os.O_CREAT | os.O_WRONLY), stream)
    socket.send_fds(parent, [b"!"], [ask_before(call)])
    code = main(arguments)
    sys.stdout.flush()
    sys.stderr.flush()
    return code


def decide(child: int, listener: int, number: int, fault: str) -> int:
    """Answers every call of the child until it has ended, the number-th by the fault; how many there were."""
    kind, _, what = fault.partition("=")
    poll = select.poll()
    poll.register(listener, select.POLLIN)
    calls = 0
    while poll.poll()[0][1] & select.POLLIN:
        asked = bytearray(_NOTICE_BYTES)
        fcntl.ioctl(listener, _RECEIVE, asked)
        calls += 1
        error, then = 0, _GO_ON
        if calls == number and kind == "error":
            error, then = -getattr(errno, what), 0
        elif calls == number:
            os.kill(child, getattr(signal, f"SIG{what}"))
            if what == "KILL":
                continue  # an answer could come before the kill, and the call be made
        fcntl.ioctl(listener, _ANSWER, struct.pack("QqiI", *struct.unpack_from("Q", asked), 0, error, then))
    return calls


def strike(folder: str, arguments: Sequence[str], number: int, request: Mapping[str, str]) -> tuple[int, int]:
    """Runs one command and strikes it: its exit code, negative if it was killed, and how many calls it made."""
    ours, theirs = socket.socketpair()
    child = os.fork()
    if not child:
        code = 1
        try:
            code = run(folder, arguments, json.loads(request["environ"]), request["call"], theirs)
        finally:
            os._exit(code)
    theirs.close()
    with ours:
        _, listeners, _, _ = socket.recv_fds(ours, 1, 1)
    calls = 0
    if listeners:
        calls = decide(child, listeners[0], number, request["fault"])
        os.close(listeners[0])
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), calls


def can_strike() -> bool:
    """Whether the kernel lets one process decide about the calls of another."""
    child = os.fork()
    if not child:
        try:
            ask_before("link")
        except OSError:
            os._exit(1)
        os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


def import_all() -> None:
    for found in pkgutil.walk_packages(pipeline_cli.__path__, "pipeline_cli."):
        if found.name != "pipeline_cli.__main__" and found.name.rpartition(".")[2] not in CHECKS_YAML:
            importlib.import_module(found.name)
    build_app()
    for name in COMMANDS:
        load_command(name)
    gc.freeze()  # so that no child copies what it only reads


if __name__ == "__main__":
    import_all()
    sys.stdout.write(f"{json.dumps(can_strike())}\n")
    for line in sys.stdin:
        request = json.loads(line)
        ends = [strike(*attempt, request) for attempt in request["attempts"]]
        sys.stdout.write(f"{json.dumps(ends)}\n")
