"""What nobody said is not told as if it were known: creations and closings that an import had to make up."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.conftest import Run

TODAY = "2026-11-21"


@pytest.fixture
def buyers(pipeline: Run, folder: Path) -> Run:
    """Twelve won deals of one customer and one open deal, imported from a file without any date or loss."""
    rows = [f"w{number},Won {number},won,1000,Acme" for number in range(12)]
    rows.append("o1,Open one,open,5000,Borg")
    (folder / "deals.csv").write_text("\n".join(["id,title,status,value,organization", *rows]) + "\n")
    assert pipeline("import", "deals.csv", today=TODAY).code == 0
    return pipeline


def test_a_review_calls_no_deal_new_of_which_no_file_says_when_it_came(buyers: Run) -> None:
    review = buyers("review", "--json", today=TODAY).json

    assert "new" not in {row["change"] for row in review["rows"]}
    items = {one["item"]: (one["deals"], one["value"]) for one in review["waterfall"]}
    assert (items["new"], items["moved_in"]) == ((0, 0), (1, 5000)), "and still the value adds up"
    page = buyers("review", today=TODAY).out
    assert "In the record now, though no file says when they were created: 13 Open one." in page
    assert "No new leads." in page


def test_spans_of_days_are_missing_where_no_win_has_a_date(pipeline: Run, folder: Path) -> None:
    (folder / "deals.csv").write_text(
        "id,title,status,created,closed\n"
        "a,A,won,2026-01-05,\nb,B,won,2026-01-06,\nc,C,won,2026-03-05,\nd,D,won,2026-03-06,2026-03-20\n"
    )
    pipeline("import", "deals.csv", today=TODAY)

    january, march = pipeline("cohorts", "--json", today=TODAY).rows

    assert [january[f"won_{days}"] for days in (30, 60, 90, 180)] == [None] * 4
    assert [march[f"won_{days}"] for days in (30, 60, 90, 180)] == [1] * 4


def test_a_record_of_buyers_alone_gives_no_share_of_wins(buyers: Run) -> None:
    for report in ("sources", "funnel", "cohorts"):
        page = buyers(report, today=TODAY).out
        assert "No win rate: 12 deals won and none lost." in page, report
    assert "of them won" not in buyers("sources", today=TODAY).out
    assert buyers("sources", "--json", today=TODAY).rows[0]["conversion"] is None
    assert all(row["win_rate_all"] is None for row in buyers("funnel", "--json", today=TODAY).rows)


def test_where_most_are_still_open_the_share_that_was_won_so_far_is_shown(pipeline: Run) -> None:
    for number in range(5):
        pipeline("add", f"Deal {number}", "--source", "fair", today="2026-11-01")
    pipeline("win", "1", today=TODAY)

    assert pipeline("sources", "--json", today=TODAY).rows[0]["conversion"] == 0.2
    assert pipeline("funnel", "--json", today=TODAY).rows[0]["win_rate_all"] == 0.2


def test_a_closing_that_an_import_made_up_is_no_day_of_a_list(buyers: Run) -> None:
    assert {row["closed_at"] for row in buyers("list", "status=won", "--json", today=TODAY).rows} == {None}
    assert "21 Nov" not in buyers("list", "status=won", today=TODAY).out

    buyers("win", "13", today=TODAY)
    (known,) = buyers("list", "Open one", "status=won", "--json", today=TODAY).rows
    assert known["closed_at"].startswith(TODAY)


def test_since_when_somebody_is_a_customer_is_said_where_it_is_known(buyers: Run) -> None:
    page = buyers("show", "1", today=TODAY)
    assert "12 won deals, 12,000 EUR" in page.out
    assert "since" not in page.out
    customer = buyers("show", "1", "--json", today=TODAY).json["customer"]
    assert (customer["won_value"], customer["first_won_at"], customer["years"]) == (12000, None, [])

    buyers("edit", "13", "--org", "Acme", today=TODAY)
    buyers("win", "13", today=TODAY)
    assert "since 2026, 13 won deals, 17,000 EUR" in buyers("show", "1", today=TODAY).out


def test_of_a_deal_that_came_on_no_known_day_neither_silence_nor_age_is_shown(buyers: Run) -> None:
    assert "Idle" not in buyers("show", "13", today=TODAY).out

    buyers("log", "13", "call", today=TODAY)
    page = buyers("show", "13", today="2026-11-25").out
    assert "4 days" in page
    assert "days old" not in page


def test_a_forecast_does_not_hold_a_made_up_stay_against_a_deal(pipeline: Run, folder: Path) -> None:
    rows = [f"w{number},Won {number},won,1000,2026-01-0{number},2026-01-2{number}" for number in range(1, 9)]
    rows += [f"l{number},Lost {number},lost,1000,2026-01-0{number},2026-02-0{number}" for number in range(1, 9)]
    rows += ["o1,No date,open,5000,,", "o2,Old one,open,7000,2026-02-01,"]
    (folder / "deals.csv").write_text("\n".join(["id,title,status,value,created,closed", *rows]) + "\n")
    pipeline("import", "deals.csv", today="2026-11-01")

    page = " ".join(pipeline("forecast", today="2027-11-21").out.split())

    assert "longer in their stage" not in page
    assert "1 deal worth 7,000 has been open for longer than any that was won." in page


def test_an_answer_and_a_confirmation_without_a_date_are_not_told_as_of_the_day_of_the_import(
    pipeline: Run, folder: Path
) -> None:
    (folder / "deals.csv").write_text(
        "id,title,stage,qualification,confirmed\nx,Acme,prospecting,budget=yes need=no,prospecting.problem\n"
    )
    pipeline("import", "deals.csv", today=TODAY)
    pipeline("qualify", "1", "--set", "authority=yes", today=TODAY)

    def told(on: str) -> dict[str, object]:
        shown = pipeline("show", "1", "--json", today=on).json
        assert [one["confirmed_at"] for one in shown["confirmations"]] == [None]
        return {one["item"]: one["answered_at"] and one["answered_at"][:10] for one in shown["answers"]}

    assert told(TODAY) == {"budget": None, "need": None, "authority": TODAY}
    page = pipeline("show", "1", today=TODAY).out
    assert page.partition("Qualification")[2].partition("Timeline")[0].count("(today)") == 1
    assert "confirmed on a day not known" in page

    exported = pipeline("export", "deals", today=TODAY).out
    (folder / "pipeline.db").unlink()
    (folder / "again.csv").write_text(exported)
    pipeline("import", "again.csv", today="2026-11-25")
    assert told("2026-11-25") == {"budget": None, "need": None, "authority": TODAY}, (
        "so it is after a way through a file"
    )
