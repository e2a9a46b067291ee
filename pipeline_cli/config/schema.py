"""Every key of pipeline.yaml, with what its value may be.

Only `version` and `pipelines` must be there, in a stage `id` and `probability`:
a guess of ours would walk into every forecast unseen. Everything else has a
default, given in `defaults.py`; without `currency` the file counts in EUR.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Discriminator, Field, Tag, ValidationInfo, field_validator

from pipeline_cli.config import scalars
from pipeline_cli.domain.playbook import CATEGORIES, FUNNELS

FRAMEWORK_NAMES = ("bant", "champ", "meddic", "custom")
PRESET_NAMES = ("canonical", "hubspot", "pipedrive", "salesforce", "zendesk", "zoho")

Id = Annotated[str, scalars.short_id()]
Line = Annotated[str, scalars.line_of_text()]
Lines = Annotated[str, scalars.lines_of_text()]
Days = Annotated[int, scalars.whole(1, 3650)]
DaysFromZero = Annotated[int, scalars.whole(0, 3650)]
Count = Annotated[int, scalars.whole(1, 100_000)]
Attempts = Annotated[int, scalars.whole(1, 100)]
Cents = Annotated[int, scalars.money()]
Currency = Annotated[str, scalars.currency_code()]
Multiple = Annotated[Fraction, scalars.number("0.1", 100)]
TrueOnly = Annotated[bool, scalars.true_only()]


class Section(BaseModel):
    """Keys that are not known are refused; pydantic's own messages quote no value."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True, arbitrary_types_allowed=True)

    @field_validator("*", mode="before")
    @classmethod
    def refuse_nothing(cls, value: Any, info: ValidationInfo) -> Any:
        """A key without a value is a mistake, also where the key may be left out."""
        if value is None and not cls.model_fields[str(info.field_name)].is_required():
            raise scalars.wants("write one, or remove the key")
        return value


class TouchpointRule(Section):
    kinds: list[Line] = []
    direction: Annotated[str, scalars.one_of(("any", "in", "out"))] = "any"
    at_least: Count = 1
    within_days: Days | None = None
    since: Annotated[str, scalars.one_of(("stage", "created"))] = "stage"
    answered: Annotated[bool, scalars.true_or_false()] | None = None


class ScoreRule(Section):
    at_least: Annotated[int, scalars.whole(0, 100)]


class ValueRule(Section):
    at_least: Cents


class ExitCriterion(Section):
    id: Id
    text: Line
    any_of: Id | None = None
    field: Line | None = None
    touchpoint: TouchpointRule | None = None
    qualified: TrueOnly | None = None
    score: ScoreRule | None = None
    next_step: TrueOnly | None = None
    value: ValueRule | None = None
    confirm: TrueOnly | None = None


class StageCadenceEntry(Section):
    """What a stage does otherwise than the file."""

    max_unanswered: Attempts | None = None
    days: list[DaysFromZero] | None = None


class StageEntry(Section):
    id: Id
    name: Line | None = None
    funnel: Annotated[str, scalars.one_of(FUNNELS)] | None = None
    probability: Annotated[Fraction, scalars.number(0, 100, "a percentage")]
    category: Annotated[str, scalars.one_of(CATEGORIES)] = "pipeline"
    idle_after_days: Days = 14
    max_days: Days = 30
    wip_limit: Count | None = None
    next_actions: list[Line] = []
    exit_criteria: list[ExitCriterion] = []
    cadence: StageCadenceEntry | None = None


class QuotaEntry(Section):
    per: Annotated[str, scalars.one_of(("month", "quarter", "year"))]
    amount: Cents


class ItemEntry(Section):
    id: Id
    ask: Line
    weight: Annotated[int, scalars.whole(1, 100)] = 1


class IdealCustomer(Section):
    countries: list[Line] = []
    industries: list[Line] = []


class QualificationEntry(Section):
    framework: Annotated[str, scalars.one_of(FRAMEWORK_NAMES)] = "bant"
    items: list[ItemEntry] = []
    required: list[Id] | None = None
    min_yes: Annotated[int, scalars.whole(0, 100)] | None = None
    ideal_customer: IdealCustomer = IdealCustomer()


class CadenceEntry(Section):
    max_unanswered: Attempts | None = None
    days: list[DaysFromZero] = [0, 2, 4, 7, 14, 21]
    first_response_hours: Annotated[Fraction, scalars.number("0.1", 1000)] = Fraction(1)


class LastChanceEntry(Section):
    subject: Line | None = None
    body: Lines | None = None


class PruneEntry(Section):
    idle_multiple: Multiple = Fraction(2)
    cycle_multiple: Multiple = Fraction(2)
    usual_cycle_days: Days = 90
    grace_days: Annotated[int, scalars.whole(0, 365)] = 7
    last_chance: LastChanceEntry = LastChanceEntry()


class PipelineEntry(Section):
    """The stages, and what this pipeline does otherwise than the file: of `cadence` and `prune` the keys that are given."""

    name: Line | None = None
    stages: Annotated[list[StageEntry], Field(min_length=1)]
    quota: QuotaEntry | None = None
    qualification: QualificationEntry | None = None
    lost_reasons: Annotated[list[Line], Field(min_length=1)] | None = None
    cadence: CadenceEntry | None = None
    prune: PruneEntry | None = None


class KindEntry(Section):
    """A kind of touchpoint of which more is said than its word."""

    id: Line
    name: Line | None = None
    conversation: Annotated[bool, scalars.true_or_false()] | None = None


WORD, MAPPING = "(word)", "(mapping)"
"""Tags that pydantic puts into the place of a problem, where no key of a file can be taken for them."""
Kind = Annotated[
    Annotated[Line, Tag(WORD)] | Annotated[KindEntry, Tag(MAPPING)],
    Discriminator(lambda value: MAPPING if isinstance(value, dict) else WORD),
]


class ImportEntry(Section):
    """What `import` is told on the command line, kept under a name."""

    preset: Annotated[str, scalars.one_of(PRESET_NAMES)] | None = None
    map: dict[str, Line] | None = None
    value_map: dict[str, dict[str, Line]] | None = None
    date_order: Annotated[str, scalars.one_of(("dmy", "mdy"))] | None = None
    decimal: Annotated[str, scalars.one_of((".", ","))] | None = None
    encoding: Annotated[str, scalars.encoding_name()] | None = None
    source_name: Line | None = None


class PlaybookFile(Section):
    """The whole file."""

    version: Annotated[int, scalars.only_version_one()]
    currency: Currency = "EUR"
    time_zone: Annotated[str, scalars.time_zone_name()] | None = None
    database: Annotated[str, scalars.database_name()] = "pipeline.db"
    exchange_rates: dict[Currency, Annotated[Fraction, scalars.exchange_rate()]] = {}
    quota: QuotaEntry | None = None
    pipelines: Annotated[dict[Id, PipelineEntry], Field(min_length=1)]
    qualification: QualificationEntry = QualificationEntry()
    touchpoint_kinds: Annotated[list[Kind], Field(min_length=1)] | None = None
    sources: Annotated[list[Line], Field(min_length=1)] | None = None
    lost_reasons: Annotated[list[Line], Field(min_length=1)] | None = None
    cadence: CadenceEntry = CadenceEntry()
    prune: PruneEntry = PruneEntry()
    imports: dict[Id, ImportEntry] = {}
