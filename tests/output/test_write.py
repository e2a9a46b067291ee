"""What writing a report loads."""

from __future__ import annotations

import subprocess
import sys

import pytest

PROGRAM = """
import sys, datetime
from pipeline_cli.output import text
from pipeline_cli.output.report import Column, Report
from pipeline_cli.output.write import write_report
report = Report("list", datetime.date(2026, 11, 21), None, "EUR", [Column("title", "Deal")], [{"title": "Acme"}])
form, color = sys.argv[1:]
write_report(report, form, sys.stdout, is_terminal=False, color=color == "color", unicode=True)
print(*sorted({"rich", "unicodedata", "csv", "json", "re", "random", "tempfile", "dataclasses"} & set(sys.modules)))
"""


@pytest.mark.parametrize(
    ("form", "color", "allowed"),
    [
        ("json", "plain", {"json", "re"}),
        ("csv", "plain", {"csv", "json", "re"}),
        ("table", "plain", {"re"}),
        ("table", "color", {"rich", "json", "re", "random", "dataclasses", "unicodedata"}),
    ],
)
def test_each_form_loads_only_what_it_needs(form: str, color: str, allowed: set[str]) -> None:
    done = subprocess.run(
        [sys.executable, "-S", "-c", f"import sys; sys.path[:0] = {sys.path!r}\n{PROGRAM}", form, color],
        capture_output=True,
        text=True,
        check=True,
    )
    assert set(done.stdout.splitlines()[-1].split()) <= allowed
