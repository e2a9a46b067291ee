"""PIPELINE_TODAY: a date, however it is written, is noon of that day."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest

from pipeline_cli.domain.words.clock import Clock
from pipeline_cli.domain.words.dates import parse_today

BERLIN = timezone(timedelta(hours=1))


@pytest.mark.parametrize(
    ("said", "instant"),
    [
        ("2026-11-21", datetime(2026, 11, 21, 11, tzinfo=UTC)),
        ("20261121", datetime(2026, 11, 21, 11, tzinfo=UTC)),
        ("2026-W47-6", datetime(2026, 11, 21, 11, tzinfo=UTC)),
        ("2026-11-21T00:00", datetime(2026, 11, 20, 23, tzinfo=UTC)),
        ("20261121T0930", datetime(2026, 11, 21, 8, 30, tzinfo=UTC)),
        ("2026-11-21T09:30Z", datetime(2026, 11, 21, 9, 30, tzinfo=UTC)),
    ],
)
def test_a_date_is_its_noon_and_an_instant_itself(said: str, instant: datetime) -> None:
    assert parse_today(said, Clock(datetime(2020, 1, 1, tzinfo=UTC), BERLIN)) == instant
