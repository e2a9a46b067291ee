"""Remembers the Playbook of a pipeline.yaml found valid, so that reading it again loads neither yaml nor pydantic.

A record is one file: a checksum of the rest on the first line, so that a damaged
record is noticed, then the Playbook as nested lists, then what it was made from:
the text of the pipeline.yaml, the shape of the Playbook and the source files of
this package, so that a new program checks every file anew. All of that is
compared, not a hash of it: loading hashlib takes 4 ms of every start.
"""

from __future__ import annotations

import contextlib
import json
import os
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipeline_cli.config.problems import Problem
from pipeline_cli.domain import playbook as shape
from pipeline_cli.domain.playbook import Criterion, Pipeline, Playbook, Stage
from pipeline_cli.on_disk import make_own_folder

if TYPE_CHECKING:
    from fractions import Fraction

SCHEMA_VERSION = 3
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
        return _playbook(written["playbook"]), tuple(Problem(*warning) for warning in written["warnings"])
    except (OSError, ValueError, TypeError, KeyError):
        return None


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
            "sources": None if record["sources"] is None else tuple(record["sources"]),
            "lost_reasons": tuple(record["lost_reasons"]),
            "cadence": _cadence(record["cadence"]),
            "prune": _prune_rules(*record["prune"]),
        }
    )


def _rates(written: dict[str, str]) -> Mapping[str, Fraction]:
    if not written:
        return {}
    from fractions import Fraction  # 4 ms that only a file with rates pays

    return {currency: Fraction(rate) for currency, rate in written.items()}


def _pipeline(written: list[Any]) -> Pipeline:
    record = dict(zip(Pipeline._fields, written, strict=True))
    own, reasons = record["qualification"], record["lost_reasons"]
    return Pipeline(
        **record
        | {
            "stages": tuple(_stage(stage) for stage in record["stages"]),
            "quota": _quota(record["quota"]),
            "prune": None if record["prune"] is None else _prune_rules(*record["prune"]),
            "cadence": None if record["cadence"] is None else _cadence(record["cadence"]),
            "qualification": None if own is None else _qualification(*own),
            "lost_reasons": None if reasons is None else tuple(reasons),
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
