"""`history`: the operations, newest first."""

from __future__ import annotations

from pipeline_cli.domain.words.text import counted
from pipeline_cli.output.report import ID, INSTANT, YES_NO, Column, Report
from pipeline_cli.storage.reader import Reader
from pipeline_cli.storage.record.operations import read_came_back, read_history
from pipeline_cli.workspace import Workspace

COLUMNS = (
    Column("operation", "#", ID, 0, "The number of the operation", value="id"),
    Column("at", "When", INSTANT, 1, "When it was done"),
    Column("command", "Command", priority=1, meaning="The command that did it"),
    Column("summary", "What", priority=0, meaning="What it did"),
    Column("undone", "Undone", YES_NO, 2, "Whether it was taken back"),
)


def history_report(workspace: Workspace, reader: Reader, deal_id: int | None, limit: int | None) -> Report:
    """The operations, newest first; of one deal when it is named."""
    return Report(
        name="history",
        as_of=reader.clock.today,
        pipeline=None,
        currency=workspace.playbook.currency,
        columns=COLUMNS,
        rows=read_history(reader, deal_id, limit),
        notes=_notes(reader) if deal_id is None else [],
        empty='Nothing has been done yet. `pipeline add "Acme: workshop" --value 12k` adds a deal.',
    )


def _notes(reader: Reader) -> list[str]:
    """How right prune has been."""
    pruned, came_back = read_came_back(reader)
    return [f"Of {counted(pruned, 'deal')} that prune closed, {came_back} came back."] if pruned else []
