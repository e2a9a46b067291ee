"""The order of the board: what needs something first."""

from __future__ import annotations

from pipeline_cli.domain.board import URGENCY
from pipeline_cli.domain.flags import FLAGS


def test_every_flag_has_its_urgency() -> None:
    assert sorted(URGENCY) == sorted(FLAGS)
