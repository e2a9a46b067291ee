"""What a report of one pipeline leaves out: the other pipelines, told in one line under it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from pipeline_cli.domain.errors import UsageError
from pipeline_cli.domain.playbook import Pipeline, Playbook
from pipeline_cli.domain.rules.removed_stages import describe_lost_stage, find_lost_stages
from pipeline_cli.domain.words.text import counted
from pipeline_cli.output.numbers import whole_money
from pipeline_cli.output.report import Report
from pipeline_cli.storage.reader import Reader
from pipeline_cli.storage.record.in_use import Holding, read_holdings, read_stages_in_use

_MOST_NAMED = 2


def telling_the_rest(report: Report, reader: Reader, playbook: Playbook, pipelines: Sequence[Pipeline]) -> Report:
    """The report with a note on what the pipelines hold that it does not cover; as it is where it covers all."""
    return report._replace(notes=[*report.notes, *notes_on_the_rest(reader, playbook, pipelines)])


def telling_of_removed_stages(report: Report, reader: Reader, playbook: Playbook) -> Report:
    """The report with a note on open deals of pipelines that the file does not have, which no report covers."""
    return telling_the_rest(report, reader, playbook, playbook.pipelines)


def notes_on_the_rest(reader: Reader, playbook: Playbook, pipelines: Sequence[Pipeline]) -> list[str]:
    """What the report leaves out: other pipelines, deals in stages that are gone."""
    return [*_elsewhere(reader, playbook, pipelines), *_before_anything_else(reader, playbook)]


def _before_anything_else(reader: Reader, playbook: Playbook) -> Iterator[str]:
    """While open deals are in a stage that the file does not have, no command that changes something is obeyed."""
    for use in find_lost_stages(playbook, read_stages_in_use(reader)):
        if playbook.pipeline(use.pipeline) is not None:
            verb = "is" if use.deals == 1 else "are"
            yield f"Before anything can be changed: there {verb} {describe_lost_stage(playbook, use)}"


def telling_of_quota(report: Report, playbook: Playbook, pipelines: Sequence[Pipeline]) -> Report:
    """The report with a note where the quota of the file is for more than it covers."""
    quota = playbook.quota
    if quota is None or playbook.quota_held_against(pipelines) is not None:
        return report
    note = (
        f"The quota of {whole_money(quota.amount_cents)} {playbook.currency} a {quota.per} is for all pipelines together: "
        "--all-pipelines."
    )
    return report._replace(notes=[*report.notes, note])


def _elsewhere(reader: Reader, playbook: Playbook, pipelines: Sequence[Pipeline]) -> Iterator[str]:
    by_pipeline: dict[str, list[Holding]] = {}
    for holding in read_holdings(reader, [pipeline.id for pipeline in pipelines]):
        by_pipeline.setdefault(holding.pipeline, []).append(holding)
    others = [(one.id, by_pipeline[one.id]) for one in playbook.pipelines if one.id in by_pipeline]
    if len(others) > _MOST_NAMED:
        names = ", ".join(f"'{name}'" for name, _ in others)
        every = [one for _, those in others for one in those]
        yield f"Pipelines {names} hold {_in_words(every, playbook)}: --pipeline NAME."
    elif others:
        parts = [f"'{name}' holds {_in_words(those, playbook)}: --pipeline {name}" for name, those in others]
        yield f"Pipeline {'; '.join(parts)}."
    for name, those in by_pipeline.items():
        if playbook.pipeline(name) is None and any(one.open_deals for one in those):
            yield (
                f"Pipeline '{name}', which pipeline.yaml does not have, holds {_in_words(those, playbook)}: "
                "`pipeline check` says what to do."
            )


def _in_words(holdings: Sequence[Holding], playbook: Playbook) -> str:
    """The open deals and what they are worth; where there are none, the closed ones."""
    deals = sum(holding.open_deals for holding in holdings)
    if not deals:
        return counted(sum(holding.closed_deals for holding in holdings), "closed deal")
    try:
        home = [playbook.in_home(holding.open_cents, holding.currency) for holding in holdings if holding.open_cents]
    except UsageError:  # no rate: a report that is not about these deals says how many there are
        return counted(deals, "open deal")
    return f"{counted(deals, 'open deal')}, {whole_money(sum(home))} {playbook.currency}"
