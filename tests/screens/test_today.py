"""The morning's page on terminals of three sizes is what it was when somebody last looked at it; nothing scrolls away.

`PIPELINE_TAKE_SCREENS=1 pytest tests/screens/test_today.py` takes them anew; look at the difference before it is committed.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from rich.cells import cell_len

from tests.conftest import TODAY, Fill, Prepare, RealRecord, Run
from tests.printed.quarter import TODAY as END_OF_QUARTER
from tests.printed.quarter import a_quarter
from tests.screens.camera import KEPT, sample_pipeline
from tests.screens.camera import TODAY as END_OF_SAMPLE
from tests.terminal import Terminal

SIZES = ((80, 24), (100, 30), (120, 40))
DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
TAKES_ANEW = "PIPELINE_TAKE_SCREENS"
IS_TAKEN_ANEW = bool(os.environ.get(TAKES_ANEW))


def some_deals(number: int) -> Fill:
    """So many open deals, each with a state of its own."""

    def fill(run: Run) -> None:
        rows = ["id,title,company,contact,value,created,next_step,next_step_due"]
        touches = ["deal,kind,direction,touched_at"]
        for one in range(1, number + 1):
            step = f"Send the offer,2026-11-{17 + one % 9}" if one % 4 == 0 else ","
            deal = f"d{one},Workshop {one},Company {one},Person {one},{one * 7 % 90}50"
            rows.append(f"{deal},2026-11-{1 + one % 20:02},{step}")
            if one % 3:
                touches.append(f"d{one},email,{'in' if one % 3 == 1 else 'out'},2026-11-{19 - one % 5:02}T09:00:00Z")
        Path("deals.csv").write_text("\n".join(rows) + "\n", encoding="utf-8")
        Path("touchpoints.csv").write_text("\n".join(touches) + "\n", encoding="utf-8")
        assert run("import", "deals.csv", "--touchpoints", "touchpoints.csv", "--decimal", ".").code == 0

    return fill


def nothing(_: Run) -> None:
    """An empty record."""


RECORDS: dict[str, tuple[Fill, str]] = {
    "none": (nothing, TODAY),
    "one": (some_deals(1), TODAY),
    "thirty": (some_deals(30), TODAY),
    "thousands": (some_deals(3000), TODAY),
    "quarter": (a_quarter, END_OF_QUARTER),
}


@pytest.mark.parametrize("name", RECORDS)
def test_of_a_record_by_hand(prepare: Prepare, folder: Path, name: str) -> None:
    fill, today = RECORDS[name]
    prepare(fill)
    _look_at(name, folder, today)


def test_of_the_sample_data() -> None:
    with sample_pipeline() as folder:
        shown = _look_at("sample", folder, END_OF_SAMPLE)
    assert all("115  Northwind" in screen and "190,000" in screen for screen in shown)
    for number in (114, 143, 147, 116, 146):  # who waits and is worth more than 10,000
        assert all(f"\n{number}  " in screen for screen in shown), number
    assert not any("Datenstrategie" in screen for screen in shown), "nothing dead"


def test_of_real_deals(real_record: Callable[[str], RealRecord]) -> None:
    record = real_record("maven")
    _look_at("maven", record.folder, record.today)


def _look_at(name: str, folder: Path, today: str) -> list[str]:
    screens = []
    for columns, lines in SIZES:
        variables = {"PIPELINE_TODAY": today, "PIPELINE_PAGER": "cat", "HOME": str(folder / "home")}
        with Terminal(folder, "today", columns=columns, lines=lines, variables=variables) as terminal:
            assert terminal.finish() == 0
        shown = [line.rstrip() for line in terminal.shown.replace("\r\n", "\n").replace(str(folder), ".").splitlines()]
        while not shown[0].startswith(DAYS):
            del shown[0]  # a warning about pipeline.yaml
        assert len(shown) < lines, "the prompt has a line too"
        assert [line for line in shown if cell_len(line) > columns] == []
        screens.append("\n".join(shown))
    text = "".join(
        f"-- {columns} x {lines}\n{screen}\n" for (columns, lines), screen in zip(SIZES, screens, strict=True)
    )
    kept = KEPT / "today" / f"{name}.txt"
    if IS_TAKEN_ANEW:
        kept.parent.mkdir(exist_ok=True)
        kept.write_text(text, encoding="utf-8")
    assert text == kept.read_text(encoding="utf-8"), f"look at it; {TAKES_ANEW}=1 takes it anew"
    return screens
