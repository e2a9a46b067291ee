"""What was found, by goal, with the commands that led to it, and the table that is printed."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from benchmarks.sellers_quarter.truth import Deal

GOALS: Mapping[str, tuple[str, int | None]] = {
    "live_pruned": ("live deals that prune proposed or closed", 0),
    "untrue_reasons": ("reasons of prune that say something untrue", 0),
    "false_unanswered": ("false `unanswered` flags", 0),
    "unanswered_missed": ("`unanswered` flags missed", 0),
    "wrong_evidence": ("criteria met by wrong evidence", 0),
    "evidence_missed": ("criteria not met in spite of evidence", 0),
    "wrong_senses": ("touchpoints taken for something they were not", 0),
    "captured_wrong": ("captured touchpoints that never were", 0),
    "captured_missed": ("touchpoints that the record lacks", 0),
    "printed_fails": ("printed commands that fail", 0),
    "printed_idle": ("printed commands that leave their reason standing", 0),
    "untrue_rows": ("rows of `today` that say something untrue", 0),
    "silent_rows": ("things due that `today` is silent about", 0),
    "last_chances": ("last chances wrongly kept running, or closed", 0),
    "drafts": ("drafts to somebody spoken with since, or who waits for an answer", 0),
    "typed_fails": ("commands of the seller that failed", 0),
    "unread": ("words this benchmark cannot judge", 0),
    "dead_missed": ("dead deals that prune missed", None),
    "untold": ("deals proposed although alive, which nobody told the program", None),
    "kept_again": ("deals proposed again, which the seller had kept the week before", None),
    "owed": ("drafts to somebody whom a promise is owed", None),
}
"""Key -> what it is, and how many there may be; None: it is measured and that is all."""

_SHOWN_BEFORE = 6


class Miss(NamedTuple):
    goal: str
    deal: str
    day: str
    command: str
    said: str
    truth: str
    before: tuple[str, ...]
    """What was typed about the deal until then, the oldest first."""

    def in_words(self) -> str:
        before = "".join(f"    {line}\n" for line in self.before[-_SHOWN_BEFORE:])
        return f"{self.day} {self.deal}\n{before}    $ {self.command}\n    said: {self.said}\n    true: {self.truth}"


@dataclass
class Tally:
    misses: list[Miss] = field(default_factory=list)
    checked: dict[str, int] = field(default_factory=dict)
    """How often something was judged, so that nothing found is not nothing looked at."""

    def look(self, what: str, times: int = 1) -> None:
        self.checked[what] = self.checked.get(what, 0) + times

    def miss(self, goal: str, deal: Deal | None, day: object, command: str, said: object, truth: str) -> None:
        name, before = ("", ()) if deal is None else (deal.name, tuple(deal.history))
        one = Miss(goal, name, str(day), command, str(said).strip(), truth, before)
        if one not in self.misses:
            self.misses.append(one)

    def found(self, goal: str) -> list[Miss]:
        return [one for one in self.misses if one.goal == goal]

    def groups(self, goal: str) -> list[list[Miss]]:
        """The same thing said of the same deal on several days stands together."""
        found: dict[tuple[str, str], list[Miss]] = {}
        for one in self.found(goal):
            found.setdefault((one.deal, re.sub(r"\d+", "#", one.said)), []).append(one)
        return [*found.values()]

    @property
    def missed(self) -> list[str]:
        """The goals that were not kept."""
        return [key for key, (_, limit) in GOALS.items() if limit is not None and len(self.found(key)) > limit]

    def table(self) -> str:
        lines = []
        for key, (what, limit) in GOALS.items():
            number = len(self.found(key))
            verdict = "" if limit is None else f"{limit:>5}  {'kept' if number <= limit else 'MISSED'}"
            lines.append(f"  {what:<66} {number:>5} {verdict}".rstrip())
        looked = ", ".join(f"{times:,} {what}" for what, times in self.checked.items())
        return "\n".join([f"  {'':<66} found  goal", *lines, f"Judged: {looked}."])
