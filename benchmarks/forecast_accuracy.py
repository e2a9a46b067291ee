"""Forecasts of past days against what came: `python benchmarks/forecast_accuracy.py [FOLDER ...] [--samples 200]`.

Without folders: bank, leads10k and maven of ../shared/data, on the days their targets were set for. Any other folder
of the same form is forecast at its month ends. Small books are random deals of a folder until so many are closed.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from math import fsum
from pathlib import Path
from random import Random
from typing import NamedTuple

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks.record_folder import Record, read_record
from pipeline_cli.domain.forecast import backtest as scoring
from pipeline_cli.domain.forecast.backtest import Backtest, backtest
from pipeline_cli.domain.forecast.runs import OPEN, DealHistory, History, known_on, outcome_on
from pipeline_cli.domain.forecast.timed import timed_forecast

SHARED = Path(__file__).parents[2] / "shared" / "data"
SIZES = (30, 100, 300)


class Plan(NamedTuple):
    """On which days a folder is forecast, how far ahead, and what must be reached."""

    horizon: int
    dates: Sequence[int]
    target: str = ""
    small_books: bool = True


def month_ends(first: date, last: date) -> list[int]:
    """The last day of each month from the month of `first` to that of `last`."""
    months = range(first.year * 12 + first.month, last.year * 12 + last.month + 1)
    return [(date(month // 12, month % 12 + 1, 1) - timedelta(days=1)).toordinal() for month in months]


KNOWN = {
    "leads10k": Plan(90, month_ends(date(2024, 8, 1), date(2025, 3, 1)), "error <= 0.06, Brier <= 0.235"),
    "bank": Plan(30, [date(2011, 11, 14).toordinal(), date(2011, 11, 30).toordinal()], "Brier <= 0.180"),
    "maven": Plan(90, month_ends(date(2017, 3, 1), date(2017, 9, 1)), "error <= 0.45", small_books=False),
}


def plan_for(record: Record, horizon: int) -> Plan:
    """The known plan, or every month end with two horizons before it and one after it in the record."""
    if record.name in KNOWN:
        return KNOWN[record.name]
    first = min(deal.moves[0][0] for deal in record.deals)
    ends = month_ends(date.fromordinal(first), date.fromordinal(record.last_day))
    return Plan(horizon, [day for day in ends if first + 2 * horizon <= day <= record.last_day - horizon])


def print_scores(record: Record, plan: Plan, made: Backtest) -> None:
    print(
        f"\n{record.name}: {plan.horizon} days, {len(plan.dates)} dates  {plan.target and f'(to reach: {plan.target})'}"
    )
    print(f"  {'method':<12}{'error':>8}{'bias':>8}{'Brier':>8}{'logloss':>9}{'inside':>8}{'deals':>8}")
    for score in made.scores:
        shares = (score.wape, score.bias, score.brier, score.log_loss, score.inside_p10_p90)
        shown = ["-" if share is None else f"{share:.3f}" for share in shares]
        print("  {:<12}{:>8}{:>8}{:>8}{:>9}{:>8}".format(score.method, *shown) + f"{score.deals:>8,}")


def print_oldest(record: Record, plan: Plan) -> None:
    """The chances given to deals older than any that was closed by then: dead weight."""
    history = History(record.deals)
    for day in plan.dates:
        known = known_on(history, day)
        ages = [run.stop - known.deals[deal].moves[0][0] for deal, run in known.latest.items() if run.target != OPEN]
        came = {deal.id: deal.moves[0][0] for deal in known.deals}
        made = timed_forecast(history, day, record.configured, plan.horizon)
        chances = [deal.p_win_by_horizon for deal in made.deals if day - came[deal.id] > max(ages, default=0)]
        if chances:
            mean, most = fsum(chances) / len(chances), max(chances)
            print(
                f"  {date.fromordinal(day)}: {len(chances):>4} deals older than any closed, p {mean:.3f}, at most {most:.3f}"
            )


def small_books(record: Record, plan: Plan, closed: int, samples: int, seed: int) -> Iterator[Backtest]:
    """Backtests of one day over random deals, as many as it takes until so many of them are closed by then."""
    draw = Random(seed)
    for sample in range(samples):
        day = plan.dates[sample % len(plan.dates)]
        begun = [deal for deal in record.deals if deal.moves[0][0] <= day]
        draw.shuffle(begun)
        chosen: list[DealHistory] = []
        done = 0
        for deal in begun:
            chosen.append(deal)
            done += outcome_on(deal, day) is not None
            if done == closed:
                break
        yield backtest(History(chosen), record.configured, [day], plan.horizon, ("stage", "timed"))


def print_small_books(record: Record, plan: Plan, samples: int, seed: int) -> None:
    print(f"  small books, {samples} each: mean Brier (to reach: at most 0.92 of stage), share inside P10-P90")
    for closed in SIZES:
        made = [one for one in small_books(record, plan, closed, samples, seed) if one.scores[0].deals]
        means = [fsum(one.scores[i].brier or 0.0 for one in made) / len(made) for i in range(2)]
        inside = scoring.inside_share([(row.p10, row.p90, row.actual_cents) for one in made for row in one.rows[1::2]])
        ratio = means[1] / means[0]
        print(
            f"  {closed:>5} closed: stage {means[0]:.4f}  timed {means[1]:.4f}  ratio {ratio:.3f}  inside {inside:.2f}"
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folders", nargs="*", type=Path, help="default: bank, leads10k and maven of ../shared/data")
    parser.add_argument("--horizon", type=int, default=90, help="days, for folders without a target of their own")
    parser.add_argument("--samples", type=int, default=200, help="small books of each size; 0: none")
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    for folder in asked.folders or [SHARED / name for name in KNOWN]:
        if not folder.is_dir():
            print(f"{folder}: no such folder", file=sys.stderr)
            continue
        record = read_record(folder)
        plan = plan_for(record, asked.horizon)
        print_scores(record, plan, backtest(History(record.deals), record.configured, plan.dates, plan.horizon))
        print_oldest(record, plan)
        if asked.samples and plan.small_books and plan.dates:
            print_small_books(record, plan, asked.samples, asked.seed)


if __name__ == "__main__":
    main()
