"""From the checked file to the domain's Playbook, defaults filled in."""

from __future__ import annotations

from typing import Any

from pipeline_cli.config import defaults
from pipeline_cli.config.frameworks import complete_items, default_min_yes, default_required
from pipeline_cli.config.schema import (
    CadenceEntry,
    ExitCriterion,
    ImportEntry,
    PipelineEntry,
    PlaybookFile,
    PruneEntry,
    QualificationEntry,
    StageCadenceEntry,
    StageEntry,
)
from pipeline_cli.domain.playbook import (
    Cadence,
    Criterion,
    LastChanceText,
    Pipeline,
    Playbook,
    PruneRules,
    Qualification,
    QualificationItem,
    Quota,
    Stage,
)

CRITERION_KINDS = ("field", "touchpoint", "qualified", "score", "next_step", "value", "confirm")


def to_playbook(file: PlaybookFile) -> Playbook:
    """The file must have passed the schema and the checks."""
    return Playbook(
        currency=file.currency,
        time_zone=file.time_zone,
        database=file.database,
        exchange_rates=file.exchange_rates,
        quota=Quota(file.quota.per, file.quota.amount) if file.quota else None,
        pipelines=tuple(_pipeline(name, entry) for name, entry in file.pipelines.items()),
        qualification=_qualification(file.qualification),
        touchpoint_kinds=tuple(file.touchpoint_kinds or defaults.TOUCHPOINT_KINDS),
        sources=tuple(file.sources) if file.sources else None,
        lost_reasons=tuple(file.lost_reasons or defaults.LOST_REASONS),
        cadence=Cadence(
            _most_attempts(file.cadence) or defaults.MAX_UNANSWERED,
            tuple(file.cadence.days),
            float(file.cadence.first_response_hours),
        ),
        prune=_prune_rules(file.prune),
        imports={name: _import_mapping(entry) for name, entry in file.imports.items()},
    )


def _pipeline(pipeline_id: str, entry: PipelineEntry) -> Pipeline:
    stages = tuple(_stage(stage, index, len(entry.stages)) for index, stage in enumerate(entry.stages))
    return Pipeline(pipeline_id, entry.name or defaults.name_from(pipeline_id), stages)


def _stage(entry: StageEntry, index: int, count: int) -> Stage:
    return Stage(
        id=entry.id,
        name=entry.name or defaults.name_from(entry.id),
        funnel=entry.funnel or defaults.funnel_at(index, count),
        probability=float(entry.probability / 100),
        category=entry.category,
        idle_after_days=entry.idle_after_days,
        max_days=entry.max_days,
        wip_limit=entry.wip_limit,
        next_actions=tuple(entry.next_actions),
        exit_criteria=tuple(_criterion(criterion) for criterion in entry.exit_criteria),
        cadence_days=None if entry.cadence is None or entry.cadence.days is None else tuple(entry.cadence.days),
        max_unanswered=None if entry.cadence is None else _most_attempts(entry.cadence),
    )


def _most_attempts(entry: CadenceEntry | StageCadenceEntry) -> int | None:
    """As many as are planned, where the file says nothing else: after the last one a deal is unanswered."""
    return entry.max_unanswered or (len(entry.days) if entry.days else None)


def _criterion(entry: ExitCriterion) -> Criterion:
    kind = next(name for name in CRITERION_KINDS if getattr(entry, name) is not None)
    plain = Criterion(entry.id, entry.text, kind, entry.any_of)
    if entry.field is not None:
        return plain._replace(field=entry.field)
    if entry.touchpoint is not None:
        rule = entry.touchpoint
        return plain._replace(
            touch_kinds=tuple(rule.kinds),
            direction=rule.direction,
            at_least=rule.at_least,
            within_days=rule.within_days,
        )
    limit = entry.score or entry.value
    return plain if limit is None else plain._replace(at_least=limit.at_least)


def _qualification(entry: QualificationEntry) -> Qualification:
    given = tuple(QualificationItem(item.id, item.ask, item.weight) for item in entry.items)
    names = [item.id for item in given]
    required = default_required(entry.framework, names) if entry.required is None else tuple(entry.required)
    min_yes = default_min_yes(entry.framework, names) if entry.min_yes is None else entry.min_yes
    customer = entry.ideal_customer
    fits = {"countries": tuple(customer.countries), "industries": tuple(customer.industries)}
    return Qualification(
        framework=entry.framework,
        items=complete_items(entry.framework, given, required, min_yes),
        required=required,
        min_yes=min_yes,
        ideal_customer={key: values for key, values in fits.items() if values},
    )


def _prune_rules(entry: PruneEntry) -> PruneRules:
    text = entry.last_chance
    return PruneRules(
        idle_multiple=float(entry.idle_multiple),
        cycle_multiple=float(entry.cycle_multiple),
        usual_cycle_days=entry.usual_cycle_days,
        grace_days=entry.grace_days,
        last_chance=LastChanceText(
            text.subject or defaults.LAST_CHANCE_SUBJECT, text.body or defaults.LAST_CHANCE_BODY
        ),
    )


def _import_mapping(entry: ImportEntry) -> dict[str, Any]:
    """Only the keys that are given."""
    return entry.model_dump(exclude_none=True)
