"""A review as a page to read, as rows and as JSON: one made now, or one as it was kept."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta, tzinfo
from typing import Any

from pipeline_cli.domain.outcomes.history import is_one_sided, no_losses_line
from pipeline_cli.domain.playbook import Pipeline, Playbook
from pipeline_cli.domain.record import NamedTuple
from pipeline_cli.domain.review import decisions as deciding
from pipeline_cli.domain.review.changes import KINDS, MEANINGS, WORDS, Change, WaterfallItem
from pipeline_cli.domain.review.decisions import DEAD, Decision, Priority
from pipeline_cli.domain.review.kept_review import (
    DAY,
    MARK,
    Review,
    StageFigures,
    StageTouches,
)
from pipeline_cli.domain.rules.choices import Choice, spelled_out
from pipeline_cli.domain.words.clock import from_text
from pipeline_cli.domain.words.text import counted, long_day
from pipeline_cli.output.numbers import (
    calendar_day,
    json_row,
    json_rows,
    money,
    number,
    percent,
    places_of_days,
    whole_money,
)
from pipeline_cli.output.report import (
    CODE,
    COUNT,
    ID,
    INSTANT,
    MONEY,
    PERCENT,
    Cents,
    Column,
    Report,
    Section,
    amounts,
    figures,
    reading,
)
from pipeline_cli.reports.review import ToType, commands_of, make_review
from pipeline_cli.reports.rows import PIPELINE_ID, in_home_currency, naming_pipelines
from pipeline_cli.storage.reader import Reader
from pipeline_cli.storage.record.kept import Name, read_last_review, read_names, read_reviews
from pipeline_cli.workspace import Workspace


def stage_pairs(review: Review) -> list[tuple[StageFigures | None, StageFigures | None]]:
    """Each stage at the start and at the end, in the order of the end; None where it had no row."""
    then = {(stage.pipeline, stage.stage): stage for stage in review.then.stages}
    now = {(stage.pipeline, stage.stage): stage for stage in review.now.stages}
    return [(then.get(key), now.get(key)) for key in (*now, *(key for key in then if key not in now))]


_STAGES = (
    *figures("deals"),
    *amounts("value", "weighted"),
    *figures("median_days", "idle", "stuck", "no_next_step", "overdue"),
)
_TOTALS = (
    *figures("open_deals"),
    *amounts("open_value"),
    Column("weighted_value", kind=MONEY, value="weighted_cents"),
    *figures("won_deals"),
    *amounts("won_value"),
    *figures("lost_deals", "disqualified_deals", "win_rate", "win_rate_value", "cycle_median", "coverage"),
)
_FORECAST = (
    Column("as_of", value="made_on"),
    *figures("until", "open_deals"),
    *amounts("open_value", "expected"),
    *amounts("p10", "p50", "p90", ending=""),
    *figures("period"),
    *amounts("won", "period_expected", "quota"),
    *figures("chance"),
)
_WATERFALL = (*figures("item", "deals"), Column("value", kind=MONEY, value="cents"))


def health_json(review: Review, stages: Mapping[tuple[str, str], str]) -> dict[str, Any]:
    """{stages: [{pipeline, stage, name, then, now}], totals: {then, now}}"""
    rows = [
        {
            "pipeline": one.pipeline,
            "stage": one.stage,
            "name": stages.get((one.pipeline, one.stage), one.stage),
            "then": then and json_row(_STAGES, then),
            "now": now and json_row(_STAGES, now),
        }
        for then, now in stage_pairs(review)
        if (one := now or then) is not None
    ]
    totals = {"then": json_row(_TOTALS, review.then.totals), "now": json_row(_TOTALS, review.now.totals)}
    return {"stages": rows, "totals": totals}


Values = Mapping[str, Callable[[Any], Any]]
"""Key of a column -> where its value comes from."""


class Page(NamedTuple):
    """A review and what is looked up to draw it."""

    playbook: Playbook
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

    def columns(self, columns: Sequence[Column], values: Values, before: str) -> tuple[Column, ...]:
        """Of a table about deals, with the pipeline and the currency where these have to be told apart."""
        named = naming_pipelines(
            reading(columns, values),
            self.review.pipelines,
            before=before,
            name=lambda one: self.pipeline(one.deal_id),
        )
        return in_home_currency(named, self.playbook)

    @property
    def is_empty(self) -> bool:
        """There is no deal, and there was none."""
        totals = (self.review.then.totals, self.review.now.totals)
        some = sum(total.open_deals + total.won_deals + total.lost_deals + total.disqualified_deals for total in totals)
        return not some and not self.review.changes

    @property
    def dead(self) -> list[Decision]:
        """Those that one `prune` decides on: told together on a screen where they would bury all others."""
        dead = [decision for decision in self.review.decisions if decision.code in DEAD]
        return dead if self.most is not None and len(dead) > self.most else []

    @property
    def prune(self) -> str:
        """The command that does."""
        asked = self.review.pipelines
        only = f" --pipeline {asked[0]}" if len(asked) == 1 < len(self.pipelines) else ""
        return f"`{self.program} prune{only}`"

    def title(self, deal_id: int) -> str:
        """What a deal is called today."""
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
        """Since when nobody has heard of it."""
        if last_touch is None:
            return "never touched"
        return f"since {self.day_of(last_touch)}"

    def day_of(self, instant: str | None) -> str | None:
        """The calendar day of an instant: words such as yesterday are wrong in a page that is kept."""
        return instant and self.day(from_text(instant).astimezone(self.zone).date())

    def day(self, day: date) -> str:
        """A day as seen from the end of the interval."""
        return calendar_day(day, self.review.to_day)


def arrow(then: float | None, now: float | None) -> str:
    """`12 -> 14`, or one number when it is the same or there was none."""
    return _arrow(*("-" if one is None else _number(one) for one in (then, now)))


def money_arrow(then: int, now: int) -> str:
    """Two amounts, before and after."""
    return _arrow(*(whole_money(one) for one in (then, now)))


def rate_arrow(then: float | None, now: float | None) -> str:
    """Two shares, before and after."""
    return _arrow(*("-" if one is None else percent(one) for one in (then, now)))


def _arrow(old: str, new: str) -> str:
    return new if old in (new, "-") else f"{old} -> {new}"


def _number(value: float) -> str:
    return number(value, places_of_days([value]))


MOST_WEEKS = 8
"""Of the trend, this one included."""

_FORECAST_COLUMNS = (
    Column("made", "Made", priority=0, meaning="The end of that day, or now"),
    Column("until", "Until", priority=1, meaning="30 days later"),
    Column("deals", "Open", COUNT, 2, "Open deals that were counted", value="open_deals"),
    Column("value", "Open value", MONEY, 3, "What they were worth", value="open_value_cents"),
    Column("expected", "Expected", MONEY, 0, "What they would bring by then, method timed", whole=True),
    Column("p10", "P10", MONEY, 1, "In nine of ten cases at least this", whole=True, value="p10"),
    Column("p90", "P90", MONEY, 1, "In nine of ten cases at most this", whole=True, value="p90"),
)
_TOUCH_COLUMNS = (
    Column("name", "Stage", priority=0, meaning="Where the deal stood at the touchpoint"),
    Column("touchpoints", "Touchpoints", COUNT, 0, "Since the start, in both directions"),
    Column("inbound", "From them", COUNT, 1, "Those of them that came from the buyer"),
    Column("deals", "Deals touched", COUNT, 1, "Deals that had any"),
    Column("open", "Open now", COUNT, 2, "Open deals in the stage now"),
)
_TREND_COLUMNS = (
    Column("until", "Until", priority=0, meaning="The day the review was kept; the last row is this one"),
    Column("deals", "Open", COUNT, 0, "Open deals at its end", value="now.totals.open_deals"),
    Column("value", "Open value", MONEY, 0, "What they were worth", value="now.totals.open_value_cents"),
    Column("new", "New", COUNT, 2, "Deals that were new in it", value=lambda one: len(one.changed("new"))),
    Column("won", "Won", COUNT, 1, "Deals won in it", value=lambda one: len(one.changed("won"))),
    Column(
        "won_value",
        "Won value",
        MONEY,
        1,
        "What these were worth",
        value=lambda one: sum(change.cents for change in one.changed("won")),
    ),
    Column("lost", "Lost", COUNT, 2, "Deals lost in it", value=lambda one: len(one.changed("lost"))),
    Column(
        "win_rate",
        "Win rate",
        PERCENT,
        3,
        "won ÷ (won + lost), of all deals ever closed until then",
        value="now.totals.win_rate",
    ),
    Column(
        "expected",
        "Expected",
        MONEY,
        1,
        "What the open deals would bring within 30 days",
        whole=True,
        value="now.forecast.expected_cents",
    ),
)


def forecast_then_and_now(page: Page) -> Section:
    """The forecast at both ends of the interval."""
    then, now = page.review.then.forecast, page.review.now.forecast
    lines = []
    if now.period is not None:
        quota = "" if now.quota_cents is None else f" of {whole_money(now.quota_cents)}"
        chance = "" if now.chance is None else f": chance of the quota {percent(now.chance)}"
        lines.append(
            f"In {now.period} won {whole_money(now.won_cents)}{quota}, "
            f"expected {whole_money(now.period_expected_cents)}{chance}."
        )
    won = sum(one.cents for one in page.review.changed("won"))
    lines.append(f"Won in between: {whole_money(won)} {page.review.currency}.")
    columns = reading(
        _FORECAST_COLUMNS,
        {
            "made": lambda one: page.day(date.fromisoformat(one.made_on)),
            "until": lambda one: page.day(date.fromisoformat(one.until)),
        },
    )
    return Section("Forecast of all open deals, then and now", columns, [then, now], lines)


def leads_and_touchpoints(page: Page) -> Section:
    """A row a stage with touchpoints or open deals."""
    review = page.review
    touches = {(touchpoint.pipeline, touchpoint.stage): touchpoint for touchpoint in review.touchpoints}
    open_now = {(stage.pipeline, stage.stage): stage.deals for stage in review.now.stages}
    rows = [touches.get(key) or StageTouches(*key, 0, 0, 0) for key in dict.fromkeys((*open_now, *touches))]
    rows = [row for row in rows if row.touchpoints or open_now.get((row.pipeline, row.stage))]
    columns = reading(
        _TOUCH_COLUMNS,
        {
            "name": lambda one: page.stage(one.pipeline, one.stage),
            "open": lambda one: open_now.get((one.pipeline, one.stage), 0),
        },
    )
    if not touches:
        return Section("Speed to lead, and touchpoints", lines=[_speed(review), "No touchpoints."])
    return Section("Speed to lead, and touchpoints by the stage of the deal", columns, rows, [_speed(review)])


def _speed(review: Review) -> str:
    speed = review.speed
    if not speed.new:
        return "No new leads."
    said = counted(speed.new, "new lead")
    if speed.answered is not None:
        said += f", {speed.answered:,} answered"
    if speed.median_hours is not None and speed.within is not None:
        said += f": after {speed.median_hours:,.1f} h (median), {percent(speed.within)} in time"
    if speed.before_median_hours is not None and speed.before_within is not None:
        said += f"; before {speed.before_median_hours:,.1f} h, {percent(speed.before_within)} (n {speed.before:,})"
    return f"{said}."


def trend(page: Page) -> Section:
    """The kept reviews before this one, oldest first, and this one."""
    shown = [*reversed(page.earlier[: MOST_WEEKS - 1]), page.review]
    return Section("Trend", reading(_TREND_COLUMNS, {"until": lambda one: page.day(one.to_day)}), shown)


def what_matters_most(page: Page) -> Section:
    """The few things that matter most, numbered."""
    said = zip(page.review.matters, page.to_type.matters, strict=True)
    lines = [f"{number}. {_said(page, *one)}" for number, one in enumerate(said, 1)]
    return Section("What matters most", lines=lines or ["Nothing stands out."])


def _said(page: Page, one: Priority, choice: Choice) -> str:
    """One sentence with its number and command; about no deals, it has named its amount itself."""
    stake = f" ({whole_money(one.stake_cents)} {page.review.currency} weighted)" if one.deals else ""
    return f"{one.sentence.rstrip('.')}{stake}: `{page.program} {choice.at_a_terminal}`."


_CHANGE_COLUMNS = (
    Column(
        "change", "Change", priority=0, meaning="What happened to it since; a deal may have several rows", value="kind"
    ),
    Column("id", "#", ID, 0, "The deal's number", value="deal_id"),
    Column("title", "Title", priority=0, meaning="What is being sold; as it is called today"),
    Column("before", "From", priority=2, meaning="The stage, pipeline, day or value it had"),
    Column(
        "after", "To", priority=1, meaning="The stage, outcome, pipeline, day or value it has; since when it is silent"
    ),
    Column("value", "Value", MONEY, 0, "What it is worth; of grown and shrunk the difference", value="cents"),
    Column("at", "When", priority=3, meaning="The day it happened, the last of several"),
)
_WATERFALL_COLUMNS = (
    Column("item", "Open value", priority=0, meaning="Start, what was added and what went, end: they add up exactly"),
    Column("deals", "Deals", COUNT, 0, "How many"),
    Column("value", "Value", MONEY, 0, "In the file's currency; what went is negative", value="cents"),
)
_DECISION_COLUMNS = (
    Column("id", "#", ID, 0, "The deal's number", value="deal_id"),
    Column("title", "Title", priority=0, meaning="What is being sold; as it is called today"),
    Column(
        "value", "Value", MONEY, 0, "What it is worth; the dearest stand first", value=lambda one: one.cents or None
    ),
    Column(
        "why",
        "Why",
        priority=0,
        meaning="Its most pressing reason, with the days behind it",
        least=13,
        value="short_why",
    ),
    Column("command", "Type: pipeline …", CODE, 0, "What to type, after the name of the program"),
)
_STAGE_COLUMNS = (
    Column("name", "Stage", priority=0, meaning="The stage; one figure where then and now are the same"),
    Column("deals", "Deals", priority=0, meaning="Open deals in it"),
    Column("value", "Value", priority=1, meaning="What they are worth together"),
    Column("median_days", "Days", priority=3, meaning="Days in stage: median over the open deals there"),
    Column("idle", "Idle", priority=2, meaning="Deals idle for longer than the stage's idle_after_days"),
    Column("stuck", "Stuck", priority=2, meaning="Deals in it for longer than max_days, or twice the usual visit"),
    Column("no_next_step", "No step", priority=4, meaning="Deals without a next step"),
)


def changed(page: Page) -> Section:
    """What changed, deal by deal."""
    dead = {one.deal_id for one in page.dead}
    by_kind = {kind: [change for change in page.review.changes if change.kind == kind] for kind in KINDS}
    long_silent = [one for one in by_kind["silent"] if one.deal_id in dead]
    by_kind["silent"] = [one for one in by_kind["silent"] if one.deal_id not in dead]
    rows = [one for kind in KINDS for one in by_kind[kind][: page.most]]
    told = ", ".join(f"{len(some):,} {kind}" for kind, some in by_kind.items() if some)
    lines = []
    more = {kind: len(some) - len(some[: page.most]) for kind, some in by_kind.items()}
    if any(more.values()):
        cut = ", ".join(f"{number:,} more {kind}" for kind, number in more.items() if number)
        lines.append(f"Not shown: {cut}; `-o week.md` writes all.")
    if page.review.undated:
        lines.append(
            f"Left out, because no file says when: {counted(page.review.undated, 'closing')} of deals that are new here."
        )
    if long_silent:
        lines.append(
            f"Silent for so long that they are dead by your rules: {counted(len(long_silent), 'deal')}; see below."
        )
    values: Values = {
        "title": lambda one: page.title(one.deal_id),
        "before": lambda one: _shown_end(page, one, one.before),
        "after": lambda one: _after(page, one),
        "at": lambda one: page.day_of(one.at),
    }
    columns = page.columns(_CHANGE_COLUMNS, values, before="before")
    return Section(f"What changed: {told or 'nothing'}", columns, rows, lines)


def _after(page: Page, one: Change) -> str | None:
    name = page.names.get(one.deal_id)
    if one.kind in ("lost", "disqualified") and name and name.lost_reason:
        return f"{one.after}: {name.lost_reason}"
    return page.silent_since(one.at) if one.kind == "silent" else _shown_end(page, one, one.after)


def _shown_end(page: Page, one: Change, end: str | int | None) -> str | None:
    return page.pipelines.get(str(end), str(end)) if one.kind == "across" else page.shown(end, one.deal_id)


_COMING = ("new", "moved_in")
_STAYING = ("grown", "shrunk")


def _open_at_the_start(review: Review) -> int:
    """Of the deals as they are counted now, like its value: two that were merged since then count as one."""
    come = sum(item.deals for item in review.items if item.item in _COMING)
    gone = sum(item.deals for item in review.items if item.item not in (*_COMING, *_STAYING))
    return review.now.totals.open_deals - come + gone


def value_flow(page: Page) -> Section:
    """The waterfall of the open value."""
    review = page.review
    first, last = page.day(review.from_day), page.day(review.to_day)
    rows = [
        WaterfallItem(f"on {first}", _open_at_the_start(review), review.start_cents),
        *(one._replace(item=one.item.replace("_", " ")) for one in review.items if one.deals),
        WaterfallItem(f"on {last}", review.now.totals.open_deals, review.end_cents),
    ]
    lines = []
    for item, words in (
        ("moved_in", "Open again, or from another pipeline"),
        ("undated_in", "In the record now, though no file says when they were created"),
        ("moved_out", "Gone to another pipeline"),
        ("moved_across", "From one pipeline to another"),
    ):
        ids = [deal_id for one, deal_id in review.passed if one == item]
        if ids:
            named = ", ".join(f"{deal_id} {page.title(deal_id)}" for deal_id in ids[: page.most])
            more = f" and {len(ids) - page.most:,} more" if page.most and len(ids) > page.most else ""
            lines.append(f"{words}: {named}{more}.")
    if review.pruned:
        lines.append(f"Of {counted(review.pruned, 'deal')} that prune ever closed, {review.came_back:,} came back.")
    return Section(
        f"From {money(review.start_cents)} to {money(review.end_cents)} {review.currency}",
        _WATERFALL_COLUMNS,
        rows,
        lines,
    )


def to_decide(page: Page) -> Section:
    """The deals that need a decision."""
    dead = page.dead
    decisions = [decision for decision in page.review.decisions if not dead or decision.code not in DEAD]
    rows = decisions[: page.most and 2 * page.most]
    more = len(decisions) - len(rows)
    lines = [f"{more:,} more; `-o week.md` writes all."] if more else []
    for codes in (("overdue", "attempt_overdue"), ("stuck",)):
        two_ways = [
            (_due(page, row), choices)
            for row in rows
            if row.code in codes and len(choices := page.to_type.decisions[row.deal_id]) > 1
        ]
        lines += spelled_out(two_ways, page.program, most=1)
    if dead:
        value = f"{money(sum(one.cents for one in dead))} {page.review.currency}"
        lines.append(
            f"Dead by your rules: {counted(len(dead), 'deal')} ({value}). {page.prune} decides on all at once."
        )
    values: Values = {
        "title": lambda one: page.title(one.deal_id),
        "command": lambda one: page.to_type.decisions[one.deal_id][0].at_a_terminal,
    }
    columns = page.columns(_DECISION_COLUMNS, values, before="value")
    return Section("To decide", columns, rows, lines or ([] if rows else ["No open deal needs a decision."]))


def _due(page: Page, one: Decision) -> str:
    """The deal, and of an overdue step the day it was due."""
    title = f"{one.deal_id} {page.title(one.deal_id)}"
    if one.code not in ("overdue", "attempt_overdue"):
        return title
    return f"{title}, due {page.day(page.review.to_day - timedelta(days=round(one.number)))}"


def stages_then_and_now(page: Page) -> Section:
    """Stages that hold a deal at either end."""
    pairs = [pair for pair in stage_pairs(page.review) if any(one and one.deals for one in pair)]
    rows = [_stage_row(page, then, now) for then, now in pairs]
    then, now = page.review.then.totals, page.review.now.totals
    lines = [
        f"Open {arrow(then.open_deals, now.open_deals)}, weighted {money_arrow(then.weighted_cents, now.weighted_cents)} "
        f"{page.review.currency}."
    ]
    if now.win_rate is not None:
        lines.append(
            f"Win rate {rate_arrow(then.win_rate, now.win_rate)} by count, "
            f"{rate_arrow(then.win_rate_value, now.win_rate_value)} by value."
        )
    elif is_one_sided(now.won_deals, now.lost_deals):
        lines.append(no_losses_line(now.won_deals))
    if now.cycle_median is not None:
        lines.append(f"Won deals take {arrow(then.cycle_median, now.cycle_median)} days (median).")
    return Section("Stages, then and now", _STAGE_COLUMNS, rows, lines)


def _stage_row(page: Page, then: StageFigures | None, now: StageFigures | None) -> dict[str, Any]:
    one = now or then
    assert one is not None  # noqa: S101 - for the type checker
    name = page.stage(one.pipeline, one.stage)

    def pair(field: str) -> tuple[Any, Any]:
        return (getattr(then, field) if then else 0), (getattr(now, field) if now else 0)

    return {
        "name": name,
        "value": money_arrow(*pair("value_cents")),
        **{key: arrow(*pair(key)) for key in ("deals", "median_days", "idle", "stuck", "no_next_step")},
    }


_DECISIONS = (
    Column("id", value="deal_id"),
    *figures("why", "command", "code", "title", "stage"),
    Column("value", kind=MONEY, value="cents"),
    Column("pipeline"),
)
COLUMNS = (
    Column("id", "#", ID, 0, "The deal's number", value="deal_id"),
    Column("title", "Title", priority=0, meaning="What is being sold; as it is called today"),
    Column("change", "Change", priority=0, meaning=", ".join(KINDS), value="kind"),
    Column(
        "from",
        "From",
        priority=2,
        meaning="The stage, day or value it had; nothing for new and silent deals",
        value=lambda one: _end(one.before),
    ),
    Column(
        "to", "To", priority=2, meaning="The stage, outcome, day or value it has", value=lambda one: _end(one.after)
    ),
    Column(
        "value",
        "Value",
        MONEY,
        1,
        "What it is worth, in the file's currency; of grown and shrunk the difference",
        value="cents",
    ),
    Column(
        "at",
        "When",
        INSTANT,
        3,
        "When it happened, the last time of several; of silent deals their last touchpoint",
        value=lambda one: one.at and from_text(one.at),
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
    ids = {change.deal_id for change in review.changes} | {decision.deal_id for decision in review.decisions}
    ids |= {deal_id for _, deal_id in review.passed} | {
        matter.deal_id for matter in review.matters if matter.deal_id is not None
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
    kept = read_last_review(reader, tuple(pipeline.id for pipeline in pipelines))
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
    stages = {(pipeline.id, stage.id): stage.name for pipeline in playbook.pipelines for stage in pipeline.stages}
    program = workspace.command_name
    called = {pipeline.id: pipeline.name for pipeline in playbook.pipelines}
    zone = workspace.clock.zone
    page = Page(playbook, review, shown.earlier, names, called, stages, program, zone, most, shown.to_type)
    return Report(
        name="review",
        title=f"{', '.join(called.get(pipeline, pipeline) for pipeline in review.pipelines)}: review of {_days(review)}",
        as_of=as_of,
        pipeline=review.pipelines[0] if len(review.pipelines) == 1 else None,
        currency=review.currency,
        columns=reading(COLUMNS, _looked_up(names)),
        rows=review.changes,
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
    return [
        f"No review was kept before: the last seven days are shown. `{program} review --mark` keeps this one, and "
        "the next begins where it ended."
    ]


def _looked_up(names: Mapping[int, Name]) -> dict[str, Callable[[Any], Any]]:
    """What the review itself does not hold."""
    return {
        "title": lambda one: names[one.deal_id].title if one.deal_id in names else None,
        "pipeline": lambda one: names[one.deal_id].pipeline if one.deal_id in names else None,
    }


def _end(value: str | int | None) -> str | Cents | None:
    return Cents(value) if isinstance(value, int) else value


def _extra(shown: Shown, stages: Mapping[tuple[str, str], str], program: str) -> dict[str, Any]:
    """What is promised first, in its order; what came later stands at the end."""
    review = shown.review
    looked_up = {
        **_looked_up(shown.names),
        "command": lambda one: f"{program} {shown.to_type.decisions[one.deal_id][0].command}",
    }
    return {
        "from": review.from_day,
        "to": review.to_day,
        "waterfall": json_rows(_WATERFALL, review.items),
        "start": Cents(review.start_cents),
        "end": Cents(review.end_cents),
        "decisions": json_rows(reading(_DECISIONS, looked_up), review.decisions),
        "health": health_json(review, stages),
        "forecast": {
            "then": json_row(_FORECAST, review.then.forecast),
            "now": json_row(_FORECAST, review.now.forecast),
        },
        "since": from_text(review.since),
        "begins": review.begins,
        "speed_to_lead": review.speed,
        "touchpoints": list(review.touchpoints),
        "pruned": {"deals": review.pruned, "came_back": review.came_back},
        "undated": {"closed": review.undated},
        "matters": [
            {
                "code": one.code,
                "deals": one.deals,
                "weighted_value": Cents(one.stake_cents),
                "message": one.sentence,
                "command": f"{program} {choice.command}",
            }
            for one, choice in zip(review.matters, shown.to_type.matters, strict=True)
        ],
    }
