"""What was computed of a record is kept, and answers for that record, that day and those rules alone."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from tests.conftest import REPOSITORY, Run

SAMPLE = REPOSITORY / "sample_data"


@pytest.fixture
def sampled(pipeline: Run) -> Run:
    files = [f"--{name}={SAMPLE / name}.csv" for name in ("moves", "touchpoints", "contacts")]
    assert pipeline("import", str(SAMPLE / "deals.csv"), *files).code == 0
    return pipeline


def kept(home: Path) -> list[Path]:
    return sorted((home / ".cache" / "pipeline" / "computed").glob("*.json"))


def answers_anew(run: Run, home: Path, *, today: str | None = None) -> None:
    """The same as without what is kept, which is asked twice."""
    for words in (("list", "--json"), ("show", "80", "--json"), ("today", "--json")):
        said = [run(*words, today=today).out for _ in range(2)]
        shutil.rmtree(home / ".cache" / "pipeline" / "computed", ignore_errors=True)
        assert said == [run(*words, today=today).out] * 2, words


def test_it_is_kept_for_its_owner_alone_and_holds_numbers(sampled: Run, a_home_of_its_own: Path) -> None:
    sampled("list")
    (path,) = kept(a_home_of_its_own)
    assert path.stat().st_mode & 0o777 == 0o600
    (answer,) = json.loads(path.read_text())["answers"].values()
    assert all(isinstance(number, int) and 0 <= chance <= 1 for number, chance in answer)


@pytest.mark.parametrize(
    "change",
    [
        ("log", "80", "call", "hi"),
        ("advance", "150", "--force", "--reason", "x"),
        ("win", "80"),
        ("lose", "115", "--reason", "price"),
        ("log", "80", "call", "hi", "--at", "2026-09-01"),
        ("edit", "80", "--value", "1"),
        ("undo",),
    ],
)
def test_after_a_change_it_answers_anew(sampled: Run, a_home_of_its_own: Path, change: tuple[str, ...]) -> None:
    sampled("note", "80", "x")
    sampled("list")
    assert sampled(*change).code == 0
    answers_anew(sampled, a_home_of_its_own)
    sampled("undo")
    answers_anew(sampled, a_home_of_its_own)
    sampled("redo")
    answers_anew(sampled, a_home_of_its_own)


def test_another_day_other_rules_another_copy_and_a_backup_answer_anew(
    sampled: Run, folder: Path, a_home_of_its_own: Path
) -> None:
    sampled("list")
    assert sampled("backup", "copy.db").code == 0
    for today in ("2026-11-25", "2026-11-19", None):
        answers_anew(sampled, a_home_of_its_own, today=today)
    rules = folder / "pipeline.yaml"
    rules.write_text(rules.read_text().replace("probability: 40", "probability: 90"))
    answers_anew(sampled, a_home_of_its_own)
    sampled("win", "80")
    sampled("list")
    assert sampled("restore", "copy.db", "--yes").code == 0
    answers_anew(sampled, a_home_of_its_own)
    shutil.copy(folder / "copy.db", folder / "other.db")
    sampled("--db", "other.db", "lose", "80", "--reason", "price")
    first = sampled("--db", "other.db", "list", "--json").out
    sampled("list")
    assert sampled("--db", "other.db", "list", "--json").out == first


@pytest.mark.parametrize(
    "content", [b"", b"{", b"[]", b'{"state": 1}', b"\xff", b'{"state": "x", "answers": {}, "checksum": 0}']
)
def test_what_is_damaged_is_made_anew(sampled: Run, a_home_of_its_own: Path, content: bytes) -> None:
    before = sampled("list", "--json").out
    (path,) = kept(a_home_of_its_own)
    path.write_bytes(content)
    assert sampled("list", "--json").out == before


def test_a_folder_that_cannot_be_written_is_no_loss(sampled: Run, a_home_of_its_own: Path) -> None:
    before = sampled("list", "--json").out
    shutil.rmtree(a_home_of_its_own / ".cache" / "pipeline" / "computed")
    (a_home_of_its_own / ".cache" / "pipeline" / "computed").write_text("in the way")
    result = sampled("list", "--json")
    assert (result.code, result.out, result.err) == (0, before, result.err)
