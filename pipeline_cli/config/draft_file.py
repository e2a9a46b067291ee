"""The text of a pipeline.yaml that was drafted from an export, each choice with its reason in a comment."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from pipeline_cli.config import defaults
from pipeline_cli.config.template_files import fill_template, template_text
from pipeline_cli.domain.record import NamedTuple
from pipeline_cli.domain.rules.arrival import (
    MOST_REASONS,
    DraftPipeline,
    ExportFacts,
    SeenOutcome,
    draft_pipelines,
    draft_words,
)
from pipeline_cli.domain.words.text import counted

_PLAIN = re.compile(r"[A-Za-z][A-Za-z0-9_]*(?:[ -][A-Za-z0-9_]+)*")
EMPTY = '""'
_NO_TEXT = frozenset(["null", "true", "false", "yes", "no", "on", "off", "y", "n"])
_LONGEST_LINE = 400


class Wishes(NamedTuple):
    """What was said when the file was asked for."""

    command: str
    """As it was typed."""
    currency: str | None = None
    rates: Mapping[str, str] = {}
    """Currency -> what one of it is in the file's own."""
    template: str | None = None
    """Whose stages to take where the export shows none."""
    quota: tuple[str, str] | None = None


def draft_text(facts: ExportFacts, wishes: Wishes, name: str, mapping: Mapping[str, Any]) -> str:
    """The file, `mapping` kept in it under `name`."""
    pipelines = draft_pipelines(facts)
    currency, why = _currency(facts, wishes)
    end = "\n".join(_kept_mapping(facts, name, mapping)) + "\n"
    about = [
        f"# Your sales pipeline as {_said(facts.file)} shows it, written by `{_said(wishes.command)}`.",
        "# Each choice has its reason beside it. Change what is wrong; `pipeline check` names every problem of the file.",
        "",
    ]
    if not pipelines:
        template = wishes.template or "services"
        text = fill_template(template_text(template), currency, wishes.quota)
        about[2:] = [
            f"# {_said(facts.file)} has no column of stages: those of the template `{template}` stand here.",
            "#",
        ]
        text = re.sub(r"^(currency: [^#\n]*?)\s*(#.*)?$", rf"\g<1>   # {why}", text, count=1, flags=re.MULTILINE)
        return "\n".join(about) + "\n" + _with_rates(text, wishes.rates) + "\n" + "\n".join([*_words(facts), end])
    lines = [*about, "version: 1", f"currency: {currency}   # {why}", *_rates(wishes.rates), "database: pipeline.db"]
    if wishes.quota and wishes.quota[1]:
        lines.append(f"quota: {{per: {wishes.quota[0]}, amount: {wishes.quota[1]}}}")
    lines += ["", "pipelines:"]
    for pipeline in pipelines:
        lines += _pipeline(pipeline)
    lines += [*_outcomes(facts.outcomes), "", *_words(facts)]
    return "\n".join(lines) + "\n" + end


def yaml_text(text: str) -> str:
    """One scalar, in quotes unless it is plain."""
    if _PLAIN.fullmatch(text) and text.casefold() not in _NO_TEXT:
        return text
    # JSON leaves the marks that end a line in YAML as they are.
    return re.sub(
        "[\x7f-\x9f\u2028\u2029\ufeff]", lambda sign: f"\\u{ord(sign[0]):04x}", json.dumps(text, ensure_ascii=False)
    )


def line_text(text: str) -> str:
    """The same where a key takes one line alone; stages and reasons are compared by their letters."""
    return yaml_text(
        " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())[:_LONGEST_LINE] or "?"
    )


def _said(text: str, most: int = 80) -> str:
    """Somebody else's text inside a comment: one line, cut when it is long."""
    shown = "".join(sign if sign.isprintable() else " " for sign in text)
    return shown if len(shown) <= most else f"{shown[:most]}…"


def _currency(facts: ExportFacts, wishes: Wishes) -> tuple[str, str]:
    seen, known = facts.currencies, sum(facts.currencies.values())
    if wishes.currency:
        return wishes.currency, "as --currency says"
    if not seen:
        return "EUR", "the export names no currency: a guess, correct it before anything else"
    code = next(iter(seen))
    return code, f"what {seen[code]:,} of {counted(known, 'amount')} of the export are in"


def _rates(rates: Mapping[str, str]) -> list[str]:
    if not rates:
        return []
    pairs = ", ".join(f"{code}: {rate}" for code, rate in rates.items())
    return [f"exchange_rates: {{{pairs}}}   # what one of each is in the currency above, as you said"]


def _with_rates(text: str, rates: Mapping[str, str]) -> str:
    if not rates:
        return text
    text = re.sub(r"^# exchange_rates: .*\n", "", text, flags=re.MULTILINE)
    return re.sub(
        r"^(currency: .*)$", lambda found: "\n".join([found[1], *_rates(rates)]), text, count=1, flags=re.MULTILINE
    )


def _pipeline(one: DraftPipeline) -> Iterator[str]:
    yield f"  {one.id}:   # {_said(one.about, 300)}"
    yield f"    name: {line_text(one.name)}"
    yield f"    # {_said(one.order, 300)}."
    yield f"    # probability: {_said(one.percents, 300)}. History takes over with the deals that are closed."
    yield "    # What must be true before a deal may go on is yours to say: `pipeline help exit-criteria`."
    yield "    stages:"
    for stage in one.stages:
        yield f"      - id: {yaml_text(stage.id)}   # {stage.about}"
        yield f"        name: {line_text(stage.name)}"
        yield f"        probability: {stage.percent}"
        if stage.category != "pipeline":
            yield f"        category: {stage.category}"
    for stage in one.missing:
        yield f"      # - {{id: {stage.id}, name: {yaml_text(stage.name)}, probability: {stage.percent}}}   # {stage.about}"


def _outcomes(outcomes: Sequence[SeenOutcome]) -> Iterator[str]:
    """How deals ended, and where those are that no stage is said of."""
    if not outcomes:
        return
    yield ""
    yield "# Won and lost are outcomes, not stages, and need no line of their own. The export calls them:"
    once = {one.text.casefold(): one for one in reversed(outcomes)}
    for one in sorted(once.values(), key=lambda one: -one.deals)[:MOST_REASONS]:
        guess = ", by one word of it: see value_map below" if one.by_part else ""
        yield f'#   "{_said(one.text)}": {one.outcome} ({counted(one.deals, "deal")}{guess})'
    if any(one.field == "stage" for one in outcomes):
        yield "# Such a deal is taken to have been in the last stage where nothing says in which it was."


def _words(facts: ExportFacts) -> Iterator[str]:
    if facts.reasons:
        column = facts.columns.get("lost_reason", "")
        yield f'# Those of the column "{_said(column)}", the most frequent first, and the usual ones (prune needs one).'
        reasons = draft_words(facts.reasons, defaults.LOST_REASONS, MOST_REASONS)
        yield f"lost_reasons: [{', '.join(map(line_text, reasons))}]"
    if facts.kinds:
        yield "# Kinds of touchpoint: those of the export, the most frequent first; then the usual ones."
        kinds = draft_words(facts.kinds, defaults.TOUCHPOINT_KINDS, MOST_REASONS)
        yield f"touchpoint_kinds: [{', '.join(map(line_text, kinds))}]"
    if facts.reasons or facts.kinds:
        yield ""


def _kept_mapping(facts: ExportFacts, name: str, mapping: Mapping[str, Any]) -> Iterator[str]:
    yield f"# How {_said(facts.file)} was read; `pipeline import` reads every file with these headers so."
    yield "imports:"
    yield from mapping_lines(name, mapping)


def mapping_lines(name: str, mapping: Mapping[str, Any]) -> Iterator[str]:
    """One entry of `imports:`."""
    yield f"  {yaml_text(name)}:"
    for key, value in mapping.items():
        if isinstance(value, Mapping):
            yield f"    {key}:"
            for inner, said in value.items():
                if isinstance(said, Mapping):
                    yield f"      {yaml_text(inner)}:"
                    yield from (
                        f"        {yaml_text(text)}: {line_text(meant) if meant else EMPTY}"
                        for text, meant in said.items()
                    )
                else:
                    yield f"      {yaml_text(inner)}: {line_text(said) if said else EMPTY}"
        elif isinstance(value, str):
            yield f"    {key}: {yaml_text(value)}"
        else:
            yield f"    {key}: [{', '.join(map(line_text, value))}]"
