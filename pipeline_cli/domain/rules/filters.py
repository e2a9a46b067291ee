"""Filters of `list`, `export` and every bulk command: words and `key=value`, what each key means and how it is tested."""

from __future__ import annotations

import operator as comparison
import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import date, datetime, tzinfo
from typing import Any

from pipeline_cli.domain.errors import UsageError
from pipeline_cli.domain.playbook import CATEGORIES, FUNNELS, OUTCOMES, STATUSES, ListView, Pipeline, Playbook
from pipeline_cli.domain.record import NamedTuple
from pipeline_cli.domain.words.names import normalise
from pipeline_cli.domain.words.text import quoted, unknown_word

OPEN = frozenset({"open"})
_A_NUMBER = r"-?\d{1,15}(\.\d{1,15})?"
_CONDITION = r"(?P<key>[^=!<>]*?)\s*(?P<operator>!=|>=|<=|==|=|>|<)\s*(?P<value>.*)"
_ALIASES = {
    "ext": "external_id",
    "org": "organization",
    "created_at": "created",
    "expected_close": "close",
    "closed_at": "closed",
    "idle_days": "idle",
    "days_in_stage": "days",
    "age_days": "age",
    "next_step_due": "next",
    "due": "next",
    "flags": "flag",
    "tags": "tag",
    "reason": "lost_reason",
}
_KEYS_OF_CLOSED_DEALS = frozenset({"closed", "lost_reason"})


class Condition(NamedTuple):
    """One word of a filter."""

    key: str | None
    """None: a word looked for in title, organization and contact."""
    operator: str
    value: str
    test: Test


class Filter(NamedTuple):
    """What a row must be like."""

    conditions: tuple[Condition, ...]
    statuses: frozenset[str] | None
    """The statuses a row may have; None: any."""

    def matches(self, row: Row) -> bool:
        """Whether a row of the `list` report (see `filter_kinds`) is asked for, its status included."""
        of_status = self.statuses is None or row["status"] in self.statuses
        return of_status and all(condition.test(row) for condition in self.conditions)

    def describe(self) -> str:
        """`status=open, acme, stage=proposal`: what a report or a bulk command was limited to."""
        shown = [f"{each.key or ''}{each.operator}{each.value}" for each in self.conditions]
        if any(each.key == "status" for each in self.conditions):
            return ", ".join(shown)
        return ", ".join([f"status={','.join(sorted(self.statuses))}" if self.statuses else "status=all", *shown])


def parse_filters(
    words: Sequence[str],
    playbook: Playbook,
    pipeline: Pipeline | None,
    today: date,
    known_fields: Collection[str],
    zone: tzinfo,
    default_statuses: frozenset[str] | None = OPEN,
) -> Filter:
    """Read the words of a filter: `acme stage=proposal,negotiation value>10k idle>14 source!=referral`.

    A word matches title, organization or contact, without case and accents; digits (`12`, `#12`) match the number too,
    `ext:A-7` the external id.
    `@hot` stands for the words of that view of pipeline.yaml, `field.industry=` for a field of the user's own, known or not.
    `key=` finds what is missing, `key!=` what is not; a comma means any of; what is missing is never more or less than
    anything. `pipeline` limits stage names, None: those of every one. `known_fields` are names of extra fields. `zone`
    is the one days are counted in. Without a `status` the default holds, but asking for `closed` or `lost_reason` asks
    for every status. Raises UsageError for an unknown key, stage, flag or status, naming the known ones.
    """
    words = expand_views(words, playbook.views)
    if not any(word.strip() for word in words):
        return Filter((), default_statuses)

    context = FilterContext(playbook, pipeline, today, zone)
    conditions = [_condition(word.strip(), context, known_fields) for word in words if word.strip()]
    asked = {condition.key for condition in conditions}
    statuses = None if asked & _KEYS_OF_CLOSED_DEALS else default_statuses
    if "status" in asked:
        chosen = frozenset(status for status in STATUSES if _status_fits(status, conditions))
        statuses = None if len(chosen) == len(STATUSES) else chosen
    return Filter(tuple(conditions), statuses)


def view_named(word: str, views: Mapping[str, ListView]) -> str | None:
    """The name of the view that `@hot` is; None for another word. Raises UsageError for a view that there is not."""
    found = re.fullmatch(_VIEW, word.strip())
    if found is None:
        return None
    for name in views:
        if name == found["name"] or normalise(name) == normalise(found["name"]):
            return name
    refusal = unknown_word("view", word.strip(), [f"@{name}" for name in views])
    raise UsageError(f"{refusal} `views:` in pipeline.yaml names them.")


_VIEW = r"@(?P<name>\w[\w-]*)"
"""`@acme.example` is no view: it is looked for."""


def expand_views(words: Sequence[str], views: Mapping[str, ListView]) -> list[str]:
    """With the words of the views in place of their names. Raises UsageError for a view that there is not."""
    found = list[str]()
    for word in words:
        name = view_named(word, views)
        found += [word] if name is None else views[name].filter
    return found


def _status_fits(status: str, conditions: Iterable[Condition]) -> bool:
    return all(condition.test({"status": status}) for condition in conditions if condition.key == "status")


def _condition(word: str, context: FilterContext, known_fields: Collection[str]) -> Condition:

    form = re.fullmatch(_CONDITION, word, re.DOTALL)
    if form is None or not form["key"].strip():
        return Condition(None, "", word, _word_test(word))
    operator = form["operator"].replace("==", "=")
    key, is_field = _key(form["key"].strip(), known_fields)
    if operator not in {"=", "!="} and not form["value"]:
        raise UsageError(
            f"{quoted(word)} compares with nothing: put a value after {operator}, or use {key}= for missing."
        )
    test = condition_test(key, is_field, operator, form["value"], context)
    return Condition(key, operator, form["value"], test)


_OWN = "field."
"""Begins the key of a field that the record may not have yet, as a view names it."""


def _key(text: str, known_fields: Collection[str]) -> tuple[str, bool]:
    """The key's own name, and whether it is an extra field; keys of the program come first."""

    folded = normalise(text).replace("-", "_")
    if folded in KEYS or folded in _ALIASES:
        return _ALIASES.get(folded, folded), False
    if text.startswith(_OWN) and text != _OWN and text not in known_fields:
        own = text.removeprefix(_OWN)
        return next((field for field in known_fields if normalise(field) == normalise(own)), own), True
    for field in known_fields:
        if field == text or normalise(field) == normalise(text):
            return field, True
    raise unknown_word("filter", text, [*KEYS, *sorted(known_fields)])


def _word_test(word: str) -> Test:
    if word.startswith("ext:") and word != "ext:":
        return lambda row: row.get("external_id") == word.removeprefix("ext:").strip()
    wanted, number = normalise(word), word.removeprefix("#")

    def is_in(row: Row) -> bool:
        if str(row.get("id")) == number:
            return True
        return any(wanted in normalise(row.get(key) or "") for key in ("title", "organization", "contact"))

    return is_in


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
        """Those that a stage may belong to."""
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
    """Ids of the stages of that id or name. Raises UsageError when there is none."""
    found = {stage.id for stage in (each.find_stage(text) for each in context.pipelines) if stage}
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
    from pipeline_cli.domain.rules.scored_deal import FLAGS  # the rules of every flag, for their names alone

    return (_one_of("flag", text, FLAGS),)


def _yes_or_no(text: str, context: FilterContext) -> Collection[bool]:
    return (_one_of("answer", text, ("yes", "no")) == "yes",)


def _money(text: str, context: FilterContext) -> Collection[int]:
    """Minor units of the file's currency."""
    from pipeline_cli.domain.words.money import parse_money  # most lists are asked for without a filter

    amount = parse_money(text)
    if amount.rounded:
        raise UsageError(f"{quoted(text)} has more than two decimals: type two at most.")
    playbook = context.playbook
    return (playbook.in_home(amount.cents, amount.currency or playbook.currency),)


def _number(text: str, context: FilterContext) -> Collection[float]:
    if not re.fullmatch(_A_NUMBER, text, re.ASCII):
        raise UsageError(f"{quoted(text)} is not a number: type one such as 14 or 62.5.")
    return (float(text),)


def _days(text: str, context: FilterContext) -> Collection[float]:
    if text[-1].isdigit():
        return _number(text, context)
    from pipeline_cli.domain.words.dates import parse_days

    return (float(parse_days(text)),)


def _whole_number(text: str, context: FilterContext) -> Collection[float]:
    return _number(text.removeprefix("#"), context)


def _percent(text: str, context: FilterContext) -> Collection[float]:
    return _number(text.removesuffix("%").strip(), context)


def _day(text: str, context: FilterContext) -> Collection[date]:
    from pipeline_cli.domain.words.dates import parse_date

    return (parse_date(text, context.today),)


def _day_of(cell: date, context: FilterContext) -> Collection[date]:
    return (cell.astimezone(context.zone).date(),) if isinstance(cell, datetime) else (cell,)


def _field_values(text: str, context: FilterContext) -> Collection[Any]:
    """An extra field is text, and its number or day too when it looks like one."""
    values: list[Any] = [normalise(str(text))]
    if re.fullmatch(_A_NUMBER, str(text).strip(), re.ASCII):
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
    "funnel": (
        "funnel",
        Kind(lambda cell, _: (cell,), lambda text, _: (_one_of("part of the funnel", text, FUNNELS),)),
    ),
    "idle_after_days": ("idle_after_days", _SPAN),
    "max_days": ("max_days", _SPAN),
    "wip_limit": ("wip_limit", _COUNT),
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
        Kind(lambda cell, _: [each.flag for each in cell], _flag),
    ),
    "tag": ("tags", Kind(lambda cell, _: [normalise(each) for each in cell], lambda text, _: (normalise(text),))),
}
"""Key -> the row's own key, and its kind."""


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
