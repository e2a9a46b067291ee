"""`review`: gathers what changed between two snapshots of the record, what to decide, and what to type about it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta

from pipeline_cli.domain.findings.find import find_in_all
from pipeline_cli.domain.findings.finding import Situation
from pipeline_cli.domain.outcomes.health import speed_to_lead
from pipeline_cli.domain.playbook import Pipeline
from pipeline_cli.domain.record import NamedTuple
from pipeline_cli.domain.review.changes import Between, Standing, count_undated, find_changes, waterfall
from pipeline_cli.domain.review.decisions import CODES, Decision, Priority, by_value, find_decisions, rank_priorities
from pipeline_cli.domain.review.kept_review import (
    DAY,
    MARK,
    WEEK,
    Figures,
    ForecastFigures,
    LeadSpeed,
    Review,
    StageTouches,
    stage_figures,
    total_figures,
)
from pipeline_cli.domain.rules.choices import OWED, Choice, Rules, choices_of, met_by
from pipeline_cli.domain.rules.exit_criteria import check_criteria, missing
from pipeline_cli.domain.words.clock import from_text, to_text
from pipeline_cli.domain.words.shell import command_line
from pipeline_cli.reports.forecast import Forecast, make_forecast
from pipeline_cli.reports.snapshot import Snapshot
from pipeline_cli.storage.reader import Reader, read_earlier
from pipeline_cli.storage.record import since as record
from pipeline_cli.storage.record.deals import read_record
from pipeline_cli.storage.record.facts import read_facts
from pipeline_cli.storage.record.kept import Name, read_last_review
from pipeline_cli.storage.record.operations import read_came_back
from pipeline_cli.storage.record.people import read_silenced
from pipeline_cli.workspace import Workspace

HORIZON_DAYS = 30
USUAL_DAYS = 7


class Start(NamedTuple):
    """The snapshot that the present one is held against."""

    begins: str
    on: date
    since: record.Since
    standings: dict[int, Standing]
    figures: Figures


class Made(NamedTuple):
    """A review made now, with the forecast it was made by."""

    review: Review
    forecast: Forecast
    """Of the end: `--mark` keeps it too."""


def make_review(
    workspace: Workspace, reader: Reader, pipelines: Sequence[Pipeline], from_day: date | None = None
) -> Made:
    """Up to the reader's clock: from a day, else from the last kept review, else over seven days."""
    start = _find_start(workspace, reader, pipelines, from_day)
    snapshot = Snapshot(reader, workspace.playbook, pipelines)
    forecast = make_forecast(snapshot, "month", HORIZON_DAYS, "timed", judged=False)
    now = _figures(snapshot, forecast)
    decisions = decide(snapshot.each)
    review = _compare(workspace, reader, pipelines, start, now)
    return Made(review._replace(decisions=tuple(decisions), matters=_rank(snapshot.each, decisions)), forecast)


def decide(situations: Iterable[Situation]) -> list[Decision]:
    """The decisions of all of them, the dearest first."""
    found = [
        decision
        for each in situations
        for decision in find_decisions(each.open_deals, each.pipeline, each.playbook, each.prune, each.clock)
    ]
    return sorted(found, key=by_value)


def _find_start(workspace: Workspace, reader: Reader, pipelines: Sequence[Pipeline], from_day: date | None) -> Start:
    clock = reader.clock
    kept = None if from_day else _last_kept(workspace, reader, pipelines)
    if kept is not None:
        since = record.Since(from_text(kept.made_at), record.Seen(*kept.seen))
        assert since.seen is not None  # noqa: S101 - for the type checker
        standings = record.read_standings_seen(reader, since.seen, workspace.playbook.in_home)
        figures = kept.now
        if kept.pipelines != tuple(pipeline.id for pipeline in pipelines):
            with read_earlier(reader, clock._replace(now=since.instant)) as before:
                figures = _figures_of(workspace, before, pipelines)
        return Start(MARK, kept.to_day, since, standings, figures)
    day = from_day or clock.today - timedelta(days=USUAL_DAYS)
    since = record.Since(clock.start_of(day))
    # The last millisecond before the day.
    with read_earlier(reader, clock._replace(now=since.instant - timedelta(milliseconds=1))) as before:
        standings = record.read_standings(before, workspace.playbook.in_home)
        figures = _figures_of(workspace, before, pipelines)
        return Start(DAY if from_day else WEEK, day, since, standings, figures)


def _figures_of(workspace: Workspace, reader: Reader, pipelines: Sequence[Pipeline]) -> Figures:
    snapshot = Snapshot(reader, workspace.playbook, pipelines)
    return _figures(snapshot, make_forecast(snapshot, "month", HORIZON_DAYS, "timed", judged=False))


def _last_kept(workspace: Workspace, reader: Reader, pipelines: Sequence[Pipeline]) -> Review | None:
    """One in another currency than the file's cannot be compared with."""
    found = read_last_review(reader, tuple(pipeline.id for pipeline in pipelines))
    return found if found is not None and found.currency == workspace.playbook.currency else None


def _figures(snapshot: Snapshot, forecast: Forecast) -> Figures:
    stages = [figures for one in snapshot.each for figures in stage_figures(one.stages, one.pipeline.id)]
    horizon = forecast.outlook.horizon
    running = forecast.outlook.periods[0] if forecast.outlook.periods else None
    return Figures(
        tuple(stages),
        total_figures(snapshot.totals),
        ForecastFigures(
            made_on=snapshot.clock.today.isoformat(),
            until=horizon.until.isoformat(),
            open_deals=horizon.open_deals,
            open_value_cents=horizon.open_value_cents,
            expected_cents=round(horizon.expected_cents),
            p10=horizon.p10,
            p50=horizon.p50,
            p90=horizon.p90,
            period=running.period if running else None,
            won_cents=running.won_cents if running else 0,
            period_expected_cents=round(running.expected_cents) if running else 0,
            quota_cents=running.quota_cents if running else None,
            chance=running.chance if running else None,
        ),
    )


def _compare(workspace: Workspace, reader: Reader, pipelines: Sequence[Pipeline], start: Start, now: Figures) -> Review:
    """All but the decisions and what matters most."""
    ids = tuple(pipeline.id for pipeline in pipelines)
    standings = record.read_standings(reader, workspace.playbook.in_home)
    flow = waterfall(
        {deal_id: one.state for deal_id, one in start.standings.items()},
        {deal_id: one.state for deal_id, one in standings.items()},
        ids[0] if len(ids) == 1 else None,
    )
    between = Between(
        start.standings,
        standings,
        flow.flows,
        record.read_moves_since(reader, start.since),
        {pipeline.id: {stage: place for place, stage in enumerate(pipeline.stage_ids)} for pipeline in pipelines},
        record.read_touched_since(reader, start.since),
        record.read_last_touches(reader),
        record.read_changed_at(reader, start.since),
        start.on,
        reader.clock.today,
    )
    pruned, came_back = read_came_back(reader)
    touches = record.read_touchpoints_by_stage(reader, start.since, ids)
    return Review(
        made_at=to_text(reader.clock.now),
        pipelines=ids,
        currency=workspace.playbook.currency,
        from_on=start.on.isoformat(),
        to_on=reader.clock.today.isoformat(),
        since=to_text(start.since.instant),
        begins=start.begins,
        start_cents=flow.start_cents,
        end_cents=flow.end_cents,
        items=flow.items,
        passed=(
            *(
                (
                    "undated_in" if one.item == "moved_in" and one.deal_id not in start.standings else one.item,
                    one.deal_id,
                )
                for one in flow.flows
                if one.item in ("moved_in", "moved_out")
            ),
            *(("moved_across", deal_id) for deal_id in _across(start.standings, standings) if len(ids) > 1),
        ),
        changes=find_changes(between),
        decisions=(),
        then=start.figures,
        now=now,
        touchpoints=tuple(StageTouches(*key, *counts) for key, counts in touches.items()),
        speed=_speed(record.read_leads(reader, start.since, ids), workspace.playbook.first_response_hours(pipelines)),
        pruned=pruned,
        came_back=came_back,
        matters=(),
        seen=tuple(record.read_seen(reader)),
        undated=count_undated(start.standings, standings, ids),
    )


def _across(then: Mapping[int, Standing], now: Mapping[int, Standing]) -> list[int]:
    """Deals that are in another pipeline than they were; open all the time, they have no part in the waterfall."""
    return [deal_id for deal_id, one in now.items() if deal_id in then and one.pipeline != then[deal_id].pipeline]


def _speed(leads: Sequence[record.Lead], limit: float) -> LeadSpeed:
    """Of the deals that came since, and of those before, in hours."""
    hours: dict[bool, list[float]] = {True: [], False: []}
    for lead in leads:
        if lead.waited_hours is not None:
            hours[lead.is_new].append(lead.waited_hours)
    new = [lead for lead in leads if lead.is_new]
    is_known = hours[True] or not any(lead.is_unclear for lead in new)
    since, before = (speed_to_lead(sorted(hours[is_new]), limit) for is_new in (True, False))
    return LeadSpeed(
        len(new),
        len(hours[True]) if is_known else None,
        since and since.median_hours,
        since and since.within,
        before and before.median_hours,
        before and before.within,
        len(hours[False]),
    )


def _rank(situations: Sequence[Situation], decisions: Sequence[Decision]) -> tuple[Priority, ...]:
    """The findings of several pipelines say of which they speak."""
    names = {one.pipeline.id: one.pipeline.name for one in situations} if len(situations) > 1 else {}
    findings = [
        one._replace(message=f"{names[one.pipeline]}: {one.message}") if one.pipeline in names else one
        for one in find_in_all(situations).found
    ]
    weighted = {deal.facts.id: deal.weighted_cents for situation in situations for deal in situation.open_deals}
    return rank_priorities(findings, decisions, weighted)


class ToType(NamedTuple):
    """What to type about each decision and each priority."""

    decisions: Mapping[int, tuple[Choice, ...]] = {}
    """Deal -> what to type about it."""
    matters: tuple[Choice, ...] = ()


def commands_of(
    workspace: Workspace, reader: Reader, review: Review, names: Mapping[int, Name], *, kept: bool
) -> ToType:
    """Of a `kept` review, a deal that is no longer as it was then is there to be looked at alone."""
    known = {pipeline.id: pipeline for pipeline in workspace.playbook.pipelines}
    rules = {name: Rules(workspace.playbook, known[name]) for name in review.pipelines if name in known}
    silenced = frozenset[int]().union(*(read_silenced(reader, name) for name in rules))
    still = _decided_now(workspace, reader, [rule.pipeline for rule in rules.values()]) if kept else None
    decisions: dict[int, tuple[Choice, ...]] = {}
    for decision in review.decisions:
        here = rules.get(names[decision.deal_id].pipeline) if decision.deal_id in names else None
        if here is None or (still is not None and still.get(decision.deal_id) != decision.code):
            decisions[decision.deal_id] = (Choice(f"show {decision.deal_id}"),)
            continue
        is_silenced = decision.deal_id in silenced
        lacking = _first_missing(workspace, reader, here, decision) if decision.code == "stuck" else None
        if decision.code in OWED and not is_silenced:
            lacking = _answer(reader, decision.deal_id)
        decisions[decision.deal_id] = choices_of(
            decision.code, decision.deal_id, decision.stage, here, lacking, silenced=is_silenced
        )
    return ToType(decisions, tuple(_of_matter(matter, decisions, names) for matter in review.matters))


def _of_matter(priority: Priority, decisions: Mapping[int, tuple[Choice, ...]], names: Mapping[int, Name]) -> Choice:
    deal_id = priority.deal_id
    if deal_id is None:
        return Choice(priority.command)
    if priority.code in CODES and deal_id in decisions:
        return decisions[deal_id][0]
    is_open = deal_id in names and names[deal_id].status == "open"
    return Choice(priority.command if is_open else f"show {deal_id}")


def _decided_now(workspace: Workspace, reader: Reader, pipelines: Sequence[Pipeline]) -> dict[int, str]:
    """Deal -> the code of the decision it needs now."""
    return {one.deal_id: one.code for one in decide(Snapshot(reader, workspace.playbook, pipelines).each)}


def _answer(reader: Reader, deal_id: int) -> Choice | None:
    """By the way they got in touch; None where nobody waits any more."""
    kind = read_facts(reader, numbers=[deal_id])[0].awaits_kind
    return None if kind is None else Choice(command_line("log", str(deal_id), kind))


def _first_missing(workspace: Workspace, reader: Reader, rules: Rules, decision: Decision) -> Choice | None:
    """What meets the first exit criterion that is missing: `advance` would be refused."""
    stage = rules.pipeline.stage(decision.stage)
    if stage is None or not stage.exit_criteria:
        return None
    program = workspace.command_name
    record = read_record(reader, decision.deal_id)
    results = missing(check_criteria(stage, record, rules.playbook, reader.clock, program))
    fix = next((result.fix for result in results if result.fix), None)
    if fix is not None:
        return met_by(fix, program)
    return Choice(f"show {decision.deal_id}") if results else None
