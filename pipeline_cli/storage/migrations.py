"""Every schema this program ever had, in order: append only, each step in one transaction."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable

from pipeline_cli.domain.deal.touch_sense import sense_of
from pipeline_cli.storage.schema import APPLICATION_ID, INDEXES, TABLES, TRIGGERS, VIEWS, is_day, is_instant

VERSION_2 = (
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


_OVERVIEW = """CREATE VIEW deal_overview AS
    SELECT d.id, d.external_id, d.title, d.organization, d.pipeline, d.stage, d.status,
        d.value_cents / 100.0 AS value, d.currency, d.source, d.owner, d.created_at, d.expected_close, d.closed_at,
        d.lost_reason, d.snoozed_until,
        (SELECT coalesce(c.name, c.email, c.phone) FROM deal_contacts dc JOIN contacts c ON c.id = dc.contact_id
            WHERE dc.deal_id = d.id ORDER BY dc.id LIMIT 1) AS contact,
        (SELECT max(t.touched_at) FROM touchpoints t WHERE t.deal_id = d.id AND t.sense IS NOT 'automatic')
            AS last_touch_at,
        (SELECT max(t.touched_at) FROM touchpoints t WHERE t.deal_id = d.id AND t.sense = 'conversation')
            AS last_conversation_at,
"""
"""The view as versions 3 and 4 begin it."""

VERSION_3 = (
    "ALTER TABLE touchpoints ADD COLUMN sense TEXT CHECK (sense IN ('conversation', 'attempt', 'automatic'))",
    # Their message, or their call that nobody took.
    "ALTER TABLE touchpoints ADD COLUMN awaits_answer INTEGER NOT NULL DEFAULT 0 CHECK (awaits_answer IN (0, 1))",
    # What met each criterion of the stages that were left, as JSON.
    "ALTER TABLE moves ADD COLUMN criteria_met TEXT",
    # It never should have been: history alone shows it.
    "ALTER TABLE moves ADD COLUMN mistake INTEGER NOT NULL DEFAULT 0 CHECK (mistake IN (0, 1))",
    # The pipeline it was made in, where the deal has left that for another since.
    "ALTER TABLE moves ADD COLUMN pipeline TEXT",
    f"ALTER TABLE last_chances ADD COLUMN ended_at TEXT {is_instant('ended_at')}",
    "ALTER TABLE last_chances ADD COLUMN ended_by TEXT",
    "ALTER TABLE deals ADD COLUMN snooze_reason TEXT",
    "DROP INDEX touchpoints_of_a_deal",
    "CREATE INDEX touchpoints_of_a_deal ON touchpoints (deal_id, touched_at, id, sense, awaits_answer, direction)",
    "CREATE INDEX moves_set_aside ON moves (deal_id) WHERE mistake OR pipeline IS NOT NULL",
    "DROP VIEW deal_overview",
    _OVERVIEW
    + """        (SELECT n.text FROM next_steps n WHERE n.deal_id = d.id AND n.closed_at IS NULL) AS next_step,
        (SELECT n.due FROM next_steps n WHERE n.deal_id = d.id AND n.closed_at IS NULL) AS next_step_due
    FROM deals d""",
    "DROP VIEW stage_history",
    """CREATE VIEW stage_history AS
    SELECT m.deal_id, d.title, m.from_stage, m.to_stage, m.moved_at,
        lead(m.moved_at) OVER (PARTITION BY m.deal_id ORDER BY m.moved_at, m.id) AS left_at,
        m.reason, m.forced, m.inferred
    FROM moves m JOIN deals d ON d.id = m.deal_id WHERE NOT m.mistake""",
)

_OPEN_STEP = (
    "FROM next_steps n WHERE n.deal_id = d.id AND n.closed_at IS NULL "
    "ORDER BY n.due, n.due_time IS NULL, n.due_time, n.id LIMIT 1"
)
VERSION_4 = (
    # The words a deal is found by, each once, in the order they were given, with a space between.
    "ALTER TABLE deals ADD COLUMN tags TEXT CHECK (tags <> '')",
    # Addresses and files, each on a line of its own.
    "ALTER TABLE deals ADD COLUMN links TEXT CHECK (links <> '')",
    # The time of the day, as the clock on the wall shows it.
    "ALTER TABLE next_steps ADD COLUMN due_time TEXT CHECK (due_time GLOB '[0-2][0-9]:[0-5][0-9]' AND due_time < '24')",
    "ALTER TABLE next_steps ADD COLUMN minutes INTEGER CHECK (minutes > 0)",
    # So many minutes before, where it is another time than pipeline.yaml says.
    "ALTER TABLE next_steps ADD COLUMN remind_minutes INTEGER CHECK (remind_minutes >= 0)",
    "DROP VIEW deal_overview",
    _OVERVIEW
    + f"""        (SELECT n.text {_OPEN_STEP}) AS next_step,
        (SELECT n.due {_OPEN_STEP}) AS next_step_due,
        d.tags, d.links
    FROM deals d""",
)

VERSION_5 = (
    # What is known of a person's addresses besides the first two: the others, and the label and bounce of any. JSON.
    "ALTER TABLE contacts ADD COLUMN addresses TEXT CHECK (substr(addresses, 1, 1) = '[')",
    # Where they worked before, as JSON, the earliest first.
    "ALTER TABLE contacts ADD COLUMN formerly TEXT CHECK (substr(formerly, 1, 1) = '[')",
    # What they are for this deal, where that is not what they are at work.
    "ALTER TABLE deal_contacts ADD COLUMN role TEXT CHECK (role <> '')",
    # With whom.
    "ALTER TABLE touchpoints ADD COLUMN contact_id INTEGER REFERENCES contacts (id)",
    # Empty: typed.
    "ALTER TABLE touchpoints ADD COLUMN source TEXT CHECK (source IN ('captured', 'imported'))",
    f"""CREATE TABLE captured (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        kind TEXT NOT NULL CHECK (kind IN ('mail', 'event', 'card')),
        item_key TEXT NOT NULL CHECK (item_key <> ''),
        fate TEXT NOT NULL CHECK (fate IN
            ('touchpoint', 'meeting', 'next_step', 'queue', 'suggestion', 'ignored', 'gone', 'joined')),
        reason TEXT,
        chosen_by TEXT,
        happened_at TEXT NOT NULL {is_instant("happened_at")},
        deal_id INTEGER REFERENCES deals (id),
        touchpoint_id INTEGER REFERENCES touchpoints (id),
        next_step_id INTEGER REFERENCES next_steps (id),
        joined INTEGER NOT NULL DEFAULT 0 CHECK (joined IN (0, 1)),
        direction TEXT CHECK (direction IN ('out', 'in')),
        automatic INTEGER NOT NULL DEFAULT 0 CHECK (automatic IN (0, 1)),
        people TEXT NOT NULL DEFAULT '[]' CHECK (substr(people, 1, 1) = '['),
        candidates TEXT NOT NULL DEFAULT '[]' CHECK (substr(candidates, 1, 1) = '['),
        subject TEXT,
        excerpt TEXT,
        address TEXT,
        name TEXT,
        answers TEXT CHECK (substr(answers, 1, 1) = '['),
        version TEXT,
        captured_at TEXT NOT NULL {is_instant("captured_at")},
        UNIQUE (kind, item_key)
    ) STRICT""",
    # Addresses and, with an @ before them, domains of which nothing is asked again.
    f"""CREATE TABLE ignored_senders (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        address TEXT NOT NULL UNIQUE CHECK (address <> ''),
        ignored_at TEXT NOT NULL {is_instant("ignored_at")}
    ) STRICT""",
    # Who wrote, or was written to, and is nobody of the record: keyed digests, to know them again when they answer.
    """CREATE TABLE strangers (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        digest TEXT NOT NULL,
        direction TEXT NOT NULL CHECK (direction IN ('out', 'in')),
        UNIQUE (digest, direction)
    ) STRICT""",
    # When each source was last read, and in which state: derived, and thrown away without loss.
    f"""CREATE TABLE capture_runs (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        source TEXT NOT NULL UNIQUE CHECK (source <> ''),
        ran_at TEXT NOT NULL {is_instant("ran_at")},
        state TEXT NOT NULL
    ) STRICT""",
    "CREATE INDEX captured_of_a_deal ON captured (deal_id)",
    "CREATE INDEX captured_of_a_touchpoint ON captured (touchpoint_id) WHERE touchpoint_id IS NOT NULL",
    "CREATE INDEX captured_to_decide ON captured (fate) WHERE fate IN ('queue', 'suggestion')",
    "CREATE INDEX contacts_with_more ON contacts (id) WHERE addresses IS NOT NULL",
)


_SIGNS_OF_LIFE = (
    (
        "conversation",
        "SELECT min(t.touched_at) FROM touchpoints t WHERE t.deal_id = l.deal_id "
        "AND (t.sense = 'conversation' OR t.awaits_answer) AND t.touched_at > l.given_at",
    ),
    (
        "advance",
        "SELECT min(m.moved_at) FROM moves m WHERE m.deal_id = l.deal_id AND NOT m.inferred "
        "AND m.to_stage NOT IN ('won', 'lost', 'disqualified') AND m.moved_at > l.given_at",
    ),
    (
        "closed",
        "SELECT min(m.moved_at) FROM moves m WHERE m.deal_id = l.deal_id "
        "AND m.to_stage IN ('won', 'lost', 'disqualified') AND m.moved_at > l.given_at",
    ),
    (
        "next_step",
        "SELECT min(n.set_at) FROM next_steps n WHERE n.deal_id = l.deal_id AND n.set_at > l.given_at "
        "AND n.due >= date(n.set_at)",
    ),
    *(
        (
            name,
            "SELECT min(f.changed_at) FROM field_changes f WHERE f.deal_id = l.deal_id AND f.new_value IS NOT NULL "
            f"AND f.field = '{field}' AND f.changed_at > l.given_at",
        )
        for name, field in (("value", "value_cents"), ("close_date", "expected_close"), ("snooze", "snoozed_until"))
    ),
)
"""What ended a last chance, and when the first of its kind came."""


def end_last_chances_of_the_living(connection: sqlite3.Connection) -> None:
    """Of several signs of life the earliest ended it."""
    for name, first in _SIGNS_OF_LIFE:
        connection.execute(
            f"UPDATE last_chances AS l SET ended_at = ({first}), ended_by = '{name}' "
            f"WHERE ({first}) < coalesce(l.ended_at, '9')"
        )


def say_what_touchpoints_were(connection: sqlite3.Connection) -> None:
    """Those of the record, and those that an undo put aside: outcome words decide; without one, the kind does."""

    def sense(kind: str, direction: str | None, outcome: str | None) -> str | None:
        return sense_of(kind, direction, outcome).sense

    def awaits(kind: str, direction: str | None, outcome: str | None) -> int:
        return int(sense_of(kind, direction, outcome).awaits_answer)

    connection.create_function("sense_of", 3, sense, deterministic=True)
    connection.create_function("awaits_answer", 3, awaits, deterministic=True)
    connection.execute(
        "UPDATE touchpoints SET sense = sense_of(kind, direction, outcome), "
        "awaits_answer = awaits_answer(kind, direction, outcome)"
    )
    undone = connection.execute(
        "SELECT u.operation_row_id, u.row_id, u.image FROM undone_rows u "
        "JOIN operation_rows r ON r.id = u.operation_row_id WHERE r.table_name = 'touchpoints'"
    ).fetchall()
    for operation_row, row, image in undone:
        content = json.loads(image)
        found = sense_of(content["kind"], content["direction"], content["outcome"])
        content |= {"sense": found.sense, "awaits_answer": int(found.awaits_answer)}
        connection.execute(
            "UPDATE undone_rows SET image = ? WHERE operation_row_id = ? AND row_id = ?",
            (json.dumps(content, ensure_ascii=False), operation_row, row),
        )


def say_why_deals_sleep(connection: sqlite3.Connection) -> None:
    """The reason of the last snooze until the day that stands, which the older program kept in a note alone."""
    connection.execute(
        "UPDATE deals AS d SET snooze_reason = ("
        "SELECT substr(n.text, length('snoozed until ' || d.snoozed_until || ': ') + 1) FROM notes n "
        "WHERE n.deal_id = d.id AND instr(n.text, 'snoozed until ' || d.snoozed_until || ': ') = 1 "
        "ORDER BY n.noted_at DESC, n.id DESC LIMIT 1) WHERE d.snoozed_until IS NOT NULL"
    )


def create_the_first_schema(connection: sqlite3.Connection) -> None:
    """Version 1."""
    for statement in (*TABLES, *INDEXES, *VIEWS, *TRIGGERS):
        connection.execute(statement)
    connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")


def add_customers_and_reviews(connection: sqlite3.Connection) -> None:
    """Version 2."""
    for statement in VERSION_2:
        connection.execute(statement)


def add_what_happened(connection: sqlite3.Connection) -> None:
    """Version 3."""
    for statement in VERSION_3:
        connection.execute(statement)
    say_what_touchpoints_were(connection)
    end_last_chances_of_the_living(connection)
    say_why_deals_sleep(connection)


def add_tags_and_times(connection: sqlite3.Connection) -> None:
    """Version 4."""
    for statement in VERSION_4:
        connection.execute(statement)


def add_people_and_capture(connection: sqlite3.Connection) -> None:
    """Version 5."""
    for statement in VERSION_5:
        connection.execute(statement)


MIGRATIONS: tuple[Callable[[sqlite3.Connection], None], ...] = (
    create_the_first_schema,
    add_customers_and_reviews,
    add_what_happened,
    add_tags_and_times,
    add_people_and_capture,
)
"""Step n takes a database of `user_version` n to n + 1."""


def migrate(connection: sqlite3.Connection) -> None:
    """Takes an open write transaction from its `user_version` to the newest; the caller commits."""
    # Not sqlite_utils.Migrations, though it would stay within this transaction: it counts steps in a table of its own. The
    # files of versions 1 to 3 have none, so that it would make their tables again; with one, two places said which version
    # a file has, and other tools and `check` would see a table that is not the record's. Nor table.transform, which drops
    # the triggers of a table. To load it takes 60 ms, which `init` and the first command after an upgrade would pay.
    version = int(connection.execute("PRAGMA user_version").fetchone()[0])
    for number in range(version, len(MIGRATIONS)):
        MIGRATIONS[number](connection)
        connection.execute(f"PRAGMA user_version = {number + 1}")
