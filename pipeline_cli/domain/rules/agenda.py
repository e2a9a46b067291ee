"""What to do today and why: one small function a reason, in four sections, what costs most to leave before the rest."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from datetime import date, timedelta

from pipeline_cli.domain.deal.after_sale import WORDS, DueFollowUp
from pipeline_cli.domain.deal.deal import DealFacts
from pipeline_cli.domain.deal.touch_sense import is_live, usual_kind
from pipeline_cli.domain.playbook import Pipeline, Playbook
from pipeline_cli.domain.record import NamedTuple
from pipeline_cli.domain.rules.cadence import Attempt, Attempts, is_attempt, next_attempt
from pipeline_cli.domain.rules.prune import find_rule
from pipeline_cli.domain.rules.scored_deal import ScoredDeal
from pipeline_cli.domain.words.clock import Clock
from pipeline_cli.domain.words.shell import command_line
from pipeline_cli.domain.words.text import counted, short_day

SOON_IDLE_DAYS = 2
CLOSE_WITHIN_DAYS = 7


WAITING, PROMISED, AT_RISK, NO_PLAN = "waiting", "promised", "at_risk", "no_plan"
SECTIONS = {
    WAITING: "They are waiting",
    PROMISED: "You promised",
    AT_RISK: "About to be lost",
    NO_PLAN: "No plan",
}
"""In the order in which they are shown."""


class Reason(NamedTuple):
    """Why something is to be done on a deal."""

    deal: ScoredDeal
    why: str
    due: date | None
    age_hours: float | None
    """How long it has been waiting, where that is what makes it urgent."""
    command: str
    """What to type, without the name of the program."""


class Task(NamedTuple):
    """One deal on which there is something to do."""

    deal: ScoredDeal
    section: str
    """A key of SECTIONS."""
    why: str
    """All reasons, the strongest first."""
    due: date | None
    age_hours: float | None
    """How long it has been waiting, where that is what makes it urgent."""
    command: str
    """What to type, without the name of the program."""


class Day(NamedTuple):
    """One pipeline on one day: all that the reasons look at."""

    deals: Sequence[ScoredDeal]
    pipeline: Pipeline
    playbook: Playbook
    clock: Clock
    attempts: Mapping[int, Attempts] = {}
    """Deals without a next step that were tried and have not answered."""
    follow_ups: Sequence[tuple[ScoredDeal, DueFollowUp]] = ()
    """Check-ins and renewals of won deals that are due soon or were due."""
    closed_steps: Sequence[ScoredDeal] = ()
    """Closed deals whose next step is due or was."""
    silenced: Collection[int] = frozenset()
    """Deals on which everybody asked not to be contacted."""
    dead: Collection[int] = frozenset()
    """Deals that are for `prune` to remove; a last chance that still runs is not over."""

    def says(self, other: date) -> str:
        """A day in few words, as seen from today."""
        return short_day(other, self.clock.today)

    def touch(self, deal: ScoredDeal, kind: str | None = None) -> str:
        """The command that logs a touchpoint of ours; there is none of a deal on which nobody may be contacted."""
        if deal.facts.id in self.silenced:
            return f"show {deal.facts.id}"
        return command_line("log", str(deal.facts.id), kind or usual_kind(self.playbook.touchpoint_kinds))

    def do(self, deal: ScoredDeal) -> str:
        """The command that follows the next step once it was taken: an attempt to reach somebody is logged."""
        is_to_be_logged = is_attempt(deal.facts.next_step) and deal.facts.id not in self.silenced
        return self.touch(deal) if is_to_be_logged else f"done {deal.facts.id}"

    def asks_for_silence(self, deal: ScoredDeal) -> bool:
        """Nothing is to be sent: the deal sleeps, or everybody on it asked not to be contacted."""
        return deal.snoozed or deal.facts.id in self.silenced


def last_chances(day: Day) -> Iterator[Reason]:
    """Last chances that run, each with its deadline."""
    for deal in day.deals:
        deadline = deal.facts.last_chance_deadline
        if deadline is not None and not deal.snoozed and deal.facts.awaits_since is None:
            command = "prune" if deadline <= day.clock.today else f"show {deal.facts.id}"
            yield Reason(deal, last_chance_in_words(deal.facts, day.clock), deadline, None, command)


def overdue(day: Day) -> Iterator[Reason]:
    """Next steps whose day has passed."""
    for deal in day.deals:
        due = deal.facts.next_step_due
        if due is not None and due < day.clock.today and (not deal.snoozed or deal.facts.planned_asleep):
            yield Reason(deal, f"overdue: {deal.facts.next_step}", due, None, day.do(deal))


def due_today(day: Day) -> Iterator[Reason]:
    """Next steps of today."""
    for deal in day.deals:
        if deal.facts.next_step_due == day.clock.today and (not deal.snoozed or deal.facts.planned_asleep):
            at = (
                f" at {getattr(deal.facts, 'next_step_time', None)}"
                if getattr(deal.facts, "next_step_time", None)
                else ""
            )
            yield Reason(deal, f"due today{at}: {deal.facts.next_step}", day.clock.today, None, day.do(deal))


def closed_steps_due(day: Day) -> Iterator[Reason]:
    """Closed deals to come back to; not of won ones whose check-in or renewal, which `done` closes first, was due before."""
    before = {deal.facts.id: one.due for deal, one in _first_of_each(day)}
    for deal in day.closed_steps:
        facts, due = deal.facts, deal.facts.next_step_due
        if due is not None and due <= before.get(facts.id, due):
            late = "due today" if due == day.clock.today else "overdue"
            command = f"{'done' if facts.status == 'won' else 'reopen'} {facts.id}"
            yield Reason(deal, f"{facts.status}, {late}: {facts.next_step}", due, None, command)


def nobody_answered(day: Day) -> Iterator[Reason]:
    """Leads that have had no outbound touchpoint, waiting longer than first_response_hours; a next step is a plan to."""
    for deal in day.deals:
        facts = deal.facts
        is_touched = facts.last_touch_at is not None or facts.created_inferred or facts.last_chance_at is not None
        if deal.position != 0 or is_touched or facts.next_step_due is not None or day.asks_for_silence(deal):
            continue
        hours = (day.clock.now - deal.facts.created_at).total_seconds() / 3600
        if hours > day.playbook.cadence_in(day.pipeline).first_response_hours:
            waiting = counted(round(hours), "hour") if hours < 48 else counted(int(hours / 24), "day")
            yield Reason(deal, f"no word from you for {waiting}", None, hours, day.touch(deal))


def replies_waiting(day: Day) -> Iterator[Reason]:
    """A message of theirs came after your last touchpoint, or a call of theirs that you missed; of a deal asleep, since."""
    for deal in day.deals:
        facts = deal.facts
        why = _they_wait(deal, day)
        if facts.awaits_since is not None and why:
            hours = max(0.0, (day.clock.now - facts.awaits_since).total_seconds() / 3600)
            yield Reason(deal, why, None, hours, day.touch(deal, facts.awaits_kind))


def _they_wait(deal: ScoredDeal, day: Day) -> str:
    """`they wrote 3 days ago, no reply`; empty where nobody waits."""
    facts = deal.facts
    if facts.awaits_since is None or facts.status != "open" or (deal.snoozed and not facts.wrote_asleep):
        return ""
    live = is_live(facts.awaits_kind or "", day.playbook.conversations)
    did, lacks = ("rang", "not called back") if live else ("wrote", "no reply")
    return f"they {did} {_ago(day.clock.days_since(facts.awaits_since))}, {lacks}"


def attempts_due(day: Day) -> Iterator[Reason]:
    """The next attempt of the cadence; not of deals that prune would take by now."""
    for deal in day.deals:
        if day.asks_for_silence(deal) or find_rule(deal, day.playbook, day.pipeline) is not None:
            continue
        attempt = _attempt_ahead(deal, day)
        if attempt is not None and attempt.due <= day.clock.today:
            when = "today" if attempt.due == day.clock.today else day.says(attempt.due)
            yield Reason(deal, f"{attempt.name} due {when}", attempt.due, None, day.touch(deal))


def _attempt_ahead(deal: ScoredDeal, day: Day) -> Attempt | None:
    """The next one of the cadence, whenever it is due; None where nobody was tried, or often enough."""
    made = day.attempts.get(deal.facts.id)
    if made is None:
        return None
    return next_attempt(day.playbook.cadence_in(day.pipeline, day.pipeline.stage(deal.facts.stage)), made)


def about_to_go_idle(day: Day) -> Iterator[Reason]:
    """Deals that will be flagged as idle within SOON_IDLE_DAYS."""
    for deal in day.deals:
        stage = day.pipeline.stage(deal.facts.stage)
        if stage is None or day.asks_for_silence(deal):
            continue
        left = stage.idle_after_days - deal.idle_days
        if 0 <= left < SOON_IDLE_DAYS and deal.facts.last_chance_deadline is None:
            why = f"idle {counted(deal.idle_days, 'day')}, flagged after {stage.idle_after_days}"
            due = day.clock.today + timedelta(days=left + 1)
            yield Reason(deal, why, due, None, day.touch(deal))


def snoozes_ending(day: Day) -> Iterator[Reason]:
    """Deals that woke, until something is done about them."""
    for deal in day.deals:
        until = deal.facts.snoozed_until
        if until is None or not woke_untouched(deal.facts, day.clock):
            continue
        if deal.facts.snooze_reason:
            yield Reason(deal, "", until, None, day.touch(deal))
        else:
            woke = "today" if until == day.clock.today else f"on {day.says(until)}"
            yield Reason(deal, f"woke {woke}", until, None, f"show {deal.facts.id}")


def woke_untouched(facts: DealFacts, clock: Clock) -> bool:
    """A snooze of an open deal has ended, and since then nothing was logged, moved or planned."""
    woke = facts.snoozed_until
    if facts.status != "open" or woke is None or woke > clock.today:
        return False
    since = clock.start_of(woke)
    happened = (facts.last_touch_at, facts.entered_stage_at)
    if any(instant is not None and instant >= since for instant in happened):
        return False
    return facts.next_step_set_at is None or facts.next_step_set_at < since


def is_to_be_woken(facts: DealFacts, clock: Clock) -> bool:
    """What you said when you put it to sleep is still to be done: that you forgot it does not make the buyer dead."""
    return facts.snooze_reason is not None and woke_untouched(facts, clock)


def last_chance_in_words(facts: DealFacts, clock: Clock) -> str:
    """`last chance until 16 Oct (draft of 9 Oct)`; empty without one."""
    if facts.last_chance_at is None or facts.last_chance_deadline is None:
        return ""
    until, drafted = facts.last_chance_deadline, clock.day(facts.last_chance_at)
    return f"last chance until {short_day(until, clock.today)} (draft of {short_day(drafted, clock.today)})"


def closing_this_week(day: Day) -> Iterator[Reason]:
    """Deals whose close date lies within CLOSE_WITHIN_DAYS."""
    for deal in day.deals:
        close = deal.facts.expected_close
        if deal.snoozed or close is None:
            continue
        if day.clock.today <= close < day.clock.today + timedelta(days=CLOSE_WITHIN_DAYS):
            yield Reason(deal, f"expected close {day.says(close)}", close, None, f"show {deal.facts.id}")


def committed_and_past(day: Day) -> Iterator[Reason]:
    """Deals that the forecast counts on, whose close date has passed."""
    for deal in day.deals:
        close = deal.facts.expected_close
        if deal.category == "commit" and not deal.snoozed and close is not None and close < day.clock.today:
            yield Reason(
                deal, f"commit, was to close {day.says(close)}", close, None, f"edit {deal.facts.id} --close 30d"
            )


def without_a_plan(day: Day) -> Iterator[Reason]:
    """Deals without a next step, with what their stage advises; the next attempt of a cadence is a plan."""
    soon = _next_working_day(day.clock.today)
    for deal in day.deals:
        facts = deal.facts
        if facts.next_step_due is not None or deal.snoozed or _attempt_ahead(deal, day) is not None:
            continue
        advice = deal.stage.next_actions[:1] if deal.stage is not None else ()
        silence = f", idle {counted(deal.idle_days, 'day')}" if deal.has("idle") else ""
        why = ": ".join((f"no next step{silence}", *advice))
        command = f"show {facts.id}" if facts.id in day.silenced else f"next {facts.id} {soon} Call"
        yield Reason(deal, why, None, None, command)


def _next_working_day(today: date) -> str:
    """As it is typed."""
    return ("tue", "wed", "thu", "fri", "mon", "mon", "mon")[today.weekday()]


def follow_ups_due(day: Day) -> Iterator[Reason]:
    """Check-ins and renewals whose day has come, of each deal the first."""
    for deal, one in _first_of_each(day):
        if one.due <= day.clock.today:
            late = "" if one.due == day.clock.today else f" since {one.due}"
            yield Reason(deal, f"{WORDS[one.kind]} due{late}", one.due, None, f"done {deal.facts.id}")


def follow_ups_ahead(day: Day) -> Iterator[Reason]:
    """Check-ins and renewals that will come up soon."""
    for deal, one in _first_of_each(day):
        if one.due > day.clock.today:
            yield Reason(deal, f"{WORDS[one.kind]} on {one.due}", one.due, None, f"show {deal.facts.id}")


def _first_of_each(day: Day) -> Iterator[tuple[ScoredDeal, DueFollowUp]]:
    seen: set[int] = set()
    for deal, one in sorted(day.follow_ups, key=lambda pair: (pair[1].due, pair[1].kind)):
        if deal.facts.id not in seen:
            seen.add(deal.facts.id)
            yield deal, one


def _ago(days: int) -> str:
    return {0: "today", 1: "yesterday"}.get(days, f"{days} days ago")


REASONS: Mapping[str, tuple[Callable[[Day], Iterator[Reason]], ...]] = {
    WAITING: (replies_waiting, nobody_answered),
    PROMISED: (overdue, due_today, closed_steps_due, follow_ups_due, snoozes_ending, follow_ups_ahead),
    AT_RISK: (last_chances, closing_this_week, committed_and_past, about_to_go_idle),
    NO_PLAN: (attempts_due, without_a_plan),
}
"""Section -> its reasons, the strongest first."""


def plan_day(days: Sequence[Day]) -> list[Task]:
    """The tasks of one or several pipelines: each deal once, where its strongest reason belongs, with all of them.

    Within a section those come first of which most is at stake: by weighted value, then the longest due, then those who
    have waited longest.
    """
    tasks: dict[int, Task] = {}
    for section, reasons in REASONS.items():
        for day in days:
            for reason in reasons:
                for found in reason(day):
                    number = found.deal.facts.id
                    known = tasks.get(number)
                    if known is None:
                        if number not in day.dead:
                            tasks[number] = Task(found.deal, section, *found[1:])
                    elif reason is not without_a_plan and found.why:
                        tasks[number] = known._replace(why="; ".join(part for part in (known.why, found.why) if part))
    clocks = {day.pipeline.id: day.clock for day in days}
    order = list(SECTIONS)
    return sorted(
        (_with_the_reason_of_its_snooze(task, clocks[task.deal.facts.pipeline]) for task in tasks.values()),
        key=lambda task: (
            order.index(task.section),
            -task.deal.weighted_cents,
            task.due or date.max,
            -(task.age_hours or 0),
            task.deal.facts.id,
        ),
    )


def _with_the_reason_of_its_snooze(task: Task, clock: Clock) -> Task:
    """Before anything else about a deal that has woken stands what you said when you put it to sleep."""
    facts = task.deal.facts
    if not is_to_be_woken(facts, clock):
        return task
    return task._replace(why="; ".join(part for part in (f"you said: {facts.snooze_reason}", task.why) if part))
