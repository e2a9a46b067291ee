"""An error that nobody foresaw: whose fault it is."""

from __future__ import annotations

import sqlite3
from datetime import timedelta
from pathlib import Path

import pytest

from pipeline_cli.domain.errors import DatabaseDamaged
from pipeline_cli.storage.transactions import write
from tests.storage.record import TODAY, a_deal, change, new_record

YESTERDAY = TODAY._replace(now=TODAY.now - timedelta(days=1))


def never() -> None:
    raise AssertionError("nobody holds the database")


def test_a_defect_stays_one_though_the_clock_was_set_back(tmp_path: Path) -> None:
    path = new_record(tmp_path)
    change(path, a_deal("Acme"))

    with pytest.raises(ValueError, match="a defect"), write(path, YESTERDAY, "note", never):
        raise ValueError("a defect")


def test_a_damaged_record_is_blamed_whatever_the_clock_says(tmp_path: Path) -> None:
    path = new_record(tmp_path)
    change(path, a_deal("Acme"))
    with sqlite3.connect(path) as connection:
        connection.execute("UPDATE deals SET fields = '['")
    connection.close()

    with pytest.raises(DatabaseDamaged, match="the record is damaged"), write(path, YESTERDAY, "note", never):
        raise ValueError("a defect")
