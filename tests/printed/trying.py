"""Types what was printed, on copies, and says what did not work."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from tests.printed.printed import (
    LOOKING,
    REPORTS,
    Printed,
    commands_in,
    how_much_is_left,
    printed_by,
    steps_of,
    worked,
)
from tests.printed.record import Record


def try_reports(
    record: Record, alike: int = 2, reports: tuple[str, ...] = REPORTS, *, in_one_go: bool = False
) -> list[str]:
    """One sentence for each command of the reports that fails, or leaves its reason as it was.

    `alike`: how many commands of one form are typed for reasons of one kind; `in_one_go`: only those that may follow
    each other on one copy, of what machines read, which saves time where reports take long.
    """
    problems: list[str] = []
    batches = _batches(_some_of_each(printed_by(record, reports, pages=not in_one_go), alike))
    for batch in batches[:1] if in_one_go else batches:
        with record.copied() as copy:
            done = [(one, _try(copy, one.command)) for one in batch]
            problems += [f"{one}: {wrong}" for one, wrong in done if wrong]
            problems += [
                f"{one}: its reason is there as before"
                for one, wrong in done
                if not wrong and _remains(one, record, copy)
            ]
    return problems


def _some_of_each(found: Sequence[Printed], alike: int) -> Iterator[Printed]:
    seen: dict[tuple[str, ...], int] = {}
    for one in found:
        seen[one.form] = seen.get(one.form, 0) + 1
        if seen[one.form] <= alike:
            yield one


_FOR_ALL = frozenset(("check", "prune", "undo"))
"""They change more than one deal."""


def _batches(found: Iterable[Printed]) -> list[list[Printed]]:
    """So that on one copy no deal is decided on twice: what was printed speaks of the record as it is."""
    batches: list[list[Printed]] = [[]]
    alone = []
    for one in found:
        if one.verb in _FOR_ALL:
            alone.append([one])
            continue
        fit = (batch for batch in batches if not any(_meet(one, other) for other in batch))
        batch = next(fit, None)
        if batch is None:
            batches.append([one])
        else:
            batch.append(one)
    return [*batches, *alone]


def _meet(one: Printed, other: Printed) -> bool:
    """They are about one deal, or about groups that it goes from and to: with its value a deal lacks a close date alone."""
    return one.deal == other.deal or ("aside" in (one.reason or ())[:1] and "aside" in (other.reason or ())[:1])


def _remains(one: Printed, before: Record, after: Record) -> bool:
    """The reason is neither gone nor less."""
    if not one.reason or _only_looks(one):
        return False
    left, was = (how_much_is_left(one.reason, record.read(one.source)) for record in (after, before))
    if not left or left < was:
        return False
    if "stuck" not in one.reason:
        return True
    return bool(before.read("show", one.deal)["criteria"] == after.read("show", one.deal)["criteria"])


def _only_looks(one: Printed) -> bool:
    is_asked = one.verb == "qualify" and len(one.words) == 2
    return one.verb in LOOKING or is_asked or one.words[:2] == ["config", "edit"] or one.words == ["check"]


def _try(copy: Record, command: str) -> str | None:
    """What is wrong with it."""
    for words in steps_of(command):
        if words[0] == "check" and "--map" in words:
            copy.take_out(words[-1].partition("=")[0])  # as the sentence says that stands around it
        result = copy.type(*words, *(["--json"] if words[0] == "list" else []))
        if not worked(words, result):
            return f"ended with {result.code}, {result.err.splitlines()[0] if result.err else 'without a word'}"
        if words[0] == "prune" and not {"--yes", "--dry-run"} & set(words):
            copy.type(*words, "--yes")  # what a person would answer
        if words[0] == "list" and not result.rows:
            return "lists nothing"
    return None


def try_deals(record: Record, most: int = 8) -> list[str]:
    """Deals of every stage: what `show` and a refused `advance` print, one after the other, until it goes on."""
    problems: list[str] = []
    with record.copied() as copy:
        for number in _of_each_stage(record, most):
            for criterion in record.read("show", number)["criteria"]:
                if criterion["fix"]:
                    problems += _try_fix(copy, number, criterion["id"], criterion["fix"])
    with record.copied() as copy:
        for number in _of_each_stage(record, most):
            problems += _try_checklist(copy, number)
    return problems


def _of_each_stage(record: Record, most: int) -> list[str]:
    by_stage: dict[tuple[str, str], list[str]] = {}
    for row in record.read("list", "--all-pipelines")["rows"]:
        by_stage.setdefault((row["pipeline"], row["stage"]), []).append(str(row["id"]))
    in_turn = [ids[turn] for turn in range(most) for ids in by_stage.values() if turn < len(ids)]
    return in_turn[:most]


def _try_fix(copy: Record, number: str, criterion: str, fix: str) -> Iterator[str]:
    wrong = _try(copy, fix)
    if wrong:
        yield f"show {number} printed {fix}: {wrong}"
        return
    said = copy.type("show", number, "--json").json
    if not any(one["id"] == criterion and one["fix"] is None for one in said["criteria"]):
        yield f"show {number} printed {fix}: {criterion} is not met by it"


def _try_checklist(copy: Record, number: str) -> Iterator[str]:
    refused = copy.type("advance", number)
    if refused.code == 0:
        return
    commands = [one for one in commands_in(refused.err) if "--force" not in one]
    # in the last stage the win comes first, and closes the deal
    for command in sorted(commands, key=lambda one: one.split()[1] == "win"):
        wrong = _try(copy, command)
        if wrong:
            yield f"advance {number} printed {command}: {wrong}"
    if not commands:
        yield f"advance {number} is refused and prints nothing to type: {refused.err}"


def try_after(record: Record, *typed: Sequence[str]) -> list[str]:
    """What commands that change something, or are refused, print to be typed next."""
    problems: list[str] = []
    for words in typed:
        with record.copied() as copy:
            said = copy.type(*words)
            for command in commands_in(f"{said.out}\n{said.err}"):
                with copy.copied() as next_copy:
                    wrong = _try(next_copy, command)
                    if wrong:
                        problems.append(f"{' '.join(words)} printed {command}: {wrong}")
    return problems
