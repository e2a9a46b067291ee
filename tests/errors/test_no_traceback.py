"""Whatever is typed, the program answers in a sentence and with a documented exit code, never with a traceback."""

from __future__ import annotations

import pytest

from pipeline_cli.cli import COMMANDS
from tests.conftest import Run
from tests.large import LARGE

DOCUMENTED = {0, 2, 3, 4, 5, 6}
"""Exit codes that typed words alone can lead to: never 1, a defect of the program."""

ODD = {
    "nothing": "",
    "blanks": "  \t ",
    "a NUL": "a\x00b",
    "half a character": "a\udcffb",
    "very long": "x" * 100_001,
    "markup": "[/] [red]x[/blue]",
    "emoji": "👩‍🚀🏳️‍🌈",
    "a formula": "=1+1",
    "19 digits": "9223372036854775808",
    "18 digits": "999999999999999999",
    "40 digits": "1" * 40,
    "zero": "0",
    "negative": "-5",
    "a hash": "#",
    "an empty external id": "ext:",
    "other digits": "١٢",
    "a superscript digit": "²",
    "a far day": "2031-05-05",
    "the last year": "9999-12-31",
    "the first year": "0001-01-01",
    "no day": "2026-02-30",
    "a huge span": "999999d",
    "an instant with a zone": "9999-12-31T23:59:59-23:59",
    "a pair": "a=b",
    "an empty pair": "=",
    "a comparison": "value>",
    "an odd comparison": "stage>=²",
    "a percent sign": "%s%d{0}{title}",
    "a line break": "a\nb\r\nc",
    "an escape": "\x1b]0;title\x07\x1b[2J",
    "right to left": "\u202eabc",
    "a path": "/proc/self/mem",
    "a home that is not there": "~nobody-of-that-name/x",
    "nan": "nan",
    "inf": "-inf",
    "an exponent": "1e999",
}

DEAL = "1"
COMMAND_LINES = [
    ["add", "*"],
    *(
        ["add", "Title", option, "*"]
        for option in (
            "--org",
            "--contact",
            "--phone",
            "--value",
            "--source",
            "--cost",
            "--close",
            "--owner",
            "--probability",
            "--stage",
            "--pipeline",
            "--field",
            "--at",
        )
    ),
    ["edit", "*", "--value", "1"],
    *(
        ["edit", DEAL, option, "*"]
        for option in (
            "--title",
            "--org",
            "--contact",
            "--phone",
            "--value",
            "--source",
            "--cost",
            "--close",
            "--owner",
            "--probability",
            "--category",
            "--external-id",
            "--field",
        )
    ),
    ["log", "*", "call"],
    ["log", DEAL, "*"],
    ["log", DEAL, "call", "*"],
    *(["log", DEAL, "call", option, "*"] for option in ("--outcome", "--at")),
    ["log", DEAL, "call", "--next", "*", "text"],
    ["log", DEAL, "call", "--next", "3d", "*"],
    ["note", "*", "text"],
    ["note", DEAL, "*"],
    ["next", "*", "3d", "text"],
    ["next", DEAL, "*", "text"],
    ["next", DEAL, "3d", "*"],
    ["done", "*"],
    ["confirm", "*", "problem"],
    ["confirm", DEAL, "*"],
    ["confirm", DEAL, "problem", "--evidence", "*"],
    ["qualify", "*", "--set", "need=yes"],
    ["qualify", DEAL, "--set", "*"],
    ["qualify", DEAL, "--set", "need=yes", "--evidence", "*"],
    ["advance", "*"],
    ["advance", DEAL, "--to", "*"],
    ["advance", DEAL, "--force", "--reason", "*"],
    ["advance", DEAL, "--force", "--reason", "why", "--at", "*"],
    ["back", "*", "prospecting", "--reason", "why"],
    ["back", DEAL, "*", "--reason", "why"],
    ["back", DEAL, "prospecting", "--reason", "*"],
    ["win", "*"],
    ["win", DEAL, "--value", "*"],
    ["win", DEAL, "--at", "*"],
    ["lose", "*", "--reason", "price"],
    ["lose", DEAL, "--reason", "*"],
    ["lose", DEAL, "--reason", "price", "--note", "*"],
    ["lose", DEAL, "--reason", "price", "--at", "*"],
    ["disqualify", "*", "--reason", "why"],
    ["disqualify", DEAL, "--reason", "*"],
    ["reopen", "*"],
    ["reopen", DEAL, "--at", "*"],
    ["snooze", "*", "3d"],
    ["snooze", DEAL, "*"],
    ["snooze", DEAL, "3d", "--reason", "*"],
    ["undo", "*"],
    ["history", "*"],
    ["history", "--limit", "*"],
    ["show", "*"],
    *(
        [report, option, "*"]
        for report in ("today", "list", "health", "forecast", "history", "prune")
        for option in ("--format", "-o", "--as-of", "--pipeline")
    ),
    ["list", "*"],
    *(
        ["list", f"{key}*"]
        for key in (
            "id=",
            "value>",
            "idle>",
            "created<",
            "stage=",
            "status=",
            "flag=",
            "source!=",
            "snoozed=",
            "score>=",
            "probability<",
            "industry>",
            "next<",
        )
    ),
    ["list", "--sort", "*"],
    ["list", "-o", "*.json"],
    ["prune", "*", "--dry-run"],
    ["prune", "--keep", "*"],
    ["check", "--map", "*"],
    ["check", "--map", "prospecting=*"],
    ["config", "*"],
    ["*"],
    ["--config", "*", "list"],
    ["--config", "*", "init"],
    ["init", "--template", "*"],
    ["--db", "*", "list"],
    ["--db", "*", "add", "Title"],
    ["--color", "*", "list"],
]


@pytest.mark.parametrize("line", COMMAND_LINES, ids=" ".join)
def test_nothing_that_is_typed_ends_in_a_traceback(pipeline: Run, line: list[str]) -> None:
    """A third of the odd words in each place, another third in the next."""
    pipeline("add", "Acme: workshop", "--org", "Acme", "--field", "industry=software")

    every = 1 if LARGE else 3
    for what, odd in [*ODD.items()][COMMAND_LINES.index(line) % every :: every]:
        result = pipeline(*(word.replace("*", odd) for word in line))

        assert result.code in DOCUMENTED, f"{what}: {result.code}\n{result.err}"
        assert "Traceback" not in result.err, what
        assert result.code == 0 or result.err.strip(), f"{what}: an error without a word"
        assert "\x1b" not in result.err + result.out, f"{what}: an escape reaches the terminal"


@pytest.mark.parametrize("variable", ["PIPELINE_TODAY", "PIPELINE_FORMAT", "PIPELINE_CONFIG", "PIPELINE_DB", "TZ"])
def test_no_environment_ends_in_a_traceback(pipeline: Run, variable: str, monkeypatch: pytest.MonkeyPatch) -> None:
    pipeline("add", "Acme: workshop")

    for what, odd in ODD.items():
        if "\x00" in odd:
            continue  # no environment holds one
        monkeypatch.setenv(variable, odd)
        for line in (["list"], ["note", "1", "text"], []):
            result = pipeline(*line)
            assert result.code in DOCUMENTED, f"{what}: {result.code}\n{result.err}"


def test_every_command_says_what_it_does(run: Run) -> None:
    for command in COMMANDS:
        for flag in ("--help", "-h"):
            result = run(command, flag)
            assert result.code == 0, command
            assert f"pipeline {command}" in result.out.splitlines()[0], command
            assert result.err == ""
