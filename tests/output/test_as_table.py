"""Reports as tables for people."""

from __future__ import annotations

import re
import unicodedata

import pytest
from rich.cells import cell_len

from pipeline_cli.output.report import FLAGS, MONEY, PERCENT, TEXT, Cents, Column, Marked, Section, Strong
from tests.output.report_samples import COLUMNS, deal, hostile, listing, written


def test_a_table_has_a_title_headings_and_numbers_on_the_right() -> None:
    columns = [Column("name", "Stage"), Column("value", "Value", MONEY)]
    rows = [{"name": "Prospecting", "value": 1_234_500}, {"name": "Proposal", "value": None}]
    text, said = written(listing(rows, columns, title="Services, 21 Nov"), "table", width=80)
    assert text == (
        "Services, 21 Nov\n\nStage         Value\n───────────────────\nProspecting  12,345\nProposal          -\n"
    )
    assert said == []


SHARES = [{"name": "Prospecting", "share": 0.25}, {"name": "Proposal", "share": 1.0}, {"name": "Commit", "share": None}]
SHARE_COLUMNS = [Column("name", "Stage"), Column("share", "Share", PERCENT, bar=True), Column("name", "Again")]


def test_a_share_is_drawn_as_a_bar_where_the_line_has_room() -> None:
    text, _ = written(listing(SHARES, SHARE_COLUMNS), "table", width=37)
    assert [line.rstrip() for line in text.splitlines()] == [
        "Stage        Share        Again",
        "─────────────────────────────────────",
        "Prospecting    25% █▎     Prospecting",
        "Proposal      100% █████  Proposal",
        "Commit           -        Commit",
    ]


def test_no_column_goes_for_a_bar_and_a_pipe_gets_none() -> None:
    for width in (31, None):
        text, said = written(listing(SHARES, SHARE_COLUMNS), "table", width=width)
        assert "█" not in text
        assert "100%" in text
        assert said == []


SPAN_COLUMNS = (Column("period", "Period", priority=0), Column("most", "P90", MONEY, 0, span=("least", "mean", "most")))
SPANS = [{"period": "2026-11", "least": Cents(1_000_00), "mean": 2_000_00.5, "most": Cents(4_000_00)}]


def test_a_range_is_drawn_beside_the_table_where_the_line_has_room() -> None:
    text, _ = written(listing(SPANS, SPAN_COLUMNS), "table", width=60)
    assert [line.rstrip() for line in text.splitlines()] == [
        "Period     P90  ├─┤ P10 to P90, ● expected",
        "────────────────────────────────────────────────────────",
        "2026-11  4,000            ├─────────●──────────────────┤",
    ]
    assert "●" not in written(listing(SPANS, SPAN_COLUMNS), "table", width=34)[0]


@pytest.mark.parametrize("width", [None, 40, 80, 120])
def test_hostile_text_neither_acts_nor_breaks_the_lines_of_a_table(width: int | None) -> None:
    text, _ = written(hostile(), "table", width=width)
    assert [char for char in text if unicodedata.category(char) in ("Cc", "Cs", "Zl") and char != "\n"] == []
    assert "\u202e" not in text
    lines = text.splitlines()
    assert len(lines) == 2 + len(hostile().rows)
    assert len({cell_len(line) for line in lines}) == 1
    assert "[red]" in text
    assert "Deal [/]" in text


@pytest.mark.parametrize("width", [40, 80, 120])
def test_a_table_fits_the_terminal_and_never_cuts_a_number(width: int) -> None:
    text, _ = written(hostile(), "table", width=width)
    assert max(map(cell_len, text.splitlines())) <= width
    assert text.count("1,234,567") == len(hostile().rows)


def test_columns_left_out_are_named_with_the_way_to_have_them() -> None:
    _, said = written(hostile(), "table", width=80)
    assert said == ["Columns left out to fit 80: Organization, Chance, Touches; --format csv has all."]


def test_in_a_pipe_nothing_is_cut_or_left_out() -> None:
    text, said = written(listing([deal(1, "x" * 10_000)]), "table")
    assert said == []
    assert text.count("x" * 10_000) == 2
    assert all(column.heading in text for column in COLUMNS if column.shown)
    assert "Public id" not in text


def test_sentences_of_a_section_are_wrapped_on_a_terminal_and_whole_in_a_pipe() -> None:
    advice = "Proposal holds 12 deals, and they stay 34 days against 14 usual: ask for the order or qualify them out."
    report = listing([deal(1, "Acme")], sections=[Section("Findings", lines=[advice])])
    on_terminal, _ = written(report, "table", width=60)
    in_pipe, _ = written(report, "table")
    assert on_terminal.endswith(
        "\n\nFindings\n"
        "Proposal holds 12 deals, and they stay 34 days against 14\n"
        "usual: ask for the order or qualify them out.\n"
    )
    assert in_pipe.endswith(f"\n\nFindings\n{advice}\n")


def test_a_section_can_be_a_table_of_its_own() -> None:
    columns = [Column("name", "Total", TEXT, 0), Column("note", "Note", TEXT, 1), Column("value", "Value", MONEY, 0)]
    section = Section("Totals", columns, [{"name": "open", "note": "in all", "value": 50}], ["A sentence below."])
    text, said = written(listing([], [], sections=[section]), "table", width=15)
    assert text == "Totals\nTotal  Value\n────────────\nopen    0.50\nA sentence\nbelow.\n"
    assert said == ["Columns left out to fit 15: Note; a wider terminal shows all of 'Totals'."]


def test_an_empty_report_says_what_that_means_instead_of_headings() -> None:
    text, _ = written(listing([], empty="No open deals. Begin with: pipeline add TITLE"), "table", width=80)
    assert text == "No open deals. Begin with: pipeline add TITLE\n"


def test_without_colour_there_is_no_escape_code_at_all() -> None:
    text, _ = written(listing([deal(1, "Acme")], title="Open deals"), "table", width=80, color=False)
    assert "\x1b" not in text


@pytest.mark.parametrize("times", [1, 10], ids=["drawn by Rich", "drawn line by line"])
def test_colour_adds_nothing_but_colour(times: int) -> None:
    report = hostile()._replace(title="Open deals")
    report = report._replace(rows=[*report.rows] * times)
    colored, _ = written(report, "table", width=120, color=True)
    plain, _ = written(report, "table", width=120)
    assert "\x1b[1m" in colored
    assert re.sub(r"\x1b\[[0-9;]*m", "", colored) == plain


def test_a_stream_without_unicode_gets_plain_ascii_in_straight_lines() -> None:
    text, _ = written(hostile(), "table", width=80, unicode=False)
    assert text.isascii()
    assert {len(line) for line in text.splitlines()} == {len(text.splitlines()[0])}


def test_an_amount_in_another_currency_names_it_and_then_all_do() -> None:
    columns = [Column("title", "Deal"), Column("value", "Value", MONEY)]
    rows = [
        {"title": "Acme", "value": 100_000, "currency": "EUR"},
        {"title": "Initech", "value": 250_050, "currency": "USD"},
        {"title": "Globex", "value": None, "currency": "EUR"},
    ]
    text, _ = written(listing(rows, columns), "table", width=80)
    assert text.splitlines()[2:] == ["Acme     1,000.00 EUR", "Initech  2,500.50 USD", "Globex              -"]


def test_a_sentence_that_leads_the_eye_is_bold_in_colour_and_plain_without() -> None:
    report = listing([])._replace(sections=[Section("Findings", lines=[Strong("dead_weight"), "  11 of 45"])])
    assert "\x1b[1mdead_weight\x1b[0m" in written(report, "table", width=40, color=True)[0]
    assert "\ndead_weight\n  11 of 45\n" in written(report, "table", width=40)[0]


def test_a_column_with_nothing_in_it_goes_before_one_that_says_something() -> None:
    columns = [Column("title", "Title", priority=0), Column("quota", "Quota", MONEY, 1), Column("won", "Won", MONEY, 4)]
    rows = [{"title": "Prospecting", "quota": None, "won": 100_000}]
    text, said = written(listing(rows, columns), "table", width=20)
    assert text.splitlines()[0].split() == ["Title", "Won"]
    assert said == ["Columns left out to fit 20: Quota; --format csv has all."]


def test_a_text_that_says_nothing_when_cut_sends_a_column_away_first() -> None:
    columns = [Column("why", "Why", priority=0, least=28), Column("stage", "Stage", priority=3)]
    rows = [{"why": "overdue: Ask for a decision date", "stage": "prospecting"}]
    text, _ = written(listing(rows, columns), "table", width=41)
    assert text.splitlines()[-1] == "overdue: Ask for a decision…  prospecting"
    text, _ = written(listing(rows, columns), "table", width=40)
    assert text.splitlines()[-1].rstrip() == "overdue: Ask for a decision date"


@pytest.mark.parametrize("times", [1, 100], ids=["drawn by Rich", "drawn line by line"])
def test_a_word_that_was_looked_for_is_marked_also_where_the_text_is_cut(times: int) -> None:
    rows = [{"text": Marked("[red]Łódź[/] needs a budget", [(5, 9), (21, 27)])}] * times
    text, _ = written(listing(rows, [Column("text", "Text")]), "table", width=24, color=True)
    assert text.splitlines()[-1] == "[red]\x1b[1;4mŁódź\x1b[0m[/] needs a \x1b[1;4mbu…\x1b[0m"


def test_a_strong_cell_is_bold_and_a_warning_legible_on_white() -> None:
    columns = [Column("why", "Why"), Column("flags", "Flags", FLAGS)]
    rows = [{"why": Strong("overdue"), "flags": [{"flag": "idle", "number": 30, "limit": 28}]}]
    text, _ = written(listing(rows, columns), "table", width=80, color=True)
    assert "\x1b[1moverdue\x1b[0m" in text
    assert "\x1b[1;35midle 30\x1b[0m" in text
