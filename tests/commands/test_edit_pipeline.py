"""`edit DEAL --pipeline P --stage S`: a deal goes to another pipeline, and its history goes with it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.commands.reading import deal, record, shown
from tests.commands.two_pipelines import RULES, write_rules
from tests.conftest import Run

DAY = "2026-11-10"


@pytest.fixture
def across(run: Run, folder: Path) -> Run:
    """Acme went through new business as far as the offer, then to the offer of renewals; Borg began there."""
    write_rules(folder)
    run("add", "Acme", "--value", "5k", "--close", "2026-12-10", today="2026-11-01")
    run("advance", "Acme", "--to", "offer", today="2026-11-04")
    run("add", "Borg", "--value", "1k", "--pipeline", "renewals", today="2026-11-01")
    moved = run("edit", "Acme", "--pipeline", "renewals", "--stage", "offer", today=DAY)
    assert (moved.code, moved.err) == (0, "Changed 1, Acme: New business, Offer -> Renewals, Offer sent.\n")
    return run


def moves(run: Run, *options: str) -> list[tuple[object, ...]]:
    found = run("show", "1", "--json", *options).json["moves"]
    return [(one["from_stage"], one["to_stage"], one["pipeline"]) for one in found]


def test_it_is_in_the_other_pipeline_and_its_earlier_moves_keep_the_name_of_their_own(across: Run) -> None:
    assert (deal(across)["pipeline"], deal(across)["stage"]) == ("renewals", "offer")
    assert moves(across) == [(None, "talk", "new"), ("talk", "offer", "new"), ("offer", "offer", None)]
    assert [row["title"] for row in across("list", "--pipeline", "renewals", "--json").rows] == ["Acme", "Borg"]
    assert across("list", "--json").rows == []


def test_it_begins_in_the_stage_it_came_to_though_the_old_one_has_the_same_id(across: Run) -> None:
    row = deal(across)
    assert (row["days_in_stage"], row["age_days"]) == (11, 20)

    stages = {row["stage"]: row for row in across("funnel", "--pipeline", "renewals", "--json").rows}
    assert (stages["due"]["entered"], stages["offer"]["entered"], stages["paid"]["entered"]) == (2, 1, 0)
    assert stages["offer"]["open_visits"] == 1
    assert all(row["entered"] == 0 for row in across("funnel", "--json").rows)


def test_the_timeline_names_stages_as_they_are_called_where_it_was(across: Run) -> None:
    page = across("show", "1").out
    assert "New business, Offer -> Renewals, Offer sent" in page
    assert "Talk -> Offer" in page
    assert "created in Talk" in page
    assert "Pipeline" in page


def test_before_that_day_it_was_where_it_was(across: Run) -> None:
    before = across("list", "--as-of", "2026-11-09", "--json").rows
    assert [(row["title"], row["stage"], row["days_in_stage"]) for row in before] == [("Acme", "offer", 5)]
    assert moves(across, "--as-of", "2026-11-09") == [(None, "talk", None), ("talk", "offer", None)]
    assert across("funnel", "--as-of", "2026-11-09", "--json").rows[1]["entered"] == 1
    assert [
        row["title"] for row in across("list", "--pipeline", "renewals", "--as-of", "2026-11-09", "--json").rows
    ] == ["Borg"]
    for report in ("health", "forecast", "board", "today", "review"):
        assert across(report, "--as-of", "2026-11-09").code == 0


@pytest.mark.parametrize("pipeline", [(), ("--pipeline", "new"), ("--pipeline", "renewals")], ids="".join)
def test_a_review_says_from_where_to_where_and_calls_it_not_silent(across: Run, pipeline: tuple[str, ...]) -> None:
    review = across("review", "--from", "2026-11-08", *pipeline, "--json", today="2026-11-15")

    (row,) = [row for row in review.rows if row["id"] == 1]
    assert (row["change"], row["from"], row["to"], row["value"]) == ("across", "new", "renewals", 5000)
    assert row["at"].startswith(DAY)
    shown = across("review", "--from", "2026-11-08", *pipeline, today="2026-11-15").out
    (line,) = [line for line in shown.splitlines() if line.lstrip().startswith("across")]
    assert line.index("New business") < line.rindex("Renewals")

    across("edit", "1", "--pipeline", "new", "--stage", "offer", today="2026-11-14")
    back = across("review", "--from", "2026-11-08", *pipeline, "--json", today="2026-11-15")
    assert "across" not in {row["change"] for row in back.rows}, "it is where it was"


def test_undo_takes_it_back_and_redo_does_it_again(across: Run) -> None:
    there = record(across)
    assert "nothing" not in across("undo").out
    assert moves(across) == [(None, "talk", None), ("talk", "offer", None)]
    assert deal(across)["pipeline"] == "new"
    assert across("redo").code == 0
    assert record(across) == there
    assert across("check").code == 0


def test_it_goes_on_from_there_and_can_come_back(across: Run) -> None:
    assert across("advance", "1", today="2026-11-12").code == 0
    assert deal(across)["stage"] == "paid"
    assert across("edit", "1", "--pipeline", "New business", "--stage", "sign", today="2026-11-14").code == 0

    assert [one[2] for one in moves(across)] == [None, None, "renewals", "renewals", None]
    assert deal(across)["days_in_stage"] == 7
    assert [row["entered"] for row in across("funnel", "--json").rows] == [1, 1, 1]
    assert across("win", "1", today="2026-11-15").code == 0
    assert across("check").code == 0
    assert [
        row["stage"] for row in across("list", "--pipeline", "renewals", "--as-of", "2026-11-13", "--json").rows
    ] == [
        "paid",
        "due",
    ]


def test_other_fields_may_change_with_it_as_one_operation(across: Run) -> None:
    said = across("edit", "Borg", "--pipeline", "new", "--stage", "talk", "--value", "2k")
    assert said.err.startswith("Changed 2, Borg: Renewals, Due -> New business, Talk, value")
    assert "What to do in Talk: Ask who decides." in said.err
    across("undo")
    assert (deal(across, "2")["pipeline"], deal(across, "2")["value"]) == ("renewals", 1000)


def test_a_last_chance_ends_with_it(run: Run, folder: Path) -> None:
    write_rules(folder)
    run("add", "Cold", "--contact", "<cold@x.example>", today="2026-06-01")
    assert run("prune", "--yes", today="2026-11-01").code == 0
    assert (
        "no longer to be sent" in run("edit", "1", "--pipeline", "renewals", "--stage", "due", today="2026-11-02").err
    )
    assert run("prune", "--yes", today="2026-11-20").code == 0
    assert deal(run)["status"] == "open"


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["1", "--pipeline", "new"], 2, "--pipeline new: name the stage it goes to with --stage: talk, offer, sign."),
        (["1", "--stage", "due"], 2, "--stage says where in another pipeline: name that with --pipeline."),
        (
            ["1", "--pipeline", "ghost", "--stage", "due"],
            2,
            "--pipeline ghost: there is no such pipeline: choose one of new, renewals.",
        ),
        (["1", "--pipeline", "new", "--stage", "due"], 2, "There is no stage 'due'."),
        (["1", "--pipeline", "renewals", "--stage", "due"], 5, "Deal 1 is in renewals already:"),
        (["3", "--pipeline", "new", "--stage", "talk"], 5, "Deal 3 is lost. It cannot go to another pipeline:"),
        (["1", "--pipeline", "", "--stage", "[/]"], 2, "--pipeline : there is no such pipeline:"),
    ],
)
def test_what_cannot_be_is_refused_in_one_sentence_and_nothing_changes(
    across: Run, words: list[str], code: int, said: str
) -> None:
    across("add", "Cora", "--pipeline", "renewals")
    across("lose", "Cora", "--reason", "price")
    before = record(across)
    refused = across("edit", *words)
    assert (refused.code, refused.err.startswith(said)) == (code, True), refused.err
    assert record(across) == before


def test_a_stage_that_is_renamed_is_renamed_where_it_was_passed_too(across: Run, folder: Path) -> None:
    across("add", "Cora", "--stage", "offer")
    write_rules(folder, RULES.replace("{id: offer, name: Offer,", "{id: quote, name: Quote,"))
    assert across("check", "--map", "offer=quote").code == 0
    assert moves(across) == [(None, "talk", "new"), ("talk", "quote", "new"), ("quote", "offer", None)]
    assert across("check").code == 0

    assert "There is no open deal" not in across("undo").err
    write_rules(folder, RULES.replace("{id: offer, name: Offer sent,", "{id: quote, name: Quote,"))
    assert across("check", "--map", "offer=quote").code == 0
    assert moves(across) == [(None, "talk", "new"), ("talk", "offer", "new"), ("offer", "quote", None)]


def test_what_was_exported_comes_back_the_same(across: Run, folder: Path) -> None:
    across("edit", "Borg", "--pipeline", "new", "--stage", "sign", today="2026-11-15")
    across("win", "Borg", today="2026-11-16")
    tables = ("deals", "moves", "changes")
    for table in tables:
        assert across("export", table, "-o", f"{table}.csv").code == 0
    told = (folder / "moves.csv").read_text(encoding="utf-8").splitlines()
    assert told[0].endswith(",pipeline")
    before = [across("export", table).out for table in tables]
    histories = [shown(across, name)["moves"] for name in ("1", "2")]
    days = ("2026-11-09", "2026-11-10", "2026-11-14")
    then = [across("list", "--all-pipelines", "--as-of", day, "--json").out for day in days]

    (folder / "pipeline.db").unlink()
    assert across("import", "deals.csv", "--moves", "moves.csv", "--changes", "changes.csv").code == 0

    assert [across("export", table).out for table in tables] == before
    assert [shown(across, name)["moves"] for name in ("1", "2")] == histories
    assert [across("list", "--all-pipelines", "--as-of", day, "--json").out for day in days] == then
    again = across("import", "deals.csv", "--moves", "moves.csv", "--json").json
    assert (again["moves"]["created"], again["deals"]["created"]) == (0, 0)
    assert across("check").code == 0


def test_a_pipeline_named_in_the_moves_of_another_program_says_where_each_was_made(run: Run, folder: Path) -> None:
    write_rules(folder)
    (folder / "deals.csv").write_text("id,title,pipeline,stage,created\nA,Acme,renewals,due,2026-10-01\n")
    (folder / "moves.csv").write_text(
        "deal,from,to,at,pipeline\nA,,talk,2026-10-01,new\nA,talk,sign,2026-10-05,new\n"
        "A,sign,due,2026-10-09,renewals\nA,due,offer,2026-10-12,Some other name\n"
    )
    assert run("import", "deals.csv", "--moves", "moves.csv").code == 0
    assert moves(run) == [
        (None, "talk", "new"),
        ("talk", "sign", "new"),
        ("sign", "due", None),
        ("due", "offer", None),
    ]
    assert run("check").code == 0


def test_a_review_names_those_that_went_across(across: Run) -> None:
    page = across("review", "--from", "2026-11-05").out
    assert "From one pipeline to another: 1 Acme." in page
    answer = across("review", "--from", "2026-11-05", "--json").json
    assert [(row["change"], row["id"]) for row in answer["rows"]] == [("across", 1), ("silent", 2)]
    alone = across("review", "--from", "2026-11-05", "--pipeline", "renewals", "--json").json
    assert {one["item"]: one["deals"] for one in alone["waterfall"]}["moved_in"] == 1


def test_a_review_kept_before_knows_it_where_it_was(across: Run) -> None:
    across("add", "Cora", "--value", "3k", today="2026-11-15")
    assert across("review", "--mark", today="2026-11-16").code == 0
    assert across("edit", "Cora", "--pipeline", "renewals", "--stage", "paid", today="2026-11-18").code == 0
    assert "From one pipeline to another: 3 Cora." in across("review").out
    alone = across("review", "--pipeline", "new", "--json").json
    assert (alone["start"], alone["end"]) == (3000, 0)


def test_evidence_counts_from_the_stage_it_came_to(run: Run, folder: Path) -> None:
    asked = "exit_criteria: [{id: spoke, text: We spoke, touchpoint: {kinds: [call]}}]"
    write_rules(folder, RULES.replace("{id: offer, name: Offer sent,", f"{{id: offer, name: Offer sent, {asked},"))
    run("add", "Acme", "--stage", "offer", today="2026-11-01")
    run("log", "Acme", "call", "good", today="2026-11-02")
    run("edit", "Acme", "--pipeline", "renewals", "--stage", "offer", today="2026-11-03")
    assert [one["met"] for one in shown(run)["criteria"]] == [False]
    run("log", "Acme", "call", "again", today="2026-11-04")
    assert [one["met"] for one in shown(run)["criteria"]] == [True]


def test_the_stage_it_came_to_may_be_a_mistake_but_not_that_it_came(across: Run) -> None:
    across("advance", "1", "--to", "paid", "--force", "--reason", "x", today="2026-11-15")

    assert across("back", "1", "due", "--mistake").code == 0

    assert (deal(across)["pipeline"], deal(across)["stage"], deal(across)["days_in_stage"]) == ("renewals", "due", 11)
    assert [one["mistake"] for one in shown(across)["moves"]] == [False, False, True, False, True]
    timeline = across("show", "1").out
    assert "New business, Offer -> Renewals, Due" in timeline
    assert "Offer sent -> Invoice out (a mistake)" in timeline
    assert across("list", "--as-of", "2026-11-09", "--json").rows[0]["stage"] == "offer"


def import_deals(run: Run, folder: Path, head: str, *rows: str) -> None:
    (folder / "deals.csv").write_text("\n".join([head, *rows]) + "\n", encoding="utf-8")
    assert run("import", "deals.csv").code == 0
    assert run("check").code == 0


def test_a_file_without_pipelines_leaves_a_deal_where_it_was_moved_to(run: Run, folder: Path) -> None:
    write_rules(folder)
    head = "id,title,stage,value,created"
    import_deals(run, folder, head, "A,Acme,talk,100,2026-10-01", "B,Borg,talk,100,2026-10-01")
    for title in ("Acme", "Borg"):
        assert run("edit", title, "--pipeline", "renewals", "--stage", "due").code == 0

    import_deals(run, folder, head, "A,Acme,sign,200,2026-10-01", "B,Borg,won,200,2026-10-01")

    assert (deal(run)["pipeline"], deal(run)["stage"], deal(run)["value"]) == ("renewals", "due", 200)
    assert (deal(run, "2")["pipeline"], deal(run, "2")["status"]) == ("renewals", "won")


def test_a_file_that_has_a_deal_in_another_pipeline_than_before_moves_it_there(run: Run, folder: Path) -> None:
    write_rules(folder)
    head = "id,title,pipeline,stage,value,created"
    rows = [f"{name},{name},new,offer,100,2026-10-01" for name in ("Acme", "Borg", "Cora")]
    import_deals(run, folder, head, *rows)
    run("win", "Cora", today="2026-11-02")

    import_deals(
        run,
        folder,
        head,
        "Acme,Acme,renewals,offer,100,2026-10-01",
        "Borg,Borg,renewals,won,100,2026-10-01",
        "Cora,Cora,renewals,won,100,2026-10-01",
    )

    found = {row["title"]: row for row in run("list", "status=all", "--all-pipelines", "--json").rows}
    assert (found["Acme"]["pipeline"], found["Acme"]["stage"], found["Acme"]["days_in_stage"]) == (
        "renewals",
        "offer",
        0,
    )
    assert found["Borg"]["status"] == "won"
    assert (found["Cora"]["pipeline"], found["Cora"]["status"]) == ("new", "won")
    assert moves(run)[-1] == ("offer", "offer", None)
    before = record(run)
    assert run("import", "deals.csv").code == 0
    assert record(run) == before


def test_a_record_kept_in_two_places_learns_that_a_deal_went_across(across: Run, folder: Path) -> None:
    files = ("--moves", "moves.csv", "--changes", "changes.csv")

    def export() -> list[str]:
        for table in ("deals", "moves", "changes"):
            assert across("export", table, "-o", f"{table}.csv", "--force").code == 0
        return [(folder / f"{table}.csv").read_text(encoding="utf-8") for table in ("deals", "moves", "changes")]

    across("undo")
    export()
    (folder / "pipeline.db").rename(folder / "here.db")
    assert across("import", "deals.csv", *files).code == 0
    (folder / "pipeline.db").rename(folder / "there.db")
    (folder / "here.db").rename(folder / "pipeline.db")
    across("edit", "1", "--pipeline", "renewals", "--stage", "offer", today=DAY)
    across("edit", "1", "--pipeline", "new", "--stage", "sign", today="2026-11-12")
    across("edit", "1", "--pipeline", "renewals", "--stage", "paid", today="2026-11-14")
    here = export()
    (folder / "pipeline.db").unlink()
    (folder / "there.db").rename(folder / "pipeline.db")

    told = across("import", "deals.csv", *files, "--json").json

    assert (told["moves"]["created"], told["changes"]["created"]) == (3, 3)
    assert export() == here
    assert across("check").code == 0


def test_a_mistake_of_where_it_came_to_survives_export_and_import(across: Run, folder: Path) -> None:
    across("advance", "1", "--to", "paid", "--force", "--reason", "x", today="2026-11-15")
    across("back", "1", "due", "--mistake", "--reason", "a slip")
    for what in ("deals", "moves", "changes"):
        assert across("export", what, "-o", f"{what}.csv").code == 0

    across("--db", "other.db", "init")
    taken = across("--db", "other.db", "import", "deals.csv", "--moves", "moves.csv", "--changes", "changes.csv")

    assert (taken.code, "chain" in taken.out + taken.err) == (0, False)
    for what in ("deals", "moves", "changes"):
        assert across("--db", "other.db", "export", what).out == (folder / f"{what}.csv").read_text("utf-8")
    assert across("--db", "other.db", "show", "1", "--json").json["moves"] == shown(across)["moves"]


def test_both_deals_of_a_split_have_the_history_of_both_pipelines(across: Run) -> None:
    assert across("split", "1", "Acme: more", "--value", "1k").code == 0
    new = across("list", "Acme: more", "--all-pipelines", "--json").rows[0]
    assert (new["pipeline"], new["stage"], new["days_in_stage"]) == ("renewals", "offer", 11)
    assert shown(across, str(new["id"]))["moves"] == shown(across)["moves"]
    before = across("list", "--as-of", "2026-11-09", "--json").rows
    assert {row["pipeline"] for row in before} == {"new"}
    assert across("check").code == 0


def test_one_older_move_across_is_taken_back_alone_only_while_nothing_rests_on_it(across: Run) -> None:
    (number,) = [row["operation"] for row in across("history", "1", "--json").rows if row["command"] == "edit"]
    across("note", "Borg", "something else")
    assert across("undo", "--only", str(number)).code == 0
    assert deal(across)["pipeline"] == "new"
    across("redo")
    across("advance", "1", today="2026-11-22")
    assert across("undo", "--only", str(number), today="2026-11-22").code == 5
