"""Every key of pipeline.yaml, what its value may be, and how the text of a value is read.

Only `version` and `pipelines` must be there, in a stage `id` and `probability`:
a guess of ours would walk into every forecast unseen. Everything else has a
default, given in `defaults.py`; without `currency` the file counts in EUR.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from fractions import Fraction
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Discriminator, Field, PlainValidator, Tag, ValidationInfo, field_validator
from pydantic_core import PydanticCustomError

from pipeline_cli.domain.deal.steps import EARLIEST_REMINDER, parse_minutes
from pipeline_cli.domain.playbook import CATEGORIES, FUNNELS
from pipeline_cli.domain.words.addresses import is_email
from pipeline_cli.domain.words.presets import PRESETS
from pipeline_cli.domain.words.text import nearest

LONGEST_LINE = 500
LONGEST_TEXT = 10_000
MOST_UNITS = 10**13
"""The database holds amounts up to 10^15 minor units."""

_NUMBER = re.compile(r"[+-]?(0|[1-9][0-9]{0,17})(\.[0-9]{1,12})?")
_ID = re.compile(r"\w[\w-]{0,59}")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")
_CONTROL_BUT_BREAKS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")


def wants(advice: str) -> PydanticCustomError:
    """The refusal of a value; wording.py puts the key and the value in front of the advice."""
    return PydanticCustomError("wants", "{advice}", {"advice": advice})


def line_of_text(advice: str = "write text on one line, up to 500 characters") -> PlainValidator:
    """Reads one line of text that is not empty; `advice` says what to write instead."""

    def read(value: Any) -> str:
        text = value.strip() if isinstance(value, str) else ""
        if not text or len(text) > LONGEST_LINE or _CONTROL.search(text):
            raise wants(advice)
        return text

    return PlainValidator(read)


def line_or_nothing() -> PlainValidator:
    """Reads one line of text that may be empty: `""` takes a column or a word away."""

    def read(value: Any) -> str:
        if not isinstance(value, str) or len(value) > LONGEST_LINE or _CONTROL.search(value):
            raise wants('write text on one line, up to 500 characters, or ""')
        return value.strip()

    return PlainValidator(read)


def lines_of_text() -> PlainValidator:
    """Reads a text of several lines that is not empty."""

    def read(value: Any) -> str:
        if (
            not isinstance(value, str)
            or not value.strip()
            or len(value) > LONGEST_TEXT
            or _CONTROL_BUT_BREAKS.search(value)
        ):
            raise wants("write text, up to 10,000 characters")
        return value

    return PlainValidator(read)


def short_id() -> PlainValidator:
    """Reads an id: a short word of letters, digits, `_` and `-`."""

    def read(value: Any) -> str:
        if not isinstance(value, str) or not _ID.fullmatch(value):
            raise wants("write up to 60 letters, digits, `_` and `-`, such as `first_call`")
        return value

    return PlainValidator(read)


def number(low: int | str, high: int, wanted: str = "a number") -> PlainValidator:
    """A decimal number within bounds, as an exact Fraction; `.`, no exponent, no leading zero."""

    def read(value: Any) -> Fraction:
        exact = exact_number(value)
        if exact is None or not Fraction(low) <= exact <= high:
            raise wants(f"write {wanted} from {low} to {high:,}")
        return exact

    return PlainValidator(read)


def exchange_rate() -> PlainValidator:
    """Reads an exact number above 0."""

    def read(value: Any) -> Fraction:
        exact = exact_number(value)
        if exact is None or exact <= 0:
            raise wants("write what one unit of it is worth in the currency of the file, such as 0.92")
        return exact

    return PlainValidator(read)


def whole(low: int, high: int) -> PlainValidator:
    """Reads a whole number from `low` to `high`."""

    def read(value: Any) -> int:
        exact = exact_number(value)
        if exact is None or exact.denominator != 1 or not low <= exact <= high:
            raise wants(f"write a whole number from {low} to {high:,}")
        return int(exact)

    return PlainValidator(read)


def exact_number(value: Any) -> Fraction | None:
    """None when the text is not a number in plain decimal form."""
    if not isinstance(value, str) or not _NUMBER.fullmatch(value.strip()):
        return None
    return Fraction(value.strip())


def money() -> PlainValidator:
    """Minor units."""

    def read(value: Any) -> int:
        exact = exact_number(value)
        if exact is None or not 0 <= exact <= MOST_UNITS or (exact * 100).denominator != 1:
            raise wants("write an amount such as 20000 or 1500.50, without a currency or separators")
        return int(exact * 100)

    return PlainValidator(read)


def true_only() -> PlainValidator:
    """Reads `true`: the key is removed where it does not hold."""

    def read(value: Any) -> bool:
        if value not in ("true", "True", "TRUE"):
            raise wants("write `true`, or remove the key")
        return True

    return PlainValidator(read)


def true_or_false() -> PlainValidator:
    """Reads `true` or `false`."""

    def read(value: Any) -> bool:
        if not isinstance(value, str) or value.casefold() not in ("true", "false"):
            raise wants("write `true` or `false`")
        return value.casefold() == "true"

    return PlainValidator(read)


def minutes_before() -> PlainValidator:
    """Reads how long before something a reminder comes, in minutes; -1 for none."""

    def read(value: Any) -> int:
        if value in ("none", "None", "no", "off", "false"):
            return -1
        minutes = parse_minutes(value) if isinstance(value, str) else None
        if minutes is None or minutes > EARLIEST_REMINDER:
            raise wants("write how long before a step its reminder comes, such as 15m or 1h, or none")
        return minutes

    return PlainValidator(read)


def one_of(choices: Sequence[str]) -> PlainValidator:
    """Reads one word of a list, and names the nearest for a mistyped one."""

    def read(value: Any) -> str:
        if not isinstance(value, str) or value not in choices:
            meant = nearest(value, choices) if isinstance(value, str) else None
            raise wants(f"write {' or '.join(choices)}" + (f"; did you mean `{meant}`?" if meant else ""))
        return value

    return PlainValidator(read)


def only_version_one() -> PlainValidator:
    """Reads the version of the file's form."""

    def read(value: Any) -> int:
        if value != "1":
            raise wants("write `version: 1`, the only one this program reads")
        return 1

    return PlainValidator(read)


def currency_code() -> PlainValidator:
    """Reads three letters of a currency, in capitals."""

    def read(value: Any) -> str:
        if not isinstance(value, str) or not re.fullmatch(r"[A-Za-z]{3}", value):
            raise wants("write the three letters of a currency, such as EUR")
        return value.upper()

    return PlainValidator(read)


def time_zone_name() -> PlainValidator:
    """Reads a zone that the machine knows, such as Europe/Berlin."""

    def read(value: Any) -> str:
        import zoneinfo

        try:
            return zoneinfo.ZoneInfo(value if isinstance(value, str) else "").key
        # "Europe" is a folder of the time-zone database, "../x" a ValueError.
        except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
            meant = nearest(value, sorted(zoneinfo.available_timezones())) if isinstance(value, str) else None
            raise wants("write a zone such as Europe/Berlin" + (f"; did you mean {meant}?" if meant else "")) from None

    return PlainValidator(read)


def encoding_name() -> PlainValidator:
    """Reads an encoding that Python knows."""

    def read(value: Any) -> str:
        import codecs

        try:
            return codecs.lookup(value if isinstance(value, str) else "").name
        except (LookupError, ValueError):
            raise wants("write the name of an encoding, such as cp1252 or utf-8") from None

    return PlainValidator(read)


def folder_name() -> PlainValidator:
    """Reads the name of a folder."""

    def read(value: Any) -> str:
        if not isinstance(value, str) or not value.strip() or _CONTROL.search(value):
            raise wants("write the name of a folder, such as /media/usb/pipeline")
        return value.strip()

    return PlainValidator(read)


def database_name() -> PlainValidator:
    """Reads the name of a file."""

    def read(value: Any) -> str:
        if (
            not isinstance(value, str)
            or not value.strip()
            or _CONTROL.search(value)
            or value.endswith(("/", ":memory:"))
        ):
            raise wants("write the name of a file, such as pipeline.db")
        return value

    return PlainValidator(read)


FRAMEWORK_NAMES = ("bant", "champ", "meddic", "custom")

Id = Annotated[str, short_id()]
Line = Annotated[str, line_of_text()]
LineOrNothing = Annotated[str, line_or_nothing()]
Lines = Annotated[str, lines_of_text()]
Days = Annotated[int, whole(1, 3650)]
DaysFromZero = Annotated[int, whole(0, 3650)]
Count = Annotated[int, whole(1, 100_000)]
Attempts = Annotated[int, whole(1, 100)]
Cents = Annotated[int, money()]
Currency = Annotated[str, currency_code()]
Multiple = Annotated[Fraction, number("0.1", 100)]
TrueOnly = Annotated[bool, true_only()]


class Section(BaseModel):
    """Keys that are not known are refused; pydantic's own messages quote no value."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True, arbitrary_types_allowed=True)

    @field_validator("*", mode="before")
    @classmethod
    def refuse_nothing(cls, value: Any, info: ValidationInfo) -> Any:
        """A key without a value is a mistake, also where the key may be left out."""
        if value is None and not cls.model_fields[str(info.field_name)].is_required():
            raise wants("write one, or remove the key")
        return value


class TouchpointRule(Section):
    """Which touchpoints meet a criterion, and how many."""

    kinds: list[Line] = []
    direction: Annotated[str, one_of(("any", "in", "out"))] = "any"
    at_least: Count = 1
    within_days: Days | None = None
    since: Annotated[str, one_of(("stage", "created"))] = "stage"
    answered: Annotated[bool, true_or_false()] | None = None


class ScoreRule(Section):
    """From which qualification score on."""

    at_least: Annotated[int, whole(0, 100)]


class ValueRule(Section):
    """From which value on."""

    at_least: Cents


class ExitCriterion(Section):
    """What must hold before a deal leaves a stage: one of the kinds, each a key."""

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


CRITERION_KINDS = tuple(name for name in ExitCriterion.model_fields if name not in ("id", "text", "any_of"))


class StageCadenceEntry(Section):
    """What a stage does otherwise than the file."""

    max_unanswered: Attempts | None = None
    days: list[DaysFromZero] | None = None


class StageEntry(Section):
    """A stage as the file has it."""

    id: Id
    name: Line | None = None
    funnel: Annotated[str, one_of(FUNNELS)] | None = None
    probability: Annotated[Fraction, number(0, 100, "a percentage")]
    category: Annotated[str, one_of(CATEGORIES)] = "pipeline"
    idle_after_days: Days = 14
    max_days: Days = 30
    wip_limit: Count | None = None
    next_actions: list[Line] = []
    exit_criteria: list[ExitCriterion] = []
    cadence: StageCadenceEntry | None = None


class QuotaEntry(Section):
    """What is to be won in each period."""

    per: Annotated[str, one_of(("month", "quarter", "year"))]
    amount: Cents


class ItemEntry(Section):
    """One question of the qualification."""

    id: Id
    ask: Line
    weight: Annotated[int, whole(1, 100)] = 1


class IdealCustomer(Section):
    """Whom it is for."""

    countries: list[Line] = []
    industries: list[Line] = []


class QualificationEntry(Section):
    """The framework, its questions, and what makes a deal qualified."""

    framework: Annotated[str, one_of(FRAMEWORK_NAMES)] = "bant"
    items: list[ItemEntry] = []
    required: list[Id] | None = None
    min_yes: Annotated[int, whole(0, 100)] | None = None
    ideal_customer: IdealCustomer = IdealCustomer()


class CadenceEntry(Section):
    """When to try again, and how often."""

    max_unanswered: Attempts | None = None
    days: list[DaysFromZero] = [0, 2, 4, 7, 14, 21]
    first_response_hours: Annotated[Fraction, number("0.1", 1000)] = Fraction(1)


class KeepEntry(Section):
    """Of how many days, weeks and months a backup stays."""

    daily: Annotated[int, whole(1, 1000)] = 7
    weekly: Annotated[int, whole(0, 1000)] = 8
    monthly: Annotated[int, whole(0, 1000)] = 12


def mail_address() -> PlainValidator:
    """Reads one e-mail address."""

    def read(value: Any) -> str:
        if not isinstance(value, str) or not is_email(value.strip()):
            raise wants("write one address, such as ann@acme.example")
        return value.strip()

    return PlainValidator(read)


def address_or_domain() -> PlainValidator:
    """Reads an e-mail address, or the domain of many."""

    def read(value: Any) -> str:
        text = value.strip().removeprefix("@") if isinstance(value, str) else ""
        if not is_email(text) and not is_email(f"somebody@{text}"):
            raise wants("write an address or a domain, such as ann@acme.example or acme.example")
        return text

    return PlainValidator(read)


def days_back() -> PlainValidator:
    """Reads `90d`, `12w`, `6m` or `2y` as days; a month has 31 of them, a year 366."""

    def read(value: Any) -> int:
        found = re.fullmatch(r"([1-9][0-9]{0,4})([dwmy])", value.strip().lower()) if isinstance(value, str) else None
        days = int(found[1]) * {"d": 1, "w": 7, "m": 31, "y": 366}[found[2]] if found else 0
        if not 0 < days <= 36_600:
            raise wants("write a span of time, such as 90d, 12w, 6m or 2y")
        return days

    return PlainValidator(read)


_COUNTRIES = """
AC AD AE AF AG AI AL AM AO AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BW BY BZ CA
CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK FM FO FR
GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GT GU GW GY HK HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE JM JO JP
KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO MP MQ MR
MS MT MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PR PS PT PW PY QA RE RO
RS RU RW SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TA TC TD TG TH TJ TK TL TM TN TO TR TT
TV TW TZ UA UG US UY UZ VA VC VE VG VI VN VU WF WS XK YE YT ZA ZM ZW
"""
"""Those that have telephone numbers of their own."""


def country_code() -> PlainValidator:
    """Reads a country as ISO 3166 has it, in two letters."""

    def read(value: Any) -> str:
        text = value.strip().upper() if isinstance(value, str) else ""
        if text not in _COUNTRIES.split():
            raise wants("write the two letters of a country, such as DE or US")
        return text

    return PlainValidator(read)


class BackupEntry(Section):
    """Where backups go a second time."""

    to: Annotated[str, folder_name()]
    keep: KeepEntry = KeepEntry()


class GoalsEntry(Section):
    """What is to be done in each week."""

    week: dict[Line, Count] = {}


class CaptureEntry(Section):
    """What mail, calendars and address books are read, whose they are, and what never comes in."""

    me: list[Annotated[str, mail_address()]] = []
    mail: list[Line] = []
    calendar: list[Line] = []
    contacts: list[Line] = []
    never: list[Annotated[str, address_or_domain()]] = []
    since: Annotated[int, days_back()] = 366
    keep: Annotated[str, one_of(("subject", "excerpt", "nothing"))] = "subject"
    password_command: Line | None = None


class LastChanceEntry(Section):
    """The text of the last-chance message."""

    subject: Line | None = None
    body: Lines | None = None


class PruneEntry(Section):
    """When a deal is dead."""

    idle_multiple: Multiple = Fraction(2)
    cycle_multiple: Multiple = Fraction(2)
    usual_cycle_days: Days = 90
    grace_days: Annotated[int, whole(0, 365)] = 7
    last_chance: LastChanceEntry = LastChanceEntry()


class PipelineEntry(Section):
    """The stages, and what this pipeline does otherwise than the file: of `cadence` and `prune` the keys that are given."""

    name: Line | None = None
    stages: Annotated[list[StageEntry], Field(min_length=1)]
    quota: QuotaEntry | None = None
    qualification: QualificationEntry | None = None
    lost_reasons: Annotated[list[Line], Field(min_length=1)] | None = None
    won_reasons: Annotated[list[Line], Field(min_length=1)] | None = None
    cadence: CadenceEntry | None = None
    prune: PruneEntry | None = None


class KindEntry(Section):
    """A kind of touchpoint of which more is said than its word."""

    id: Line
    name: Line | None = None
    conversation: Annotated[bool, true_or_false()] | None = None


WORD, MAPPING = "(word)", "(mapping)"
"""Tags that pydantic puts into the place of a problem, where no key of a file can be taken for them."""
Kind = Annotated[
    Annotated[Line, Tag(WORD)] | Annotated[KindEntry, Tag(MAPPING)],
    Discriminator(lambda value: MAPPING if isinstance(value, dict) else WORD),
]


class ImportEntry(Section):
    """What `import` is told on the command line, kept under a name; with `headers` it holds for every file that has these."""

    headers: Annotated[list[Line], Field(min_length=1)] | None = None
    preset: Annotated[str, one_of(tuple(PRESETS))] | None = None
    map: dict[str, LineOrNothing] | None = None
    value_map: dict[str, dict[str, LineOrNothing]] | None = None
    date_order: Annotated[str, one_of(("dmy", "mdy"))] | None = None
    decimal: Annotated[str, one_of((".", ","))] | None = None
    encoding: Annotated[str, encoding_name()] | None = None
    source_name: Line | None = None


class ViewEntry(Section):
    """A filter with a name, and how what it finds is shown."""

    filter: Line
    columns: Annotated[list[Line], Field(min_length=1)] = []
    sort: Line | None = None


class PlaybookFile(Section):
    """The whole file."""

    version: Annotated[int, only_version_one()]
    currency: Currency = "EUR"
    time_zone: Annotated[str, time_zone_name()] | None = None
    database: Annotated[str, database_name()] = "pipeline.db"
    exchange_rates: dict[Currency, Annotated[Fraction, exchange_rate()]] = {}
    quota: QuotaEntry | None = None
    pipelines: Annotated[dict[Id, PipelineEntry], Field(min_length=1)]
    qualification: QualificationEntry = QualificationEntry()
    touchpoint_kinds: Annotated[list[Kind], Field(min_length=1)] | None = None
    sources: Annotated[list[Line], Field(min_length=1)] | None = None
    lost_reasons: Annotated[list[Line], Field(min_length=1)] | None = None
    won_reasons: Annotated[list[Line], Field(min_length=1)] | None = None
    cadence: CadenceEntry = CadenceEntry()
    remind: Annotated[int, minutes_before()] = 15
    prune: PruneEntry = PruneEntry()
    imports: dict[Id, ImportEntry] = {}
    goals: GoalsEntry = GoalsEntry()
    views: dict[Id, ViewEntry] = {}
    columns: dict[Line, Annotated[list[Line], Field(min_length=1)]] = {}
    backup: BackupEntry | None = None
    capture: CaptureEntry | None = None
    country: Annotated[str, country_code()] | None = None
