"""Checks the text of a pipeline.yaml in full, and says what is wrong in plain English. Loaded only when it changed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, get_args, get_origin

from pydantic import BaseModel, ValidationError

from pipeline_cli.config.checks import PROBLEM_CHECKS, WARNING_CHECKS, check_views
from pipeline_cli.config.conversion import to_playbook
from pipeline_cli.config.problems import Problem, quote
from pipeline_cli.config.schema import MAPPING, WORD, PlaybookFile
from pipeline_cli.config.yaml_source import Place, Source, read_source
from pipeline_cli.domain.playbook import Playbook
from pipeline_cli.domain.record import NamedTuple
from pipeline_cli.domain.words.text import nearest

_ADD = {
    "version": "add `version: 1`",
    "pipelines": "add `pipelines:` with at least one pipeline, as `pipeline init` writes it",
    "stages": "add `stages:` with a list of stages",
    "id": "add `id:`, a short name such as `first_call`",
    "probability": "add `probability:`, your guess of the percentage of deals reaching this stage that are won",
    "text": "add `text:`, the sentence people read",
    "ask": "add `ask:`, the question to be answered yes or no",
    "at_least": "add `at_least:` with a number",
    "per": "add `per: month`, `quarter` or `year`",
    "amount": "add `amount:`, such as 20000",
    "filter": 'add `filter:`, such as "value>10000 stage=proposal"',
}
_SHAPES = {
    "list_type": "write a list: `[one, two]`, or a line beginning with `- ` for each",
    "dict_type": "write keys and values, indented under it",
    "model_type": "write keys and values, indented under it",
}


def worded(error: ValidationError, source: Source) -> Iterator[Problem]:
    """One problem for each that pydantic found, but none that follows from a value refused already."""
    for found in error.errors(include_url=False):
        place = tuple(part for part in found["loc"] if part not in (WORD, MAPPING))
        if not any(place[: len(damaged)] == damaged for damaged in source.damaged):
            yield _worded(found["type"], place, found.get("input"), found.get("ctx", {}), source)


def _worded(kind: str, place: Place, value: Any, context: Mapping[str, Any], source: Source) -> Problem:
    if kind == "missing":
        key = str(place[-1])
        return source.problem(place[:-1], f"`{key}` is missing: {_ADD.get(key, f'add `{key}:`')}")
    if kind == "extra_forbidden":
        return source.problem_at_key(place, _unknown_key(str(place[-1]), place[:-1], value))
    if place[-1] == "[key]":
        wanted = context.get("advice", "write text")
        return source.problem_at_key(place[:-1], f"{quote(str(place[-2]))} cannot be a name here: {wanted}")
    label = _label(place)
    if kind == "too_short":
        return source.problem(place, f"{label} is empty: name at least one")
    wanted = _SHAPES.get(kind) or str(context.get("advice", "write another value, as the README shows it"))
    return source.problem(place, f"{label} {_described(value, in_list=isinstance(place[-1], int))}: {wanted}")


def _unknown_key(key: str, place: Place, value: Any) -> str:
    if value is None and " " in key:
        # Inside braces a comma ends the text before it: {text: Scope, price and start are agreed}
        return f"{quote(key)} is not a known key: put text that holds a comma or a colon in quotes"
    known = tuple(_model_at(place).model_fields)
    meant = nearest(key, known)
    advice = f"did you mean `{meant}`?" if meant else f"remove it, or use one of {', '.join(known)}"
    return f"{quote(key)} is not a known key: {advice}"


def _label(place: Place) -> str:
    """The nearest key: positions in a list mean nothing to people."""
    return quote(next((part for part in reversed(place) if isinstance(part, str)), "the file"))


def _described(value: Any, *, in_list: bool) -> str:
    if value is None:
        return "has an empty item" if in_list else "has no value"
    if isinstance(value, str) and not value.strip():
        return "has an empty item" if in_list else "is empty"
    if isinstance(value, list | dict):
        what = "a list" if isinstance(value, list) else "a mapping"
        return f"contains {what}" if in_list else f"is {what}"
    return f"contains {quote(str(value))}" if in_list else f"is {quote(str(value))}"


def _model_at(place: Place) -> type[BaseModel]:
    """The model whose keys stand at a place: the keys that would have been right there."""
    model: type[BaseModel] = PlaybookFile
    parts = iter(place)
    for part in parts:
        field = model.model_fields.get(part) if isinstance(part, str) else None
        if field is not None:
            model = _model_in(field.annotation) or model
            if get_origin(field.annotation) is dict:
                next(parts, None)  # a name of the user's own, which may look like a key
    return model


def _model_in(annotation: Any) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next((model for inner in get_args(annotation) if (model := _model_in(inner))), None)


class Checked(NamedTuple):
    """What a full check found; the playbook only when there are no problems."""

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
    playbook = to_playbook(file)
    mistaken = tuple(check_views(source, playbook))
    if mistaken:
        return Checked(None, mistaken, ())
    return Checked(playbook, (), tuple(warning for check in WARNING_CHECKS for warning in check(source)))


def _validate(source: Source) -> tuple[PlaybookFile | None, list[Problem]]:
    problems = list(source.problems)
    try:
        return PlaybookFile.model_validate(source.tree), problems
    except ValidationError as error:
        return None, [*problems, *worded(error, source)]
