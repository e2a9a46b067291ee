"""`log` as the whole step: what was said, what it proves, what it is worth, what comes next, and on to the next stage."""

from __future__ import annotations

import io
import sys
from pathlib import Path

import pytest

from tests.commands.reading import deal, last, record, shown
from tests.conftest import Run
from tests.terminal import Terminal

WHOLE = (
    "log 1 call they lose two days a week --confirm problem=their words --set budget=yes --set need=yes -v 15k --close 30d "
    "--done -n fri Send the offer -a"
)


@pytest.fixture
def acme(pipeline: Run) -> Run:
    pipeline("add", "Acme: workshop", "--contact", "Ann <ann@acme.example>", today="2026-11-01")
    pipeline("next", "1", "2026-11-21", "Call Ann", today="2026-11-01")
    return pipeline


def test_one_line_does_the_whole_step_as_one_operation(acme: Run) -> None:
    before = record(acme)

    result = acme(*WHOLE.split())

    assert (result.code, result.out) == (0, "")
    assert result.err == (
        "Logged call (out) on 1, Acme: workshop. Confirmed: They told us the problem in their own words. "
        "Answered: budget=yes, need=yes. Value set to 15,000 EUR. Close set to 21 Dec. Call Ann is done. "
        "Next: Send the offer, due 2026-11-27. Prospecting -> Qualification.\n"
        "'30d' is Mon 21 Dec, 'fri' is Fri 27 Nov.\n"
    )
    found = shown(acme)
    assert found["touchpoints"][0]["note"] == "they lose two days a week"
    row = found["deal"]
    assert (row["stage"], row["value"], row["expected_close"]) == ("qualification", 15000, "2026-12-21")
    assert (row["next_step"], row["next_step_due"]) == ("Send the offer", "2026-11-27")
    (move,) = [one for one in found["moves"] if one["to_stage"] == "qualification"]
    assert {one["id"]: one["evidence"] for one in move["criteria_met"]}["problem"] == "their words"
    assert last(acme)["summary"] == (
        "logged call out on Acme: workshop; confirmed prospecting.problem; budget=yes, need=yes; "
        "value set to 15,000 EUR; close set to 21 Dec; Prospecting -> Qualification"
    )
    assert acme("undo").code == 0
    assert record(acme) == before


def test_refused_to_advance_the_rest_is_kept_and_the_checklist_says_what_is_missing(acme: Run) -> None:
    before = record(acme)

    result = acme("log", "1", "email", "sent the questions", "-v", "9k", "--next", "fri", "Call", "--advance")

    assert result.code == 5
    lines = result.err.splitlines()
    assert lines[0] == ("Logged email (out) on 1, Acme: workshop. Value set to 9,000 EUR. Next: Call, due 2026-11-27.")
    assert lines[1] == "'fri' is Fri 27 Nov."
    assert lines[2].startswith("Saved, but not advanced. Deal 1, Acme: workshop, cannot leave Prospecting yet:")
    assert '        pipeline confirm 1 problem --evidence "how we know"' in lines
    assert "Then: pipeline advance 1" in lines
    assert (deal(acme)["value"], deal(acme)["stage"]) == (9000, "prospecting")
    assert acme("undo").code == 0
    assert record(acme) == before


def test_what_led_on_to_a_stage_proves_nothing_in_it(acme: Run, folder: Path) -> None:
    rules, begins = folder / "pipeline.yaml", "          - id: qualified\n"
    spoken = "          - {id: again, text: We spoke here, touchpoint: {kinds: [call]}}\n"
    rules.write_text(rules.read_text("utf-8").replace(begins, spoken + begins), "utf-8")
    assert acme("log", "1", "call", "--confirm", "problem", "-a").code == 0

    criteria = {one["id"]: one["met"] for one in shown(acme)["criteria"]}
    assert criteria["again"] is False

    acme("log", "1", "call", "here, in the same minute")
    assert {one["id"]: one["met"] for one in shown(acme)["criteria"]}["again"] is True


def test_a_deal_in_its_last_stage_or_closed_is_logged_and_not_advanced(acme: Run) -> None:
    acme("win", "1")

    result = acme("log", "1", "call", "thanks", "-a")

    assert result.code == 5
    assert result.err.splitlines()[1].startswith("Saved, but not advanced. Deal 1 is won")
    assert len(shown(acme)["touchpoints"]) == 1


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["--confirm", "nonsense=x"], 2, "There is no exit criterion 'nonsense'"),
        (["--confirm", "problem= "], 2, "The evidence is empty"),
        (["--confirm", "spoken"], 5, "spoken is judged from the record"),
        (["--set", "budget=perhaps"], 2, "--set budget=perhaps: is no answer"),
        (["--set", "colour=yes"], 2, "There is no qualification question 'colour'"),
        (["-v", "lots"], 2, "'lots' is not an amount"),
        (["-v", "1.234"], 2, "1.234 may be 1234 or 1.23"),
        (["--close", "2026-02-30"], 2, "'2026-02-30' does not exist"),
        (["-n", "someday", "Call"], 2, "'someday' is not a date"),
        (["-n", "fri", " "], 2, "The next step is empty"),
        (["-n", "fri"], 2, "-n needs 2 values"),
        (["--note", "x", "--done"], 2, "--note corrects a touchpoint"),
    ],
)
def test_a_wrong_word_changes_nothing(acme: Run, words: list[str], code: int, said: str) -> None:
    before = record(acme)

    result = acme("log", "1", "call", "spoke", "-v", "9k", *words)

    assert (result.code, len(result.err.splitlines())) == (code, 1)
    assert result.err.startswith(said)
    assert record(acme) == before


def test_done_needs_a_next_step_and_a_closed_deal_keeps_its_close_date(acme: Run) -> None:
    acme("done", "1")
    assert acme("log", "1", "call", "--done").err == (
        "Deal 1 has no next step that could be done: leave --done away.\n"
    )
    acme("win", "1")
    assert acme("log", "1", "call", "--close", "30d").code == 5
    assert shown(acme)["touchpoints"] == []


def test_what_belongs_to_a_new_touchpoint_is_refused_with_a_correction(acme: Run) -> None:
    acme("log", "1", "call")
    before = record(acme)

    for words in (["-a"], ["--done"], ["-v", "9k"], ["--confirm", "problem"], ["--write"], ["--close", "30d"]):
        result = acme("log", "1", "--change", "1", *words)
        assert (result.code, len(result.err.splitlines())) == (2, 1), words
        assert "belongs to a new touchpoint" in result.err

    assert record(acme) == before


@pytest.mark.parametrize(("kind", "note"), [("call", None), ("email", "told Ann to call, called twice")])
def test_a_touchpoint_that_looks_like_the_due_step_says_how_it_is_closed(
    acme: Run, kind: str, note: str | None
) -> None:
    acme("next", "1", "2026-11-21", "Call Ann twice" if note else "Call Ann")

    result = acme("log", "1", kind, *([note] if note else []))

    assert "was due 2026-11-21. If that is done: pipeline done 1" in result.err
    assert deal(acme)["next_step"] is not None


@pytest.mark.parametrize("words", [["call", "--no-answer"], ["email", "--in"], ["meeting"], ["call", "--not-done"]])
def test_what_is_not_the_due_step_says_nothing_of_it(acme: Run, words: list[str]) -> None:
    assert "was due" not in acme("log", "1", *words).err
    assert deal(acme)["next_step"] == "Call Ann"


@pytest.mark.parametrize(("answer", "step"), [("", None), ("y", None), ("n", "Call Ann")])
def test_on_a_terminal_it_asks_whether_the_due_step_is_done(
    acme: Run, folder: Path, answer: str, step: str | None
) -> None:
    with Terminal(folder, "log", "1", "call", "spoke") as terminal:
        terminal.wait_for("Call Ann, due 2026-11-21: is that done? [Y/n] ")
        terminal.type(answer)
        assert terminal.finish() == 0

    assert deal(acme)["next_step"] == step
    assert len(shown(acme)["touchpoints"]) == 1


def test_with_done_or_not_done_nothing_is_asked(acme: Run, folder: Path) -> None:
    with Terminal(folder, "log", "1", "call", "spoke", "--not-done") as terminal:
        assert terminal.finish() == 0
    assert deal(acme)["next_step"] == "Call Ann"

    with Terminal(folder, "log", "1", "call", "spoke", "--done") as terminal:
        assert terminal.finish() == 0
    assert deal(acme)["next_step"] is None


# the words of a text


@pytest.mark.parametrize(
    ("line", "note", "step"),
    [
        ("call They like it", "They like it", "Call Ann"),
        ("call They like it --next fri Send the offer", "They like it", "Send the offer"),
        ("call --next fri Send the offer --in", None, "Send the offer"),
        ("call -i They like it -v 9k", "They like it", "Call Ann"),
        ("call --outcome left a message --next last friday Try again", None, "Try again"),
        ("call - then nothing", "- then nothing", "Call Ann"),
        ("call -- -5% they said -v 9k", "-5% they said -v 9k", "Call Ann"),
        ("call --at yesterday 09:15 They like it", "They like it", "Call Ann"),
        ("call They like it -t -3d", "They like it", "Call Ann"),
    ],
)
def test_a_text_needs_no_quotes(acme: Run, line: str, note: str | None, step: str) -> None:
    assert acme("log", "1", *line.split()).code == 0

    assert shown(acme)["touchpoints"][0]["note"] == note
    assert deal(acme)["next_step"] == step


def test_a_quoted_text_ends_where_its_quotes_end(acme: Run) -> None:
    assert acme("log", "1", "call", "--next", "fri", "Call", "They like it").code == 0
    assert acme("log", "1", "call", "--next", "fri", "Send it", "They", "like", "it").code == 0

    assert [one["note"] for one in shown(acme)["touchpoints"]] == ["They like it", "They like it"]


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("call They like it --done very much", "'very' stands apart from 'They like it':"),
        ("call offered -5%", "`pipeline log` has no option '-5': a text that begins with - goes after --;"),
    ],
)
def test_words_that_may_belong_elsewhere_are_refused(acme: Run, line: str, said: str) -> None:
    before = record(acme)

    result = acme("log", "1", *line.split())

    assert (result.code, len(result.err.splitlines())) == (2, 1)
    assert result.err.startswith(said)
    assert record(acme) == before


@pytest.mark.parametrize("text", ["[b]=1+1[/] 👍?", "one\ntwo", "x" * 10_000, "2031-01-02"])
def test_a_pipe_feeds_the_note(acme: Run, text: str) -> None:
    assert acme("log", "1", "meeting", "-", typed=f"{text}\n").code == 0

    assert shown(acme)["touchpoints"][0]["note"] == text


@pytest.mark.parametrize(("typed", "code"), [("", 2), (" \n", 2), ("x" * 100_001, 2)])
def test_an_empty_pipe_and_a_whole_file_are_refused(acme: Run, typed: str, code: int) -> None:
    result = acme("log", "1", "meeting", "-", typed=typed)

    assert (result.code, len(result.err.splitlines())) == (code, 1)
    assert shown(acme)["touchpoints"] == []


def test_a_pipe_that_is_no_utf_8_is_refused(acme: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    class Piped(io.StringIO):
        buffer = io.BytesIO(b"\xff\xfe caf\xe9")

    from pipeline_cli.cli import main

    monkeypatch.setattr(sys, "stdin", Piped())
    assert main(["log", "1", "call", "-"]) == 2
    assert shown(acme)["touchpoints"] == []


def editor(folder: Path, script: str) -> dict[str, str]:
    path = folder / "editor.sh"
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o700)
    return {"EDITOR": str(path)}


def test_the_editor_writes_the_note_beginning_with_what_was_typed(acme: Run, folder: Path) -> None:
    with Terminal(
        folder, "log", "1", "meeting", "They like it", "--write", variables=editor(folder, 'echo "and more" >> "$1"')
    ) as terminal:
        assert terminal.finish() == 0

    assert shown(acme)["touchpoints"][0]["note"] == "They like it\nand more"


def test_an_empty_editor_logs_nothing_and_a_refused_line_keeps_what_was_written(acme: Run, folder: Path) -> None:
    with Terminal(folder, "log", "1", "meeting", "--write", variables=editor(folder, "exit 0")) as terminal:
        assert terminal.finish() == 2
    with Terminal(
        folder, "log", "99", "meeting", "--write", variables=editor(folder, 'echo "long words" > "$1"')
    ) as terminal:
        assert terminal.finish() == 4

    assert (folder / "note.edited.md").read_text() == "long words\n"
    assert shown(acme)["touchpoints"] == []
    assert acme("log", "1", "meeting", "--write").code == 5, "there is no terminal"
