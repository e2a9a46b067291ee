"""What an export of another program shows, and the pipeline.yaml that can be drafted from it, each choice with its reason."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from itertools import pairwise

from pipeline_cli.domain.playbook import OUTCOMES
from pipeline_cli.domain.record import NamedTuple
from pipeline_cli.domain.words.names import normalise
from pipeline_cli.domain.words.outcome_words import plain_key
from pipeline_cli.domain.words.stage_names import (
    TITLES,
    find_program,
    percent_by_words,
    place_in,
    stages_of_program,
)
from pipeline_cli.domain.words.text import counted

MOST_STAGES = 40
"""Of one pipeline. A column with more different texts is hardly one of stages."""
MOST_PIPELINES = 30
MOST_REASONS = 25


class SeenStage(NamedTuple):
    """A stage as the export names it."""

    name: str
    deals: int = 0
    """Of the file."""
    open_deals: int = 0
    percent: float | None = None
    """The mean of what the export says of the chances of the deals in it."""


class SeenPipeline(NamedTuple):
    """A pipeline as the export names it; "" where it has one and does not say which."""

    name: str
    deals: int
    stages: Sequence[SeenStage]
    """In the order in which the file first names them."""
    order: Sequence[str] = ()
    """Their names in the order in which deals go through them, where a file of moves tells."""


class SeenOutcome(NamedTuple):
    """A word of the column of stages or statuses that says how deals ended."""

    field: str
    text: str
    outcome: str
    deals: int
    by_part: bool
    """One word of several says so: that is written down as a mapping, so that it can be corrected."""


class ExportFacts(NamedTuple):
    """What the files show."""

    file: str
    """The name of the file of deals."""
    preset: str
    columns: Mapping[str, str]
    """Field -> the column that is it."""
    deals: int
    pipelines: Sequence[SeenPipeline]
    outcomes: Sequence[SeenOutcome]
    currencies: Mapping[str, int]
    """Code -> how many amounts are in it; of those that say so."""
    reasons: Mapping[str, int]
    """Lost reason -> how many deals."""
    kinds: Mapping[str, int]
    """Kind of touchpoint -> how many, where a file of them was given."""
    moves_file: str | None = None
    headers: Sequence[str] = ()
    """Of all columns."""


class DraftStage(NamedTuple):
    """A stage of the file that is written."""

    id: str
    name: str
    percent: int
    category: str
    about: str


class DraftPipeline(NamedTuple):
    """A pipeline of the file that is written."""

    id: str
    name: str
    about: str
    order: str
    """Why the stages stand in this order."""
    percents: str
    """Where their probabilities are from."""
    stages: Sequence[DraftStage]
    missing: Sequence[DraftStage] = ()
    """First stages of the program that no deal of the export is in."""


def draft_pipelines(facts: ExportFacts) -> list[DraftPipeline]:
    """As the export shows them; the one with most deals comes first. None where it shows no stages."""
    seen = sorted((one for one in facts.pipelines if one.stages), key=lambda one: -one.deals)
    taken: set[str] = set()
    return [_draft_pipeline(facts, one, taken) for one in seen]


def _draft_pipeline(facts: ExportFacts, seen: SeenPipeline, taken: set[str]) -> DraftPipeline:
    program = find_program([stage.name for stage in seen.stages])
    if len(seen.stages) < _FEWEST_STAGES and program != facts.preset:
        program = None  # one name may be anybody's
    stages, order = order_stages(seen, facts, program)
    percents, source = _percents(stages, facts, program)
    ids: set[str] = set(OUTCOMES)
    drafted = [
        DraftStage(
            _id_of(stage.name, ids, f"stage_{place}"),
            _name_of(stage.name, program),
            percent,
            _category(percent),
            _about_stage(stage),
        )
        for place, (stage, percent) in enumerate(zip(stages, percents, strict=True), 1)
    ]
    name = seen.name or "Sales"
    about = (
        f'the column "{facts.columns["pipeline"]}" says so of {counted(seen.deals, "deal")}'
        if seen.name and "pipeline" in facts.columns
        else f"{facts.file} names no pipeline"
    )
    missing = _missing(seen, program) if program else []
    return DraftPipeline(_id_of(name, taken, "sales"), name, about, order, source, drafted, missing)


_FEWEST_STAGES = 2


def _missing(seen: SeenPipeline, program: str) -> list[DraftStage]:
    """In the form that the export writes them in; nothing where that is another language."""
    known = {place_in(program, stage.name): stage.name for stage in seen.stages}
    stages = stages_of_program(program)
    if any(plain_key(name) != plain_key(stages[place or 0].name) for place, name in known.items()):
        return []
    is_raw = all(name == plain_key(name) for name in known.values())
    return [
        DraftStage(
            plain_key(stage.name) if is_raw else _id_of(stage.name, set(), ""),
            stage.name,
            stage.percent,
            _category(stage.percent),
            f"{TITLES[program]} has it, and no deal of the export is in it",
        )
        for place, stage in enumerate(stages)
        if place not in known
    ]


_LONGEST_SHORT_FORM = 3
"""Letters: `mql` stays what it is."""


def _name_of(name: str, program: str | None) -> str:
    """As people read it, where the export writes what the program calls it inside: `appointmentscheduled`."""
    place = place_in(program, name) if program and name == plain_key(name) else None
    known = stages_of_program(program)[place] if program and place is not None else None
    if known and plain_key(known.name) == name:
        return known.name
    is_id = re.fullmatch(r"[a-z][a-z0-9]*(?:_[a-z0-9]+)*", name) is not None and len(name) > _LONGEST_SHORT_FORM
    return name.replace("_", " ").capitalize() if is_id else name


def _id_of(name: str, taken: set[str], otherwise: str) -> str:
    """A word of its own for the database, near to the name; the name itself where that is one."""
    plain = name if re.fullmatch(r"[a-z][a-z0-9_]{0,50}", name) else ""
    base = plain or re.sub(r"[^a-z0-9]+", "_", normalise(name)).strip("_")[:40].strip("_") or otherwise
    found, number = base, 1
    while found in taken:
        number += 1
        found = f"{base}_{number}"
    taken.add(found)
    return found


def _about_stage(stage: SeenStage) -> str:
    if not stage.deals:
        return "no deal of the export is in it now"
    return f"{counted(stage.deals, 'deal')}, {stage.open_deals:,} open"


def _category(percent: int) -> str:
    return "commit" if percent >= 85 else "best_case" if percent >= 60 else "pipeline"


_NUMBERED = re.compile(
    r"\W*(?:(\d{1,3})\b|(?:stage|phase|step|stufe|etapa|fase|étape|etape)\s*(\d{1,2})\b|([A-Za-z])[.):])"
)


def order_stages(seen: SeenPipeline, facts: ExportFacts, program: str | None) -> tuple[list[SeenStage], str]:
    """In the order of the best evidence there is, and what that was."""
    stages = list(seen.stages)
    named = f'The stages of the column "{facts.columns.get("stage", "")}"'
    if seen.order:
        places = {name: place for place, name in enumerate(seen.order)}
        stages.sort(key=lambda stage: places.get(stage.name, len(places)))
        return stages, f"In the order in which the deals of {facts.moves_file} go through them"
    numbers = [_number_of(stage.name) for stage in stages]
    if len(stages) > 1 and None not in numbers and len(set(numbers)) == len(numbers):
        return [one for _, one in sorted(zip(numbers, stages, strict=True), key=lambda one: str(one[0]))], (
            f"{named}, as they are numbered"
        )
    if program is not None:
        stages.sort(key=lambda stage: place_in(program, stage.name) or 0)
        return stages, f"{named}, in the order that {TITLES[program]} begins with"
    percents = [stage.percent for stage in stages]
    if len(stages) > 1 and None not in percents and len(set(percents)) == len(percents):
        stages.sort(key=lambda stage: stage.percent or 0)
        return stages, f"{named}, by the chances that the export gives their deals"
    guesses = [percent_by_words(stage.name) for stage in stages]
    known = [guess for guess in guesses if guess is not None]
    placed = [guess if guess is not None else _MIDDLE for guess in guesses]
    stages = [stage for _, stage in sorted(zip(placed, stages, strict=True), key=lambda one: one[0])]
    if len(known) == len(stages):
        return stages, f"{named}, in an order guessed by their names: move the lines if it is another"
    return stages, f"{named}; their order is a guess: move the lines if it is another"


_MIDDLE = 40
"""Percent, of a stage whose name tells nothing."""


def _number_of(name: str) -> str | None:
    """So that it sorts: figures filled up with zeros."""
    found = _NUMBERED.match(name)
    if found is None:
        return None
    return (found[1] or found[2]).rjust(3, "0") if found[1] or found[2] else found[3].upper()


def _percents(stages: Sequence[SeenStage], facts: ExportFacts, program: str | None) -> tuple[list[int], str]:
    """Rising percents, and where they are from."""
    said = [stage.percent for stage in stages if stage.percent is not None]
    if len(set(said)) == len(stages) > 1 and sorted(said) == said:
        column = facts.columns.get("probability_column", "")
        return [
            _within(percent) for percent in said
        ], f'the mean of the column "{column}" for the open deals of each stage'
    if program is not None:
        own = [stages_of_program(program)[place_in(program, stage.name) or 0].percent for stage in stages]
        return own, f"what {TITLES[program]} begins with"
    guesses = [percent_by_words(stage.name) for stage in stages]
    rising = [guess for guess in guesses if guess is not None]
    if len(rising) == len(stages) and all(before < after for before, after in pairwise(rising)):
        return rising, "guessed by the names of the stages"
    last = max(len(stages) - 1, 1)
    return [10 + round(70 * place / last) for place in range(len(stages))], "spread evenly, a guess"


def _within(percent: float) -> int:
    return min(max(round(percent), 1), 99)


def order_by_moves(names: Sequence[str], moves: Mapping[tuple[str, str], int]) -> list[str]:
    """The names so that most moves go forwards. `moves`: (from, to) -> how many; names of none keep their place behind."""
    left = list(names)
    ordered: list[str] = []
    while left:
        cost = {
            one: sum(moves.get((other, one), 0) - moves.get((one, other), 0) for other in left if other != one)
            for one in left
        }
        free = [one for one in left if not any(_leads(moves, other, one) for other in left if other != one)]
        best = min(free or left, key=lambda one: (cost[one], left.index(one)))
        ordered.append(best)
        left.remove(best)
    return ordered


def _leads(moves: Mapping[tuple[str, str], int], before: str, after: str) -> bool:
    return moves.get((before, after), 0) > moves.get((after, before), 0)


def draft_words(seen: Collection[str], usual: Sequence[str], most: int) -> list[str]:
    """Those seen, as ours spells those it knows, and then the usual ones that are not among them."""
    ours = {plain_key(word): word for word in usual}
    words: dict[str, str] = {}
    for text in list(seen)[:most]:
        key = plain_key(text)
        if key:
            words.setdefault(key, ours.get(key, text))
    return [*words.values(), *(word for key, word in ours.items() if key not in words)]
