"""Two histories of one deal are one chain in time, and nobody loses ground by having been entered twice."""

from __future__ import annotations

from datetime import UTC, datetime

from pipeline_cli.domain.deal.merge import RecordedMove, join_moves
from pipeline_cli.domain.playbook import Pipeline, Stage

SALES = Pipeline(
    "sales",
    "Sales",
    (Stage("lead", "Lead", "top", 0.1), Stage("offer", "Offer", "middle", 0.4), Stage("close", "Close", "bottom", 0.8)),
)
AWAY, INTO = 7, 3


def moves(*told: tuple[int, int, str | None, str]) -> list[RecordedMove]:
    """(deal, day, from, to), numbered as they come."""
    return [
        RecordedMove(number, deal, old, new, datetime(2026, 11, day, tzinfo=UTC))
        for number, (deal, day, old, new) in enumerate(told, 1)
    ]


def joined(*told: tuple[int, int, str | None, str]) -> list[tuple[int, str | None, str]]:
    """Number of each move that is kept, and the stages it joins now."""
    kept, _ = join_moves(AWAY, INTO, moves(*told), SALES)
    assert {move.deal_id for move in kept} == {INTO}
    return [(move.id, move.from_stage, move.to_stage) for move in kept]


def test_the_later_record_continues_the_earlier_one() -> None:
    assert joined((INTO, 1, None, "lead"), (INTO, 2, "lead", "offer"), (AWAY, 3, None, "close")) == [
        (1, None, "lead"),
        (2, "lead", "offer"),
        (3, "offer", "close"),
    ]


def test_a_record_begun_again_from_the_start_is_no_way_back() -> None:
    again = [(AWAY, 2, None, "lead"), (AWAY, 3, "lead", "offer"), (AWAY, 4, "offer", "close")]
    assert joined((INTO, 1, None, "offer"), *again) == [
        (1, None, "offer"),
        (2, "offer", "offer"),
        (3, "offer", "offer"),
        (4, "offer", "close"),
    ]


def test_the_record_that_goes_may_be_the_older_one() -> None:
    older = [(AWAY, 1, None, "lead"), (AWAY, 2, "lead", "close")]
    assert joined(*older, (INTO, 3, None, "lead"), (INTO, 4, "lead", "offer")) == [
        (1, None, "lead"),
        (2, "lead", "close"),
        (3, "close", "close"),
        (4, "close", "close"),
    ]


def test_a_move_back_is_one_in_the_joint_history_too() -> None:
    assert joined((INTO, 1, None, "close"), (AWAY, 2, None, "offer"), (AWAY, 3, "offer", "lead")) == [
        (1, None, "close"),
        (2, "close", "close"),
        (3, "close", "lead"),
    ]


def test_the_closing_of_the_record_that_goes_and_what_came_after_the_others_are_left_out() -> None:
    told = moves(
        (INTO, 1, None, "lead"),
        (AWAY, 2, None, "lead"),
        (AWAY, 3, "lead", "lost"),
        (INTO, 4, "lead", "won"),
        (AWAY, 5, "lost", "offer"),
    )
    kept, dropped = join_moves(AWAY, INTO, told, SALES)
    assert [move.to_stage for move in kept] == ["lead", "lead", "won"]
    assert [move.id for move in dropped] == [3, 5]
