"""Each screen is what it was when somebody last looked at it, and fits its terminal."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from rich.cells import cell_len

from tests.conftest import REPOSITORY
from tests.large import LARGE
from tests.screens.camera import KEPT, PICTURE_WIDTH, SCREENS, WIDTHS, sample_pipeline, take_screen, words_of_picture

README = (REPOSITORY / "README.md").read_text(encoding="utf-8")
TAKE_ANEW = "look at it; `python -m tests.screens.camera` takes all screens anew"


@pytest.fixture(scope="module")
def sample() -> Iterator[Path]:
    with sample_pipeline() as folder:
        yield folder


@pytest.mark.parametrize("name", SCREENS)
@pytest.mark.parametrize("width", WIDTHS)
def test_a_screen_is_what_it_was_and_fits(sample: Path, name: str, width: int) -> None:
    shown = take_screen(sample, name, width)
    assert shown == (KEPT / f"{name}-{width}.txt").read_text(encoding="utf-8"), TAKE_ANEW
    assert [line for line in shown.splitlines() if cell_len(line) > width] == []


@pytest.mark.skipif(not LARGE, reason="PIPELINE_LARGE runs it")
@pytest.mark.parametrize("name", SCREENS)
def test_a_picture_shows_the_words_of_its_screen(sample: Path, name: str) -> None:
    shown = take_screen(sample, name, PICTURE_WIDTH)
    snapshot = (KEPT / f"{name}.svg").read_text(encoding="utf-8")
    words = ["".join(line.split()) for line in shown.splitlines()]
    assert [line for line in words_of_picture(snapshot) if line] == [line for line in words if line], TAKE_ANEW


@pytest.mark.parametrize("name", SCREENS)
def test_every_picture_is_in_the_readme(name: str) -> None:
    assert f"tests/screens/{name}.svg" in README
