"""What cron does: `pipeline capture` over the mailbox and the calendar, and what is true of the deals from then on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import TYPE_CHECKING

from benchmarks.sellers_quarter.post import Post
from benchmarks.sellers_quarter.truth import ATTEMPT, AUTOMATIC, CONVERSATION, Booked, Deal, Step, Touch, day_of

if TYPE_CHECKING:
    from benchmarks.sellers_quarter.program import Said
    from benchmarks.sellers_quarter.seller import Seller

_MET = ("Meet", "Ask", "Hear", "Call")
"""What was planned in these words is done by a meeting."""
_WRITTEN = ("Send", "Ask")
"""And by a mail that is about the last of their words."""


@dataclass
class Written:
    """A mail that lies in the mailbox, of which the record does not know yet."""

    deal: Deal
    touch: Touch
    address: str
    about: str


class Cron:
    """Runs before the seller types or reads anything, whenever something has changed."""

    def __init__(self, seller: Seller, post: Post, seed: int) -> None:
        self._seller, self.post, self._seed = seller, post, seed
        self._chances: dict[int, Random] = {}
        self._threads: dict[int, list[str]] = {}
        self._subjects: dict[int, str] = {}
        self._written: list[Written] = []
        self._arranged: list[Deal] = []
        self.strangers: dict[str, Deal] = {}
        """Addresses that nobody knows yet, and whose they are."""
        self._known: set[str] = set()
        """Addresses that were once such."""
        self._dirty = False

    def chance(self, deal: Deal) -> Random:
        """Of each deal its own, so that what is written changes nothing about what happens."""
        return self._chances.setdefault(deal.id, Random(f"{self._seed}:post:{deal.id}"))

    def writes_from(self, deal: Deal, address: str) -> None:
        """One that nobody knows, the first time."""
        if address not in self._known:
            self.strangers[address] = deal

    # what is written

    def mail(self, deal: Deal, touch: Touch, text: str, address: str | None = None, name: str | None = None) -> None:
        """A mail between the seller and them, or of a machine of theirs."""
        about = self._subject(deal, touch)
        to, machine = address or str(deal.email), touch.sense == AUTOMATIC
        thread = self._threads.setdefault(deal.id, [])
        self.post.write(
            name or deal.person, to, touch.at, about, text, inbound=touch.inbound, thread=thread, machine=machine
        )
        self._written.append(Written(deal, touch, to, about))
        self._dirty = True

    def _subject(self, deal: Deal, touch: Touch) -> str:
        """Of the thread; of something that was promised mostly that, in a thread of its own."""
        known = self._subjects.setdefault(deal.id, deal.title.partition(": ")[2].capitalize())
        step = deal.step
        if touch.inbound or step is None or step.due > day_of(touch.at) or step.text.split()[0] not in _WRITTEN:
            return known
        if self.chance(deal).random() < 0.75:
            self._subjects[deal.id], self._threads[deal.id] = f"The {step.text.split()[-1]}", []
        return self._subjects[deal.id]

    def send_draft(self, deal: Deal, at: datetime) -> bool:
        """The last chance that lies there; False: it does not."""
        chance = deal.last_chance
        draft = self._seller.program.folder / "last-chances" / str(chance and chance.draft)
        if chance is None or not draft.is_file() or deal.email is None:
            return False
        self.post.send_draft(draft, at, with_its_headers=self.chance(deal).random() < 0.5)
        touch = Touch("email", inbound=False, at=at, sense=ATTEMPT)
        self._written.append(Written(deal, touch, deal.email, "the last chance"))
        chance.deadline = day_of(at) + timedelta(days=self._seller.rules.grace_days[deal.pipeline])
        self._dirty = True
        return True

    def arrange(self, deal: Deal, start: datetime, text: str) -> None:
        """A meeting goes into the calendar; the one there was is moved."""
        booked = next(iter(deal.booked), None) or Booked(f"meeting-{deal.id}-{start:%Y%m%d%H%M}", start, text)
        booked.version += bool(deal.booked)
        booked.start, booked.text, booked.is_hidden = start, text, False
        deal.booked = [booked]
        deal.planned_at = self._seller.now
        self.keep(deal, booked)
        self._arranged.append(deal)

    def call_off(self, deal: Deal) -> None:
        """Nothing stands in the calendar any more."""
        for booked in deal.booked:
            booked.version += 1
            self.keep(deal, booked, is_on=False)
        deal.booked = []

    def keep(self, deal: Deal, booked: Booked, *, is_on: bool = True) -> None:
        """As it is now."""
        self.post.arrange(
            booked.uid, booked.start, booked.text, deal.person, str(deal.email), version=booked.version, is_on=is_on
        )
        self._dirty = True

    # what the record makes of it

    def run(self) -> None:
        """`pipeline capture`, where something came or a meeting has begun since."""
        seller = self._seller
        begun = [one for one in seller.deals.values() if any(meeting.start <= seller.now for meeting in one.booked)]
        if not self._dirty and not begun:
            return
        self._dirty = False
        said = seller.program.run(["capture"], seller.now)
        if said.code:
            words = f"{said.code}: {said.err}"
            seller.tally.miss("typed_fails", None, seller.today, said.line, words, "it should work in cron")
        self._settle(said, begun)

    def _settle(self, said: Said, begun: list[Deal]) -> None:
        for deal in self._arranged:
            if deal.booked:
                seller = self._seller
                seller.judge.expect_recall(deal, said, seller.today, "a new next step")
        self._arranged = []
        begun_now = [(meeting.start, deal, meeting) for deal in begun for meeting in deal.booked]
        mails = [one for one in self._written if self._is_clear(one)]
        self._written = [one for one in self._written if one not in mails]
        happened: list[tuple[datetime, Deal, Booked | Written]] = [
            *((at, deal, meeting) for at, deal, meeting in begun_now if at <= self._seller.now),
            *((one.touch.at, one.deal, one) for one in mails),
        ]
        for at, deal, one in sorted(happened, key=lambda found: found[0]):
            if isinstance(one, Booked):
                deal.booked.remove(one)
                took_place = Touch("meeting", inbound=False, at=at, sense=CONVERSATION, of_calendar=True)
                if not any(is_told_of(touch, took_place) for touch in deal.touches):
                    self._tell(deal, took_place, "", said)
            else:
                self._tell(deal, one.touch, one.about, said)

    def _is_clear(self, mail: Written) -> bool:
        """It belongs to an open deal of somebody known by that address."""
        return mail.deal.status == "open" and mail.address not in self.strangers

    def _tell(self, deal: Deal, touch: Touch, about: str, said: Said) -> None:
        """What the record knows from now on, as a touch that was logged does."""
        seller = self._seller
        seller.has_told(deal, touch)
        seller.touched.add(deal.id)
        deal.history.append(
            f"{seller.today} pipeline capture: {touch.kind} {touch.at:%d %b %H:%M} {touch.sense}: {about}"
        )
        if deal.last_chance is not None and touch.sense == CONVERSATION:
            seller.judge.expect_recall(deal, said, seller.today, f"a {touch.kind} with them")
        step = deal.step
        if step is not None and _does(touch, about, step):
            deal.step = None

    # what has to be decided

    def answers(self, rows: list[dict[str, object]]) -> None:
        """Of `capture review`: whose address it is, or which deal a mail belongs to."""
        seller = self._seller
        for row in rows:
            address = str(row["address"] or "") or str(row["person"] or "")
            deal = self.strangers.get(address) or next(
                (one for one in seller.deals.values() if one.email == address), None
            )
            if deal is None or not self._waits(deal, address):
                continue
            if deal.status != "open" and deal.closed_by == "prune":
                continue  # it is opened again when its mail is read
            whose: list[object] = ["--contact", deal.email] if is_second(address, deal) else [deal.id]
            said = seller.type("capture", "assign", row["item"], *whose, deal=deal)
            self.strangers.pop(address, None)
            self._known.add(address)
            mails = [one for one in self._written if one.deal is deal and (one.address == address)]
            self._written = [one for one in self._written if one not in mails]
            for one in sorted(mails, key=lambda one: one.touch.at):
                self._tell(deal, one.touch, one.about, said)

    def _waits(self, deal: Deal, address: str) -> bool:
        return any(one.deal is deal and one.address == address for one in self._written)


def is_told_of(touch: Touch, meeting: Touch) -> bool:
    """What was logged by hand that day is that meeting, to which the seller had invited: no call of theirs is, and a call
    in vain only about its time."""
    if touch.kind not in ("meeting", "call", "demo") or touch.of_calendar or day_of(touch.at) != day_of(meeting.at):
        return False
    if touch.kind == "call" and touch.inbound:
        return False
    around = meeting.at - timedelta(minutes=15) <= touch.at <= meeting.at + timedelta(hours=2)
    return touch.kind != "call" or touch.sense != ATTEMPT or around


def is_second(address: str, deal: Deal) -> bool:
    """It is another address of the same person."""
    return address.partition("@")[0] == str(deal.email).partition("@")[0]


def second_address(deal: Deal) -> str:
    """From which they write from home."""
    return f"{str(deal.email).partition('@')[0]}@home{deal.id}.example"


def colleague(deal: Deal) -> tuple[str, str]:
    """Name and address of somebody else there."""
    return "Robin Marsh", f"robin.marsh@{str(deal.email).partition('@')[2]}"


def _does(touch: Touch, about: str, step: Step) -> bool:
    """Whether the seller would say that it is done."""
    first, last = step.text.split()[0], step.text.split()[-1]
    if step.due > day_of(touch.at) or (step.since is not None and step.since > touch.at):
        return False
    if touch.of_calendar:
        return first in _MET
    return touch.sense == ATTEMPT and first in _WRITTEN and last.casefold() in about.casefold().split()
