"""What each key of a filter means: where a row keeps it and how its value is read.

A row has the keys of the `list` report with the values of the program: `value` in minor units of `currency` (and
`home_value`, the same in the file's currency, which comparisons prefer), `probability` 0 to 1, days as `date`, instants
as aware `datetime`, `flags` as `[{flag, number, limit}]`; `owner` and `category` when known, and `fields` with the
extra fields. Missing is None.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from datetime import date, datetime, tzinfo
from typing import Any

from pipeline_cli.domain.dates import parse_date, parse_days
from pipeline_cli.domain.errors import UsageError
from pipeline_cli.domain.money import convert_cents, parse_money
from pipeline_cli.domain.names import find_stage, normalise
from pipeline_cli.domain.phrases import quoted, unknown_word
from pipeline_cli.domain.playbook import CATEGORIES, OUTCOMES, STATUSES, Pipeline, Playbook
from pipeline_cli.domain.record import NamedTuple

Row = Mapping[str, Any]


class FilterContext(NamedTuple):
    """What values are read against."""

    playbook: Playbook
    pipeline: Pipeline | None
    """None: stages of every pipeline."""
    today: date
    zone: tzinfo

    @property
    def pipelines(self) -> tuple[Pipeline, ...]:
        return (self.pipeline,) if self.pipeline else self.playbook.pipelines


class Kind(NamedTuple):
    """One sort of value."""

    values: Callable[[Any, FilterContext], Collection[Any]]
    """What a cell of a row holds, ready to be compared."""
    parse: Callable[[str, FilterContext], Collection[Any]]
    """What one word of a filter may stand for; raises UsageError."""
    ordered: bool = False
    comma_is_or: bool = True


def stages_named(text: str, context: FilterContext) -> Collection[str]:
    found = {stage.id for stage in (find_stage(each, text) for each in context.pipelines) if stage}
    if found:
        return found
    if normalise(text) in OUTCOMES:
        raise UsageError(f"{text} is an outcome, not a stage: use status={normalise(text)}.")
    raise unknown_word("stage", text, [stage for each in context.pipelines for stage in each.stage_ids])


def _pipelines(text: str, context: FilterContext) -> Collection[str]:
    folded = normalise(text)
    found = {each.id for each in context.playbook.pipelines if folded in {normalise(each.id), normalise(each.name)}}
    if not found:
        raise unknown_word("pipeline", text, [each.id for each in context.playbook.pipelines])
    return found


def _statuses(text: str, context: FilterContext) -> Collection[str]:
    groups = {"all": STATUSES, "closed": OUTCOMES}
    word = normalise(text)
    if word == "snoozed":
        raise UsageError("A snoozed deal has the status open: use snoozed=yes.")
    return groups.get(word) or (_one_of("status", word, (*STATUSES, "closed", "all")),)


def _one_of(what: str, word: str, known: Collection[str]) -> str:
    folded = normalise(word).replace(" ", "_").replace("-", "_")
    if folded not in known:
        raise unknown_word(what, word, known)
    return folded


def _flag(text: str, context: FilterContext) -> Collection[str]:
    from pipeline_cli.domain.flags import FLAGS  # the rules of every flag, for their names alone

    return (_one_of("flag", text, FLAGS),)


def _yes_or_no(text: str, context: FilterContext) -> Collection[bool]:
    return (_one_of("answer", text, ("yes", "no")) == "yes",)


def _money(text: str, context: FilterContext) -> Collection[int]:
    """Minor units of the file's currency."""
    amount = parse_money(text)
    if amount.rounded:
        raise UsageError(f"{quoted(text)} has more than two decimals: type two at most.")
    home = context.playbook.currency
    return (convert_cents(amount.cents, amount.currency or home, home, context.playbook.exchange_rates),)


def _number(text: str, context: FilterContext) -> Collection[float]:
    if not re.fullmatch(r"-?\d{1,15}(\.\d{1,15})?", text, re.ASCII):
        raise UsageError(f"{quoted(text)} is not a number: type one such as 14 or 62.5.")
    return (float(text),)


def _days(text: str, context: FilterContext) -> Collection[float]:
    return _number(text, context) if text[-1].isdigit() else (float(parse_days(text)),)


def _whole_number(text: str, context: FilterContext) -> Collection[float]:
    return _number(text.removeprefix("#"), context)


def _percent(text: str, context: FilterContext) -> Collection[float]:
    return _number(text.removesuffix("%").strip(), context)


def _day(text: str, context: FilterContext) -> Collection[date]:
    return (parse_date(text, context.today),)


def _day_of(cell: date, context: FilterContext) -> Collection[date]:
    return (cell.astimezone(context.zone).date(),) if isinstance(cell, datetime) else (cell,)


def _field_values(text: str, context: FilterContext) -> Collection[Any]:
    """An extra field is text, and its number or day too when it looks like one."""
    values: list[Any] = [normalise(str(text))]
    if re.fullmatch(r"-?\d{1,15}(\.\d{1,15})?", str(text).strip(), re.ASCII):
        values += _number(str(text).strip(), context)
    if re.fullmatch(r"\d{4}-\d{2}-\d{2}", str(text).strip(), re.ASCII):
        try:
            values.append(date.fromisoformat(str(text).strip()))
        except ValueError:
            return values
    return values


def _snoozed(row_date: date, context: FilterContext) -> Collection[bool]:
    return (row_date > context.today,)


TEXT = Kind(lambda cell, _: (normalise(str(cell)),), lambda text, _: (normalise(text),))
FIELD = Kind(_field_values, _field_values, ordered=True)
_COUNT = Kind(lambda cell, _: (float(cell),), _number, ordered=True)
_SPAN = Kind(lambda cell, _: (float(cell),), _days, ordered=True)
_DAY = Kind(_day_of, _day, ordered=True)

KEYS: Mapping[str, tuple[str, Kind]] = {
    "id": ("id", Kind(lambda cell, _: (float(cell),), _whole_number, ordered=True)),
    "external_id": ("external_id", TEXT),
    "title": ("title", TEXT),
    "organization": ("organization", TEXT),
    "contact": ("contact", TEXT),
    "pipeline": ("pipeline", Kind(lambda cell, _: (cell,), _pipelines)),
    "stage": ("stage", Kind(lambda cell, _: (cell,), stages_named)),
    "status": ("status", Kind(lambda cell, _: (cell,), _statuses)),
    "value": ("value", Kind(lambda cell, _: (cell,), _money, ordered=True, comma_is_or=False)),
    "currency": ("currency", TEXT),
    "probability": ("probability", Kind(lambda cell, _: (round(cell * 100, 9),), _percent, ordered=True)),
    "category": ("category", Kind(lambda cell, _: (cell,), lambda text, _: (_one_of("category", text, CATEGORIES),))),
    "source": ("source", TEXT),
    "owner": ("owner", TEXT),
    "created": ("created_at", _DAY),
    "close": ("expected_close", _DAY),
    "closed": ("closed_at", _DAY),
    "lost_reason": ("lost_reason", TEXT),
    "idle": ("idle_days", _SPAN),
    "days": ("days_in_stage", _SPAN),
    "age": ("age_days", _SPAN),
    "next": ("next_step_due", _DAY),
    "next_step": ("next_step", TEXT),
    "snoozed": ("snoozed_until", Kind(_snoozed, _yes_or_no)),
    "snoozed_until": ("snoozed_until", _DAY),
    "score": ("score", _COUNT),
    "flag": (
        "flags",
        Kind(lambda cell, _: [each["flag"] for each in cell], _flag),
    ),
}
"""Key -> the row's own key, and its kind."""
