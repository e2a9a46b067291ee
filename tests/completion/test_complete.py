"""Tab: what is offered where, from this record and this pipeline.yaml, and never an error."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from pipeline_cli.cli import build_app
from pipeline_cli.completion.complete import answer_shell
from tests.conftest import Run
from tests.test_startup import modules_loaded_by


def offered(line: str, shell: str = "bash", **environ: str) -> list[str]:
    return answer_shell(shell, build_app(), {**os.environ, "_PIPELINE_LINE": line, **environ}).splitlines()


@pytest.fixture
def record(pipeline: Run) -> Run:
    pipeline("add", "Acme: workshop", "--org", "Acme", "--value", "12k")
    pipeline("add", "Borg: cube")
    pipeline("add", "Acme: audit")
    pipeline("edit", "1", "3", "--tag", "event")
    pipeline("edit", "1", "--tag", "vip")
    pipeline("win", "2")
    return pipeline


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("pipeline adv", ["advance"]),
        ("pipeline config ", ["show", "path", "trust", "edit"]),
        ("pipeline advance 1 --fo", ["--force"]),
        ("pipeline advance 1 --to pro", ["prospecting", "proposal"]),
        ("pipeline back 1 neg", ["negotiation"]),
        ("pipeline add Acme --stage c", ["commit"]),
        ("pipeline confirm 1 ", ["problem", "champion", "buyer", "terms", "signed"]),
        ("pipeline lose 1 --reason no", ["no_decision", "no_response"]),
        ("pipeline disqualify 1 --reason ", []),
        ("pipeline log 1 m", ["meeting", "message"]),
        ("pipeline health --pipeline ", ["services"]),
        ("pipeline list sta", ["stage=", "status="]),
        ("pipeline list stage=pro", ["prospecting", "proposal"]),
        ("pipeline list acme status=", ["open", "won", "lost", "disqualified", "closed", "all"]),
        ("pipeline list stage=proposal,neg", ["proposal,negotiation"]),
        ("pipeline export deals flag=pu", ["pushed"]),
        ("pipeline prune stage!=com", ["commit"]),
        ("pipeline qualify 1 --set budget=", ["yes", "no", "unknown"]),
        ("pipeline health --format m", ["markdown"]),
        ("pipeline --color ", ["auto", "always", "never"]),
        ("pipeline init --template sa", ["saas"]),
        ("pipeline import deals.csv --preset hub", ["hubspot"]),
        ("pipeline export cal", ["calendar"]),
        ("pipeline help exit", ["exit-criteria"]),
        ("pipeline edit 1 --category best", ["best_case"]),
        ("pipeline list nonsense=", []),
        ("pipeline log 1 call --confirm pro", ["problem"]),
        ("pipeline log 1 call they agreed --set budget=", ["yes", "no", "unknown"]),
        ("pipeline log 1 call -n fri", ["friday"]),
        ("pipeline log 1 call --adv", ["--advance"]),
        ("pipeline add X --log me", ["meeting", "message"]),
        ("pipeline next 1 fri", ["friday"]),
        ("pipeline snooze 1 eo", ["eom"]),
        ("pipeline lose 1 --again tom", ["tomorrow"]),
        ("pipeline done 1 --all", ["--all-matching"]),
        ("pipeline list tag=", ["event", "vip"]),
        ("pipeline list tag!=v", ["vip"]),
        ("pipeline list tag=event,", ["event,event", "event,vip"]),
        ("pipeline list funnel=t", ["top"]),
        ("pipeline edit 1 --untag e", ["event"]),
        ("pipeline add X --tag ", ["event", "vip"]),
        ("pipeline list --columns or", ["organization"]),
        ("pipeline list --columns id,ti", ["id,title"]),
        ("pipeline health --columns no", ["no_next_step"]),
        ("pipeline open 1 --", ["--help"]),
    ],
)
def test_each_place_offers_what_may_stand_there(record: Run, line: str, words: list[str]) -> None:
    assert offered(line) == words


def test_deals_are_offered_by_title_or_by_number_with_the_title_beside_it(record: Run) -> None:
    assert offered("pipeline show ac", "zsh") == ["Acme: audit\t3", "Acme: workshop\t1"]
    assert offered("pipeline show ", "fish") == ["3\tAcme: audit", "1\tAcme: workshop"], "the newest open ones first"
    assert offered("pipeline reopen ", "fish") == ["2\tBorg: cube"]
    assert offered("pipeline show 2", "fish") == ["2\tBorg: cube"]
    assert offered("pipeline show cube", "fish") == ["2\tBorg: cube"], "by the one title that holds the word"
    assert offered("pipeline show u", "fish") == [], "three titles hold it: the shell could not choose"
    assert offered("pipeline done 2 ac", "zsh") == ["Acme: audit\t3", "Acme: workshop\t1"], "several deals"
    assert offered("pipeline merge 1 ac") == [r"Acme\:\ audit", r"Acme\:\ workshop"]


def test_a_title_that_several_deals_share_is_offered_once_with_their_numbers(record: Run) -> None:
    record("add", "Acme: audit")

    assert offered("pipeline show ac", "fish") == ["Acme: audit\t3, 4", "Acme: workshop\t1"]
    assert offered(r"pipeline show acme:\ a") == [r"\ audit"]


def test_stages_are_those_of_the_deals_own_pipeline(record: Run, folder: Path) -> None:
    rules = folder / "pipeline.yaml"
    stages = "[{id: renewal, name: Renewal, probability: 50}, {id: offer, name: Offer, probability: 80}]"
    other = f"\n  repeat:\n    stages: {stages}\n"
    rules.write_text(rules.read_text("utf-8").replace("\nqualification:", f"{other}\nqualification:"), "utf-8")
    assert record("add", "Acme: licence", "--pipeline", "repeat").code == 0

    assert offered("pipeline advance licence --to ") == ["renewal", "offer"]
    assert offered("pipeline add X --pipeline repeat --stage ") == ["renewal", "offer"]
    assert offered("pipeline list --pipeline repeat stage=o") == ["offer"]
    assert offered("pipeline edit licence --pipeline services --stage pro") == ["prospecting", "proposal"]


@pytest.mark.parametrize("line", ["pipeline show ac", "pipeline advance 1 --to ", "pipeline list stage="])
def test_without_a_record_nothing_is_offered_said_or_made(
    folder: Path, line: str, capfd: pytest.CaptureFixture[str]
) -> None:
    assert offered(line) == []
    (folder / "pipeline.yaml").write_text("version: [", "utf-8")
    assert offered(line) == []
    (folder / "pipeline.yaml").unlink()
    (folder / "notes.db").write_text("not a database")
    assert offered(line, PIPELINE_DB="notes.db") == []

    assert [path.name for path in folder.iterdir()] == ["notes.db"]
    assert capfd.readouterr() == ("", "")


def test_completing_a_deal_changes_no_file_and_loads_no_heavy_library(record: Run, folder: Path) -> None:
    before = {path.name: path.read_bytes() for path in folder.iterdir()}

    heavy = {"pydantic", "yaml", "rich", "sqlite_utils", "decimal", "hashlib"}
    assert not heavy & modules_loaded_by(_PIPELINE_COMPLETE="zsh", _PIPELINE_LINE="pipeline show ac")
    (folder / "loaded.json").unlink()

    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before


def test_of_very_many_deals_a_screenful_is_offered_and_no_common_beginning_invented(
    pipeline: Run, folder: Path
) -> None:
    rows = "\n".join(
        f"{number},{title}" for number, title in enumerate([f"Anna {n:03}" for n in range(150)] + ["Azur"])
    )
    (folder / "deals.csv").write_text(f"id,title\n{rows}\n")
    assert pipeline("import", "deals.csv").code == 0

    found = offered("pipeline show a", "zsh")

    assert len(found) == 100
    assert {title[:2] for title in found} == {"An", "Az"}


def test_the_views_of_the_file_are_offered(record: Run, folder: Path) -> None:
    file = folder / "pipeline.yaml"
    file.write_text(f"{file.read_text()}\nviews:\n  hot: {{filter: 'value>10k stage=proposal'}}\n")

    assert offered("pipeline list @", "zsh") == ["@hot\tvalue>10k stage=proposal"]
    assert offered("pipeline prune acme @h") == ["@hot"]
