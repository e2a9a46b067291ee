"""The addresses of one mail, looked up: whose they are, and which are mine, never to be captured, or a stranger's."""

from __future__ import annotations

from collections.abc import Iterable

from pipeline_cli.domain.capture.directory import FREE_PROVIDERS, Directory
from pipeline_cli.domain.capture.letter import Letter
from pipeline_cli.domain.record import NamedTuple
from pipeline_cli.domain.words.addresses import Mailbox, normalise_email, without_tag

IN, OUT = "in", "out"

_SITES = """
contact contactform contacto contactus contato contatto donotreply form formmailer forms formulaire formular
formulario formularz kontakt kontaktformular mailer no-reply noreply web webform webformular webmaster website
wordpress www www-data
"""
_OF_A_WEBSITE = frozenset(_SITES.split())
"""Before the @ of the address that a site of one's own sends its forms from."""


class Found(NamedTuple):
    """What is known about an address."""

    address: str
    """Normalised."""
    plain: str
    """Without its +tag: by which two of a stranger are the same."""
    owners: tuple[int, ...]
    is_mine: bool
    is_never: bool
    is_forgotten: bool = False


class Involved(NamedTuple):
    """Who a mail is between."""

    direction: str
    everybody: tuple[tuple[Mailbox, Found], ...]
    """Of From, To, Cc, and Bcc of a mail of mine, in this order."""
    senders: tuple[tuple[Mailbox, Found], ...]

    @property
    def others(self) -> list[tuple[Mailbox, Found]]:
        """All but me."""
        return [one for one in self.everybody if not one[1].is_mine]

    @property
    def strangers(self) -> list[tuple[Mailbox, Found]]:
        """Those nobody has, and nobody had who was forgotten."""
        return [one for one in self.others if not one[1].owners and not one[1].is_forgotten and "@" in one[1].address]


class Lookup:
    """A directory that remembers what it was asked: most mails are between the same few."""

    def __init__(self, directory: Directory) -> None:
        self._directory = directory
        self._found: dict[str, Found] = {}

    def find(self, address: str) -> Found:
        """What is known about it."""
        found = self._found.get(address)
        if found is None:
            directory = self._directory
            normal = normalise_email(address)
            found = self._found[address] = Found(
                normal,
                without_tag(normal),
                tuple(directory.owners_of(address)),
                directory.is_mine(address),
                directory.is_never(address),
                directory.is_forgotten(address),
            )
        return found

    def involved(self, letter: Letter) -> Involved:
        """Who it is between, and which way it went."""
        form = self._filled_in_by(letter)
        senders = self._all(form or letter.sender)
        direction = OUT if any(found.is_mine for _, found in senders) else IN
        receivers = [*letter.to, *letter.cc, *(letter.bcc if direction == OUT else ())]
        return Involved(direction, (*senders, *self._all(receivers)), senders)

    def _filled_in_by(self, letter: Letter) -> tuple[Mailbox, ...]:
        """Who filled in a form on a site of mine; nobody where it is no such mail.

        It is one when it came from an address of mine, or from one that sites use at a domain of my own, went to me
        alone, and answers go to one address, which is a known person's. A form of somebody else's site is a stranger's
        mail: anybody may write any name into it.
        """
        if len(letter.reply_to) != 1 or len(letter.sender) != 1:
            return ()
        writer = self.find(letter.reply_to[0].email)
        if not writer.owners or writer.is_mine or not self._is_my_site(letter.sender[0].email):
            return ()
        to_me = all(self.find(mailbox.email).is_mine for mailbox in (*letter.to, *letter.cc, *letter.bcc))
        return letter.reply_to if to_me else ()

    def _is_my_site(self, address: str) -> bool:
        found = self.find(address)
        local, _, domain = found.address.rpartition("@")
        return found.is_mine or (
            local in _OF_A_WEBSITE and domain not in FREE_PROVIDERS and domain in self._directory.my_domains
        )

    def _all(self, mailboxes: Iterable[Mailbox]) -> tuple[tuple[Mailbox, Found], ...]:
        return tuple((mailbox, self.find(mailbox.email)) for mailbox in mailboxes)
