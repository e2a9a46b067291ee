"""One condition of a filter, `key`, operator and value, as a test of a row."""

from __future__ import annotations

import operator as comparison
from collections.abc import Callable, Collection, Mapping
from datetime import date
from typing import Any

from pipeline_cli.domain.errors import UsageError
from pipeline_cli.domain.filter_kinds import FIELD, KEYS, TEXT, FilterContext, Kind, Row, stages_named
from pipeline_cli.domain.phrases import quoted

Test = Callable[[Row], bool]

_ORDER: Mapping[str, Callable[[Any, Any], bool]] = {
    ">": comparison.gt,
    ">=": comparison.ge,
    "<": comparison.lt,
    "<=": comparison.le,
}


def condition_test(key: str, is_field: bool, operator: str, value: str, context: FilterContext) -> Test:
    """The test for one condition. Raises UsageError for a value, or a comparison, that the key does not know."""
    if key == "stage" and operator in _ORDER and not is_field:
        return _stage_order_test(operator, value, context)
    column, kind = ("fields", FIELD) if is_field else KEYS[key]

    def held(row: Row) -> Collection[Any]:
        cell = _cell(row, key, column, is_field)
        return () if cell is None or cell == "" else kind.values(cell, context)

    if not value:
        return (lambda row: not held(row)) if operator == "=" else (lambda row: bool(held(row)))
    if operator in _ORDER:
        if not kind.ordered:
            raise UsageError(f"{key} has no order: use {key}={value} or {key}!={value} rather than {operator}.")
        return _order_test(operator, held, _one_limit(key, value, kind, context))
    words = dict.fromkeys([value, *value.split(",")]) if kind is TEXT or is_field else value.split(",")
    parts = [word.strip() for word in words if word.strip()] if kind.comma_is_or else [value]
    wanted = {each for part in parts for each in kind.parse(part, context)}
    if operator == "=":
        return lambda row: any(each in wanted for each in held(row))
    return lambda row: not any(each in wanted for each in held(row))


def _cell(row: Row, key: str, column: str, is_field: bool) -> Any:
    if is_field:
        return (row.get("fields") or {}).get(key)
    if key == "value" and row.get("home_value") is not None:
        return row["home_value"]
    if key == "snoozed":
        return row.get(column) or date.min  # a deal that was never snoozed answers no
    return row.get(column)


def _order_test(operator: str, held: Callable[[Row], Collection[Any]], limit: Any) -> Test:
    compare = _ORDER[operator]
    return lambda row: any(type(each) is type(limit) and compare(each, limit) for each in held(row))


def _one_limit(key: str, value: str, kind: Kind, context: FilterContext) -> Any:
    """The number or day to compare with; of an extra field, which holds text, only those that have an order."""
    limits = [limit for limit in kind.parse(value, context) if not isinstance(limit, str)]
    if not limits:
        raise UsageError(f"{key} is compared by number or ISO date: {quoted(value)} is neither. Use {key}={value}.")
    return limits[0]


def _stage_order_test(operator: str, value: str, context: FilterContext) -> Test:
    """Compares positions within the row's own pipeline; a stage it does not have is neither before nor after."""
    wanted, compare = set(stages_named(value, context)), _ORDER[operator]

    def stands(row: Row) -> bool:
        pipeline = context.playbook.pipeline(row.get("pipeline") or "")
        if pipeline is None or row.get("stage") not in pipeline.stage_ids:
            return False
        here = pipeline.stage_ids.index(row["stage"])
        return any(compare(here, there) for there, stage in enumerate(pipeline.stage_ids) if stage in wanted)

    return stands
