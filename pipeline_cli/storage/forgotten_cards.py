"""Cards of people who were forgotten: an address book that still has them brings nobody back."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from pipeline_cli.domain.capture.cards import FORGOTTEN, Card, CardPerson, CardVerdict
from pipeline_cli.domain.capture.directory import Directory
from pipeline_cli.domain.capture.plan import CapturedItem
from pipeline_cli.domain.capture.verdict import SKIPPED
from pipeline_cli.domain.words.addresses import normalise_phone
from pipeline_cli.storage.capturing import card_key
from pipeline_cli.storage.reader import Reader
from pipeline_cli.storage.record.forgotten import Forgotten


def without_forgotten(
    reader: Reader,
    cards: Iterable[Card],
    directory: Directory,
    people: Sequence[CardPerson],
    items: Mapping[tuple[str, str], CapturedItem],
) -> tuple[list[Card], list[CardVerdict]]:
    """The cards to be taken, without what is nobody's any more and must not come back, and those left out for it.

    A card of somebody known loses such an address; one that has nobody else's is left out.
    """
    forgotten = Forgotten(reader.connection)
    alive = {person.id for person in people}
    numbers = {normalise_phone(phone) for person in people for phone in person.phones}
    taken, left_out = [], []
    for card in cards:
        emails = [one for one in card.emails if not directory.is_forgotten(one.text)]
        phones = [
            one for one in card.phones if normalise_phone(one.text) in numbers or not forgotten.holds(None, one.text)
        ]
        is_whole = len(emails) == len(card.emails) and len(phones) == len(card.phones)
        before = items.get(("card", card_key(card)))
        was_theirs = before is not None and len(before.people) == 1 and before.people[0] not in alive
        if was_theirs or (not is_whole and not any(map(directory.owners_of, (one.text for one in emails)))):
            left_out.append(CardVerdict(card, SKIPPED, FORGOTTEN))
        else:
            taken.append(card if is_whole else card._replace(emails=emails, phones=phones))
    return taken, left_out
