"""Commands for one deal or several: which are meant, asked about once, and changed as one operation."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Annotated, NamedTuple

import typer

from pipeline_cli.domain.deal.deal import DealRecord
from pipeline_cli.domain.deal.edits import Edit
from pipeline_cli.domain.errors import NeedsTerminal, NoSuchDeal, RuleError, UsageError
from pipeline_cli.domain.words.text import counted, quoted
from pipeline_cli.storage.record.deals import find, read_record
from pipeline_cli.workspace import Workspace

if TYPE_CHECKING:
    from pipeline_cli.storage.change import Change

Deals = Annotated[
    list[str], typer.Argument(metavar="DEAL...", help="One or several; with --all-matching a filter, as `list` has it.")
]
AllMatching = Annotated[bool, typer.Option("--all-matching", help="Every deal that the filter finds.")]
Yes = Annotated[bool, typer.Option("--yes", help="With --all-matching: do it without asking.")]

_MOST_SHOWN = 10
_MOST_NAMED = 3


class Named(NamedTuple):
    """The deals as typed."""

    words: Sequence[str]
    all_matching: bool = False
    yes: bool = False


class Planned(NamedTuple):
    """What a command does to one deal."""

    edits: Sequence[Edit]
    """None: there is nothing to do."""
    summary: str
    said: Sequence[str]
    """Lines, at least one."""


Plan = Callable[["Change", DealRecord], Planned]


def change_deals(workspace: Workspace, command: str, named: Named, plan: Plan) -> None:
    """Plans every deal, and changes all of them as one operation, or none.

    Raises NoSuchDeal for one that is not found, RuleError when one of them may not be changed.
    """
    names = _find_matching(workspace, command, named) if named.all_matching else named.words
    if not names:
        return
    with workspace.write(command) as change:
        records = [read_record(change, number) for number in _numbers(change, names)]
        planned = _plan_each(change, records, plan)
        summaries = [one.summary for one in planned if one.edits]
        edits = [edit for one in planned for edit in one.edits]
        if edits:
            more = len(summaries) - _MOST_NAMED
            rest = [f"{more} more"] if more > 0 else []
            change.apply(edits, "; ".join([*summaries[:_MOST_NAMED], *rest]))
    for record, one in list(zip(records, planned, strict=True))[:_MOST_SHOWN]:
        which = (
            ""
            if len(planned) == 1 or record.facts.title in one.said[0]
            else f"{record.facts.id}, {record.facts.title}: "
        )
        workspace.confirm("\n".join([f"{which}{one.said[0]}", *one.said[1:]]))
    if len(planned) > _MOST_SHOWN:
        workspace.say(f"And {len(planned) - _MOST_SHOWN} more.")
    if len(summaries) > 1:
        workspace.say(f"{len(summaries)} deals, one operation: `pipeline undo` takes all of it back.")


def _plan_each(change: "Change", records: Sequence[DealRecord], plan: Plan) -> list[Planned]:
    planned, refused = list[Planned](), list[str]()
    for record in records:
        try:
            planned.append(plan(change, record))
        except RuleError as problem:
            if len(records) == 1:
                raise
            refused.append(str(problem))
    if refused:
        more = [f"And {len(refused) - _MOST_SHOWN} more."] if len(refused) > _MOST_SHOWN else []
        first = f"Nothing was changed: {len(refused)} of {len(records)} deals may not be."
        raise RuleError("\n".join([first, *(f"  {one}" for one in refused[:_MOST_SHOWN]), *more]))
    return planned


def _numbers(change: "Change", names: Sequence[str]) -> list[int]:
    """Each once. Words that name no deals one by one may be the title of one."""
    try:
        return list(dict.fromkeys(find(change, name) for name in names))
    except NoSuchDeal as problem:
        if len(names) > 1 and not all(name.removeprefix("#").isdigit() for name in names):
            try:
                return [find(change, " ".join(names))]
            except NoSuchDeal:
                pass
        conditions = [name for name in names if set(name) & set("=<>")]
        if conditions:
            raise UsageError(
                f"{quoted(conditions[0])} is a filter: with --all-matching every deal that it finds is meant."
            ) from None
        raise problem


def _find_matching(workspace: Workspace, command: str, named: Named) -> list[str]:
    """Their numbers, once a person has agreed. Raises NeedsTerminal where nobody can be asked."""
    if not any(word.strip() for word in named.words):
        raise UsageError("--all-matching needs a filter, such as stage=proposal or idle>30: say which deals are meant.")
    from pipeline_cli.reports.rows import matching, read_filter
    from pipeline_cli.reports.snapshot import Snapshot

    playbook = workspace.playbook
    with workspace.read() as reader:
        wanted = read_filter(reader, playbook, playbook.pipelines, named.words)
        found = matching(wanted, Snapshot(reader, playbook, playbook.pipelines, wanted.statuses).deals)
    if not found:
        workspace.say(f"No deal matches {' '.join(named.words)}: nothing was changed.")
        return []
    if not named.yes:
        worth = sum(deal.home_cents or 0 for deal in found)
        listed = [f"  {deal.facts.id}  {deal.facts.title}" for deal in found[:_MOST_SHOWN]]
        listed += [f"  and {len(found) - _MOST_SHOWN} more"] if len(found) > _MOST_SHOWN else []
        deals = f"{counted(len(found), 'deal')} worth {worth / 100:,.0f} {playbook.currency}"
        if not workspace.is_interactive:
            raise NeedsTerminal(
                "\n".join([f"{deals} match. Nothing was changed: without a terminal, --yes does it.", *listed])
            )
        workspace.say("\n".join([f"{deals}:", *listed]))
        if not workspace.agrees(f"{command.capitalize()} {'it' if len(found) == 1 else 'all of them'}? [y/N] "):
            workspace.say("Nothing was changed.")
            return []
    return [str(deal.facts.id) for deal in found]


def split_names(
    workspace: Workspace, command: str, words: Sequence[str], *, timed: bool = False
) -> tuple[list[str], str, str | None]:
    """The deals, the day as typed and the text behind it, of words such as `75 80 next friday send the offer`.

    `timed`: the day may have a time.

    The first word is a deal; the date begins with the first word that reads as one, alone or with those behind it. Raises
    UsageError where none does.
    """
    from pipeline_cli.domain.words.dates import split_day

    for place in range(1, len(words)):
        found = split_day(words[place:], timed=timed)
        if found is not None:
            day, text = found
            has_text = " ".join(words[place:]) != day
            return list(words[:place]), day, text if has_text else None
    if len(words) < 2:
        raise UsageError(f"DATE is missing: type pipeline {command} DEAL DATE; `pipeline {command} --help` says more.")
    from pipeline_cli.domain.words.dates import parse_date

    parse_date(words[1], workspace.clock.today)
    raise UsageError(
        f"{quoted(' '.join(words[1:]))} begins with no date."
    )  # pragma: no cover - it is none, as was said


class Later(NamedTuple):
    """`--again` as typed."""

    names: list[str]
    day: str | None
    text: str | None


def split_again(words: Sequence[str], again: str | None, *, all_matching: bool) -> Later:
    """The deals, the day and what to say then: behind the day, or behind the deals.

    Behind the deals, of which all but the first are numbers then. Raises UsageError for two texts.
    """
    from pipeline_cli.domain.words.dates import split_day

    if again is None:
        return Later(list(words), None, None)
    day, text = split_day(again.split(" ")) or (again, "")
    has_text = len(again) > len(day)
    count = 1
    while count < len(words) and (all_matching or words[count].removeprefix("#").isdigit()):
        count += 1
    before = words[count:]
    if before and has_text:
        raise UsageError(f"{quoted(' '.join(before))} and {quoted(text)} are both what to say then: give one of them.")
    return Later(list(words[:count]), day, text if has_text else (" ".join(before) if before else None))
