"""Checks the text of a pipeline.yaml in full: YAML, schema, checks. Loads yaml and pydantic."""

from __future__ import annotations

from pydantic import ValidationError

from pipeline_cli.config.checks import PROBLEM_CHECKS, WARNING_CHECKS
from pipeline_cli.config.conversion import to_playbook
from pipeline_cli.config.problems import Problem
from pipeline_cli.config.schema import PlaybookFile
from pipeline_cli.config.wording import worded
from pipeline_cli.config.yaml_source import Source, read_source
from pipeline_cli.domain.playbook import Playbook
from pipeline_cli.domain.record import NamedTuple


class Checked(NamedTuple):
    playbook: Playbook | None
    """None when there are problems."""
    problems: tuple[Problem, ...]
    warnings: tuple[Problem, ...]


def check_in_full(text: str) -> Checked:
    """Every problem at once."""
    source = read_source(text)
    if source.tree is None:
        return Checked(None, source.problems, ())
    file, problems = _validate(source)
    problems += [problem for check in PROBLEM_CHECKS for problem in check(source)]
    if file is None or problems:
        return Checked(None, tuple(problems), ())
    return Checked(to_playbook(file), (), tuple(warning for check in WARNING_CHECKS for warning in check(source)))


def _validate(source: Source) -> tuple[PlaybookFile | None, list[Problem]]:
    problems = list(source.problems)
    try:
        return PlaybookFile.model_validate(source.tree), problems
    except ValidationError as error:
        return None, [*problems, *worded(error, source)]
