"""Looks through an export before there is a pipeline.yaml: which stages, outcomes, reasons, currencies and kinds it shows."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from pipeline_cli.domain.deal.incoming import Watch
from pipeline_cli.domain.errors import UsageError
from pipeline_cli.domain.record import NamedTuple
from pipeline_cli.domain.rules.arrival import (
    MOST_PIPELINES,
    MOST_REASONS,
    MOST_STAGES,
    ExportFacts,
    SeenOutcome,
    SeenPipeline,
    SeenStage,
    order_by_moves,
)
from pipeline_cli.domain.words.header_words import currency_of_sign
from pipeline_cli.domain.words.outcome_words import OPEN, known_outcome, outcome_inside
from pipeline_cli.domain.words.presets import (
    DEALS,
    MOVES,
    TOUCHPOINTS,
    header_key,
    key_in,
    names_of,
    recognise,
)
from pipeline_cli.domain.words.text import quoted
from pipeline_cli.exchange.deal_index import ColumnSurvey
from pipeline_cli.exchange.mapping import (
    ImportFiles,
    ImportOptions,
    map_columns,
    parse_maps,
    parse_value_maps,
    refuse_unused_maps,
)
from pipeline_cli.exchange.problems import Ledger, UnreadableFile
from pipeline_cli.exchange.reading import Row, read_table
from pipeline_cli.exchange.sheet import Sheet, look_only, says_yes

_MOST_WORDS = 500
"""Different texts of a column that are counted."""
_LONGEST_WORD = 200
_BESIDE_AMOUNT = re.compile(r"US\$|R\$|[€£$¥]|(?<![^\W\d_])[A-Za-z]{3}(?![^\W\d_])")


class Survey(NamedTuple):
    """What the files show, and what has to be said so that they are read so."""

    facts: ExportFacts
    maps: Mapping[str, str]
    """--map, and what goes with it: field -> column, "" for none."""


def survey_export(files: ImportFiles, options: ImportOptions, watch: Watch) -> Survey:
    """Reads the files once. Raises UsageError (a flag, a missing file, no column of stages), UnreadableFile."""
    maps = parse_maps(options.maps)
    sheets = _open(files, options, maps, watch)
    sheet = sheets[DEALS]
    seen = _look_at_deals(sheet, maps)
    if "stage" not in sheet.columns.fields and any(_outcome_of(text) is None for text in seen.statuses):
        as_stage = sheet.table.header[sheet.columns.fields["status"]]
        maps = {**maps, "stage": as_stage, "status": ""}
        sheet = _open(files, options, maps, watch)[DEALS]
        seen = _look_at_deals(sheet, maps)
    no_stages = seen.take_reasons_off()
    moves = _look_at_moves(sheets[MOVES], no_stages) if MOVES in sheets else {}
    columns = {field: sheet.table.header[index] for field, index in sheet.columns.fields.items()}
    if seen.percent_at is not None:
        columns["probability_column"] = sheet.table.header[seen.percent_at]
    if len(seen.pipelines) > MOST_PIPELINES:
        raise UsageError(
            f"the column {quoted(columns['pipeline'])} has more than {MOST_PIPELINES} different texts, and so is no column "
            "of pipelines: say that there is none with --map pipeline="
        )
    pipelines = [_seen(name, one, moves if place == 0 else {}) for place, (name, one) in enumerate(seen.by_size())]
    for one in pipelines:
        _refuse_many(one, columns)
    facts = ExportFacts(
        file=files.deals.name,
        preset=sheet.columns.preset,
        columns=columns,
        deals=seen.deals,
        pipelines=pipelines,
        outcomes=seen.outcomes_found(),
        currencies=dict(seen.currencies.most_common()),
        reasons=dict(seen.reasons.most_common(MOST_REASONS)),
        kinds=_look_at_kinds(sheets[TOUCHPOINTS]) if TOUCHPOINTS in sheets else {},
        moves_file=files.moves.name if files.moves else None,
        headers=sheet.table.header,
    )
    return Survey(facts, maps)


def _open(files: ImportFiles, options: ImportOptions, maps: Mapping[str, str], watch: Watch) -> dict[str, Sheet]:
    named = ((DEALS, files.deals), (MOVES, files.moves), (TOUCHPOINTS, files.touchpoints))
    tables = {kind: read_table(Path(path), options.encoding) for kind, path in named if path is not None}
    others = [read_table(path, options.encoding) for path in (files.contacts, files.changes) if path is not None]
    refuse_unused_maps(maps, [table.header for table in (*tables.values(), *others)])
    values, sheets = parse_value_maps(options.value_maps), {}
    for kind, table in tables.items():
        table.watch = watch
        columns = map_columns(kind, table.header, recognise(table.header), maps)
        if columns.currency is None:
            columns = columns._replace(currency=table.currencies.get(columns.fields.get("value", -1)))
        sheets[kind] = Sheet(table, columns, values, Ledger(), is_exact=columns.is_own_export, date_order=None)
    return sheets


class _Stage:
    def __init__(self, name: str) -> None:
        self.name = name
        self.deals = self.open = self.rated = 0
        self.percents = 0.0


class _Pipeline:
    def __init__(self) -> None:
        self.deals = 0
        self.stages: dict[str, _Stage] = {}
        """By key, in the order of the file."""

    def stage(self, name: str) -> _Stage:
        return self.stages.setdefault(header_key(name) or name, _Stage(name))


class _DealsSeen:
    """What the rows of deals show."""

    def __init__(self, percent_at: int | None) -> None:
        self.percent_at = percent_at
        self.deals = 0
        self.pipelines: dict[str, _Pipeline] = {}
        self.statuses, self.outcomes = Counter[str](), Counter[tuple[str, str]]()
        self.currencies, self.reasons = Counter[str](), Counter[str]()
        self.reasons_as_stages = Counter[str]()
        self.is_percent = False
        """The chances are 0 to 100."""

    def by_size(self) -> list[tuple[str, _Pipeline]]:
        return sorted(self.pipelines.items(), key=lambda one: -one[1].deals)

    def take_reasons_off(self) -> set[str]:
        """Lost reasons that stand in the column of stages, and no open deal in them: `declined`. By key."""
        keys = {header_key(reason) for reason in self.reasons}
        found: set[str] = set()
        for pipeline in self.pipelines.values():
            for key in [key for key, stage in pipeline.stages.items() if key in keys and not stage.open]:
                stage = pipeline.stages.pop(key)
                self.reasons_as_stages[stage.name] += stage.deals
                found.add(key)
        return found

    def outcomes_found(self) -> list[SeenOutcome]:
        found = []
        for (field, text), deals in self.outcomes.most_common():
            known = known_outcome(text)
            found.append(SeenOutcome(field, text, known or _outcome_of(text) or "", deals, by_part=known is None))
        lost = [
            SeenOutcome("stage", text, "lost", deals, by_part=False) for text, deals in self.reasons_as_stages.items()
        ]
        return [*found, *lost]


def _outcome_of(text: str) -> str | None:
    """won, lost, disqualified or open, told by the whole text or by one of its words."""
    inside = outcome_inside(text)
    return known_outcome(text) or (inside.outcome if inside else None)


def _note(words: Counter[str], text: str | None) -> None:
    if text and len(text) <= _LONGEST_WORD and (text in words or len(words) < _MOST_WORDS):
        words[text] += 1


def _look_at_deals(sheet: Sheet, pinned: Mapping[str, str]) -> _DealsSeen:
    """Columns that only sound like dates or organizations are taken off the sheet, as an import takes them."""
    names = names_of("canonical", DEALS)
    rated = (
        index
        for index, name in enumerate(sheet.table.header)
        if names.get(key_in("canonical", DEALS, name) or "") == "probability"
    )
    seen, survey = _DealsSeen(next(rated, None)), ColumnSurvey(sheet)
    for line, cells in sheet.table.rows(look_only):
        survey.add(Row(line, cells))
        _look_at_deal(sheet, seen, cells)
    with suppress(UnreadableFile):  # the import says what cannot be read two ways
        survey.decide(pinned, date_order=None, decimal=None)
    return seen


def _look_at_deal(sheet: Sheet, seen: _DealsSeen, cells: Sequence[str]) -> None:
    texts = sheet.texts(cells)
    name, stage, status = texts.get("pipeline", ""), texts.get("stage"), texts.get("status")
    if len(name) > _LONGEST_WORD or (name not in seen.pipelines and len(seen.pipelines) == _MOST_WORDS):
        name = ""
    pipeline = seen.pipelines.setdefault(name, _Pipeline())
    seen.deals += 1
    pipeline.deals += 1
    _note(seen.statuses, status)
    outcomes = {}
    for field, text in (("stage", stage), ("status", status)):
        outcome = _outcome_of(text) if text else None
        if outcome not in {None, OPEN}:
            outcomes[field] = outcome
            if (field, text) in seen.outcomes or len(seen.outcomes) < _MOST_WORDS:
                seen.outcomes[field, text or ""] += 1
    is_open = not outcomes and not {"won_at", "lost_at"} & texts.keys() and not says_yes(texts.get("is_won"))
    if stage and "stage" not in outcomes and len(stage) <= _LONGEST_WORD and len(pipeline.stages) < _MOST_WORDS:
        _count_stage(pipeline.stage(stage), seen, cells, is_open=is_open)
    if not is_open:
        _note(seen.reasons, texts.get("lost_reason"))
    if "value" in texts:
        _note(seen.currencies, _currency(sheet, texts))


def _count_stage(stage: _Stage, seen: _DealsSeen, cells: Sequence[str], *, is_open: bool) -> None:
    stage.deals += 1
    stage.open += is_open
    if seen.percent_at is None or not is_open:
        return
    text = cells[seen.percent_at].strip().rstrip("%").strip().replace(",", ".")
    with suppress(ValueError):
        percent = float(text)
        if 0 <= percent <= 100:
            seen.is_percent = seen.is_percent or percent > 1 or "%" in cells[seen.percent_at]
            stage.percents += percent
            stage.rated += 1


def _currency(sheet: Sheet, texts: Mapping[str, str]) -> str | None:
    """Of one amount: that of its column, that beside it, that of the header."""
    said = texts.get("currency")
    if said and currency_of_sign(said.strip()):
        return currency_of_sign(said.strip())
    beside = (currency_of_sign(found[0]) for found in _BESIDE_AMOUNT.finditer(texts["value"]))
    return next((code for code in beside if code), None) or sheet.columns.currency


def _look_at_moves(sheet: Sheet, no_stages: Collection[str]) -> dict[tuple[str, str], int]:
    """(from, to) -> how many; stages alone, by name. A move whose beginning is not told begins where the last ended."""
    moves = Counter[tuple[str, str]]()
    last: tuple[str, str] = ("", "")
    for _, cells in sheet.table.rows(look_only):
        texts = sheet.texts(cells)
        deal, to_stage = texts.get("deal", ""), texts.get("to_stage", "")
        before = texts.get("from_stage") or (last[1] if last[0] == deal else "")
        last = (deal, to_stage)
        pair = tuple(
            "" if not text or _outcome_of(text) or header_key(text) in no_stages else text
            for text in (before, to_stage)
        )
        if any(pair) and (pair in moves or len(moves) < _MOST_WORDS):
            moves[pair[0], pair[1]] += 1
    return dict(moves)


def _look_at_kinds(sheet: Sheet) -> dict[str, int]:
    kinds = Counter[str]()
    for _, cells in sheet.table.rows(look_only):
        _note(kinds, sheet.text(cells, "kind"))
    return dict(kinds.most_common(MOST_REASONS))


def _seen(name: str, pipeline: _Pipeline, moves: Mapping[tuple[str, str], int]) -> SeenPipeline:
    """With the stages that its moves alone name."""
    for pair in moves:
        for text in filter(None, pair):
            pipeline.stage(text)
    spelled = {key: stage.name for key, stage in pipeline.stages.items()}
    by_name = Counter[tuple[str, str]]()
    for (before, after), count in moves.items():
        if before and after:
            by_name[spelled[header_key(before) or before], spelled[header_key(after) or after]] += count
    scale = 1.0
    rated = [stage for stage in pipeline.stages.values() if stage.rated]
    if rated and all(stage.percents <= stage.rated for stage in rated):
        scale = 100.0
    stages = [
        SeenStage(one.name, one.deals, one.open, scale * one.percents / one.rated if one.rated else None)
        for one in pipeline.stages.values()
    ]
    order = order_by_moves([one.name for one in stages], by_name) if by_name else ()
    return SeenPipeline(name, pipeline.deals, stages, order)


def _refuse_many(pipeline: SeenPipeline, columns: Mapping[str, str]) -> None:
    if len(pipeline.stages) > MOST_STAGES:
        column = columns.get("stage", "")
        raise UsageError(
            f"the column {quoted(column)} has more than {MOST_STAGES} different texts, and so is no column of stages: "
            "name the one that is with --map stage=COLUMN, or say that there is none with --map stage="
        )
