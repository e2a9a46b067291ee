"""Text stays as written, everything has its place, and what YAML can do to a program it does not do here."""

from __future__ import annotations

import pytest

from pipeline_cli.config.yaml_source import read_source


def problems(text: str) -> list[str]:
    return [f"{line}:{column}: {said}" for line, column, said in read_source(text).problems]


def test_a_country_a_time_and_a_padded_number_stay_text() -> None:
    source = read_source("countries: [NO, DE]\ntime: 1:30\ncode: 012\nbig: 1e3\nyes: on\n")
    assert source.tree == {"countries": ["NO", "DE"], "time": "1:30", "code": "012", "big": "1e3", "yes": "on"}
    assert source.problems == ()


def test_only_an_empty_value_and_null_are_nothing_and_quotes_make_them_text() -> None:
    assert read_source("a:\nb: null\nc: ~\nd: 'null'\ne: ''\n").tree == {
        "a": None,
        "b": None,
        "c": None,
        "d": "null",
        "e": "",
    }


def test_every_key_and_value_has_its_line_and_column() -> None:
    source = read_source("name: Ä\nstages:\n  - {id: größe, x: 1}\n")
    assert source.mark(("name",)) == (1, 7)
    assert source.mark(("stages", 0)) == (3, 5)
    assert source.mark(("stages", 0, "x")) == (3, 20)
    assert source.key_mark(("stages", 0, "x")) == (3, 17)


def test_a_value_that_is_not_there_is_placed_at_the_nearest_around_it() -> None:
    source = read_source("a:\n  b: 1\n")
    assert source.mark(("a", "c", 3)) == (2, 3)
    assert source.mark(("nothing",)) == (1, 1)


def test_a_key_given_twice_is_refused_at_the_second() -> None:
    assert problems("a: 1\nb: {c: 1, c: 2}\na: 3\n") == [
        "2:11: `c` is given twice, first in line 2: keep one of them",
        "3:1: `a` is given twice, first in line 1: keep one of them",
    ]


def test_anchors_and_aliases_are_refused() -> None:
    assert problems("a: &x [1]\nb: *x\n") == [
        "1:4: `&x` is an alias or anchor: write the values out instead",
        "2:4: `*x` is an alias or anchor: write the values out instead",
    ]


def test_aliases_that_would_multiply_into_gigabytes_are_read_in_no_time() -> None:
    levels = [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 30)]
    source = read_source("a0: &a0 [lol]\n" + "\n".join(levels))
    assert len(source.problems) == 30 + 29 * 9


def test_tags_are_refused() -> None:
    assert problems("a: !!python/object:os.system x\n") == [
        (
            "1:4: a tag, `tag:yaml.org,2002:python/object:os.syste…`: "
            "remove it; text that looks like a number may stand in quotes"
        )
    ]


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("a: " + "[" * 400_000, "1:23"),
        ("a: " + "{" * 400_000, "1:23"),
        ("a: " + "{b: " * 200_000, "1:80"),
        ("- " * 400_000, "1:41"),
        ("a:\n" + "".join(" " * level + "a:\n" for level in range(1, 1_200)), "21:21"),
        ("a:\n- b:\n" + "".join(" " * level + "- b:\n" for level in range(2, 1_000, 2)), "11:21"),
    ],
    ids=["lists", "mappings", "mappings in mappings", "dashes", "keys", "dashes and keys"],
)
def test_deep_nesting_is_refused(text: str, place: str) -> None:
    assert problems(text) == [f"{place}: nested more than 20 levels deep: a pipeline.yaml needs 7, check the brackets"]


@pytest.mark.parametrize(
    "text",
    [
        "a: '" + "[" * 30 + "'\n",
        'a: "it\\" ' + "{" * 30 + '"\n',
        "a: don't count " + "[" * 30 + "\n",
        "a: 1  # " + "[" * 30 + "\nb: x#" + "[" * 30 + "\n",
        "a:\n  b: |\n    " + "[" * 30 + "\n\n    - - x: y: 'z\n  c: [1]\n",
        "a: >-\r\n  " + "[" * 30 + "\r\nb: 1\r\n",
        "a: [" + ", ".join(["[x]", "{y: [z]}"] * 30) + "]\n",
        "".join(f"k{number}:\n  - a: 1\n    b: {{c: d}}\n" for number in range(30)),
    ],
    ids=["quotes", "double quotes", "an apostrophe", "comments", "block text", "folded text", "side by side", "blocks"],
)
def test_brackets_in_text_and_brackets_side_by_side_are_no_nesting(text: str) -> None:
    assert problems(text) == []


def test_more_values_than_any_pipeline_has_are_refused() -> None:
    assert problems("a: [" + "1," * 30_000 + "1]") == [
        "1:40001: more than 20,000 values: a pipeline.yaml holds the stages, not the deals"
    ]


def test_each_tab_in_the_indentation_is_named() -> None:
    assert problems("a:\n\tb: 1\n  \tc: 2\n") == [
        "2:1: a tab in the indentation: use spaces, YAML does not take tabs",
        "3:3: a tab in the indentation: use spaces, YAML does not take tabs",
    ]


@pytest.mark.parametrize(("text", "place"), [("a:\n  -\t- b\n", "2:4"), ("a: 1\n\t\n", "2:1")])
def test_a_tab_that_yaml_stumbles_over_is_named_too(text: str, place: str) -> None:
    assert problems(text) == [f"{place}: a tab in the indentation: use spaces, YAML does not take tabs"]


def test_a_tab_elsewhere_in_a_text_is_text() -> None:
    assert read_source('a: "one\ttwo"\n').tree == {"a": "one\ttwo"}


def test_question_marks_and_tabs_between_words_need_no_quotes() -> None:
    assert read_source("{ask: Why?, of: [Who? You?]}\t# a note\n").tree == {"ask": "Why?", "of": ["Who? You?"]}
    assert read_source("a:\t1\nb: [x,\ty]\t# z?\nc: |\n  one\ttwo?\n").tree == {
        "a": "1",
        "b": ["x", "y"],
        "c": "one\ttwo?\n",
    }


@pytest.mark.parametrize("escape", ["\\U00110000", "\\Uffffffff", "\\ud800", "\\xg1"])
def test_an_escape_of_no_character_is_refused(escape: str) -> None:
    assert problems(f'a: "x{escape}"\n') == ["1:6: an unknown escape after a backslash: put the text in single quotes"]


def test_a_version_of_yaml_with_thousands_of_digits_is_refused() -> None:
    assert problems(f"%YAML 1.{'9' * 5_000}\n---\na: 1\n")[0].startswith("1:1: this cannot be read as YAML")


@pytest.mark.parametrize("text", ["", "\n\n", "# only a comment\n", "---\n", "null\n", "{}\n"])
def test_an_empty_file_is_said_to_be_empty(text: str) -> None:
    assert problems(text) == ["1:1: the file is empty: restore yours, or let `pipeline init` write one elsewhere"]


@pytest.mark.parametrize("text", ["- a\n- b\n", "some text\n"])
def test_a_file_without_keys_is_refused(text: str) -> None:
    assert problems(text) == ["1:1: the file does not begin with keys: the first line should be `version: 1`"]


def test_a_second_document_is_refused() -> None:
    assert problems("---\na: 1\n---\nb: 2\n") == ["3:1: a second document begins here: keep one, without `---`"]


def test_a_key_that_is_a_list_is_refused() -> None:
    assert problems("? [a]\n: b\n") == ["1:3: a key that is not plain text: write `key: value`"]


def test_a_control_character_is_named() -> None:
    assert problems("a: 1\nb: x\x1b[31m\n") == ["2:5: a control character, `\\x1b`: remove it"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a: 1\nb: 'x\n", "2:4: a quotation mark is not closed: close it"),
        ("a: [1, 2\n", "1:4: a `[` is not closed, or a comma is missing in the list: add `]` or the comma"),
        ("a: {b: 1\n", "1:4: a `{` is not closed, or a comma is missing in it: add `}` or the comma"),
        (
            "a: b: c\n",
            "1:5: a colon where no key can be: put text with a colon in quotes, or check the indentation",
        ),
        ("{a: 1}}\n", "1:7: a bracket that closes nothing: remove it, or put the text in quotes"),
        ("a: @x\n", "1:4: text cannot begin with this character: put it in quotes"),
        (
            "a:\n  b: 1\n c: 2\n",
            "3:2: this line is not indented like its neighbours, lacks its `- `, "
            "or something before it is not closed: align it",
        ),
        (
            "- a\nb: 1\n",
            "2:1: this line is not indented like its neighbours, lacks its `- `, "
            "or something before it is not closed: align it",
        ),
        ("a: 1\nb\nc: 2\n", "3:1: a key without a colon, or a line indented wrongly: write `key: value`"),
        ("a: [1, 2\nb: 3\n", "1:4: a `[` is not closed, or a comma is missing in the list: add `]` or the comma"),
        (
            "a: [b, c # d]\ne: {f: g}\n",
            "1:4: a `[` is not closed, or a comma is missing in the list: add `]` or the comma",
        ),
        ('a: "\\q"\n', "1:5: an unknown escape after a backslash: put the text in single quotes"),
        (
            "a: 1\nb: *\n",
            "2:5: this cannot be read as YAML: check the quotes, brackets and indentation here and one line above",
        ),
    ],
)
def test_a_slip_in_the_yaml_is_said_in_plain_words(text: str, said: str) -> None:
    assert problems(text) == [said]
