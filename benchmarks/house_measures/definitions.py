"""What is defined: long functions, those that only pass on, those without a docstring, records with a twin."""

from __future__ import annotations

import ast
import builtins
import itertools
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from benchmarks.house_measures.measure import Measure, count
from benchmarks.house_measures.source import Module

LONG = 60
"""Lines of a function, from `def` to its end, docstring and comments too."""
LEAST_FIELDS, LEAST_SHARED = 4, 0.7
"""Of records that are twins: fields each, and the part of the names of the larger one that both have."""
FUNCTIONS, RECORDS, NAMES = "functions", "records", "names"

Function = ast.FunctionDef | ast.AsyncFunctionDef
Definition = Function | ast.ClassDef


class Defined(NamedTuple):
    """A function, method or class. `owner` is the class or function that holds it, if any does."""

    module: Module
    node: Definition
    name: str
    owner: Definition | None
    is_public: bool

    @property
    def place(self) -> str:
        return f"{self.module.path}:{self.node.lineno} {self.name}"


def measure_definitions(modules: Sequence[Module]) -> Iterator[Measure]:
    """Functions, docstrings, records and the name `one`."""
    defined = find_definitions(modules)
    yield count(FUNCTIONS, f"functions over {LONG} lines", find_long_functions(defined))
    yield count(FUNCTIONS, "functions that only pass on their arguments", find_relays(defined))
    for kind, types in (("functions and methods", Function), ("classes", ast.ClassDef)):
        bare = [each.place for each in defined if isinstance(each.node, types) and lacks_docstring(each)]
        yield count(FUNCTIONS, f"public {kind} without a docstring", bare)
    yield count(RECORDS, "pairs of records that are twins", find_twins(defined))
    yield Measure(NAMES, "uses of the name `one`", count_name(modules, "one"))


def find_definitions(modules: Sequence[Module]) -> list[Defined]:
    """Every function, method and class, nested ones too."""
    return [each for module in modules for each in _walk(module, module.syntax, None, "", is_open=True)]


def _walk(module: Module, node: ast.AST, owner: Definition | None, prefix: str, *, is_open: bool) -> Iterator[Defined]:
    """`is_open`: whether what is defined here can be reached under public names alone."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, Definition):
            name = prefix + child.name
            is_public = is_open and not child.name.startswith("_")
            yield Defined(module, child, name, owner, is_public)
            goes_on = is_public and isinstance(child, ast.ClassDef)
            yield from _walk(module, child, child, f"{name}.", is_open=goes_on)
        else:
            yield from _walk(module, child, owner, prefix, is_open=is_open)


def find_long_functions(defined: Sequence[Defined], most: int = LONG) -> list[str]:
    """`file:line name lines`, the longest first."""
    sizes = [(_size(each.node), each) for each in defined if isinstance(each.node, Function)]
    return [f"{each.place} {lines}" for lines, each in sorted(sizes, key=lambda pair: -pair[0]) if lines > most]


def _size(node: Definition) -> int:
    return (node.end_lineno or node.lineno) - node.lineno + 1


def lacks_docstring(each: Defined) -> bool:
    """Whether it is public and says nothing of itself."""
    return each.is_public and ast.get_docstring(each.node) is None


def find_relays(defined: Sequence[Defined]) -> list[str]:
    """`file:line name -> callee` of each function whose body is a call with its own parameters, as they came.

    Attributes of `self` count as parameters. Decorated functions are left out, because a cache or a context manager is
    more than the call; so are those that Python calls itself, such as `__enter__`, and calls of what Python brings.
    """
    found = []
    for each in defined:
        call = _only_call(each.node)
        if call and not _is_spoken_for(each.node) and _passes_on(each, call):
            found.append(f"{each.place} -> {ast.unparse(call.func)}")
    return found


def _only_call(node: Definition) -> ast.Call | None:
    """The call that is the whole body, after the docstring."""
    body = node.body[1:] if ast.get_docstring(node) is not None else node.body
    if isinstance(node, Function) and len(body) == 1 and isinstance(body[0], (ast.Return, ast.Expr)):
        return body[0].value if isinstance(body[0].value, ast.Call) else None
    return None


def _is_spoken_for(node: Definition) -> bool:
    decorators = {ast.unparse(decorator) for decorator in node.decorator_list}
    return bool(decorators - {"property", "staticmethod", "classmethod"}) or node.name.startswith("__")


def _passes_on(each: Defined, call: ast.Call) -> bool:
    names = _parameters(each.node)
    own = names[0] if names and isinstance(each.owner, ast.ClassDef) else None
    given = [*call.args, *(keyword.value for keyword in call.keywords)]
    callee = call.func
    while isinstance(callee, ast.Attribute):
        callee = callee.value
    if not isinstance(callee, ast.Name) or hasattr(builtins, callee.id):
        return False
    return bool(given) and all(_is_own(argument, names, own) for argument in given)


def _parameters(node: Definition) -> list[str]:
    if isinstance(node, ast.ClassDef):
        return []
    spec = node.args
    packed = [each for each in (spec.vararg, spec.kwarg) if each]
    return [each.arg for each in (*spec.posonlyargs, *spec.args, *spec.kwonlyargs, *packed)]


def _is_own(argument: ast.expr, names: Sequence[str], own: str | None) -> bool:
    if isinstance(argument, ast.Starred):
        argument = argument.value
    if isinstance(argument, ast.Attribute):
        return isinstance(argument.value, ast.Name) and argument.value.id == own
    return isinstance(argument, ast.Name) and argument.id in names


def find_twins(defined: Sequence[Defined]) -> list[str]:
    """`shared of fields: record = record`, of records with fields of the same names, the likest first."""
    fields = [(each, record_fields(each.node)) for each in defined if isinstance(each.node, ast.ClassDef)]
    wide = [(each, names) for each, names in fields if len(names) >= LEAST_FIELDS]
    twins = []
    for (one_record, mine), (other, theirs) in itertools.combinations(wide, 2):
        shared, most = len(mine & theirs), max(len(mine), len(theirs))
        if shared >= LEAST_SHARED * most:
            twins.append((shared / most, f"{shared} of {most}: {one_record.place} = {other.place}"))
    return [line for _, line in sorted(twins, key=lambda twin: (-twin[0], twin[1]))]


def record_fields(node: ast.ClassDef) -> set[str]:
    """Names of the fields of a NamedTuple or a dataclass; none of another class."""
    bases = {ast.unparse(base).rpartition(".")[2] for base in node.bases}
    decorators = {ast.unparse(decorator).partition("(")[0].rpartition(".")[2] for decorator in node.decorator_list}
    if "NamedTuple" not in bases and "dataclass" not in decorators:
        return set()
    return {
        line.target.id
        for line in node.body
        if isinstance(line, ast.AnnAssign) and isinstance(line.target, ast.Name) and not _is_of_class(line.annotation)
    }


def _is_of_class(annotation: ast.expr) -> bool:
    return ast.unparse(annotation).partition("[")[0].rpartition(".")[2] == "ClassVar"


def count_name(modules: Sequence[Module], name: str) -> int:
    """How often a variable or a parameter of that name is written."""
    nodes = itertools.chain.from_iterable(ast.walk(module.syntax) for module in modules)
    return sum(
        (isinstance(node, ast.Name) and node.id == name) or (isinstance(node, ast.arg) and node.arg == name)
        for node in nodes
    )
