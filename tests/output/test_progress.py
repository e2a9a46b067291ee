"""How far long work is: said on a terminal alone, and gone afterwards."""

from __future__ import annotations

import io

import pytest

from pipeline_cli.output import progress
from tests.conftest import Screen


def test_a_pipe_is_told_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(progress, "_PATIENCE", 0)
    stream = io.StringIO()
    assert list(progress.watched([1, 2, 3], "backtest", stream)) == [1, 2, 3]
    assert stream.getvalue() == ""


def test_a_terminal_sees_how_far_it_is_until_it_is_over(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(progress, "_PATIENCE", 0)
    stream = Screen(io.BytesIO(), "utf-8", newline="")
    assert list(progress.watched([1, 2], "backtest", stream)) == [1, 2]
    shown = stream.buffer.getvalue().decode()  # type: ignore[attr-defined]
    assert f"\rbacktest [{'#' * 15}{'.' * 15}] 1 of 2" in shown
    assert shown.endswith("\r\033[K")


def test_short_work_says_nothing() -> None:
    stream = Screen(io.BytesIO(), "utf-8", newline="")
    assert list(progress.watched(range(5), "backtest", stream)) == [0, 1, 2, 3, 4]
    stream.flush()
    assert stream.buffer.getvalue() == b""  # type: ignore[attr-defined]
