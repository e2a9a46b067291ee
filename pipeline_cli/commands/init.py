"""`pipeline init`: a pipeline.yaml and an empty database, or both from another program's export; on a terminal it asks."""

import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, NamedTuple, TypeVar

import typer

from pipeline_cli.commands.import_options import (
    Changes,
    Contacts,
    DateOrder,
    Decimal,
    Encoding,
    Maps,
    Moves,
    Pairs,
    SkipBad,
    Touchpoints,
    ValueMaps,
)
from pipeline_cli.config.template_files import quota_of, template_about, template_names, template_text
from pipeline_cli.domain.errors import RuleError, UsageError
from pipeline_cli.domain.words.money import parse_money
from pipeline_cli.domain.words.text import nearest, quoted
from pipeline_cli.output.text import wrap
from pipeline_cli.workspace import Workspace

_PERIODS = ("month", "quarter", "year")


class Choice(NamedTuple):
    """What was chosen for a new pipeline.yaml; None: nothing, so that the template's own holds."""

    template: str | None = None
    currency: str | None = None
    quota: tuple[str, str] | None = None
    """(per, amount); an amount of "" is no quota."""


def read_currency(text: str) -> str:
    """Three letters, in capitals. Raises UsageError."""
    code = text.strip().upper()
    if not re.fullmatch("[A-Z]{3}", code):
        raise UsageError(f"{quoted(text)} is not a currency: type its three letters, such as EUR or USD.")
    return code


def read_quota(text: str) -> tuple[str, str]:
    """`20k/month` is ("month", "20000"), `none` is ("month", ""). Raises UsageError."""
    if text.strip().casefold() in ("none", "no", "-", "0"):
        return "month", ""
    amount, _, per = text.replace(" per ", "/").partition("/")
    period = per.strip().casefold() or "month"
    if period not in _PERIODS:
        meant = nearest(period, _PERIODS)
        guess = f"did you mean {meant}? " if meant else ""
        raise UsageError(f"--quota {quoted(text)}: {guess}A quota is per month, quarter or year: type 20000/month.")
    money = parse_money(amount)
    if money.currency is not None:
        raise UsageError(f"--quota {quoted(text)}: is in the currency of the file: leave {money.currency} away.")
    if not money.cents:
        raise UsageError(f"--quota {quoted(text)}: a quota of nothing is none: type none.")
    whole, rest = divmod(money.cents, 100)
    return period, f"{whole}.{rest:02}" if rest else str(whole)


def init(
    context: typer.Context,
    template: Annotated[
        str | None, typer.Option(metavar="NAME", help="services, saas, ecommerce, aida, radar, classic, full.")
    ] = None,
    currency: Annotated[str | None, typer.Option(metavar="CODE", help="What totals are in: EUR, USD, CHF.")] = None,
    quota: Annotated[
        str | None, typer.Option(metavar="AMOUNT/PERIOD", help="What you want to win: 20000/month, 60k/quarter, none.")
    ] = None,
    from_: Annotated[
        Path | None,
        typer.Option(
            "--from", metavar="DEALS.csv", help="An export of another program, .xlsx too: its stages, its deals."
        ),
    ] = None,
    moves: Moves = None,
    touchpoints: Touchpoints = None,
    contacts: Contacts = None,
    changes: Changes = None,
    map_: Maps = None,
    value_map: ValueMaps = None,
    rate: Annotated[
        Pairs, typer.Option(metavar="CODE=NUMBER", help="What one USD is in the currency; repeated.")
    ] = None,
    date_order: DateOrder = None,
    decimal: Decimal = None,
    encoding: Encoding = None,
    skip_bad: SkipBad = False,
) -> None:
    """Write pipeline.yaml and an empty database, or both from an export; nothing is ever overwritten."""
    from pipeline_cli.config.machine import cache_folder
    from pipeline_cli.config.template_files import template_text
    from pipeline_cli.storage.database import create, is_missing, look
    from pipeline_cli.storage.safekeeping.synced import warn_once

    workspace: Workspace = context.obj
    template_text(template or "services")  # a mistyped name is told before anything is asked
    choice = Choice(
        template,
        None if currency is None else read_currency(currency),
        None if quota is None else read_quota(quota),
    )
    others = (moves, touchpoints, contacts, changes, map_, value_map, rate, date_order, decimal, encoding, skip_bad)
    if from_ is None and any(others):
        raise UsageError("these options say how an export is read: name it with --from DEALS.csv.")
    if from_ is not None:
        from pipeline_cli.commands.arriving import arrive  # reads exports, which an empty record needs nothing of
        from pipeline_cli.config.draft_file import Wishes
        from pipeline_cli.domain.words.shell import command_line
        from pipeline_cli.exchange.mapping import ImportFiles, ImportOptions

        files = ImportFiles(from_, moves, touchpoints, contacts, changes)
        how = ImportOptions(None, map_ or (), value_map or (), None, date_order, decimal, encoding, skip_bad)
        typed = command_line("pipeline", "init", "--from", from_.name)
        wishes = Wishes(typed, choice.currency, {}, choice.template, choice.quota)
        arrive(workspace, _target(workspace), files, how, wishes, rate or [])
        return
    if workspace.database_is_named and not is_missing(workspace.database_path):
        look(workspace.database_path)
    workspace.playbook_path = _write_playbook(workspace, choice)
    database = workspace.database_path
    if not is_missing(database):
        look(database)
        workspace.say(f"{database} is there already and was left as it is.")
    else:
        create(database)
        workspace.say(f"Made {workspace.short(database)}.")
    warn_once(database, cache_folder(workspace.environ), workspace.say)
    workspace.say(f'Next: {workspace.command_name} add "Acme: workshop" --value 12k')


def _write_playbook(workspace: Workspace, choice: Choice) -> Path:
    """As chosen by flags and, on a terminal, by answers; one that is there is kept when a database alone was wanted."""
    from pipeline_cli.config.template_files import fill_template, template_text
    from pipeline_cli.output.files import write_new_file
    from pipeline_cli.storage.database import is_missing

    path = _target(workspace)
    named = workspace.options.database or workspace.environ.get("PIPELINE_DB")
    if os.path.lexists(path):
        if any(one is not None for one in choice) or not named or not is_missing(Path(named)):
            raise RuleError(
                f"{path} is there already and was left as it is: edit it, or name another with `pipeline --config FILE init`."
            )
        return path
    if workspace.is_interactive:
        choice = ask_how_to_begin(workspace, choice)
    text = template_text(choice.template or "services")
    write_new_file(path, fill_template(text, choice.currency, choice.quota).encode(), force=False)
    workspace.say(f"Wrote {workspace.short(path)}: its numbers are guesses, edit them as you learn.")
    if workspace.is_interactive:
        from pipeline_cli.config.template_files import template_about

        stages = template_about(choice.template or "services")
        workspace.say(f"Its stages: {stages}. `{workspace.command_name} config edit` changes them.")
    return path


def _target(workspace: Workspace) -> Path:
    named = workspace.options.config or workspace.environ.get("PIPELINE_CONFIG")
    if not named:
        return workspace.folder / "pipeline.yaml"
    from pipeline_cli.config.machine import path_named

    return path_named(named, "--config" if workspace.options.config else "PIPELINE_CONFIG")


Answer = TypeVar("Answer")
BESIDE_THE_NAMES = 66
"""Columns that are left of 80 beside the names of the templates."""


def ask_how_to_begin(workspace: Workspace, choice: Choice) -> Choice:
    """What was not chosen by a flag is asked. Raises KeyboardInterrupt at the end of input."""
    if choice.template is None:
        for name in template_names():
            about = wrap(template_about(name), BESIDE_THE_NAMES)
            workspace.say(f"  {name:<10} " + f"\n{'':13}".join(about))
        choice = choice._replace(template=_ask(workspace, "Which template? [services] ", _read_template, "services"))
    if choice.currency is None:
        choice = choice._replace(currency=_ask(workspace, "Which currency? [EUR] ", read_currency, "EUR"))
    if choice.quota is None:
        own = quota_of(template_text(choice.template or "services")) or "none"
        asked = f"What do you want to win, as in 20000/month or 60k/quarter? [{own}] "
        choice = choice._replace(quota=_ask(workspace, asked, read_quota, own))
    return choice


def _read_template(text: str) -> str:
    name = text.strip().casefold()
    template_text(name)
    return name


def _ask(workspace: Workspace, question: str, read: Callable[[str], Answer], default: str) -> Answer:
    while True:
        try:
            return read(workspace.ask(question).strip() or default)
        except UsageError as problem:
            workspace.say(str(problem))
