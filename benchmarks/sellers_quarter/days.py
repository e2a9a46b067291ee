"""The weeks of the quarter: what the seller reads and types each morning and evening, and by the week."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from pathlib import Path
from random import Random
from typing import Any

from benchmarks.sellers_quarter.agenda import Moment, judge_agenda
from benchmarks.sellers_quarter.cron import Cron
from benchmarks.sellers_quarter.judging import Judge
from benchmarks.sellers_quarter.post import Post
from benchmarks.sellers_quarter.printed import Rest, StillThere, whole
from benchmarks.sellers_quarter.program import Program
from benchmarks.sellers_quarter.seller import Seller
from benchmarks.sellers_quarter.story import Story
from benchmarks.sellers_quarter.tally import Tally
from benchmarks.sellers_quarter.truth import ZONE, Deal, Rules

FIRST_DAY = date(2026, 9, 7)
"""A Monday; clocks go back in the eighth week."""
_THERE_AT_FIRST = 0.35
"""How many of the deals are older than the quarter."""
_KEEPS = 0.07
"""How many candidates of `prune` the seller would rather keep."""


class Quarter:
    """Plays it; afterwards the tally holds what was found."""

    def __init__(
        self,
        program: Program,
        rules: Rules,
        tally: Tally,
        *,
        seed: int,
        deals: int,
        weeks: int,
        habits: str,
        post: Post | None = None,
    ) -> None:
        """`post`: the mailbox and calendar that are captured; None: every mail and meeting is typed."""
        self.deals: dict[int, Deal] = {}
        self.program, self.rules, self.tally = program, rules, tally
        self.judge = Judge(self.deals, rules, tally)
        self.seller = Seller(program, rules, tally, self.deals, self.judge, habits, seed)
        self.seller.cron = None if post is None else Cron(self.seller, post, seed)
        self.judge.has_mailbox = post is not None
        self._story = Story(self.seller, self.deals, seed)
        self._days = weeks * 7
        self._backlog = round(deals * _THERE_AT_FIRST)
        chance, last_arrival = Random(f"arrivals:{seed}"), max(1, round(self._days * 0.75))
        self._arrivals = [chance.randrange(last_arrival) for _ in range(deals - self._backlog)]

    def play(self) -> None:
        for offset in range(self._days):
            day = FIRST_DAY + timedelta(days=offset)
            if day.weekday() >= 5:
                continue
            self.seller.now = datetime.combine(day, time(8, 30), ZONE)
            self._night(day)
            if offset == 0:
                for _ in range(self._backlog):
                    self._story.old_deal()
            elif day.weekday() == 0:
                self._prune(day)
            self._morning(day)
            since_friday = 2 if day.weekday() == 0 else 0
            new = sum(offset - since_friday <= one <= offset for one in self._arrivals)
            self._story.live_through(day, new)
            self._evening(day)
        today = self.seller.today
        for deal, truth in self.judge.dead_and_missed(today):
            self.tally.miss("dead_missed", deal, today, "pipeline prune --yes", "nothing", truth)

    def _night(self, day: date) -> None:
        """What lies in the mailbox in the morning."""
        cron = self.seller.cron
        self._story.deliver(self.seller.now)
        if cron is not None:
            for hour in range(2):
                cron.post.news(day.toordinal() + hour, datetime.combine(day, time(3 + hour), ZONE))
            known = [one for one in self.deals.values() if one.email]
            if known and day.weekday() == 2:
                deal = known[day.toordinal() % len(known)]
                cron.post.news_of(deal.person, str(deal.email), datetime.combine(day, time(5), ZONE))

    def _morning(self, day: date) -> None:
        seller = self.seller
        said = seller.look("today", "--json")
        seller.typed += 1
        judge_agenda(said, self.deals, Moment(self.rules, seller.now), self.judge.last_prune, self.tally)
        for row in said.json["rows"]:
            seller.printed.try_one(whole(row["command"]), "pipeline today", seller.now, _still_in_today(row))
            if row["id"] in self.deals:
                self._story.states[row["id"]].listed = str(row["why"])
        if seller.cron is not None and said.json["captured"]["waiting"]:
            seller.cron.answers(seller.type("capture", "review", "--json").json["rows"])
        if day.weekday() == 0:
            for words in (("today",), ("health",), ("forecast",), ("check",), ("board",)):
                seller.printed.try_all(seller.look(*words), seller.now)

    def _prune(self, day: date) -> None:
        seller, judge = self.seller, self.judge
        judge.judge_unanswered(seller.look("list", "flag=unanswered", "--all-pipelines", "--json"), day)
        for deal in self.deals.values():
            if deal.status == "open":
                self._look_at(deal)
        seller.printed.try_all(seller.look("prune", "--dry-run"), seller.now)
        keep = self._kept(seller.look("prune", "--dry-run", "--json").json["rows"])
        said = seller.look("prune", "--yes", "--json", *(word for one in keep for word in ("--keep", one)))
        seller.typed += 1
        for deal in keep.values():
            deal.kept_on = day
            deal.history.append(f"{day} {said.line}")
            judge.expect_recall(deal, said, day, "prune --keep")
        judge.judge_prune(said, seller.now, self.program.folder / "last-chances")
        seller.printed.try_all(said, seller.now)
        for row in said.json["rows"]:
            deal = self.deals[row["id"]]
            if row["step"] == "last_chance" and seller.does("sends_drafts", deal):
                self._story.send_last_chance(deal)

    def _kept(self, rows: list[dict[str, Any]]) -> dict[int, Deal]:
        candidates = [self.deals[row["id"]] for row in rows if row["step"] in ("last_chance", "close", "wait")]
        return {deal.id: deal for deal in candidates if self.seller.chance(deal).random() < _KEEPS}

    def _look_at(self, deal: Deal) -> None:
        """`show`: judged, and what it prints typed."""
        seller = self.seller
        said = seller.look("show", deal.id, "--json")
        self.judge.judge_show(said, deal, seller.today)
        for result in said.json["criteria"]:
            if result["fix"]:
                seller.printed.try_one(result["fix"], said.line, seller.now, _still_missing(deal.id, result["id"]))

    def _evening(self, day: date) -> None:
        """The deals of the day are looked at once more; on Fridays the week is reviewed."""
        seller = self.seller
        for number in sorted(seller.touched):
            if self.deals[number].status == "open":
                self._look_at(self.deals[number])
            if number % 4 == day.weekday():
                seller.printed.try_all(seller.look("show", number), seller.now)
        seller.touched.clear()
        if day.weekday() == 4:
            for one in seller.look("review", "--json").json["decisions"]:
                seller.printed.try_one(whole(one["command"]), "pipeline review", seller.now, _still_to_decide(one))
            seller.printed.try_all(seller.type("review", "--mark"), seller.now)


def _still_in_today(row: dict[str, Any]) -> StillThere:
    return lambda program, now, folder: _rest_of(row, program.run(["today", "--json"], now, folder).json["rows"])


def _still_to_decide(decision: dict[str, Any]) -> StillThere:
    return lambda program, now, folder: _rest_of(
        decision, program.run(["review", "--json"], now, folder).json["decisions"]
    )


def _rest_of(reason: dict[str, Any], rows: list[dict[str, Any]]) -> Rest | None:
    same = (one for one in rows if (one["id"], one["why"]) == (reason["id"], reason["why"]))
    return next((Rest(one["why"], whole(one["command"])) for one in same), None)


def _still_missing(deal_id: int, criterion: str) -> StillThere:
    def look(program: Program, now: datetime, folder: Path) -> Rest | None:
        results = program.run(["show", str(deal_id), "--json"], now, folder).json["criteria"]
        same = (one for one in results if one["id"] == criterion and not one["met"])
        return next((Rest(one["text"], one["fix"]) for one in same), None)

    return look
