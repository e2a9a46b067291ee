"""Every way a command can end other than well, each with its exit code.

    PipelineError                 1   a defect of the program
    ├── UsageError                2   a value that cannot be understood, or is not one of those allowed
    ├── SetupError                3   pipeline.yaml or the database is not usable
    │   ├── PlaybookError             all problems of pipeline.yaml at once
    │   └── DatabaseUnusable
    │       └── DatabaseDamaged       another copy has to take its place
    ├── NoSuchDeal                4   no such deal, or several
    ├── NoSuchContact             4   no such person, or several
    ├── RuleError                 5   what the record or a rule forbids
    │   ├── CriteriaMissing
    │   ├── NotAdvanced               of one line everything was saved but the move
    │   ├── BadRows                   a file whose rows cannot all be taken
    │   ├── Irreversible              what undo does not take back
    │   └── NeedsTerminal             a prompt without a terminal
    ├── NothingSaved              6   the database is busy or the disk is full: nothing was changed
    ├── SavedWithComplaint        7   saved, but the disk complained
    └── OutcomeUnknown            8   not known whether it was saved

A message says where (when a file is at fault), what, and what to do.
"""

from __future__ import annotations

from collections.abc import Sequence


class PipelineError(Exception):
    """Anything a command says instead of a traceback."""

    exit_code = 1


class UsageError(PipelineError):
    """A value that cannot be understood, or is not one of those allowed."""

    exit_code = 2


class SetupError(PipelineError):
    """pipeline.yaml or the database is not usable."""

    exit_code = 3


class PlaybookError(SetupError):
    """All problems of one pipeline.yaml, each `FILE:LINE:COLUMN: what: what to do`."""

    def __init__(self, problems: Sequence[str]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(self.problems))


class DatabaseUnusable(SetupError):
    """The database is missing, damaged, foreign or newer than this program."""


class DatabaseDamaged(DatabaseUnusable):
    """What lies there is no sound database: another copy has to take its place."""


class NoSuchDeal(PipelineError):
    """No deal of that name, or several."""

    exit_code = 4


class NoSuchContact(PipelineError):
    """No person of that name, or several."""

    exit_code = 4


class RuleError(PipelineError):
    """What the record or a rule forbids."""

    exit_code = 5


class CriteriaMissing(RuleError):
    """A deal may not leave its stage yet."""


class NotAdvanced(RuleError):
    """Of one line everything was saved but the move to the next stage."""

    def __init__(self, why: RuleError) -> None:
        super().__init__(f"Saved, but not advanced. {why}")


class BadRows(RuleError):
    """A file whose rows cannot all be taken; nothing of it was."""


class Irreversible(RuleError):
    """What undo does not take back, nor anything before it."""


class NeedsTerminal(RuleError):
    """A question that only a terminal could answer, with the flag that answers it instead."""


class NothingSaved(PipelineError):
    """The database is busy or the disk is full: nothing was changed."""

    exit_code = 6


class SavedWithComplaint(PipelineError):
    """The change is on disk, but the disk complained afterwards."""

    exit_code = 7


class OutcomeUnknown(PipelineError):
    """It is not known whether the change was saved."""

    exit_code = 8
