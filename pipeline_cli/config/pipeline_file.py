"""The only door to pipeline.yaml: where it is, the Playbook in it, and what is remembered of one found valid."""

from __future__ import annotations

import contextlib
import json
import os
import re
import stat
import zlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipeline_cli.domain import playbook as shape
from pipeline_cli.domain.errors import PlaybookError, SetupError
from pipeline_cli.domain.playbook import Criterion, Pipeline, Playbook, SecondCopies, Stage
from pipeline_cli.domain.record import NamedTuple

if TYPE_CHECKING:
    from fractions import Fraction

    from pipeline_cli.config.problems import Problem

SCHEMA_VERSION = 4
"""Of the records."""
MOST_KEPT = 20

_RECORD_NAME = r"[0-9a-f]{8}\.(json|[0-9]+\.tmp)"


def origin_of(content: bytes) -> bytes:
    """All that the Playbook of a pipeline.yaml depends on."""
    records = (value for value in vars(shape).values() if hasattr(value, "_fields"))
    fields = [(record.__name__, record._fields) for record in records]
    with os.scandir(Path(__file__).parent) as found:
        sources = sorted(
            (entry.name, entry.stat().st_size, entry.stat().st_mtime_ns)
            for entry in found
            if entry.name.endswith(".py")
        )
    return repr((SCHEMA_VERSION, fields, sources)).encode() + b"\n" + content


def recall(folder: Path, origin: bytes) -> tuple[Playbook, tuple[Problem, ...]] | None:
    """None when the file is not known or the record is damaged."""
    try:
        checksum, _, record = _place(folder, origin).read_bytes().partition(b"\n")
        playbook, _, known_origin = record.partition(b"\n")
        if known_origin != origin or checksum != _checksum(record):
            return None
        written = json.loads(playbook)
        return _playbook(written["playbook"]), _warnings(written["warnings"])
    except (OSError, ValueError, TypeError, KeyError):
        return None


def _warnings(written: list[list[Any]]) -> tuple[Problem, ...]:
    if not written:
        return ()
    from pipeline_cli.config.problems import Problem  # most files have none

    return tuple([Problem(*warning) for warning in written])


def _place(folder: Path, origin: bytes) -> Path:
    """Two origins may share a place: the later one takes it."""
    return folder / f"{zlib.crc32(origin):08x}.json"


def _checksum(record: bytes) -> bytes:
    return f"{zlib.crc32(record):08x}".encode()


def remember(folder: Path, origin: bytes, playbook: Playbook, warnings: tuple[Problem, ...]) -> None:
    """Failing to is no loss: the file is checked again next time."""
    record = json.dumps({"playbook": playbook, "warnings": warnings}, default=str).encode() + b"\n" + origin
    content = _checksum(record) + b"\n" + record
    place = _place(folder, origin)
    temporary = place.with_suffix(f".{os.getpid()}.tmp")
    from pipeline_cli.on_disk import make_own_folder

    with contextlib.suppress(OSError):
        if not folder.is_dir():
            make_own_folder(folder)
        try:
            with os.fdopen(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
                file.write(content)
            temporary.replace(place)
        except OSError:
            temporary.unlink(missing_ok=True)
            raise
        _drop_oldest(folder)


def _drop_oldest(folder: Path) -> None:
    """Only files that bear a name of ours."""
    import re

    with os.scandir(folder) as found:
        records = [(entry.stat().st_mtime_ns, entry.path) for entry in found if re.fullmatch(_RECORD_NAME, entry.name)]
    for _, path in sorted(records, reverse=True)[MOST_KEPT:]:
        Path(path).unlink(missing_ok=True)


def _playbook(written: list[Any]) -> Playbook:
    record = dict(zip(Playbook._fields, written, strict=True))
    return Playbook(
        **record
        | {
            "exchange_rates": _rates(record["exchange_rates"]),
            "quota": _quota(record["quota"]),
            "pipelines": tuple(_pipeline(written) for written in record["pipelines"]),
            "qualification": _qualification(*record["qualification"]),
            "touchpoint_kinds": tuple(record["touchpoint_kinds"]),
            "sources": _words(record["sources"]),
            "lost_reasons": tuple(record["lost_reasons"]),
            "won_reasons": _words(record["won_reasons"]),
            "cadence": _cadence(record["cadence"]),
            "prune": _prune_rules(*record["prune"]),
            "views": {
                name: shape.ListView(tuple(words), tuple(columns), sort)
                for name, (words, columns, sort) in record["views"].items()
            },
            "columns": {report: tuple(columns) for report, columns in record["columns"].items()},
            "capture": None if record["capture"] is None else _capture(*record["capture"]),
            "second_copies": None if record["second_copies"] is None else SecondCopies(*record["second_copies"]),
        }
    )


def _words(written: list[str] | None) -> tuple[str, ...] | None:
    return None if written is None else tuple(written)


def _capture(*written: Any) -> shape.CaptureSettings:
    return shape.CaptureSettings._make(tuple(value) if isinstance(value, list) else value for value in written)


def _rates(written: dict[str, str]) -> Mapping[str, Fraction]:
    if not written:
        return {}
    from fractions import Fraction  # 4 ms that only a file with rates pays

    return {currency: Fraction(rate) for currency, rate in written.items()}


def _pipeline(written: list[Any]) -> Pipeline:
    record = dict(zip(Pipeline._fields, written, strict=True))
    own = record["qualification"]
    return Pipeline(
        **record
        | {
            "stages": tuple(_stage(stage) for stage in record["stages"]),
            "quota": _quota(record["quota"]),
            "prune": None if record["prune"] is None else _prune_rules(*record["prune"]),
            "cadence": None if record["cadence"] is None else _cadence(record["cadence"]),
            "qualification": None if own is None else _qualification(*own),
            "lost_reasons": _words(record["lost_reasons"]),
            "won_reasons": _words(record["won_reasons"]),
        }
    )


def _quota(written: list[Any] | None) -> shape.Quota | None:
    return None if written is None else shape.Quota(*written)


def _cadence(written: list[Any]) -> shape.Cadence:
    return shape.Cadence(*_deep_tuple(written))


def _stage(written: list[Any]) -> Stage:
    plain = Stage(*_deep_tuple(written))
    return plain._replace(exit_criteria=tuple(Criterion(*criterion) for criterion in plain.exit_criteria))


def _qualification(
    framework: str, items: list[Any], required: list[str], min_yes: int, ideal_customer: dict[str, list[str]]
) -> shape.Qualification:
    questions = tuple(shape.QualificationItem(*item) for item in items)
    fits = {key: tuple(values) for key, values in ideal_customer.items()}
    return shape.Qualification(framework, questions, tuple(required), min_yes, fits)


def _prune_rules(
    idle_multiple: float, cycle_multiple: float, usual_cycle_days: int, grace_days: int, last_chance: list[str]
) -> shape.PruneRules:
    text = shape.LastChanceText(*last_chance)
    return shape.PruneRules(idle_multiple, cycle_multiple, usual_cycle_days, grace_days, text)


def _deep_tuple(written: Any) -> Any:
    """JSON knows lists alone."""
    return tuple(_deep_tuple(item) for item in written) if isinstance(written, list) else written


FILE_NAME = "pipeline.yaml"
MOST_BYTES = 1_000_000


class LoadedPlaybook(NamedTuple):
    """A playbook, what the check warned of, and whether it was checked just now."""

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
    origin = origin_of(content)
    known = recall(cache_folder, origin) if cache_folder else None
    if known is not None:
        return LoadedPlaybook(known[0], _lines(shown, known[1]), fresh=False)
    # yaml and pydantic cost about 100 ms, and most starts need neither.
    from pipeline_cli.config.full_check import check_in_full

    checked = check_in_full(_decode(content, shown))
    if checked.playbook is None:
        raise PlaybookError(_lines(shown, checked.problems))
    if cache_folder:
        remember(cache_folder, origin, checked.playbook, checked.warnings)
    return LoadedPlaybook(checked.playbook, _lines(shown, checked.warnings), fresh=True)


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
        raise PlaybookError(_lines(shown, checked.problems))
    return checked.playbook, _lines(shown, checked.warnings)


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


def _lines(shown: str, problems: Sequence[Problem]) -> tuple[str, ...]:
    if not problems:
        return ()
    from pipeline_cli.config.problems import to_lines

    return to_lines(shown, problems)


def _decode(content: bytes, shown: str) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        from pipeline_cli.config.problems import Problem

        good = content[: error.start].decode("utf-8-sig", errors="replace")
        place = Problem(
            good.count("\n") + 1, len(good) - good.rfind("\n"), "this is not UTF-8 text: save the file as UTF-8"
        )
        raise PlaybookError(_lines(shown, [place])) from None


def recovered_playbook(path: Path | None) -> Playbook:
    """The default rules with the `database`, `time_zone` and `currency` of the file, as far as lines of it name them.

    Nothing may be counted or judged by it. `database` is empty where the file has words about it that leave open which.
    """
    from pipeline_cli.config.template_files import template_names, template_text

    default = template_names()[0]
    playbook, _ = check_content(template_text(default).encode(), default)
    text = _read(path)
    return playbook._replace(
        database=(_said(text, "database") or "") if _speaks_of_database(text) else playbook.database,
        time_zone=_said(text, "time_zone"),
        currency=_said(text, "currency") or playbook.currency,
    )


def _read(path: Path | None) -> str:
    try:
        return read_content(path).decode("utf-8-sig", "replace").replace("\0", "") if path else ""
    except SetupError:
        return ""


def _speaks_of_database(text: str) -> bool:
    return re.search(r"^[^\w#\n]*database['\"]?[ \t]*:", text, re.MULTILINE) is not None


def _said(text: str, key: str) -> str | None:
    """None also where lines contradict each other, as after a merge."""
    said = r"(?:\"([^\"\\\n]+)\"|'([^'\n]+)'|([^\s'\"#&*!|>%@`\[{](?:[^#\n]|(?<=\S)#)*?))"
    found = re.findall(rf"^{key}[ \t]*:[ \t]+{said}[ \t]*(?:[ \t]#.*)?\r?$", text, re.MULTILINE)
    names = {"".join(one) for one in found}
    return names.pop() if len(names) == 1 else None
