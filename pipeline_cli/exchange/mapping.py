"""What `import` was asked to do, and which column became which field: a preset, then --map, then --value-map."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from pipeline_cli.domain.errors import UsageError
from pipeline_cli.domain.playbook import Playbook
from pipeline_cli.domain.record import NamedTuple
from pipeline_cli.domain.words.header_words import split_currency
from pipeline_cli.domain.words.presets import (
    CHANGES,
    CONTACTS,
    DEALS,
    MOVES,
    PRESETS,
    TOUCHPOINTS,
    Preset,
    fields_of,
    header_key,
    key_in,
    names_of,
    rank_of,
)
from pipeline_cli.domain.words.shell import OBEYED, command_line
from pipeline_cli.domain.words.text import nearest, quoted, unknown_word

KINDS = (DEALS, MOVES, TOUCHPOINTS, CONTACTS, CHANGES)
PROBLEM_COLUMN = "problem"
"""The last column of a file that --skip-bad wrote: what was wrong with the row, and no field of it."""
_SURE = 0.8
"""How alike two words are of which one is the other mistyped."""
ValueMap = Mapping[str, Mapping[str, str]]
"""Field -> text of the file, as `value_key` -> what it stands for."""


class ColumnUse(NamedTuple):
    """One line of what --dry-run says about a file."""

    column: str
    field: str | None
    """None: kept as an extra field of the deal, or ignored."""
    use: str
    """field | extra | ignored"""
    samples: tuple[str, ...]
    """The first three different values."""


class ColumnMap(NamedTuple):
    """Where in a row each field stands."""

    kind: str
    preset: str
    fields: Mapping[str, int]
    extras: tuple[tuple[str, int], ...]
    """Columns without a field: kept with a deal, ignored in the other files."""
    is_own_export: bool
    """Written by `export`: texts are taken to the letter, `id` is the program's own number."""
    currency: str | None = None
    """What the header of the values says that they are in: `EUR`, `Amount (EUR)`."""

    def without(self, field: str, header: Sequence[str]) -> ColumnMap:
        """The same with one field's column kept as an extra field."""
        fields = {name: index for name, index in self.fields.items() if name != field}
        index = self.fields[field]
        extras = sorted((*self.extras, (header[index], index)), key=lambda extra: extra[1])
        return self._replace(fields=fields, extras=tuple(extras))


def value_key(text: str) -> str:
    """How a text is compared with --value-map: case and outer spaces do not matter."""
    return text.strip().casefold()


def parse_maps(pairs: Sequence[str]) -> dict[str, str]:
    """`FIELD=COLUMN` pairs; an empty column takes the field away. Raises UsageError."""
    found: dict[str, str] = {}
    for pair in pairs:
        field, sign, column = pair.partition("=")
        if not sign or not field.strip():
            raise UsageError(f"--map {quoted(pair)}: write it as FIELD=COLUMN, as in --map value=Amount.")
        found[_known_field(field.strip())] = column.strip()
    return found


def parse_value_maps(pairs: Sequence[str], *, as_typed: bool = False) -> dict[str, dict[str, str]]:
    """`FIELD:"text"=value` pairs, quotes as you like; `as_typed`: the texts to be read, not compared. Raises UsageError."""
    found: dict[str, dict[str, str]] = {}
    for pair in pairs:
        field, colon, rest = pair.partition(":")
        text, sign, value = rest.rpartition("=")
        if not colon or not sign or not field.strip():
            raise UsageError(
                f'--value-map {quoted(pair)}: write it as FIELD:TEXT=VALUE, as in --value-map "stage:Closed Won=won".'
            )
        text = _unquoted(text)
        found.setdefault(_known_field(field.strip()), {})[text if as_typed else value_key(text)] = _unquoted(value)
    return found


def value_map_hint(field: str, text: str, known: Collection[str] = ()) -> str:
    """`--value-map "stage:Propsal=proposal"`, ready to be pasted; what must be filled in stands in capitals: `=STAGE`."""
    pair = f"{field}:{text}={_meant(text, tuple(known)) or field.upper()}"
    return command_line("--value-map", pair) if set(pair) & OBEYED else f'--value-map "{pair}"'


@cache
def _meant(text: str, known: tuple[str, ...]) -> str | None:
    """A slip of the pen, no guess at a meaning; looked up once for a word that stands in every row."""
    from difflib import SequenceMatcher  # only a mistake needs it

    near = nearest(text, known)
    alike = near is not None and SequenceMatcher(None, text.casefold(), near.casefold()).ratio() >= _SURE
    return near if alike else None


def map_columns(kind: str, header: Sequence[str], preset: Preset, maps: Mapping[str, str]) -> ColumnMap:
    """The preset's names first, then --map, which may take a column from another field."""
    keys = [header_key(name) for name in header]
    is_own = kind == DEALS and {"id", "externalid"} <= set(keys) and preset.name == "canonical"
    fields = _by_preset(kind, header, preset.name)
    if is_own:
        fields = {**fields, "id": keys.index("id"), "external_id": keys.index("externalid")}
    for field, column in maps.items():
        if field in fields_of(kind):
            index = _find_column(column, header, keys)
            if index is not None or not column:
                fields = {name: at for name, at in fields.items() if name != field and at != index}
            if index is not None:
                fields[field] = index
    used = set(fields.values())
    used |= {len(header) - 1} if header[-1] == PROBLEM_COLUMN else set()
    extras = tuple((name, index) for index, name in enumerate(header) if index not in used)
    named = split_currency(header[fields["value"]]) if "value" in fields and not is_own else None
    return ColumnMap(kind, preset.name, fields, extras, is_own, named[1] if named else None)


def refuse_unused_maps(maps: Mapping[str, str], headers: Sequence[Sequence[str]]) -> None:
    """Raises UsageError when --map names a column that no file has."""
    columns = [name for header in headers for name in header]
    keys = [header_key(name) for name in columns]
    for field, column in maps.items():
        if column and _find_column(column, columns, keys) is None:
            raise UsageError(f"--map {field}={column}: {unknown_word('column', column, columns)}")


def refuse_idle_value_maps(typed: Collection[str], columns: Mapping[str, ColumnMap], header: Sequence[str]) -> None:
    """Raises UsageError when --map would have to come first: nothing in the files is the field of a deal it speaks of."""
    there = {field for column in columns.values() for field in column.fields}
    there |= {"stage"} if {"from_stage", "to_stage"} & there else set()
    for field in sorted(set(typed) & set(fields_of(DEALS)) - there):
        raise UsageError(
            f"--value-map {field}: no column is the {field} yet: say which one is with --map {field}=COLUMN, "
            f"of {', '.join(header[:12])}."
        )


def describe(columns: ColumnMap, header: Sequence[str], samples: Sequence[Sequence[str]]) -> list[ColumnUse]:
    """Each column in the order of the file, with what it became."""
    by_index = {index: field for field, index in columns.fields.items()}
    kept = {index for _, index in columns.extras} if columns.kind == DEALS else set()
    return [
        ColumnUse(name, by_index.get(index), _use(index, by_index, kept), tuple(samples[index]))
        for index, name in enumerate(header)
    ]


def _use(index: int, by_index: Mapping[int, str], kept: Collection[int]) -> str:
    if index in by_index:
        return "field"
    return "extra" if index in kept else "ignored"


def _by_preset(kind: str, header: Sequence[str], preset: str) -> dict[str, int]:
    names = names_of(preset, kind)
    fields: dict[str, int] = {}
    ranks: dict[str, tuple[int, bool]] = {}
    for index, name in enumerate(header):
        key = key_in(preset, kind, name)
        if key is None:
            continue
        field = names[key]
        rank = (rank_of(preset, kind, field, key), header_key(name) != key)
        if field not in fields or rank < ranks[field]:
            fields[field], ranks[field] = index, rank
    return fields


def _find_column(column: str, header: Sequence[str], keys: Sequence[str]) -> int | None:
    """By its exact name, then by its letters and digits."""
    if not column:
        return None
    if column in header:
        return list(header).index(column)
    key = header_key(column)
    return list(keys).index(key) if key and key in keys else None


def _known_field(field: str) -> str:
    known = [name for kind in KINDS for name in fields_of(kind)]
    if field not in known:
        raise UsageError(f"--map: {unknown_word('field', field, known)}")
    return field


def _unquoted(text: str) -> str:
    stripped = text.strip()
    return stripped[1:-1] if len(stripped) > 1 and stripped[0] == stripped[-1] == '"' else stripped


class ImportFiles(NamedTuple):
    """The files of an import, by kind."""

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
    options: ImportOptions
    """As typed, or else as kept; a preset and pairs that were typed are in the fields above."""


def understand(options: ImportOptions, playbook: Playbook, found: str | None = None) -> Wanted:
    """`found`: the kept mapping that the headers of the file ask for, where no preset was named.

    Raises UsageError for an unknown preset or field and a pair that cannot be read.
    """
    kept: Mapping[str, Any] = {}
    preset, source_name = options.preset, None
    if preset is not None and preset in playbook.imports:
        kept = playbook.imports[preset]
        source_name = kept.get("source_name") or preset
        preset = kept.get("preset")
    elif preset is None and found is not None:
        kept = playbook.imports[found]
        source_name, preset = kept.get("source_name"), kept.get("preset")
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
        options=options._replace(
            source_name=options.source_name or source_name,
            date_order=options.date_order or kept.get("date_order"),
            decimal=options.decimal or kept.get("decimal"),
            encoding=options.encoding or kept.get("encoding"),
        ),
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


_FEWEST_HEADERS, _MOST_HEADERS = 3, 12


def telling_headers(known: Sequence[str], every: Sequence[str]) -> list[str]:
    """Those that tell a file from others: the columns that are fields, or with few of these the first of all."""
    return list(known) if len(known) >= _FEWEST_HEADERS else list(every[:_MOST_HEADERS])


def kept_for(header: Sequence[str], playbook: Playbook) -> str | None:
    """The kept mapping whose `headers` the file has; of several the one with the most."""
    there = set(map(header_key, header))
    fitting = [
        (len(headers), name)
        for name, kept in playbook.imports.items()
        if (headers := kept.get("headers")) and there.issuperset(map(header_key, headers))
    ]
    return max(fitting)[1] if fitting else None
