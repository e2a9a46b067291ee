"""Nobody who said no is written to: every address is one, is looked up at the last moment, and is the same however typed."""

from __future__ import annotations

import sqlite3
from email import message_from_bytes
from email.policy import SMTPUTF8
from pathlib import Path

import pytest

from pipeline_cli.domain.words.addresses import in_ascii, is_email, normalise_email, read_mailboxes
from tests.conftest import Run

LONG_AGO = "2026-09-01"


def written_to(folder: Path) -> list[str]:
    """Every address that a mail program would send a draft to."""
    found = []
    for path in sorted((folder / "last-chances").glob("*.eml")):
        message = message_from_bytes(path.read_bytes(), policy=SMTPUTF8)
        people = [f"{one.username}@{one.domain}" for one in message["To"].addresses]
        # The library leaves UTF-8 in headers as the bytes that came.
        found += [one.encode("utf-8", "surrogateescape").decode("utf-8") for one in people]
    return found


def import_deals(run: Run, folder: Path, *cells: str, column: str = "email") -> None:
    rows = [f'Deal {number},"{cell}",{LONG_AGO}' for number, cell in enumerate(cells, 1)]
    (folder / "deals.csv").write_text("\n".join([f"title,{column},created_at", *rows]) + "\n", "utf-8")
    done = run("import", "deals.csv", today="2026-09-02")
    assert done.code == 0, done.err


SEVERAL = (
    "ann@acme.example; bob@acme.example",
    "ann@acme.example>,<bob@acme.example",
    "Ann Lee <ann@acme.example>, Bob <bob@acme.example>",
    "ann@acme.example bob@acme.example",
    "ANN@ACME.EXAMPLE|bob@acme.example",
)


@pytest.mark.parametrize("cell", SEVERAL)
@pytest.mark.parametrize("column", ["email", "contact"])
def test_who_said_no_is_not_written_to_in_a_cell_with_others(
    pipeline: Run, folder: Path, cell: str, column: str
) -> None:
    pipeline("contact", "opt-out", "ann@acme.example", today=LONG_AGO)
    import_deals(pipeline, folder, cell, column=column)
    assert pipeline("prune", "--yes").code == 0

    assert written_to(folder) == ["bob@acme.example"]
    assert [one["email"].casefold() for one in pipeline("contact", "list", "--json").rows] == [
        "ann@acme.example",
        "bob@acme.example",
    ]


@pytest.mark.parametrize(
    "cell", ["ann@acme.example or bob@acme.example", "=?utf-8?q?ann=40acme.example=2C?=x@y.example"]
)
def test_a_cell_that_holds_other_words_is_kept_and_nobody_is_written_to(pipeline: Run, folder: Path, cell: str) -> None:
    import_deals(pipeline, folder, cell)
    assert pipeline("prune", "--yes").code == 0

    assert written_to(folder) == []
    assert [one["email"] for one in pipeline("contact", "list", "--json").rows] == [cell]


def test_an_address_that_older_versions_kept_is_not_written_to(pipeline: Run, folder: Path) -> None:
    pipeline("add", "Acme", "--contact", "bob@acme.example", today=LONG_AGO)
    connection = sqlite3.connect(folder / "pipeline.db")
    connection.execute("UPDATE contacts SET email = 'ann@acme.example>,<bob@acme.example'")
    connection.commit()
    connection.close()
    assert pipeline("prune", "--yes").code == 0

    assert written_to(folder) == []


def test_who_opted_out_is_not_written_to_when_the_key_of_the_list_is_gone(pipeline: Run, folder: Path) -> None:
    pipeline("add", "One", "--contact", "ann@acme.example", today=LONG_AGO)
    pipeline("contact", "opt-out", "ann@acme.example", today=LONG_AGO)
    connection = sqlite3.connect(folder / "pipeline.db")
    connection.execute(
        "INSERT INTO contacts (public_id, email, created_at) SELECT 'ab', 'Ann@Acme.example', created_at FROM contacts"
    )
    connection.execute(
        "INSERT INTO deal_contacts (deal_id, contact_id, linked_at) SELECT 1, 2, linked_at FROM deal_contacts"
    )
    connection.commit()
    connection.close()
    (folder / "pipeline.db.key").unlink()
    assert pipeline("prune", "--yes").code == 0

    assert written_to(folder) == []


def test_a_row_of_people_is_silent_with_all_its_addresses(pipeline: Run, folder: Path) -> None:
    pipeline("contact", "opt-out", "old@acme.example")
    (folder / "people.csv").write_text("name,email\nAnn,old@acme.example; new@acme.example\n")
    (folder / "deals.csv").write_text("title\nAcme\n")
    assert pipeline("import", "deals.csv", "--contacts", "people.csv").code == 0

    (ann,) = pipeline("contact", "list", "--json").rows
    assert (ann["opted_out"], [one["address"] for one in ann["addresses"]]) == (
        True,
        ["old@acme.example", "new@acme.example"],
    )
    assert pipeline("add", "More", "--contact", "new@acme.example").code == 5


IDN = ("ann@müller.example", "ann@xn--mller-kva.example", "ANN@MÜLLER.example", "ann@mu\u0308ller.example")


@pytest.mark.parametrize(("known", "typed"), [*((IDN[0], typed) for typed in IDN), *((known, IDN[0]) for known in IDN)])
def test_a_domain_and_its_ascii_form_are_one(pipeline: Run, folder: Path, known: str, typed: str) -> None:
    pipeline("add", "Acme", "--contact", known)
    assert "same e-mail address" in pipeline("add", "Other", "--contact", typed).err
    assert pipeline("contact", "add", "Ann", "--email", typed).code == 5
    import_deals(pipeline, folder, typed)
    assert len(pipeline("contact", "list", "--json").rows) == 1
    pipeline("contact", "opt-out", known)

    assert pipeline("add", "More", "--contact", typed).code == 5


def test_an_opt_out_of_the_ascii_form_from_before_still_holds(pipeline: Run, folder: Path) -> None:
    """Entries of the list are digests, so they cannot be rewritten."""
    from pipeline_cli.domain.words.addresses import EMAIL, Address
    from pipeline_cli.storage.record.suppression import _digest, _key_id, make_key

    key = make_key(folder / "pipeline.db.key")
    digest = _digest(key, Address(EMAIL, "ann@xn--mller-kva.example"))
    connection = sqlite3.connect(folder / "pipeline.db")
    row = (digest, "email", _key_id(key), "2026-09-01T10:00:00.000Z")
    connection.execute("INSERT INTO suppressed (digest, kind, key_id, suppressed_at) VALUES (?, ?, ?, ?)", row)
    connection.commit()
    connection.close()

    assert pipeline("add", "Acme", "--contact", "ann@müller.example").code == 5
    pipeline("contact", "opt-out", "ann@müller.example", "--revoke")
    assert pipeline("add", "Acme", "--contact", "ann@müller.example").code == 0


def test_forgetting_takes_both_forms_and_the_draft(pipeline: Run, folder: Path) -> None:
    pipeline("add", "Acme", "--contact", "ann@müller.example", today=LONG_AGO)
    pipeline("note", "1", "writes from ann@xn--mller-kva.example and ann@müller.example", today=LONG_AGO)
    pipeline("prune", "--yes")
    assert written_to(folder) == ["ann@xn--mller-kva.example"]
    assert pipeline("contact", "forget", "c1", "--yes").code == 0

    assert written_to(folder) == []
    left = b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())
    assert b"mller-kva" not in left
    assert "müller".encode() not in left


def test_an_accent_before_the_at_sign_gives_a_header_that_is_read_back(pipeline: Run, folder: Path) -> None:
    pipeline("add", "Acme", "--contact", "Jürgen Groß <jürgen@müller.example>", today=LONG_AGO)
    pipeline("prune", "--yes")

    (path,) = (folder / "last-chances").iterdir()
    assert "<jürgen@xn--mller-kva.example>\r\n" in path.read_bytes().decode("utf-8")
    assert b"=?utf-8?" not in path.read_bytes().split(b"<j")[1].split(b"\r\n")[0]
    assert written_to(folder) == ["jürgen@xn--mller-kva.example"]


@pytest.mark.parametrize(
    "text",
    [
        "a@b",
        "a@b.example.",
        "a@-b.example",
        "a@b_c.example",
        "a@b.example\n",
        "a@b.example>,<c@d.example",
        "a@℀.example",
        "a\u202e@b.example",
        "a@" + "ü" * 70 + ".example",
        "a b@c.example",
        '"a"@b.example',
        "a@b.exam/ple",
        "=?utf-8?q?a?=@b.example",
    ],
)
def test_what_is_not_one_address_is_none(text: str) -> None:
    assert not is_email(text)


def test_forms_of_an_address() -> None:
    assert in_ascii("Ann@Müller.example") == "Ann@xn--mller-kva.example"
    assert in_ascii("ann@straße.example") == "ann@xn--strae-oqa.example"  # another domain than strasse.example
    assert normalise_email("Ann@XN--MLLER-KVA.example") == "ann@müller.example"
    assert [one.email for one in read_mailboxes('"Lee, Ann" <ann@acme.example>; bob@b.example;')] == [
        "ann@acme.example",
        "bob@b.example",
    ]
    assert read_mailboxes("ask Ann, ann@acme.example") == ()
