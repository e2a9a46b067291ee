"""`pipeline edit`: other values for a deal's fields."""

from typing import Annotated, Any

import typer

from pipeline_cli.commands.options import Deal
from pipeline_cli.domain.accept import accept_filled, accept_or_none
from pipeline_cli.domain.dates import parse_date
from pipeline_cli.domain.deal import DealFacts
from pipeline_cli.domain.edits import AddDealContact, Edit, SetFields
from pipeline_cli.domain.errors import RuleError, UsageError
from pipeline_cli.domain.playbook import Playbook
from pipeline_cli.domain.typed import (
    find_known,
    read_amount,
    read_category,
    read_contacts,
    read_fields,
    read_home_amount,
    read_probability,
    read_source,
)
from pipeline_cli.storage.deals import find, read_record
from pipeline_cli.storage.people import refuse_opted_out
from pipeline_cli.workspace import Workspace


def edit(
    context: typer.Context,
    deal: Deal,
    title: Annotated[str | None, typer.Option(metavar="TEXT", help="What you sell.")] = None,
    org: Annotated[str | None, typer.Option(metavar="NAME", help="The organization that buys; '' for none.")] = None,
    contact: Annotated[list[str] | None, typer.Option(metavar='"NAME <MAIL>"', help="A person more.")] = None,
    phone: Annotated[
        str | None, typer.Option(metavar="NUMBER", help="The telephone number of that person, or of the first.")
    ] = None,
    value: Annotated[str | None, typer.Option(metavar="AMOUNT", help="What it is worth; '' for not known.")] = None,
    source: Annotated[str | None, typer.Option(metavar="NAME", help="Where it came from; '' for not known.")] = None,
    cost: Annotated[
        str | None, typer.Option(metavar="AMOUNT", help="What getting the lead cost; '' for not known.")
    ] = None,
    close: Annotated[str | None, typer.Option(metavar="DATE", help="When it will close; '' for not known.")] = None,
    owner: Annotated[str | None, typer.Option(metavar="NAME", help="Whose deal it is; '' for nobody's.")] = None,
    probability: Annotated[
        str | None, typer.Option(metavar="PERCENT|auto", help="Its own chance; auto: its stage's.")
    ] = None,
    category: Annotated[
        str | None,
        typer.Option(metavar="CATEGORY|auto", help="omitted, pipeline, best_case, commit; auto: its stage's."),
    ] = None,
    external_id: Annotated[
        str | None, typer.Option(metavar="ID", help="Its id in another program; '' for none.")
    ] = None,
    field: Annotated[
        list[str] | None, typer.Option(metavar="NAME=VALUE", help="A field of your own; '' removes it.")
    ] = None,
) -> None:
    """Change fields of a deal; stages are changed by `advance` and `back`."""
    workspace: Workspace = context.obj
    playbook, clock = workspace.playbook, workspace.clock
    changes: dict[str, Any] = {
        **({} if title is None else {"title": accept_filled(title, "The title")}),
        **({} if org is None else {"organization": accept_or_none(org, "The organization")}),
        **({} if owner is None else {"owner": accept_or_none(owner, "The owner")}),
        **({} if external_id is None else {"external_id": accept_or_none(external_id, "The external id")}),
        **({} if source is None else {"source": read_source(source, playbook) if source.strip() else None}),
        **({} if cost is None else
           {"cost_cents": read_home_amount(cost, playbook, "--cost").cents if cost.strip() else None}),
        **({} if close is None else {"expected_close": parse_date(close, clock.today) if close.strip() else None}),
        **({} if probability is None else {"probability": read_probability(probability)}),
        **({} if category is None else {"category": None if category == "auto" else read_category(category)}),
    }  # fmt: skip
    with workspace.write("edit") as change:
        record = read_record(change, find(change, deal))
        facts = record.facts
        if value is not None:
            changes |= _read_value(value, playbook, facts)
        if field:
            merged = {**facts.fields, **read_fields(field)}
            changes["fields"] = {name: text for name, text in merged.items() if text}
        edits: list[Edit] = [SetFields(facts.id, changes)] if changes else []
        people = read_contacts(contact or [], phone)
        refuse_opted_out(change, people)
        edits += [AddDealContact(facts.id, person, find_known(person, record.contacts)) for person in people]
        if not edits:
            raise UsageError("There is nothing to change: name a field, such as --value 12k or --close 30d.")
        _refuse_frozen(facts, changes)
        change.apply(edits, f"edited {facts.title}: {', '.join(_names(changes, edits))}")
    workspace.confirm(f"Changed {facts.id}, {facts.title}: {', '.join(_names(changes, edits))}.")


def _read_value(text: str, playbook: Playbook, facts: DealFacts) -> dict[str, Any]:
    """An amount without a currency is in the one the deal has."""
    if not text.strip():
        return {"value_cents": None}
    amount = read_amount(text, playbook, facts.currency)
    return {"value_cents": amount.cents, "currency": amount.currency}


def _refuse_frozen(facts: DealFacts, changes: dict[str, Any]) -> None:
    """What a closed deal was expected to bring is history. Raises RuleError."""
    frozen = sorted(set(changes) & {"probability", "category", "expected_close"})
    if facts.status != "open" and frozen:
        raise RuleError(
            f"Deal {facts.id} is {facts.status}: its {frozen[0].replace('_', ' ')} is frozen. "
            f"`pipeline reopen {facts.id}` opens it first."
        )


def _names(changes: dict[str, Any], edits: list[Edit]) -> list[str]:
    words = {"value_cents": "value", "cost_cents": "cost", "expected_close": "close date", "external_id": "external id"}
    names = [words.get(name, name) for name in changes if name != "currency"]
    return names + (["contact"] if any(isinstance(one, AddDealContact) for one in edits) else [])
