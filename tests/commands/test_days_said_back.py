"""A day that was not typed in ISO is said back with its weekday, once; 2026-11-21 is a Saturday."""

from __future__ import annotations

import pytest

from tests.conftest import Run


@pytest.fixture
def acme(pipeline: Run) -> Run:
    """Two deals, the first with a next step."""
    for name in ("Acme", "Beta"):
        assert pipeline("add", f"{name}: workshop", "--value", "12k", today="2026-11-01").code == 0
    assert pipeline("next", "1", "2026-11-25", "Call", today="2026-11-01").code == 0
    return pipeline


def last_line(run: Run, *words: str) -> str:
    result = run(*words)
    assert result.code == 0, result.err
    return result.err.splitlines()[-1]


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("add Cora: audit --close 30d", "'30d' is Mon 21 Dec."),
        ("add Cora: audit --at yesterday -n fri Call Ann", "'fri' is Fri 27 Nov, 'yesterday' is Fri 20 Nov."),
        (
            "log 1 call they agreed -t yesterday --close eom -n 2w Send it",
            "'yesterday' is Fri 20 Nov, 'eom' is Mon 30 Nov, '2w' is Sat 5 Dec.",
        ),
        ("log 1 call --at 20 Nov 14:30", "'20 Nov' is Fri 20 Nov."),
        ("log 1 call --at fri", "'fri' is Fri 20 Nov."),
        ("next 1 fri send the offer", "'fri' is Fri 27 Nov."),
        ("next 1 in 3 weeks", "'in 3 weeks' is Sat 12 Dec."),
        ("next 1 2 4. Dec. send it", "'4. Dec.' is Fri 4 Dec."),
        ("snooze 1 2 3w board meets then", "'3w' is Sat 12 Dec."),
        ("edit 1 --close 1 Feb", "'1 Feb' is Mon 1 Feb 2027."),
        ("lose 1 --reason price --again 6m ask again", "'6m' is Fri 21 May 2027."),
        ("win 1 --check-in 90d --renewal 1y", "'90d' is Fri 19 Feb 2027, '1y' is Sun 21 Nov 2027."),
        ("advance 1 --force --reason x --at yesterday", "'yesterday' is Fri 20 Nov."),
        ("list --as-of yesterday --json", "'yesterday' is Fri 20 Nov."),
        ("search call --since mon", "'mon' is Mon 16 Nov."),
        ("funnel --from 2 weeks ago", "'2 weeks ago' is Sat 7 Nov."),
    ],
)
def test_a_day_is_said_back_with_its_weekday(acme: Run, line: str, said: str) -> None:
    assert said in last_line(acme, *line.split())


@pytest.mark.parametrize(
    "line",
    [
        "add Cora: audit --close 2026-12-21 -n 2026-12-04 Call Ann",
        "log 1 call --at 14:30",
        "log 1 call",
        "next 1 2026-12-04 send the offer",
        "snooze 1 2026-12-04",
        "snooze 1 today",
        "win 1",
        "list --as-of 2026-11-20 --json",
    ],
)
def test_one_that_was_typed_in_iso_is_not(acme: Run, line: str) -> None:
    result = acme(*line.split(), today="2026-11-21T18:00")
    assert result.code == 0, result.err
    assert "' is " not in result.err


def test_it_is_said_once_and_not_of_a_command_that_was_refused(acme: Run) -> None:
    assert acme("log", "1", "call", "--close", "fri", "-n", "fri", "Call").err.count("'fri' is Fri 27 Nov") == 1
    refused = acme("next", "9", "fri", "Call")
    assert refused.code == 4
    assert "' is " not in refused.err


def test_it_is_said_of_what_was_saved_but_not_advanced(acme: Run) -> None:
    result = acme("log", "1", "call", "-n", "fri", "Call", "-a")
    assert result.code == 5
    assert "'fri' is Fri 27 Nov." in result.err


def test_an_emptied_date_has_no_day(acme: Run) -> None:
    assert acme("edit", "1", "--close", "2026-12-01").code == 0
    assert "' is " not in acme("edit", "1", "--close", "").err
