"""What to type about a deal that needs a decision, each command with the case it is for."""

from __future__ import annotations

from collections.abc import Sequence

from pipeline_cli.domain.deal.touch_sense import usual_kind
from pipeline_cli.domain.playbook import Pipeline, Playbook
from pipeline_cli.domain.record import NamedTuple
from pipeline_cli.domain.words.shell import command_line, first_command
from pipeline_cli.domain.words.text import counted

_NO_WORD, _NO_DECISION, _ANY = "no_response", "no_decision", "other"


OWED = frozenset(("reply_owed", "call_owed"))
"""Codes of a deal whose buyer waits for you."""


class Choice(NamedTuple):
    """One command to type, and the case it is for."""

    command: str
    """What to type, without the name of the program."""
    case: str = ""
    """`if you did it`; nothing where there is no other choice."""
    brief: str = ""
    """What is typed at a terminal, where that asks for the rest; nothing: the same."""

    @property
    def at_a_terminal(self) -> str:
        """The shorter form, where the rest is asked."""
        return self.brief or self.command


class Rules(NamedTuple):
    """What the commands about a deal depend on, beside the deal."""

    playbook: Playbook
    pipeline: Pipeline

    def lose(self, deal_id: int, reason: str) -> str | None:
        """With that reason, or the one that says nothing about the buyer; None where the list has neither."""
        known = self.playbook.lost_reasons_in(self.pipeline)
        said = next((one for one in (reason, _ANY) if one in known), None)
        return None if said is None else command_line("lose", str(deal_id), "--reason", said)

    def touch(self, deal_id: int) -> str:
        """The command that logs a touchpoint of the kind that reaches people."""
        return command_line("log", str(deal_id), usual_kind(self.playbook.touchpoint_kinds))


def choices_of(
    code: str, deal_id: int, stage: str, rules: Rules, lacking: Choice | None = None, *, silenced: bool = False
) -> tuple[Choice, ...]:
    """For the code of a decision; the first is the one that is shown where there is room for one.

    `lacking`: what meets the first exit criterion that is missing, or answers those who wait.
    `silenced`: everybody on the deal asked not to be contacted.
    """
    if code in ("last_chance_over", "dead"):
        return (Choice(rules.lose(deal_id, _NO_WORD) or "prune"),)
    if code in OWED:
        return (lacking or Choice(f"show {deal_id}"),)
    if code == "past_close_date":
        return (Choice(f"edit {deal_id} --close 30d"),)
    if code == "no_next_step":
        return (Choice(f'next {deal_id} tomorrow "Call"'),)
    if code == "overdue" or (code == "attempt_overdue" and silenced):
        return step_choices(deal_id)
    if code == "attempt_overdue":
        return (Choice(rules.touch(deal_id)),)
    if lacking is not None:
        return (lacking,)
    if stage != rules.pipeline.stages[-1].id:
        return (Choice(f"advance {deal_id}"),)
    lose = rules.lose(deal_id, _NO_DECISION)
    if lose is None:
        return (Choice(f"show {deal_id}"),)
    return Choice(f"win {deal_id}", "if it is won"), Choice(lose, "if it is not")


def met_by(fix: str, program: str) -> Choice:
    """What meets a criterion, by its fix: words that nobody said are left out; at a terminal its questions are asked."""
    # Much to load for `today`, which has no need of it.
    from pipeline_cli.domain.rules.exit_criteria import EXAMPLE_EVIDENCE, EXAMPLE_NOTE

    said = fix.replace(f' --evidence "{EXAMPLE_EVIDENCE}"', "").replace(f' "{EXAMPLE_NOTE}"', "")
    whole = said.removeprefix(f"{program} ")
    first = first_command(whole)
    return Choice(whole, brief=" ".join(first.split()[:2]) if first.startswith("qualify ") else first)


def step_choices(deal_id: int) -> tuple[Choice, ...]:
    """A next step is past its date: nobody but its owner knows whether it was done."""
    return Choice(f"done {deal_id}", "if you did it"), Choice(f"next {deal_id} tomorrow", "if not yet")


def in_words(choices: Sequence[Choice], program: str) -> str:
    """`` `pipeline done 75` if you did it, `pipeline next 75 tomorrow` if not yet``"""
    return ", ".join(f"`{program} {choice.at_a_terminal}` {choice.case}".rstrip() for choice in choices)


def spelled_out(named: Sequence[tuple[str, Sequence[Choice]]], program: str, most: int) -> list[str]:
    """A line for each of the first `most`; what is said of one is its title, and when it was due."""
    lines = [f"{what}: {in_words(choices, program)}." for what, choices in named[:most]]
    rest = len(named) - most
    return [*lines, f"So with {counted(rest, 'more deal')}."] if rest > 0 else lines
