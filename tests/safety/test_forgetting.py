"""Nothing of a person stays where we said it does not: not in what redo keeps, and not because a kill came in between."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline_cli.storage.safekeeping import forget as forgetting
from tests.conftest import Run


def traces_of(person: str, *folders: Path) -> list[str]:
    """The files that hold it."""
    paths = [path for folder in folders for path in folder.rglob("*") if path.is_file()]
    return [path.name for path in paths if person.encode() in path.read_bytes()]


@pytest.mark.parametrize("named", ["c1", "Ann Lee", "ann@quorl.example", "+49 30 1234567"])
def test_an_undone_person_is_found_and_erased(pipeline: Run, folder: Path, a_home_of_its_own: Path, named: str) -> None:
    pipeline("add", "Acme", "--contact", "Ann Lee <ann@quorl.example>", "--phone", "+49 30 1234567")
    pipeline("note", "1", "Ann Lee asked for a discount")
    pipeline("undo", "2")
    assert traces_of("quorl", folder)
    assert pipeline("contact", "forget", named, "--yes").code == 0

    for trace in ("quorl", "Ann Lee", "1234567", "discount"):
        assert traces_of(trace, folder, a_home_of_its_own) == []
    assert pipeline("check").code == 0
    assert pipeline("contact", "forget", named, "--yes").code == 4


def test_an_undone_twin_of_a_person_goes_with_them(pipeline: Run, folder: Path) -> None:
    pipeline("contact", "add", "Ann Quorl <ann@acme.example>")
    pipeline("undo")
    pipeline("contact", "add", "Ann <ann@acme.example>")
    assert pipeline("contact", "forget", "ann@acme.example", "--yes").code == 0

    assert traces_of("Quorl", folder) == []


@pytest.mark.parametrize("again", ["Ann Lee", "ann@quorl.example", "c1"])
@pytest.mark.parametrize("undone", [False, True])
def test_a_forget_that_was_killed_is_repeated_by_the_same_words(
    pipeline: Run, folder: Path, monkeypatch: pytest.MonkeyPatch, again: str, undone: bool
) -> None:
    pipeline("add", "Acme")
    pipeline("contact", "add", "Ann Lee <ann@quorl.example>", "--deal", "1")
    (folder / "deals.csv").write_text("title\nBorg\n")
    pipeline("import", "deals.csv")  # which makes a backup with the person in it
    if undone:
        pipeline("undo", "2")
    with monkeypatch.context() as patch:
        patch.setattr(forgetting, "forget_person", forgetting.forget_person)
        patch.setattr("pipeline_cli.commands.contact._forget_in_backups", _kill)
        with pytest.raises(SystemExit):
            pipeline("contact", "forget", "Ann Lee", "--yes")
    assert traces_of("quorl", folder), "the backup still holds the person"

    told = pipeline("list").err
    assert "Forgetting c1 was begun and is not finished: `pipeline contact forget c1 --yes` finishes it." in told
    assert pipeline("contact", "forget", again, "--yes").code == 0
    assert traces_of("quorl", folder) == []
    assert "Forgetting" not in pipeline("list").err


def _kill(*_: object, **__: object) -> None:
    raise SystemExit(137)
