"""What version 2 of the record adds: customers after the sale, and reviews as they were kept."""

from __future__ import annotations

from pipeline_cli.storage.schema import is_day, is_instant

STATEMENTS = (
    # The won deal that an upsell or a cross-sell grew out of.
    "ALTER TABLE deals ADD COLUMN from_deal_id INTEGER REFERENCES deals (id)",
    f"""CREATE TABLE follow_ups (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        deal_id INTEGER NOT NULL REFERENCES deals (id),
        kind TEXT NOT NULL CHECK (kind IN ('renewal', 'check_in')),
        due TEXT NOT NULL {is_day("due")},
        set_at TEXT NOT NULL {is_instant("set_at")},
        closed_at TEXT {is_instant("closed_at")},
        done INTEGER NOT NULL DEFAULT 0 CHECK (done IN (0, 1))
    ) STRICT""",
    f"""CREATE TABLE reviews (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        made_at TEXT NOT NULL {is_instant("made_at")},
        made_on TEXT NOT NULL {is_day("made_on")},
        from_on TEXT NOT NULL {is_day("from_on")},
        pipelines TEXT NOT NULL,
        content TEXT NOT NULL CHECK (content <> '')
    ) STRICT""",
    "CREATE INDEX follow_ups_of_a_deal ON follow_ups (deal_id)",
    "CREATE INDEX deals_from_a_deal ON deals (from_deal_id) WHERE from_deal_id IS NOT NULL",
)
