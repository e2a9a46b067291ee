"""`sql`: one statement that reads the record, and nothing that changes it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.conftest import REPOSITORY, Run

ENDLESS = "with recursive c(x) as (select 1 union all select x + 1 from c) select count(*) from c"


@pytest.fixture
def two(pipeline: Run) -> Run:
    pipeline("add", "Acme: workshop", "--value", "12k", "--field", "industry=shipping", today="2026-11-01")
    pipeline("add", "[/] =1+1", "--org", "Beta", today="2026-11-02")
    return pipeline


def test_a_statement_is_answered_in_every_form(two: Run, folder: Path) -> None:
    asked = "select id, title, value from deal_overview order by id"

    assert two("sql", asked, "--json").rows == [
        {"id": 1, "title": "Acme: workshop", "value": 12000.0},
        {"id": 2, "title": "[/] =1+1", "value": None},
    ]
    assert two("sql", asked, "--format", "csv").out.splitlines()[:2] == ["id,title,value", "1,Acme: workshop,12000.0"]
    assert "[/] =1+1" in two("sql", asked).out
    assert two("sql", asked, "-o", "deals.md").code == 0
    assert (folder / "deals.md").read_text("utf-8").startswith("| id | title | value |")


@pytest.mark.parametrize(
    "statement",
    [
        "values (1, 2)",
        "select count(*) from stage_history;",
        "with d as (select * from deals) select count(*) from d",
        "select key, value from deals, json_each(deals.fields)",
        "pragma table_info(deals)",
        "explain query plan select * from moves",
        "select name from sqlite_master",
    ],
)
def test_whatever_reads_is_answered(two: Run, statement: str) -> None:
    assert two("sql", statement, "--json").rows


def test_two_columns_of_one_name_are_both_kept(two: Run) -> None:
    assert two("sql", "select 1 as a, 2 as a", "--json").rows == [{"a": 1, "a_2": 2}]


def test_what_json_cannot_hold_is_text(two: Run) -> None:
    row = two("sql", "select x'00ff' as b, 9e999 as i, null as n", "--json").rows[0]

    assert row == {"b": "00ff", "i": "inf", "n": None}


def test_no_row_is_an_answer(two: Run) -> None:
    result = two("sql", "select * from notes")

    assert (result.code, result.out) == (0, "No row.\n")
    assert two("sql", "select id, text from notes", "--format", "csv").out == "id,text\n"


@pytest.mark.parametrize(
    "statement",
    [
        "drop table deals",
        "delete from deals",
        "update deals set title = 'x'",
        "insert into notes (deal_id, text, noted_at) values (1, 'x', '2026-11-20T00:00:00.000Z') returning id",
        "with d as (select 1) delete from deals",
        "create table x (a)",
        "create temp table x (a)",
        "create virtual table x using fts5(a)",
        "pragma user_version = 9",
        "pragma query_only = 0",
        "pragma journal_mode = wal",
        "pragma writable_schema = 1",
        "attach 'other.db' as other",
        "vacuum into 'copy.db'",
        "vacuum",
        "reindex",
        "begin immediate",
        "savepoint x",
        "explain drop table deals",
    ],
)
def test_a_statement_that_would_do_more_than_read_is_refused_in_a_sentence(
    two: Run, folder: Path, statement: str
) -> None:
    before, files = (folder / "pipeline.db").read_bytes(), sorted(folder.iterdir())

    result = two("sql", statement)

    assert (result.code, result.out) == (5, "")
    assert "nothing was changed" in result.err
    assert len(result.err.splitlines()) == 1
    assert ((folder / "pipeline.db").read_bytes(), sorted(folder.iterdir())) == (before, files)


@pytest.mark.parametrize(
    ("statement", "code", "words"),
    [
        ("select 1; drop table deals", 2, "one is run at a time"),
        ("select 1; select 2", 2, "one is run at a time"),
        ("selct 1", 2, 'near "selct"'),
        ("select nope from deals", 2, "nope"),
        ("select * from deal", 2, "did you mean deals?"),
        ("", 2, "empty"),
        ("/* nothing */", 2, "no statement"),
        ("select 1 \x00", 2, "NUL"),
        ("select * from operation_rows", 5, "deal_overview"),
        ("select before from undone_rows, operation_rows", 5, "deal_overview"),
        ("select * from known_deals", 2, "known_deals"),
        ("select load_extension('x')", 2, "not authorized"),
        ("select zeroblob(1000000000)", 5, "too long"),
    ],
)
def test_what_cannot_be_answered_says_why_in_a_sentence(two: Run, statement: str, code: int, words: str) -> None:
    result = two("sql", statement)

    assert (result.code, result.out) == (code, "")
    assert words in result.err
    assert len(result.err.splitlines()) == 1


def test_an_endless_statement_is_stopped(two: Run) -> None:
    began = time.monotonic()

    result = two("sql", ENDLESS, "--seconds", "0.3")

    assert (result.code, "0.3 s" in result.err) == (5, True)
    assert time.monotonic() - began < 8


def test_rows_without_end_are_refused(two: Run) -> None:
    result = two("sql", ENDLESS.replace("count(*)", "x"), "--seconds", "60")

    assert (result.code, "200,000" in result.err) == (5, True)


def test_ctrl_c_ends_it(two: Run, folder: Path) -> None:
    words = [sys.executable, "-m", "pipeline_cli", "sql", ENDLESS, "--seconds", "60"]
    running = subprocess.Popen(
        words,
        env={**os.environ, "PYTHONPATH": str(REPOSITORY)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        # Started in the background, this process may have inherited that a Ctrl-C is ignored.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # noqa: PLW1509
    )
    time.sleep(3)
    running.send_signal(signal.SIGINT)
    _, said = running.communicate(timeout=20)

    assert (running.returncode, said) == (130, "Interrupted: nothing was changed.\n")


def test_a_missing_record_is_told_as_ever(folder: Path, run: Run) -> None:
    assert run("sql", "select 1").code == 3
