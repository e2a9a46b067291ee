"""Stage histories of one pipeline by days: what the method `timed` learns from, and `backtest` replays."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, overload

from pipeline_cli.domain.forecast.runs import LOST, WON, DealHistory, History
from pipeline_cli.domain.playbook import OUTCOMES, Pipeline, Playbook
from pipeline_cli.domain.words.clock import Clock, from_text, to_text
from pipeline_cli.storage.reader import Reader

if TYPE_CHECKING:
    from datetime import datetime

_Path = list[tuple[int, int]]
"""(day, stage index or LOST or WON), in the order of the moves."""
_DAY = len("2026-11-21")
_MINUTE = len("2026-11-21T09:30")


def read_histories(reader: Reader, playbook: Playbook, pipeline: Pipeline) -> History:
    """Every deal of the pipeline, as known at the clock's day; days are `date.toordinal()` in its zone.

    Disqualified deals are lost, and marked. A deal that was closed on a day nobody gave is left out: it would teach days
    that an import made up. Moves to stages that pipeline.yaml no longer has are left out, and so is a
    deal that has no others. Amounts are in the file's currency.
    """
    days = _Days(reader.clock)
    paths, inferred, guessed, made_up = _read_paths(reader, pipeline, days)
    touches = _read_touches(reader)
    amounts = _read_amounts(reader, playbook, pipeline.id, days)
    deals, undated_wins = [], 0
    for deal_id, status, closed_at, cents, currency in reader.connection.execute(
        "SELECT id, status, closed_at, value_cents, currency FROM known_deals WHERE pipeline = ?", (pipeline.id,)
    ):
        if status != "open" and deal_id in made_up:
            undated_wins += status == "won"
            continue
        path = paths.get(deal_id, [])
        closed = None
        if status != "open":
            closed = path.pop()[0] if path and path[-1][1] < 0 else days.of(closed_at)
        if not path or (path[0][1] < 0 and not any(place >= 0 for _, place in path)):
            continue
        deals.append(
            DealHistory(
                deal_id,
                path,
                closed,
                None if closed is None else status == "won",
                _TouchDays(days, touches[deal_id]) if deal_id in touches else (),
                _in_home(cents, currency, playbook),
                amounts.get(deal_id, ()),
                inferred.get(deal_id, 0),
                status == "disqualified",
                deal_id in guessed,
            )
        )
    return History(deals, undated_wins=undated_wins)


class _Days(dict[str, tuple[int, str] | None]):
    """Day in UTC -> the day in the zone that it ends in, and the time in UTC that one begins; None where the clocks
    change. Only these are converted, each once: the conversion is slow."""

    def __init__(self, clock: Clock) -> None:
        super().__init__()
        self._clock = clock

    def __missing__(self, utc_day: str) -> tuple[int, str] | None:
        self[utc_day] = midnight = self._midnight(utc_day)
        return midnight

    def of(self, instant: str) -> int:
        """The day in the zone of an instant given at least to the minute."""
        midnight = self[instant[:_DAY]]
        if midnight is None:
            return self._local(instant[:_MINUTE]).toordinal()
        return midnight[0] - (instant[_DAY:_MINUTE] < midnight[1])

    def _midnight(self, utc_day: str) -> tuple[int, str] | None:
        """None: each instant of that day is converted by itself."""
        first, last = self._local(f"{utc_day}T00:00"), self._local(f"{utc_day}T23:59")
        if first.utcoffset() != last.utcoffset() or first.second:
            return None
        minutes = 60 * first.hour + first.minute
        hour, minute = divmod(24 * 60 - minutes if minutes else 0, 60)
        return last.toordinal(), f"T{hour:02}:{minute:02}"

    def _local(self, minute: str) -> datetime:
        return from_text(f"{minute}:00.000Z").astimezone(self._clock.zone)


def _read_paths(
    reader: Reader, pipeline: Pipeline, days: _Days
) -> tuple[dict[int, _Path], dict[int, int], set[int], set[int]]:
    """Deal -> its moves, outcomes among them; how many of the first were inferred; deals of which a later one into a stage
    was; deals whose last outcome was.

    Of other pipelines' deals too: as it stands the query needs no sorting.

    An inferred move after one that was seen is taken as of the day the record learned of it.
    """
    places = {stage: index for index, stage in enumerate(pipeline.stage_ids)}
    places |= {outcome: WON if outcome == "won" else LOST for outcome in OUTCOMES}
    rows = reader.connection.execute(
        "SELECT deal_id, to_stage, moved_at, inferred FROM known_moves ORDER BY deal_id, moved_at, id"
    )
    day_of = days.of
    paths: dict[int, _Path] = {}
    inferred: dict[int, int] = {}
    guessed: set[int] = set()
    made_up: set[int] = set()
    for deal_id, stage, at, is_inferred in rows:
        place = places.get(stage)
        if place is None:
            continue
        path = paths.get(deal_id)
        if path is None:
            path = paths[deal_id] = []
        if is_inferred and place >= 0:
            if inferred.get(deal_id, 0) == len(path):
                inferred[deal_id] = len(path) + 1
            else:
                guessed.add(deal_id)
        if place < 0:
            (made_up.add if is_inferred else made_up.discard)(deal_id)
        path.append((day_of(at), place))
    return paths, inferred, guessed, made_up


def _read_touches(reader: Reader) -> dict[int, str]:
    """Deal -> instants of its touchpoints. One row a deal: 100,000 single rows take three times as long."""
    rows = reader.connection.execute(
        f"SELECT deal_id, group_concat(substr(touched_at, 1, {_MINUTE})) FROM known_touchpoints "
        "WHERE sense IS NOT 'automatic' GROUP BY deal_id"
    )
    return dict(rows.fetchall())


class _TouchDays(Sequence[int]):
    """Days of one deal's touchpoints, ascending; converted when they are first looked at: one forecast asks for those of
    the open deals and of some hundred others."""

    __slots__ = ("_found", "_instants", "_known_by")

    def __init__(self, known_by: _Days, instants: str) -> None:
        self._known_by, self._instants = known_by, instants
        self._found: list[int] | None = None

    @property
    def _days(self) -> list[int]:
        if self._found is None:
            self._found = sorted(map(self._known_by.of, self._instants.split(",")))
        return self._found

    def __len__(self) -> int:
        return len(self._days)

    @overload
    def __getitem__(self, at: int) -> int: ...
    @overload
    def __getitem__(self, at: slice) -> list[int]: ...
    def __getitem__(self, at: int | slice) -> int | list[int]:
        return self._days[at]


def _read_amounts(
    reader: Reader, playbook: Playbook, pipeline: str, days: _Days
) -> dict[int, list[tuple[int, int | None]]]:
    """Deals whose value was changed -> (day, minor units from that day on), from the newest change back."""
    rows = reader.connection.execute(
        "SELECT c.deal_id, d.value_cents, d.currency, c.field, c.old_value, c.changed_at "
        "FROM main.field_changes c JOIN known_deals d ON d.id = c.deal_id WHERE d.pipeline = ? "
        "AND c.field IN ('value_cents', 'currency') AND c.changed_at < ? ORDER BY c.deal_id, c.changed_at DESC, c.id DESC",
        (pipeline, to_text(reader.clock.end_of_today)),
    )
    states: dict[int, dict[str, Any]] = {}
    known_from: dict[int, dict[int, tuple[int | None, str]]] = {}
    for deal_id, cents, currency, field, old, at in rows:
        state = states.setdefault(deal_id, {"value_cents": cents, "currency": currency})
        known_from.setdefault(deal_id, {}).setdefault(days.of(at), (state["value_cents"], state["currency"]))
        state[field] = old
    for deal_id, state in states.items():
        known_from[deal_id][0] = (state["value_cents"], state["currency"])
    return {
        deal_id: [(day, _in_home(cents, currency, playbook)) for day, (cents, currency) in sorted(changes.items())]
        for deal_id, changes in known_from.items()
    }


def _in_home(cents: int | None, currency: str, playbook: Playbook) -> int | None:
    """None also for an earlier value in a currency that pipeline.yaml has no rate for any more."""
    return playbook.in_home(cents, currency) if cents is not None and playbook.has_rate(currency) else None
