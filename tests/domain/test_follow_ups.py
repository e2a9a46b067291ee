"""Check-ins and renewals: which is next, and what may be typed."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from pipeline_cli.domain.deal.after_sale import (
    CHECK_IN,
    RENEWAL,
    FollowUp,
    describe_done,
    next_due,
    plan_done,
    read_typed,
)
from pipeline_cli.domain.errors import RuleError, UsageError
from tests.domain.plain import DEAL

TODAY = date(2026, 11, 21)
SET = datetime(2026, 11, 1, tzinfo=UTC)


def test_the_next_one_is_the_open_one_that_comes_first() -> None:
    renewal = FollowUp(RENEWAL, date(2027, 1, 1), SET, None, False)
    check_in = FollowUp(CHECK_IN, date(2026, 12, 1), SET, None, False)
    over = FollowUp(CHECK_IN, date(2026, 11, 2), SET, SET, True)
    assert next_due([renewal, check_in, over]) == check_in
    assert plan_done(DEAL, [renewal, over]) == renewal
    with pytest.raises(RuleError, match="check-in or renewal: `pipeline edit 12 --check-in 90d` sets one"):
        plan_done(DEAL, [over])


def test_of_a_step_and_a_follow_up_the_one_due_first_is_done_and_of_one_day_the_step() -> None:
    check_in = FollowUp(CHECK_IN, date(2026, 12, 1), SET, None, False)
    planned = DEAL._replace(status="won", next_step="Send the invoice", next_step_due=date(2026, 12, 1))
    assert plan_done(planned, [check_in]) is None
    assert plan_done(planned, []) is None
    assert plan_done(planned._replace(next_step_due=date(2026, 12, 2)), [check_in]) == check_in


def test_a_day_that_is_past_is_refused_and_an_empty_one_takes_it_away() -> None:
    assert read_typed("90d", "", TODAY) == {CHECK_IN: date(2027, 2, 19), RENEWAL: None}
    assert read_typed(None, "today", TODAY) == {RENEWAL: TODAY}
    with pytest.raises(UsageError, match="--renewal 2026-11-20: is past"):
        read_typed(None, "yesterday", TODAY)


def test_a_renewal_that_was_kept_waiting_is_proposed_for_a_day_to_come() -> None:
    late = FollowUp(RENEWAL, date(2024, 2, 29), SET, None, False)
    assert describe_done(DEAL, late, [late], TODAY, "pipeline")[-1].endswith("pipeline edit 12 --renewal 2026-11-21")
    leap = FollowUp(RENEWAL, date(2028, 2, 29), SET, None, False)
    assert describe_done(DEAL, leap, [leap], TODAY, "pipeline")[-1].endswith("pipeline edit 12 --renewal 2029-02-28")
