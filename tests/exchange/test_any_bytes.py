"""No bytes whatsoever cause anything but a plan, or an error with a sentence."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import groupby
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline_cli.domain.deal.incoming import IncomingDeal, IncomingMove
from pipeline_cli.domain.errors import PipelineError
from pipeline_cli.domain.playbook import OUTCOMES
from pipeline_cli.domain.words.clock import from_text
from pipeline_cli.exchange.import_plan import ImportPlan, plan_import
from pipeline_cli.exchange.mapping import ImportFiles, ImportOptions
from tests.exchange.conftest import CLOCK, PLAYBOOK

ODD_CELLS = [
    "",
    "1",
    "2",
    "3",
    "a",
    "won",
    "lead",
    "Closed Lost",
    "closing",
    "2026-01-02",
    "03/04/2026",
    "25.03.2026 10:00",
    "1.234",
    "1,5",
    "€ 5",
    "(5)",
    "12k",
    "N/A",
    "call",
    "out",
    "9999-12-31",
    "0001-01-01",
    "2026-11-22",
    '"',
    "'=x",
    " ",
    "\ufeff",
    "-",
    "2026-01-01T00:00:00+23:59",
    "99999999999999999999",
    "½",
    "١٢",
    "1e400",
    "0000-00-00",
    "2026-01-01T24:00:00",
    "2026-01-01T00:00:00-23:59",
    "1970-01-01",
    "2199-12-31T23:59:59-12:00",
]
CELLS = st.one_of(st.sampled_from(ODD_CELLS), st.text(max_size=6))
COLUMNS = [
    "id",
    "external_id",
    "deal_id",
    "title",
    "stage",
    "status",
    "value",
    "created",
    "closed",
    "close_date",
    "cost",
    "probability",
    "category",
    "currency",
    "pipeline",
    "contact",
    "email",
    "next_step",
    "next_step_due",
    "to",
    "at",
    "deal",
    "kind",
    "direction",
    "from",
    "last_activity",
    "won_at",
    "is_won",
    "snoozed_until",
    "reason",
    "forced",
    "lost_reason",
    "name",
    "opted_out",
    "inferred",
    "stage_changed_at",
    "created_inferred",
    "done",
    "x",
]


DATES = st.sampled_from(["2026-01-02", "2026-03-04T05:06:07Z", "2026-03-04 05:06", "2026-11-21"])
GOOD_CELLS = {
    **dict.fromkeys(["deal", "deal_id"], st.sampled_from("123")),
    **dict.fromkeys(["to", "from", "stage"], st.sampled_from(["lead", "closing", "won", "price", "disqualified"])),
    **dict.fromkeys(["at", "created", "closed", "last_activity", "close_date", "won_at"], DATES),
    "kind": st.sampled_from(["call", "email"]),
    "direction": st.sampled_from(["in", "sent"]),
    "status": st.sampled_from(["open", "won", "lost"]),
}


@st.composite
def tables(draw: st.DrawFn, needed: str = "") -> bytes:
    """Columns that the kind of file needs, others, and cells of which most fit; ids are few, so they meet."""
    others = draw(st.lists(st.sampled_from(COLUMNS[3:] if needed else COLUMNS), max_size=5, unique=True))
    header = list(dict.fromkeys([*needed.split(), *others])) or ["title"]
    delimiter = draw(st.sampled_from(",;\t|"))
    good = [GOOD_CELLS.get(name, st.just("")) for name in header]
    count = draw(st.integers(min_value=0, max_value=5))
    rows = [[draw(CELLS if draw(st.integers(0, 7)) == 7 else fitting) for fitting in good] for _ in range(count)]
    if needed == "deal_id":
        rows = [[number, *row[1:]] for number, row in zip("123", rows, strict=False)]
    return "\n".join(delimiter.join(row) for row in [header, *rows]).encode("utf-8", "replace")


ANY_FILE = st.one_of(st.binary(max_size=200), tables())


def check_history(deal: IncomingDeal, moves: list[IncomingMove]) -> None:
    """History is a chain in time, from nowhere to where the deal is."""
    assert [move.deal_key for move in moves] == [deal.key] * len(moves)
    assert [move.from_stage for move in moves] == [None, *(move.to_stage for move in moves[:-1])]
    instants = [from_text(move.moved_at) for move in moves]
    assert instants == sorted(instants)
    assert instants[0] == deal.created_at
    assert CLOCK.day(instants[-1]) <= CLOCK.today
    assert [move.to_stage for move in moves if move.to_stage not in OUTCOMES][-1] == deal.stage
    if deal.status == "open":
        assert (moves[-1].to_stage, deal.closed_at) == (deal.stage, None)
    else:
        assert (moves[-1].to_stage, from_text(moves[-1].moved_at)) == (deal.status, deal.closed_at)


@contextmanager
def planned(contents: Sequence[bytes | None], options: ImportOptions) -> Iterator[ImportPlan | PipelineError]:
    """What comes of the files, while they are there: a plan, or the refusal of one."""
    with TemporaryDirectory() as folder:
        paths = [None if content is None else Path(folder) / f"{number}.csv" for number, content in enumerate(contents)]
        for path, content in zip(paths, contents, strict=True):
            if path is not None and content is not None:
                path.write_bytes(content)
        outcome: ImportPlan | PipelineError
        try:
            outcome = plan_import(ImportFiles(*paths), options, PLAYBOOK, CLOCK)  # type: ignore[arg-type]
        except PipelineError as refusal:
            outcome = refusal
        yield outcome


def check_plan(plan: ImportPlan) -> None:
    """What is wrong is said with its line; what is taken fits together, and is there again when asked for again."""
    assert all(problem.message and problem.line >= 1 for problem in plan.problems)
    assert [one.kind for one in plan.mappings()] == list(plan.counts)
    if not plan.may_be_stored:
        assert plan.problems
        return
    deals = list(plan.deals())
    repeated = sum(warning.count for warning in plan.warnings if warning.code == "repeated_row")
    assert len({deal.key for deal in deals}) == len(deals) == taken(plan, "deals") - repeated
    for deal, moves in zip(deals, groupby(plan.moves(), key=lambda move: move.deal_key), strict=True):
        check_history(deal, list(moves[1]))
    lines = plan.lines_of_deals()
    touches = list(plan.touchpoints())
    assert {lines[touch.deal] for touch in touches} <= {deal.line for deal in deals}
    planned_only = sum(warning.count for warning in plan.warnings if warning.code == "not_done")
    last_activities = sum(deal.last_activity_at is not None for deal in deals)
    assert len(touches) == taken(plan, "touchpoints") - planned_only + last_activities
    assert len(list(plan.contacts())) == taken(plan, "contacts")
    assert list(plan.deals()) == deals


def taken(plan: ImportPlan, kind: str) -> int:
    """How many rows of a file are neither bad nor left out with their deal."""
    count = plan.counts.get(kind)
    return count.read - count.skipped if count else 0


@settings(max_examples=300, deadline=None)
@given(
    st.tuples(ANY_FILE, st.none() | ANY_FILE, st.none() | ANY_FILE, st.none() | ANY_FILE),
    st.sampled_from([None, "utf-16-le", "cp1252", "utf-7"]),
    st.booleans(),
)
def test_no_bytes_whatever_cause_a_traceback(
    contents: tuple[bytes, bytes | None, bytes | None, bytes | None], encoding: str | None, skip_bad: bool
) -> None:
    with planned(contents, ImportOptions(encoding=encoding, skip_bad=skip_bad)) as outcome:
        if isinstance(outcome, ImportPlan):
            check_plan(outcome)
        else:
            assert str(outcome)


@settings(max_examples=300, deadline=None)
@given(
    st.tuples(
        tables("deal_id"), st.none() | tables("deal to at"), st.none() | tables("deal kind at"), st.none() | tables()
    ),
    st.sampled_from(["dmy", "mdy"]),
)
def test_tables_of_odd_cells_are_decided_row_by_row(
    contents: tuple[bytes, bytes, bytes, bytes | None], order: str
) -> None:
    with planned(contents, ImportOptions(date_order=order, decimal=".", skip_bad=True)) as outcome:
        assert isinstance(outcome, ImportPlan), outcome
        check_plan(outcome)
