"""`pipeline add` without a title, on a terminal: what the deal is, asked one thing at a time."""

from collections.abc import Callable
from typing import Any

from pipeline_cli.domain.accept import accept, accept_filled
from pipeline_cli.domain.dates import parse_date
from pipeline_cli.domain.errors import UsageError
from pipeline_cli.domain.typed import read_amount, read_contacts, read_source
from pipeline_cli.workspace import Workspace


def ask_for_deal(workspace: Workspace, given: dict[str, Any]) -> dict[str, Any]:
    """The answers, checked as they come, to what was not given as an option; Enter skips all but the title.

    Raises UsageError without a terminal, KeyboardInterrupt at the end of input.
    """
    command = f"{workspace.command_name} add"
    if not workspace.is_interactive:
        raise UsageError(f"TITLE is missing: type {command} TITLE; `pipeline add --help` says more.")
    workspace.say("A new deal. Enter skips a question, Ctrl-C gives up.")
    questions = _questions(workspace)
    asked = {name: _ask(workspace, *questions[name]) for name in questions if given.get(name) in (None, [], ())}
    asked["title"] = asked["title"].strip()
    found: dict[str, Any] = {name: text for name, text in asked.items() if text.strip()}
    if "contact" in found:
        found["contact"] = [found["contact"]]
    return found


Check = Callable[[str], object]


def _questions(workspace: Workspace) -> dict[str, tuple[str, Check]]:
    playbook, today = workspace.playbook, workspace.clock.today
    sources = f" ({', '.join(playbook.sources)})" if playbook.sources else ""
    return {
        "title": ("What do you sell, and to whom? ", lambda text: accept_filled(text, "The title")),
        "org": ("Organization: ", lambda text: accept(text, "The organization")),
        "contact": (
            "Contact, as in Ann Lee <ann@acme.example>: ",
            _unless_skipped(lambda text: read_contacts([text], None)),
        ),
        "value": (
            f"Value, as in 12k ({playbook.currency}): ",
            _unless_skipped(lambda text: read_amount(text, playbook)),
        ),
        "source": (f"Source{sources}: ", _unless_skipped(lambda text: read_source(text, playbook))),
        "close": ("Close date, as in 30d or eom: ", _unless_skipped(lambda text: parse_date(text, today))),
    }


def _unless_skipped(check: Check) -> Check:
    return lambda text: check(text) if text.strip() else None


def _ask(workspace: Workspace, question: str, check: Check) -> str:
    while True:
        answer = workspace.ask(question)
        try:
            check(answer)
        except UsageError as problem:
            workspace.say(str(problem))
        else:
            return answer
