"""`pipeline add`: a new deal; without a title, on a terminal, asked for one question at a time."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated, Any, NamedTuple

import typer

from pipeline_cli.commands.options import At, Contacts, Links, NextStep, Tags, joined, read_step
from pipeline_cli.commands.touch_beside import Inbound, NoAnswer, Outcome, Touch, Voicemail, read_touch_beside
from pipeline_cli.domain.deal.edits import AddDeal, LogTouchpoint, SetNextStep
from pipeline_cli.domain.deal.labels import links_in_text, read_tag, tags_in_text
from pipeline_cli.domain.deal.steps import step_in_words
from pipeline_cli.domain.deal.typed import (
    read_amount,
    read_contacts,
    read_fields,
    read_home_amount,
    read_probability,
    read_source,
    read_stage,
)
from pipeline_cli.domain.errors import UsageError
from pipeline_cli.domain.words.dates import dated, parse_date, parse_when, refuse_future
from pipeline_cli.domain.words.names import normalise, organization_in
from pipeline_cli.domain.words.text import accept, accept_filled, accept_or_none
from pipeline_cli.workspace import Workspace

if TYPE_CHECKING:
    from pipeline_cli.storage.change import Change

Title = Annotated[
    list[str] | None,
    typer.Argument(metavar="[TITLE]...", help="What you sell, such as Acme: workshop; asked on a terminal."),
]
Org = Annotated[
    str | None, typer.Option(metavar="NAME", help="The organization that buys, else that of the title; '' for none.")
]
Phone = Annotated[str | None, typer.Option(metavar="NUMBER", help="The telephone number of the first person.")]
Value = Annotated[
    str | None, typer.Option("--value", "-v", metavar="AMOUNT", help="What it is worth: 12k, 1.000,50 €, $1,000.")
]
Source = Annotated[str | None, typer.Option(metavar="NAME", help="Where it came from.")]
Cost = Annotated[str | None, typer.Option(metavar="AMOUNT", help="What getting the lead cost.")]
Close = Annotated[str | None, typer.Option(metavar="DATE", help="When it will close: 30d, eom, 2026-12-15.")]
Owner = Annotated[str | None, typer.Option(metavar="NAME", help="Whose deal it is.")]
Probability = Annotated[
    str | None, typer.Option(metavar="PERCENT", help="Its chance by hand; else as forecast has it.")
]
Stage = Annotated[str | None, typer.Option(metavar="STAGE", help="The stage it starts in, if not the first.")]
Pipeline = Annotated[str | None, typer.Option(metavar="NAME", help="The pipeline, if not the first.")]
From = Annotated[str | None, typer.Option("--from", metavar="DEAL", help="The won deal that it grows out of.")]
Fields = Annotated[list[str] | None, typer.Option(metavar="NAME=VALUE", help="A field of your own.")]


def add(
    context: typer.Context,
    title: Title = None,
    org: Org = None,
    contact: Contacts = None,
    phone: Phone = None,
    value: Value = None,
    source: Source = None,
    cost: Cost = None,
    close: Close = None,
    owner: Owner = None,
    probability: Probability = None,
    stage: Stage = None,
    pipeline: Pipeline = None,
    field: Fields = None,
    tag: Tags = None,
    link: Links = None,
    from_: From = None,
    log: Touch = None,
    inbound: Inbound = False,
    outcome: Outcome = None,
    no_answer: NoAnswer = False,
    voicemail: Voicemail = False,
    next_step: NextStep = None,
    at: At = None,
) -> None:
    """Add a deal; with --from it is an upsell or a cross-sell of a won one.

    The organization is that of the title: pipeline add Acme: workshop -v 12k -c "Ann <ann@acme.example>" -n fri Call Ann
    """
    workspace: Workspace = context.obj
    name = joined(title)
    if name is None:
        add(context, **context.params | ask_for_deal(workspace, context.params))
        return
    playbook, clock = workspace.playbook, workspace.clock
    amount = None if value is None else read_amount(value, playbook)
    created_at = clock.now if at is None else parse_when(at, clock)
    refuse_future(created_at, clock, "A deal")
    named = accept_filled(name, "The title")
    people = read_contacts(contact or [], phone)
    of_title = organization_in(named) if org is None and from_ is None else None
    if of_title and any(
        set(normalise(of_title).split()) <= set(normalise(person.name or "").split()) for person in people
    ):
        of_title = None  # it names the person, who may ask to be forgotten
    edit = AddDeal(
        named,
        *_place(workspace, pipeline, None if from_ else stage),
        created_at=created_at,
        currency=playbook.currency if amount is None else amount.currency,
        organization=of_title or accept_or_none(org, "The organization"),
        value_cents=None if amount is None else amount.cents,
        source=None if source is None else read_source(source, playbook),
        owner=accept_or_none(owner, "The owner"),
        cost_cents=None if cost is None else read_home_amount(cost, playbook, "--cost").cents,
        expected_close=None if close is None else parse_date(close, clock.today),
        probability=None if probability is None else read_probability(probability),
        contacts=people,
        fields={name: text for name, text in read_fields(field or []).items() if text},
        tags=tags_in_text(map(read_tag, tag or [])),
        links=_read_links(workspace, link or []),
    )
    when = dated(None if at is None else created_at, clock)
    flags = ["--no-answer"] * no_answer + ["--voicemail"] * voicemail
    touch = read_touch_beside(workspace, log, created_at, inbound=inbound, outcome=outcome, flags=flags)
    first = First(touch, None if next_step is None else SetNextStep(0, *read_step(next_step, clock)))
    alike, deal_id = _save(workspace, edit, when, Growth(from_, pipeline, stage), first)
    if amount is not None and amount.rounded:
        workspace.say(f"The value was rounded to {amount.cents / 100:.2f}.")
    for number, why in alike:
        workspace.say(f"It looks like deal {number} ({why}): `{workspace.command_name} undo` takes this one back.")
    plan = f'Next: {workspace.command_name} next {deal_id} tomorrow "Call"'
    said = first.said if first.step else [*first.said, plan]
    workspace.confirm(" ".join([f"Added {deal_id}: {edit.title}.", *said]), deal_id)
    if of_title:
        workspace.say(f"Its organization is {of_title}, as the title says; --org '' leaves it away.")


def _read_links(workspace: Workspace, texts: list[str]) -> str | None:
    if not texts:
        return None
    from pipeline_cli.commands.links import read_link

    return links_in_text(read_link(workspace, text) for text in texts)


class First(NamedTuple):
    """What happened with it already, and what comes next: of a deal whose number is not known yet."""

    touch: LogTouchpoint | None
    step: SetNextStep | None

    @property
    def edits(self) -> list[LogTouchpoint | SetNextStep]:
        return [one for one in (self.touch, self.step) if one is not None]

    @property
    def said(self) -> list[str]:
        logged = [] if self.touch is None else [f"Logged {self.touch.kind} ({self.touch.direction})."]
        return logged + ([] if self.step is None else [f"Next: {step_in_words(self.step)}."])


class Growth(NamedTuple):
    """What is to come from a won deal, and what was typed instead."""

    origin: str | None
    pipeline: str | None
    stage: str | None


def _place(workspace: Workspace, pipeline: str | None, stage: str | None) -> tuple[str, str]:
    chosen = workspace.pipeline(pipeline)
    return chosen.id, chosen.stages[0].id if stage is None else read_stage(stage, chosen).id


def _grow(workspace: Workspace, change: "Change", edit: AddDeal, growth: Growth) -> AddDeal:
    from pipeline_cli.domain.deal.after_sale import plan_growth
    from pipeline_cli.storage.record.deals import find, read_record

    record = read_record(change, find(change, growth.origin or ""))
    placed, begins_in = _place(workspace, growth.pipeline or record.facts.pipeline, growth.stage)
    return plan_growth(edit._replace(pipeline=placed, stage=begins_in), record, workspace.clock)


def _save(
    workspace: Workspace, edit: AddDeal, when: str, growth: Growth, first: First
) -> tuple[list[tuple[int, str]], int]:
    """Deals it looks like, each with why, and its own number."""
    with workspace.write("add") as change:
        from pipeline_cli.storage.record.duplicates import find_duplicates
        from pipeline_cli.storage.record.people import refuse_opted_out

        if growth.origin is not None:
            edit = _grow(workspace, change, edit, growth)
        refuse_opted_out(change, edit.contacts, workspace.say)
        alike = find_duplicates(change, edit)
        whence = f" from deal {edit.from_deal_id}" if edit.from_deal_id else ""
        besides = [f"{one[0].lower()}{one[1:].removesuffix('.')}" for one in first.said]
        number = change.apply([edit], "; ".join([f"added {edit.title}{whence}{when}", *besides]))[0]
        if first.touch is not None and first.touch.direction == "out":
            from pipeline_cli.domain.deal.people import refuse_do_not_contact
            from pipeline_cli.storage.record.deals import read_record

            refuse_do_not_contact(read_record(change, number))
        change.apply([one._replace(deal_id=number) for one in first.edits], "")
        return alike, number


def ask_for_deal(workspace: Workspace, given: dict[str, Any]) -> dict[str, Any]:
    """The answers, checked as they come, to what was not given as an option; Enter skips all but the title.

    Raises UsageError without a terminal, KeyboardInterrupt at the end of input.
    """
    command = f"{workspace.command_name} add"
    if not workspace.is_interactive:
        raise UsageError(f"TITLE is missing: type {command} TITLE; `pipeline add --help` says more.")
    workspace.say("A new deal. Enter skips a question, Ctrl-C gives up.")
    questions = _questions(workspace)
    asked = dict[str, str]()
    for name, (question, check) in questions.items():
        if given.get(name) in (None, [], ()):
            known = organization_in(asked["title"]) if name == "org" else None
            asked[name] = _ask(workspace, f"Organization [{known}]: " if known else question, check)
    found: dict[str, Any] = {name: text for name, text in asked.items() if text.strip()}
    found["title"] = [asked["title"].strip()]
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
