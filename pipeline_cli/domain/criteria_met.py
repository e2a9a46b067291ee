"""What met each criterion when a deal left a stage, as it is kept with the move: JSON, one object a criterion."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date

from pipeline_cli.domain.deal import MetCriterion


def met_as_text(met: Sequence[MetCriterion]) -> str | None:
    """None when nothing was asked."""
    if not met:
        return None
    rows = [{**one._asdict(), "on": one.on and one.on.isoformat()} for one in met]
    return json.dumps(rows, ensure_ascii=False)


def met_from_text(text: str | None) -> tuple[MetCriterion, ...]:
    """Raises ValueError, KeyError or TypeError for what `met_as_text` did not write."""
    if not text:
        return ()
    return tuple(
        MetCriterion(row["stage"], row["id"], row["text"], row["evidence"], row["on"] and date.fromisoformat(row["on"]))
        for row in json.loads(text)
    )
