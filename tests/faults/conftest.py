"""The scene of every fault."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.conftest import Run
from tests.faults.scene import Scene
from tests.faults.strike import need_strikes


@pytest.fixture
def scene(pipeline: Run, folder: Path, monkeypatch: pytest.MonkeyPatch) -> Scene:
    """Two deals long silent, one that is not, and one that undo would take away."""
    need_strikes()
    pipeline("add", "Acme", "--contact", "Bob <bob@acme.example>", today="2026-01-05")
    pipeline("add", "Beta", "--value", "5000", today="2026-01-05")
    pipeline("add", "Fresh", "--value", "700", today="2026-11-20")
    pipeline("next", "1", "2026-01-08", "Call", today="2026-01-06")
    pipeline("log", "3", "call", "--out", today="2026-11-20")
    assert pipeline("add", "Last").code == 0
    start = folder / "start"
    start.mkdir()
    (start / "more.csv").write_text("deal_id,title,value,email\na,Delta,5,d@delta.example\nb,Epsilon,6,\n")
    for name in ("pipeline.yaml", "pipeline.db"):
        (folder / name).rename(start / name)
    return Scene(folder, start, pipeline, monkeypatch)
