"""What a command works with: the clock, the playbook and the record, each loaded on first use."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, nullcontext, suppress
from datetime import date, datetime
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline_cli.config.machine import cache_folder, config_folder, find_zone, path_named, this_folder
from pipeline_cli.domain.errors import SetupError
from pipeline_cli.domain.playbook import Pipeline, Playbook
from pipeline_cli.domain.record import NamedTuple
from pipeline_cli.domain.words.addresses import NUMBER_READERS
from pipeline_cli.domain.words.clock import FURTHER_DATES, Clock
from pipeline_cli.domain.words.shell import as_called
from pipeline_cli.output.conversation import Conversation

if TYPE_CHECKING:
    from pipeline_cli.storage.change import Change
    from pipeline_cli.storage.reader import Reader
    from pipeline_cli.storage.safekeeping.second_copies import SecondPlace


def _read_free_date(words: str, today: date, past: bool) -> date | None:
    from pipeline_cli.exchange.free_dates import read_free_date

    return read_free_date(words, today, past)


def _read_number(country: str, text: str) -> str | None:
    from pipeline_cli.exchange.phone_numbers import number_reader

    return number_reader(country)(text)


class GlobalOptions(NamedTuple):
    """The options that stand before the command."""

    config: str | None = None
    database: str | None = None
    color: str = "auto"


class Workspace(Conversation):
    """One command's surroundings. Nothing is read before it is asked for."""

    def __init__(
        self, options: GlobalOptions, environ: Mapping[str, str], started_at: datetime, folder: Path | None = None
    ) -> None:
        FURTHER_DATES[:] = [_read_free_date]
        NUMBER_READERS.clear()
        self.options = options
        self.environ = environ
        self.folder = folder or this_folder()
        self.started_at = started_at.replace(microsecond=started_at.microsecond // 1000 * 1000)

    # Where the files are

    @cached_property
    def playbook_path(self) -> Path:
        """Raises SetupError when there is no pipeline.yaml, or not the one that was named."""
        from pipeline_cli.config.pipeline_file import find_pipeline_file

        path = find_pipeline_file(self.options.config, self.environ, self.folder, config_folder(self.environ))
        if path is None:
            raise SetupError(
                "There is no pipeline.yaml in this folder or one above: `pipeline init` writes one, "
                "`pipeline demo` shows what it does."
            )
        is_named = self.options.config is not None or bool(self.environ.get("PIPELINE_CONFIG"))
        if not is_named and not self.trusts and path.parent != self.folder:
            self._refuse_strangers(path, "pipeline.yaml", "--config")
        return path

    def refuse_strangers_rules(self) -> None:
        """Before something that pipeline.yaml names is run: in this folder, too, it has to be the user's own.

        Raises SetupError.
        """
        is_named = self.options.config is not None or bool(self.environ.get("PIPELINE_CONFIG"))
        if not is_named:
            self._refuse_strangers(self.playbook_path, "pipeline.yaml", "--config")

    def _refuse_strangers(self, path: Path, what: str, flag: str) -> None:
        from pipeline_cli.config.trust import refuse_strangers_file

        refuse_strangers_file(path, what, flag, config_folder(self.environ))

    trusts = False
    """The command is the one that says whose files are trusted."""

    @cached_property
    def playbook(self) -> Playbook:
        """What pipeline.yaml says. Raises SetupError with every problem of the file."""
        from pipeline_cli.config.pipeline_file import load_playbook

        loaded = load_playbook(self.playbook_path, cache_folder(self.environ))
        if loaded.fresh:
            for warning in loaded.warnings:
                self.say(warning)
            self._say_where_the_database_is(loaded.playbook)
        if loaded.playbook.country:
            NUMBER_READERS[:] = [partial(_read_number, loaded.playbook.country)]
        return loaded.playbook

    def _say_where_the_database_is(self, playbook: Playbook) -> None:
        """When the file is first met, and with each change of it: what it names elsewhere may be anything."""
        with suppress(OSError, RuntimeError, ValueError):
            named, folder = Path(playbook.database).expanduser(), self.playbook_path.parent.resolve()
            if not (folder / named).resolve().is_relative_to(folder):
                self.say(f"{self.short(self.playbook_path)} keeps its database in another folder: {folder / named}.")

    @cached_property
    def database_path(self) -> Path:
        """Where the record is, whether it is there or not."""
        named = self.options.database or self.environ.get("PIPELINE_DB")
        if named:
            return path_named(named, "--db" if self.options.database else "PIPELINE_DB")
        path = self.playbook_path.parent / path_named(self.playbook.database, "database:")
        if not self.trusts:
            self._refuse_strangers(path, "database", "--db")
        return path

    @property
    def database_is_named(self) -> bool:
        """By --db or PIPELINE_DB: such a file is made by `init` and `restore` alone."""
        return bool(self.options.database or self.environ.get("PIPELINE_DB"))

    # What time it is

    @cached_property
    def clock(self) -> Clock:
        """The instant and zone of this command; PIPELINE_TODAY replaces the instant."""
        zone = find_zone(self.playbook.time_zone, self.environ, self.started_at)
        said = self.environ.get("PIPELINE_TODAY")
        if not said:
            return Clock(self.started_at, zone)
        from pipeline_cli.domain.words.dates import parse_today

        return Clock(parse_today(said, Clock(self.started_at, zone)), zone)

    def clock_as_of(self, as_of: str | None) -> Clock:
        """The clock of a report: now, or the last millisecond of an earlier day."""
        if as_of is None:
            return self.clock
        from pipeline_cli.domain.words.dates import parse_as_of

        return parse_as_of(as_of, self.clock)

    # The record

    @contextmanager
    def read(self, clock: Clock | None = None) -> Iterator[Reader]:
        """One consistent view of the record, as known at the clock's day."""
        from pipeline_cli.storage.remembered import Remembered
        from pipeline_cli.storage.transactions import read

        self._say_what_is_pending()
        clock = clock or self.clock
        past = clock is not self.clock or "PIPELINE_TODAY" in self.environ
        self.refuse_no_record()
        cache = cache_folder(self.environ)
        remembered = Remembered(self.database_path, cache, clock.end_of_today, str(clock.zone), past) if cache else None
        with read(self.database_path, clock, past=past, on_wait=self.say_waiting) as reader:
            reader.remembered = remembered
            yield reader

    def _say_what_is_pending(self) -> None:
        """Once a command: a person who was to be forgotten is not yet, in every file."""
        if not os.path.lexists(f"{self.database_path}.forgetting") or self.is_told_of_pending:
            return
        self.is_told_of_pending = True
        from pipeline_cli.storage.safekeeping.forget import read_pending

        pending = read_pending(self.database_path)
        if pending is not None:
            backups = " --backups" * pending.backups
            self.say(
                f"Forgetting {pending.contact} was begun and is not finished: "
                f"`pipeline contact forget {pending.contact}{backups} --yes` finishes it."
            )

    is_told_of_pending = False
    """Also of the command that finishes it."""

    @property
    def has_no_record(self) -> bool:
        """The first command that writes makes one; not where a file was named."""
        from pipeline_cli.storage.database import is_missing

        return not self.database_is_named and is_missing(self.database_path)

    def refuse_no_record(self) -> None:
        """Raises SetupError where nothing was recorded yet."""
        if self.has_no_record:
            raise SetupError(
                f'{self.database_path}: there is no record yet: `pipeline add "Acme: workshop"` or '
                "`pipeline import deals.csv` starts it."
            )

    @contextmanager
    def write(
        self, command: str, *, backup: bool = False, dry_run: bool = False, beside_triggers: bool = False
    ) -> Iterator[Change]:
        """One transaction, one operation, kept when the block ends well: with a `backup` of what was; not if `dry_run`."""
        from pipeline_cli.storage.database import create
        from pipeline_cli.storage.safekeeping.synced import warn_once
        from pipeline_cli.storage.transactions import write

        if self.has_no_record:
            create(self.database_path)
            self.say(f"Made the database {self.short(self.database_path)}.")
        self._say_what_is_pending()
        warn_once(self.database_path, cache_folder(self.environ), self.say)
        with (
            self._backup_before(command) if backup and not dry_run else nullcontext() as before_first_write,
            write(
                self.database_path,
                self.clock,
                command,
                self.say_waiting,
                say=self.say,
                dry_run=dry_run,
                beside_triggers=beside_triggers,
            ) as change,
        ):
            change.before_first_write = before_first_write
            self._refuse_lost_stages(change)
            yield change
        if change.ended_last_chances and not dry_run:
            self._say_what_is_not_to_be_sent(change)
        if change.public_id is not None and not dry_run:
            self.complete_second_copies()

    @property
    def second_place(self) -> SecondPlace | None:
        """Where `backup:` of pipeline.yaml says; None: nowhere."""
        keep = self.playbook.second_copies
        if keep is None:
            return None
        from pipeline_cli.storage.safekeeping.second_copies import SecondPlace

        folder = self.playbook_path.parent / path_named(keep.folder, "backup: to:")
        return SecondPlace(self.database_path, folder, keep, self.clock)

    def complete_second_copies(self) -> None:
        """After a change or a backup; what hinders it is said, and undoes nothing."""
        place = self.second_place
        complaint = place.complete() if place else None
        if complaint:
            self.say(complaint)

    def _say_what_is_not_to_be_sent(self, change: Change) -> None:
        """Once, when the deal lives; not where `prune` closes it, whose letter was sent and not answered."""
        from pipeline_cli.domain.rules.last_chance import CLOSED, not_to_be_sent
        from pipeline_cli.output.drafts import drafts_folder

        ended = [
            ended_last_chance
            for ended_last_chance in change.ended_last_chances
            if change.command != "prune" or ended_last_chance.by != CLOSED
        ]
        if ended:
            folder = drafts_folder(self.database_path)
            there = {one.draft: self.short(folder / one.draft) for one in ended if (folder / one.draft).is_file()}
            self.say(not_to_be_sent(ended, there, self.clock))

    @contextmanager
    def _backup_before(self, command: str) -> Iterator[Callable[[Change], Path | None]]:
        from pipeline_cli.storage.safekeeping.backups import backup_before

        path, now = self.database_path, self.clock.now
        with self.row_count("pages") as watch, backup_before(path, now, command, watch) as before_first_write:
            yield before_first_write

    def _refuse_lost_stages(self, change: Change) -> None:
        """Deals in a stage that pipeline.yaml no longer has are not written around: they are moved first."""
        from pipeline_cli.domain.rules.removed_stages import refuse_lost_stages
        from pipeline_cli.storage.record.in_use import read_stages_in_use

        if change.command not in ("check", "undo", "redo") and not change.command.startswith("contact "):
            refuse_lost_stages(self.playbook, read_stages_in_use(change), self.playbook_path.name)

    # Names

    def pipeline(self, name: str | None) -> Pipeline:
        """The pipeline of that id or name; the first one without a name."""
        if name is None:
            return self.playbook.default_pipeline
        return self.playbook.find_pipeline(name)

    @cached_property
    def command_name(self) -> str:
        """How this program was called, so that a command printed to be pasted meets the same files."""
        parts = ["pipeline"]
        for flag, value in (("--config", self.options.config), ("--db", self.options.database)):
            if value:
                import shlex

                parts += [flag, shlex.quote(value)]
        return " ".join(parts)

    def say(self, text: str) -> None:
        """What is said about the answer, with commands that meet the same files."""
        super().say(as_called(text, self.command_name))

    def short(self, path: Path) -> str:
        """A path to be read: from this folder, or from home, where that is shorter."""
        from pipeline_cli.output.files import short_path

        return short_path(path, self.folder, self.environ)
