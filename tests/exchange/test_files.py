"""A written file is whole, private, and never in the place of another."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from pipeline_cli.domain.errors import NothingSaved, RuleError
from pipeline_cli.exchange.files import free_name, write_file_atomically


def test_a_new_file_is_for_its_owner_alone(tmp_path: Path) -> None:
    path = tmp_path / "deals.csv"
    write_file_atomically(path, [b"one", b"two"])
    assert path.read_bytes() == b"onetwo"
    assert path.stat().st_mode & 0o777 == 0o600
    assert list(tmp_path.iterdir()) == [path]


def test_a_file_that_is_there_is_left_alone_without_force(tmp_path: Path) -> None:
    path = tmp_path / "deals.csv"
    path.write_text("mine")
    with pytest.raises(RuleError, match="is there already and was left as it is: add --force"):
        write_file_atomically(path, b"new")
    assert path.read_text() == "mine"
    write_file_atomically(path, b"new", force=True)
    assert path.read_text() == "new"


def test_a_content_that_fails_half_way_leaves_nothing(tmp_path: Path) -> None:
    def content() -> Iterator[bytes]:
        yield b"half"
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_file_atomically(tmp_path / "deals.csv", content())
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_is_not_there_means_that_nothing_was_written(tmp_path: Path) -> None:
    with pytest.raises(NothingSaved, match="nothing was written"):
        write_file_atomically(tmp_path / "nowhere" / "deals.csv", b"new")


def test_a_taken_name_gets_a_number(tmp_path: Path) -> None:
    path = tmp_path / "deals.rejected.csv"
    assert free_name(path) == path
    path.touch()
    assert free_name(path).name == "deals.rejected-2.csv"
