"""What a schema cannot say well: one small function per check, each yielding problems with their places."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, date
from itertools import pairwise
from typing import Any

from pipeline_cli.config import defaults
from pipeline_cli.config.defaults import FRAMEWORKS, complete_items, default_min_yes
from pipeline_cli.config.problems import Problem, did_you_mean, quote
from pipeline_cli.config.schema import CRITERION_KINDS, exact_number
from pipeline_cli.config.yaml_source import Place, Source
from pipeline_cli.domain.deal.touch_sense import is_live
from pipeline_cli.domain.errors import PipelineError
from pipeline_cli.domain.playbook import OUTCOMES, Playbook, QualificationItem
from pipeline_cli.domain.rules.filters import parse_filters
from pipeline_cli.domain.rules.last_chance import placeholders_in
from pipeline_cli.domain.words.columns import COLUMNS, find_column, split_sort
from pipeline_cli.domain.words.shell import split_words

Entry = tuple[Place, dict[str, Any]]


def value_at(source: Source, place: Place) -> Any:
    """None when there is nothing at the place."""
    node: Any = source.tree
    for part in place:
        if isinstance(node, dict):
            node = node.get(str(part))
        elif isinstance(node, list) and isinstance(part, int) and part < len(node):
            node = node[part]
        else:
            return None
    return node


def entries_in(source: Source, place: Place) -> list[Entry]:
    """The mappings in a list."""
    node = value_at(source, place)
    items = node if isinstance(node, list) else []
    return [((*place, index), item) for index, item in enumerate(items) if isinstance(item, dict)]


def words_in(source: Source, place: Place) -> list[tuple[Place, str]]:
    """The texts in a list, without the blanks around them."""
    node = value_at(source, place)
    items = node if isinstance(node, list) else []
    return [((*place, index), item.strip()) for index, item in enumerate(items) if isinstance(item, str)]


def names_in(source: Source, place: Place) -> list[str]:
    """The keys of a mapping."""
    node = value_at(source, place)
    return list(node) if isinstance(node, dict) else []


def stage_lists(source: Source) -> Iterator[tuple[str, Place, list[Entry]]]:
    """Of each pipeline: its id, the place of its stages, the stages."""
    for name in names_in(source, ("pipelines",)):
        place: Place = ("pipelines", name, "stages")
        yield name, place, entries_in(source, place)


def rule_places(source: Source, key: str) -> list[Place]:
    """Where the file may say something: once for all, and in each pipeline that says it itself."""
    places: list[Place] = [(key,), *(("pipelines", name, key) for name in names_in(source, ("pipelines",)))]
    return [place for place in places if value_at(source, place) is not None]


def criteria_lists(source: Source) -> Iterator[list[Entry]]:
    """The exit criteria of each stage."""
    for _, _, stages in stage_lists(source):
        for place, _ in stages:
            yield entries_in(source, (*place, "exit_criteria"))


Check = Callable[[Source], Iterator[Problem]]

FEWEST_STAGES, MOST_STAGES = 3, 7


def _repeated(source: Source, what: str, ids: Iterable[tuple[Place, str]]) -> Iterator[Problem]:
    """Capitals make no difference: people do not type them."""
    first: dict[str, Place] = {}
    for place, name in ids:
        earlier = first.setdefault(name.casefold(), place)
        if earlier != place:
            line = source.mark(earlier)[0]
            yield source.problem(
                place, f"the {what} {quote(name)} is there already, in line {line}: give it another name"
            )


def _ids(entries: Iterable[Entry]) -> list[tuple[Place, str]]:
    return [((*place, "id"), entry["id"]) for place, entry in entries if isinstance(entry.get("id"), str)]


def _kinds_in(source: Source) -> list[tuple[Place, str]]:
    """Kinds of touchpoints, be they words or entries with an id."""
    place: Place = ("touchpoint_kinds",)
    entries = [(where, name.strip()) for where, name in _ids(entries_in(source, place))]
    return sorted([*words_in(source, place), *entries], key=lambda kind: source.mark(kind[0]))


def check_ids_are_unique(source: Source) -> Iterator[Problem]:
    """No two stages of a pipeline, and no two criteria of a stage, have one id."""
    for _, _, stages in stage_lists(source):
        yield from _repeated(source, "stage", _ids(stages))
    for criteria in criteria_lists(source):
        yield from _repeated(source, "exit criterion", _ids(criteria))
    for place in rule_places(source, "qualification"):
        yield from _repeated(source, "qualification item", _ids(entries_in(source, (*place, "items"))))


def check_lists_are_unique(source: Source) -> Iterator[Problem]:
    """No word stands twice in a list: kinds, sources, reasons."""
    yield from _repeated(source, "kind", _kinds_in(source))
    yield from _repeated(source, "source", words_in(source, ("sources",)))
    for reasons in (*rule_places(source, "lost_reasons"), *rule_places(source, "won_reasons")):
        yield from _repeated(source, "reason", words_in(source, reasons))
    for key, what in (
        ("pipelines", "pipeline"),
        ("exchange_rates", "currency"),
        ("imports", "import"),
        ("views", "view"),
    ):
        yield from _repeated(source, what, [((key, name), name) for name in names_in(source, (key,))])


def check_ids_are_not_reserved(source: Source) -> Iterator[Problem]:
    """No stage is called as an outcome is."""
    for _, _, stages in stage_lists(source):
        for place, name in _ids(stages):
            if name.casefold() in OUTCOMES:
                yield source.problem(place, f"{quote(name)} is an outcome, not a stage: remove it, or use another id")


def check_criteria_have_one_kind(source: Source) -> Iterator[Problem]:
    """Each exit criterion asks for one thing."""
    for criteria in criteria_lists(source):
        for place, entry in criteria:
            kinds = [kind for kind in CRITERION_KINDS if kind in entry]
            label = f"the exit criterion {quote(str(entry.get('id', '')))}"
            if not kinds:
                yield source.problem(place, f"{label} has no kind: add one of {', '.join(CRITERION_KINDS)}")
            elif len(kinds) > 1:
                yield source.problem_at_key(
                    (*place, kinds[1]), f"{label} has {len(kinds)} kinds, {' and '.join(kinds)}: keep one"
                )


def check_fields_can_be_typed(source: Source) -> Iterator[Problem]:
    """A field is filled with `edit --field NAME=VALUE`, so that its name ends at the first `=`."""
    for criteria in criteria_lists(source):
        for place, entry in criteria:
            if "=" in str(entry.get("field", "")):
                yield source.problem(
                    (*place, "field"), "the name of a field holds no `=`: `edit --field` could not set it"
                )


def check_touchpoint_kinds_exist(source: Source) -> Iterator[Problem]:
    """A criterion asks for kinds of touchpoint that the file has."""
    known = [word for _, word in _kinds_in(source)] or list(defaults.TOUCHPOINT_KINDS)
    for criteria in criteria_lists(source):
        for place, _ in criteria:
            for where, kind in words_in(source, (*place, "touchpoint", "kinds")):
                if kind not in known:
                    advice = did_you_mean(kind, known)
                    yield source.problem(where, f"{quote(kind)} is not one of `touchpoint_kinds`: {advice}")


def check_goals_are_of_kinds_that_exist(source: Source) -> Iterator[Problem]:
    """A goal counts touchpoints of a kind that the file has."""
    known = [word for _, word in _kinds_in(source)] or list(defaults.TOUCHPOINT_KINDS)
    for kind in names_in(source, ("goals", "week")):
        if kind not in known:
            advice = did_you_mean(kind, known)
            yield source.problem_at_key(
                ("goals", "week", kind), f"{quote(kind)} is not one of `touchpoint_kinds`: {advice}"
            )


def check_touchpoints_can_be_answered(source: Source) -> Iterator[Problem]:
    """What you write is never a conversation by itself: a criterion that asks for one could not be met."""
    declared = {
        str(entry.get("id")): str(entry["conversation"]).casefold() == "true"
        for _, entry in entries_in(source, ("touchpoint_kinds",))
        if str(entry.get("conversation")).casefold() in {"true", "false"}
    }
    for criteria in criteria_lists(source):
        for place, criterion in criteria:
            rule = criterion.get("touchpoint")
            if (
                not isinstance(rule, dict)
                or rule.get("direction") != "out"
                or str(rule.get("answered")).casefold() != "true"
            ):
                continue
            kinds = [kind for _, kind in words_in(source, (*place, "touchpoint", "kinds"))]
            if kinds and all(is_live(kind, declared) is False for kind in kinds):
                yield source.problem(
                    (*place, "touchpoint", "answered"),
                    f"what you send by {kinds[0]} is no conversation, so nothing could meet this: write `direction: in`, "
                    "or leave `answered` away",
                )


def check_stage_cadences_rise(source: Source) -> Iterator[Problem]:
    """The days of a cadence go up."""
    places: list[Place] = [(*place, "days") for place in rule_places(source, "cadence")]
    places += [(*place, "cadence", "days") for _, _, stages in stage_lists(source) for place, _ in stages]
    for place in places:
        days = [(where, exact_number(word)) for where, word in words_in(source, place)]
        for (_, earlier), (where, later) in pairwise(days):
            if earlier is not None and later is not None and later <= earlier:
                yield source.problem(
                    where, f"day {later} does not come after day {earlier}: put the days in order, each once"
                )


def check_qualification_can_be_passed(source: Source) -> Iterator[Problem]:
    """So many yes as are asked for can be given."""
    for place in rule_places(source, "qualification"):
        yield from _unpassable(source, place)


def _unpassable(source: Source, place: Place) -> Iterator[Problem]:
    """What stands in the way of passing the qualification at a place."""
    framework = value_at(source, (*place, "framework")) or "bant"
    if not isinstance(framework, str) or framework not in (*FRAMEWORKS, "custom"):
        return  # the schema says so
    written = entries_in(source, (*place, "items"))
    given = [QualificationItem(name, "") for _, name in _ids(written)]
    required = words_in(source, (*place, "required"))
    if framework == "custom" and not written:
        yield source.problem(
            (*place, "framework"),
            "a `custom` framework has no questions of its own: add `items:` with `id` and `ask`",
        )
        return
    wanted = exact_number(value_at(source, (*place, "min_yes")))
    fewest = default_min_yes(framework, [item.id for item in given]) if wanted is None else int(wanted)
    items = complete_items(framework, given, [word for _, word in required], fewest)
    known = [item.id for item in items]
    for where, word in required:
        if word not in known:
            yield source.problem(
                where, f"{quote(word)} is not one of the qualification items: {did_you_mean(word, known)}"
            )
    if fewest > len(items):
        text = (
            f"`min_yes` is {fewest}, but there are {len(items)} items: no deal could pass, write {len(items)} or less"
        )
        yield source.problem((*place, "min_yes"), text)


def check_last_chance_placeholders(source: Source) -> Iterator[Problem]:
    """The text of a last chance asks for words that there are."""
    rules = rule_places(source, "prune")
    for place in ((*rule, "last_chance", key) for rule in rules for key in ("subject", "body")):
        text = value_at(source, place)
        for word in placeholders_in(text) if isinstance(text, str) else ():
            if word not in defaults.PLACEHOLDERS:
                placeholder = "{" + word + "}"
                advice = did_you_mean(placeholder, ["{" + known + "}" for known in defaults.PLACEHOLDERS])
                yield source.problem(place, f"{quote(placeholder)} is not a known placeholder: {advice}")


def check_own_currency_has_no_rate(source: Source) -> Iterator[Problem]:
    """The file's own currency is worth one of itself."""
    currency = value_at(source, ("currency",)) or "EUR"
    for name in names_in(source, ("exchange_rates",)):
        if isinstance(currency, str) and name.upper() == currency.upper():
            text = f"{quote(name)} is the currency of this file: remove its rate"
            yield source.problem_at_key(("exchange_rates", name), text)


def check_columns_exist(source: Source) -> Iterator[Problem]:
    """Reports have the columns that are to be shown, and views those of a list."""
    for report in names_in(source, ("columns",)):
        if report not in COLUMNS:
            text = f"{quote(report)} is no report whose columns can be chosen: {did_you_mean(report, list(COLUMNS))}"
            yield source.problem_at_key(("columns", report), text)
        else:
            yield from _unknown_columns(source, ("columns", report), report)
    for name in names_in(source, ("views",)):
        yield from _unknown_columns(source, ("views", name, "columns"), "list")
        sort = value_at(source, ("views", name, "sort"))
        if isinstance(sort, str):
            yield from _unknown_column(source, ("views", name, "sort"), split_sort(sort)[0], "list")


def _unknown_columns(source: Source, place: Place, report: str) -> Iterator[Problem]:
    for where, word in words_in(source, place):
        yield from _unknown_column(source, where, word, report)


def _unknown_column(source: Source, place: Place, word: str, report: str) -> Iterator[Problem]:
    if find_column(word, COLUMNS[report]) is None:
        text = f"{quote(word)} is not a column of `{report}`: {did_you_mean(word, list(COLUMNS[report]))}"
        yield source.problem(place, text)


def check_views_can_be_split(source: Source) -> Iterator[Problem]:
    """The words of a filter are split as a shell does it."""
    for name in names_in(source, ("views",)):
        text = value_at(source, ("views", name, "filter"))
        try:
            words = split_words(text) if isinstance(text, str) else ["-"]
        except ValueError:
            yield source.problem(("views", name, "filter"), "a quotation mark is open in the filter: close it")
            continue
        if any(word.startswith("@") for word in words):
            yield source.problem(("views", name, "filter"), "a view holds no other view: write its words here too")


def check_views(source: Source, playbook: Playbook) -> Iterator[Problem]:
    """Each filter can be read: its keys, stages, flags, amounts and days are some."""
    fields = {
        str(entry["field"]).strip()
        for criteria in criteria_lists(source)
        for _, entry in criteria
        if entry.get("field")
    }
    for name, view in playbook.views.items():
        try:
            parse_filters(view.filter, playbook, None, _SOME_DAY, fields, UTC)
        except PipelineError as error:
            text = str(error).rstrip(".").replace("\n", " ")
            hint = "; a field of your own is written field.NAME" if text.startswith("There is no filter") else ""
            yield source.problem(("views", name, "filter"), f"{text[:1].lower()}{text[1:]}{hint}")


_SOME_DAY = date(2026, 1, 1)
"""Whichever it is, the same words are dates."""


def warn_of_lonely_alternatives(source: Source) -> Iterator[Problem]:
    """An `any_of` of one criterion is no alternative."""
    for criteria in criteria_lists(source):
        groups = Counter(entry["any_of"] for _, entry in criteria if isinstance(entry.get("any_of"), str))
        for place, entry in criteria:
            if groups.get(str(entry.get("any_of"))) == 1:
                name = quote(entry["any_of"])
                text = f"{name} has no second criterion: remove `any_of`, or give another criterion the same"
                yield source.problem((*place, "any_of"), text)


def warn_of_falling_probabilities(source: Source) -> Iterator[Problem]:
    """A later stage is hardly less likely to be won than an earlier one."""
    for _, _, stages in stage_lists(source):
        guesses = [((*place, "probability"), exact_number(entry.get("probability"))) for place, entry in stages]
        for (_, earlier), (place, later) in pairwise(guesses):
            if earlier is not None and later is not None and later < earlier:
                text = f"the probability falls from {float(earlier):g} to {float(later):g}"
                yield source.problem(place, f"{text}: a later stage should not be less likely to be won")


def warn_of_stage_count(source: Source) -> Iterator[Problem]:
    """Fewer stages hide where deals die, more are never kept up."""
    for name, place, _ in stage_lists(source):
        stages = value_at(source, place)
        count = len(stages) if isinstance(stages, list) else 0
        if 0 < count < FEWEST_STAGES:
            text = f"{quote(name)} has {count} {'stage' if count == 1 else 'stages'}, which hides where deals die"
            yield source.problem_at_key(place, f"{text}: five to seven suit most")
        elif count > MOST_STAGES:
            text = f"{quote(name)} has {count} stages, which buries the goal: five to seven suit most"
            yield source.problem_at_key(place, text)


def warn_of_missing_prune_reason(source: Source) -> Iterator[Problem]:
    """The reason `prune` closes deals with is not in the list."""
    for place in rule_places(source, "lost_reasons"):
        reasons = [word for _, word in words_in(source, place)]
        if reasons and defaults.PRUNE_REASON not in reasons:
            text = f"`{defaults.PRUNE_REASON}` is not in the list, but `prune` closes deals with it: add it"
            yield source.problem_at_key(place, text)


PROBLEM_CHECKS: tuple[Check, ...] = (
    check_ids_are_unique,
    check_lists_are_unique,
    check_ids_are_not_reserved,
    check_criteria_have_one_kind,
    check_fields_can_be_typed,
    check_touchpoint_kinds_exist,
    check_goals_are_of_kinds_that_exist,
    check_touchpoints_can_be_answered,
    check_stage_cadences_rise,
    check_qualification_can_be_passed,
    check_last_chance_placeholders,
    check_own_currency_has_no_rate,
    check_columns_exist,
    check_views_can_be_split,
)
WARNING_CHECKS: tuple[Check, ...] = (
    warn_of_lonely_alternatives,
    warn_of_falling_probabilities,
    warn_of_stage_count,
    warn_of_missing_prune_reason,
)
