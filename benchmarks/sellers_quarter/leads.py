"""Where deals come from: firms, people, what they want, what it is worth, and what is typed to add one."""

from __future__ import annotations

from datetime import datetime
from random import Random
from typing import NamedTuple

from benchmarks.sellers_quarter.buyers import draw_buyer
from benchmarks.sellers_quarter.truth import Deal, Rules, day_of

_PEOPLE = (
    "Ann Lee",
    "Bo Winter",
    "Carla Roth",
    "Dan Osei",
    "Eva Lindt",
    "Femi Ade",
    "Gus Hahn",
    "Hana Sato",
    "Ivo Klein",
    "Jana Wolf",
    "Kai Brandt",
    "Lea Moser",
    "Max Yilmaz",
    "Nina Falk",
    "Ola Berg",
    "Pia Kern",
    "Quirin Lang",
    "Rosa Vidal",
    "Sam Obi",
    "Tea Horvat",
)
_FIRMS = (
    "Acme",
    "Birch",
    "Cobalt",
    "Delta",
    "Ember",
    "Fjord",
    "Garnet",
    "Harbour",
    "Indigo",
    "Juniper",
    "Kestrel",
    "Larch",
    "Meadow",
    "Nimbus",
    "Orchid",
    "Pebble",
    "Quartz",
    "Raven",
    "Sable",
    "Tundra",
    "Umber",
    "Vesper",
    "Willow",
    "Yarrow",
    "Zephyr",
)
_WANTS = ("workshop", "audit", "analysis", "roll-out", "coaching", "website", "training", "migration")


class Lead(NamedTuple):
    deal: Deal
    words: list[str]
    """What is typed to add it."""


def draw_lead(number: int, created: datetime, rules: Rules, chance: Random, seed: int) -> Lead:
    """The deal with that number. One of 17 comes from a partner who counts in dollars, one of 12 has no e-mail address."""
    default, *others = rules.pipelines
    pipeline = chance.choices([default, *others], [3, *(1 for _ in others)])[0]
    stages = rules.pipelines[pipeline]
    firm, want, person = _FIRMS[(number * 7) % len(_FIRMS)], chance.choice(_WANTS), chance.choice(_PEOPLE)
    email = None if chance.random() < 0.08 else f"{person.split()[0].lower()}@{firm.lower()}{number}.example"
    buyer = draw_buyer(Random(f"{seed}:buyer:{number}"), len(stages), day_of(created))
    value = round(chance.lognormvariate(9, 0.6), -2)
    deal = Deal(
        number,
        f"{firm} {number}: {want}",
        f"{firm} {number}",
        person,
        email,
        pipeline,
        stages[0].id,
        created,
        value,
        buyer,
        in_dollars=number % 17 == 4,
    )
    words = ["add", deal.title, "--org", deal.organization, "--value", deal.money]
    words += (
        ["--contact", f"{person} <{email}>"] if email else ["--contact", person, "--phone", f"+49 30 55501{number:02}"]
    )
    words += ["--source", "partner" if deal.in_dollars else chance.choice(("inbound", "referral", "outbound"))]
    words += [] if pipeline == default else ["--pipeline", pipeline]
    return Lead(deal, words)
