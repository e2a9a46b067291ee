"""Cohorts that are too young say nothing rather than too little."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from pipeline_cli.domain.outcomes.sources import Cohort, order_cohorts, won_within
from pipeline_cli.domain.words.clock import Clock

NOW = datetime(2026, 11, 21, 10, tzinfo=UTC)
CLOCK = Clock(NOW, UTC)


def cohort(name: str | None, age: timedelta) -> Cohort:
    return Cohort(name, 20, 9, 5, 6, NOW - age, (1, 3, 6, 9))


def test_a_column_waits_until_the_youngest_deal_is_that_old() -> None:
    assert won_within(cohort("2026-09", timedelta(days=60)), CLOCK) == (1, 3, None, None)
    assert won_within(cohort("2026-09", timedelta(days=60, seconds=-1)), CLOCK) == (1, None, None, None)
    assert won_within(cohort("2026-01", timedelta(days=180)), CLOCK) == (1, 3, 6, 9)


def test_deals_whose_creation_is_not_known_have_no_age_and_stand_last() -> None:
    nameless, old = cohort(None, timedelta(days=900)), cohort("2025-12", timedelta(days=330))
    assert won_within(nameless, CLOCK) == (None, None, None, None)
    assert order_cohorts([nameless, cohort("2026-01", timedelta(days=300)), old])[0] is old
    assert order_cohorts([nameless, old])[-1] is nameless
