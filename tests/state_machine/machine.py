"""The state machine: which command comes next, and what is typed with it."""

from __future__ import annotations

from decimal import Decimal

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule

from tests.state_machine.surroundings import Surroundings
from tests.state_machine.words import AMOUNTS, NUMBERS, PEOPLE, TEXTS, Drawn

DRAWN = st.builds(Drawn, NUMBERS, NUMBERS, TEXTS, AMOUNTS, st.none() | PEOPLE, st.booleans())
KINDS = (
    *(
        "add",
        "note",
        "edit",
        "cross",
        "cross",
        "log",
        "next",
        "done",
        "confirm",
        "qualify",
        "advance",
        "back",
        "mistake",
        "win",
        "lose",
        "disqualify",
    ),
    *("reopen", "snooze", "grow", "merge", "split", "prune", "keep", "person", "opt_out", "import", "map", "add_again"),
    *("undo", "undo_down_to", "undo_only", "redo", "redo_several"),
    *("wait", "wait", "remember", "export", "today", "sums", "filters", "restage"),
    *("restore", "forget"),
    *("capture", "capture", "assign", "addresses"),
)


class PipelineMachine(RuleBasedStateMachine):
    """One rule and not thirty: Hypothesis leaves most rules out of a run, and every kind shall be as likely."""

    def __init__(self) -> None:
        super().__init__()
        self.record = Surroundings()

    @initialize()
    def begin(self) -> None:
        for title in ("Acme: workshop", "=1+1"):
            self.record.do_add(Drawn(0, 0, title, ("0.29", Decimal("0.29")), "Ann Lee <ann@acme.example>", flag=True))

    @rule(kind=st.sampled_from(KINDS), drawn=DRAWN)
    def step(self, kind: str, drawn: Drawn) -> None:
        getattr(self.record, f"do_{kind}")(drawn)

    def teardown(self) -> None:
        self.record.end()
