"""Reports as JSON."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline_cli.output.report import INSTANT, Cents, Column
from tests.output.report_samples import COLUMNS, HOSTILE, deal, hostile, listing, written


def test_json_has_the_promised_keys_in_the_promised_order() -> None:
    report = listing([deal(1, "Acme")], extra={"totals": {"value": Cents(123_450), "deals": 1, "win_rate": None}})
    text, said = written(report, "json")
    answer = json.loads(text)
    assert list(answer) == ["report", "version", "as_of", "pipeline", "currency", "rows", "totals"]
    assert list(answer["rows"][0]) == [column.key for column in COLUMNS]
    assert answer["version"] == 1
    assert answer["as_of"] == "2026-11-21"
    assert answer["totals"] == {"value": 1234.5, "deals": 1, "win_rate": None}
    assert said == []


def test_values_are_numbers_iso_days_and_null() -> None:
    row = deal(1, "Acme", value=123_456, idle_days=None)
    answer = json.loads(written(listing([row]), "json")[0])["rows"][0]
    assert answer["value"] == 1234.56
    assert answer["idle_days"] is None
    assert answer["chance"] == 0.174
    assert answer["expected_close"] == "2026-11-30"
    assert answer["flags"][0] == {"flag": "idle", "number": 30, "limit": 14}


def test_instants_are_in_utc() -> None:
    instant = datetime(2026, 11, 21, 10, 30, tzinfo=ZoneInfo("Europe/Berlin"))
    report = listing([{"at": instant}], [Column("at", "At", INSTANT)], zone=ZoneInfo("Europe/Berlin"))
    assert json.loads(written(report, "json")[0])["rows"] == [{"at": "2026-11-21T09:30:00.000Z"}]
    assert written(report, "table")[0].splitlines()[-1].rstrip() == "21 Nov 10:30"


def test_money_inside_lists_and_records_becomes_a_number_too() -> None:
    extra = {
        "findings": [{"value": Cents(5), "evidence": {"values": (Cents(100), Cents(-150)), "ids": [1, 2]}}],
        "last": date(2026, 11, 1),
        "at": datetime(2026, 11, 1, tzinfo=UTC),
        "rate": Decimal("0.92"),
    }
    answer = json.loads(written(listing([], extra=extra), "json")[0])
    assert answer["findings"] == [{"value": 0.05, "evidence": {"values": [1, -1.5], "ids": [1, 2]}}]
    assert (answer["last"], answer["at"], answer["rate"]) == ("2026-11-01", "2026-11-01T00:00:00.000Z", 0.92)


def test_show_has_no_rows() -> None:
    assert "rows" not in json.loads(written(listing([], has_rows=False, extra={"deal": {}}), "json")[0])


@pytest.mark.parametrize("width", [None, 80])
@pytest.mark.parametrize("unicode", [True, False])
def test_hostile_text_comes_back_exactly_and_cannot_act_on_a_terminal(width: int | None, unicode: bool) -> None:
    text, _ = written(hostile(), "json", width=width, unicode=unicode)
    assert [row["title"] for row in json.loads(text)["rows"]] == HOSTILE
    assert not set(text) & {"\x00", "\x07", "\r", "\x1b", "\x7f", "\x9b", "\u202e", "\u2028", "\ud800"}
    assert text.encode("utf-8")


@given(st.text(alphabet=st.characters(exclude_categories=())))
def test_every_text_comes_back_exactly(title: str) -> None:
    text, _ = written(listing([deal(1, title)]), "json")
    assert json.loads(text.encode("utf-8"))["rows"][0]["title"] == _as_json_reads(title)


def _as_json_reads(text: str) -> str:
    """Two lone surrogates that happen to make a pair are one character to every JSON reader."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "surrogatepass")


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_what_is_no_number_is_a_defect_and_nothing_is_written(value: float) -> None:
    with pytest.raises(ValueError, match=r"\S"):
        written(listing([deal(1, "Acme", chance=value)]), "json")


def test_each_row_stands_on_a_line_of_its_own() -> None:
    text, _ = written(listing([deal(1, "Acme"), deal(2, "Initech")]), "json")
    assert [line[:8] for line in text.splitlines() if line.startswith('{"id"')] == ['{"id": 1', '{"id": 2']
