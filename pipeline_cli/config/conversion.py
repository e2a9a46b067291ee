"""From the checked file to the domain's Playbook, defaults filled in."""

from __future__ import annotations

from typing import Any, TypeVar

from pipeline_cli.config import defaults
from pipeline_cli.config.defaults import complete_items, default_min_yes, default_required
from pipeline_cli.config.schema import (
    CRITERION_KINDS,
    BackupEntry,
    CadenceEntry,
    CaptureEntry,
    ExitCriterion,
    ImportEntry,
    KindEntry,
    PipelineEntry,
    PlaybookFile,
    PruneEntry,
    QualificationEntry,
    QuotaEntry,
    Section,
    StageCadenceEntry,
    StageEntry,
    ViewEntry,
)
from pipeline_cli.domain.deal.touch_sense import is_live
from pipeline_cli.domain.playbook import (
    Cadence,
    CaptureSettings,
    Criterion,
    LastChanceText,
    ListView,
    Pipeline,
    Playbook,
    PruneRules,
    Qualification,
    QualificationItem,
    Quota,
    SecondCopies,
    Stage,
)
from pipeline_cli.domain.words.shell import split_words

_Section = TypeVar("_Section", bound=Section)


def to_playbook(file: PlaybookFile) -> Playbook:
    """The file must have passed the schema and the checks."""
    return Playbook(
        currency=file.currency,
        time_zone=file.time_zone,
        database=file.database,
        exchange_rates=file.exchange_rates,
        quota=_quota(file.quota),
        pipelines=tuple(_pipeline(name, entry, file) for name, entry in file.pipelines.items()),
        qualification=_qualification(file.qualification),
        touchpoint_kinds=tuple(
            kind.id if isinstance(kind, KindEntry) else kind
            for kind in file.touchpoint_kinds or defaults.TOUCHPOINT_KINDS
        ),
        sources=tuple(file.sources) if file.sources else None,
        lost_reasons=tuple(file.lost_reasons or defaults.LOST_REASONS),
        cadence=_cadence(file.cadence),
        prune=_prune_rules(file.prune),
        kind_names={kind.id: kind.name for kind in _described(file) if kind.name is not None},
        conversations={kind.id: live for kind in _described(file) if (live := _is_conversation(kind)) is not None},
        imports={name: _import_mapping(entry) for name, entry in file.imports.items()},
        goals=file.goals.week,
        views={name: _view(entry) for name, entry in file.views.items()},
        columns={report: tuple(columns) for report, columns in file.columns.items()},
        remind_minutes=file.remind if file.remind >= 0 else None,
        second_copies=_second_copies(file.backup),
        capture=_capture(file.capture),
        country=file.country,
        won_reasons=tuple(file.won_reasons) if file.won_reasons else None,
    )


def _described(file: PlaybookFile) -> list[KindEntry]:
    return [kind for kind in file.touchpoint_kinds or () if isinstance(kind, KindEntry)]


def _is_conversation(kind: KindEntry) -> bool | None:
    """As the file says; else by its name, where its id is no word: `{id: tel1, name: Telefonat}`."""
    if kind.conversation is not None or kind.name is None or is_live(kind.id) is not None:
        return kind.conversation
    return is_live(kind.name)


def _pipeline(pipeline_id: str, entry: PipelineEntry, file: PlaybookFile) -> Pipeline:
    """Its own cadence and prune rules begin with those of the file; a qualification of its own stands alone."""
    return Pipeline(
        id=pipeline_id,
        name=entry.name or defaults.name_from(pipeline_id),
        stages=tuple(_stage(stage, index, len(entry.stages)) for index, stage in enumerate(entry.stages)),
        quota=_quota(entry.quota),
        prune=_own_prune_rules(entry.prune, file.prune) if entry.prune else None,
        cadence=_own_cadence(entry.cadence, file.cadence) if entry.cadence else None,
        qualification=_qualification(entry.qualification) if entry.qualification else None,
        lost_reasons=tuple(entry.lost_reasons) if entry.lost_reasons else None,
        won_reasons=tuple(entry.won_reasons) if entry.won_reasons else None,
    )


def _second_copies(entry: BackupEntry | None) -> SecondCopies | None:
    return SecondCopies(entry.to, entry.keep.daily, entry.keep.weekly, entry.keep.monthly) if entry else None


def _capture(entry: CaptureEntry | None) -> CaptureSettings | None:
    if entry is None:
        return None
    return CaptureSettings(
        me=tuple(entry.me),
        mail=tuple(entry.mail),
        calendar=tuple(entry.calendar),
        contacts=tuple(entry.contacts),
        never=tuple(entry.never),
        since_days=entry.since,
        keep=entry.keep,
        password_command=entry.password_command,
    )


def _quota(entry: QuotaEntry | None) -> Quota | None:
    return Quota(entry.per, entry.amount) if entry else None


def _cadence(entry: CadenceEntry) -> Cadence:
    return Cadence(
        _most_attempts(entry) or defaults.MAX_UNANSWERED, tuple(entry.days), float(entry.first_response_hours)
    )


def _own_cadence(own: CadenceEntry, file: CadenceEntry) -> Cadence:
    """Days of its own bring as many attempts as they are, whatever the file says."""
    merged = _merged(own, file)
    if own.days and "days" in own.model_fields_set and own.max_unanswered is None:
        merged = merged.model_copy(update={"max_unanswered": None})
    return _cadence(merged)


def _own_prune_rules(own: PruneEntry, file: PruneEntry) -> PruneRules:
    merged = _merged(own, file)
    return _prune_rules(merged.model_copy(update={"last_chance": _merged(own.last_chance, file.last_chance)}))


def _merged(own: _Section, file: _Section) -> _Section:
    """What is written in `own`, and the rest of `file`."""
    return file.model_copy(update={name: getattr(own, name) for name in own.model_fields_set})


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
            since=rule.since,
            answered=rule.answered,
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


def _view(entry: ViewEntry) -> ListView:
    return ListView(tuple(split_words(entry.filter)), tuple(entry.columns), entry.sort)


def _import_mapping(entry: ImportEntry) -> dict[str, Any]:
    """Only the keys that are given."""
    return entry.model_dump(exclude_none=True)
