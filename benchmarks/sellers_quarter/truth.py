"""What is true of a deal, as its owner would say it from what was told the program: never read from the program."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import yaml

from benchmarks.sellers_quarter.buyers import Buyer

ZONE = ZoneInfo("Europe/Berlin")
LIVE_KINDS = ("call", "meeting", "demo", "visit", "video call")
CONVERSATION, ATTEMPT, AUTOMATIC = "conversation", "attempt", "automatic"
MISSED = None
"""Their call that nobody took: they were heard, and not spoken with."""


def day_of(instant: datetime) -> date:
    return instant.astimezone(ZONE).date()


@dataclass(frozen=True)
class Stage:
    """Of pipeline.yaml, what the truth needs: how long silence is usual, and what the criteria ask for."""

    id: str
    name: str
    usual_silence: int
    attempts: int
    """As many without an answer are enough."""
    pauses: tuple[int, ...]
    criteria: tuple[dict[str, Any], ...]


@dataclass(frozen=True)
class Rules:
    """The pipelines of a pipeline.yaml, read here by a reader of our own."""

    pipelines: dict[str, tuple[Stage, ...]]
    grace_days: dict[str, int]
    """Of each pipeline: how long there is to answer a last chance."""

    def stage(self, pipeline: str, stage: str) -> Stage:
        return next(one for one in self.pipelines[pipeline] if one.id == stage)

    def place(self, pipeline: str, stage: str) -> int:
        return [one.id for one in self.pipelines[pipeline]].index(stage)


def read_rules(text: str) -> Rules:
    said = yaml.safe_load(text)
    cadence = said.get("cadence", {})

    def stages(entry: dict[str, Any]) -> Iterator[Stage]:
        for one in entry["stages"]:
            own = {**cadence, **entry.get("cadence", {}), **one.get("cadence", {})}
            days = tuple(own.get("days", (0, 2, 4, 7, 14, 21)))
            yield Stage(
                one["id"],
                one.get("name", one["id"]),
                one.get("idle_after_days", 14),
                own.get("max_unanswered", len(days)),
                days,
                tuple(one.get("exit_criteria", ())),
            )

    pipelines = {name: tuple(stages(entry)) for name, entry in said["pipelines"].items()}
    grace = {
        name: {**said.get("prune", {}), **entry.get("prune", {})}.get("grace_days", 7)
        for name, entry in said["pipelines"].items()
    }
    return Rules(pipelines, grace)


@dataclass
class Touch:
    """One contact with the buyer."""

    kind: str
    inbound: bool
    at: datetime
    sense: str | None
    awaits: bool = False
    """They wrote, or called and nobody was there: the next word is the seller's."""
    of_calendar: bool = False
    """That it took place the calendar says, and nobody else yet."""


@dataclass
class Step:
    """What was promised or planned, for which day."""

    due: date
    text: str
    agreed: bool = True
    """With the buyer, not for oneself alone."""
    since: datetime | None = None
    """When it was planned."""


@dataclass
class Booked:
    """A meeting that stands in the calendar."""

    uid: str
    start: datetime
    text: str
    version: int = 0
    is_hidden: bool = False
    """Another next step was put in its place."""


@dataclass
class LastChance:
    given: datetime
    deadline: date
    draft: str | None
    over: str | None = None
    """What ended it; None while it runs."""


@dataclass
class Deal:
    """One deal: what was told of it, and what only the people in the story know."""

    id: int
    title: str
    organization: str
    person: str
    email: str | None
    pipeline: str
    stage: str
    created: datetime
    value: float
    buyer: Buyer
    close: date | None = None
    status: str = "open"
    closed_by: str = ""
    touches: list[Touch] = field(default_factory=list)
    untold: list[Touch] = field(default_factory=list)
    """Those that the program does not know."""
    step: Step | None = None
    booked: list[Booked] = field(default_factory=list)
    planned_at: datetime | None = None
    """When a next step was last set, or the deal last moved or edited."""
    snoozed_until: date | None = None
    snooze_reason: str = ""
    entered: dict[str, datetime] = field(default_factory=dict)
    """`pipeline:stage` -> when it was first entered."""
    left: dict[str, dict[str, set[date]]] = field(default_factory=dict)
    """`pipeline:stage` -> of each `touchpoint` criterion the days of what met it when the deal went on."""
    confirmed: set[str] = field(default_factory=set)
    later: Step | None = None
    """What comes after the closing: ask again, invoice, check-in."""
    last_chance: LastChance | None = None
    kept_on: date | None = None
    proposed: bool = False
    """By some prune."""
    history: list[str] = field(default_factory=list)
    """Day and command: what was typed about it, and what prune did with it."""
    typed: float = 0
    """Commands; of one that was typed for several deals a part."""
    kinds_typed: defaultdict[str, float] = field(default_factory=lambda: defaultdict(float))
    in_dollars: bool = False

    @property
    def name(self) -> str:
        return f"#{self.id} {self.title}"

    @property
    def money(self) -> str:
        """Its value as it is typed."""
        return f"{self.value:.0f}{' USD' if self.in_dollars else ''}"

    @property
    def first_name(self) -> str:
        return self.person.split()[0]

    def has_come_to(self, stage: str, now: datetime) -> None:
        self.stage = stage
        self.entered.setdefault(f"{self.pipeline}:{stage}", now)

    def goes_on(self, rules: Rules, to_stage: str, now: datetime) -> None:
        """Forwards, with what met the criteria of the stage it leaves."""
        met = self.left.setdefault(f"{self.pipeline}:{self.stage}", {})
        for criterion in rules.stage(self.pipeline, self.stage).criteria:
            if "touchpoint" in criterion:
                found = evidence_for(criterion["touchpoint"], self, self.stage, day_of(now))
                met.setdefault(criterion["id"], set()).update(day_of(one.at) for one in found)
        self.planned_at = now
        self.has_come_to(to_stage, now)

    def told(self, touch: Touch) -> None:
        self.touches.append(touch)
        self.touches.sort(key=lambda one: one.at)

    def last(self, *senses: str | None) -> Touch | None:
        return next((one for one in reversed(self.touches) if one.sense in senses), None)

    @property
    def messages_waiting(self) -> list[Touch]:
        """Their messages and missed calls since the seller last spoke with them or tried to, the first first."""
        waiting: list[Touch] = []
        for touch in self.touches:
            if touch.sense != AUTOMATIC:
                waiting = [*waiting, touch] if touch.awaits else []
        return waiting

    @property
    def waits_for_us(self) -> Touch | None:
        """The first of them."""
        return next(iter(self.messages_waiting), None)

    def attempts(self, today: date) -> list[Touch]:
        """Since they were last heard, and since it last woke."""
        spoken, woke = self.last(CONVERSATION, MISSED), self.woke_by(today)
        made = [one for one in self.touches if one.sense == ATTEMPT and (spoken is None or one.at > spoken.at)]
        return made if woke is None else [one for one in made if day_of(one.at) >= woke]

    @property
    def first_step(self) -> Step | None:
        """The earliest of what was typed and what stands in the calendar; without a time it is the last of its day."""
        meetings = [(one.start.astimezone(ZONE), one) for one in self.booked if not one.is_hidden]
        planned = [(at.date(), f"{at:%H:%M}", Step(at.date(), one.text)) for at, one in meetings]
        planned += [(self.step.due, "later", self.step)] if self.step else []
        return min(planned, key=lambda one: one[:2], default=(None, None, None))[2]

    def step_ahead(self, today: date) -> Step | None:
        """One that is due today or later."""
        if self.step is not None and self.step.due >= today:
            return self.step
        ahead = (one for one in self.booked if not one.is_hidden and day_of(one.start) >= today)
        return next((Step(day_of(one.start), one.text) for one in ahead), None)

    def meeting_on(self, day: date) -> Booked | None:
        """What stands in the calendar for it."""
        return next((one for one in self.booked if day_of(one.start) == day), None)

    def is_asleep(self, today: date) -> bool:
        return self.snoozed_until is not None and self.snoozed_until > today

    def woke_by(self, today: date) -> date | None:
        """The day on which its last snooze ended."""
        return None if self.is_asleep(today) else self.snoozed_until

    def is_untouched_since_waking(self, today: date) -> bool:
        woke, last = self.woke_by(today), self.last(CONVERSATION, ATTEMPT, MISSED)
        return self.status == "open" and woke is not None and (last is None or day_of(last.at) < woke)

    def idle_days(self, today: date) -> int:
        """Since the last touch that was none of a machine's, creation or waking, whichever was last."""
        last = self.last(CONVERSATION, ATTEMPT, MISSED)
        days = [day_of(self.created)] if last is None else [day_of(last.at)]
        woke = self.woke_by(today)
        return (today - max([*days, *([woke] if woke else [])])).days

    def quiet_days(self, today: date) -> int:
        """The same without what the seller tried after a last chance that runs."""
        chance = self.last_chance
        if chance is None or chance.over is not None:
            return self.idle_days(today)
        before = [one for one in self.touches if one.sense != ATTEMPT or one.at <= chance.given]
        return replace(self, touches=before).idle_days(today)


def why_alive(deal: Deal, rules: Rules, today: date) -> str | None:
    """Why the owner would call it alive; None: silent, or dead. By what was told, whatever the program's rules are."""
    usual = rules.stage(deal.pipeline, deal.stage).usual_silence
    if deal.status != "open":
        return None
    if deal.is_asleep(today):
        return f"snoozed by agreement until {deal.snoozed_until}"
    ahead = deal.step_ahead(today)
    if ahead is not None:
        return f"{'agreed' if ahead.agreed else 'planned'} for {ahead.due}: {ahead.text}"
    spoken = deal.last(CONVERSATION)
    if spoken is not None and (today - day_of(spoken.at)).days <= usual:
        return f"a {spoken.kind} with them on {day_of(spoken.at)}"
    waiting = deal.waits_for_us
    if waiting is not None:
        return f"they wait for an answer since {day_of(waiting.at)}"
    woke = deal.woke_by(today)
    if woke is not None and (today - woke).days <= usual:
        return f"back since {woke}, as agreed"
    if (today - day_of(deal.created)).days <= usual:
        return f"new since {day_of(deal.created)}"
    if deal.kept_on == today:
        return "kept by hand today"
    tried = deal.last(ATTEMPT)
    if tried is not None and deal.quiet_days(today) <= usual:
        return f"still being tried: a {tried.kind} on {day_of(tried.at)}"
    return None


def evidence_for(rule: dict[str, Any], deal: Deal, stage: str, today: date) -> list[Touch]:
    """The touches that a `touchpoint` criterion of a stage may rest on."""
    kinds, direction = rule.get("kinds", []), rule.get("direction", "any")
    entered = deal.entered.get(f"{deal.pipeline}:{stage}")
    found = []
    for touch in deal.touches:
        if touch.sense == AUTOMATIC or (kinds and touch.kind not in kinds):
            continue
        if direction != "any" and (direction == "in") != touch.inbound:
            continue
        if rule.get("within_days") is not None and (today - day_of(touch.at)).days > rule["within_days"]:
            continue
        if rule.get("since", "stage") == "stage" and (entered is None or touch.at < entered):
            continue
        spoken_only = rule.get("answered", direction == "in" or touch.kind in LIVE_KINDS)
        if spoken_only and touch.sense != CONVERSATION:
            continue
        found.append(touch)
    return found
