"""Cohorts counted in SQL."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from pipeline_cli.domain.deal.edits import AddDeal, MoveDeal
from pipeline_cli.domain.words.grouping import Grouping, Scope
from pipeline_cli.storage.record.funnel import read_cohorts
from pipeline_cli.storage.transactions import read
from tests.storage.record import TODAY, change, new_record


def test_a_deal_won_on_the_thirtieth_day_is_won_within_thirty_days(tmp_path: Path) -> None:
    path = new_record(tmp_path)
    created = datetime(2026, 3, 2, 10, tzinfo=UTC)
    exactly, later, lost, still_open = change(path, *[AddDeal("Acme", "services", "prospecting", created, "EUR")] * 4)
    change(path, MoveDeal(exactly, "prospecting", "won", created + timedelta(days=30)))
    change(path, MoveDeal(later, "prospecting", "won", created + timedelta(days=30, milliseconds=1)))
    change(path, MoveDeal(lost, "prospecting", "lost", created + timedelta(days=1), "price"))
    with read(path, TODAY, past=False) as reader:
        (cohort,) = read_cohorts(reader, Scope("services", Grouping("period", "month")))
    assert still_open == 4
    assert cohort == ("2026-03", 4, 2, 1, 1, created, (1, 2, 2, 2), 0)
