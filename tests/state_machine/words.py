"""What the machine types: texts that are hard to keep, amounts that are hard to round, times that pass."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import NamedTuple

from hypothesis import strategies as st

NASTY = (
    "=1+1",
    "'=1",
    "''@x",
    "-Ann",
    "\t=x",
    "＝cmd",
    "[red]Acme[/red]",
    'a "b", c;d',
    "a\nb",
    "\x1b[2J",
    "\u202eabc",
    "Zoë 商社 👩‍🚀",
    "%s{title}",
    "007",
    "1,5",
    "N/A",
    "won",
    "é",
    "é",
    " x ",
    "' x",
)
TEXTS = st.sampled_from(NASTY) | st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1, max_size=10
).filter(lambda text: text.strip() != "")
AMOUNTS = st.sampled_from(
    [
        ("0", "0"),
        ("0.29", "0.29"),
        ("1.15", "1.15"),
        ("19.99", "19.99"),
        ("12k", "12000"),
        ("1.000,50 €", "1000.50"),
        ("4.35", "4.35"),
        ("1,234.57", "1234.57"),
        ("€ 2.900,00", "2900"),
        ("0.07", "0.07"),
        ("1.5M", "1500000"),
    ]
).map(lambda pair: (pair[0], Decimal(pair[1])))
PEOPLE = st.sampled_from(
    ["Ann Lee <ann@acme.example>", "ann@acme.example", "Bob", "=Bob <bob@acme.example>", "Zoë <zoe@b.example>"]
)
ADDRESSES = ("ann@acme.example", "p0@b.example", "p1@b.example")
"""Of people who opt out or are forgotten."""
DELTAS = (timedelta(0), timedelta(minutes=7), timedelta(days=1), timedelta(days=9), timedelta(days=40))


class Drawn(NamedTuple):
    """What a command may be typed with; each takes of it what it has."""

    deal: int
    """Which deal, counted round."""
    number: int
    text: str
    amount: tuple[str, Decimal]
    """As typed, and what it is."""
    person: str | None
    flag: bool


STAGES = ("prospecting", "qualification", "proposal", "negotiation", "commit")
PLACES = (("services", "proposal"), ("services", "prospecting"), ("renewals", "proposal"), ("renewals", "due"))
"""Stages of two pipelines, one of which has the same id in both."""
SECOND = """  renewals:
    name: Renewals
    stages: [{id: due, probability: 60}, {id: proposal, name: New terms, probability: 80}, {id: signed, probability: 90}]
"""
NUMBERS = st.integers(0, 20)
