"""What changed between two snapshots of the record: each deal once for each kind, and the waterfall of the value."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from datetime import date

from pipeline_cli.domain.playbook import OUTCOMES
from pipeline_cli.domain.record import NamedTuple

RISING = ("new", "moved_in", "grown")
FALLING = (*OUTCOMES, "shrunk", "moved_out")
ITEMS = (*RISING, *FALLING)

WORDS = {
    "new": "created since, at its value at the end or at its closing",
    "moved_in": "open again after it was closed, come from another pipeline, or come into the record though no file says "
    "when it was created",
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
    created_inferred: bool = False
    """Nobody said when it was created."""


class ValueFlow(NamedTuple):
    """One deal's part in one item."""

    item: str
    deal_id: int
    cents: int
    """Signed: what falls is negative."""


class WaterfallItem(NamedTuple):
    """One bar of the waterfall: how many deals, and minor units with their sign."""

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
            yield ("new" if then is None and not now.created_inferred else "moved_in"), now.value_cents
        else:
            return
        if now.status != "open":
            yield now.status, -now.value_cents


def _open_value(states: Mapping[int, DealState], is_inside: Callable[[DealState | None], bool]) -> int:
    return sum(state.value_cents for state in states.values() if state.status == "open" and is_inside(state))


def _sum_item(item: str, flows: tuple[ValueFlow, ...]) -> WaterfallItem:
    own = [flow.cents for flow in flows if flow.item == item]
    return WaterfallItem(item, len(own), sum(own))


KINDS = (*OUTCOMES, "new", "forward", "back", "across", "pushed", "pulled", "grown", "shrunk", "silent")

MEANINGS = {
    "won": "closed as won since, and still so; value: what it was worth then. So too lost and disqualified",
    "lost": "closed as lost since, prune's included",
    "disqualified": "closed as none of ours since",
    "new": "not in the record at the start, and it is known when it was created, whatever became of it since; value: at the "
    "end, or when it was closed",
    "forward": "moved to a later stage since: from the stage before the first such move to that of the last; a deal that "
    "went there and back has a row for each",
    "back": "moved to an earlier stage since, likewise",
    "across": "in another pipeline than at the start; from the one, to the other",
    "pushed": "open at both ends, and its expected close date is later than it was",
    "pulled": "open at both ends, and its expected close date is earlier than it was",
    "grown": "open at the start and worth more now, or when it was closed; value: the difference",
    "shrunk": "open at the start and worth less now, or when it was closed; value: the difference, negative",
    "silent": "open all the time, not snoozed, and no touchpoint in between; at: the last one. Nobody within one day",
}
"""Of `won lost disqualified new grown shrunk` the rows are those of the waterfall, and their values add up to its items."""


class Standing(NamedTuple):
    """A deal at one instant."""

    pipeline: str
    stage: str
    status: str
    value_cents: int
    """In the file's currency; 0: no value."""
    created_at: str
    closed_at: str | None
    expected_close: str | None
    snoozed_until: str | None
    created_inferred: bool = False
    """Nobody said when it was created."""
    undated: bool = False
    """Closed, and nobody said when."""

    @property
    def state(self) -> DealState:
        """What the waterfall looks at."""
        return DealState(
            self.pipeline, self.status, self.value_cents, self.closed_at, self.undated, bool(self.created_inferred)
        )


class StageMove(NamedTuple):
    """One row of stage history within the interval."""

    deal_id: int
    from_stage: str | None
    to_stage: str
    at: str
    inferred: bool


class Change(NamedTuple):
    """Numbers, ids and codes alone: a kept review must hold no word about a person."""

    deal_id: int
    kind: str
    before: str | int | None
    """A stage or status, a pipeline, a day, or minor units."""
    after: str | int | None
    cents: int
    at: str | None
    """When, as UTC text; the last of several times; of a silent deal its last touchpoint, None if there never was one."""


class Between(NamedTuple):
    """Everything that changes are found in."""

    then: Mapping[int, Standing]
    now: Mapping[int, Standing]
    flows: Sequence[ValueFlow]
    """Of the waterfall between the two."""
    moves: Sequence[StageMove]
    """Oldest first."""
    positions: Mapping[str, Mapping[str, int]]
    """Pipeline -> stage -> its place; the pipelines that are looked at."""
    touched: Collection[int]
    """Deals with a touchpoint in between."""
    last_touches: Mapping[int, str]
    changed_at: Mapping[tuple[int, str], str]
    """(deal, `value_cents`, `expected_close` or `pipeline`) -> when it was last changed in between."""
    first: date
    today: date


def count_undated(then: Collection[int], now: Mapping[int, Standing], pipelines: Collection[str]) -> int:
    """Deals that came into the record closed on a day nobody gave: they are won or lost in no interval."""
    return sum(1 for deal_id, one in now.items() if one.undated and deal_id not in then and one.pipeline in pipelines)


def find_changes(between: Between) -> tuple[Change, ...]:
    """In the order of KINDS, within a kind the dearest first."""
    found = [*_of_value(between), *_of_stage(between), *_across(between), *_of_date(between), *_silent(between)]
    order = {kind: place for place, kind in enumerate(KINDS)}
    return tuple(sorted(found, key=lambda one: (order[one.kind], -abs(one.cents), one.deal_id)))


def _of_value(between: Between) -> Iterator[Change]:
    for flow in between.flows:
        then, now = between.then.get(flow.deal_id), between.now.get(flow.deal_id)
        if now is None or flow.item in ("moved_in", "moved_out"):
            continue
        if flow.item in ("grown", "shrunk"):
            before = then.value_cents if then else 0
            at = between.changed_at.get((flow.deal_id, "value_cents"))
            yield Change(flow.deal_id, flow.item, before, now.value_cents, flow.cents, at)
        elif flow.item == "new":
            yield Change(flow.deal_id, "new", None, now.stage, flow.cents, now.created_at)
        else:
            yield Change(flow.deal_id, flow.item, now.stage, now.status, -flow.cents, now.closed_at)


def _of_stage(between: Between) -> Iterator[Change]:
    """An inferred move of a new deal says only where an import found it."""
    found: dict[tuple[int, str], Change] = {}
    for move in between.moves:
        now = between.now.get(move.deal_id)
        places = between.positions.get(now.pipeline, {}) if now else {}
        start, end = places.get(move.from_stage or ""), places.get(move.to_stage)
        if now is None or start is None or end is None or start == end:
            continue
        if move.inferred and move.deal_id not in between.then:
            continue
        kind = "forward" if end > start else "back"
        first = found.get((move.deal_id, kind))
        before = first.before if first else move.from_stage
        found[move.deal_id, kind] = Change(move.deal_id, kind, before, move.to_stage, now.value_cents, move.at)
    yield from found.values()


def _across(between: Between) -> Iterator[Change]:
    for deal_id, now in between.now.items():
        then = between.then.get(deal_id)
        if then is None or then.pipeline == now.pipeline:
            continue
        if then.pipeline in between.positions or now.pipeline in between.positions:
            at = between.changed_at.get((deal_id, "pipeline"))
            yield Change(deal_id, "across", then.pipeline, now.pipeline, now.value_cents, at)


def _stayed_open(between: Between) -> Iterator[tuple[int, Standing, Standing]]:
    for deal_id, now in between.now.items():
        then = between.then.get(deal_id)
        if then is None or now.pipeline not in between.positions or then.pipeline not in between.positions:
            continue
        if then.status == now.status == "open":
            yield deal_id, then, now


def _of_date(between: Between) -> Iterator[Change]:
    for deal_id, then, now in _stayed_open(between):
        old, new = then.expected_close, now.expected_close
        if old is not None and new is not None and old != new:
            at = between.changed_at.get((deal_id, "expected_close"))
            yield Change(deal_id, "pushed" if new > old else "pulled", old, new, now.value_cents, at)


def _silent(between: Between) -> Iterator[Change]:
    """An interval within one day makes nobody silent, nor a snooze that lasted into it."""
    if between.first == between.today:
        return
    reopened = {move.deal_id for move in between.moves if move.to_stage in OUTCOMES}
    first = between.first.isoformat()
    for deal_id, then, now in _stayed_open(between):
        if then.pipeline != now.pipeline:
            continue
        has_slept = now.snoozed_until is not None and now.snoozed_until > first
        if not has_slept and deal_id not in between.touched and deal_id not in reopened:
            last = between.last_touches.get(deal_id)
            yield Change(deal_id, "silent", None, None, now.value_cents, last)
