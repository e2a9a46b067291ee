"""What `today` says, held against what is true: every row, and what is due and has no row."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any, NamedTuple

from benchmarks.sellers_quarter.program import Said
from benchmarks.sellers_quarter.tally import Tally
from benchmarks.sellers_quarter.truth import ATTEMPT, CONVERSATION, Deal, Rules, day_of, why_alive

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


class Moment(NamedTuple):
    rules: Rules
    now: datetime

    @property
    def today(self) -> date:
        return day_of(self.now)


def judge_agenda(said: Said, deals: Mapping[int, Deal], moment: Moment, last_prune: date | None, tally: Tally) -> None:
    """`today --json`, in the morning."""
    rows = {row["id"]: row for row in said.json["rows"]}
    tally.look("rows of today", len(rows))
    for number, row in rows.items():
        deal, why = deals.get(number), str(row["why"])
        if deal is None:
            tally.miss("untrue_rows", None, moment.today, said.line, why, f"there is no deal {number}")
            continue
        for part in _parts(why, deal):
            truth = _what_is_true(part, deal, moment)
            if truth is None:
                tally.miss("unread", deal, moment.today, said.line, why, "")
            elif truth:
                tally.miss("untrue_rows", deal, moment.today, said.line, why, truth)
    dead = set(said.json["dead"]["ids"])
    for number in sorted(dead):
        alive = (
            f"there is no deal {number}"
            if number not in deals
            else why_alive(deals[number], moment.rules, moment.today)
        )
        if alive or number in rows:
            deal = deals.get(number)
            tally.miss("untrue_rows", deal, moment.today, said.line, "looks dead", alive or "it has a row too")
    for deal in deals.values():
        if deal.id in dead:
            continue
        for words, truth in _silences(deal, rows.get(deal.id), moment.today):
            tally.miss("silent_rows", deal, moment.today, said.line, words, truth)
    told = said.json.get("last_prune")
    on = None if told is None else day_of(datetime.fromisoformat(told))
    if on != last_prune:
        tally.miss("untrue_rows", None, moment.today, said.line, f"last prune: {on}", f"it was on {last_prune}")


def _parts(why: str, deal: Deal) -> list[str]:
    """`you said: ask for the numbers; they wrote today, no reply` says two things."""
    said = f"you said: {deal.snooze_reason}"
    parts = [said] if why.startswith(f"{said}; ") else []
    rest = why.removeprefix(f"{said}; ")
    return [*parts, *re.split(rf"; (?={_BEGINNINGS})", rest)]


def _what_is_true(words: str, deal: Deal, moment: Moment) -> str | None:
    """What is true instead; '' when the words are true; None when nobody here can read them."""
    for pattern, check in _ROWS:
        form = re.fullmatch(pattern, words)
        if form is not None:
            if (deal.status == "open") == (check in _OF_CLOSED_DEALS):
                return f"the deal is {deal.status}"
            if deal.status == "open" and deal.is_asleep(moment.today) and check not in _OF_SLEEPERS:
                return f"it sleeps until {deal.snoozed_until}"
            return check(form, deal, moment)
    return None


def _silences(deal: Deal, row: dict[str, Any] | None, today: date) -> list[tuple[str, str]]:
    """What was said and what is missing in it."""
    if row is None:
        due = _what_is_due(deal, today)
        return [("nothing", due)] if due else []
    why, found = str(row["why"]), []
    if _has_just_woken(deal, today) and not why.startswith(f"you said: {deal.snooze_reason}"):
        found.append((why, f"it woke on {deal.woke_by(today)}, and the snooze said: {deal.snooze_reason}"))
    chance = deal.last_chance
    if (
        chance
        and not chance.over
        and chance.deadline <= today
        and "last chance" in why
        and "prune" not in row["command"]
    ):
        found.append((f"{why}: {row['command']}", "the deadline is over: it is prune that goes on"))
    return found


def _what_is_due(deal: Deal, today: date) -> str:
    if deal.status != "open":
        return f"due {deal.later.due}: {deal.later.text}" if deal.later and deal.later.due <= today else ""
    if deal.is_asleep(today):
        return ""
    step = deal.first_step
    if step is not None and step.due <= today:
        return f"due {step.due}: {step.text}"
    if deal.waits_for_us is not None:
        return f"they wait for an answer since {day_of(deal.waits_for_us.at)}"
    if _has_just_woken(deal, today):
        return f"it woke on {deal.woke_by(today)}: {deal.snooze_reason}"
    if deal.last_chance and not deal.last_chance.over:
        return f"a last chance runs until {deal.last_chance.deadline}"
    return ""


def _has_just_woken(deal: Deal, today: date) -> bool:
    """Whether the reason of its snooze has to be said. Planned for, and not touched: that is a matter of taste."""
    woke = deal.woke_by(today)
    is_planned = woke is not None and deal.planned_at is not None and day_of(deal.planned_at) >= woke
    return deal.snooze_reason != "" and deal.is_untouched_since_waking(today) and not is_planned


def _read_day(words: str, today: date) -> date | None:
    """`21 Nov`, `21 Nov 2027`, `today` or ISO."""
    if re.fullmatch(r"\d{4}-\d\d-\d\d", words):
        return date.fromisoformat(words)
    form = re.fullmatch(r"(\d{1,2}) (\w{3})\w*(?: (\d{4}))?", words)
    if form is None or form[2] not in _MONTHS:
        return today if words == "today" else None
    return date(int(form[3] or today.year), _MONTHS.index(form[2]) + 1, int(form[1]))


# one for each kind of row: what is true instead, or ''


def _last_chance(form: re.Match[str], deal: Deal, moment: Moment) -> str:
    chance = deal.last_chance
    if chance is None:
        return "none was given"
    if chance.over is not None:
        return f"it ended by {chance.over}"
    if _read_day(form["until"], moment.today) != chance.deadline:
        return f"it runs until {chance.deadline}"
    if form["draft"] and _read_day(form["draft"], moment.today) != day_of(chance.given):
        return f"the draft is of {day_of(chance.given)}"
    return ""


def _step(form: re.Match[str], deal: Deal, moment: Moment) -> str:
    step = deal.first_step
    if step is None or step.text != form["text"]:
        return f"the next step is {step}"
    is_so = step.due < moment.today if form["late"] == "overdue" else step.due == moment.today
    return "" if is_so else f"it is due {step.due}"


def _step_of_closed(form: re.Match[str], deal: Deal, moment: Moment) -> str:
    later = deal.later
    if later is None or form["text"] not in later.text:
        return f"what was planned for later is {later}"
    if form["status"] != deal.status:
        return f"it is {deal.status}"
    is_so = later.due < moment.today if form["late"] == "overdue" else later.due == moment.today
    return "" if is_so else f"it is due {later.due}"


def _follow_up(form: re.Match[str], deal: Deal, moment: Moment) -> str:
    later = deal.later
    if later is None or later.text != form["what"]:
        return f"what was planned for later is {later}"
    said = form["since"] or form["on"] or str(moment.today)
    return "" if said == str(later.due) else f"it is on {later.due}"


def _no_word(form: re.Match[str], deal: Deal, moment: Moment) -> str:
    ours = [one for one in deal.touches if not one.inbound or one.sense == CONVERSATION]
    if ours:
        return f"a {ours[-1].kind} on {day_of(ours[-1].at)}"
    hours = (moment.now - deal.created).total_seconds() / 3600
    said = float(form["number"]) * (24 if form["unit"].startswith("day") else 1)
    return "" if said - 1 <= hours <= said + 25 else f"it is {hours:.0f} hours old"


def _they_wait(form: re.Match[str], deal: Deal, moment: Moment) -> str:
    waiting = deal.waits_for_us
    if waiting is None:
        last = deal.last(CONVERSATION, ATTEMPT)
        return f"nobody waits: the last was {'nothing' if last is None else f'a {last.kind} on {day_of(last.at)}'}"
    if (waiting.kind == "call") != (form["did"] != "wrote"):
        return f"it was a {waiting.kind}"
    if form["ago"] is None:
        return ""
    days = {"today": 0, "yesterday": 1}.get(form["ago"])
    said = int(form["ago"].split()[0]) if days is None else days
    waits = [(moment.today - day_of(one.at)).days for one in deal.messages_waiting]
    return "" if said in waits else f"that was {' and '.join(map(str, waits))} days ago"


def _attempt_due(form: re.Match[str], deal: Deal, moment: Moment) -> str:
    stage, made = moment.rules.stage(deal.pipeline, deal.stage), len(deal.attempts(moment.today))
    if int(form["number"]) - 1 != made:
        return f"{made} attempts were made"
    planned = min(stage.attempts, len(stage.pauses))
    if int(form["of"]) != planned:
        return f"{planned} are planned"
    return "" if deal.waits_for_us is None else "they wait for an answer"


def _idle(form: re.Match[str], deal: Deal, moment: Moment) -> str:
    idle = deal.idle_days(moment.today)
    return "" if idle == int(form["days"]) else f"idle {idle} days"


def _woke(form: re.Match[str], deal: Deal, moment: Moment) -> str:
    woke = deal.woke_by(moment.today)
    return "" if _read_day(form["until"], moment.today) == woke else f"it woke on {woke}"


def _you_said(form: re.Match[str], deal: Deal, moment: Moment) -> str:
    if form["text"] != deal.snooze_reason:
        return f"the snooze said {deal.snooze_reason!r}"
    return "" if deal.is_untouched_since_waking(moment.today) else "it was touched since it woke"


def _commit(form: re.Match[str], deal: Deal, moment: Moment) -> str:
    return "" if _read_day(form["day"], moment.today) == deal.close else f"they said {deal.close}"


def _no_plan(form: re.Match[str], deal: Deal, moment: Moment) -> str:
    if deal.first_step is not None:
        return f"the next step is {deal.first_step}"
    if form["days"] is None:
        return ""
    idle = deal.idle_days(moment.today)
    return "" if idle == int(form["days"]) else f"idle {idle} days"


def _close(form: re.Match[str], deal: Deal, moment: Moment) -> str:
    return "" if _read_day(form["day"], moment.today) == deal.close else f"they said {deal.close}"


_Check = Callable[[re.Match[str], Deal, Moment], str]
_OF_SLEEPERS: tuple[_Check, ...] = (_they_wait, _step)
_OF_CLOSED_DEALS: tuple[_Check, ...] = (_step_of_closed, _follow_up)
_ROWS: tuple[tuple[str, _Check], ...] = (
    (r"last chance until (?P<until>[\w ]+?)(?: \(draft of (?P<draft>[\w ]+)\))?", _last_chance),
    (r"(?P<late>overdue|due today)(?: at \d\d:\d\d)?: (?P<text>.*)", _step),
    (r"(?P<status>won|lost|disqualified), (?P<late>due today|overdue): (?P<text>.*)", _step_of_closed),
    (r"(?P<what>check-in|renewal) (?:due(?: since (?P<since>[\d-]+))?|on (?P<on>[\d-]+))", _follow_up),
    (r"no word from you for (?P<number>\d+) (?P<unit>hours?|days?)", _no_word),
    (
        r"they (?P<did>wrote|rang|called)(?: (?P<ago>today|yesterday|\d+ days? ago))?, (?:no reply|not called back)",
        _they_wait,
    ),
    (r"attempt (?P<number>\d+) of (?P<of>\d+) due .*", _attempt_due),
    (r"idle (?P<days>\d+) days?, flagged after \d+", _idle),
    (r"woke (?:on )?(?P<until>[\w ]+)", _woke),
    (r"you said: (?P<text>.*)", _you_said),
    (r"expected close (?P<day>[\w ]+)", _close),
    (r"commit, was to close (?P<day>[\w ]+)", _commit),
    (r"no next step(?:, idle (?P<days>\d+) days?)?(?:: .*)?", _no_plan),
)
"""How each kind of row is worded, and who judges it."""
_BEGINNINGS = (
    r"last chance until |overdue: |due today|(?:won|lost|disqualified), |check-in |renewal |no word from you |"
    r"they (?:wrote|rang) |attempt \d|idle \d|woke |expected close |commit, was |no next step"
)
"""What a further reason of a row begins with."""
