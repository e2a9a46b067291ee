"""What an import says of the judgement of a deal: qualification answers and confirmed criteria."""

from __future__ import annotations

from pipeline_cli.domain.clock import Clock
from pipeline_cli.domain.edits import AnswerQuestion, ConfirmCriterion
from pipeline_cli.domain.incoming import IncomingDeal
from pipeline_cli.storage.apply import apply_edit
from pipeline_cli.storage.journal import Journal

_NOTHING = (None, None)


def take_judgements(journal: Journal, clock: Clock, deal: IncomingDeal, deal_id: int) -> None:
    """Those that the deal does not have."""
    known = journal.connection.execute(
        "SELECT item, answer FROM qualification_answers WHERE deal_id = ? ORDER BY answered_at, id", (deal_id,)
    )
    answers = dict(known.fetchall())
    for item, answer in deal.answers.items():
        if answers.get(item) != answer:
            text, at = deal.evidence.get(item) or _NOTHING
            apply_edit(journal, clock, AnswerQuestion(deal_id, item, answer, text, at))
    confirmed = journal.connection.execute(
        "SELECT stage || '.' || criterion FROM confirmations WHERE deal_id = ? AND revoked_at IS NULL", (deal_id,)
    )
    there = {row[0] for row in confirmed}
    for name in deal.confirmed:
        if name not in there:
            stage, _, criterion = name.partition(".")
            text, at = deal.evidence.get(name) or _NOTHING
            apply_edit(journal, clock, ConfirmCriterion(deal_id, stage, criterion, text, at))
