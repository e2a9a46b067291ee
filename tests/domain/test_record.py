"""Records are named tuples, as those who use them take them to be."""

from __future__ import annotations

import copy
import pickle

import pytest

from pipeline_cli.domain.record import NamedTuple
from tests.conftest import REPOSITORY


class Offer(NamedTuple):
    """What is offered."""

    title: str
    cents: int
    currency: str = "EUR"

    @property
    def units(self) -> int:
        return self.cents // 100


OFFER = Offer("Workshop", 120_000)


def test_an_offer_is_made_by_place_by_name_or_both() -> None:
    assert Offer("Workshop", cents=120_000) == Offer(currency="EUR", cents=120_000, title="Workshop") == OFFER


def test_an_offer_is_a_tuple_and_has_names() -> None:
    title, cents, currency = OFFER

    assert (title, cents, currency) == ("Workshop", 120_000, "EUR") == OFFER
    assert (OFFER.title, OFFER.cents, OFFER.currency, OFFER.units) == ("Workshop", 120_000, "EUR", 1_200)
    assert OFFER._asdict() == {"title": "Workshop", "cents": 120_000, "currency": "EUR"}
    assert (Offer._fields, Offer._field_defaults) == (("title", "cents", "currency"), {"currency": "EUR"})
    assert repr(OFFER) == "Offer(title='Workshop', cents=120000, currency='EUR')"
    assert Offer.__doc__ == "What is offered."


def test_an_offer_is_changed_by_making_another() -> None:
    assert OFFER._replace(cents=99) == ("Workshop", 99, "EUR")
    assert OFFER.cents == 120_000
    with pytest.raises(AttributeError):
        OFFER.cents = 1  # type: ignore[misc]
    with pytest.raises(AttributeError):
        OFFER.price = 1  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("values", "named"),
    [
        (("Workshop",), {}),
        ((), {"cents": 1}),
        (("Workshop", 1, "EUR", 4), {}),
        (("Workshop", 1), {"price": 1}),
        (("Workshop", 1), {"cents": 1}),
    ],
)
def test_an_offer_with_a_value_too_few_too_many_or_twice_is_refused(
    values: tuple[object, ...], named: dict[str, object]
) -> None:
    with pytest.raises(TypeError, match="Offer"):
        Offer(*values, **named)  # type: ignore[arg-type]


def test_a_change_of_a_field_that_there_is_not_is_refused() -> None:
    with pytest.raises(ValueError, match="price"):
        OFFER._replace(price=1)  # type: ignore[call-arg]


def test_an_offer_is_made_of_a_row_and_matched_by_its_places() -> None:
    match Offer._make(["Workshop", 120_000, "CHF"]):
        case Offer(title, _, "CHF"):
            assert title == "Workshop"
        case _:
            pytest.fail("no match")


@pytest.mark.parametrize("row", [["Workshop", 120_000], ["Workshop", 120_000, "CHF", 1]])
def test_a_row_with_a_column_too_few_or_too_many_makes_no_offer(row: list[object]) -> None:
    with pytest.raises(TypeError, match="Offer"):
        Offer._make(row)


def test_every_module_that_defines_records_has_their_annotations_as_text() -> None:
    texts = {path: path.read_text(encoding="utf-8") for path in (REPOSITORY / "pipeline_cli").rglob("*.py")}
    defining = {path: text for path, text in texts.items() if "domain.record import NamedTuple" in text}

    assert len(defining) > 50
    assert [path for path, text in defining.items() if "from __future__ import annotations\n" not in text] == []


def test_an_offer_is_copied_and_pickled_whole() -> None:
    for same in (copy.copy(OFFER), copy.deepcopy(OFFER), pickle.loads(pickle.dumps(OFFER))):  # noqa: S301 - its own
        assert same == OFFER
        assert type(same) is Offer
