"""Other deals to hold beside one: those of its organization, and the closed ones of its pipeline."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence

from pipeline_cli.domain.rules.alike import ClosedDeal, Effort, Likeness, industry_of
from pipeline_cli.domain.words.clock import from_text
from pipeline_cli.domain.words.names import normalise_organization
from pipeline_cli.storage.reader import Reader
from pipeline_cli.storage.record.after_sale import Relative


def read_deals_of_organization(reader: Reader, organization: str | None, but: int) -> list[Relative]:
    """Open ones first, then the newest; however the organization is spelled."""
    wanted = normalise_organization(organization or "")
    if not wanted:
        return []
    rows = reader.connection.execute(
        "SELECT organization, id, title, status, stage, value_cents, currency FROM known_deals "
        "WHERE organization IS NOT NULL AND id <> ? ORDER BY status <> 'open', id DESC",
        (but,),
    )
    return [Relative(*rest) for name, *rest in rows if normalise_organization(name) == wanted]


def read_closed_deals(reader: Reader, pipeline: str, but: int, in_home: Callable[[int, str], int]) -> list[ClosedDeal]:
    """Won and lost ones of a pipeline; what was disqualified was never one."""
    rows = reader.connection.execute(
        "SELECT id, title, organization, status, lost_reason, created_at, closed_at, source, value_cents, currency, fields "
        "FROM known_deals WHERE pipeline = ? AND status IN ('won', 'lost') AND id <> ? ORDER BY id",
        (pipeline, but),
    )
    return [
        ClosedDeal(
            number,
            title,
            organization,
            status,
            reason,
            from_text(created),
            from_text(closed),
            Likeness(
                source,
                None if cents is None else in_home(cents, currency),
                industry_of(json.loads(fields)) if fields != "{}" else None,
            ),
        )
        for number, title, organization, status, reason, created, closed, source, cents, currency, fields in rows
    ]


def read_efforts(reader: Reader, deal_ids: Sequence[int]) -> dict[int, Effort]:
    """Deal -> what it took; deals without a touchpoint are left out."""
    rows = reader.connection.execute(
        "SELECT deal_id, count(*), coalesce(sum(sense = 'conversation'), 0), "
        "json_group_array(DISTINCT CASE WHEN sense = 'conversation' THEN kind END) FROM known_touchpoints "
        "WHERE sense IS NOT 'automatic' AND deal_id IN (SELECT value FROM json_each(?)) GROUP BY deal_id",
        (json.dumps(list(deal_ids)),),
    )
    return {
        number: Effort(touches, conversations, frozenset(json.loads(kinds)) - {None})
        for number, touches, conversations, kinds in rows
    }
