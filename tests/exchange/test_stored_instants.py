from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline_cli.domain.words.clock import to_text
from pipeline_cli.exchange.forms import from_milliseconds, read_stored, to_milliseconds, write_stored


@given(st.datetimes(datetime(1970, 1, 2), datetime(2199, 12, 31, 23, 59, 59)))
def test_an_instant_is_written_as_the_record_has_it_and_read_back(naive: datetime) -> None:
    instant = naive.replace(tzinfo=UTC, microsecond=naive.microsecond // 1000 * 1000)
    text = write_stored(to_milliseconds(instant))
    assert text == to_text(instant)
    assert from_milliseconds(read_stored(text) or 0) == instant


@pytest.mark.parametrize(
    "text",
    [
        "2026-02-30T09:30:00.000Z",
        "2026-11-21T24:00:00.000Z",
        "2026-11-21T09:60:00.000Z",
        "2026-11-21T09:30:60.000Z",
        "2026-W47-6T09:30:00.000Z",
        "2026-11-21 09:30:00.000Z",
        "2026-11-21T09:30:00,000Z",
        "2026-11-21T09:30:00.000z",
        "2026-11-21T+9:30:00.000Z",
        "2026-11-21T09:30:0 .000Z",
        "1970-01-01T09:30:00.000Z",
        "2200-01-01T09:30:00.000Z",
        "2026-11-21T09:30:00.00٣Z",
        "2026-11-21",
        "2026-11-21T09:30:00.000000Z",
        "",
    ],
)
def test_a_text_of_any_other_form_is_left_to_the_general_reader(text: str) -> None:
    assert read_stored(text) is None


def test_the_day_before_the_leap_day_of_a_century_is_followed_by_march() -> None:
    last = read_stored("2100-02-28T23:59:59.999Z")
    assert last is not None
    assert write_stored(last + 1) == "2100-03-01T00:00:00.000Z"
