"""`log` for several deals, such as the calls of a morning that nobody took: `pipeline log 5 8 12 call --no-answer`."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from pipeline_cli.commands.logged import Logged, advice, in_place, in_words, proposal_after, step_over
from pipeline_cli.commands.options import Step
from pipeline_cli.commands.touch_beside import as_captured
from pipeline_cli.domain.deal.closing import refuse_closed
from pipeline_cli.domain.deal.edits import Edit, LogTouchpoint, SetNextStep
from pipeline_cli.domain.deal.people import refuse_do_not_contact
from pipeline_cli.domain.errors import UsageError
from pipeline_cli.domain.words.dates import dated
from pipeline_cli.workspace import Workspace

if TYPE_CHECKING:
    from pipeline_cli.commands.several import Planned
    from pipeline_cli.domain.deal.deal import DealRecord
    from pipeline_cli.storage.change import Change

_OF_ONE = {
    "confirm": "--confirm",
    "set_": "--set",
    "contact": "--contact",
    "value": "--value",
    "close": "--close",
    "snooze": "--snooze",
    "advance": "--advance",
}
"""Parameter of `log` -> the option that tells of one deal."""


def is_number(word: str) -> bool:
    """It names a deal, and is no kind of touchpoint."""
    digits = word.removeprefix("#")
    return digits.isascii() and digits.isdigit()


def refuse_what_belongs_to_one(typed: Mapping[str, Any]) -> None:
    """Raises UsageError for what is never the same of several deals."""
    given = [option for name, option in _OF_ONE.items() if typed[name] not in (None, False, [], ())]
    if given:
        raise UsageError(f"{given[0]} tells of one deal: leave it away, or log each deal in a line of its own.")


def log_on_each(
    workspace: Workspace, names: Sequence[str], touch: LogTouchpoint, planned: Step | None, typed: Mapping[str, Any]
) -> None:
    """The same touchpoint on all of them, as one operation, or on none."""
    from pipeline_cli.commands.several import Named, Planned, change_deals

    said_at = None if typed["at"] is None else touch.touched_at

    def plan(change: "Change", record: "DealRecord") -> "Planned":
        if not typed["inbound"]:
            refuse_do_not_contact(record)
        facts = record.facts
        seen, mine, logged, besides = as_captured(workspace, change, record, touch._replace(deal_id=facts.id))
        over = step_over(workspace, seen, mine, done=typed["done"], has_step=planned is not None)
        proposal = proposal_after(workspace, seen, mine, is_asked_for=bool(typed["next_attempt"]))
        if typed["next_attempt"]:
            refuse_closed(record, "It needs no further attempt")
        step = None if planned is None else SetNextStep(facts.id, *planned)
        step = step or (proposal.step if proposal and typed["next_attempt"] else None)
        if step and typed["replace"]:
            step = in_place(step, seen, over)[0]
        made = Logged(seen, mine, over, step, besides, None)
        edits: list[Edit] = [logged, *(one for one in (over, step) if one)]
        said = f"logged {mine.kind} {mine.direction} on {facts.title}{dated(said_at, workspace.clock)}"
        return Planned(edits, said, [in_words(workspace, made), *advice(workspace, made)])

    change_deals(workspace, "log", Named(names), plan)
