"""The seller: what is typed for what happened, and what is true of the deals from then on."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from random import Random
from typing import TYPE_CHECKING

from benchmarks.sellers_quarter.habits import HABITS, MIXED, Habits
from benchmarks.sellers_quarter.judging import Judge
from benchmarks.sellers_quarter.printed import PrintedCommands
from benchmarks.sellers_quarter.program import Program, Said
from benchmarks.sellers_quarter.tally import Tally
from benchmarks.sellers_quarter.truth import (
    ATTEMPT,
    AUTOMATIC,
    CONVERSATION,
    MISSED,
    ZONE,
    Deal,
    Rules,
    Step,
    Touch,
    day_of,
)

if TYPE_CHECKING:
    from benchmarks.sellers_quarter.cron import Cron

TELLS_NOTHING = ("It still matters to them", "Good talk", "")
"""Nobody types that of a talk which the calendar brought."""
SAID = ("They lose two days a week to it", "It still matters to them", "They asked what it would take", "Good talk", "")
ASKED = ("Asked how it stands", "Sent a few words", "Tried once more", "")
IN_VAIN = {
    "call": (
        ("no answer", "--no-answer"),
        ("voicemail", "--voicemail"),
        ("left message", ""),
        ("busy", ""),
        ("No Answer", ""),
        ("wrong number", ""),
    ),
    "meeting": (("no show", "--no-show"), ("No-show", ""), ("cancelled", ""), ("rescheduled", "")),
}
"""Kind -> the outcome in words, and the option that means it."""
SPOKEN = ("connected", "reached", "held", "completed", "good", "friendly, wants to see more")


@dataclass
class Line:
    """A line of `add` or `log` that is not typed yet: more may belong to it."""

    deal: Deal
    words: list[object]
    at: datetime | None
    """When it happened, where it is told late."""
    effects: list[Callable[[Said], None]] = field(default_factory=list)
    """What is true once it was typed."""
    advances: bool = False
    least: int = 0
    """As many words say nothing that the mailbox or the calendar does not know: it is not typed then."""
    unless_typed: Callable[[], None] | None = None


class Seller:
    """Types what it was told to, remembers what is true, and has it judged."""

    def __init__(
        self, program: Program, rules: Rules, tally: Tally, deals: dict[int, Deal], judge: Judge, habits: str, seed: int
    ) -> None:
        self.program, self.rules, self.tally, self.deals, self.judge = program, rules, tally, deals, judge
        self._habits, self._seed = habits, seed
        self._chances: dict[int, Random] = {}
        self.now = datetime.min.replace(tzinfo=ZONE)
        self.typed = 0
        self.kinds_typed: Counter[str] = Counter()
        self.cron: Cron | None = None
        """Reads mailbox and calendar; None: every mail is typed."""
        self.touched: set[int] = set()
        self._in_vain: dict[tuple[tuple[str, ...], bool], list[Deal]] = {}
        """Calls of the day that nobody took: by the words that say so and whether a step is done by them."""
        self.carrying_out: Step | None = None
        """The step that is done by what is logged now: a terminal asks about it, a script says `--done`."""
        self._line: Line | None = None
        self.printed = PrintedCommands(program, tally, self._state_of, self._deal_in)

    def read_post(self) -> None:
        """What cron does every few minutes."""
        if self.cron is not None:
            self.cron.run()

    # habits

    def chance(self, deal: Deal) -> Random:
        """Of each deal its own, so that what happens to one changes nothing about another."""
        return self._chances.setdefault(deal.id, Random(f"{self._seed}:{deal.title}"))

    def does(self, habit: str, deal: Deal) -> bool:
        return self.chance(deal).random() < float(getattr(self.habits_with(deal), habit))

    def habits_with(self, deal: Deal) -> Habits:
        """Of the seller who has that deal."""
        return HABITS[
            Random(f"{self._seed}:habits:{deal.id}").choice([*HABITS]) if self._habits == MIXED else self._habits
        ]

    @property
    def today(self) -> date:
        return day_of(self.now)

    def wait(self, minutes: float) -> None:
        self.now += timedelta(minutes=minutes)

    # the line that is being typed

    def type_line(self) -> Said | None:
        """What happened with a deal and came of it, as the one line it is typed as; None: there is none."""
        line, self._line = self._line, None
        if line is None:
            return None
        if len(line.words) <= line.least:
            if line.unless_typed is not None:
                line.unless_typed()
            return None
        said = self.type(*line.words, deal=line.deal, refusable=line.advances)
        for effect in line.effects:
            effect(said)
        return said

    def _line_on(self, deal: Deal) -> Line | None:
        """The line of `log` about it that is not typed yet, of a deal that is still open."""
        line = self._line
        return line if line is not None and line.deal is deal and line.words[0] in ("log", "advance") else None

    def add(self, deal: Deal, words: list[object]) -> None:
        """A deal that is new; how they met may go into the same line."""
        self.type_line()
        self._line = Line(deal, words, None, [lambda said: _refuse_another_number(deal, said)])

    # typing

    def type(self, *words: object, deal: Deal | None = None, refusable: bool = False) -> Said:
        """One command of the seller's. One that fails is a miss, unless a refusal is what may be."""
        if deal is not None:
            self.tell_calls(deal)
        self.type_line()
        self.read_post()
        self.wait(2)
        said = self.program.run([str(word) for word in words], self.now)
        self.typed += 1
        self.kinds_typed[str(words[0])] += 1
        if deal is not None:
            deal.history.append(f"{self.today} {said.line}")
            deal.typed += 1
            deal.kinds_typed[_kind_of(words)] += 1
            self.touched.add(deal.id)
        if said.code and not (refusable and said.code == 5):
            self.tally.miss("typed_fails", deal, self.today, said.line, f"{said.code}: {said.err}", "it should work")
        if not said.code:
            self.printed.try_all(said, self.now)
        return said

    def _deal_in(self, line: str) -> Deal | None:
        number = re.match(r"pipeline [\w-]+ #?(\d+)\b", line)
        return self.deals.get(int(number[1])) if number else None

    def _state_of(self, line: str) -> object:
        deal = self._deal_in(line)
        return self.today.isocalendar()[:2] if deal is None else len(deal.history)

    # touches

    def log(
        self,
        deal: Deal,
        kind: str,
        sense: str | None,
        *,
        inbound: bool = False,
        at: datetime | None = None,
        note: str | None = None,
        awaits: bool = False,
    ) -> None:
        """A touch, told as this seller tells it, now or late; what comes of it goes into the same line."""
        chance, adding = self.chance(deal), self._line
        said_what = chance.choice(ASKED if sense == ATTEMPT else SAID) if note is None else note
        if kind == "email" and self.cron is not None and deal.email:
            self.type_line()
            self.cron.mail(deal, Touch(kind, inbound, at or self.now, sense, awaits), said_what)
            return
        how: list[object] = [*said_what.split(), *(["-i"] if inbound else [])]
        how += self._outcome(deal, kind, sense, awaits=awaits)
        is_first_try = adding is not None and adding.deal is deal and adding.words[0] == "add" and sense == ATTEMPT
        if adding is not None and is_first_try and at is None and "--no-show" not in how:
            adding.words += ["--log", kind, *how]
            touch = Touch(kind, inbound, deal.created, sense, awaits)
            self.has_told(deal, touch)
            adding.effects.append(lambda said: self._has_heard(deal, touch, said))
            return
        self.type_line()
        if self.cron is not None and kind == "call" and sense == ATTEMPT and at is None:
            came_of_it = [str(word) for word in how[len(said_what.split()) :]]
            if came_of_it:
                self._keep_for_later(deal, tuple(came_of_it))
                return
        words: list[object] = ["log", deal.id, kind, *how]
        moment = self.now + timedelta(minutes=2) if at is None else at
        words += [] if at is None else ["-t", f"{at.astimezone(ZONE):%Y-%m-%d %H:%M}"]
        is_done = deal.step is not None and deal.step is self.carrying_out and not _is_attempt(deal.step)
        if is_done:
            deal.step = None
        tries = sense == ATTEMPT and not _runs(deal) and self.does("plans", deal)
        if tries and chance.random() < 0.5:
            words += ["--next-attempt", *(["--replace"] if deal.step is not None else [])]
        words += ["--done"] if is_done else []
        moment = moment.replace(second=0, microsecond=0) if at else moment
        self.read_post()
        self._line = Line(deal, words, at)
        touch = Touch(kind, inbound, moment, sense, awaits)
        known = None if self.cron is None else known_of_calendar(deal, touch)
        if known is not None:
            deal.touches.remove(known)
            touch = replace(touch, at=known.at)
            self._line.least = len(words) if sense == CONVERSATION and said_what in TELLS_NOTHING else 0
            self._line.least -= int(is_done)
            self._line.unless_typed = lambda: _as_the_calendar_has_it(deal, touch, known)
        self.has_told(deal, touch)
        self._line.effects.append(lambda said: self._has_heard(deal, touch, said))

    def _keep_for_later(self, deal: Deal, came_of_it: tuple[str, ...]) -> None:
        """Several calls that nobody took are told in one line, before anything else of one of them."""
        is_done = deal.step is not None and deal.step is self.carrying_out and not _is_attempt(deal.step)
        if is_done:
            deal.step = None
        self.carrying_out = None
        self._in_vain.setdefault((came_of_it, is_done), []).append(deal)

    def tell_calls(self, of: Deal | None = None) -> None:
        """Those that nobody took; `of`: only when one of them was to that deal."""
        for (came_of_it, is_done), deals in list(self._in_vain.items()):
            if of is not None and of not in deals:
                continue
            del self._in_vain[came_of_it, is_done]
            words = ["log", *(deal.id for deal in deals), "call", *came_of_it, *(["--done"] if is_done else [])]
            said = self._type_for(deals, words)
            for deal in deals:
                touch = Touch("call", inbound=False, at=self.now, sense=ATTEMPT)
                known = known_of_calendar(deal, touch)
                if known is not None:
                    deal.touches.remove(known)
                    touch.at = known.at
                self.has_told(deal, touch)
                self._has_heard(deal, touch, said)

    def _type_for(self, deals: Sequence[Deal], words: Sequence[object]) -> Said:
        said = self.type(*words)
        for deal in deals:
            deal.history.append(f"{self.today} {said.line}")
            deal.typed += 1 / len(deals)
            deal.kinds_typed["log call in vain"] += 1 / len(deals)
            self.touched.add(deal.id)
        return said

    def _outcome(self, deal: Deal, kind: str, sense: str | None, *, awaits: bool) -> list[object]:
        """The words that say what it was, where the kind alone would not."""
        chance, by_flag = self.chance(deal), self.does("uses_flags", deal)
        if sense == AUTOMATIC:
            return ["--auto"] if by_flag else ["--outcome", chance.choice(("out of office", "automatic reply"))]
        if kind not in IN_VAIN:
            return []
        if awaits:
            return ["--outcome", "missed call"]
        if sense == ATTEMPT:
            outcome, flag = chance.choice([one for one in IN_VAIN[kind] if one[1] or not by_flag])
            return [flag] if by_flag else ["--outcome", outcome]
        return ["--outcome", chance.choice(SPOKEN)] if not by_flag and chance.random() < 0.5 else []

    def has_told(self, deal: Deal, touch: Touch) -> None:
        """The record knows of it."""
        deal.told(touch)
        if deal.step is not None and _is_attempt(deal.step):
            spoken = deal.last(CONVERSATION, MISSED)
            ended = touch.sense in (CONVERSATION, MISSED) and not [
                one for one in deal.touches if one.sense == ATTEMPT and spoken and one.at > spoken.at
            ]
            made = touch.sense == ATTEMPT
            deal.step = None if ended or made else deal.step

    def _has_heard(self, deal: Deal, touch: Touch, said: Said) -> None:
        """What the program did about it by itself."""
        planned = re.search(r"Next: (Attempt \d+ of \d+), due (\d{4}-\d\d-\d\d)", said.out + said.err)
        if planned and touch.sense == ATTEMPT:
            _hide_meetings(deal, is_replaced="--replace" in said.line)
            deal.step = Step(date.fromisoformat(planned[2]), planned[1], agreed=False, since=self.now)
        chance = deal.last_chance
        if chance is not None and touch.sense in (CONVERSATION, MISSED):
            self.judge.expect_recall(deal, said, self.today, f"a {touch.kind} with them")

    def log_wrongly_and_change(self, deal: Deal, kind: str) -> None:
        """A call nobody took, logged as if they had spoken and set right at once."""
        if self.type("log", deal.id, kind, "typed too fast", deal=deal).code == 0:
            at, number = self.now, self._number_of_last(deal)
            if self.type("log", deal.id, "--change", number, "--outcome", "no answer", deal=deal).code == 0:
                deal.told(Touch(kind, inbound=False, at=at, sense=ATTEMPT))

    def log_twice_and_remove(self, deal: Deal, kind: str) -> None:
        """The same once more, and taken out again."""
        if self.type("log", deal.id, kind, "once too often", deal=deal).code == 0:
            self.type("log", deal.id, "--remove", self._number_of_last(deal), deal=deal)

    def may_slip(self, deal: Deal) -> bool:
        """Whether a wrong entry leaves no trace: one that ends a last chance or an attempt that is planned does."""
        self.read_post()
        if any(one.of_calendar and day_of(one.at) == self.today for one in deal.touches):
            return False
        return not _runs(deal) and not (deal.step and _is_attempt(deal.step)) and self.does("slips", deal)

    def _number_of_last(self, deal: Deal) -> int:
        """As `show` numbers the touchpoints of the deal."""
        touches = self.look("show", deal.id, "--json").json["touchpoints"]
        return max(int(one["number"]) for one in touches)

    # everything else that is told

    def plan(self, deal: Deal, step: Step) -> None:
        line = self._line_on(deal)
        if line is not None:
            line.words = [word for word in line.words if word not in ("--next-attempt", "--replace")]
            line.words += ["-n", step.due, *step.text.split(), *(["--replace"] if deal.step else [])]
            _hide_meetings(deal, is_replaced=deal.step is not None)
            deal.step, deal.planned_at = replace(step, since=self.now), self.now
            line.effects.append(lambda said: self.judge.expect_recall(deal, said, self.today, "a new next step"))
            return
        instead = ["--replace"] if deal.step else []  # a plan that was given up, which nobody says is done
        said = self.type("next", deal.id, step.due, step.text, *instead, deal=deal)
        if said.code == 0:
            _hide_meetings(deal, is_replaced=bool(instead))
            deal.step, deal.planned_at = replace(step, since=self.now), self.now
            self.judge.expect_recall(deal, said, self.today, "a new next step")

    def done(self, deal: Deal) -> None:
        line = self._line_on(deal)
        if line is not None and deal.status == "open":
            line.words.append("--done")
            deal.step = None
            return
        if self.type("done", deal.id, deal=deal).code == 0:
            if deal.status == "open":
                deal.step = None
            else:
                deal.later = None

    def edit(self, deal: Deal, *, value: float | None = None, close: date | None = None) -> None:
        deal.value, deal.close, deal.planned_at = value or deal.value, close or deal.close, self.now
        words: list[object] = [] if value is None else ["-v", deal.money]
        words += [] if close is None else ["--close", close]
        line = self._line_on(deal)
        if line is not None:
            line.words += words
            line.effects.append(
                lambda said: self.judge.expect_recall(deal, said, self.today, "a value or close date by hand")
            )
            return
        said = self.type("edit", deal.id, *words, deal=deal)
        if said.code == 0:
            self.judge.expect_recall(deal, said, self.today, "a value or close date by hand")

    def confirm(self, deal: Deal, criterion: str, evidence: str) -> None:
        line, name = self._line_on(deal), f"{deal.pipeline}:{deal.stage}.{criterion}"
        if line is not None:
            line.words += ["--confirm", *f"{criterion}={evidence}".split()]
            deal.confirmed.add(name)
        elif self.type("confirm", deal.id, criterion, *evidence.split(), deal=deal).code == 0:
            deal.confirmed.add(name)

    def qualify(self, deal: Deal) -> None:
        items = ("budget", "authority", "need", "timeline")
        words = [word for item in items for word in ("--set", f"{item}=yes")]
        line = self._line_on(deal)
        if line is not None:
            line.words += words
        else:
            self.type("qualify", deal.id, *words, "--evidence", "budget=the budget is set aside", deal=deal)

    def advance(self, deal: Deal) -> bool:
        """To the next stage, by the criteria or past them; what was planned stands in the same line. Whether it went."""
        stages = [one.id for one in self.rules.pipelines[deal.pipeline]]
        place, line = stages.index(deal.stage), self._line_on(deal)
        if place + 1 == len(stages):
            return False
        at = None
        if line is not None:
            line.words += ["-a"] if line.words[0] == "log" else []
            line.advances, line.least, at = True, 0, line.at
            said = self.type_line()
            assert said is not None  # noqa: S101 - there is a line
        else:
            self.judge.judge_show(self.look("show", deal.id, "--json"), deal, self.today)
            said = self.type("advance", deal.id, deal=deal, refusable=True)
        if said.code:
            self.judge.judge_show(self.look("show", deal.id, "--json"), deal, self.today)
            self.printed.try_checklist(said, self.now)
            if not self.does("forces", deal):
                return False
            at = None
            said = self.type("advance", deal.id, "--force", "--reason", "they want to go on", deal=deal)
        if said.code:
            return False
        # What led to the move came before it, in one line too.
        moved_at = (at or self.now) + timedelta(seconds=1 if line is not None else 0)
        deal.goes_on(self.rules, stages[place + 1], moved_at)
        self.judge.expect_recall(deal, said, self.today, "a move forward")
        return True

    def advance_by_mistake(self, deal: Deal) -> None:
        """A move that never should have been."""
        stages = [one.id for one in self.rules.pipelines[deal.pipeline]]
        place = stages.index(deal.stage)
        if place + 1 == len(stages):
            return
        words = ("--force", "--reason", "wrong deal")
        if self.type("advance", deal.id, *words, deal=deal).code == 0:
            self.type("back", deal.id, deal.stage, "--mistake", deal=deal)

    def cross(self, deal: Deal, pipeline: str, stage: str) -> None:
        """To another pipeline."""
        said = self.type("edit", deal.id, "--pipeline", pipeline, "--stage", stage, deal=deal)
        if said.code == 0:
            deal.pipeline = pipeline
            deal.has_come_to(stage, self.now)

    def snooze(self, deal: Deal, until: date, reason: str) -> None:
        line = self._line_on(deal)
        if line is not None:
            line.words += ["--snooze", until, *reason.split()]
            self.call_off(deal)
            deal.snoozed_until, deal.snooze_reason = until, reason
            line.effects.append(lambda said: self.judge.expect_recall(deal, said, self.today, "a snooze"))
            return
        self.call_off(deal)
        said = self.type("snooze", deal.id, until, *reason.split(), deal=deal)
        if said.code == 0:
            deal.snoozed_until, deal.snooze_reason = until, reason
            self.judge.expect_recall(deal, said, self.today, "a snooze")

    def wake(self, deal: Deal) -> None:
        """Before its day, with the reason of the snooze still there to be read, or not."""
        line = self._line_on(deal)
        if line is not None:
            line.words += ["--snooze", "today"]
            deal.snoozed_until, deal.planned_at = self.today, self.now
        elif self.type("snooze", deal.id, self.today, deal=deal).code == 0:
            deal.snoozed_until, deal.planned_at = self.today, self.now

    def win(self, deal: Deal) -> None:
        chance = self.chance(deal)
        words: list[object] = ["win", deal.id]
        words += ["-v", deal.money] if chance.random() < 0.5 else []
        check_in = self.today + timedelta(days=chance.randrange(10, 40)) if chance.random() < 0.4 else None
        words += ["--check-in", check_in] if check_in else []
        step = None
        if check_in is None and chance.random() < 0.6:
            step = Step(self.today + timedelta(days=chance.randrange(2, 20)), "Send the invoice")
            words += ["-n", step.due, *step.text.split()]
        line = self._line_on(deal)
        if line is not None and line.at is not None and line.at < max(_latest(deal), *deal.entered.values()):
            line = None  # they said so before something else that happened
        if line is not None:
            self._line = None
            words += _as_beside(line.words) if line.words[0] == "log" else line.words[2:]
        if self._close(deal, "won", words, line.effects if line is not None else ()):
            deal.later = Step(check_in, "check-in") if check_in else step

    def lose(self, deal: Deal, reason: str, again: Step | None = None) -> None:
        words: list[object] = ["lose", deal.id, "--reason", reason]
        words += ["--again", again.due, *again.text.split()] if again else []
        if self._close(deal, "lost", words):
            deal.later = again

    def disqualify(self, deal: Deal, reason: str) -> None:
        self._close(deal, "disqualified", ["disqualify", deal.id, "--reason", reason])

    def _close(
        self, deal: Deal, status: str, words: list[object], effects: Sequence[Callable[[Said], None]] = ()
    ) -> bool:
        """`effects`: what else is true once it was typed."""
        said = self.type(*words, deal=deal)
        if said.code == 0:
            for effect in effects:
                effect(said)
            if deal.last_chance and not deal.last_chance.over:
                deal.last_chance.over = status
            deal.status, deal.closed_by, deal.step, deal.later = status, "seller", None, None
            self.call_off(deal)
        return said.code == 0

    def call_off(self, deal: Deal) -> None:
        """No meeting of theirs stands in the calendar any more."""
        if self.cron is not None:
            self.cron.call_off(deal)

    def begin(self, deal: Deal) -> None:
        """Whatever is told next of it goes into one line, which has no touchpoint: the mailbox has it."""
        self.type_line()
        self._line = Line(deal, ["advance", deal.id], None, least=2)

    def reopen(self, deal: Deal) -> None:
        if self.type("reopen", deal.id, deal=deal).code == 0:
            is_step = deal.later is not None and deal.later.text not in ("check-in", "renewal")
            deal.status, deal.step, deal.later = "open", deal.later if is_step else None, None

    def log_on_wrong_deal(self, other: Deal) -> None:
        """A touch logged on the wrong deal, and taken back at once."""
        self.type("log", other.id, "call", "wrong deal, this", deal=other)
        self.type("undo", deal=other)

    # reading

    def look(self, *words: object) -> Said:
        """What a person would read; a failure is a miss."""
        self.type_line()
        self.read_post()
        said = self.program.run([str(word) for word in words], self.now)
        if said.code:
            self.tally.miss("typed_fails", None, self.today, said.line, f"{said.code}: {said.err}", "it should work")
        return said


def known_of_calendar(deal: Deal, touch: Touch) -> Touch | None:
    """The meeting of the same day that this tells of."""
    from benchmarks.sellers_quarter.cron import is_told_of

    return next((one for one in deal.touches if one.of_calendar and is_told_of(touch, one)), None)


def _as_the_calendar_has_it(deal: Deal, told: Touch, known: Touch) -> None:
    deal.touches.remove(told)
    deal.told(known)


def _hide_meetings(deal: Deal, *, is_replaced: bool) -> None:
    for one in deal.booked if is_replaced else ():
        one.is_hidden = True


def _kind_of(words: Sequence[object]) -> str:
    """`log call`, `log call in vain`, `advance`."""
    kind = [words[2]] if words[0] == "log" else []
    in_vain = {
        "--no-answer",
        "--voicemail",
        "--no-show",
        *(said for said, _ in (*IN_VAIN["call"], *IN_VAIN["meeting"])),
    }
    return " ".join(map(str, (words[0], *kind, *(["in vain"] if kind and in_vain.intersection(words) else []))))


def _as_beside(words: list[object]) -> list[object]:
    """What a line of `log` says, as `win` takes it: `-v` is its own, and no step is left anyway."""
    rest = [word for word in words[2:] if word != "--done"]
    if "-v" in rest:
        place = rest.index("-v")
        del rest[place : place + 2]
    return ["--log", *rest]


def _latest(deal: Deal) -> datetime:
    """When the last touchpoint was, the one of the line aside."""
    return max([one.at for one in sorted(deal.touches, key=lambda one: one.at)[:-1]], default=deal.created)


def _refuse_another_number(deal: Deal, said: Said) -> None:
    number = int(said.out.split()[0])
    if number != deal.id:
        raise SystemExit(f"deal {deal.id} became {number}: {said.line}")


def _is_attempt(step: Step) -> bool:
    return step.text.startswith("Attempt ")


def _runs(deal: Deal) -> bool:
    return deal.last_chance is not None and deal.last_chance.over is None
