"""Edits into rows: one small function a kind of edit, all through the journal."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from datetime import date
from typing import Any

from pipeline_cli.domain.deal import edits
from pipeline_cli.domain.deal.after_sale import FOLLOW_UPS
from pipeline_cli.domain.deal.deal import met_as_text, met_from_text
from pipeline_cli.domain.playbook import OUTCOMES
from pipeline_cli.domain.rules.last_chance import KEEP
from pipeline_cli.domain.words.addresses import Address, normalised, read_kept
from pipeline_cli.domain.words.clock import Clock, to_text
from pipeline_cli.storage.as_of import CHANGING_FIELDS
from pipeline_cli.storage.journal import Journal
from pipeline_cli.storage.record import last_chances, suppression
from pipeline_cli.storage.record.people import ids_with_email


def add_deal_contact(journal: Journal, clock: Clock, edit: edits.AddDealContact) -> None:
    """A person becomes one of a deal's."""
    if edit.known_id is not None:
        given = {name: new for name, new in edit.contact._asdict().items() if new is not None}
        journal.update("contacts", edit.known_id, given)
        return
    row = journal.connection.execute("SELECT organization FROM deals WHERE id = ?", (edit.deal_id,)).fetchone()
    link_contact(journal, edit.deal_id, edit.contact, row[0], to_text(clock.now))


def remove_deal_contact(journal: Journal, clock: Clock, edit: edits.RemoveDealContact) -> None:
    """A person is no longer one of a deal's."""
    query = "SELECT id FROM deal_contacts WHERE deal_id = ? AND contact_id = ?"
    for (row_id,) in journal.connection.execute(query, tuple(edit)).fetchall():
        journal.delete("deal_contacts", row_id)


def link_contact(
    journal: Journal, deal_id: int, contact: edits.ContactDetails, organization: str | None, since: str
) -> None:
    """The person with that address, or else a new one; what is known of them is not overwritten."""
    contact_id = _find_contact(journal, contact, organization)
    if contact_id is None:
        contact_id = _insert_contact(journal, contact, organization, since)
    else:
        _complete_contact(journal, contact_id, contact)
    _link(journal, contact_id, deal_id, since)


def _insert_contact(
    journal: Journal, contact: edits.ContactDetails, organization: str | None, since: str, **more: str | None
) -> int:
    return journal.insert(
        "contacts",
        {
            "public_id": os.urandom(8).hex(),
            **contact._asdict(),
            "organization": organization,
            **more,
            "created_at": since,
        },
    )


def _find_contact(journal: Journal, contact: edits.ContactDetails, organization: str | None) -> int | None:
    """By address; without one, by name within the organization."""
    if contact.email is not None:
        return next(iter(ids_with_email(journal.connection, contact.email, "contacts")), None)
    row = journal.connection.execute(
        "SELECT id FROM contacts WHERE name = ? AND organization IS ? ORDER BY id LIMIT 1",
        (contact.name, organization),
    ).fetchone()
    return None if row is None else int(row[0])


def _complete_contact(journal: Journal, contact_id: int, contact: edits.ContactDetails) -> None:
    row = journal.connection.execute("SELECT name, email, phone FROM contacts WHERE id = ?", (contact_id,)).fetchone()
    missing = {
        name: new
        for name, old, new in zip(("name", "email", "phone"), row, contact, strict=True)
        if old is None and new is not None
    }
    if missing:
        journal.update("contacts", contact_id, missing)


def add_contact(journal: Journal, clock: Clock, edit: edits.AddContact) -> None:
    """A new person, with the deals they are on."""
    now = to_text(clock.now)
    contact_id = _insert_contact(
        journal, edit.contact, edit.organization, now, role=edit.role, source=edit.source, addresses=edit.addresses
    )
    _link_deals(journal, contact_id, edit.deals, now)


def set_contact(journal: Journal, clock: Clock, edit: edits.SetContact) -> None:
    """An opted-out person stays so by the addresses they had and by those they get."""
    before = _addresses_if_opted_out(journal, edit.contact_id)
    if edit.changes:
        journal.update("contacts", edit.contact_id, edit.changes)
    after = _addresses_if_opted_out(journal, edit.contact_id)
    if before != after:
        suppression.keep_off(journal, clock, dict.fromkeys((*before, *after)))
    _link_deals(journal, edit.contact_id, edit.deals, to_text(clock.now))
    for deal_id in edit.deals if edit.role is not None else ():
        query = "SELECT id FROM deal_contacts WHERE deal_id = ? AND contact_id = ?"
        (row_id,) = journal.connection.execute(query, (deal_id, edit.contact_id)).fetchone()
        journal.update("deal_contacts", row_id, {"role": edit.role or None})


def set_opt_out(journal: Journal, clock: Clock, edit: edits.SetOptOut) -> None:
    """People asked for silence, or took that back."""
    for contact_id in edit.contact_ids:
        journal.update("contacts", contact_id, {"opted_out": int(edit.opted_out)})
    change_list = suppression.keep_off if edit.opted_out else suppression.let_in
    change_list(journal, clock, edit.addresses)


def _link_deals(journal: Journal, contact_id: int, deals: tuple[int, ...], since: str) -> None:
    for deal_id in deals:
        _link(journal, contact_id, deal_id, since)
        journal.touch_deals(deal_id, deal_id)


def _link(journal: Journal, contact_id: int, deal_id: int, since: str) -> None:
    """Unless they are linked already."""
    linked = journal.connection.execute(
        "SELECT 1 FROM deal_contacts WHERE deal_id = ? AND contact_id = ?", (deal_id, contact_id)
    ).fetchone()
    if linked is None:
        journal.insert("deal_contacts", {"deal_id": deal_id, "contact_id": contact_id, "linked_at": since})


def _addresses_if_opted_out(journal: Journal, contact_id: int) -> tuple[Address, ...]:
    row = journal.connection.execute(
        "SELECT email, phone, addresses FROM contacts WHERE id = ? AND opted_out", (contact_id,)
    ).fetchone()
    return () if row is None else normalised(read_kept(*row))


def apply_edit(journal: Journal, clock: Clock, edit: edits.Edit) -> int:
    """Does one edit and returns the id of the deal it concerns (0: no single one); a last chance ends when it lives."""
    result = _APPLY[type(edit)](journal, clock, edit)
    if isinstance(edit, edits.AddDeal):
        deal_id = int(result)
    else:
        deal_id = getattr(edit, "deal_id", 0)
        if isinstance(edit, _MAY_END_A_LAST_CHANCE):
            last_chances.end_if_it_lives(journal, clock, edit, result or frozenset())
    if deal_id:
        journal.touch_deals(deal_id, deal_id)
    return deal_id


def _add_deal(journal: Journal, clock: Clock, edit: edits.AddDeal) -> int:
    created_at = to_text(edit.created_at)
    deal_id = journal.insert(
        "deals",
        {
            "public_id": os.urandom(8).hex(),
            "title": edit.title,
            "organization": edit.organization,
            "pipeline": edit.pipeline,
            "stage": edit.stage,
            "status": "open",
            "value_cents": edit.value_cents,
            "currency": edit.currency,
            "probability": edit.probability,
            "category": edit.category,
            "source": edit.source,
            "owner": edit.owner,
            "cost_cents": edit.cost_cents,
            "created_at": created_at,
            "expected_close": _stored(edit.expected_close),
            "fields": _stored(dict(edit.fields)),
            "from_deal_id": edit.from_deal_id,
            "tags": edit.tags,
            "links": edit.links,
        },
    )
    journal.insert("moves", {"deal_id": deal_id, "to_stage": edit.stage, "moved_at": created_at})
    for contact_id in edit.known_contacts:
        journal.insert("deal_contacts", {"deal_id": deal_id, "contact_id": contact_id, "linked_at": created_at})
    for contact in edit.contacts:
        link_contact(journal, deal_id, contact, edit.organization, created_at)
    return deal_id


def _stored(value: Any) -> Any:
    """A value in the form its column holds."""
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return json.dumps(value, ensure_ascii=False, sort_keys=True)
    return value


def _set_fields(journal: Journal, clock: Clock, edit: edits.SetFields) -> frozenset[str]:
    """Returns the columns that have another value now."""
    changes = {name: _stored(value) for name, value in edit.changes.items()}
    before = journal.update("deals", edit.deal_id, changes)
    for name, old in before.items():
        if name in CHANGING_FIELDS:
            journal.insert(
                "field_changes",
                {
                    "deal_id": edit.deal_id,
                    "field": name,
                    "old_value": old,
                    "new_value": changes[name],
                    "changed_at": to_text(clock.now),
                },
            )
    return frozenset(before)


def _move_deal(journal: Journal, clock: Clock, edit: edits.MoveDeal) -> None:
    moved_at = to_text(edit.moved_at)
    journal.insert(
        "moves",
        {
            "deal_id": edit.deal_id,
            "from_stage": edit.from_stage,
            "to_stage": edit.to_stage,
            "moved_at": moved_at,
            "reason": edit.reason,
            "forced": int(edit.forced),
            "criteria_missing": " ".join(edit.criteria_missing) or None,
            "inferred": int(edit.inferred),
            "criteria_met": met_as_text(edit.criteria_met),
        },
    )
    if edit.to_stage in OUTCOMES:
        reason = edit.reason if edit.to_stage != "won" else None
        changes = {"status": edit.to_stage, "closed_at": moved_at, "lost_reason": reason}
    else:
        changes = {"status": "open", "closed_at": None, "lost_reason": None, "stage": edit.to_stage}
    journal.update("deals", edit.deal_id, changes)
    if edit.from_stage == "won" != edit.to_stage:
        for kind in FOLLOW_UPS:  # of a sale that is none any more
            _close_follow_up(journal, clock, edits.CloseFollowUp(edit.deal_id, kind, done=False))


def _move_across(journal: Journal, clock: Clock, edit: edits.MoveAcross) -> None:
    """The change of the pipeline has the instant of the move."""
    rows = journal.connection.execute(
        "SELECT id FROM moves WHERE deal_id = ? AND pipeline IS NULL ORDER BY id", (edit.deal_id,)
    ).fetchall()
    for (row_id,) in rows:
        journal.update("moves", row_id, {"pipeline": edit.from_pipeline})
    _move_deal(journal, clock, edits.MoveDeal(edit.deal_id, edit.from_stage, edit.to_stage, edit.moved_at))
    journal.update("deals", edit.deal_id, {"pipeline": edit.to_pipeline})
    change = {"field": "pipeline", "old_value": edit.from_pipeline, "new_value": edit.to_pipeline}
    journal.insert("field_changes", {"deal_id": edit.deal_id, **change, "changed_at": to_text(edit.moved_at)})


def _mark_mistake(journal: Journal, clock: Clock, edit: edits.MarkMistake) -> None:
    for move in edit.moves:
        journal.update("moves", move.id, {"mistake": 1, "reason": move.reason})
    if edit.instead is not None:
        columns = edit.instead._asdict() | {
            "moved_at": to_text(edit.instead.moved_at),
            "criteria_missing": " ".join(edit.instead.criteria_missing) or None,
            "forced": int(bool(edit.instead.criteria_missing)),
            "inferred": int(edit.instead.inferred),
            "criteria_met": met_as_text(edit.instead.criteria_met),
        }
        journal.insert("moves", {"deal_id": edit.deal_id, "to_stage": edit.stage, **columns})
    journal.update("deals", edit.deal_id, {"stage": edit.stage})


def _log_touchpoint(journal: Journal, clock: Clock, edit: edits.LogTouchpoint) -> None:
    stored = {"touched_at": to_text(edit.touched_at), "awaits_answer": int(edit.awaits_answer)}
    journal.insert("touchpoints", edit._asdict() | stored)


def _change_touchpoint(journal: Journal, clock: Clock, edit: edits.ChangeTouchpoint) -> frozenset[str]:
    """Returns the columns that have another value now. What was captured is by hand from then on."""
    captured = "SELECT id FROM captured WHERE touchpoint_id = ? AND NOT joined"
    for (row_id,) in journal.connection.execute(captured, (edit.to.id,)).fetchall():
        journal.update("captured", row_id, {"joined": 1})
    to = edit.to
    columns = {
        "kind": to.kind,
        "direction": to.direction,
        "touched_at": to_text(to.touched_at),
        "outcome": to.outcome,
        "note": to.note,
        "inferred": int(to.inferred),
        "sense": to.sense,
        "awaits_answer": int(to.awaits_answer),
    }
    return frozenset(journal.update("touchpoints", to.id, columns))


def _remove_touchpoint(journal: Journal, clock: Clock, edit: edits.RemoveTouchpoint) -> None:
    """What it was captured from is remembered, so that it does not come again."""
    rows = journal.connection.execute("SELECT id FROM captured WHERE touchpoint_id = ?", (edit.touchpoint_id,))
    for (row_id,) in rows.fetchall():
        journal.update("captured", row_id, {"touchpoint_id": None})
    journal.delete("touchpoints", edit.touchpoint_id)


def _add_note(journal: Journal, clock: Clock, edit: edits.AddNote) -> None:
    journal.insert("notes", {**edit._asdict(), "noted_at": to_text(clock.now)})


def _set_next_step(journal: Journal, clock: Clock, edit: edits.SetNextStep) -> None:
    for step in edit.instead:
        _close_next_step(journal, clock, edits.CloseNextStep(edit.deal_id, done=False, step=step))
    journal.insert(
        "next_steps",
        {
            "deal_id": edit.deal_id,
            "text": edit.text,
            "due": edit.due.isoformat(),
            "set_at": to_text(clock.now),
            "due_time": edit.time,
            "minutes": edit.minutes,
            "remind_minutes": edit.remind_minutes,
        },
    )


def _close_next_step(journal: Journal, clock: Clock, edit: edits.CloseNextStep) -> None:
    rows = journal.connection.execute(
        "SELECT id FROM next_steps WHERE deal_id = ?1 AND closed_at IS NULL AND (?2 IS NULL OR id = ?2) ORDER BY id",
        (edit.deal_id, edit.step),
    ).fetchall()
    for (row_id,) in rows:
        journal.update("next_steps", row_id, {"closed_at": to_text(clock.now), "done": int(edit.done)})


def _set_follow_up(journal: Journal, clock: Clock, edit: edits.SetFollowUp) -> None:
    _close_follow_up(journal, clock, edits.CloseFollowUp(edit.deal_id, edit.kind, done=False))
    journal.insert("follow_ups", {**edit._asdict(), "due": edit.due.isoformat(), "set_at": to_text(clock.now)})


def _close_follow_up(journal: Journal, clock: Clock, edit: edits.CloseFollowUp) -> None:
    rows = journal.connection.execute(
        "SELECT id FROM follow_ups WHERE deal_id = ? AND kind = ? AND closed_at IS NULL", (edit.deal_id, edit.kind)
    ).fetchall()
    for (row_id,) in rows:
        journal.update("follow_ups", row_id, {"closed_at": to_text(clock.now), "done": int(edit.done)})


def _confirm(journal: Journal, clock: Clock, edit: edits.ConfirmCriterion) -> None:
    _revoke(journal, clock, edits.RevokeConfirmation(edit.deal_id, edit.stage, edit.criterion))
    journal.insert("confirmations", _said(edit, "confirmed_at", clock))


def _revoke(journal: Journal, clock: Clock, edit: edits.RevokeConfirmation) -> None:
    rows = journal.connection.execute(
        "SELECT id FROM confirmations WHERE deal_id = ? AND stage = ? AND criterion = ? AND revoked_at IS NULL",
        tuple(edit),
    ).fetchall()
    for (row_id,) in rows:
        journal.update("confirmations", row_id, {"revoked_at": to_text(clock.now)})


def _answer(journal: Journal, clock: Clock, edit: edits.AnswerQuestion) -> None:
    journal.insert("qualification_answers", _said(edit, "answered_at", clock))


def _said(edit: edits.ConfirmCriterion | edits.AnswerQuestion, when: str, clock: Clock) -> dict[str, Any]:
    columns = edit._asdict()
    at = columns.pop("at") or clock.now
    return {**columns, when: to_text(at)}


def _give_last_chance(journal: Journal, clock: Clock, edit: edits.GiveLastChance) -> None:
    journal.insert(
        "last_chances",
        {"deal_id": edit.deal_id, "given_at": to_text(clock.now), "deadline": edit.deadline.isoformat()},
    )


def _end_last_chance(journal: Journal, clock: Clock, edit: edits.EndLastChance) -> None:
    """It is a sign by itself."""


def _keep_deal(journal: Journal, clock: Clock, edit: edits.KeepDeal) -> None:
    last_chances.keep_as_ended(journal, clock, edit.deal_id, KEEP)


def _rename_stage(journal: Journal, clock: Clock, edit: edits.RenameStage) -> None:
    owned = "deal_id IN (SELECT id FROM deals WHERE pipeline = :pipeline)"
    made_there = f"(CASE WHEN pipeline IS NULL THEN {owned} ELSE pipeline = :pipeline END)"
    # A move begins where the one before it ended, which is in another pipeline where the deal came from one.
    began_there = (
        "coalesce((SELECT coalesce(b.pipeline, d.pipeline) = :pipeline FROM moves b JOIN deals d ON d.id = b.deal_id "
        "WHERE b.deal_id = moves.deal_id AND NOT b.mistake AND (b.moved_at, b.id) < (moves.moved_at, moves.id) "
        f"ORDER BY b.moved_at DESC, b.id DESC LIMIT 1), {made_there})"
    )
    for table, column, condition in (
        ("deals", "stage", "pipeline = :pipeline"),
        ("moves", "from_stage", began_there),
        ("moves", "to_stage", made_there),
        ("confirmations", "stage", owned),
    ):
        rows = journal.connection.execute(
            f"SELECT id FROM {table} WHERE {column} = :old AND {condition}",
            {"old": edit.old, "pipeline": edit.pipeline},
        ).fetchall()
        for (row_id,) in rows:
            journal.update(table, row_id, {column: edit.new})
            if table == "deals":
                journal.touch_deals(row_id, row_id)
    forced = f"SELECT id, criteria_missing FROM moves WHERE criteria_missing IS NOT NULL AND {made_there}"
    for row_id, missing in journal.connection.execute(forced, {"pipeline": edit.pipeline}).fetchall():
        names = (name.partition(".") for name in missing.split())
        renamed = " ".join(f"{edit.new if stage == edit.old else stage}.{name}" for stage, _, name in names)
        journal.update("moves", row_id, {"criteria_missing": renamed})
    backed = f"SELECT id, criteria_met FROM moves WHERE criteria_met IS NOT NULL AND {made_there}"
    for row_id, text in journal.connection.execute(backed, {"pipeline": edit.pipeline}).fetchall():
        met = [one._replace(stage=edit.new if one.stage == edit.old else one.stage) for one in met_from_text(text)]
        journal.update("moves", row_id, {"criteria_met": met_as_text(met)})


_MAY_END_A_LAST_CHANCE = (
    edits.LogTouchpoint,
    edits.ChangeTouchpoint,
    edits.MoveDeal,
    edits.MoveAcross,
    edits.SetNextStep,
    edits.SetFields,
    edits.EndLastChance,
    edits.ConfirmCriterion,
    edits.AnswerQuestion,
)

_APPLY: dict[type, Any] = {
    edits.AddDeal: _add_deal,
    edits.SetFields: _set_fields,
    edits.AddDealContact: add_deal_contact,
    edits.RemoveDealContact: remove_deal_contact,
    edits.AddContact: add_contact,
    edits.SetContact: set_contact,
    edits.SetOptOut: set_opt_out,
    edits.MoveDeal: _move_deal,
    edits.MoveAcross: _move_across,
    edits.MarkMistake: _mark_mistake,
    edits.LogTouchpoint: _log_touchpoint,
    edits.ChangeTouchpoint: _change_touchpoint,
    edits.RemoveTouchpoint: _remove_touchpoint,
    edits.AddNote: _add_note,
    edits.SetNextStep: _set_next_step,
    edits.CloseNextStep: _close_next_step,
    edits.SetFollowUp: _set_follow_up,
    edits.CloseFollowUp: _close_follow_up,
    edits.ConfirmCriterion: _confirm,
    edits.RevokeConfirmation: _revoke,
    edits.AnswerQuestion: _answer,
    edits.GiveLastChance: _give_last_chance,
    edits.EndLastChance: _end_last_chance,
    edits.KeepDeal: _keep_deal,
    edits.RenameStage: _rename_stage,
}
