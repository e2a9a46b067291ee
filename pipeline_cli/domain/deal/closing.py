"""How a deal ends and how it comes back: won, lost, disqualified, reopened, and moved to an earlier stage."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime

from pipeline_cli.domain.deal.deal import DealFacts, DealRecord, MetCriterion
from pipeline_cli.domain.deal.edits import CloseNextStep, Edit, MoveDeal
from pipeline_cli.domain.errors import RuleError, UsageError
from pipeline_cli.domain.playbook import Pipeline, Stage
from pipeline_cli.domain.record import NamedTuple
from pipeline_cli.domain.words.clock import Clock
from pipeline_cli.domain.words.dates import parse_date, refuse_future
from pipeline_cli.domain.words.text import accept_filled, unknown_word

ASK_AGAIN = "Ask again"
"""What a deal that is given up is to be asked later, unless something else is said."""


class Again(NamedTuple):
    """When to try once more after a deal was given up, and what to say."""

    text: str
    due: date

    @property
    def in_words(self) -> str:
        """The step and its day."""
        return f"{self.text}, due {self.due}"


def read_again(again: str | None, text: str | None, today: date) -> Again | None:
    """`--again DATE` and its text, as typed; None: for good. Raises UsageError for a day that is past, an empty text."""
    if again is None:
        return None
    day = parse_date(again, today)
    if day < today:
        raise UsageError(f"--again {day}: is past (today is {today}): give the day to ask again, such as 6m.")
    return Again(ASK_AGAIN if text is None else accept_filled(text, "What to say"), day)


def plan_closing(
    record: DealRecord,
    outcome: str,
    reason: str | None,
    at: datetime | None,
    clock: Clock,
    met: Sequence[MetCriterion] = (),
) -> list[Edit]:
    """Ends an open deal; its stage is kept, the next steps it had are over. Raises RuleError for a deal that is closed."""
    facts = record.facts
    refuse_closed(record, f"It cannot be {outcome} again" if facts.status == outcome else f"It cannot be {outcome}")
    return closing_edits(facts, outcome, reason, moment_of_move(record, clock, at), met)


def closing_edits(
    facts: DealFacts, outcome: str, reason: str | None, moment: datetime, met: Sequence[MetCriterion] = ()
) -> list[Edit]:
    """`met`: what met the criteria of the stage it leaves."""
    move = MoveDeal(facts.id, facts.stage, outcome, moment, reason, criteria_met=tuple(met))
    return [move, *([CloseNextStep(facts.id, done=False)] if facts.next_step else [])]


def plan_reopening(record: DealRecord, at: datetime | None, clock: Clock) -> MoveDeal:
    """Back to the stage it had; the closing stays in its history. Raises RuleError for an open deal."""
    facts = record.facts
    if facts.status == "open":
        raise RuleError(f"Deal {facts.id} is open already: `pipeline show {facts.id}` shows where it stands.")
    return MoveDeal(facts.id, facts.status, facts.stage, moment_of_move(record, clock, at), "reopened")


def plan_going_back(
    record: DealRecord, pipeline: Pipeline, to: str, reason: str, at: datetime | None, clock: Clock
) -> MoveDeal:
    """To an earlier stage; having reached the later one is not taken away. Raises RuleError, UsageError."""
    facts = record.facts
    refuse_closed(record, "It cannot go back a stage")
    target = find_earlier_stage(facts, pipeline, to)
    return MoveDeal(facts.id, facts.stage, target.id, moment_of_move(record, clock, at), reason)


def find_earlier_stage(facts: DealFacts, pipeline: Pipeline, to: str) -> Stage:
    """A stage before that of the deal, as typed. Raises RuleError for another one, UsageError for an unknown one."""
    target = pipeline.find_stage(to)
    if target is None:
        raise unknown_word("stage", to, pipeline.stage_ids)
    here, there = pipeline.position(facts.stage), pipeline.position(target.id)
    if here is not None and there is not None and there >= here:
        where = "is in that stage already" if there == here else f"stands before {target.name}"
        raise RuleError(f"Deal {facts.id} {where}: `pipeline show {facts.id}` says what it takes to go forwards.")
    return target


def refuse_closed(record: DealRecord, what: str) -> None:
    """Raises RuleError for a deal that is not open; `what` begins the advice."""
    facts = record.facts
    if facts.status != "open":
        raise RuleError(f"Deal {facts.id} is {facts.status}. {what}: `pipeline reopen {facts.id}` opens it first.")


def refuse_frozen(facts: DealFacts, columns: Iterable[str]) -> None:
    """What a closed deal was expected to bring is history. Raises RuleError."""
    frozen = sorted(set(columns) & {"probability", "category", "expected_close"})
    if facts.status != "open" and frozen:
        raise RuleError(
            f"Deal {facts.id} is {facts.status}: its {frozen[0].replace('_', ' ')} is frozen. "
            f"`pipeline reopen {facts.id}` opens it first."
        )


def moment_of_move(record: DealRecord, clock: Clock, at: datetime | None) -> datetime:
    """`at`, or now; never before the last move, so that history stays a chain. Raises UsageError, RuleError."""
    made = [move.moved_at for move in record.moves if not move.mistake]
    last = made[-1] if made else record.facts.created_at
    if at is None:
        if clock.day(last) > clock.today:
            raise RuleError(
                f"The last move of deal {record.facts.id} is on {clock.day(last)}, later than today, {clock.today}: "
                "set the clock right, or PIPELINE_TODAY."
            )
        return max(clock.now, last)
    refuse_future(at, clock, "A move")
    if at < last:
        local = last.astimezone(clock.zone)
        raise RuleError(
            f"Deal {record.facts.id} moved last at {local:%Y-%m-%d %H:%M:%S}: a move before that would change "
            "history. Give --at a later time."
        )
    return at
