"""Mail on a server, looked at by IMAP without changing anything there: EXAMINE, the fields that are heeded, and no more.

Of a text is fetched the beginning, where an excerpt is kept; of a delivery report the part that is written for machines.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

from pipeline_cli.domain.capture.letter import Letter
from pipeline_cli.domain.record import NamedTuple
from pipeline_cli.exchange.mail.dates import read_date
from pipeline_cli.exchange.mail.folder_names import DRAFTS, JUNK, TRASH, kind_of
from pipeline_cli.exchange.mail.headers import HEEDED, fields_of
from pipeline_cli.exchange.mail.imap_address import Account, NoAccount, password_of, read_account, without_password
from pipeline_cli.exchange.mail.one_file import EXCERPT_READ, REPORT_READ
from pipeline_cli.exchange.mail.progress import Reading, reason_of
from pipeline_cli.exchange.mail.writing_letters import Place, write_letter

if TYPE_CHECKING:
    from imap_tools import BaseMailBox

_PATIENCE = 30.0
"""Seconds without a word from the server."""
_AT_ONCE = 100
"""Mails asked for at a time."""
_MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split()  # noqa: SIM905
_KINDS = {"\\junk": JUNK, "\\trash": TRASH, "\\drafts": DRAFTS}
_HEADER = f"BODY.PEEK[HEADER.FIELDS ({' '.join(sorted(name.decode().upper() for name in HEEDED))})]"
_UID, _FLAGS = re.compile(rb"UID (\d+)"), re.compile(rb"FLAGS \(([^)]*)\)")
_STORED, _SIZE = re.compile(rb'INTERNALDATE "([^"]*)"'), re.compile(rb"RFC822\.SIZE (\d+)")


class _Answer(NamedTuple):
    """What the server says of one mail."""

    uid: str
    flags: str
    stored: datetime | None
    size: int
    data: bytes


def read_imap(url: str, reading: Reading, password_command: str | None, since: date | None) -> Iterator[Letter]:
    """Of one folder, or of all but junk and trash. `since`: older mails stay there."""
    import imaplib

    from imap_tools.errors import ImapToolsError

    shown = without_password(url)
    try:
        account = read_account(url)
        shown = account.url
        mailbox = _connected(account)
        try:
            _log_in(mailbox, account, password_of(account, password_command))
            for folder, is_draft in _folders(mailbox, account, reading):
                yield from _read_folder(mailbox, (account, folder), reading, since, is_draft=is_draft)
        finally:
            _leave(mailbox)
    except NoAccount as why:
        reading.fails(shown, str(why))
    except imaplib.IMAP4.abort:
        reading.fails(shown, "the server hung up; run this again to read the rest")
    except OSError as error:
        reading.fails(shown, _said_of(error))
    except (imaplib.IMAP4.error, ImapToolsError, ValueError, LookupError, TypeError):
        reading.fails(shown, "the server did not do what was asked of it")


def _said_of(error: OSError) -> str:
    invalid = getattr(error, "verify_message", "")
    return f"the certificate of the server is not valid: {invalid}" if invalid else reason_of(error)


def _connected(account: Account) -> BaseMailBox:
    """With nobody able to listen in. Raises OSError, NoAccount and what imaplib raises."""
    import ssl

    from imap_tools import MailBox, MailBoxUnencrypted

    context = ssl.create_default_context()
    if account.is_here:
        # such as a bridge to an encrypted mailbox, with a certificate that it made for itself
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    if account.scheme == "imaps":
        return MailBox(account.host, account.port, timeout=_PATIENCE, ssl_context=context)
    mailbox = MailBoxUnencrypted(account.host, account.port, timeout=_PATIENCE)
    if "STARTTLS" in mailbox.client.capabilities:
        mailbox.client.starttls(context)
    elif not account.is_here:
        _leave(mailbox)
        raise NoAccount("the server offers no encryption, so the password was not sent; try imaps://")
    return mailbox


def _log_in(mailbox: BaseMailBox, account: Account, password: str) -> None:
    import imaplib

    from imap_tools.errors import ImapToolsError

    try:
        if f"{account.user}{password}".isascii():
            mailbox.login(account.user, password, initial_folder=None)
        else:
            mailbox.login_utf8(account.user, password, initial_folder=None)
    except imaplib.IMAP4.abort:
        raise
    except (imaplib.IMAP4.error, ImapToolsError):
        raise NoAccount("the server refused the user or the password") from None


def _leave(mailbox: BaseMailBox) -> None:
    import contextlib
    import imaplib

    from imap_tools.errors import ImapToolsError

    with contextlib.suppress(OSError, imaplib.IMAP4.error, ImapToolsError):
        mailbox.logout()
    with contextlib.suppress(OSError):
        mailbox.client.shutdown()


def _folders(mailbox: BaseMailBox, account: Account, reading: Reading) -> Iterator[tuple[str, bool]]:
    """Those to be read, and whether drafts lie there."""
    found = _listed(mailbox, account)
    if account.folder is None and "X-GM-EXT-1" in mailbox.client.capabilities:
        # there, folders are labels: this one holds every mail, an archived one it alone
        found = [one for one in found if "\\all" in one[1]] or found
    for name, flags in found:
        kind = next((_KINDS[flag] for flag in flags if flag in _KINDS), None) or kind_of(name)
        if kind in {JUNK, TRASH}:
            reading.unread[kind] += 1
        else:
            yield name, kind == DRAFTS


def _listed(mailbox: BaseMailBox, account: Account) -> list[tuple[str, frozenset[str]]]:
    """By name, INBOX first, with their flags in small letters. Raises NoAccount."""
    found = [(info.name, frozenset(flag.casefold() for flag in info.flags)) for info in mailbox.folder.list()]
    if account.folder is not None:
        wanted = account.folder.casefold()
        theirs = [one for one in found if one[0] == account.folder] or [
            one for one in found if one[0].casefold() == wanted
        ]
        if found and not theirs:
            raise NoAccount(f"has no such folder; it has {', '.join(name for name, _ in found[:20])}")
        return theirs[:1] or [(account.folder, frozenset())]
    readable = [one for one in found if one[1].isdisjoint({"\\noselect", "\\nonexistent"})]
    return sorted(readable, key=lambda one: (one[0].casefold() != "inbox", one[0]))


def _read_folder(
    mailbox: BaseMailBox, place: tuple[Account, str], reading: Reading, since: date | None, *, is_draft: bool
) -> Iterator[Letter]:
    from imap_tools.errors import ImapToolsError

    account, folder = place
    source = account._replace(folder=folder).url
    try:
        mailbox.folder.set(folder, readonly=True)
        uids = mailbox.uids(_criteria(since), charset=None)
    except ImapToolsError:
        reading.fails(source, "the server did not open this folder")
        return
    for start in range(0, len(uids), _AT_ONCE):
        for answer in _fetched(mailbox, uids[start : start + _AT_ONCE], f"FLAGS INTERNALDATE RFC822.SIZE {_HEADER}"):
            yield _letter_of(answer, mailbox, source, reading, is_draft=is_draft)


def _criteria(since: date | None) -> str:
    """A day earlier: the server compares days of its own zone."""
    if since is None:
        return "ALL"
    day = since - timedelta(days=1)
    return f"SINCE {day.day:02}-{_MONTHS[day.month - 1]}-{day.year}"


def _letter_of(answer: _Answer, mailbox: BaseMailBox, source: str, reading: Reading, *, is_draft: bool) -> Letter:
    fields, _ = fields_of(answer.data)
    place = Place(
        source, answer.stored or datetime.now(UTC), "\\deleted" in answer.flags, is_draft or "\\draft" in answer.flags
    )
    # without a Message-ID, it is known again here by the size of the whole; for another the text would have to come
    letter = write_letter(fields, place, lambda: answer.size, reading.now)
    if letter.is_report:
        from pipeline_cli.exchange.mail.reports import failed_in_status

        status = _beginning(mailbox, answer.uid, "2", REPORT_READ)
        letter = letter._replace(failed=failed_in_status(status))
    if reading.wants_excerpt(letter):
        from pipeline_cli.exchange.mail.excerpts import excerpt_of

        letter = letter._replace(excerpt=excerpt_of(_beginning(mailbox, answer.uid, "", EXCERPT_READ)))
    return letter


def _beginning(mailbox: BaseMailBox, uid: str, part: str, length: int) -> bytes:
    answers = _fetched(mailbox, [uid], f"BODY.PEEK[{part}]<0.{length}>")
    return answers[0].data if answers else b""


def _fetched(mailbox: BaseMailBox, uids: list[str], what: str) -> list[_Answer]:
    """Some servers say what they say before the data, some behind it, and some say things that nobody asked."""
    import imaplib

    kind, parts = mailbox.client.uid("FETCH", ",".join(uids), f"(UID {what})")
    if kind != "OK":
        raise imaplib.IMAP4.error(kind)
    found: list[list[bytes]] = []
    for part in parts:
        if isinstance(part, tuple):
            found.append([part[1], part[0]])
        elif isinstance(part, bytes) and found:
            found[-1].append(part)
    return [_answer(data, b" ".join(said)) for data, *said in found]


def _answer(data: bytes, said: bytes) -> _Answer:
    return _Answer(
        _found(_UID, said),
        _found(_FLAGS, said).casefold(),
        read_date(_found(_STORED, said).replace("-", " ", 2)),
        int(_found(_SIZE, said) or 0),
        data,
    )


def _found(pattern: re.Pattern[bytes], said: bytes) -> str:
    found = pattern.search(said)
    return found[1].decode("ascii", "replace") if found is not None else ""
