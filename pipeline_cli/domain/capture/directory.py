"""Who is known by which address, which deals they are on, and which of these a mail or an event belongs to."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import datetime

from pipeline_cli.domain.capture.verdict import CLOSED_DEALS, NO_DEAL, ONE_DEAL, SEVERAL_DEALS, THREAD, TITLE
from pipeline_cli.domain.record import NamedTuple
from pipeline_cli.domain.words.addresses import normalise_email, without_tag

_PROVIDERS = """
aol.com arcor.de bigpond.com bluewin.ch btinternet.com comcast.net email.com fastmail.com fastmail.fm free.fr
freenet.de gmail.com gmx.at gmx.ch gmx.com gmx.de gmx.net googlemail.com hey.com hotmail.com hotmail.co.uk
hotmail.de hotmail.es hotmail.fr hotmail.it icloud.com inbox.ru interia.pl laposte.net libero.it live.com
live.co.uk live.de live.fr mac.com mail.com mail.de mail.ru mailbox.org me.com msn.com naver.com o2.pl onet.pl
orange.fr outlook.com outlook.de outlook.es outlook.fr posteo.de posteo.net proton.me protonmail.com qq.com
rediffmail.com rocketmail.com sapo.pt seznam.cz sfr.fr sky.com t-online.de telia.com terra.com.br tuta.com
tutanota.com uol.com.br verizon.net virgilio.it wanadoo.fr web.de wp.pl yahoo.ca yahoo.com yahoo.com.br
yahoo.co.in yahoo.co.jp yahoo.co.uk yahoo.de yahoo.es yahoo.fr yahoo.it yandex.com yandex.ru ymail.com
ziggo.nl zoho.com 126.com 163.com
"""
FREE_PROVIDERS = frozenset(_PROVIDERS.split())
"""Domains at which anybody may have an address, so that two people there are no colleagues."""


class KnownPerson(NamedTuple):
    """A contact as far as capture goes."""

    id: int
    organization: str | None
    deals: tuple[int, ...]
    opted_out: bool = False


class KnownDeal(NamedTuple):
    """A deal as far as capture goes."""

    id: int
    title: str
    created_at: datetime
    closed_at: datetime | None
    """None: it is open."""


class Choice(NamedTuple):
    """The deal something belongs to and what says so, or why a person has to choose among which."""

    deal_id: int | None = None
    by: str | None = None
    reason: str | None = None
    candidates: tuple[int, ...] = ()
    """Of a deal chosen by thread or title too: the others it might have been, and that one."""


class Directory:
    """The people and deals of the record, one's own addresses, and those that never come in."""

    def __init__(
        self,
        addresses: Iterable[tuple[str, int]],
        people: Iterable[KnownPerson],
        deals: Iterable[KnownDeal],
        me: Sequence[str] = (),
        never: Sequence[str] = (),
        is_unwanted: Callable[[str], bool] | None = None,
    ) -> None:
        """`addresses`: each e-mail address as the record has it, with whose it is. `never`: addresses and domains.

        `is_unwanted(address)`: somebody with that address was forgotten, or asked not to be contacted.
        """
        self._is_unwanted = is_unwanted
        self.people = {person.id: person for person in people}
        self.deals = {deal.id: deal for deal in deals}
        self._owners: dict[str, dict[int, str]] = {}
        for address, owner in addresses:
            self._owners.setdefault(normalise_email(address), {})[owner] = address
        self._owners_without_tag: dict[str, dict[int, str]] = {}
        for normal, owners in self._owners.items():
            if (plain := without_tag(normal)) != normal:
                self._owners_without_tag.setdefault(plain, {}).update(owners)
        self._mine = frozenset(form for address in me for form in _with_and_without_tag(address))
        self.my_domains = frozenset(address.rpartition("@")[2] for address in self._mine)
        refused = [normalise_email(entry).removeprefix("@") for entry in never]
        self._never = frozenset(entry for entry in refused if "@" in entry)
        self._never_domains = frozenset(entry for entry in refused if "@" not in entry)
        self.fingerprint = repr((sorted(self._owners.items()), sorted(self.people.items()), sorted(self.deals.items())))
        """All that it knows, as text: another one may decide otherwise."""
        self._organization_domains = frozenset(
            domain
            for address, owners in self._owners.items()
            if (domain := address.rpartition("@")[2]) not in FREE_PROVIDERS
            and any(self.people[owner].organization for owner in owners if owner in self.people)
        )

    def owners_of(self, address: str) -> Mapping[int, str]:
        """The contacts who have it, each with how the record writes it; several where it is shared."""
        normal = normalise_email(address)
        plain = without_tag(normal)
        return self._owners.get(normal) or self._owners.get(plain) or self._owners_without_tag.get(plain) or {}

    def is_mine(self, address: str) -> bool:
        """It is one of my own."""
        normal = normalise_email(address)
        return normal in self._mine or without_tag(normal) in self._mine

    def is_never(self, address: str) -> bool:
        """It, its domain or one above that is never to come into the record."""
        normal = normalise_email(address)
        if normal in self._never or without_tag(normal) in self._never:
            return True
        labels = normal.rpartition("@")[2].split(".")
        return any(".".join(labels[start:]) in self._never_domains for start in range(len(labels)))

    def is_forgotten(self, address: str) -> bool:
        """Nobody has it any more, and it is not to come back."""
        if self._is_unwanted is None or self.owners_of(address):
            return False
        return any(map(self._is_unwanted, dict.fromkeys(_with_and_without_tag(address))))

    def is_colleague(self, address: str) -> bool:
        """Somebody of a known organization has an address at the same domain, which is no freemail provider's."""
        return normalise_email(address).rpartition("@")[2] in self._organization_domains

    def choose_deal(
        self,
        people: Sequence[int],
        subject: str,
        at: datetime,
        answers: Sequence[str] = (),
        deal_of: Mapping[str, int] | None = None,
        chosen: Collection[str] = (),
    ) -> Choice:
        """Which of their deals; `answers`: the keys of the mails it answers, the nearest first; `deal_of`: of those captured.

        The open deals count, whenever they were created, and the closed ones between creation and closing. Of several it
        is that of the mail it answers, else the only one all of whose title's words stand in the subject. `chosen`: keys of
        which a person said the deal; what answers them goes there too when it is closed by then.
        """
        known_people = [self.people[person] for person in people if person in self.people]
        theirs = dict.fromkeys(number for person in known_people for number in person.deals)
        known = [self.deals[number] for number in theirs if number in self.deals]
        possible = [deal.id for deal in known if deal.closed_at is None or deal.created_at <= at <= deal.closed_at]
        if len(possible) == 1:
            return Choice(possible[0], ONE_DEAL)
        if not possible:
            everything = tuple(sorted(deal.id for deal in known))
            for key in answers:
                number = (deal_of or {}).get(key)
                if key in chosen and number in everything:
                    return Choice(number, THREAD, candidates=everything)
            return Choice(reason=CLOSED_DEALS if everything else NO_DEAL, candidates=everything)
        for key in answers:
            number = (deal_of or {}).get(key)
            if number in possible:
                return Choice(number, THREAD, candidates=tuple(sorted(possible)))
        said = _words(subject)
        named = [number for number in possible if (title := _words(self.deals[number].title)) and title <= said]
        if len(named) == 1:
            return Choice(named[0], TITLE, candidates=tuple(sorted(possible)))
        return Choice(reason=SEVERAL_DEALS, candidates=tuple(sorted(possible)))


def _with_and_without_tag(address: str) -> tuple[str, str]:
    normal = normalise_email(address)
    return normal, without_tag(normal)


def _words(text: str) -> frozenset[str]:
    """In small letters; an accent that stands as a sign of its own is a part of its letter."""
    if not text.isascii():
        from unicodedata import normalize

        text = normalize("NFKC", text)
    return frozenset(re.findall(r"\w+", text.casefold()))
