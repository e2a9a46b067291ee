"""What a funnel is grouped by, and which deals it counts, as typed."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from pipeline_cli.domain.errors import UsageError
from pipeline_cli.domain.words.clock import Clock
from pipeline_cli.domain.words.grouping import UNGROUPED, Grouping, order_groups, parse_grouping, parse_scope

CLOCK = Clock(datetime(2026, 11, 21, 10, tzinfo=UTC), ZoneInfo("Europe/Berlin"))
FIELDS = ("product", "Number of employees", "channel")


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        (None, UNGROUPED),
        ("source", Grouping("column", "source")),
        ("Lost Reason", Grouping("column", "lost_reason")),
        ("quarter", Grouping("period", "quarter")),
        ("product", Grouping("field", "product")),
        ("number of employees", Grouping("field", "Number of employees")),
        ("origin", Grouping("column", "source")),
        ("sales-agent", Grouping("column", "owner")),
        ("channel", Grouping("field", "channel")),
        ("Funnel", Grouping("stage", "funnel")),
        ("category", Grouping("stage", "category")),
    ],
)
def test_a_group_is_a_column_a_period_or_an_extra_field(typed: str | None, meant: Grouping) -> None:
    assert parse_grouping(typed, FIELDS) == meant


def test_an_unknown_group_names_the_known_ones() -> None:
    with pytest.raises(UsageError) as caught:
        parse_grouping("prodcut", FIELDS)
    assert str(caught.value) == (
        "There is no group 'prodcut': did you mean product? Known: source, owner, pipeline, organization, "
        "lost_reason, currency, stage, funnel, category, month, quarter, Number of employees, channel, product."
    )


def test_both_days_of_a_span_are_in_it_in_the_zone_of_the_file() -> None:
    scope = parse_scope("services", UNGROUPED, "created", "2026-10-01", "2026-10-31", CLOCK)
    assert scope.since == datetime(2026, 9, 30, 22, tzinfo=UTC)
    assert scope.until == datetime(2026, 10, 31, 23, tzinfo=UTC)  # the clocks went back in between


def test_a_span_that_ends_before_it_starts_is_refused() -> None:
    with pytest.raises(UsageError, match="--to 2026-01-01 is before --from 2026-02-01: exchange them"):
        parse_scope(None, UNGROUPED, "created", "2026-02-01", "2026-01-01", CLOCK)


def test_a_cohort_of_neither_date_is_refused() -> None:
    with pytest.raises(UsageError, match="--cohort won: is no cohort: choose one of created, closed"):
        parse_scope(None, UNGROUPED, "won", None, None, CLOCK)


def test_months_stand_as_time_goes_sources_by_size_and_nothing_known_last() -> None:
    counts = [("2026-02", 9), (None, 50), ("2026-01", 1)]
    assert order_groups(counts, Grouping("period", "month")) == ["2026-01", "2026-02", None]
    by_stage = Grouping("stage", "funnel", (("talk", "top"), ("offer", "middle"), ("sign", "bottom")))
    assert order_groups([("bottom", 9), (None, 1), ("top", 2)], by_stage) == ["top", "bottom", None]
    counts = [("event", 3), (None, 50), ("referral", 7), ("ads", 3)]
    assert order_groups(counts, Grouping("column", "source")) == ["referral", "ads", "event", None]
