"""What a person decides about a prune plan: apply it, leave it, or keep single deals, some of them snoozed."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import date

from pipeline_cli.domain.dates import parse_date
from pipeline_cli.domain.edits import Edit, SetFields
from pipeline_cli.domain.errors import UsageError
from pipeline_cli.domain.record import NamedTuple

QUESTION = "Apply? [y]es, [n]o, or keep NUMBER … [until DATE]: "
_CHOICES = "Type y, n, keep 12 14, or keep 12 until 2w, which also snoozes it."


class Decision(NamedTuple):
    apply: bool
    keep: frozenset[int] = frozenset()
    snooze: Mapping[int, date] = {}

    def snoozes(self) -> list[Edit]:
        return [SetFields(number, {"snoozed_until": day, "snooze_reason": None}) for number, day in self.snooze.items()]


def read_decision(
    ask: Callable[[str], str], say: Callable[[str], None], candidates: Collection[int], today: date
) -> Decision:
    """Asks until the answer is yes or no; `keep 12 14 until 2w` in between takes deals off the plan."""
    kept: set[int] = set()
    snoozed: dict[int, date] = {}
    while True:
        word, *rest = ask(QUESTION).casefold().replace(",", " ").split() or [""]
        if word in ("y", "yes"):
            return Decision(True, frozenset(kept), snoozed)
        if word in ("", "n", "no", "q"):
            return Decision(False)
        try:
            numbers, until = _read_keep(word, rest, candidates, today)
        except UsageError as error:
            say(str(error))
            continue
        kept |= numbers
        snoozed |= {} if until is None else dict.fromkeys(sorted(numbers), until)
        say(f"Kept: {', '.join(map(str, sorted(kept)))}." + (f" Silent until {until}." if until else ""))


def _read_keep(
    word: str, rest: Sequence[str], candidates: Collection[int], today: date
) -> tuple[set[int], date | None]:
    """The deals named and the day they sleep until. Raises UsageError."""
    if word not in ("k", "keep") or not rest:
        raise UsageError(_CHOICES)
    at = rest.index("until") if "until" in rest else len(rest)
    names = [name.removeprefix("#") for name in rest[:at]]
    for name in names:
        if name not in {str(number) for number in candidates}:
            raise UsageError(f"{name} is no number of the plan. {_CHOICES}")
    if not names:
        raise UsageError(_CHOICES)
    until = parse_date(" ".join(rest[at + 1 :]), today) if at < len(rest) else None
    if until is not None and until <= today:
        raise UsageError(f"{until} is no later day: today is {today}. {_CHOICES}")
    return {int(name) for name in names}, until
