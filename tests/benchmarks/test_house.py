"""What `python benchmarks/house.py` counts, on a package of a few lines."""

from __future__ import annotations

from pathlib import Path
from textwrap import dedent

import pytest

from benchmarks import house
from benchmarks.house_measures import definitions, imports, layout, likeness, running
from benchmarks.house_measures.source import Module, read_modules


@pytest.fixture
def modules(tmp_path: Path) -> list[Module]:
    """A package of two folders: an order, its price, and a shop that sells it."""
    files = {
        "__init__.py": "",
        "order.py": '''\
            """Orders."""
            from typing import TYPE_CHECKING, NamedTuple

            if TYPE_CHECKING:
                from shop.till.sale import Sale

            LONG = ("a",
                    "b")  # fmt: skip

            class Order(NamedTuple):
                """What was asked for."""
                number: int
                buyer: str
                price: int
                day: str

            class Line(NamedTuple):
                number: int
                price: int
            ''',
        "price.py": '''\
            """Prices."""
            import shop.order

            def add(one, other):
                """The sum."""
                from shop.till import sale
                return one + other + sale.TAX

            def total(order, tax):
                return add(order, other=tax)
            ''',
        "till/__init__.py": "",
        "till/sale.py": '''\
            """Sales."""
            from dataclasses import dataclass
            from .. import price
            from ..price import add

            TAX = 1

            @dataclass
            class Sale:
                """What was sold."""
                number: int
                buyer: str
                price: int
                place: str
                day: str

                def _sum(self):
                    return price.total(self.price, self.number)

                def net(self):
                    return add(self.price, -1)
            ''',
    }
    for name, text in files.items():
        path = tmp_path / "shop" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(dedent(text), encoding="utf-8")
    (tmp_path / "pyproject.toml").write_text("[tool.ruff]\nline-length = 120\n", encoding="utf-8")
    return read_modules(tmp_path, "shop")


def named(place: str) -> str:
    return place.split()[1]


def test_the_formatter_lays_out_what_was_kept_from_it(modules: list[Module], tmp_path: Path) -> None:
    measures = {measure.name: measure.value for measure in layout.measure_layout(tmp_path, modules)}

    assert (measures["files"], measures["files of 60 lines or less"], measures["`# fmt: skip`"]) == (5, 5, 1)
    assert measures["lines"] == sum(module.lines for module in modules)
    assert layout.drop_pragmas("a = 1  # fmt: skip  # why\nb = '# fmt: skip'\n") == "a = 1  # why\nb = '# fmt: skip'\n"


def test_a_folder_is_crowded_by_its_own_files_alone(modules: list[Module]) -> None:
    assert layout.find_crowded_folders(modules, most=1) == ["shop 3", "shop/till 2"]


def test_a_module_has_one_importer_however_it_is_imported(modules: list[Module]) -> None:
    lone = imports.find_lone_modules(imports.find_edges(modules))

    assert lone == [("shop.order", "shop.price"), ("shop.price", "shop.till.sale")]


def test_a_circle_that_a_function_closes_is_none_at_the_start(modules: list[Module]) -> None:
    measures = {measure.name: measure.where for measure in imports.measure_imports(modules)}

    assert measures["circles of modules, imports inside functions too"] == ("2: price, till.sale",)
    assert measures["circles of modules, imports at the top alone"] == ()


def test_a_function_that_passes_on_what_it_was_given_is_found(modules: list[Module]) -> None:
    relays = definitions.find_relays(definitions.find_definitions(modules))

    assert [named(place) for place in relays] == ["total", "Sale._sum"]


def test_what_is_public_and_says_nothing_of_itself_is_found(modules: list[Module]) -> None:
    bare = [each.name for each in definitions.find_definitions(modules) if definitions.lacks_docstring(each)]

    assert bare == ["Line", "total", "Sale.net"]


def test_a_long_function_is_counted_from_its_def_to_its_end(modules: list[Module]) -> None:
    long = definitions.find_long_functions(definitions.find_definitions(modules), most=3)

    assert [place.split()[1:] for place in long] == [["add", "4"]]


def test_twins_are_records_that_share_most_of_their_names(modules: list[Module]) -> None:
    (twins,) = definitions.find_twins(definitions.find_definitions(modules))

    assert twins == "4 of 5: shop/order.py:10 Order = shop/till/sale.py:9 Sale"


def test_a_name_is_counted_where_it_is_a_variable_or_a_parameter(modules: list[Module]) -> None:
    assert definitions.count_name(modules, "one") == 2


def module_of(text: str, tmp_path: Path) -> Module:
    (tmp_path / "copied").mkdir()
    (tmp_path / "copied" / "twice.py").write_text(dedent(text), encoding="utf-8")
    return read_modules(tmp_path, "copied")[0]


def test_equal_lines_are_found_whatever_stands_between_them(tmp_path: Path) -> None:
    module = module_of(
        '''\
        def first():
            a = 1
            b = 2
            call(
                a,
                b,
            )
        def second():
            """Says something."""
            a  =  1  # a reason

            b = 2
            call(
                a,
                b,
            )
        ''',
        tmp_path,
    )

    assert likeness.find_pairs([module], least=5) == [likeness.Pair(5, "copied/twice.py:2", "copied/twice.py:10")]
    assert likeness.find_pairs([module], least=6) == []


def test_lines_that_repeat_themselves_are_not_held_against_themselves(tmp_path: Path) -> None:
    module = module_of("print()\n" * 5, tmp_path)

    assert [pair.length for pair in likeness.find_pairs([module], least=3)] == []


def test_statements_are_counted_without_the_housekeeping() -> None:
    sent = ["PRAGMA user_version", "BEGIN", "SELECT 1", "SELECT  1", "SELECT 2", "COMMIT"]

    total, differing, shapes = running.count_statements("list", sent)

    assert (total.value, differing.value, shapes.value) == (3, 2, 1)
    assert (differing.where, shapes.where) == (("2 x SELECT 1",), ("3 x SELECT ?",))


def test_statements_that_differ_in_their_values_alone_are_one() -> None:
    statement = "SELECT a1 FROM t WHERE b IN ('it''s', 'x') AND c > 1.5"

    assert running.without_values(statement) == "SELECT a1 FROM t WHERE b IN (?) AND c > ?"


def test_an_earlier_run_stands_beside_the_numbers_of_today(modules: list[Module]) -> None:
    measures = list(imports.measure_imports(modules))

    table = list(house.lay_out_table(measures, house.as_json(measures)))

    assert len(table) == 1 + len(measures)
    assert all(line.endswith(f"before {measure.value:>9,}") for line, measure in zip(table[1:], measures, strict=True))
