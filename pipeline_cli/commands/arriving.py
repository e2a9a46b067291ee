"""From another program's export to a pipeline.yaml and a record in one go: `init --from`."""

import os
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from pipeline_cli.commands.asking_import import ask_encoding, ask_until_clear, short_name
from pipeline_cli.commands.importing import show_refused, store
from pipeline_cli.commands.reading import View, show
from pipeline_cli.config.draft_file import Wishes, draft_text
from pipeline_cli.config.pipeline_file import check_content
from pipeline_cli.domain.errors import BadRows, OutcomeUnknown, RuleError, SavedWithComplaint, UsageError
from pipeline_cli.domain.rules.arrival import ExportFacts
from pipeline_cli.domain.words.money import parse_rate
from pipeline_cli.domain.words.shell import command_line
from pipeline_cli.domain.words.text import quoted
from pipeline_cli.exchange.import_plan import ImportPlan, encoding_asked, plan_import
from pipeline_cli.exchange.mapping import ImportFiles, ImportOptions, parse_value_maps, telling_headers
from pipeline_cli.exchange.problems import UnreadableFile
from pipeline_cli.exchange.survey import Survey, survey_export
from pipeline_cli.output.files import write_new_file
from pipeline_cli.reports.importing import import_report, list_problems
from pipeline_cli.storage.database import create, is_missing
from pipeline_cli.storage.importing.importing import Stored
from pipeline_cli.storage.record.operations import read_history
from pipeline_cli.storage.safekeeping.backups import remove_backup
from pipeline_cli.workspace import Workspace

COMMAND = "init"
"""As `history` lists what it imported."""


def arrive(
    workspace: Workspace, path: Path, files: ImportFiles, options: ImportOptions, wishes: Wishes, rates: list[str]
) -> None:
    """The rules last: until they are there, no command takes what lies there for a record, and the same one goes on."""
    if os.path.lexists(path):
        raise RuleError(
            f"{path} is there already and was left as it is: `pipeline import {files.deals}` takes the file into its record."
        )
    drafted = _Drafted(workspace, path, files, wishes, rates)
    try:
        plan = drafted.plan(options)
    except UnreadableFile as error:
        if not workspace.is_interactive or not encoding_asked(error.problems):
            raise
        workspace.say(str(error))
        options = options._replace(encoding=ask_encoding(workspace))
        plan = drafted.plan(options)
    if workspace.is_interactive:
        plan, options = ask_until_clear(workspace, plan, files, options, drafted.plan, is_first=True)
    _refuse_problems(workspace, plan)
    stored = _save(workspace, path, drafted.content, plan, files, options)
    for warning in drafted.warnings:
        workspace.say(warning)
    workspace.say(f"Wrote {workspace.short(path)}: what the export shows, each choice with its reason.")
    report = import_report(workspace, plan, stored, dry_run=False)
    show(workspace, View(), report._replace(notes=_notes(workspace, drafted.facts, drafted.wishes)))


class _Drafted:
    """The file as it would be written, made anew with each answer."""

    facts: ExportFacts
    content: bytes
    warnings: Sequence[str]

    def __init__(
        self, workspace: Workspace, path: Path, files: ImportFiles, wishes: Wishes, rates: Sequence[str]
    ) -> None:
        self._workspace, self._path, self._files, self._rates = workspace, path, files, rates
        self.wishes = wishes

    def plan(self, options: ImportOptions) -> ImportPlan:
        """Raises UsageError, RuleError (a database is there), UnreadableFile."""
        workspace = self._workspace
        with workspace.row_count() as watch:
            survey = survey_export(self._files, options, watch)
        facts = self.facts = survey.facts
        if (
            not facts.currencies
            and self.wishes.currency is None
            and "value" in facts.columns
            and workspace.is_interactive
        ):
            self.wishes = self.wishes._replace(currency=_ask_currency(workspace))
        self.wishes = _with_rates(workspace, facts, self.wishes, self._rates)
        self.content = draft_text(facts, self.wishes, *_mapping(survey, options)).encode()
        playbook, self.warnings = check_content(self.content, self._path.name)
        workspace.playbook_path, workspace.playbook = self._path, playbook
        _refuse_database(workspace, self._files)
        with workspace.row_count() as watch:
            return plan_import(self._files, options, playbook, workspace.clock, watch)


def _save(
    workspace: Workspace, path: Path, content: bytes, plan: ImportPlan, files: ImportFiles, options: ImportOptions
) -> Stored:
    """Both or neither; what the disk complained of comes after both."""
    is_new = is_missing(workspace.database_path)
    try:
        if is_new and workspace.database_is_named:
            create(workspace.database_path)  # one that was named is made by `init` alone
            workspace.say(f"Made {workspace.short(workspace.database_path)}.")
        with workspace.row_count() as watch:
            stored = store(workspace, plan, files, options, watch, dry_run=False, command=COMMAND)
        write_new_file(path, content, force=False)
    except (SavedWithComplaint, OutcomeUnknown):
        if not os.path.lexists(path):
            write_new_file(path, content, force=False)
        raise
    except BaseException:
        if is_new:
            remove_backup(workspace.database_path)
        raise
    return stored


def _notes(workspace: Workspace, facts: ExportFacts, wishes: Wishes) -> list[str]:
    notes = []
    if not facts.currencies and wishes.currency is None:
        notes.append("The export names no currency: EUR is a guess, `pipeline config edit` changes it.")
    return [*notes, f"Next: {workspace.command_name} health"]


def _refuse_problems(workspace: Workspace, plan: ImportPlan) -> None:
    if not plan.may_be_stored:
        show_refused(workspace, View(), plan, dry_run=False)
        said = list_problems(plan.problems, is_fatal=plan.is_fatal)
        raise BadRows(f"{said} Neither a pipeline.yaml nor a record was made.")


def _refuse_database(workspace: Workspace, files: ImportFiles) -> None:
    """One that this very command left when it was killed is gone on with; any other stays as it is."""
    database = workspace.database_path
    if is_missing(database):
        return
    with workspace.read() as reader:
        before = read_history(reader, limit=2)
    if len(before) > 1 or any(one.command != COMMAND for one in before):
        raise RuleError(
            f"{database} is there already and was left as it is: `pipeline init` makes the rules for it, then "
            f"`pipeline import {files.deals}` adds the file; or name another with `pipeline --db FILE init`."
        )


def _with_rates(workspace: Workspace, facts: ExportFacts, wishes: Wishes, typed: Sequence[str]) -> Wishes:
    """Every currency of the export has a rate. Raises UsageError for one that has none, asks on a terminal."""
    home = wishes.currency or next(iter(facts.currencies), "EUR")
    rates: dict[str, str] = dict(wishes.rates)
    for pair in typed:
        code, sign, rate = pair.partition("=")
        if not sign:
            raise UsageError(f"--rate {pair}: write it as --rate USD=0.92, what one of it is in {home}.")
        rates[code.strip().upper()] = parse_rate(rate, code.strip().upper(), home)
    for code in facts.currencies:
        if code == home or code in rates:
            continue
        if not workspace.is_interactive:
            others = [other for other in facts.currencies if other not in {home, *rates}]
            flags = [word for other in others for word in ("--rate", f"{other}=NUMBER")]
            raise UsageError(
                f"{facts.file} has amounts in {', '.join(facts.currencies)}: say what one of each is in {home}: "
                + command_line("", *flags).strip()
            )
        rates[code] = _ask_rate(workspace, code, home)
    return wishes._replace(rates=rates)


def _ask_currency(workspace: Workspace) -> str:
    while True:
        code = workspace.ask("The export names no currency. Which are its amounts in? [EUR] ").strip().upper() or "EUR"
        if re.fullmatch("[A-Z]{3}", code):
            return code
        workspace.say(f"{quoted(code)} is not a currency: type its three letters, such as EUR or USD.")


def _ask_rate(workspace: Workspace, code: str, home: str) -> str:
    while True:
        try:
            return parse_rate(workspace.ask(f"What is one {code} in {home}, as in 0.92? "), code, home)
        except UsageError as problem:
            workspace.say(str(problem))


def _mapping(survey: Survey, options: ImportOptions) -> tuple[str, dict[str, Any]]:
    """What `imports:` keeps, and under which name."""
    facts = survey.facts
    values: dict[str, dict[str, str]] = {}
    for one in facts.outcomes:
        if one.by_part:
            values.setdefault(one.field, {})[one.text] = one.outcome
    for field, texts in parse_value_maps(options.value_maps, as_typed=True).items():
        values[field] = {**values.get(field, {}), **texts}
    headers = [column for field, column in facts.columns.items() if field != "probability_column"]
    kept: dict[str, Any] = {
        "headers": telling_headers(headers, facts.headers),
        "preset": facts.preset if facts.preset != "canonical" else None,
        "source_name": options.source_name or facts.preset,
        "map": dict(survey.maps),
        "value_map": values,
        "date_order": options.date_order,
        "decimal": options.decimal,
        "encoding": options.encoding,
    }
    name = facts.preset if facts.preset != "canonical" else short_name(Path(facts.file).stem)
    return name, {key: value for key, value in kept.items() if value}
