"""The funnel counted in SQL, against the same counted by hand."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline_cli.domain.outcomes.funnel import DealCount, StageFunnel, Stays, funnel_of
from pipeline_cli.domain.words.grouping import Grouping, Scope
from pipeline_cli.storage.record.funnel import read_cycles_by_group, read_deal_counts, read_removed_counts, read_stays
from pipeline_cli.storage.transactions import read
from tests.storage.histories import CLOCK, HISTORY, STAGES, History, Hop, reached_by_hand, store, visits_by_hand

SALES = Scope("sales")


def rows_of(counts: Sequence[DealCount], stages: Sequence[str] = STAGES) -> list[StageFunnel]:
    return funnel_of(stages, counts, [Stays()] * len(stages), lambda cents, _: cents)


@settings(max_examples=25, deadline=None)
@given(st.lists(HISTORY, min_size=1, max_size=8))
def test_every_count_and_every_visit_is_the_one_counted_by_hand(histories: list[History]) -> None:
    with TemporaryDirectory() as folder, read(store(Path(folder), histories), CLOCK, past=False) as reader:
        rows = rows_of(read_deal_counts(reader, SALES, STAGES, "EUR"))
        stays = read_stays(reader, SALES)
    for position, row in enumerate(rows):
        assert row.entered == reached_by_hand(histories, position)
        finished, running = visits_by_hand(histories, row.stage)
        found = stays.get((None, row.stage), Stays())
        assert list(found.finished) == pytest.approx(finished, abs=1e-9)
        assert list(found.running) == pytest.approx(running, abs=1e-9)


@settings(max_examples=15, deadline=None)
@given(st.lists(HISTORY, min_size=1, max_size=8), st.permutations(STAGES))
def test_the_order_of_the_stages_changes_no_total(histories: list[History], order: list[str]) -> None:
    with TemporaryDirectory() as folder, read(store(Path(folder), histories), CLOCK, past=False) as reader:
        usual = read_deal_counts(reader, SALES, STAGES, "EUR")
        other = read_deal_counts(reader, SALES, order, "EUR")
        renamed = read_deal_counts(reader, SALES, ("a", "b", "c"), "EUR")

    def totals(counts: list[DealCount]) -> dict[str, tuple[int, int]]:
        return {
            status: (
                sum(one.deals for one in counts if one.status == status),
                sum(one.value_cents for one in counts if one.status == status),
            )
            for status in ("open", "won", "lost", "disqualified")
        }

    assert totals(usual) == totals(other) == totals(renamed)


@settings(max_examples=15, deadline=None)
@given(st.lists(HISTORY, min_size=1, max_size=8))
def test_groups_part_the_deals(histories: list[History]) -> None:
    by_source = SALES._replace(by=Grouping("column", "source"))
    with TemporaryDirectory() as folder, read(store(Path(folder), histories), CLOCK, past=False) as reader:
        whole = rows_of(read_deal_counts(reader, SALES, STAGES, "EUR"))
        counts = read_deal_counts(reader, by_source, STAGES, "EUR")
        days = read_cycles_by_group(reader, SALES).get(None, [])
        parts = read_cycles_by_group(reader, by_source)
    groups = [rows_of([one for one in counts if one.group == group]) for group in {one.group for one in counts}]
    for position, row in enumerate(whole):
        for key in ("entered", "next", "won", "lost", "disqualified", "open", "won_value_cents"):
            assert getattr(row, key) == sum(getattr(group[position], key) for group in groups)
    assert sorted(one for part in parts.values() for one in part) == days


def test_a_stage_that_is_gone_counts_the_deals_that_were_in_it(tmp_path: Path) -> None:
    histories = [
        History("event", 100, 0, (Hop("old", 0), Hop("lead", 5), Hop("won", 5))),
        History("event", 100, 0, (Hop("old", 0),)),
        History("event", 100, 0, (Hop("lead", 0), Hop("lost", 5))),
    ]
    with read(store(tmp_path, histories), CLOCK, past=False) as reader:
        counts = read_removed_counts(reader, SALES, "old", "EUR")
        rows = rows_of(read_deal_counts(reader, SALES, STAGES, "EUR"))
    assert sorted((one.status, one.deals, one.value_cents) for one in counts) == [("open", 1, 100), ("won", 1, 100)]
    assert [row.entered for row in rows] == [2, 1, 1]
    assert rows[0].open == 0


def test_two_moves_in_one_millisecond_keep_their_order(tmp_path: Path) -> None:
    history = History(None, None, 0, (Hop("lead", 0), Hop("offer", 0), Hop("contract", 0), Hop("won", 24)))
    with read(store(tmp_path, [history]), CLOCK, past=False) as reader:
        stays = read_stays(reader, SALES)
    assert {stage: stay.finished for (_, stage), stay in stays.items()} == {
        "lead": [0.0],
        "offer": [0.0],
        "contract": [1.0],
    }
