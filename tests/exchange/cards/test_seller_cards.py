"""The seller's address book: whose each card is, and what everybody has afterwards."""

from __future__ import annotations

from typing import Any

from pipeline_cli.domain.capture.cards import CardPerson, CardVerdict, decide_cards
from pipeline_cli.domain.capture.directory import Directory, KnownPerson
from pipeline_cli.domain.words.addresses import normalise_email, normalise_phone
from pipeline_cli.exchange.cards.read import read_cards
from tests.exchange.seller import Seller, read_seller, rows_of


def people_before(seller: Seller) -> list[CardPerson]:
    return [
        CardPerson(
            number,
            row["name"],
            [row["email"]] if row["email"] else [],
            [row["phone"]],
            row["organization"],
            row["role"],
        )
        for number, row in enumerate(rows_of(seller.folder / "contacts.csv"), 1)
    ]


def directory_of(seller: Seller, people: list[CardPerson]) -> Directory:
    return Directory(
        [(email, person.id) for person in people for email in person.emails],
        [KnownPerson(person.id, person.organization, ()) for person in people],
        [],
        seller.expected["settings"]["me"],
    )


def decide(seller: Seller, people: list[CardPerson]) -> list[CardVerdict]:
    problems: list[str] = []
    cards = list(read_cards([seller.folder / "contacts.vcf"], lambda _, words: problems.append(words)))
    assert problems == []
    return decide_cards(cards, directory_of(seller, people), people, normalise_phone)


def people_after(people: list[CardPerson], verdicts: list[CardVerdict]) -> list[CardPerson]:
    """As the record has them once all verdicts are kept."""
    after = {person.id: person for person in people}
    created: dict[int, int] = {}
    for number, verdict in enumerate(verdicts):
        if verdict.fate == "created":
            created[number] = len(after) + 1
            after[len(after) + 1] = CardPerson(len(after) + 1, None, [], [], None, None)
    for number, verdict in enumerate(verdicts):
        if verdict.fate in ("created", "merged"):
            whose = verdict.person or created[number if verdict.joins is None else verdict.joins]
            one = after[whose]
            after[whose] = CardPerson(
                whose,
                one.name or verdict.name,
                [*one.emails, *(email.text for email in verdict.emails)],
                [*one.phones, *(phone.text for phone in verdict.phones)],
                one.organization or verdict.organization,
                one.title or verdict.title,
            )
    return list(after.values())


def test_each_card_is_read_and_becomes_what_is_expected_of_it() -> None:
    seller = read_seller()
    people = people_before(seller)
    names = {person.id: person.emails[0] for person in people if person.emails}

    def said(verdict: CardVerdict) -> dict[str, Any]:
        told: dict[str, Any] = {
            "card": verdict.card.number,
            "name": verdict.card.name,
            "fate": verdict.fate,
            "emails": sorted(normalise_email(email.text) for email in verdict.card.emails),
            "phones": [phone.text for phone in verdict.card.phones],
            "organization": verdict.card.organization,
            "title": verdict.card.title,
        }
        if verdict.reason:
            told["reason"] = verdict.reason
        if verdict.person:
            told["person"] = names[verdict.person]
        return told

    assert [said(verdict) for verdict in decide(seller, people)] == [
        {
            name: sorted(map(normalise_email, value)) if name == "emails" else value
            for name, value in card.items()
            if name != "case"
        }
        for card in seller.expected["cards"]
    ]


def test_everybody_has_all_their_addresses_afterwards() -> None:
    seller = read_seller()
    people = people_before(seller)

    assert [
        (person.name, sorted(map(normalise_email, person.emails)))
        for person in people_after(people, decide(seller, people))
    ] == [(one["name"], sorted(map(normalise_email, one["emails"]))) for one in seller.expected["people"]]


def test_the_same_book_again_brings_nothing_new() -> None:
    seller = read_seller()
    people = people_before(seller)
    again = decide(seller, people_after(people, decide(seller, people)))

    assert {verdict.fate for verdict in again} == {"unchanged", "skipped"}
