"""The only door to pipeline.yaml: where it is, and the Playbook in it."""

from __future__ import annotations

import os
import stat
from collections.abc import Mapping
from pathlib import Path

from pipeline_cli.config import known_files
from pipeline_cli.config.problems import Problem, to_lines
from pipeline_cli.domain.errors import PlaybookError, SetupError
from pipeline_cli.domain.playbook import Playbook
from pipeline_cli.domain.record import NamedTuple

FILE_NAME = "pipeline.yaml"
MOST_BYTES = 1_000_000


class LoadedPlaybook(NamedTuple):
    playbook: Playbook
    warnings: tuple[str, ...]
    """`FILE:LINE:COLUMN: what: what to do`"""
    fresh: bool
    """The file was checked just now, not known from before: time to show its warnings."""


def find_pipeline_file(
    named: str | None, environ: Mapping[str, str], cwd: Path, user_config_folder: Path
) -> Path | None:
    """`--config` > `PIPELINE_CONFIG` > this folder or the nearest one above > the user's configuration folder.

    None when nothing was named and there is none anywhere. Raises SetupError when a named file is missing.
    """
    if named is not None:
        return _named_file(named, "--config", cwd)
    if environ.get("PIPELINE_CONFIG"):
        return _named_file(environ["PIPELINE_CONFIG"], "PIPELINE_CONFIG", cwd)
    for folder in (cwd, *cwd.parents, user_config_folder):
        # lexists: a link that leads nowhere is an error to report, not a reason to take another file.
        if os.path.lexists(folder / FILE_NAME):
            return folder / FILE_NAME
    return None


def _named_file(named: str, by: str, cwd: Path) -> Path:
    path = cwd / named
    try:
        if named:
            path.lstat()
            return path
    except PermissionError:
        raise SetupError(
            f"{_cut(named)}: no permission to look into its folder, but {by} names it: change the permissions"
        ) from None
    except (OSError, ValueError):
        pass
    shown = _cut(named) or "(nothing)"
    raise SetupError(f"{shown}: there is no such file, but {by} names it: correct the path, or leave {by} out")


def _cut(named: str) -> str:
    shown = repr(named)[1:-1]
    return shown if len(shown) <= 200 else f"{shown[:200]}…"


def load_playbook(path: Path, cache_folder: Path | None) -> LoadedPlaybook:
    """The Playbook of a file, from the record of a former check when the file has not changed.

    Raises SetupError when the file cannot be read, PlaybookError with every problem in it.
    """
    shown = _shown(path)
    content = _read_bytes(path, shown)
    origin = known_files.origin_of(content)
    known = known_files.recall(cache_folder, origin) if cache_folder else None
    if known is not None:
        return LoadedPlaybook(known[0], to_lines(shown, known[1]), fresh=False)
    # yaml and pydantic cost about 100 ms, and most starts need neither.
    from pipeline_cli.config.full_check import check_in_full

    checked = check_in_full(_decode(content, shown))
    if checked.playbook is None:
        raise PlaybookError(to_lines(shown, checked.problems))
    if cache_folder:
        known_files.remember(cache_folder, origin, checked.playbook, checked.warnings)
    return LoadedPlaybook(checked.playbook, to_lines(shown, checked.warnings), fresh=True)


def read_content(path: Path) -> bytes:
    """The bytes of the file, valid or not. Raises SetupError when it cannot be read."""
    return _read_bytes(path, _shown(path))


def check_content(content: bytes, shown: str) -> tuple[Playbook, tuple[str, ...]]:
    """The Playbook of a text that is not saved yet, and its warnings. Raises PlaybookError with every problem."""
    from pipeline_cli.config.full_check import check_in_full

    if len(content) > MOST_BYTES:
        raise PlaybookError([_too_long(shown)])
    checked = check_in_full(_decode(content, shown))
    if checked.playbook is None:
        raise PlaybookError(to_lines(shown, checked.problems))
    return checked.playbook, to_lines(shown, checked.warnings)


def _too_long(shown: str) -> str:
    return f"{shown}:1:1: the file is over 1 MB: a pipeline.yaml holds the stages, not the deals"


def _shown(path: Path) -> str:
    """Relative to the working folder when it lies within, as people name it."""
    cwd = Path.cwd()
    return str(path.relative_to(cwd) if path.is_relative_to(cwd) else path)


def _read_bytes(path: Path, shown: str) -> bytes:
    try:
        kind = path.stat().st_mode
        if stat.S_ISDIR(kind):
            raise SetupError(f"{shown}: this is a folder: name the file in it, such as {shown}/{FILE_NAME}")
        if not stat.S_ISREG(kind):
            raise SetupError(f"{shown}: this is not a regular file: name a file of text")
        with path.open("rb") as file:
            content = file.read(MOST_BYTES + 1)
    except FileNotFoundError:
        raise SetupError(f"{shown}: there is no such file: correct the path, or run `pipeline init`") from None
    except PermissionError:
        raise SetupError(f"{shown}: no permission to read this file: change its permissions") from None
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        raise SetupError(f"{shown}: this file cannot be read ({reason}): correct the path") from None
    if len(content) > MOST_BYTES:
        raise PlaybookError([_too_long(shown)])
    return content


def _decode(content: bytes, shown: str) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        good = content[: error.start].decode("utf-8-sig", errors="replace")
        place = Problem(
            good.count("\n") + 1, len(good) - good.rfind("\n"), "this is not UTF-8 text: save the file as UTF-8"
        )
        raise PlaybookError(to_lines(shown, [place])) from None
