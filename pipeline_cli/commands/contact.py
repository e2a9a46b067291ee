"""`pipeline contact`: the people, what is held about them, who asked for silence, and how they are erased for good."""

import json
import re
from collections.abc import Sequence
from contextlib import suppress
from datetime import date
from typing import TYPE_CHECKING, Annotated, Any

import typer

from pipeline_cli.commands.options import SETTINGS, Command, Contact
from pipeline_cli.commands.reading import View, answering, clock_of, looking
from pipeline_cli.domain.deal.edits import AddContact, ContactDetails, SetContact, SetOptOut
from pipeline_cli.domain.deal.people import ContactCandidate, describe_person, retention_limit
from pipeline_cli.domain.deal.typed import parse_contact, parse_email, parse_phone
from pipeline_cli.domain.errors import (
    NeedsTerminal,
    NoSuchContact,
    OutcomeUnknown,
    RuleError,
    SavedWithComplaint,
    UsageError,
)
from pipeline_cli.domain.words.addresses import (
    EMAIL,
    PHONE,
    Address,
    KeptAddress,
    forms_of,
    keep_addresses,
    normal_form,
    normalise_email,
    normalise_phone,
    normalised,
    read_kept,
)
from pipeline_cli.domain.words.names import normalise_organization
from pipeline_cli.domain.words.text import accept_filled, accept_or_none, counted, quoted
from pipeline_cli.on_disk import unfinished_elsewhere
from pipeline_cli.output.report import Report
from pipeline_cli.reports.contacts import contact_report, contacts_report
from pipeline_cli.storage.change import Change
from pipeline_cli.storage.journal import next_id
from pipeline_cli.storage.record.deals import find
from pipeline_cli.storage.record.operations import FORGET
from pipeline_cli.storage.record.people import (
    Person,
    find_person,
    find_same_person,
    find_undone_person,
    find_undone_with,
    find_with_address,
    read_people,
    refuse_known_address,
    refuse_opted_out,
)
from pipeline_cli.storage.record.suppression import DoNotContact
from pipeline_cli.workspace import Workspace

if TYPE_CHECKING:
    from pipeline_cli.storage.safekeeping.forget import Forgotten


def opt_out(
    context: typer.Context,
    contact: Annotated[
        str, typer.Argument(metavar="CONTACT", help="c12, a part of the name, or any e-mail address or number.")
    ],
    revoke: Annotated[bool, typer.Option("--revoke", help="They asked to hear from you again.")] = False,
) -> None:
    """Note that somebody must not be contacted."""
    workspace: Workspace = context.obj
    from pipeline_cli.output.drafts import drafts_folder, read_drafts

    drafts = read_drafts(
        drafts_folder(workspace.database_path)
    )  # before the change: a draft that cannot be read stops it
    with workspace.write("contact opt-out") as change:
        people, addresses = _meant(change, contact)
        said = ", ".join(f"c{person.id}" for person in people) or f"an address ({addresses[0].kind})"
        if _is_so_already(change, people, addresses, opted_out=not revoke):
            state = "may be contacted" if revoke else "has opted out"
            raise RuleError(f"{said} {state} already: nothing was changed.")
        edit = SetOptOut(tuple(person.id for person in people), addresses, opted_out=not revoke)
        change.apply([edit], f"{'revoked the opt-out of' if revoke else 'opted out'} {said}")
    if revoke:
        workspace.confirm(f"{said} may be contacted again.")
        return
    workspace.confirm(
        f"{said} will not be contacted: no outbound touchpoint, no last chance, and the address is refused from now on."
    )
    _name_drafts(workspace, addresses, drafts)
    if addresses:
        workspace.say(
            f"The address is kept as a keyed digest, which is pseudonymous, not anonymous; keep "
            f"{workspace.database_path.name}.key with your backups, without it nothing is recognised."
        )


def _meant(change: Change, text: str) -> tuple[list[Person], tuple[Address, ...]]:
    """Everybody with that address, known or not, else the one contact of that name; and all their addresses."""
    address = _as_address(text)
    if address is None:
        person = find_person(change, text)
        ids = find_same_person(change, person)
    else:
        ids = find_with_address(change, address)
    people = [one for number in ids for one in read_people(change, number)]
    all_addresses = [address] if address else []
    all_addresses += [found for one in people for found in normalised(one.addresses)]
    return people, tuple(dict.fromkeys(all_addresses))


def _name_drafts(workspace: Workspace, addresses: tuple[Address, ...], drafts: dict[str, bytes]) -> None:
    """Last-chance drafts that still lie there: only who opted out after the prune is in one."""
    from pipeline_cli.exchange.last_chance_mail import text_of
    from pipeline_cli.output.drafts import drafts_folder

    folder = drafts_folder(workspace.database_path)
    emails = [form.casefold() for address in addresses if address.kind == EMAIL for form in forms_of(address.text)]
    named = [name for name, mail in drafts.items() if any(email in text_of(mail).casefold() for email in emails)]
    if named:
        workspace.say(f"Not to be sent any more: {', '.join(named)} in {workspace.short(folder)}.")


def _as_address(text: str) -> Address | None:
    """None for a name. Raises UsageError for half an address."""
    if "@" in text:
        return Address(EMAIL, normalise_email(parse_email(text)))
    if len(normalise_phone(text)) >= 5 and not re.search(r"[^\W\d_]", text):
        return Address(PHONE, normalise_phone(parse_phone(text)))
    return None


def _is_so_already(change: Change, people: list[Person], addresses: tuple[Address, ...], *, opted_out: bool) -> bool:
    unwanted = DoNotContact(change.connection)
    states = [person.opted_out for person in people]
    states += [
        unwanted.holds(*((address.text, None) if address.kind == EMAIL else (None, address.text)))
        for address in addresses
    ]
    return all(states) if opted_out else not any(states)


_COPIES = (
    "Copies may still lie where the program does not look: in backups you keep elsewhere, in files you exported or "
    "imported, in your mail program. Delete those yourself."
)


def forget(
    context: typer.Context,
    contact: Contact,
    yes: Annotated[bool, typer.Option("--yes", help="Do it without asking.")] = False,
    backups: Annotated[
        bool, typer.Option("--backups", help="Delete the backups that `pipeline backup` made, too.")
    ] = False,
) -> None:
    """Erase a person for good; deals and history stay."""
    workspace: Workspace = context.obj
    from pipeline_cli.storage.safekeeping.forget import Pending, clean_file, drop_pending, note_pending, read_pending

    workspace.is_told_of_pending = True
    database = workspace.database_path
    pending = read_pending(database)
    person = _whom_to_forget(workspace, contact, None if pending is None else pending.contact)
    again = f"{workspace.command_name} contact forget c{person.id} --yes"
    if person.forgotten_at is None:
        if not yes and not _agreed(workspace, person, again):
            workspace.say("Nothing was changed.")
            return
        note_pending(database, Pending(f"c{person.id}", backups))
        try:
            _forget(workspace, person)
        except (SavedWithComplaint, OutcomeUnknown):
            raise
        except Exception:
            drop_pending(database)
            raise
    else:
        workspace.say(f"c{person.id} is forgotten already; the file is rewritten once more.")
        backups = backups or (pending is not None and pending.backups)
    _forget_in_backups(workspace, person, everything=backups)
    clean_file(database, lambda: workspace.say("Waiting for another program …"), again)
    drop_pending(database)
    busy = unfinished_elsewhere()
    if busy:
        workspace.say(
            "Another command is writing what may hold the person still; delete it when that is done: "
            f"{', '.join(map(str, busy))}."
        )
    workspace.say(_COPIES)
    if person.opted_out:
        workspace.say("That they must not be contacted stays known, by a keyed digest: pseudonymous, not anonymous.")


def _whom_to_forget(workspace: Workspace, contact: str, pending: str | None) -> Person:
    """Somebody of the record, or of what `redo` would bring back; else whoever was being forgotten when a kill came:
    the words that named them then name nobody any more."""
    with workspace.read() as reader:
        try:
            return find_person(reader, contact)
        except NoSuchContact:
            try:
                return find_undone_person(reader, contact)
            except NoSuchContact:
                if pending is None:
                    raise
            with suppress(NoSuchContact):
                return find_person(reader, pending)
            # Of somebody whom only an undone operation had added, nothing at all is left.
            now = workspace.clock.now
            return Person(int(pending[1:]), None, None, None, None, None, None, False, now, now, 0, 0, None)


def _agreed(workspace: Workspace, person: Person, again: str) -> bool:
    if not workspace.is_interactive:
        raise NeedsTerminal(f"Forgetting cannot be undone, so it asks, and there is no terminal: `{again}` does it.")
    one = ContactCandidate(*person[:5], forgotten=False, addresses=person.addresses)
    workspace.say(
        f"{describe_person(one)}: {counted(person.deals, 'deal')} and their history stay, without the person. "
        "Neither this nor anything before it can be undone afterwards, and the automatic backups, which hold the person "
        "too, are deleted."
    )
    return workspace.agrees("Type yes to forget: ")


def _forget_in_backups(workspace: Workspace, person: Person, *, everything: bool) -> None:
    """Without being asked only those that were made without being asked for."""
    from pipeline_cli.storage.safekeeping.backups import remove_with_the_person

    place = workspace.second_place
    second = place.folder if place else None
    removed, left = remove_with_the_person(workspace.database_path, everything=everything, second=second)
    again = f"{workspace.command_name} contact forget c{person.id}"
    if second and not second.is_dir():
        workspace.say(
            f"{workspace.short(second)} is not there: copies of the record in it hold the person still. Connect its disk, "
            f"then: {again} --yes"
        )
    if removed:
        workspace.say(f"Deleted {counted(removed, 'backup')} that held the person.")
    if left:
        folders = " and ".join(dict.fromkeys(workspace.short(path.parent) for path in left))
        workspace.say(
            f"{counted(len(left), 'backup')} made by `pipeline backup` in {folders} may hold the "
            f"person still: {', '.join(dict.fromkeys(path.name for path in left))}. To delete: {again} --backups --yes"
        )


def _forget(workspace: Workspace, person: Person) -> None:
    from pipeline_cli.output.drafts import drafts_folder, put_back_unless_saved, read_drafts, remove_drafts
    from pipeline_cli.storage.safekeeping.forget import forget_person

    folder = drafts_folder(workspace.database_path)
    with put_back_unless_saved(folder) as taken, workspace.write(FORGET) as change:
        alike = {*find_same_person(change, person), *find_undone_with(change, person)}
        done = forget_person(change, alike)
        # Before the commit, after which nobody would know any more whom a draft that a kill left is to.
        taken.update(_drafts_naming(done, read_drafts(folder)))
        remove_drafts(folder, taken)
    others = f", with {counted(done.contacts - 1, 'other entry', 'other entries')} of the same address"
    workspace.confirm(
        f"Forgot c{person.id}{others if done.contacts > 1 else ''}, and took the person out of "
        f"{counted(done.texts, 'text')}; the history of {counted(done.deals, 'deal')} stays."
    )
    if taken:
        workspace.say(f"Removed from {workspace.short(folder)}: {', '.join(taken)}.")


def _drafts_naming(done: "Forgotten", drafts: dict[str, bytes]) -> dict[str, bytes]:
    """Those that mention the person, and whatever a kill left half-written."""
    from pipeline_cli.exchange.last_chance_mail import text_of

    found = {}
    for name, mail in drafts.items():
        number = name.partition("-")[0]
        deal_id = int(number) if number.isascii() and number.isdigit() else None
        if not name.endswith(".eml") or done.named_in(text_of(mail), deal_id):
            found[name] = mail
    return found


app = typer.Typer(
    help="Keep the people: add, edit, merge, show, list, export, opt-out, forget.",
    no_args_is_help=True,
    rich_markup_mode=None,
    add_completion=False,
)

Email = Annotated[str | None, typer.Option(metavar="MAIL", help="The e-mail address they are written to first.")]
Phone = Annotated[str | None, typer.Option(metavar="NUMBER", help="The telephone number they are called at first.")]
Emails = Annotated[
    list[str] | None,
    typer.Option("--email", metavar="MAIL", help="An e-mail address, the first one first; repeatable."),
]
Phones = Annotated[
    list[str] | None,
    typer.Option("--phone", metavar="NUMBER", help="A telephone number, the first one first; repeatable."),
]
MoreEmails = Annotated[
    list[str] | None,
    typer.Option(
        "--add-email", metavar="[LABEL=]MAIL", help="One more address, such as home=ann@lee.example; repeatable."
    ),
]
MorePhones = Annotated[
    list[str] | None,
    typer.Option(
        "--add-phone", metavar="[LABEL=]NUMBER", help="One more number, such as mobile='+49 171 1'; repeatable."
    ),
]
Shared = Annotated[bool, typer.Option("--shared", help="Somebody else may have the address too, such as info@.")]
Org = Annotated[str | None, typer.Option(metavar="NAME", help="Where the person works.")]
Role = Annotated[str | None, typer.Option(metavar="TEXT", help="What the person does there.")]
Source = Annotated[str | None, typer.Option(metavar="TEXT", help="Where the data came from.")]
Deals = Annotated[list[str] | None, typer.Option(metavar="DEAL", help="A deal of theirs; may be repeated.")]


@app.command("add", cls=Command, context_settings=SETTINGS)
def add(
    context: typer.Context,
    name: Annotated[str, typer.Argument(metavar="NAME", help="'Ann Lee', or 'Ann Lee <ann@acme.example>'.")],
    email: Emails = None,
    phone: Phones = None,
    shared: Shared = False,
    org: Org = None,
    role: Role = None,
    source: Source = None,
    deal: Deals = None,
) -> None:
    """Add a person."""
    workspace: Workspace = context.obj
    typed = parse_contact(accept_filled(name, "The name"), None)
    known = keep_addresses(
        [
            *([KeptAddress(EMAIL, typed.email)] if typed.email else []),
            *_addresses(EMAIL, email, labelled=False),
            *_addresses(PHONE, phone, labelled=False),
        ]
    )
    person = ContactDetails(typed.name, known.email, known.phone)
    with workspace.write("contact add") as change:
        _refuse_taken(change, read_kept(*known), workspace, shared=shared)
        number = next_id(change.connection, "contacts")
        new = AddContact(
            person,
            accept_or_none(org, "The organization"),
            accept_or_none(role, "The role"),
            accept_or_none(source, "The source"),
            _find_deals(change, deal),
            known.addresses,
        )
        change.apply([new], f"added contact c{number}")
    workspace.confirm(f"Added c{number}: {person.name or person.email or person.phone}.")


@app.command("edit", cls=Command, context_settings=SETTINGS)
def edit(
    context: typer.Context,
    contact: Contact,
    name: Annotated[str | None, typer.Option(metavar="NAME", help="The name; '' for not known.")] = None,
    email: Email = None,
    add_email: MoreEmails = None,
    phone: Phone = None,
    add_phone: MorePhones = None,
    first: Annotated[
        str | None, typer.Option("--first", metavar="ADDRESS", help="Which of their addresses or numbers comes first.")
    ] = None,
    remove: Annotated[
        list[str] | None,
        typer.Option("--remove", metavar="ADDRESS", help="An address or number of theirs no more; repeatable."),
    ] = None,
    shared: Shared = False,
    org: Org = None,
    was_wrong: Annotated[
        bool, typer.Option("--was-wrong", help="They never worked at the organization that stands there.")
    ] = False,
    role: Role = None,
    source: Source = None,
    deal: Deals = None,
    deal_role: Annotated[
        str | None,
        typer.Option("--deal-role", metavar="TEXT", help="What they are on the deals of --deal, such as champion."),
    ] = None,
) -> None:
    """Change fields of a person; '' empties one."""
    workspace: Workspace = context.obj
    changes: dict[str, Any] = {
        **({} if name is None else {"name": accept_or_none(name, "The name")}),
        **({} if org is None else {"organization": accept_or_none(org, "The organization")}),
        **({} if role is None else {"role": accept_or_none(role, "The role")}),
        **({} if source is None else {"source": accept_or_none(source, "The source")}),
    }
    replaced = {
        **({} if email is None else {EMAIL: _read(email, parse_email)}),
        **({} if phone is None else {PHONE: _read(phone, parse_phone)}),
    }
    added = (*_addresses(EMAIL, add_email), *_addresses(PHONE, add_phone))
    if not (changes or replaced or added or first or remove or deal):
        raise UsageError("There is nothing to change: name a field, such as --role 'head of sales' or --deal 12.")
    if deal_role is not None and not deal:
        raise UsageError("--deal-role: names a role on deals: say on which, with --deal 12.")
    if was_wrong and org is None:
        raise UsageError("--was-wrong: is about the organization: say the right one with --org, or --org '' for none.")
    with workspace.write("contact edit") as change:
        person = find_person(change, contact)
        known = _changed_addresses(person, replaced, added, remove or [], first)
        changed = {*changes, *_address_names(person, known)}
        names = [*(name for name in _FIELDS if name in changed), *(["deals"] if deal else [])]
        new = [one for one in known if normal_form(one) not in {normal_form(old) for old in person.addresses}]
        columns = keep_addresses(known)
        _refuse_changes(person, {**changes, **columns._asdict()})
        _refuse_taken(change, new, workspace, person, shared=shared)
        moved = {} if was_wrong else _moved_on(person, changes, workspace.clock.today)
        change.apply(
            [
                SetContact(
                    person.id,
                    {**changes, **columns._asdict(), **moved},
                    _find_deals(change, deal),
                    None if deal_role is None else accept_or_none(deal_role, "The role") or "",
                )
            ],
            f"edited contact c{person.id}: {', '.join(names)}",
        )
    workspace.confirm(f"Changed c{person.id}: {', '.join(names)}.")


@app.command("merge", cls=Command, context_settings=SETTINGS)
def merge(
    context: typer.Context,
    contact: Contact,
    into: Annotated[str, typer.Argument(metavar="INTO", help="The person who stays: c12 or a part of the name.")],
) -> None:
    """Make two entries of one person one; what INTO says goes before what CONTACT says."""
    workspace: Workspace = context.obj
    from pipeline_cli.storage.merging_people import merge_people

    with workspace.write("contact merge") as change:
        away, stays = find_person(change, contact), find_person(change, into)
        if away.id == stays.id:
            raise UsageError(f"c{away.id} is the same entry twice: name two.")
        for one in (away, stays):
            if one.forgotten_at is not None:
                raise RuleError(f"c{one.id} is forgotten, and stays so.")
        merge_people(change, away, stays)
    workspace.confirm(
        f"c{away.id} is c{stays.id} now, {stays.name or stays.email or stays.phone}, with all addresses and deals of both."
    )


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
def export(
    workspace: Workspace,
    view: View,
    contact: Annotated[
        str | None, typer.Argument(metavar="[CONTACT]", help="c12, an e-mail address, a number, or a part of the name.")
    ] = None,
    vcard: Annotated[bool, typer.Option("--vcard", help="As cards for an address book; without CONTACT, all.")] = False,
) -> None:
    """Write everything held about a person, as JSON.

    pipeline contact export ann -o ann.json; pipeline contact export --vcard -o people.vcf
    """
    if vcard:
        from pipeline_cli.commands.contact_cards import export_cards

        export_cards(workspace, view, contact)
        return
    if contact is None:
        raise UsageError("Name a contact, as in `pipeline contact export ann`; --vcard alone is for everybody.")
    from pipeline_cli.commands.reading import show as show_report
    from pipeline_cli.reports.contacts import person_report

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


_FIELDS = ("name", "email", "phone", "organization", "role", "source")


def _refuse_changes(person: Person, changes: dict[str, Any]) -> None:
    if person.forgotten_at is not None:
        raise RuleError(f"c{person.id} is forgotten, and stays so: add the person anew, if they want that.")
    if not any(changes.get(name, getattr(person, name)) for name in ("name", "email", "phone")):
        raise UsageError(f"c{person.id} would be nobody: a name, an e-mail address or a number has to stay.")


def _addresses(kind: str, texts: list[str] | None, *, labelled: bool = True) -> list[KeptAddress]:
    """As typed, with a label before an `=`. Raises UsageError for what is no address."""
    found = []
    for text in texts or ():
        label, equals, address = text.rpartition("=") if labelled else ("", "", text)
        read = _read(address, parse_email if kind == EMAIL else parse_phone)
        if read is None:
            raise UsageError(f"{quoted(text)}: is empty: leave the option away.")
        found.append(KeptAddress(kind, read, accept_filled(label, "The label") if equals else None))
    return found


def _changed_addresses(
    person: Person,
    replaced: dict[str, str | None],
    added: Sequence[KeptAddress],
    gone: Sequence[str],
    first: str | None,
) -> tuple[KeptAddress, ...]:
    """Those they have then, of each kind the first one first. Raises UsageError for one that they do not have."""
    known = list(person.addresses)
    for kind, text in replaced.items():
        old = next((one for one in known if one.kind == kind), None)
        if old is not None:
            known.remove(old)
        if text:
            known.insert(0, KeptAddress(kind, text))
    known += added
    for text in gone:
        known.remove(_one_of(known, text, person))
    if first is not None:
        one = _one_of(known, first, person)
        known.remove(one)
        known.insert(0, one)
    return tuple(known)


def _one_of(known: Sequence[KeptAddress], text: str, person: Person) -> KeptAddress:
    wanted = _as_address(text)
    for one in known:
        if wanted is not None and wanted in normalised([one]):
            return one
    have = ", ".join(one.address for one in known) or "none"
    raise UsageError(f"{quoted(text)}: is no address of c{person.id}, who has {have}.")


def _address_names(person: Person, known: Sequence[KeptAddress]) -> list[str]:
    return [
        kind
        for kind in (EMAIL, PHONE)
        if [o for o in person.addresses if o.kind == kind] != [o for o in known if o.kind == kind]
    ]


def _refuse_taken(
    change: Change, new: Sequence[KeptAddress], workspace: Workspace, person: Person | None = None, *, shared: bool
) -> None:
    """Raises RuleError for an address somebody else has, or of somebody who asked not to be contacted."""
    for one in new:
        if one.kind == EMAIL and not shared:
            refuse_known_address(change, one.address, person.id if person else 0)
    details = [
        ContactDetails(None, one.address if one.kind == EMAIL else None, one.address if one.kind == PHONE else None)
        for one in new
    ]
    refuse_opted_out(change, [] if person and person.opted_out else details, workspace.say)


def _moved_on(person: Person, changes: dict[str, Any], today: date) -> dict[str, Any]:
    """What is kept of where they worked before, when they work elsewhere now."""
    new = changes.get("organization", person.organization)
    if not person.organization or not new or normalise_organization(new) == normalise_organization(person.organization):
        return {}
    before = json.loads(person.formerly or "[]")
    left = {"organization": person.organization, "role": person.role, "until": today.isoformat()}
    return {"formerly": json.dumps([*before, left], ensure_ascii=False)}
