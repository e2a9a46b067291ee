"""`prune` writes to those it gives a last chance: whom, what, where, and what becomes of the drafts."""

from __future__ import annotations

from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path

import pytest

from tests.conftest import Run

LONG_AGO = "2026-09-01"


def drafts_in(folder: Path) -> dict[str, EmailMessage]:
    return {
        path.name: message_from_bytes(path.read_bytes(), policy=default)  # type: ignore[misc]
        for path in sorted((folder / "last-chances").glob("*"))
    }


@pytest.fixture
def borg(pipeline: Run) -> Run:
    pipeline(
        "add",
        "Borg: audit",
        "--org",
        "Borg",
        "--value",
        "5000.50",
        "--contact",
        "Dr. Jürgen Groß <j@borg.example>",
        today=LONG_AGO,
    )
    return pipeline


def test_a_last_chance_is_a_draft_with_the_words_of_the_deal(borg: Run, folder: Path) -> None:
    done = borg("prune", "--yes")

    ((name, message),) = drafts_in(folder).items()
    assert name == "1-2026-11-28.eml"
    assert (message["X-Unsent"], message["Subject"]) == ("1", "Borg: audit: shall I close this?")
    assert message["To"].addresses[0].display_name == "Dr. Jürgen Groß"
    text = message.get_content()
    assert text.startswith("Hello Jürgen,")
    assert "Unless you answer before 2026-11-28, I will close it" in text
    assert done.err.splitlines()[1] == "last-chances: 1 draft, which your mail program opens. Read and send."


def test_the_words_are_those_of_pipeline_yaml(borg: Run, folder: Path) -> None:
    rules = (folder / "pipeline.yaml").read_text().partition("prune:")[0]
    (folder / "pipeline.yaml").write_text(
        rules
        + 'prune: {last_chance: {subject: "{{{stage}}} {title}", body: "{contact}|{organization}|{value}|{deadline}"}}\n'
    )
    borg("prune", "--yes")

    (message,) = drafts_in(folder).values()
    assert message["Subject"] == "{Prospecting} Borg: audit"
    assert message.get_content().strip() == "Dr. Jürgen Groß|Borg|5,000.50 EUR|2026-11-28"


def test_a_word_that_is_missing_takes_its_space_along(pipeline: Run, folder: Path) -> None:
    pipeline("add", "Acme", "--contact", "ann@acme.example", today=LONG_AGO)
    pipeline("prune", "--yes")

    (message,) = drafts_in(folder).values()
    assert str(message["To"]) == "ann@acme.example"
    assert message.get_content().startswith("Hello,")


def test_it_goes_to_the_first_person_who_may_be_written_to(pipeline: Run, folder: Path) -> None:
    pipeline(
        "add", "Acme", "--contact", "Ann <ann@acme.example>", "--contact", "Bob <bob@acme.example>", today=LONG_AGO
    )
    pipeline("contact", "opt-out", "ann@acme.example", today=LONG_AGO)
    pipeline("prune", "--yes")

    (message,) = drafts_in(folder).values()
    assert str(message["To"]) == "Bob <bob@acme.example>"


@pytest.mark.parametrize(
    "person", [[], ["--contact", "Ann", "--phone", "030 1234567"], ["--contact", "out@acme.example"]]
)
def test_whom_nobody_can_write_to_goes_straight_on(pipeline: Run, folder: Path, person: list[str]) -> None:
    pipeline("add", "Acme", *person, today=LONG_AGO)
    pipeline("contact", "opt-out", "out@acme.example", today=LONG_AGO)

    (row,) = pipeline("prune", "--dry-run", "--json").rows
    assert (row["step"], row["deadline"]) == ("close", None)
    pipeline("prune", "--yes")
    assert drafts_in(folder) == {}


@pytest.mark.parametrize("words", [["--dry-run"], [], ["--yes", "--now"], ["--yes", "--keep", "1"]])
def test_without_a_last_chance_there_is_no_draft(borg: Run, folder: Path, words: list[str]) -> None:
    assert borg("prune", *words).code == 0
    assert not (folder / "last-chances").exists()


def test_the_same_day_s_second_run_writes_nothing(borg: Run, folder: Path) -> None:
    borg("prune", "--yes")
    (draft,) = (folder / "last-chances").iterdir()
    draft.write_bytes(b"as I changed it")
    borg("prune", "--yes")

    assert draft.read_bytes() == b"as I changed it"


def test_undo_names_the_drafts_that_are_no_longer_to_be_sent(borg: Run, folder: Path) -> None:
    borg("prune", "--yes")

    undone = borg("undo")
    assert undone.err.splitlines()[0] == ("Drafts in last-chances that are no longer to be sent: 1-2026-11-28.eml.")
    borg("redo")
    assert list(drafts_in(folder)) == ["1-2026-11-28.eml"]
    assert "no longer" not in borg("note", "1", "x").err + borg("undo").err


def test_a_draft_that_was_edited_is_not_written_over(borg: Run, folder: Path) -> None:
    borg("prune", "--yes")
    draft = folder / "last-chances" / "1-2026-11-28.eml"
    own = draft.read_bytes() + b"My own words.\r\n"
    draft.write_bytes(own)
    borg("undo")

    assert "What was there and says something else is kept as 1-2026-11-28-2.eml." in borg("prune", "--yes").err
    assert (draft.parent / "1-2026-11-28-2.eml").read_bytes() == own
    assert b"My own words." not in draft.read_bytes()


def test_an_opt_out_names_the_draft_that_lies_there(borg: Run, folder: Path) -> None:
    borg("prune", "--yes")

    said = borg("contact", "opt-out", "J@borg.example").err
    assert "Not to be sent any more: 1-2026-11-28.eml in last-chances." in said.splitlines()


def test_a_folder_that_cannot_be_made_changes_nothing(borg: Run, folder: Path) -> None:
    (folder / "last-chances").write_text("mine")

    result = borg("prune", "--yes")
    assert result.code == 6
    assert result.err.endswith("nothing was changed.\n")
    assert len(borg("list", "--json").rows) == 1
    assert borg("history", "--json").rows[0]["command"] == "add"


def test_no_draft_is_written_through_a_link(borg: Run, folder: Path) -> None:
    elsewhere = folder / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "deal-1.eml").write_text("somebody else's", "utf-8")
    (folder / "last-chances").symlink_to(elsewhere)

    result = borg("prune", "--yes")

    assert result.code == 6
    assert "last-chances is a link to another place" in result.err
    assert [path.name for path in elsewhere.iterdir()] == ["deal-1.eml"]
    assert (elsewhere / "deal-1.eml").read_text("utf-8") == "somebody else's"
    assert [row["command"] for row in borg("history", "--json").rows] == ["add"]


def test_two_records_in_one_folder_lose_no_draft_of_each_other(borg: Run, folder: Path) -> None:
    borg("--db", "other.db", "init")
    borg("--db", "other.db", "add", "Globex", "--contact", "Bob <bob@globex.example>", today="2026-08-01")
    borg("prune", "--yes")
    borg("--db", "other.db", "prune", "--yes")

    texts = [path.read_text("utf-8") for path in (folder / "last-chances").iterdir()]
    assert len(texts) == 2
    assert [name for name in ("Borg", "Globex") if any(name in text for text in texts)] == ["Borg", "Globex"]


def test_the_effect_is_the_forecast_s_own_number_before_and_after(borg: Run) -> None:
    for number, day in enumerate(("2026-03-01", "2026-04-01", "2026-05-01")):
        borg("add", f"won {number}", "--value", "9k", today=day)
        borg("advance", f"won {number}", "--force", "--reason", "x", today=day)
        borg("win", f"won {number}", today=day[:8] + "20")
    borg("add", "Fresh", "--value", "7k", today="2026-11-15")

    def forecast() -> float:
        return float(borg("forecast", "--json").json["horizon"]["expected"])

    effect = borg("prune", "--dry-run", "--json").json["effect"]
    assert effect["forecast_days"] == 30
    assert effect["forecast_before"] == forecast()
    borg("prune", "--yes", "--now")
    assert effect["forecast_after"] == forecast() != effect["forecast_before"]
    health = borg("health", "--json").json["totals"]
    assert (effect["open_value_after"], effect["win_rate_after"]) == (health["open_value"], health["win_rate"])
    assert effect["weighted_value_after"] == health["weighted_value"]
