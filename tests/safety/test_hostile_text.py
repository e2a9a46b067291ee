"""Whatever text is stored, no control character of it reaches a screen, tables stay aligned, and JSON stays JSON."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from pipeline_cli.cli import SECTIONS
from tests.conftest import Run
from tests.large import LARGE
from tests.safety.hostile import HOSTILE, READING, REFUSED, controls_in, put_everywhere

EACH = pytest.mark.parametrize("what", HOSTILE)


@pytest.fixture(autouse=True)
def without_colour(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")  # colours are escapes of the program's own


def test_every_reading_command_is_among_those_swept() -> None:
    swept = {line.split()[0] for line in READING}
    assert set(SECTIONS["Reading it"]) - swept == {"backtest", "open"}


FORMS = (
    ("table", True),
    ("markdown", False),
    ("csv", True),
    ("json", True),
    ("table", False),
    ("tsv", True),
    ("markdown", True),
    ("json", False),
)


@EACH
def test_no_control_character_reaches_a_screen(pipeline: Run, folder: Path, what: str) -> None:
    for result in put_everywhere(pipeline, HOSTILE[what], folder):
        assert result.code in (0, 2, 5), result.err
        assert controls_in(result.out + result.err) == set(), result
    for line in READING:
        for form, terminal in FORMS if LARGE else FORMS[:4]:
            result = pipeline(*line.split(), "--format", form, terminal=terminal)
            if result.code == 2 and "no rows" in result.err.replace("has no table of", "has no rows"):
                continue  # `show` is no table
            assert result.code == 0, (line, form, result.err)
            found = controls_in(result.out + result.err) - ({"\t"} if form == "tsv" else set())
            assert found == set(), (line, form, terminal, found)
            if form == "json":
                json.loads(result.out)


@EACH
def test_errors_show_it_as_harmlessly(pipeline: Run, what: str) -> None:
    text = HOSTILE[what]
    pipeline("add", f"One {text}")
    pipeline("add", f"Two {text}")
    for command in (
        ["show", text],
        ["show", "Acme"],
        ["brief", "1"],
        ["search", "--", text],
        ["search", "x", "--kind", text],
        ["sql", text],
        ["sql", "select title from deals"],
        ["list", f"{text}=1"],
        ["list", f"stage={text}"],
        ["add", "T", "--value", text],
        ["add", "T", "--close", text],
        ["lose", "1", "--reason", text],
        ["log", "1", text],
        ["confirm", "1", text],
        ["advance", "1", "--to", text],
        ["import", text],
        ["--db", text, "list"],
        ["--config", text, "list"],
        ["list", "-o", text],
        ["list", f"--{text}"],
        [text],
        ["add", f"One {text}"],
        ["contact", "show", text],
        ["restore", text],
        ["help", text],
        ["funnel", "--by", text],
        ["export", text],
        ["qualify", "1", "--set", text],
    ):
        for terminal in (True, False):
            result = pipeline(*command, terminal=terminal)
            assert result.code in (0, 2, 3, 4, 5, 6), (command, result.err)
            assert controls_in(result.out + result.err) == set(), (command, result)


@EACH
def test_machines_get_it_back_exactly(pipeline: Run, what: str, folder: Path) -> None:
    text = HOSTILE[what]
    if pipeline("add", text, "--org", text).code:
        pytest.skip("refused at the door")
    pipeline("note", "1", text)
    kept = text.strip()
    row = pipeline("list", "--json").rows[0]
    assert (row["title"], row["organization"]) == (kept, kept)
    assert pipeline("show", "1", "--json").json["notes"][0]["text"] == kept
    pipeline("export", "deals", "-o", "deals.csv")
    (folder / "other").mkdir()
    assert pipeline("--db", str(folder / "other" / "p.db"), "--config", "other/pipeline.yaml", "init").code == 0
    assert pipeline("--config", "other/pipeline.yaml", "import", "deals.csv").code == 0
    row = pipeline("--config", "other/pipeline.yaml", "--db", str(folder / "other" / "p.db"), "list", "--json").rows
    assert [one["title"] for one in row] in ([], [kept])


@pytest.mark.parametrize("what", REFUSED)
def test_what_no_file_can_hold_is_refused_where_it_is_typed(pipeline: Run, what: str, folder: Path) -> None:
    before = (folder / "pipeline.db").read_bytes()
    for command in (
        ["add", REFUSED[what]],
        ["add", "T", "--org", REFUSED[what]],
        ["add", "T", "--field", f"a={REFUSED[what]}"],
    ):
        result = pipeline(*command)
        assert result.code == 2, result
        assert controls_in(result.out + result.err) == set()
    assert (folder / "pipeline.db").read_bytes() == before


@pytest.mark.parametrize("what", HOSTILE)
@pytest.mark.parametrize("terminal", [True, False])
def test_the_columns_of_a_table_stay_below_their_headers(pipeline: Run, what: str, terminal: bool) -> None:
    from pipeline_cli.output.text import display_width

    pipeline("add", HOSTILE[what], "--value", "5k")
    pipeline("add", "Plain", "--value", "12k")
    lines = pipeline("list", terminal=terminal).out.splitlines()
    place = display_width(lines[0][: lines[0].index("Stage")])
    rows = [line for line in lines if "Prospecting" in line]
    assert len(rows) == 2
    assert {display_width(line[: line.index("Prospecting")]) for line in rows} == {place}
    if terminal:
        assert {display_width(line) <= 80 for line in lines} == {True}
