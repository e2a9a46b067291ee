"""The sample pipeline: made alike every time, whole, and believable."""

from __future__ import annotations

import csv
import os
import subprocess
import sys
import unicodedata
from collections import Counter
from datetime import date, datetime
from itertools import pairwise
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import yaml

SAMPLE = Path(__file__).resolve().parents[2] / "sample_data"
FILES = ("deals.csv", "moves.csv", "touchpoints.csv", "contacts.csv")
STAGES = ["prospecting", "qualification", "proposal", "negotiation", "commit"]
TODAY = date(2026, 11, 20)

Rows = list[dict[str, str]]


def read_rows(name: str) -> Rows:
    with (SAMPLE / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, strict=True))


def group_by_deal(rows: Rows) -> dict[str, Rows]:
    groups: dict[str, Rows] = {}
    for row in rows:
        groups.setdefault(row["deal"], []).append(row)
    return groups


@pytest.fixture(scope="module")
def deals() -> Rows:
    return read_rows("deals.csv")


@pytest.fixture(scope="module")
def moves() -> dict[str, Rows]:
    return group_by_deal(read_rows("moves.csv"))


@pytest.fixture(scope="module")
def touches() -> dict[str, Rows]:
    return group_by_deal(read_rows("touchpoints.csv"))


def test_the_script_writes_the_committed_files_byte_for_byte(tmp_path: Path) -> None:
    # Hashing of text differs between runs; the files may not depend on it.
    environment = {**os.environ, "PYTHONHASHSEED": "123", "PYTHONDONTWRITEBYTECODE": "1", "PYTHONIOENCODING": "utf-8"}
    subprocess.run([sys.executable, SAMPLE / "make_sample_data.py", tmp_path], check=True, env=environment)
    assert {name: (tmp_path / name).read_bytes() for name in FILES} == {
        name: (SAMPLE / name).read_bytes() for name in FILES
    }


def test_files_have_plain_line_ends_and_no_byte_order_mark() -> None:
    for name in FILES:
        content = (SAMPLE / name).read_bytes()
        assert b"\r" not in content
        assert not content.startswith(b"\xef\xbb\xbf")
        assert content.endswith(b"\n")


def test_the_columns_are_the_canonical_ones(deals: Rows) -> None:
    assert ",".join(deals[0]) == (
        "external_id,title,organization,contact,email,phone,pipeline,stage,status,value,currency,source,cost,created_at,"
        "expected_close,closed_at,lost_reason,probability,category,next_step,next_step_due,owner,"
        "snoozed_until,qualification,confirmed,country,industry"
    )
    assert ",".join(read_rows("moves.csv")[0]) == "deal,from_stage,to_stage,moved_at,reason,forced,criteria_missing"
    assert ",".join(read_rows("touchpoints.csv")[0]) == "deal,kind,direction,touched_at,outcome,note"
    assert ",".join(read_rows("contacts.csv")[0]) == "name,email,phone,organization,role,source,opted_out"


def test_every_word_is_one_the_default_pipeline_knows(
    deals: Rows, moves: dict[str, Rows], touches: dict[str, Rows]
) -> None:
    rules = yaml.safe_load((SAMPLE.parent / "pipeline.yaml").read_text(encoding="utf-8"))
    stages = [stage["id"] for stage in rules["pipelines"]["services"]["stages"]]
    assert stages == STAGES
    assert {deal["pipeline"] for deal in deals} == {"services"}
    assert {deal["currency"] for deal in deals} <= {rules["currency"], *rules.get("exchange_rates", {})}
    assert {deal["stage"] for deal in deals} == set(stages)
    reached = {move["to_stage"] for chain in moves.values() for move in chain}
    assert reached == {*stages, "won", "lost", "disqualified"}
    assert {deal["lost_reason"] for deal in deals} <= {"", *rules["lost_reasons"]}
    kinds = {touch["kind"] for said in touches.values() for touch in said}
    assert {"call", "email", "meeting", "demo"} <= kinds <= set(rules["touchpoint_kinds"])
    sources = {deal["source"] for deal in deals}
    assert sources <= set(rules.get("sources", sources))


def test_more_proposals_are_open_than_the_default_pipeline_has_room_for(deals: Rows) -> None:
    rules = yaml.safe_load((SAMPLE.parent / "pipeline.yaml").read_text(encoding="utf-8"))
    limits = {stage["id"]: stage["wip_limit"] for stage in rules["pipelines"]["services"]["stages"]}
    awake = Counter(deal["stage"] for deal in deals if deal["status"] == "open" and not deal["snoozed_until"])
    assert [stage for stage in STAGES if awake[stage] > limits[stage]] == ["proposal"]


def test_every_deal_has_an_id_of_its_own_and_every_row_a_deal(
    deals: Rows, moves: dict[str, Rows], touches: dict[str, Rows]
) -> None:
    keys = [deal["external_id"] for deal in deals]
    assert len(set(keys)) == len(keys)
    assert set(moves) == set(keys)
    assert set(touches) == set(keys)


def test_history_is_one_chain_from_creation_to_where_the_deal_stands(deals: Rows, moves: dict[str, Rows]) -> None:
    for deal in deals:
        chain = moves[deal["external_id"]]
        assert (chain[0]["from_stage"], chain[0]["to_stage"]) == ("", "prospecting")
        assert chain[0]["moved_at"] == deal["created_at"]
        for before, after in pairwise(chain):
            assert before["to_stage"] == after["from_stage"]
            assert datetime.fromisoformat(before["moved_at"]) <= datetime.fromisoformat(after["moved_at"])
        if deal["status"] == "open":
            assert chain[-1]["to_stage"] == deal["stage"]
            assert deal["closed_at"] == deal["lost_reason"] == ""
        else:
            assert (chain[-1]["from_stage"], chain[-1]["to_stage"]) == (deal["stage"], deal["status"])
            assert chain[-1]["moved_at"] == deal["closed_at"]
            assert chain[-1]["reason"] == deal["lost_reason"]


def test_nothing_was_said_before_a_deal_was_created_or_after_today(deals: Rows, touches: dict[str, Rows]) -> None:
    for deal in deals:
        said = [datetime.fromisoformat(touch["touched_at"]) for touch in touches[deal["external_id"]]]
        assert said == sorted(said)
        assert said[0] >= datetime.fromisoformat(deal["created_at"])
        # Noon is the hour of a day set as today.
        assert said[-1] <= datetime(2026, 11, 20, 12, tzinfo=ZoneInfo("Europe/Berlin"))


def test_instants_carry_the_offset_of_berlin_on_their_day(moves: dict[str, Rows]) -> None:
    for chain in moves.values():
        for move in chain:
            moment = datetime.fromisoformat(move["moved_at"])
            assert moment.utcoffset() == moment.astimezone(ZoneInfo("Europe/Berlin")).utcoffset()


def test_a_consultant_wins_about_one_deal_in_four(deals: Rows) -> None:
    statuses = Counter(deal["status"] for deal in deals)
    assert sum(statuses.values()) == 150
    assert 40 <= statuses["open"] <= 50
    assert 5 <= statuses["disqualified"] <= 12
    assert 0.25 <= statuses["won"] / (statuses["won"] + statuses["lost"]) <= 0.30


def test_referrals_are_won_far_more_often_than_cold_calls(deals: Rows) -> None:
    ended = Counter((deal["source"], deal["status"]) for deal in deals)
    rates = {
        source: ended[source, "won"] / (ended[source, "won"] + ended[source, "lost"])
        for source in ("inbound", "referral", "outbound", "event", "partner")
    }
    assert rates["referral"] > 0.4
    assert rates["outbound"] < 0.15


def test_most_losses_are_silence_and_indecision_and_each_has_a_reason(deals: Rows) -> None:
    reasons = Counter(deal["lost_reason"] for deal in deals if deal["status"] == "lost")
    assert "" not in reasons
    assert {reason for reason, _ in reasons.most_common(2)} == {"no_response", "no_decision"}
    assert set(reasons) >= {"price", "competitor", "timing", "bad_fit"}


def test_some_deals_skip_stages_go_back_are_forced_or_reopened(moves: dict[str, Rows]) -> None:
    steps = [(move["from_stage"], move["to_stage"]) for chain in moves.values() for move in chain]
    open_steps = [(STAGES.index(a), STAGES.index(b)) for a, b in steps if a in STAGES and b in STAGES]
    assert sum(after > before + 1 for before, after in open_steps) >= 5
    assert sum(after < before for before, after in open_steps) >= 4
    assert sum(before == "lost" for before, _ in steps) == 1
    forced = [move for chain in moves.values() for move in chain if move["forced"] == "true"]
    assert forced
    assert all(move["reason"] for move in forced)


def test_open_deals_show_every_trouble_a_report_knows(deals: Rows, touches: dict[str, Rows]) -> None:
    open_deals = [deal for deal in deals if deal["status"] == "open"]
    awake = [deal for deal in open_deals if not deal["snoozed_until"]]
    idle = {
        deal["external_id"]: (
            TODAY - datetime.fromisoformat(touches[deal["external_id"]][-1]["touched_at"]).date()
        ).days
        for deal in awake
    }
    assert 8 <= sum(days >= 30 for days in idle.values()) <= 12
    assert max(idle.values()) <= 120
    assert sum("" < deal["next_step_due"] < TODAY.isoformat() for deal in awake) >= 7
    assert sum(deal["next_step_due"] >= TODAY.isoformat() for deal in awake) >= 15
    assert sum(not deal["next_step_due"] for deal in awake) >= 4
    assert sum(not deal["value"] for deal in awake) >= 3
    assert sum(not deal["expected_close"] for deal in awake) >= 3
    assert sum("" < deal["expected_close"] < TODAY.isoformat() for deal in awake) >= 4
    assert 3 <= len(open_deals) - len(awake) <= 4
    assert all(deal["snoozed_until"] > TODAY.isoformat() for deal in open_deals if deal["snoozed_until"])


def test_some_open_deals_have_not_been_answered_six_times_in_a_row(deals: Rows, touches: dict[str, Rows]) -> None:
    unanswered = 0
    for deal in deals:
        directions = [touch["direction"] for touch in touches[deal["external_id"]]]
        unanswered += deal["status"] == "open" and directions[-6:] == ["out"] * 6
    assert unanswered == 4


def test_one_deal_is_far_bigger_than_all_others(deals: Rows) -> None:
    values = sorted(float(deal["value"]) for deal in deals if deal["value"])
    assert values[0] >= 2_000
    assert values[-2] <= 60_000
    assert values[-1] > 3 * values[-2]


def test_people_write_in_many_scripts(deals: Rows) -> None:
    names = "".join(deal["contact"] + deal["organization"] + deal["title"] for deal in deals)
    scripts = {unicodedata.name(letter, "?").split()[0] for letter in names if letter.isalpha()}
    assert scripts >= {"LATIN", "GREEK", "CYRILLIC", "CJK", "KATAKANA", "HANGUL", "HEBREW", "ARABIC", "DEVANAGARI"}
    assert any(unicodedata.category(letter) == "So" for letter in names)
    assert {deal["title"][0] for deal in deals} >= set("+=@")


def test_nobody_real_can_be_written_to_or_called(deals: Rows) -> None:
    contacts = read_rows("contacts.csv")
    for row in [*deals, *contacts]:
        assert row["email"] == "" or row["email"].endswith(".example")
        assert row["phone"] == "" or row["phone"].startswith(
            ("+49 30 23125 ", "+44 20 7946 0", "+1 212 555 01", "+33 1 99 00 ", "+46 8 465 004 ")
        )


def test_contacts_list_each_person_once_with_everyone_a_deal_names(deals: Rows) -> None:
    people = [(row["name"], row["organization"]) for row in read_rows("contacts.csv")]
    assert len(set(people)) == len(people)
    assert {(deal["contact"], deal["organization"]) for deal in deals} <= set(people)
    assert len(set(people)) > len({organization for _, organization in people})
    assert sum(row["opted_out"] == "true" for row in read_rows("contacts.csv")) == 1
