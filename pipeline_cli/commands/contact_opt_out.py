"""`pipeline contact opt-out`: somebody must not be contacted."""

import re
from typing import Annotated

import typer

from pipeline_cli.domain.addresses import EMAIL, PHONE, Address, addresses_of, normalise_email, normalise_phone
from pipeline_cli.domain.edits import SetOptOut
from pipeline_cli.domain.errors import RuleError
from pipeline_cli.domain.typed_contact import parse_email, parse_phone
from pipeline_cli.storage.change import Change
from pipeline_cli.storage.people import Person, find_person, find_same_person, find_with_address, read_people
from pipeline_cli.storage.suppression import DoNotContact
from pipeline_cli.workspace import Workspace


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
    states = [one.opted_out for one in people]
    states += [unwanted.holds(*((one.text, None) if one.kind == EMAIL else (None, one.text))) for one in addresses]
    return all(states) if opted_out else not any(states)
