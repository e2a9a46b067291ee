"""Named filters and chosen columns: what a view may say is known when the file is checked, with the line."""

from __future__ import annotations

import pytest

from pipeline_cli.domain.playbook import ListView
from tests.config.small_file import SMALLEST, playbook, problems


def test_views_and_columns_are_read_as_written() -> None:
    read = playbook(
        SMALLEST + "views:\n"
        "  hot: {filter: 'value>10k stage=a,b \"organization=Acme GmbH\"', columns: [id, Next step], sort: -value}\n"
        "  late: {filter: close<today}\ncolumns: {list: [id, chance]}\n"
    )

    assert read.views == {
        "hot": ListView(("value>10k", "stage=a,b", "organization=Acme GmbH"), ("id", "Next step"), "-value"),
        "late": ListView(("close<today",)),
    }
    assert read.columns == {"list": ("id", "chance")}


def test_a_file_without_them_has_none() -> None:
    assert (playbook(SMALLEST).views, playbook(SMALLEST).columns) == ({}, {})


def test_a_field_of_one_s_own_is_said_to_be_one_or_is_asked_for_by_a_criterion() -> None:
    text = SMALLEST.replace("{id: c,", "{id: c, exit_criteria: [{id: x, text: X, field: industry}],")

    assert playbook(text + "views: {ours: {filter: 'industry=software field.colour=red'}}\n").views["ours"].filter == (
        "industry=software",
        "field.colour=red",
    )


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (
            "views: {hot: {filter: stag=a}}",
            "3:23: there is no filter 'stag': did you mean stage? Known: id, ",
        ),
        ("views: {hot: {filter: colour=red}}", "3:23: there is no filter 'colour'"),
        ("views: {hot: {filter: stage=d}}", "3:23: there is no stage 'd'. Known: a, b, c"),
        ("views: {hot: {filter: value>much}}", "3:23: 'much'"),
        ("views: {hot: {filter: close<someday}}", "3:23: 'someday'"),
        ("views: {hot: {filter: flag=stuk}}", "3:23: there is no flag 'stuk': did you mean stuck?"),
        ("views: {hot: {filter: '@cold'}}", "3:23: a view holds no other view: write its words here too"),
        ("views: {hot: {filter: 'title=\"x'}}", "3:23: a quotation mark is open in the filter: close it"),
        (
            "views: {hot: {filter: a, columns: [id, titel]}}",
            "3:40: `titel` is not a column of `list`: did you mean `title`?",
        ),
        ("views: {hot: {filter: a, columns: []}}", "3:35: `columns` is empty: name at least one"),
        ("views: {hot: {filter: a, sort: -valeu}}", "3:32: `valeu` is not a column of `list`: did you mean `value`?"),
        ("views: {hot: {columns: [id]}}", "3:14: `filter` is missing: add `filter:`"),
        ("views: {hot: {filter: a, sorted: id}}", "3:26: `sorted` is not a known key: did you mean `sort`?"),
        ("views: {'a b': {filter: a}}", "3:9: `a b` cannot be a name here"),
        ("views: {hot: {filter: a}, HOT: {filter: b}}", "3:32: the view `HOT` is there already, in line 3"),
        ("views: [hot]", "3:8: `views` is a list: write keys and values"),
        ("columns: {lsit: [id]}", "3:11: `lsit` is no report whose columns can be chosen: did you mean `list`?"),
        ("columns: {list: [id, nothing]}", "3:22: `nothing` is not a column of `list`: use one of id, external_id"),
        ("columns: {list: id}", "3:17: `list` is `id`: write a list"),
    ],
)
def test_what_a_view_cannot_mean_is_told_with_its_line(line: str, said: str) -> None:
    found = problems(f"{SMALLEST}{line}\n")

    assert len(found) == 1, found
    assert found[0].startswith(said)


def test_an_unknown_field_names_how_a_field_of_one_s_own_is_written() -> None:
    (found,) = problems(f"{SMALLEST}views: {{hot: {{filter: colour=red}}}}\n")
    assert found.endswith("; a field of your own is written field.NAME")
