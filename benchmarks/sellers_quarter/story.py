"""What happens between buyers and seller: leads come, are reached or not, answer, put off, sign or vanish."""

from __future__ import annotations

import heapq
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from random import Random

from benchmarks.sellers_quarter.buyers import NEVER
from benchmarks.sellers_quarter.cron import colleague, second_address
from benchmarks.sellers_quarter.leads import Lead, draw_lead
from benchmarks.sellers_quarter.seller import Seller
from benchmarks.sellers_quarter.truth import (
    ATTEMPT,
    AUTOMATIC,
    CONVERSATION,
    MISSED,
    ZONE,
    Booked,
    Deal,
    Step,
    Touch,
    day_of,
)

_WHY_LOST = {"refuser": ("price", "competitor", "no_decision"), "later": ("timing",)}
_PUT_OFF = (
    "Their budget is decided then: call them",
    "She is away until then: ask for the numbers",
    "Call them then, as they asked",
    "Board meets that week; ask what it said",
)
_HEEDED = (
    ("they", 0.9),
    ("no word", 0.9),
    ("you said", 0.9),
    ("due today", 0.7),
    ("overdue", 0.6),
    ("attempt", 0.6),
    ("idle", 0.25),
    ("last chance", 0.1),
    ("", 0.2),
)
"""How likely the seller acts on a row of `today`, by how it begins."""
_LOOKS_AT_OFFER = {"services": 2, "training": 1}
"""Of each pipeline the stage, by place, in which they look at what was sent."""


@dataclass
class Plan:
    """What the seller means to do, whether the program was told or not."""

    due: date
    do: str
    """call | mail | meet | send"""


@dataclass
class State:
    """How far a deal really is."""

    plan: Plan | None = None
    listed: str = ""
    """What `today` says of it this morning."""
    sent: bool = False
    presented: bool = False
    reacted: bool = False
    signing: bool = False


class Story:
    """Everything in it happens at `seller.now`, or is put down for later with `_at`."""

    def __init__(self, seller: Seller, deals: dict[int, Deal], seed: int) -> None:
        self.seller, self.deals, self.rules = seller, deals, seller.rules
        self.states: dict[int, State] = {}
        self._seed, self._chance = seed, Random(f"quarter:{seed}")
        self._happenings: list[tuple[datetime, int, Callable[[], None]]] = []
        self._deliveries: list[tuple[datetime, int, Callable[[], None]]] = []
        """Mails of theirs come at any hour."""
        self._number = 0

    def live_through(self, day: date, new_leads: int) -> None:
        """Everything that happens on a working day, and what happened on the days off before it."""
        for _ in range(new_leads):
            self._at(self._moment(day), self._new_lead)
        for deal in self.deals.values():
            moment, meeting = self._moment(day), deal.meeting_on(day)
            if meeting is not None:
                moment = meeting.start - timedelta(minutes=20)
            self._at(moment, lambda deal=deal: self._work_on(deal))  # type: ignore[misc]
        end = datetime.combine(day, time(17, 30), ZONE)
        while self._happenings and self._happenings[0][0] <= end:
            self.deliver(self._happenings[0][0])
            moment, _, happening = heapq.heappop(self._happenings)
            self.seller.now = max(self.seller.now, moment)
            happening()
            self.seller.type_line()
        self.seller.tell_calls()

    def deliver(self, until: datetime) -> None:
        """What came into the mailbox by then."""
        while self._deliveries and self._deliveries[0][0] <= until:
            heapq.heappop(self._deliveries)[2]()

    def _at(self, moment: datetime, happening: Callable[[], None]) -> None:
        self._number += 1
        heapq.heappush(self._happenings, (moment, self._number, happening))

    def _comes_at(self, moment: datetime, delivery: Callable[[], None]) -> None:
        self._number += 1
        heapq.heappush(self._deliveries, (moment, self._number, delivery))

    def _moment(self, day: date) -> datetime:
        return datetime.combine(day, time(9), ZONE) + timedelta(minutes=self._chance.randrange(400))

    def _place(self, deal: Deal) -> int:
        return self.rules.place(deal.pipeline, deal.stage)

    def _is_last(self, deal: Deal) -> bool:
        return self._place(deal) == len(self.rules.pipelines[deal.pipeline]) - 1

    # leads

    def _new_lead(self) -> None:
        lead = self._draw(self.seller.now + timedelta(minutes=2))
        self._enter(lead)
        if self.seller.does("keeps_promises", lead.deal):
            self._reach_out(lead.deal)
        self.seller.type_line()

    def old_deal(self) -> None:
        """One that is there already, with what happened to it since it came."""
        chance, now = self._chance, self.seller.now
        age = chance.randrange(4, 75)
        created = (now - timedelta(days=age)).replace(hour=10, minute=0)
        lead = self._draw(created)
        deal, stages = lead.deal, self.rules.pipelines[lead.deal.pipeline]
        place = min(chance.randrange(3), age // 10, len(stages) - 1)
        deal.stage = stages[place].id
        since = ["--at", f"{created:%Y-%m-%d %H:%M}", *(["--stage", deal.stage] if place else [])]
        self._enter(Lead(deal, [*lead.words, *since]))
        self.states[deal.id].sent = place > 1
        quiet = chance.choice((0, 0, age // 3, age // 2))
        for days in sorted({chance.randrange(quiet, age) for _ in range(chance.randrange(1, 4))}, reverse=True):
            at = (now - timedelta(days=days, hours=20)).replace(minute=chance.randrange(60))
            if at <= created:
                continue
            if deal.buyer.is_gone(day_of(at)) or chance.random() < 0.5:
                self.seller.log(deal, chance.choice(("call", "email")), ATTEMPT, at=at)
            else:
                if not self._stood_in_the_calendar(deal, at):
                    self.seller.log(deal, "call", CONVERSATION, at=at)
                self._may_vanish(deal, day_of(at))

    def _stood_in_the_calendar(self, deal: Deal, at: datetime) -> bool:
        """A talk of before: what was agreed for a day need not be typed."""
        cron = self.seller.cron
        if cron is None or deal.email is None or not self._books_calls(deal):
            return False
        self.seller.type_line()
        deal.booked.append(Booked(f"before-{deal.id}-{at:%Y%m%d%H%M}", at, f"Call with {deal.first_name}"))
        cron.keep(deal, deal.booked[-1])
        self.seller.read_post()
        return True

    def _draw(self, created: datetime) -> Lead:
        return draw_lead(len(self.deals) + 1, created, self.rules, self._chance, self._seed)

    def _enter(self, lead: Lead) -> None:
        deal = lead.deal
        self.seller.add(deal, [*lead.words])
        deal.has_come_to(deal.stage, deal.created)
        self.deals[deal.id], self.states[deal.id] = deal, State()

    def _may_vanish(self, deal: Deal, day: date) -> None:
        if deal.buyer.vanishes(self._place(deal), day) and deal.buyer.back_on is not None:
            moment = datetime.combine(deal.buyer.back_on, time(11, 20), ZONE)
            if self._has_mailbox(deal):
                self._comes_at(moment, lambda: self._mail_comes(deal, "Sorry for the silence: is it still on?", moment))
            else:
                self._at(moment, lambda: self._they_write(deal, "Sorry for the silence: is it still on?", moment))

    # a day's work on one deal

    def _work_on(self, deal: Deal) -> None:
        state, seller, chance, today = self.states[deal.id], self.seller, self.seller.chance(deal), self.seller.today
        listed, state.listed = state.listed, ""
        if deal.status != "open":
            self._after_the_end(deal)
            return
        if deal.is_asleep(today):
            return
        has_passed = deal.close is not None and deal.close < today
        if has_passed and seller.does("moves_dates", deal) and chance.random() < 0.5:
            seller.edit(deal, close=today + timedelta(days=chance.randrange(10, 40)))
        if state.plan is not None and state.plan.due <= today:
            if seller.does("keeps_promises", deal):
                self._carry_out(deal, state.plan)
            elif chance.random() < 0.4:
                state.plan = None
                seller.call_off(deal)
            else:
                state.plan.due = today + timedelta(days=chance.randrange(4, 16))
                if deal.booked and seller.cron is not None:
                    day = _working_day(state.plan.due)
                    seller.cron.arrange(deal, self._time_of_meeting(deal, day), deal.booked[0].text)
        elif listed and seller.does("follows_today", deal) and chance.random() < _how_likely(listed):
            is_ahead = state.plan is not None and state.plan.do in ("meet", "call") and bool(deal.booked)
            self._carry_out(deal, Plan(today, "reach") if is_ahead or state.plan is None else state.plan)
        elif state.plan is None and chance.random() < 0.02:
            self._reach_out(deal)

    def _after_the_end(self, deal: Deal) -> None:
        later, seller = deal.later, self.seller
        if later is None or later.due > seller.today or not seller.does("follows_today", deal):
            return
        if deal.status == "lost" and seller.chance(deal).random() < 0.5:
            seller.reopen(deal)
            deal.buyer.kind, deal.buyer.gone_since, deal.buyer.says_no_at = "steady", None, NEVER
            self.states[deal.id].plan = Plan(seller.today, "call")
        else:
            seller.done(deal)

    def _carry_out(self, deal: Deal, plan: Plan) -> None:
        step, state = deal.step, self.states[deal.id]
        state.plan = None if plan is state.plan or not deal.booked else state.plan
        is_due = step is not None and step.due <= self.seller.today
        self.seller.carrying_out = step if is_due and self.seller.does("marks_done", deal) else None
        if plan.do in ("meet", "call") and deal.meeting_on(self.seller.today):
            self._keep_appointment(deal, plan.do, lambda: self._mark_done(deal, step))
            return
        if plan.do == "meet":
            self._meet(deal)
        elif plan.do == "send":
            self._send(deal)
        else:
            self._reach_out(deal, plan.do)
        self._mark_done(deal, step)

    def _mark_done(self, deal: Deal, step: Step | None) -> None:
        seller = self.seller
        seller.read_post()
        is_still_there = step is not None and deal.step is step and seller.carrying_out is step
        if is_still_there and deal.status == "open" and not deal.is_asleep(seller.today):
            seller.done(deal)
        seller.carrying_out = None

    def _plan(self, deal: Deal, days: int, do: str, text: str, *, agreed: bool = True) -> None:
        """Something for a working day ahead; the program is told, by most sellers most of the time."""
        due = _working_day(self.seller.today + timedelta(days=days))
        self.states[deal.id].plan = Plan(due, do)
        is_told, cron = self.seller.does("plans", deal), self.seller.cron
        can_be_booked = cron is not None and deal.email is not None
        is_booked = do == "meet" or (do == "call" and agreed and self._books_calls(deal))
        if cron is not None and can_be_booked and is_booked:
            cron.arrange(deal, self._time_of_meeting(deal, due), text)
            return
        self.seller.call_off(deal)
        if is_told:
            self.seller.plan(deal, Step(due, text, agreed))

    def _books_calls(self, deal: Deal) -> bool:
        cron = self.seller.cron
        return cron is not None and cron.chance(deal).random() < self.seller.habits_with(deal).books_calls

    def _time_of_meeting(self, deal: Deal, day: date) -> datetime:
        cron = self.seller.cron
        assert cron is not None  # noqa: S101 - for the type checker
        return datetime.combine(day, time(10), ZONE) + timedelta(minutes=30 * cron.chance(deal).randrange(11))

    # reaching them

    def _reach_out(self, deal: Deal, how: str = "reach") -> None:
        """A call or a mail; most sellers give up when the cadence is at its end, and many before."""
        seller, chance, today = self.seller, self.seller.chance(deal), self.seller.today
        most = self.rules.stage(deal.pipeline, deal.stage).attempts if deal.last(CONVERSATION) is None else 4
        enough = most if seller.does("chases", deal) else most - 2
        if len(deal.attempts(today)) >= enough and chance.random() < 0.93:
            return
        others = [one for one in self.deals.values() if one.status == "open" and one.id != deal.id]
        if others and seller.does("slips", deal):
            seller.log_on_wrong_deal(chance.choice(others))
        writes = how == "mail" or (how == "reach" and seller.does("writes", deal))
        if writes and deal.email:
            self._attempt(deal, "email")
            self._await_reply(deal)
        elif deal.buyer.is_reached(today):
            self._talk(deal, "call")
        else:
            self._attempt(deal, "call")

    def _attempt(self, deal: Deal, kind: str) -> None:
        seller = self.seller
        if kind == "call" and seller.may_slip(deal):
            seller.log_wrongly_and_change(deal, kind)
        elif seller.does("logs_attempts", deal):
            seller.log(deal, kind, ATTEMPT)
        else:
            seller.type_line()
            deal.untold.append(Touch(kind, inbound=False, at=seller.now, sense=ATTEMPT))

    def _await_reply(self, deal: Deal) -> None:
        """What a message of ours sets going: a machine's answer, theirs, or nothing."""
        now = self.seller.now
        if deal.buyer.is_away():
            self._at(now + timedelta(minutes=3), lambda: self._a_machine_writes(deal))
        wait = deal.buyer.reply_after(self.seller.today)
        if wait is not None and self._has_mailbox(deal):
            self._comes_at(now + wait, lambda: self._mail_comes(deal, "Thanks, let us talk", now + wait))
        elif wait is not None:
            self._at(now + wait, lambda: self._they_write(deal, "Thanks, let us talk", now + wait))

    def _a_machine_writes(self, deal: Deal) -> None:
        if deal.status == "open":
            self.seller.log(deal, "email", AUTOMATIC, inbound=True, note="I am out of the office and back on Monday")

    def send_last_chance(self, deal: Deal) -> None:
        """Later in the day, if the last chance still runs."""

        def send() -> None:
            if deal.status == "open" and deal.last_chance and not deal.last_chance.over:
                if self.seller.cron is not None and self.seller.cron.send_draft(deal, self.seller.now):
                    self._await_reply(deal)
                    return
                self.seller.log(deal, "email", ATTEMPT, note="Sent the last word")
                self._await_reply(deal)

        self._at(self._moment(self.seller.today), send)

    def _send(self, deal: Deal) -> None:
        """The proposal, or the contract."""
        state = self.states[deal.id]
        state.sent = True
        self._attempt(deal, "email")
        if self._is_last(deal):
            state.signing = True
        else:
            self._plan(deal, self.seller.chance(deal).randrange(3, 7), "meet", f"Go through it with {deal.first_name}")
        self._await_reply(deal)

    def _keep_appointment(self, deal: Deal, do: str, afterwards: Callable[[], None]) -> None:
        """One that stands in the calendar for today: it takes place, is moved, or nobody is there."""
        seller, chance, meeting = self.seller, self.seller.chance(deal), deal.meeting_on(self.seller.today)
        assert meeting is not None  # noqa: S101 - for the type checker
        kind, lot = chance.choice(("meeting", "meeting", "demo", "call")), chance.random()
        kind, step = "call" if do == "call" else kind, seller.carrying_out

        def wait_in_vain() -> None:
            if deal.status == "open" and not deal.is_asleep(seller.today):
                seller.carrying_out = step
                self._attempt(deal, "call" if kind == "call" else "meeting")
                if do == "meet":
                    self._plan(deal, 2, "call", f"Ask {deal.first_name} for another day", agreed=False)
                afterwards()

        def talk() -> None:
            if deal.status == "open" and not deal.is_asleep(seller.today):
                seller.carrying_out = step
                self._talk(deal, kind)
                afterwards()

        is_there = deal.buyer.is_reached(seller.today) if do == "call" else lot >= 0.12
        if deal.buyer.is_gone(seller.today) or not is_there:
            self._at(meeting.start + timedelta(minutes=15), wait_in_vain)
        elif do == "meet" and lot < 0.2:
            self._they_write(deal, "Something came up, can we move it?", seller.now)
            if deal.status == "open" and not deal.is_asleep(seller.today):
                self._plan(deal, 4, "meet", f"Meet {deal.first_name}")
            afterwards()
        else:
            self._at(meeting.start + timedelta(minutes=40), talk)

    def _meet(self, deal: Deal) -> None:
        seller, chance = self.seller, self.seller.chance(deal)
        kind, lot = chance.choice(("meeting", "meeting", "demo", "call")), chance.random()
        if deal.buyer.is_gone(seller.today) or lot < 0.12:
            self._attempt(deal, "call" if kind == "call" else "meeting")
            self._plan(deal, 2, "call", f"Ask {deal.first_name} for another day", agreed=False)
        elif lot < 0.2:
            self._they_write(deal, "Something came up, can we move it?", seller.now)
            if deal.status == "open" and not deal.is_asleep(seller.today):
                self._plan(deal, 4, "meet", f"Meet {deal.first_name}")
        else:
            self._talk(deal, kind)

    def _they_write(self, deal: Deal, note: str, at: datetime) -> None:
        """A mail of theirs, now and then a call that is missed; what comes at night or on a weekend is read later."""
        seller = self.seller
        if deal.status == "open" and deal.buyer.is_gone(seller.today):
            return
        if deal.status != "open" and deal.closed_by != "prune":
            return
        if self._has_mailbox(deal) and at == seller.now:
            self._deliver(deal, note, at)
            self._read(deal)
            return
        if deal.status != "open":
            seller.reopen(deal)
        elif not seller.does("logs_talks", deal):
            deal.untold.append(Touch("email", inbound=True, at=seller.now, sense=CONVERSATION, awaits=True))
            return
        dates_back = day_of(at) < seller.today and seller.does("uses_flags", deal)
        kind = "call" if seller.chance(deal).random() < 0.06 else "email"
        sense = MISSED if kind == "call" else CONVERSATION
        seller.log(deal, kind, sense, inbound=True, note=note, awaits=True, at=at if dates_back else None)
        if deal.is_asleep(seller.today):
            seller.wake(deal)
        self._read_their_word(deal)

    def _has_mailbox(self, deal: Deal) -> bool:
        return self.seller.cron is not None and deal.email is not None

    def _mail_comes(self, deal: Deal, text: str, at: datetime) -> None:
        """Into the mailbox, at its time; it is read when the seller works. Now and then they ring instead."""
        if deal.buyer.is_gone(day_of(at)) or (deal.status != "open" and deal.closed_by != "prune"):
            return
        if self.seller.chance(deal).random() < 0.06:
            self._at(at, lambda: self._they_write(deal, text, at))
            return
        self._deliver(deal, text, at)
        self._at(at + timedelta(minutes=12), lambda: self._read(deal))

    def _deliver(self, deal: Deal, text: str, at: datetime) -> None:
        """From the address that is known, from home, or by somebody else there."""
        cron = self.seller.cron
        assert cron is not None  # noqa: S101 - for the type checker
        touch, lot = Touch("email", inbound=True, at=at, sense=CONVERSATION, awaits=True), cron.chance(deal).random()
        if lot < 0.05 and deal.status == "open":
            address = second_address(deal)
            cron.writes_from(deal, address)
            cron.mail(deal, touch, text, address)
        elif lot < 0.08 and deal.status == "open":
            name, address = colleague(deal)
            cron.writes_from(deal, address)
            cron.mail(deal, touch, text, address, name)
        else:
            cron.mail(deal, touch, text)

    def _read(self, deal: Deal) -> None:
        """What the seller does when a mail of theirs was read."""
        seller, cron = self.seller, self.seller.cron
        assert cron is not None  # noqa: S101 - for the type checker
        if deal.status != "open":
            if deal.closed_by != "prune":
                return
            seller.reopen(deal)
        second = second_address(deal)
        if cron.strangers.get(second) is deal:
            seller.wait(3)
            answer = Touch("email", inbound=False, at=seller.now, sense=ATTEMPT)
            cron.mail(deal, answer, "Thank you, I come back to it.", second)
        if deal.is_asleep(seller.today):
            seller.wake(deal)
        seller.read_post()
        seller.begin(deal)
        self._read_their_word(deal)

    def _read_their_word(self, deal: Deal) -> None:
        seller, state = self.seller, self.states[deal.id]
        if state.signing and self._is_last(deal):
            self._sign(deal)
            return
        if state.sent and (state.presented or deal.pipeline != "services"):
            state.reacted = True
            if self._moves_on(deal):
                return
        chance = seller.chance(deal)
        due = seller.today + timedelta(days=chance.choice((0, 1, 1, 2, 5)))
        state.plan = Plan(due, chance.choice(("reach", "call")))

    # when they talk

    def _talk(self, deal: Deal, kind: str) -> None:
        """Spoken with: told now, told late, or never; and what comes of it."""
        self.seller.type_line()
        seller, at = self.seller, self.seller.now
        if seller.does("logs_late", deal):
            self._at(at + timedelta(days=seller.chance(deal).randrange(1, 5)), lambda: self._tell_late(deal, kind, at))
            return
        if not seller.does("logs_talks", deal):
            deal.untold.append(Touch(kind, inbound=False, at=at, sense=CONVERSATION))
            return
        seller.log(deal, kind, CONVERSATION, inbound=seller.chance(deal).random() < 0.15)
        self._come_of_it(deal)
        if deal.status == "open" and not deal.is_asleep(seller.today) and seller.may_slip(deal):
            seller.log_twice_and_remove(deal, kind)
        if deal.status == "open" and not deal.is_asleep(seller.today) and seller.may_slip(deal):
            seller.advance_by_mistake(deal)

    def _tell_late(self, deal: Deal, kind: str, at: datetime) -> None:
        if deal.status == "open":
            self.seller.log(deal, kind, CONVERSATION, at=at)
            if not deal.is_asleep(self.seller.today):
                self._come_of_it(deal)

    def _come_of_it(self, deal: Deal) -> None:
        seller, buyer, chance, place = self.seller, deal.buyer, self.seller.chance(deal), self._place(deal)
        if buyer.says_no_at <= place:
            self._say_no(deal)
            return
        self._may_vanish(deal, seller.today)
        if chance.random() < 0.08 and not buyer.has_put_off:
            self._put_off(deal)
            return
        if chance.random() < 0.2 and place >= 1:
            seller.edit(deal, value=round(deal.value * chance.choice((0.8, 0.9, 1.1)), -1))
        if buyer.goes_on():
            self._bring_on(deal)
        else:
            self._plan(deal, chance.randrange(3, 9), "call", f"Hear from {deal.first_name} how it stands")

    def _say_no(self, deal: Deal) -> None:
        seller, buyer, chance = self.seller, deal.buyer, self.seller.chance(deal)
        if buyer.kind == "wrong fit":
            seller.disqualify(deal, "a student project")
        elif buyer.kind == "later" and not buyer.has_put_off and chance.random() < 0.4:
            self._put_off(deal)
        elif buyer.kind == "later":
            due = seller.today + timedelta(days=chance.choice((28, 40, 180)))
            seller.lose(deal, "timing", Step(due, "Ask about the new budget"))
        else:
            seller.lose(deal, chance.choice(_WHY_LOST.get(buyer.kind, ("other",))))

    def _put_off(self, deal: Deal) -> None:
        """They said when to come back: the deal sleeps until then, mostly with the reason."""
        seller, chance = self.seller, self.seller.chance(deal)
        deal.buyer.has_put_off = True
        until = seller.today + timedelta(days=chance.randrange(12, 45))
        seller.snooze(deal, until, chance.choice(_PUT_OFF) if seller.does("plans", deal) else "")
        self.states[deal.id].plan = Plan(until + timedelta(days=chance.choice((0, 0, 1, 3))), "call")

    def _bring_on(self, deal: Deal) -> None:
        """What a good conversation leads to, by the stage."""
        if self._is_last(deal):
            self._sign(deal)
            return
        {
            ("services", 0): self._out_of_prospecting,
            ("services", 1): self._out_of_qualification,
            ("services", 2): self._about_the_proposal,
            ("services", 3): self._out_of_negotiation,
            ("training", 0): self._out_of_enquiry,
            ("training", 1): self._about_the_offer,
        }[deal.pipeline, self._place(deal)](deal)

    def _out_of_prospecting(self, deal: Deal) -> None:
        seller, chance, first = self.seller, self.seller.chance(deal), deal.first_name
        seller.confirm(deal, "problem", f"{first} said so")
        if chance.random() < 0.5:
            self._plan(deal, chance.randrange(2, 8), "meet", f"Meet {first} about the questions")
        else:
            self._plan(deal, chance.randrange(2, 8), "call", f"Ask {first} the open questions")
        seller.advance(deal)

    def _out_of_qualification(self, deal: Deal) -> None:
        """Now and then it turns out that a training is what they want."""
        seller, chance, first = self.seller, self.seller.chance(deal), deal.first_name
        if chance.random() < 0.05:
            seller.cross(deal, "training", "offer")
            self._plan(deal, 2, "send", f"Send {first} the offer")
            return
        seller.qualify(deal)
        seller.confirm(deal, "champion", f"{first} speaks for us")
        self._plan(deal, chance.randrange(1, 5), "send", f"Send {first} the proposal")
        seller.advance(deal)

    def _about_the_proposal(self, deal: Deal) -> None:
        state, chance, first = self.states[deal.id], self.seller.chance(deal), deal.first_name
        state.presented = state.presented or state.sent
        if state.presented:
            self._name_a_day(deal)
        if self._moves_on(deal):
            return
        days = chance.randrange(3, 9)
        if state.sent:
            self._plan(deal, days, "call", f"Hear what {first} decided")
            self._await_reply(deal)
        else:
            self._plan(deal, days, "send", f"Send {first} the proposal")

    def _out_of_negotiation(self, deal: Deal) -> None:
        self.seller.confirm(deal, "terms", "agreed on the phone")
        self._plan(deal, self.seller.chance(deal).randrange(1, 4), "send", f"Send {deal.first_name} the contract")
        self.seller.advance(deal)

    def _out_of_enquiry(self, deal: Deal) -> None:
        self._plan(deal, 2, "send", f"Send {deal.first_name} the offer")
        self.seller.advance(deal)

    def _about_the_offer(self, deal: Deal) -> None:
        if not self._moves_on(deal):
            self._plan(deal, 5, "mail", f"Ask {deal.first_name} about the offer")

    def _moves_on(self, deal: Deal) -> bool:
        """Out of the stage in which they look at what was sent, once they have said something about it."""
        if not self.states[deal.id].reacted or self._place(deal) != _LOOKS_AT_OFFER[deal.pipeline]:
            return False
        self._name_a_day(deal)
        days = self.seller.chance(deal).randrange(2, 7)
        self._plan(deal, days, "call", f"Settle the terms with {deal.first_name}")
        return self.seller.advance(deal)

    def _name_a_day(self, deal: Deal) -> None:
        """On which they mean to decide."""
        if deal.close is None:
            self.seller.edit(deal, close=self.seller.today + timedelta(days=self.seller.chance(deal).randrange(15, 50)))

    def _sign(self, deal: Deal) -> None:
        if self.seller.does("plans", deal):
            criterion = {"services": "signed", "training": "booked"}[deal.pipeline]
            self.seller.confirm(deal, criterion, "the signed paper is here")
        self.seller.win(deal)


def _working_day(day: date) -> date:
    """The day, or the Monday after it."""
    return day + timedelta(days=7 - day.weekday() if day.weekday() >= 5 else 0)


def _how_likely(why: str) -> float:
    return next(often for words, often in _HEEDED if why.startswith(words))
