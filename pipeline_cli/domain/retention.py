"""How long data of a person is kept: counted from their own last word, as authorities count it."""

from __future__ import annotations

import re
from datetime import date, timedelta

from pipeline_cli.domain.dates import add_months
from pipeline_cli.domain.errors import UsageError
from pipeline_cli.domain.phrases import quoted


def retention_limit(text: str, today: date) -> date:
    """The day that lies `36m`, `3y`, `26w` or `90d` before today. Raises UsageError for anything else."""
    said = re.fullmatch(r"([0-9]{1,5})([dwmy])", text.strip().lower())
    if said is None:
        raise UsageError(f"--retention {quoted(text)}: is no span of time: write 36m, 3y, 26w or 90d.")
    count, unit = int(said[1]), said[2]
    try:
        if unit in "my":
            return add_months(today, -count * (12 if unit == "y" else 1))
        return today - timedelta(days=count * (7 if unit == "w" else 1))
    except (ValueError, OverflowError):
        raise UsageError(f"--retention {quoted(text)}: is longer than the calendar: write 36m or 3y.") from None
