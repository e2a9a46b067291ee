"""Kept reviews: what one had seen, what came since, and that none holds a word about a person."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline_cli.domain.deal.edits import LogTouchpoint, MoveDeal, SetFields
from pipeline_cli.domain.review.changes import Between, Standing, find_changes, waterfall
from pipeline_cli.domain.words.clock import Clock, to_text
from pipeline_cli.storage.reader import Reader, read_earlier
from pipeline_cli.storage.record.since import (
    Seen,
    Since,
    read_changed_at,
    read_last_touches,
    read_leads,
    read_moves_since,
    read_seen,
    read_standings,
    read_standings_seen,
    read_touched_since,
    read_touchpoints_by_stage,
)
from pipeline_cli.storage.transactions import read
from tests.conftest import Run
from tests.storage.record import TODAY, a_deal, change, clock_at, dump_known, new_record
from tests.storage.steps import STAGES, Step, steps, take

MONDAY, FRIDAY = clock_at(date(2026, 11, 2)), clock_at(date(2026, 11, 6))


def same(cents: int, _: str) -> int:
    return cents


def look(path: Path, clock: Clock = TODAY) -> tuple[dict[int, Standing], Seen]:
    with read(path, clock, past=False) as reader:
        return read_standings(reader, same), read_seen(reader)


@settings(max_examples=40, deadline=None)
@given(st.lists(steps, min_size=1, max_size=8), st.lists(st.tuples(steps, st.integers(-9, 9)), max_size=8))
def test_a_review_knows_for_good_what_it_had_seen_whatever_is_recorded_later_and_for_whichever_day(
    before: list[Step], after: list[tuple[Step, int]]
) -> None:
    with TemporaryDirectory() as folder:
        path = new_record(Path(folder))
        for day, step in enumerate(before):
            take(path, step, clock_at(MONDAY.today + timedelta(days=day)))
        then, seen = look(path)
        for step, days in after:
            take(path, step, clock_at(FRIDAY.today + timedelta(days=days)))
        with read(path, TODAY, past=False) as reader:
            assert read_standings_seen(reader, seen, same) == then


@settings(max_examples=40, deadline=None)
@given(st.lists(steps, min_size=1, max_size=8), st.lists(steps, max_size=8), st.booleans())
def test_the_rows_of_a_review_add_up_to_the_items_of_its_waterfall(
    before: list[Step], after: list[Step], by_mark: bool
) -> None:
    with TemporaryDirectory() as folder:
        path = new_record(Path(folder))
        for step in before:
            take(path, step, MONDAY)
        then, seen = look(path)
        for day, step in enumerate(after):
            take(path, step, clock_at(FRIDAY.today + timedelta(days=day)))
        with read(path, TODAY, past=True) as reader:
            since = Since(FRIDAY.now, seen if by_mark else None)
            now = read_standings(reader, same)
            flow = waterfall({k: v.state for k, v in then.items()}, {k: v.state for k, v in now.items()}, "services")
            positions = {"services": {stage: place for place, stage in enumerate(STAGES)}}
            changes = find_changes(
                Between(
                    then,
                    now,
                    flow.flows,
                    read_moves_since(reader, since),
                    positions,
                    read_touched_since(reader, since),
                    read_last_touches(reader),
                    read_changed_at(reader, since),
                    MONDAY.today,
                    TODAY.today,
                )
            )

    assert flow.end_cents - flow.start_cents == sum(one.cents for one in flow.items)
    for item in flow.items:
        of_it = [one.cents for one in changes if one.kind == item.item]
        sign = -1 if item.item in ("won", "lost", "disqualified") else 1
        if item.item not in ("moved_in", "moved_out"):
            assert (len(of_it), sign * sum(of_it)) == (item.deals, item.cents)
    assert len({(one.deal_id, one.kind) for one in changes}) == len(changes)


def test_what_is_back_dated_after_a_review_is_told_by_the_next_one(tmp_path: Path) -> None:
    path = new_record(tmp_path)
    (deal,) = change(path, a_deal(clock=MONDAY), clock=MONDAY)
    then, seen = look(path)
    change(path, MoveDeal(deal, "prospecting", "won", MONDAY.now), LogTouchpoint(deal, "call", "in", MONDAY.now))

    with read(path, TODAY, past=False) as reader:
        since = Since(FRIDAY.now, seen)
        assert read_standings_seen(reader, seen, same) == then
        assert [one.to_stage for one in read_moves_since(reader, since)] == ["won"]
        assert read_touched_since(reader, since) == {deal}
        assert read_touchpoints_by_stage(reader, since, ["services"]) == {("services", "prospecting"): (1, 1, 1)}
        assert read_moves_since(reader, Since(FRIDAY.now)) == []


def test_a_day_begins_with_its_first_instant(tmp_path: Path) -> None:
    path = new_record(tmp_path)
    (deal,) = change(path, a_deal(clock=MONDAY), clock=MONDAY)
    change(path, SetFields(deal, {"value_cents": 500}), LogTouchpoint(deal, "call", "out", FRIDAY.now), clock=FRIDAY)
    first = FRIDAY.start_of(FRIDAY.today)

    with read(path, TODAY, past=True) as reader:
        assert read_changed_at(reader, Since(first)) == {(deal, "value_cents"): to_text(FRIDAY.now)}
        assert read_touched_since(reader, Since(first)) == {deal}
        assert read_leads(reader, Since(first), ["services"]) == [(False, 96.0, False)]
        assert read_leads(reader, Since(MONDAY.now), ["services"]) == [(True, 96.0, False)]
        with read_earlier(reader, FRIDAY._replace(now=first - timedelta(milliseconds=1))) as before:
            assert read_standings(before, same)[deal].value_cents == 0
            assert before.connection.execute("SELECT count(*) FROM known_touchpoints").fetchone() == (0,)
        assert read_standings(reader, same)[deal].value_cents == 500


@settings(max_examples=15, deadline=None)
@given(st.lists(steps, min_size=1, max_size=8), st.integers(0, 8))
def test_an_earlier_look_in_the_same_transaction_sees_what_a_look_of_its_own_sees(work: list[Step], days: int) -> None:
    with TemporaryDirectory() as folder:
        path = new_record(Path(folder))
        for day, step in enumerate(work):
            take(path, step, clock_at(MONDAY.today + timedelta(days=day)))
        clock = clock_at(MONDAY.today + timedelta(days=days))
        alone, now = dump_known(path, clock), dump_known(path, TODAY)
        with read(path, TODAY, past=True) as reader:
            with read_earlier(reader, clock) as before:
                rows = {table: _rows(before, table) for table in alone}
            assert rows == alone
            assert {table: _rows(reader, table) for table in now} == now


def _rows(reader: Reader, table: str) -> list[tuple[object, ...]]:
    return reader.connection.execute(f"SELECT * FROM known_{table} ORDER BY id").fetchall()


def test_a_kept_review_holds_no_word_of_the_record(pipeline: Run, folder: Path) -> None:
    words = ("Quorlington", "zeb@acme.example", "Zappalotta", "Xylofon", "Yttrium")
    pipeline(
        "add",
        "Zappalotta deal",
        "--contact",
        "Quorlington <zeb@acme.example>",
        "--value",
        "9k",
        "--close",
        "2026-11-05",
        today="2026-11-01",
    )
    pipeline("next", "1", "2026-11-03", "Xylofon", today="2026-11-01")
    pipeline("add", "Zappalotta two", today="2026-11-20")
    pipeline("disqualify", "2", "--reason", "Yttrium", today="2026-11-20")
    assert pipeline("review", "--mark").code == 0

    import sqlite3

    connection = sqlite3.connect(folder / "pipeline.db")
    (content,) = connection.execute("SELECT content FROM reviews").fetchone()
    connection.close()
    assert '"changes":[[2,"disqualified"' in content
    assert [word for word in words if word.lower() in content.lower()] == []

    assert pipeline("contact", "forget", "c1", "--yes").code == 0
    assert pipeline("review", "--last").code == 0
    assert b"quorlington" not in (folder / "pipeline.db").read_bytes().lower()
