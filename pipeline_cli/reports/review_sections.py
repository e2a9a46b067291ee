"""What people read of a review first: what changed, what became of the open value, what to decide, the stages."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from pipeline_cli.domain.choices import spelled_out
from pipeline_cli.domain.decisions import DEAD, Decision
from pipeline_cli.domain.history import is_one_sided
from pipeline_cli.domain.kept_review import Review, StageFigures
from pipeline_cli.domain.phrases import counted
from pipeline_cli.domain.review import KINDS, Change
from pipeline_cli.domain.undated import no_losses_line
from pipeline_cli.output.numbers import money
from pipeline_cli.output.report import (
    CODE,
    COUNT,
    ID,
    MONEY,
    Column,
    Section,
)
from pipeline_cli.reports.review_json import stage_pairs
from pipeline_cli.reports.review_look import Page, arrow, money_arrow, rate_arrow
from pipeline_cli.reports.rows import naming_pipelines

_CHANGE_COLUMNS = (
    Column("change", "Change", priority=0, meaning="What happened to it since; a deal may have several rows"),
    Column("id", "#", ID, 0, "The deal's number"),
    Column("title", "Title", priority=0, meaning="What is being sold; as it is called today"),
    Column("before", "From", priority=2, meaning="The stage, day or value it had"),
    Column("after", "To", priority=1, meaning="The stage, outcome, day or value it has; since when it is silent"),
    Column("value", "Value", MONEY, 0, "What it is worth; of grown and shrunk the difference"),
    Column("at", "When", priority=3, meaning="The day it happened, the last of several"),
)
_WATERFALL_COLUMNS = (
    Column("item", "Open value", priority=0, meaning="Start, what was added and what went, end: they add up exactly"),
    Column("deals", "Deals", COUNT, 0, "How many"),
    Column("value", "Value", MONEY, 0, "In the file's currency; what went is negative"),
)
_DECISION_COLUMNS = (
    Column("id", "#", ID, 0, "The deal's number"),
    Column("title", "Title", priority=0, meaning="What is being sold; as it is called today"),
    Column("value", "Value", MONEY, 0, "What it is worth; the dearest stand first"),
    Column("why", "Why", priority=0, meaning="Its most pressing reason, with the days behind it", least=13),
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
    dead = {one.deal_id for one in page.dead}
    by_kind = {kind: [one for one in page.review.changes if one.kind == kind] for kind in KINDS}
    long_silent = [one for one in by_kind["silent"] if one.deal_id in dead]
    by_kind["silent"] = [one for one in by_kind["silent"] if one.deal_id not in dead]
    rows = [_change_row(page, one) for kind in KINDS for one in by_kind[kind][: page.most]]
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
    columns = naming_pipelines(_CHANGE_COLUMNS, page.review.pipelines, before="before")
    return Section(f"What changed: {told or 'nothing'}", columns, rows, lines)


def _change_row(page: Page, one: Change) -> dict[str, Any]:
    name = page.names.get(one.deal_id)
    reason = name.lost_reason if name else None
    after = page.shown(one.after, one.deal_id)
    if one.kind in ("lost", "disqualified") and reason:
        after = f"{one.after}: {reason}"
    elif one.kind == "silent":
        after = page.silent_since(one.at)
    return {
        "change": one.kind,
        "id": one.deal_id,
        "title": page.title(one.deal_id),
        "pipeline_name": page.pipeline(one.deal_id),
        "before": page.shown(one.before, one.deal_id),
        "after": after,
        "value": one.cents,
        "at": page.day_of(one.at),
    }


_COMING = ("new", "moved_in")
_STAYING = ("grown", "shrunk")


def _open_at_the_start(review: Review) -> int:
    """Of the deals as they are counted now, like its value: two that were merged since then count as one."""
    come = sum(one.deals for one in review.items if one.item in _COMING)
    gone = sum(one.deals for one in review.items if one.item not in (*_COMING, *_STAYING))
    return review.now.totals.open_deals - come + gone


def value_flow(page: Page) -> Section:
    review = page.review
    first, last = page.day(review.from_day), page.day(review.to_day)
    rows = [
        {"item": f"on {first}", "deals": _open_at_the_start(review), "value": review.start_cents},
        *({"item": one.item.replace("_", " "), "deals": one.deals, "value": one.cents}
          for one in review.items if one.deals),
        {"item": f"on {last}", "deals": review.now.totals.open_deals, "value": review.end_cents},
    ]  # fmt: skip
    lines = []
    for item, words in (
        ("moved_in", "Open again, or from another pipeline"),
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
    return Section(f"From {money(review.start_cents)} to {money(review.end_cents)} {review.currency}",
                   _WATERFALL_COLUMNS, rows, lines)  # fmt: skip


def to_decide(page: Page) -> Section:
    dead = page.dead
    decisions = [one for one in page.review.decisions if not dead or one.code not in DEAD]
    rows = [
        {"id": one.deal_id, "title": page.title(one.deal_id), "pipeline_name": page.pipeline(one.deal_id),
         "value": one.cents or None, "why": one.short_why, "command": page.to_type.decisions[one.deal_id][0].at_a_terminal}
        for one in decisions[: page.most and 2 * page.most]
    ]  # fmt: skip
    more = len(decisions) - len(rows)
    lines = [f"{more:,} more; `-o week.md` writes all."] if more else []
    for codes in (("overdue", "attempt_overdue"), ("stuck",)):
        two_ways = [
            (_due(page, one), choices)
            for one in decisions[: len(rows)]
            if one.code in codes and len(choices := page.to_type.decisions[one.deal_id]) > 1
        ]
        lines += spelled_out(two_ways, page.program, most=1)
    if dead:
        value = f"{money(sum(one.cents for one in dead))} {page.review.currency}"
        lines.append(
            f"Dead by your rules: {counted(len(dead), 'deal')} ({value}). {page.prune} decides on all at once."
        )
    columns = naming_pipelines(_DECISION_COLUMNS, page.review.pipelines, before="value")
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
        lines.append(f"Win rate {rate_arrow(then.win_rate, now.win_rate)} by count, "
                     f"{rate_arrow(then.win_rate_value, now.win_rate_value)} by value.")  # fmt: skip
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
