"""A second copy without thinking: made, thinned, found again, and gone with whoever is forgotten."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from pipeline_cli.domain.playbook import SecondCopies
from pipeline_cli.domain.words.clock import Clock
from pipeline_cli.storage.safekeeping.backups import Backup
from pipeline_cli.storage.safekeeping.second_copies import thinned
from tests.conftest import Run

TODAY = "2026-11-21"


@pytest.fixture
def second(folder: Path, pipeline: Run) -> Path:
    """The folder of second copies, named in pipeline.yaml."""
    place = folder / "elsewhere"
    place.mkdir()
    rules = folder / "pipeline.yaml"
    rules.write_text(rules.read_text(encoding="utf-8") + "backup: {to: elsewhere}\n", encoding="utf-8")
    return place


def names(place: Path) -> list[str]:
    return sorted(path.name for path in place.iterdir())


def test_the_first_change_of_a_day_leaves_a_copy_that_can_be_restored(pipeline: Run, second: Path) -> None:
    pipeline("add", "Acme", today="2026-11-20")
    (first,) = names(second)
    assert first.endswith("-daily.db")
    assert (second / first).stat().st_mode & 0o777 == 0o600
    pipeline("add", "Borg", today="2026-11-20")
    assert names(second) == [first], "one a day"
    pipeline("add", "Cyan", today="2026-11-21")
    assert len(names(second)) == 2
    pipeline("list", today="2026-11-22")
    assert len(names(second)) == 2, "to read changes nothing"

    listed = {row["file"]: row for row in pipeline("backup", "--list", "--json").rows}
    assert listed[str(second / first)]["deals"] == 1
    assert pipeline("restore", str(second / first), "--yes").code == 0
    assert [row["title"] for row in pipeline("list", "--json").rows] == ["Acme"]


def test_every_backup_is_made_there_too_with_the_key(pipeline: Run, folder: Path, second: Path) -> None:
    pipeline("add", "Acme", "--contact", "Ann <ann@acme.example>")
    pipeline("contact", "opt-out", "ann@acme.example")
    pipeline("add", "dead", today="2026-06-01")
    pipeline("prune", "--yes", today="2026-11-22")
    pipeline("backup", today="2026-11-23")

    (by_prune,) = [name for name in names(second) if name.endswith("-before-prune.db")]
    (by_hand,) = [name for name in names(second) if name.endswith("-backup.db")]
    for name in (by_prune, by_hand):
        assert (second / name).read_bytes() == (folder / "backups" / name).read_bytes()
        assert (second / f"{name}.key").read_bytes() == (folder / "pipeline.db.key").read_bytes()


def test_a_place_that_is_not_there_is_said_and_hinders_nothing(pipeline: Run, second: Path) -> None:
    second.rmdir()
    said = pipeline("add", "Acme")
    assert said.code == 0
    assert f"No second copy was made: {second} is not there: make the folder, or connect its disk." in said.err
    assert "is not there" in pipeline("check").out


def test_a_place_that_takes_nothing_is_said_and_hinders_nothing(pipeline: Run, folder: Path, second: Path) -> None:
    second.rmdir()
    second.symlink_to("/proc/self")
    said = pipeline("add", "Acme")
    assert said.code == 0
    assert "No second copy was made: " in said.err
    assert len(pipeline("list", "--json").rows) == 1


def test_check_warns_of_an_old_copy_and_of_one_on_the_same_disk(pipeline: Run, second: Path) -> None:
    pipeline("add", "Acme", today="2026-11-01")
    messages = [
        row["message"] for row in pipeline("check", "--json", today="2026-11-09").rows if row["code"] == "second_copy"
    ]
    assert [f"The newest copy in {second} is 8 days old.", "disk"] == [
        messages[0],
        "disk" if "same disk" in messages[1] else "",
    ]
    assert "days old" not in pipeline("check", today="2026-11-08").out
    assert pipeline("check", today="2026-11-09").code == 0


def test_whoever_is_forgotten_is_gone_from_there_too(pipeline: Run, folder: Path, second: Path) -> None:
    pipeline("add", "Acme", "--contact", "Zebulon Pike <zeb@acme.example>", today="2026-11-20")
    pipeline("backup", today="2026-11-20")
    assert any(b"zeb@acme.example" in (second / name).read_bytes() for name in names(second))

    said = pipeline("contact", "forget", "zeb@acme.example", "--yes")
    assert said.code == 0
    left = [name for name in names(second) if b"zeb@acme.example" in (second / name).read_bytes()]
    assert [name.endswith("-backup.db") for name in left] == [True], "made by hand, and named"
    assert str(second) in said.err or second.name in said.err
    assert pipeline("contact", "forget", "c1", "--backups", "--yes").code == 0
    assert [name for name in names(second) if b"zeb@acme.example" in (second / name).read_bytes()] == []


def test_a_place_that_is_away_while_somebody_is_forgotten_is_named(pipeline: Run, folder: Path, second: Path) -> None:
    pipeline("add", "Acme", "--contact", "Zebulon Pike <zeb@acme.example>")
    second.rename(folder / "away")

    said = pipeline("contact", "forget", "zeb@acme.example", "--yes")
    assert f"{second.name} is not there" in said.err.replace(str(second), second.name)
    assert "pipeline contact forget c1 --yes" in said.err
    (folder / "away").rename(second)
    assert pipeline("contact", "forget", "c1", "--yes").code == 0
    assert [name for name in names(second) if b"zeb@acme.example" in (second / name).read_bytes()] == []


def test_of_the_days_weeks_and_months_the_newest_stays() -> None:
    clock = Clock(datetime(2026, 11, 21, 12, tzinfo=ZoneInfo("UTC")), ZoneInfo("UTC"))
    days = [date(2026, 11, 21) - timedelta(days=number) for number in range(500)]
    copies = [
        Backup(Path(f"{day}-{hour}"), datetime(day.year, day.month, day.day, hour, tzinfo=clock.zone), "daily", 1)
        for day in days
        for hour in (18, 9)
    ]
    by_hand = Backup(Path("by hand"), datetime(2025, 1, 1, tzinfo=clock.zone), "backup", 1)

    gone = {one.path for one in thinned([*copies, by_hand], SecondCopies("x", 7, 8, 12), clock)}
    stay = [one.path.name for one in [*copies, by_hand] if one.path not in gone]

    daily = [f"{day}-18" for day in days[:7]]
    weekly = [f"{day}-18" for day in days if day.weekday() == 6 or day == days[0]][:8]
    monthly = [f"{day}-18" for day in days if (day + timedelta(days=1)).day == 1 or day == days[0]][:12]
    assert sorted(stay) == sorted({*daily, *weekly, *monthly, "by hand"})


@pytest.mark.parametrize(
    ("entry", "said"),
    [
        ("{to: ''}", "write the name of a folder"),
        ("{keep: {daily: 7}}", "`to`"),
        ("{to: x, keep: {daily: 0}}", "write a whole number from 1"),
        ("{to: x, keep: {yearly: 1}}", "yearly"),
    ],
)
def test_a_bad_entry_is_refused(pipeline: Run, folder: Path, entry: str, said: str) -> None:
    rules = folder / "pipeline.yaml"
    rules.write_text(rules.read_text(encoding="utf-8") + f"backup: {entry}\n", encoding="utf-8")

    result = pipeline("list")
    assert result.code == 3
    assert said in result.err
