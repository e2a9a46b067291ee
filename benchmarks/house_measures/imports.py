"""Who imports whom: modules with one importer alone, and circles."""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from benchmarks.house_measures.measure import Measure, count
from benchmarks.house_measures.source import Module

SECTION = "imports"

Graph = Mapping[str, set[str]]
"""Module -> the modules it imports."""


class Edge(NamedTuple):
    """One import. `at_start`: done when the importer is loaded, not inside a function."""

    importer: str
    imported: str
    at_start: bool
    for_types: bool


class Scope(NamedTuple):
    """Where in a module a statement stands."""

    at_start: bool = True
    for_types: bool = False


def measure_imports(modules: Sequence[Module]) -> Iterator[Measure]:
    """Modules with one importer, and circles with and without the imports inside functions."""
    edges = find_edges(modules)
    lone = find_lone_modules(edges)
    yield count(SECTION, "modules with exactly one importer", [f"{module} <- {by}" for module, by in lone])
    yield Measure(SECTION, "those of them whose importer is in their folder", sum(map(_are_neighbours, lone)))
    real = [edge for edge in edges if not edge.for_types]
    for name, chosen in (
        ("circles of modules, imports inside functions too", real),
        ("circles of modules, imports at the top alone", [edge for edge in real if edge.at_start]),
    ):
        circles = find_circles(graph_of(chosen))
        yield count(SECTION, name, [f"{len(circle)}: {', '.join(map(_within_package, circle))}" for circle in circles])


def _within_package(module: str) -> str:
    return module.partition(".")[2] or module


def find_edges(modules: Sequence[Module]) -> list[Edge]:
    """Every import of one of the modules by another; packages only where they are named themselves."""
    names = {module.name for module in modules}
    return [
        Edge(module.name, target, *scope)
        for module in modules
        for statement, scope in _imports(module.syntax.body, Scope())
        for target in sorted(_targets(statement, module, names) - {module.name})
    ]


def find_lone_modules(edges: Iterable[Edge]) -> list[tuple[str, str]]:
    """Module and importer, of each module that one other alone imports, were it for its types."""
    importers: dict[str, set[str]] = defaultdict(set)
    for edge in edges:
        importers[edge.imported].add(edge.importer)
    return [(module, min(theirs)) for module, theirs in sorted(importers.items()) if len(theirs) == 1]


def _are_neighbours(modules: tuple[str, str]) -> bool:
    return len({module.rpartition(".")[0] for module in modules}) == 1


def graph_of(edges: Iterable[Edge]) -> Graph:
    """The edges, by importer."""
    graph: dict[str, set[str]] = defaultdict(set)
    for edge in edges:
        graph[edge.importer].add(edge.imported)
    return graph


def find_circles(graph: Graph) -> list[list[str]]:
    """The sets of modules that all reach each other, the largest first."""
    reached = {module: _reach(graph, module) for module in graph}
    circles = {
        frozenset(other for other in theirs if module in reached.get(other, ()))
        for module, theirs in reached.items()
        if module in theirs
    }
    return sorted((sorted(circle) for circle in circles), key=lambda circle: (-len(circle), circle))


def _reach(graph: Graph, start: str) -> set[str]:
    """Every module that `start` imports, and those that they import; itself when a path leads back."""
    reached: set[str] = set()
    waiting = [*graph.get(start, ())]
    while waiting:
        module = waiting.pop()
        if module not in reached:
            reached.add(module)
            waiting += graph.get(module, ())
    return reached


def _imports(body: Iterable[ast.AST], scope: Scope) -> Iterator[tuple[ast.Import | ast.ImportFrom, Scope]]:
    for node in body:
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            yield node, scope
        elif isinstance(node, ast.If) and ast.unparse(node.test).rpartition(".")[2] == "TYPE_CHECKING":
            yield from _imports(node.body, scope._replace(for_types=True))
            yield from _imports(node.orelse, scope)
        else:
            inside = isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda))
            yield from _imports(ast.iter_child_nodes(node), scope._replace(at_start=False) if inside else scope)


def _targets(statement: ast.Import | ast.ImportFrom, importer: Module, names: set[str]) -> set[str]:
    """The modules that a statement names: `from a import b` names a.b where that is a module, else a."""
    if isinstance(statement, ast.Import):
        return {alias.name for alias in statement.names} & names
    base = _base(statement, importer)
    within = {f"{base}.{alias.name}" for alias in statement.names}
    return (within | ({base} if within - names else set())) & names


def _base(statement: ast.ImportFrom, importer: Module) -> str:
    """The package or module after `from`, in full."""
    if not statement.level:
        return statement.module or ""
    up = statement.level - 1 if importer.is_package else statement.level
    parents = importer.name.split(".")
    return ".".join([*parents[: len(parents) - up], *([statement.module] if statement.module else [])])
