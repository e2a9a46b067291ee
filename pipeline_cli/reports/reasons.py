"""Why deals were won and lost, by quarter and stage, and how long they took: the further sections of `lessons`."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from pipeline_cli.domain.lessons.exact import clopper_pearson
from pipeline_cli.domain.lessons.reasons import Lasting, ReasonCount, Shift, find_shifts
from pipeline_cli.domain.playbook import Pipeline
from pipeline_cli.domain.words.text import counted, quoted
from pipeline_cli.output.numbers import percent
from pipeline_cli.output.report import COUNT, PERCENT, Column, Section
from pipeline_cli.reports.effort import interval_words

_MOST = 12
"""Reasons in the table."""
_QUARTERS = 4


def duration(hours: float) -> str:
    """`40 min`, `5 h`, `3 days`."""
    if hours < 1:
        return f"{hours * 60:,.0f} min"
    return f"{hours:,.0f} h" if hours < 48 else f"{hours / 24:,.0f} days"


def shifts_of(reasons: Sequence[ReasonCount]) -> list[Shift]:
    """Reasons that have become more, or less, frequent among the losses."""
    lost = [one for one in reasons if one.outcome == "lost"]
    return find_shifts(lost, _quarters(lost))


def _quarters(reasons: Sequence[ReasonCount]) -> list[str]:
    return sorted({quarter for one in reasons for quarter in one.by_quarter})


def reason_sections(
    reasons: Sequence[ReasonCount], lasting: Sequence[Lasting], pipelines: Sequence[Pipeline]
) -> Iterator[Section]:
    """A table of the reasons of each outcome that has some, and sentences on how long deals took."""
    for outcome in ("lost", "won"):
        own = [one for one in reasons if one.outcome == outcome]
        if any(one.reason is not None for one in own):
            lines = [*_reason_lines(own, outcome)]
            yield Section(f"Why deals were {outcome}", _reason_columns(own), own[:_MOST], lines)
            if len(pipelines) == 1:
                yield Section(f"{outcome.capitalize()}, by stage", _stage_columns(own, pipelines[0]), own[:_MOST])
    lines = [*_lasting_lines(lasting)]
    if lines:
        yield Section("How long they took", lines=lines)


_REASON = Column(
    "reason", "Reason", priority=0, meaning="As it was given", value=lambda one: one.reason or "(none given)"
)


def _reason_columns(reasons: Sequence[ReasonCount]) -> list[Column]:
    columns = [
        _REASON,
        Column("deals", "Deals", COUNT, 0, "Closed for it"),
        Column("share", "Share", PERCENT, 0, "Of the deals for which a reason was given"),
        Column(
            "interval",
            "95 %",
            priority=1,
            meaning="Low to high: exact (Clopper and Pearson), 95 %",
            value=lambda one: interval_words(one.low, one.high),
        ),
    ]
    columns += [
        Column(quarter, quarter, COUNT, 3, "Closed in that quarter", value=_number_in("by_quarter", quarter))
        for quarter in _quarters(reasons)[-_QUARTERS:]
    ]
    return columns


def _stage_columns(reasons: Sequence[ReasonCount], pipeline: Pipeline) -> list[Column]:
    used = {stage for one in reasons for stage in one.by_stage}
    return [
        _REASON,
        *(
            Column(stage.id, stage.name, COUNT, 1, "Stood in that stage", value=_number_in("by_stage", stage.id))
            for stage in pipeline.stages
            if stage.id in used
        ),
    ]


def _number_in(counts: str, key: str) -> Callable[[ReasonCount], int]:
    def read(one: ReasonCount) -> int:
        return int(getattr(one, counts).get(key, 0))

    return read


def _reason_lines(reasons: Sequence[ReasonCount], outcome: str) -> Iterator[str]:
    told = sum(one.deals for one in reasons if one.reason is not None)
    undecided = sum(one.deals for one in reasons if one.is_undecided)
    if outcome == "lost" and undecided:
        low, high = clopper_pearson(undecided, told)
        yield (
            f"{undecided:,} of {told:,} ended without a decision ({percent(undecided / told)}, {interval_words(low, high)}); "
            f"{told - undecided:,} were lost to something or somebody."
        )
    if len(reasons) > _MOST:
        deals = counted(sum(one.deals for one in reasons[_MOST:]), "deal")
        yield f"{counted(len(reasons) - _MOST, 'more reason')}, of {deals}: --json has them all."
    for one in shifts_of(reasons) if outcome == "lost" else ():
        yield (
            f"{quoted(one.reason)[1:-1]}: {one.late:,} of {one.late_all:,} in the last two quarters, "
            f"{one.early:,} of {one.early_all:,} before."
        )


_LASTING = {"won": "Won deals", "lost": "Lost ones", "no_decision": "Those without a decision"}


def _lasting_lines(lasting: Sequence[Lasting]) -> Iterator[str]:
    for one in lasting:
        if one.median_days is not None:
            between = "" if one.low is None or one.high is None else f", {_between(one.low, one.high)}"
            yield f"{_LASTING[one.outcome]}: {_took(one.median_days)} (median{between}; n {one.deals:,})."


def _took(days: float) -> str:
    return f"{days:,.1f} days" if days >= 2 else duration(days * 24)


def _between(low: float, high: float) -> str:
    return f"{low:,.1f} to {high:,.1f}" if low >= 2 else f"{_took(low)} to {_took(high)}"
