"""The order of the board: what needs something first."""

from __future__ import annotations

from pipeline_cli.domain.rules.board import URGENCY
from pipeline_cli.domain.rules.scored_deal import FLAGS


def test_every_flag_has_its_urgency() -> None:
    assert sorted(URGENCY) == sorted(FLAGS)
