"""A mapping goes into the text of a pipeline.yaml, and nothing else of it changes."""

from __future__ import annotations

import pytest

from pipeline_cli.config.kept_mapping import with_mapping
from pipeline_cli.config.yaml_source import read_source

FILE = "# mine\nversion: 1\npipelines: {a: {stages: []}}   # [/]\n"
MAPPING = {
    "headers": ["A b", "c: d"],
    "map": {"value": "Summe", "title": ""},
    "value_map": {"stage": {"G. Won": "won"}},
}


@pytest.mark.parametrize(
    "text",
    [
        FILE,
        FILE.rstrip("\n"),
        FILE.replace("\n", "\r\n"),
        FILE + "imports:\n  other: {preset: zoho}\n",
        FILE + "imports:\n    other:\n        preset: zoho   # theirs\n\n# the end\nremind: none\n",
        FILE + "imports:\n  x:\n    headers: [A b,\n      'c: d'\n    ]\nremind: none\n",
    ],
)
def test_every_line_of_before_stays_and_the_mapping_is_read_back(text: str) -> None:
    new = with_mapping(text, "x", MAPPING)
    assert new is not None
    left = iter(new.splitlines())
    assert all(line in left for line in text.splitlines()), "in their order"
    tree, before = read_source(new).tree, read_source(text).tree
    assert tree is not None
    assert before is not None
    assert tree["imports"]["x"] == MAPPING
    assert {key: value for key, value in tree.items() if key != "imports"} == {
        key: value for key, value in before.items() if key != "imports"
    }
    assert ("\r\n" in new) == ("\r\n" in text)
    assert with_mapping(new, "x", MAPPING) == new, "twice is once"


@pytest.mark.parametrize("text", [FILE + "imports: {other: {preset: zoho}}\n", FILE + "imports:\n", "a: [", ""])
def test_where_no_line_fits_in_nothing_is_written(text: str) -> None:
    assert with_mapping(text, "x", MAPPING) is None
