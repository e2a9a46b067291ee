"""What is decided about one mail or one event, as a value: shown by a dry run, kept by a real one."""

from __future__ import annotations

from datetime import date, datetime

from pipeline_cli.domain.record import NamedTuple

MAIL, EVENT, CARD = "mail", "event", "card"

TOUCHPOINT, MEETING, NEXT_STEP = "touchpoint", "meeting", "next_step"
QUEUE, SUGGESTION, SKIPPED, KNOWN = "queue", "suggestion", "skipped", "known"
"""Fates. A person has to decide `queue` and `suggestion`; `known` was captured before and stays as it is."""

DELETED, DRAFT, NEVER, BULK, AUTOMATIC, UNKNOWN = "deleted", "draft", "never", "bulk", "automatic", "unknown"
CANCELLED, DECLINED, PRIVATE, TRANSPARENT, FAR, BEFORE = (
    "cancelled",
    "declined",
    "private",
    "transparent",
    "far",
    "before",
)
"""Why something is left out; `before`: older than `since`."""
SEVERAL_DEALS, CLOSED_DEALS, NO_DEAL, SHARED = "several_deals", "closed_deals", "no_deal", "shared_address"
"""Why something waits for a decision; `shared_address`: several people have the address."""
COLLEAGUE, EXCHANGE = "colleague", "exchange"
"""Why an address that nobody has is suggested."""
ONE_DEAL, THREAD, TITLE = "one_deal", "thread", "title"
"""What a deal was chosen by; `hand` where a person chose it, `draft` where it was sent from a draft of that deal."""
HAND, BY_DRAFT = "hand", "draft"


class Verdict(NamedTuple):
    """What becomes of one mail, or of one event or one instance of a series."""

    kind: str
    """mail | event"""
    key: str
    """By which it is known again: the normalised Message-ID, or the UID with the instant or day of the instance."""
    fate: str
    at: datetime
    """UTC; of a whole day its beginning in the zone of pipeline.yaml."""
    subject: str
    """As it is read by people: decoded, on one line, at most 500 signs; an event's summary."""
    reason: str | None = None
    deal_id: int | None = None
    by: str | None = None
    direction: str | None = None
    """out | in"""
    is_automatic: bool = False
    people: tuple[int, ...] = ()
    """The contacts it is with, the one meant first."""
    candidates: tuple[int, ...] = ()
    """Deals it may belong to, when a person has to choose, or when a thread that comes to light later may tell better."""
    address: str | None = None
    """Of the stranger it is with, when that is a suggestion."""
    name: str | None = None
    """As the stranger is called there."""
    bounced: tuple[str, ...] = ()
    """Addresses of known people that it says do not exist any more, as the record has them."""
    excerpt: str | None = None
    """What is new in a mail, at most 300 signs."""
    answers: tuple[str, ...] = ()
    """Keys of the mails it answers, the nearest first."""
    day: date | None = None
    """Of an event that takes the whole day."""
    minutes: int | None = None
    """How long an event takes."""
    version: str | None = None
    """Of an event: sequence and stamp, by which a changed one is known."""
    source: str | None = None
    """The file or folder it was found in, for the eye."""
    draft: str | None = None
    """The mark of a draft of ours that it was sent from."""
