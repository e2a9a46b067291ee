"""A table of numbers answers as a dict does."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from pipeline_cli.domain.words.number_table import NumberTable


@given(st.lists(st.tuples(st.text(max_size=2), st.integers(0, 2**60)), max_size=60))
def test_it_answers_as_a_dict_does(pairs: list[tuple[str, int]]) -> None:
    table, known = NumberTable(), dict(pairs)
    for key, number in pairs:
        table.set(key, number)
    assert {key: table.get(key) for key, _ in pairs} == known
    assert (len(table), table.get("never set")) == (len(known), None)


def test_it_grows_past_its_first_size_and_loses_nobody() -> None:
    table = NumberTable()
    for number in range(5000):
        table.set(f"D-{number}", number)
    assert [table.get(f"D-{number}") for number in range(5000)] == list(range(5000))
    assert len(table) == 5000
