"""What a person decides about a prune plan: apply it, leave it, or keep single deals, some of them snoozed."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from datetime import date
from typing import NamedTuple

from pipeline_cli.domain.edits import Edit, SetFields

QUESTION = "Apply? [y]es, [n]o, or keep NUMBER …: "


class Decision(NamedTuple):
    apply: bool
    keep: frozenset[int] = frozenset()
    snooze: Mapping[int, date] = {}

    def snoozes(self) -> list[Edit]:
        return [SetFields(number, {"snoozed_until": day}) for number, day in self.snooze.items()]


def read_decision(ask: Callable[[str], str], candidates: Collection[int]) -> Decision:
    """Asks until the answer is yes or no; `keep 12 14` in between takes deals off the plan."""
    kept: set[int] = set()
    while True:
        word, *rest = ask(QUESTION).casefold().replace(",", " ").split() or [""]
        if word in ("y", "yes"):
            return Decision(True, frozenset(kept))
        if word in ("", "n", "no", "q"):
            return Decision(False)
        if word in ("k", "keep"):
            kept |= {int(one.removeprefix("#")) for one in rest if one.removeprefix("#").isdigit()} & set(candidates)
