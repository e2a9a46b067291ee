"""`add` with how it began and what comes next, and with the organization that its title names."""

from __future__ import annotations

import pytest

from tests.commands.reading import deal, last, record, shown
from tests.conftest import Run


def test_a_lead_is_added_with_how_it_came_and_what_comes_next_as_one_operation(pipeline: Run) -> None:
    before = record(pipeline)
    line = "add Acme: workshop for 20 -v 12k --log email they asked for a price -i -n fri Call Ann"

    result = pipeline(*line.split(), "-c", "Ann <ann@acme.example>")

    assert (result.code, result.out) == (0, "1\n")
    assert result.err.splitlines() == [
        "Added 1: Acme: workshop for 20. Logged email (in). Next: Call Ann, due 2026-11-27.",
        "Its organization is Acme, as the title says; --org '' leaves it away.",
        "'fri' is Fri 27 Nov.",
    ]
    found = shown(pipeline)
    row, (touch,) = found["deal"], found["touchpoints"]
    assert (row["title"], row["organization"], row["value"]) == ("Acme: workshop for 20", "Acme", 12000)
    assert (row["contact"], row["next_step"], row["next_step_due"]) == ("Ann", "Call Ann", "2026-11-27")
    assert (touch["kind"], touch["direction"], touch["note"]) == ("email", "in", "they asked for a price")
    assert touch["awaits_answer"] is True
    assert last(pipeline)["summary"] == (
        "added Acme: workshop for 20; logged email (in); next: Call Ann, due 2026-11-27"
    )
    assert pipeline("undo").code == 0
    assert record(pipeline) == before


def test_how_you_met_needs_no_words_and_has_the_day_of_the_deal(pipeline: Run) -> None:
    assert pipeline("add", "Acme", "--log", "call", "-t", "2026-11-02").code == 0
    assert pipeline("add", "--log", "meeting", "at the fair", "Borg:", "cube").code == 0
    assert pipeline("add", "Corp", "--log", "call", "-", typed="piped in\n").code == 0

    first, second, third = (shown(pipeline, number)["touchpoints"][0] for number in "123")
    assert (first["note"], first["touched_at"][:10]) == (None, "2026-11-02")
    assert (second["note"], second["kind"], deal(pipeline, "2")["title"]) == ("at the fair", "meeting", "Borg: cube")
    assert third["note"] == "piped in"


@pytest.mark.parametrize(
    ("title", "organization"),
    [
        ("Acme: workshop", "Acme"),
        ("Müller & Söhne GmbH: Audit", "Müller & Söhne GmbH"),
        ("[b]👍: workshop", "[b]👍"),
        ("workshop", None),
        ("Acme:workshop", None),
        ("Acme: ", None),
        (": workshop", None),
        ("Re: your offer", None),
        ("12: workshop", None),
        ("https: //x.example", None),
        (f"{'a' * 61}: workshop", None),
    ],
)
def test_the_organization_is_that_of_the_title(pipeline: Run, title: str, organization: str | None) -> None:
    said = pipeline("add", title).err

    assert deal(pipeline)["organization"] == organization
    assert ("as the title says" in said) == (organization is not None)


def test_an_organization_that_was_given_or_refused_is_not_taken_from_the_title(pipeline: Run) -> None:
    assert "as the title says" not in pipeline("add", "Acme: workshop", "--org", "Acme GmbH").err
    assert "as the title says" not in pipeline("add", "Acme: audit", "--org", "").err
    pipeline("win", "1")
    assert "as the title says" not in pipeline("add", "Other: licence", "--from", "1").err
    assert "as the title says" not in pipeline("add", "Lee: workshop", "-c", "Ann Lee").err, "it names a person"

    assert [deal(pipeline, number)["organization"] for number in "123"] == ["Acme GmbH", None, "Acme GmbH"]


def test_a_deal_without_an_organization_looks_like_one_whose_title_names_it(pipeline: Run) -> None:
    pipeline("add", "Acme: workshop", "--org", "")

    assert "It looks like deal 1" in pipeline("add", "Acme: workshop").err


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--log", "fax", "x"], "There is no kind of touchpoint 'fax'"),
        (["--log"], "--log needs 2 values"),
        (["--in"], "--in says how a touchpoint was: give --log with it"),
        (["-n", "someday", "Call"], "'someday' is not a date"),
        (["-n", "fri"], "-n needs 2 values"),
        (["-v", "lots"], "'lots' is not an amount"),
        (["-v", "9k", "for", "20"], "'for' stands apart from 'Acme: workshop'"),
    ],
)
def test_a_wrong_word_adds_nothing(pipeline: Run, words: list[str], said: str) -> None:
    result = pipeline("add", "Acme: workshop", *words)

    assert (result.code, len(result.err.splitlines())) == (2, 1)
    assert result.err.startswith(said)
    assert pipeline("list", "--json").rows == []


def test_who_is_not_to_be_contacted_is_not_logged_as_contacted_either(pipeline: Run) -> None:
    pipeline("add", "Acme: workshop", "-c", "Ann <ann@acme.example>")
    pipeline("win", "1")
    pipeline("contact", "opt-out", "ann@acme.example")

    assert pipeline("add", "Acme: licence", "--from", "1", "--log", "call").code == 5
    assert pipeline("add", "Acme: licence", "--from", "1", "--log", "call", "-i").code == 0
