"""`pipeline contact export --vcard`: the people as cards, for a telephone or a mail program."""

from pipeline_cli.commands.reading import View, save
from pipeline_cli.domain.errors import RuleError, UsageError
from pipeline_cli.domain.words.addresses import EMAIL, PHONE
from pipeline_cli.storage.record.people import Person, find_person, read_people, read_public_ids
from pipeline_cli.workspace import Workspace


def export_cards(workspace: Workspace, view: View, contact: str | None) -> None:
    """One person's, or everybody's but those who were forgotten. Raises UsageError, RuleError."""
    from pipeline_cli.exchange.cards.write import CardOut, write_cards

    if view.json or view.format is not None:
        raise UsageError("A card has a form of its own: leave --format and --json out.")
    with workspace.read() as reader:
        people = _chosen(read_people(reader) if contact is None else [find_person(reader, contact)], contact)
        keys = read_public_ids(reader)
    if not people:
        workspace.say("Nobody is known yet, so there is no card: `pipeline contact add` adds somebody.")
        return
    text = write_cards(
        CardOut(
            keys[person.id],
            person.name,
            [(one.address, one.label) for one in person.addresses if one.kind == EMAIL],
            [(one.address, one.label) for one in person.addresses if one.kind == PHONE],
            person.organization,
            person.role,
            person.opted_out,
        )
        for person in people
    )
    if view.output is not None:
        save(workspace, view, text.encode())
    elif workspace.stdout.isatty():
        from pipeline_cli.output.text import visible

        workspace.stdout.writelines(f"{visible(line)}\n" for line in text.removesuffix("\r\n").split("\r\n"))
    else:
        workspace.stdout.write(text)


def _chosen(people: list[Person], contact: str | None) -> list[Person]:
    known = [person for person in people if person.forgotten_at is None]
    if contact is not None and not known:
        raise RuleError(f"{people[0].number} is forgotten: nothing is known that could stand in a card.")
    return known
