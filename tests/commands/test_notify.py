"""`today --notify`: each step that is due is told once, by the program of the desktop that there is."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.commands.reading import record
from tests.conftest import Run

Told = Callable[[], list[list[str]]]


@pytest.fixture
def desktop(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An otherwise empty PATH."""
    programs = tmp_path_factory.mktemp("programs")
    monkeypatch.setenv("PATH", str(programs))
    return programs


def install(desktop: Path, name: str, code: int = 0) -> Told:
    """A program of that name, and what it was called with since it was last asked."""
    log = desktop / f"{name}.log"
    script = desktop / name
    script.write_text(
        f"#!/bin/sh\nfor word in \"$@\"; do printf '%s\\037' \"$word\" >> '{log}'; done\n"
        f"printf '\\036' >> '{log}'\necho 'no display' >&2\nexit {code}\n"
    )
    script.chmod(0o700)

    def told() -> list[list[str]]:
        calls = log.read_text("utf-8").split("\x1e")[:-1] if log.exists() else []
        log.unlink(missing_ok=True)
        return [call.split("\x1f")[:-1] for call in calls]

    return told


@pytest.fixture
def told(desktop: Path) -> Told:
    return install(desktop, "notify-send")


@pytest.fixture
def acme(pipeline: Run) -> Run:
    pipeline("add", "Acme & Co: workshop")
    pipeline("next", "1", "2026-11-23 14:30", "Demo")
    pipeline("next", "1", "2026-11-23", "Send the offer")
    return pipeline


def titles(calls: list[list[str]]) -> list[str]:
    return [call[-2] for call in calls]


def test_a_step_with_a_time_is_told_when_its_reminder_comes_and_once(acme: Run, told: Told) -> None:
    quiet = (0, "", "")
    assert acme("today", "--notify", today="2026-11-22T23:00") == quiet
    assert told() == []
    assert acme("today", "--notify", today="2026-11-23T08:00") == quiet
    assert titles(told()) == ["Today: Send the offer"]
    assert acme("today", "--notify", today="2026-11-23T14:14") == quiet
    assert told() == []
    assert acme("today", "--notify", today="2026-11-23T14:15") == quiet
    assert told() == [["--app-name=pipeline", "--", "14:30: Demo", "Acme &amp; Co: workshop: pipeline show 1"]]
    for later in ("2026-11-23T14:15", "2026-11-23T15:00", "2026-11-24T09:00", "2026-12-24T09:00"):
        assert acme("today", "--notify", today=later) == quiet
    assert told() == []


def test_its_own_reminder_goes_before_that_of_pipeline_yaml(acme: Run, told: Told, folder: Path) -> None:
    acme("next", "1", "2026-11-25 9:00", "Ring", "--remind", "2h")
    acme("done", "1.1", "1.2")
    assert acme("today", "--notify", today="2026-11-25T06:59").code == 0
    assert told() == []
    acme("today", "--notify", today="2026-11-25T07:00")
    assert titles(told()) == ["09:00: Ring"]
    rules = folder / "pipeline.yaml"
    rules.write_text(rules.read_text("utf-8") + "\nremind: 1h\n", "utf-8")
    acme("next", "1", "2026-11-25 12:00", "Eat")
    acme("today", "--notify", today="2026-11-25T11:00")
    assert titles(told()) == ["12:00: Eat"]


def test_it_is_told_again_at_another_time_and_not_after_an_undo(acme: Run, told: Told) -> None:
    acme("today", "--notify", today="2026-11-23T15:00")
    assert len(told()) == 2
    acme("done", "1", today="2026-11-23T15:00")
    acme("undo", today="2026-11-23T15:00")
    acme("today", "--notify", today="2026-11-23T15:01")
    assert told() == []
    acme("next", "1", "2026-11-24", today="2026-11-23T15:02")
    acme("today", "--notify", today="2026-11-24T15:00")
    assert titles(told()) == ["14:30: Demo"]


def test_it_changes_nothing_in_the_record(acme: Run, told: Told, folder: Path) -> None:
    before, content = record(acme), (folder / "pipeline.db").read_bytes()
    acme("today", "--notify", today="2026-11-23T15:00")
    assert len(told()) == 2
    assert (record(acme), (folder / "pipeline.db").read_bytes()) == (before, content)


def test_forty_overdue_ones_are_five_notices(pipeline: Run, told: Told) -> None:
    pipeline("add", "Acme")
    for number in range(40):
        pipeline("next", "1", "2026-11-20", f"Step {number}")
    assert pipeline("today", "--notify").code == 0
    calls = titles(told())
    assert (len(calls), calls[0], calls[-1]) == (5, "Overdue since 20 Nov: Step 0", "36 more steps due")
    pipeline("today", "--notify")
    assert told() == []


def test_a_deal_that_sleeps_is_silent_but_for_what_was_planned_then(pipeline: Run, told: Told) -> None:
    pipeline("add", "Acme", today="2026-11-01")
    pipeline("next", "1", "2026-11-20", "Old", today="2026-11-01")
    pipeline("snooze", "1", "60d", today="2026-11-02")
    pipeline("next", "1", "2026-11-21", "New", today="2026-11-03")
    pipeline("today", "--notify")
    assert titles(told()) == ["Today: New"]


def test_a_step_of_a_won_deal_is_told_too(pipeline: Run, told: Told) -> None:
    pipeline("add", "Acme")
    pipeline("win", "1", "--next", "today", "Send the invoice")
    pipeline("today", "--notify")
    assert titles(told()) == ["Today: Send the invoice"]


EVIL = '\'; touch hacked; $(touch hacked) `touch hacked` \\n <b>&amp; "x" -e [/] 🎉 =1+1'


@pytest.mark.parametrize("name", ["notify-send", "osascript", "terminal-notifier"])
def test_any_text_is_an_argument_and_nothing_else(pipeline: Run, desktop: Path, folder: Path, name: str) -> None:
    told = install(desktop, name)
    pipeline("add", EVIL)
    pipeline("next", "1", "today", EVIL)
    assert pipeline("today", "--notify").code == 0
    (call,) = told()
    assert [f"Today: {EVIL}" in call, (folder / "hacked").exists()] == [True, False]
    if name == "notify-send":
        assert "&lt;b&gt;&amp;amp;" in call[-1]
        assert "\\\\n" in call[-1]


def test_without_a_program_it_says_what_to_do(acme: Run, desktop: Path) -> None:
    result = acme("today", "--notify")
    assert (result.code, len(result.err.splitlines())) == (3, 1)
    assert "none of notify-send, osascript and terminal-notifier: install one" in result.err


def test_one_that_fails_is_told_of_and_the_step_is_told_later(acme: Run, desktop: Path) -> None:
    install(desktop, "notify-send", code=1)
    result = acme("today", "--notify", today="2026-11-23T15:00")
    assert (result.code, "notify-send: no display" in result.err) == (3, True)
    other = install(desktop, "terminal-notifier")
    assert acme("today", "--notify", today="2026-11-23T15:00").code == 0
    assert len(other()) == 2


def test_where_it_cannot_be_kept_what_was_told_nothing_is(
    acme: Run, told: Told, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", "/dev/null")
    result = acme("today", "--notify", today="2026-11-23T15:00")
    assert (result.code, len(result.err.splitlines()), told()) == (3, 1, [])


def test_what_was_told_may_be_lost_or_broken(acme: Run, told: Told, a_home_of_its_own: Path) -> None:
    acme("today", "--notify", today="2026-11-23T15:00")
    kept = a_home_of_its_own / ".local/state/pipeline/notified.json"
    assert kept.stat().st_mode & 0o777 == 0o600
    kept.write_bytes(b"\xff{")
    told()
    assert acme("today", "--notify", today="2026-11-23T15:00").code == 0
    assert len(told()) == 2


@pytest.mark.parametrize(
    "more", [["--json"], ["--count"], ["--stage", "proposal"], ["--all"], ["--as-of", "yesterday"]]
)
def test_it_goes_with_no_other_option(acme: Run, told: Told, more: list[str]) -> None:
    assert acme("today", "--notify", *more).code == 2
    assert told() == []


def test_an_empty_record_is_quiet(pipeline: Run, told: Told) -> None:
    assert pipeline("today", "--notify") == (0, "", "")
    assert told() == []
