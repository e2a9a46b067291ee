"""`pipeline init` on a terminal: three questions, each of which Enter answers."""

from collections.abc import Callable
from typing import TypeVar

from pipeline_cli.config.template_files import quota_of, template_about, template_names, template_text
from pipeline_cli.domain.errors import UsageError
from pipeline_cli.domain.starting import Choice, read_currency, read_quota
from pipeline_cli.output.text import wrap
from pipeline_cli.workspace import Workspace

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
