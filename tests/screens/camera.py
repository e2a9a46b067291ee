"""Takes the screens: what each report looks like on the sample data, as text at 80 and 120 columns and as a picture.

`python -m tests.screens.camera` takes all of them anew; look at the difference before it is committed.
"""

from __future__ import annotations

import html
import io
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from tests.terminal import Terminal

TODAY = "2026-11-20T10:00:00+00:00"
"""The day the sample data ends on."""
WIDTHS = (80, 120)
PICTURE_WIDTH = 90
KEPT = Path(__file__).parent
SAMPLE_DATA = KEPT.parents[1] / "sample_data"

SCREENS = {
    "health": ["health"],
    "funnel": ["funnel"],
    "funnel-plot": ["funnel", "--plot"],
    "forecast": ["forecast"],
    "forecast-plot": ["forecast", "--plot"],
    "today": ["today"],
    "review": ["review"],
    "board": ["board"],
    "show": ["show", "115"],
    "list": ["list", "flag=stuck"],
    "prune": ["prune", "--dry-run"],
    "advance": ["advance", "80"],
    "qualify": ["qualify", "148"],
}
TYPED = {
    "qualify": [("a way to get it?", "yes"), ("How do you know?", "the CFO said 20k"), ("how to reach them?", None)]
}
"""Screens taken in mid-conversation: what is waited for, and what somebody answers then (None: the picture is taken)."""


@contextmanager
def sample_pipeline() -> Iterator[Path]:
    """A folder with the sample data in it, as `pipeline demo` makes one."""
    with tempfile.TemporaryDirectory(prefix="pipeline-screens-") as name:
        folder = Path(name).resolve()
        files = [f"--{name}={SAMPLE_DATA / name}.csv" for name in ("moves", "touchpoints", "contacts")]
        for words in (["init"], ["import", f"{SAMPLE_DATA / 'deals'}.csv", *files]):
            _run_without_terminal(folder, words)
        yield folder


def _run_without_terminal(folder: Path, words: list[str]) -> None:
    environ = {**os.environ, **_variables(folder), "PYTHONPATH": str(KEPT.parents[1])}
    program = [sys.executable, "-m", "pipeline_cli", *words]
    subprocess.run(program, cwd=folder, env=environ, stdin=subprocess.DEVNULL, capture_output=True, check=True)


def _variables(folder: Path) -> dict[str, str]:
    home = str(folder / "home")
    return {
        "HOME": home,
        "XDG_CACHE_HOME": home,
        "XDG_CONFIG_HOME": home,
        "TZ": "UTC",
        "LANG": "C.UTF-8",
        "PIPELINE_TODAY": TODAY,
        "PAGER": "",
        "PIPELINE_PAGER": "cat",
    }


def take_screen(folder: Path, name: str, width: int, *, color: bool = False) -> str:
    return take(folder, SCREENS[name], width, TYPED.get(name, ()), color=color)


def take(
    folder: Path, words: list[str], width: int, typed: Sequence[tuple[str, str | None]] = (), *, color: bool = False
) -> str:
    """What stands on a terminal of that width after a command, stdout and stderr as they come."""
    variables = {**_variables(folder), "NO_COLOR": "" if color else "1"}
    shown = ""
    with Terminal(folder, *words, columns=width, variables=variables) as terminal:
        for awaited, answer in typed:
            shown += terminal.wait_for(awaited)
            if answer is None:
                break
            terminal.type(answer)
        else:
            terminal.finish()
            shown = terminal.shown
    lines = shown.replace("\r\n", "\n").replace(str(folder), ".").splitlines()
    return "\n".join(line.rstrip() for line in lines) + "\n"


def draw(name: str, shown: str) -> str:
    """A picture of a coloured screen, on light and dark pages alike, the same each time."""
    from rich.console import Console
    from rich.text import Text

    console = Console(
        record=True, width=PICTURE_WIDTH, file=io.StringIO(), force_terminal=True, color_system="standard"
    )
    console.print(Text.from_ansi(shown), crop=False, no_wrap=True)
    return console.export_svg(title=f"pipeline {' '.join(SCREENS[name])}", unique_id=name)


def words_of_picture(svg: str) -> list[str]:
    """What a picture shows, line by line, without its spaces."""
    lines: dict[float, list[str]] = {}
    for place, text in re.findall(r'<text class="[^"]*-r\d+" [^>]*y="([\d.]+)"[^>]*>([^<]*)</text>', svg):
        lines.setdefault(float(place), []).append(html.unescape(text))
    return ["".join("".join(lines[place]).split()) for place in sorted(lines)]


def take_all() -> None:
    with sample_pipeline() as folder:
        for name in SCREENS:
            for width in WIDTHS:
                (KEPT / f"{name}-{width}.txt").write_text(take_screen(folder, name, width), encoding="utf-8")
            snapshot = draw(name, take_screen(folder, name, PICTURE_WIDTH, color=True))
            (KEPT / f"{name}.svg").write_text(snapshot, encoding="utf-8")


if __name__ == "__main__":
    take_all()
