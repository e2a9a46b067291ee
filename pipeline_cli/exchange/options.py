"""What `import` was asked to do, with a mapping kept in pipeline.yaml filled in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from pipeline_cli.domain.errors import UsageError
from pipeline_cli.domain.phrases import quoted, unknown_word
from pipeline_cli.domain.playbook import Playbook
from pipeline_cli.domain.record import NamedTuple
from pipeline_cli.exchange.mapping import ValueMap, parse_maps, parse_value_maps
from pipeline_cli.exchange.presets import PRESETS


class ImportFiles(NamedTuple):
    deals: Path
    moves: Path | None = None
    touchpoints: Path | None = None
    contacts: Path | None = None
    changes: Path | None = None


class ImportOptions(NamedTuple):
    """The flags as they were typed."""

    preset: str | None = None
    """A preset, or the name of a mapping kept under `imports:`."""
    maps: Sequence[str] = ()
    """`FIELD=COLUMN`"""
    value_maps: Sequence[str] = ()
    """`FIELD:TEXT=VALUE`"""
    source_name: str | None = None
    date_order: str | None = None
    """dmy | mdy"""
    decimal: str | None = None
    """`.` or `,`"""
    encoding: str | None = None
    skip_bad: bool = False


class Wanted(NamedTuple):
    """The flags understood, a kept mapping under them."""

    preset: str | None
    maps: Mapping[str, str]
    values: ValueMap
    typed_values: frozenset[str]
    """The fields of --value-map: one that no column has is a mistake, while a kept mapping may serve other files too."""
    source_name: str | None
    date_order: str | None
    decimal: str | None
    encoding: str | None
    skip_bad: bool


def understand(options: ImportOptions, playbook: Playbook) -> Wanted:
    """Raises UsageError for an unknown preset or field and a pair that cannot be read."""
    kept: Mapping[str, Any] = {}
    preset = options.preset
    if preset is not None and preset in playbook.imports:
        kept = playbook.imports[preset]
        source_name = kept.get("source_name") or preset
        preset = kept.get("preset")
    else:
        source_name = None
    if preset is not None and preset not in PRESETS:
        raise UsageError(f"--preset: {unknown_word('preset', preset, [*PRESETS, *playbook.imports])}")
    for flag, value, choices in (
        ("--date-order", options.date_order, ("dmy", "mdy")),
        ("--decimal", options.decimal, (".", ",")),
    ):
        if value is not None and value not in choices:
            raise UsageError(f"{flag} {quoted(value)}: choose {' or '.join(choices)}")
    values = parse_value_maps(_kept_values(kept.get("value_map")))
    typed = parse_value_maps(options.value_maps)
    for field, texts in typed.items():
        values[field] = {**values.get(field, {}), **texts}
    return Wanted(
        preset=preset,
        maps={**parse_maps(_kept_pairs(kept.get("map"))), **parse_maps(options.maps)},
        values=values,
        typed_values=frozenset(typed),
        source_name=options.source_name or source_name,
        date_order=options.date_order or kept.get("date_order"),
        decimal=options.decimal or kept.get("decimal"),
        encoding=options.encoding or kept.get("encoding"),
        skip_bad=options.skip_bad,
    )


def _kept_pairs(kept: Any) -> list[str]:
    """`map:` in pipeline.yaml as {field: column} or as the list of pairs that one types."""
    if isinstance(kept, Mapping):
        return [f"{field}={column}" for field, column in kept.items()]
    return list(kept or ())


def _kept_values(kept: Any) -> list[str]:
    """`value_map:` as {field: {text: value}}, {"field:text": value}, or the list of pairs that one types."""
    if not isinstance(kept, Mapping):
        return list(kept or ())
    pairs = []
    for field, value in kept.items():
        if isinstance(value, Mapping):
            pairs += [f"{field}:{text}={target}" for text, target in value.items()]
        else:
            pairs.append(f"{field}={value}")
    return pairs
