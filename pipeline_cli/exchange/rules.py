"""The rules by which an import takes what is odd or contradicts itself: each is counted as a warning, with its lines."""

from __future__ import annotations

RULES = {
    "missing_value": "cells such as N/A and #REF! in a column of numbers or dates: taken as missing.",
    "rounded": "amounts with more than two decimals: rounded half to even.",
    "two_currencies": "amounts with another currency beside them than in their column of currencies: the column is taken.",
    "repeated_row": "rows that repeat an earlier one, id and all: taken once.",
    "duplicate_rows": "rows alike in every column and without an id: taken as deals of their own, not merged.",
    "row_in_quotes": "rows quoted as one field: taken apart.",
    "blank_rows": "blank rows: skipped.",
    "status_and_stage": "status and stage name different outcomes: the status is taken.",
    "moves_differ": "the moves end otherwise than the status says: the moves are taken.",
    "stage_differs": "the moves end in another stage than the deal's: the moves are taken.",
    "moves_without_outcome": "closed deals whose moves name no outcome: the closing is added to the moves.",
    "broken_chain": "moves that do not start where the one before ended: a move between them is added, marked "
    "inferred.",
    "moves_before_creation": "moves before the creation date: the first move is taken for the creation.",
    "closed_before_created": "closed before created: the closing is taken for the creation, marked inferred; the date that "
    "was there is kept as an extra field.",
    "closing_differs": "the closing date is not that of the outcome in the moves: the moves are taken.",
    "closed_without_date": "closed deals without a closing date: the last thing known of them is taken for it, marked "
    "inferred.",
    "closed_ahead": "closed deals whose close date is still ahead: it is kept as the expected close, and the last thing "
    "known of them is taken for the closing, marked inferred.",
    "open_with_closing_date": "open deals with a closing date: they stay open, the date is kept as an extra field.",
    "closed_without_stage": "won or lost deals whose last stage the file does not say: taken to have been in the last one, "
    "reached by a move marked inferred.",
    "odd_address": "e-mail addresses that are none: kept as they are, and nobody is written to there.",
    "repeated_person": "people whose e-mail address, or name and organization, an earlier line has: taken as that person.",
    "lost_without_reason": "lost deals without a reason: left without one.",
    "unknown_lost_reason": "lost reasons that are not in lost_reasons of pipeline.yaml: kept as they are.",
    "reason_without_loss": "lost reasons of deals that are not lost: kept as an extra field.",
    "created_inferred": "deals without a creation date: the first thing known of them is taken for it, marked inferred and "
    "left out of cycle and age.",
    "next_step_incomplete": "next steps without a text or a date, or of closed deals and past: kept as extra fields.",
    "title_made_up": "deals without a title: called by their organization, their contact or their id.",
    "not_done": "activities that are not done yet: left out, for a touchpoint has happened.",
    "moves_of_skipped_deals": "moves of deals that were left out: left out with them.",
    "changes_of_skipped_deals": "changes of deals that were left out: left out with them.",
    "no_history_of_values": "changes of the stage, the outcome and other fields whose earlier values are not kept: left out "
    "(the stages are the business of --moves).",
    "no_change": "changes from a value to the same one: left out.",
    "origin_not_there": "changes of the deal it grew out of, which is not in the file of deals: taken as missing.",
    "touchpoints_of_skipped_deals": "touchpoints of deals that were left out: left out with them.",
}
