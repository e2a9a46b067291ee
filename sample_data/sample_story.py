"""The dates of a sample deal: when it moved from stage to stage, and every call and letter on the way."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from sample_plan import OUTCOMES, STAGES, STANDING, START, TODAY, Dice, Plan, Visit, days_of_silence, find_way
from sample_words import (
    FIRST_ANSWER,
    FIRST_WORD,
    INCOMING,
    LAST_WORD,
    LOST_REASONS,
    OFFER_SENT,
    OUTGOING,
    REFUSALS,
    STEP_FORWARD,
    UNANSWERED,
)

BERLIN = ZoneInfo("Europe/Berlin")
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
HOLIDAYS = (
    (date(2025, 12, 24), date(2025, 12, 28), date(2025, 12, 23)),
    (date(2025, 12, 31), date(2026, 1, 4), date(2026, 1, 5)),
)
# Fewest and most exchanges between the milestones of a stage.
CHATTER = {
    "prospecting": (1, 3),
    "qualification": (0, 2),
    "proposal": (1, 3),
    "negotiation": (0, 3),
    "commit": (0, 1),
}


class Move(NamedTuple):
    from_stage: str
    to_stage: str
    moved_at: datetime
    reason: str = ""
    forced: bool = False


class Touch(NamedTuple):
    kind: str
    direction: str
    touched_at: datetime
    outcome: str
    note: str


class Story(NamedTuple):
    plan: Plan
    moves: list[Move]
    touches: list[Touch]
    lost_reason: str

    @property
    def created_at(self) -> datetime:
        return self.moves[0].moved_at

    @property
    def closed_at(self) -> datetime | None:
        return self.moves[-1].moved_at if self.plan.fate in OUTCOMES else None


def tell_story(plan: Plan, dice: Dice) -> Story:
    """All moves and touchpoints of one deal."""
    way = find_way(plan, dice)
    length = sum(visit.days for visit in way)
    is_closed = plan.fate in OUTCOMES
    slack = (TODAY - START).days - 1 - length
    first = START + timedelta(days=dice.between(0, slack)) if is_closed else TODAY - timedelta(days=length)
    moves = _move_through(way, first, dice)
    reason = ""
    if is_closed:
        reason = {"won": "", "lost": dice.pick(LOST_REASONS[plan.stage]), "disqualified": "bad_fit"}[plan.fate]
        end = _find_moment(first + timedelta(days=length), dice, after=moves[-1].moved_at)
        moves.append(Move(plan.stage, plan.fate, end, reason))
    return Story(plan, moves, _Diary(plan, dice, reason).keep(way, moves), reason)


def _move_through(way: list[Visit], first: date, dice: Dice) -> list[Move]:
    moves: list[Move] = []
    day = first
    for visit in way:
        before = moves[-1] if moves else None
        moment = _find_moment(day, dice, after=before.moved_at if before else None)
        moves.append(Move(before.to_stage if before else "", visit.stage, moment, visit.reason, visit.forced))
        day += timedelta(days=visit.days)
    return moves


def _find_moment(day: date, dice: Dice, after: datetime | None = None) -> datetime:
    """An instant in office hours; a day off becomes the nearest working day, which keeps the order of days."""
    day = next((working for first, last, working in HOLIDAYS if first <= day <= last), day)
    day += timedelta(days={5: -1, 6: 1}.get(day.weekday(), 0))
    hour = dice.between(8, 10 if day == TODAY else 17)
    moment = datetime.combine(day, time(hour, dice.between(0, 59)), BERLIN)
    return moment if after is None or moment > after else after + dice.between(20, 50) * MINUTE


class _Diary:
    """Touchpoints as they are written down, oldest first, with who spoke last."""

    def __init__(self, plan: Plan, dice: Dice, lost_reason: str) -> None:
        self._plan, self._dice = plan, dice
        self._falls_silent = plan.fate == "unanswered" or lost_reason == "no_response"
        self._lost_reason = lost_reason
        self._touches: list[Touch] = []
        self._unanswered = 0

    def keep(self, way: list[Visit], moves: list[Move]) -> list[Touch]:
        self._begin(moves[0].moved_at)
        for place, visit in enumerate(way):
            is_last = place == len(way) - 1
            if visit.stage == "lost" or self._plan.fate == "fresh":
                continue
            if is_last:
                self._live_through_last(visit.stage, moves)
            else:
                self._live_through(visit.stage, moves[place].moved_at, moves[place + 1])
        return self._touches

    def _begin(self, created_at: datetime) -> None:
        source, dice = self._plan.source, self._dice
        kind, direction, outcome, note = FIRST_WORD[source]
        at = created_at + dice.between(5, 40) * MINUTE if source == "outbound" else created_at
        self._write(at, (kind, direction, outcome, note))
        if source != "outbound" and self._plan.fate != "fresh":
            answer = created_at + dice.spread(90, 1.4) * MINUTE
            if not 8 <= answer.hour < 18 or answer.weekday() > 4:
                answer = _find_moment(answer.date() + DAY, dice, after=created_at)
            self._write(answer.replace(second=0, microsecond=0), FIRST_ANSWER)

    def _live_through(self, stage: str, start: datetime, leaving: Move) -> None:
        until = leaving.moved_at - self._dice.between(8, 45) * MINUTE
        self._open_stage(stage, start)
        self._chat(stage, start, until)
        if leaving.to_stage == "lost":
            self._write(until, REFUSALS["competitor"])
        elif STAGES.index(leaving.to_stage) > STAGES.index(stage):
            self._write(until, self._dice.pick(STEP_FORWARD[stage]))

    def _live_through_last(self, stage: str, moves: list[Move]) -> None:
        plan, dice = self._plan, self._dice
        is_closed = plan.fate in OUTCOMES
        start = moves[-2 if is_closed else -1].moved_at
        self._open_stage(stage, start)
        if is_closed:
            until = moves[-1].moved_at - dice.between(8, 45) * MINUTE
        else:
            until = _find_moment(TODAY - timedelta(days=days_of_silence(plan, *STANDING[plan.fate][0])), dice)
        if self._falls_silent:
            self._call_into_silence(start, until - (dice.between(6, 12) * DAY if is_closed else 0 * DAY))
            return
        self._chat(stage, start, until)
        if plan.fate == "won":
            self._write(until, dice.pick(STEP_FORWARD[stage]))
        elif is_closed:
            self._write(until, REFUSALS[self._lost_reason])
        else:
            self._write(until, self._choose_words())

    def _open_stage(self, stage: str, start: datetime) -> None:
        if stage == "proposal":
            self._write(start + self._dice.between(4, 90) * MINUTE, OFFER_SENT)

    def _chat(self, stage: str, start: datetime, until: datetime) -> None:
        count = self._dice.between(*CHATTER[stage])
        if until - start < 30 * HOUR:
            return
        for at in self._spread_over(start, until, count):
            self._write(at, self._choose_words())

    def _call_into_silence(self, start: datetime, until: datetime) -> None:
        count = 7 if self._plan.fate == "unanswered" else self._dice.between(3, 6)
        for at, words in zip(self._spread_over(start, until, count - 1), UNANSWERED, strict=False):
            kind, outcome, note = words
            self._write(at, (kind, "out", outcome, note))
        self._write(until, LAST_WORD)

    def _spread_over(self, start: datetime, until: datetime, count: int) -> list[datetime]:
        share = (until - start) / (count + 1)
        wanted = [start + share * (place + 1) for place in range(count)]
        found = [_find_moment(at.date(), self._dice) for at in wanted]
        return [at for at in found if start < at < until]

    def _choose_words(self) -> tuple[str, str, str, str]:
        is_answered = self._unanswered >= 3 or self._dice.chance(0.4)
        kind, outcome, note = self._dice.pick(INCOMING if is_answered else OUTGOING)
        return kind, "in" if is_answered else "out", outcome, note

    def _write(self, at: datetime, words: tuple[str, str, str, str]) -> None:
        if self._touches and at <= self._touches[-1].touched_at:
            at = self._touches[-1].touched_at + self._dice.between(2, 9) * MINUTE
        kind, direction, outcome, note = words
        self._unanswered = self._unanswered + 1 if direction == "out" else 0
        self._touches.append(Touch(kind, direction, at, outcome, note))
