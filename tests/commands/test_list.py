"""`list`: deals, one a row, and the filters that choose them."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.conftest import Run


@pytest.fixture
def several(pipeline: Run) -> Run:
    """Five deals: three of Acme's, one won, one lost, one stale in a later stage."""
    pipeline(
        "add",
        "workshop",
        "--org",
        "Acme GmbH",
        "--value",
        "12k",
        "--source",
        "referral",
        "--contact",
        "Ann Lee <ann@acme.example>",
        "--field",
        "industry=software",
        today="2026-11-20",
    )
    pipeline("add", "audit", "--org", "Acme GmbH", "--value", "500", "--source", "event", "--close", "10d")
    pipeline("add", "training", "--org", "Acme GmbH", "--stage", "negotiation", "--owner", "me", today="2026-10-01")
    pipeline("add", "Café crème", "--org", "Łódź", "--value", "3k", today="2026-11-01")
    pipeline("add", "cube", "--org", "Borg", "--value", "1m", today="2026-11-01")
    pipeline("edit", "1", "--tag", "event")
    pipeline("edit", "3", "--tag", "event", "--tag", "vip")
    pipeline("win", "4", today="2026-11-10")
    pipeline("lose", "5", "--reason", "price", today="2026-11-15")
    return pipeline


@pytest.mark.parametrize(
    ("words", "numbers"),
    [
        ([], [1, 2, 3]),
        (["status=all"], [1, 2, 3, 4, 5]),
        (["status=won"], [4]),
        (["status=closed"], [4, 5]),
        (["status!=won"], [1, 2, 3, 5]),
        (["acme"], [1, 2, 3]),
        (["ACME", "audit"], [2]),
        (["ann"], [1]),
        (["cafe", "status=all"], [4]),
        (["lodz", "status=all"], [4]),
        (["stage=negotiation"], [3]),
        (["stage=Negotiation,Proposal"], [3]),
        (["stage>prospecting"], [3]),
        (["value>10k"], [1]),
        (["value>=500"], [1, 2]),
        (["value<1.000,50 €"], [2]),
        (["value="], [3]),
        (["value!="], [1, 2]),
        (["source=referral,event"], [1, 2]),
        (["source!=referral"], [2, 3]),
        (["owner=me"], [3]),
        (["idle>14"], [3]),
        (["idle>2w"], [3]),
        (["age<=1"], [1, 2]),
        (["created>=2026-11-20"], [1, 2]),
        (["close<eom"], []),
        (["close<=2026-12-01"], [2]),
        (["closed>=2026-11-12"], [5]),
        (["lost_reason=price"], [5]),
        (["flag=idle"], [3]),
        (["flag=no_value"], [3]),
        (["industry=software"], [1]),
        (["industry="], [2, 3]),
        (["id=2"], [2]),
        (["#2"], [2]),
        (["probability>50"], [3]),
        (["organization=acme gmbh"], [1, 2, 3]),
        (["nobody of that name"], []),
        (["funnel=top"], [1, 2]),
        (["funnel!=top"], [3]),
        (["funnel=bottom,middle", "max_days<60"], [3]),
        (["wip_limit="], []),
        (["tag=event"], [1, 3]),
        (["tag=VIP,fair"], [3]),
        (["tag!=vip"], [1, 2]),
        (["tag="], [2]),
        (["tags!="], [1, 3]),
        (["field.industry=software"], [1]),
        (["field.colour=red"], []),
    ],
)
def test_a_filter_chooses_the_deals_that_match(several: Run, words: list[str], numbers: list[int]) -> None:
    result = several("list", *words, "--json")

    assert result.code == 0, result.err
    assert [row["id"] for row in result.rows] == numbers


@pytest.mark.parametrize(
    ("sort", "numbers"),
    [
        ("-value", [1, 2, 3]),
        ("value", [2, 1, 3]),
        ("title", [2, 3, 1]),
        ("-idle", [3, 1, 2]),
        ("-stage", [3, 1, 2]),
        ("Close", [2, 1, 3]),
        ("next step", [1, 2, 3]),
        ("-In stage", [3, 1, 2]),
        ("#", [1, 2, 3]),
        ("-chance", [3, 1, 2]),
        ("-flags", [3, 1, 2]),
        ("tags", [1, 3, 2]),
    ],
)
def test_rows_are_sorted_with_what_is_missing_last(several: Run, sort: str, numbers: list[int]) -> None:
    assert [row["id"] for row in several("list", "--sort", sort, "--json").rows] == numbers


def test_the_totals_are_of_the_rows_shown(several: Run) -> None:
    assert several("list", "value>10k", "--json").json["totals"] == {"deals": 1, "value": 12000, "weighted": 702.96}


def test_what_was_known_on_an_earlier_day(several: Run) -> None:
    rows = several("list", "status=all", "--as-of", "2026-11-12", "--json").rows

    assert {row["id"]: row["status"] for row in rows} == {3: "open", 4: "won", 5: "open"}
    assert several("list", "--as-of", "today", "--json").out == several("list", "--json").out


def test_an_empty_list_is_done_and_says_what_to_do(several: Run, run: Run) -> None:
    result = several("list", "nobody")
    assert (result.code, result.out) == (
        0,
        "No deal matches. `pipeline list` shows every open deal, `status=all` the closed ones too.\n",
    )
    assert several("list", "nobody", "--json").rows == []


def test_every_form_holds_the_same_rows(several: Run, folder: Path) -> None:
    assert len(several("list", "--format", "csv").out.splitlines()) == 4
    assert len(several("list", "--format", "tsv").out.splitlines()) == 4
    assert several("list", "--format", "markdown").out.count("\n| ") >= 3
    assert several("list", "-o", "deals.csv").code == 0
    assert (folder / "deals.csv").read_text() == several("list", "--format", "csv").out
    assert several("list", "-o", "deals.csv").code == 5
    assert several("list", "-o", "deals.csv", "--force").code == 0


def test_the_form_may_come_from_the_environment(several: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PIPELINE_FORMAT", "csv")

    assert several("list").out.startswith("id,external_id,title,organization,contact,pipeline,stage,status,value,")
    assert several("list", "--format", "json").rows


def test_explain_says_what_every_column_means(several: Run) -> None:
    explained = several("list", "--explain").out

    assert "Idle days: since the last touchpoint, or since creation if there was none" in explained


def test_another_pipeline_is_shown_by_name_and_all_at_once(run: Run, folder: Path) -> None:
    run("init")
    file = folder / "pipeline.yaml"
    second = (
        "\n  partners:\n    name: Partners\n    stages:\n"
        "      - {id: talk, name: Talk, funnel: top, probability: 10}\n"
        "      - {id: sign, name: Sign, funnel: middle, probability: 50}\n"
        "      - {id: sell, name: Sell, funnel: bottom, probability: 90}\n\nqualification:"
    )
    file.write_text(file.read_text().replace("\nqualification:", second))
    run("add", "Acme")
    run("add", "Borg", "--pipeline", "partners")
    run("add", "Cyrano", "--pipeline", "Partners", "--stage", "sign")

    assert [row["id"] for row in run("list", "--json").rows] == [1]
    assert "Pipeline 'partners' holds 2 open deals, 0 EUR: --pipeline partners." in run("list").err
    assert [row["id"] for row in run("list", "--pipeline", "Partners", "--json").rows] == [2, 3]
    assert [row["id"] for row in run("list", "--all-pipelines", "--json").rows] == [1, 2, 3]
    assert run("list", "stage=sign", "--json").code == 2
    assert [row["id"] for row in run("list", "stage=sign", "--all-pipelines", "--json").rows] == [3]
    assert run("advance", "2").code == 0
    assert run("add", "Dora", "--stage", "sign").code == 2


@pytest.mark.parametrize("name", ["pipeline.db", "pipeline.db.key", "pipeline.db-journal", "pipeline.yaml"])
def test_an_answer_is_never_written_over_the_record_itself(pipeline: Run, folder: Path, name: str) -> None:
    pipeline("add", "Acme")
    before = {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}

    result = pipeline("list", "--json", "-o", name, "--force")
    assert (result.code, result.err) == (
        2,
        f"-o {name}: belongs to the record itself, and is never written over: name another file.\n",
    )
    assert {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()} == before


def words_of(out: str) -> list[list[str]]:
    """The cells of a table, heading first."""
    heading, rule, *rows = out.splitlines()
    starts = [place for place, sign in enumerate(rule) if sign != " "][:1] or [0]
    assert starts == [0]
    return [[cell.strip() for cell in row.split("  ") if cell.strip()] for row in (heading, *rows)]


def test_the_organization_stands_beside_a_title_that_does_not_begin_with_it(pipeline: Run) -> None:
    pipeline("add", "Acme: workshop", "--org", "Acme GmbH")
    pipeline("add", "Acmeville: audit", "--org", "Acme")
    pipeline("add", "training", "--org", "Borg")

    shown = pipeline("list", "--columns", "id,title,organization").out
    assert words_of(shown) == [
        ["#", "Title", "Organization"],
        ["1", "Acme: workshop"],
        ["2", "Acmeville: audit", "Acme"],
        ["3", "training", "Borg"],
    ]
    assert words_of(pipeline("list", "--columns", "organization").out)[1:] == [["Acme GmbH"], ["Acme"], ["Borg"]]
    assert [row["organization"] for row in pipeline("list", "--json").rows] == ["Acme GmbH", "Acme", "Borg"]


def test_people_read_the_names_of_stages_and_programs_their_ids(several: Run) -> None:
    assert "Negotiation" in several("list").out
    assert "Negotiation" in several("list", "--format", "markdown").out
    assert "negotiation" in several("list", "--format", "csv").out
    assert several("list", "--json").rows[2]["stage"] == "negotiation"


def test_flags_go_before_the_next_step_where_the_screen_is_narrow(
    several: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    several("next", "1", "fri", "Send the offer")
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setenv("NO_COLOR", "1")

    shown = several("list", terminal=True)
    heading = shown.out.splitlines()[0]
    assert all(word in heading for word in ("Title", "Organization", "Stage", "Value", "Next step", "Due"))
    assert "Flags" in shown.err
    assert max(map(len, shown.out.splitlines())) <= 80


def test_columns_are_chosen_in_their_order_in_every_form(several: Run) -> None:
    assert several("list", "--columns", "value, ID ,Next step", "--format", "csv").out.splitlines()[0] == (
        "value,id,next_step"
    )
    assert list(several("list", "--columns", "tag,due,id", "--json").rows[0]) == ["tags", "next_step_due", "id"]
    assert several("list", "--columns", "id,id", "--format", "tsv").out.splitlines()[0] == "id"
    assert several("health", "--columns", "stage,deals").out.splitlines()[2].split() == ["Stage", "Deals"]
    assert list(several("health", "--columns", "stage,deals", "--json").rows[0]) == ["stage", "deals"]
    assert list(several("funnel", "--by", "source", "--columns", "group,won", "--json").rows[0]) == ["group", "won"]
    assert several("export", "deals", "--columns", "title,tags").out.splitlines()[:2] == [
        "title,tags",
        "workshop,event",
    ]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["list", "--columns", "id,organisation"], "There is no column 'organisation': did you mean organization?"),
        (["list", "--columns", "chanc"], "There is no column 'chanc': did you mean chance?"),
        (["list", "--columns", ","], "--columns names no column"),
        (["list", "--sort", "valu"], "--sort valu: is no column: did you mean value?"),
        (["list", "@hot"], "There is no view '@hot'. Known: none."),
        (["prune", "--yes", "--columns", "idd"], "There is no column 'idd'"),
        (["forecast", "--save", "--columns", "p99"], "There is no column 'p99'"),
        (["export", "all", "kept", "--columns", "id"], "`export all` writes every column"),
        (["export", "deals", "--columns", "nothing"], "There is no column 'nothing'"),
        (["review", "--mark", "--columns", "id"], "--columns chooses those of a table, and this is a page"),
        (["search", "acme", "--columns", "nothing"], "There is no column 'nothing'"),
        (["show", "1", "--columns", "id"], "`show` is no table whose columns can be chosen."),
        (["board", "--columns", "id"], "`board` is no table whose columns can be chosen: --format csv has them"),
        (["list", "funnel=tops"], "There is no part of the funnel 'tops': did you mean top?"),
    ],
)
def test_an_unknown_column_or_view_is_refused_and_nothing_changed(several: Run, words: list[str], said: str) -> None:
    operations = several("history", "--json").rows

    result = several(*words)
    assert (result.code, result.out) == (2, "")
    assert result.err.startswith(said)
    assert len(result.err.splitlines()) == 1
    assert several("history", "--json").rows == operations


@pytest.fixture
def viewed(several: Run, folder: Path) -> Run:
    """The same, with views and columns in pipeline.yaml."""
    file = folder / "pipeline.yaml"
    file.write_text(
        file.read_text()
        + "\nviews:\n  hot: {filter: 'value>400 status=open', columns: [id, title, Value], sort: -value}\n"
        "  lost: {filter: status=lost}\n  software: {filter: 'field.industry=software'}\n"
        "columns:\n  list: [id, title, due]\n  health: [name, deals]\n"
    )
    return several


def test_a_view_is_a_filter_with_its_columns_and_order(viewed: Run) -> None:
    assert viewed("list", "@hot", "--json").rows == [
        {"id": 1, "title": "workshop", "value": 12000},
        {"id": 2, "title": "audit", "value": 500},
    ]
    assert viewed("list", "@HOT", "audit", "--columns", "id", "--json").rows == [{"id": 2}]
    assert viewed("list", "@hot", "--sort", "value", "--format", "csv").out.splitlines()[1:] == [
        "2,audit,500",
        "1,workshop,12000",
    ]
    assert [row["id"] for row in viewed("list", "@lost", "--json").rows] == [5]
    assert [row["id"] for row in viewed("list", "@software", "--json").rows] == [1]
    assert [row["id"] for row in viewed("list", "@hot", "@software", "--json").rows] == [1]
    assert viewed("list", "@hott").err.startswith("There is no view '@hott': did you mean @hot?")


def test_a_view_may_be_all_that_is_meant_by_other_commands(viewed: Run) -> None:
    assert viewed("edit", "@hot", "--all-matching", "--yes", "--tag", "hot").code == 0
    assert [row["id"] for row in viewed("list", "tag=hot", "--json").rows] == [1, 2]
    assert len(viewed("export", "deals", "@lost").out.splitlines()) == 2


def test_the_columns_of_the_file_are_for_people(viewed: Run) -> None:
    assert viewed("list").out.splitlines()[0].split() == ["#", "Title", "Due"]
    assert viewed("list", "--columns", "id").out.splitlines()[0].split() == ["#"]
    assert len(viewed("list", "--json").rows[0]) > 20
    assert viewed("list", "--format", "csv").out.startswith("id,external_id,title")
    assert viewed("health").out.splitlines()[2].split() == ["Stage", "Deals"]


def test_an_address_is_looked_for_and_is_no_view(viewed: Run) -> None:
    assert viewed("list", "@acme.example").code == 0
