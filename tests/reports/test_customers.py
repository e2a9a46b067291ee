"""What `show` and `sources` say of a customer over time."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.conftest import Run


@pytest.fixture
def customers(pipeline: Run, folder: Path) -> Run:
    """Acme bought in 2024 and twice in 2026, by two sources; a person bought once; Borg is open."""
    (folder / "deals.csv").write_text(
        "deal_id,title,organization,contact,email,stage,value,source,created_at,closed_at\n"
        "a,Workshop,Acme GmbH,Ann,ann@acme.example,won,12000,referral,2024-01-01,2024-03-01\n"
        "b,Training,ACME,Ann,ann@acme.example,won,20000,event,2026-01-01,2026-02-01\n"
        "c,Licence,Acme,,,won,10000,event,2026-03-01,2026-08-01\n"
        "d,Coaching,,Cy,cy@home.example,won,500,event,2026-03-01,2026-04-01\n"
        "e,Audit,Borg,,,proposal,9000,event,2026-03-01,\n"
    )
    assert pipeline("import", "deals.csv").code == 0
    return pipeline


def test_show_says_since_when_they_buy_and_what_they_brought_each_year(customers: Run) -> None:
    assert (
        "Customer      since 2024, 3 won deals, 42,000 EUR (2024: 12,000, 2026: 30,000)" in customers("show", "c").out
    )
    assert customers("show", "2", "--json").json["customer"] == {
        "won_deals": 3,
        "won_value": 42000,
        "first_won_at": "2024-03-01T00:00:00.000Z",
        "last_won_at": "2026-08-01T00:00:00.000Z",
        "years": [{"year": 2024, "won_value": 12000}, {"year": 2026, "won_value": 30000}],
    }
    assert customers("show", "4", "--json").json["customer"]["won_value"] == 500
    assert customers("show", "5", "--json").json["customer"] is None


def test_as_of_a_day_only_what_was_won_by_then_counts(customers: Run) -> None:
    then = customers("show", "2", "--as-of", "2026-02-01", "--json").json["customer"]
    assert (then["won_deals"], then["won_value"]) == (2, 32000)


def test_sources_say_what_a_customer_is_worth(customers: Run) -> None:
    answer = customers("sources", "--json").json
    figures = {row["source"]: (row["won"], row["customers"], row["value_per_customer"]) for row in answer["rows"]}
    assert figures == {"event": (3, 2, 15250), "referral": (1, 1, 12000)}
    totals = answer["totals"]
    assert (totals["won"], totals["customers"], totals["value_per_customer"]) == (4, 2, 21250)
    assert "2 customers, each worth 21,250 EUR so far." in customers("sources").out


def test_show_lists_what_is_still_to_come_and_what_grew_out_of_it(customers: Run) -> None:
    customers("edit", "3", "--renewal", "2027-08-01", "--check-in", "2026-11-22")
    customers("done", "3")
    customers("edit", "3", "--check-in", "2026-11-25")
    customers("add", "Support", "--from", "3", "--value", "3k")
    lines = customers("show", "3", today="2026-11-27").out.splitlines()
    start = lines.index("After the sale")
    assert lines[start + 1 : start + 7] == [
        "[ ] check-in of 2026-11-25, overdue",
        "[ ] renewal of 2027-08-01",
        "[x] check-in of 2026-11-22",
        "",
        "Grown out of it",
        "6  Support (prospecting, 3,000 EUR)",
    ]
    assert "From deal     3  Licence (won)" in customers("show", "6").out
