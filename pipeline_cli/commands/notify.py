"""`pipeline today --notify`, which cron calls: each next step that is due is told once, by the desktop."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path

from pipeline_cli.config.machine import state_folder
from pipeline_cli.domain.errors import SetupError
from pipeline_cli.domain.rules.notices import due_now, plan_notices
from pipeline_cli.domain.words.text import counted
from pipeline_cli.on_disk import make_own_folder, passing_name, reason_of, write_own_file
from pipeline_cli.output.notifications import PROGRAMS, find_notifiers, notify
from pipeline_cli.storage.record.to_tell import read_steps_to_tell
from pipeline_cli.workspace import Workspace

_KEPT_DAYS = 400
"""So long it is known that a step was told."""


def notify_due(workspace: Workspace) -> None:
    """Tells each step that is due and was not told yet; nothing is printed where a program calls it.

    Raises SetupError where no program can tell it, or none can be kept of what was told.
    """
    programs = find_notifiers(workspace.environ)
    if not programs:
        raise SetupError(
            f"No notification can be shown, for there is none of {', '.join(PROGRAMS[:-1])} and {PROGRAMS[-1]}: install one "
            "(on Linux the package libnotify-bin or libnotify), or have cron mail you what `pipeline today` prints."
        )
    if workspace.has_no_record:
        return
    clock, playbook = workspace.clock, workspace.playbook
    with workspace.read() as reader:
        due = due_now(read_steps_to_tell(reader), playbook.remind_minutes, clock)
    with _told(state_folder(workspace.environ), clock.today) as told:
        if told is None:  # another call is at it
            return
        notices = plan_notices([step for step in due if step.key not in told], clock, workspace.command_name)
        for notice in notices:
            problem = notify(programs, notice.title, notice.body, workspace.environ)
            if problem is not None:
                raise SetupError(
                    f"A notification could not be shown ({problem}): call it within your desktop session; cron may need "
                    "DBUS_SESSION_BUS_ADDRESS. What was not told will be told then."
                )
            told.update(dict.fromkeys(notice.keys, clock.today.isoformat()))
    if notices and workspace.is_interactive:
        workspace.say(f"Told of {counted(sum(len(notice.keys) for notice in notices), 'step')}.")


@contextmanager
def _told(folder: Path, today: date) -> Iterator[dict[str, str] | None]:
    """Step -> the day it was told, which is kept as it is at the end; None while another holds it.

    It is no part of the record: whoever takes a change back has been told all the same.
    """
    path = folder / "notified.json"
    try:
        make_own_folder(folder)
        with (folder / "notify.lock").open("ab") as lock:
            if not _lock(lock.fileno()):
                yield None
                return
            told = _read(path)
            before = dict(told)
            try:
                yield told
            finally:
                if told != before:
                    _write(path, told, today)
    except OSError as error:
        raise SetupError(
            f"{path}: cannot be kept ({reason_of(error)}), so that every step would be told again and again: make the folder "
            "writable."
        ) from None


def _lock(descriptor: int) -> bool:
    try:
        import fcntl
    except ImportError:  # pragma: no cover - Windows
        return True
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def _read(path: Path) -> dict[str, str]:
    """What cannot be read was not told."""
    try:
        known = json.loads(path.read_bytes())
    except (FileNotFoundError, ValueError):
        return {}
    return {str(key): str(day) for key, day in known.items()} if isinstance(known, dict) else {}


def _write(path: Path, told: dict[str, str], today: date) -> None:
    first = (today - timedelta(days=_KEPT_DAYS)).isoformat()
    kept = {key: day for key, day in told.items() if day >= first}
    half = passing_name(path)
    write_own_file(half, json.dumps(kept, indent=0).encode())
    half.replace(path)
