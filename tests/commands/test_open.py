"""`open`: a link of a deal, handed to the program of the system as one argument; and what may be a link."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tests.conftest import Run

PROGRAM = "open" if sys.platform == "darwin" else "xdg-open"


@pytest.fixture
def opened(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Each argument that the program of the system was given, a line each."""
    folder = tmp_path_factory.mktemp("programs")
    kept = folder / "opened"
    kept.touch()
    program = folder / PROGRAM
    program.write_text(f'#!/bin/sh\nfor one in "$@"; do printf "%s\\n" "$one" >> {kept}; done\n')
    program.chmod(0o700)
    monkeypatch.setenv("PATH", str(folder))
    return kept


@pytest.mark.parametrize(
    "link", ["https://acme.example/offer?id=7&lang=de", "http://acme.example", "mailto:ann@acme.example"]
)
def test_an_address_is_opened_as_it_stands(pipeline: Run, opened: Path, link: str) -> None:
    assert pipeline("add", "Acme: workshop", "--link", link).code == 0

    result = pipeline("open", "acme")
    assert (result.code, result.out, result.err) == (0, "", f"Opened {link}.\n")
    assert opened.read_text() == f"{link}\n"


def test_no_shell_reads_what_is_opened(pipeline: Run, opened: Path, folder: Path) -> None:
    link = "https://acme.example/$(touch${IFS}owned);&|'"
    assert pipeline("add", "Acme", "--link", link).code == 0

    assert pipeline("open", "1").code == 0
    assert opened.read_text() == f"{link}\n"
    assert not (folder / "owned").exists()


def test_a_file_is_kept_from_the_folder_of_the_record_and_opened_by_its_whole_path(
    pipeline: Run, opened: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "offers").mkdir()
    (folder / "offers" / "-first offer.pdf").write_text("x")
    pipeline("add", "Acme")
    monkeypatch.chdir(folder / "offers")
    config = str(folder / "pipeline.yaml")
    assert pipeline("--config", config, "edit", "1", "--link", "./-first offer.pdf").code == 0
    assert pipeline("--config", config, "show", "1", "--json").json["deal"]["links"] == ["offers/-first offer.pdf"]

    monkeypatch.chdir(folder)
    assert pipeline("open", "1").code == 0
    assert opened.read_text() == f"{folder / 'offers' / '-first offer.pdf'}\n"


def test_one_of_several_is_opened_by_its_number(pipeline: Run, opened: Path) -> None:
    links = [f"https://acme.example/{page}" for page in "abc"]
    pipeline("add", "Acme", *(word for link in links for word in ("--link", link)))

    assert "`pipeline open 1 2` opens the next of 3" in pipeline("open", "1").err
    assert pipeline("open", "1", "3").err == f"Opened {links[2]}.\n"
    assert opened.read_text().split() == [links[0], links[2]]
    for number in ("4", "0", "x"):
        result = pipeline("open", "1", number)
        assert result.code == 2
        assert f"Deal 1 has no link '{number}'; it has\n  1  {links[0]}\n" in result.err


def test_where_nothing_can_open_it_it_says_where_it_leads(
    pipeline: Run, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pipeline("add", "Acme", "--link", "https://acme.example")
    monkeypatch.setenv("PATH", str(folder))

    result = pipeline("open", "1")
    assert (result.code, result.out, result.err) == (
        0,
        "https://acme.example\n",
        "Nothing here opens it: copy it from above.\n",
    )


def test_a_deal_without_a_link_and_a_file_that_is_gone_are_refused(pipeline: Run, opened: Path, folder: Path) -> None:
    (folder / "offer.pdf").write_text("x")
    pipeline("add", "Acme", "--link", "offer.pdf")
    pipeline("add", "Borg")
    (folder / "offer.pdf").unlink()

    gone = pipeline("open", "1")
    assert (gone.code, gone.err) == (
        5,
        "The file offer.pdf is not there any more: link it anew, or `--unlink` it.\n",
    )
    none = pipeline("open", "2")
    assert (none.code, none.err) == (
        5,
        "Deal 2 has no link: `pipeline edit 2 --link https://…` gives it one.\n",
    )
    assert opened.read_text() == ""


@pytest.mark.parametrize(
    "link",
    [
        "javascript:alert(1)",
        "JavaScript:alert(1)",
        "file:///etc/passwd",
        "file://elsewhere.example/share",
        "data:text/html,x",
        "ftp://acme.example",
        "vbscript:x",
        "https://",
        "https:///path",
        "https:acme.example",
        "https://acme.example@evil.example/",
        "https://acme.example/a b",
        "https://acme.example\\evil",
        "mailto:",
        "www.acme.example",
        "no such file.pdf",
        "",
        "https://acme.example/\x1b[31m",
        "https://acme.example/a\nb",
        "https://acme.example/\u202egpj.exe",
        "~nobody-of-that-name/offer.pdf",
        "a" * 5000,
    ],
)
@pytest.mark.parametrize("command", [["add", "Borg"], ["edit", "1"]])
def test_what_would_not_be_opened_is_refused_in_one_sentence_and_nothing_changed(
    pipeline: Run, command: list[str], link: str
) -> None:
    pipeline("add", "Acme")
    before = pipeline("list", "--json").out

    result = pipeline(*command, "--link", link)
    assert (result.code, len(result.err.splitlines())) == (2, 1), result.err
    assert pipeline("list", "--json").out == before
