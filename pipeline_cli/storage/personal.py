"""Which columns of the record hold text about people: `contact forget` walks them, and a test fails on an unmarked one."""

from __future__ import annotations

NOT = "not"
"""An id, an instant, a word of pipeline.yaml: nothing a person typed about another."""
LABEL = "label"
"""A name or an id somebody typed: whole names, addresses and numbers of a person are taken out."""
WORDS = "words"
"""Sentences: in the deals of a person, the parts of the name are taken out too."""
KEY = "key"
"""A label that has to stay unlike all others."""
JSON = "json"
"""Words inside JSON."""
IMAGE = "image"
"""Columns of a row by name, as JSON: what undo would bring back."""

COLUMNS: dict[str, dict[str, str]] = {
    "deals": {
        "public_id": NOT, "external_id": LABEL, "title": WORDS, "organization": LABEL, "pipeline": NOT, "stage": NOT,
        "status": NOT, "currency": NOT, "category": NOT, "source": LABEL, "owner": LABEL, "created_at": NOT,
        "expected_close": NOT, "closed_at": NOT, "lost_reason": WORDS, "snoozed_until": NOT, "fields": JSON,
        "snooze_reason": WORDS,
    },
    "contacts": {
        "public_id": NOT, "name": LABEL, "email": LABEL, "phone": LABEL, "organization": LABEL, "role": LABEL,
        "source": LABEL, "created_at": NOT, "forgotten_at": NOT,
    },
    "suppressed": {"digest": NOT, "kind": NOT, "key_id": NOT, "suppressed_at": NOT, "revoked_at": NOT},
    "deal_contacts": {"linked_at": NOT},
    "moves": {"from_stage": NOT, "to_stage": NOT, "moved_at": NOT, "reason": WORDS, "criteria_missing": NOT,
              "criteria_met": JSON, "pipeline": NOT},
    "touchpoints": {"kind": NOT, "direction": NOT, "touched_at": NOT, "outcome": WORDS, "note": WORDS,
                    "sense": NOT},
    "notes": {"text": WORDS, "noted_at": NOT},
    "next_steps": {"text": WORDS, "due": NOT, "set_at": NOT, "closed_at": NOT},
    "confirmations": {"stage": NOT, "criterion": NOT, "evidence": WORDS, "confirmed_at": NOT, "revoked_at": NOT},
    "qualification_answers": {"item": NOT, "answer": NOT, "evidence": WORDS, "answered_at": NOT},
    "last_chances": {"given_at": NOT, "deadline": NOT, "ended_at": NOT, "ended_by": NOT},
    "field_changes": {"field": NOT, "old_value": JSON, "new_value": JSON, "changed_at": NOT},
    "kept_forecasts": {
        "made_at": NOT, "made_on": NOT, "pipelines": NOT, "method": NOT, "until": NOT, "currency": NOT,
        # Numbers of deals and amounts alone.
        "content": NOT,
    },
    "follow_ups": {"kind": NOT, "due": NOT, "set_at": NOT, "closed_at": NOT},
    # Of a review the numbers of deals, codes and amounts alone: the words are looked up when it is shown.
    "reviews": {"made_at": NOT, "made_on": NOT, "from_on": NOT, "pipelines": NOT, "content": NOT},
    "import_keys": {"source_name": LABEL, "external_key": KEY, "digest": NOT},
    "operations": {"public_id": NOT, "at": NOT, "command": NOT, "summary": WORDS, "state": NOT},
    "operation_rows": {"table_name": NOT, "before": IMAGE, "after": IMAGE},
    "operation_deals": {},
    "undone_rows": {"image": IMAGE},
}  # fmt: skip
"""Table -> column of type TEXT or ANY -> what it may hold."""
