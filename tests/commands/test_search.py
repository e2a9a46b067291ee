"""`search`: words found wherever they were typed, the best first."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.commands.reading import record
from tests.conftest import Prepare, Run


def year(run: Run) -> None:
    """Two deals with something in every text that can be typed."""
    ann = ("--contact", "Ann Müller <ann@acme.example>", "--phone", "+49 30 1234567")
    run("add", "workshop", "--org", "Acme GmbH", *ann, "--field", "industry=shipping", today="2026-11-01")
    run("log", "1", "call", "They lose two days a week. The budget is fixed until March", "--in", today="2026-11-03")
    run("note", "1", "prefers mail, hates PowerPoint", today="2026-11-04")
    run("confirm", "1", "problem", "--evidence", "the CFO said it costs 20k", today="2026-11-05")
    run("qualify", "1", "--set", "budget=yes", "--evidence", "budget=board minutes", today="2026-11-05")
    run("next", "1", "2026-12-04", "Send the proposal", today="2026-11-06")
    run("add", "Café crème", "--org", "Łódź Dom", "--value", "3k", today="2026-11-02")
    run("log", "2", "email", "asks about the budget of next year", today="2026-11-07")
    run("lose", "2", "--reason", "price", today="2026-11-08")


@pytest.fixture
def spoken(prepare: Prepare) -> Run:
    return prepare(year)


def found(run: Run, *words: str) -> list[tuple[int, str]]:
    return [(row["id"], row["kind"]) for row in run("search", *words, "--json").rows]


@pytest.mark.parametrize(
    ("word", "places"),
    [
        ("workshop", [(1, "title")]),
        ("acme", [(1, "organization")]),
        ("lodz", [(2, "organization")]),
        ("muller", [(1, "person")]),
        ("MÜLL", [(1, "person")]),
        ("ann@acme", [(1, "address")]),
        ("1234567", [(1, "address")]),
        ("powerpoint", [(1, "note")]),
        ("march", [(1, "touchpoint")]),
        ("cfo", [(1, "evidence")]),
        ("minutes", [(1, "evidence")]),
        ("proposal", [(1, "next_step")]),
        ("shipping", [(1, "field")]),
        ("creme", [(2, "title")]),
        ("cre", [(2, "title")]),
        ("reme", []),
        ("budget", [(2, "touchpoint"), (1, "touchpoint")]),
    ],
)
def test_a_word_is_found_by_how_it_begins_whatever_it_was_typed_into(
    spoken: Run, word: str, places: list[tuple[int, str]]
) -> None:
    assert found(spoken, word) == places


def test_a_deal_has_every_word_each_in_any_of_its_texts(spoken: Run) -> None:
    assert found(spoken, "budget", "powerpoint") == [(1, "touchpoint"), (1, "note")]
    assert found(spoken, "creme", "powerpoint") == []


def test_the_text_with_most_of_the_words_is_the_first(spoken: Run) -> None:
    assert found(spoken, "budget", "march", "workshop")[0] == (1, "touchpoint")


def test_a_whole_word_goes_before_the_beginning_of_one(pipeline: Run) -> None:
    pipeline("add", "planning day", today="2026-11-20")
    pipeline("add", "a plan", today="2026-11-01")

    assert found(pipeline, "plan") == [(2, "title"), (1, "title")]


def test_the_words_are_marked_in_their_sentence(spoken: Run) -> None:
    row = spoken("search", "budget", "--deal", "1", "--json").rows[0]

    assert row["text"] == "…The budget is fixed until March"
    assert [row["text"][start:end] for start, end in row["marks"]] == ["budget"]
    assert (row["on"], row["what"], row["command"]) == ("2026-11-03", "call", "pipeline show 1")
    assert "The *budget* is fixed" in spoken("search", "budget").out


def test_with_colours_the_words_are_marked_by_their_look(spoken: Run) -> None:
    shown = spoken("--color", "always", "search", "budget").out

    assert "*" not in shown
    assert "mbudget\x1b" in shown


def test_markdown_marks_them_too(spoken: Run, folder: Path) -> None:
    spoken("search", "budget", "-o", "found.md")

    assert "The **budget** is fixed" in (folder / "found.md").read_text("utf-8")


def test_accents_keep_the_marks_in_their_places(pipeline: Run) -> None:
    pipeline("add", "Große Æther-Straße in Łódź")

    row = pipeline("search", "strasse", "aether", "lodz", "--json").rows[0]

    assert [row["text"][start:end] for start, end in row["marks"]] == ["Æther", "Straße", "Łódź"]


@pytest.mark.parametrize("word", ["彼の予算は", "予算", "算"])
def test_scripts_without_spaces_are_found_anywhere(pipeline: Run, word: str) -> None:
    pipeline("add", "彼の予算はいくら")

    assert found(pipeline, word) == [(1, "title")]


@pytest.mark.parametrize(
    ("kind", "places"),
    [
        ("touchpoint", [(2, "touchpoint"), (1, "touchpoint")]),
        ("calls", []),
        ("call", [(1, "touchpoint")]),
        ("notes", []),
    ],
)
def test_one_kind_of_text_or_of_touchpoint(spoken: Run, kind: str, places: list[tuple[int, str]]) -> None:
    result = spoken("search", "budget", "--kind", kind, "--json")

    if kind == "calls":
        assert (result.code, "did you mean call?" in result.err) == (2, True)
    else:
        assert [(row["id"], row["kind"]) for row in result.rows] == places


def test_since_a_day_and_in_one_deal(spoken: Run) -> None:
    assert found(spoken, "budget", "--since", "2026-11-07") == [(2, "touchpoint")]
    assert found(spoken, "budget", "--deal", "acme") == [(1, "touchpoint")]
    assert spoken("search", "budget", "--deal", "nobody").code == 4
    assert spoken("search", "budget", "--since", "someday").code == 2


@pytest.mark.parametrize(
    "word", ['"', "'", "%", "_", "\\", "*", "[/]", "=1+1", "OR", "NEAR(", "a*", "😀", "--", "\\d+", "x' OR '1'='1", "𐍈"]
)
def test_hostile_words_are_words(pipeline: Run, word: str) -> None:
    pipeline("add", "Acme: workshop")
    pipeline("note", "1", f"he said {word} twice")
    before = record(pipeline)

    result = pipeline("search", "--json", "--", word)

    assert result.code == 0
    assert [row["kind"] for row in result.rows] == ["note"]
    assert record(pipeline) == before


def test_a_sign_that_no_text_has_finds_nothing(spoken: Run) -> None:
    for sign in ('"', "%", "_", "\\"):
        result = spoken("search", sign)
        assert (result.code, result.out) == (0, f"Nothing in the record has a word that begins with '{sign}'.\n")


def test_an_empty_search_says_what_to_type(spoken: Run) -> None:
    assert spoken("search", " ").code == 2
    assert "pipeline search budget" in spoken("search", "").err
    assert spoken("search").code == 2


def test_a_very_long_word_is_only_a_word(spoken: Run) -> None:
    assert spoken("search", "x" * 90_000, "--json").rows == []
    assert spoken("search", "x" * 100_001).code == 2


def test_what_no_deal_has_together_is_told_from_what_none_has(spoken: Run) -> None:
    assert "'zebra'" in spoken("search", "zebra", "budget").out
    assert spoken("search", "creme", "powerpoint").out == "No deal has all of these words: search for fewer.\n"


def test_who_was_forgotten_is_not_found_by_any_word(pipeline: Run) -> None:
    pipeline(
        "add", "Quorl: estate of Zebulonia Quorl", "--org", "Acme", "--contact", "Zebulonia Quorl <zeb@quorl.example>"
    )
    pipeline("note", "1", "Zebulonia prefers mail")
    pipeline("edit", "1", "--title", "The estate of Zebulonia Quorl")
    pipeline("undo")
    assert len(found(pipeline, "zebulonia")) > 1

    pipeline("contact", "forget", "c1", "--yes")

    for word in ("zebulonia", "quorl", "zeb@quorl.example"):
        assert found(pipeline, word) == []


def test_what_was_undone_is_not_found(pipeline: Run) -> None:
    pipeline("add", "Acme: workshop")
    pipeline("note", "1", "tangerine")
    pipeline("undo")

    assert found(pipeline, "tangerine") == []


def test_a_person_without_a_deal_is_found_with_the_command_that_shows_them(pipeline: Run) -> None:
    pipeline("contact", "add", "Søren Kjær", "--email", "soren@kjaer.example")

    row = pipeline("search", "soren", "--json").rows[0]

    assert (row["id"], row["contact"], row["command"]) == (None, "c1", "pipeline contact show c1")
    assert "Søren" in pipeline("search", "soren").out


def test_only_what_was_known_on_a_day(spoken: Run) -> None:
    assert found(spoken, "budget", "--as-of", "2026-11-04") == [(1, "touchpoint")]


def test_a_terminal_shows_what_it_holds_and_counts_the_rest(pipeline: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LINES", "12")
    for number in range(9):
        pipeline("add", f"plan {number}")

    result = pipeline("search", "plan", terminal=True)

    assert len([line for line in result.out.splitlines() if "plan" in line]) == 6
    assert "3 more" in result.err
    assert len(pipeline("search", "plan", "--json").rows) == 9
    assert len(pipeline("search", "plan", "--limit", "2", "--json").rows) == 2
    assert pipeline("search", "plan", "--limit", "2", "--all").code == 2


def test_csv_has_a_row_for_each_place(spoken: Run) -> None:
    lines = spoken("search", "budget", "--format", "csv").out.splitlines()

    assert lines[0] == "id,title,organization,status,on,kind,what,text,marks,contact,command"
    assert len(lines) == 3


def test_json_says_how_many_there_are(spoken: Run) -> None:
    said = json.loads(spoken("search", "budget", "--limit", "1", "--json").out)

    assert (said["words"], said["found"], said["deals"], len(said["rows"])) == (["budget"], 2, 2, 1)
