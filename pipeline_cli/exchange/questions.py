"""Which column an import could not find, and a person can name."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from pipeline_cli.domain.record import NamedTuple
from pipeline_cli.domain.words.presets import DEALS, recognise
from pipeline_cli.exchange.forms import DateEvidence
from pipeline_cli.exchange.import_plan import FileMapping, ImportPlan
from pipeline_cli.exchange.mapping import ColumnUse, ImportFiles, ImportOptions, describe, map_columns, parse_maps
from pipeline_cli.exchange.problems import UnreadableFile
from pipeline_cli.exchange.reading import read_table
from pipeline_cli.exchange.sheet import first_values

_WORDS, _DATES, _AMOUNTS = "words", "dates", "amounts"


class ColumnQuestion(NamedTuple):
    """A field that no column says, and the columns that may."""

    field: str
    what: str
    """What it is, in words."""
    columns: Sequence[ColumnUse]


_FIELDS = (
    ("title", "what a deal is called", _WORDS, ("title", "organization", "contact", "email")),
    ("organization", "whose deal it is, the organization", _WORDS, ("organization", "contact", "email", "title")),
    ("stage", "the stage of a deal", _WORDS, ("stage", "status", "is_won", "won_at")),
    ("value", "what a deal is worth", _AMOUNTS, ("value",)),
    ("created_at", "when a deal began", _DATES, ("created_at",)),
    (
        "expected_close",
        "when a deal is expected to close",
        _DATES,
        ("expected_close", "close_date", "closed_at", "won_at"),
    ),
)
"""Field, what it is, how its values look, and the fields of which one is enough for it not to be asked for."""
_MOST_COLUMNS = 12


def column_question(plan: ImportPlan, files: ImportFiles, options: ImportOptions) -> ColumnQuestion | None:
    """The next field of a deal to ask for; None: what there is, is known.

    Another program's export that was recognised says what it has; it is not asked about.
    """
    deals = next((one for one in plan.mappings() if one.kind == DEALS), None) or _look_into(files, options)
    if deals is None or deals.preset != "canonical" or _is_own(deals):
        return None
    known = {use.field for use in deals.columns if use.field} | set(parse_maps(options.maps))
    for field, what, look, enough in _FIELDS:
        if field in known or known & set(enough) or (field == "stage" and plan.has_moves):
            continue
        columns = [use for use in deals.columns if use.field is None and use.use != "ignored" and _looks(use, look)]
        if columns:
            return ColumnQuestion(field, what, columns[:_MOST_COLUMNS])
    return None


def _look_into(files: ImportFiles, options: ImportOptions) -> FileMapping | None:
    """A file of which no column is known."""
    try:
        table = read_table(Path(files.deals), options.encoding)
        columns = map_columns(DEALS, table.header, recognise(table.header), parse_maps(options.maps))
        return FileMapping(DEALS, table.file, columns.preset, describe(columns, table.header, first_values(table)))
    except UnreadableFile:
        return None


def _is_own(deals: FileMapping) -> bool:
    return {"id", "external_id"} <= {use.field for use in deals.columns}


def _looks(use: ColumnUse, look: str) -> bool:
    """By the first values of the column; an empty one looks like nothing."""
    texts = [text.strip() for text in use.samples if text.strip()]
    evidence = DateEvidence()
    for text in texts:
        evidence.add(1, text)
    is_dates = bool(texts) and not evidence.words
    if look == _DATES:
        return is_dates
    is_amounts = bool(texts) and all(map(_is_amount, texts))
    if look == _AMOUNTS:
        return is_amounts and not (is_dates and any("-" in text or "/" in text for text in texts))
    return bool(texts) and not is_dates and not is_amounts


def _is_amount(text: str) -> bool:
    return re.fullmatch(r"[^\W\d_]{0,3}[€$£¥]?\s?\d[\d.,' \u00a0]*[kKmM]?\s?(?:[€$£¥%]|[A-Za-z]{3})?", text) is not None
