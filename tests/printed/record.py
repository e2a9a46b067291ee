"""A folder with rules and a record on a day, in which commands are typed, and copies of it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.conftest import Result, Run


class Record:
    def __init__(
        self, run: Run, patch: pytest.MonkeyPatch, folder: Path, today: str, options: tuple[str, ...] = ()
    ) -> None:
        self.folder, self.today, self.options = folder, today, options
        self._run, self._patch = run, patch
        self._said: dict[str, Any] = {}

    def type(self, *words: str) -> Result:
        """One command, without a terminal; the options of this record stand before it."""
        self._patch.chdir(self.folder)
        return self._run(*self.options, *words, today=self.today)

    def read(self, report: str, *words: str) -> Any:
        """The JSON of a report, asked for once: a record that is looked at does not change."""
        key = " ".join((report, *words))
        if key not in self._said:
            result = self.type(*report.split(), *words, "--json")
            assert result.code in (0, 5), f"{key}: {result.err}"
            self._said[key] = result.json
        return self._said[key]

    def named(self, *options: str) -> Record:
        """The same with options before every command."""
        return Record(self._run, self._patch, self.folder, self.today, options)

    @contextmanager
    def copied(self) -> Iterator[Record]:
        """The same elsewhere, to be changed."""
        copy = Path(shutil.copytree(self.folder, self.folder.with_name(f"{self.folder.name}-copy")))
        try:
            yield Record(self._run, self._patch, copy, self.today, self.options)
        finally:
            self._patch.chdir(self.folder)
            shutil.rmtree(copy)

    @property
    def rules(self) -> Path:
        """Its pipeline.yaml."""
        return self.folder / (self.options[1] if self.options[:1] == ("--config",) else "pipeline.yaml")

    def take_out(self, stage: str) -> None:
        """What a person does in the editor who merges a stage with another."""
        said = yaml.safe_load(self.rules.read_text("utf-8"))
        for pipeline in said["pipelines"].values():
            pipeline["stages"] = [one for one in pipeline["stages"] if one["id"] != stage]
        self.rules.write_text(yaml.safe_dump(said, sort_keys=False, allow_unicode=True), "utf-8")
