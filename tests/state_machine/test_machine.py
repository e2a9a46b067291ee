"""Every command in any order: a little in every run, much with `PIPELINE_STATE_MACHINE=large`."""

from __future__ import annotations

import os

from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.state_machine.door import Door
from tests.state_machine.machine import PipelineMachine

SMALL = settings(max_examples=12, stateful_step_count=15, deadline=None, suppress_health_check=list(HealthCheck))
LARGE = settings(SMALL, max_examples=500, stateful_step_count=60, print_blob=True)


def test_no_order_of_commands_breaks_the_record() -> None:
    is_large = os.environ.get("PIPELINE_STATE_MACHINE") == "large"
    Door.went_well.clear()

    run_state_machine_as_test(PipelineMachine, settings=LARGE if is_large else SMALL)

    assert len(Door.went_well) >= (34 if is_large else 15), f"few commands did anything: {Door.went_well}"
    assert Door.went_well["undo"] >= 24, f"little was taken back: {Door.went_well}"
