"""What the words of a report mean."""

from __future__ import annotations

from datetime import date

from pipeline_cli.output.report import COUNT, Column, Report, Section, explain


def test_each_column_and_each_other_word_is_explained_in_one_line_once() -> None:
    idle = Column("idle", "Idle", COUNT, meaning="open deals whose silence is longer than idle_after_days")
    report = Report(
        "health",
        date(2026, 11, 21),
        "services",
        "EUR",
        columns=[Column("stage", "Stage", meaning="the step a deal is in"), idle],
        rows=[],
        sections=[Section("Totals", columns=[idle, Column("n", "Deals")])],
        definitions={"starved": "fewer open deals than the quota needs"},
    )
    assert explain(report) == [
        "Stage (stage): the step a deal is in",
        "Idle (idle): open deals whose silence is longer than idle_after_days",
        "Deals (n)",
        "starved: fewer open deals than the quota needs",
    ]
