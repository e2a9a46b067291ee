"""`import` on a terminal asks what it could not map, one column and one word at a time, and keeps the answers."""

from __future__ import annotations

from pathlib import Path

from tests.conftest import Run
from tests.terminal import Terminal

SHEET = """Vorhaben,Farbe,Preis netto,Lage,Begonnen
Löwe: Audit,rot,1200,Angebot raus,03/04/2026
Wolf: Kurs,blau,900,erledigt,05/06/2026
"""


def wrote(folder: Path, text: str, name: str = "liste.csv") -> str:
    (folder / name).write_text(text, "utf-8")
    return name


def test_what_is_not_known_is_asked_once_and_kept_among_the_users_own_lines(pipeline: Run, folder: Path) -> None:
    rules = folder / "pipeline.yaml"
    rules.write_text(rules.read_text("utf-8").replace("currency: EUR", "currency: EUR   # mine, [/]"), "utf-8")
    before = rules.read_text("utf-8")
    name = wrote(folder, SHEET)

    with Terminal(folder, "import", name) as terminal:
        terminal.wait_for("for `title`? [none]")
        assert any("1  Vorhaben: Löwe: Audit, Wolf: Kurs" in line for line in terminal.lines)
        terminal.type("Preis")
        terminal.wait_for("is none of them")
        terminal.type("vorhaben")
        terminal.wait_for("for `stage`? [none]")
        terminal.type("2")
        terminal.wait_for("for `value`? [none]")
        terminal.type("1")
        terminal.wait_for("for `created_at`? [none]")
        terminal.type("1")
        terminal.wait_for("dmy or mdy?")
        terminal.type("mdy")
        terminal.wait_for("Which stage is it?")
        assert any("'Angebot raus'" in line for line in terminal.lines)
        terminal.type("propsal")
        terminal.wait_for("proposal?")
        terminal.type("proposal")
        terminal.wait_for("'erledigt'")
        terminal.type("won")
        assert terminal.finish() == 0
        assert "Kept in pipeline.yaml under `imports: liste:`" in " ".join(terminal.lines)

    rows = {
        row["title"]: (row["status"], row["stage"], row["value"])
        for row in pipeline("list", "status=all", "--json").rows
    }
    assert rows["Löwe: Audit"] == ("open", "proposal", 1200)
    assert rows["Wolf: Kurs"][0] == "won"
    after = rules.read_text("utf-8")
    assert after.startswith(before), "not a line of the file was touched"
    again = pipeline("import", name, "--json")
    assert (again.code, again.json["deals"]["unchanged"]) == (0, 2), again.err


def test_a_known_mapping_grows_with_what_is_new_in_a_file(pipeline: Run, folder: Path) -> None:
    rules = folder / "pipeline.yaml"
    kept = "\nimports:\n  liste:   # mine\n    headers: [Deal, Stage]\n    value_map:\n      stage:\n"
    kept += "        raus: proposal   # sent\n"
    rules.write_text(rules.read_text("utf-8") + kept + "    # the end\n", "utf-8")
    with Terminal(folder, "import", wrote(folder, "Deal,Stage\nA,raus\nB,neu hier\n")) as terminal:
        terminal.wait_for("Which stage is it?")
        terminal.type("prospecting")
        assert terminal.finish() == 0
    end = rules.read_text("utf-8").partition("\nimports:")[2]
    assert "        raus: proposal   # sent\n        neu hier: prospecting\n" in end
    assert "  liste:   # mine\n" in end
    assert end.count("# the end") == 1


def test_control_c_leaves_everything_as_it_was(pipeline: Run, folder: Path) -> None:
    name = wrote(folder, "Deal,Stage\nA,seltsam\n")
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    with Terminal(folder, "import", name) as terminal:
        terminal.wait_for("Which stage is it?")
        terminal.press_control_c()
        assert terminal.finish() == 130
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before


def test_none_is_an_answer_that_is_kept_too(pipeline: Run, folder: Path) -> None:
    name = wrote(folder, "Deal,Schuhgröße\nA,42\nB,43\n")
    with Terminal(folder, "import", name) as terminal:
        terminal.wait_for("for `value`? [none]")
        terminal.type("")
        assert terminal.finish() == 0
    with Terminal(folder, "import", name) as terminal:
        assert terminal.finish() == 0
        assert "all of it was there already" in " ".join(terminal.lines)


def test_without_a_terminal_nothing_is_asked(pipeline: Run, folder: Path) -> None:
    result = pipeline("import", wrote(folder, "Deal,Stage\nA,seltsam\n"))
    assert result.code == 5
    assert '--value-map "stage:seltsam=STAGE"' in result.err


def test_init_from_asks_too(run: Run, folder: Path) -> None:
    name = wrote(
        folder, "Vorhaben,Preis,Phase,Begonnen\nLöwe,$ 100,Neu,2026-03-04\nWolf,200 €,Neu,2026-03-05\nBär,1 €,Neu,\n"
    )
    with Terminal(folder, "init", "--from", name) as terminal:
        terminal.wait_for("for `title`? [none]")
        terminal.type("1")
        terminal.wait_for("for `value`? [none]")
        terminal.type("1")
        terminal.wait_for("What is one USD in EUR")
        terminal.type("x")
        terminal.wait_for("is no rate")
        terminal.type("0.5")
        terminal.wait_for("for `created_at`? [none]")
        terminal.type("Begonnen")
        assert terminal.finish() == 0
    rows = run("list", "--json").json
    assert rows["totals"]["value"] == 251
    assert {row["title"] for row in rows["rows"]} == {"Löwe", "Wolf", "Bär"}
    later = wrote(folder, "Vorhaben,Preis,Phase,Begonnen\nFuchs,5 €,Neu,2026-03-04\n", "later.csv")
    assert run("import", later, "--json").json["deals"]["created"] == 1


def test_an_encoding_is_asked_for_and_kept(run: Run, folder: Path) -> None:
    (folder / "deals.csv").write_bytes("Deal,Stage,Created\nLöwe,Angebot,03/04/2026\n".encode("cp1252"))
    with Terminal(folder, "init", "--from", "deals.csv") as terminal:
        terminal.wait_for("Which encoding is it in? [cp1252]")
        terminal.type("klingon")
        terminal.wait_for("is no encoding")
        terminal.type("")
        terminal.wait_for("dmy or mdy?")
        terminal.type("dmy")
        assert terminal.finish() == 0
    assert [row["title"] for row in run("list", "--json").rows] == ["Löwe"]
    assert run("import", "deals.csv", "--json").json["deals"]["unchanged"] == 1
