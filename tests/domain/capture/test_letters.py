"""What becomes of a mail: the rules, one by one."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from pipeline_cli.domain.capture.directory import Directory, KnownDeal, KnownPerson
from pipeline_cli.domain.capture.letter import Letter
from pipeline_cli.domain.capture.letters import Decided, Seen, decide_letters, excerpts_wanted
from pipeline_cli.domain.capture.verdict import Verdict
from pipeline_cli.domain.words.addresses import Mailbox

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
ME, ANN, BOB, EVE = "me@mine.example", "ann@acme.example", "bob@acme.example", "eve@gmail.com"
SHARED = "office@acme.example"


def the_record(*never: str) -> Directory:
    """Ann has the deals 1 and 2, Bob has 2; deal 3 of Zoe is closed, Eve has none; two people read the office's mail."""
    return Directory(
        [(ANN, 1), ("ann@home.example", 1), (BOB, 2), (EVE, 3), ("zoe@old.example", 4), (SHARED, 1), (SHARED, 2)],
        [
            KnownPerson(1, "Acme", (1, 2)),
            KnownPerson(2, "Acme", (2,)),
            KnownPerson(3, None, ()),
            KnownPerson(4, "Old", (3,)),
        ],
        [
            KnownDeal(1, "Website relaunch", NOW - timedelta(days=90), None),
            KnownDeal(2, "Support", NOW - timedelta(days=30), None),
            KnownDeal(3, "Training", NOW - timedelta(days=90), NOW - timedelta(days=60)),
        ],
        me=[ME, "me@private.example"],
        never=never,
    )


def people(*addresses: str) -> tuple[Mailbox, ...]:
    return tuple(Mailbox(None, address) for address in addresses)


def mail(sender: str, *to: str, key: str = "1@x", days_ago: float = 1, **more: Any) -> Letter:
    return Letter(
        key=key,
        stored=NOW,
        date=NOW - timedelta(days=days_ago),
        sender=people(sender),
        to=people(*(to or (ME,))),
        **more,
    )


def decide(*letters: Letter, directory: Directory | None = None, **more: Any) -> Decided:
    return decide_letters(letters, directory or the_record(), more.pop("known", {}), NOW, **more)


def one(*letters: Letter, **more: Any) -> Verdict:
    (verdict,) = decide(*letters, **more).verdicts
    return verdict


class TestWho:
    def test_what_is_from_me_is_out_and_all_else_is_in(self) -> None:
        assert one(mail("ME+news@Mine.example", BOB)).direction == "out"
        assert one(mail(BOB)).direction == "in"

    def test_a_person_is_known_by_any_address_in_any_case_and_with_a_tag(self) -> None:
        for address in ("ANN@home.example", "ann+shop@acme.example"):
            assert one(mail(address, subject="support")).people == (1,)

    def test_the_person_meant_is_the_first_known_one(self) -> None:
        assert one(mail("stranger@x.example", ME, BOB, ANN, subject="support")).people == (2, 1)

    def test_a_hidden_copy_counts_in_my_own_mails_alone(self) -> None:
        assert one(mail(ME, "x@x.example", bcc=people(BOB))).people == (2,)
        assert one(mail("x@x.example", bcc=people(BOB))).reason == "unknown"

    def test_an_address_that_several_share_is_asked_about(self) -> None:
        verdict = one(mail(SHARED))
        assert (verdict.fate, verdict.reason) == ("queue", "shared_address")
        assert verdict.people == (1, 2)
        assert verdict.candidates == (1, 2)

    def test_a_shared_address_beside_the_person_meant_adds_nobody(self) -> None:
        assert one(mail(BOB, ME, SHARED)).people == (2,)


class TestForms:
    def test_a_form_of_my_own_site_is_from_whom_it_is_answered_to(self) -> None:
        for site in (ME, "wordpress@mine.example"):
            verdict = one(mail(site, ME, reply_to=people(BOB)))
            assert (verdict.fate, verdict.direction, verdict.people) == ("touchpoint", "in", (2,))

    @pytest.mark.parametrize("site", ["form@website.example", "colleague@mine.example", "noreply@gmail.com"])
    def test_anybody_may_write_a_name_into_anothers_form(self, site: str) -> None:
        assert one(mail(site, ME, reply_to=people(BOB))).reason == "unknown"

    def test_my_own_mail_with_an_answer_address_stays_mine(self) -> None:
        assert one(mail(ME, BOB, reply_to=people(ANN))).direction == "out"


class TestWhen:
    def when(self, **said: Any) -> datetime:
        return one(Letter(key="1@x", sender=people(BOB), to=people(ME), **said)).at

    def test_the_date_counts_then_what_received_it_then_the_file(self) -> None:
        first, second, third = (NOW - timedelta(days=days) for days in (1, 2, 3))
        assert self.when(date=first, received=second, stored=third) == first
        assert self.when(received=second, stored=third) == second
        assert self.when(stored=third) == third

    @pytest.mark.parametrize("wrong", [datetime(1979, 12, 31, tzinfo=UTC), NOW + timedelta(days=1, seconds=1)])
    def test_a_clock_that_was_never_set_or_is_ahead_is_not_believed(self, wrong: datetime) -> None:
        right = NOW - timedelta(days=5)
        assert self.when(date=wrong, received=right, stored=NOW) == right
        assert self.when(date=wrong, received=wrong, stored=right) == right
        assert self.when(date=wrong, received=wrong, stored=NOW + timedelta(days=9)) == NOW

    def test_a_few_hours_ahead_are_believed(self) -> None:
        assert self.when(date=NOW + timedelta(hours=20), stored=NOW) == NOW + timedelta(hours=20)


class TestLeftOut:
    def test_the_first_reason_that_holds_is_counted(self) -> None:
        everything = {
            "is_of_a_list": True,
            "is_automatic": True,
            "has_bulk_precedence": True,
        }
        directory = the_record("acme.example")
        assert one(mail(BOB, is_deleted=True, is_draft=True, **everything), directory=directory).reason == "deleted"
        assert one(mail(BOB, is_draft=True, **everything), directory=directory).reason == "draft"
        assert one(mail(BOB, **everything), directory=directory).reason == "never"
        assert one(mail(BOB, **everything)).reason == "bulk"
        assert one(mail(BOB, is_automatic=True, has_bulk_precedence=True)).reason == "automatic"
        assert one(mail(BOB, has_bulk_precedence=True)).reason == "bulk"

    def test_what_never_comes_in_counts_wherever_it_stands(self) -> None:
        directory = the_record("lawyer.example")
        assert one(mail(BOB, ME, "x@sub.lawyer.example"), directory=directory).reason == "never"
        assert one(mail(ME, BOB, bcc=people("x@lawyer.example")), directory=directory).reason == "never"
        assert one(mail(BOB, bcc=people("x@lawyer.example")), directory=directory).fate == "touchpoint"

    def test_an_automatic_reply_of_a_known_person_is_kept_as_such(self) -> None:
        for signs in ({"is_automatic_reply": True}, {"answers": ("0@x",)}):
            verdict = one(mail(BOB, is_automatic=True, **signs))
            assert (verdict.fate, verdict.is_automatic) == ("touchpoint", True)

    def test_not_of_an_unknown_one_not_my_own_and_not_a_report(self) -> None:
        signs = {"is_automatic": True, "is_automatic_reply": True}
        assert one(mail("x@x.example", ME, BOB, **signs)).reason == "automatic"
        assert one(mail(ME, BOB, **signs)).reason == "automatic"
        assert one(mail(BOB, is_report=True, **signs)).reason == "automatic"

    def test_machines_write_automatically(self) -> None:
        assert one(mail("MAILER-DAEMON@acme.example", ME, BOB)).reason == "automatic"
        assert one(mail("postmaster", ME, BOB)).reason == "automatic"

    def test_a_report_says_which_known_address_is_gone(self) -> None:
        signs = {"is_automatic": True, "is_report": True, "failed": ("Bob@ACME.example", "x@x.example")}
        decided = decide(mail("mailer-daemon@x.example", **signs))
        assert decided.verdicts[0].bounced == (BOB,)
        assert decided.bounced == ((BOB, NOW - timedelta(days=1)),)

    def test_older_than_wanted_is_left_out_and_counted(self) -> None:
        decided = decide(mail(BOB, days_ago=10), mail(BOB, key="2@x"), since=NOW - timedelta(days=5))
        assert [verdict.reason for verdict in decided.verdicts] == ["before", None]
        assert decided.left_out == {"before": 1}


class TestCopies:
    def test_a_mail_is_there_as_long_as_one_copy_is(self) -> None:
        assert one(mail(BOB, is_deleted=True), mail(BOB)).fate == "touchpoint"
        assert one(mail(BOB, is_draft=True), mail(BOB, is_deleted=True)).reason == "deleted"

    @pytest.mark.parametrize("is_turned", [False, True])
    def test_it_does_not_matter_which_copy_comes_first(self, is_turned: bool) -> None:
        """My own mail, as I kept it and as the list sent it back."""
        copies = [
            mail(ME, BOB, bcc=people(ANN), subject="support"),
            mail(ME, BOB, is_of_a_list=True, subject="support"),
        ]
        verdict = one(*(reversed(copies) if is_turned else copies))
        assert (verdict.fate, verdict.people) == ("touchpoint", (2, 1))

    def test_what_was_captured_before_stays_as_it_is(self) -> None:
        verdict = one(mail(BOB), known={"1@x": 2})
        assert (verdict.fate, verdict.deal_id, verdict.people) == ("known", 2, (2,))


class TestDeals:
    def test_one_deal_is_that_one(self) -> None:
        verdict = one(mail(BOB))
        assert (verdict.deal_id, verdict.by) == (2, "one_deal")

    def test_of_several_that_of_the_thread_then_that_named_in_the_subject(self) -> None:
        known: dict[str, int | None] = {"0@x": 2}
        thread = one(mail(ANN, subject="Website relaunch", answers=("9@x", "0@x")), known=known)
        assert (thread.deal_id, thread.by) == (2, "thread")
        title = one(mail(ANN, subject="Re: RELAUNCH of the website"))
        assert (title.deal_id, title.by) == (1, "title")

    def test_a_title_is_found_whichever_way_its_accents_are_written(self) -> None:
        directory = Directory(
            [(ANN, 1)],
            [KnownPerson(1, "Acme", (1, 2))],
            [KnownDeal(1, "Büro", NOW, None), KnownDeal(2, "Support", NOW, None)],
            [ME],
        )
        assert one(mail(ANN, subject="Re: Bu\u0308ro"), directory=directory).deal_id == 1

    def test_a_thread_within_one_run_is_followed_whatever_the_order(self) -> None:
        first = mail(ANN, key="a@x", days_ago=3, subject="Support")
        second = mail(ME, ANN, key="b@x", days_ago=2, answers=("a@x",))
        third = mail(ANN, key="c@x", days_ago=1, answers=("b@x",))
        decided = decide(third, first, second)
        assert [(verdict.key, verdict.deal_id) for verdict in decided.verdicts] == [("a@x", 2), ("b@x", 2), ("c@x", 2)]

    def test_what_cannot_be_decided_is_asked(self) -> None:
        assert one(mail(ANN)).candidates == (1, 2)
        assert one(mail(ANN)).reason == "several_deals"
        assert one(mail(EVE)).reason == "no_deal"
        assert one(mail("zoe@old.example")).reason == "closed_deals"
        assert one(mail("zoe@old.example", days_ago=70)).deal_id == 3

    def test_a_mail_in_the_queue_gives_its_thread_no_deal(self) -> None:
        decided = decide(mail(ANN, key="a@x", days_ago=2), mail(ANN, key="b@x", answers=("a@x",)))
        assert [verdict.fate for verdict in decided.verdicts] == ["queue", "queue"]

    def test_a_mail_sent_from_a_draft_of_ours_is_of_its_deal(self) -> None:
        verdict = one(mail(ME, ANN, mark="m1"), drafts={"m1": 1})
        assert (verdict.deal_id, verdict.by, verdict.draft) == (1, "draft", "m1")
        assert one(mail(ANN, mark="m1"), drafts={"m1": 1}).draft is None


class TestFoldersOneByOne:
    """The second run sees what the first could not."""

    def test_a_thread_that_comes_to_light_answers_the_question(self) -> None:
        reply = mail(ANN, key="b@x", days_ago=1, answers=("a@x",))
        waiting = one(reply)
        decided = decide(
            mail(ME, ANN, key="a@x", days_ago=2, subject="Support"), known={"b@x": None}, earlier=[waiting]
        )
        assert [(one.key, one.fate, one.deal_id, one.by) for one in decided.verdicts] == [
            ("a@x", "touchpoint", 2, "title"),
            ("b@x", "touchpoint", 2, "thread"),
        ]

    def test_it_goes_before_what_the_title_said(self) -> None:
        reply = one(mail(ANN, key="b@x", subject="Website relaunch", answers=("a@x",)))
        assert reply.deal_id == 1
        decided = decide(mail(ME, ANN, key="a@x", days_ago=2, subject="Support"), known={"b@x": 1}, earlier=[reply])
        assert (decided.verdicts[1].deal_id, decided.verdicts[1].by) == (2, "thread")

    def test_a_mail_that_seems_older_than_what_it_answers_fares_the_same_in_the_next_run(self) -> None:
        reply = mail(ANN, key="b@x", days_ago=3, answers=("a@x",))
        first = mail(ME, ANN, key="a@x", days_ago=2, subject="Support")
        decided = {verdict.key: verdict for verdict in decide(reply, first).verdicts}
        assert (decided["b@x"].fate, decided["a@x"].deal_id) == ("queue", 2)
        again = decide(reply, first, known={"b@x": None, "a@x": 2}, earlier=decided.values())
        assert [verdict.fate for verdict in again.verdicts] == ["known", "known"]

    def test_what_a_person_chose_stays(self) -> None:
        reply = one(mail(ANN, key="b@x", answers=("a@x",)))._replace(
            fate="touchpoint", deal_id=1, by="hand", reason=None
        )
        decided = decide(mail(ME, ANN, key="a@x", days_ago=2, subject="Support"), known={"b@x": 1}, earlier=[reply])
        assert [verdict.key for verdict in decided.verdicts] == ["a@x"]

    def test_nothing_changes_when_nothing_new_came(self) -> None:
        reply = mail(ANN, key="b@x", answers=("a@x",))
        again = decide(reply, known={"b@x": None}, earlier=[one(reply)])
        assert [verdict.fate for verdict in again.verdicts] == ["known"]


class TestStrangers:
    def test_one_at_a_known_organizations_own_domain_is_suggested(self) -> None:
        verdict = one(mail("new@acme.example", ME)._replace(sender=(Mailbox("Nia New", "New@Acme.example"),)))
        assert (verdict.fate, verdict.reason) == ("suggestion", "colleague")
        assert (verdict.address, verdict.name) == ("new@acme.example", "Nia New")

    def test_one_at_a_freemail_provider_is_no_colleague(self) -> None:
        assert one(mail("other@gmail.com")).reason == "unknown"

    def test_one_i_wrote_to_and_who_wrote_to_me_is_suggested(self) -> None:
        there = mail(ME, "x@x.example", key="a@x")
        back = mail("x@x.example", key="b@x")
        assert [verdict.reason for verdict in decide(there, back).verdicts] == ["exchange", "exchange"]
        assert one(there).reason == "unknown"
        assert one(back).reason == "unknown"

    def test_a_stranger_with_a_tag_is_the_one_without(self) -> None:
        there, back = mail(ME, "x@x.example", key="a@x"), mail("x+offer@x.example", key="b@x")
        assert [verdict.address for verdict in decide(there, back).verdicts] == ["x@x.example", "x+offer@x.example"]
        seen = {(stranger.address, stranger.direction) for stranger in decide(back).strangers}
        assert one(there, met_before=lambda address, way: (address, way) in seen).reason == "exchange"

    def test_newsletters_and_machines_are_no_exchange(self) -> None:
        there = mail(ME, "x@x.example", key="a@x")
        for signs in ({"is_of_a_list": True}, {"is_automatic": True}, {"has_bulk_precedence": True}):
            decided = decide(there, mail("x@x.example", key="b@x", **signs))
            assert not any(verdict.fate == "suggestion" for verdict in decided.verdicts)

    def test_the_other_half_may_have_come_in_an_earlier_run(self) -> None:
        first = decide(mail(ME, BOB, "x@x.example", key="a@x"))
        assert first.strangers == (Seen("x@x.example", "out", "a@x"),)
        seen = {(stranger.address, stranger.direction) for stranger in first.strangers}
        verdict = one(mail("x@x.example"), met_before=lambda address, direction: (address, direction) in seen)
        assert verdict.reason == "exchange"

    def test_who_stands_beside_a_writer_wrote_nothing(self) -> None:
        assert decide(mail("x@x.example", ME, "y@y.example")).strangers == (Seen("x@x.example", "in", "1@x"),)


def test_text_is_opened_only_of_new_mail_with_somebody_known() -> None:
    is_wanted = excerpts_wanted(the_record("lawyer.example"), {"old@x": 1})
    assert is_wanted(mail(BOB))
    assert not is_wanted(mail(BOB, key="old@x"))
    assert not is_wanted(mail("x@x.example"))
    assert not is_wanted(mail(BOB, ME, "x@lawyer.example"))
    assert not is_wanted(mail(BOB, is_of_a_list=True))


def test_nothing_becomes_nothing() -> None:
    assert decide() == Decided([], {}, (), ())


def test_a_mail_without_anybody_is_unknown() -> None:
    assert one(Letter(key="1@x", stored=NOW)).reason == "unknown"


def test_a_long_subject_is_kept_in_part_and_read_whole() -> None:
    verdict = one(mail(ANN, subject="x " * 400 + "support"))
    assert len(verdict.subject) == 500
    assert verdict.deal_id == 2
