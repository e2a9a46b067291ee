"""The change of open value on real deals, week by week, without a remainder."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from pipeline_cli.domain.deal.edits import AddDeal, MoveDeal, SetFields
from pipeline_cli.domain.review.changes import DealState, waterfall
from pipeline_cli.domain.words.clock import Clock
from pipeline_cli.storage.record.since import read_standings
from pipeline_cli.storage.transactions import read
from tests.conftest import RealRecord
from tests.storage.record import change, clock_at, new_record


def states_at(path: Path, day: date) -> dict[int, DealState]:
    end = datetime(day.year, day.month, day.day, tzinfo=UTC) + timedelta(days=1, milliseconds=-1)
    with read(path, Clock(end, UTC), past=True) as reader:
        return {deal: one.state for deal, one in read_standings(reader, lambda cents, _: cents).items()}


def open_value(path: Path, day: date) -> int:
    end = datetime(day.year, day.month, day.day, tzinfo=UTC) + timedelta(days=1, milliseconds=-1)
    with read(path, Clock(end, UTC), past=True) as reader:
        query = "SELECT coalesce(sum(value_cents), 0) FROM known_deals WHERE status = 'open'"
        return int(reader.connection.execute(query).fetchone()[0])


@pytest.mark.parametrize("week", range(9))
def test_in_every_week_the_items_explain_the_change(real_record: Callable[[str], RealRecord], week: int) -> None:
    path = real_record("bank").folder / "pipeline.db"
    sunday = date(2011, 10, 30) + timedelta(weeks=week)
    next_sunday = min(sunday + timedelta(weeks=1), date(2011, 12, 31))
    found = waterfall(states_at(path, sunday), states_at(path, next_sunday), "loans")
    value = {one.item: one.cents for one in found.items}
    assert found.start_cents == open_value(path, sunday)
    assert found.end_cents == open_value(path, next_sunday)
    assert found.end_cents - found.start_cents == (
        value["new"]
        + value["moved_in"]
        + value["grown"]
        + value["won"]
        + value["lost"]
        + value["disqualified"]
        + value["shrunk"]
        + value["moved_out"]
    )
    assert value["new"] > 0 > value["won"]
    assert value["lost"] < 0


def test_over_a_whole_month_the_bank_won_what_its_file_says(
    real_record: Callable[[str], RealRecord], shared_data: Path
) -> None:
    import csv

    path = real_record("bank").folder / "pipeline.db"
    found = waterfall(states_at(path, date(2011, 10, 31)), states_at(path, date(2011, 11, 30)), "loans")
    won = []
    with (shared_data / "bank" / "deals.csv").open(newline="") as lines:
        for deal in csv.DictReader(lines):
            closed = deal["closed_at"] and datetime.fromisoformat(deal["closed_at"]).astimezone(UTC)
            if deal["outcome"] == "won" and closed and (closed.year, closed.month) == (2011, 11):
                won.append(100 * int(deal["amount"]))
    item = next(one for one in found.items if one.item == "won")
    assert (item.deals, item.cents) == (len(won), -sum(won))


def test_a_deal_that_grew_was_lost_and_came_back_leaves_its_growth_alone(tmp_path: Path) -> None:
    path = new_record(tmp_path)
    monday, tuesday, sunday = (clock_at(date(2026, 11, day)) for day in (2, 3, 8))
    (deal,) = change(path, AddDeal("Acme", "services", "lead", monday.now, "EUR", value_cents=500), clock=monday)
    change(path, SetFields(deal, {"value_cents": 800}), clock=tuesday)
    change(path, MoveDeal(deal, "lead", "lost", tuesday.now, "price"), clock=tuesday)
    midweek = states_at(path, date(2026, 11, 3))
    change(path, MoveDeal(deal, "lost", "lead", sunday.now), clock=sunday)
    found = waterfall(states_at(path, date(2026, 11, 2)), states_at(path, date(2026, 11, 8)), "services")
    assert [(one.item, one.cents) for one in found.items if one.deals] == [("grown", 300)]
    found = waterfall(midweek, states_at(path, date(2026, 11, 8)), "services")
    assert [(one.item, one.cents) for one in found.items if one.deals] == [("moved_in", 800)]
