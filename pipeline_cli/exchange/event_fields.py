"""What has happened, in any file: the deal it happened to, when it was, and that it cannot be later than today."""

from __future__ import annotations

from collections.abc import Callable

from pipeline_cli.domain.words.clock import Clock
from pipeline_cli.domain.words.text import quoted
from pipeline_cli.exchange.forms import DateReader
from pipeline_cli.exchange.reading import Row
from pipeline_cli.exchange.sheet import Sheet


def find_deal(sheet: Sheet, row: Row, find: Callable[[str], int | None]) -> int | None:
    """The deal a row of moves or touchpoints names, which must be among the deals of the same import."""
    text = sheet.text(row.cells, "deal")
    deal = None if text is None else find(text)
    if deal is None:
        what = "no deal is named" if text is None else f"there is no deal {quoted(text)} in the file of deals"
        sheet.refuse_value(row, "deal", text or "", f"{what}: give its external id.")
    return deal


def refuse_future(sheet: Sheet, row: Row, field: str, clock: Clock) -> None:
    """Refuses a row whose instant in that field is known to be later than today."""
    text = sheet.text(row.cells, field) or ""
    sheet.refuse(row, field, f"{quoted(text)} is later than today, {clock.today}: it cannot have happened yet.")


def happened_at(sheet: Sheet, reader: DateReader, row: Row, field: str) -> int | None:
    """When it happened, in milliseconds; a row that does not say so, or not readably, is refused."""
    milliseconds = sheet.milliseconds(reader, row, field)
    if milliseconds is None and not sheet.ledger.has_refused(sheet.table.file, row.line):
        sheet.refuse(row, field, "no date: say when it happened.")
    return milliseconds
