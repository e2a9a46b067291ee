"""`lessons`: what tells won deals from lost ones, why deals were lost, and where the effort went."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from pipeline_cli.domain.deal.labels import tags_of
from pipeline_cli.domain.lessons.compare import (
    ALPHA,
    LEAST,
    MOST_VALUES,
    NOT_PROVEN,
    Comparison,
    Factor,
    Lessons,
    Silence,
    Tally,
    compare_all,
    field_factor,
    tag_factors,
)
from pipeline_cli.domain.lessons.reasons import count_reasons, how_long
from pipeline_cli.domain.playbook import Pipeline
from pipeline_cli.domain.words.grouping import UNGROUPED, Grouping, Scope
from pipeline_cli.domain.words.text import counted, long_day, quoted
from pipeline_cli.output.report import COUNT, PERCENT, YES_NO, Column, Report, Section
from pipeline_cli.reports.effort import interval_words, waste_json, waste_lines, waste_of
from pipeline_cli.reports.funnel import describe_span
from pipeline_cli.reports.reasons import duration, reason_sections, shifts_of
from pipeline_cli.storage.reader import Reader
from pipeline_cli.storage.record.lessons import (
    CYCLE_DAYS,
    FIRST_RESPONSE_HOURS,
    PEOPLE,
    PRICE_CHANGE,
    read_answer_tallies,
    read_before_stages,
    read_closed,
    read_days_to_close,
    read_field_tallies,
    read_reasons,
    read_tags,
    read_tallies,
    read_value_tallies,
)
from pipeline_cli.workspace import Workspace

_MOST_SAID = 12
_MOST_NAMED = 8
_TYPED = ("field", "tag", "answer")
_MOST_ALONE = 3
_ASKABLE = ("source", "owner")


COLUMNS = (
    Column("factor", "What", priority=0, meaning="What may make a difference", value=lambda one: one.factor.id),
    Column("of", shown=False, meaning="deal, field (one's own), tag, answer or stage", value=lambda one: one.factor.of),
    Column(
        "stage", "Stage", shown=False, meaning="Before which stage it was counted", value=lambda one: one.factor.stage
    ),
    Column(
        "value", "Value", priority=0, meaning="The deals that have this value, beside all of which another is known"
    ),
    Column("won", "Won", COUNT, 1, "Of those, won"),
    Column("lost", "Lost", COUNT, 2, "Of those, lost"),
    Column("win_rate", "Win rate", PERCENT, 0, "won ÷ (won + lost)", value="rate"),
    Column("low", shown=False, kind=PERCENT, meaning="Lower end of its interval", value=lambda one: one.interval[0]),
    Column("high", shown=False, kind=PERCENT, meaning="Upper end of its interval", value=lambda one: one.interval[1]),
    Column(
        "interval",
        "95 %",
        priority=1,
        machine=False,
        meaning="Low to high: exact (Clopper and Pearson), 95 %",
        value=lambda one: interval_words(*one.interval),
    ),
    Column("others_won", "Others won", COUNT, 4, "Of the deals with another value, won", value="other_won"),
    Column("others_lost", "Others lost", COUNT, 5, "Of the deals with another value, lost", value="other_lost"),
    Column("others_win_rate", "Others", PERCENT, 1, "Their win rate", value="other_rate"),
    Column(
        "others_low",
        shown=False,
        kind=PERCENT,
        meaning="Lower end of its interval",
        value=lambda one: one.other_interval[0],
    ),
    Column(
        "others_high",
        shown=False,
        kind=PERCENT,
        meaning="Upper end of its interval",
        value=lambda one: one.other_interval[1],
    ),
    Column(
        "p", shown=False, meaning="How often chance alone makes as large a difference: Fisher's exact test, two-sided"
    ),
    Column(
        "p_adjusted",
        shown=False,
        meaning="The same with every comparison of the report looked at together: Holm's correction",
        value="adjusted",
    ),
    Column(
        "p_alone",
        shown=False,
        meaning="The same with the comparisons of this one thing looked at together, as if nothing else had been asked about",
        value="alone",
    ),
    Column(
        "chance",
        "By chance",
        priority=3,
        machine=False,
        meaning="How often chance alone makes as large a difference, with all comparisons looked at together",
        value=lambda one: "<0.1%" if one.adjusted < 0.001 else f"{one.adjusted:.1%}",
    ),
    Column("proven", "Proven", YES_NO, 0, "p of all is under 0.05", value="is_proven"),
)
WORDS = {
    "proven": "chance makes as large a difference anywhere in fewer than one report in twenty: Fisher's exact test, with "
    "Holm's correction over every comparison made; it tells what goes together, not what causes what",
    "comparisons": f"a value that at least {LEAST} closed deals have, beside at least {LEAST} with another; of each thing "
    f"the {MOST_VALUES} most frequent values; numbers in two halves, the value in four bands; deals of which it is not "
    "known, and disqualified ones, are in neither",
    "before a stage": "touchpoints of ours, and conversations, before the deal first came there or beyond, of the deals that "
    "did: nothing of it was made afterwards",
    "price": "between the first value and that of the day before the closing",
    "no decision": "lost for a reason such as no_decision or no_response: nobody else was chosen either",
}


def lessons_report(
    workspace: Workspace,
    reader: Reader,
    pipelines: Sequence[Pipeline],
    scope: Scope,
    *,
    by: Grouping = UNGROUPED,
) -> Report:
    """`scope`: of closings. `by`: one thing alone, every value of it."""
    only = pipelines[0] if len(pipelines) == 1 else None
    within = scope._replace(pipeline=only.id if only else None, cohort="closed", by=UNGROUPED)
    closed = read_closed(reader, within)
    won, lost = closed.get("won", 0), closed.get("lost", 0)
    factors = list(_factors(workspace, reader, only, within)) if won and lost else []
    if by != UNGROUPED:
        factors = [one for one in factors if (one.of, one.id) == _meant(by)]
    lessons = compare_all(factors)
    reasoned = read_reasons(reader, within) if won or lost else []
    reasons = [*count_reasons(reasoned, "lost"), *count_reasons(reasoned, "won")]
    lasting = how_long(read_days_to_close(reader, within)) if won or lost else []
    sections = [Section("Won beside lost", lines=[*_lines(closed, lessons, by, many_pipelines=only is None)])]
    waste = waste_of(reader, pipelines, within)
    if by == UNGROUPED:
        sections += reason_sections(reasons, lasting, pipelines)
        lines = [*waste_lines(waste)]
        if lines:
            sections.append(Section("Effort", lines=[*lines, "`pipeline lessons --effort` shows where it went."]))
    return Report(
        name="lessons",
        title=f"{only.name if only else 'Every pipeline'}: lessons, {long_day(reader.clock.today)}"
        f"{describe_span(within, reader.clock)}",
        as_of=reader.clock.today,
        pipeline=only.id if only else None,
        currency=workspace.playbook.currency,
        columns=COLUMNS,
        rows=lessons.compared,
        extra={
            "won": won,
            "lost": lost,
            "disqualified": closed.get("disqualified", 0),
            "silent": [_silent_json(one) for one in lessons.silent],
            "reasons": [one._asdict() for one in reasons],
            "reason_shifts": [one._asdict() for one in shifts_of(reasons)],
            "effort": waste_json(waste),
            "days_to_close": [one._asdict() for one in lasting],
        },
        sections=sections if won or lost else [],
        empty=_empty(within),
        rows_drawn=by != UNGROUPED,
        definitions=WORDS,
    )


def _empty(scope: Scope) -> str:
    if scope.since is not None:
        return "No deal was won or lost in that time: `pipeline lessons` looks at all of them."
    return (
        "No deal is won or lost yet, and closed ones teach: `pipeline win DEAL` and `pipeline lose DEAL --reason WHY`."
    )


# What is looked at


def _meant(by: Grouping) -> tuple[str, str]:
    return ("field" if by.kind == "field" else "deal"), by.name


def _factors(workspace: Workspace, reader: Reader, only: Pipeline | None, scope: Scope) -> Iterator[Factor]:
    playbook = workspace.playbook
    for column in _ASKABLE:
        yield Factor(column, column.capitalize(), read_tallies(reader, scope, f"d.{column}"))
    worth = read_value_tallies(reader, scope, playbook.in_home)
    yield Factor("value", "Value", worth, "bands", _money_said(playbook.currency))
    for name, tallies in read_field_tallies(reader, scope).items():
        yield field_factor(name, tallies)
    tagged = [(tags_of(tags), won, lost) for tags, won, lost in read_tags(reader, scope)]
    yield from tag_factors(tagged)
    asked = playbook.qualification_in(only or playbook.default_pipeline)
    answers = read_answer_tallies(reader, scope)
    for item in dict.fromkeys((*(one.id for one in asked.items), *answers)):
        yield Factor(item, f"Answer to {item}", answers.get(item, []), of="answer")
    hours = read_tallies(reader, scope, FIRST_RESPONSE_HOURS)
    yield Factor("first_response_hours", "First answer", hours, "number", _hours_said)
    yield Factor("people", "People named", read_tallies(reader, scope, PEOPLE), "number", _count_said)
    yield Factor("price", "Price", read_tallies(reader, scope, PRICE_CHANGE))
    yield Factor("days", "From creation to closing", read_tallies(reader, scope, CYCLE_DAYS), "number", _days_said)
    yield from _before_stages(reader, only, scope)


def _before_stages(reader: Reader, only: Pipeline | None, scope: Scope) -> Iterator[Factor]:
    """Of one pipeline: stages of several have nothing in common."""
    if only is None or len(only.stages) < 2:
        return
    told = list[tuple[str, Sequence[Tally]]]()
    for stage, before in zip(only.stages[1:], read_before_stages(reader, scope, only.stage_ids), strict=True):
        for id_, name, tallies in (
            ("touches", "Touchpoints", before.touches),
            ("conversations", "Conversations", before.conversations),
        ):
            if not tallies or (id_, tallies) not in told:  # two stages entered as one are asked about once
                yield Factor(id_, f"{name} before {stage.name}", tallies, "number", _count_said, "stage", stage.id)
            told.append((id_, tallies))


def _count_said(low: float | None, high: float | None) -> str:
    if low is None:
        return "none" if not high else f"up to {high:,.0f}"
    return f"{low:,.0f} or more" if high is None else f"{low:,.0f} to {high:,.0f}"


def _money_said(currency: str) -> Callable[[float | None, float | None], str]:
    from pipeline_cli.output.numbers import whole_money

    def said(low: float | None, high: float | None) -> str:
        if low is None:
            return f"up to {whole_money(high or 0)} {currency}"
        return f"{whole_money(low)} {'or more' if high is None else f'to {whole_money(high)}'} {currency}"

    return said


def _hours_said(low: float | None, high: float | None) -> str:
    return f"within {duration(high or 0)}" if low is None else f"after {duration(low)} or more"


def _days_said(low: float | None, high: float | None) -> str:
    return f"up to {duration((high or 0) * 24)}" if low is None else f"{duration(low * 24)} or more"


# What is said


def _lines(closed: Mapping[str, int], lessons: Lessons, by: Grouping, *, many_pipelines: bool) -> Iterator[str]:
    won, lost, aside = (closed.get(status, 0) for status in ("won", "lost", "disqualified"))
    yield f"{won:,} won, {lost:,} lost." + (f" {aside:,} disqualified: in no comparison." if aside else "")
    if not won or not lost:
        yield "Nothing can be compared: it takes won deals and lost ones."
        return
    proven = lessons.proven
    many = len(lessons.compared)
    if not many:
        yield f"Nothing can be compared: {_nothing_known(lessons)}."
    elif not proven:
        yield f"No difference is proven: chance explains all there is in {counted(many, 'comparison')}."
    for one in proven[:_MOST_SAID]:
        yield sentence_of(one)
    if len(proven) > _MOST_SAID:
        yield f"And {len(proven) - _MOST_SAID:,} more: --format csv has them all."
    if proven:
        yield (
            f"Of {counted(many, 'comparison')}, these are beyond chance (Fisher's exact test, Holm's correction over all of "
            "them, 5%); intervals are exact, 95%. They go together, which is no proof that one causes the other."
        )
    if by == UNGROUPED:
        yield from _silent_lines(lessons.silent)
        if many_pipelines:
            yield "Touchpoints before a stage are compared within one pipeline: --pipeline NAME."
        yield from _alone_lines(lessons)


def _alone_lines(lessons: Lessons) -> Iterator[str]:
    """What is not proven and may be worth a question of its own, with how often chance alone makes it look so."""
    found = lessons.alone
    if not found:
        return
    yield (
        f"Not proven, but it would be if nothing else had been asked about, as chance alone makes "
        f"{lessons.factors * ALPHA:.1f} of {counted(lessons.factors, 'thing')} look:"
    )
    for one in found[:_MOST_ALONE]:
        yield sentence_of(one)
    askable = next((one.factor for one in found if one.factor.id in _ASKABLE and one.factor.of == "deal"), None)
    if askable is not None:
        yield f"`pipeline lessons --by {askable.id}` asks about that alone."


def _nothing_known(lessons: Lessons) -> str:
    reasons = dict.fromkeys(one.reason for one in lessons.silent)
    return (
        "; ".join(reasons)
        if len(reasons) == 1
        else f"no value has {LEAST} closed deals, with {LEAST} of another beside it"
    )


def sentence_of(one: Comparison) -> str:
    """`Source 'referral': won 11 of 22 (50%, 28–72%), the others 22 of 76 (29%, 19–40%).`"""
    own = _rate_words(one.won, one.won + one.lost, one.rate, one.interval)
    others = _rate_words(one.other_won, one.other_won + one.other_lost, one.other_rate, one.other_interval)
    return f"{_name_of(one)}: won {own}, the others {others}."


def _name_of(one: Comparison) -> str:
    factor = one.factor
    label = quoted(factor.label)[1:-1] if factor.of in _TYPED else factor.label
    if factor.of in ("answer", "tag"):
        return f"{label}, {one.value}"
    if factor.kind == "words":
        return f"{label} {one.value if factor.id == 'price' else quoted(one.value)}"
    return f"{label}{',' if factor.of in ('field', 'stage') or factor.id in ('people', 'days') else ''} {one.value}"


def _rate_words(won: int, deals: int, rate: float | None, interval: tuple[float | None, float | None]) -> str:
    from pipeline_cli.output.numbers import percent

    return f"{won:,} of {deals:,} ({percent(rate or 0)}, {interval_words(*interval)})"


def _silent_lines(silent: Sequence[Silence]) -> Iterator[str]:
    unproven = [one for one in silent if one.code == NOT_PROVEN]
    if unproven:
        yield f"No difference is proven by {_names(unproven)}."
    by_reason: dict[str, list[Silence]] = {}
    for one in silent:
        if one.code != NOT_PROVEN:
            by_reason.setdefault(one.reason, []).append(one)
    for reason, those in by_reason.items():
        yield f"Not compared, {reason}: {_names(those)}."


def _names(silent: Sequence[Silence]) -> str:
    shown = [_plain(one.factor) + (f" (n {one.deals:,})" if one.deals else "") for one in silent[:_MOST_NAMED]]
    more = len(silent) - len(shown)
    return ", ".join(shown) + (f" and {more:,} more" if more > 0 else "")


def _plain(factor: Factor) -> str:
    label = quoted(factor.label)[1:-1] if factor.of in _TYPED else factor.label
    return label if factor.of == "field" else label[:1].lower() + label[1:]


def _silent_json(one: Silence) -> dict[str, Any]:
    return {
        "factor": one.factor.id,
        "of": one.factor.of,
        "stage": one.factor.stage,
        "code": one.code,
        "reason": one.reason,
        "deals": one.deals,
    }
