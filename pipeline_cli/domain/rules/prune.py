"""The weekly clean-up: which open deals are dead by the rules, what a person decides, and what becomes of the figures."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import date, timedelta

from pipeline_cli.domain.deal.edits import Edit, SetFields
from pipeline_cli.domain.errors import UsageError
from pipeline_cli.domain.playbook import Pipeline, Playbook, PruneRules
from pipeline_cli.domain.record import NamedTuple
from pipeline_cli.domain.rules.scored_deal import ScoredDeal
from pipeline_cli.domain.words.clock import Clock
from pipeline_cli.domain.words.dates import parse_date

LAST_CHANCE, WAIT, CLOSE, KEPT = "last_chance", "wait", "close", "kept"
REASON = "no_response"
APPOINTMENT_DAYS = 60
"""As far ahead as a calendar is read: whoever is met by then is not dead, however long the silence before."""


class Candidate(NamedTuple):
    """A deal that prune would remove, with the rule that says so and its numbers."""

    deal: ScoredDeal
    rule: str
    """idle | unanswered | old"""
    number: float
    limit: float
    step: str
    """last_chance | wait | close | kept"""
    deadline: date | None

    @property
    def reason(self) -> str:
        """The rule in words, with its numbers."""
        quiet = self.deal.quiet_days
        days = f"idle {quiet} days" if quiet == self.deal.idle_days else f"{quiet} days without a sign from them"
        if self.rule == "idle":
            return f"{days} > {round(self.limit, 1):g}"
        if self.rule == "unanswered":
            return f"{self.number:g} unanswered, {days}"
        return f"{self.number:g} days old > {round(self.limit, 1):g}, {days}"


def plan_prune(
    deals: Sequence[ScoredDeal],
    playbook: Playbook,
    pipeline: Pipeline,
    clock: Clock,
    *,
    now: bool = False,
    keep: Collection[int] = (),
) -> tuple[Candidate, ...]:
    """The candidates by value, dearest first. `now` skips the last chance; `keep` are deals a person keeps.

    Bounds are exclusive: 28 days is not beyond 28. `skip_letters` follows, for those that only a telephone reaches.
    """
    candidates = []
    for deal in deals:
        if deal.facts.status != "open" or _is_spared(deal, pipeline, clock):
            continue
        found = find_rule(deal, playbook, pipeline)
        if found is not None:
            step, deadline = _next_step(deal, playbook.prune_in(pipeline), clock, now=now)
            if deal.facts.id in keep:
                step, deadline = KEPT, None
            candidates.append(Candidate(deal, *found, step, deadline))
    return tuple(sorted(candidates, key=by_value))


def by_value(candidate: Candidate) -> tuple[int, int]:
    """The order of a plan."""
    return -(candidate.deal.home_cents or 0), candidate.deal.facts.id


def _is_spared(deal: ScoredDeal, pipeline: Pipeline, clock: Clock) -> bool:
    """Snoozed, of unknown silence, with a next step due today or later within the stage's idle_after_days, with an
    appointment ahead, kept, reopened or
    back from a last chance within so many days, or with a message of theirs that you have not answered: what was told to
    live today is not asked again tomorrow, and who waits for you is not dead, however long."""
    stage = pipeline.stage(deal.facts.stage)
    if deal.snoozed or stage is None or is_of_unknown_silence(deal):
        return True
    lived_at = deal.facts.lived_at
    if lived_at is not None and clock.days_since(lived_at) <= stage.idle_after_days:
        return True
    if deal.facts.awaits_since is not None:
        return True
    due, appointment = deal.facts.step_ahead, deal.facts.appointment
    if appointment is not None and appointment <= clock.today + timedelta(days=APPOINTMENT_DAYS):
        return True
    return due is not None and clock.today <= due <= clock.today + timedelta(days=stage.idle_after_days)


def is_of_unknown_silence(deal: ScoredDeal) -> bool:
    """No file says when the deal came, and nothing was logged since: its idle days count from a day that was made up."""
    return deal.facts.created_inferred and deal.facts.last_touch_at is None


def find_rule(deal: ScoredDeal, playbook: Playbook, pipeline: Pipeline) -> tuple[str, float, float] | None:
    """The rule that makes the deal a candidate, its number and its limit; None: it is none.

    What you sent after a last chance, the draft itself among it, does not make a dead deal live.
    """
    stage = pipeline.stage(deal.facts.stage)
    if stage is None:
        return None
    limit = playbook.prune_in(pipeline).idle_multiple * stage.idle_after_days
    if deal.quiet_days > limit:
        return "idle", deal.quiet_days, limit
    if deal.quiet_days > stage.idle_after_days:
        for flag in deal.flags:
            if flag.flag in ("unanswered", "old"):
                return flag.flag, flag.number or 0, flag.limit or 0
    return None


def over_by_now(deals: Sequence[ScoredDeal], plan: Sequence[Candidate], clock: Clock) -> list[ScoredDeal]:
    """Those whose deadline has come and whom no rule condemns any more: for them it is over without an end."""
    condemned = {candidate.deal.facts.id for candidate in plan}
    return [
        deal
        for deal in deals
        if deal.facts.last_chance_deadline is not None
        and deal.facts.last_chance_deadline <= clock.today
        and deal.facts.id not in condemned
    ]


def _next_step(deal: ScoredDeal, rules: PruneRules, clock: Clock, *, now: bool) -> tuple[str, date | None]:
    deadline = deal.facts.last_chance_deadline
    if deadline is not None:
        is_waiting = deadline > clock.today and not now
        return (WAIT if is_waiting else CLOSE), deadline
    if now or not deal.facts.reachable:
        return CLOSE, None
    return LAST_CHANCE, clock.today + timedelta(days=rules.grace_days)


def skip_letters(plan: Sequence[Candidate], addressees: Collection[int]) -> tuple[Candidate, ...]:
    """A last chance is a letter: candidates with nobody to write to go straight on."""
    return tuple(
        candidate._replace(step=CLOSE, deadline=None)
        if candidate.step == LAST_CHANCE and candidate.deal.facts.id not in addressees
        else candidate
        for candidate in plan
    )


def prune_edits(plan: Sequence[Candidate], clock: Clock) -> list[Edit]:
    """What the plan does, exactly: last chances given, deals closed as lost, and those kept spared for a while."""
    from pipeline_cli.domain.deal.closing import closing_edits  # 2 ms, and reports change nothing
    from pipeline_cli.domain.deal.edits import EndLastChance, GiveLastChance, KeepDeal
    from pipeline_cli.domain.rules.last_chance import KEEP

    edits: list[Edit] = []
    for candidate in plan:
        facts = candidate.deal.facts
        if candidate.step == LAST_CHANCE and candidate.deadline is not None:
            edits.append(GiveLastChance(facts.id, candidate.deadline))
        elif candidate.step == KEPT:
            edits.append(KeepDeal(facts.id) if facts.last_chance_at is None else EndLastChance(facts.id, KEEP))
        elif candidate.step == CLOSE:
            last_move = facts.entered_stage_at or clock.now  # later than now where the clock was set back
            edits += closing_edits(facts, "lost", REASON, max(clock.now, last_move))
    return edits


def count_steps(plan: Sequence[Candidate]) -> dict[str, int]:
    """How many candidates get each step; every step is there."""
    counts = dict.fromkeys((LAST_CHANCE, WAIT, CLOSE, KEPT), 0)
    for candidate in plan:
        counts[candidate.step] += 1
    return counts


QUESTION = "Apply? [y]es, [n]o, or keep NUMBER … [until DATE]: "
_CHOICES = "Type y, n, keep 12 14, or keep 12 until 2w, which also snoozes it."


class Decision(NamedTuple):
    """What a person decided about the plan."""

    apply: bool
    keep: frozenset[int] = frozenset()
    snooze: Mapping[int, date] = {}

    def snoozes(self) -> list[Edit]:
        """The kept deals that were put to sleep, as edits."""
        return [SetFields(number, {"snoozed_until": day, "snooze_reason": None}) for number, day in self.snooze.items()]


def read_decision(
    ask: Callable[[str], str], say: Callable[[str], None], candidates: Collection[int], today: date
) -> Decision:
    """Asks until the answer is yes or no; `keep 12 14 until 2w` in between takes deals off the plan."""
    kept: set[int] = set()
    snoozed: dict[int, date] = {}
    while True:
        word, *rest = ask(QUESTION).casefold().replace(",", " ").split() or [""]
        if word in ("y", "yes"):
            return Decision(True, frozenset(kept), snoozed)
        if word in ("", "n", "no", "q"):
            return Decision(False)
        try:
            numbers, until = _read_keep(word, rest, candidates, today)
        except UsageError as error:
            say(str(error))
            continue
        kept |= numbers
        snoozed |= {} if until is None else dict.fromkeys(sorted(numbers), until)
        say(f"Kept: {', '.join(map(str, sorted(kept)))}." + (f" Silent until {until}." if until else ""))


def _read_keep(
    word: str, rest: Sequence[str], candidates: Collection[int], today: date
) -> tuple[set[int], date | None]:
    """The deals named and the day they sleep until. Raises UsageError."""
    if word not in ("k", "keep") or not rest:
        raise UsageError(_CHOICES)
    at = rest.index("until") if "until" in rest else len(rest)
    names = [name.removeprefix("#") for name in rest[:at]]
    for name in names:
        if name not in {str(number) for number in candidates}:
            raise UsageError(f"{name} is no number of the plan. {_CHOICES}")
    if not names:
        raise UsageError(_CHOICES)
    until = parse_date(" ".join(rest[at + 1 :]), today) if at < len(rest) else None
    if until is not None and until <= today:
        raise UsageError(f"{until} is no later day: today is {today}. {_CHOICES}")
    return {int(name) for name in names}, until
