"""A kill at any write, sync or unlink of a command leaves the whole command or none of it."""

from __future__ import annotations

import pytest

from tests.conftest import Run
from tests.faults.scene import COMMANDS, Scene, rows
from tests.faults.strike import KILLED
from tests.large import LARGE


@pytest.mark.parametrize("call", ["pwrite64", "fdatasync", "unlink", "write"])
def test_a_killed_command_is_done_whole_or_not_at_all(
    call: str, scene: Scene, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    # A merge writes pages as the others do: killing it at each of them is for the large suite.
    names = [name for name in COMMANDS if LARGE or (name, call) != ("merge", "pwrite64")]
    struck: dict[str, set[bool]] = {name: set() for name in names}
    every = 6 if call == "pwrite64" and not LARGE else 1  # one page is written like the next
    for one in scene.strike_everywhere(call, "signal=KILL", names, every):
        where = (one.command, call, one.number)
        assert one.code in (0, KILLED), where
        if one.code == 0:
            assert rows(one.folder) == one.after, where
            continue
        monkeypatch.chdir(one.folder)
        checked = run("check")
        assert checked.code == 0, (where, checked)
        left = rows(one.folder)
        assert left in (one.before, one.after), where
        struck[one.command].add(left == one.after)
        assert run("add", "Afterwards").code == 0, where
    # A kill before the journal is gone leaves nothing, one after it everything. Prune shows its plan first; prune and import
    # come with a backup, for which a note says what is unfinished, before and after.
    expected = {"pwrite64": {False}, "fdatasync": {False, True}, "unlink": {False}, "write": {True}}[call]
    noting = {"prune": {False, True}, "import": {False, True}} if call in ("write", "unlink") else {}
    assert struck == dict.fromkeys(names, expected) | noting


@pytest.mark.parametrize("call", ["fdatasync", "unlink"])
def test_a_command_interrupted_in_its_commit_is_kept_and_says_so(call: str, scene: Scene) -> None:
    for one in scene.strike_everywhere(call, "signal=INT", ("add",)):
        assert (one.code, rows(one.folder)) == (0, one.after), one.number
        assert "Interrupted" not in (one.folder / "err").read_text(), one.number
