"""What becomes of the cards of an address book: joined to a known person, somebody new, a question, or nothing, and why."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence

from pipeline_cli.domain.capture.card_names import may_be_one, name_words
from pipeline_cli.domain.capture.directory import Directory
from pipeline_cli.domain.capture.verdict import QUEUE, SKIPPED
from pipeline_cli.domain.record import NamedTuple
from pipeline_cli.domain.words.addresses import normalise_email

MERGED, CREATED, UNCHANGED = "merged", "created", "unchanged"
"""Fates beside `queue` and `skipped`; `unchanged`: a known person's, with nothing new."""
ME, NO_PERSON, EMPTY, TWO_PEOPLE, FORGOTTEN = "me", "no_person", "empty", "two_people", "forgotten"
"""Why a card is not taken, or, `two_people`, who it is has to be told."""
BY_EMAIL, BY_PHONE, BY_CARD, BY_NAME = "email", "phone", "card", "name"
"""What a card was joined by: an address, a number of somebody of that name, the same card before, a name and nothing else."""


class CardAddress(NamedTuple):
    """An e-mail address or a telephone number of a card."""

    text: str
    label: str | None = None
    """`work`, `home`, `mobile`, `fax`, or what somebody called it."""
    is_first: bool = False
    """The card prefers it."""


class Card(NamedTuple):
    """A card as an address book has it."""

    uid: str | None
    name: str
    """Empty for none."""
    emails: Sequence[CardAddress]
    """The preferred one first."""
    phones: Sequence[CardAddress]
    organization: str | None
    title: str | None
    kind: str
    """individual | group | org | …"""
    source: str
    number: int
    """In its file, from 1."""


class CardPerson(NamedTuple):
    """A contact of the record as far as cards go."""

    id: int
    name: str | None
    emails: Sequence[str]
    phones: Sequence[str]
    organization: str | None
    title: str | None


class CardVerdict(NamedTuple):
    """What becomes of one card."""

    card: Card
    fate: str
    reason: str | None = None
    person: int | None = None
    """The contact it is joined to."""
    joins: int | None = None
    """Instead of a contact: which card of the list, from 0, creates the person."""
    by: str | None = None
    candidates: tuple[int, ...] = ()
    """Contacts it may be, when somebody has to tell."""
    emails: tuple[CardAddress, ...] = ()
    """What it adds; of a new person all it has, the preferred one first."""
    phones: tuple[CardAddress, ...] = ()
    name: str | None = None
    organization: str | None = None
    title: str | None = None


def decide_cards(
    cards: Iterable[Card],
    directory: Directory,
    people: Iterable[CardPerson],
    normal_phone: Callable[[str], str],
    taken: Mapping[str, int] | None = None,
) -> list[CardVerdict]:
    """What becomes of each, in their order; who is joined does not depend on it.

    What a person has already stays. `people`: those whose addresses the directory knows, the forgotten not among them.
    `normal_phone`: two numbers are one when it gives the same for both; empty for what is none. `taken`: the UID of each card
    that was joined or created before, and whose it is.
    """
    book = _Book(directory, people, normal_phone, taken or {})
    every = list(cards)
    left = [number for number, card in enumerate(every) if not book.leave_out(number, card)]
    book.join_by_address(every, left)
    for number in left:
        if number not in book.verdicts and not book.join_otherwise(number, every[number]):
            book.create(number, every[number])
        book.join_by_address(every, book.woken())
    return [book.verdicts[number] for number in range(len(every))]


class _Known:
    """What is known of a person so far, the cards before included."""

    def __init__(self, person: CardPerson | None, created_by: int | None = None) -> None:
        self.id = None if person is None else person.id
        self.created_by = created_by
        self.name = "" if person is None else person.name or ""
        self.organization = None if person is None else person.organization
        self.title = None if person is None else person.title
        self.emails = {normalise_email(email) for email in (person.emails if person else ())}
        self.phones: set[str] = set()


class _Book:
    """The people, and which card is whose."""

    def __init__(
        self,
        directory: Directory,
        people: Iterable[CardPerson],
        normal_phone: Callable[[str], str],
        taken: Mapping[str, int],
    ) -> None:
        self.directory = directory
        self.normal_phone = normal_phone
        self.taken = taken
        self.people: dict[int, _Known] = {}
        self.by_phone: dict[str, list[_Known]] = {}
        self.by_name: dict[frozenset[str], list[_Known]] = {}
        self.brought: dict[str, _Known] = {}
        """Addresses that no contact has, by the person whose card has them."""
        self.verdicts: dict[int, CardVerdict] = {}
        self._waiting: dict[str, list[int]] = {}
        self._woken: list[int] = []
        for person in people:
            known = self.people[person.id] = _Known(person)
            self._note_phones(known, person.phones)
            self.by_name.setdefault(name_words(known.name), []).append(known)

    def leave_out(self, number: int, card: Card) -> bool:
        """It is none to be taken; else it waits for a card that brings one of its addresses."""
        reason = None
        if any(self.directory.is_mine(email.text) for email in card.emails):
            reason = ME
        elif card.kind not in ("", "individual"):
            reason = NO_PERSON
        elif not card.name and not card.emails and not card.phones:
            reason = EMPTY
        if reason is not None:
            self.verdicts[number] = CardVerdict(card, SKIPPED, reason)
            return True
        for email in card.emails:
            self._waiting.setdefault(normalise_email(email.text), []).append(number)
        return False

    def woken(self) -> list[int]:
        """Cards that share an address with one joined since."""
        woken, self._woken = self._woken, []
        return woken

    def join_by_address(self, cards: Sequence[Card], numbers: Iterable[int]) -> None:
        """Those that have an address of somebody known, and those that then do."""
        todo = deque(numbers)
        while todo:
            number = todo.popleft()
            if number in self.verdicts:
                continue
            card = cards[number]
            fitting = _narrowed([self._owners(email.text) for email in card.emails], card)
            if len(fitting) == 1:
                self._join(number, card, fitting[0], BY_EMAIL)
                todo.extend(self.woken())
            elif fitting:
                candidates = tuple(sorted(known.id for known in fitting if known.id is not None))
                self.verdicts[number] = CardVerdict(card, QUEUE, TWO_PEOPLE, candidates=candidates)

    def join_otherwise(self, number: int, card: Card) -> bool:
        """To whom the same card went before, to the one of that number and name, or, by its name, where it has no more."""
        before = self.people.get(self.taken.get(card.uid or "", -1))
        if before is not None:
            self._join(number, card, before, BY_CARD)
            return True
        words = name_words(card.name)
        same = {
            id(known): known
            for phone in card.phones
            for known in self.by_phone.get(self.normal_phone(phone.text), ())
            if may_be_one(words, name_words(known.name))
        }
        if len(same) > 1:
            candidates = tuple(sorted(known.id for known in same.values() if known.id is not None))
            self.verdicts[number] = CardVerdict(card, QUEUE, TWO_PEOPLE, candidates=candidates)
            return True
        if same:
            self._join(number, card, next(iter(same.values())), BY_PHONE)
            return True
        namesakes = self.by_name.get(words, ()) if not card.emails and not card.phones else ()
        if namesakes:
            known = namesakes[0]
            self.verdicts[number] = CardVerdict(card, UNCHANGED, person=known.id, joins=known.created_by, by=BY_NAME)
        return bool(namesakes)

    def create(self, number: int, card: Card) -> None:
        """Somebody new, with all the card has."""
        known = _Known(None, number)
        self._join(number, card, known, None)
        self.by_name.setdefault(name_words(card.name), []).append(known)

    def _owners(self, address: str) -> list[_Known]:
        owners = [self.people[owner] for owner in self.directory.owners_of(address) if owner in self.people]
        if owners:
            return owners
        brought = self.brought.get(normalise_email(address))
        return [] if brought is None else [brought]

    def _join(self, number: int, card: Card, known: _Known, by: str | None) -> None:
        emails = tuple(
            email
            for email in _once(card.emails, normalise_email, known.emails)
            if known.id is None or known.id not in self.directory.owners_of(email.text)
        )
        phones = tuple(_once(card.phones, self.normal_phone, known.phones))
        added = {
            field: getattr(card, field)
            for field in ("name", "organization", "title")
            if getattr(card, field) and not getattr(known, field)
        }
        fate = CREATED if by is None else MERGED if emails or phones or added else UNCHANGED
        joins = None if by is None else known.created_by
        self.verdicts[number] = CardVerdict(
            card, fate, person=known.id, joins=joins, by=by, emails=emails, phones=phones, **added
        )
        for field, value in added.items():
            setattr(known, field, value)
        self._note_phones(known, [phone.text for phone in phones])
        for email in emails:
            normal = normalise_email(email.text)
            known.emails.add(normal)
            self.brought.setdefault(normal, known)
            self._woken += self._waiting.get(normal, ())

    def _note_phones(self, known: _Known, phones: Iterable[str]) -> None:
        for phone in phones:
            normal = self.normal_phone(phone)
            if normal and normal not in known.phones:
                known.phones.add(normal)
                self.by_phone.setdefault(normal, []).append(known)


def _once(
    addresses: Sequence[CardAddress], normal: Callable[[str], str], known: Collection[str]
) -> Iterator[CardAddress]:
    """Those that are not known yet, each once."""
    seen = set(known)
    for address in addresses:
        form = normal(address.text)
        if form and form not in seen:
            seen.add(form)
            yield address


def _narrowed(owners: Sequence[Sequence[_Known]], card: Card) -> list[_Known]:
    """Who the card may be: whoever has one of its addresses alone; of several who share one, the one it names too."""
    sets = [{id(known): known for known in group} for group in owners if group]
    alone = {number: known for group in sets if len(group) == 1 for number, known in group.items()}
    shared = [group for group in sets if len(group) > 1 and not alone.keys() & group.keys()]
    if not shared:
        return list(alone.values())
    words = name_words(card.name)
    fitting = dict(alone)
    for group in shared:
        named = [known for known in group.values() if words and name_words(known.name) == words]
        fitting.update({id(known): known for known in (named if len(named) == 1 else group.values())})
    return list(fitting.values())
