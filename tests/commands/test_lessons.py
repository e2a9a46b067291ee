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


# Effort


def told(run: Run, *words: str, today: str) -> None:
    result = run(*words, today=today)
    assert result.code == 0, result.err


def some_work(run: Run) -> None:
    """Acme is won after a mail that was answered; Borg is lost in silence; Cora is disqualified; Dyna is open."""
    for name in ("Acme", "Borg", "Cora", "Dyna"):
        told(run, "add", name, "--source", "fair" if name == "Acme" else "list", today="2026-10-05T08:00")
        told(run, "log", name, "email", today="2026-10-05T09:10")
    told(run, "log", "Acme", "email", "--in", today="2026-10-07T16:00")
    told(run, "log", "Acme", "call", today="2026-10-08T10:00")
    told(run, "log", "Borg", "email", today="2026-10-06T09:20")
    told(run, "log", "Borg", "email", "--in", today="2026-11-05T09:20")
    told(run, "log", "Cora", "call", "--no-answer", today="2026-10-06T09:40")
    told(run, "log", "Dyna", "email", today="2026-11-18T09:40")
    told(run, "win", "Acme", today="2026-10-20T12:00")
    told(run, "lose", "Borg", "--reason", "price", today="2026-11-10T12:00")
    told(run, "disqualify", "Cora", "--reason", "a student", today="2026-11-10T12:00")


def test_touchpoints_are_counted_by_what_came_back(prepare: Prepare) -> None:
    rows = {
        (row["of"], row["value"]): row for row in prepare(some_work)("lessons", "--effort", "--json", today=TODAY).rows
    }

    email, call = rows["kind", "email"], rows["kind", "call"]
    # Of six mails one is two days old; of the others the first to Acme was answered, and to Borg nobody within 14 days.
    assert [email[key] for key in ("touches", "conversations", "judged", "answered")] == [6, 0, 5, 1]
    assert email["reply_rate"] == 0.2
    assert [call[key] for key in ("touches", "conversations", "judged", "answered")] == [2, 1, 2, 1]
    assert [rows["source", "list"][key] for key in ("touches", "on_closed", "for_nothing", "wasted")] == [6, 4, 4, 1]
    assert [rows["source", "fair"][key] for key in ("touches", "on_closed", "for_nothing", "wasted")] == [2, 2, 0, 0]
    assert rows["hour", "09"]["touches"] == 7
    assert rows["weekday", "Monday"]["touches"] == 4


def test_what_was_for_nothing_is_said_with_what_never_qualified(prepare: Prepare) -> None:
    run = prepare(some_work)
    effort = run("lessons", "--json", today=TODAY).json["effort"]

    assert effort == {
        "won": 2,
        "lost": 2,
        "disqualified": 2,
        "never_qualified": 4,
        "open": 2,
        "closed": 6,
        "for_nothing": 4,
    }
    assert (
        "4 of your 6 touchpoints on closed deals (67%) were for nothing: 2 on lost deals, 2 on disqualified ones; "
        "4 of them on deals that never qualified." in run("lessons", today=TODAY).out
    )
    later = run("lessons", "--effort", "--since", "2026-10-06", "--json", today=TODAY).json
    assert (later["effort"]["closed"], later["effort"]["open"]) == (3, 1)
    before = run("lessons", "--effort", "--as-of", "2026-10-07", "--json", today=TODAY).json["effort"]
    assert (before["closed"], before["open"]) == (0, 6)


def test_capacity_counts_full_weeks_alone(prepare: Prepare) -> None:
    answer = prepare(some_work)("lessons", "--capacity", "--json", today=TODAY).json

    # From 5 October to 15 November: 8 of the 9 touchpoints of ours but the last, all in the first of six weeks.
    assert (answer["capacity"]["weeks"], answer["capacity"]["touches_per_week"]) == (6, 0)
    first = answer["rows"][0]
    assert (first["open"], first["won_deals"], first["touches_per_deal_week"], first["carries"]) == (1, 1, None, None)
    assert first["touches_per_week"] == pytest.approx(7 / 6)


@pytest.mark.parametrize("option", ["--effort", "--capacity"])
def test_an_empty_record_says_what_to_type(pipeline: Run, option: str) -> None:
    result = pipeline("lessons", option, today=TODAY)

    assert (result.code, "`pipeline log DEAL call` keeps one." in result.out) == (0, True)
    assert pipeline("lessons", option, "--json", today=TODAY).rows == []
    assert len(pipeline("lessons", option, "--explain", today=TODAY).out.splitlines()) > 8


@pytest.mark.parametrize(
    "words",
    [
        ("--effort", "--capacity"),
        ("--effort", "--by", "source"),
        ("--capacity", "--since", "2026-01-01"),
        ("--capacity", "--by", "source"),
    ],
)
def test_reports_that_are_two_are_not_asked_for_as_one(pipeline: Run, words: tuple[str, ...]) -> None:
    result = pipeline("lessons", *words, today=TODAY)

    assert (result.code, result.out) == (2, "")
    assert "do not go together" in result.err


def test_the_demo_spent_375_of_584_touchpoints_for_nothing(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    out = run("demo").out
    monkeypatch.chdir(out.partition("The files are in ")[2].partition(". Go on")[0])

    said = (
        "375 of your 584 touchpoints on closed deals (64%) were for nothing: 346 on lost deals, 29 on disqualified ones"
    )
    assert said in run("lessons", today=TODAY).out
    assert said in run("lessons", "--effort", today=TODAY).out
    rows = run("lessons", "--effort", "--json", today=TODAY).rows
    assert sum(row["on_closed"] for row in rows if row["of"] == "kind") == 584
    assert sum(row["for_nothing"] for row in rows if row["of"] == "weekday") == 375


def test_several_pipelines_are_compared_together_and_stages_are_not(run: Run, folder: Path) -> None:
    from tests.commands.two_pipelines import write_rules

    write_rules(folder)
    for number in range(1, 13):
        where = "new" if number % 2 else "renewals"
        told(run, "add", f"Deal {number}", "--pipeline", where, "--source", where, today="2026-08-01")
        told(run, "log", f"Deal {number}", "email", today="2026-08-02")
        how = ("win",) if number % 3 else ("lose", "--reason", "price")
        told(run, how[0], f"Deal {number}", *how[1:], today="2026-08-20")

    answer = run("lessons", "--all-pipelines", "--json", today=TODAY).json
    assert (answer["pipeline"], answer["won"], answer["lost"]) == (None, 8, 4)
    assert {row["of"] for row in answer["rows"]} == {"deal"}
    assert answer["effort"]["closed"] == 12
    assert "compared within one pipeline" in run("lessons", "--all-pipelines", today=TODAY).out
    assert run("lessons", "--all-pipelines", "--capacity", today=TODAY).code == 2
    assert run("lessons", "--all-pipelines", "--effort", today=TODAY).code == 0


def test_tags_are_compared_and_many_reasons_are_cut(pipeline: Run, folder: Path) -> None:
    rows = [
        closed(
            number, "lost" if number > 20 else "won", tags="vip" if number < 25 else "", lost_reason=f"because {number}"
        )
        for number in range(1, 61)
    ]
    assert pipeline("import", write_deals(folder, rows), today=TODAY).code == 0

    page = pipeline("lessons", today=TODAY).out
    assert "Tag vip, yes: won 20 of 24 (83%, 63–95%), the others 0 of 36 (0%, 0–10%)." in page
    assert "Lost, by stage" in page
    assert "28 more reasons, of 28 deals: --json has them all." in page
