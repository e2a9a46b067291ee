"""A pipeline whose days are counted in a zone: `in_zone("Pacific/Auckland")`."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.conftest import Run

InZone = Callable[[str], Run]


@pytest.fixture(params=["TZ", "pipeline.yaml"])
def in_zone(request: pytest.FixtureRequest, pipeline: Run, folder: Path, monkeypatch: pytest.MonkeyPatch) -> InZone:
    """The zone said by TZ, and by `time_zone` in pipeline.yaml against a TZ on the other side of the world."""

    def choose(zone: str) -> Run:
        if request.param == "TZ":
            monkeypatch.setenv("TZ", zone)
        else:
            monkeypatch.setenv("TZ", "Asia/Kolkata")
            rules = folder / "pipeline.yaml"
            rules.write_text(f"time_zone: {zone}\n" + rules.read_text("utf-8"), "utf-8")
        return pipeline

    return choose
