"""`pipeline qualify`: the questions that decide whether a deal is worth the effort."""

from collections.abc import Mapping
from typing import Annotated

import typer

from pipeline_cli.commands.options import Deal
from pipeline_cli.domain.deal.closing import refuse_closed
from pipeline_cli.domain.deal.deal import Answer, DealRecord
from pipeline_cli.domain.deal.edits import AnswerQuestion
from pipeline_cli.domain.errors import NeedsTerminal
from pipeline_cli.domain.playbook import Qualification
from pipeline_cli.domain.rules.qualification import judge_qualification, read_answers
from pipeline_cli.domain.words.text import accept_or_none
from pipeline_cli.storage.record.deals import find, read_record
from pipeline_cli.workspace import Workspace


def qualify(
    context: typer.Context,
    deal: Deal,
    set_: Annotated[list[str] | None, typer.Option("--set", metavar="ITEM=yes|no|unknown", help="An answer.")] = None,
    evidence: Annotated[list[str] | None, typer.Option(metavar="ITEM=TEXT", help="How you know it.")] = None,
) -> None:
    """Answer the qualification questions; without --set they are asked, one at a time."""
    workspace: Workspace = context.obj
    typed, given = bool(set_ or evidence), dict[str, tuple[str, str | None]]()
    if not typed:
        with workspace.read() as reader:
            record = read_record(reader, find(reader, deal))
        refuse_closed(record, "It needs no qualification")
        if not workspace.is_interactive:
            item = _questions(workspace, record).items[0].id
            raise NeedsTerminal(
                f"Without a terminal the answers come as options: {workspace.command_name} qualify {record.facts.id} "
                f'--set {item}=yes --evidence {item}="how you know"'
            )
        given = _ask(workspace, record)
    with workspace.write("qualify") as change:
        record = read_record(change, find(change, deal))
        if typed:
            given = read_answers(set_ or [], evidence or [], _questions(workspace, record))
        refuse_closed(record, "It needs no qualification")
        edits = [AnswerQuestion(record.facts.id, item, *answer) for item, answer in given.items()]
        if edits:
            said = ", ".join(f"{item}={answer}" for item, (answer, _) in given.items())
            change.apply(edits, f"qualified {record.facts.title}: {said}")
        after = read_record(change, record.facts.id)
    _tell(workspace, after)


def _questions(workspace: Workspace, record: DealRecord) -> Qualification:
    """Those of the deal's pipeline."""
    playbook = workspace.playbook
    return playbook.qualification_in(playbook.pipeline_of(record.facts.pipeline))


def _ask(workspace: Workspace, record: DealRecord) -> dict[str, tuple[str, str | None]]:
    """One question at a time, with what is known; Enter keeps it, q ends."""
    given: dict[str, tuple[str, str | None]] = {}
    workspace.say(f"{record.facts.id}, {record.facts.title}: y yes, n no, u unknown, Enter keeps, q ends.")
    for item in _questions(workspace, record).items:
        known = record.answers.get(item.id)
        answer = _ask_one(workspace, item.ask, known)
        if answer == "q":
            break
        if answer:
            text = workspace.ask("  How do you know? ") if answer in ("yes", "no") else ""
            given[item.id] = (answer, accept_or_none(text, "The evidence"))
    return given


def _ask_one(workspace: Workspace, question: str, known: Answer | None) -> str:
    words = {"y": "yes", "yes": "yes", "n": "no", "no": "no", "u": "unknown", "unknown": "unknown", "": "", "q": "q"}
    now = "" if known is None else f" [{known.answer}{': ' + known.evidence if known.evidence else ''}]"
    while True:
        typed = workspace.ask(f"{question}{now} ").strip().casefold()
        if typed in words:
            return words[typed]
        workspace.say("  Type y, n, u, Enter or q.")


def _tell(workspace: Workspace, record: DealRecord) -> None:
    """Score, verdict and the next question are the answer."""
    questions, answers = _questions(workspace, record), record.answers
    verdict = judge_qualification(questions, answers, record.facts.fields)
    for item in questions.items:
        workspace.answer(f"{_mark(answers, item.id)} {item.id}: {item.ask}{_evidence(answers, item.id)}")
    words = {
        "qualified": "qualified",
        "unqualified": "not qualified, and it cannot be any more",
        "open": "not yet qualified",
    }
    workspace.answer(
        f"Score {verdict.score:g} of 100: {words[verdict.verdict]} "
        f"({len(verdict.yes)} yes, {questions.min_yes} needed; required: {', '.join(questions.required) or 'none'})."
    )
    for mismatch in verdict.mismatches:
        workspace.answer(f"Not the ideal customer: {mismatch} (20 points less).")
    if verdict.next_question is not None:
        workspace.answer(f"Next question: {verdict.next_question.ask}")


def _mark(answers: Mapping[str, Answer], item: str) -> str:
    found = answers.get(item)
    return {"yes": "[yes]", "no": "[no]"}.get(found.answer if found else "", "[?]")


def _evidence(answers: Mapping[str, Answer], item: str) -> str:
    found = answers.get(item)
    return f" ({found.evidence})" if found and found.evidence else ""
