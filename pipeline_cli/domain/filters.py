"""Filters of `list`, `export` and every bulk command: words and `key=value` conditions, all of which must hold."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from datetime import date, tzinfo
from typing import TYPE_CHECKING

from pipeline_cli.domain.errors import UsageError
from pipeline_cli.domain.names import normalise
from pipeline_cli.domain.phrases import quoted, unknown_word
from pipeline_cli.domain.playbook import STATUSES, Pipeline, Playbook
from pipeline_cli.domain.record import NamedTuple

if TYPE_CHECKING:
    from pipeline_cli.domain.filter_conditions import Test
    from pipeline_cli.domain.filter_kinds import FilterContext, Row

OPEN = frozenset({"open"})
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
    `key=` finds what is missing, `key!=` what is not; a comma means any of; what is missing is never more or less than
    anything. `pipeline` limits stage names, None: those of every one. `known_fields` are names of extra fields. `zone`
    is the one days are counted in. Without a `status` the default holds, but asking for `closed` or `lost_reason` asks
    for every status. Raises UsageError for an unknown key, stage, flag or status, naming the known ones.
    """
    if not any(word.strip() for word in words):
        return Filter((), default_statuses)
    from pipeline_cli.domain.filter_kinds import FilterContext  # how every kind of value is read: 3 ms

    context = FilterContext(playbook, pipeline, today, zone)
    conditions = [_condition(word.strip(), context, known_fields) for word in words if word.strip()]
    asked = {condition.key for condition in conditions}
    statuses = None if asked & _KEYS_OF_CLOSED_DEALS else default_statuses
    if "status" in asked:
        chosen = frozenset(status for status in STATUSES if _status_fits(status, conditions))
        statuses = None if len(chosen) == len(STATUSES) else chosen
    return Filter(tuple(conditions), statuses)


def _status_fits(status: str, conditions: Iterable[Condition]) -> bool:
    return all(condition.test({"status": status}) for condition in conditions if condition.key == "status")


def _condition(word: str, context: FilterContext, known_fields: Collection[str]) -> Condition:
    from pipeline_cli.domain.filter_conditions import condition_test

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


def _key(text: str, known_fields: Collection[str]) -> tuple[str, bool]:
    """The key's own name, and whether it is an extra field; keys of the program come first."""
    from pipeline_cli.domain.filter_kinds import KEYS

    folded = normalise(text).replace("-", "_")
    if folded in KEYS or folded in _ALIASES:
        return _ALIASES.get(folded, folded), False
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
