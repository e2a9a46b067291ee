"""What became of the deals that prune closed."""

from __future__ import annotations

from pipeline_cli.storage.reader import Reader


def read_came_back(reader: Reader) -> tuple[int, int]:
    """(Deals that prune closed, those of them that were reopened or answered afterwards), as known at the clock.

    A prune that was undone closed nothing.
    """
    row = reader.connection.execute(
        "SELECT count(DISTINCT m.deal_id), count(DISTINCT CASE WHEN "
        "EXISTS (SELECT 1 FROM known_moves l WHERE l.deal_id = m.deal_id AND (l.moved_at, l.id) > (m.moved_at, m.id) "
        "AND l.to_stage NOT IN ('lost', 'disqualified')) "
        "OR EXISTS (SELECT 1 FROM known_touchpoints t WHERE t.deal_id = m.deal_id AND t.sense = 'conversation' "
        "AND t.touched_at > m.moved_at) THEN m.deal_id END) "
        "FROM operations o JOIN operation_rows r ON r.operation_id = o.id "
        "JOIN known_moves m ON m.id BETWEEN r.first_row AND r.last_row "
        "WHERE o.command = 'prune' AND o.state = 'done' AND r.table_name = 'moves' AND r.before IS NULL "
        "AND m.to_stage = 'lost'"
    ).fetchone()
    return int(row[0]), int(row[1])


def read_last_chances(reader: Reader) -> set[tuple[int, str]]:
    """(Deal, deadline) of every last chance that was given, answered and expired ones too."""
    return set(reader.connection.execute("SELECT deal_id, deadline FROM known_last_chances"))
