"""The sample deals themselves: for whom, about what, for how much, and what is planned next."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from typing import NamedTuple

from sample_people import NOTHING_TO_REACH_BY, ORGANIZATIONS, Organization, Person, first_people, second_people
from sample_plan import OUTCOMES, TODAY, Dice
from sample_story import Story
from sample_words import LARGE, LOCAL_TITLES, MIDDLE, NEXT_STEPS, SMALL, TITLES, TITLES_AT_HOME

OWNER = "Nora Lindqvist"
OPTED_OUT = "Jānis Bērziņš"
BIGGEST_VALUE = 190_000
# Deals whose customer matters to the story, by fate and place in it.
PINNED = {
    ("healthy", 1): "Αιγαίο Ταξίδια",
    ("healthy", 5): "Şahin Logistik",
    ("healthy", 8): "株式会社みらい",
    ("healthy", 12): "Northwind Analytics, Inc.",
    ("healthy", 14): "Bluebonnet Clinics",
    ("overdue", 3): "Kowalski i Synowie",
    ("drifting", 1): "Sonnenblume Naturkost",
    ("stale", 0): NOTHING_TO_REACH_BY,
    ("stale", 3): "Rīgas Koks",
    ("stale", 5): "O'Brien & Daughters",
    ("unanswered", 2): "Müller, Krüger & Partner",
    ("snoozed", 1): "Biuro Gęś",
}
SNOOZED_UNTIL = (date(2026, 12, 1), date(2027, 1, 11), date(2026, 12, 14), date(2027, 2, 1))
# Days from today to the expected close of an open deal, by stage.
DAYS_TO_CLOSE = {
    "prospecting": (45, 95),
    "qualification": (30, 75),
    "proposal": (12, 50),
    "negotiation": (8, 30),
    "commit": (3, 14),
}
COSTS = {"inbound": (20, 90), "referral": (0, 0), "outbound": (10, 45), "event": (180, 320), "partner": (90, 240)}
VALUES_BY_HAND = {
    ("overdue", 2): ("0.1", "pipeline"),
    ("healthy", 14): ("0.95", "commit"),
    ("healthy", 11): ("", "best_case"),
}


class Deal(NamedTuple):
    external_id: str
    story: Story
    title: str
    organization: Organization
    person: Person
    value: str
    cost: str
    expected_close: date | None
    next_step: str
    next_step_due: date | None
    snoozed_until: date | None


def describe_deals(stories: list[Story], dice: Dice) -> list[Deal]:
    """The stories in order of creation, each with its customer and its figures."""
    by_name = {row.name: row for row in ORGANIZATIONS}
    reachable = [row for row in ORGANIZATIONS if row.name != NOTHING_TO_REACH_BY]
    waiting = dice.mixed(reachable, len(reachable))
    used: Counter[str] = Counter()
    deals: list[Deal] = []
    for number, story in enumerate(sorted(stories, key=lambda story: story.created_at), start=1):
        pinned = PINNED.get((story.plan.fate, story.plan.nth))
        organization = by_name[pinned] if pinned else waiting[number % len(waiting)]
        used[organization.name] += 1
        taken = {deal.title for deal in deals if deal.organization == organization}
        deals.append(_describe(f"S-{number:03d}", story, organization, used[organization.name], taken, dice))
    return deals


def _describe(key: str, story: Story, organization: Organization, nth: int, taken: set[str], dice: Dice) -> Deal:
    people = second_people() if nth > 1 and organization.name in second_people() else first_people()
    amount = _choose_amount(story, dice)
    is_unpriced = _is_unpriced(story, dice)
    step, due = _plan_next_step(story, dice)
    is_snoozed = story.plan.fate == "snoozed"
    return Deal(
        external_id=key,
        story=story,
        title=_choose_title(organization, amount, taken, dice),
        organization=organization,
        person=people[organization.name],
        value="" if is_unpriced else _write_amount(amount, story),
        cost=_choose_cost(story.plan.source, dice),
        expected_close=_expect_close(story, dice),
        next_step=step,
        next_step_due=due,
        snoozed_until=SNOOZED_UNTIL[story.plan.nth] if is_snoozed else None,
    )


def _choose_amount(story: Story, dice: Dice) -> int:
    if (story.plan.fate, story.plan.nth) == ("healthy", 12):
        return BIGGEST_VALUE
    least, most = dice.between(2_000, 2_900), dice.between(52_000, 60_000)
    amount = min(most, max(least, dice.spread(8_500, 0.8)))
    step = 50 if amount < SMALL else 250 if amount < MIDDLE else 500
    return round(amount / step) * step


def _write_amount(amount: int, story: Story) -> str:
    return f"{amount + 87}.50" if story.plan.nth % 30 == 17 else str(amount)


def _is_unpriced(story: Story, dice: Dice) -> bool:
    """Whether nobody has named a figure yet, as is usual before the first good talk."""
    share = {"prospecting": 0.4, "qualification": 0.15}.get(story.plan.stage, 0.0)
    # The dice fall for every deal, so that a change of the shares leaves all else as it was.
    return dice.chance(share) or story.plan.fate == "fresh"


def _choose_title(organization: Organization, amount: int, taken: set[str], dice: Dice) -> str:
    own = LOCAL_TITLES.get(organization.name)
    if own and own not in taken:
        return own
    size = SMALL if amount <= SMALL else MIDDLE if amount <= MIDDLE else LARGE
    titles = TITLES[size] + 3 * TITLES_AT_HOME.get(organization.country, {}).get(size, ())
    return dice.pick([title for title in titles if title not in taken])


def _choose_cost(source: str, dice: Dice) -> str:
    low, high = COSTS[source]
    return "" if dice.chance(0.1) else str(dice.between(low, high))


def _expect_close(story: Story, dice: Dice) -> date | None:
    plan = story.plan
    if plan.fate in OUTCOMES:
        return None if _has_no_date(story) else _closing_day(story) + timedelta(days=dice.between(-12, 9))
    if plan.fate == "fresh" or (plan.fate in {"drifting", "stale"} and plan.nth % 4 == 1):
        return None
    if (plan.fate == "stale" and plan.nth % 2 == 0) or (plan.fate == "overdue" and plan.nth in {1, 4}):
        return TODAY - timedelta(days=dice.between(3, 40))
    waking = SNOOZED_UNTIL[plan.nth] if plan.fate == "snoozed" else TODAY
    return waking + timedelta(days=dice.between(*DAYS_TO_CLOSE[plan.stage]))


def _has_no_date(story: Story) -> bool:
    return story.plan.fate != "won" and story.plan.stage == "prospecting" and story.plan.nth % 2 == 0


def _closing_day(story: Story) -> date:
    return max(story.moves[-1].moved_at.date(), story.created_at.date() + timedelta(days=12))


def _plan_next_step(story: Story, dice: Dice) -> tuple[str, date | None]:
    plan = story.plan
    last_day = story.touches[-1].touched_at.date()
    dues = {
        "healthy": TODAY + timedelta(days=plan.nth % 10),
        "overdue": TODAY - timedelta(days=1 + plan.nth % 4),
        "fresh": TODAY,
        "stale": last_day + timedelta(days=7) if plan.nth % 2 == 0 else None,
        "unanswered": TODAY + timedelta(days=4) if plan.nth == 0 else None,
        "snoozed": SNOOZED_UNTIL[plan.nth % 4] if plan.nth % 2 == 0 else None,
    }
    due = dues.get(plan.fate)
    if due is None:
        return "", None
    weekend = {5: 2, 6: 1}.get(due.weekday(), 0) if due > TODAY else 0
    return dice.pick(NEXT_STEPS[plan.stage]), due + timedelta(days=weekend)
