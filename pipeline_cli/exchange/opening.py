"""The files of an import, opened, recognised and mapped."""

from __future__ import annotations

from pathlib import Path

from pipeline_cli.domain.record import NamedTuple
from pipeline_cli.exchange.headers import header_key
from pipeline_cli.exchange.mapping import ColumnMap, ValueMap, map_columns, refuse_idle_value_maps, refuse_unused_maps
from pipeline_cli.exchange.options import ImportFiles, Wanted
from pipeline_cli.exchange.presets import CHANGES, CONTACTS, DEALS, MOVES, PRESETS, TOUCHPOINTS, recognise
from pipeline_cli.exchange.problems import Ledger, Problem, UnreadableFile
from pipeline_cli.exchange.reading import Table, read_table
from pipeline_cli.exchange.sheet import Sheet

_NEEDED = {
    MOVES: ("deal", "to_stage", "moved_at"),
    TOUCHPOINTS: ("deal", "kind", "touched_at"),
    CHANGES: ("deal", "field", "before", "after", "changed_at"),
}
_OWN_CONTACTS = frozenset({"name", "email", "phone", "organization", "role", "source", "optedout"})


class Sheets(NamedTuple):
    deals: Sheet
    moves: Sheet | None
    touchpoints: Sheet | None
    contacts: Sheet | None
    changes: Sheet | None

    def all(self) -> list[Sheet]:
        return [sheet for sheet in self if sheet is not None]


def open_sheets(files: ImportFiles, wanted: Wanted, ledger: Ledger) -> Sheets:
    """Raises UsageError (a flag, a missing file) and UnreadableFile (all problems of headers at once)."""
    tables: dict[str, Table] = {}
    problems: list[Problem] = []
    for kind, path in zip((DEALS, MOVES, TOUCHPOINTS, CONTACTS, CHANGES), files, strict=True):
        if path is not None:
            try:
                tables[kind] = read_table(Path(path), wanted.encoding)
            except UnreadableFile as error:
                problems.extend(error.problems)
    if problems:
        raise UnreadableFile(problems)
    refuse_unused_maps(wanted.maps, [table.header for table in tables.values()])
    columns = {kind: _map(kind, table, wanted) for kind, table in tables.items()}
    problems = [problem for kind, table in tables.items() for problem in _missing(table, columns[kind])]
    if problems:
        raise UnreadableFile(problems)
    refuse_idle_value_maps(wanted.typed_values, columns, tables[DEALS].header)
    is_own = columns[DEALS].is_own_export
    values = {**wanted.values, **_stages_of_moves(wanted.values)}
    found = {
        kind: Sheet(table, columns[kind], values, ledger, date_order=wanted.date_order,
                    is_exact=is_own if kind != CONTACTS else _is_own_contacts(table))
        for kind, table in tables.items()
    }  # fmt: skip
    return Sheets(found[DEALS], found.get(MOVES), found.get(TOUCHPOINTS), found.get(CONTACTS), found.get(CHANGES))


def _stages_of_moves(values: ValueMap) -> ValueMap:
    """What was said about stages holds on both ends of a move."""
    stages = values.get("stage", {})
    return {field: {**stages, **values.get(field, {})} for field in ("from_stage", "to_stage")} if stages else {}


def _map(kind: str, table: Table, wanted: Wanted) -> ColumnMap:
    preset = PRESETS[wanted.preset] if wanted.preset else recognise(table.header)
    columns = map_columns(kind, table.header, preset, wanted.maps)
    stage = columns.fields.get("stage", columns.fields.get("to_stage"))
    if stage is not None:
        table.key_column = stage
    return columns


def _missing(table: Table, columns: ColumnMap) -> list[Problem]:
    missing = [field for field in _NEEDED.get(columns.kind, ()) if field not in columns.fields]
    if columns.kind == DEALS and not columns.fields:
        return [Problem(table.file, 1, None, _nothing_known(table, "title=COLUMN"))]
    if columns.kind == CONTACTS and not {"name", "first_name", "last_name", "email", "phone"} & set(columns.fields):
        return [Problem(table.file, 1, None, _nothing_known(table, "email=COLUMN"))]
    there = ", ".join(table.header[:12])
    message = "no column says this: say which one does with --map {}=COLUMN, of {}."
    return [Problem(table.file, 1, field, message.format(field, there)) for field in missing]


def _nothing_known(table: Table, example: str) -> str:
    return f"none of the columns is known ({', '.join(table.header[:12])}): say what they are with --map {example}."


def _is_own_contacts(table: Table) -> bool:
    return set(map(header_key, table.header)) >= _OWN_CONTACTS
