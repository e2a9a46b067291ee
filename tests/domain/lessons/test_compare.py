"""What is compared, what is proven, and of what nothing is said."""

from __future__ import annotations

import random

from pipeline_cli.domain.lessons.compare import Factor, Lessons, Tally, compare_all, field_factor, tag_factors


def compared(*tallies: Tally, of: str = "field") -> Lessons:
    factor = field_factor("x", tallies) if of == "field" else Factor("x", "x", tallies, of=of)
    return compare_all([factor])


def silence(*tallies: Tally) -> str:
    (one,) = compared(*tallies).silent
    return one.code


def test_a_source_that_brings_more_is_proven_beside_all_the_others() -> None:
    lessons = compared(Tally("referral", 20, 5), Tally("cold", 3, 40), Tally("fair", 10, 20))

    assert [one.value for one in lessons.proven] == ["referral", "cold"]
    referral = lessons.proven[0]
    assert (referral.won, referral.lost, referral.other_won, referral.other_lost) == (20, 5, 13, 60)
    assert lessons.silent == ()


def test_what_is_unknown_constant_or_scattered_is_named_and_not_compared() -> None:
    assert silence() == "unknown"
    assert silence(Tally(None, 5, 5), Tally("  ", 3, 3)) == "unknown"
    assert silence(Tally("DE", 50, 50)) == "constant"
    assert silence(Tally("DE", 50, 0), Tally("AT", 20, 0)) == "one_outcome"
    assert silence(*(Tally(f"contact {n}", n % 2, 1 - n % 2) for n in range(5_000))) == "scattered"
    assert silence(*(Tally(n, n % 2, 1 - n % 2) for n in range(5_000))) == "numbering"


def test_a_field_that_says_what_became_of_each_deal_is_no_lesson() -> None:
    assert silence(Tally("closed won", 30, 0), Tally("closed lost", 0, 30)) == "outcome_itself"
    assert compared(Tally("a", 3, 0), Tally("b", 0, 4)).proven == []


def test_a_strange_number_is_left_out() -> None:
    numbers = [Tally(float(n), n, 10 - n) for n in range(11)]
    lessons = compared(*numbers, Tally("nan", 0, 1), Tally("inf", 1, 0), Tally("1_000", 1, 0))

    (one,) = lessons.compared
    assert one.value in ("up to 4", "5 or more")
    assert one.won + one.lost + one.other_won + one.other_lost == 110


def test_the_same_word_in_another_case_is_the_same() -> None:
    lessons = compared(Tally("Retail", 5, 1), Tally("retail ", 6, 2), Tally("Food", 5, 9))

    (one,) = lessons.compared
    assert (one.value, one.won, one.lost) == ("retail ", 11, 3)


def test_numbers_are_cut_in_two_halves_by_how_many_deals_there_are() -> None:
    (one,) = compared(*(Tally(n, 1, 1) for n in range(1, 11))).compared

    assert one.won + one.lost == 10


def test_chance_alone_proves_nothing_in_nineteen_reports_of_twenty() -> None:
    chance, false = random.Random(17), 0  # noqa: S311
    for _ in range(200):
        factors = []
        for name in range(15):
            tallies = [
                Tally(f"v{value}", won := sum(chance.random() < 0.3 for _ in range(16)), 16 - won) for value in range(5)
            ]
            factors.append(Factor(f"f{name}", "x", tallies))
        false += bool(compare_all(factors).proven)

    assert false <= 0.05 * 200 + 6


def test_two_fields_of_one_name_are_two_things() -> None:
    same = [Tally("a", 10, 10), Tally("b", 10, 10)]
    lessons = compare_all([Factor("source", "Source", same), field_factor("source", same)])

    assert [(one.factor.of, one.code) for one in lessons.silent] == [("deal", "not_proven"), ("field", "not_proven")]


def test_what_would_be_proven_alone_and_is_not_among_many_is_told_apart() -> None:
    told = Factor("source", "Source", [Tally("a", 12, 8), Tally("b", 3, 17)])
    chance = [Factor(f"f{n}", "x", [Tally("a", 10, 10), Tally("b", 10, 10)]) for n in range(30)]

    assert [one.factor.id for one in compare_all([told]).proven] == ["source"]
    lessons = compare_all([told, *chance])
    assert lessons.proven == []
    assert [(one.factor.id, one.alone == one.p) for one in lessons.alone] == [("source", True)]
    assert compare_all([told]).alone == []


def test_a_tag_is_held_against_the_deals_without_it() -> None:
    factors = tag_factors([(("vip", "fair"), 10, 0), (("fair",), 2, 10), ((), 8, 30), (("rare",), 1, 1)])

    assert [(one.id, one.of, *(tally[1:] for tally in one.tallies)) for one in factors] == [
        ("fair", "tag", (12, 10), (9, 31)),
        ("vip", "tag", (10, 0), (11, 41)),
    ]
    assert tag_factors([]) == []
