"""`pipeline capture`: mail, calendars and address books that lie on this machine become touchpoints, steps and people."""

from datetime import timedelta
from pathlib import Path
from typing import Annotated, Any

import typer

from pipeline_cli.commands.options import SETTINGS, Command
from pipeline_cli.commands.reading import View, answering, form_of, show
from pipeline_cli.domain.capture.plan import CapturedItem, assigned, plan_capture
from pipeline_cli.domain.capture.verdict import CARD
from pipeline_cli.domain.errors import NoSuchContact, NoSuchDeal, RuleError, SetupError, UsageError
from pipeline_cli.domain.playbook import CaptureSettings
from pipeline_cli.domain.words.text import counted, quoted
from pipeline_cli.output.report import Report
from pipeline_cli.reports.capture import read_names, sentences, waiting_report, waiting_row
from pipeline_cli.reports.captured_steps import close_steps
from pipeline_cli.reports.capturing import Sources, run_capture
from pipeline_cli.storage.capturing import (
    ignore_item,
    ignore_sender,
    read_directory,
    read_items,
    read_typed_touches,
    read_waiting,
    store_capture,
)
from pipeline_cli.storage.change import Change
from pipeline_cli.storage.record.deals import find, read_record
from pipeline_cli.workspace import Workspace

app = typer.Typer(
    help="Read your mail, calendar and address book into the record.",
    rich_markup_mode=None,
    add_completion=False,
    invoke_without_command=True,
)

DryRun = Annotated[bool, typer.Option("--dry-run", help="Say what each item would become, and change nothing.")]
Since = Annotated[str | None, typer.Option(metavar="DATE", help="Only what is of that day or later; else `since:`.")]
Format = Annotated[
    str | None, typer.Option("--format", metavar="table|json|csv|tsv|markdown", help="The form of the answer.")
]


@app.callback()
def capture(
    context: typer.Context,
    dry_run: DryRun = False,
    since: Since = None,
    format_: Format = None,
    json: Annotated[bool, typer.Option("--json", help="Short for --format json.")] = False,
    output: Annotated[str | None, typer.Option("-o", "--output", metavar="FILE", help="Write it to a file.")] = None,
    force_output: Annotated[bool, typer.Option("--force", help="Replace the file of -o if it is there.")] = False,
) -> None:
    """Read what `capture:` in pipeline.yaml lists: mail, calendars, address books."""
    if context.invoked_subcommand is not None:
        return
    workspace: Workspace = context.obj
    settings = workspace.playbook.capture
    if settings is None or not (settings.mail or settings.calendar or settings.contacts):
        raise SetupError(
            f"{workspace.short(workspace.playbook_path)} lists nothing to capture: write, for example, `capture: "
            "{me: [you@example.com], mail: [~/Mail], calendar: [~/Calendar], contacts: [~/Contacts]}`, or name a source: "
            "`pipeline capture mail ~/Mail`."
        )
    folder = workspace.playbook_path.parent
    sources = Sources(
        tuple(_from_folder(folder, one) for one in settings.mail),
        tuple(_from_folder(folder, one) for one in settings.calendar),
        tuple(_from_folder(folder, one) for one in settings.contacts),
    )
    view = View(format=format_, json=json, output=output, force_output=force_output)
    _run(workspace, view, sources, dry_run=dry_run, since=since)


def _from_folder(folder: Path, named: str) -> str:
    """Paths in pipeline.yaml begin where it lies."""
    return named if "://" in named else str(folder / Path(named).expanduser())


def _run(workspace: Workspace, view: View, sources: Sources, *, dry_run: bool, since: str | None) -> None:
    settings = workspace.playbook.capture or CaptureSettings()
    if sources.mail and not settings.me:
        raise SetupError(
            f"{workspace.short(workspace.playbook_path)} does not say which addresses are yours, so that it is not known who "
            "wrote to whom: add `capture: {me: [you@example.com]}`."
        )
    if settings.password_command and any("://" in source for source in sources.mail):
        # A program is run by it: that of somebody else's file never, unless the file is named or trusted.
        workspace.refuse_strangers_rules()
    form = form_of(workspace, view)
    wanted = form if dry_run or form != "table" or view.output is not None else None
    first = _first_instant(workspace, settings, since)
    captured = run_capture(workspace, settings, sources, first, dry_run=dry_run, form=wanted)
    for problem in captured.problems:
        workspace.say(problem)
    if captured.report is not None:
        show(workspace, view, captured.report)
    elif workspace.is_interactive:
        for sentence in sentences(captured.outcome, dry_run=False):
            workspace.say(sentence)
    if captured.is_all_unread:
        raise SetupError("Nothing could be read: see above; what is right by then comes in with the next capture.")


def _first_instant(workspace: Workspace, settings: CaptureSettings, since: str | None) -> Any:
    from pipeline_cli.domain.words.dates import parse_date

    clock = workspace.clock
    first = (
        clock.today - timedelta(days=settings.since_days)
        if since is None
        else parse_date(since, clock.today, past=True)
    )
    return clock.start_of(first)


SourcesOf = Annotated[
    list[str], typer.Argument(metavar="SOURCE...", help="A folder or file; of mail also imaps://, or -.")
]


@app.command("mail", cls=Command, context_settings=SETTINGS)
@answering
def mail(workspace: Workspace, view: View, source: SourcesOf, dry_run: DryRun = False, since: Since = None) -> None:
    """Read mail: a Maildir, an mbox, a folder of .eml, a Thunderbird profile, imaps://user@host/Folder, or - for one mail."""
    _run(workspace, view, Sources(mail=tuple(source)), dry_run=dry_run, since=since)


@app.command("calendar", cls=Command, context_settings=SETTINGS)
@answering
def calendar(workspace: Workspace, view: View, source: SourcesOf, dry_run: DryRun = False, since: Since = None) -> None:
    """Read calendars: .ics files, or folders of them as vdirsyncer and khal keep them."""
    _run(workspace, view, Sources(calendar=tuple(source)), dry_run=dry_run, since=since)


@app.command("contacts", cls=Command, context_settings=SETTINGS)
@answering
def contacts(workspace: Workspace, view: View, source: SourcesOf, dry_run: DryRun = False) -> None:
    """Read address books: .vcf files, or folders of them as khard keeps them."""
    _run(workspace, view, Sources(contacts=tuple(source)), dry_run=dry_run, since=None)


Item = Annotated[int, typer.Argument(metavar="ITEM", help="The number that `capture review` shows.")]


@app.command("review", cls=Command, context_settings=SETTINGS)
@answering
def review(workspace: Workspace, view: View) -> Report | None:
    """Decide what could not be decided: asked one at a time on a terminal, listed with --json or in a pipe."""
    with workspace.read() as reader:
        items = read_waiting(reader)
        report = waiting_report(workspace, reader, items)
        names = read_names(reader)
    is_asked = workspace.is_interactive and workspace.stdout.isatty()
    if form_of(workspace, view) != "table" or view.output or not is_asked or not items:
        return report
    for number, item in enumerate(items, 1):
        if not _still_waits(workspace, item):
            continue
        row = waiting_row(item, names)
        workspace.say(f"{number} of {len(items)}: {row.who or '?'}: {quoted(row.subject or '')} ({row.at:%-d %b %Y})")
        deals = ", ".join(f"{one} {names.titles.get(one, '')}" for one in item.candidates)
        workspace.say(f"  {row.question}{': ' + deals if deals else ''}")
        if not _ask(workspace, item):
            break
    return None


def _still_waits(workspace: Workspace, item: CapturedItem) -> bool:
    """No answer to one before it was about its sender too."""
    with workspace.read() as reader:
        return any(one.id == item.id for one in read_waiting(reader))


def _ask(workspace: Workspace, item: CapturedItem) -> bool:
    """False: enough for today."""
    choices = "" if item.kind == CARD else "the number of a deal, new TITLE for a new deal, "
    choices += "of CONTACT for an address of somebody, never for this sender, " if item.address else ""
    workspace.say(f"  {choices}drop, Enter for later, q to stop")
    while True:
        answer = workspace.ask("  Which? ").strip()
        word, _, rest = answer.partition(" ")
        try:
            if not answer:
                return True
            if word in ("q", "quit"):
                return False
            if word == "drop":
                _drop(workspace, item.id)
            elif word == "never" and item.address:
                _ignore(workspace, item.address)
            elif word == "of" and item.address and rest:
                _give_address(workspace, item.id, rest)
            elif word == "new" and rest:
                _assign_new(workspace, item.id, rest)
            else:
                _assign(workspace, item.id, answer)
        except (UsageError, RuleError, NoSuchDeal, NoSuchContact) as error:
            workspace.say(str(error))
        else:
            return True


@app.command("assign", cls=Command, context_settings=SETTINGS)
def assign(
    context: typer.Context,
    item: Item,
    deal: Annotated[str | None, typer.Argument(metavar="[DEAL]", help="The deal it belongs to.")] = None,
    contact: Annotated[
        str | None, typer.Option("--contact", metavar="CONTACT", help="The sender's address is one of that person's.")
    ] = None,
    new: Annotated[
        str | None, typer.Option("--new", metavar="TITLE", help="It belongs to a new deal of that title.")
    ] = None,
) -> None:
    """Put an item of `capture review` on a deal, or give the address of its sender to somebody."""
    workspace: Workspace = context.obj
    given = [one for one in (deal, contact, new) if one is not None]
    if len(given) != 1:
        raise UsageError("Say one thing: a deal, --contact somebody, or --new 'title of a deal'.")
    if contact is not None:
        _give_address(workspace, item, contact)
    elif new is not None:
        _assign_new(workspace, item, new)
    else:
        _assign(workspace, item, deal or "")


@app.command("ignore", cls=Command, context_settings=SETTINGS)
def ignore(
    context: typer.Context,
    sender: Annotated[str, typer.Argument(metavar="ADDRESS|@DOMAIN|ITEM", help="Who is never asked about again.")],
) -> None:
    """Never ask about a sender again, or drop one item."""
    workspace: Workspace = context.obj
    if sender.isascii() and sender.isdigit():
        _drop(workspace, int(sender))
    else:
        _ignore(workspace, sender)


def _waiting_item(change: Change, number: int) -> CapturedItem:
    for item in read_waiting(change):
        if item.id == number:
            return item
    raise RuleError(f"{number} is no item that waits for a decision: `pipeline capture review` lists those that do.")


def _assign(workspace: Workspace, number: int, deal: str) -> None:
    with workspace.write("capture assign") as change:
        item = _waiting_item(change, number)
        deal_id = find(change, deal)
        _put_on(workspace, change, item, deal_id)
        status = read_record(change, deal_id).facts.status
    workspace.confirm(f"Put on deal {deal_id}.")
    if status == "lost" and item.direction == "in":
        workspace.say(f"It is lost: if it is on again, `{workspace.command_name} reopen {deal_id}`.")


def _put_on(workspace: Workspace, change: Change, item: CapturedItem, deal_id: int) -> None:
    """With its person, who is one of the deal's from now on; a stranger becomes a person of the record."""
    from pipeline_cli.domain.deal.edits import AddContact, ContactDetails, SetContact
    from pipeline_cli.storage.journal import next_id

    if item.kind == CARD:
        both = " ".join(f"c{one}" for one in item.people)
        raise RuleError(
            f"{item.id} is a card that fits {both}: `pipeline contact merge {both}` makes them one, "
            f"`pipeline capture ignore {item.id}` drops it."
        )
    change.begin_operation(f"put a captured {item.kind} on deal {deal_id}")
    if not item.people and item.address:
        person = next_id(change.connection, "contacts")
        organization = change.connection.execute("SELECT organization FROM deals WHERE id = ?", (deal_id,)).fetchone()[
            0
        ]
        details = ContactDetails(item.name, item.address, None)
        change.apply([AddContact(details, organization, None, "captured", (deal_id,))], "")
        item = item._replace(people=(person,))
    elif item.people:
        change.apply([SetContact(item.people[0], {}, (deal_id,))], "")
    settings = workspace.playbook.capture or CaptureSettings()
    directory = read_directory(change, settings.me, settings.never)
    verdict = assigned(item, deal_id, change.clock.now)
    plan = plan_capture([verdict], read_items(change), read_typed_touches(change), directory, change.clock)
    store_capture(change, plan, workspace.playbook.touchpoint_kinds, "", keeps=settings.keep != "nothing")
    close_steps(change, plan)


def _assign_new(workspace: Workspace, number: int, title: str) -> None:
    from pipeline_cli.domain.deal.edits import AddDeal
    from pipeline_cli.domain.words.names import organization_in
    from pipeline_cli.domain.words.text import accept_filled
    from pipeline_cli.storage.journal import next_id

    pipeline = workspace.playbook.default_pipeline
    with workspace.write("capture assign") as change:
        item = _waiting_item(change, number)
        deal_id = next_id(change.connection, "deals")
        filled = accept_filled(title, "The title")
        deal = AddDeal(
            title=filled,
            pipeline=pipeline.id,
            stage=pipeline.stages[0].id,
            created_at=min(change.clock.now, item.at),
            currency=workspace.playbook.currency,
            organization=organization_in(filled),
        )
        change.apply([deal], f"added {filled} for a captured {item.kind}")
        _put_on(workspace, change, item, deal_id)
    workspace.confirm(f"Added {deal_id}: {title}.")


def _give_address(workspace: Workspace, number: int, name: str) -> None:
    from pipeline_cli.domain.words.addresses import EMAIL, KeptAddress
    from pipeline_cli.storage.capturing import add_addresses
    from pipeline_cli.storage.record.people import find_person

    with workspace.write("capture assign") as change:
        item = _waiting_item(change, number)
        if not item.address:
            raise RuleError(f"{number} is with somebody you know: put it on a deal.")
        person = find_person(change, name)
        change.begin_operation(f"gave c{person.id} the address of a captured {item.kind}")
        add_addresses(change, person.id, [KeptAddress(EMAIL, item.address)])
        settings = workspace.playbook.capture or CaptureSettings()
        directory = read_directory(change, settings.me, settings.never)
        plan = plan_capture([], read_items(change), read_typed_touches(change), directory, change.clock)
        store_capture(change, plan, workspace.playbook.touchpoint_kinds, "", keeps=settings.keep != "nothing")
        close_steps(change, plan)
        logged = sum(entry.verdict.deal_id is not None for entry in plan.entries)
    mails = counted(logged, "mail")
    workspace.confirm(f"{item.address} is one of {person.name or person.number}'s addresses now; {mails} of it logged.")


def _drop(workspace: Workspace, number: int) -> None:
    with workspace.write("capture ignore") as change:
        item = _waiting_item(change, number)
        change.begin_operation(f"dropped a captured {item.kind}")
        ignore_item(change, item.id)
    workspace.confirm("Dropped; it is not asked again.")


def _ignore(workspace: Workspace, sender: str) -> None:
    from pipeline_cli.domain.deal.typed import parse_email
    from pipeline_cli.domain.words.addresses import is_email, normalise_email

    if sender.startswith("@"):
        if not is_email(f"somebody{sender}"):
            raise UsageError(f"{quoted(sender)}: is no domain: write it as @acme.example.")
        address = normalise_email(f"somebody{sender}").removeprefix("somebody")
    else:
        address = normalise_email(parse_email(sender))
    with workspace.write("capture ignore") as change:
        change.begin_operation("ignored a sender")
        ignore_sender(change, address)
    workspace.confirm(f"Nothing of {address} is asked again; to take it back: `pipeline undo`.")
