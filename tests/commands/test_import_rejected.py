"""`import --skip-bad`: what is left out waits in files of its own, and comes in once it is corrected."""

from __future__ import annotations

import shlex
from pathlib import Path

from tests.commands.reading import shown
from tests.conftest import Run

DEALS = "deal_id,title,value,created\na,Acme,5,2026-01-01\nb,Beta,lots,2026-01-01\n"
MOVES = "deal,to,at\na,prospecting,2026-01-01\nb,prospecting,2026-01-01\nb,proposal,2026-01-05\n"
TOUCHES = "deal,kind,at,note\na,call,2026-01-02,Hello\nb,call,2026-01-03,Later\n"
FILES = ("deals.csv", "--moves", "moves.csv", "--touchpoints", "touches.csv")


def write_files(folder: Path, deals: str = DEALS, moves: str = MOVES, touches: str = TOUCHES) -> None:
    for name, text in (("deals", deals), ("moves", moves), ("touches", touches)):
        (folder / f"{name}.csv").write_text(text)


def test_the_moves_and_touchpoints_of_a_bad_deal_wait_with_it(pipeline: Run, folder: Path) -> None:
    write_files(folder)
    result = pipeline("import", *FILES, "--skip-bad", "--json")

    counts = {kind: tuple(result.json[kind].values()) for kind in ("deals", "moves", "touchpoints")}
    assert counts == {"deals": (2, 1, 0, 0, 1), "moves": (3, 1, 0, 0, 2), "touchpoints": (2, 1, 0, 0, 1, 1, 0, 0)}
    assert (folder / "moves.rejected.csv").read_text().splitlines() == [
        "deal,to,at,problem",
        'b,prospecting,2026-01-01,"its deal, line 3 of deals.csv, was left out."',
        'b,proposal,2026-01-05,"its deal, line 3 of deals.csv, was left out."',
    ]
    assert [(one["code"], one["lines"]) for one in result.json["warnings"] if "skipped" in one["code"]] == [
        ("moves_of_skipped_deals", [3, 4]),
        ("touchpoints_of_skipped_deals", [3]),
    ]


def test_the_command_that_is_printed_brings_them_in_once_corrected(pipeline: Run, folder: Path) -> None:
    write_files(folder)
    said = pipeline("import", *FILES, "--skip-bad").err
    (command,) = [line for line in said.splitlines() if line.startswith("Once corrected: ")]
    rejected = folder / "deals.rejected.csv"
    rejected.write_text(rejected.read_text().replace("lots", "7", 1))

    words = shlex.split(command.removeprefix("Once corrected: pipeline "))
    result = pipeline(*words, "--json")
    assert {kind: result.json[kind]["created"] for kind in ("deals", "moves", "touchpoints")} == {
        "deals": 1,
        "moves": 2,
        "touchpoints": 1,
    }
    assert shown(pipeline, "ext:b")["deal"]["stage"] == "proposal"
    assert [one["note"] for one in shown(pipeline, "ext:b")["touchpoints"]] == ["Later"]


def test_a_row_that_is_left_out_is_in_no_warning(pipeline: Run, folder: Path) -> None:
    deals = "deal_id,title,value,status\na,Acme,5.1251,open\nb,Beta,6.1251,stolen\n"
    (folder / "deals.csv").write_text(deals)
    result = pipeline("import", "deals.csv", "--skip-bad", "--json")
    told = {one["code"]: one["lines"] for one in result.json["warnings"]}
    assert (told["rounded"], told["created_inferred"]) == ([2], [2])


def test_a_move_before_what_is_known_is_told_and_left_out(pipeline: Run, folder: Path) -> None:
    write_files(folder, deals=DEALS.replace("lots", "7"))
    pipeline("import", *FILES)
    late = MOVES + "b,qualification,2026-01-03\n"
    write_files(folder, deals=DEALS.replace("lots", "7"), moves=late)
    result = pipeline("import", *FILES, "--json")
    assert {one["code"]: one["lines"] for one in result.json["warnings"]}["late_moves"] == [5]
    assert [move["to_stage"] for move in shown(pipeline, "ext:b")["moves"]] == ["prospecting", "proposal"]


def test_people_who_are_there_twice_are_named_and_columns_that_are_not_kept(pipeline: Run, folder: Path) -> None:
    (folder / "deals.csv").write_text("deal_id,title\na,Acme\n")
    people = "name,email,company id,shoe size\nAnn,ann@acme.example,7,38\nAnn Lee,ANN@acme.example,7,38\nBob,bob,7,44\n"
    (folder / "people.csv").write_text(people)
    result = pipeline("import", "deals.csv", "--contacts", "people.csv", "--json")

    told = {one["code"]: (one["lines"], one["message"]) for one in result.json["warnings"]}
    assert told["repeated_person"][0] == [3]
    assert told["odd_address"][0] == [4]
    assert told["contacts_columns_not_kept"][1].endswith("not kept: company id, shoe size.")
    assert result.json["contacts"]["created"] == 2


def test_a_text_longer_than_can_be_typed_is_refused_by_its_line(pipeline: Run, folder: Path) -> None:
    (folder / "deals.csv").write_text(f"deal_id,title\na,Acme\nb,{'x' * 1_000_000}\n")
    (folder / "touches.csv").write_text(f"deal,kind,at,note\na,call,2026-01-02,{'y' * 100_001}\n")
    result = pipeline("import", "deals.csv", "--touchpoints", "touches.csv")
    long = "characters, more than 100,000: keep the text in a file of its own."
    assert (result.code, sorted(result.err.splitlines()[:2])) == (
        5,
        [f"deals.csv:3: title: 1,000,000 {long}", f"touches.csv:2: note: 100,001 {long}"],
    )
    assert pipeline("import", "deals.csv", "--touchpoints", "touches.csv", "--skip-bad", "--json").json["deals"] == {
        "read": 2,
        "created": 1,
        "updated": 0,
        "unchanged": 0,
        "skipped": 1,
    }


def test_a_file_of_fifty_megabytes_is_imported(pipeline: Run, folder: Path) -> None:
    note = "n" * 99_000
    (folder / "deals.csv").write_text("deal_id,title,note\n" + "".join(f"{n},Deal {n},{note}\n" for n in range(530)))
    assert (folder / "deals.csv").stat().st_size > 50 << 20
    assert pipeline("import", "deals.csv", "--json").json["deals"]["created"] == 530
