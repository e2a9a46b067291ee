"""How long data of a person is kept."""

from __future__ import annotations

from datetime import date

import pytest

from pipeline_cli.domain.deal.people import retention_limit
from pipeline_cli.domain.errors import UsageError

TODAY = date(2028, 2, 29)


@pytest.mark.parametrize(
    ("span", "limit"),
    [
        ("36m", date(2025, 2, 28)),
        ("3y", date(2025, 2, 28)),
        ("2W", date(2028, 2, 15)),
        ("0d", TODAY),
        (" 1m ", date(2028, 1, 29)),
    ],
)
def test_a_span_ends_that_long_before_today(span: str, limit: date) -> None:
    assert retention_limit(span, TODAY) == limit


@pytest.mark.parametrize("span", ["", "36", "m", "-3m", "3 months", "99999y", "1.5y", "3q"])
def test_anything_else_is_refused(span: str) -> None:
    with pytest.raises(UsageError):
        retention_limit(span, TODAY)
