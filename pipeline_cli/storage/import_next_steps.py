"""The next steps of an import."""

from __future__ import annotations

from pipeline_cli.domain.clock import Clock, to_text
from pipeline_cli.storage.import_deals import NEW, Batch, DealIntake
from pipeline_cli.storage.journal import Journal, next_id


class NextStepIntake:
    """The next steps of the new deals; of the others `DealIntake` changes what changed."""

    def __init__(self, journal: Journal, clock: Clock) -> None:
        self._journal = journal
        self._now = to_text(clock.now)
        self._first = next_id(journal.connection, "next_steps")

    def take(self, batch: Batch, intake: DealIntake) -> None:
        rows = [
            (intake.ids[position], deal.next_step, deal.next_step_due.isoformat(), self._now)
            for position, deal, _ in batch
            if intake.states[position] == NEW and deal.next_step is not None and deal.next_step_due is not None
        ]
        self._journal.add_rows("next_steps", ("deal_id", "text", "due", "set_at"), rows)

    def finish(self) -> None:
        """When the last batch was taken."""
        self._journal.remember_run("next_steps", self._first)
