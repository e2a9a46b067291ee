"""Conversations, attempts and automatic replies: what a touchpoint was, and what follows from it everywhere."""

from __future__ import annotations

import csv
import re
from pathlib import Path

import pytest

from tests.commands.reading import deal, flags, last, record, shown
from tests.conftest import Run

KINDS = "touchpoint_kinds: [call, email, meeting, demo, message, letter, other]"


@pytest.fixture
def acme(pipeline: Run) -> Run:
    pipeline("add", "Acme: workshop", "--contact", "Ann Lee <ann@acme.example>", today="2026-11-01")
    return pipeline


def senses(run: Run, name: str = "1") -> list[str]:
    return [touch["sense"] for touch in shown(run, name)["touchpoints"]]


def why(run: Run, today: str | None = None) -> dict[int, str]:
    """Deal -> what `today` says of it, more than that nothing is planned."""
    rows = run("today", "--json", today=today).rows
    return {row["id"]: row["why"] for row in rows if not row["why"].startswith("no next step")}


def with_kinds(folder: Path, kinds: str) -> None:
    file = folder / "pipeline.yaml"
    text = file.read_text("utf-8")
    assert KINDS in text
    file.write_text(text.replace(KINDS, f"touchpoint_kinds: {kinds}"), "utf-8")


@pytest.mark.parametrize("word", ["Connected", "REACHED", "held", "Completed", "we laughed", "[/red] =1+1 🙂"])
def test_a_call_is_a_conversation_unless_its_outcome_says_otherwise(acme: Run, word: str) -> None:
    assert acme("log", "1", "call", "--outcome", word).code == 0

    (touch,) = shown(acme)["touchpoints"]
    assert (touch["sense"], touch["outcome"]) == ("conversation", word), "the word is kept as it was typed"


@pytest.mark.parametrize(
    "word",
    [
        "no answer",
        "No Answer",
        "VOICEMAIL",
        "left message",
        "Busy",
        "wrong number",
        "No show",
        "cancelled",
        "Canceled",
        "Rescheduled",
        "bounced",
    ],
)
def test_a_call_that_nobody_took_is_an_attempt(acme: Run, word: str) -> None:
    assert acme("log", "1", "call", "--outcome", word).code == 0
    assert acme("log", "1", "meeting", "--outcome", word.upper()).code == 0

    assert senses(acme) == ["attempt", "attempt"]


def test_their_call_that_you_missed_is_no_conversation_and_ends_the_attempts(acme: Run) -> None:
    acme("log", "1", "call", "--no-answer", "--next-attempt", today="2026-11-02")

    said = acme("log", "1", "call", "--in", "--outcome", "missed call", today="2026-11-03")

    assert "They called, so Attempt 2 of 6 is off the plan." in said.err
    assert senses(acme) == ["attempt", None]
    assert "2. call in: missed call" in acme("show", "1").out
    assert why(acme) == {1: "they rang 18 days ago, not called back"}
    again = acme("log", "1", "call", "--no-answer", "--next-attempt", today="2026-11-20")
    assert "Next: Attempt 2 of 6" in again.err, "the first since they rang"


@pytest.mark.parametrize("outcome", ["no show", "cancelled", "rescheduled", "SCHEDULED"])
def test_a_meeting_that_was_not_held_is_no_conversation_whoever_asked_for_it(acme: Run, outcome: str) -> None:
    assert acme("log", "1", "meeting", "--in", "--outcome", outcome).code == 0

    assert senses(acme) == [None]
    assert why(acme) == {}


def test_what_a_record_took_for_a_conversation_is_judged_anew_by_a_correction(acme: Run) -> None:
    acme("log", "1", "call", "--no-answer")

    assert acme("log", "1", "--change", "1", "--in").code == 0

    (touch,) = shown(acme)["touchpoints"]
    assert (touch["sense"], touch["awaits_answer"]) == (None, True)


@pytest.mark.parametrize("words", [["--auto"], ["--outcome", "Out of Office"], ["--outcome", "AUTOMATIC REPLY"]])
def test_what_a_machine_wrote_is_neither(acme: Run, words: list[str]) -> None:
    assert acme("log", "1", "email", "--in", *words).code == 0

    (touch,) = shown(acme)["touchpoints"]
    assert (touch["sense"], touch["awaits_answer"]) == ("automatic", False)
    assert "automatic reply" in acme("show", "1").out


@pytest.mark.parametrize(
    ("flag", "kind", "outcome"),
    [("--no-answer", "call", "no answer"), ("--voicemail", "call", "voicemail"), ("--no-show", "meeting", "no show")],
)
def test_a_flag_makes_it_an_attempt_and_is_kept_as_its_outcome(acme: Run, flag: str, kind: str, outcome: str) -> None:
    assert f"Logged {kind} (out, {outcome}) on 1" in acme("log", "1", kind, flag).err

    (touch,) = shown(acme)["touchpoints"]
    assert (touch["sense"], touch["outcome"]) == ("attempt", outcome)


@pytest.mark.parametrize(
    "words",
    [
        ["call", "--no-answer", "--outcome", "connected"],
        ["call", "--no-answer", "--voicemail"],
        ["email", "--auto"],
        ["email", "--out", "--auto"],
        ["email", "--in", "--auto", "--outcome", "reached"],
        ["call", "--in", "--no-answer"],
        ["email", "--no-show"],
        ["email", "--voicemail"],
        ["call", "--voicemail", "--outcome", "busy"],
        ["meeting", "--no-show", "--outcome", "HELD"],
    ],
)
def test_what_contradicts_itself_is_refused_in_one_sentence(acme: Run, words: list[str]) -> None:
    before = record(acme)

    result = acme("log", "1", *words)

    assert (result.code, len(result.err.splitlines())) == (2, 1)
    assert (record(acme), result.out) == (before, "")


def test_a_kind_of_their_own_has_a_name_and_a_sense(acme: Run, folder: Path) -> None:
    with_kinds(
        folder,
        "[call, email, meeting, demo, {id: linkedin, name: LinkedIn message, conversation: false}, "
        "{id: webinar, conversation: true}, Erstgespräch, other]",
    )

    for kind in ("linkedin", "LinkedIn Message", "webinar", "erstgespräch", "other"):
        assert acme("log", "1", kind).code == 0, kind
    assert acme("log", "1", "linkedin", "--in").code == 0

    touches = shown(acme)["touchpoints"]
    assert [(touch["kind"], touch["sense"]) for touch in touches] == [
        ("linkedin", "attempt"),
        ("linkedin", "attempt"),
        ("webinar", "conversation"),
        ("Erstgespräch", "conversation"),
        ("other", "attempt"),
        ("linkedin", "conversation"),
    ]
    assert acme("log", "1", "fax").code == 2
    assert "6. LinkedIn message in, conversation" in acme("show", "1").out
    (folder / "d.csv").write_text("deal_id,title,created\na,Alpha,2026-11-01\n")
    (folder / "t.csv").write_text(
        "deal_id,type,direction,date\na,LinkedIn Message,out,2026-11-02\na,Webinar,,2026-11-03\n"
    )
    assert acme("import", "d.csv", "--touchpoints", "t.csv").code == 0
    assert [touch["kind"] for touch in shown(acme, "alpha")["touchpoints"]] == ["linkedin", "webinar"]
    assert senses(acme, "alpha") == ["attempt", "conversation"]


@pytest.mark.parametrize(
    ("kinds", "message"),
    [
        ("[call, email, meeting, demo, {id: call, conversation: false}]", "the kind `call` is there already"),
        ("[call, email, meeting, demo, Demo]", "the kind `Demo` is there already"),
        ("[call, email, meeting, demo, {id: linkedin}, {id: linkedin}]", "the kind `linkedin` is there already"),
        ("[call, email, meeting, demo, {id: linkedin, conversation: maybe}]", "`conversation` is `maybe`"),
        ("[call, email, meeting, demo, {name: LinkedIn}]", "`id` is missing"),
        ("[call, email, meeting, demo, {id: linkedin, colour: red}]", "`colour` is not a known key"),
    ],
)
def test_kinds_that_are_no_good_are_refused_at_their_line(acme: Run, folder: Path, kinds: str, message: str) -> None:
    line = (folder / "pipeline.yaml").read_text("utf-8").splitlines().index(KINDS) + 1
    with_kinds(folder, kinds)

    result = acme("log", "1", "call")

    assert result.code == 3
    (said,) = result.err.splitlines()
    assert re.match(rf"pipeline\.yaml:{line}:\d+: {re.escape(message)}", said), said


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ("since: yesterday", "`since` is `yesterday`: write stage or created"),
        ("answered: perhaps", "`answered` is `perhaps`: write `true` or `false`"),
    ],
)
def test_a_criterion_that_says_nonsense_is_refused_at_its_line(
    acme: Run, folder: Path, words: str, message: str
) -> None:
    file = folder / "pipeline.yaml"
    asked = "touchpoint: {kinds: [call, meeting], at_least: 1, within_days: 60"
    text = file.read_text("utf-8").replace(asked, f"{asked}, {words}")
    file.write_text(text, "utf-8")
    line = next(number for number, one in enumerate(text.splitlines(), 1) if words in one)

    result = acme("log", "1", "call")

    assert result.code == 3
    assert re.fullmatch(rf"pipeline\.yaml:{line}:\d+: {re.escape(message)}\n", result.err)


def test_unanswered_counts_attempts_since_the_last_conversation(acme: Run) -> None:
    for number in range(8):
        acme("log", "1", "meeting", "met Ann, good talk", today=f"2026-11-0{number + 1}")
    assert "unanswered" not in flags(acme)

    for number in range(6):
        acme("log", "1", "email", today=f"2026-11-1{number}")
        acme("log", "1", "email", "--in", "--auto", today=f"2026-11-1{number}")
    assert flags(acme)["unanswered"] == 6
    assert [row["id"] for row in acme("list", "flag=unanswered", "--json").rows] == [1]

    acme("log", "1", "call", "--at", "2026-11-12")
    assert "unanswered" not in flags(acme), "three of them came before the call"
    for words in (["call", "--no-answer"], ["call", "--voicemail"], ["meeting", "--no-show"]):
        acme("log", "1", *words)
    assert flags(acme)["unanswered"] == 6
    acme("log", "1", "email", "--in", "yes, please")
    assert "unanswered" not in flags(acme)


def test_a_conversation_ends_the_cadence_and_a_planned_attempt(acme: Run) -> None:
    before = record(acme)
    acme("log", "1", "call", "--no-answer", "--next-attempt", today="2026-11-18")
    assert deal(acme)["next_step"] == "Attempt 2 of 6"

    said = acme("log", "1", "call", "we spoke", today="2026-11-19").err

    assert "You spoke, so Attempt 2 of 6 is off the plan." in said
    assert deal(acme)["next_step"] is None
    assert 1 not in why(acme, "2026-11-20")
    assert last(acme)["command"] == "log"
    acme("undo")
    assert deal(acme)["next_step"] == "Attempt 2 of 6"
    acme("undo")
    assert record(acme) == before


def test_an_automatic_reply_ends_no_cadence_and_does_no_step(acme: Run) -> None:
    acme("log", "1", "email", "--next-attempt", today="2026-11-18")

    acme("log", "1", "email", "--in", "--auto", today="2026-11-20")

    row = deal(acme)
    assert (row["next_step"], row["idle_days"]) == ("Attempt 2 of 6", 3)
    assert why(acme)[1] == "overdue: Attempt 2 of 6"


def test_a_written_message_of_theirs_waits_for_a_reply(acme: Run) -> None:
    acme("log", "1", "call", today="2026-11-18")
    acme("log", "1", "email", "--in", "what does it cost?", today="2026-11-19")
    assert why(acme)[1] == "they wrote 2 days ago, no reply"

    acme("log", "1", "email", "--in", "--auto", today="2026-11-20")
    assert why(acme)[1] == "they wrote 2 days ago, no reply", "the machine has not answered for you"
    acme("log", "1", "email", "--out", today="2026-11-20")
    assert 1 not in why(acme)


def test_a_call_of_theirs_waits_for_nothing_unless_nobody_took_it(acme: Run) -> None:
    acme("log", "1", "call", "--in", today="2026-11-19")
    acme("log", "1", "meeting", "--in", today="2026-11-19")
    acme("log", "1", "email", "--in", "--auto", today="2026-11-20")
    assert 1 not in why(acme)

    acme("log", "1", "call", "--in", "--outcome", "missed call", today="2026-11-20")
    assert why(acme)[1] == "they rang yesterday, not called back"


def test_the_first_response_is_an_outbound_one_before_the_deal_closed(pipeline: Run) -> None:
    for number, title in enumerate(("Won", "Slow", "Never"), 1):
        pipeline("add", title, today="2026-11-01T08:00:00Z")
        if number == 1:
            pipeline("log", "1", "call", "--no-answer", today="2026-11-01T10:00:00Z")
    pipeline("log", "3", "email", "--in", today="2026-11-01T09:00:00Z")
    pipeline("lose", "3", "--reason", "price", today="2026-11-02T08:00:00Z")
    pipeline("log", "3", "email", "sorry to hear", today="2026-11-03T08:00:00Z")

    assert pipeline("health", "--json").json["totals"]["speed_to_lead_hours"] == pytest.approx(2)


def export(run: Run, folder: Path, name: str) -> Path:
    assert run("export", "all", "-o", name).code == 0
    return folder / name


def test_what_it_was_survives_export_and_import(acme: Run, folder: Path) -> None:
    with_kinds(folder, "[call, email, meeting, demo, {id: webinar, conversation: true}, other]")
    for words in (
        ["call"],
        ["call", "--no-answer"],
        ["webinar"],
        ["email", "--in", "--auto"],
        ["email", "--in"],
        ["other", "--outcome", "reached"],
        ["call", "--in", "--outcome", "missed call"],
    ):
        assert acme("log", "1", *words).code == 0
    before = shown(acme)["touchpoints"]
    out = export(acme, folder, "out")
    with (out / "touchpoints.csv").open(newline="") as file:
        told = [row["sense"] for row in csv.DictReader(file)]
    senses = ["conversation", "attempt", "conversation", "automatic", "conversation", "conversation", None]
    assert [touch["sense"] for touch in before] == senses
    assert told == [sense or "" for sense in senses]

    (folder / "pipeline.db").unlink()
    files = ("--moves", "out/moves.csv", "--touchpoints", "out/touchpoints.csv", "--contacts", "out/contacts.csv")
    assert acme("import", "out/deals.csv", *files).code == 0

    assert shown(acme)["touchpoints"] == before
    assert (export(acme, folder, "again") / "touchpoints.csv").read_bytes() == (out / "touchpoints.csv").read_bytes()


HUBSPOT_CALLS = """Deal ID,Activity type,Call direction,Call outcome,Activity date
a,Call,OUTBOUND,f240bbac-87c9-4f6e-bf70-924b57d47db7,2026-11-02
a,Call,OUTBOUND,73a0d17f-1163-4015-bdd5-ec830791da20,2026-11-03
a,Call,OUTBOUND,b2cf5968-551e-4856-9783-52b3da59a7d0,2026-11-04
a,Call,OUTBOUND,9d9162e7-6cf3-4944-bf63-4dff82258764,2026-11-05
a,Call,OUTBOUND,a4c4c377-d246-4b32-a13b-75a56a4cd0ff,2026-11-06
a,Call,OUTBOUND,17b47fee-58de-441e-a44c-c6300d46f273,2026-11-07
a,Call,OUTBOUND,Connected,2026-11-08
a,Call,OUTBOUND,No answer,2026-11-09
a,Email,INBOUND,Out of office,2026-11-10
a,Email,INBOUND,,2026-11-11
a,Email,OUTBOUND,,2026-11-12
"""
HUBSPOT_MEETINGS = """Deal ID,Activity type,Meeting outcome,Activity date
a,Meeting,COMPLETED,2026-11-02
a,Meeting,NO_SHOW,2026-11-03
a,Meeting,CANCELED,2026-11-04
a,Meeting,RESCHEDULED,2026-11-05
a,Meeting,,2026-11-06
"""


@pytest.mark.parametrize(
    ("content", "counts"),
    [
        (HUBSPOT_CALLS, {"conversations": 3, "attempts": 7, "automatic": 1}),
        (HUBSPOT_MEETINGS, {"conversations": 2, "attempts": 3, "automatic": 0}),
    ],
)
def test_an_import_reads_the_outcomes_of_hubspot_and_counts_before_it_takes(
    pipeline: Run, folder: Path, content: str, counts: dict[str, int]
) -> None:
    (folder / "deals.csv").write_text("deal_id,title,created\na,Alpha,2026-11-01\n")
    (folder / "touches.csv").write_text(content)
    files = ("import", "deals.csv", "--touchpoints", "touches.csv")

    tried = pipeline(*files, "--dry-run", "--json")
    assert {name: tried.json["touchpoints"][name] for name in counts} == counts
    said = pipeline(*files, "--dry-run").out
    words = (("conversations", "conversation"), ("attempts", "attempt"), ("automatic", "automatic repl"))
    for name, word in words:
        assert re.search(rf"\b{counts[name]} {word}", said), said
    assert pipeline("list", "--json").rows == []

    assert pipeline(*files).code == 0
    found = senses(pipeline)
    assert [found.count("conversation"), found.count("attempt"), found.count("automatic")] == list(counts.values())
    assert pipeline(*files).code == 0
    assert len(senses(pipeline)) == sum(counts.values()), "a second time it is all there"


def test_a_criterion_that_nothing_could_meet_is_refused(acme: Run, folder: Path) -> None:
    file = folder / "pipeline.yaml"
    text = file.read_text("utf-8")
    asked = "touchpoint: {kinds: [call, meeting], at_least: 1, within_days: 60}"
    for kinds, code in (("[email, letter]", 3), ("[email, call]", 0), ("[other]", 0)):
        file.write_text(text.replace(asked, f"touchpoint: {{kinds: {kinds}, direction: out, answered: true}}"), "utf-8")
        result = acme("check")
        assert result.code == code, (kinds, result.err)
        assert ("what you send by email is no conversation" in result.err) == (code == 3)
