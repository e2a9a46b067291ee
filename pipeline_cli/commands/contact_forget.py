"""`pipeline contact forget`: a person is erased for good; deals and history stay."""

from typing import TYPE_CHECKING, Annotated

import typer

from pipeline_cli.commands.options import Contact
from pipeline_cli.domain.contact_names import ContactCandidate, describe_person
from pipeline_cli.domain.errors import NeedsTerminal
from pipeline_cli.domain.phrases import counted
from pipeline_cli.storage.operations import FORGET
from pipeline_cli.storage.people import Person, find_person, find_same_person
from pipeline_cli.workspace import Workspace

if TYPE_CHECKING:
    from pipeline_cli.storage.forget import Forgotten

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
        raise NeedsTerminal(f"Forgetting cannot be undone, so it asks, and there is no terminal: `{again}` does it.")
    one = ContactCandidate(*person[:5], forgotten=False)
    workspace.say(
        f"{describe_person(one)}: {counted(person.deals, 'deal')} and their history stay, without the person. "
        "Neither this nor anything before it can be undone afterwards, and the automatic backups, which hold the person "
        "too, are deleted."
    )
    return workspace.agrees("Type yes to forget: ")


def _forget_in_backups(workspace: Workspace, person: Person, *, everything: bool) -> None:
    """Without being asked only those that were made without being asked for."""
    from pipeline_cli.storage.backup_files import remove_with_the_person

    removed, left = remove_with_the_person(workspace.database_path, everything=everything)
    if removed:
        workspace.say(f"Deleted {counted(removed, 'backup')} that held the person.")
    if left:
        again = f"{workspace.command_name} contact forget c{person.id} --backups --yes"
        workspace.say(
            f"{counted(len(left), 'backup')} made by `pipeline backup` in {workspace.short(left[0].parent)} may hold the "
            f"person still: {', '.join(path.name for path in left)}. To delete: {again}"
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
