"""Numbers and dates: the whole column decides their form, or the import asks."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from tests.exchange.conftest import Plan, said, warned


def values_of(plan: Plan, *texts: str, **options: str) -> list[int | None]:
    cells = "".join(f'{number}\t"{text}"\n' for number, text in enumerate(texts))
    made = plan(f"deal_id\tvalue\n{cells}", **options)
    assert said(made) == []
    return [deal.value_cents for deal in made.deals()]


def created(plan: Plan, *texts: str, **options: str) -> list[datetime]:
    made = plan("deal_id;created\n" + "".join(f"{n};{text}\n" for n, text in enumerate(texts)), **options)
    assert said(made) == []
    return [deal.created_at for deal in made.deals()]


def test_a_decimal_comma_anywhere_makes_every_comma_of_the_column_one(plan: Plan) -> None:
    assert values_of(plan, "€ 2.900,00", "11398,00 €", "1.234", "7") == [290000, 1139800, 123400, 700]


def test_a_decimal_point_anywhere_makes_every_point_of_the_column_one(plan: Plan) -> None:
    assert values_of(plan, "$12,000.50", "1.5", "1,234") == [1200050, 150, 123400]


def test_thousands_with_non_breaking_spaces_and_a_k_are_read(plan: Plan) -> None:
    assert values_of(plan, "12\u00a0000 €", "12k", "$12,000") == [1200000, 1200000, 1200000]


def test_one_thousand_or_one_and_a_bit_is_asked_for(plan: Plan) -> None:
    made = plan("deal_id,value\na,5\nb,1.234\n")
    assert said(made) == [
        "deals.csv:3: value: '1.234' may have decimals or thousands, and no value of the column decides it: say "
        "--decimal . or --decimal ,"
    ]
    assert made.is_fatal
    assert values_of(plan, "5", "1.234", decimal=",") == [500, 123400]


def test_both_decimal_signs_in_one_column_are_refused(plan: Plan) -> None:
    assert said(plan("deal_id;value\na;1,50\nb;2.50\n")) == [
        "deals.csv:3: value: '2.50' in line 3 has a decimal point, '1,50' in line 2 a decimal comma: write the column in "
        "one form."
    ]


@pytest.mark.parametrize("text", ["(500)", "−5", "-5", "nan", "inf", "12 EUR or so", "1e5"])
def test_amounts_that_are_none_are_refused_by_line(plan: Plan, text: str) -> None:
    (problem,) = said(plan(f"deal_id;value\na;5\nb;{text}\n"))
    assert problem.startswith(f"deals.csv:3: value: '{text}' ")


def test_spreadsheet_errors_in_a_column_of_numbers_are_missing_and_counted(plan: Plan) -> None:
    made = plan("deal_id,title,value\n1,#REF!,#REF!\n2,None,N/A\n3,Ann,None\n")
    assert [(deal.title, deal.value_cents) for deal in made.deals()] == [("#REF!", None), ("None", None), ("Ann", None)]
    assert warned(made)["missing_value"] == [2, 3, 4]


def test_more_than_two_decimals_are_rounded_half_to_even_and_counted(plan: Plan) -> None:
    made = plan("deal_id,value\na,10.0050\nb,10.0150\n")
    assert [deal.value_cents for deal in made.deals()] == [1000, 1002]
    assert warned(made)["rounded"] == [2, 3]


def test_a_currency_comes_from_its_column_or_from_beside_the_amount(plan: Plan) -> None:
    made = plan("deal_id,value,currency\na,$5,\nb,5,usd\nc,5,\n")
    assert [deal.currency for deal in made.deals()] == ["USD", "USD", "EUR"]


def test_a_currency_without_a_rate_is_refused_never_added_up(plan: Plan) -> None:
    assert said(plan("deal_id,value,currency\na,5,CHF\n")) == [
        "deals.csv:2: currency: there is no exchange rate for 'CHF': add to pipeline.yaml what one is in EUR, as in "
        "exchange_rates: {CHF: RATE}."
    ]


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        (("03/04/2026", "25/03/2026"), date(2026, 4, 3)),
        (("03/04/2026", "03/25/2026"), date(2026, 3, 4)),
        (("03.04.2026", "25.03.2026"), date(2026, 4, 3)),
        (("3-4-26", "25-3-26"), date(2026, 4, 3)),
        (("2026/04/03",), date(2026, 4, 3)),
        (("2026-4-3",), date(2026, 4, 3)),
    ],
)
def test_one_day_above_twelve_decides_the_order_of_the_whole_column(
    plan: Plan, texts: tuple[str, ...], expected: date
) -> None:
    made = plan("deal_id,expected close\n" + "".join(f"{n},{text}\n" for n, text in enumerate(texts)))
    assert said(made) == []
    assert next(made.deals()).expected_close == expected


def test_a_column_that_leaves_day_and_month_open_is_asked_for(plan: Plan) -> None:
    made = plan("deal_id,created\na,5/5/2026\nb,03/04/2026\n")
    assert said(made) == [
        "deals.csv:3: created: '03/04/2026' may be day first or month first, and no value of the column decides it: say "
        "--date-order dmy or --date-order mdy."
    ]
    assert created(plan, "03/04/2026", date_order="mdy") == [datetime(2026, 3, 3, 23, tzinfo=UTC)]


def test_two_orders_in_one_column_are_refused_with_both_lines(plan: Plan) -> None:
    (problem,) = said(plan("deal_id,created\na,25/03/2026\nb,03/25/2026\n"))
    assert "'25/03/2026' in line 2 is day first, '03/25/2026' in line 3 month first" in problem


def test_instants_keep_their_offset_and_others_are_of_the_configured_zone(plan: Plan) -> None:
    assert created(
        plan,
        "2026-07-09T07:43:21.123456+05:30",
        "2026-07-09 07:43:21",
        "2026-07-09T05:43:21Z",
        "2026-07-09 7:43",
        "2026-07-09",
    ) == [
        datetime(2026, 7, 9, 2, 13, 21, 123000, tzinfo=UTC),
        datetime(2026, 7, 9, 5, 43, 21, tzinfo=UTC),
        datetime(2026, 7, 9, 5, 43, 21, tzinfo=UTC),
        datetime(2026, 7, 9, 5, 43, tzinfo=UTC),
        datetime(2026, 7, 8, 22, tzinfo=UTC),
    ]


def test_afternoons_are_read(plan: Plan) -> None:
    assert created(plan, "1/31/2026 12:05 AM", "2/1/2026 3:30 pm") == [
        datetime(2026, 1, 30, 23, 5, tzinfo=UTC),
        datetime(2026, 2, 1, 14, 30, tzinfo=UTC),
    ]


@pytest.mark.parametrize(
    "text", ["2026-02-30", "1767225600", "31.02.2026", "9999-12-31", "2026-01-01 25:00", "1/2/3/4"]
)
def test_impossible_dates_are_refused_by_line(plan: Plan, text: str) -> None:
    (problem,) = said(plan(f"deal_id,created\na,2026-01-01\nb,2026-01-01\nc,{text}\n"))
    assert problem.startswith(f"deals.csv:4: created: '{text}' ")


def test_a_column_that_looks_like_a_date_and_holds_words_is_kept_with_a_warning(plan: Plan) -> None:
    made = plan('deal_id,last activity,created\na,Email opened,"1 day, 20:55:36"\nb,Page visited,\n')
    assert [dict(deal.fields) for deal in made.deals()] == [
        {"last activity": "Email opened", "created": "1 day, 20:55:36"},
        {"last activity": "Page visited"},
    ]
    assert {"words_in_last_activity", "words_in_created_at"} <= set(warned(made))


def test_a_single_word_in_a_column_of_dates_is_a_problem(plan: Plan) -> None:
    assert said(plan("deal_id,created\na,2026-01-01\nb,next spring\n")) == [
        "deals.csv:3: created: 'next spring' is not a date: write it as 2026-11-21 or 2026-11-21 09:30."
    ]


def test_probabilities_are_percent_when_one_of_the_column_is_above_one(plan: Plan) -> None:
    def probabilities(cells: str) -> list[float | None]:
        made = plan(f"deal_id,probability\n{cells}")
        assert said(made) == []
        return [deal.probability for deal in made.deals()]

    assert probabilities("a,40\nb,1\nc,\n") == [0.4, 0.01, None]
    assert probabilities("a,0.4\nb,1\n") == [0.4, 1.0]
    assert probabilities("a,40%\nb,0.5\n") == [0.4, 0.005]


def test_ids_of_nineteen_digits_stay_text(plan: Plan) -> None:
    made = plan("deal_id,account_id\n0012345678901234567,9007199254740993\n")
    (deal,) = made.deals()
    assert (deal.external_id, dict(deal.fields)) == ("0012345678901234567", {"account_id": "9007199254740993"})
