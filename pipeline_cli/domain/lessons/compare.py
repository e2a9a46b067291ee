"""Won beside lost: each thing that is known of closed deals is held against the others, and what chance explains is left.

No comparison is chosen by its outcome: which values are looked at, and where numbers are cut in two, goes by how many
deals there are, won and lost alike. So the chance of Fisher's test holds, and Holm's correction over all of them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from math import isfinite

from pipeline_cli.domain.lessons.exact import clopper_pearson, fisher, holm
from pipeline_cli.domain.outcomes.history import share
from pipeline_cli.domain.record import NamedTuple

LEAST = 5
"""Deals that have a value, and deals that have another: with fewer nothing is compared."""
MOST_VALUES = 12
"""Of one field, the most frequent ones."""
ALPHA = 0.05
"""A difference is proven when chance makes as large a one in fewer than one report in twenty."""
TELLING = 20
"""From so many deals on, values that each know but one outcome are the outcome itself, written down a second time."""
_SEVERAL = 6
"""Distinct numbers; fewer are names, such as a score of 1 to 5."""


class Tally(NamedTuple):
    """Closed deals that have one value of something."""

    value: str | float | None
    won: int
    lost: int

    @property
    def deals(self) -> int:
        """Of both outcomes."""
        return self.won + self.lost


class Factor(NamedTuple):
    """Something that may make a difference."""

    id: str
    label: str
    """As it stands in a sentence, before its value."""
    tallies: Sequence[Tally]
    kind: str = "words"
    """words | number | bands: values as they are, two halves, four bands."""
    said: Callable[[float | None, float | None], str] | None = None
    """Of numbers: the words for `from` and `to`, one of them None at an end; to is exclusive where both are cut."""
    of: str = "deal"
    """deal | field | tag | answer | stage: where it was found."""
    stage: str | None = None
    """Before which stage it was counted."""

    @property
    def key(self) -> tuple[str, str, str]:
        """One factor's own, whatever a field is called."""
        return self.of, self.id, self.stage or ""


class Comparison(NamedTuple):
    """The deals with one value beside all other deals of which it is known."""

    factor: Factor
    value: str
    won: int
    lost: int
    other_won: int
    other_lost: int
    p: float
    """How often chance alone makes as large a difference."""
    adjusted: float = 1.0
    """The same, when all comparisons of the report are looked at together."""
    alone: float = 1.0
    """The same, when those of its factor are, as if nothing else had been asked about."""

    @property
    def is_proven(self) -> bool:
        """Chance makes as large a difference anywhere in fewer than one report in twenty."""
        return self.adjusted < ALPHA

    @property
    def rate(self) -> float | None:
        """won ÷ (won + lost)."""
        return share(self.won, self.won + self.lost)

    @property
    def other_rate(self) -> float | None:
        """The same of the others."""
        return share(self.other_won, self.other_won + self.other_lost)

    @property
    def interval(self) -> tuple[float | None, float | None]:
        """Of the rate, exact, 95 %."""
        return clopper_pearson(self.won, self.won + self.lost)

    @property
    def other_interval(self) -> tuple[float | None, float | None]:
        """The same of the others."""
        return clopper_pearson(self.other_won, self.other_won + self.other_lost)


class Silence(NamedTuple):
    """Why nothing is said of a factor."""

    factor: Factor
    code: str
    reason: str
    deals: int
    """Closed deals of which it is known."""


UNKNOWN, CONSTANT, ONE_OUTCOME, SCATTERED, OUTCOME_ITSELF, NUMBERING, NOT_PROVEN = (
    "unknown",
    "constant",
    "one_outcome",
    "scattered",
    "outcome_itself",
    "numbering",
    "not_proven",
)
SILENCES = {
    UNKNOWN: "not known of any closed deal",
    CONSTANT: "the same wherever it is known",
    ONE_OUTCOME: "known of deals with one outcome alone",
    SCATTERED: f"no value has {LEAST} deals, with {LEAST} of another beside it",
    OUTCOME_ITSELF: "it says what became of each deal, so it was written down afterwards",
    NUMBERING: "every deal has a number of its own",
    NOT_PROVEN: "chance explains what difference there is",
}


class Lessons(NamedTuple):
    """All that was compared, and what could not be."""

    compared: tuple[Comparison, ...]
    """The most certain first."""
    silent: tuple[Silence, ...]
    """Factors without a proven difference, in their order."""

    @property
    def proven(self) -> list[Comparison]:
        """Those that chance does not explain."""
        return [one for one in self.compared if one.is_proven]

    @property
    def factors(self) -> int:
        """How many things were compared."""
        return len({one.factor.key for one in self.compared})

    @property
    def alone(self) -> list[Comparison]:
        """The most certain one of each factor that would be proven if nothing else had been asked about, and is not."""
        proven = {one.factor.key for one in self.proven}
        first = dict[tuple[str, str, str], Comparison]()
        for one in self.compared:
            if one.alone < ALPHA and one.factor.key not in proven:
                first.setdefault(one.factor.key, one)
        return list(first.values())


def compare_all(factors: Iterable[Factor]) -> Lessons:
    """Every factor at once, for the more are looked at, the more chance has to say."""
    compared, silent = list[Comparison](), list[Silence]()
    for factor in factors:
        known = factor._replace(tallies=[one for one in factor.tallies if _is_known(one)])
        why = _why_not(known)
        if why is None:
            groups = _groups(known)
            why = SCATTERED if not groups else None
            compared += groups
        if why is not None:
            silent.append(Silence(factor, why, SILENCES[why], sum(one.deals for one in known.tallies)))
    chances = holm([one.p for one in compared])
    alone = _each_alone(compared)
    compared = [
        one._replace(adjusted=chance, alone=by_itself)
        for one, chance, by_itself in zip(compared, chances, alone, strict=True)
    ]
    heard = {one.factor.key for one in compared if one.is_proven}
    for factor in {one.factor.key: one.factor for one in compared if one.factor.key not in heard}.values():
        silent.append(Silence(factor, NOT_PROVEN, SILENCES[NOT_PROVEN], sum(one.deals for one in factor.tallies)))
    compared.sort(key=lambda one: (one.p, one.factor.key, one.value))
    return Lessons(tuple(compared), tuple(silent))


def _each_alone(compared: Sequence[Comparison]) -> list[float]:
    places: dict[tuple[str, str, str], list[int]] = {}
    for place, one in enumerate(compared):
        places.setdefault(one.factor.key, []).append(place)
    alone = [1.0] * len(compared)
    for those in places.values():
        for place, chance in zip(those, holm([compared[place].p for place in those]), strict=True):
            alone[place] = chance
    return alone


def _is_known(tally: Tally) -> bool:
    value = tally.value
    if isinstance(value, str):
        return bool(value.strip())
    return value is not None and isfinite(value)


def _why_not(factor: Factor) -> str | None:
    """What forbids to compare at all."""
    tallies = factor.tallies
    if not tallies:
        return UNKNOWN
    won, lost = sum(one.won for one in tallies), sum(one.lost for one in tallies)
    if len(tallies) == 1:
        return CONSTANT
    if not won or not lost:
        return ONE_OUTCOME
    if factor.of == "field" and _is_numbering(factor):
        return NUMBERING
    if factor.kind == "words" and won + lost >= TELLING and not any(one.won and one.lost for one in tallies):
        frequent = [one for one in tallies if one.deals >= LEAST]
        if any(one.won for one in frequent) and any(one.lost for one in frequent):
            return OUTCOME_ITSELF
    return None


def _groups(factor: Factor) -> list[Comparison]:
    """Each value that has enough deals, beside all the others; two values are one comparison."""
    tallies = list(factor.tallies)
    if factor.kind in ("number", "bands"):
        tallies = _in_bands(factor, 2 if factor.kind == "number" else 4)
    total_won, total_lost = sum(one.won for one in tallies), sum(one.lost for one in tallies)
    enough = [one for one in tallies if LEAST <= one.deals <= total_won + total_lost - LEAST]
    enough.sort(key=lambda one: (-one.deals, str(one.value)))
    if len(tallies) == 2:
        enough = sorted(enough, key=lambda one: -one.won / one.deals)[:1]
    return [
        Comparison(
            factor,
            str(one.value),
            one.won,
            one.lost,
            total_won - one.won,
            total_lost - one.lost,
            fisher(one.won, one.lost, total_won - one.won, total_lost - one.lost),
        )
        for one in enough[:MOST_VALUES]
    ]


def _in_bands(factor: Factor, bands: int) -> list[Tally]:
    """Numbers in bands of about as many deals each, cut between two values that occur."""
    ordered = sorted(factor.tallies, key=lambda one: float(one.value or 0))
    cuts = sorted({cut for part in range(1, bands) if (cut := _nearest_cut(ordered, part / bands))})
    found = []
    for first, last in zip([0, *cuts], [*cuts, len(ordered)], strict=True):
        inside = ordered[first:last]
        low = None if first == 0 else float(inside[0].value or 0)
        high = None if last == len(ordered) else float(inside[-1].value or 0)
        name = (factor.said or _in_figures)(low, high)
        found.append(Tally(name, sum(one.won for one in inside), sum(one.lost for one in inside)))
    return found


def _nearest_cut(ordered: Sequence[Tally], part: float) -> int:
    """How many of the values lie below the cut that leaves nearest to this part of the deals there; never none, never all."""
    goal = part * sum(one.deals for one in ordered)
    below, best, at = 0, float("inf"), 0
    for place, one in enumerate(ordered[:-1], start=1):
        below += one.deals
        if abs(below - goal) < best:
            best, at = abs(below - goal), place
    return at


def _in_figures(low: float | None, high: float | None) -> str:
    if low is None:
        return f"up to {high:,g}"
    return f"{low:,g} or more" if high is None else f"{low:,g} to {high:,g}"


def field_factor(name: str, tallies: Sequence[Tally]) -> Factor:
    """A field of one's own: of numbers, when nearly all are numbers and there are several of them."""
    numbers = _as_numbers(tallies)
    if numbers is None:
        return Factor(name, name, _folded(tallies), of="field")
    return Factor(name, name, numbers, "number", of="field")


def tag_factors(tagged: Sequence[tuple[Sequence[str], int, int]]) -> list[Factor]:
    """Each of the most frequent tags: deals that have it beside those that have not. `tagged`: tags, won, lost."""
    won, lost = sum(one for _, one, _ in tagged), sum(one for _, _, one in tagged)
    sums = dict[str, list[int]]()
    for tags, own_won, own_lost in tagged:
        for tag in tags:
            counts = sums.setdefault(tag, [0, 0])
            counts[0] += own_won
            counts[1] += own_lost
    frequent = sorted(sums, key=lambda tag: (-sum(sums[tag]), tag))[:MOST_VALUES]
    return [
        Factor(
            tag,
            f"Tag {tag}",
            [Tally("yes", *sums[tag]), Tally("no", won - sums[tag][0], lost - sums[tag][1])],
            of="tag",
        )
        for tag in sorted(frequent)
        if LEAST <= sum(sums[tag]) <= won + lost - LEAST
    ]


def _is_numbering(factor: Factor) -> bool:
    """Whole numbers of which no two deals share one: a key, and no measure of anything."""
    return (
        factor.kind == "number"
        and len(factor.tallies) >= TELLING
        and all(one.deals == 1 and float(one.value or 0).is_integer() for one in factor.tallies)
    )


def _as_numbers(tallies: Sequence[Tally]) -> list[Tally] | None:
    found, others = dict[float, list[int]](), 0
    for one in tallies:
        number = _number(one.value)
        if number is None:
            others += one.deals
        else:
            counts = found.setdefault(number, [0, 0])
            counts[0] += one.won
            counts[1] += one.lost
    deals = sum(won + lost for won, lost in found.values())
    if len(found) < _SEVERAL or others * 9 > deals:
        return None
    return [Tally(value, won, lost) for value, (won, lost) in sorted(found.items())]


def _number(value: str | float | None) -> float | None:
    if isinstance(value, str):
        if "_" in value or not value.isascii():
            return None
        try:
            value = float(value)
        except ValueError:
            return None
    return value if value is not None and isfinite(value) else None


def _folded(tallies: Sequence[Tally]) -> list[Tally]:
    """The same word in another case is the same; the most frequent way to write it is kept."""
    found = dict[str, list[Tally]]()
    for one in tallies:
        if one.value is not None:
            found.setdefault(" ".join(str(one.value).split()).casefold(), []).append(one)
    return [
        Tally(
            max(those, key=lambda one: (one.deals, str(one.value))).value,
            sum(one.won for one in those),
            sum(one.lost for one in those),
        )
        for those in found.values()
    ]
