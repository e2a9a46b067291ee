"""What to type about the deals of a review: looked up when it is shown, since a kept one holds numbers and codes alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from pipeline_cli.domain.choices import Choice, Rules, choices_of, met_by
from pipeline_cli.domain.decisions import CODES, Decision
from pipeline_cli.domain.exit_criteria import check_criteria, missing
from pipeline_cli.domain.kept_review import Review
from pipeline_cli.domain.matters import Matter
from pipeline_cli.domain.playbook import Pipeline
from pipeline_cli.domain.record import NamedTuple
from pipeline_cli.reports.health import look_at
from pipeline_cli.reports.picture import take_picture
from pipeline_cli.reports.review import decide
from pipeline_cli.storage.deals import read_record
from pipeline_cli.storage.reader import Reader
from pipeline_cli.storage.reviews import Name
from pipeline_cli.storage.silenced import read_silenced
from pipeline_cli.workspace import Workspace


class ToType(NamedTuple):
    decisions: Mapping[int, tuple[Choice, ...]] = {}
    """Deal -> what to type about it."""
    matters: tuple[Choice, ...] = ()


def commands_of(
    workspace: Workspace, reader: Reader, review: Review, names: Mapping[int, Name], *, kept: bool
) -> ToType:
    """Of a `kept` review, a deal that is no longer as it was then is there to be looked at alone."""
    known = {pipeline.id: pipeline for pipeline in workspace.playbook.pipelines}
    rules = {name: Rules(workspace.playbook, known[name]) for name in review.pipelines if name in known}
    silenced = frozenset[int]().union(*(read_silenced(reader, name) for name in rules))
    still = _decided_now(workspace, reader, [one.pipeline for one in rules.values()]) if kept else None
    decisions: dict[int, tuple[Choice, ...]] = {}
    for one in review.decisions:
        here = rules.get(names[one.deal_id].pipeline) if one.deal_id in names else None
        if here is None or (still is not None and still.get(one.deal_id) != one.code):
            decisions[one.deal_id] = (Choice(f"show {one.deal_id}"),)
            continue
        lacking = _first_missing(workspace, reader, here, one) if one.code == "stuck" else None
        decisions[one.deal_id] = choices_of(
            one.code, one.deal_id, one.stage, here, lacking, silenced=one.deal_id in silenced
        )
    return ToType(decisions, tuple(_of_matter(one, decisions, names) for one in review.matters))


def _of_matter(matter: Matter, decisions: Mapping[int, tuple[Choice, ...]], names: Mapping[int, Name]) -> Choice:
    deal_id = matter.deal_id
    if deal_id is None:
        return Choice(matter.command)
    if matter.code in CODES and deal_id in decisions:
        return decisions[deal_id][0]
    is_open = deal_id in names and names[deal_id].status == "open"
    return Choice(matter.command if is_open else f"show {deal_id}")


def _decided_now(workspace: Workspace, reader: Reader, pipelines: Sequence[Pipeline]) -> dict[int, str]:
    """Deal -> the code of the decision it needs now."""
    pictures = [take_picture(reader, workspace.playbook, pipeline) for pipeline in pipelines]
    return {one.deal_id: one.code for one in decide(look_at(reader, picture) for picture in pictures)}


def _first_missing(workspace: Workspace, reader: Reader, rules: Rules, decision: Decision) -> Choice | None:
    """What meets the first exit criterion that is missing: `advance` would be refused."""
    stage = rules.pipeline.stage(decision.stage)
    if stage is None or not stage.exit_criteria:
        return None
    program = workspace.command_name
    record = read_record(reader, decision.deal_id)
    results = missing(check_criteria(stage, record, rules.playbook, reader.clock, program))
    fix = next((one.fix for one in results if one.fix), None)
    if fix is not None:
        return met_by(fix, program)
    return Choice(f"show {decision.deal_id}") if results else None
