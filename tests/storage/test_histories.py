"""The stage histories the forecast learns from, against the same told move by move."""

from __future__ import annotations

import sqlite3
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline_cli.domain.deal.edits import AddDeal, LogTouchpoint, MoveDeal, SetFields
from pipeline_cli.domain.forecast.runs import LOST, WON, DealHistory
from pipeline_cli.domain.playbook import Pipeline, Playbook, Stage
from pipeline_cli.domain.words.clock import Clock
from pipeline_cli.storage.record.histories import read_histories
from pipeline_cli.storage.transactions import read
from tests.exchange.conftest import PLAYBOOK
from tests.storage.histories import CLOCK, HISTORY, STAGES, History, store
from tests.storage.record import TODAY, change, clock_at, new_record

PIPELINE = Pipeline("sales", "Sales", tuple(Stage(name, name, "top", 0.5) for name in STAGES))


def playbook(**other: Any) -> Playbook:
    return PLAYBOOK._replace(pipelines=(PIPELINE,), **other)


def day(number: int) -> int:
    return date(2026, 11, number).toordinal()


def at(number: int, hour: int = 10) -> datetime:
    return datetime(2026, 11, number, hour, tzinfo=UTC)


def a_lead(created: datetime, cents: int | None = None, currency: str = "EUR") -> AddDeal:
    return AddDeal("Acme", "sales", "lead", created, currency, value_cents=cents)


def histories(path: Path, clock: Clock = TODAY, **other: Any) -> list[DealHistory]:
    with read(path, clock, past=True) as reader:
        deals = read_histories(reader, playbook(**other), PIPELINE).deals
        return [deal._replace(touch_days=list(deal.touch_days) or ()) for deal in deals]


def test_a_won_deal_has_its_moves_its_closing_and_its_touchpoints_by_day(tmp_path: Path) -> None:
    path = new_record(tmp_path)
    change(path, a_lead(at(1), 5_000_00), clock=clock_at(date(2026, 11, 1)))
    change(
        path,
        MoveDeal(1, "lead", "offer", at(4)),
        LogTouchpoint(1, "call", "out", at(6)),
        LogTouchpoint(1, "call", "in", at(5)),
        MoveDeal(1, "offer", "won", at(9)),
    )
    assert histories(path) == [
        DealHistory(1, [(day(1), 0), (day(4), 1)], day(9), True, [day(5), day(6)], 5_000_00),
    ]


def test_a_deal_that_was_reopened_has_its_earlier_closing_among_its_moves(tmp_path: Path) -> None:
    path = new_record(tmp_path)
    change(path, a_lead(at(1)), clock=clock_at(date(2026, 11, 1)))
    change(path, MoveDeal(1, "lead", "lost", at(3)), MoveDeal(1, "lost", "offer", at(7)))
    (deal,) = histories(path)
    assert (deal.moves, deal.closed_day) == ([(day(1), 0), (day(3), LOST), (day(7), 1)], None)

    change(path, MoveDeal(1, "offer", "won", at(8)))
    (deal,) = histories(path)
    assert (deal.moves[-1], deal.closed_day, deal.won) == ((day(7), 1), day(8), True)


def test_a_disqualified_deal_counts_as_lost_and_is_marked(tmp_path: Path) -> None:
    path = new_record(tmp_path)
    change(path, a_lead(at(1)), clock=clock_at(date(2026, 11, 1)))
    change(path, MoveDeal(1, "lead", "disqualified", at(3)))
    (deal,) = histories(path)
    assert (deal.won, deal.closed_day, deal.disqualified) == (False, day(3), True)


def test_each_value_holds_from_the_day_it_was_given_and_is_in_the_currency_of_the_file(tmp_path: Path) -> None:
    path = new_record(tmp_path)
    change(path, a_lead(at(1), 100_00), clock=clock_at(date(2026, 11, 1)))
    change(path, SetFields(1, {"value_cents": 300_00}), clock=clock_at(date(2026, 11, 5)))
    change(path, SetFields(1, {"value_cents": 900_00}), clock=clock_at(date(2026, 11, 8), 9))
    change(path, SetFields(1, {"value_cents": 400_00, "currency": "USD"}), clock=clock_at(date(2026, 11, 8), 11))
    (deal,) = histories(path, exchange_rates={"USD": Fraction(1, 2)})
    amounts = [deal.amount_on(day(number)) for number in (1, 4, 5, 7, 8, 20)]
    assert amounts == [100_00, 100_00, 300_00, 300_00, 200_00, 200_00]

    early = histories(path, clock_at(date(2026, 11, 6)), exchange_rates={"USD": Fraction(1, 2)})
    assert early[0].amount_on(day(20)) == 300_00


def test_days_are_those_of_the_zone_also_where_it_is_half_an_hour_off(tmp_path: Path) -> None:
    path = new_record(tmp_path)
    change(path, a_lead(at(1)), clock=clock_at(date(2026, 11, 1)))
    change(
        path,
        LogTouchpoint(1, "call", "out", datetime(2026, 11, 3, 18, 29, tzinfo=UTC)),
        LogTouchpoint(1, "call", "out", datetime(2026, 11, 3, 18, 31, tzinfo=UTC)),
    )
    noon = datetime(2026, 11, 21, 12, tzinfo=UTC)
    assert histories(path, Clock(noon, ZoneInfo("Asia/Kolkata")))[0].touch_days == [day(3), day(4)]
    assert histories(path, Clock(noon, UTC))[0].touch_days == [day(3), day(3)]


def test_days_of_touchpoints_are_ascending_however_they_were_logged(tmp_path: Path) -> None:
    path = new_record(tmp_path)
    change(path, a_lead(at(1)), a_lead(at(2)), clock=clock_at(date(2026, 11, 2)))
    change(path, LogTouchpoint(1, "call", "out", at(7)), LogTouchpoint(1, "call", "in", at(5)))
    with read(path, CLOCK, past=False) as reader:
        deals = read_histories(reader, playbook(), PIPELINE).deals
        assert [list(deal.touch_days) for deal in deals] == [[day(5), day(7)], []]
        assert deals[0].touch_days[-1] == day(7)
        assert not deals[1].touch_days


def test_inferred_first_moves_are_counted(tmp_path: Path) -> None:
    path = new_record(tmp_path)
    change(path, a_lead(at(1)), clock=clock_at(date(2026, 11, 1)))
    change(path, MoveDeal(1, "lead", "offer", at(1)), MoveDeal(1, "offer", "contract", at(5)))
    connection = sqlite3.connect(path)
    with connection:
        connection.execute("UPDATE moves SET inferred = 1 WHERE id < 3")
    connection.close()
    assert histories(path)[0].inferred == 2


def told(history: History) -> DealHistory | None:
    """The same deal, move by move; `old` is a stage that pipeline.yaml does not have.

    A closing nobody dated tells nothing.
    """
    places = {**{stage: index for index, stage in enumerate(STAGES)}, "won": WON}
    moves = [(moment.date().toordinal(), stage, inferred) for stage, moment, inferred in history.moves]
    closed = moves.pop() if history.status != "open" else None
    if closed is not None and closed[2]:
        return None
    kept = [(ordinal, stage, inferred) for ordinal, stage, inferred in moves if stage != "old"]
    first_seen = next((index for index, move in enumerate(kept) if not move[2]), len(kept))
    if not kept:
        return None
    return DealHistory(
        0,
        [(ordinal, places[stage]) for ordinal, stage, _ in kept],
        closed and closed[0],
        closed and closed[1] == "won",
        (),
        history.cents,
        (),
        first_seen,
        history.status == "disqualified",
        any(inferred for _, _, inferred in kept[first_seen:]),
    )


@settings(max_examples=60, deadline=None)
@given(st.lists(HISTORY, max_size=6))
def test_any_record_is_read_as_it_is_told(records: list[History]) -> None:
    expected = [(number, told(record)) for number, record in enumerate(records, 1)]
    with TemporaryDirectory() as folder:
        found = histories(store(Path(folder), records), CLOCK)
    assert sorted(found) == [deal._replace(id=number) for number, deal in expected if deal is not None]


@settings(max_examples=40, deadline=None)
@given(st.lists(HISTORY, min_size=1, max_size=6), st.integers(0, 20))
def test_a_past_day_is_read_as_if_nothing_had_come_after_it(records: list[History], days: int) -> None:
    then = Clock(CLOCK.now - timedelta(days=40 - days), UTC)
    cut = []
    for record in records:
        known = sum(moment < then.end_of_today for _, moment, _ in record.moves)
        cut.append(record._replace(hops=record.hops[:known]) if known else None)
    with TemporaryDirectory() as folder:
        whole = histories(store(Path(folder), records), then)
    with TemporaryDirectory() as folder:
        ended = histories(store(Path(folder), [record for record in cut if record is not None]), then)
    names = {number: place for place, number in enumerate((n for n, one in enumerate(cut, 1) if one is not None), 1)}
    assert sorted(deal._replace(id=names[deal.id]) for deal in whole) == sorted(ended)
