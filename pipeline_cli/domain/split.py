"""One deal made two: whether it may be, and what each of them is worth then."""

from __future__ import annotations

from pipeline_cli.domain.closing import refuse_closed
from pipeline_cli.domain.deal import DealFacts, DealRecord
from pipeline_cli.domain.errors import RuleError, UsageError
from pipeline_cli.domain.record import NamedTuple
from pipeline_cli.domain.typed import Amount


class SplitPlan(NamedTuple):
    first: DealFacts
    title: str
    """Of the new deal, which has the whole history too."""
    value_cents: int
    left_cents: int | None
    """What the first is worth then; None: nobody knows, as before."""


def plan_split(record: DealRecord, title: str, amount: Amount, *, keeps_value: bool) -> SplitPlan:
    """The first deal is worth less by the new one's value, unless it `keeps_value`.

    Raises RuleError for a closed deal and for more than the deal is worth, UsageError for another currency than its own.
    """
    facts = record.facts
    refuse_closed(record, "It cannot be split")
    if amount.currency != facts.currency:
        raise UsageError(
            f"Deal {facts.id} is in {facts.currency}, and so is what is split off: give the value in {facts.currency}, "
            f"not in {amount.currency}."
        )
    if keeps_value or facts.value_cents is None:
        return SplitPlan(facts, title, amount.cents, facts.value_cents)
    if amount.cents > facts.value_cents:
        worth, wanted = (worth_in_words(cents, facts.currency) for cents in (facts.value_cents, amount.cents))
        raise RuleError(
            f"Deal {facts.id} is worth {worth}, so {wanted} cannot be split off: give a smaller --value, or --keep-value "
            "where the new deal is worth that besides."
        )
    return SplitPlan(facts, title, amount.cents, facts.value_cents - amount.cents)


def worth_in_words(cents: int | None, currency: str) -> str:
    """`7,000 EUR`, `0.50 EUR`, `no value`"""
    if cents is None:
        return "no value"
    units, rest = divmod(cents, 100)
    return f"{units:,}{f'.{rest:02}' if rest else ''} {currency}"
