"""What `pipeline.yaml` says, as plain values: stages, exit criteria and the rules of the house.

Records here are named tuples, not dataclasses (see `record`): defining a frozen
dataclass with slots costs 1.4 ms of every start, and each command loads them all.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from pipeline_cli.domain.record import NamedTuple

if TYPE_CHECKING:
    from fractions import Fraction

OUTCOMES = ("won", "lost", "disqualified")
STATUSES = ("open", *OUTCOMES)
CATEGORIES = ("omitted", "pipeline", "best_case", "commit")
FUNNELS = ("top", "middle", "bottom")


class Criterion(NamedTuple):
    """One exit criterion: a fact that must hold before a deal may leave its stage forwards."""

    id: str
    text: str
    kind: str
    """Of the kinds that `exit_criteria` judges: field, touchpoint, qualified, score, next_step, value, confirm."""
    any_of: str | None = None
    field: str | None = None
    """kind field: the name of the field that must be present and not empty."""
    touch_kinds: tuple[str, ...] = ()
    """kind touchpoint: the kinds that count; empty means every kind."""
    direction: str = "any"
    """kind touchpoint: any | in | out."""
    at_least: int = 1
    """kind touchpoint: how many; kind score: the score, 0 to 100; kind value: minor units."""
    within_days: int | None = None
    """kind touchpoint: only those of the last so many days count."""
    since: str = "stage"
    """kind touchpoint: stage | created: since the deal first entered the stage that asks, or ever."""
    answered: bool | None = None
    """kind touchpoint: conversations alone, or attempts too; None: what they send or take part in must be one."""


class Stage(NamedTuple):
    """An open step of a pipeline."""

    id: str
    name: str
    funnel: str
    probability: float
    """Share of the deals reaching this stage that are won, 0 to 1: a guess until history says more."""
    category: str = "pipeline"
    idle_after_days: int = 14
    max_days: int = 30
    wip_limit: int | None = None
    next_actions: tuple[str, ...] = ()
    exit_criteria: tuple[Criterion, ...] = ()
    cadence_days: tuple[int, ...] | None = None
    """A cadence of this stage's own; None: that of its pipeline."""
    max_unanswered: int | None = None


class Pipeline(NamedTuple):
    """Stages in their order."""

    id: str
    name: str
    stages: tuple[Stage, ...]
    quota: Quota | None = None
    """Of this pipeline alone; that of the file is held against all of them together."""
    prune: PruneRules | None = None
    """Here and below, None: what the file says. Read them through the Playbook."""
    cadence: Cadence | None = None
    qualification: Qualification | None = None
    lost_reasons: tuple[str, ...] | None = None
    won_reasons: tuple[str, ...] | None = None

    @property
    def stage_ids(self) -> tuple[str, ...]:
        """In the order of the file."""
        return tuple(stage.id for stage in self.stages)

    def position(self, stage_id: str) -> int | None:
        """0 for the first stage; None when the file has no such stage."""
        for index, stage in enumerate(self.stages):
            if stage.id == stage_id:
                return index
        return None

    def stage(self, stage_id: str) -> Stage | None:
        """The stage of that id; None when the file no longer has it."""
        position = self.position(stage_id)
        return None if position is None else self.stages[position]

    def find_stage(self, word: str) -> Stage | None:
        """The stage of this id, or else of this name, case and accents aside."""
        from pipeline_cli.domain.words.names import normalise  # commands without a stage's name need no names

        by_id = self.stage(word.strip())
        return by_id or next(
            (stage for stage in self.stages if normalise(word) in {normalise(stage.id), normalise(stage.name)}), None
        )

    def name_of(self, stage_id: str) -> str:
        """The name of a stage; of one that the file does not have, its id."""
        stage = self.stage(stage_id)
        return stage.name if stage else stage_id

    @property
    def qualifying_position(self) -> int | None:
        """Of the first stage that may only be left qualified; None when no stage asks for it."""
        for index, stage in enumerate(self.stages):
            if any(criterion.kind == "qualified" for criterion in stage.exit_criteria):
                return index
        return None


class Quota(NamedTuple):
    """What is to be won in each period."""

    per: str
    """month | quarter | year"""
    amount_cents: int

    def falls_to(self, per: str) -> int | None:
        """Minor units that fall to one period: a quarter has three months' quota. None for a week, which no month divides."""
        from pipeline_cli.domain.words.dates import MONTHS  # those who speak of quotas have loaded it

        return None if per == "week" else round(self.amount_cents * MONTHS[per] / MONTHS[self.per])


class QualificationItem(NamedTuple):
    """One question and its weight."""

    id: str
    ask: str
    weight: int = 1


class Qualification(NamedTuple):
    """The questions, and what makes a deal qualified."""

    framework: str
    items: tuple[QualificationItem, ...]
    required: tuple[str, ...]
    min_yes: int
    ideal_customer: Mapping[str, tuple[str, ...]]
    """Of `countries` and `industries`, those that fit; empty: not judged."""


class Cadence(NamedTuple):
    """When to try again, and after how many tries a deal is unanswered."""

    max_unanswered: int
    days: tuple[int, ...]
    first_response_hours: float


class LastChanceText(NamedTuple):
    """The text of the last-chance message, with placeholders."""

    subject: str
    body: str


class PruneRules(NamedTuple):
    """When a deal is dead; multiples of days and of the usual cycle."""

    idle_multiple: float
    cycle_multiple: float
    usual_cycle_days: int
    grace_days: int
    last_chance: LastChanceText


class ListView(NamedTuple):
    """A filter with a name."""

    filter: tuple[str, ...]
    """Its words."""
    columns: tuple[str, ...] = ()
    sort: str | None = None


class SecondCopies(NamedTuple):
    """Where backups go a second time, and how many of those made unasked stay there."""

    folder: str
    """As the file has it: from the folder of the file, `~` is the home."""
    daily: int = 7
    """Of so many days the newest stays."""
    weekly: int = 8
    monthly: int = 12


class CaptureSettings(NamedTuple):
    """What mail, calendars and address books are read, whose they are, and what never comes in."""

    me: tuple[str, ...] = ()
    """One's own addresses."""
    mail: tuple[str, ...] = ()
    """Paths and IMAP addresses; here and below, paths as the file has them."""
    calendar: tuple[str, ...] = ()
    contacts: tuple[str, ...] = ()
    never: tuple[str, ...] = ()
    """Addresses, and domains with all below them."""
    since_days: int = 366
    keep: str = "subject"
    """subject | excerpt | nothing: what of a mail's words is kept."""
    password_command: str | None = None
    """A program whose first line is the password of an IMAP account."""


class Playbook(NamedTuple):
    """The whole of one valid `pipeline.yaml`."""

    currency: str
    time_zone: str | None
    database: str
    exchange_rates: Mapping[str, Fraction]
    """Currency -> what one unit of it is in `currency`."""
    quota: Quota | None
    pipelines: tuple[Pipeline, ...]
    qualification: Qualification
    touchpoint_kinds: tuple[str, ...]
    sources: tuple[str, ...] | None
    """None: any source is taken."""
    lost_reasons: tuple[str, ...]
    cadence: Cadence
    prune: PruneRules
    imports: Mapping[str, Mapping[str, Any]]
    """Kept import mappings by name: {headers, preset, map, value_map, date_order, decimal, encoding, source_name}."""
    kind_names: Mapping[str, str] = {}
    """Kind of touchpoint -> what people read, where the file gives it a name."""
    conversations: Mapping[str, bool] = {}
    """Kind of touchpoint -> whether it is a conversation by itself, where the file says so."""
    second_copies: SecondCopies | None = None
    goals: Mapping[str, int] = {}
    """Kind of touchpoint -> how many of them there should be in a week, Monday to Sunday."""

    views: Mapping[str, ListView] = {}
    """By the name that is typed behind `@`."""
    columns: Mapping[str, tuple[str, ...]] = {}
    """Report -> the columns that people see, where the file says which."""
    remind_minutes: int | None = 15
    """So long before a next step that has a time its reminder comes, where it names no other; None: none comes."""
    capture: CaptureSettings | None = None
    country: str | None = None
    """Of telephone numbers that name none, as ISO 3166 has it."""
    won_reasons: tuple[str, ...] | None = None
    """None: any reason is taken."""

    def in_home(self, cents: int, currency: str) -> int:
        """Minor units of the file's currency, half to even. Raises UsageError for a currency without a rate."""
        from pipeline_cli.domain.words.money import convert_cents  # not every command speaks of amounts

        return convert_cents(cents, currency, self.currency, self.exchange_rates)

    def has_rate(self, currency: str) -> bool:
        """Whether amounts in it can be told in the file's currency."""
        return currency == self.currency or currency in self.exchange_rates

    @property
    def default_pipeline(self) -> Pipeline:
        """The first of the file."""
        return self.pipelines[0]

    def pipeline(self, pipeline_id: str) -> Pipeline | None:
        """The pipeline of that id; None when the file no longer has it."""
        return next((p for p in self.pipelines if p.id == pipeline_id), None)

    def find_pipeline(self, name: str) -> Pipeline:
        """The pipeline of this id or name, case aside. Raises UsageError."""
        for pipeline in self.pipelines:
            if name.casefold() in (pipeline.id.casefold(), pipeline.name.casefold()):
                return pipeline
        from pipeline_cli.domain.errors import UsageError
        from pipeline_cli.domain.words.text import choice_of

        known = choice_of(name, (one.id for one in self.pipelines))
        raise UsageError(f"--pipeline {name}: there is no such pipeline: {known}.")

    def stage_name(self, pipeline_id: str, stage_id: str) -> str:
        """The name of a stage; of one that the file does not have, its id."""
        pipeline = self.pipeline(pipeline_id)
        return pipeline.name_of(stage_id) if pipeline else stage_id

    def pipeline_name(self, pipeline_id: str) -> str:
        """Of one that the file does not have, its id."""
        pipeline = self.pipeline(pipeline_id)
        return pipeline.name if pipeline else pipeline_id

    def pipeline_of(self, pipeline_id: str) -> Pipeline:
        """The pipeline of a deal; the first one for a deal in one that the file has no more."""
        return self.pipeline(pipeline_id) or self.default_pipeline

    def kind_name(self, kind: str) -> str:
        """What people read of a kind of touchpoint."""
        return self.kind_names.get(kind, kind)

    def quota_held_against(self, pipelines: Sequence[Pipeline]) -> Quota | None:
        """What these pipelines are to bring: one of several, its own quota; every one together, that of the file.

        None for one of several that has none of its own: nobody said which part of the whole is its. Where the file has
        no quota and each pipeline has, every one together is held against the sum.
        """
        if len(pipelines) < len(self.pipelines) or len(pipelines) == 1:
            alone = len(self.pipelines) == 1
            return pipelines[0].quota or (self.quota if alone else None)
        if self.quota is not None:
            return self.quota
        own = [pipeline.quota for pipeline in pipelines if pipeline.quota is not None]
        if len(own) < len(pipelines):
            return None
        longest = max((quota.per for quota in own), key=("month", "quarter", "year").index)
        return Quota(longest, sum(quota.falls_to(longest) or 0 for quota in own))

    # What a pipeline says itself, else what the file says

    def cadence_in(self, pipeline: Pipeline, stage: Stage | None = None) -> Cadence:
        """With what the stage says itself, when one is named."""
        cadence = pipeline.cadence or self.cadence
        if stage is None or (stage.cadence_days is None and stage.max_unanswered is None):
            return cadence
        days = cadence.days if stage.cadence_days is None else stage.cadence_days
        most = cadence.max_unanswered if stage.max_unanswered is None else stage.max_unanswered
        return Cadence(most, days, cadence.first_response_hours)

    def first_response_hours(self, pipelines: Sequence[Pipeline]) -> float:
        """Of one pipeline its own; several together are measured by the file's."""
        cadence = self.cadence_in(pipelines[0]) if len(pipelines) == 1 else self.cadence
        return cadence.first_response_hours

    def prune_in(self, pipeline: Pipeline) -> PruneRules:
        """The pipeline's own rules, or the file's."""
        return pipeline.prune or self.prune

    def qualification_in(self, pipeline: Pipeline) -> Qualification:
        """The pipeline's own questions, or the file's."""
        return pipeline.qualification or self.qualification

    def lost_reasons_in(self, pipeline: Pipeline) -> tuple[str, ...]:
        """The pipeline's own reasons, or the file's."""
        return pipeline.lost_reasons or self.lost_reasons

    def won_reasons_in(self, pipeline: Pipeline) -> tuple[str, ...] | None:
        """The pipeline's own reasons, or the file's; None: any is taken."""
        return pipeline.won_reasons or self.won_reasons

    @property
    def every_lost_reason(self) -> tuple[str, ...]:
        """Those of each pipeline, each once."""
        lists = (self.lost_reasons_in(pipeline) for pipeline in self.pipelines)
        return tuple(dict.fromkeys(reason for reasons in lists for reason in reasons))

    @property
    def every_question(self) -> frozenset[str]:
        """The ids of the qualification questions of every pipeline: a deal that moved across keeps its answers."""
        asked = (self.qualification_in(pipeline) for pipeline in self.pipelines)
        return frozenset(item.id for qualification in asked for item in qualification.items)
