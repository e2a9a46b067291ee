"""The few things that matter most: findings and decisions ranked by the value at stake."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from pipeline_cli.domain.decisions import Decision
from pipeline_cli.domain.findings.finding import Finding
from pipeline_cli.domain.phrases import counted
from pipeline_cli.domain.record import NamedTuple

MOST = 3
_COMMAND = re.compile(r"`pipeline ([^`]+)`")
_ABOUT_A_DEAL = re.compile(r"[a-z]+ (\d+)\b")
_ALREADY_FOUND = {"dead", "last_chance_over", "overdue", "attempt_overdue", "no_next_step"}
"""Decisions that `dead_weight` and `untouched_plan` speak of."""
_ON_STAGES = {"stage_count", "unused_stage", "pass_through_stage"}
"""Findings on how the file is written: they matter where open deals with a value stand in the way of it."""


class Matter(NamedTuple):
    """One thing, with its number and what to type; program words, numbers and ids alone."""

    code: str
    """Of the finding or of the decision."""
    deals: int
    stake_cents: int
    """What it ranks by: weighted value of the deals it is about; of a finding about none, what it says itself."""
    sentence: str
    command: str
    """What to type after the name of the program; of decisions that of the dearest is looked up when it is shown."""

    @property
    def deal_id(self) -> int | None:
        """The deal that the command is about."""
        about = _ABOUT_A_DEAL.match(self.command)
        return int(about[1]) if about else None


class _Candidate(NamedTuple):
    matter: Matter
    ids: frozenset[int]


def rank_matters(
    findings: Sequence[Finding], decisions: Sequence[Decision], weighted: Mapping[int, float]
) -> tuple[Matter, ...]:
    """The three with most at stake; one whose deals are mostly those of one before it says nothing new."""
    found = [_of_finding(finding, weighted) for finding in findings] + _of_decisions(decisions, weighted)
    found = [one for one in found if one.matter.stake_cents or one.matter.code not in _ON_STAGES]
    found.sort(key=lambda one: (-one.matter.stake_cents, -one.matter.deals, one.matter.code))
    chosen: list[_Candidate] = []
    for one in found:
        is_told = any(one.ids and len(one.ids & other.ids) * 2 > len(one.ids) for other in chosen)
        if not is_told and len(chosen) < MOST:
            chosen.append(one)
    return tuple(one.matter for one in chosen)


def _of_finding(finding: Finding, weighted: Mapping[int, float]) -> _Candidate:
    ids = frozenset(finding.evidence.get("ids") or ())
    stake = sum(weighted.get(deal_id, 0.0) for deal_id in ids) if ids else finding.value_cents or 0
    said = _COMMAND.search(finding.advice)
    command = said[1] if said else f"list stage={finding.stage} --sort -value" if finding.stage else "health"
    command += finding.narrowing if not said else ""
    return _Candidate(Matter(finding.code, finding.deals, round(stake), finding.message, command), ids)


def _of_decisions(decisions: Sequence[Decision], weighted: Mapping[int, float]) -> list[_Candidate]:
    by_code: dict[str, list[Decision]] = {}
    for one in decisions:
        if one.code not in _ALREADY_FOUND:
            by_code.setdefault(one.code, []).append(one)
    return [_of_group(code, group, weighted) for code, group in by_code.items()]


def _of_group(code: str, group: Sequence[Decision], weighted: Mapping[int, float]) -> _Candidate:
    """`group`: dearest first."""
    ids = frozenset(one.deal_id for one in group)
    one = len(group) == 1
    what = {
        "past_close_date": f"{'is' if one else 'are'} past the expected close date",
        "stuck": f"{'has' if one else 'have'} stood too long in {'its' if one else 'their'} stage",
    }[code]
    sentence = f"{counted(len(group), 'open deal')} {what}."
    stake = round(sum(weighted.get(deal_id, 0.0) for deal_id in ids))
    return _Candidate(Matter(code, len(group), stake, sentence, f"show {group[0].deal_id}"), ids)
