"""What the commands that change something are held to: after each of them `invariants`, its undo and its redo."""

from __future__ import annotations

import shutil
import tempfile
from datetime import UTC, datetime, timedelta
from email.header import Header
from email.utils import format_datetime
from pathlib import Path
from typing import Any

from pipeline_cli.domain.words.clock import to_text
from tests.conftest import Result
from tests.state_machine import invariants
from tests.state_machine.door import Door, Dump
from tests.state_machine.words import ADDRESSES, DELTAS, PLACES, SECOND, STAGES, Drawn

START = datetime(2026, 3, 2, 9, 0, 0, 123000, tzinfo=UTC)
ME = "me@mine.example"
_IN_MEMORY = Path("/dev/shm")  # noqa: S108 - a disk makes every commit wait; elsewhere the usual folder

ALL = "--all-pipelines"
PAST = (
    ("list", "status=all", ALL),
    ("health", ALL),
    ("funnel", ALL),
    ("forecast", "--deals", ALL),
    ("funnel",),
    ("funnel", "--pipeline", "renewals"),
)


class Ledger:
    """What was done, and what the program must therefore say."""

    def __init__(self) -> None:
        self.root = Path(tempfile.mkdtemp(dir=_IN_MEMORY if _IN_MEMORY.is_dir() else None))
        self.door = Door(self.root / "home")
        self.now = START
        self.told = {to_text(START)}
        self.owners: dict[int, str] = {}
        self.highest: dict[str, int] = {}
        self.before: list[Dump | None] = []
        """Of each operation that stands, what the record was before it; None: nobody has seen that."""
        self.after: list[tuple[Dump | None, list[Dump | None]]] = []
        """What redo leads to, the next one last: the record, and `before` of it."""
        self.past: dict[tuple[str, ...], str] = {}
        assert self.door.run("init", now=self.now).code == 0
        rules = self.door.folder / "pipeline.yaml"
        text = rules.read_text(encoding="utf-8")
        text = text.replace("\nqualification:", f"\n{SECOND}\nqualification:")
        rules.write_text(f"{text}\ncapture: {{me: [{ME}]}}\n", encoding="utf-8")
        for name in ("new", "cur", "tmp"):
            (self.mail / name).mkdir(parents=True)
        self.dump = self.door.dump()

    @property
    def mail(self) -> Path:
        """A Maildir: what was undone comes again, and what was logged does not."""
        return self.root / "mail"

    def end(self) -> None:
        shutil.rmtree(self.root)

    # What every command is held to

    def read(self, *words: str) -> Any:
        """A reading command: it ends well and leaves the file alone. Its JSON."""
        content = self.door.database.read_bytes()
        result = self.door.run(*words, "--json", now=self.now)
        assert result.code == 0, f"{words}: {result.err}"
        assert self.door.database.read_bytes() == content, f"{words} changed the file"
        return result.json

    def do(self, *words: str, changes_the_past: bool = False) -> Result:
        """A writing command: all of it, which can be taken back, or nothing."""
        content, operations = self.door.database.read_bytes(), self.door.operations()
        result = self.door.run(*words, now=self.now)
        if result.code != 0:
            assert self.door.database.read_bytes() == content, f"{words} failed, and changed the file: {result.err}"
            return result
        if self.door.operations() == operations:
            assert self.door.dump() == self.dump, f"{words} changed something without an operation"
            return result
        self.before.append(self.dump)
        self.after.clear()
        self.dump = self.door.dump()
        if changes_the_past:
            self.past.clear()
        self.look(is_new=True)
        for command, expected in (("undo", self.before[-1]), ("redo", self.dump)):
            assert self.door.run(command, now=self.now).code == 0
            self.is_the_same(self.door.dump(), expected, f"{command} of {words}")
        return result

    def is_the_same(self, found: Dump, expected: Dump, what: str) -> None:
        for table in expected:
            assert found[table] == expected[table], f"{what} left other {table}"

    def look(self, *, is_new: bool) -> None:
        for table in self.dump:
            ids = [int(row[0][1]) for row in self.dump[table]]  # type: ignore[index]
            if is_new:
                known = {row[0] for row in (self.before[-1] or {})[table]}
                fresh = [number for number, row in zip(ids, self.dump[table], strict=True) if row[0] not in known]
                assert all(number > self.highest.get(table, 0) for number in fresh), f"{table}: {fresh} again"
            self.highest[table] = max([*ids, self.highest.get(table, 0)])
        for deal in invariants.rows(self.dump, "deals"):
            owner = self.owners.setdefault(deal["id"], deal["public_id"])
            assert owner == deal["public_id"], f"number {deal['id']} was given twice"
        invariants.history_is_a_chain(self.dump)
        invariants.closed_deals_are_closed(self.dump)
        invariants.last_chances_run_for_the_dead_alone(self.dump)
        invariants.instants_were_told(self.dump, self.told)

    def pick(self, number: int) -> str:
        """One of the deals there are; of none, a number that no deal has."""
        deals = self.dump["deals"]
        return str(deals[number % len(deals)][0][1]) if deals else "99"  # type: ignore[index]

    def listed(self, *words: str) -> list[dict[str, Any]]:
        return self.read("list", *words, ALL)["rows"]  # type: ignore[no-any-return]

    # Time

    def do_wait(self, drawn: Drawn) -> None:
        self.now += DELTAS[drawn.number % len(DELTAS)]
        self.told.add(to_text(self.now))

    def do_remember(self, drawn: Drawn) -> None:
        """What a report says of a day gone by is what it said of it before."""
        day = (self.now - timedelta(days=drawn.deal + 1)).date().isoformat()
        key = (*PAST[drawn.number % len(PAST)], "--as-of", day)
        self.past.setdefault(key, str(self.read(*key)))
        for known, said in self.past.items():
            assert str(self.read(*known)) == said, f"{known} says something else than before"

    # Deals

    def do_add(self, drawn: Drawn) -> None:
        typed, amount = drawn.amount
        who = ["--contact", drawn.person] if drawn.person else []
        place = ["--close", "40d", "--stage", STAGES[drawn.number % 3]]
        result = self.do("add", "--value", typed, *place, *who, "--", drawn.text)
        if result.code != 0:
            assert drawn.person is not None, result.err  # on the do-not-contact list
            return
        number = result.out.strip()
        row = next(row for row in self.listed("status=all") if row["id"] == int(number))
        assert row["title"] == drawn.text.strip()
        assert invariants.cents(row["value"]) == amount * 100, f"{typed} became {row['value']}"

    def do_note(self, drawn: Drawn) -> None:
        number = self.pick(drawn.deal)
        if self.do("note", number, "--", drawn.text).code == 0:
            assert drawn.text.strip() in [one["text"] for one in self.read("show", number)["notes"]]

    def do_edit(self, drawn: Drawn) -> None:
        number, (typed, amount) = self.pick(drawn.deal), drawn.amount
        close = f"{drawn.number}d" if drawn.flag else ""
        if self.do("edit", number, "--value", typed, "--close", close, f"--owner={drawn.text}").code == 0:
            row = next(row for row in self.listed("status=all") if row["id"] == int(number))
            assert invariants.cents(row["value"]) == amount * 100, f"{typed} became {row['value']}"

    def do_cross(self, drawn: Drawn) -> None:
        """To a stage of a pipeline, which may be the one it is in."""
        number, (pipeline, stage) = self.pick(drawn.deal), PLACES[drawn.number % len(PLACES)]
        if self.do("edit", number, "--pipeline", pipeline, "--stage", stage).code == 0:
            row = next(row for row in self.listed() if row["id"] == int(number))
            assert (row["pipeline"], row["stage"], row["days_in_stage"]) == (pipeline, stage, 0)

    def do_log(self, drawn: Drawn) -> None:
        at, number = self.now - timedelta(days=drawn.number), self.pick(drawn.deal)
        if drawn.flag:
            self.told.add(to_text(at))
        when = ["--at", to_text(at)] if drawn.flag else []
        direction = ("--in", "--out")[drawn.number % 2]
        kind = ("call", "email", "meeting")[drawn.number % 3]
        unanswered = ("--no-answer", "--voicemail", "--no-show", "--outcome=bounced")[drawn.number % 4]
        no_word = [("--auto" if direction == "--in" else unanswered)] if drawn.deal % 2 else []
        result = self.do("log", direction, *no_word, *when, number, kind, "--", drawn.text, changes_the_past=drawn.flag)
        if result.code == 0:
            assert drawn.text.strip() in [one["note"] for one in self.read("show", number)["touchpoints"]]

    def do_next(self, drawn: Drawn) -> None:
        """One more, at a time of day or not; in the place of all; or the first one on another day."""
        number, at = self.pick(drawn.deal), (f"{drawn.number}d", f"{drawn.number}d 14:30")[drawn.flag]
        if drawn.number % 4 == 3:
            self.do("next", number, at)
            return
        more = [*(["--for", "45m"] if drawn.flag else []), *(["--replace"] if drawn.number % 4 == 2 else [])]
        before = self.steps(number)
        if self.do("next", *more, number, at, "--", drawn.text).code == 0:
            assert len(self.steps(number)) == (1 if "--replace" in more else len(before) + 1)

    def do_done(self, drawn: Drawn) -> None:
        """The earliest, or the second."""
        number = self.pick(drawn.deal)
        before = self.steps(number)
        if self.do("done", f"{number}.2" if drawn.flag else number).code == 0 and drawn.flag:
            assert self.steps(number) == [before[0], *before[2:]]

    def steps(self, number: str) -> list[tuple[str, str, str | None]]:
        """The open ones of a deal."""
        if not self.dump["deals"]:
            return []
        return [(step["due"], step["text"], step["time"]) for step in self.read("show", number)["next_steps"]]

    def do_confirm(self, drawn: Drawn) -> None:
        criterion = ("problem", "champion")[drawn.number % 2]
        self.do(
            "confirm", self.pick(drawn.deal), criterion, *([f"--evidence={drawn.text}"] if drawn.flag else ["--revoke"])
        )

    def do_qualify(self, drawn: Drawn) -> None:
        answer = ("yes", "no", "unknown")[drawn.number % 3]
        self.do("qualify", self.pick(drawn.deal), "--set", f"{('need', 'budget')[drawn.flag]}={answer}")

    def do_advance(self, drawn: Drawn) -> None:
        force = ["--force", "--reason", "why", "--to", STAGES[drawn.number % 5]] if drawn.flag else []
        self.do("advance", self.pick(drawn.deal), *force)

    def do_back(self, drawn: Drawn) -> None:
        self.do("back", self.pick(drawn.deal), STAGES[drawn.number % 2], f"--reason={drawn.text}")

    def do_mistake(self, drawn: Drawn) -> None:
        why = [f"--reason={drawn.text}"] if drawn.flag else []
        number, stage = self.pick(drawn.deal), STAGES[drawn.number % 4]
        if self.do("back", number, stage, "--mistake", *why, changes_the_past=True).code == 0:
            assert self.read("show", number)["deal"]["stage"] == stage

    def do_win(self, drawn: Drawn) -> None:
        more = ["--check-in", "90d"] if drawn.flag else ["--value", drawn.amount[0]]
        self.do("win", self.pick(drawn.deal), *more)

    def do_lose(self, drawn: Drawn) -> None:
        again = ["--again", f"{drawn.number}d"] if drawn.flag else []
        words = ["--", drawn.text] if drawn.flag and drawn.number % 2 else []
        number = self.pick(drawn.deal)
        if self.do("lose", "--reason", "price", f"--note={drawn.text}", *again, number, *words).code == 0:
            assert (self.read("show", number)["deal"]["next_step"] is not None) == drawn.flag, "a step that was over"

    def do_disqualify(self, drawn: Drawn) -> None:
        self.do("disqualify", self.pick(drawn.deal), f"--reason={drawn.text}")

    def do_reopen(self, drawn: Drawn) -> None:
        number = self.pick(drawn.deal)
        planned = [step for step in invariants.rows(self.dump, "next_steps") if step["deal_id"] == int(number)]
        if self.do("reopen", number).code == 0:
            kept = [step for step in invariants.rows(self.dump, "next_steps") if step["deal_id"] == int(number)]
            assert kept == planned, "what was planned for a closed deal is its next step when it is opened again"

    def do_snooze(self, drawn: Drawn) -> None:
        self.do(
            "snooze", self.pick(drawn.deal), f"{drawn.number}d", *([f"--reason={drawn.text}"] if drawn.flag else [])
        )

    def do_grow(self, drawn: Drawn) -> None:
        self.do("add", "--from", self.pick(drawn.deal), "--", drawn.text)

    def do_merge(self, drawn: Drawn) -> None:
        self.do("merge", self.pick(drawn.deal), self.pick(drawn.number), changes_the_past=True)

    def do_split(self, drawn: Drawn) -> None:
        number, (typed, amount) = self.pick(drawn.deal), drawn.amount
        rows = {str(row["id"]): row for row in self.listed("status=all")}
        keep = ["--keep-value"] if drawn.flag else []
        result = self.do("split", "--value", typed, *keep, number, "--", drawn.text, changes_the_past=True)
        if result.code != 0:
            return
        now = {str(row["id"]): row for row in self.listed("status=all")}
        worth, old = now[number]["value"], rows[number]["value"]
        assert invariants.cents(now[result.out.strip()]["value"]) == amount * 100
        less = 0 if drawn.flag or old is None else amount * 100
        assert invariants.cents(worth) == invariants.cents(old) - less, f"{old} less {typed} became {worth}"

    def do_prune(self, drawn: Drawn) -> None:
        self.do("prune", "--yes", *(["--now"] if drawn.flag else []))

    def do_keep(self, drawn: Drawn) -> None:
        self.do(*(("forecast", "--save"), ("review", "--mark"))[drawn.flag])

    def do_person(self, drawn: Drawn) -> None:
        """Somebody new, or more about somebody."""
        mail = f"p{drawn.number % 3}@b.example"
        if drawn.flag:
            self.do("contact", "add", "--email", mail, "--deal", self.pick(drawn.deal), "--", drawn.text)
        else:
            self.do("contact", "edit", mail, f"--role={drawn.text}")

    def do_opt_out(self, drawn: Drawn) -> None:
        who = ADDRESSES[drawn.number % len(ADDRESSES)]
        self.do("contact", "opt-out", who, *(["--revoke"] if drawn.flag else []))

    def do_capture(self, drawn: Drawn) -> None:
        """One more mail, of somebody known or not, or a meeting that moves; all of it once, however often it is read."""
        at = (self.now - timedelta(days=drawn.number)).replace(microsecond=0)
        self.told.add(to_text(at))
        number = len(list((self.mail / "cur").iterdir()))
        who = (*ADDRESSES, "new@b.example", "ann@home.example")[drawn.number % 5]
        sender, to = (ME, who) if drawn.flag else (who, ME)
        answers = f"In-Reply-To: <m{number - 1}@x>\n" if drawn.deal % 2 else ""
        (self.mail / "cur" / f"{number}:2,S").write_text(
            f"From: {sender}\nTo: {to}\nSubject: {Header(drawn.text, 'utf-8').encode()}\nDate: {format_datetime(at)}\n"
            f"Message-ID: <m{number}@x>\n{answers}\n{drawn.text}\n",
            encoding="utf-8",
        )
        assert self.do("capture", "mail", str(self.mail), changes_the_past=True).code == 0
        dump = self.door.dump()
        assert self.do("capture", "mail", str(self.mail)).code == 0
        self.is_the_same(self.door.dump(), dump, "the second capture")
        touched = [row["touchpoint_id"] for row in invariants.rows(self.dump, "captured") if row["touchpoint_id"]]
        assert len(touched) == len(set(touched)), "two mails are one touchpoint"

    def do_assign(self, drawn: Drawn) -> None:
        """What waits is put on a deal, given to somebody, or dropped."""
        waiting = [row["item"] for row in self.read("capture", "review")["rows"]]
        if not waiting:
            return
        item = str(waiting[drawn.number % len(waiting)])
        if drawn.number % 3 == 0:
            self.do("capture", "ignore", item)
        elif drawn.flag:
            self.do("capture", "assign", item, self.pick(drawn.deal), changes_the_past=True)
        else:
            self.do("capture", "assign", item, "--contact", "ann@acme.example", changes_the_past=True)
        if drawn.number % 3 or self.before:
            left = [row["item"] for row in self.read("capture", "review")["rows"]]
            assert set(left) <= set(waiting), "a decision asked more"

    def do_addresses(self, drawn: Drawn) -> None:
        """Somebody has one address more or less, another first, or is somebody else."""
        who = ADDRESSES[drawn.number % len(ADDRESSES)]
        how = (
            ("contact", "edit", who, "--add-email", f"{drawn.text}=ann@home.example"),
            ("contact", "edit", "ann@home.example", "--first", "ann@home.example"),
            ("contact", "edit", who, "--remove", "ann@home.example"),
            ("contact", "edit", who, f"--org={drawn.text}", *(["--was-wrong"] if drawn.flag else [])),
            ("contact", "merge", who, ADDRESSES[drawn.deal % len(ADDRESSES)]),
            ("contact", "edit", who, "--deal", self.pick(drawn.deal), f"--deal-role={drawn.text}"),
        )
        self.do(*how[drawn.number % len(how)], changes_the_past=True)

    # Taking back

    def do_add_again(self, drawn: Drawn) -> None:
        """A deal that is added, taken back and added again gets another number."""
        if self.do("add", "--", drawn.text).code == 0:
            self.do_undo(drawn)
            self.do("add", "--", drawn.text)

    def do_undo(self, _: Drawn) -> None:
        result = self.door.run("undo", now=self.now)
        assert result.code == (0 if self.before else 5), result.err
        if self.before:
            self.go_back(1)
            self.returned("undo")

    def do_undo_down_to(self, drawn: Drawn) -> None:
        """Several at once, by their number or by the last of them."""
        count = drawn.number % 8 + 1
        numbers = self.numbers()
        how: tuple[str, ...] = (str(count), "--yes")
        if drawn.flag and count <= len(numbers):
            how = (("--to", str(numbers[count - 1])), (f"#{numbers[count - 1]}",))[drawn.deal % 2]
        result = self.door.run("undo", *how, now=self.now)
        assert result.code == (0 if count <= len(self.before) else 5), result.err
        if count <= len(self.before):
            self.go_back(count)
        self.returned(f"undo {how}")

    def do_undo_only(self, drawn: Drawn) -> None:
        """One older operation alone: the states of the record before the later ones are then without it."""
        if not self.before:
            return
        place = len(self.before) - 1 - drawn.number % len(self.before)
        number = self.numbers()[len(self.before) - 1 - place]
        result = self.door.run("undo", "--only", str(number), now=self.now)
        assert result.code in (0, 5), result.err
        if result.code == 5:
            assert place < len(self.before) - 1, f"nothing can rest on the newest: {result.err}"
            self.returned("undo --only that was refused")
            return
        self.after.append((self.dump, list(self.before)))
        here = self.before[place]
        later = len(self.before) - 1 - place
        self.before[place:] = [here, *[None] * (later - 1)] if later else []
        self.dump = self.door.dump() if later or here is None else here
        self.returned(f"undo --only {number}")

    def do_redo(self, _: Drawn) -> None:
        result = self.door.run("redo", now=self.now)
        assert result.code == (0 if self.after else 5), result.err
        if self.after:
            self.go_on(1)
            self.returned("redo")

    def do_redo_several(self, drawn: Drawn) -> None:
        count = len(self.after) if drawn.flag else drawn.number % 5 + 1
        result = self.door.run("redo", "--all" if drawn.flag else str(count), now=self.now)
        assert result.code == (0 if 1 <= count <= len(self.after) else 5), result.err
        if result.code == 0:
            self.go_on(count)
        self.returned(f"redo of {count}")

    def numbers(self) -> list[int]:
        """Of the operations that can be taken back, the newest first."""
        rows = self.read("history")["rows"]
        return [row["operation"] for row in rows if not row["undone"]][: len(self.before)]

    def go_back(self, count: int) -> None:
        expected: Dump | None = self.dump
        for _ in range(count):
            self.after.append((expected, list(self.before)))
            expected = self.before.pop()
        self.dump = expected or self.door.dump()

    def go_on(self, count: int) -> None:
        for _ in range(count):
            expected, self.before = self.after.pop()
        self.dump = expected or self.door.dump()

    def returned(self, what: str) -> None:
        """The record is as expected."""
        self.is_the_same(self.door.dump(), self.dump, what)
        self.past.clear()
        self.look(is_new=False)
