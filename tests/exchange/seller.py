"""The seller's mailbox beside the project: the people and deals of its record, and what must become of each item."""

from __future__ import annotations

import csv
import json
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

import pytest

from pipeline_cli.domain.capture.directory import Directory, KnownDeal, KnownPerson
from tests.conftest import SHARED_DATA

FOLDER = SHARED_DATA / "seller_mailbox"
BERLIN = ZoneInfo("Europe/Berlin")


class Seller(NamedTuple):
    """What is known before the calendar is read."""

    folder: Path
    expected: dict[str, Any]
    now: datetime
    directory: Directory
    deals: dict[int, str]
    """The external number of each."""

    def address(self, person: int) -> str:
        """The first of theirs in the record, as that has it."""
        return self._addresses[person]

    @property
    def _addresses(self) -> dict[int, str]:
        first = {row["email"]: row["email"] for row in rows_of(self.folder / "contacts.csv")}
        return {
            number: next((known for email in person["emails"] for known in first if _same(known, email)), "")
            for number, person in enumerate(self.expected["people"], 1)
        }


def _same(one: str, other: str) -> bool:
    from pipeline_cli.domain.words.addresses import normalise_email

    return normalise_email(one) == normalise_email(other)


def read_seller() -> Seller:
    """Skips the test where the data is not there."""
    if not FOLDER.is_dir():
        pytest.skip("the seller's mailbox is not beside this checkout (../shared/data)")
    expected = json.loads((FOLDER / "expected.json").read_text(encoding="utf-8"))
    deals = dict(enumerate(rows_of(FOLDER / "deals.csv"), 1))
    numbers = {row["external_id"]: number for number, row in deals.items()}
    organizations = {row["email"]: row["organization"] for row in rows_of(FOLDER / "contacts.csv")}
    people = list(enumerate(expected["people"], 1))
    directory = Directory(
        [(email, number) for number, person in people for email in person["emails"]],
        [
            KnownPerson(
                number,
                next((organizations[email] for email in person["emails"] if email in organizations), None),
                tuple(numbers[deal] for deal in person["deals"]),
            )
            for number, person in people
        ],
        [
            KnownDeal(
                number,
                row["title"],
                datetime.fromisoformat(row["created_at"]),
                datetime.fromisoformat(row["closed_at"]) if row["closed_at"] else None,
            )
            for number, row in deals.items()
        ],
        expected["settings"]["me"],
        expected["settings"]["never"],
    )
    now = datetime.fromisoformat(expected["settings"]["today"])
    return Seller(FOLDER, expected, now, directory, {number: row["external_id"] for number, row in deals.items()})


def rows_of(path: Path) -> list[dict[str, str]]:
    """Of a CSV file."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
