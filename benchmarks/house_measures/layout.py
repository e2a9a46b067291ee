"""How much there is: files, lines, folders, and what the formatter is kept from."""

from __future__ import annotations

import io
import re
import shutil
import subprocess
import sys
import tempfile
import tokenize
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path, PurePosixPath
from statistics import median

from benchmarks.house_measures.measure import Measure, count
from benchmarks.house_measures.source import Module

SMALL, LARGE, CROWDED = 60, 400, 25
"""Lines of a file, lines of a file, files of a folder."""
SECTION = "files and lines"

_PRAGMA = re.compile(r"#\s*fmt:\s*(?:skip|off|on)\b")


def measure_layout(root: Path, modules: Sequence[Module]) -> Iterator[Measure]:
    """Files, lines and folders. Raises CalledProcessError when ruff refuses a file."""
    small = [module for module in modules if module.lines <= SMALL]
    large = [module for module in modules if module.lines > LARGE]
    yield Measure(SECTION, "files", len(modules))
    yield Measure(SECTION, "lines", sum(module.lines for module in modules))
    yield Measure(SECTION, "lines, formatted without `# fmt: skip`", count_formatted_lines(root, modules))
    yield Measure(SECTION, "median lines a file", median([module.lines for module in modules]))
    yield Measure(SECTION, f"files of {SMALL} lines or less", len(small))
    yield count(SECTION, f"files over {LARGE} lines", [f"{module.path} {module.lines}" for module in large])
    yield count(SECTION, f"folders with more than {CROWDED} files", find_crowded_folders(modules))
    yield count(SECTION, "`# fmt: skip`", find_skips(modules))


def find_crowded_folders(modules: Sequence[Module], most: int = CROWDED) -> list[str]:
    """`folder files`, those of its sub-folders left out, the fullest first."""
    folders = Counter(str(PurePosixPath(module.path).parent) for module in modules)
    return [f"{folder} {files}" for folder, files in folders.most_common() if files > most]


def find_skips(modules: Sequence[Module]) -> list[str]:
    """`file:line` of each comment that keeps the formatter away."""
    return [
        f"{module.path}:{comment.start[0]}"
        for module in modules
        for comment in _comments(module.text)
        if _PRAGMA.match(comment.string)
    ]


def count_formatted_lines(root: Path, modules: Sequence[Module]) -> int:
    """Lines as `ruff format` lays them out by the project's configuration, with nothing kept from it."""
    with tempfile.TemporaryDirectory() as name:
        copy = Path(name)
        shutil.copy(root / "pyproject.toml", copy)
        for module in modules:
            path = copy / module.path
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(drop_pragmas(module.text), encoding="utf-8")
        ruff = Path(sys.executable).with_name("ruff")
        subprocess.run([ruff, "format", "--quiet", "."], cwd=copy, check=True)
        return sum(len((copy / module.path).read_text(encoding="utf-8").splitlines()) for module in modules)


def drop_pragmas(text: str) -> str:
    """The text without `# fmt: skip`, `off` and `on`; what else the comment says stays."""
    lines = text.splitlines()
    for comment in _comments(text):
        row, column = comment.start
        rest = _PRAGMA.sub("", comment.string).strip()
        if rest != comment.string:
            lines[row - 1] = (lines[row - 1][:column] + rest).rstrip()
    return "".join(f"{line}\n" for line in lines)


def _comments(text: str) -> Iterator[tokenize.TokenInfo]:
    tokens = tokenize.generate_tokens(io.StringIO(text).readline)
    return (token for token in tokens if token.type == tokenize.COMMENT)
