"""A share drawn as a bar."""

from __future__ import annotations

import pytest

from pipeline_cli.output.charts import bar


@pytest.mark.parametrize(
    ("share", "drawn"),
    [(0, "    "), (0.001, "▏   "), (0.5, "██  "), (0.4, "█▌  "), (0.9999, "███▉"), (1, "████"), (2, "████")],
)
def test_a_bar_is_filled_to_its_share(share: float, drawn: str) -> None:
    assert bar(share, 4, unicode=True) == drawn


@pytest.mark.parametrize(("share", "drawn"), [(0, "    "), (0.001, "#   "), (0.5, "##  "), (0.99, "### "), (1, "####")])
def test_a_bar_can_be_plain_ascii(share: float, drawn: str) -> None:
    assert bar(share, 4, unicode=False) == drawn
