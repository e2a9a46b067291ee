"""The machine is itself tested: six faults are planted in the program, one at a time, and it has to find each.

A lost history row, an undo that forgets a touchpoint, a clock read twice, a number given again, an unescaped export and
a rounding. Each replaces one function of the program; the run is the same every time, so that a fault found once stays found.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from pipeline_cli.domain.words import money
from pipeline_cli.output import formats as as_csv
from pipeline_cli.storage.journal import Journal
from pipeline_cli.storage.record import apply
from pipeline_cli.storage.undo import undo
from pipeline_cli.workspace import Workspace
from tests.large import LARGE
from tests.state_machine.machine import PipelineMachine

BRIEF = settings(
    max_examples=40,
    stateful_step_count=15,
    deadline=None,
    derandomize=True,
    database=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)
"""Ends at the first failure, and does not look for a shorter one."""


def lose_a_history_row(patch: pytest.MonkeyPatch) -> None:
    """A deal that is lost leaves its stage without a move."""
    move = apply._move_deal

    def planted(journal: Journal, clock: Any, edit: Any) -> None:
        move(journal, clock, edit)
        if edit.to_stage == "lost":
            journal.connection.execute("DELETE FROM moves WHERE id = (SELECT max(id) FROM moves)")

    patch.setitem(apply._APPLY, apply.edits.MoveDeal, planted)


def forget_a_touchpoint(patch: pytest.MonkeyPatch) -> None:
    """Undo leaves touchpoints where they are."""
    take_back = undo._take_back

    def planted(connection: Any, row: Any) -> Any:
        return [] if row.table == "touchpoints" else take_back(connection, row)

    patch.setattr(undo, "_take_back", planted)


def read_the_clock_twice(patch: pytest.MonkeyPatch) -> None:
    """Whoever asks again gets a later instant."""
    once = Workspace.__dict__["clock"].func

    def planted(workspace: Workspace) -> Any:
        asked = workspace.__dict__.get("asked", 0)
        workspace.__dict__["asked"] = asked + 1
        clock = once(workspace)
        return clock._replace(now=clock.now + timedelta(milliseconds=asked))

    patch.setattr(Workspace, "clock", property(planted))


def give_a_number_again(patch: pytest.MonkeyPatch) -> None:
    """A new deal gets the lowest number above those that are there, and not above those there ever were."""
    insert = Journal.insert

    def planted(journal: Journal, table: str, values: Mapping[str, Any]) -> int:
        if table == "deals":
            free = journal.connection.execute("SELECT coalesce(max(id), 0) + 1 FROM deals").fetchone()[0]
            values = {"id": free, **values}
        return insert(journal, table, values)

    patch.setattr(Journal, "insert", planted)


def leave_a_formula(patch: pytest.MonkeyPatch) -> None:
    """An exported text is what it is, whatever a spreadsheet makes of it."""
    patch.setattr(as_csv, "guard_formula", lambda text, **_: text)


def round_by_float(patch: pytest.MonkeyPatch) -> None:
    """29 cents are 28 to a float that is cut."""

    def planted(whole: str, fraction: str, scale: int) -> tuple[int, bool]:
        return int(float(f"{whole or 0}.{fraction or 0}") * scale * 100), False

    patch.setattr(money, "_in_cents", planted)


FAULTS: list[tuple[Callable[[pytest.MonkeyPatch], None], str]] = [
    (lose_a_history_row, "deal \\d+ is in lost"),
    (forget_a_touchpoint, "undo.* left other touchpoints"),
    (read_the_clock_twice, "was never said"),
    (give_a_number_again, "again|given twice"),
    (leave_a_formula, "a spreadsheet would run"),
    (round_by_float, "became 0.28|became"),
]


@pytest.mark.parametrize(
    ("plant", "found"), FAULTS if LARGE else FAULTS[:2], ids=lambda part: getattr(part, "__name__", "")
)
def test_the_machine_finds_a_planted_fault(
    plant: Callable[[pytest.MonkeyPatch], None], found: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    plant(monkeypatch)

    with pytest.raises(AssertionError, match=found):
        run_state_machine_as_test(PipelineMachine, settings=BRIEF)
