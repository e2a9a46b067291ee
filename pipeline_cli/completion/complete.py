"""Tab in a shell: what may stand at the cursor, one offer a line, and never an error or a file that was not there."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from pipeline_cli.completion.line import Line, all_for_bash, is_safe, read_line
from pipeline_cli.completion.offers import Offer, offers_for
from pipeline_cli.workspace import GlobalOptions, Workspace


class _Silent(Workspace):
    """Says nothing: whatever is written while a line is being typed lands in that line."""

    def say(self, text: str) -> None:
        pass


def answer_shell(shell: str, app: Any, environ: Mapping[str, str]) -> str:
    """What the scripts of `scripts.py` read: a value a line, for zsh and fish with a tab and a few words about it."""
    line = read_line(environ.get("_PIPELINE_LINE", ""))
    found = [offer for offer in find_offers(app, line, environ) if is_safe(offer.value, line) or offer.is_option]
    if shell == "bash":
        shown = [offer.value for offer in found if offer.is_option]
        shown += all_for_bash([offer.value for offer in found if not offer.is_option], line)
        return "".join(f"{value}\n" for value in shown)
    return "".join(f"{offer.value}\t{_one_line(offer.help)}\n" for offer in found)


def find_offers(app: Any, line: Line, environ: Mapping[str, str]) -> list[Offer]:
    """What may stand at the cursor; nothing when that cannot be known."""
    from typer._click.shell_completion import _resolve_context, _resolve_incomplete

    try:
        context = _resolve_context(app, {}, "pipeline", list(line.words))
        place, typed = _resolve_incomplete(context, list(line.words), line.typed)
        if line.words and line.words[-1].startswith("-"):
            # An option that has no value yet keeps Typer from reading the arguments before it.
            context = _resolve_context(app, {}, "pipeline", line.words[:-1])
        if hasattr(place, "param_type_name"):
            return offers_for(place, context, typed, _workspace(context, environ))
        known = [Offer(item.value, item.help or "", is_option=True) for item in place.shell_complete(context, typed)]
        return known or _last_argument(context, typed, environ)
    except (Exception, SystemExit):  # noqa: BLE001 - a shell that waits for words can do nothing with an error
        return []


def _last_argument(context: Any, typed: str, environ: Mapping[str, str]) -> list[Offer]:
    """Typer takes a word such as `stage=` after the first filter for nothing: the argument that may be repeated is meant."""
    for param in reversed(context.command.params):
        if param.param_type_name == "argument" and param.nargs == -1 and not typed.startswith("-"):
            return offers_for(param, context, typed, _workspace(context, environ))
    return []


def _workspace(context: Any, environ: Mapping[str, str]) -> Workspace:
    named = context.find_root().params
    return _Silent(GlobalOptions(named.get("config"), named.get("db")), environ, datetime.now(UTC))


def _one_line(text: str) -> str:
    return " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())[:60]
