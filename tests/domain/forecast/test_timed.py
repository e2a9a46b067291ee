"""The method `timed` as a whole: without history, with it, and never ahead of its time."""

from __future__ import annotations

import csv
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline_cli.domain.forecast.runs import LOST, DealHistory, History, Known, known_on
from pipeline_cli.domain.forecast.timed import TimedForecast, TimedModel, timed_forecast, usual_amount
from tests.large import LARGE

CONFIGURED = [0.05, 0.2, 0.5, 0.8]
BANK = Path(__file__).parents[4] / "shared" / "data" / "bank"


def test_without_history_a_deal_is_won_in_the_end_as_often_as_configured() -> None:
    deals = [DealHistory(stage, [(1000, stage)]) for stage in range(4)]
    made = timed_forecast(History(deals), 1000, CONFIGURED, horizon_days=30)
    assert [deal.p_win for deal in made.deals] == pytest.approx(CONFIGURED, abs=1e-6)
    assert all(deal.p_win_by_horizon < deal.p_win for deal in made.deals)
    assert made.deals[0].p_win_by_horizon < made.deals[3].p_win_by_horizon


@pytest.mark.parametrize(("count", "age"), [(4, 0), (4, 200), (60, 5), (60, 90)])
def test_deals_that_merely_sit_open_teach_nothing_about_how_they_end(count: int, age: int) -> None:
    deals = [DealHistory(number, [(1000 - age, number % 4)]) for number in range(count)]
    made = timed_forecast(History(deals), 1000, CONFIGURED, horizon_days=30)
    assert [deal.p_win for deal in made.deals] == pytest.approx(
        [CONFIGURED[deal.stage] for deal in made.deals], abs=1e-9
    )
    assert all(deal.p_win_by_horizon < deal.p_win for deal in made.deals)


def test_without_deals_there_is_nothing_to_forecast() -> None:
    made = timed_forecast(History([]), 1000, CONFIGURED, horizon_days=30)
    assert (list(made.deals), made.wins, made.usual_amount_cents) == ([], 0, 0)


def sold_in(days: int, count: int, *, first_id: int = 0) -> list[DealHistory]:
    """Deals won after so many days in the last stage, and as many lost a little later, one a week each."""
    won = [DealHistory(first_id + i, [(7 * i, 3)], 7 * i + days, True, amount_cents=100_00) for i in range(count)]
    lost = [DealHistory(first_id + count + i, [(7 * i, 3)], 7 * i + days + 4, False) for i in range(count)]
    return won + lost


def test_a_deal_that_sits_longer_than_won_deals_did_has_little_hope_and_is_said_to() -> None:
    dead = [DealHistory(500 + i, [(100, 3)]) for i in range(5)]
    fresh = DealHistory(900, [(395, 3)])
    made = timed_forecast(History([*sold_in(10, 50), *dead, fresh]), 400, CONFIGURED, horizon_days=60)
    by_id = {deal.id: deal for deal in made.deals}
    assert by_id[500].p_win < 0.05
    assert by_id[900].p_win > 0.4
    assert (by_id[500].never_seen_won, by_id[900].never_seen_won) == (True, False)
    assert (by_id[500].days_in_stage, by_id[500].usual_days) == (300, 10)


def test_longer_horizons_give_greater_chances_and_the_same_chance_in_the_end() -> None:
    history = History([*sold_in(20, 40), DealHistory(900, [(390, 3)], touch_days=[391])])
    made = [
        timed_forecast(history, 400, CONFIGURED, horizon_days=days).deals[0] for days in (0, 1, 7, 30, 90, 365, 2000)
    ]
    by_horizon = [deal.p_win_by_horizon for deal in made]
    assert by_horizon == sorted(by_horizon)
    assert by_horizon[0] == 0
    assert len({deal.p_win for deal in made}) == 1
    assert by_horizon[-1] == made[0].p_win


def test_a_deal_without_an_amount_is_taken_for_the_usual_one() -> None:
    deals = [
        DealHistory(1, [(0, 0)], closed_day=5, won=True, amount_cents=1_000),
        DealHistory(2, [(0, 0)], amount_cents=4_000),
        DealHistory(3, [(0, 0)]),
    ]
    # (1,000 + 5 · mean of 1,000 and 4,000) / 6
    made = timed_forecast(History(deals), 20, CONFIGURED, horizon_days=30)
    assert made.usual_amount_cents == 2_250
    assert [(deal.id, deal.amount_cents) for deal in made.deals] == [(2, 4_000), (3, 2_250)]


def test_nobody_knows_an_amount_so_it_is_nothing() -> None:
    assert usual_amount(known_on(History([DealHistory(1, [(0, 0)])]), 5)) == 0


def shock_size(known: Known, days: int) -> float:
    return TimedModel(known, CONFIGURED).shock_within(days)


def test_the_shock_shrinks_with_wins_and_with_history() -> None:
    young, old = known_on(History(sold_in(10, 3)), 30), known_on(History(sold_in(10, 50)), 400)
    assert shock_size(young, 90) > shock_size(old, 90) > 0.2
    assert shock_size(known_on(History([]), 5), 90) == pytest.approx((0.04 + 0.5 + 0.4) ** 0.5)
    assert shock_size(old, 90) == pytest.approx((0.04 + 2 / 54 + 0.10 * (90 / 400) ** 2) ** 0.5)


def test_deals_of_inferred_stages_have_the_configured_chance_without_history() -> None:
    deals = [DealHistory(stage, [(700, 0), (700, stage)], inferred=2) for stage in range(4)]
    made = timed_forecast(History(deals), 700, CONFIGURED, horizon_days=30)
    assert [deal.p_win for deal in made.deals] == pytest.approx(CONFIGURED, abs=1e-6)
    assert [deal.stage for deal in made.deals] == [0, 1, 2, 3]
    assert not any(deal.stage_seen for deal in made.deals)


def test_deals_of_inferred_stages_learn_from_how_long_such_deals_took() -> None:
    closed = [deal._replace(moves=[(deal.moves[0][0], 0)], inferred=1) for deal in sold_in(10, 50)]
    open_deals = [
        DealHistory(900, [(398, 0), (398, 2)], inferred=2),
        DealHistory(901, [(200, 0), (200, 2)], inferred=2),
    ]
    made = timed_forecast(History([*closed, *open_deals]), 400, CONFIGURED, horizon_days=60)
    old, fresh = made.deals
    assert (old.id, fresh.id) == (901, 900)
    assert fresh.p_win_by_horizon > 0.35
    assert old.p_win_by_horizon < 0.15
    assert fresh.usual_days == 10


def cut(deal: DealHistory, day: int) -> DealHistory:
    """What a file that ends with this day would hold of a deal."""
    closed = deal.closed_day is not None and deal.closed_day <= day
    return deal._replace(
        moves=[move for move in deal.moves if move[0] <= day],
        closed_day=deal.closed_day if closed else None,
        won=deal.won if closed else None,
        touch_days=[touched for touched in deal.touch_days if touched <= day],
        amounts=[row for row in deal.amounts if row[0] <= day],
    )


def figures(made: TimedForecast) -> tuple[object, ...]:
    return made[:-1]  # all but the model


@st.composite
def histories(draw: st.DrawFn, deal_id: int) -> DealHistory:
    """A deal with moves ahead, back and to the same stage, closings, a reopening, and late rows."""
    day = draw(st.integers(0, 100))
    moves = []
    for _ in range(draw(st.integers(1, 6))):
        moves.append((day, draw(st.sampled_from([0, 1, 2, 3, 3, LOST]) if moves else st.integers(0, 3))))
        day += draw(st.sampled_from([0, 0, 1, 3, 10, 40]))
    closed = draw(st.none() | st.integers(moves[-1][0] - 3, moves[-1][0] + 60))
    return DealHistory(
        deal_id,
        moves,
        closed,
        None if closed is None else draw(st.booleans()),
        sorted(draw(st.lists(st.integers(0, 200), max_size=5))),
        None,
        sorted(draw(st.lists(st.tuples(st.integers(0, 200), st.none() | st.integers(0, 10**6)), max_size=2)), key=str),
        draw(st.integers(0, len(moves))) if draw(st.booleans()) else 0,
    )


@pytest.mark.skipif(not LARGE, reason="PIPELINE_LARGE runs it")
@settings(max_examples=60, deadline=None)
@given(st.data(), st.integers(1, 15), st.integers(0, 220))
def test_the_whole_record_says_of_a_past_day_what_a_record_cut_there_says(
    data: st.DataObject, count: int, day: int
) -> None:
    deals = [data.draw(histories(number)) for number in range(count)]
    deals = [deal._replace(amounts=sorted(deal.amounts, key=lambda row: row[0])) for deal in deals]
    whole = timed_forecast(History(deals), day, CONFIGURED, horizon_days=60)
    ended = timed_forecast(History([cut(deal, day) for deal in deals]), day, CONFIGURED, horizon_days=60)
    assert figures(whole) == figures(ended)
    for deal in whole.deals:
        assert 0 <= deal.p_win_by_horizon <= deal.p_win <= 1


def day_of(text: str) -> int:
    return datetime.fromisoformat(text).astimezone(UTC).toordinal()


def read_bank() -> list[DealHistory]:
    """The bank's record, read once from its three files."""
    stages = {"submitted": 0, "preaccepted": 1, "accepted": 2, "finalized": 3, "offer_sent": 4, "offer_returned": 5}
    moves: dict[str, list[tuple[int, int]]] = {}
    touches: dict[str, list[int]] = {}
    with (BANK / "stage_history.csv").open(encoding="utf-8", newline="") as file:
        for row in sorted(csv.DictReader(file), key=lambda row: int(row["seq"])):
            if row["to_stage"] in stages:
                moves.setdefault(row["deal_id"], []).append((day_of(row["changed_at"]), stages[row["to_stage"]]))
    with (BANK / "touches.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            touches.setdefault(row["deal_id"], []).append(day_of(row["at"]))
    with (BANK / "deals.csv").open(encoding="utf-8", newline="") as file:
        return [
            DealHistory(
                int(row["deal_id"]),
                moves[row["deal_id"]],
                day_of(row["closed_at"]) if row["closed_at"] else None,
                row["outcome"] == "won" if row["closed_at"] else None,
                sorted(touches.get(row["deal_id"], ())),
                int(row["amount"]) * 100,
            )
            for row in csv.DictReader(file)
        ]


@pytest.mark.skipif(not BANK.is_dir(), reason="the bank's record is not beside the project")
def test_the_banks_record_says_of_three_past_days_what_it_said_then() -> None:
    configured = [0.1, 0.2, 0.4, 0.5, 0.6, 0.8]
    deals = read_bank()
    whole = History(deals)
    for past in (date(2011, 10, 20), date(2011, 11, 14), date(2011, 12, 15)):
        day = past.toordinal()
        ended = History(cut(deal, day) for deal in deals)
        made = timed_forecast(whole, day, configured, horizon_days=30)
        then = timed_forecast(ended, day, configured, horizon_days=30)
        assert len(made.deals) > 500
        assert figures(made) == figures(then)
