"""The modules of a package, read and parsed once."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import NamedTuple


class Module(NamedTuple):
    """A Python file: `path` from the root of the tree, `name` as it is imported."""

    path: str
    name: str
    text: str
    syntax: ast.Module

    @property
    def lines(self) -> int:
        return len(self.text.splitlines())

    @property
    def is_package(self) -> bool:
        return self.path.endswith("__init__.py")


def read_modules(root: Path, package: str) -> list[Module]:
    """Every module of the package below `root`, by path. Raises SyntaxError for one that is no Python."""
    return [_read(root, path) for path in sorted((root / package).rglob("*.py"))]


def _read(root: Path, path: Path) -> Module:
    place = path.relative_to(root)
    parts = place.with_suffix("").parts
    name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
    text = path.read_text(encoding="utf-8")
    return Module(place.as_posix(), name, text, ast.parse(text, str(place)))
