"""Commands that the program prints to be typed: found in what it said, with the reason each was printed for."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from tests.conftest import Result
from tests.printed.record import Record

_PROGRAM = r"pipeline (?:--(?:config|db) \S+ )*"
_QUOTED = re.compile(rf"`({_PROGRAM}[a-z][^`]*)`")
_ON_A_LINE = re.compile(rf"^(?:[^`\n]*(?:: |  )|[ \t]+|)({_PROGRAM}[a-z][^`\n]*)$", re.MULTILINE)
_PATTERN = frozenset(
    ("DEAL", "DATE", "FILE", "FOLDER", "INTO", "KIND", "NAME", "NEW", "NUMBER", "OLD", "STAGE", "TEXT")
)
LOOKING = frozenset(("board", "cohorts", "funnel", "health", "help", "history", "list", "show", "sources", "today"))
"""What these show is to be read by a person, who then decides."""
REPORTS = (
    "today",
    "review",
    "health --all-pipelines",
    "check",
    "forecast",
    "prune",
    "list",
    "board",
    "funnel",
    "sources",
    "history",
)
REASONS = ("today", "review", "health", "check", "forecast")
"""Reports that say why they print a command, so that it can be seen whether the reason goes."""


class Printed(NamedTuple):
    source: str
    """The report."""
    command: str
    reason: tuple[Any, ...] = ()
    """What must be gone or less once it was typed; nothing where that cannot be told."""

    @property
    def words(self) -> list[str]:
        """From the verb on."""
        return next(steps_of(self.command))

    @property
    def verb(self) -> str:
        return self.words[0]

    @property
    def deal(self) -> str:
        """The number it is about; else the verb."""
        return next((word for word in self.words if word.isdigit()), self.verb)

    @property
    def form(self) -> tuple[str, ...]:
        """Commands of one form for reasons of one kind are alike."""
        kind = [re.sub(r"[\d,.]+.*", "", str(part)).partition(":")[0] for part in self.reason]
        return self.source, re.sub(r'"[^"]*"|\d+', "_", self.command), *kind

    def __str__(self) -> str:
        return f"{self.source} printed {self.command}" + (f" because of {self.reason}" if self.reason else "")


def commands_in(text: str) -> list[str]:
    """Each once, in the order they stand in a text for people; patterns with words to fill in are left out."""
    return [one for one in _all_in(text) if not is_pattern(one)]


def patterns_in(text: str) -> list[str]:
    """Those with words to fill in, in capitals."""
    return [one for one in _all_in(text) if is_pattern(one)]


def _all_in(text: str) -> Iterable[str]:
    found = [*_QUOTED.findall(text), *(_without_full_stop(line) for line in _ON_A_LINE.findall(text))]
    return dict.fromkeys(found)


def _without_full_stop(line: str) -> str:
    return line if line.endswith("...") else line.rstrip(". ")


def is_pattern(command: str) -> bool:
    words = shlex.split(command) if command.count('"') % 2 == 0 else command.split()
    return any(part in _PATTERN or "…" in part for word in words for part in word.split("="))


def steps_of(command: str) -> Iterator[list[str]]:
    """The words of each command that `&&` joins, from the verb on."""
    step: list[str] = []
    for word in [*shlex.split(command), "&&"]:
        if word != "&&":
            step.append(word)
            continue
        step = step[1:]
        while step[0].startswith("--"):
            step = step[2:]
        yield step
        step = []


def worked(words: list[str], result: Result) -> bool:
    """0; or 5, where a person has to answer and there is no terminal, naming what answers."""
    wants_a_person = result.code == 5 and "terminal" in result.err and ("--" in result.err or words[0] == "config")
    return result.code == 0 or wants_a_person or (words == ["check"] and result.code == 5)


def printed_by(record: Record, reports: tuple[str, ...] = REPORTS, *, pages: bool = True) -> list[Printed]:
    """Everything that the reports print; those with a reason first, and then what stands on the pages for people alone."""
    found: dict[str, Printed] = {}
    for report in reports:
        if report.split()[0] in REASONS:
            for one in _with_reason(report, record):
                found.setdefault(f"{one.command} {one.reason[:1]}", one)
    reasoned = {one.command for one in found.values()}
    for report in reports if pages else ():
        said = record.type(*report.split())
        for command in commands_in(f"{said.out}\n{said.err}"):
            if command not in reasoned:
                found.setdefault(command, Printed(report, command))
    return list(found.values())


def _with_reason(report: str, record: Record) -> Iterator[Printed]:
    name = report.split(maxsplit=1)[0]
    if name == "forecast":
        found = _of_forecast(record.type("forecast").out)
    else:
        read = {"today": _of_today, "review": _of_review, "health": _of_health, "check": _of_check}[name]
        found = read(record.read(report))
    for command, reason in found:
        yield Printed(report, command, reason)


def _of_today(said: dict[str, Any]) -> Iterator[tuple[str, tuple[Any, ...]]]:
    for row in said["rows"]:
        yield row["command"], ("row", row["id"], row["why"])


def _of_review(said: dict[str, Any]) -> Iterator[tuple[str, tuple[Any, ...]]]:
    for one in said["decisions"]:
        yield one["command"], ("decision", one["id"], one["code"], one["command"])
    for one in said["matters"]:
        yield one["command"], ("matter", one["code"], one["command"])


def _of_health(said: dict[str, Any]) -> Iterator[tuple[str, tuple[Any, ...]]]:
    for one in said["findings"]:
        for command in commands_in(one["advice"]):
            yield command, ("finding", one["code"], one["stage"], one["pipeline"])


def _of_check(said: dict[str, Any]) -> Iterator[tuple[str, tuple[Any, ...]]]:
    for row in said["rows"]:
        for command in commands_in(row["fix"] or ""):
            yield command, ("fault", row["code"], row["deal"])


_ASIDE = {
    "Close date in the past": "past_close_date",
    "No close date": "no_close_date",
    "No value": "no_value",
    "Category omitted": "omitted",
    "Close date very far": "far_close_date",
}


def _of_forecast(page: str) -> Iterator[tuple[str, tuple[Any, ...]]]:
    for line in page.splitlines():
        for what, key in _ASIDE.items():
            if line.startswith(what):
                for command in commands_in(line):
                    yield command, ("aside", key)


def how_much_is_left(reason: tuple[Any, ...], said: dict[str, Any]) -> float:
    """Of a reason, in what its report says now."""
    kind, *what = reason
    if kind == "row":
        return sum([row["id"], row["why"]] == what for row in said["rows"])
    if kind == "decision":
        return sum([one["id"], one["code"], one["command"]] == what for one in said["decisions"])
    if kind == "matter":
        code, command = what
        return sum(one["deals"] for one in said["matters"] if (one["code"], one["command"]) == (code, command))
    if kind == "finding":
        mine = (one for one in said["findings"] if [one["code"], one["stage"], one["pipeline"]] == what)
        # a step that is overdue is worse than none: `done` leaves the next one to be planned
        return sum(max(1, one["deals"]) + one["evidence"].get("overdue", 0) for one in mine)
    if kind == "aside":
        return float(said["unscheduled"].get(*what, {}).get("deals", 0))
    rows = (row for row in said["rows"] if [row["code"], row["deal"]] == what)
    return sum(int(re.sub(r"\D.*", "", row["message"].replace(",", "")) or 1) for row in rows)
