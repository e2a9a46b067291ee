"""Every command in any order: a little in every run, much with `PIPELINE_STATE_MACHINE=large`."""

from __future__ import annotations

import os

from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.state_machine.machine import PipelineMachine

SMALL = settings(max_examples=12, stateful_step_count=15, deadline=None, suppress_health_check=list(HealthCheck))
LARGE = settings(SMALL, max_examples=500, stateful_step_count=60, print_blob=True)


def test_no_order_of_commands_breaks_the_record() -> None:
    large = os.environ.get("PIPELINE_STATE_MACHINE") == "large"
    run_state_machine_as_test(PipelineMachine, settings=LARGE if large else SMALL)
