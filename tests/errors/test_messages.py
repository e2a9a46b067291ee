"""The words of every refusal: one sentence on stderr that says what to do, its exit code, and nothing changed."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from tests.conftest import Run

STAGES = "prospecting, qualification, proposal, negotiation, commit"
DATES = (
    "type 2026-11-21, 21 Nov, 21.11., today, yesterday, tomorrow, friday, next friday, last friday, 3d, -3d, 2w, in 3 weeks, "
    "eow, eom, eoq or eoy."
)
AMOUNTS = "type an amount such as 1000, 12k, 1,000.50 or 1.000,50 €."
FUTURE = (
    "cannot be in the future: 2026-11-22 is later than today, 2026-11-21. Leave --at away for now, or give a day that "
    "has been, such as yesterday."
)


@pytest.fixture
def record(pipeline: Run, folder: Path) -> Run:
    """Two open deals of Acme, a won one of Borg, one in the last stage; a folder, a text file, a foreign database."""
    for title, organization in (("Acme: workshop", "Acme"), ("Acme: audit", "Acme"), ("Borg: cube", "Borg")):
        assert pipeline("add", title, "--org", organization).code == 0
    assert pipeline("win", "3").code == 0
    assert pipeline("add", "Cyrano: letters", "--stage", "commit", "--value", "12k").code == 0
    (folder / "a folder").mkdir()
    (folder / "notes.txt").write_text("not a database\n")
    (folder / "empty.db").touch()
    foreign = sqlite3.connect(folder / "foreign.db")
    foreign.execute("CREATE TABLE songs (title TEXT)")
    foreign.commit()
    foreign.close()
    return pipeline


def everything_in(folder: Path) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


REFUSALS: list[tuple[list[str], int, str]] = [
    # Which deal
    (["show", "99"], 4, "There is no deal '99': `pipeline list` shows them."),
    (["note", "zzz", "x"], 4, "There is no deal 'zzz'. `pipeline list status=all` shows every deal."),
    (
        ["note", "Borgg", "x"],
        4,
        "There is no deal 'Borgg'. Did you mean this one?\n  3  Borg: cube (Borg, won)\n"
        "`pipeline list status=all` shows every deal.",
    ),
    (
        ["win", "acme"],
        4,
        "'acme' may be any of 2 deals; name one by its number:\n"
        "  1  Acme: workshop (Acme, prospecting)\n  2  Acme: audit (Acme, prospecting)",
    ),
    (["show", ""], 2, "The name of the deal is empty: give its number, its external id or a part of its title."),
    (["show", "ext:9"], 4, "There is no deal 'ext:9'. `pipeline list status=all` shows every deal."),
    # Filters
    (["list", "stage=propsal"], 2, f"There is no stage 'propsal': did you mean proposal? Known: {STAGES}."),
    (["list", "stage=won"], 2, "won is an outcome, not a stage: use status=won."),
    (
        ["list", "valu>3"],
        2,
        "There is no filter 'valu': did you mean value? Known: id, external_id, title, organization, contact, pipeline, "
        "stage, status, value, currency, probability, funnel, idle_after_days, max_days, wip_limit, category, source, "
        "owner, created, close, closed, lost_reason, idle, days, age, next, next_step, snoozed, snoozed_until, score, "
        "flag, tag.",
    ),
    (["list", "value>nan"], 2, f"'nan' is not an amount: {AMOUNTS}"),
    (
        ["list", "flag=idl"],
        2,
        "There is no flag 'idl': did you mean idle? Known: idle, stuck, old, no_next_step, "
        "overdue, no_value, no_close_date, past_close_date, pushed, regressed, criteria_gap, "
        "unanswered, unqualified, concentrated.",
    ),
    # Amounts
    *(
        (["add", "T", "--value", text], 2, f"'{text}' is not an amount: {AMOUNTS}")
        for text in ("nan", "inf", "1e9", "x")
    ),
    (["add", "T", "--value", "-5"], 2, "'-5' is negative: an amount is 0 or more."),
    (["add", "T", "--value", "(500)"], 2, "'(500)' is read as minus 500: an amount is 0 or more."),
    (["add", "T", "--value", "10.005"], 2, "10.005 may be 10005 or 10.00: type 10005 or 10.00."),
    (["edit", "1", "--value", "1.234"], 2, "1.234 may be 1234 or 1.23: type 1234 or 1.23."),
    (["win", "1", "--value", "nan"], 2, f"'nan' is not an amount: {AMOUNTS}"),
    (
        ["add", "T", "--value", "$5"],
        2,
        "There is no exchange rate for USD: add to pipeline.yaml what one USD is in EUR, "
        "as in exchange_rates: {USD: 0.92}.",
    ),
    # Days
    (["log", "1", "call", "--at", "tomorrow"], 2, f"A touchpoint {FUTURE}"),
    (["advance", "1", "--at", "tomorrow"], 2, f"A move {FUTURE}"),
    (["advance", "1", "--force", "--reason", "x", "--at", "tomorrow"], 2, f"A move {FUTURE}"),
    (["lose", "1", "--reason", "price", "--at", "tomorrow"], 2, f"A move {FUTURE}"),
    (["add", "T", "--at", "tomorrow"], 2, f"A deal {FUTURE}"),
    (
        ["list", "--as-of", "tomorrow"],
        2,
        "--as-of 2026-11-22: is after today (2026-11-21): name today or an earlier day.",
    ),
    (["next", "1", "2026-02-30", "Call"], 2, f"'2026-02-30' does not exist in the calendar: {DATES}"),
    (["next", "1", "frday", "Call"], 2, f"'frday' is not a date: {DATES}"),
    (["log", "1", "call", "--at", "25:00"], 2, "'25:00' is not a time of day: type it as 14:30 or 2026-11-20 14:30."),
    (
        ["snooze", "1", "yesterday"],
        2,
        "A deal cannot sleep until 2026-11-20, which is past (today is 2026-11-21): give a later day.",
    ),
    (
        ["next", "1", "9999-12-31", "Call"],
        2,
        "'9999-12-31' is out of range: a date lies between 1970-01-01 and 2199-12-31.",
    ),
    # Words of a list
    (
        ["lose", "1"],
        2,
        "Losing a deal needs --reason: one of price, competitor, no_decision, no_response, bad_fit, timing, other.",
    ),
    (
        ["lose", "1", "--reason", "pric"],
        2,
        "There is no lost reason 'pric': did you mean price? Known: price, competitor, "
        "no_decision, no_response, bad_fit, timing, other.",
    ),
    (
        ["log", "1", "cal"],
        2,
        "There is no kind of touchpoint 'cal': did you mean call? Known: call, email, meeting, demo, "
        "message, letter, other.",
    ),
    (
        ["confirm", "1", "problm"],
        2,
        "There is no exit criterion 'problm': did you mean problem? Known: problem, champion, buyer, terms, signed.",
    ),
    (
        ["confirm", "1", "reachable"],
        5,
        "reachable is judged from the record (field), nobody can vouch for it: "
        "`pipeline show DEAL` says what meets it.",
    ),
    (
        ["confirm", "1", "problem", "--revoke"],
        5,
        "problem of Prospecting is not confirmed on deal 1: there is nothing to revoke.",
    ),
    (["edit", "1", "--category", "x"], 2, "There is no category 'x'. Known: omitted, pipeline, best_case, commit."),
    (
        ["edit", "1", "--probability", "120"],
        2,
        "'120' is no probability: give a percentage from 0 to 100, or auto for what forecast says.",
    ),
    (
        ["init", "--template", "saass"],
        2,
        "There is no template 'saass': did you mean saas? The templates are services, "
        "saas, ecommerce, aida, radar, classic, full.",
    ),
    (["list", "--pipeline", "x"], 2, "--pipeline x: there is no such pipeline: choose one of services."),
    (["list", "--format", "xml"], 2, "--format: 'xml' is no format: choose one of table, json, csv, tsv, markdown."),
    (["--color", "red", "list"], 2, "--color red: is no choice: choose one of auto, always, never."),
    # Where a deal stands
    (["advance", "3"], 5, "Deal 3 is won: only an open deal advances. To open it again: pipeline reopen 3"),
    (
        ["advance", "4"],
        5,
        "Deal 4 is in Commit, the last stage. When it is won: pipeline win 4\n\n"
        "Still missing to leave Commit:\n  [ ] The order or the signed contract is here\n"
        '        pipeline confirm 4 signed --evidence "how we know"',
    ),
    (
        ["advance", "4", "--to", "proposal"],
        5,
        "Proposal comes before the stage of deal 4. To go back: pipeline back 4 proposal --reason why",
    ),
    (["advance", "1", "--to", "won"], 2, "won is an outcome, not a stage. Use: pipeline win 1"),
    (["advance", "1", "--to", "prposal"], 2, f"There is no stage 'prposal': did you mean proposal? Known: {STAGES}."),
    (["win", "3"], 5, "Deal 3 is won. It cannot be won again: `pipeline reopen 3` opens it first."),
    (["lose", "3", "--reason", "price"], 5, "Deal 3 is won. It cannot be lost: `pipeline reopen 3` opens it first."),
    (["snooze", "3", "3d"], 5, "Deal 3 is won. It is silent anyway: `pipeline reopen 3` opens it first."),
    (
        ["edit", "3", "--close", "3d"],
        5,
        "Deal 3 is won: its expected close is frozen. `pipeline reopen 3` opens it first.",
    ),
    (["reopen", "1"], 5, "Deal 1 is open already: `pipeline show 1` shows where it stands."),
    (
        ["back", "1", "proposal", "--reason", "x"],
        5,
        "Deal 1 stands before Proposal: `pipeline show 1` says what it takes to go forwards.",
    ),
    (["done", "1"], 5, 'Deal 1 has no next step: `pipeline next 1 3d "Call"` sets one.'),
    (["undo", "9"], 5, "Only 5 operations stand, not 9; nothing was undone: `pipeline history` lists them."),
    (["redo"], 5, "There is nothing to redo: redo follows an undo, before anything new."),
    # Flags that contradict each other
    (
        ["log", "1", "call", "--in", "--out"],
        2,
        "--in and --out contradict each other: give the one that says who contacted whom.",
    ),
    (["list", "--json", "--format", "csv"], 2, "--json and --format csv contradict each other: give one of them."),
    (
        ["list", "--pipeline", "services", "--all-pipelines"],
        2,
        "--pipeline and --all-pipelines contradict each other: give one of them.",
    ),
    (["edit", "1"], 2, "There is nothing to change: name a field, such as --value 12k or --close 30d."),
    # Files
    (
        ["--config", "nope.yaml", "list"],
        3,
        "nope.yaml: there is no such file, but --config names it: correct the path, or leave --config out",
    ),
    (
        ["--config", "a folder", "add", "T"],
        3,
        "a folder: this is a folder: name the file in it, such as a folder/pipeline.yaml",
    ),
    (
        ["init"],
        5,
        "FOLDER/pipeline.yaml is there already and was left as it is: edit it, or name another with "
        "`pipeline --config FILE init`.",
    ),
    *(
        (["--db", name, *words], 3, f"FOLDER/{name}: {said}")
        for name, said in (
            ("a folder", "is a folder, not a database: name the file in it."),
            ("notes.txt", "is not a SQLite database, and was left as it is: name a file made by `pipeline init`."),
            (
                "foreign.db",
                "is a database of another program, and was left as it is: name a file made by `pipeline init`.",
            ),
            ("empty.db", "is empty, so it is no database: remove it, or name another file."),
            ("none.db", "there is no such database: check the path, or make one with `pipeline --db FILE init`."),
        )
        for words in (["list"], ["add", "T"])
    ),
    (
        ["list", "-o", "out.xls"],
        2,
        "-o out.xls: the ending '.xls' names no format: end it in .json, .csv, .tsv, .md, "
        ".markdown, .txt, or add --format.",
    ),
    (["list", "-o", "no/out.csv"], 2, "no/out.csv: the folder no does not exist: make it first, or name another file."),
    (
        ["list", "-o", "notes.txt"],
        5,
        "notes.txt is there already and was left as it is: add --force to replace it, or name another file.",
    ),
    # The command line itself
    (["lst"], 2, "There is no command 'lst': did you mean list? `pipeline --help` lists them."),
    (["frobnicate"], 2, "There is no command 'frobnicate': `pipeline --help` lists them."),
    (["config"], 2, "`pipeline config` needs a command after it: show, path, trust, edit."),
    (["config", "pth"], 2, "There is no command 'pth': did you mean path? `pipeline config --help` lists them."),
    (
        ["lose", "1", "--reson", "price"],
        2,
        "`pipeline lose` has no option '--reson': did you mean --reason? `pipeline lose --help` lists them.",
    ),
    (
        ["--json", "list"],
        2,
        "`pipeline` has no option '--json': all but --config, --db, --color stand after the command, "
        "as in `pipeline list --json`.",
    ),
    (
        ["add", "-5% off"],
        2,
        "`pipeline add` has no option '-5': a text that begins with - goes after --; "
        "`pipeline add --help` lists the options.",
    ),
    (["list", "--db", "x.db"], 2, "--db stands before the command: type pipeline --db … list."),
    (["log", "1"], 2, "KIND is missing: type pipeline log DEAL KIND [NOTE]; `pipeline log --help` says more."),
    (
        ["back", "1", "proposal"],
        2,
        "--reason is missing: type pipeline back DEAL STAGE --reason TEXT, or --mistake if it never should have gone on.",
    ),
    (["list", "--sort"], 2, "--sort needs a value after it: `pipeline list --help` says which."),
    (["log", "1", "call", "--next", "3d"], 2, "--next needs 2 values after it: `pipeline log --help` says which."),
    (["list", "--json=yes"], 2, "--json takes no value: leave away what follows the =."),
    (["undo", "0"], 2, "N: 0 is too little: it is at least 1; `pipeline undo --help` says more."),
    (["today", "--limit", "x"], 2, "--limit: 'x' is not a whole number; `pipeline today --help` says more."),
    # Texts
    (["add", " "], 2, "The title is empty: say what it is."),
    (["note", "1", ""], 2, "The note is empty: say what it is."),
    (["note", "1", "a\x00b"], 2, "The note holds a NUL character, which no database keeps: take it out."),
    (["note", "1", "a\udc80b"], 2, "The note holds bytes that are no text: type it in UTF-8."),
    (
        ["note", "1", "x" * 100_001],
        2,
        "The note is 100,001 characters long, more than 100,000: keep it in a file of its own.",
    ),
    (["add", "T", "--contact", "Ann <ann>"], 2, "'ann' is not an e-mail address: type one such as ann@acme.example."),
    (["add", "T", "--phone", "abc"], 2, "'abc' is not a telephone number: type one such as +49 30 1234567."),
    (["add", "T", "--field", "industry"], 2, "--field industry: is not NAME=VALUE: write --field industry=software."),
]


@pytest.mark.parametrize(("words", "code", "message"), REFUSALS)
def test_a_refusal_says_what_to_do_and_changes_nothing(
    record: Run, folder: Path, words: list[str], code: int, message: str
) -> None:
    before = everything_in(folder)

    result = record(*words)

    assert result.err == message.replace("FOLDER", str(folder)) + "\n"
    assert (result.code, result.out) == (code, "")
    assert everything_in(folder) == before


@pytest.mark.parametrize(
    ("variable", "value", "message"),
    [
        (
            "PIPELINE_TODAY",
            "someday",
            "PIPELINE_TODAY=someday: is neither a date nor an instant: write 2026-11-21 or 2026-11-21T09:30.",
        ),
        (
            "PIPELINE_TODAY",
            "2026-02-30",
            "PIPELINE_TODAY=2026-02-30: is neither a date nor an instant: write 2026-11-21 or 2026-11-21T09:30.",
        ),
        (
            "PIPELINE_TODAY",
            "9999-12-31",
            "PIPELINE_TODAY=9999-12-31: is out of range: name a day of the years 1971 to 2198.",
        ),
        (
            "PIPELINE_FORMAT",
            "xml",
            "PIPELINE_FORMAT: 'xml' is no format: choose one of table, json, csv, tsv, markdown.",
        ),
    ],
)
def test_a_variable_that_makes_no_sense_is_named(
    record: Run, folder: Path, monkeypatch: pytest.MonkeyPatch, variable: str, value: str, message: str
) -> None:
    monkeypatch.setenv(variable, value)

    result = record("list")

    assert (result.code, result.out, result.err) == (2, "", f"{message}\n")


@pytest.mark.parametrize(
    ("variable", "value", "message"),
    [
        (
            "PIPELINE_CONFIG",
            "nope.yaml",
            "nope.yaml: there is no such file, but PIPELINE_CONFIG names it: correct the "
            "path, or leave PIPELINE_CONFIG out",
        ),
        (
            "PIPELINE_DB",
            "none.db",
            "FOLDER/none.db: there is no such database: check the path, or make one with `pipeline --db FILE init`.",
        ),
    ],
)
@pytest.mark.parametrize("words", [["list"], ["add", "T"], ["today"], []])
def test_a_file_that_a_variable_names_must_be_there(
    record: Run,
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    variable: str,
    value: str,
    message: str,
    words: list[str],
) -> None:
    monkeypatch.setenv(variable, value)
    before = everything_in(folder)

    result = record(*words)

    assert (result.code, result.out, result.err) == (3, "", message.replace("FOLDER", str(folder)) + "\n")
    assert everything_in(folder) == before


def test_every_problem_of_pipeline_yaml_is_named_at_once(record: Run, folder: Path) -> None:
    (folder / "pipeline.yaml").write_text("version: 1\ncurency: EUR\npipelines:\n  s: {name: S, stagess: []}\n")
    before = everything_in(folder)

    for words in (["list"], ["add", "T"]):
        result = record(*words)
        assert result.code == 3
        assert [line.split(": ")[0] for line in result.err.splitlines()] == [
            "pipeline.yaml:2:1",
            "pipeline.yaml:4:6",
            "pipeline.yaml:4:16",
        ]
    assert everything_in(folder) == before
