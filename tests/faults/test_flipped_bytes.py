"""A file with bytes that a disk has changed: every command says so or works, and none ends as a defect."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.conftest import Run

COMMANDS = (["list"], ["show", "1"], ["add", "New", "--contact", "Bob"], ["check"], ["check", "--fix"], ["undo"])
EXAMPLES = int(os.environ.get("PIPELINE_FLIPS", "20"))

flips = st.lists(st.tuples(st.floats(0, 1, exclude_max=True), st.integers(1, 255)), min_size=1, max_size=4)


@pytest.fixture
def sound(pipeline: Run, folder: Path) -> bytes:
    """A small record with something in most tables."""
    for number in range(8):
        pipeline(
            "add",
            f"Deal {number}: workshop",
            "--org",
            f"Org {number}",
            "--contact",
            f"Ann <ann{number}@a.example>",
            "--value",
            f"{number}k",
            "--close",
            "30d",
            "--field",
            "industry=software",
        )
        pipeline("log", f"{number + 1}", "call", "they said something", "--next", "3d", "Call")
    for line in (
        ["confirm", "1", "problem"],
        ["advance", "1"],
        ["win", "1"],
        ["lose", "2", "--reason", "price"],
        ["edit", "3", "--value", "7k"],
        ["note", "4", "text"],
        ["qualify", "4", "--set", "need=yes"],
        ["forecast", "--save"],
        ["contact", "opt-out", "ann5@a.example"],
        ["undo"],
    ):
        assert pipeline(*line).code == 0, line
    return (folder / "pipeline.db").read_bytes()


@settings(
    max_examples=EXAMPLES,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(flips)
def test_flipped_bytes_are_no_defect_of_the_program(
    pipeline: Run, folder: Path, sound: bytes, flips: list[tuple[float, int]]
) -> None:
    content = bytearray(sound)
    filled = [place for place in range(100, len(content)) if content[place]]
    for place, other in flips:
        content[filled[int(place * len(filled))]] ^= other
    for number, command in enumerate(COMMANDS):
        # A file of its own each: a connection that met damage is closed when Python collects it, and locks until then.
        path = folder / f"{os.urandom(6).hex()}-{number}.db"
        path.write_bytes(content)
        result = pipeline("--db", str(path), *command)
        assert result.code in (0, 2, 3, 4, 5, 6), f"{command}: {result.err}"
        assert "Traceback" not in result.err
        path.unlink()
