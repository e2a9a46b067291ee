"""Code that stands in two places."""

from __future__ import annotations

import ast
import io
import itertools
import tokenize
from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from benchmarks.house_measures.measure import Measure, count
from benchmarks.house_measures.source import Module

LEAST = 6
"""Lines in a row that are equal."""
SECTION = "alike"

_LAYOUT = {tokenize.COMMENT, tokenize.NL, tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT, tokenize.ENDMARKER}


class Line(NamedTuple):
    """A line that says something, its parts a space apart."""

    number: int
    text: str


class Place(NamedTuple):
    """A line of a file, by its place among those that say something."""

    path: str
    row: int


class Pair(NamedTuple):
    """`length` equal lines from each of two places."""

    length: int
    first: str
    second: str


def measure_likeness(modules: Sequence[Module]) -> Iterator[Measure]:
    """Pairs of places, the longest first."""
    pairs = find_pairs(modules)
    where = [f"{pair.length} lines: {pair.first} = {pair.second}" for pair in pairs]
    yield count(SECTION, f"pairs of places with {LEAST} or more equal lines", where)
    yield Measure(SECTION, "lines in those pairs", sum(pair.length for pair in pairs))


def find_pairs(modules: Sequence[Module], least: int = LEAST) -> list[Pair]:
    """Every pair of places with `least` or more equal lines in a row that do not overlap, the longest first."""
    files = {module.path: speaking_lines(module) for module in modules}
    texts = {path: [line.text for line in lines] for path, lines in files.items()}
    windows: dict[tuple[str, ...], list[Place]] = defaultdict(list)
    for path, text in texts.items():
        for index in range(len(text) - least + 1):
            windows[tuple(text[index : index + least])].append(Place(path, index))
    pairs = []
    for places in windows.values():
        for mine, theirs in itertools.combinations(places, 2):
            length = _run_from(texts, mine, theirs)
            if length >= least:
                pairs.append(Pair(length, _locate(files, mine), _locate(files, theirs)))
    return sorted(pairs, key=lambda pair: (-pair.length, pair.first, pair.second))


def _run_from(texts: dict[str, list[str]], mine: Place, theirs: Place) -> int:
    """How many lines are equal from there on; 0 when the run began before."""
    first, second = texts[mine.path], texts[theirs.path]
    apart = theirs.row - mine.row if mine.path == theirs.path else max(len(first), len(second))
    if mine.row and theirs.row and first[mine.row - 1] == second[theirs.row - 1]:
        return 0
    lines = zip(first[mine.row : mine.row + apart], second[theirs.row :], strict=False)
    return sum(1 for _ in itertools.takewhile(lambda both: both[0] == both[1], lines))


def _locate(files: dict[str, list[Line]], place: Place) -> str:
    return f"{place.path}:{files[place.path][place.row].number}"


def speaking_lines(module: Module) -> list[Line]:
    """The lines of a module without imports, docstrings, comments, blank lines and lone brackets."""
    silent = _silent_lines(module.syntax)
    parts: dict[int, list[str]] = defaultdict(list)
    for token in tokenize.generate_tokens(io.StringIO(module.text).readline):
        if token.type not in _LAYOUT and token.start[0] not in silent:
            parts[token.start[0]].append(token.string)
    lines = [Line(number, " ".join(words)) for number, words in sorted(parts.items())]
    return [line for line in lines if line.text.strip("()[]{},: ")]


def _silent_lines(syntax: ast.Module) -> set[int]:
    """Lines of imports and of strings that stand alone."""
    return {
        number
        for node in ast.walk(syntax)
        if isinstance(node, ast.stmt) and _is_silent(node)
        for number in range(node.lineno, (node.end_lineno or node.lineno) + 1)
    }


def _is_silent(node: ast.stmt) -> bool:
    if isinstance(node, ast.Expr):
        return isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)
    return isinstance(node, (ast.Import, ast.ImportFrom))
