"""Whether a touchpoint did what was planned: one that is logged, or a mail or meeting that was captured."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from pipeline_cli.domain.deal.deal import DealRecord, PlannedStep, Touchpoint
from pipeline_cli.domain.deal.edits import CloseNextStep, LogTouchpoint
from pipeline_cli.domain.deal.touch_sense import ATTEMPT, AUTOMATIC, CONVERSATION, is_live, plain
from pipeline_cli.domain.playbook import Playbook
from pipeline_cli.domain.rules.cadence import attempts_in, close_attempt, is_attempt, is_heard, is_made
from pipeline_cli.domain.words.clock import Clock

_DOES: Mapping[str, str] = {
    "call": "call ring phone telephone speak talk ask hear anrufen telefonieren sprechen fragen appeler llamar",
    "email": "email mail write send answer reply ask schreiben schicken senden antworten ecrire envoyer enviar",
    "message": "message write send text answer reply ask schreiben schicken",
    "letter": "letter write send brief schreiben schicken",
    "meeting": "meeting meet visit see present treffen besuchen",
    "demo": "demo show present demonstrate zeigen",
}
"""Kind of touchpoint -> words of a next step that it does."""
_LONG = 4
"""Letters of a word that says something."""


def fulfilled_step(
    steps: Sequence[PlannedStep], touch: LogTouchpoint, playbook: Playbook, clock: Clock
) -> PlannedStep | None:
    """The first of the open steps, due by then, that a touchpoint looks like: of its kind, or in its words.

    An attempt of the cadence closes itself; a call that nobody took does nothing that was planned.
    """
    due = (one for one in steps if one.due <= clock.day(touch.touched_at) and not is_attempt(one.text))
    return next((one for one in due if _does(touch, one.text, playbook)), None)


def _does(touch: LogTouchpoint, step: str, playbook: Playbook) -> bool:
    live = is_live(touch.kind, playbook.conversations)
    if touch.sense == AUTOMATIC or touch.awaits_answer or (live and touch.sense != CONVERSATION):
        return False
    if touch.direction == "in" and not live:
        return False
    planned = plain(step).split()
    kind = {plain(touch.kind), plain(playbook.kind_name(touch.kind)), *_DOES.get(plain(touch.kind), "").split()}
    if kind.intersection(planned):
        return True
    telling = {word for word in planned if len(word) >= _LONG}
    said = set(plain(touch.note or "").split())
    return bool(telling) and 2 * len(telling & said) > len(telling)


def done_by_captured(
    record: DealRecord, touch: Touchpoint, words: str, set_at: Mapping[int, datetime], clock: Clock
) -> CloseNextStep | None:
    """The open step that a captured touchpoint has done, or taken off the plan.

    `record`: without the touchpoint. `words`: of the mail, as far as they are known; of a meeting none. `set_at`: when
    each step that may be meant was planned; what was written before is not what was planned afterwards, but an attempt of a
    number that was reached.
    """
    steps = tuple(one for one in record.steps if one.id in set_at)
    before = tuple(one for one in steps if set_at[one.id] <= touch.touched_at)
    made = attempts_in((*record.touchpoints, touch), clock, record.facts.snoozed_until)
    attempts = [one for one in steps if one in before or is_heard(touch) or (made and is_made(one.text, made))]
    attempt = close_attempt(record._replace(steps=tuple(attempts)), touch, clock)
    if attempt is not None:
        return attempt
    due = (one for one in before if one.due <= clock.day(touch.touched_at) and not is_attempt(one.text))
    step = next((one for one in due if _is_done(record, touch, one.text, words)), None)
    return step and CloseNextStep(record.facts.id, done=True, step=step.id)


_MEETS = frozenset(" ".join(_DOES[kind] for kind in ("meeting", "demo", "call")).split())
_WRITES = frozenset(_DOES["email"].split())


def _is_done(record: DealRecord, touch: Touchpoint, step: str, words: str) -> bool:
    """A meeting is one whatever was planned to be said there; a mail has to be the one: by what it is about."""
    planned = plain(step).split()
    if touch.sense == CONVERSATION and touch.direction is not None and not touch.awaits_answer:
        return not _MEETS.isdisjoint(planned)
    if touch.sense != ATTEMPT or touch.direction != "out" or _WRITES.isdisjoint(planned):
        return False
    known = " ".join(filter(None, (record.facts.title, record.facts.organization, *_names(record))))
    matter = {word for word in planned if len(word) >= _LONG} - _WRITES - {*plain(known).split()}
    return 2 * len(matter & {*plain(words).split()}) >= len(matter)


def _names(record: DealRecord) -> Sequence[str]:
    return [one.name for one in record.contacts if one.name]
