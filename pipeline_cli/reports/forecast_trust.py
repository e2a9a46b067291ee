"""What every forecast says of itself: by which method, why by that one, and how its last forecasts did."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from pipeline_cli.domain.forecast.misses import Lesson, off_by
from pipeline_cli.domain.forecast.trust import FEWEST_CLOSED, Trust
from pipeline_cli.domain.words.text import counted

_USUAL = "timed"


def method_of(trusts: Sequence[Trust]) -> str:
    """The method of one pipeline, or of several that trust the same; else the usual one."""
    chosen = {trust.method for trust in trusts}
    return chosen.pop() if len(chosen) == 1 else _USUAL


def trust_lines(trusts: Sequence[Trust], method: str, lesson: Lesson | None, *, asked: bool) -> Iterator[str]:
    """Why this method, and how its last forecasts did; `lesson`: what the method timed learned of its own; `asked`: a person
    named the method."""
    if len(trusts) != 1:
        if not asked:
            yield f"Method {method}: {_of_several(trusts)}."
        return
    (trust,) = trusts
    if not asked:
        yield f"Method {method}: {_why(trust)}."
    track = trust.tracks.get(method)
    if lesson is not None and lesson.misses:
        yield _of_misses(lesson, trust.horizon)
        return
    if track is None or not trust.whole:
        yield "How far to trust it cannot be said yet: no past day has had its time."
        return
    off = "" if track.wape is None else f"its totals were off by {track.wape:.0%} in all, and "
    yield (
        f"On the last {counted(trust.days, 'day')} replayed, {counted(trust.horizon, 'day')} ahead, {off}what came lay in "
        f"its range on {track.held}."
    )


def _of_misses(lesson: Lesson, horizon: int) -> str:
    """`Its last 4 forecasts that had their time (30 days each) were off by 9%, 7% too high in all, …`"""
    came = sum(miss.came_cents for miss in lesson.misses)
    off = off_by(lesson)
    bias = sum(miss.expected_cents for miss in lesson.misses) - came
    many = len(lesson.misses)
    its = (
        "Its last forecast that has had its time"
        if many == 1
        else f"Its last {many} forecasts that have had their time"
    )
    if not came:
        return f"{its} ({counted(horizon, 'day')}), made anew: nothing came."
    how = f"{abs(bias) / came:.0%} too {'high' if bias > 0 else 'low'} in all"
    moved = f"this one is {'raised' if lesson.shift > 0 else 'lowered'} by what of that is more than luck"
    were = "was" if many == 1 else "were"
    return f"{its} ({counted(horizon, 'day')}), made anew, {were} off by {off / came:.0%}, {how}; {moved}."


def _why(trust: Trust) -> str:
    if trust.closed < FEWEST_CLOSED:
        closed = f"{counted(trust.closed, 'deal')} {'has' if trust.closed == 1 else 'have'} closed"
        return f"the usual one; {closed}, and from {FEWEST_CLOSED} on your own past chooses"
    if not trust.ranked:
        return "the usual one; too few deals closed on the days replayed to tell the methods apart"
    others = ", ".join(f"{track.brier:.3f} ({name})" for name, track in trust.tracks.items() if name != trust.method)
    best = trust.tracks[trust.method].brier
    nearest = all(best <= track.brier for track in trust.tracks.values())
    return f"{'nearest' if nearest else 'as near as any'} on your own past, error (Brier) {best:.3f} against {others}"


def _of_several(trusts: Sequence[Trust]) -> str:
    chosen = {trust.method for trust in trusts}
    return "the one each pipeline's past trusts" if len(chosen) == 1 else "your pipelines trust different ones"


def trust_json(trusts: Sequence[Trust], *, asked: bool) -> Mapping[str, Any]:
    """By whom the method was chosen, and by what."""
    chosen_by = "you" if asked else "backtest" if any(trust.ranked for trust in trusts) else "default"
    return {
        "by": chosen_by,
        "trusted": [
            {
                "method": trust.method,
                "closed": trust.closed,
                "days": trust.days,
                "tracks": [{"method": name, **track._asdict()} for name, track in trust.tracks.items()],
            }
            for trust in trusts
        ],
    }
