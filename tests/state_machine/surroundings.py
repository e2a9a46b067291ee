"""What reads, exports, imports and runs under another pipeline.yaml is held to."""

from __future__ import annotations

import copy
import csv
import io
from datetime import timedelta
from itertools import zip_longest
from typing import Any

from pipeline_cli.domain.words.clock import to_text
from tests.state_machine import invariants
from tests.state_machine.door import Door
from tests.state_machine.ledger import ALL, Ledger
from tests.state_machine.words import ADDRESSES, STAGES, Drawn

TABLES = ("deals", "moves", "touchpoints", "contacts", "changes")
REPORTS = (
    ("list", "status=all"),
    ("today",),
    ("health",),
    ("funnel",),
    ("forecast", "--deals"),
    ("sources",),
    ("cohorts",),
    ("lessons",),
    ("prune", "--dry-run"),
    ("history",),
    ("review",),
)
STATUSES = ("open", "won", "lost", "disqualified")


class Surroundings(Ledger):
    """All but the choice of what comes next."""

    # Files

    def do_import(self, drawn: Drawn) -> None:
        """A file of one or two deals, perhaps with a bad row, twice."""
        created, is_bad = to_text(self.now - timedelta(days=drawn.number)), drawn.number % 5 == 4
        self.told.add(created)
        rows = [["external_id", "title", "value", "stage", "created_at", "currency"]]
        rows.append([f"A-{drawn.deal % 3}", drawn.text, drawn.amount[1], STAGES[drawn.number % 3], created, "EUR"])
        rows += [["=7", "Second", "0.29", "won" if drawn.number % 2 else "lost", created, "EUR"]] * drawn.flag
        rows += [["B-1", "x", "minus five", "prospecting", created, "EUR"]] * is_bad
        text = io.StringIO(newline="")
        csv.writer(text).writerows(rows)
        (self.door.folder / "deals.csv").write_text(text.getvalue(), encoding="utf-8", newline="")
        first = self.do("import", "deals.csv", "--decimal", ".", changes_the_past=True)
        assert (first.code == 5) == is_bad, first.err
        before = self.dump
        self.do("import", "deals.csv", "--decimal", ".", changes_the_past=True)
        assert self.dump == before, "the same file twice changed something"

    def do_export(self, _: Drawn) -> None:
        """Export, import into an empty record, export: the same bytes."""
        if not self.dump["deals"]:
            return
        first = self.export(self.door)
        other = Door(self.root / "other")
        (other.folder / "pipeline.yaml").write_bytes((self.door.folder / "pipeline.yaml").read_bytes())
        for name, text in first.items():
            (other.folder / f"{name}.csv").write_text(text, encoding="utf-8", newline="")
        files = [word for name in TABLES[1:] for word in (f"--{name}", f"{name}.csv")]
        result = other.run("import", "deals.csv", *files, now=self.now)
        assert result.code == 0, result.err
        for name, text in self.export(other).items():
            others = [pair for pair in zip_longest(first[name].split("\n"), text.split("\n")) if pair[0] != pair[1]]
            assert not others, f"{name} are others after export and import: {others[:3]}"
        for file in other.folder.iterdir():
            file.unlink()

    def export(self, door: Door) -> dict[str, str]:
        texts = {}
        for table in TABLES:
            result = door.run("export", table, now=self.now)
            assert result.code == 0, result.err
            invariants.cells_are_no_formulas(result.out)
            texts[table] = result.out
        return texts

    def do_restore(self, drawn: Drawn) -> None:
        """What was done after a backup is gone with its restoring; what could be undone and redone before, can be again."""
        backup = self.door.folder / "kept.db"
        assert self.door.run("backup", backup.name, now=self.now).code == 0
        kept = copy.deepcopy([self.dump, self.before, self.after, self.owners, self.highest, self.past])
        self.do_note(drawn)
        self.do_add(drawn)
        assert self.door.run("restore", backup.name, "--yes", now=self.now).code == 0
        self.is_the_same(self.door.dump(), kept[0], "restore")
        self.dump, self.before, self.after, self.owners, self.highest, self.past = kept
        for file in self.door.folder.glob("kept.db*"):
            file.unlink()
        self.look(is_new=False)

    # People

    def do_forget(self, drawn: Drawn) -> None:
        """No file beside the record holds the address afterwards; neither this nor anything before it is taken back."""
        who = ADDRESSES[drawn.number % len(ADDRESSES)]
        result = self.door.run("contact", "forget", who, "--yes", now=self.now)
        if result.code == 4:
            assert self.door.dump() == self.dump
            return
        assert result.code == 0, result.err
        for file in self.door.folder.rglob("*"):
            assert not file.is_file() or who.encode() not in file.read_bytes().lower(), f"{who} is in {file.name}"
        self.dump = self.door.dump()
        self.before.clear()
        self.after.clear()
        self.past.clear()
        for words in (("undo",), ("redo",), ("redo", "--all"), ("undo", "--to", "1"), ("undo", "--only", "1")):
            assert self.door.run(*words, now=self.now).code == 5, f"{words} of forget"
        assert self.door.dump() == self.dump
        self.look(is_new=False)

    # Reports

    def do_today(self, drawn: Drawn) -> None:
        """As of today is now."""
        report = REPORTS[drawn.number % len(REPORTS)]
        assert self.read(*report) == self.read(*report, "--as-of", "today")

    def do_sums(self, _: Drawn) -> None:
        invariants.sums_agree(self.listed("status=all"), self.read("health", ALL), self.dump)
        found = [row for row in self.read("check")["rows"] if row["severity"] == "problem"]
        assert found == [], found

    def do_filters(self, drawn: Drawn) -> None:
        """Filters partition."""
        word, days, limit = ("idle", "age", "score")[drawn.number % 3], drawn.deal, str(drawn.amount[1])
        everything = sorted(row["id"] for row in self.listed("status=all"))
        for parts in (
            [(f"status={status}",) for status in STATUSES],
            [("status=all", f"value>{limit}"), ("status=all", f"value<={limit}"), ("status=all", "value=")],
            [("status=all", f"{word}>{days}"), ("status=all", f"{word}<={days}"), ("status=all", f"{word}=")],
            [("status=all", f"stage={STAGES[0]}"), ("status=all", f"stage!={STAGES[0]}")],
        ):
            found = [row["id"] for part in parts for row in self.listed(*part)]
            assert sorted(found) == everything, f"{parts} are no parts of all"

    # Other rules of the house

    def do_restage(self, drawn: Drawn) -> None:
        """Stages with other names, or in another order: the same deals and sums."""
        stage, new = STAGES[drawn.number % 5], drawn.flag
        file = self.door.folder / "pipeline.yaml"
        text = file.read_text(encoding="utf-8")
        before = self.counts()
        file.write_text(renamed(text, stage) if new else turned_round(text), encoding="utf-8")
        try:
            assert self.counts() == before
        finally:
            file.write_text(text, encoding="utf-8")

    def counts(self) -> Any:
        health = self.read("health", ALL)
        by_stage = sorted((row["stage"], row["deals"], row["value"]) for row in health["rows"])
        return by_stage, health["totals"]["open_value"], health["totals"]["won_deals"], health["totals"]["lost_deals"]

    def do_map(self, drawn: Drawn) -> None:
        """Under a new id the deals are where they were; then all of it is taken back."""
        stage = STAGES[drawn.number % 3]
        here = ("services", stage, "open")
        deals = invariants.rows(self.dump, "deals")
        if not any((deal["pipeline"], deal["stage"], deal["status"]) == here for deal in deals):
            return
        file = self.door.folder / "pipeline.yaml"
        text = file.read_text(encoding="utf-8")
        file.write_text(text.replace(f"- id: {stage}\n", "- id: mapped\n"), encoding="utf-8")
        try:
            before = sorted((row["id"], row["value"]) for row in self.listed("status=all"))
            assert self.do("note", self.pick(0), "x").code == 3
            assert self.do("check", "--map", f"{stage}=mapped", changes_the_past=True).code == 0
            assert sorted((row["id"], row["value"]) for row in self.listed("status=all")) == before
            self.do_undo(drawn)
        finally:
            file.write_text(text, encoding="utf-8")
        self.after.clear()
        self.do("note", self.pick(0), "so that the map cannot be done again")


def renamed(text: str, stage: str) -> str:
    """Another name for people, the same key."""
    head, mark, tail = text.partition(f"- id: {stage}\n")
    first, colon, rest = tail.partition("name: ")
    return f"{head}{mark}{first}{colon}Another {rest}"


def turned_round(text: str) -> str:
    """The first two stages change places."""
    head, first, second, *rest = text.split("\n      - id: ", 3)
    return "\n      - id: ".join([head, second, first, *rest])
