"""Writes the sample pipeline: `python sample_data/make_sample_data.py [FOLDER]`, the same bytes every time."""

from __future__ import annotations

import csv
import sys
from collections.abc import Iterable
from datetime import date, datetime
from pathlib import Path

from sample_deals import OPTED_OUT, OWNER, VALUES_BY_HAND, Deal, describe_deals
from sample_judgements import write_confirmed, write_missing, write_qualification
from sample_people import Person, second_people
from sample_plan import OUTCOMES, Dice, plan_deals
from sample_story import tell_story

SEED = "a year of a consultant"
PIPELINE = "services"
CURRENCY = "EUR"

DEALS = (
    "external_id,title,organization,contact,email,phone,pipeline,stage,status,value,currency,source,cost,created_at,"
    "expected_close,closed_at,lost_reason,probability,category,next_step,next_step_due,owner,snoozed_until,qualification,"
    "confirmed,country,industry"
)
MOVES = "deal,from_stage,to_stage,moved_at,reason,forced,criteria_missing"
TOUCHPOINTS = "deal,kind,direction,touched_at,outcome,note"
CONTACTS = "name,email,phone,organization,role,source,opted_out"

Row = tuple[str, ...]


def main() -> None:
    """Make every deal and write the four files."""
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent
    deals = make_deals()
    _write(folder / "deals.csv", DEALS, map(_list_deal, deals))
    _write(folder / "moves.csv", MOVES, (row for deal in deals for row in _list_moves(deal)))
    _write(folder / "touchpoints.csv", TOUCHPOINTS, (row for deal in deals for row in _list_touches(deal)))
    _write(folder / "contacts.csv", CONTACTS, _list_contacts(deals))
    print(f"{len(deals)} deals written to {folder}")


def make_deals() -> list[Deal]:
    """The deals of the sample, oldest first."""
    plans = plan_deals(Dice(SEED))
    # Dice of its own for each deal: a change to one leaves the others as they were.
    stories = [tell_story(plan, Dice(f"{SEED}: {plan.fate} {plan.nth}")) for plan in plans]
    return describe_deals(stories, Dice(f"{SEED}: customers"))


def _list_deal(deal: Deal) -> Row:
    story, person = deal.story, deal.person
    plan = story.plan
    probability, category = VALUES_BY_HAND.get((plan.fate, plan.nth), ("", ""))
    status = plan.fate if plan.fate in OUTCOMES else "open"
    return (
        *(deal.external_id, deal.title, deal.organization.name, person.name, person.email, person.phone),
        *(PIPELINE, plan.stage, status, deal.value, CURRENCY, plan.source, deal.cost),
        *(_iso(story.created_at), _iso(deal.expected_close), _iso(story.closed_at), story.lost_reason),
        *(probability, category, deal.next_step, _iso(deal.next_step_due), OWNER),
        *(_iso(deal.snoozed_until), write_qualification(story), write_confirmed(story)),
        *(deal.organization.country, deal.organization.industry),
    )


def _list_moves(deal: Deal) -> list[Row]:
    return [
        (
            deal.external_id,
            move.from_stage,
            move.to_stage,
            _iso(move.moved_at),
            move.reason,
            _yes_no(move.forced),
            write_missing(move),
        )
        for move in deal.story.moves
    ]


def _list_touches(deal: Deal) -> list[Row]:
    return [
        (deal.external_id, touch.kind, touch.direction, _iso(touch.touched_at), touch.outcome, touch.note)
        for touch in deal.story.touches
    ]


def _list_contacts(deals: list[Deal]) -> list[Row]:
    sources: dict[Person, str] = {}
    for deal in deals:
        sources.setdefault(deal.person, deal.story.plan.source)
    for person in second_people().values():
        sources.setdefault(person, "")
    return [(*person[:4], person.role, source, _yes_no(person.name == OPTED_OUT)) for person, source in sources.items()]


def _yes_no(is_so: bool) -> str:
    return "true" if is_so else "false"


def _iso(moment: date | datetime | None) -> str:
    if isinstance(moment, datetime):
        return moment.isoformat(timespec="seconds")
    return moment.isoformat() if moment else ""


def _write(path: Path, header: str, rows: Iterable[Row]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header.split(","))
        writer.writerows(rows)


if __name__ == "__main__":
    main()
