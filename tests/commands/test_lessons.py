"""`lessons` as a person or a script meets it."""

from __future__ import annotations

import json
from collections.abc import Callable
from math import comb
from pathlib import Path

import pytest

from tests.conftest import Prepare, RealRecord, Run

TODAY = "2026-11-20"


def write_deals(folder: Path, rows: list[dict[str, object]]) -> str:
    columns = list(dict.fromkeys(key for row in rows for key in row))
    lines = [",".join(columns), *(",".join(str(row.get(key, "")) for key in columns) for row in rows)]
    (folder / "deals.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return "deals.csv"


def closed(number: int, outcome: str, **further: object) -> dict[str, object]:
    return {
        "external_id": f"D{number}",
        "title": f"Deal {number}",
        "value": 1000 + number % 7 * 500,
        "stage": outcome,
        "created_at": f"2026-0{1 + number % 3}-0{1 + number % 9}",
        "closed_at": f"2026-0{5 + number % 4}-1{number % 9}",
        "lost_reason": ("price", "no_decision")[number % 2] if outcome == "lost" else "",
        **further,
    }


def a_year(run: Run) -> None:
    """Referrals won 16 in 20, outbound 2 in 30, fairs 10 in 30; a colour that says nothing, a key, a constant."""
    rows, number = [], 0
    for source, won, lost in (("referral", 16, 4), ("outbound", 2, 28), ("event", 10, 20)):
        for place in range(won + lost):
            number += 1
            further = {
                "source": source,
                "colour": "red" if number % 2 else "blue",
                "key": 7000 + number,
                "planet": "earth",
            }
            rows.append(closed(number, "won" if place < won else "lost", **further))
    result = run("import", write_deals(Path(), rows), today=TODAY)
    assert result.code == 0, result.err


@pytest.fixture
def year(prepare: Prepare) -> Run:
    return prepare(a_year)


def fisher_by_hand(won: int, lost: int, other_won: int, other_lost: int) -> float:
    drawn, wins, all_ = won + lost, won + other_won, won + lost + other_won + other_lost
    ways = [comb(wins, k) * comb(all_ - wins, drawn - k) for k in range(drawn + 1)]
    return sum(one for one in ways if one <= ways[won]) / comb(all_, drawn)


def test_what_differs_is_said_with_its_numbers(year: Run) -> None:
    page = year("lessons", today=TODAY).out

    assert "28 won, 52 lost." in page
    assert "Source 'outbound': won 2 of 30 (7%, 1–22%), the others 26 of 50 (52%, 37–66%)." in page
    assert "Source 'referral': won 16 of 20 (80%, 56–94%), the others 12 of 60 (20%, 11–32%)." in page
    assert "'event'" not in page
    assert "colour" in page.partition("No difference is proven by ")[2]
    assert "Not compared, the same wherever it is known: planet (n 80)" in page
    assert "Not compared, every deal has a number of its own: key (n 80)." in page


def test_a_script_gets_every_comparison_with_its_chance(year: Run) -> None:
    answer = year("lessons", "--json", today=TODAY).json
    rows = {(row["factor"], row["value"]): row for row in answer["rows"]}
    referral = rows["source", "referral"]

    assert (answer["won"], answer["lost"], answer["disqualified"]) == (28, 52, 0)
    assert referral["p"] == pytest.approx(fisher_by_hand(16, 4, 12, 48))
    assert referral["p"] < referral["p_adjusted"] <= referral["p"] * len(answer["rows"])
    assert referral["proven"] is True
    assert rows["source", "event"]["proven"] is False
    assert {one["code"] for one in answer["silent"]} == {"unknown", "constant", "numbering", "not_proven"}
    lost = {one["reason"]: one["deals"] for one in answer["reasons"] if one["outcome"] == "lost"}
    assert sum(lost.values()) == 52
    assert set(lost) == {"price", "no_decision"}


def test_one_thing_alone_is_held_against_chance_by_itself(year: Run) -> None:
    rows = year("lessons", "--by", "source", "--json", today=TODAY).rows

    assert [row["value"] for row in rows] == ["referral", "outbound", "event"]
    assert rows[0]["p_adjusted"] == pytest.approx(rows[0]["p"] * 3)
    table = year("lessons", "--by", "colour", today=TODAY).out
    assert "No difference is proven: chance explains all there is in 1 comparison." in table


def test_since_looks_at_what_closed_then(year: Run) -> None:
    answer = year("lessons", "--since", "2026-08-01", "--json", today=TODAY).json
    expected = sum(number % 4 == 3 for number in range(1, 81))

    assert answer["won"] + answer["lost"] == expected


def test_a_past_day_is_seen_as_it_was(year: Run) -> None:
    later = [closed(number, "lost", source="late", colour="green") for number in range(100, 130)]
    before = year("lessons", "--as-of", "2026-07-15", "--json", today=TODAY).json
    assert before["won"] + before["lost"] < 80
    for row in later:
        row |= {"created_at": "2026-09-01", "closed_at": "2026-09-20"}
    assert year("import", write_deals(Path(), later), today=TODAY).code == 0

    assert year("lessons", "--as-of", "2026-07-15", "--json", today=TODAY).json == before


def test_touches_before_a_stage_are_no_touches_after_it(pipeline: Run, folder: Path) -> None:
    def told(*words: str, today: str) -> None:
        result = pipeline(*words, today=today)
        assert result.code == 0, result.err

    for number in range(1, 13):
        name, is_won = f"Deal {number}", number % 2 == 0
        told("add", name, today="2026-08-01T09:00")
        for _ in range(3 if is_won else 1):
            told("log", name, "call", today="2026-08-02T09:00")
        told("advance", name, "--force", "--reason", "as asked", today="2026-08-03T09:00")
        told("log", name, "call", today="2026-08-04T09:00")
        told(*(("win", name) if is_won else ("lose", name, "--reason", "price")), today="2026-08-09T09:00")

    rows = pipeline("lessons", "--json", today=TODAY).rows
    (touches,) = [row for row in rows if row["factor"] == "touches" and row["stage"] == "qualification"]
    assert (touches["value"], touches["won"], touches["lost"]) == ("3 or more", 6, 0)
    assert (touches["others_won"], touches["others_lost"]) == (0, 6)
    assert touches["p"] == pytest.approx(2 / comb(12, 6))


def test_the_price_of_the_last_day_is_the_outcome_and_no_change(pipeline: Run) -> None:
    for number in range(1, 13):
        name = f"Deal {number}"
        assert pipeline("add", name, "--value", "1000", today="2026-08-01").code == 0
        if number <= 6:
            assert pipeline("edit", name, "--value", "800", today="2026-08-05").code == 0
        how = ("win", name, "--value", "1200") if number % 2 else ("lose", name, "--reason", "price")
        assert pipeline(*how, today="2026-08-20").code == 0

    (price,) = [row for row in pipeline("lessons", "--json", today=TODAY).rows if row["factor"] == "price"]
    assert price["value"] in ("lowered", "unchanged")
    assert [price[key] for key in ("won", "lost", "others_won", "others_lost", "p")] == [3, 3, 3, 3, 1]


def test_one_outcome_alone_teaches_nothing_and_says_so(pipeline: Run, folder: Path) -> None:
    rows = [closed(number, "won", source="fair") for number in range(1, 31)]
    assert pipeline("import", write_deals(folder, rows), today=TODAY).code == 0

    page = pipeline("lessons", today=TODAY).out
    assert "30 won, 0 lost." in page
    assert "Nothing can be compared: it takes won deals and lost ones." in page


def test_one_deal_is_no_history(pipeline: Run) -> None:
    assert pipeline("add", "Acme", today="2026-11-01").code == 0
    assert "No deal is won or lost yet" in pipeline("lessons", today=TODAY).out
    assert pipeline("win", "Acme", today="2026-11-02").code == 0

    result = pipeline("lessons", today=TODAY)
    assert (result.code, "1 won, 0 lost." in result.out) == (0, True)


def test_a_few_deals_of_both_outcomes_prove_nothing(pipeline: Run, folder: Path) -> None:
    rows = [closed(number, ("won", "lost")[number % 2], source=f"s{number % 2}") for number in range(1, 9)]
    assert pipeline("import", write_deals(folder, rows), today=TODAY).code == 0

    assert pipeline("lessons", "--json", today=TODAY).rows == []
    assert "Nothing can be compared" in pipeline("lessons", today=TODAY).out


def test_marks_and_formulas_in_a_field_are_only_text(pipeline: Run, folder: Path) -> None:
    rows = [
        closed(number, ("won", "lost")[number % 3 > 0], mood="[/]" if number % 2 else "=1+1") for number in range(1, 41)
    ]
    assert pipeline("import", write_deals(folder, rows), today=TODAY).code == 0

    assert "[/]" in pipeline("lessons", "--by", "mood", today=TODAY).out
    assert "\n'=1+1" not in pipeline("lessons", "--json", today=TODAY).out


@pytest.mark.parametrize("words", [("--by", "moon"), ("--by", "stage"), ("--since", "soon"), ("--as-of", "2031-01-01")])
def test_what_is_mistyped_is_said_in_one_sentence(year: Run, words: tuple[str, ...]) -> None:
    result = year("lessons", *words, today=TODAY)

    assert (result.code, result.out) == (2, "")
    assert len(result.err.splitlines()) == 1


def test_hardware_sales_teach_how_long_the_won_ones_take(
    real_record: Callable[[str], RealRecord], run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    record = real_record("maven")
    monkeypatch.chdir(record.folder)
    answer = json.loads(run("lessons", "--json", today=record.today).out)

    assert (answer["won"], answer["lost"]) == (4238, 2473)
    won = next(one for one in answer["days_to_close"] if one["outcome"] == "won")
    assert won["median_days"] == 57
    value = next(one for one in answer["silent"] if one["factor"] == "value")
    assert value["code"] == "one_outcome"
