"""Changes in words, before and after: of fields and of touchpoints."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from pipeline_cli.domain.deal.deal import DealFacts, Touchpoint
from pipeline_cli.domain.deal.edits import FIELDS, MONEY, FieldChange, differing, fields_in_text, is_push, value_of
from pipeline_cli.domain.deal.labels import added_and_removed, links_of, tags_of
from pipeline_cli.domain.deal.touch_sense import AUTOMATIC
from pipeline_cli.domain.playbook import Playbook
from pipeline_cli.domain.words.clock import Clock
from pipeline_cli.output.numbers import calendar_day, have_cents, money
from pipeline_cli.output.report import Cents
from pipeline_cli.output.text import visible

_LABELS = {
    "expected_close": "close",
    "probability": "chance",
    "external_id": "external id",
    "from_deal_id": "from deal",
    "snoozed_until": "snoozed until",
}
_WITHOUT_ITS_OWN = {"probability": "as forecast has it", "category": "its stage's"}
"""What a deal has again without one of its own."""
_LONGEST = 200
"""Longer words, and those of several lines, are no part of a sentence."""


def changes_json(changes: Sequence[FieldChange]) -> list[dict[str, Any]]:
    """The key `changes` of `show`."""
    return [
        {
            "field": FIELDS.get(change.column, change.column),
            "before": machine_value(change.column, change.before),
            "after": machine_value(change.column, change.after),
            "at": change.at,
        }
        for change in changes
    ]


def machine_value(column: str, stored: Any) -> Any:
    """What a column held, for programs: amounts as amounts, days in ISO form, chances 0 to 1."""
    return Cents(stored) if column in MONEY and stored is not None else value_of(column, stored)


def timeline_of(
    changes: Sequence[FieldChange], value_cents: int | None, currency: str, playbook: Playbook, today: date
) -> list[tuple[datetime, str]]:
    """A sentence for each change, oldest first, of a deal that has this value now; an amount is said with its currency."""
    state = {"value_cents": value_cents, "currency": currency}
    pushes = sum(map(is_push, changes))
    lines: list[tuple[datetime, str]] = []
    for group in reversed(list(_at_once(changes))):
        worth = {one.column: one for one in group if one.column in state}
        if worth:
            after = {**state, **{column: one.after for column, one in worth.items()}}
            state |= {column: one.before for column, one in worth.items()}
            lines.append((group[0].at, describe_value(state, after)))
        for one in reversed(group):
            if one.column not in state:
                lines += [(one.at, text) for text in reversed(describe(one, pushes, playbook, today))]
            pushes -= is_push(one)
    return lines[::-1]


def edited_in_words(facts: DealFacts, changes: Mapping[str, Any], playbook: Playbook, clock: Clock) -> list[str]:
    """What new values for some columns of a deal make of it, in sentences; one that it has already is said to stay."""
    found = {name: _stored(name, value) for name, value in changes.items() if name != "currency"}
    lines = []
    for column, new in found.items():
        old = _stored(column, getattr(facts, column))
        if column == "value_cents":
            pairs = [
                {"value_cents": cents, "currency": currency}
                for cents, currency in ((old, facts.currency), (new, changes.get("currency", facts.currency)))
            ]
            lines.append(describe_value(*pairs) if pairs[0] != pairs[1] else "value as before")
            continue
        change = FieldChange(column, old, new, clock.now)
        pushes = facts.pushes + is_push(change)
        said = describe(change, pushes, playbook, clock.today, in_sentence=True)
        lines += said if old != new else [f"{_label(column)} as before"]
    return lines


def _stored(column: str, value: Any) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    return fields_in_text(dict(value)) if column == "fields" else value


def _at_once(changes: Sequence[FieldChange]) -> Iterator[list[FieldChange]]:
    """Changes of one instant together: an amount and its currency are one thing to people."""
    group: list[FieldChange] = []
    for change in changes:
        if group and (change.at != group[0].at or change.column in {other.column for other in group}):
            yield group
            group = []
        group.append(change)
    if group:
        yield group


def describe_value(before: dict[str, Any], after: dict[str, Any]) -> str:
    """`value 12,000 -> 9,000 EUR`, of two pairs of value and currency."""
    amounts = [one["value_cents"] for one in (before, after)]
    decimals = have_cents([cents for cents in amounts if cents is not None])
    old, new = (None if cents is None else money(cents, decimals=decimals) for cents in amounts)
    if old is None and new is None:
        return f"currency {before['currency']} -> {after['currency']}"
    if old is not None and new is not None and before["currency"] == after["currency"]:
        return f"value {old} -> {new} {after['currency']}"
    return _from_to("value", old and f"{old} {before['currency']}", new and f"{new} {after['currency']}")


def describe(
    change: FieldChange, pushes: int, playbook: Playbook, today: date, *, in_sentence: bool = False
) -> list[str]:
    """One phrase, or one for each field of the user's own; `pushes`: how often the close date was pushed by then.

    `in_sentence`: of words that are too long for one it is said only that they changed.
    """
    column, from_to = change.column, briefly if in_sentence else _from_to
    if column == "fields":
        before, after = value_of(column, change.before or "{}"), value_of(column, change.after or "{}")
        return [from_to(name, before.get(name), after.get(name)) for name in differing(before, after)]
    if column in _LISTS:
        return _listed(column, change)
    old, new = (None if one is None else _shown(column, one, playbook, today) for one in (change.before, change.after))
    if column == "snooze_reason":
        return []  # a note beside it says so
    if column == "snoozed_until" and (old is None or new is None):
        return [f"snoozed until {new}" if old is None else f"woken, was snoozed until {old}"]
    if column == "snoozed_until" and change.after <= change.at.date().isoformat():
        return [f"woken, was snoozed until {old}"]
    new = _WITHOUT_ITS_OWN.get(column) if new is None else new
    return [from_to(_label(column), old, new) + (_pushed(pushes) if is_push(change) else "")]


_LISTS = {"tags": ("tag", tags_of), "links": ("link", links_of)}
_MOST_NAMED = 5


def _listed(column: str, change: FieldChange) -> list[str]:
    """`tag vip added, tag event removed`; of many, how many."""
    what, taken_apart = _LISTS[column]
    said = []
    both = added_and_removed(taken_apart(change.before), taken_apart(change.after))
    for done, some in zip(("added", "removed"), both, strict=True):
        if len(some) > _MOST_NAMED:
            said.append(f"{len(some)} {what}s {done}")
        else:
            said += [f"{what} {visible(one)} {done}" for one in some]
    return said or [f"{what}s in another order"]


def _label(column: str) -> str:
    return _LABELS.get(column) or FIELDS.get(column, column).replace("_", " ")


def _from_to(label: str, old: str | None, new: str | None) -> str:
    if old is None:
        return f"{label} set to {new}"
    return f"{label} {old} removed" if new is None else f"{label} {old} -> {new}"


def briefly(label: str, old: str | None, new: str | None) -> str:
    """`outcome none -> busy` inside a sentence; of words too long for one, or of several lines, only that they changed."""
    is_short = all(len(one) <= _LONGEST and visible(one) == one for one in (old, new) if one is not None)
    return _from_to(label, old, new) if is_short else f"{label} changed"


def _shown(column: str, stored: Any, playbook: Playbook, today: date) -> str:
    if column in MONEY:
        return f"{money(stored)} {playbook.currency}"
    if column in ("expected_close", "snoozed_until"):
        return calendar_day(date.fromisoformat(stored), today)
    if column == "probability":
        return f"{round(stored * 100, 2):g}%"
    if column == "pipeline":
        known = playbook.pipeline(stored)
        return known.name if known else str(stored)
    return str(stored)


def _pushed(times: int) -> str:
    if times == 1:
        return ", pushed"
    ending = "th" if times % 100 in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(times % 10, "th")
    return f", pushed for the {times}{ending} time"


def describe_correction(before: Touchpoint, after: Touchpoint, playbook: Playbook, clock: Clock) -> list[str]:
    """What became another, one phrase each; nothing where it is so already."""
    pairs = [
        ("kind", playbook.kind_name(before.kind), playbook.kind_name(after.kind)),
        ("direction", before.direction, after.direction),
        ("time", _when(before, clock), _when(after, clock)),
        ("outcome", before.outcome, after.outcome),
        ("note", before.note, after.note),
    ]
    said = [briefly(label, old, new) for label, old, new in pairs if old != new]
    if before.sense != after.sense:
        said.append(f"{_sense(before)} -> {_sense(after)}")
    elif before.awaits_answer != after.awaits_answer:
        said.append(
            "their word waits for an answer" if after.awaits_answer else "nothing of theirs waits for an answer"
        )
    return said


def describe_touchpoint(touch: Touchpoint, playbook: Playbook, clock: Clock) -> str:
    """`call out of 2026-11-20 12:00, conversation: They like it`, as far as it fits a sentence."""
    what = " ".join(part for part in (playbook.kind_name(touch.kind), touch.direction) if part)
    text = ": ".join(part for part in (touch.outcome, touch.note) if part)
    fits = 0 < len(text) <= _LONGEST_VALUE and text.isprintable()
    return f"{what} of {_when(touch, clock)}, {_sense(touch)}" + (f": {text}" if fits else "")


_LONGEST_VALUE = 200


def _when(touch: Touchpoint, clock: Clock) -> str:
    return f"{touch.touched_at.astimezone(clock.zone):%Y-%m-%d %H:%M}"


def _sense(touch: Touchpoint) -> str:
    if touch.sense is None:
        neither = "waits for your answer" if touch.awaits_answer else "neither conversation nor attempt"
        return neither if touch.direction else "message of unknown direction"
    return "automatic reply" if touch.sense == AUTOMATIC else touch.sense
