"""The smallest pipeline.yaml, and what is made or said of a text."""

from __future__ import annotations

from pipeline_cli.config.full_check import check_in_full
from pipeline_cli.domain.playbook import Playbook

SMALLEST = (
    "version: 1\n"
    "pipelines: {p: {stages: [{id: a, probability: 5}, {id: b, probability: 20}, {id: c, probability: 60}]}}\n"
)
"""Other keys begin in line 3."""


def playbook(text: str) -> Playbook:
    checked = check_in_full(text)
    assert checked.problems == ()
    assert checked.playbook is not None
    return checked.playbook


def problems(text: str) -> list[str]:
    return [f"{line}:{column}: {said}" for line, column, said in sorted(check_in_full(text).problems)]


def with_stage(keys: str) -> str:
    """The keys begin in column 16 of line 4."""
    return f"version: 1\npipelines:\n  p: {{stages: [\n       {{id: a, {keys}}}]}}\n"
