"""`funnel --plot`: how far deals get, stage by stage, as bars."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from pipeline_cli.domain.funnel import StageFunnel
from pipeline_cli.domain.history import share
from pipeline_cli.domain.playbook import Pipeline
from pipeline_cli.output.report import Bar, Section

Plotted = tuple[str, Pipeline, Sequence[StageFunnel]]
"""The name of a group, its pipeline, and what it counts."""

_MEANING = ("Deals that reached the stage, and their share of those that reached the one before. "
            "A bar is their share of all that entered{of}.")  # fmt: skip


def plot_section(parts: Sequence[Plotted], *, grouped: bool) -> Section:
    """The groups side by side under each stage; under each pipeline its stages, where these differ."""
    if not grouped:
        bars = [bar for _, bar in _steps(*parts[0])]
    elif len({pipeline.id for _, pipeline, _ in parts}) > 1:
        bars = [bar for part in parts for bar in [Bar(part[0]), *(_under(bar.label, bar) for _, bar in _steps(*part))]]
    else:
        bars = list(_by_stage(parts))
    return Section("How far deals get", lines=[_MEANING.format(of=" in the group" if grouped else "")], bars=bars)


def _by_stage(parts: Sequence[Plotted]) -> Iterator[Bar]:
    each = [(name, dict(_steps(name, pipeline, rows))) for name, pipeline, rows in parts]
    for stage, first in each[0][1].items() if each else ():
        yield Bar(first.label)
        yield from (_under(name, steps[stage]) for name, steps in each)


def _under(name: str, bar: Bar) -> Bar:
    return bar._replace(label=f"  {name}")


def _steps(_: str, pipeline: Pipeline, rows: Sequence[StageFunnel]) -> Iterator[tuple[str, Bar]]:
    """A bar for each stage that pipeline.yaml has, and one for what was won."""
    known = [row for row in rows if row.next is not None]
    start = known[0].entered if known else 0
    rate = None
    for row in known:
        yield row.stage, Bar(pipeline.name_of(row.stage), share(row.entered, start) or 0.0, row.entered, rate)
        rate = row.to_next
    if known:
        yield "won", Bar("Won", share(known[-1].won, start) or 0.0, known[-1].won, rate)
