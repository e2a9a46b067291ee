"""A disk that fails or is full at any call: the exit code and the record agree about what was saved."""

from __future__ import annotations

import pytest

from tests.conftest import Run
from tests.faults.scene import COMMANDS, Scene, rows
from tests.large import LARGE


@pytest.mark.parametrize(
    ("call", "error", "codes"),
    [
        ("pwrite64", "ENOSPC", {6}),
        ("pwrite64", "EIO", {6}),
        ("fdatasync", "EIO", {6, 7}),
        ("unlink", "EIO", {6}),
    ],
)
def test_a_command_says_truly_whether_it_was_saved(
    call: str, error: str, codes: set[int], scene: Scene, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    said: set[int] = set()
    names = COMMANDS if LARGE else ("add",) if call == "pwrite64" else ("add", "undo")
    every = 8 if call == "pwrite64" and not LARGE else 1  # one page is written like the next
    for one in scene.strike_everywhere(call, f"error={error}", names, every):
        where = (one.command, call, one.number, one.code, (one.folder / "err").read_text())
        assert one.code in (0, 6, 7), where
        said.add(one.code)
        monkeypatch.chdir(one.folder)
        assert run("check").code == 0, where
        assert rows(one.folder) == (one.before if one.code == 6 else one.after), where
        assert run("add", "Afterwards").code == 0, where
    assert said - {0} == codes
