"""A second copy without thinking: each backup once more in another place, one a day of its own, thinned by age."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from pipeline_cli.domain.errors import PipelineError
from pipeline_cli.domain.playbook import SecondCopies
from pipeline_cli.domain.rules.checkup import WARNING, Fault
from pipeline_cli.domain.words.clock import Clock
from pipeline_cli.on_disk import reason_of
from pipeline_cli.storage.safekeeping.backups import (
    DAILY,
    DAMAGED,
    Backup,
    back_up,
    copy_key,
    find_backups,
    remove_backup,
)
from pipeline_cli.storage.safekeeping.copying import copy_bytes

_OLD_DAYS = 7


class SecondPlace:
    """A folder for the second copies of one database."""

    def __init__(self, database: Path, folder: Path, keep: SecondCopies, clock: Clock) -> None:
        self.database = database.resolve()
        self.folder = folder
        self.keep = keep
        self.clock = clock

    @property
    def copies(self) -> list[Backup]:
        """Those that are there, the newest first."""
        return find_backups(self.database, self.folder)

    def complete(self) -> str | None:
        """After a command: what is missing there is copied, once a day what the record holds now, and the old ones go.

        Returns what kept it from that, in one sentence; the command itself is done, and stays so.
        """
        if not self.folder.is_dir():
            return f"No second copy was made: {self.folder} is not there: make the folder, or connect its disk."
        try:
            there = self.copies
            self._copy_new_ones(there)
            if not there or self.clock.day(there[0].made_at) < self.clock.today:
                self._copy_the_day()
            for backup in thinned(self.copies, self.keep, self.clock):
                remove_backup(backup.path)
        except OSError as error:
            return f"No second copy was made: {self.folder}: {reason_of(error)}."
        except PipelineError as error:
            return f"No second copy was made: {error}"
        return None

    def _copy_new_ones(self, there: Sequence[Backup]) -> None:
        since = there[0].made_at if there else datetime.min.replace(tzinfo=self.clock.zone)
        names = {backup.path.name for backup in there}
        for backup in find_backups(self.database):
            if backup.why == DAMAGED or backup.made_at < since or backup.path.name in names:
                continue
            copy = self.folder / backup.path.name
            copy_key(backup.path, copy)
            with suppress(FileExistsError):  # another command has just copied it
                copy_bytes(backup.path, copy)

    def _copy_the_day(self) -> None:
        stamp = f"{self.clock.now.astimezone(UTC):%Y%m%dT%H%M%S%f}"[:18]
        back_up(self.database, self.folder / f"{self.database.stem}-{stamp}Z-{DAILY}.db", lambda: None)

    def find_faults(self) -> Iterator[Fault]:
        """What `check` warns of: no copy, an old one, and one that goes with the disk of the record."""
        newest = next(iter(self.copies), None) if self.folder.is_dir() else None
        if newest is None:
            why = "holds no copy of the record" if self.folder.is_dir() else "is not there"
            yield Fault("second_copy", f"The folder of second copies, {self.folder}, {why}.", WARNING, fix=_FIX)
            return
        days = self.clock.days_since(newest.made_at)
        if days > _OLD_DAYS:
            yield Fault("second_copy", f"The newest copy in {self.folder} is {days:,} days old.", WARNING, fix=_FIX)
        if self.folder.stat().st_dev == self.database.parent.stat().st_dev:
            message = f"{self.folder} lies on the same disk as the record: one that fails takes both."
            yield Fault("second_copy", message, WARNING, fix="name a folder on another disk under `backup:`")


_FIX = "connect its disk; `pipeline backup` makes one now"


def thinned(copies: Sequence[Backup], keep: SecondCopies, clock: Clock) -> list[Backup]:
    """Those that go: all made unasked that are not the newest of one of the last days, weeks or months that have any.

    `copies`: the newest first.
    """
    stays: set[Path] = set()
    for number, period in ((keep.daily, _day), (keep.weekly, _week), (keep.monthly, _month)):
        newest: dict[date, Path] = {}
        for backup in copies:
            newest.setdefault(period(clock.day(backup.made_at)), backup.path)
        stays |= set([*newest.values()][:number])
    return [backup for backup in copies if backup.is_automatic and backup.path not in stays]


def _day(day: date) -> date:
    return day


def _week(day: date) -> date:
    return day - timedelta(days=day.weekday())


def _month(day: date) -> date:
    return day.replace(day=1)
