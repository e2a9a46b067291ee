"""Whose a card of the address book is: by any address or number, and asked where it may be two people's."""

from __future__ import annotations

from itertools import permutations

import pytest

from pipeline_cli.domain.capture.cards import Card, CardAddress, CardPerson, CardVerdict, decide_cards
from pipeline_cli.domain.capture.directory import Directory, KnownPerson
from pipeline_cli.domain.words.addresses import normalise_phone

ANN = CardPerson(1, "Ann Lee", ["ann@acme.example", "office@acme.example"], ["+49 30 111"], "Acme", "CEO")
BOB = CardPerson(2, "Bob Day", ["bob@bolt.example", "office@acme.example"], ["+49 30 222"], None, None)
CAL = CardPerson(3, None, [], ["+49 30 333"], None, None)
PEOPLE = [ANN, BOB, CAL]


def card(
    name: str = "", *emails: str, phones: tuple[str, ...] = (), uid: str | None = None, **fields: str | None
) -> Card:
    values = {"organization": None, "title": None, "kind": "individual"} | fields
    return Card(
        uid,
        name,
        [CardAddress(email) for email in emails],
        [CardAddress(phone) for phone in phones],
        values["organization"],
        values["title"],
        values["kind"] or "",
        "people.vcf",
        1,
    )


def decide(*cards: Card, taken: dict[str, int] | None = None) -> list[CardVerdict]:
    directory = Directory(
        [(email, person.id) for person in PEOPLE for email in person.emails],
        [KnownPerson(person.id, person.organization, ()) for person in PEOPLE],
        [],
        me=["me@mine.example"],
    )
    return decide_cards(cards, directory, PEOPLE, normalise_phone, taken)


def decide_one(one: Card, taken: dict[str, int] | None = None) -> CardVerdict:
    (verdict,) = decide(one, taken=taken)
    return verdict


def texts(addresses: tuple[CardAddress, ...]) -> list[str]:
    return [address.text for address in addresses]


def test_a_card_with_a_known_address_adds_what_is_new_and_changes_nothing() -> None:
    one = card("Annie", "ANN@acme.example", "ann@home.example", phones=("+49 30 111", "+49 170 1"), title="Boss")
    verdict = decide_one(one)

    assert (verdict.fate, verdict.person, verdict.by) == ("merged", 1, "email")
    assert (texts(verdict.emails), texts(verdict.phones)) == (["ann@home.example"], ["+49 170 1"])
    assert (verdict.name, verdict.organization, verdict.title) == (None, None, None)


def test_what_the_record_does_not_say_is_filled_in() -> None:
    verdict = decide_one(card("B. Day", "bob@bolt.example", organization="Bolt", title="CTO"))

    assert (verdict.fate, verdict.name, verdict.organization, verdict.title) == ("merged", None, "Bolt", "CTO")


def test_a_card_that_says_nothing_new_changes_nothing() -> None:
    assert decide_one(card("Ann Lee", "ann+news@acme.example", phones=("0049 30 111",))).fate == "unchanged"


def test_somebody_nobody_knew_is_created_with_all_the_card_has() -> None:
    verdict = decide_one(card("Dee", "dee@x.example", "dee@x.example", phones=("+49 30 9",), organization="X"))

    assert (verdict.fate, verdict.person, verdict.name, verdict.organization) == ("created", None, "Dee", "X")
    assert (texts(verdict.emails), texts(verdict.phones)) == (["dee@x.example"], ["+49 30 9"])


@pytest.mark.parametrize(
    ("one", "reason"),
    [
        (card("Me", "other@x.example", "ME@mine.example"), "me"),
        (card("Acme", "info@acme.example", kind="org"), "no_person"),
        (card("Friends", kind="group"), "no_person"),
        (card("", organization="Acme"), "empty"),
    ],
)
def test_what_is_no_card_of_somebody_says_why(one: Card, reason: str) -> None:
    verdict = decide_one(one)

    assert (verdict.fate, verdict.reason) == ("skipped", reason)


def test_a_card_with_addresses_of_two_people_asks() -> None:
    verdict = decide_one(card("Ann Lee", "ann@acme.example", "bob@bolt.example"))

    assert (verdict.fate, verdict.reason, verdict.candidates) == ("queue", "two_people", (1, 2))


def test_an_address_that_two_share_asks_unless_the_card_names_one_of_them() -> None:
    assert decide_one(card("The office", "office@acme.example")).candidates == (1, 2)
    assert decide_one(card("Day, Bob", "office@acme.example")).person == 2
    assert decide_one(card("Ann", "office@acme.example", "ann@acme.example")).person == 1


def test_a_number_joins_to_somebody_who_may_have_that_name_and_to_nobody_else() -> None:
    assert decide_one(card("A. Lee", phones=("0049 (30) 111",))).person == 1
    assert decide_one(card("Lee, Dr. Ann", "ann@new.example", phones=("+49 30 111",))).person == 1
    assert decide_one(card("Who Knows", phones=("+49 30 333",))).person == 3
    assert decide_one(card("Eva Lee", phones=("+49 30 111",))).fate == "created"


def test_a_name_alone_is_the_one_of_that_name_and_adds_nothing() -> None:
    verdict = decide_one(card("LEE Ann", organization="Elsewhere", title="Cook"))

    assert (verdict.fate, verdict.person, verdict.title) == ("unchanged", 1, None)
    assert decide_one(card("Ann Leeds")).fate == "created"


def test_a_card_taken_before_is_whose_it_was() -> None:
    moved = card("Somebody", "new@address.example", uid="u7")

    assert decide_one(moved).fate == "created"
    assert (decide_one(moved, {"u7": 2}).person, decide_one(moved, {"u7": 99}).fate) == (2, "created")


def test_cards_are_joined_by_addresses_that_others_bring_in_any_order() -> None:
    chain = [
        card("Ann Lee", "ann@acme.example", "ann@b.example"),
        card("Ann Lee", "ann@b.example", "ann@c.example"),
        card("Ann Lee", "ann@c.example", "ann@d.example"),
    ]
    for order in permutations(chain):
        verdicts = decide(*order)
        brought = sorted(text for verdict in verdicts for text in texts(verdict.emails))

        assert {verdict.person for verdict in verdicts} == {1}
        assert brought == ["ann@b.example", "ann@c.example", "ann@d.example"]


def test_two_cards_of_somebody_new_are_one_person() -> None:
    first, second, third = decide(
        card("Dee", "dee@x.example"),
        card("Dee", "dee@x.example", "dee@y.example"),
        card("Dee", "dee@y.example"),
    )

    assert (first.fate, second.fate, third.fate) == ("created", "merged", "unchanged")
    assert (second.joins, third.joins, texts(second.emails)) == (0, 0, ["dee@y.example"])
