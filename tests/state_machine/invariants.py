"""What holds of every record whatever was done to it, looked up in the file itself and not by the program's own `check`."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Collection, Mapping
from decimal import Decimal
from itertools import pairwise
from typing import Any

from pipeline_cli.storage.safekeeping.integrity import _INSTANT, columns_of, fresh_schema
from tests.state_machine.door import Dump

OUTCOMES = ("won", "lost", "disqualified")
INSTANTS = {table: _INSTANT.findall(sql) for table, (kind, sql) in fresh_schema().items() if kind == "table"}


def rows(dump: Dump, table: str) -> list[dict[str, Any]]:
    """The rows of a table by the names of its columns."""
    names = columns_of(table)
    return [dict(zip(names, (value for _, value in row), strict=True)) for row in dump[table]]  # type: ignore[misc]


def history_is_a_chain(dump: Dump) -> None:
    """From nowhere to the first stage, on from where the last move ended, and to the stage or outcome of the deal."""
    chains: dict[int, list[dict[str, Any]]] = {}
    counted = (move for move in rows(dump, "moves") if not move["mistake"])
    for move in sorted(counted, key=lambda move: (move["moved_at"], move["id"])):
        chains.setdefault(move["deal_id"], []).append(move)
    deals = {deal["id"]: deal for deal in rows(dump, "deals")}
    assert chains.keys() == deals.keys(), "a deal without a history, or a history without a deal"
    for number, chain in chains.items():
        assert chain[0]["from_stage"] is None, f"deal {number}: {chain}"
        for before, after in pairwise(chain):
            assert after["from_stage"] == before["to_stage"], f"deal {number}: {chain}"
        deal = deals[number]
        here = deal["stage"] if deal["status"] == "open" else deal["status"]
        assert chain[-1]["to_stage"] == here, f"deal {number} is in {here}: {chain}"


def closed_deals_are_closed(dump: Dump) -> None:
    """A closing date for closed deals alone."""
    for deal in rows(dump, "deals"):
        assert (deal["status"] == "open") == (deal["closed_at"] is None)
        assert deal["closed_at"] is None or deal["closed_at"] >= deal["created_at"]


def last_chances_run_for_the_dead_alone(dump: Dump) -> None:
    """Of no closed deal, and of none that somebody spoke with since the day of the draft; machines do not speak."""
    spoke: dict[int, str] = {}
    for touch in rows(dump, "touchpoints"):
        assert touch["sense"] != "automatic" or not touch["awaits_answer"]
        if touch["sense"] == "conversation":
            spoke[touch["deal_id"]] = max(touch["touched_at"], spoke.get(touch["deal_id"], ""))
    is_open = {deal["id"]: deal["status"] == "open" for deal in rows(dump, "deals")}
    for chance in rows(dump, "last_chances"):
        assert (chance["ended_at"] is None) == (chance["ended_by"] is None)
        if chance["ended_at"] is None:
            number = chance["deal_id"]
            assert is_open[number], f"deal {number} is closed, and its last chance runs"
            assert spoke.get(number, "") < chance["given_at"][:10], f"deal {number} spoke, and its last chance runs"


def instants_were_told(dump: Dump, told: Collection[str]) -> None:
    """One clock: no instant in the file is another than the one a command was run at, or was told."""
    for table in dump:
        for row in rows(dump, table):
            for column in INSTANTS[table]:
                assert row[column] is None or row[column] in told, f"{table}.{column}: {row[column]} was never said"


def sums_agree(listed: list[dict[str, Any]], health: Mapping[str, Any], dump: Dump) -> None:
    """Over stages, over deals, by status, in the file and in the reports."""
    deals = rows(dump, "deals")
    assert sorted(row["id"] for row in listed) == [deal["id"] for deal in deals]
    by_status = Counter(row["status"] for row in listed)
    assert by_status == Counter(deal["status"] for deal in deals)
    totals = health["totals"]
    assert totals["open_deals"] == by_status["open"] == sum(row["deals"] for row in health["rows"])
    for outcome in ("won", "lost", "disqualified"):
        assert totals[f"{outcome}_deals"] == by_status[outcome]
    open_value = sum(deal["value_cents"] or 0 for deal in deals if deal["status"] == "open")
    assert cents(totals["open_value"]) == open_value == sum(cents(row["value"]) for row in health["rows"])
    assert open_value == sum(cents(row["value"]) for row in listed if row["status"] == "open")


def cents(amount: float | None) -> int:
    return 0 if amount is None else int((Decimal(repr(amount)) * 100).to_integral_value())


def cells_are_no_formulas(text: str) -> None:
    """What a spreadsheet would run stands behind an apostrophe; money and chances are numbers."""
    for row in csv.reader(io.StringIO(text, newline="")):
        for cell in row:
            assert not cell.startswith(tuple("=+-@\t\r\n＝＋－＠")), f"a spreadsheet would run {cell!r}"
