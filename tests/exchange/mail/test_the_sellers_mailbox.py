"""Half a year of a seller's mail: each becomes what the answers beside it say, in whichever order its folders are read."""

from __future__ import annotations

import csv
import json
from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from pipeline_cli.domain.capture.directory import Directory, KnownDeal, KnownPerson
from pipeline_cli.domain.capture.letters import Decided, decide_letters
from pipeline_cli.domain.capture.verdict import Verdict
from pipeline_cli.exchange.mail.progress import Reading
from pipeline_cli.exchange.mail.reading import read_mail
from tests.conftest import SHARED_DATA

ALL = ("Mail", "inbox.mbox", "eml")
Told = dict[str, Any]


class Seller:
    """The mailbox, its answers, and the record beside it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.answers: dict[str, Any] = json.loads((folder / "expected.json").read_text())
        self.now = datetime.fromisoformat(self.answers["settings"]["today"])
        deals = _rows(folder / "deals.csv")
        self.deals = {row["external_id"]: number for number, row in enumerate(deals, 1)}
        self.directory = self._directory(deals)

    def _directory(self, deals: Sequence[dict[str, str]]) -> Directory:
        people = list(enumerate(self.answers["people"], 1))
        firms = {row["email"]: row["organization"] for row in (*_rows(self.folder / "contacts.csv"), *deals)}
        return Directory(
            [(email, number) for number, person in people for email in person["emails"]],
            [
                KnownPerson(
                    number,
                    next((firms[email] for email in person["emails"] if firms.get(email)), None),
                    tuple(self.deals[name] for name in person["deals"]),
                )
                for number, person in people
            ],
            [
                KnownDeal(number, row["title"], _instant(row["created_at"]), _closed(row["closed_at"]))
                for number, row in enumerate(deals, 1)
            ],
            self.answers["settings"]["me"],
            self.answers["settings"]["never"],
        )

    def capture(self, *sources: str, known: dict[str, int | None] | None = None, **more: Any) -> Decided:
        reading = Reading()
        letters = read_mail([str(self.folder / source) for source in sources], reading=reading, now=self.now)
        decided = decide_letters(letters, self.directory, known or {}, self.now, **more)
        assert reading.problems == []
        return decided

    def expected(self, *where: str, only: str = "") -> list[Told]:
        """What the answers say of the mails that lie there, but for the folder of spam, which is never opened."""
        found = []
        for mail in self.answers["mails"]:
            files = [copy["file"] for copy in mail["copies"] if copy["file"].startswith(where)]
            if files and not all(file.startswith("Mail/Spam/") for file in files):
                told = {**mail, **mail.get(only, {})}
                if only in mail:  # what was true of the other fate is not of this
                    told = {name: told[name] for name in ("id", "direction", "at") if name in told} | mail[only]
                found.append(self._told(told))
        return found

    def _told(self, mail: Told) -> Told:
        """With numbers for names."""
        told = {name: mail[name] for name in ("id", "fate", "reason", "by", "address") if mail.get(name)}
        if mail["fate"] in {"touchpoint", "queue"}:
            told |= {"direction": mail["direction"], "at": _instant(mail["at"])}
            told["people"] = [self.person(address) for address in mail["people"]]
            assert mail["people"][0] == mail["person"]
        if mail["fate"] == "touchpoint":
            told |= {"deal": self.deals[mail["deal"]], "automatic": mail["automatic"]}
        if mail["fate"] == "queue":
            told["candidates"] = sorted(self.deals[name] for name in mail["candidates"])
        if mail.get("bounced"):
            told["bounced"] = [self.person(address) for address in mail["bounced"]]
        return told

    def got(self, verdict: Verdict) -> Told:
        """In the words of the answers."""
        told: Told = {} if verdict.key.startswith("content:") else {"id": verdict.key}
        told |= {"fate": verdict.fate}
        told |= {name: value for name in ("reason", "by", "address") if (value := getattr(verdict, name))}
        if verdict.fate in {"touchpoint", "queue"}:
            told |= {"direction": verdict.direction, "at": verdict.at, "people": list(verdict.people)}
        if verdict.fate == "touchpoint":
            told |= {"deal": verdict.deal_id, "automatic": verdict.is_automatic}
        if verdict.fate == "queue":
            told["candidates"] = list(verdict.candidates)
        if verdict.bounced:
            told["bounced"] = [self.person(address) for address in verdict.bounced]
        return told

    def person(self, address: str) -> int:
        (number,) = self.directory.owners_of(address)
        return number


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def _instant(text: str) -> datetime:
    return datetime.fromisoformat(text)


def _closed(text: str) -> datetime | None:
    return _instant(text) if text else None


def _in_order(told: list[Told]) -> list[str]:
    return sorted(json.dumps(one, default=str, sort_keys=True, ensure_ascii=False) for one in told)


@pytest.fixture(scope="module")
def seller() -> Seller:
    folder = SHARED_DATA / "seller_mailbox"
    if not folder.is_dir():
        pytest.skip("the real data is not beside this checkout (../shared/data)")
    return Seller(folder)


def test_every_mail_becomes_what_the_answers_say(seller: Seller) -> None:
    decided = seller.capture(*ALL)
    assert _in_order(list(map(seller.got, decided.verdicts))) == _in_order(seller.expected(*ALL))


def test_the_order_of_the_folders_does_not_matter(seller: Seller) -> None:
    decided = seller.capture("eml", "inbox.mbox", "Mail/Sent", "Mail/Newsletters", "Mail/INBOX", "Mail/Drafts")
    assert _in_order(list(map(seller.got, decided.verdicts))) == _in_order(seller.expected(*ALL))


def test_the_mbox_alone_becomes_what_the_answers_say_of_it(seller: Seller) -> None:
    decided = seller.capture("inbox.mbox")
    expected = seller.expected("inbox.mbox", only="mbox_only")
    assert _in_order(list(map(seller.got, decided.verdicts))) == _in_order(expected)


def test_the_maildir_alone_fares_as_with_the_rest(seller: Seller) -> None:
    decided = seller.capture("Mail")
    assert _in_order(list(map(seller.got, decided.verdicts))) == _in_order(seller.expected("Mail/"))


def test_suggestions_and_bounces_are_those_of_the_answers(seller: Seller) -> None:
    decided = seller.capture(*ALL)
    suggested = Counter((one.address, one.reason) for one in decided.verdicts if one.fate == "suggestion")
    assert suggested == {(one["address"], one["reason"]): one["mails"] for one in seller.answers["suggestions"]}
    assert sorted(address for address, _ in decided.bounced) == [one["address"] for one in seller.answers["bounced"]]


def test_a_second_run_captures_nothing(seller: Seller) -> None:
    first = seller.capture(*ALL)
    known = {one.key: one.deal_id for one in first.verdicts if one.fate in {"touchpoint", "queue"}}
    second = seller.capture(*ALL, known=known)
    fates = Counter(one.fate for one in second.verdicts)
    assert fates["known"] == len(known)
    assert not fates["touchpoint"]
    assert not fates["queue"]


@pytest.mark.parametrize(
    "folders",
    [
        ("Mail/INBOX", "Mail/Sent", "Mail/Newsletters", "Mail/Drafts", "inbox.mbox", "eml"),
        ("eml", "inbox.mbox", "Mail/Drafts", "Mail/Sent", "Mail/INBOX", "Mail/Newsletters"),
        ("Mail/Sent", "Mail/INBOX", "eml", "Mail/Newsletters", "inbox.mbox", "Mail/Drafts"),
    ],
)
def test_folders_captured_one_by_one_come_to_the_same_end(seller: Seller, folders: tuple[str, ...]) -> None:
    kept: dict[str, Verdict] = {}
    met: set[tuple[str, str]] = set()

    def met_before(address: str, direction: str) -> bool:
        return (address, direction) in met

    for folder in folders:
        decided = seller.capture(
            folder,
            known={key: verdict.deal_id for key, verdict in kept.items()},
            earlier=list(kept.values()),
            met_before=met_before,
        )
        met.update((seen.address, seen.direction) for seen in decided.strangers)
        kept |= {one.key: one for one in decided.verdicts if one.fate in {"touchpoint", "queue"}}
    at_once = {one.key: one for one in seller.capture(*ALL).verdicts if one.fate in {"touchpoint", "queue"}}
    told = {key: seller.got(verdict) for key, verdict in kept.items()}
    assert told == {key: seller.got(verdict) for key, verdict in at_once.items()}


def test_subjects_are_read_as_their_writers_wrote_them(seller: Seller) -> None:
    subjects = {one.key: one.subject for one in seller.capture(*ALL).verdicts}
    for mail in seller.answers["mails"]:
        if mail["id"] in subjects and not mail.get("subject_may_differ"):
            assert subjects[mail["id"]] == mail["subject"][:500]


def test_files_that_are_no_mail_are_counted(seller: Seller) -> None:
    reading = Reading()
    list(read_mail([str(seller.folder / "eml")], reading=reading))
    assert reading.unread == {"no_mail": 3}
    list(read_mail([str(seller.folder / "Mail")], reading=reading))
    assert reading.unread == {"no_mail": 3, "junk": 8}
