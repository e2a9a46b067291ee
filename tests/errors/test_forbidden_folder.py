"""A pipeline.yaml in a folder that may not be looked into is not said to be missing."""

from __future__ import annotations

from pathlib import Path

from tests.faults.test_read_only import each_as_others_are, place

__all__ = ["place"]


def test_a_named_file_behind_a_closed_door(place: Path) -> None:
    (place / "closed").mkdir()
    (place / "closed" / "pipeline.yaml").write_bytes((place / "pipeline.yaml").read_bytes())
    (place / "closed").chmod(0)
    try:
        [(_, code, said)] = each_as_others_are(place, "--config closed/pipeline.yaml list")
        assert code == 3
        assert said == (
            "closed/pipeline.yaml: no permission to look into its folder, but --config names it: change the permissions\n"
        )
    finally:
        (place / "closed").chmod(0o700)
