"""What the sections of a review share: what is looked up to draw it, and figures then and now."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, tzinfo

from pipeline_cli.domain.clock import from_text
from pipeline_cli.domain.decisions import DEAD, Decision
from pipeline_cli.domain.kept_review import Review
from pipeline_cli.domain.record import NamedTuple
from pipeline_cli.output.numbers import calendar_day, money, number, percent, places_of_days, whole_money
from pipeline_cli.reports.review_choices import ToType
from pipeline_cli.storage.reviews import Name


class Page(NamedTuple):
    """A review and what is looked up to draw it."""

    review: Review
    earlier: Sequence[Review]
    names: Mapping[int, Name]
    pipelines: Mapping[str, str]
    """Id -> name."""
    stages: Mapping[tuple[str, str], str]
    """(pipeline, stage) -> name of the stage."""
    program: str
    zone: tzinfo
    most: int | None
    """Rows of each list; None: all."""
    to_type: ToType = ToType()

    @property
    def is_empty(self) -> bool:
        """There is no deal, and there was none."""
        totals = (self.review.then.totals, self.review.now.totals)
        some = sum(one.open_deals + one.won_deals + one.lost_deals + one.disqualified_deals for one in totals)
        return not some and not self.review.changes

    @property
    def dead(self) -> list[Decision]:
        """Those that one `prune` decides on: told together on a screen where they would bury all others."""
        dead = [one for one in self.review.decisions if one.code in DEAD]
        return dead if self.most is not None and len(dead) > self.most else []

    @property
    def prune(self) -> str:
        """The command that does."""
        asked = self.review.pipelines
        only = f" --pipeline {asked[0]}" if len(asked) == 1 < len(self.pipelines) else ""
        return f"`{self.program} prune{only}`"

    def title(self, deal_id: int) -> str:
        name = self.names.get(deal_id)
        return name.title if name else "(no longer in the record)"

    def pipeline(self, deal_id: int) -> str | None:
        """The name of the one it runs through."""
        name = self.names.get(deal_id)
        return self.pipelines.get(name.pipeline, name.pipeline) if name else None

    def shown(self, end: str | int | None, deal_id: int) -> str | None:
        """A stage of the deal's pipeline by its name, an amount with separators, a day as it is."""
        if isinstance(end, int):
            return money(end)
        name = self.names.get(deal_id)
        return self.stages.get((name.pipeline, end or ""), end) if name else end

    def stage(self, pipeline: str, stage: str) -> str:
        """Its name; of several pipelines with the name of its own in front."""
        name = self.stages.get((pipeline, stage), stage)
        return name if len(self.review.pipelines) == 1 else f"{self.pipelines.get(pipeline, pipeline)}: {name}"

    def silent_since(self, last_touch: str | None) -> str:
        if last_touch is None:
            return "never touched"
        return f"since {self.day_of(last_touch)}"

    def day_of(self, instant: str | None) -> str | None:
        """The calendar day of an instant: words such as yesterday are wrong in a page that is kept."""
        return instant and self.day(from_text(instant).astimezone(self.zone).date())

    def day(self, day: date) -> str:
        return calendar_day(day, self.review.to_day)


def arrow(then: float | None, now: float | None) -> str:
    """`12 -> 14`, or one number when it is the same or there was none."""
    return _arrow(*("-" if one is None else _number(one) for one in (then, now)))


def money_arrow(then: int, now: int) -> str:
    return _arrow(*(whole_money(one) for one in (then, now)))


def rate_arrow(then: float | None, now: float | None) -> str:
    return _arrow(*("-" if one is None else percent(one) for one in (then, now)))


def _arrow(old: str, new: str) -> str:
    return new if old in (new, "-") else f"{old} -> {new}"


def _number(value: float) -> str:
    return number(value, places_of_days([value]))
