"""Which form an answer takes, and whether it has colour."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline_cli.domain.errors import UsageError
from pipeline_cli.output.write import choose_format, decide_color


def test_without_a_word_it_is_a_table() -> None:
    assert choose_format(None, False, None, {}) == "table"
    assert choose_format(None, False, None, {"PIPELINE_FORMAT": ""}) == "table"


def test_each_way_of_choosing_goes_before_the_next() -> None:
    environ = {"PIPELINE_FORMAT": "tsv"}
    assert choose_format(None, False, None, environ) == "tsv"
    assert choose_format(None, False, Path("deals.md"), environ) == "markdown"
    assert choose_format(None, True, Path("deals.md"), environ) == "json"
    assert choose_format("csv", False, Path("deals.md"), environ) == "csv"
    assert choose_format("JSON", True, None, environ) == "json"


@pytest.mark.parametrize(
    ("name", "chosen"),
    [
        ("a.json", "json"),
        ("a.csv", "csv"),
        ("a.TSV", "tsv"),
        ("a.md", "markdown"),
        ("a.markdown", "markdown"),
        ("a.txt", "table"),
    ],
)
def test_the_ending_of_the_file_picks_the_format(name: str, chosen: str) -> None:
    assert choose_format(None, False, name, {}) == chosen


def test_an_unknown_format_is_refused_with_the_known_ones() -> None:
    with pytest.raises(UsageError) as refused:
        choose_format("xml", False, None, {})
    assert str(refused.value) == "--format: 'xml' is no format: choose one of table, json, csv, tsv, markdown."


def test_an_unknown_format_of_the_environment_names_the_variable() -> None:
    with pytest.raises(UsageError, match=r"^PIPELINE_FORMAT: 'xml' is no format"):
        choose_format(None, False, None, {"PIPELINE_FORMAT": "xml"})


def test_an_unknown_ending_is_refused_with_the_known_ones() -> None:
    with pytest.raises(UsageError) as refused:
        choose_format(None, False, "deals.xlsx", {})
    assert str(refused.value) == (
        "-o deals.xlsx: the ending '.xlsx' names no format: "
        "end it in .json, .csv, .tsv, .md, .markdown, .txt, or add --format."
    )


def test_a_file_without_an_ending_is_refused_unless_the_format_is_given() -> None:
    with pytest.raises(UsageError, match="a file without an ending names no format"):
        choose_format(None, False, "deals", {})
    assert choose_format("csv", False, "deals", {}) == "csv"


def test_json_beside_another_format_is_refused() -> None:
    with pytest.raises(UsageError, match=r"^--json and --format csv contradict each other"):
        choose_format("csv", True, None, {})


@pytest.mark.parametrize(
    ("option", "environ", "is_tty", "colored"),
    [
        ("auto", {}, True, True),
        ("auto", {}, False, False),
        ("auto", {"NO_COLOR": "1"}, True, False),
        ("auto", {"NO_COLOR": ""}, True, True),
        ("auto", {"FORCE_COLOR": "1"}, False, True),
        ("auto", {"FORCE_COLOR": "0"}, False, False),
        ("auto", {"NO_COLOR": "1", "FORCE_COLOR": "1"}, True, False),
        ("auto", {"TERM": "dumb"}, True, False),
        ("always", {"NO_COLOR": "1", "TERM": "dumb"}, False, True),
        ("never", {"FORCE_COLOR": "1"}, True, False),
    ],
)
def test_colour_follows_the_option_then_the_environment_then_the_terminal(
    option: str, environ: dict[str, str], is_tty: bool, colored: bool
) -> None:
    assert decide_color(option, environ, is_tty) is colored


def test_an_unknown_colour_option_is_refused() -> None:
    with pytest.raises(UsageError, match="choose one of auto, always, never"):
        decide_color("red", {}, True)


@pytest.mark.parametrize("form", [None, "csv"])
def test_stdout_is_no_file_of_o(form: str | None) -> None:
    with pytest.raises(UsageError, match="leave -o away"):
        choose_format(form, False, "-", {})
