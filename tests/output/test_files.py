"""Files the program writes for its user."""

from __future__ import annotations

import errno
import os
import resource
import signal
import stat
from pathlib import Path

import pytest

from pipeline_cli.domain.errors import NothingSaved, RuleError, UsageError
from pipeline_cli.output.files import _write_beside_and_move, free_name, write_new_file


def names_in(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir()]


def test_a_new_file_is_whole_and_for_its_owner_only(tmp_path: Path) -> None:
    write_new_file(tmp_path / "deals.csv", b"id,title\n", force=False)
    assert (tmp_path / "deals.csv").read_bytes() == b"id,title\n"
    assert stat.S_IMODE((tmp_path / "deals.csv").stat().st_mode) == 0o600
    assert names_in(tmp_path) == ["deals.csv"]


def test_a_file_that_is_there_is_refused_and_left_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "deals.csv"
    path.write_bytes(b"mine")
    with pytest.raises(RuleError) as refused:
        write_new_file(path, b"new", force=False)
    assert str(refused.value) == (
        f"{path} is there already and was left as it is: add --force to replace it, or name another file."
    )
    assert refused.value.exit_code == 5
    assert path.read_bytes() == b"mine"
    assert names_in(tmp_path) == ["deals.csv"]


def test_a_link_that_leads_nowhere_is_there_too(tmp_path: Path) -> None:
    (tmp_path / "deals.csv").symlink_to(tmp_path / "gone.csv")
    with pytest.raises(RuleError):
        write_new_file(tmp_path / "deals.csv", b"new", force=False)


def test_force_replaces_a_file(tmp_path: Path) -> None:
    path = tmp_path / "deals.csv"
    path.write_bytes(b"old")
    path.chmod(0o644)
    write_new_file(path, b"new", force=True)
    assert path.read_bytes() == b"new"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert names_in(tmp_path) == ["deals.csv"]


def test_a_missing_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(UsageError) as refused:
        write_new_file(tmp_path / "reports" / "deals.csv", b"", force=False)
    assert f"the folder {tmp_path / 'reports'} does not exist" in str(refused.value)


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="is a folder"):
        write_new_file(tmp_path, b"", force=True)


def test_a_device_is_written_to_and_stays_a_device() -> None:
    write_new_file(Path(os.devnull), b"anything", force=True)
    assert stat.S_ISCHR(Path(os.devnull).stat().st_mode)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no /dev/full")
def test_a_full_disk_says_that_nothing_was_written() -> None:
    with pytest.raises(NothingSaved) as refused:
        write_new_file(Path("/dev/full"), b"anything", force=False)
    assert str(refused.value) == "/dev/full: the disk is full: nothing was written."
    assert refused.value.exit_code == 6


def test_a_write_that_breaks_off_leaves_the_old_file_and_nothing_beside_it(tmp_path: Path) -> None:
    path = tmp_path / "deals.csv"
    path.write_bytes(b"old")
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    ignored = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1024, limits[1]))
    try:
        with pytest.raises(NothingSaved, match="nothing was written") as refused:
            write_new_file(path, b"x" * 4096, force=True)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
        signal.signal(signal.SIGXFSZ, ignored)
    assert isinstance(refused.value.__cause__, OSError)
    assert refused.value.__cause__.errno == errno.EFBIG
    assert path.read_bytes() == b"old"
    assert names_in(tmp_path) == ["deals.csv"]


def test_a_file_that_appeared_after_the_look_is_not_replaced_either(tmp_path: Path) -> None:
    path = tmp_path / "deals.csv"
    path.write_bytes(b"of another program, a moment ago")
    with pytest.raises(FileExistsError):
        _write_beside_and_move(path, b"new", force=False)
    assert path.read_bytes() == b"of another program, a moment ago"
    assert names_in(tmp_path) == ["deals.csv"]


def test_a_taken_name_gets_a_number(tmp_path: Path) -> None:
    path = tmp_path / "deals.rejected.csv"
    assert free_name(path) == path
    path.touch()
    assert free_name(path).name == "deals.rejected-2.csv"
