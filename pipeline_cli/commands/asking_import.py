"""On a terminal: asks what an import could not find out, one column and one word at a time, and keeps the answers."""

import codecs
from collections.abc import Callable
from itertools import count
from pathlib import Path
from typing import Any

from pipeline_cli.domain.errors import UsageError
from pipeline_cli.domain.words.names import normalise
from pipeline_cli.domain.words.presets import DEALS, PRESETS, header_key
from pipeline_cli.domain.words.text import counted, nearest, quoted
from pipeline_cli.exchange.import_plan import ImportPlan
from pipeline_cli.exchange.mapping import ImportFiles, ImportOptions, parse_maps, parse_value_maps, telling_headers
from pipeline_cli.exchange.problems import UnknownWord
from pipeline_cli.exchange.questions import ColumnQuestion, column_question
from pipeline_cli.workspace import Workspace

Replan = Callable[[ImportOptions], ImportPlan]


def ask_until_clear(
    workspace: Workspace,
    plan: ImportPlan,
    files: ImportFiles,
    options: ImportOptions,
    replan: Replan,
    *,
    is_first: bool = False,
) -> tuple[ImportPlan, ImportOptions]:
    """The plan with all that was answered; `is_first`: no answers were kept so far.

    Raises KeyboardInterrupt at the end of input: nothing was decided.
    """
    answered: set[tuple[str, str]] = set()
    while True:
        can_look = not plan.open_forms and (is_first or plan.kept is None)
        question = column_question(plan, files, options) if can_look else None
        if question is not None:
            answer = _ask_column(workspace, question)
            options = options._replace(maps=[*options.maps, f"{question.field}={answer}"])
            plan = replan(options) if answer else plan
        elif plan.open_forms:
            options = _ask_forms(workspace, plan, options)
            plan = replan(options)
        elif words := [word for word in plan.unknown_words if word[:2] not in answered]:
            pairs = [_ask_word(workspace, word) for word in words]
            answered |= {word[:2] for word in words}
            options = options._replace(value_maps=[*options.value_maps, *pairs])
            plan = replan(options)
        else:
            return plan, options


def _ask_column(workspace: Workspace, question: ColumnQuestion) -> str:
    """The name of a column; "" for none."""
    workspace.say(f"No column says {question.what}:")
    for number, use in enumerate(question.columns, 1):
        workspace.say(f"  {number:>2}  {use.column}: {', '.join(text[:30] for text in use.samples)}")
    names = {header_key(use.column): use.column for use in question.columns}
    while True:
        answer = workspace.ask(f"Which one is it, for `{question.field}`? [none] ").strip()
        if answer.casefold() in ("", "none", "no", "-"):
            return ""
        if answer.isascii() and answer.isdigit() and 1 <= int(answer[:3]) <= len(question.columns):
            return question.columns[int(answer) - 1].column
        if header_key(answer) in names:
            return names[header_key(answer)]
        workspace.say(f"{quoted(answer)} is none of them: type its number, its name, or Enter for none.")


def _ask_word(workspace: Workspace, word: UnknownWord) -> str:
    """As --value-map has it."""
    workspace.say(
        f"{word.field} {quoted(word.text)}, in {counted(word.rows, 'row')}, is one of {', '.join(word.known)}."
    )
    meant = {header_key(known): known for known in word.known}
    while True:
        answer = workspace.ask(f"Which {word.field} is it? ").strip()
        found = meant.get(header_key(answer)) if answer else None
        if found is not None:
            return f"{word.field}:{word.text}={found}"
        near = nearest(answer, word.known) if answer else None
        workspace.say(f"Type one of them{f': {near}?' if near else ''}; Ctrl-C leaves everything as it was.")


def _ask_forms(workspace: Workspace, plan: ImportPlan, options: ImportOptions) -> ImportOptions:
    for problem in plan.problems:
        workspace.say(str(problem))
    if "encoding" in plan.open_forms:
        options = options._replace(encoding=ask_encoding(workspace))
    if "date_order" in plan.open_forms:
        order = _ask_choice(workspace, "Are dates day first or month first, dmy or mdy? ", ("dmy", "mdy"))
        options = options._replace(date_order=order)
    if "decimal" in plan.open_forms:
        sign = _ask_choice(workspace, "Which sign stands before the decimals, . or , ? ", (".", ","))
        options = options._replace(decimal=sign)
    return options


def ask_encoding(workspace: Workspace) -> str:
    """One that Python knows."""
    while True:
        name = workspace.ask("Which encoding is it in? [cp1252] ").strip() or "cp1252"
        try:
            codecs.lookup(name)
        except (LookupError, ValueError):
            workspace.say(f"{quoted(name)} is no encoding: try cp1252, latin-1 or utf-16-le.")
        else:
            return name


def _ask_choice(workspace: Workspace, question: str, choices: tuple[str, ...]) -> str:
    while True:
        answer = workspace.ask(question).strip().casefold()
        if answer in choices:
            return answer
        workspace.say(f"Type {' or '.join(choices)}.")


def short_name(stem: str) -> str:
    """A key of pipeline.yaml for a file of that name."""
    words = "".join(sign if sign.isalnum() and sign.isascii() else " " for sign in normalise(stem)).split()
    return "_".join(words)[:40] or "deals"


def kept_entry(plan: ImportPlan, options: ImportOptions) -> dict[str, Any]:
    """What `imports:` of pipeline.yaml says of a file that was read so."""
    deals = next(one for one in plan.mappings() if one.kind == DEALS)
    kept = {
        "headers": telling_headers(
            [use.column for use in deals.columns if use.field is not None], [use.column for use in deals.columns]
        ),
        "preset": deals.preset if deals.preset != "canonical" else None,
        "source_name": plan.source_name,
        "map": parse_maps(options.maps),
        "value_map": parse_value_maps(options.value_maps, as_typed=True),
        "date_order": options.date_order,
        "decimal": options.decimal,
        "encoding": options.encoding,
    }
    return {key: value for key, value in kept.items() if value}


def _free_name(workspace: Workspace, plan: ImportPlan) -> str:
    deals = next(one for one in plan.mappings() if one.kind == DEALS)
    base = deals.preset if deals.preset != "canonical" else short_name(Path(deals.file).stem)
    taken = {*workspace.playbook.imports, *PRESETS} - {deals.preset}
    return next(name for number in count(1) if (name := base if number == 1 else f"{base}_{number}") not in taken)


def keep_answers(workspace: Workspace, plan: ImportPlan, options: ImportOptions) -> None:
    """Into pipeline.yaml, whose other lines stay as they are; where that cannot be, it is said how to repeat the answers."""
    from pipeline_cli.config.kept_mapping import with_mapping
    from pipeline_cli.config.pipeline_file import check_content, read_content
    from pipeline_cli.domain.errors import PipelineError
    from pipeline_cli.output.files import replace_file

    path = workspace.playbook_path
    entry, name = kept_entry(plan, options), plan.kept or _free_name(workspace, plan)
    try:
        before = read_content(path)
        text = with_mapping(before.decode("utf-8"), name, entry)
        if text is None:
            raise UsageError("its lines leave no place for it")
        check_content(text.encode(), path.name)
        if read_content(path) == before:
            replace_file(path.resolve(), text.encode())
    except (PipelineError, UnicodeDecodeError) as problem:
        workspace.say(f"Your answers could not be kept in {path.name} ({problem}); as flags they are:")
        flags = [("--map", pair) for pair in options.maps] + [("--value-map", pair) for pair in options.value_maps]
        from pipeline_cli.domain.words.shell import command_line

        workspace.say(command_line("", *(word for flag in flags for word in flag)).strip())
        return
    workspace.say(f"Kept in {workspace.short(path)} under `imports: {name}:`, for every file with these headers.")
