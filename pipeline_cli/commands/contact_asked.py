"""`pipeline contact opt-out` and `forget`: what people ask for, and have to be given."""

import re
from typing import TYPE_CHECKING, Annotated

import typer

from pipeline_cli.commands.options import Contact
from pipeline_cli.domain.addresses import EMAIL, PHONE, Address, addresses_of, normalise_email, normalise_phone
from pipeline_cli.domain.contact_names import ContactCandidate, describe_person
from pipeline_cli.domain.edits import SetOptOut
from pipeline_cli.domain.errors import NeedsTerminal, RuleError
from pipeline_cli.domain.names import parse_email, parse_phone
from pipeline_cli.domain.phrases import counted
from pipeline_cli.storage.change import Change
from pipeline_cli.storage.operations import FORGET
from pipeline_cli.storage.people import Person, find_person, find_same_person, find_with_address, read_people
from pipeline_cli.storage.suppression import DoNotContact
from pipeline_cli.workspace import Workspace

if TYPE_CHECKING:
    from pipeline_cli.storage.forget import Forgotten

_COPIES = (
    "Copies may still lie where the program does not look: in backups you keep elsewhere, in files you exported or "
    "imported, in your mail program. Delete those yourself."
)


def opt_out(
    context: typer.Context,
    contact: Annotated[
        str, typer.Argument(metavar="CONTACT", help="c12, a part of the name, or any e-mail address or number.")
    ],
    revoke: Annotated[bool, typer.Option("--revoke", help="They asked to hear from you again.")] = False,
) -> None:
    """Note that somebody must not be contacted."""
    workspace: Workspace = context.obj
    with workspace.write("contact opt-out") as change:
        people, addresses = _meant(change, contact)
        said = ", ".join(f"c{one.id}" for one in people) or f"an address ({addresses[0].kind})"
        if _is_so_already(change, people, addresses, opted_out=not revoke):
            state = "may be contacted" if revoke else "has opted out"
            raise RuleError(f"{said} {state} already: nothing was changed.")
        edit = SetOptOut(tuple(one.id for one in people), addresses, opted_out=not revoke)
        change.apply([edit], f"{'revoked the opt-out of' if revoke else 'opted out'} {said}")
    if revoke:
        workspace.confirm(f"{said} may be contacted again.")
        return
    workspace.confirm(
        f"{said} will not be contacted: no outbound touchpoint, no last chance, and the address is refused from now on."
    )
    _name_drafts(workspace, addresses)
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
    all_addresses += [found for one in people for found in addresses_of(one.email, one.phone)]
    return people, tuple(dict.fromkeys(all_addresses))


def _name_drafts(workspace: Workspace, addresses: tuple[Address, ...]) -> None:
    """Last-chance drafts that still lie there: only who opted out after the prune is in one."""
    from pipeline_cli.exchange.last_chance_mail import text_of
    from pipeline_cli.output.drafts import drafts_folder, read_drafts

    folder = drafts_folder(workspace.database_path)
    emails = [one.text for one in addresses if one.kind == EMAIL]
    drafts = read_drafts(folder).items() if emails else ()
    named = [name for name, mail in drafts if any(email in normalise_email(text_of(mail)) for email in emails)]
    if named:
        workspace.say(f"Not to be sent any more: {', '.join(named)} in {folder}.")


def _as_address(text: str) -> Address | None:
    """None for a name. Raises UsageError for half an address."""
    if "@" in text:
        return Address(EMAIL, normalise_email(parse_email(text)))
    if len(normalise_phone(text)) >= 5 and not re.search(r"[^\W\d_]", text):
        return Address(PHONE, normalise_phone(parse_phone(text)))
    return None


def _is_so_already(change: Change, people: list[Person], addresses: tuple[Address, ...], *, opted_out: bool) -> bool:
    unwanted = DoNotContact(change.connection)
    states = [one.opted_out for one in people]
    states += [unwanted.holds(*((one.text, None) if one.kind == EMAIL else (None, one.text))) for one in addresses]
    return all(states) if opted_out else not any(states)


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
    with workspace.read() as reader:
        person = find_person(reader, contact)
    again = f"{workspace.command_name} contact forget c{person.id} --yes"
    if person.forgotten_at is None:
        if not yes and not _agreed(workspace, person, again):
            workspace.say("Nothing was changed.")
            return
        _forget(workspace, person)
    else:
        workspace.say(f"c{person.id} is forgotten already; the file is rewritten once more.")
    _forget_in_backups(workspace, person, everything=backups)
    from pipeline_cli.storage.forget import clean_file

    clean_file(workspace.database_path, lambda: workspace.say("Waiting for another program …"), again)
    workspace.say(_COPIES)
    if person.opted_out:
        workspace.say("That they must not be contacted stays known, by a keyed digest: pseudonymous, not anonymous.")


def _agreed(workspace: Workspace, person: Person, again: str) -> bool:
    if not workspace.is_interactive:
        raise NeedsTerminal(f"Forgetting cannot be undone, so it asks, and there is no terminal: {again} does it.")
    one = ContactCandidate(*person[:5], forgotten=False)
    workspace.say(
        f"{describe_person(one)}: {counted(person.deals, 'deal')} and their history stay, without the person. "
        "Neither this nor anything before it can be undone afterwards, and the automatic backups, which hold the person "
        "too, are deleted."
    )
    return workspace.ask("Type yes to forget: ").strip().casefold() in ("yes", "y")


def _forget_in_backups(workspace: Workspace, person: Person, *, everything: bool) -> None:
    """Without being asked only those that were made without being asked for."""
    from pipeline_cli.storage.backup_files import remove_with_the_person

    removed, left = remove_with_the_person(workspace.database_path, everything=everything)
    if removed:
        workspace.say(f"Deleted {counted(removed, 'backup')} that held the person.")
    if left:
        again = f"{workspace.command_name} contact forget c{person.id} --backups --yes"
        workspace.say(
            f"{counted(len(left), 'backup')} made by `pipeline backup` in {left[0].parent} may hold the person still: "
            f"{', '.join(path.name for path in left)}. To delete: {again}"
        )


def _forget(workspace: Workspace, person: Person) -> None:
    from pipeline_cli.output.drafts import drafts_folder, put_back_unless_saved, read_drafts, remove_drafts
    from pipeline_cli.storage.forget import forget_person

    folder = drafts_folder(workspace.database_path)
    with put_back_unless_saved(folder) as taken, workspace.write(FORGET) as change:
        found = find_person(change, f"c{person.id}")
        done = forget_person(change, find_same_person(change, found))
        # Before the commit, after which nobody would know any more whom a draft that a kill left is to.
        taken.update(_drafts_naming(done, read_drafts(folder)))
        remove_drafts(folder, taken)
    others = f", with {counted(done.contacts - 1, 'other entry', 'other entries')} of the same address"
    workspace.confirm(
        f"Forgot c{person.id}{others if done.contacts > 1 else ''}, and took the person out of "
        f"{counted(done.texts, 'text')}; the history of {counted(done.deals, 'deal')} stays."
    )
    if taken:
        workspace.say(f"Removed from {folder}: {', '.join(taken)}.")


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
