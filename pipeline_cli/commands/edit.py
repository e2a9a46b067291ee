"""`pipeline edit`: other values for a deal's fields; without an option, on a terminal, in the user's own editor."""

from collections.abc import Callable
from datetime import date
from typing import TYPE_CHECKING, Annotated, Any

import typer

from pipeline_cli.commands.editor import gives_up, named_editor, open_editor, private_copy
from pipeline_cli.commands.links import change_links
from pipeline_cli.commands.options import CheckIn, Contacts, Links, Renewal, Tags
from pipeline_cli.commands.several import AllMatching, Deals, Named, Planned, Yes, change_deals
from pipeline_cli.domain.deal.after_sale import WORDS, read_typed, refuse_unless_won
from pipeline_cli.domain.deal.closing import refuse_frozen
from pipeline_cli.domain.deal.deal import DealFacts, DealRecord
from pipeline_cli.domain.deal.edits import (
    AddDealContact,
    CloseFollowUp,
    Edit,
    MoveAcross,
    RemoveDealContact,
    SetFields,
    SetFollowUp,
)
from pipeline_cli.domain.deal.labels import BETWEEN_LINKS, added_and_removed, links_of, retag, tags_of
from pipeline_cli.domain.deal.people import find_contact_of_deal
from pipeline_cli.domain.deal.typed import (
    FIELD,
    changed_lines,
    deal_lines,
    find_known,
    read_category,
    read_contacts,
    read_deal_text,
    read_fields,
    read_home_amount,
    read_probability,
    read_source,
    read_value,
    write_deal_text,
)
from pipeline_cli.domain.errors import RuleError, UsageError
from pipeline_cli.domain.playbook import Playbook
from pipeline_cli.domain.rules.advance import crossing_in_words, plan_crossing
from pipeline_cli.domain.words.clock import Clock
from pipeline_cli.domain.words.dates import parse_date
from pipeline_cli.domain.words.text import accept_filled, accept_or_none
from pipeline_cli.reports.changes import edited_in_words
from pipeline_cli.storage.record.deals import find, read_record, refuse_taken_external_id
from pipeline_cli.storage.record.people import refuse_opted_out
from pipeline_cli.workspace import Workspace

if TYPE_CHECKING:
    from pipeline_cli.storage.change import Change

Title = Annotated[str | None, typer.Option(metavar="TEXT", help="What you sell.")]
Org = Annotated[str | None, typer.Option(metavar="NAME", help="The organization that buys; '' for none.")]
WithoutContact = Annotated[
    list[str] | None,
    typer.Option(metavar="CONTACT", help="Takes c12, or that name or mail, off the deal; the person stays."),
]
Phone = Annotated[
    str | None, typer.Option(metavar="NUMBER", help="The telephone number of that person, or of the first.")
]
Value = Annotated[
    str | None, typer.Option("--value", "-v", metavar="AMOUNT", help="What it is worth; '' for not known.")
]
Source = Annotated[str | None, typer.Option(metavar="NAME", help="Where it came from; '' for not known.")]
Cost = Annotated[str | None, typer.Option(metavar="AMOUNT", help="What getting the lead cost; '' for not known.")]
Close = Annotated[str | None, typer.Option(metavar="DATE", help="When it will close; '' for not known.")]
Owner = Annotated[str | None, typer.Option(metavar="NAME", help="Whose deal it is; '' for nobody's.")]
Probability = Annotated[
    str | None, typer.Option(metavar="PERCENT|auto", help="Its chance by hand; auto: as forecast has it.")
]
Category = Annotated[
    str | None, typer.Option(metavar="CATEGORY|auto", help="omitted, pipeline, best_case, commit; auto: its stage's.")
]
ExternalId = Annotated[str | None, typer.Option(metavar="ID", help="Its id in another program; '' for none.")]
ToPipeline = Annotated[
    str | None, typer.Option(metavar="NAME", help="Move it to another pipeline, into --stage; its history is kept.")
]
ToStage = Annotated[str | None, typer.Option(metavar="STAGE", help="The stage of that pipeline.")]
Untag = Annotated[list[str] | None, typer.Option("--untag", metavar="TAG", help="Take a tag off; may be repeated.")]
Unlink = Annotated[
    list[str] | None, typer.Option("--unlink", metavar="LINK", help="Take a link off, by its number or as it is shown.")
]
Fields = Annotated[list[str] | None, typer.Option(metavar="NAME=VALUE", help="A field of your own; '' removes it.")]


def edit(
    context: typer.Context,
    deals: Deals,
    title: Title = None,
    org: Org = None,
    contact: Contacts = None,
    without_contact: WithoutContact = None,
    phone: Phone = None,
    value: Value = None,
    source: Source = None,
    cost: Cost = None,
    close: Close = None,
    owner: Owner = None,
    probability: Probability = None,
    category: Category = None,
    external_id: ExternalId = None,
    field: Fields = None,
    tag: Tags = None,
    untag: Untag = None,
    link: Links = None,
    unlink: Unlink = None,
    pipeline: ToPipeline = None,
    stage: ToStage = None,
    check_in: CheckIn = None,
    renewal: Renewal = None,
    all_matching: AllMatching = False,
    yes: Yes = False,
) -> None:
    """Change fields of a deal, without an option in your EDITOR; stages are changed by `advance` and `back`."""
    workspace: Workspace = context.obj
    if workspace.is_interactive and all(
        one in (None, False, [], ()) for name, one in context.params.items() if name != "deals"
    ):
        if len(deals) > 1:
            raise UsageError(
                "Several deals are changed by options, such as --close 30d: the editor takes one at a time."
            )
        _ask(context, deals[0])
        return
    is_one = len(deals) == 1 and not all_matching
    if not is_one and (title is not None or external_id is not None):
        option = "--title" if title is not None else "--external-id"
        raise UsageError(f"{option} belongs to one deal: name one.")
    playbook, clock = workspace.playbook, workspace.clock
    typed = {
        "title": title,
        "organization": org,
        "owner": owner,
        "external_id": external_id,
        "source": source,
        "cost_cents": cost,
        "expected_close": close,
        "probability": probability,
        "category": category,
    }
    changes = {column: _READERS[column](text, playbook, clock) for column, text in typed.items() if text is not None}
    dates = read_typed(check_in, renewal, clock.today)

    def plan(change: "Change", record: DealRecord) -> Planned:
        facts, new = record.facts, dict(changes)
        if value is not None:
            new |= read_value(value, playbook, facts)
        if new.get("external_id"):
            refuse_taken_external_id(change, new["external_id"], facts.id)
        if field:
            merged = {**facts.fields, **read_fields(field)}
            new["fields"] = {name: text for name, text in merged.items() if text}
        unchanged = _label(workspace, facts, new, (tag or [], untag or []), (link or [], unlink or []))
        edits: list[Edit] = [SetFields(facts.id, new)] if new else []
        off = _find_contacts(record, without_contact or [])
        edits += off
        gone = {one.contact_id for one in off}
        staying = [one for one in record.contacts if one.id not in gone]
        people = read_contacts(contact or [], phone)
        refuse_opted_out(change, people, workspace.say)
        edits += [AddDealContact(facts.id, person, find_known(person, staying)) for person in people]
        edits += _follow_up_edits(facts, dates)
        crossing = None if pipeline is stage is None else plan_crossing(record, pipeline, stage, playbook, clock)
        edits += [crossing] if crossing else []
        if not edits and unchanged:
            return Planned([], "", [f"Deal {facts.id}, {facts.title}: {'; '.join(unchanged)}. Nothing was changed."])
        if not edits:
            raise UsageError("There is nothing to change: name a field, such as --value 12k or --close 30d.")
        refuse_frozen(facts, new)
        named = new.get("title", facts.title)
        said = ", ".join(_in_words(facts, new, edits, playbook, clock))
        beside = f" ({'; '.join(unchanged)})" if unchanged else ""
        told = [f"Changed {facts.id}, {named}: {said}{beside}.", *_what_to_do(workspace, crossing, facts)]
        return Planned(edits, f"edited {named}: {said}", told)

    change_deals(workspace, "edit", Named(deals, all_matching, yes), plan)


_READERS: dict[str, Callable[[str, Playbook, Clock], Any]] = {
    "title": lambda text, _, __: accept_filled(text, "The title"),
    "organization": lambda text, _, __: accept_or_none(text, "The organization"),
    "owner": lambda text, _, __: accept_or_none(text, "The owner"),
    "external_id": lambda text, _, __: accept_or_none(text, "The external id"),
    "source": lambda text, playbook, _: read_source(text, playbook) if text.strip() else None,
    "cost_cents": lambda text, playbook, _: read_home_amount(text, playbook, "--cost").cents if text.strip() else None,
    "expected_close": lambda text, _, clock: parse_date(text, clock.today) if text.strip() else None,
    "probability": lambda text, _, __: read_probability(text),
    "category": lambda text, _, __: None if text == "auto" else read_category(text),
}
"""Column of a deal -> what a text typed for it means."""


def _ask(context: typer.Context, deal: str) -> None:

    def change(context: typer.Context, deal: str, **typed: Any) -> None:
        context.params = typed
        edit(context, [deal], **typed)

    edit_in_editor(context, deal, change)


def _label(
    workspace: Workspace,
    facts: DealFacts,
    new: dict[str, Any],
    tags: tuple[list[str], list[str]],
    links: tuple[list[str], list[str]],
) -> list[str]:
    """Puts tags and links, those to add and those to take off, among the new values; returns what changes nothing."""
    found, of_tags = retag(facts.tags, *tags)
    kept, of_links = change_links(workspace, facts.links, *links)
    now = {"tags": found, "links": kept}
    new |= {column: text for column, text in now.items() if text != getattr(facts, column)}
    return [*of_tags, *of_links]


def _find_contacts(record: DealRecord, names: list[str]) -> list[RemoveDealContact]:
    """Raises NoSuchContact for somebody who is none of the deal's, and for several."""
    facts = record.facts
    found = [find_contact_of_deal(name, record.contacts, facts.id, facts.title) for name in names]
    return [RemoveDealContact(facts.id, number) for number in dict.fromkeys(one.id for one in found)]


def _follow_up_edits(facts: DealFacts, dates: dict[str, date | None]) -> list[Edit]:
    """Raises RuleError for a deal that is not won."""
    for kind in dates:
        refuse_unless_won(facts.id, facts.status, kind)
    return [
        SetFollowUp(facts.id, kind, day) if day else CloseFollowUp(facts.id, kind, done=False)
        for kind, day in dates.items()
    ]


def _what_to_do(workspace: Workspace, crossing: MoveAcross | None, facts: DealFacts) -> list[str]:
    """Where it arrives, as `advance` does."""
    arrived = crossing and workspace.pipeline(crossing.to_pipeline).stage(crossing.to_stage)
    if arrived and arrived.next_actions and facts.next_step is None:
        return [f"What to do in {arrived.name}: {'; '.join(arrived.next_actions)}."]
    return []


def _in_words(
    facts: DealFacts, changes: dict[str, Any], edits: list[Edit], playbook: Playbook, clock: Clock
) -> list[str]:
    """What was changed, before and after."""
    names = [crossing_in_words(edit, playbook) for edit in edits if isinstance(edit, MoveAcross)]
    names += edited_in_words(facts, changes, playbook, clock)
    names += [WORDS[edit.kind] for edit in edits if isinstance(edit, (SetFollowUp, CloseFollowUp))]
    names += ["contact"] if any(isinstance(edit, AddDealContact) for edit in edits) else []
    return names + [f"contact c{edit.contact_id} taken off" for edit in edits if isinstance(edit, RemoveDealContact)]


def edit_in_editor(context: typer.Context, deal: str, edit: Callable[..., None]) -> None:
    """What was changed there is one operation, made by `edit` itself; a mistake is told and can be corrected."""
    workspace: Workspace = context.obj
    editor = named_editor(workspace)
    if editor is None:
        raise UsageError(
            "There is nothing to change: name a field, such as --value 12k, or set EDITOR to see them all."
        )
    with workspace.read() as reader:
        facts = read_record(reader, find(reader, deal)).facts
    before = deal_lines(facts, workspace.playbook)
    text = write_deal_text(facts, before)
    with private_copy(f"deal-{facts.id}.yaml", text.encode()) as copy:
        while True:
            content = open_editor(editor, copy)
            try:
                changed = changed_lines(before, read_deal_text(_decoded(content)))
                if changed:
                    edit(context, str(facts.id), **_options(changed, facts))
                else:
                    workspace.say("Nothing was changed.")
                return
            except (UsageError, RuleError) as problem:
                workspace.say(str(problem))
                if gives_up(workspace, content, workspace.folder / f"deal-{facts.id}.edited.yaml"):
                    return
                copy.write_bytes(_with_problem(facts, content, str(problem)))


def _decoded(content: bytes) -> str:
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        raise UsageError("The text is not UTF-8: save it so.") from None


def _options(changed: dict[str, str], facts: DealFacts) -> dict[str, Any]:
    """The changes as the options of `edit`."""
    options: dict[str, Any] = {
        key.replace("-", "_"): text for key, text in changed.items() if not key.startswith(FIELD)
    }
    if "tags" in options:
        options["tag"], options["untag"] = added_and_removed(tags_of(facts.tags), options.pop("tags").split())
    if "links" in options:
        links = [one.strip() for one in options.pop("links").split(BETWEEN_LINKS.strip()) if one.strip()]
        options["link"], options["unlink"] = added_and_removed(links_of(facts.links), links)
    for key in ("probability", "category"):
        if options.get(key) == "":
            options[key] = "auto"
    fields = [f"{key.removeprefix(FIELD).strip()}={text}" for key, text in changed.items() if key.startswith(FIELD)]
    return options | ({"field": fields} if fields else {})


def _with_problem(facts: DealFacts, content: bytes, problem: str) -> bytes:
    """What the user wrote, under a fresh top that says what is wrong with it."""
    own = [line for line in content.splitlines() if not line.startswith(b"#")]
    return write_deal_text(facts, {}, problem).encode() + b"".join(line + b"\n" for line in own)
