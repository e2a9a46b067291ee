"""Paths as people read them."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline_cli.output.files import short_path


@pytest.mark.parametrize(
    ("path", "shown"),
    [
        ("/home/ann/sales/backups/a.db", "backups/a.db"),
        ("backups/a.db", "backups/a.db"),
        ("/home/ann/old/a.db", "~/old/a.db"),
        ("/home/ann", "~"),
        ("/home/anna/a.db", "/home/anna/a.db"),
        ("/mnt/a.db", "/mnt/a.db"),
        ("/home/ann/sales", "."),
    ],
)
def test_a_path_is_named_from_this_folder_or_from_home(path: str, shown: str) -> None:
    assert short_path(Path(path), Path("/home/ann/sales"), {"HOME": "/home/ann"}) == shown


@pytest.mark.parametrize("home", ["", "/", "somewhere"])
def test_without_a_home_a_path_elsewhere_is_whole(home: str) -> None:
    assert short_path(Path("/mnt/a.db"), Path("/home/ann"), {"HOME": home}) == "/mnt/a.db"
