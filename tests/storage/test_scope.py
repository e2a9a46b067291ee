"""Which deals a scope picks, and the groups they fall into."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from pipeline_cli.domain.deal.edits import AddDeal, MoveDeal
from pipeline_cli.domain.words.clock import Clock
from pipeline_cli.domain.words.grouping import Grouping, Scope
from pipeline_cli.storage.record.funnel import read_deal_counts
from pipeline_cli.storage.transactions import read
from tests.storage.record import change, new_record

BERLIN = Clock(datetime(2026, 11, 21, 10, tzinfo=UTC), ZoneInfo("Europe/Berlin"))
BY_MONTH = Grouping("period", "month")


def deal(created: str, **more: object) -> AddDeal:
    return AddDeal("Acme", "services", "prospecting", datetime.fromisoformat(created), "EUR", **more)  # type: ignore[arg-type]


def groups(path: Path, scope: Scope) -> dict[str | None, int]:
    with read(path, BERLIN, past=False) as reader:
        counts = read_deal_counts(reader, scope, (), "EUR")
    sizes: dict[str | None, int] = {}
    for one in counts:
        sizes[one.group] = sizes.get(one.group, 0) + one.deals
    return sizes


def test_a_month_begins_at_midnight_of_the_zone_and_not_of_utc(tmp_path: Path) -> None:
    path = new_record(tmp_path)
    change(path, deal("2026-09-30T21:59:59.999+00:00"), deal("2026-09-30T22:00:00+00:00"))
    change(path, deal("2026-10-31T22:59:59.999+00:00"), deal("2026-10-31T23:00:00+00:00"))
    assert groups(path, Scope(None, BY_MONTH)) == {"2026-09": 1, "2026-10": 2, "2026-11": 1}
    assert groups(path, Scope(None, Grouping("period", "quarter"))) == {"2026-Q3": 1, "2026-Q4": 3}


def test_a_closed_cohort_goes_by_the_closing_and_open_deals_have_none(tmp_path: Path) -> None:
    path = new_record(tmp_path)
    first, _ = change(path, deal("2026-09-01T10:00:00+00:00"), deal("2026-09-02T10:00:00+00:00"))
    change(path, MoveDeal(first, "prospecting", "won", datetime(2026, 10, 5, 10, tzinfo=UTC)))
    assert groups(path, Scope(None, BY_MONTH, "closed")) == {"2026-10": 1, None: 1}
    since = datetime(2026, 10, 5, 10, tzinfo=UTC)
    assert groups(path, Scope(None, cohort="closed", since=since)) == {None: 1}
    assert groups(path, Scope(None, cohort="closed", until=since)) == {}
    assert groups(path, Scope(None, since=since)) == {}


def test_an_extra_field_is_found_by_its_exact_name_whatever_is_in_it(tmp_path: Path) -> None:
    path = new_record(tmp_path)
    name = 'size "in" $.m\''
    change(path, deal("2026-09-01T10:00:00+00:00", fields={name: "10"}), deal("2026-09-01T10:00:00+00:00"))
    assert groups(path, Scope(None, Grouping("field", name))) == {"10": 1, None: 1}


def test_an_empty_record_has_no_months(tmp_path: Path) -> None:
    assert groups(new_record(tmp_path), Scope(None, BY_MONTH)) == {}
