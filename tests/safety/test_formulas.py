"""No spreadsheet runs what others wrote: names of columns and rejected rows are guarded as cells, and come back exactly."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from pipeline_cli.domain.words.text import RUN_BY_SPREADSHEETS
from tests.conftest import Run

EVIL = "=cmd|' /C calc'!A0"


def cells_of(path: Path) -> list[str]:
    return [cell for row in csv.reader(path.read_text("utf-8-sig").splitlines()) for cell in row]


def is_guarded(path: Path) -> bool:
    return not any(cell.startswith(RUN_BY_SPREADSHEETS) and cell != "-5" for cell in cells_of(path))


@pytest.mark.parametrize("name", [EVIL, "+1+1", "-1+1", "@SUM(A1)", "＝1+1", "'=1"])
@pytest.mark.parametrize("form", [[], ["--excel"], ["--format", "tsv", "-o", "out.csv"]])
def test_the_name_of_a_column_is_no_formula(pipeline: Run, folder: Path, name: str, form: list[str]) -> None:
    pipeline("add", "Acme", "--field", f"{name.replace('=', '＝')}=x")
    (folder / "deals.csv").write_text(f'title,"{name}"\nBorg,"x"\n', "utf-8")
    assert pipeline("import", "deals.csv").code == 0
    words = form if "-o" in form else [*form, "-o", "out.csv"]
    assert pipeline("export", "deals", *words).code == 0

    assert is_guarded(folder / "out.csv")


def test_a_guarded_name_is_imported_as_it_was(pipeline: Run, folder: Path) -> None:
    (folder / "deals.csv").write_text(f'deal_id,title,"{EVIL}"\nb,Borg,"{EVIL}"\n')
    pipeline("import", "deals.csv")
    pipeline("export", "deals", "-o", "first.csv")
    pipeline("undo")
    assert pipeline("import", "first.csv").code == 0
    pipeline("export", "deals", "-o", "second.csv")

    assert f"'{EVIL}" in cells_of(folder / "first.csv")
    first, second = (cells_of(folder / name) for name in ("first.csv", "second.csv"))
    assert [cell for cell in first if EVIL in cell] == [cell for cell in second if EVIL in cell]
    assert [one[EVIL] for one in pipeline("export", "deals", "--json").rows] == [EVIL]


def test_a_rejected_row_is_no_formula_and_comes_in_exactly_once_corrected(pipeline: Run, folder: Path) -> None:
    (folder / "deals.csv").write_text(f'title,"{EVIL}",stage,value\n"{EVIL}","{EVIL}","=nowhere",-5\n')
    assert pipeline("import", "deals.csv", "--skip-bad").code == 0
    rejected = folder / "deals.rejected.csv"
    assert is_guarded(rejected)
    rejected.write_text(rejected.read_text().replace("'=nowhere", "proposal").replace("-5", "5"))
    assert pipeline("import", "deals.rejected.csv").code == 0

    (deal,) = pipeline("export", "deals", "--json").rows
    assert (deal["title"], deal[EVIL]) == (EVIL, EVIL)
