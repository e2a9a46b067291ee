"""What `check` finds: faults, each in one sentence, with what to do about it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from pipeline_cli.domain.record import NamedTuple

PROBLEM = "problem"
WARNING = "warning"

DAMAGED = "damaged"
"""The code of faults that leave the file unusable: everything else is a fault of a record that can be read."""

FOREIGN = "foreign"
"""The code of what no version of this program makes: triggers, views, tables, columns."""

REPAIR = "--fix mends it"
"""The advice for what `check --fix` mends: nothing is lost by it."""

RESTORE = "`pipeline backup --list` names the copies there are, `pipeline restore FILE` puts one in its place"
"""The advice where nothing can be mended."""


class Fault(NamedTuple):
    """One thing that is wrong, in a sentence, with what to do about it."""

    code: str
    message: str
    severity: str = PROBLEM
    deal: int | None = None
    table: str | None = None
    """Where the row is; None: no single row is at fault."""
    row: int | None = None
    fix: str = ""
    """What to do; MEND when `check --fix` does it."""
    facts: Mapping[str, Any] = {}
    """What mending has to know."""

    @property
    def is_mendable(self) -> bool:
        """Whether `check --fix` can put it right."""
        return self.fix == REPAIR


def is_unusable(faults: Sequence[Fault]) -> bool:
    """The file itself is damaged, so that no more can be said about what is in it."""
    return any(fault.code == DAMAGED for fault in faults)


def problems_of(faults: Sequence[Fault]) -> list[Fault]:
    """Those that are more than a warning."""
    return [fault for fault in faults if fault.severity == PROBLEM]
