"""What an import found wrong (problems, by line) and what it took by a stated rule (warnings, counted with lines)."""

from __future__ import annotations

from array import array
from collections.abc import Mapping, Sequence

from pipeline_cli.domain.errors import BadRows
from pipeline_cli.domain.record import NamedTuple


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
    """A row that is left out, as it stands in the file."""

    line: int
    cells: Sequence[str]
    problem: str


class UnknownWord(NamedTuple):
    """A word of the files that could be told what it means."""

    field: str
    text: str
    known: tuple[str, ...]
    """What it may mean."""
    rows: int


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
        self._cautions: dict[str, dict[str, array[int]]] = {}
        """Code -> file -> lines."""
        self._messages: dict[str, str] = {}
        self._many: dict[str, tuple[str, int]] = {}
        self._unknown: dict[tuple[str, str], tuple[tuple[str, ...], int]] = {}
        self.open_forms: set[str] = set()
        """`date_order`, `decimal`: where a column leaves it open."""
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

    def note_unknown(self, field: str, text: str, known: Sequence[str]) -> None:
        """Records a word whose meaning could be asked for."""
        if self.is_open:
            words, rows = self._unknown.get((field, text)) or (tuple(known), 0)
            self._unknown[field, text] = (words, rows + 1)

    @property
    def unknown_words(self) -> list[UnknownWord]:
        """In the order in which they were met."""
        return [UnknownWord(field, text, known, rows) for (field, text), (known, rows) in self._unknown.items()]

    def leave_out(self, file: str, line: int, cells: Sequence[str], problem: str) -> None:
        """Records a row that is fine itself, and goes with one that was refused."""
        self.rejected.setdefault(file, {})[line] = RejectedRow(line, tuple(cells), problem)

    def has_refused(self, file: str, line: int) -> bool:
        """Whether that line is left out."""
        return line in self.rejected.get(file, ())

    def warn(self, code: str, message: str, line: int, file: str = "") -> None:
        """With the file of the row: it is no warning when the row turns out to be bad, and is left out."""
        if self.is_open:
            self._messages[code] = message
            self._cautions.setdefault(code, {}).setdefault(file, array("I")).append(line)

    def warn_of_many(self, code: str, message: str, count: int) -> None:
        """A warning whose lines are not kept."""
        self._many[code] = (message, self._many.get(code, (message, 0))[1] + count)

    @property
    def cautions(self) -> list[Caution]:
        """What was taken by a stated rule, each rule once with its count."""
        of_many = [Caution(code, count, message, ()) for code, (message, count) in self._many.items()]
        taken = [
            Caution(code, len(lines), self._messages[code], lines)
            for code, by_file in self._cautions.items()
            if (lines := self._taken(by_file))
        ]
        return of_many + taken

    def _taken(self, by_file: Mapping[str, array[int]]) -> array[int]:
        """The lines whose rows are not left out."""
        found = array("I")
        for file, lines in by_file.items():
            refused = self.rejected.get(file)
            found.extend(line for line in lines if line not in refused) if refused else found.extend(lines)
        return found
