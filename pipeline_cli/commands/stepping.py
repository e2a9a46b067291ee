"""Deals named with the number of a next step, as in `done 12.2`."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from pipeline_cli.domain.deal.steps import read_named
from pipeline_cli.storage.record.deals import find

if TYPE_CHECKING:
    from pipeline_cli.storage.change import Change


class StepsByDeal:
    """The deals as typed, and which of their steps are meant."""

    def __init__(self, words: Sequence[str], *, all_matching: bool = False) -> None:
        """`all_matching`: the words are a filter, and no step has a number."""
        self._named = [] if all_matching else read_named(words)
        self.names = list(words) if all_matching else [one.deal for one in self._named]
        self.has_numbers = any(one.number is not None for one in self._named)
        self._by_deal: dict[int, list[int | None]] | None = None

    def numbers(self, change: "Change", deal_id: int) -> Sequence[int | None]:
        """Of the steps of a deal that were named by number, each once, in the order typed."""
        if not self.has_numbers:
            return []
        if self._by_deal is None:
            self._by_deal = {}
            for one in self._named:
                known = self._by_deal.setdefault(find(change, one.deal), [])
                if (number := one.number or 1) not in known:
                    known.append(number)
        return self._by_deal.get(deal_id, [])
