"""What SQLite and the rules of the record say about the database: its schema, every value, every rule, its undo."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from functools import cache

from pipeline_cli.domain.record import NamedTuple
from pipeline_cli.domain.rules.checkup import DAMAGED, FOREIGN, PROBLEM, REPAIR, RESTORE, WARNING, Fault, is_unusable
from pipeline_cli.domain.words.clock import to_text
from pipeline_cli.domain.words.text import LONGEST
from pipeline_cli.storage.database import is_busy
from pipeline_cli.storage.migrations import migrate
from pipeline_cli.storage.reader import Reader
from pipeline_cli.storage.record.operations import FORGET
from pipeline_cli.storage.safekeeping.forget import COLUMNS, IMAGE, KEY, LABEL, WORDS

_RESTORE = "`pipeline restore FILE`: a backup in which it is right"
_LAST = "SELECT {} FROM moves m WHERE m.deal_id = d.id AND NOT m.mistake ORDER BY m.moved_at DESC, m.id DESC LIMIT 1"
_OUTCOMES = "('won', 'lost', 'disqualified')"


class Rule(NamedTuple):
    """What must hold of every record: a query that finds the rows of which it does not."""

    code: str
    sentence: str
    """With the names of the query's columns in braces."""
    query: str
    """Gives the column `deal`, and what the sentence names; `:end` is the first instant of tomorrow."""
    fix: str = REPAIR
    severity: str = PROBLEM


RULES = (
    Rule(
        "no_history",
        "Deal {deal}: has no stage history.",
        "SELECT d.id AS deal FROM deals d WHERE NOT EXISTS (SELECT 1 FROM moves m WHERE m.deal_id = d.id "
        "AND NOT m.mistake)",
    ),
    Rule(
        "history_chain",
        "Deal {deal}: a move does not begin where the one before it ended.",
        "SELECT DISTINCT deal_id AS deal FROM (SELECT deal_id, from_stage, "
        "lag(to_stage) OVER (PARTITION BY deal_id ORDER BY moved_at, id) AS before FROM moves WHERE NOT mistake) "
        "WHERE before IS NOT NULL AND from_stage IS NOT before",
    ),
    Rule(
        "history_end",
        "Deal {deal}: its history does not end in the stage or outcome it has.",
        f"SELECT d.id AS deal, ({_LAST.format('m.to_stage')}) AS ends FROM deals d "
        "WHERE ends <> CASE d.status WHEN 'open' THEN d.stage ELSE d.status END",
    ),
    Rule(
        "status",
        "Deal {deal}: its status is {status}, which is none.",
        f"SELECT id AS deal, status FROM deals WHERE status NOT IN ('open', {_OUTCOMES[1:]}",
    ),
    Rule(
        "stage",
        "Deal {deal}: its stage is {stage}, which is an outcome.",
        f"SELECT id AS deal, stage FROM deals WHERE stage IN {_OUTCOMES}",
    ),
    Rule(
        "closing",
        "Deal {deal}: its status is {status}, and its date of closing says otherwise.",
        "SELECT id AS deal, status FROM deals WHERE (status = 'open') <> (closed_at IS NULL)",
    ),
    Rule(
        "closed_before_created",
        "Deal {deal}: was closed ({closed_at}) before it was created ({created_at}).",
        "SELECT id AS deal, closed_at, created_at FROM deals WHERE closed_at < created_at",
        _RESTORE,
    ),
    Rule(
        "move_before_creation",
        "Deal {deal}: moved to {to_stage} ({moved_at}) before it was created ({created_at}).",
        "SELECT d.id AS deal, m.to_stage, m.moved_at, d.created_at FROM moves m JOIN deals d ON d.id = m.deal_id "
        "WHERE m.moved_at < d.created_at",
        _RESTORE,
    ),
    Rule(
        "future",
        "Deal {deal}: moved to {to_stage} on a later day than today ({moved_at}).",
        "SELECT deal_id AS deal, to_stage, moved_at FROM moves WHERE moved_at >= :end",
        "look at the clock of this machine; reports leave it out until then",
    ),
    Rule(
        "future",
        "Deal {deal}: has a touchpoint ({kind}) on a later day than today ({touched_at}).",
        "SELECT deal_id AS deal, kind, touched_at FROM touchpoints WHERE touched_at >= :end",
        "look at the clock of this machine; reports leave it out until then",
    ),
    Rule(
        "follow_up",
        "Deal {deal}: is {status} and has a {kind} to follow up, as won deals have.",
        'SELECT d.id AS deal, d.status, f.kind, f.id AS "row" FROM follow_ups f JOIN deals d ON d.id = f.deal_id '
        "WHERE f.closed_at IS NULL AND d.status <> 'won'",
    ),
    Rule(
        "last_chance",
        "Deal {deal}: has a last chance until {deadline}, before it was given ({given_at}).",
        # A day apart, because the deadline is a day of the zone and the instant is in UTC.
        "SELECT deal_id AS deal, deadline, given_at FROM last_chances WHERE deadline < date(given_at, '-1 day')",
        _RESTORE,
    ),
    Rule(
        "external_id",
        "Deal {deal}: shares the external id {external_id} with deal {other}.",
        "SELECT max(d.id) AS deal, min(d.id) AS other, d.external_id FROM deals d "
        "LEFT JOIN import_keys k ON k.deal_id = d.id WHERE d.external_id IS NOT NULL "
        "GROUP BY d.external_id, k.source_name HAVING count(DISTINCT d.id) > 1",
        "`pipeline edit {deal} --external-id NEW`, or `pipeline merge {deal} {other}`",
        WARNING,
    ),
    Rule(
        "sums",
        "Open, won, lost and disqualified deals are {counted}, and {there} deals are there.",
        "SELECT NULL AS deal, * FROM (SELECT (SELECT count(*) FROM deals INDEXED BY deals_by_status WHERE status IN "
        f"('open', {_OUTCOMES[1:]}) AS counted, (SELECT count(*) FROM deals NOT INDEXED) AS there) "
        "WHERE counted <> there",
        _RESTORE,
    ),
    Rule(
        "sums",
        "The values of the stages add up to {by_stage} cents, those of the open deals to {by_deal}.",
        "SELECT NULL AS deal, * FROM (SELECT (SELECT total(value) FROM (SELECT sum(value_cents) AS value FROM deals "
        "INDEXED BY deals_by_status WHERE status = 'open' GROUP BY pipeline, stage)) AS by_stage, "
        "(SELECT total(value_cents) FROM deals NOT INDEXED WHERE status = 'open') AS by_deal) "
        "WHERE by_stage <> by_deal",
        _RESTORE,
    ),
)


def check_rules(reader: Reader) -> list[Fault]:
    """Every row that breaks a rule."""
    end = to_text(reader.clock.end_of_today)
    return [fault for rule in RULES for fault in _check(reader, rule, end)]


def _check(reader: Reader, rule: Rule, end: str) -> list[Fault]:
    cursor = reader.connection.execute(rule.query, {"end": end} if ":end" in rule.query else ())
    names = [column[0] for column in cursor.description]
    found = [dict(zip(names, row, strict=True)) for row in cursor]
    return [
        Fault(
            rule.code,
            rule.sentence.format(**facts),
            rule.severity,
            facts["deal"],
            row=facts.get("row"),
            fix=rule.fix.format(**facts),
            facts=facts,
        )
        for facts in sorted(found, key=lambda facts: facts["deal"] or 0)
    ]


_OBJECTS = "SELECT name, type, sql FROM sqlite_master WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite_%'"


class _Fresh(NamedTuple):
    """A new database of this version."""

    objects: dict[str, tuple[str, str]]
    """Name -> (type, SQL)."""
    columns: dict[str, tuple[str, ...]]
    """Of each table."""


@cache
def _fresh() -> _Fresh:
    """Made once: each time takes 5 ms."""
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as connection:
        migrate(connection)
        objects = {name: (kind, sql) for name, kind, sql in connection.execute(_OBJECTS)}
        columns = {name: _columns(connection, name) for name, (kind, _) in objects.items() if kind == "table"}
        return _Fresh(objects, columns)


def fresh_schema() -> dict[str, tuple[str, str]]:
    """Name -> (type, SQL) of everything in a new database."""
    return _fresh().objects


def columns_of(table: str) -> tuple[str, ...]:
    """The columns a table has in this version."""
    return _fresh().columns[table]


def _columns(connection: sqlite3.Connection, table: str) -> tuple[str, ...]:
    return tuple(row[1] for row in connection.execute(f"PRAGMA main.table_info({table})"))


def tables() -> tuple[str, ...]:
    """The tables of this version."""
    return tuple(_fresh().columns)


def check_schema(connection: sqlite3.Connection) -> list[Fault]:
    """A lost index, view or trigger is made again; a lost table or column is not, because its content is gone."""
    there = {name: (kind, sql) for name, kind, sql in connection.execute(_OBJECTS.replace("FROM ", "FROM main."))}
    faults = []
    for name, (kind, sql) in fresh_schema().items():
        if kind == "table":
            faults += _check_definition(connection, name, sql, there.get(name))
        elif there.get(name) != (kind, sql):
            what = "is missing" if name not in there else "is not the one of this version"
            faults.append(Fault("schema", f"The {kind} {name} {what}.", fix=REPAIR, facts={"kind": kind, "name": name}))
    return faults + [
        _foreign(name, *there[name])
        for name in sorted(there.keys() - fresh_schema().keys())
        if there[name][0] != "index"
    ]


def _foreign(name: str, kind: str, sql: str) -> Fault:
    """A trigger acts by itself, and so may a virtual table; what else is there is only never asked anything."""
    is_virtual = sql.upper().startswith("CREATE VIRTUAL")
    acts = kind == "trigger" or is_virtual
    return Fault(
        FOREIGN,
        f"The {'virtual ' * is_virtual}{kind} {name} is none of this program's.",
        PROBLEM if acts else WARNING,
        fix=REPAIR if kind == "trigger" else "take it away with the program that made it, unless you meant it",
        facts={"kind": kind, "name": name},
    )


def drop_foreign(connection: sqlite3.Connection, fault: Fault) -> None:
    """Takes away a trigger or view that the schema does not know."""
    name = str(fault.facts["name"]).replace('"', '""')
    connection.execute(f'DROP {fault.facts["kind"]} IF EXISTS main."{name}"')


def _check_definition(
    connection: sqlite3.Connection, name: str, sql: str, there: tuple[str, str] | None
) -> list[Fault]:
    if there is None:
        return [Fault(DAMAGED, f"The table {name} is missing.", fix=RESTORE)]
    missing = [column for column in columns_of(name) if column not in _columns(connection, name)]
    if missing:
        return [Fault(DAMAGED, f"The table {name} lacks the column {missing[0]}.", fix=RESTORE)]
    if there[1] != sql:
        return [
            Fault(
                FOREIGN,
                f"The table {name} was changed by another program.",
                WARNING,
                fix="`pipeline restore FILE`, unless you meant it",
            )
        ]
    return []


def check_sequences(connection: sqlite3.Connection) -> list[Fault]:
    """SQLite counts ids in a table of its own: set back, it would give an id twice."""
    counted = dict(connection.execute("SELECT name, max(seq) FROM sqlite_sequence GROUP BY name"))
    faults = []
    for table in tables():
        if columns_of(table)[0] != "id":
            continue
        given = connection.execute(
            f"SELECT max(coalesce((SELECT max(id) FROM main.{table}), 0), coalesce((SELECT max(last_row) "
            f"FROM operation_rows WHERE table_name = '{table}'), 0))"
        ).fetchone()[0]
        if given > (counted.get(table) or 0):
            faults.append(
                Fault(
                    "id_counter",
                    f"The next row of {table} would get a number that was given before: {given} is the highest.",
                    fix=REPAIR,
                    facts={"table": table, "given": given},
                )
            )
    return faults


def repair_schema(connection: sqlite3.Connection, fault: Fault) -> None:
    """Makes an index, view or trigger of the schema anew."""
    kind, name = fault.facts["kind"], fault.facts["name"]
    connection.execute(f"DROP {kind} IF EXISTS main.{name}")
    connection.execute(fresh_schema()[name][1])


def repair_index(connection: sqlite3.Connection, fault: Fault) -> None:
    """Makes an index anew from its rows."""
    connection.execute(f"REINDEX main.{fault.facts['index']}")


def repair_sequence(connection: sqlite3.Connection, fault: Fault) -> None:
    """Lets the next id of a table lie above every one that was given."""
    table, given = fault.facts["table"], fault.facts["given"]
    connection.execute("DELETE FROM sqlite_sequence WHERE name = ?", (table,))
    connection.execute("INSERT INTO sqlite_sequence (name, seq) VALUES (?, ?)", (table, given))


_INSTANT = re.compile(r"CHECK \(strftime\('[^']+', (\w+)\)")
_DAY = re.compile(r"CHECK \(date\((\w+), ")
_JSON_COLUMNS = {"deals": ("fields",), "kept_forecasts": ("content",), "reviews": ("content",)}
_MOST_CENTS = 10**15
_BY_EDIT = {"expected_close": "--close 30d", "value_cents": "--value 10k", "cost_cents": "--cost 100"}


def check_forms(connection: sqlite3.Connection) -> list[Fault]:
    """Instants, days, amounts, texts and JSON."""
    return [fault for table in tables() for fault in _check_table(connection, table)]


def _check_table(connection: sqlite3.Connection, table: str) -> Iterator[Fault]:
    broken = list(_find_no_text(connection, table))
    yield from broken
    if broken:
        return  # SQLite's driver cannot hand out what else is wrong with such rows
    for column, condition, what in _conditions(table):
        owner = "id" if table == "deals" else "deal_id" if "deal_id" in columns_of(table) else "NULL"
        row = "id" if columns_of(table)[0] == "id" else "NULL"
        shown = f"substr(CAST({column} AS TEXT), 1, 30)"
        query = f"SELECT {row}, {owner}, {shown} FROM main.{table} WHERE {condition}"
        for number, deal, value in connection.execute(query):
            yield _fault(table, column, what, number, deal, value)


def _fault(table: str, column: str, what: str, number: int | None, deal: int | None, value: str | None) -> Fault:
    where = f"Deal {deal}" if table == "deals" else f"Row {number} of {table}"
    fix = f"`pipeline edit {deal} {_BY_EDIT[column]}`" if table == "deals" and column in _BY_EDIT else _RESTORE
    said = "" if value is None or what in ("is empty", "is too long") else f" ({value})"
    return Fault("value", f"{where}: its {column}{said} {what}.", deal=deal, table=table, row=number, fix=fix)


def _conditions(table: str) -> Iterator[tuple[str, str, str]]:
    """Column, condition of the rows at fault, what is wrong with them."""
    sql = fresh_schema()[table][1]
    for column in _INSTANT.findall(sql):
        yield column, f"strftime('%Y-%m-%dT%H:%M:%fZ', {column}) IS NOT {column}", "is no instant"
    for column in _DAY.findall(sql):
        yield column, f"date({column}, '+0 days') IS NOT {column}", "is no day"
    for column in columns_of(table):
        if column.endswith("_cents"):
            yield column, f"{column} < 0", "is a negative amount"
            yield column, f"{column} > {_MOST_CENTS}", "is a larger amount than any"
            yield column, f"typeof({column}) NOT IN ('integer', 'null')", "is no whole number of cents"
    kinds = COLUMNS.get(table, {})
    for column in (name for name, kind in kinds.items() if kind in (LABEL, WORDS, KEY) and table != "operations"):
        yield column, f"instr(CAST({column} AS BLOB), x'00') > 0", "holds a NUL character"
        yield column, f"length({column}) > {LONGEST}", "is too long"
    if table == "deals":
        yield "title", "trim(title) = ''", "is empty"
        yield "fields", "json_valid(fields) AND json_type(fields) <> 'object'", "is not what was written there"
    json_columns = (*_JSON_COLUMNS.get(table, ()), *(name for name, kind in kinds.items() if kind == IMAGE))
    for column in json_columns:
        yield column, f"{column} IS NOT NULL AND NOT json_valid({column})", "is not what was written there"


def _find_no_text(connection: sqlite3.Connection, table: str) -> Iterator[Fault]:
    """Bytes that are no UTF-8; each value is looked at only where the whole table cannot be read."""
    names = ", ".join(columns_of(table))
    try:
        for _ in connection.execute(f"SELECT {names} FROM main.{table}"):
            pass
    except sqlite3.OperationalError as error:
        if "decode" not in str(error):
            raise
    else:
        return
    row = "id" if columns_of(table)[0] == "id" else "NULL"
    for column in columns_of(table):
        for number, value in connection.execute(
            f"SELECT {row}, CAST({column} AS BLOB) FROM main.{table} WHERE typeof({column}) = 'text'"
        ):
            if not _is_text(value):
                where = f"Deal {number}" if table == "deals" else f"Row {number} of {table}"
                yield Fault(
                    DAMAGED,
                    f"The database is damaged: {where}: its {column} is no text.",
                    table=table,
                    row=number,
                    fix=RESTORE,
                )


def _is_text(value: bytes) -> bool:
    try:
        value.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


_LEAVE = "leave it, for nothing but undo needs it"
_STANDING = (
    "SELECT r.*, o.state FROM operation_rows r JOIN operations o ON o.id = r.operation_id "
    f"WHERE o.state <> 'discarded' AND o.id > (SELECT coalesce(max(id), 0) FROM operations WHERE command = '{FORGET}')"
)
_DELETED_LATER = (
    "(SELECT count(DISTINCT l.first_row) FROM standing l WHERE l.state = 'done' AND l.table_name = r.table_name "
    "AND l.after IS NULL AND l.before IS NOT NULL AND l.id > r.id AND l.first_row BETWEEN r.first_row AND r.last_row)"
)
_LOST = (
    f"WITH standing AS ({_STANDING}) SELECT DISTINCT operation_id FROM standing r WHERE r.state = 'done' "
    "AND r.table_name = '{table}' AND (r.before IS NULL OR r.after IS NOT NULL) "
    "AND (SELECT count(*) FROM main.{table} t WHERE t.id BETWEEN r.first_row AND r.last_row) "
    "<= r.last_row - r.first_row "
    "AND (SELECT count(*) FROM main.{table} t WHERE t.id BETWEEN r.first_row AND r.last_row) "
    f"+ {_DELETED_LATER} <= r.last_row - r.first_row"
)
_NOT_KEPT = (
    f"WITH standing AS ({_STANDING}) SELECT DISTINCT operation_id FROM standing r WHERE r.state = 'undone' "
    "AND r.before IS NULL AND (SELECT count(*) FROM undone_rows u WHERE u.operation_row_id = r.id) "
    "<= r.last_row - r.first_row"
)


def check_undo(connection: sqlite3.Connection) -> list[Fault]:
    """Rows that a standing operation wrote and no later one deleted are there; those of an undone one are kept."""
    known = [table for table in tables() if table not in ("operation_deals", "undone_rows")]
    marks = ", ".join("?" * len(known))
    faults = [
        Fault("undo", f"Operation {number} speaks of a table {table}, which is none.", fix=_LEAVE)
        for number, table in connection.execute(
            f"SELECT DISTINCT operation_id, table_name FROM operation_rows WHERE table_name NOT IN ({marks})", known
        )
    ]
    used = {row[0] for row in connection.execute("SELECT DISTINCT table_name FROM operation_rows")}
    for table in (name for name in known if name in used):
        faults += [
            Fault(
                "undo", f"Operation {number} wrote rows of {table} that are gone: undoing it would not do.", fix=_LEAVE
            )
            for (number,) in connection.execute(_LOST.format(table=table))
        ]
    return faults + [
        Fault(
            "undo",
            f"Operation {number} was undone, and what it wrote is not kept: redoing it would not do.",
            fix=_LEAVE,
        )
        for (number,) in connection.execute(_NOT_KEPT)
    ]


_MOST = 100
_INDEX = re.compile(r"(?:wrong # of entries in|missing from|non-unique entry in) index (\w+)")
_CHECK = re.compile(r"CHECK constraint failed in (\w+)")


def check_database(reader: Reader) -> list[Fault]:
    """Every fault; none when all is well. What follows a damaged page cannot be trusted, so that nothing else is said."""
    faults = [*check_file(reader.connection), *check_schema(reader.connection)]
    if is_unusable(faults):
        return [fault for fault in faults if fault.code == DAMAGED]
    forms = check_forms(reader.connection)
    if is_unusable(forms):
        return [fault for fault in forms if fault.code == DAMAGED]
    rules = check_rules(reader)
    told = {fault.table for fault in forms} | {"deals" for fault in rules if fault.code in ("status", "closing")}
    return [
        *(fault for fault in faults if fault.code != "value" or fault.table not in told),
        *forms,
        *_find_orphans(reader.connection),
        *check_sequences(reader.connection),
        *rules,
        *check_undo(reader.connection),
    ]


def check_file(connection: sqlite3.Connection) -> list[Fault]:
    """What SQLite's own look at every page finds."""
    try:
        answers = [row[0] for row in connection.execute(f"PRAGMA integrity_check({_MOST})")]
    except sqlite3.DatabaseError as error:  # so damaged that the look at it ends
        if is_busy(error):
            raise
        answers = [str(error)]
    texts = [line for answer in answers for line in answer.split("\n") if not line.startswith("***")]
    found = [_read_complaint(text) for text in texts if text != "ok"]
    return list({(fault.code, fault.message): fault for fault in found}.values())


def _read_complaint(text: str) -> Fault:
    index = _INDEX.search(text)
    if index:
        name = index.group(1)
        return Fault("index", f"The index {name} does not fit its table.", fix=REPAIR, facts={"index": name})
    value = _CHECK.search(text)
    if value:
        return Fault(
            "value", f"The table {value.group(1)} holds a value that it must not.", table=value.group(1), fix=RESTORE
        )
    return Fault(DAMAGED, f"The database is damaged: {text}.", fix=RESTORE)


def _find_orphans(connection: sqlite3.Connection) -> list[Fault]:
    """Not mended: undo could bring none of them back."""
    rows = connection.execute("PRAGMA foreign_key_check").fetchall()
    return [
        Fault(
            "orphan",
            f"Row {row} of {table} belongs to a row of {parent} that is not there.",
            table=table,
            row=row,
            fix="`pipeline restore FILE`: a backup in which it is there",
        )
        for table, row, parent, _ in dict.fromkeys(rows)
    ]
