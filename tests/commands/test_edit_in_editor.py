"""`edit DEAL` on a terminal: the deal's fields as a text in an editor, whose changes are one operation."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from pipeline_cli.domain.deal.typed import KEYS, read_deal_text
from pipeline_cli.domain.errors import UsageError
from tests.conftest import Run
from tests.terminal import Terminal

Editor = Callable[[str], dict[str, str]]


@pytest.fixture
def editor(tmp_path_factory: pytest.TempPathFactory) -> Editor:
    """`editor("text = text.replace('3', '4')")`: the variables under which an editor does that to the text."""
    folder = tmp_path_factory.mktemp("editor")

    def make(change: str) -> dict[str, str]:
        script = folder / "my editor.py"
        script.write_text(
            "import os, pathlib, sys\npath = pathlib.Path(sys.argv[-1])\n"
            "text = path.read_text('utf-8')\n"
            f"seen = pathlib.Path({str(folder / 'seen')!r})\n"
            "mode = oct(path.stat().st_mode & 0o777) + oct(path.parent.stat().st_mode & 0o777)\n"
            "seen.write_text((seen.read_text() if seen.exists() else '') + f'{mode} {sys.argv[1:-1]} {path}\\n' + text)\n"
            f"{change}\npath.write_text(text, 'utf-8')\n"
        )
        return {"EDITOR": f"{sys.executable} '{script}' --wait", "SEEN": str(folder / "seen")}

    return make


@pytest.fixture
def record(pipeline: Run) -> Run:
    pipeline(
        "add", "Acme: workshop", "--org", "Acme", "--value", "12k", "--close", "30d", "--field", "industry=software"
    )
    return pipeline


def test_what_is_changed_in_the_editor_is_one_operation(record: Run, folder: Path, editor: Editor) -> None:
    variables = editor(
        "text = text.replace('12000.00', '15k').replace('title: Acme: workshop', 'title: Acme: two days')"
        ".replace('software', 'steel').replace('owner:', 'owner: Kim').replace('close: 2026-12-21', 'close:')"
    )
    with Terminal(folder, "edit", "acme", variables=variables) as terminal:
        assert terminal.finish() == 0
        assert "Changed 1, Acme: two days: title Acme: workshop -> Acme: two days" in " ".join(terminal.lines)

    deal = record("show", "1", "--json").json
    assert (deal["deal"]["title"], deal["deal"]["value"], deal["deal"]["expected_close"]) == (
        "Acme: two days",
        15000,
        None,
    )
    assert deal["fields"] | {"industry": "steel"} == deal["fields"]
    assert record("undo").code == 0
    assert record("show", "1", "--json").json["deal"]["title"] == "Acme: workshop"


def test_the_copy_is_private_and_gone_afterwards(record: Run, folder: Path, editor: Editor) -> None:
    variables = editor("")
    with Terminal(folder, "edit", "1", variables=variables) as terminal:
        assert terminal.finish() == 0
        assert terminal.lines == ["Nothing was changed."]

    first, *text = Path(variables["SEEN"]).read_text().splitlines()
    assert first.startswith("0o6000o700 ['--wait'] ")
    assert not Path(first.split()[-1]).parent.exists()
    assert "title: Acme: workshop" in text
    assert "field industry: software" in text
    assert len(record("history", "--json").rows) == 1


def test_a_mistake_is_told_and_the_text_comes_back_with_it_on_top(record: Run, folder: Path, editor: Editor) -> None:
    variables = editor("text = text.replace('many', '9k') if 'many' in text else text.replace('12000.00 EUR', 'many')")
    with Terminal(folder, "edit", "1", variables=variables) as terminal:
        terminal.wait_for("Edit it again? [Y/n]")
        assert "'many' is not an amount" in terminal.shown
        terminal.type("")
        assert terminal.finish() == 0

    assert "# ! 'many' is not an amount" in Path(variables["SEEN"]).read_text()
    assert record("show", "1", "--json").json["deal"]["value"] == 9000


@pytest.mark.parametrize("wrong", ["titel: x", "title: a\\ntitle: b", "no colon here", "title:", "probability: 120"])
def test_giving_up_changes_nothing_and_keeps_what_was_typed(
    record: Run, folder: Path, editor: Editor, wrong: str
) -> None:
    with Terminal(folder, "edit", "1", variables=editor(f"text = '{wrong}'")) as terminal:
        terminal.wait_for("Edit it again? [Y/n]")
        terminal.type("n")
        assert terminal.finish() == 0
        assert "What you typed is kept in deal-1.edited.yaml." in " ".join(terminal.lines)

    kept = folder / "deal-1.edited.yaml"
    assert (kept.read_text("utf-8"), kept.stat().st_mode & 0o777) == (wrong.replace("\\n", "\n"), 0o600)
    assert len(record("history", "--json").rows) == 1


def test_breaking_off_at_the_question_keeps_it_too(record: Run, folder: Path, editor: Editor) -> None:
    with Terminal(folder, "edit", "1", variables=editor("text = 'titel: x'")) as terminal:
        terminal.wait_for("Edit it again? [Y/n]")
        terminal.press_control_c()
        assert terminal.finish() == 130

    assert (folder / "deal-1.edited.yaml").read_text("utf-8") == "titel: x"


@pytest.mark.parametrize(
    ("name", "said"),
    [("false", "The editor ended with 1: nothing was changed."), ("no-such-editor", "cannot be started")],
)
def test_an_editor_that_fails_changes_nothing(record: Run, folder: Path, name: str, said: str) -> None:
    with Terminal(folder, "edit", "1", variables={"VISUAL": name, "EDITOR": "true"}) as terminal:
        assert terminal.finish() != 0
        assert said in terminal.shown


def test_an_editor_that_leaves_no_file_changes_nothing(record: Run, folder: Path) -> None:
    for change, said in (("rm $0", "removed the text"), ("rm $0; mkdir $0", "cannot be read (is a directory)")):
        with Terminal(folder, "edit", "1", variables={"EDITOR": f"sh -c '{change}'"}) as terminal:
            assert terminal.finish() == 5
            assert said in " ".join(terminal.lines)
    assert len(record("history", "--json").rows) == 1


def test_without_an_editor_or_a_terminal_it_says_what_to_type(record: Run, folder: Path) -> None:
    assert record("edit", "1").err.startswith("There is nothing to change: name a field")
    with Terminal(folder, "edit", "1", variables={"VISUAL": "", "EDITOR": " "}) as terminal:
        assert terminal.finish() == 2
        assert "or set EDITOR to see them all" in " ".join(terminal.lines)


def test_an_unknown_field_is_guessed() -> None:
    with pytest.raises(UsageError, match="did you mean title"):
        read_deal_text("titel: x\n")
    assert read_deal_text("\n# note\n" + "".join(f"{key}: 1\n" for key in KEYS)) == dict.fromkeys(KEYS, "1")


def test_tags_and_links_are_lines_of_their_own(record: Run, folder: Path, editor: Editor) -> None:
    (folder / "my offer.pdf").write_text("x")
    record("edit", "1", "--tag", "event", "--link", "https://acme.example", "--link", "my offer.pdf")
    variables = editor(
        "text = text.replace('tags: event', 'tags: vip fair')"
        ".replace('links: https://acme.example | my offer.pdf', 'links: my offer.pdf | mailto:ann@acme.example')"
    )
    with Terminal(folder, "edit", "acme", variables=variables) as terminal:
        assert terminal.finish() == 0

    deal = record("show", "1", "--json").json["deal"]
    assert (deal["tags"], deal["links"]) == (["vip", "fair"], ["my offer.pdf", "mailto:ann@acme.example"])
