"""Runs a day of commands against the oldest versions that pyproject.toml allows, in an environment of their own.

`python3 .ci/oldest.py` needs nothing but Python and pip. A bound that does not hold is raised in pyproject.toml.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
import tomllib
import venv
from collections.abc import Iterator
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parent.parent
ENVIRONMENT = REPOSITORY / ".venv-oldest"
PYTHON = ENVIRONMENT / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
SAMPLE = REPOSITORY / "sample_data"
DAY = "2026-11-20T10:00:00+00:00"

A_DAY = (
    ["demo"],
    ["init"],
    ["add", "Acme: workshop", "--org", "Acme", "--contact", "Ann Lee <ann@acme.example>", "--value", "12k"],
    ["log", "1", "call", "They lose two days a week", "--next", "tomorrow", "Send the summary"],
    ["confirm", "1", "problem", "--evidence", "the call"],
    ["advance", "1", "--force", "--reason", "a smoke test"],
    [
        "import",
        f"{SAMPLE / 'deals.csv'}",
        *(f"--{name}={SAMPLE / name}.csv" for name in ("moves", "touchpoints", "contacts")),
    ],
    ["check"],
    ["today"],
    ["health"],
    ["forecast"],
    ["forecast", "--json"],
    ["review"],
    ["board"],
    ["show", "1"],
    ["prune", "--dry-run"],
    ["export", "calendar"],
    ["undo"],
)
MAY_FIND = {"check": (0, 5)}
"""The sample record has its faults, which `check` is there to name."""


def oldest(requirements: list[str]) -> Iterator[tuple[str, str]]:
    """Each requirement of this machine with the lowest version it allows: `typer>=0.28,<0.29` is (typer, 0.28)."""
    for requirement in requirements:
        bound, _, marker = requirement.partition(";")
        lowest = re.fullmatch(r"\s*([\w.-]+)\s*>=\s*([\w.]+)\s*(?:,.*)?", bound)
        if lowest is None:
            raise SystemExit(f"pyproject.toml: {requirement}: says no lowest version: begin with name>=version.")
        if "sys_platform == 'win32'" not in marker or sys.platform == "win32":
            yield lowest[1], lowest[2]


def install(bounds: list[tuple[str, str]]) -> None:
    """Pinned; on a Python newer than the oldest allowed, what was never built for it is taken as it comes, and named."""
    if not PYTHON.exists():
        venv.create(ENVIRONMENT, with_pip=True)
    pip = [str(PYTHON), "-m", "pip", "install", "-q", "--disable-pip-version-check"]
    pinned = [f"{name}=={version}" for name, version in bounds]
    if subprocess.run([*pip, *pinned], check=False).returncode == 0:
        return
    if sys.version_info[:2] == _oldest_python():
        raise SystemExit("pyproject.toml: these lowest versions do not install: raise the bound that is named above.")
    fitting = [
        pin
        if subprocess.run([*pip, "--no-deps", pin], check=False, capture_output=True).returncode == 0
        else pin.split("==")[0]
        for pin in pinned
    ]
    subprocess.run([*pip, *fitting], check=True)


def _oldest_python() -> tuple[int, ...]:
    bound = tomllib.loads((REPOSITORY / "pyproject.toml").read_text("utf-8"))["project"]["requires-python"]
    return tuple(int(part) for part in re.findall(r"\d+", bound))


def live_a_day(folder: str) -> None:
    """Each command ends well, or the run ends with what it said."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PIPELINE_", "PYTHON"))}
    environ = {**kept, "PYTHONPATH": str(REPOSITORY), "PIPELINE_TODAY": DAY, "HOME": folder, "TMPDIR": folder}
    for words in A_DAY:
        done = subprocess.run(
            [str(PYTHON), "-W", "error::DeprecationWarning:pipeline_cli", "-m", "pipeline_cli", *words],
            cwd=folder,
            env=environ,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode not in MAY_FIND.get(words[0], (0,)):
            raise SystemExit(f"pipeline {' '.join(words)}: ended with {done.returncode}\n{done.stdout}{done.stderr}")


def main() -> None:
    project = tomllib.loads((REPOSITORY / "pyproject.toml").read_text("utf-8"))["project"]
    install(list(oldest(project["dependencies"])))
    names = [name for name, _ in oldest(project["dependencies"])]
    said = f"import importlib.metadata as m; print(*(n + ' ' + m.version(n) for n in {names!r}), sep=', ')"
    versions = subprocess.run([str(PYTHON), "-c", said], check=True, capture_output=True, text=True).stdout.strip()
    with tempfile.TemporaryDirectory(prefix="pipeline-oldest-") as folder:
        live_a_day(folder)
    print(f"The oldest versions allowed work: {len(A_DAY)} commands ended well with {versions}.")


if __name__ == "__main__":
    main()
