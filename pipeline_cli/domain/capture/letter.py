"""One mail as its headers tell it: who wrote to whom and when, what it answers, and what says that no person wrote it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from pipeline_cli.domain.record import NamedTuple
from pipeline_cli.domain.words.addresses import Mailbox

EARLIEST = datetime(1980, 1, 1, tzinfo=UTC)
"""A mail that says it is older comes from a clock that was never set."""
_AHEAD = timedelta(days=1)
"""How far a clock may be ahead before it is not believed."""


class Letter(NamedTuple):
    """One copy of a mail."""

    key: str
    """By which it is known again: the normalised Message-ID, without one a digest of what it holds."""
    stored: datetime
    """When the file was written, or what the mailbox says of it; UTC, as the two below."""
    date: datetime | None = None
    """Its Date, None where that is missing or no date."""
    received: datetime | None = None
    """Of the topmost Received that has one; None too where the Date is believed."""
    sender: tuple[Mailbox, ...] = ()
    to: tuple[Mailbox, ...] = ()
    cc: tuple[Mailbox, ...] = ()
    bcc: tuple[Mailbox, ...] = ()
    reply_to: tuple[Mailbox, ...] = ()
    subject: str = ""
    """Decoded, on one line."""
    answers: tuple[str, ...] = ()
    """Keys of the mails it answers: In-Reply-To, then References from the last to the first."""
    is_of_a_list: bool = False
    """List-Id or List-Unsubscribe."""
    has_bulk_precedence: bool = False
    """Precedence bulk, list or junk."""
    is_automatic: bool = False
    """Auto-Submitted other than `no`, X-Autoreply and its kin, a report, or an empty Return-Path."""
    is_automatic_reply: bool = False
    """What makes it automatic also says that it replies."""
    is_report: bool = False
    failed: tuple[str, ...] = ()
    """Addresses at which, as a delivery report says, a mail did not arrive and will not."""
    is_deleted: bool = False
    is_draft: bool = False
    mark: str | None = None
    """Of the draft of ours that it was sent from: `X-Pipeline-Draft`."""
    excerpt: str | None = None
    """What is new in it, where that was asked for."""
    source: str = ""
    """The file it lies in, for the eye."""

    @property
    def is_there(self) -> bool:
        """This copy is neither deleted nor a draft."""
        return not self.is_deleted and not self.is_draft


def is_believed(instant: datetime, now: datetime) -> bool:
    """A clock that was set may have said so."""
    return EARLIEST <= instant <= now + _AHEAD


def instant_of(letter: Letter, now: datetime) -> datetime:
    """When it was written: its Date, else the last Received, else the time of the file.

    One that is before 1980 or more than a day ahead of `now` is not believed.
    """
    for instant in (letter.date, letter.received):
        if instant is not None and is_believed(instant, now):
            return instant
    return letter.stored if letter.stored <= now + _AHEAD else now


def join_copies(letters: Iterable[Letter]) -> dict[str, Letter]:
    """Each mail once, by key; the same whichever copy comes first.

    The copy with the fewest reasons to be left out stands for all, so that folders read one by one come to the same
    end; a Bcc stands only in the copy that its writer kept.
    """
    found: dict[str, Letter] = {}
    for letter in letters:
        other = found.get(letter.key)
        found[letter.key] = letter if other is None else _joined(letter, other)
    return found


def _joined(one: Letter, other: Letter) -> Letter:
    best, rest = sorted((one, other), key=_reluctance)
    missing = tuple(mailbox for mailbox in rest.bcc if mailbox not in best.bcc)
    return best._replace(
        bcc=best.bcc + missing,
        is_deleted=best.is_deleted or (not best.is_there and rest.is_deleted),
        mark=best.mark or rest.mark,
        excerpt=best.excerpt or rest.excerpt,
    )


def _reluctance(letter: Letter) -> tuple[bool, bool, bool, bool, str]:
    return (
        not letter.is_there,
        letter.is_of_a_list,
        letter.is_automatic,
        letter.has_bulk_precedence,
        letter.source,
    )
