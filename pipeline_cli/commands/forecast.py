"""`pipeline forecast`: what will come in, with a range; kept, compared, and asked what if."""

from typing import TYPE_CHECKING, Annotated

import typer

from pipeline_cli.commands.reading import View, clock_of, pipelines_of, reading
from pipeline_cli.domain.errors import UsageError
from pipeline_cli.domain.words.dates import parse_days
from pipeline_cli.output.report import Report
from pipeline_cli.reports.elsewhere import telling_of_quota, telling_the_rest
from pipeline_cli.reports.forecast import Forecast, make_forecast, with_plot
from pipeline_cli.reports.snapshot import Snapshot
from pipeline_cli.storage.reader import Reader
from pipeline_cli.workspace import Workspace

if TYPE_CHECKING:
    from pipeline_cli.domain.forecast.outlook import Changes


@reading
def forecast(
    workspace: Workspace,
    view: View,
    by: Annotated[str, typer.Option(metavar="week|month|quarter|year", help="The periods.")] = "month",
    horizon: Annotated[str, typer.Option(metavar="DAYS", help="How far all deals are looked at.")] = "30d",
    method: Annotated[
        str | None,
        typer.Option(metavar="timed|stage|configured", help="Where the chances come from; else what your past trusts."),
    ] = None,
    deals: Annotated[bool, typer.Option("--deals", help="Show each deal's chance, and why.")] = False,
    plot: Annotated[bool, typer.Option("--plot", help="Draw what each period may bring.")] = False,
    save: Annotated[bool, typer.Option("--save", help="Keep this forecast as it is.")] = False,
    compare: Annotated[bool, typer.Option("--compare", help="Show kept forecasts beside what came.")] = False,
    without: Annotated[list[str] | None, typer.Option(metavar="DEAL", help="What if it went away?")] = None,
    value: Annotated[list[str] | None, typer.Option(metavar="DEAL=AMOUNT", help="What if it were worth that?")] = None,
    win: Annotated[list[str] | None, typer.Option(metavar="DEAL", help="What if it were won today?")] = None,
) -> Report:
    """Show what will come in, by period, and the chance of the quota."""
    asks_what_if = bool(without or value or win)
    if save + compare + asks_what_if > 1:
        raise UsageError("--save, --compare and what if (--without, --value, --win) are different things: ask for one.")
    if plot and (compare or asks_what_if):
        raise UsageError("--plot draws a forecast: it goes without --compare and what if.")
    if save and view.as_of is not None:
        raise UsageError("--save keeps the forecast of today: it goes without --as-of.")
    with workspace.read(clock_of(workspace, view)) as reader:
        if compare:
            from pipeline_cli.reports.forecast_kept import compare_report

            return compare_report(workspace, reader)
        pipelines = pipelines_of(workspace, view)
        made = make_forecast(Snapshot(reader, workspace.playbook, pipelines), by, parse_days(horizon), method, deals)
        if asks_what_if:
            from pipeline_cli.reports.forecast import what_if_report

            changes = _read_changes(workspace, reader, without or [], value or [], win or [])
            report = what_if_report(made, changes)
        else:
            report = telling_of_quota(with_plot(made) if plot else made.report, workspace.playbook, pipelines)
        report = telling_the_rest(report, reader, workspace.playbook, pipelines)
    if save:
        _keep(workspace, made)
    return report


def _read_changes(
    workspace: Workspace, reader: Reader, without: list[str], value: list[str], win: list[str]
) -> "Changes":
    from pipeline_cli.domain.deal.typed import read_amount
    from pipeline_cli.domain.forecast.outlook import Changes
    from pipeline_cli.storage.record.deals import find, read_record

    playbook = workspace.playbook
    values = {}
    for said in value:
        name, sign, amount = said.rpartition("=")
        if not sign or not name.strip():
            raise UsageError(f"--value {said}: give a deal and an amount, as in --value 12=10k.")
        facts = read_record(reader, find(reader, name.strip())).facts
        read = read_amount(amount, playbook, facts.currency)
        values[facts.id] = playbook.in_home(read.cents, read.currency)
    return Changes(
        frozenset(find(reader, name) for name in without), frozenset(find(reader, name) for name in win), values
    )


def _keep(workspace: Workspace, made: Forecast) -> None:
    from pipeline_cli.reports.forecast_kept import kept_of
    from pipeline_cli.storage.record.kept import keep_forecast

    kept = kept_of(made, workspace.clock, workspace.playbook.currency)
    with workspace.write("forecast") as change:
        keep_forecast(change.begin_operation(f"kept the forecast until {kept.until}"), kept)
    workspace.say(f"Kept. From {kept.until} on, `{workspace.command_name} forecast --compare` shows whether it held.")
