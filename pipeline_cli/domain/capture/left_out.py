"""Why a mail is not logged, whoever it is with: the first reason that holds, in a fixed order."""

from __future__ import annotations

from pipeline_cli.domain.capture.known_by_address import IN, Involved
from pipeline_cli.domain.capture.letter import Letter
from pipeline_cli.domain.capture.verdict import AUTOMATIC, BULK, DELETED, DRAFT, NEVER

_MACHINES = frozenset({"mailer-daemon", "postmaster"})


def why_left_out(letter: Letter, involved: Involved) -> str | None:
    """deleted | draft | never | bulk | automatic; None for what a person wrote, or a known person's machine as a reply."""
    if not letter.is_there:
        return DELETED if letter.is_deleted else DRAFT
    if any(found.is_never for _, found in involved.everybody):
        return NEVER
    if letter.is_of_a_list:
        return BULK
    if is_automatic(letter, involved):
        return None if is_kept_as_automatic(letter, involved) else AUTOMATIC
    return BULK if letter.has_bulk_precedence else None


def is_automatic(letter: Letter, involved: Involved) -> bool:
    """No person wrote it."""
    return letter.is_automatic or any(found.plain.partition("@")[0] in _MACHINES for _, found in involved.senders)


def is_kept_as_automatic(letter: Letter, involved: Involved) -> bool:
    """An automatic reply of a known person, which is no conversation but tells that the address is alive."""
    return (
        involved.direction == IN
        and not letter.is_report
        and (letter.is_automatic_reply or bool(letter.answers))
        and any(found.owners for _, found in involved.senders)
    )
