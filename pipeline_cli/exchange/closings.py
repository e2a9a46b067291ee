"""When a deal was closed, of the several columns that may say so, and what becomes of a closing that cannot be."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, tzinfo

from pipeline_cli.domain.playbook import OUTCOMES
from pipeline_cli.domain.record import NamedTuple
from pipeline_cli.exchange.date_forms import from_milliseconds
from pipeline_cli.exchange.deal_rows import DealRow
from pipeline_cli.exchange.histories import Step
from pipeline_cli.exchange.outcomes import OPEN
from pipeline_cli.exchange.sheet import Sheet, says_yes

_DAY = 86_400_000


class Today(NamedTuple):
    """The clock in milliseconds."""

    now: int
    end: int
    """The first instant of tomorrow."""
    zone: tzinfo

    def day(self, instant: int) -> date:
        return from_milliseconds(instant).astimezone(self.zone).date()


class Closing(NamedTuple):
    at: int | None
    """Milliseconds in UTC; None: the deal is open."""
    is_inferred: bool
    expected: date | None
    """A close date that is no closing: the day the deal is expected to close."""


def weigh_closing(
    sheet: Sheet, said: DealRow, status: str, steps: Sequence[Step], today: Today, last_touch: int
) -> Closing:
    """The closing by the moves, else by the closing columns of that outcome, else by the close date, else inferred."""
    instants = said.instants
    close_date = instants.get("close_date")
    close_day = None if close_date is None else today.day(close_date)
    if status == OPEN:
        _keep_dates_of_open_deal(sheet, said)
        return Closing(None, is_inferred=False, expected=close_day)
    named = "won_at" if status == "won" else "lost_at"
    told = instants.get("closed_at", instants.get(named, close_date))
    is_ahead = told is not None and told >= today.end
    if steps and steps[-1].to_stage in OUTCOMES:
        at = steps[-1].moved_at
        if told is not None and abs(told - at) > _DAY:
            sheet.note(said.row, "closing_differs")
        return Closing(at, is_inferred=False, expected=None)
    if told is None or is_ahead:
        last_known = max([*(step.moved_at for step in steps[-1:]), last_touch, *_known(said, today.end)], default=-1)
        sheet.note(said.row, "closed_ahead" if is_ahead else "closed_without_date")
        return Closing(last_known if last_known >= 0 else today.now, is_inferred=True,
                       expected=close_day if is_ahead else None)  # fmt: skip
    created = instants.get("created_at", told)
    if told < created and today.day(told) == today.day(created):
        told = created  # a day alone begins at midnight, before anything that day has a time for
    if steps:
        told = max(told, steps[-1].moved_at)
    return Closing(told, says_yes(said.texts.get("closed_inferred")), expected=None)


def _known(said: DealRow, end: int) -> list[int]:
    """What is known to have happened to the deal, by its own row."""
    fields = ("created_at", "last_activity", "stage_changed_at")
    return [said.instants[field] for field in fields if field in said.instants and said.instants[field] < end]


def _keep_dates_of_open_deal(sheet: Sheet, said: DealRow) -> None:
    for field in ("closed_at", "won_at", "lost_at"):
        if field in said.instants:
            sheet.note(said.row, "open_with_closing_date")
            sheet.keep_as_extra(said.row, field, said.fields)
