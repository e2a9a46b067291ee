"""The tables of the record as of version 1; what later versions add stands in modules beside this one.

Every table is STRICT; every id is AUTOINCREMENT, because SQLite otherwise gives
the id of a deleted row away again. Instants are UTC text with milliseconds,
days are text, money is integer minor units. `operations` and `operation_rows`
are what `undo` and `redo` work from, written in the transaction of the change.
"""

from __future__ import annotations

APPLICATION_ID = 0x50495045
"""`PIPE`, at byte 68 of every database of this program."""

SCHEMA_VERSION = 5


def is_instant(column: str) -> str:
    """A CHECK that a column holds `2026-11-21T09:30:00.000Z` and nothing that merely looks like it."""
    return f"CHECK (strftime('%Y-%m-%dT%H:%M:%fZ', {column}) IS {column})"


def is_day(column: str) -> str:
    """date('2026-02-30') is accepted by SQLite and turned into March: adding nothing shows it."""
    return f"CHECK (date({column}, '+0 days') IS {column})"


TABLES = (
    f"""CREATE TABLE deals (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        public_id TEXT NOT NULL UNIQUE,
        external_id TEXT,
        title TEXT NOT NULL CHECK (title <> ''),
        organization TEXT,
        pipeline TEXT NOT NULL,
        stage TEXT NOT NULL,
        status TEXT NOT NULL CHECK (status IN ('open', 'won', 'lost', 'disqualified')),
        value_cents INTEGER CHECK (value_cents BETWEEN 0 AND 1000000000000000),
        currency TEXT NOT NULL,
        probability REAL CHECK (probability BETWEEN 0 AND 1),
        category TEXT CHECK (category IN ('omitted', 'pipeline', 'best_case', 'commit')),
        source TEXT,
        owner TEXT,
        cost_cents INTEGER CHECK (cost_cents BETWEEN 0 AND 1000000000000000),
        created_at TEXT NOT NULL {is_instant("created_at")},
        created_inferred INTEGER NOT NULL DEFAULT 0 CHECK (created_inferred IN (0, 1)),
        expected_close TEXT {is_day("expected_close")},
        closed_at TEXT {is_instant("closed_at")},
        lost_reason TEXT,
        snoozed_until TEXT {is_day("snoozed_until")},
        fields TEXT NOT NULL DEFAULT '{{}}',
        CHECK ((status = 'open') = (closed_at IS NULL))
    ) STRICT""",
    f"""CREATE TABLE contacts (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        public_id TEXT NOT NULL UNIQUE,
        name TEXT,
        email TEXT,
        phone TEXT,
        organization TEXT,
        role TEXT,
        source TEXT,
        opted_out INTEGER NOT NULL DEFAULT 0 CHECK (opted_out IN (0, 1)),
        created_at TEXT NOT NULL {is_instant("created_at")},
        forgotten_at TEXT {is_instant("forgotten_at")}
    ) STRICT""",
    f"""CREATE TABLE suppressed (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        digest TEXT NOT NULL UNIQUE,
        kind TEXT NOT NULL CHECK (kind IN ('email', 'phone')),
        key_id TEXT NOT NULL,
        suppressed_at TEXT NOT NULL {is_instant("suppressed_at")},
        revoked_at TEXT {is_instant("revoked_at")}
    ) STRICT""",
    f"""CREATE TABLE deal_contacts (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        deal_id INTEGER NOT NULL REFERENCES deals (id),
        contact_id INTEGER NOT NULL REFERENCES contacts (id),
        linked_at TEXT NOT NULL {is_instant("linked_at")},
        UNIQUE (deal_id, contact_id)
    ) STRICT""",
    f"""CREATE TABLE moves (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        deal_id INTEGER NOT NULL REFERENCES deals (id),
        from_stage TEXT,
        to_stage TEXT NOT NULL,
        moved_at TEXT NOT NULL {is_instant("moved_at")},
        reason TEXT,
        forced INTEGER NOT NULL DEFAULT 0 CHECK (forced IN (0, 1)),
        inferred INTEGER NOT NULL DEFAULT 0 CHECK (inferred IN (0, 1)),
        criteria_missing TEXT
    ) STRICT""",
    f"""CREATE TABLE touchpoints (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        deal_id INTEGER NOT NULL REFERENCES deals (id),
        kind TEXT NOT NULL,
        direction TEXT CHECK (direction IN ('out', 'in')),
        touched_at TEXT NOT NULL {is_instant("touched_at")},
        outcome TEXT,
        note TEXT,
        inferred INTEGER NOT NULL DEFAULT 0 CHECK (inferred IN (0, 1))
    ) STRICT""",
    f"""CREATE TABLE notes (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        deal_id INTEGER NOT NULL REFERENCES deals (id),
        text TEXT NOT NULL,
        noted_at TEXT NOT NULL {is_instant("noted_at")}
    ) STRICT""",
    f"""CREATE TABLE next_steps (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        deal_id INTEGER NOT NULL REFERENCES deals (id),
        text TEXT NOT NULL,
        due TEXT NOT NULL {is_day("due")},
        set_at TEXT NOT NULL {is_instant("set_at")},
        closed_at TEXT {is_instant("closed_at")},
        done INTEGER NOT NULL DEFAULT 0 CHECK (done IN (0, 1))
    ) STRICT""",
    f"""CREATE TABLE confirmations (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        deal_id INTEGER NOT NULL REFERENCES deals (id),
        stage TEXT NOT NULL,
        criterion TEXT NOT NULL,
        evidence TEXT,
        confirmed_at TEXT NOT NULL {is_instant("confirmed_at")},
        revoked_at TEXT {is_instant("revoked_at")}
    ) STRICT""",
    f"""CREATE TABLE qualification_answers (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        deal_id INTEGER NOT NULL REFERENCES deals (id),
        item TEXT NOT NULL,
        answer TEXT NOT NULL CHECK (answer IN ('yes', 'no', 'unknown')),
        evidence TEXT,
        answered_at TEXT NOT NULL {is_instant("answered_at")}
    ) STRICT""",
    f"""CREATE TABLE last_chances (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        deal_id INTEGER NOT NULL REFERENCES deals (id),
        given_at TEXT NOT NULL {is_instant("given_at")},
        deadline TEXT NOT NULL {is_day("deadline")}
    ) STRICT""",
    f"""CREATE TABLE field_changes (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        deal_id INTEGER NOT NULL REFERENCES deals (id),
        field TEXT NOT NULL,
        old_value ANY,
        new_value ANY,
        changed_at TEXT NOT NULL {is_instant("changed_at")}
    ) STRICT""",
    f"""CREATE TABLE kept_forecasts (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        made_at TEXT NOT NULL {is_instant("made_at")},
        made_on TEXT NOT NULL {is_day("made_on")},
        pipelines TEXT NOT NULL,
        method TEXT NOT NULL,
        horizon_days INTEGER NOT NULL CHECK (horizon_days > 0),
        until TEXT NOT NULL {is_day("until")},
        currency TEXT NOT NULL,
        content TEXT NOT NULL CHECK (content <> '')
    ) STRICT""",
    """CREATE TABLE import_keys (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        source_name TEXT NOT NULL,
        external_key TEXT NOT NULL,
        deal_id INTEGER NOT NULL REFERENCES deals (id),
        digest TEXT NOT NULL,
        UNIQUE (source_name, external_key)
    ) STRICT""",
    f"""CREATE TABLE operations (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        public_id TEXT NOT NULL UNIQUE,
        at TEXT NOT NULL {is_instant("at")},
        command TEXT NOT NULL,
        summary TEXT NOT NULL,
        state TEXT NOT NULL DEFAULT 'done' CHECK (state IN ('done', 'undone', 'discarded'))
    ) STRICT""",
    """CREATE TABLE operation_rows (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        operation_id INTEGER NOT NULL REFERENCES operations (id),
        table_name TEXT NOT NULL,
        first_row INTEGER NOT NULL,
        last_row INTEGER NOT NULL,
        before TEXT,
        after TEXT
    ) STRICT""",
    """CREATE TABLE operation_deals (
        operation_id INTEGER NOT NULL REFERENCES operations (id),
        first_deal INTEGER NOT NULL,
        last_deal INTEGER NOT NULL
    ) STRICT""",
    """CREATE TABLE undone_rows (
        operation_row_id INTEGER NOT NULL REFERENCES operation_rows (id),
        row_id INTEGER NOT NULL,
        image TEXT NOT NULL,
        PRIMARY KEY (operation_row_id, row_id)
    ) STRICT, WITHOUT ROWID""",
)

INDEXES = (
    "CREATE INDEX deals_by_status ON deals (pipeline, status, stage)",
    "CREATE INDEX deals_by_external_id ON deals (external_id) WHERE external_id IS NOT NULL",
    "CREATE INDEX deal_contacts_by_contact ON deal_contacts (contact_id)",
    "CREATE INDEX contacts_by_email ON contacts (email) WHERE email IS NOT NULL",
    "CREATE INDEX moves_of_a_deal ON moves (deal_id, moved_at, id, to_stage, from_stage, inferred)",
    "CREATE INDEX touchpoints_of_a_deal ON touchpoints (deal_id, touched_at, direction)",
    "CREATE INDEX notes_of_a_deal ON notes (deal_id)",
    "CREATE INDEX next_steps_of_a_deal ON next_steps (deal_id)",
    "CREATE INDEX confirmations_of_a_deal ON confirmations (deal_id)",
    "CREATE INDEX answers_of_a_deal ON qualification_answers (deal_id)",
    "CREATE INDEX last_chances_of_a_deal ON last_chances (deal_id)",
    "CREATE INDEX field_changes_of_a_deal ON field_changes (deal_id, field)",
    "CREATE INDEX import_keys_of_a_deal ON import_keys (deal_id)",
    "CREATE INDEX rows_of_an_operation ON operation_rows (operation_id)",
    "CREATE INDEX deals_of_an_operation ON operation_deals (operation_id)",
)

VIEWS = (
    """CREATE VIEW deal_overview AS
    SELECT d.id, d.external_id, d.title, d.organization, d.pipeline, d.stage, d.status,
        d.value_cents / 100.0 AS value, d.currency, d.source, d.owner, d.created_at, d.expected_close, d.closed_at,
        d.lost_reason, d.snoozed_until,
        (SELECT coalesce(c.name, c.email, c.phone) FROM deal_contacts dc JOIN contacts c ON c.id = dc.contact_id
            WHERE dc.deal_id = d.id ORDER BY dc.id LIMIT 1) AS contact,
        (SELECT max(t.touched_at) FROM touchpoints t WHERE t.deal_id = d.id) AS last_touch_at,
        (SELECT n.text FROM next_steps n WHERE n.deal_id = d.id AND n.closed_at IS NULL) AS next_step,
        (SELECT n.due FROM next_steps n WHERE n.deal_id = d.id AND n.closed_at IS NULL) AS next_step_due
    FROM deals d""",
    """CREATE VIEW stage_history AS
    SELECT m.deal_id, d.title, m.from_stage, m.to_stage, m.moved_at,
        lead(m.moved_at) OVER (PARTITION BY m.deal_id ORDER BY m.moved_at, m.id) AS left_at,
        m.reason, m.forced, m.inferred
    FROM moves m JOIN deals d ON d.id = m.deal_id""",
)

_LATER_TABLES = ("follow_ups", "reviews", "captured", "ignored_senders", "strangers", "capture_runs")
OWN_TABLES = frozenset({*(table.split()[2] for table in TABLES), *_LATER_TABLES})
"""Of every version."""

TRIGGERS = (
    """CREATE TRIGGER kept_forecasts_stay BEFORE UPDATE ON kept_forecasts BEGIN
    SELECT RAISE(ABORT, 'a kept forecast is never edited'); END""",
)
"""What nobody may do, whatever writes to the file."""
