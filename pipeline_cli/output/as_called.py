"""A report whose printed commands are called as this program was: with the options that say where its files are."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pipeline_cli.domain.shell import as_called
from pipeline_cli.output.report import CODE, Report, Section, Strong


def called_as(report: Report, program: str) -> Report:
    """What machines read names its commands itself."""
    if program == "pipeline":
        return report
    return report._replace(
        sections=[_section(section, program) for section in report.sections],
        empty=as_called(report.empty, program),
        notes=[as_called(note, program) for note in report.notes],
        definitions={word: as_called(meaning, program) for word, meaning in report.definitions.items()},
    )


def _section(section: Section, program: str) -> Section:
    typed = [column.key for column in section.columns if column.kind == CODE]
    return section._replace(
        lines=[_line(line, program) for line in section.lines],
        rows=[_row(row, typed, program) for row in section.rows],
    )


def _line(line: str, program: str) -> str:
    said = as_called(line, program)
    return Strong(said) if isinstance(line, Strong) else said


def _row(row: Mapping[str, Any], typed: list[str], program: str) -> Mapping[str, Any]:
    """A cell that is typed as it stands begins with the name of the program, where its heading does not name it."""
    whole = {key: f"{program} {row[key].removeprefix('pipeline ')}" for key in typed
             if str(row.get(key) or "").startswith("pipeline ")}  # fmt: skip
    return {**row, **whole}
