"""`capture`: what lies on this machine becomes touchpoints, steps and addresses, once, and is taken back by one undo."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.commands.captured import ME, card, event, mail, settings
from tests.commands.reading import deal, last, person, record, shown
from tests.conftest import Run
from tests.terminal import Terminal

ANN = "Ann Lee <ann@acme.example>"


@pytest.fixture
def seller(ann: Run, folder: Path) -> Run:
    """Ann Lee of Acme is on deal 1; mail, calendar and address book are named in pipeline.yaml."""
    settings(folder)
    return ann


def touches(run: Run, number: str = "1") -> list[dict[str, Any]]:
    return shown(run, number)["touchpoints"]  # type: ignore[no-any-return]


def waiting(run: Run) -> list[dict[str, Any]]:
    return run("capture", "review", "--json").rows


def rows(run: Run, *words: str) -> dict[str, dict[str, Any]]:
    return {row["id"]: row for row in run("capture", *words, "--json").rows}


# What becomes of a mail


def test_a_mail_of_theirs_and_one_of_mine_are_touchpoints_of_their_deal(seller: Run, folder: Path) -> None:
    mail(folder, 1, ANN, ME, "Your offer", "19 Nov 2026")
    mail(folder, 2, ME, ANN, "Re: Your offer", "20 Nov 2026")
    assert seller("capture").code == 0
    assert [(one["kind"], one["direction"], one["sense"], one["note"], one["contact"]) for one in touches(seller)] == [
        ("email", "in", "conversation", "Your offer", "Ann Lee"),
        ("email", "out", "attempt", "Re: Your offer", "Ann Lee"),
    ]
    assert [one["source"] for one in touches(seller)] == ["captured", "captured"]
    assert (last(seller)["command"], last(seller)["summary"]) == ("capture", "captured 2 mails")


def test_one_undo_takes_all_of_it_back_and_it_comes_again(seller: Run, folder: Path) -> None:
    mail(folder, 1, ANN, ME)
    event(folder, "e1", "20261118T100000Z")
    card(folder, ("Ann Lee", "ann@acme.example ann@home.example"), ("New Man", "new@else.example"))
    before = record(seller)
    people = seller("contact", "list", "--json").out
    assert seller("capture").code == 0
    assert len(touches(seller)) == 2
    assert len(seller("contact", "list", "--json").rows) == 2
    assert seller("undo").code == 0
    assert (record(seller), seller("contact", "list", "--json").out) == (before, people)
    assert seller("check").code == 0
    assert seller("capture").code == 0
    assert len(touches(seller)) == 2
    assert (seller("undo").code, seller("redo").code) == (0, 0)
    assert len(touches(seller)) == 2


def test_again_changes_nothing_and_new_mail_adds_the_new(seller: Run, folder: Path) -> None:
    mail(folder, 1, ANN, ME)
    event(folder, "e1", "20261118T100000Z")
    card(folder, ("Ann Lee", "ann@acme.example ann@home.example"))
    seller("capture")
    there, operations = record(seller), seller("history", "--json").out
    for words in ((), ("--json",), ("mail", "mail"), ("calendar", "calendar"), ("contacts", "people.vcf")):
        assert seller("capture", *words).code == 0
    assert (record(seller), seller("history", "--json").out) == (there, operations)
    mail(folder, 2, ANN, ME, "Later")
    seller("capture")
    assert [one["note"] for one in touches(seller)] == ["Demo", "Offer", "Later"]


def test_a_dry_run_lists_what_each_would_become_and_changes_nothing(seller: Run, folder: Path) -> None:
    mail(folder, 1, ANN, ME)
    mail(folder, 2, "news@shop.example", ME, more="List-Unsubscribe: <https://shop.example>\n")
    mail(folder, 3, "somebody@else.example", ME)
    before = record(seller)
    result = seller("capture", "--dry-run", "--json")
    assert {row["id"]: (row["fate"], row["reason"], row["deal"]) for row in result.rows} == {
        "m1@mail.example": ("touchpoint", None, 1),
        "m2@mail.example": ("skipped", "bulk", None),
        "m3@mail.example": ("skipped", "unknown", None),
    }
    assert (result.json["dry_run"], result.json["left_out"]) == (True, {"bulk": 1, "unknown": 1})
    said = seller("capture", "--dry-run")
    assert "Would capture 1 mail from them." in said.err
    assert "Left out: 1 newsletter or list, 1 from nobody you know." in said.err
    assert record(seller) == before
    assert not (folder / "pipeline.db.key").exists()


def test_in_cron_it_is_quiet(seller: Run, folder: Path) -> None:
    mail(folder, 1, ANN, ME)
    assert (seller("capture").out, seller("capture").err) == ("", "")


def test_the_same_mail_in_two_folders_is_one(seller: Run, folder: Path) -> None:
    path = mail(folder, 1, ANN, ME)
    (folder / "eml").mkdir()
    shutil.copy(path, folder / "eml" / "saved.eml")
    seller("capture", "mail", "mail", "eml")
    seller("capture", "mail", "eml")
    assert len(touches(seller)) == 1


def test_folders_come_in_any_order_with_the_same_end(seller: Run, folder: Path) -> None:
    """An answer is read before what it answers: then the thread says whose it is."""
    seller("add", "Acme: audit", "--contact", ANN)
    answer = mail(folder, 2, ANN, ME, "Re: yes", "19 Nov 2026", "In-Reply-To: <m1@mail.example>\n")
    seller("capture")
    assert (waiting(seller)[0]["reason"], waiting(seller)[0]["candidates"]) == ("several_deals", [1, 2])
    mail(folder, 1, ME, ANN, "Acme: audit, first thoughts", "18 Nov 2026")
    answer.unlink()
    seller("capture")
    assert [one["note"] for one in touches(seller, "2")] == ["Acme: audit, first thoughts", "Re: yes"]
    assert waiting(seller) == []


# By hand and by mail


def test_what_was_logged_by_hand_that_day_is_joined_and_not_doubled(seller: Run, folder: Path) -> None:
    seller("log", "1", "email", "they like it", "--in", "--at", "2026-11-20 15:00")
    mail(folder, 1, ANN, ME, day="20 Nov 2026")
    mail(folder, 2, ANN, ME, day="18 Nov 2026")
    seller("capture")
    assert [(one["note"], one["source"]) for one in touches(seller)] == [("Offer", "captured"), ("they like it", None)]
    seller("undo")
    assert [one["note"] for one in touches(seller)] == ["they like it"]


def test_what_was_taken_away_by_hand_does_not_come_again(seller: Run, folder: Path) -> None:
    mail(folder, 1, ANN, ME)
    seller("capture")
    assert seller("log", "1", "--remove", "1").code == 0
    mail(folder, 2, ANN, ME, "Later")
    seller("capture")
    assert [one["note"] for one in touches(seller)] == ["Later"]
    assert (seller("undo").code, seller("undo").code) == (0, 0)
    assert [one["note"] for one in touches(seller)] == ["Offer"]


# People with several addresses


def test_a_second_address_is_the_person_and_a_tag_is_none(seller: Run, folder: Path) -> None:
    seller("contact", "edit", "ann", "--add-email", "home=ann@home.example")
    mail(folder, 1, "ann@home.example", ME, "From home", "18 Nov 2026")
    mail(folder, 2, "Ann+sales@ACME.example", ME, "With a tag", "19 Nov 2026")
    seller("capture")
    assert [(one["note"], one["contact"]) for one in touches(seller)] == [
        ("From home", "Ann Lee"),
        ("With a tag", "Ann Lee"),
    ]


def test_a_card_gives_a_known_person_an_address_whose_mail_is_theirs_in_the_same_run(seller: Run, folder: Path) -> None:
    card(folder, ("Ann Lee", "ann@acme.example ann@home.example"))
    mail(folder, 1, "ann@home.example", ME, "From home")
    seller("capture")
    assert [one["address"] for one in person(seller)["addresses"] if one["kind"] == "email"] == [
        "ann@acme.example",
        "ann@home.example",
    ]
    assert [one["note"] for one in touches(seller)] == ["From home"]


def test_an_address_that_two_people_share_asks(seller: Run, folder: Path) -> None:
    seller("contact", "add", "Bob", "--email", "office@acme.example", "--deal", "1")
    assert seller("contact", "edit", "ann", "--add-email", "office@acme.example").code == 5
    assert seller("contact", "edit", "ann", "--add-email", "office@acme.example", "--shared").code == 0
    mail(folder, 1, "office@acme.example", ME)
    seller("capture")
    (item,) = waiting(seller)
    assert (item["reason"], item["candidates"]) == ("shared_address", [1])
    assert seller("capture", "assign", str(item["item"]), "1").code == 0
    assert [one["note"] for one in touches(seller)] == ["Offer"]


def test_a_bounce_marks_the_address_and_the_day_says_so(seller: Run, folder: Path) -> None:
    report = (
        'Content-Type: multipart/report; report-type=delivery-status; boundary="b"\n\n--b\n'
        "Content-Type: message/delivery-status\n\nReporting-MTA: dns; mx\n\n"
        "Final-Recipient: rfc822; ann@acme.example\nAction: failed\nStatus: 5.1.1\n\n--b--\n"
    )
    (folder / "mail" / "cur" / "1790000009.M9.host:2,S").write_text(
        "From: MAILER-DAEMON@mx.example\nTo: me@mine.example\nSubject: failed\nDate: 20 Nov 2026 09:00:00 +0000\n"
        f"Message-ID: <b9@mx.example>\nReturn-Path: <>\n{report}"
    )
    seller("capture")
    assert person(seller)["addresses"][0]["bounced_on"] == "2026-11-20"
    assert "Mail to Ann Lee (deal 1) comes back" in seller("today").out
    assert "mail comes back since 2026-11-20" in seller("contact", "show", "ann").out
    later = (folder / "mail" / "cur" / "1790000009.M9.host:2,S").read_text()
    for number, day in ((10, "18 Nov"), (11, "19 Nov")):  # a folder that is read later may have an earlier one
        (folder / "mail" / "cur" / f"1790000{number}.M{number}.host:2,S").write_text(
            later.replace("20 Nov", day).replace("<b9@", f"<b{number}@")
        )
        seller("capture")
        assert person(seller)["addresses"][0]["bounced_on"] == "2026-11-18"
    seller("contact", "edit", "ann", "--email", "ann.lee@acme.example")
    assert person(seller)["addresses"][0]["bounced_on"] is None
    assert "comes back" not in seller("today").out


# What is never logged


@pytest.mark.parametrize(
    ("sender", "to", "more", "reason"),
    [
        (ANN, ME, "List-Id: <x.acme.example>\n", "bulk"),
        (ANN, ME, "Precedence: bulk\n", "bulk"),
        (ANN, ME, "Auto-Submitted: auto-generated\n", "automatic"),
        (ANN, f"{ME}, family@home.example", "", "never"),
        ("x@sub.lawyer.example", ME, "", "never"),
        (ANN, ME, "X-Unsent: 1\n", "draft"),
        ("stranger@else.example", ME, "", "unknown"),
    ],
)
def test_what_is_no_word_of_a_buyer_is_left_out_and_counted(
    seller: Run, folder: Path, sender: str, to: str, more: str, reason: str
) -> None:
    mail(folder, 1, sender, to, more=more)
    assert seller("capture", "--json").json["left_out"] == {reason: 1}
    assert touches(seller) == []


def test_an_out_of_office_reply_is_no_answer(seller: Run, folder: Path) -> None:
    mail(folder, 1, ME, ANN, "Offer", "18 Nov 2026")
    mail(folder, 2, ANN, ME, "Away", "18 Nov 2026", "Auto-Submitted: auto-replied\nIn-Reply-To: <m1@mail.example>\n")
    seller("capture")
    assert [one["sense"] for one in touches(seller)] == ["attempt", "automatic"]


def test_who_opted_out_is_logged_and_said(seller: Run, folder: Path) -> None:
    seller("contact", "opt-out", "ann")
    mail(folder, 1, ME, ANN, "Once more", "19 Nov 2026")
    mail(folder, 2, ANN, ME, "I said no", "20 Nov 2026")
    result = seller("capture", "--json")
    assert result.json["opted_out"] == [1]
    assert "c1, who asked not to be contacted" in result.err
    assert [one["direction"] for one in touches(seller)] == ["out", "in"]


# The queue


def test_a_mail_with_two_deals_waits_until_somebody_says_which(seller: Run, folder: Path) -> None:
    seller("add", "Acme: audit", "--contact", ANN)
    mail(folder, 1, ANN, ME, "Question")
    seller("capture")
    (item,) = waiting(seller)
    assert (item["reason"], item["candidates"], item["subject"]) == ("several_deals", [1, 2], "Question")
    assert "1 captured item to decide: `pipeline capture review`" in seller("today").out
    assert seller("capture", "assign", str(item["item"]), "2").code == 0
    assert [one["note"] for one in touches(seller, "2")] == ["Question"]
    assert waiting(seller) == []
    seller("capture")
    assert [one["note"] for one in touches(seller, "2")] == ["Question"]
    seller("undo")
    assert len(waiting(seller)) == 1


def test_what_waits_is_decided_by_itself_once_the_other_deal_is_closed(seller: Run, folder: Path) -> None:
    seller("add", "Acme: audit", "--contact", ANN)
    mail(folder, 1, ANN, ME, "Question")
    seller("capture")
    seller("lose", "2", "--reason", "price")
    seller("capture")
    assert [one["note"] for one in touches(seller)] == ["Question"]


def test_a_colleague_is_suggested_and_never_created_unasked(seller: Run, folder: Path) -> None:
    mail(folder, 1, "Bob Ray <bob@acme.example>", ME, "I take over")
    seller("capture")
    (item,) = waiting(seller)
    assert (item["fate"], item["reason"], item["address"], item["name"]) == (
        "suggestion",
        "colleague",
        "bob@acme.example",
        "Bob Ray",
    )
    assert len(seller("contact", "list", "--json").rows) == 1
    assert seller("capture", "assign", str(item["item"]), "1").code == 0
    assert person(seller, "bob")["name"] == "Bob Ray"
    assert [(one["note"], one["contact"]) for one in touches(seller)] == [("I take over", "Bob Ray")]


def test_an_address_is_given_to_somebody_and_all_their_mail_follows(seller: Run, folder: Path) -> None:
    mail(folder, 1, "a.lee@acme.example", ME, "One", "18 Nov 2026")
    mail(folder, 2, "a.lee@acme.example", ME, "Two", "19 Nov 2026")
    seller("capture")
    item = waiting(seller)[0]["item"]
    assert seller("capture", "assign", str(item), "--contact", "ann").code == 0
    assert [one["note"] for one in touches(seller)] == ["One", "Two"]
    assert seller("undo").code == 0
    assert len(waiting(seller)) == 2


def test_two_way_mail_with_a_stranger_is_suggested_even_when_the_halves_come_apart(seller: Run, folder: Path) -> None:
    first = mail(folder, 1, "x@else.example", ME, "Hello", "18 Nov 2026")
    seller("capture")
    assert waiting(seller) == []
    first.unlink()
    mail(folder, 2, ME, "x@else.example", "Re: Hello", "19 Nov 2026")
    seller("capture")
    assert [(one["reason"], one["address"]) for one in waiting(seller)] == [("exchange", "x@else.example")]
    stored = b"".join(path.read_bytes() for path in folder.glob("pipeline.db*"))
    assert b"Hello" in stored, "the mail that is asked about"


def test_a_new_deal_is_made_of_a_mail(seller: Run, folder: Path) -> None:
    mail(folder, 1, "Bob Ray <bob@acme.example>", ME, "A new thing")
    seller("capture")
    item = waiting(seller)[0]["item"]
    assert seller("capture", "assign", str(item), "--new", "Acme: a new thing").code == 0
    assert (deal(seller, "2")["title"], deal(seller, "2")["organization"]) == ("Acme: a new thing", "Acme")
    assert [one["note"] for one in touches(seller, "2")] == ["A new thing"]


@pytest.mark.parametrize("sender", ["bob@acme.example", "BOB@Acme.example", "@acme.example"])
def test_who_is_ignored_is_never_asked_about_again(seller: Run, folder: Path, sender: str) -> None:
    mail(folder, 1, "bob@acme.example", ME)
    seller("capture")
    assert seller("capture", "ignore", sender).code == 0
    assert waiting(seller) == []
    mail(folder, 2, "bob@acme.example", ME, "Again")
    seller("capture")
    assert waiting(seller) == []
    seller("undo")
    seller("undo")


def test_who_is_ignored_is_so_with_every_tag(seller: Run, folder: Path) -> None:
    mail(folder, 1, "bob+one@acme.example", ME)
    seller("capture")
    assert [item["address"] for item in waiting(seller)] == ["bob+one@acme.example"]
    seller("capture", "ignore", "bob@acme.example")
    mail(folder, 2, "bob+two@acme.example", ME, "Again")
    seller("capture")
    assert waiting(seller) == []


def test_one_item_is_dropped(seller: Run, folder: Path) -> None:
    mail(folder, 1, "bob@acme.example", ME)
    seller("capture")
    item = str(waiting(seller)[0]["item"])
    assert seller("capture", "ignore", item).code == 0
    seller("capture")
    assert waiting(seller) == []
    assert seller("capture", "ignore", item).code == 5


def test_odd_answers_are_refused_in_a_sentence(seller: Run, folder: Path) -> None:
    mail(folder, 1, "bob@acme.example", ME)
    seller("capture")
    item = str(waiting(seller)[0]["item"])
    for words, code in (
        (("assign", item), 2),
        (("assign", item, "1", "--new", "x"), 2),
        (("assign", item, "99"), 4),
        (("assign", "99", "1"), 5),
        (("assign", item, "--contact", "nobody"), 4),
        (("assign", item, "--new", " "), 2),
        (("ignore", "@"), 2),
        (("ignore", "[/]"), 2),
        (("ignore", "99"), 5),
    ):
        result = seller("capture", *words)
        assert (result.code, result.out) == (code, ""), (words, result.err)
        assert result.err.count("\n") == 1, result.err
    assert len(waiting(seller)) == 1


# Calendar


def test_a_meeting_that_was_is_a_conversation_and_one_ahead_a_timed_step(seller: Run, folder: Path) -> None:
    event(folder, "past", "20261118T100000Z")
    event(folder, "ahead", "20261125T100000Z")
    seller("capture")
    assert [(one["kind"], one["sense"]) for one in touches(seller)] == [("meeting", "conversation")]
    (step,) = shown(seller)["next_steps"]
    assert (step["text"], step["due"], step["time"], step["minutes"]) == ("Demo", "2026-11-25", "10:00", 30)


def test_a_step_whose_time_has_come_is_a_meeting(seller: Run, folder: Path) -> None:
    event(folder, "ahead", "20261125T100000Z")
    seller("capture")
    assert seller("capture", today="2026-11-26").code == 0
    then = seller("show", "1", "--json", today="2026-11-26").json
    assert (len(then["touchpoints"]), then["next_steps"]) == (1, [])


def test_an_event_that_moves_moves_what_it_made_and_a_cancelled_one_takes_it_away(seller: Run, folder: Path) -> None:
    event(folder, "ahead", "20261125T100000Z")
    event(folder, "past", "20261118T100000Z")
    seller("next", "1", "2026-11-30", "Typed by hand")
    seller("capture")
    event(folder, "ahead", "20261126T110000Z", more="SEQUENCE:1\r\n")
    event(folder, "past", "20261117T100000Z", more="SEQUENCE:1\r\n")
    seller("capture")
    assert [(step["due"], step["time"]) for step in shown(seller)["next_steps"]] == [
        ("2026-11-26", "11:00"),
        ("2026-11-30", None),
    ]
    assert touches(seller)[0]["touched_at"].startswith("2026-11-17")
    event(folder, "ahead", "20261126T110000Z", more="SEQUENCE:2\r\nSTATUS:CANCELLED\r\n")
    event(folder, "past", "20261117T100000Z", more="SEQUENCE:2\r\nSTATUS:CANCELLED\r\n")
    seller("capture")
    assert [step["text"] for step in shown(seller)["next_steps"]] == ["Typed by hand"]
    assert touches(seller) == []
    assert seller("check").code == 0


# Drafts of ours


def test_a_last_chance_that_was_sent_is_logged_and_runs_from_that_day(pipeline: Run, folder: Path) -> None:
    settings(folder)
    pipeline("add", "Acme: workshop", "--contact", ANN, today="2026-03-01")
    assert pipeline("prune", "--yes", today="2026-11-10").code == 0
    (draft,) = (folder / "last-chances").glob("*.eml")
    sent = draft.read_text().replace("X-Unsent: 1\n", f"From: {ME}\n").replace("Date: ", "X-Written: ")
    (folder / "mail" / "cur" / "1790000001.M1.host:2,S").write_text(
        f"Message-ID: <s1@mine.example>\nDate: 15 Nov 2026 09:00:00 +0000\n{sent}"
    )
    assert "until 17 Nov" in pipeline("show", "1").out
    pipeline("capture")
    assert [one["direction"] for one in touches(pipeline)] == ["out"]
    assert "until 22 Nov" in pipeline("show", "1").out
    assert rows(pipeline, "--dry-run")["s1@mine.example"]["fate"] == "known"


def test_a_mail_program_that_keeps_but_the_subject_of_a_draft_is_known_too(pipeline: Run, folder: Path) -> None:
    settings(folder)
    pipeline("add", "Acme: workshop", "--contact", ANN, today="2026-03-01")
    pipeline("add", "Acme: audit", "--contact", ANN)
    assert pipeline("prune", "--yes", today="2026-11-10").code == 0
    mail(folder, 1, ME, ANN, "Acme: workshop: shall I close this?", "15 Nov 2026")
    assert rows(pipeline, "--dry-run")["m1@mail.example"]["by"] in ("draft", "title")
    pipeline("capture")
    assert [one["direction"] for one in touches(pipeline)] == ["out"]
    assert "until 22 Nov" in pipeline("show", "1").out


# What goes wrong


def test_without_settings_it_says_what_to_write(pipeline: Run) -> None:
    pipeline("add", "Acme: workshop")
    result = pipeline("capture")
    assert (result.code, "lists nothing to capture" in result.err) == (3, True)
    assert pipeline("capture", "mail", "mail").code == 3


def test_a_wrong_path_is_one_line_and_the_rest_goes_on(seller: Run, folder: Path) -> None:
    mail(folder, 1, ANN, ME)
    result = seller("capture", "mail", "nowhere", "mail")
    assert (result.code, result.err.count("\n"), "nowhere" in result.err) == (0, 1, True)
    assert len(touches(seller)) == 1
    assert seller("capture", "mail", "nowhere").code == 3


def test_nothing_of_a_forgotten_person_stays(seller: Run, folder: Path) -> None:
    mail(folder, 1, ANN, ME, "Quixotically private")
    seller("add", "Acme: audit", "--contact", ANN)
    mail(folder, 2, ANN, ME, "Zanily private too")
    seller("capture")
    shutil.rmtree(folder / "mail")
    assert seller("contact", "forget", "ann", "--yes").code == 0
    stored = b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())
    assert b"Quixotically" not in stored
    assert b"Zanily" not in stored


def test_what_is_kept_of_a_mail_is_what_was_asked_for(ann: Run, folder: Path) -> None:
    settings(folder, "\ncapture:\n  me: [me@mine.example]\n  mail: [mail]\n  keep: nothing\n")
    mail(folder, 1, ANN, ME, "Secret subject", text="Secret text")
    ann("capture")
    assert [one["note"] for one in touches(ann)] == [None]
    assert b"Secret" not in (folder / "pipeline.db").read_bytes()
    ann("undo")
    yaml = (folder / "pipeline.yaml").read_text()
    (folder / "pipeline.yaml").write_text(yaml.replace("keep: nothing", "keep: excerpt"))
    ann("capture")
    assert [one["note"] for one in touches(ann)] == ["Secret subject – Secret text"]


def test_check_warns_when_mail_is_older_than_the_last_prune(seller: Run, folder: Path) -> None:
    mail(folder, 1, ANN, ME)
    seller("capture", today="2026-11-18")
    seller("prune", "--yes", today="2026-11-20")
    assert "a buyer who answered may look silent" in seller("check").out
    seller("capture")
    assert "may look silent" not in seller("check").out


def test_health_says_how_much_was_captured(seller: Run, folder: Path) -> None:
    seller("log", "1", "call", "spoke")
    mail(folder, 1, ANN, ME)
    assert "captured" not in seller("health").out
    seller("capture")
    assert "1 of 2 touchpoints captured (50%), last on 21 November 2026." in seller("health").out
    assert seller("health", "--json").json["captured"]["touchpoints"] == 1


def test_a_card_that_fits_two_people_asks(seller: Run, folder: Path) -> None:
    seller("contact", "add", "Bob", "--email", "bob@acme.example")
    card(folder, ("Ann and Bob", "ann@acme.example bob@acme.example"))
    seller("capture")
    (item,) = waiting(seller)
    assert (item["kind"], item["reason"], item["people"]) == (
        "card",
        "two_people",
        ["ann@acme.example", "bob@acme.example"],
    )
    refused = seller("capture", "assign", str(item["item"]), "1")
    assert (refused.code, "contact merge c1 c2" in refused.err) == (5, True)
    assert seller("contact", "merge", "c2", "c1").code == 0
    seller("capture")
    assert waiting(seller) == []


# Asked on a terminal


def test_what_waits_is_asked_one_at_a_time(seller: Run, folder: Path) -> None:
    seller("add", "Acme: audit", "--contact", ANN)
    mail(folder, 1, ANN, ME, "First", "17 Nov 2026")
    mail(folder, 2, "bob@acme.example", ME, "Second", "18 Nov 2026")
    mail(folder, 3, "carl@acme.example", ME, "Third", "19 Nov 2026")
    mail(folder, 4, ANN, ME, "Fourth", "20 Nov 2026")
    seller("capture")
    with Terminal(folder, "capture", "review", columns=100) as terminal:
        for answer in ("nonsense", "2", "of ann", "never", "q"):
            terminal.wait_for("Which? ")
            terminal.type(answer)
        assert terminal.finish() == 0
    assert [one["note"] for one in touches(seller, "2")] == ["First"]
    assert [one["address"] for one in person(seller)["addresses"]][1:2] == ["bob@acme.example"]
    assert [one["subject"] for one in waiting(seller)] == ["Second", "Fourth"]


def test_who_is_never_asked_about_again_is_not_asked_about_further_down(seller: Run, folder: Path) -> None:
    mail(folder, 1, "bob@acme.example", ME, "First", "17 Nov 2026")
    mail(folder, 2, "bob@acme.example", ME, "Second", "18 Nov 2026")
    mail(folder, 3, "carl@acme.example", ME, "Third", "19 Nov 2026")
    seller("capture")
    with Terminal(folder, "capture", "review", columns=100) as terminal:
        terminal.wait_for("First")
        terminal.type("never")
        terminal.wait_for("Third")
        terminal.type("q")
        assert terminal.finish() == 0
    assert [one["subject"] for one in waiting(seller)] == ["Third"]


# What was said of it, and what it does


def test_what_is_said_of_a_captured_meeting_is_no_second_meeting(seller: Run, folder: Path) -> None:
    event(folder, "e1", "20261121T080000Z")
    seller("capture")
    said = seller("log", "1", "meeting", "they want two days", "-n", "fri", "Send the offer")
    assert said.code == 0
    assert "captured" in said.err
    (only,) = touches(seller)
    assert (only["note"], only["sense"]) == ("Demo – they want two days", "conversation")
    event(folder, "e1", "20261121T083000Z", more="SEQUENCE:1\r\n")
    seller("capture")
    assert touches(seller) == [only]


def test_a_meeting_to_which_nobody_came_is_no_conversation_any_more(seller: Run, folder: Path) -> None:
    event(folder, "e1", "20261121T080000Z")
    seller("capture")
    assert seller("log", "1", "meeting", "--no-show").code == 0
    assert [(one["sense"], one["outcome"]) for one in touches(seller)] == [("attempt", "no show")]
    seller("undo")
    assert [one["sense"] for one in touches(seller)] == ["conversation"]


@pytest.mark.parametrize(("tried_at", "touchpoints"), [("2026-11-21 09:05", 1), ("2026-11-21 06:30", 2)])
@pytest.mark.parametrize("first", ["capture", "log"])
def test_a_call_in_vain_is_the_meeting_only_at_its_time(
    first: str, tried_at: str, touchpoints: int, seller: Run, folder: Path
) -> None:
    event(folder, "e1", "20261121T090000Z")
    lines = {"capture": ("capture",), "log": ("log", "1", "call", "--no-answer", "--at", tried_at)}
    for name in (first, *({"capture", "log"} - {first})):
        assert seller(*lines[name]).code == 0
    assert len(touches(seller)) == touchpoints


@pytest.mark.parametrize("first", ["capture", "log"])
def test_a_call_of_theirs_is_not_the_meeting_to_which_they_were_invited(first: str, seller: Run, folder: Path) -> None:
    event(folder, "e1", "20261121T080000Z")
    lines = {"capture": ("capture",), "log": ("log", "1", "call", "they rang again", "--in")}
    for name in (first, *({"capture", "log"} - {first})):
        assert seller(*lines[name]).code == 0
    assert sorted((one["kind"], one["direction"]) for one in touches(seller)) == [("call", "in"), ("meeting", "out")]


def test_a_meeting_that_is_said_to_be_theirs_is_theirs(seller: Run, folder: Path) -> None:
    event(folder, "e1", "20261121T080000Z")
    seller("capture")
    seller("log", "1", "meeting", "they asked me to come", "--in")
    assert [(one["kind"], one["direction"]) for one in touches(seller)] == [("meeting", "in")]


def test_of_two_mails_a_day_what_is_logged_by_hand_is_one_each(seller: Run, folder: Path) -> None:
    mail(folder, 1, ANN, ME, "One", "21 Nov 2026")
    mail(folder, 2, ANN, ME, "Two", "21 Nov 2026")
    seller("capture")
    for words in ("first", "second", "and on paper"):
        seller("log", "1", "email", "--in", words)
    assert sorted(one["note"] for one in touches(seller)) == ["One – first", "Two – second", "and on paper"]


def test_a_deal_is_won_by_the_mail_that_was_captured(seller: Run, folder: Path) -> None:
    mail(folder, 1, ANN, ME, "Order", "21 Nov 2026")
    seller("capture")
    assert seller("win", "1", "--log", "email", "they take it", "--in").code == 0
    assert [one["note"] for one in touches(seller)] == ["Order – they take it"]


def test_an_attempt_that_is_planned_is_done_by_a_mail_and_needless_when_they_write(seller: Run, folder: Path) -> None:
    seller("log", "1", "call", "--no-answer", "--next-attempt", "--at", "2026-11-18 09:00", today="2026-11-18")
    mail(folder, 1, ME, ANN, day="20 Nov 2026")
    seller("capture")
    assert deal(seller)["next_step"] is None
    assert last(seller)["summary"].endswith("; done: Attempt 2 of 6")
    seller("next", "1", "2026-11-24", "Attempt 3 of 6")
    mail(folder, 2, ANN, ME, day="21 Nov 2026")
    seller("capture", today="2026-11-21T13:00")
    assert deal(seller)["next_step"] is None
    seller("undo")
    assert deal(seller)["next_step"] == "Attempt 3 of 6"


@pytest.mark.parametrize(
    ("step", "subject", "is_done"),
    [
        ("Send Ann the proposal", "Our proposal", True),
        ("Send Ann the proposal", "Parking on Friday", False),
        ("Write to Ann", "Parking on Friday", True),
        ("Call Ann about the proposal", "Our proposal", False),
    ],
)
def test_a_promise_is_kept_by_a_mail_that_is_about_it(
    step: str, subject: str, is_done: bool, seller: Run, folder: Path
) -> None:
    seller("next", "1", "2026-11-20", step, today="2026-11-18")
    mail(folder, 1, ME, ANN, subject, "20 Nov 2026")
    seller("capture")
    assert (deal(seller)["next_step"] is None) == is_done


def test_what_was_written_before_a_promise_does_not_keep_it(seller: Run, folder: Path) -> None:
    mail(folder, 1, ME, ANN, "Our proposal", "20 Nov 2026")
    seller("next", "1", "2026-11-20", "Send the proposal", today="2026-11-20T10:00")
    seller("capture")
    assert deal(seller)["next_step"] == "Send the proposal"


def test_a_meeting_that_was_promised_is_done_by_it(seller: Run, folder: Path) -> None:
    seller("next", "1", "2026-11-20", "Meet Ann about the questions", today="2026-11-18")
    event(folder, "e1", "20261120T100000Z")
    seller("capture")
    assert deal(seller)["next_step"] is None


# Mail on a server


def test_mail_on_a_server_is_captured_and_left_as_it_is(seller: Run, folder: Path) -> None:
    pytest.importorskip("pymap")
    from tests.exchange.mail.imap_server import PASSWORD, a_server

    with a_server(folder) as server:
        text = f"From: {ANN}\nTo: {ME}\nSubject: Offer\nDate: 20 Nov 2026 09:00:00 +0000\nMessage-ID: <i1@x>\n\nYes.\n"
        server.put(("Kunden", text.encode(), ""))
        before = server.flags("Kunden")
        rules = folder / "pipeline.yaml"
        command = f'  password_command: {sys.executable} -c "print({PASSWORD!r})"\n'
        rules.write_text(
            rules.read_text().replace("  mail: [mail]\n", f"  mail: ['{server.url('Kunden')}']\n{command}")
        )
        first = seller("capture")
        assert (first.code, first.err) == (0, "")
        assert seller("capture").code == 0
        assert [one["note"] for one in touches(seller)] == ["Offer"]
        assert server.flags("Kunden") == before
        rules.chmod(0o666)
        refused = seller("capture")
        assert (refused.code, "may be written by everybody" in refused.err) == (3, True)
    rules.chmod(0o600)
    gone = seller("capture", "mail", server.url("Kunden"))
    assert (gone.code, PASSWORD in gone.err) == (3, False)


def test_nobody_who_was_forgotten_comes_back(seller: Run, folder: Path) -> None:
    card(folder, ("Ann Lee", "ann@acme.example ann@home.example"), ("Bob Ray", "bob@acme.example"))
    mail(folder, 1, ANN, ME, "Your offer")
    seller("capture")
    assert seller("contact", "forget", "ann@acme.example", "--yes").code == 0
    mail(folder, 2, "Ann Lee <ann+new@acme.example>", ME, "Hello again")
    mail(folder, 3, ME, "ann@home.example", "Are you there?")
    mail(folder, 4, "ann@home.example", ME, "Yes")
    mail(folder, 5, "Bob Ray <bob@acme.example>", "ann@acme.example", "About it")
    event(folder, "e1", "20261118T100000Z", "ann@home.example")
    for _ in range(2):
        assert seller("capture").code == 0
        assert [one["name"] for one in seller("contact", "list", "--json").rows] == ["Bob Ray"]
        assert [one["subject"] for one in waiting(seller)] == ["About it"]
    held = b"".join(path.read_bytes() for path in folder.glob("pipeline.db*"))
    assert b"ann@" not in held.lower()
    assert b"Lee" not in held
    assert seller("capture", "--json").json["left_out"]["forgotten"] == 1


def test_a_card_of_somebody_else_loses_the_address_of_who_was_forgotten(seller: Run, folder: Path) -> None:
    seller("contact", "add", "Bob Ray", "--email", "bob@acme.example")
    seller("contact", "forget", "ann@acme.example", "--yes")
    card(folder, ("Bob Ray", "bob@acme.example bob@home.example ann@acme.example"))
    assert seller("capture").code == 0
    assert [one["address"] for one in person(seller, "bob@acme.example")["addresses"]] == [
        "bob@acme.example",
        "bob@home.example",
    ]


def test_who_writes_to_a_deal_that_is_lost_is_not_lost_from_sight(seller: Run, folder: Path) -> None:
    seller("lose", "1", "--reason", "no_response")
    mail(folder, 1, ANN, ME, "Is it still on?", "22 Nov 2026")
    seller("capture", today="2026-11-23T13:00")
    assert seller("today", "--json", today="2026-11-23T13:00").json["captured"]["wrote_to_lost"] == [
        {"deal_id": 1, "title": deal(seller)["title"], "at": "2026-11-22T09:00:00.000Z"}
    ]
    for words in (("today",), ("capture", "review")):
        said = seller(*words, today="2026-11-23T13:00")
        assert "pipeline reopen 1" in said.out + said.err
    assert seller("reopen", "1", today="2026-11-23T13:00").code == 0
    seller("capture", today="2026-11-23T13:00")
    assert waiting(seller) == []
    assert [one["section"] for one in seller("today", "--json", today="2026-11-23T13:00").rows] == ["waiting"]


def test_a_mail_put_on_a_lost_deal_says_how_it_is_on_again(seller: Run, folder: Path) -> None:
    seller("lose", "1", "--reason", "no_response")
    mail(folder, 1, ANN, ME, "Is it still on?", "22 Nov 2026")
    seller("capture", today="2026-11-23T13:00")
    assert (
        "`pipeline reopen 1`"
        in seller("capture", "assign", str(waiting(seller)[0]["item"]), "1", today="2026-11-23T13:00").err
    )


def test_what_a_customer_writes_in_a_thread_that_was_put_on_a_deal_follows_it(seller: Run, folder: Path) -> None:
    seller("win", "1")
    mail(folder, 1, ANN, ME, "Kick-off", "22 Nov 2026")
    mail(folder, 2, ANN, ME, "Re: Kick-off", "23 Nov 2026", "In-Reply-To: <m1@mail.example>\n")
    seller("capture", today="2026-11-23T13:00")
    seller("capture", "assign", str(waiting(seller)[0]["item"]), "1", today="2026-11-23T13:00")
    mail(folder, 3, ME, ANN, "Re: Kick-off", "24 Nov 2026", "References: <m1@mail.example> <m2@mail.example>\n")
    mail(folder, 4, ANN, ME, "Something else", "24 Nov 2026")
    seller("capture", today="2026-11-24T13:00")
    logged = seller("show", "1", "--json", today="2026-11-24T13:00").json["touchpoints"]
    assert [one["note"] for one in logged] == ["Kick-off", "Re: Kick-off", "Re: Kick-off"]
    assert [one["subject"] for one in waiting(seller)] == ["Something else"]


def test_undo_says_what_was_typed_before_cron_captured(seller: Run, folder: Path) -> None:
    seller("log", "1", "call", "wrong deal")
    mail(folder, 1, ANN, ME)
    seller("capture")
    said = seller("undo")
    assert "(log): logged call out" in said.err
    assert [one["note"] for one in touches(seller)] == ["wrong deal"]


def test_an_attempt_that_a_mail_turns_out_to_have_been_is_planned_no_more(seller: Run, folder: Path) -> None:
    mail(folder, 1, ME, ANN, day="19 Nov 2026")
    seller("log", "1", "call", "--no-answer", "--at", "2026-11-18 09:00", "--next-attempt")
    assert deal(seller)["next_step"] == "Attempt 2 of 6"
    seller("capture")
    assert deal(seller)["next_step"] is None


def test_a_card_that_is_never_to_come_in_is_counted_alone(seller: Run, folder: Path) -> None:
    card(folder, ("Mum Me", "family@home.example"), ("Bob Ray", "bob@acme.example"))
    result = seller("capture", "--json")
    assert (result.json["left_out"], result.json["cards"]) == ({"never": 1}, {"created": 1, "skipped: never": 1})
    assert b"Mum" not in (folder / "pipeline.db").read_bytes()
