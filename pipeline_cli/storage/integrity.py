"""What SQLite and the rules of the record say about the database itself."""

from __future__ import annotations

from pipeline_cli.storage.reader import Reader

_RULES = {
    "Deal {}: its history does not end in the stage or outcome it has.": (
        "SELECT d.id FROM deals d WHERE coalesce((SELECT m.to_stage FROM moves m WHERE m.deal_id = d.id "
        "ORDER BY m.moved_at DESC, m.id DESC LIMIT 1), '') <> CASE d.status WHEN 'open' THEN d.stage ELSE d.status END"
    ),
    "Deal {}: a move does not begin where the one before it ended.": (
        "SELECT DISTINCT deal_id FROM (SELECT deal_id, from_stage, "
        "lag(to_stage) OVER (PARTITION BY deal_id ORDER BY moved_at, id) AS before FROM moves) "
        "WHERE before IS NOT NULL AND from_stage IS NOT before"
    ),
    "Deal {}: has more than one open next step.": (
        "SELECT deal_id FROM next_steps WHERE closed_at IS NULL GROUP BY deal_id HAVING count(*) > 1"
    ),
}
_MOST = 20


def check_database(reader: Reader) -> list[str]:
    """Problems, each in one sentence; none when all is well."""
    connection = reader.connection
    found = [row[0] for row in connection.execute(f"PRAGMA integrity_check({_MOST})") if row[0] != "ok"]
    problems = [f"The database is damaged: {text}. Restore a backup." for text in found]
    orphans = connection.execute("PRAGMA foreign_key_check").fetchmany(_MOST)
    problems += [f"Row {row[1]} of {row[0]} belongs to a row of {row[2]} that is not there." for row in orphans]
    for sentence, query in _RULES.items():
        problems += [sentence.format(row[0]) for row in connection.execute(query).fetchmany(_MOST)]
    return problems
