"""`forecast`: what will come in, by period and within the horizon, with a range and the chance of the quota."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date

from pipeline_cli.domain.errors import UsageError
from pipeline_cli.domain.forecast.open_deals import OpenDeal
from pipeline_cli.domain.forecast.outlook import Horizon, Outlook, Question, look_ahead
from pipeline_cli.domain.periods import PERIODS, quota_held_against
from pipeline_cli.domain.phrases import choice_of, counted, long_day
from pipeline_cli.domain.playbook import Pipeline
from pipeline_cli.domain.record import NamedTuple
from pipeline_cli.domain.undated import Undated, closings_line, undated_json
from pipeline_cli.output.numbers import calendar_day, whole_money
from pipeline_cli.output.report import Cents, Mark, Report, Section
from pipeline_cli.reports.book import Book, open_book, ranging_of
from pipeline_cli.reports.closings import won_by_day
from pipeline_cli.reports.forecast_tables import (
    COLUMNS,
    aside_json,
    aside_section,
    deal_json,
    deal_section,
    horizon_json,
    period_row,
    stage_json,
    stage_section,
)
from pipeline_cli.storage.counts import count_deals
from pipeline_cli.storage.reader import Reader
from pipeline_cli.storage.undated import read_undated
from pipeline_cli.workspace import Workspace

METHODS_IN_WORDS = {
    "timed": "The chance that each deal is won by a day, from its stage, the days it has been there and its silence. It "
    "is learned from your own moves, open deals included, and starts from pipeline.yaml while there are few. The "
    "range has one luck for all deals, because good and bad months come to all at once.",
    "stage": "Each deal counts with the share of closed deals that were won among those that reached its stage. While "
    "few are closed, the share is drawn towards pipeline.yaml, which weighs as much as 5 deals. It knows no time: a "
    "deal that has sat for a year counts like one of yesterday.",
    "configured": "Each deal counts with the probability that pipeline.yaml gives its stage. History changes nothing "
    "in it. It is a guess until `pipeline backtest` says otherwise.",
}


class Forecast(NamedTuple):
    """All that one forecast is made of."""

    method: str
    books: Sequence[Book]
    won_on: Mapping[date, int]
    """Day of the running period -> minor units won."""
    question: Question
    outlook: Outlook
    report: Report

    @property
    def deals(self) -> list[OpenDeal]:
        return [deal for book in self.books for deal in book.deals]


_NO_DEALS = (
    'No deals yet. `pipeline add "Acme: workshop" --value 12k --close 30d` adds one, `pipeline import deals.csv` many.'
)


def forecast_report(
    workspace: Workspace, reader: Reader, pipelines: Sequence[Pipeline], per: str = "month", days: int = 30,
    method: str = "timed", with_deals: bool = False,
) -> Report:  # fmt: skip
    """Of one pipeline or several together. Raises UsageError for a period or a method there is none of."""
    return make_forecast(workspace, reader, pipelines, per, days, method, with_deals).report


def make_forecast(
    workspace: Workspace, reader: Reader, pipelines: Sequence[Pipeline], per: str, days: int, method: str,
    with_deals: bool = False,
) -> Forecast:  # fmt: skip
    if per not in PERIODS:
        raise UsageError(f"--by {per}: is no period: {choice_of(per, PERIODS)}.")
    playbook, today = workspace.playbook, reader.clock.today
    books = [open_book(reader, playbook, pipeline, method, days) for pipeline in pipelines]
    undated = read_undated(reader, [pipeline.id for pipeline in pipelines])
    question = Question(today, per, days, quota_held_against(playbook, pipelines), ranging_of(books))
    deals = [deal for book in books for deal in book.deals]
    won_on = won_by_day(reader, playbook, pipelines, per)
    outlook = look_ahead(deals, won_on, question)
    filled = [deal for deal in deals if deal.value_cents is None and deal.amount_cents and deal.category != "omitted"]
    report = Report(
        name="forecast",
        title=f"{', '.join(one.name for one in pipelines)}: forecast of {long_day(today)}, method {method}",
        as_of=today,
        pipeline=pipelines[0].id if len(pipelines) == 1 else None,
        currency=playbook.currency,
        columns=COLUMNS,
        rows=[period_row(row) for row in outlook.periods],
        extra={
            "method": method,
            "horizon": horizon_json(outlook.horizon),
            "stages": [stage_json(one) for book in books for one in book.probabilities],
            "unscheduled": {one.reason: aside_json(one) for one in outlook.unscheduled},
            "filled": {"deals": len(filled), "value": Cents(sum(deal.amount_cents for deal in filled))},
            "undated": undated_json(undated),
            **({"deals": [deal_json(deal) for deal in deals]} if with_deals else {}),
        },
        sections=list(_sections(books, outlook, filled, playbook.currency, undated, with_deals=with_deals)),
        definitions=METHODS_IN_WORDS,
    )
    if not deals and not won_on and not count_deals(reader):
        report = report._replace(rows_drawn=False, sections=[Section("", lines=[_NO_DEALS])])
    return Forecast(method, books, won_on, question, outlook, report)


def _sections(
    books: Sequence[Book], outlook: Outlook, filled: Sequence[OpenDeal], currency: str, undated: Undated, *,
    with_deals: bool,
) -> Iterator[Section]:  # fmt: skip
    deals = [deal for book in books for deal in book.deals]
    left_out = closings_line(undated, "what is won so far and what is learned")
    lines = [*_lines(books, outlook.horizon, filled, currency), *([left_out] if left_out else [])]
    yield Section("All open deals", lines=lines)
    aside = aside_section(outlook.unscheduled)
    if aside is not None:
        yield aside
    if with_deals and deals:
        yield deal_section(deals, outlook.horizon)
    for book in books:
        yield stage_section(book, several=len(books) > 1)


def _lines(books: Sequence[Book], horizon: Horizon, filled: Sequence[OpenDeal], currency: str) -> Iterator[str]:
    """What the open deals bring, beside what the usual forecasts would say."""
    timed = [book.timed for book in books if book.timed is not None]
    deals = [deal for book in books for deal in book.deals if deal.category != "omitted"]
    when = f"by {calendar_day(horizon.until, horizon.until)}" if timed else "in the end"
    bring = "brings" if horizon.open_deals == 1 else "bring"
    yield (
        f"{counted(horizon.open_deals, 'open deal')} worth {whole_money(horizon.open_value_cents)} {currency} {bring} "
        f"{whole_money(horizon.expected_cents)} {when}; in eight of ten cases {whole_money(horizon.p10)} to "
        f"{whole_money(horizon.p90)}."
    )
    in_the_end = f"In the end {whole_money(sum(deal.amount_cents * deal.p_win for deal in deals))}. " if timed else ""
    yield (
        f"{in_the_end}Weighted by your stages' history: {whole_money(horizon.stage_weighted_cents)}; by pipeline.yaml: "
        f"{whole_money(horizon.configured_cents)}."
    )
    if filled:
        yield (
            f"{counted(len(filled), 'deal')} without a value {'is' if len(filled) == 1 else 'are'} counted here, and "
            f"only here, as the usual {whole_money(sum(deal.amount_cents for deal in filled) / len(filled))}."
        )
    unseen = [deal for deal in deals if deal.never_seen_won]
    if unseen:
        yield (
            f"{counted(len(unseen), 'deal')} worth {whole_money(sum(deal.value_cents or 0 for deal in unseen))} "
            f"{'has' if len(unseen) == 1 else 'have'} been longer in their stage than any that was won, or in one none was "
            "won from."
        )
    if timed and deals:
        yield _learned(books)
    one_sided = [book.probabilities[0].won for book in books if book.method != "configured" and _is_one_sided(book)]
    if one_sided:
        yield (
            f"{counted(sum(one_sided), 'deal')} won and none lost: how deals end cannot be learned from wins alone. The "
            "chances in the end are those of pipeline.yaml."
        )


def _is_one_sided(book: Book) -> bool:
    return any(one.one_sided for one in book.probabilities)


def _learned(books: Sequence[Book]) -> str:
    """What the method timed had to go by."""
    taught = sum(book.timed.wins for book in books if book.timed is not None)
    if taught:
        return f"Learned from {counted(taught, 'won deal')}."
    won = sum(book.probabilities[0].won for book in books if book.probabilities)
    is_a_guess = all(book.timed is None or book.timed.model.is_a_guess for book in books)
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
