"""Cohorts, counted in SQL."""

from __future__ import annotations

from pipeline_cli.domain.clock import from_text
from pipeline_cli.domain.cohorts import SPANS, Cohort
from pipeline_cli.domain.grouping import Scope
from pipeline_cli.storage.outcomes import exact_days
from pipeline_cli.storage.reader import Reader
from pipeline_cli.storage.scope import select_deals
from pipeline_cli.storage.undated import CLOSING_MADE_UP


def read_cohorts(reader: Reader, scope: Scope) -> list[Cohort]:
    """Deals by the group of the scope, a month or a quarter of their creation; a closing nobody dated is in no span."""
    chosen = select_deals(reader, scope)
    days = exact_days("d.created_at", "d.closed_at")
    won_within = ", ".join(f"sum(d.status = 'won' AND {days} <= {span} AND NOT {CLOSING_MADE_UP})" for span in SPANS)
    rows = reader.connection.execute(
        f"SELECT {chosen.group}, count(*), sum(d.status = 'won'), sum(d.status = 'lost'), sum(d.status = 'open'), "
        f"max(d.created_at), {won_within} FROM known_deals d WHERE {chosen.condition} GROUP BY 1",
        chosen.values,
    )
    return [
        Cohort(name, deals, won, lost, still_open, from_text(youngest), tuple(within))
        for name, deals, won, lost, still_open, youngest, *within in rows
    ]
