"""One command's change: what is read and written inside its transaction, as one operation."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline_cli.domain.deal.edits import Edit
from pipeline_cli.domain.words.clock import Clock, to_text
from pipeline_cli.storage.as_of import Connection
from pipeline_cli.storage.journal import Journal
from pipeline_cli.storage.reader import Reader

if TYPE_CHECKING:
    from pipeline_cli.domain.rules.last_chance import EndedLastChance


class Change(Reader):
    """Reads inside the write transaction, and writes; nothing is kept until the command has ended well."""

    def __init__(self, connection: Connection, clock: Clock, command: str) -> None:
        super().__init__(connection, clock)
        self.command = command
        self.public_id: str | None = None
        self.state = "done"
        self.before_first_write: Callable[[Change], Path | None] | None = None
        self._journal: Journal | None = None

    def begin_operation(self, summary: str) -> Journal:
        """Opens the operation that `history` lists; a new one ends what could be redone."""
        self.public_id = os.urandom(8).hex()
        self.back_up()
        self.connection.execute("UPDATE operations SET state = 'discarded' WHERE state = 'undone'")
        cursor = self.connection.execute(
            "INSERT INTO operations (public_id, at, command, summary) VALUES (?, ?, ?, ?)",
            (self.public_id, to_text(self.clock.now), self.command, summary),
        )
        self._journal = Journal(self.connection, int(cursor.lastrowid or 0))
        return self._journal

    def back_up(self) -> Path | None:
        """Makes the backup that the command comes with, before the first write; None: it comes with none."""
        return None if self.before_first_write is None else self.before_first_write(self)

    def apply(self, edits: Sequence[Edit], summary: str) -> list[int]:
        """Does all the edits as one operation and returns the ids of the deals they concern, in their order."""
        from pipeline_cli.storage.record.apply import apply_edit

        if self._journal is None:
            self.begin_operation(summary)
        assert self._journal is not None  # noqa: S101 - for the type checker
        return [apply_edit(self._journal, self.clock, edit) for edit in edits]

    def name_operation(self, summary: str) -> None:
        """Says in the operation that was begun what it came to."""
        self.connection.execute("UPDATE operations SET summary = ? WHERE public_id = ?", (summary, self.public_id))

    def add_to_summary(self, more: str) -> None:
        """Says in the operation that was begun what came of it besides."""
        self.connection.execute(
            "UPDATE operations SET summary = summary || ? WHERE public_id = ?", (more, self.public_id)
        )

    @property
    def ended_last_chances(self) -> list[EndedLastChance]:
        """Those that a sign of life ended in this operation."""
        return [] if self._journal is None or self.public_id is None else self._journal.ended

    @property
    def journal(self) -> Journal:
        """That of the operation; `begin_operation` comes first."""
        assert self._journal is not None  # noqa: S101 - an order that the code of a command keeps
        return self._journal

    def discard(self) -> None:
        """Has the transaction rolled back at its end though all went well: it came to nothing."""
        self.public_id = None

    def keep(self, public_id: str, state: str) -> None:
        """Has the transaction committed though no new operation was begun: an older one was undone or redone."""
        self.public_id, self.state = public_id, state
