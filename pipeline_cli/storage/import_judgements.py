"""What an import says of the judgement of a deal: qualification answers and confirmed criteria."""

from __future__ import annotations

from datetime import datetime

from pipeline_cli.domain.clock import Clock
from pipeline_cli.domain.edits import AnswerQuestion, ConfirmCriterion
from pipeline_cli.domain.incoming import IncomingDeal
from pipeline_cli.storage.apply import apply_edit
from pipeline_cli.storage.journal import Journal


def _evidence(deal: IncomingDeal, name: str, clock: Clock) -> tuple[str | None, datetime | None]:
    """What was said to it and when; what is said to have been said in the future was said now."""
    known = deal.evidence.get(name)
    if known is None:
        return None, None
    return known.text, known.at if known.at < clock.end_of_today else None


def take_judgements(journal: Journal, clock: Clock, deal: IncomingDeal, deal_id: int) -> None:
    """Those that the deal does not have."""
    known = journal.connection.execute(
        "SELECT item, answer FROM qualification_answers WHERE deal_id = ? ORDER BY answered_at, id", (deal_id,)
    )
    answers = dict(known.fetchall())
    for item, answer in deal.answers.items():
        if answers.get(item) != answer:
            text, at = _evidence(deal, item, clock)
            apply_edit(journal, clock, AnswerQuestion(deal_id, item, answer, text, at))
    confirmed = journal.connection.execute(
        "SELECT stage || '.' || criterion FROM confirmations WHERE deal_id = ? AND revoked_at IS NULL", (deal_id,)
    )
    there = {row[0] for row in confirmed}
    for name in deal.confirmed:
        if name not in there:
            stage, _, criterion = name.partition(".")
            text, at = _evidence(deal, name, clock)
            apply_edit(journal, clock, ConfirmCriterion(deal_id, stage, criterion, text, at))
