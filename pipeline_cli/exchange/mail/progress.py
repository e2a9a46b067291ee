"""What is told about a reading beside its letters: what failed, and what was not read."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import datetime

from pipeline_cli.domain.capture.letter import Letter

NO_MAIL, JUNK, TRASH = "no_mail", "junk", "trash"
"""Files that are no mail; mails in folders that are never read, of an mbox counted as one."""


class Reading:
    """Filled while letters are read."""

    def __init__(self) -> None:
        self.problems: list[str] = []
        """One line each, with the path; the rest was read all the same."""
        self.unread: Counter[str] = Counter()
        self.wants_excerpt: Callable[[Letter], bool] = _of_none
        """Of which letters the beginning of the text is opened."""
        self.now: datetime | None = None
        """By which a Date is believed or not; None: both it and what Received says are read."""

    def fails(self, source: str, why: str) -> None:
        """`source` could not be read, or not all of it."""
        self.problems.append(f"{source}: {why}")


def _of_none(letter: Letter) -> bool:
    return False


def reason_of(error: OSError) -> str:
    """What the system says, in small letters as the middle of a sentence."""
    return (error.strerror or str(error) or type(error).__name__).lower()
