"""What nobody said: closings and creations that an import had to make up, and what they are left out of."""

from __future__ import annotations

from pipeline_cli.domain.phrases import counted
from pipeline_cli.domain.record import NamedTuple


class Undated(NamedTuple):
    """How many deals lack a date that counts."""

    won: int = 0
    """Won, and no file said when."""
    lost: int = 0
    """Lost or disqualified, and no file said when."""
    created: int = 0
    """Of every status, and no file said when they were created."""
    cycles: int = 0
    """Won deals that have no cycle, because one end of it is not known."""

    @property
    def closed(self) -> int:
        return self.won + self.lost


def undated_line(undated: Undated, left_out_of: str) -> str | None:
    """`Left out of cycle and periods, because nobody said when: 337 closings.`; None: nothing is left out."""
    missing = [
        counted(number, noun) for number, noun in ((undated.closed, "closing"), (undated.created, "creation")) if number
    ]
    return f"Left out of {left_out_of}, because no file says when: {' and '.join(missing)}." if missing else None


def closings_line(undated: Undated, left_out_of: str) -> str | None:
    """The same of closings alone, where creations are of no account."""
    return undated_line(undated._replace(created=0), left_out_of)


def undated_json(undated: Undated) -> dict[str, int]:
    return {"closed": undated.closed, "created": undated.created}


def no_losses_line(won: int) -> str:
    """Why there is no win rate where deals were won and none lost."""
    return f"No win rate: {counted(won, 'deal')} won and none lost. A record without losses cannot tell how many buy."
