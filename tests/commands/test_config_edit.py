"""`config edit`: pipeline.yaml in an editor, saved only when it is valid."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.commands.test_edit_in_editor import Editor, editor
from tests.conftest import Run
from tests.terminal import Terminal

__all__ = ["editor"]


def test_a_valid_change_is_saved_as_it_was_typed_with_the_same_mode(
    pipeline: Run, folder: Path, editor: Editor
) -> None:
    rules = folder / "pipeline.yaml"
    rules.chmod(0o640)
    before = rules.read_text("utf-8")

    with Terminal(folder, "config", "edit", variables=editor("text = text.replace('20000', '30000')")) as terminal:
        assert terminal.finish() == 0
        assert "".join(terminal.lines).replace(" ", "") == "Savedpipeline.yaml."

    assert rules.read_text("utf-8") == before.replace("20000", "30000")
    assert rules.stat().st_mode & 0o777 == 0o640
    assert sorted(path.name for path in folder.iterdir()) == ["pipeline.db", "pipeline.yaml"]


def test_a_problem_is_shown_with_its_line_and_can_be_corrected(pipeline: Run, folder: Path, editor: Editor) -> None:
    rules = folder / "pipeline.yaml"
    toggle = "text = text.replace('curency', 'currency') if 'curency' in text else text.replace('currency', 'curency')"

    with Terminal(folder, "config", "edit", variables=editor(toggle + "\ntext += '# mine\\n'")) as terminal:
        terminal.wait_for("Edit it again? [Y/n]")
        assert "pipeline.yaml:9:1: `curency` is not a known key: did you mean `currency`?" in terminal.shown
        assert "# mine" not in rules.read_text("utf-8")
        terminal.type("y")
        assert terminal.finish() == 0

    assert rules.read_text("utf-8").endswith("# mine\n# mine\n")


def test_a_broken_file_can_be_mended_and_giving_up_leaves_it(pipeline: Run, folder: Path, editor: Editor) -> None:
    rules = folder / "pipeline.yaml"
    rules.write_text("version: [", "utf-8")

    with Terminal(folder, "config", "edit", variables=editor("text += ' # still'")) as terminal:
        terminal.wait_for("Edit it again? [Y/n]")
        terminal.type("n")
        assert terminal.finish() == 0

    assert rules.read_text("utf-8") == "version: ["
    assert (folder / "pipeline.edited.yaml").read_text("utf-8") == "version: [ # still"


def test_what_cannot_be_kept_beside_the_file_is_kept_elsewhere(
    pipeline: Run, folder: Path, editor: Editor, tmp_path_factory: pytest.TempPathFactory
) -> None:
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    variables = editor("text += '# still'") | {"TMPDIR": str(elsewhere)}
    rules = folder / f"{'r' * 250}.yaml"  # as long as names get: the one of the kept text would be longer
    rules.write_text("version: [", "utf-8")

    with Terminal(folder, "--config", rules.name, "config", "edit", variables=variables) as terminal:
        terminal.wait_for("Edit it again? [Y/n]")
        terminal.type("n")
        assert terminal.finish() == 0

    (kept,) = elsewhere.glob("*/*")
    assert kept.read_text("utf-8") == "version: [# still"
    assert kept.stat().st_mode & 0o777 == 0o600


def test_deals_that_would_lose_their_stage_are_named_before_it_is_saved(
    pipeline: Run, folder: Path, editor: Editor
) -> None:
    pipeline("add", "Acme")
    variables = editor("text = text.replace('id: prospecting', 'id: searching')")

    with Terminal(folder, "config", "edit", variables=variables) as terminal:
        terminal.wait_for("Save it all the same? [y/N]")
        assert "1 open deal (1) in the stage prospecting" in " ".join(terminal.lines)
        terminal.type("")
        terminal.wait_for("Edit it again? [Y/n]")
        terminal.type("n")
        assert terminal.finish() == 0

    assert "id: prospecting" in (folder / "pipeline.yaml").read_text("utf-8")


def test_a_file_that_changed_meanwhile_is_left_and_the_text_is_kept(
    pipeline: Run, folder: Path, editor: Editor
) -> None:
    rules = folder / "pipeline.yaml"
    other = f"text += '# mine\\n'\nother = pathlib.Path({str(rules)!r})\nother.write_text(other.read_text() + '# theirs\\n')"

    with Terminal(folder, "config", "edit", variables=editor(other)) as terminal:
        assert terminal.finish() == 5
        assert "was changed by another program meanwhile" in " ".join(terminal.lines)

    assert rules.read_text("utf-8").endswith("# theirs\n")
    assert (folder / "pipeline.edited.yaml").read_text("utf-8").endswith("# mine\n")


@pytest.mark.parametrize("variables", [{"EDITOR": "", "VISUAL": ""}])
def test_without_a_terminal_or_an_editor_it_says_what_to_do(
    pipeline: Run, folder: Path, variables: dict[str, str]
) -> None:
    result = pipeline("config", "edit")
    assert (result.code, result.err) == (
        5,
        f"An editor needs a terminal, and there is none: edit {folder}/pipeline.yaml with any program, then "
        "`pipeline check`.\n",
    )
    with Terminal(folder, "config", "edit", variables=variables) as terminal:
        assert terminal.finish() == 5
        assert "Set EDITOR" in terminal.shown
