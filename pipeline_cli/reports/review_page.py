"""A review as a page to read and as rows: one made now, or one as it was kept, with the titles of today."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from pipeline_cli.domain import decisions as deciding
from pipeline_cli.domain.clock import from_text
from pipeline_cli.domain.kept_review import DAY, MARK, Review
from pipeline_cli.domain.phrases import long_day
from pipeline_cli.domain.playbook import Pipeline
from pipeline_cli.domain.record import NamedTuple
from pipeline_cli.domain.review import KINDS, MEANINGS, Change
from pipeline_cli.domain.waterfall import WORDS
from pipeline_cli.output.report import ID, INSTANT, MONEY, Cents, Column, Report, Section
from pipeline_cli.reports.review import make_review
from pipeline_cli.reports.review_choices import ToType, commands_of
from pipeline_cli.reports.review_json import forecast_json, health_json, speed_json
from pipeline_cli.reports.review_look import Page
from pipeline_cli.reports.review_outlook import (
    MOST_WEEKS,
    forecast_then_and_now,
    leads_and_touchpoints,
    trend,
    what_matters_most,
)
from pipeline_cli.reports.review_sections import changed, stages_then_and_now, to_decide, value_flow
from pipeline_cli.reports.rows import PIPELINE_ID
from pipeline_cli.storage.reader import Reader
from pipeline_cli.storage.reviews import Name, read_last_review, read_names, read_reviews
from pipeline_cli.workspace import Workspace

COLUMNS = (
    Column("id", "#", ID, 0, "The deal's number"),
    Column("title", "Title", priority=0, meaning="What is being sold; as it is called today"),
    Column("change", "Change", priority=0, meaning=", ".join(KINDS)),
    Column("from", "From", priority=2, meaning="The stage, day or value it had; nothing for new and silent deals"),
    Column("to", "To", priority=2, meaning="The stage, outcome, day or value it has"),
    Column("value", "Value", MONEY, 1, "What it is worth, in the file's currency; of grown and shrunk the difference"),
    Column(
        "at", "When", INSTANT, 3, "When it happened, the last time of several; of silent deals their last touchpoint"
    ),
    PIPELINE_ID,
)

DEFINITIONS = {
    **MEANINGS,
    **{f"waterfall {item}": words for item, words in WORDS.items()},
    **{f"to decide {code}": words for code, words in deciding.CODES.items()},
    "what matters most": "the findings of `health` and the decisions, by the weighted value of the deals they are about; "
    "one about mostly the same deals as one before it is left out",
    "since a kept review": "what was recorded after it, back-dated or not; since a day: what happened from its beginning",
}


class Shown(NamedTuple):
    """A review, and what stands beside it when it is shown."""

    review: Review
    earlier: Sequence[Review]
    """Kept ones before it, newest first, for the trend."""
    names: Mapping[int, Name]
    to_type: ToType


def look_up(workspace: Workspace, reader: Reader, review: Review, *, kept: bool = False) -> Shown:
    """The titles of the deals it speaks of, what to type, and the kept reviews before it; the review itself holds neither."""
    earlier = [one for one in read_reviews(reader, review.pipelines, MOST_WEEKS) if one.made_at < review.made_at]
    ids = {one.deal_id for one in review.changes} | {one.deal_id for one in review.decisions}
    ids |= {deal_id for _, deal_id in review.passed} | {
        one.deal_id for one in review.matters if one.deal_id is not None
    }
    names = read_names(reader, ids)
    return Shown(review, earlier, names, commands_of(workspace, reader, review, names, kept=kept))


def review_of(workspace: Workspace, reader: Reader, pipelines: Sequence[Pipeline]) -> Report:
    """Since the last one, in full."""
    return review_report(
        workspace, look_up(workspace, reader, make_review(workspace, reader, pipelines).review), reader.clock.today
    )


def kept_report(workspace: Workspace, reader: Reader, pipelines: Sequence[Pipeline], most: int | None) -> Report:
    """The one kept last, as it was kept."""
    kept = read_last_review(reader, tuple(one.id for one in pipelines))
    if kept is not None:
        report = review_report(workspace, look_up(workspace, reader, kept, kept=True), reader.clock.today, most)
        return report._replace(title=f"{report.title}, as it was kept", notes=())
    return Report(
        name="review",
        as_of=reader.clock.today,
        pipeline=pipelines[0].id if len(pipelines) == 1 else None,
        currency=workspace.playbook.currency,
        columns=COLUMNS,
        rows=[],
        extra=dict.fromkeys(("from", "to", "waterfall", "start", "end", "decisions", "health", "forecast")),
        empty=f"No review is kept yet: `{workspace.command_name} review --mark` keeps the one of today.",
    )


def review_report(workspace: Workspace, shown: Shown, as_of: date, most: int | None = None) -> Report:
    """`most`: rows of each list for people; None: all of them. Machines get all of them always."""
    review, names = shown.review, shown.names
    playbook = workspace.playbook
    stages = {(one.id, stage.id): stage.name for one in playbook.pipelines for stage in one.stages}
    program = workspace.command_name
    called = {one.id: one.name for one in playbook.pipelines}
    page = Page(review, shown.earlier, names, called, stages, program, workspace.clock.zone, most, shown.to_type)
    return Report(
        name="review",
        title=f"{', '.join(called.get(one, one) for one in review.pipelines)}: review of {_days(review)}",
        as_of=as_of,
        pipeline=review.pipelines[0] if len(review.pipelines) == 1 else None,
        currency=review.currency,
        columns=COLUMNS,
        rows=[_row(one, names) for one in review.changes],
        rows_drawn=False,
        extra=_extra(shown, stages, program),
        sections=_sections(page),
        empty='No deals yet. `pipeline add "Acme: workshop" --value 12k` adds one.' if page.is_empty else "",
        definitions=DEFINITIONS,
        notes=[] if page.is_empty else _notes(review, program),
    )


def _sections(page: Page) -> list[Section]:
    """Ends with what matters most; nothing of a record without a deal."""
    if page.is_empty:
        return []
    return [
        changed(page),
        value_flow(page),
        to_decide(page),
        stages_then_and_now(page),
        forecast_then_and_now(page),
        leads_and_touchpoints(page),
        *([trend(page)] if page.earlier else []),
        what_matters_most(page),
    ]


def _days(review: Review) -> str:
    first, last = review.from_day, review.to_day
    if first == last:
        return long_day(last)
    month = "" if (first.year, first.month) == (last.year, last.month) else f" {first:%B}"
    year = "" if first.year == last.year else f" {first.year}"
    return f"{first.day}{month}{year} to {long_day(last)}"


def _notes(review: Review, program: str) -> list[str]:
    if review.begins in (MARK, DAY):
        return []
    return [f"No review was kept before: the last seven days are shown. `{program} review --mark` keeps this one, and "
            "the next begins where it ended."]  # fmt: skip


def _row(one: Change, names: Mapping[int, Name]) -> dict[str, Any]:
    return {
        "id": one.deal_id,
        "title": names[one.deal_id].title if one.deal_id in names else None,
        "change": one.kind,
        "from": _end(one.before),
        "to": _end(one.after),
        "value": one.cents,
        "at": one.at and from_text(one.at),
        "pipeline": names[one.deal_id].pipeline if one.deal_id in names else None,
    }


def _end(value: str | int | None) -> str | Cents | None:
    return Cents(value) if isinstance(value, int) else value


def _extra(shown: Shown, stages: Mapping[tuple[str, str], str], program: str) -> dict[str, Any]:
    """What is promised first, in its order; what came later stands at the end."""
    review = shown.review
    return {
        "from": review.from_day,
        "to": review.to_day,
        "waterfall": [{"item": one.item, "deals": one.deals, "value": Cents(one.cents)} for one in review.items],
        "start": Cents(review.start_cents),
        "end": Cents(review.end_cents),
        "decisions": [_decision(one, shown, program) for one in review.decisions],
        "health": health_json(review, stages),
        "forecast": forecast_json(review),
        "since": from_text(review.since),
        "begins": review.begins,
        "speed_to_lead": speed_json(review.speed),
        "touchpoints": [one._asdict() for one in review.touchpoints],
        "pruned": {"deals": review.pruned, "came_back": review.came_back},
        "undated": {"closed": review.undated},
        "matters": [
            {"code": one.code, "deals": one.deals, "weighted_value": Cents(one.stake_cents), "message": one.sentence,
             "command": f"{program} {choice.command}"}
            for one, choice in zip(review.matters, shown.to_type.matters, strict=True)
        ],
    }  # fmt: skip


def _decision(one: deciding.Decision, shown: Shown, program: str) -> dict[str, Any]:
    names = shown.names
    return {
        "id": one.deal_id,
        "why": one.why,
        "command": f"{program} {shown.to_type.decisions[one.deal_id][0].command}",
        "code": one.code,
        "title": names[one.deal_id].title if one.deal_id in names else None,
        "stage": one.stage,
        "value": Cents(one.cents),
        "pipeline": names[one.deal_id].pipeline if one.deal_id in names else None,
    }
