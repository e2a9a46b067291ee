"""What the program said of single deals, held against what is true: plans of `prune`, drafts, flags, checklists."""

from __future__ import annotations

import email
import email.policy
import re
from collections import Counter
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from email.utils import parseaddr
from pathlib import Path
from typing import Any

from benchmarks.sellers_quarter.program import Said
from benchmarks.sellers_quarter.tally import Tally
from benchmarks.sellers_quarter.truth import (
    ATTEMPT,
    CONVERSATION,
    Deal,
    LastChance,
    Rules,
    Touch,
    day_of,
    evidence_for,
    why_alive,
)


class Judge:
    """Holds what was said against the deals, and has the tally keep what is wrong."""

    def __init__(self, deals: dict[int, Deal], rules: Rules, tally: Tally) -> None:
        self.deals, self.rules, self.tally = deals, rules, tally
        self.last_prune: date | None = None
        self.has_mailbox = False

    # prune

    def judge_prune(self, said: Said, now: datetime, drafts: Path) -> None:
        """After `prune --yes`: what it did and the drafts it wrote; the deals become what it made of them."""
        today, rows = day_of(now), {row["id"]: row for row in said.json["rows"]}
        self.tally.look("rows of prune", len(rows))
        for deal in [one for one in self.deals.values() if one.status == "open"]:
            row = rows.pop(deal.id, None)
            step = None if row is None else row["step"]
            self._judge_last_chance(deal, step, said, today)
            if row is None or step not in ("last_chance", "close"):
                continue
            deal.proposed = True
            self._judge_proposal(deal, row, said, today)
            if step == "last_chance":
                deadline = date.fromisoformat(row["deadline"])
                deal.last_chance = LastChance(now, deadline, self._judge_draft(deal, deadline, drafts, said, today))
            else:
                deal.status, deal.closed_by, deal.step = "lost", "prune", None
                if deal.last_chance:
                    deal.last_chance.over = deal.last_chance.over or "closed"
            deal.history.append(f"{today} pipeline prune --yes: {step}, {row['reason']}")
        for number, row in rows.items():
            self.tally.miss("live_pruned", self.deals.get(number), today, said.line, row["step"], "it is not open")
        self.last_prune = today

    def _judge_proposal(self, deal: Deal, row: dict[str, Any], said: Said, today: date) -> None:
        words = f"{row['step']}: {row['reason']}"
        alive, number = why_alive(deal, self.rules, today), self._wrong_number(str(row["reason"]), deal, today)
        if alive:
            self.tally.miss("live_pruned", deal, today, said.line, words, alive)
        if number:
            self.tally.miss("untrue_reasons", deal, today, said.line, words, number)
        if deal.kept_on == today - timedelta(days=7):
            self.tally.miss("kept_again", deal, today, said.line, words, f"kept by hand on {deal.kept_on}")
        usual = self.rules.stage(deal.pipeline, deal.stage).usual_silence
        for touch in deal.untold:
            if touch.sense == CONVERSATION and 0 <= (today - day_of(touch.at)).days <= usual:
                self.tally.miss("untold", deal, today, said.line, words, f"a {touch.kind} on {day_of(touch.at)}")

    def _wrong_number(self, reason: str, deal: Deal, today: date) -> str:
        """What is true instead of a number in the reason; '' when all are right."""
        found = re.search(r"idle (\d+) days?", reason) or re.search(r"(\d+) days without a sign", reason)
        if found is not None and int(found[1]) not in (deal.idle_days(today), deal.quiet_days(today)):
            return f"idle {deal.quiet_days(today)} days"
        made = len(deal.attempts(today))
        found = re.match(r"(\d+) unanswered", reason)
        if found is not None and int(found[1]) != made:
            return f"{made} attempts since they were last spoken with"
        age = (today - day_of(deal.created)).days
        found = re.match(r"(\d+) days old", reason)
        return f"{age} days old" if found is not None and int(found[1]) != age else ""

    def _judge_last_chance(self, deal: Deal, step: str | None, said: Said, today: date) -> None:
        """Whether it waits for a last chance that runs, and closes at the end of one that ran out."""
        chance = deal.last_chance
        runs = chance is not None and chance.over is None
        over = "none was given" if chance is None else f"that of {day_of(chance.given)} ended by {chance.over}"
        if step == "wait" and not runs:
            self.tally.miss("last_chances", deal, today, said.line, "a last chance is running", over)
        if step == "close" and deal.email and not (chance is not None and runs and chance.deadline <= today):
            truth = f"the last chance runs until {chance.deadline}" if chance is not None and runs else over
            self.tally.miss("last_chances", deal, today, said.line, "close", truth)
        if chance is not None and runs and chance.deadline <= today and step != "close":
            if why_alive(deal, self.rules, today) is None:
                truth = f"the deadline {chance.deadline} came in silence"
                self.tally.miss("last_chances", deal, today, said.line, f"{step}", truth)
            chance.over = "being no candidate when the deadline came"

    def _judge_draft(self, deal: Deal, deadline: date, drafts: Path, said: Said, today: date) -> str | None:
        """The name of its file, when it is there."""
        self.tally.look("drafts")
        grace = timedelta(days=self.rules.grace_days[deal.pipeline])
        if deadline != today + grace:
            truth = f"there are {grace.days} days to answer"
            self.tally.miss("last_chances", deal, today, said.line, f"until {deadline}", truth)
        draft = drafts / f"{deal.id}-{deadline}.eml"
        if not draft.is_file():
            self.tally.miss("drafts", deal, today, said.line, "a last chance", f"there is no draft {draft.name}")
            return None
        message = email.message_from_bytes(draft.read_bytes(), policy=email.policy.default)
        to = parseaddr(str(message["To"]))[1]
        words = f"a draft to {to}: I have not heard from you"
        usual = self.rules.stage(deal.pipeline, deal.stage).usual_silence
        spoken, waiting, step = deal.last(CONVERSATION), deal.waits_for_us, deal.step
        if to != deal.email:
            truth = f"its person is {deal.person} <{deal.email}>"
            self.tally.miss("drafts", deal, today, said.line, words, truth)
        elif waiting is not None:
            truth = f"they wrote on {day_of(waiting.at)} and nobody answered them"
            self.tally.miss("drafts", deal, today, said.line, words, truth)
        elif spoken is not None and (today - day_of(spoken.at)).days <= usual:
            truth = f"a {spoken.kind} on {day_of(spoken.at)}"
            self.tally.miss("drafts", deal, today, said.line, words, truth)
        elif step is not None and step.agreed and step.due < today and spoken is not None:
            truth = f"they were promised, for {step.due}: {step.text}"
            self.tally.miss("owed", deal, today, said.line, words, truth)
        return draft.name

    def expect_recall(self, deal: Deal, said: Said, today: date, by: str) -> None:
        """A command ended a last chance, if one ran: it has to name the draft that is no longer to be sent."""
        chance = deal.last_chance
        if chance is None or chance.over is not None:
            return
        chance.over = f"{by} on {today}"
        self.tally.look("last chances ended")
        if chance.draft and chance.draft not in said.out + said.err:
            truth = f"it ends the last chance of {day_of(chance.given)}: {chance.draft} is not to be sent any more"
            self.tally.miss("last_chances", deal, today, said.line, said.first_line, truth)

    def dead_and_missed(self, today: date) -> Iterator[tuple[Deal, str]]:
        """Open deals whose buyer is gone for good, long silent and not tried any more, that prune never proposed."""
        for deal in self.deals.values():
            gone_for_good = deal.buyer.gone_since is not None and deal.buyer.back_on is None
            planned = deal.step_ahead(today) is not None
            if deal.status != "open" or deal.proposed or not gone_for_good or planned or deal.is_asleep(today):
                continue
            if deal.waits_for_us is not None:
                continue
            usual = self.rules.stage(deal.pipeline, deal.stage).usual_silence
            spoken, tried = deal.last(CONVERSATION), deal.last(ATTEMPT)
            quiet = (today - (day_of(deal.created) if spoken is None else day_of(spoken.at))).days
            untried = quiet if tried is None else (today - day_of(tried.at)).days
            if quiet > 2 * usual + 14 and untried > usual + 7:
                yield deal, f"nothing from them for {quiet} days in {deal.stage}, not tried for {untried}"

    # flags, checklists, touchpoints

    def judge_unanswered(self, said: Said, today: date) -> None:
        """`list flag=unanswered`: as many attempts as were made since they were spoken with, and none left out."""
        rows = {row["id"]: row for row in said.json["rows"]}
        for deal in self.deals.values():
            if deal.status != "open" or deal.is_asleep(today):
                continue
            made, limit = len(deal.attempts(today)), self.rules.stage(deal.pipeline, deal.stage).attempts
            flags = rows[deal.id]["flags"] if deal.id in rows else []
            told = next((one["number"] for one in flags if one["flag"] == "unanswered"), None)
            self.tally.look("unanswered flags", told is not None)
            truth = f"{made} attempts since they were last spoken with; {limit} are too many"
            if told is not None and (told != made or made < limit):
                self.tally.miss("false_unanswered", deal, today, said.line, f"unanswered {told:g}", truth)
            elif told is None and made >= limit:
                self.tally.miss("unanswered_missed", deal, today, said.line, "nothing", truth)

    def judge_show(self, said: Said, deal: Deal, today: date) -> None:
        """`show --json`: criteria of touchpoints and of confirmations with the evidence they name, and the touchpoints."""
        stage = self.rules.stage(deal.pipeline, deal.stage)
        by_id = {one["id"]: one for one in stage.criteria}
        for result in said.json["criteria"]:
            criterion = by_id.get(result["id"], {})
            if "touchpoint" in criterion:
                self.tally.look("criteria")
                self._judge_touchpoint(said, result, criterion["touchpoint"], deal, today)
            elif "confirm" in criterion:
                self.tally.look("criteria")
                is_so = f"{deal.pipeline}:{stage.id}.{result['id']}" in deal.confirmed
                if bool(result["met"]) != is_so:
                    goal = "wrong_evidence" if result["met"] else "evidence_missed"
                    words = f"{result['text']}: {result['evidence']}"
                    self.tally.miss(goal, deal, today, said.line, words, f"confirmed: {is_so}")
        self._judge_kept_evidence(said, deal, today)
        self._judge_senses(said, deal, today)

    def _judge_touchpoint(
        self, said: Said, result: dict[str, Any], rule: dict[str, Any], deal: Deal, today: date
    ) -> None:
        real = evidence_for(rule, deal, deal.stage, today)
        enough = len(real) >= rule.get("at_least", 1)
        words = f"[{'x' if result['met'] else ' '}] {result['text']}: {result['evidence']}"
        known = ", ".join(f"{one.kind} on {day_of(one.at)}" for one in real) or "nothing since it entered the stage"
        entered = deal.entered.get(f"{deal.pipeline}:{deal.stage}")
        told = ", ".join(_in_words(one) for one in deal.touches[-6:])
        truth = f"real evidence: {known}; entered {deal.stage} {entered:%d %b %H:%M}; told: {told}"
        named = set(re.findall(r"\d{4}-\d\d-\d\d", result["evidence"] or ""))
        if enough and not result["met"]:
            self.tally.miss("evidence_missed", deal, today, said.line, words, truth)
        elif result["met"] and not (enough and named <= {str(day_of(one.at)) for one in real}):
            self.tally.miss("wrong_evidence", deal, today, said.line, words, truth)

    def _judge_kept_evidence(self, said: Said, deal: Deal, today: date) -> None:
        """What is kept with the moves of how criteria were met; what belongs to a move made by mistake is left alone."""
        for move in said.json["moves"]:
            for one in [] if move.get("mistake") else move.get("criteria_met", ()):
                real = deal.left.get(f"{deal.pipeline}:{one['stage']}", {}).get(one["id"])
                if real is None or one["on"] is None:
                    continue
                self.tally.look("criteria kept with moves")
                if date.fromisoformat(one["on"]) not in real:
                    words = f"left {one['stage']}, {one['text']}: {one['evidence']} on {one['on']}"
                    truth = f"real evidence: {', '.join(map(str, sorted(real))) or 'none'}"
                    self.tally.miss("wrong_evidence", deal, today, said.line, words, truth)

    def _judge_senses(self, said: Said, deal: Deal, today: date) -> None:
        """What each touchpoint is taken for, by the minute."""
        senses = {one.at.replace(second=0, microsecond=0): one.sense for one in deal.touches}
        self._judge_captured(said, deal, today)
        for one in said.json["touchpoints"]:
            at = datetime.fromisoformat(one["touched_at"]).replace(second=0, microsecond=0)
            if at not in senses:
                continue
            self.tally.look("touchpoints")
            if one["sense"] != senses[at]:
                words = f"{one['kind']} {one['direction']} {one['outcome'] or ''}: {one['sense']}"
                self.tally.miss("wrong_senses", deal, today, said.line, words, f"it was: {senses[at]}")

    def _judge_captured(self, said: Said, deal: Deal, today: date) -> None:
        """Whether what a mailbox or calendar brought is all there, and nothing that never was."""
        real = Counter((_minute(one.at), one.sense) for one in deal.touches)
        there = Counter(
            (_minute(datetime.fromisoformat(one["touched_at"])), one["sense"]) for one in said.json["touchpoints"]
        )
        brought = [one for one in said.json["touchpoints"] if one["source"] == "captured"]
        self.tally.look("captured touchpoints", len(brought))
        for one in brought:
            at = _minute(datetime.fromisoformat(one["touched_at"]))
            if not real[at, one["sense"]]:
                words = f"{one['kind']} {one['direction']} of {at:%d %b %H:%M}, {one['sense']}: {one['note']}"
                self.tally.miss("captured_wrong", deal, today, said.line, words, "there was nothing like it")
        for (at, sense), times in real.items():
            if self.has_mailbox and there[at, sense] < times:
                told = ", ".join(_in_words(one) for one in deal.touches[-6:])
                self.tally.miss(
                    "captured_missed", deal, today, said.line, "nothing", f"{sense} {at:%d %b %H:%M}; {told}"
                )


def _minute(at: datetime) -> datetime:
    return at.replace(second=0, microsecond=0)


def _in_words(touch: Touch) -> str:
    return f"{touch.kind} {'in' if touch.inbound else 'out'} {touch.at:%d %b %H:%M} ({touch.sense})"
