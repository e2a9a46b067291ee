"""Reports as Markdown."""

from __future__ import annotations

import unicodedata

from pipeline_cli.output.report import MONEY, Column, Section
from tests.output.report_samples import deal, hostile, listing, written


def test_markdown_has_headings_and_a_pipe_table() -> None:
    columns = [Column("name", "Stage"), Column("value", "Value", MONEY), Column("key", "Key", shown=False)]
    report = listing(
        [{"name": "Prospecting", "value": 1_234_500, "key": "x"}, {"name": "Proposal", "value": None}],
        columns,
        title="Health of Services",
        sections=[
            Section("Totals", columns, [{"name": "all", "value": 50}]),
            Section("Findings", lines=["top_heavy: nurture", "- and qualify out"]),
        ],
    )
    assert written(report, "markdown")[0] == (
        "## Health of Services\n"
        "\n"
        "| Stage | Value |\n"
        "| --- | ---: |\n"
        "| Prospecting | 12,345 |\n"
        "| Proposal | - |\n"
        "\n"
        "### Totals\n"
        "\n"
        "| Stage | Value |\n"
        "| --- | ---: |\n"
        "| all | 0.50 |\n"
        "\n"
        "### Findings\n"
        "\n"
        "- top_heavy: nurture\n"
        "- \\- and qualify out\n"
    )


def test_what_markdown_would_obey_is_escaped() -> None:
    text, _ = written(
        listing([{"title": "a|b [c](d) *e* <f> &amp; `g` _h_ i_j \\"}], [Column("title", "Deal")]), "markdown"
    )
    assert text.splitlines()[2] == r"| a\|b \[c\](d) \*e\* \<f\> \&amp; \`g\` \_h\_ i_j \\ |"


def test_hostile_text_neither_acts_nor_breaks_a_row() -> None:
    text, said = written(hostile(), "markdown", width=80)
    assert [char for char in text if unicodedata.category(char) in ("Cc", "Cs", "Zl") and char != "\n"] == []
    assert "\u202e" not in text
    assert len(text.splitlines()) == 2 + len(hostile().rows)
    assert "x" * 10_000 in text
    assert said == []


def test_an_empty_report_says_what_that_means() -> None:
    assert written(listing([], empty="No open deals."), "markdown")[0] == "No open deals.\n"


def test_a_stream_without_unicode_gets_ascii() -> None:
    assert written(listing([deal(1, "Zoë")]), "markdown", unicode=False)[0].isascii()
