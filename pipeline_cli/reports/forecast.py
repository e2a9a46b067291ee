"""`forecast`: what will come in, by period and within the horizon, with its range; and what it would be if."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date

from pipeline_cli.domain.errors import RuleError, UsageError
from pipeline_cli.domain.forecast.misses import Lesson
from pipeline_cli.domain.forecast.outlook import (
    METHODS,
    Changes,
    Horizon,
    OpenDeal,
    Outlook,
    PeriodOutlook,
    Question,
    Unscheduled,
    effects,
    imagine,
    look_ahead,
)
from pipeline_cli.domain.forecast.probability import StageProbability
from pipeline_cli.domain.outcomes.history import Undated, closings_line, undated_json
from pipeline_cli.domain.record import NamedTuple
from pipeline_cli.domain.words.dates import PERIODS
from pipeline_cli.domain.words.text import choice_of, counted, long_day
from pipeline_cli.output.numbers import calendar_day, json_row, json_rows, whole_money
from pipeline_cli.output.report import (
    CODE,
    COUNT,
    ID,
    MONEY,
    PERCENT,
    Cents,
    Column,
    Mark,
    Report,
    Section,
    amounts,
    figures,
    reading,
)
from pipeline_cli.reports.forecast_learned import learned_in_words
from pipeline_cli.reports.forecast_trust import method_of, trust_json, trust_lines
from pipeline_cli.reports.largest import (
    Part,
    is_in_words,
    largest_ever,
    largest_parts,
    largest_within,
    middle_in_words,
    period_lines,
)
from pipeline_cli.reports.snapshot import PipelineForecast, Snapshot, ranging_of
from pipeline_cli.storage.record.in_use import count_deals

COLUMNS = (
    Column(
        "period",
        "Period",
        priority=0,
        meaning="What is won in it: by how long deals take, their close dates as evidence; by the date alone with --method "
        "stage or configured",
    ),
    Column("won", "Won", MONEY, 2, "Won in the period so far", whole=True),
    Column("commit", "Commit", MONEY, 4, "Full value of open deals in the category commit", whole=True),
    Column("best_case", "Best case", MONEY, 5, "Full value of open deals in the category best_case", whole=True),
    Column(
        "expected",
        "Expected",
        MONEY,
        0,
        "Won so far + sum of value × chance of being won in the period",
        whole=True,
    ),
    Column(
        "p10", "P10", MONEY, 1, "The period brings at least this much in nine of ten cases", whole=True, value="p10"
    ),
    Column("p50", "P50", MONEY, 3, "The middle of what the period can bring", whole=True, value="p50"),
    Column("p90", "P90", MONEY, 1, "The period brings more than this in one of ten cases", whole=True, value="p90"),
    Column("quota", "Quota", MONEY, 2, "The quota that falls to the period", whole=True),
    Column(
        "chance",
        "Chance",
        PERCENT,
        2,
        "Of reaching the quota, won so far included",
        span=("p10", "expected", "p90"),
    ),
)


def _note(one: StageProbability) -> str:
    if one.one_sided:
        return "a guess: nothing was lost"
    return "a guess until 20 deals are closed" if one.is_a_guess else ""


_STAGE_COLUMNS = (
    Column("name", "Stage", priority=0, meaning="The stage a deal is in"),
    Column("configured", "Configured", PERCENT, 1, "The configured chance: the probability in pipeline.yaml"),
    Column(
        "observed",
        "Observed",
        PERCENT,
        2,
        "won ÷ closed of the deals that reached the stage; missing where nothing was lost",
    ),
    Column("closed", "Closed", COUNT, 2, "Won and lost deals that reached the stage: the n"),
    Column(
        "used",
        "Used",
        PERCENT,
        0,
        "By its stage alone: (won + 5 × configured) ÷ (closed + 5), never falling along the stages",
        bar=True,
    ),
    Column("low", "Low", PERCENT, 3, "80 % interval of the observed rate (Jeffreys)"),
    Column("high", "High", PERCENT, 3, "80 % interval of the observed rate (Jeffreys)"),
    Column("note", "", priority=4, meaning="Under 20 closed deals the configured one is a guess", value=_note),
)

_ASIDE = {
    "past_close_date": ("Close date in the past", "pipeline edit {} --close 30d"),
    "no_close_date": ("No close date", "pipeline edit {} --close 30d"),
    "no_value": ("No value", "pipeline edit {} --value 10k"),
    "omitted": ("Category omitted", "pipeline edit {} --category pipeline"),
    "far_close_date": ("Close date very far", "pipeline edit {} --close 90d"),
    "later": ("After these periods", "pipeline forecast --by year"),
}
_ASIDE_COLUMNS = (
    Column(
        "what",
        "In no period",
        priority=0,
        meaning="Why something that is expected of these deals stands in no period",
        value=lambda one: _ASIDE[one.reason][0],
    ),
    Column("deals", "Deals", COUNT, 0, "Open deals"),
    Column("value", "Value", MONEY, 1, "What they are worth together", whole=True),
    Column(
        "weighted", "Weighted", MONEY, 2, "Sum of value × chance in the end, as far as no period holds it", whole=True
    ),
    Column(
        "do",
        "What to do",
        CODE,
        3,
        meaning="The command that lists them",
        value=lambda one: _ASIDE[one.reason][1].format(one.ids[0]),
    ),
)

_DEAL_COLUMNS = (
    Column("id", "#", ID, 0, "The deal's number", value="scored.facts.id"),
    Column("title", "Title", priority=0, meaning="What the deal is about", value="scored.facts.title"),
    Column("value", "Value", MONEY, 1, "In the currency of the file", whole=True, value="scored.home_cents"),
    Column("p_win_by_horizon", "By {}", PERCENT, 0, "The chance of being won by the horizon, that day"),
    Column(
        "p_win",
        "Chance",
        PERCENT,
        0,
        "The chance of being won in the end, which is within two years: that of every report",
    ),
    Column(
        "configured", "Configured", PERCENT, 3, "That of its stage in pipeline.yaml, or its own", value="p_configured"
    ),
    Column(
        "by_hand",
        "",
        priority=1,
        meaning="* a probability or category set by hand",
        value=lambda deal: "*" if deal.is_set_by_hand else "",
    ),
    Column(
        "why",
        "Why",
        priority=2,
        meaning="What the chance rests on: its days in the stage (median days of deals that were won)",
        least=30,
    ),
)


_HORIZON = (
    *figures("days", "until", "open_deals"),
    *amounts("open_value", "expected"),
    *figures("expected_wins"),
    *amounts("p10", "p50", "p90", ending=""),
    *amounts("stage_weighted", "configured"),
)
_LARGEST = (
    *figures("of"),
    Column("id", value="part.deal.facts.id"),
    Column("title", value="part.deal.facts.title"),
    Column("expected", kind=MONEY, value=lambda one: round(one.part.cents)),
)
_STAGES = figures("stage", "configured", "won", "closed", "used", "low", "high")
_UNSCHEDULED = (*figures("deals"), *amounts("value", "weighted"), *figures("ids"))
_DEALS = (
    Column("id", value="scored.facts.id"),
    Column("external_id", value="scored.facts.external_id"),
    Column("stage", value="scored.facts.stage"),
    Column("value", kind=MONEY, value="scored.home_cents"),
    *figures("p_win", "p_win_by_horizon"),
    Column("reason", value="why"),
    Column("probability", value="scored.probability"),
)


def aside_section(unscheduled: Iterable[Unscheduled]) -> Section | None:
    """None: every open deal stands in a period."""
    rows = [one for one in unscheduled if one.deals]
    return Section("", _ASIDE_COLUMNS, rows) if rows else None


_OTHER_CHANCE = {
    "stage": Column("p_win", "By stage", PERCENT, 0, "The share of its stage alone, or its own: method stage"),
    "configured": Column("p_win", "Configured", PERCENT, 0, "That of its stage in pipeline.yaml, or its own"),
}
"""Of the methods whose chance is not the one of the other reports."""
_TWICE = {"timed": set(), "stage": {"p_win_by_horizon"}, "configured": {"p_win_by_horizon", "configured"}}


def deal_section(deals: Sequence[OpenDeal], horizon: Horizon, method: str) -> Section:
    """What counts most first. What a method that knows no time goes by has its own name."""
    until = calendar_day(horizon.until, horizon.until)
    columns = [
        column._replace(heading=column.heading.format(until))
        for column in (_OTHER_CHANCE.get(method, one) if one.key == "p_win" else one for one in _DEAL_COLUMNS)
        if column.key not in _TWICE[method]
    ]
    rows = sorted(deals, key=lambda deal: (-deal.amount_cents * deal.p_counted, deal.scored.facts.id))
    return Section("Deals", columns, rows)


def stage_section(pipeline_forecast: PipelineForecast, *, several: bool) -> Section:
    """The chances of the stages of one pipeline."""
    pipeline = pipeline_forecast.snapshot.pipeline
    names = {stage.id: stage.name for stage in pipeline.stages}
    columns = reading(_STAGE_COLUMNS, {"name": lambda one: names[one.stage]})
    title = f"{pipeline.name}: win rate by stage" if several else "Win rate by stage"
    return Section(title, columns, pipeline_forecast.snapshot.probabilities)


METHODS_IN_WORDS = {
    "timed": "The chance that each deal is won by a day, from its stage, the days it has been there and its silence. It "
    "is learned from your own moves, open deals included, starts from pipeline.yaml while there are few, and is "
    "corrected by what its own last forecasts were off by. The range has one luck for all deals, because good and bad "
    "months come to all at once.",
    "stage": "Each deal counts with the share of closed deals that were won among those that reached its stage. While "
    "few are closed, the share is drawn towards pipeline.yaml, which weighs as much as 5 deals. It knows no time: a "
    "deal that has sat for a year counts like one of yesterday.",
    "configured": "Each deal counts with the probability that pipeline.yaml gives its stage. History changes nothing "
    "in it. It is a guess until `pipeline backtest` says otherwise.",
}


class Forecast(NamedTuple):
    """All that one forecast is made of."""

    method: str
    books: Sequence[PipelineForecast]
    won_on: Mapping[date, int]
    """Day of the running period -> minor units won."""
    question: Question
    outlook: Outlook
    report: Report

    @property
    def deals(self) -> list[OpenDeal]:
        """The open deals of all its pipelines."""
        return [deal for pipeline_forecast in self.books for deal in pipeline_forecast.deals]


_NO_DEALS = (
    'No deals yet. `pipeline add "Acme: workshop" --value 12k --close 30d` adds one, `pipeline import deals.csv` many.'
)


def make_forecast(
    snapshot: Snapshot, per: str, days: int, asked: str | None, with_deals: bool = False, *, judged: bool = True
) -> Forecast:
    """`days`: the horizon; `asked`: the method, None: that which the own past trusts; `judged`: with how it did.

    Raises UsageError for a period or a method there is none of.
    """
    if per not in PERIODS:
        raise UsageError(f"--by {per}: is no period: {choice_of(per, PERIODS)}.")
    if asked is not None and asked not in METHODS:
        raise UsageError(f"--method {asked}: is no method: {choice_of(asked, METHODS)}.")
    trusts = [one.trust_within(days) for one in snapshot.each] if judged else []
    method = asked or method_of(trusts)
    playbook, pipelines, today = snapshot.playbook, snapshot.pipelines, snapshot.clock.today
    books = [PipelineForecast(one, method, days) for one in snapshot.each]
    question = Question(today, per, days, playbook.quota_held_against(pipelines), ranging_of(books))
    deals = [deal for pipeline_forecast in books for deal in pipeline_forecast.deals]
    won_on = snapshot.won_on(per)
    outlook = look_ahead(deals, won_on, question)
    filled = [
        deal
        for deal in deals
        if deal.scored.home_cents is None and deal.amount_cents and deal.scored.category != "omitted"
    ]
    report = Report(
        name="forecast",
        title=f"{', '.join(pipeline.name for pipeline in pipelines)}: forecast of {long_day(today)}, method {method}",
        as_of=today,
        pipeline=pipelines[0].id if len(pipelines) == 1 else None,
        currency=playbook.currency,
        columns=COLUMNS,
        rows=outlook.periods,
        extra={
            "method": method,
            "horizon": json_row(_HORIZON, outlook.horizon),
            "stages": [one for each in books for one in json_rows(_STAGES, each.snapshot.probabilities)],
            "unscheduled": {one.reason: json_row(_UNSCHEDULED, one) for one in outlook.unscheduled},
            "filled": {"deals": len(filled), "value": Cents(sum(deal.amount_cents for deal in filled))},
            "undated": undated_json(snapshot.undated),
            "largest": json_rows(_LARGEST, largest_parts(outlook, deals)),
            **({"deals": json_rows(_DEALS, deals)} if with_deals else {}),
            **({"chosen": trust_json(trusts, asked=asked is not None)} if judged else {}),
        },
        sections=list(
            _sections(
                books,
                outlook,
                filled,
                playbook.currency,
                snapshot.undated,
                list(trust_lines(trusts, method, _lesson(books), asked=asked is not None)) if judged and deals else [],
                with_deals=with_deals,
            )
        ),
        definitions={**METHODS_IN_WORDS, **dict(learned_in_words(books))},
        tables=("deals",) if with_deals else (),
    )
    if not deals and not won_on and not count_deals(snapshot.reader):
        report = report._replace(rows_drawn=False, sections=[Section("", lines=[_NO_DEALS])])
    return Forecast(method, books, won_on, question, outlook, report)


def _lesson(books: Sequence[PipelineForecast]) -> Lesson | None:
    timed = books[0].timed if len(books) == 1 else None
    return timed.model.lesson if timed is not None else None


def _sections(
    books: Sequence[PipelineForecast],
    outlook: Outlook,
    filled: Sequence[OpenDeal],
    currency: str,
    undated: Undated,
    trust: Sequence[str],
    *,
    with_deals: bool,
) -> Iterator[Section]:
    deals = [deal for pipeline_forecast in books for deal in pipeline_forecast.deals]
    of_periods = list(period_lines(outlook))
    if of_periods:
        yield Section("", lines=of_periods)
    left_out = closings_line(undated, "what is won so far and what is learned")
    lines = [*_lines(books, outlook.horizon, filled, currency), *trust, *([left_out] if left_out else [])]
    yield Section("All open deals", lines=lines)
    aside = aside_section(outlook.unscheduled)
    if aside is not None:
        yield aside
    if with_deals and deals:
        yield deal_section(deals, outlook.horizon, books[0].method)
    for pipeline_forecast in books:
        yield stage_section(pipeline_forecast, several=len(books) > 1)


def _lines(
    books: Sequence[PipelineForecast], horizon: Horizon, filled: Sequence[OpenDeal], currency: str
) -> Iterator[str]:
    """What the open deals bring, beside what the usual forecasts would say."""
    timed = [pipeline_forecast.timed for pipeline_forecast in books if pipeline_forecast.timed is not None]
    deals = [
        deal for pipeline_forecast in books for deal in pipeline_forecast.deals if deal.scored.category != "omitted"
    ]
    when = f"by {calendar_day(horizon.until, horizon.until)}" if timed else "in the end"
    bring = "brings" if horizon.open_deals == 1 else "bring"
    within, ever = _of_which(largest_within(deals, horizon)), sum(deal.amount_cents * deal.p_win for deal in deals)
    middle = middle_in_words(horizon.expected_cents, horizon.p50)
    yield (
        f"{counted(horizon.open_deals, 'open deal')} worth {whole_money(horizon.open_value_cents)} {currency} {bring} "
        f"{whole_money(horizon.expected_cents)} {when}{within}; "
        f"in eight of ten cases {whole_money(horizon.p10)} to {whole_money(horizon.p90)}"
        f"{f'; {middle}' if middle else ''}."
    )
    in_the_end = f"In the end {whole_money(ever)}{_of_which(largest_ever(deals, ever))}. " if timed else ""
    yield (
        f"{in_the_end}Weighted by your stages' history: {whole_money(horizon.stage_weighted_cents)}; by pipeline.yaml: "
        f"{whole_money(horizon.configured_cents)}."
    )
    if filled:
        yield (
            f"{counted(len(filled), 'deal')} without a value {'is' if len(filled) == 1 else 'are'} counted here, and "
            f"only here, as the usual {whole_money(sum(deal.amount_cents for deal in filled) / len(filled))}: "
            f"{whole_money(sum(deal.amount_cents * deal.p_win for deal in filled))} in the end."
        )
    for stays_longest, how in (
        (True, "longer in their stage than any that was won, or in one none was won from"),
        (False, "open for longer than any that was won"),
    ):
        unseen = [deal for deal in deals if deal.never_seen_won and deal.stays_longest == stays_longest]
        if unseen:
            yield (
                f"{counted(len(unseen), 'deal')} worth "
                f"{whole_money(sum(deal.scored.home_cents or 0 for deal in unseen))} "
                f"{'has' if len(unseen) == 1 else 'have'} been {how}."
            )
    if timed and deals:
        yield _learned(books)
    one_sided = [
        pipeline_forecast.snapshot.probabilities[0].won
        for pipeline_forecast in books
        if pipeline_forecast.method != "configured" and _is_one_sided(pipeline_forecast)
    ]
    if one_sided:
        yield (
            f"{counted(sum(one_sided), 'deal')} won and none lost: how deals end cannot be learned from wins alone. The "
            "chances in the end are those of pipeline.yaml."
        )


def _of_which(part: Part | None) -> str:
    return f", of which {is_in_words(part)}" if part else ""


def _is_one_sided(pipeline_forecast: PipelineForecast) -> bool:
    return any(probability.one_sided for probability in pipeline_forecast.snapshot.probabilities)


def _learned(books: Sequence[PipelineForecast]) -> str:
    """What the method timed had to go by."""
    taught = sum(pipeline_forecast.timed.wins for pipeline_forecast in books if pipeline_forecast.timed is not None)
    if taught:
        return f"Learned from {counted(taught, 'won deal')}."
    won = sum(
        pipeline_forecast.snapshot.probabilities[0].won
        for pipeline_forecast in books
        if pipeline_forecast.snapshot.probabilities
    )
    is_a_guess = all(
        pipeline_forecast.timed is None or pipeline_forecast.timed.model.is_a_guess for pipeline_forecast in books
    )
    is_said = any(map(_is_one_sided, books))
    how = (
        "the chances in the end are those of pipeline.yaml, and how soon is a guess."
        if is_a_guess and not is_said
        else "how soon is a guess."
    )
    if won:
        return (
            f"Nothing is learned from {counted(won, 'won deal')}: won the day they came, or on a day that no file gives. "
            f"{how[0].upper()}{how[1:]}"
        )
    return f"No deal was won yet: {how}"


def with_plot(made: Forecast) -> Report:
    """The report of a forecast, its periods drawn too, between their table and what all open deals bring."""
    marks = [
        Mark(row.period, round(row.p10), round(row.expected_cents), round(row.p90), target=row.quota_cents)
        for row in made.outlook.periods
    ]
    if not made.report.rows_drawn or not marks:  # without a deal there is a quota at most, which says nothing alone
        return made.report
    drawn = Section(f"What each period may bring, in {made.report.currency}", marks=marks)
    return made.report._replace(sections=[drawn, *made.report.sections])


def _expected(one: PeriodOutlook | Horizon | None) -> int:
    return round(one.expected_cents) if one else 0


def _chance(one: PeriodOutlook | Horizon | None) -> float | None:
    return one.chance if isinstance(one, PeriodOutlook) else None


_COLUMNS = (
    Column("what", "What if", priority=0, meaning="All open deals within the horizon, or one period"),
    Column("expected_before", "Expected", MONEY, 1, "Before", whole=True, value=lambda one: _expected(one.before)),
    Column(
        "expected", "then", MONEY, 0, "Expected after the change", whole=True, value=lambda one: _expected(one.after)
    ),
    Column(
        "change",
        "Change",
        MONEY,
        0,
        "The difference",
        whole=True,
        value=lambda one: _expected(one.after) - _expected(one.before),
    ),
    Column("p10_before", "P10", MONEY, 4, "Before", whole=True, value=lambda one: one.before.p10 if one.before else 0),
    Column(
        "p10", "P10 then", MONEY, 2, "After the change", whole=True, value=lambda one: one.after.p10 if one.after else 0
    ),
    Column("p90_before", "P90", MONEY, 4, "Before", whole=True, value=lambda one: one.before.p90 if one.before else 0),
    Column(
        "p90", "P90 then", MONEY, 2, "After the change", whole=True, value=lambda one: one.after.p90 if one.after else 0
    ),
    Column("chance_before", "Quota", PERCENT, 3, "Chance of the quota before", value=lambda one: _chance(one.before)),
    Column(
        "chance", "Quota then", PERCENT, 1, "Chance of the quota after the change", value=lambda one: _chance(one.after)
    ),
)


def what_if_report(forecast: Forecast, changes: Changes) -> Report:
    """The forecast as it would be, with `what_if` beside it. Raises RuleError for a deal that is not in it."""
    _refuse_others(forecast, changes)
    asked = forecast.question
    imagined = imagine(forecast.deals, changes, asked.today)
    until = forecast.outlook.last if forecast.method == "timed" else None  # whose periods hold more than what is due
    after = look_ahead(imagined, forecast.won_on, asked, until)
    rows = effects(forecast.outlook, after)
    report = forecast.report
    extra = {name: value for name, value in report.extra.items() if name in ("method", "stages")}
    return report._replace(
        title=f"{report.title}: what if",
        rows=after.periods,
        rows_drawn=False,
        extra={**extra, "horizon": json_row(_HORIZON, after.horizon), "what_if": json_rows(_COLUMNS, rows)},
        tables=("what_if",),
        sections=[Section("Before, and then", _COLUMNS, rows)],
        notes=["Nothing was changed."],
    )


def _refuse_others(forecast: Forecast, changes: Changes) -> None:
    strangers = sorted(changes.deals - {deal.scored.facts.id for deal in forecast.deals})
    if strangers:
        raise RuleError(
            f"Deal {strangers[0]} is not an open deal of this pipeline: what if is asked of open deals; "
            "--all-pipelines covers every pipeline."
        )
