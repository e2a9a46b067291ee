"""`pipeline contact`: the people, what is held about them, and how they are left alone or forgotten."""

from typing import Annotated, Any

import typer

from pipeline_cli.commands.contact_forget import forget
from pipeline_cli.commands.contact_opt_out import opt_out
from pipeline_cli.commands.options import Contact
from pipeline_cli.commands.reading import View, answering, clock_of, looking
from pipeline_cli.domain.accept import accept_filled, accept_or_none
from pipeline_cli.domain.edits import AddContact, ContactDetails, SetContact
from pipeline_cli.domain.errors import RuleError, UsageError
from pipeline_cli.domain.phrases import quoted
from pipeline_cli.domain.retention import retention_limit
from pipeline_cli.domain.typed_contact import parse_contact, parse_email, parse_phone
from pipeline_cli.output.report import Report
from pipeline_cli.reports.contacts import contact_report, contacts_report
from pipeline_cli.storage.change import Change
from pipeline_cli.storage.deals import find
from pipeline_cli.storage.journal import next_id
from pipeline_cli.storage.people import Person, find_person, refuse_known_address, refuse_opted_out
from pipeline_cli.synopsis import SETTINGS, Command
from pipeline_cli.workspace import Workspace

app = typer.Typer(
    help="Keep the people: add, edit, show, list, export, opt-out, forget.",
    no_args_is_help=True,
    rich_markup_mode=None,
    add_completion=False,
)

Email = Annotated[str | None, typer.Option(metavar="MAIL", help="The e-mail address.")]
Phone = Annotated[str | None, typer.Option(metavar="NUMBER", help="The telephone number.")]
Org = Annotated[str | None, typer.Option(metavar="NAME", help="Where the person works.")]
Role = Annotated[str | None, typer.Option(metavar="TEXT", help="What the person does there.")]
Source = Annotated[str | None, typer.Option(metavar="TEXT", help="Where the data came from.")]
Deals = Annotated[list[str] | None, typer.Option(metavar="DEAL", help="A deal of theirs; may be repeated.")]


@app.command("add", cls=Command, context_settings=SETTINGS)
def add(
    context: typer.Context,
    name: Annotated[str, typer.Argument(metavar="NAME", help="'Ann Lee', or 'Ann Lee <ann@acme.example>'.")],
    email: Email = None,
    phone: Phone = None,
    org: Org = None,
    role: Role = None,
    source: Source = None,
    deal: Deals = None,
) -> None:
    """Add a person."""
    workspace: Workspace = context.obj
    typed = parse_contact(accept_filled(name, "The name"), phone)
    if typed.email and email:
        raise UsageError("The address is given twice: leave --email away, or take it out of the name.")
    person = ContactDetails(typed.name, typed.email or _read(email, parse_email), typed.phone)
    with workspace.write("contact add") as change:
        refuse_known_address(change, person.email)
        refuse_opted_out(change, [person], workspace.say)
        number = next_id(change.connection, "contacts")
        new = AddContact(
            person,
            accept_or_none(org, "The organization"),
            accept_or_none(role, "The role"),
            accept_or_none(source, "The source"),
            _find_deals(change, deal),
        )
        change.apply([new], f"added contact c{number}")
    workspace.confirm(f"Added c{number}: {person.name or person.email or person.phone}.")


@app.command("edit", cls=Command, context_settings=SETTINGS)
def edit(
    context: typer.Context,
    contact: Contact,
    name: Annotated[str | None, typer.Option(metavar="NAME", help="The name; '' for not known.")] = None,
    email: Email = None,
    phone: Phone = None,
    org: Org = None,
    role: Role = None,
    source: Source = None,
    deal: Deals = None,
) -> None:
    """Change fields of a person; '' empties one."""
    workspace: Workspace = context.obj
    changes: dict[str, Any] = {
        **({} if name is None else {"name": accept_or_none(name, "The name")}),
        **({} if email is None else {"email": _read(email, parse_email)}),
        **({} if phone is None else {"phone": _read(phone, parse_phone)}),
        **({} if org is None else {"organization": accept_or_none(org, "The organization")}),
        **({} if role is None else {"role": accept_or_none(role, "The role")}),
        **({} if source is None else {"source": accept_or_none(source, "The source")}),
    }
    if not changes and not deal:
        raise UsageError("There is nothing to change: name a field, such as --role 'head of sales' or --deal 12.")
    with workspace.write("contact edit") as change:
        person = find_person(change, contact)
        _refuse_changes(change, person, changes)
        new = ContactDetails(None, changes.get("email"), changes.get("phone"))
        refuse_opted_out(change, [] if person.opted_out else [new], workspace.say)
        names = [*changes, *(["deals"] if deal else [])]
        change.apply(
            [SetContact(person.id, changes, _find_deals(change, deal))],
            f"edited contact c{person.id}: {', '.join(names)}",
        )
    workspace.confirm(f"Changed c{person.id}: {', '.join(names)}.")


@app.command("show", cls=Command, context_settings=SETTINGS)
@looking
def show(workspace: Workspace, view: View, contact: Contact) -> Report:
    """Show a person with their deals."""
    with workspace.read(clock_of(workspace, view)) as reader:
        return contact_report(workspace, reader, find_person(reader, contact))


@app.command("list", cls=Command, context_settings=SETTINGS)
@looking
def list_(
    workspace: Workspace,
    view: View,
    words: Annotated[
        list[str] | None, typer.Argument(metavar="[WORD]...", help="Words of the name, address, organization, role.")
    ] = None,
    retention: Annotated[
        str | None, typer.Option(metavar="SPAN", help="Only who was not heard from for 36m, 3y, 90d.")
    ] = None,
) -> Report:
    """List the people; --retention: those long silent."""
    clock = clock_of(workspace, view)
    limit = None if retention is None else retention_limit(retention, clock.today)
    with workspace.read(clock) as reader:
        return contacts_report(workspace, reader, words or [], limit)


@app.command("export", cls=Command, context_settings=SETTINGS)
@answering
def export(workspace: Workspace, view: View, contact: Contact) -> None:
    """Write everything held about a person, as JSON."""
    from pipeline_cli.commands.reading import show as show_report
    from pipeline_cli.reports.person import person_report

    if view.format not in (None, "json"):
        raise UsageError(f"--format {view.format}: what is held about a person is JSON alone: leave it away.")
    with workspace.read() as reader:
        report = person_report(workspace, reader, find_person(reader, contact))
    show_report(workspace, view._replace(format=None, json=True), report)


app.command("opt-out", cls=Command, context_settings=SETTINGS)(opt_out)
app.command("forget", cls=Command, context_settings=SETTINGS)(forget)


def _read(text: str | None, parse: Any) -> str | None:
    """An address or a number; None for none. Raises UsageError for one with a sign that cannot be seen."""
    if text is not None and not text.strip().isprintable():
        raise UsageError(f"{quoted(text)} holds a line break or control character: leave it away.")
    return None if text is None or not text.strip() else str(parse(text))


def _find_deals(change: Change, names: list[str] | None) -> tuple[int, ...]:
    return tuple(dict.fromkeys(find(change, name) for name in names or ()))


def _refuse_changes(change: Change, person: Person, changes: dict[str, Any]) -> None:
    if person.forgotten_at is not None:
        raise RuleError(f"c{person.id} is forgotten, and stays so: add the person anew, if they want that.")
    if not any(changes.get(name, getattr(person, name)) for name in ("name", "email", "phone")):
        raise UsageError(f"c{person.id} would be nobody: a name, an e-mail address or a number has to stay.")
    refuse_known_address(change, changes.get("email"), person.id)
