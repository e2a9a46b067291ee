"""What an import found wrong (problems, by line) and what it took by a stated rule (warnings, counted with lines)."""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from typing import NamedTuple

from pipeline_cli.domain.errors import BadRows


class Problem(NamedTuple):
    """A reason why a file cannot be imported as it is."""

    file: str
    line: int
    """The first line of the row in the file, the header being line 1."""
    column: str | None
    message: str

    def __str__(self) -> str:
        column = f"{self.column}: " if self.column else ""
        return f"{self.file}:{self.line}: {column}{self.message}"


class Caution(NamedTuple):
    """One kind of warning: how often, by which rule it was taken, and in which lines."""

    code: str
    count: int  # type: ignore[assignment]  # the word of the machine output; nobody counts in the tuple
    message: str
    lines: Sequence[int]


class RejectedRow(NamedTuple):
    line: int
    cells: Sequence[str]
    problem: str


class UnreadableFile(BadRows):
    """A file, or a column of one, that cannot be understood at all: no row of it can be taken."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(str(problem) for problem in problems))


class Ledger:
    """Collects the problems and warnings of one plan, and the rows that --skip-bad leaves out."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []
        self.rejected: dict[str, dict[int, RejectedRow]] = {}
        self._cautions: dict[str, tuple[str, array[int]]] = {}
        self._many: dict[str, tuple[str, int]] = {}
        self.is_open = True
        """False: the plan is made, and running over the rows again records nothing."""

    def refuse(self, problem: Problem, cells: Sequence[str]) -> None:
        """Records a bad row; a second problem of the same row is added to the first."""
        if not self.is_open:
            return
        self.problems.append(problem)
        rows = self.rejected.setdefault(problem.file, {})
        said = f"{problem.column}: {problem.message}" if problem.column else problem.message
        before = rows.get(problem.line)
        rows[problem.line] = RejectedRow(problem.line, tuple(cells), f"{before.problem}; {said}" if before else said)

    def has_refused(self, file: str, line: int) -> bool:
        return line in self.rejected.get(file, ())

    def warn(self, code: str, message: str, line: int) -> None:
        if self.is_open:
            self._cautions.setdefault(code, (message, array("I")))[1].append(line)

    def warn_of_many(self, code: str, message: str, count: int) -> None:
        """A warning whose lines are not kept."""
        self._many[code] = (message, self._many.get(code, (message, 0))[1] + count)

    @property
    def cautions(self) -> list[Caution]:
        of_many = [Caution(code, count, message, ()) for code, (message, count) in self._many.items()]
        return of_many + [
            Caution(code, len(lines), message, lines) for code, (message, lines) in self._cautions.items()
        ]
