"""The folder of last-chance drafts: all of them or none, and none that outlives a command that failed."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline_cli.domain.errors import NothingSaved, OutcomeUnknown, SavedWithComplaint
from pipeline_cli.output.drafts import (
    edited_drafts,
    kept_if_saved,
    names_in,
    put_back_unless_saved,
    read_drafts,
    remove_drafts,
    write_drafts,
)


@pytest.fixture
def drafts(tmp_path: Path) -> Path:
    return tmp_path / "last-chances"


def test_they_are_for_their_owner_alone(drafts: Path) -> None:
    write_drafts(drafts, {"12-2026-11-28.eml": b"a", "3-2026-11-28.eml": b"b"})

    assert drafts.stat().st_mode & 0o777 == 0o700
    assert {path.stat().st_mode & 0o777 for path in drafts.iterdir()} == {0o600}
    assert names_in(drafts) == ["3-2026-11-28.eml", "12-2026-11-28.eml"]


def test_no_last_chance_makes_no_folder(drafts: Path) -> None:
    write_drafts(drafts, {})

    assert not drafts.exists()
    assert (names_in(drafts), read_drafts(drafts)) == ([], {})


def test_what_a_kill_left_is_replaced_and_swept_up(drafts: Path) -> None:
    drafts.mkdir()
    (drafts / "3-2026-11-28.eml").write_bytes(b"old")
    (drafts / ".pipeline-0123.tmp").write_bytes(b"half")
    (drafts / "notes.txt").write_bytes(b"mine")

    write_drafts(drafts, {"3-2026-11-28.eml": b"new"})

    assert {path.name: path.read_bytes() for path in drafts.iterdir()} == {
        "3-2026-11-28.eml": b"new",
        "notes.txt": b"mine",
    }


def test_a_file_in_the_place_of_the_folder_is_left_alone(drafts: Path) -> None:
    drafts.write_bytes(b"mine")

    with pytest.raises(NothingSaved, match=r"last-chances: .*: nothing was changed"):
        write_drafts(drafts, {"3-2026-11-28.eml": b"new"})
    assert drafts.read_bytes() == b"mine"


@pytest.mark.parametrize(
    ("failure", "stays"),
    [(NothingSaved, False), (KeyboardInterrupt, False), (SavedWithComplaint, True), (OutcomeUnknown, True)],
)
def test_drafts_go_again_when_nothing_was_saved(drafts: Path, failure: type[BaseException], stays: bool) -> None:
    with pytest.raises(failure), kept_if_saved(drafts) as written:  # noqa: PT012
        written["3-2026-11-28.eml"] = b"new"
        write_drafts(drafts, written)
        raise failure
    assert (names_in(drafts) != []) is stays


@pytest.mark.parametrize(("failure", "stays"), [(NothingSaved, True), (SavedWithComplaint, False)])
def test_drafts_come_back_when_nobody_was_forgotten(drafts: Path, failure: type[BaseException], stays: bool) -> None:
    write_drafts(drafts, {"3-2026-11-28.eml": b"new"})
    with pytest.raises(failure), put_back_unless_saved(drafts) as taken:  # noqa: PT012
        taken.update(read_drafts(drafts))
        remove_drafts(drafts, taken)
        assert names_in(drafts) == []
        raise failure
    assert (read_drafts(drafts) == {"3-2026-11-28.eml": b"new"}) is stays


def test_a_draft_whose_place_was_taken_comes_back_when_nothing_was_saved(drafts: Path) -> None:
    write_drafts(drafts, {"3-2026-11-28.eml": b"mine"})
    with pytest.raises(KeyboardInterrupt), kept_if_saved(drafts) as written:  # noqa: PT012
        written |= {"3-2026-11-28.eml": b"new", "4-2026-11-28.eml": b"new"}
        write_drafts(drafts, written)
        raise KeyboardInterrupt
    assert read_drafts(drafts) == {"3-2026-11-28.eml": b"mine"}


def test_what_says_something_else_is_kept_under_a_free_name(drafts: Path) -> None:
    write_drafts(drafts, {"3.eml": b"Date: 1\r\nmine", "4.eml": b"Date: 1\r\nsame", "5.eml": b"of another"})

    assert edited_drafts(drafts, {"3.eml": b"Date: 2\r\nnew", "4.eml": b"Date: 2\r\nsame", "6.eml": b"new"}) == {
        "3-2.eml": b"Date: 1\r\nmine",
    }
