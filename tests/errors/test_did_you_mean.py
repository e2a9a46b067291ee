"""A word mistyped by a letter is guessed, wherever it is one of a list."""

from __future__ import annotations

import pytest

from tests.conftest import Run


@pytest.mark.parametrize(
    ("words", "meant"),
    [
        ("advnace 1", "advance"),
        ("contact shw x", "show"),
        ("config pth", "path"),
        ("help prvacy", "privacy"),
        ("list --jsn", "--json"),
        ("list --format jsn", "json"),
        ("--color alwas list", "always"),
        ("list --pipeline servces", "services"),
        ("list stage=propsal", "proposal"),
        ("list valu>3", "value"),
        ("list flag=stuk", "stuck"),
        ("list status=wn", "won"),
        ("list --sort -valu", "value"),
        ("advance 1 --to propsal", "proposal"),
        ("add T --stage propsal", "proposal"),
        ("back 1 prospectng --reason x", "prospecting"),
        ("confirm 1 problm", "problem"),
        ("lose 1 --reason prce", "price"),
        ("log 1 cal", "call"),
        ("qualify 1 --set budgt=yes", "budget"),
        ("edit 1 --category comit", "commit"),
        ("forecast --by mnth", "month"),
        ("forecast --method timd", "timed"),
        ("backtest --method stge", "stage"),
        ("funnel --by sorce", "source"),
        ("funnel --cohort creatd", "created"),
        ("cohorts --by mont", "month"),
        ("export dels", "deals"),
        ("export deals --profile hubspt", "hubspot"),
        ("import x.csv --preset hubspt", "hubspot"),
        ("import x.csv --map titel=Name", "title"),
        ("init --template sas", "saas"),
        ("init --quota 5k/moth", "month"),
    ],
)
def test_the_nearest_word_is_offered(pipeline: Run, folder: object, words: str, meant: str) -> None:
    pipeline("add", "Acme: workshop")

    result = pipeline(*words.split())

    assert result.code == 2
    assert f"did you mean {meant}?" in result.err


def test_a_deal_is_guessed_by_its_title(pipeline: Run) -> None:
    pipeline("add", "Acme: workshop")

    result = pipeline("show", "workshp")

    assert result.code == 4
    assert "Did you mean this one?\n  1  Acme: workshop (Acme, prospecting)" in result.err


def test_a_key_of_pipeline_yaml_is_guessed_with_its_place(pipeline: Run) -> None:
    from pathlib import Path

    rules = Path("pipeline.yaml")
    rules.write_text(
        rules.read_text("utf-8")
        .replace("idle_after_days", "idle_after_day", 1)
        .replace("wip_limit: 40", "wiplimit: 40"),
        "utf-8",
    )

    result = pipeline("list")

    assert result.code == 3
    assert "did you mean `wip_limit`?" in result.err
