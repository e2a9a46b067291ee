"""What became of the open value between two instants: from start to end without a remainder."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from pipeline_cli.domain.record import NamedTuple

RISING = ("new", "moved_in", "grown")
FALLING = ("won", "lost", "disqualified", "shrunk", "moved_out")
ITEMS = (*RISING, *FALLING)

WORDS = {
    "new": "created since, at its value at the end or at its closing",
    "moved_in": "open again after it was closed, or come from another pipeline",
    "grown": "worth more than at the start",
    "won": "won since, at the value it had then",
    "lost": "lost since, at the value it had then",
    "disqualified": "disqualified since, at the value it had then",
    "shrunk": "worth less than at the start",
    "moved_out": "gone to another pipeline or merged into another deal, at its value at the start",
}
"""A deal that was closed and opened again in between has only its change of value here; one that came into the record
closed, and nobody said when, has no part in it."""


class DealState(NamedTuple):
    """A deal as known at one instant."""

    pipeline: str
    status: str
    value_cents: int
    """In the file's currency; 0: no value."""
    closed_at: str | None
    undated: bool = False
    """Closed, and nobody said when."""


class ValueFlow(NamedTuple):
    """One deal's part in one item."""

    item: str
    deal_id: int
    cents: int
    """Signed: what falls is negative."""


class WaterfallItem(NamedTuple):
    item: str
    deals: int
    cents: int
    """Signed; the items add up to end − start."""


class Waterfall(NamedTuple):
    """Open value in minor units of the file's currency."""

    start_cents: int
    end_cents: int
    items: tuple[WaterfallItem, ...]
    flows: tuple[ValueFlow, ...]


def waterfall(then: Mapping[int, DealState], now: Mapping[int, DealState], pipeline: str | None) -> Waterfall:
    """Between two pictures of every deal; of one pipeline, or of all of them (None)."""

    def is_inside(state: DealState | None) -> bool:
        return state is not None and pipeline in {None, state.pipeline}

    flows = tuple(
        ValueFlow(item, deal_id, cents)
        for deal_id in sorted({*then, *now})
        for item, cents in _flows_of(then.get(deal_id), now.get(deal_id), is_inside)
    )
    return Waterfall(
        _open_value(then, is_inside),
        _open_value(now, is_inside),
        tuple(_sum_item(item, flows) for item in ITEMS),
        flows,
    )


def _flows_of(
    then: DealState | None, now: DealState | None, is_inside: Callable[[DealState | None], bool]
) -> Iterator[tuple[str, int]]:
    was_open = then is not None and is_inside(then) and then.status == "open"
    if then is not None and was_open and (now is None or not is_inside(now)):
        yield "moved_out", -then.value_cents
    elif now is not None and is_inside(now):
        if then is not None and was_open:
            change = now.value_cents - then.value_cents
            if change:
                yield ("grown" if change > 0 else "shrunk"), change
        elif then is None and now.undated:
            return
        elif then is None or now.status == "open" or now.closed_at != then.closed_at:
            yield ("new" if then is None else "moved_in"), now.value_cents
        else:
            return
        if now.status != "open":
            yield now.status, -now.value_cents


def _open_value(states: Mapping[int, DealState], is_inside: Callable[[DealState | None], bool]) -> int:
    return sum(state.value_cents for state in states.values() if state.status == "open" and is_inside(state))


def _sum_item(item: str, flows: tuple[ValueFlow, ...]) -> WaterfallItem:
    own = [flow.cents for flow in flows if flow.item == item]
    return WaterfallItem(item, len(own), sum(own))
