"""What may be typed for each kind of argument and option, filters among them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from pipeline_cli.domain.playbook import CATEGORIES, FUNNELS, STATUSES, Pipeline, Playbook
from pipeline_cli.domain.record import NamedTuple
from pipeline_cli.storage.reader import Reader
from pipeline_cli.storage.record import deals as deal_names
from pipeline_cli.storage.transactions import read
from pipeline_cli.workspace import Workspace


class Offer(NamedTuple):
    """One thing that may stand at the cursor."""

    value: str
    help: str = ""
    is_option: bool = False
    """A command or an option of the program's own, which may begin with a dash."""


class Place(NamedTuple):
    """Where the cursor is."""

    param: Any
    context: Any
    typed: str
    workspace: Workspace

    def given(self, name: str) -> Any:
        """What stands on the line already for another argument or option of the command."""
        return self.context.params.get(name)


def offers_for(param: Any, context: Any, typed: str, workspace: Workspace) -> list[Offer]:
    """Those that begin with what was typed, case aside."""
    place = Place(param, context, typed, workspace)
    word = str(param.metavar or "").strip("[].")
    option = max(param.opts, key=len)
    find = _BY_OPTION.get(option) if (word, option) != ("TEXT", "--reason") else _reasons
    find = find or _BY_WORD.get(word)
    if find is not None:
        return list(find(place))
    choices = [choice for choice in word.split("|") if choice.islower()]
    return _beginning(place, [Offer(choice) for choice in choices] if "|" in word else [])


def _beginning(place: Place, offers: Iterable[Offer]) -> list[Offer]:
    return [offer for offer in offers if offer.value.casefold().startswith(place.typed.casefold())]


def _reader(place: Place) -> Any:
    """Of the present, and not for longer than a second while another program writes."""
    workspace = place.workspace
    return read(workspace.database_path, workspace.clock, past=False, on_wait=_give_up)


def _give_up() -> None:
    raise TimeoutError


def _deals(place: Place) -> list[Offer]:
    """Titles that begin as typed; numbers, told by their titles, for nothing typed or a number."""
    closed = place.context.info_name == "reopen"
    with _reader(place) as reader:
        number = place.typed.removeprefix("#")
        if not place.typed:
            return [Offer(str(one), title) for one, title in deal_names.read_open_deals(reader, closed=closed)]
        if number.isascii() and number.isdigit():
            return [Offer(str(one), title) for one, title in deal_names.read_numbers_beginning(reader, number)]
        return _titles(reader, place.typed, closed=closed)


def _titles(reader: Reader, typed: str, *, closed: bool) -> list[Offer]:
    found = deal_names.read_deals_beginning(reader, typed, closed=closed)
    if found and not found[0][1].casefold().startswith(typed.casefold()):
        # A shell puts the common beginning of several in the place of what was typed: only one can be meant.
        return [Offer(str(number), title) for number, title in found] if len(found) == 1 else []
    numbers: dict[str, list[str]] = {}
    for number, title in found:
        numbers.setdefault(title, []).append(str(number))
    return [Offer(title, ", ".join(some)) for title, some in numbers.items()]


def _pipeline(place: Place) -> Pipeline:
    """That of --pipeline, of the deal on the line, or the first."""
    named = place.given("pipeline")
    where = None if named else _where_the_deal_is(place)
    return place.workspace.pipeline(where[0] if where else named)


def _where_the_deal_is(place: Place) -> tuple[str, str] | None:
    if not place.given("deal"):
        return None
    from pipeline_cli.storage.record.deals import find

    with _reader(place) as reader:
        return deal_names.read_stage_of(reader, find(reader, place.given("deal")))


def _stages(place: Place) -> list[Offer]:
    return _beginning(place, [Offer(stage.id, stage.name) for stage in _pipeline(place).stages])


def _criteria(place: Place) -> list[Offer]:
    """Those a person vouches for, of the deal's stage first."""
    where = _where_the_deal_is(place)
    stages = sorted(_pipeline(place).stages, key=lambda stage: where is None or stage.id != where[1])
    every = [one for stage in stages for one in stage.exit_criteria if one.kind == "confirm"]
    return _beginning(place, [Offer(one.id, one.text) for one in every])


def _words(read_words: Callable[[Workspace], Iterable[str]]) -> Callable[[Place], list[Offer]]:
    return lambda place: _beginning(place, [Offer(word) for word in read_words(place.workspace)])


def _reasons(place: Place) -> list[Offer]:
    playbook, reasons = place.workspace.playbook, tuple[str, ...]()
    if place.context.info_name == "lose":
        reasons = playbook.lost_reasons_in(_pipeline(place))
    elif place.context.info_name == "win":
        reasons = playbook.won_reasons_in(_pipeline(place)) or ()
    return _beginning(place, [Offer(reason) for reason in reasons])


def _kinds(place: Place) -> list[Offer]:
    """Of touchpoints; of texts too, where these are searched."""
    from pipeline_cli.domain.words.search import KINDS

    texts = KINDS if place.context.info_name == "search" else ()
    return _beginning(place, [Offer(word) for word in (*texts, *place.workspace.playbook.touchpoint_kinds)])


def _pipelines(place: Place) -> list[Offer]:
    return _beginning(place, [Offer(pipeline.id, pipeline.name) for pipeline in place.workspace.playbook.pipelines])


def _filters(place: Place) -> list[Offer]:

    pipeline = place.workspace.pipeline(place.given("pipeline")) if place.given("pipeline") else None
    words = filter_words(place.typed, place.workspace.playbook, pipeline, lambda: _known_tags(place))
    return _beginning(place, [Offer(word, about) for word, about in words])


def _known_tags(place: Place) -> Sequence[str]:
    from pipeline_cli.storage.record.in_use import read_tags

    with _reader(place) as reader:
        return read_tags(reader)


def _tags(place: Place) -> list[Offer]:
    return _beginning(place, [Offer(tag) for tag in _known_tags(place)])


def _columns(place: Place) -> list[Offer]:
    """Those of a report that are not named yet; the comma of several is understood."""
    from pipeline_cli.domain.words.columns import COLUMNS

    before, comma, _ = place.typed.rpartition(",")
    named = before.split(",")
    headings = COLUMNS.get(place.context.info_name, {})
    return _beginning(
        place, [Offer(f"{before}{comma}{key}", heading) for key, heading in headings.items() if key not in named]
    )


def _answers(place: Place) -> list[Offer]:
    items = place.workspace.playbook.qualification_in(_pipeline(place)).items
    wanted = [(item, answer) for item in items for answer in ("yes", "no", "unknown")]
    return _beginning(place, [Offer(f"{item.id}={answer}", item.ask) for item, answer in wanted])


def _help_words(place: Place) -> list[Offer]:
    from pipeline_cli.help.pages import list_topics

    commands = getattr(place.context.find_root().command, "commands", {})
    known = [*list_topics().items(), *((name, one.help or "") for name, one in commands.items())]
    return _beginning(place, [Offer(name, about) for name, about in known])


def _templates(place: Place) -> list[Offer]:
    from pipeline_cli.config.template_files import template_names

    return _beginning(place, [Offer(name) for name in template_names()])


def _days(place: Place) -> list[Offer]:
    return _beginning(place, [Offer(word) for word in ("today", "yesterday", "tomorrow", "monday", "friday", "eom")])


def _categories(place: Place) -> list[Offer]:
    from pipeline_cli.domain.playbook import CATEGORIES

    return _beginning(place, [Offer(word) for word in (*CATEGORIES, "auto")])


def _presets(place: Place) -> list[Offer]:
    from pipeline_cli.domain.words.presets import PRESETS

    return _beginning(place, [Offer(name) for name in PRESETS])


_BY_WORD: dict[str, Callable[[Place], Iterable[Offer]]] = {
    "DEAL": _deals,
    "INTO": _deals,
    "STAGE": _stages,
    "CRITERION": _criteria,
    "CRITERION=TEXT": _criteria,
    "KIND": _kinds,
    "KIND [NOTE": _kinds,
    "FILTER": _filters,
    "WHEN": _days,
    "DATE": _days,
    "DATE [TEXT": _days,
    "DATE TEXT": _days,
    "ITEM=yes|no|unknown": _answers,
    "TOPIC|COMMAND": _help_words,
    "CATEGORY|auto": _categories,
    "TAG": _tags,
    "A,B,C": _columns,
    "WHAT": lambda place: _beginning(place, [Offer(word) for word in place.param.help.split(", ")]),
}
_BY_OPTION: dict[str, Callable[[Place], Iterable[Offer]]] = {
    "--pipeline": _pipelines,
    "--source": _words(lambda workspace: workspace.playbook.sources or ()),
    "--template": _templates,
    "--preset": _presets,
}


def filter_words(
    typed: str, playbook: Playbook, pipeline: Pipeline | None, tags: Callable[[], Sequence[str]] = tuple
) -> Iterator[tuple[str, str]]:
    """Each word that may be meant, with a few words about it; the comma of several values is understood."""
    key, sign, rest = typed.partition("=")
    if not sign:
        from pipeline_cli.domain.rules.filters import KEYS

        yield from ((f"{name}=", "") for name in KEYS)
        yield from ((f"@{name}", " ".join(view.filter)) for name, view in playbook.views.items())
        return
    before = rest.rpartition(",")[0]
    start = f"{key}={before}," if "," in rest else f"{key}="
    key = key.removesuffix("!")
    for value in tags() if key in ("tag", "tags") else _values(key, playbook, pipeline):
        yield f"{start}{value}", ""


def _values(key: str, playbook: Playbook, pipeline: Pipeline | None) -> Sequence[str]:
    if key == "stage":
        pipelines = (pipeline,) if pipeline else playbook.pipelines
        return list(dict.fromkeys(stage for one in pipelines for stage in one.stage_ids))
    if key == "flag":
        from pipeline_cli.domain.rules.scored_deal import FLAGS

        return list(FLAGS)
    return {
        "status": (*STATUSES, "closed", "all"),
        "pipeline": tuple(one.id for one in playbook.pipelines),
        "source": playbook.sources or (),
        "lost_reason": playbook.lost_reasons_in(pipeline) if pipeline else playbook.every_lost_reason,
        "category": CATEGORIES,
        "funnel": FUNNELS,
        "snoozed": ("yes", "no"),
    }.get(key, ())
