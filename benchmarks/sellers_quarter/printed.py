"""Commands that the program prints to be typed: found in what it said, and typed on a copy."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

from benchmarks.sellers_quarter.program import Program, Said
from benchmarks.sellers_quarter.tally import Tally
from benchmarks.sellers_quarter.truth import Deal

_QUOTED = re.compile(r"`(pipeline [^`]+)`")
_ALONE = re.compile(r"^[ \t]+(pipeline [^\n]+)$", re.MULTILINE)
_AFTER_COLON = re.compile(r"(?:: )(pipeline [a-z][^\n`]*)$", re.MULTILINE)
_TO_FILL_IN = re.compile(r"\b(FILE|NAME|DEAL|DATE|TEXT|FOLDER|NUMBER|REASON|STAGE|CONTACT|ADDRESS|ITEM)\b|…|\.\.\.")
_ASKS = frozenset(("qualify", "undo", "redo", "restore", "contact", "add", "edit", "init", "split"))
"""What may end with 5, because a person has to answer: it must name the flag that answers."""
_READS = frozenset(
    (
        "today",
        "list",
        "show",
        "board",
        "health",
        "funnel",
        "forecast",
        "review",
        "history",
        "prune",
        "check",
        "help",
        "sources",
        "cohorts",
        "backtest",
        "export",
        "config",
        "undo",
        "redo",
        "backup",
    )
)
"""What leaves the reason standing, because a person is to read first; or takes back what was done just now."""

_LONGEST_CHAIN = 8


class Rest(NamedTuple):
    """What still says the same after a command was typed, and what it prints now."""

    words: str
    line: str | None


StillThere = Callable[[Program, datetime, Path], Rest | None]
"""Looks on the copy; None: the reason is gone."""


def commands_in(said: Said) -> Iterator[str]:
    """Each once, in the order they were printed; those with words to fill in left out."""
    found: dict[str, None] = {}
    text = f"{said.out}\n{said.err}"
    for pattern in (_QUOTED, _ALONE, _AFTER_COLON):
        found |= dict.fromkeys(match[1].strip() for match in pattern.finditer(text))
    if said.out.startswith("{"):
        found |= dict.fromkeys(_in_json(said.json))
    yield from (line for line in found if not _TO_FILL_IN.search(line))


def _in_json(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for key, one in value.items():
            if key in ("command", "fix") and isinstance(one, str):
                yield whole(one)
            else:
                yield from _in_json(one)
    elif isinstance(value, list):
        for one in value:
            yield from _in_json(one)


def whole(line: str) -> str:
    """With the name of the program, which JSON leaves out here and there."""
    return f"pipeline {line.removeprefix('pipeline ')}"


def verb_of(line: str) -> str:
    words = line.split()
    return words[1] if len(words) > 1 else ""


class PrintedCommands:
    """Types each on a copy, once for every state of the deal it names."""

    def __init__(
        self, program: Program, tally: Tally, state_of: Callable[[str], object], deal_in: Callable[[str], Deal | None]
    ) -> None:
        self._program, self._tally, self._state_of, self._deal_in = program, tally, state_of, deal_in
        self._tried: set[tuple[str, object]] = set()

    def try_all(self, said: Said, now: datetime) -> None:
        """What a command printed."""
        for line in commands_in(said):
            self.try_one(line, said.line, now)

    def try_one(self, line: str, printed_by: str, now: datetime, still_there: StillThere | None = None) -> None:
        key = (line, self._state_of(line))
        if key in self._tried:
            return
        self._tried.add(key)
        self._tally.look("printed commands typed")
        with self._program.copy() as folder:
            self._follow(line, printed_by, now, folder, still_there)

    def _follow(self, line: str, printed_by: str, now: datetime, folder: Path, still_there: StillThere | None) -> None:
        """Types it; where its reason stands and another command is printed by now, that one too, until it is gone."""
        typed: list[str] = []
        while True:
            said = self._program.try_line(line, now, folder)
            typed.append(line)
            if not _worked(said, line):
                wrong = f"typed, it ended with {said.code}: {said.first_line}"
                self._miss("printed_fails", "; ".join(typed), printed_by, now, wrong)
            if said.code or still_there is None or verb_of(line) in _READS:
                return
            self._tally.look("reasons looked at again")
            rest = still_there(self._program, now, folder)
            if rest is None:
                return
            if rest.line is None or rest.line in typed or len(typed) == _LONGEST_CHAIN:
                self._miss("printed_idle", "; ".join(typed), printed_by, now, f"typed, it is still said: {rest.words}")
                return
            line = rest.line

    def try_checklist(self, refusal: Said, now: datetime) -> None:
        """A refused `advance`: every command of the checklist, one after the other, and then the one it ends with."""
        lines = [line for line in commands_in(refusal) if verb_of(line) != "advance"]
        then = re.search(r"^Then: (pipeline [^\n]+)$", refusal.err, re.MULTILINE)
        if then is None:
            return self.try_all(refusal, now)
        self._tally.look("checklists typed")
        with self._program.copy() as folder:
            for line in [*lines, then[1]]:
                said = self._program.try_line(line, now, folder)
                if not _worked(said, line):
                    wrong = f"typed after those before it, it ended with {said.code}: {said.first_line}"
                    self._miss("printed_fails", line, refusal.line, now, wrong)
        return None

    def _miss(self, goal: str, line: str, printed_by: str, now: datetime, truth: str) -> None:
        self._tally.miss(goal, self._deal_in(line), now.date(), printed_by, line, truth)


def _worked(said: Said, line: str) -> bool:
    return said.code == 0 or (said.code == 5 and verb_of(line) in _ASKS and "--" in said.err)
