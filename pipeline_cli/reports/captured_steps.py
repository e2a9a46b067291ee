"""The next steps that captured mails and meetings have done: closed with them, as a `log` of the same would."""

from __future__ import annotations

from datetime import datetime

from pipeline_cli.domain.capture.by_hand import without
from pipeline_cli.domain.capture.plan import CapturePlan, Entry
from pipeline_cli.domain.capture.verdict import MEETING, TOUCHPOINT
from pipeline_cli.domain.deal.deal import DealRecord
from pipeline_cli.domain.rules.fulfilled import done_by_captured
from pipeline_cli.storage.change import Change
from pipeline_cli.storage.record.captured import read_touchpoints_of, read_typed_steps
from pipeline_cli.storage.record.deals import read_record


def close_steps(change: Change, plan: CapturePlan) -> list[str]:
    """In the order of what was captured. The words of each step that is done."""
    new = [entry.verdict for entry in plan.entries if _is_new(entry)]
    touchpoints = read_touchpoints_of(change, {(one.kind, one.key) for one in new})
    done: list[str] = []
    planned: dict[int, tuple[DealRecord, dict[int, datetime]] | None] = {}
    for verdict in new:
        deal_id, number = verdict.deal_id, touchpoints.get((verdict.kind, verdict.key))
        if deal_id is None or number is None:
            continue
        if deal_id not in planned:
            set_at = read_typed_steps(change, deal_id)
            planned[deal_id] = (read_record(change, deal_id), set_at) if set_at else None
        known = planned[deal_id]
        if known is None:
            continue
        record, set_at = known
        touch = next((one for one in record.touchpoints if one.id == number), None)
        if touch is None:
            continue
        words = " ".join(filter(None, (verdict.subject, verdict.excerpt)))
        over = done_by_captured(without(record, touch), touch, words, set_at, change.clock)
        if over is not None:
            change.apply([over], "")
            done += [one.text for one in record.steps if one.id == over.step and over.done]
            del planned[deal_id]
    return done


def _is_new(entry: Entry) -> bool:
    """It made a touchpoint; one that was logged by hand has closed by then what it was to close."""
    has_touchpoint = entry.verdict.fate in (TOUCHPOINT, MEETING)
    return has_touchpoint and entry.joins is None and (entry.old is None or entry.old.touchpoint_id is None)
