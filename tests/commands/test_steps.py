"""Several next steps on one deal, with a time of day and a length: the earliest is the next step everywhere."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.commands.reading import deal, flags, last, record, shown
from tests.conftest import Run


@pytest.fixture
def acme(pipeline: Run) -> Run:
    """A deal with three steps, typed in no order."""
    pipeline("add", "Acme")
    pipeline("next", "1", "2026-12-04", "Send the offer")
    pipeline("next", "1", "2026-12-04 14:30", "Demo", "--for", "45m")
    pipeline("next", "1", "2026-12-10", "Call")
    return pipeline


def planned(run: Run, name: str = "1") -> list[str]:
    """The open steps as `show` numbers them."""
    return [
        " ".join(str(part) for part in (step["text"], step["due"], step["time"], step["minutes"]) if part)
        for step in shown(run, name)["next_steps"]
    ]


def test_they_go_by_day_then_time_and_what_has_no_time_is_the_last_of_its_day(acme: Run) -> None:
    acme("next", "1", "2026-12-04 9am", "Write")

    assert planned(acme) == [
        "Write 2026-12-04 09:00",
        "Demo 2026-12-04 14:30 45",
        "Send the offer 2026-12-04",
        "Call 2026-12-10",
    ]
    assert (deal(acme)["next_step"], deal(acme)["next_step_due"]) == ("Write", "2026-12-04")


def test_a_new_one_is_said_with_those_beside_it(acme: Run) -> None:
    assert acme("next", "1", "2026-12-11", "Ask").err == (
        "Next on 1, Acme: Ask, due 2026-12-11. Also planned: Demo, due 2026-12-04 14:30 for 45m; "
        "Send the offer, due 2026-12-04; Call, due 2026-12-10.\n"
    )
    assert acme("next", "1", "2026-12-12", "Ask").err.endswith("Call, due 2026-12-10; 1 more.\n")


def test_a_time_of_today_that_is_past_is_taken_and_said_to_be(acme: Run) -> None:
    said = acme("next", "1", "2026-11-21 9:59", "Ring").err
    assert said.startswith("Next on 1, Acme: Ring, due 2026-11-21 09:59 (that time is past: it is 10:00). Also planned")


def test_two_on_one_minute_are_two_steps(acme: Run) -> None:
    acme("next", "1", "2026-12-04 14:30", "Demo")

    assert [step for step in planned(acme) if "14:30" in step] == [
        "Demo 2026-12-04 14:30 45",
        "Demo 2026-12-04 14:30",
    ]


def test_show_numbers_them(acme: Run) -> None:
    lines = [line.split() for line in acme("show", "1").out.splitlines() if "Next step" in line]

    assert [line[2] for line in lines] == ["1.1", "1.2", "1.3"]
    assert lines[0][3:] == ["Demo", "(due", "4", "Dec", "14:30", "for", "45m)"]


def test_done_closes_the_earliest_and_says_what_is_still_to_come(acme: Run) -> None:
    before = record(acme)

    assert acme("done", "1").err == "Done: Demo. Still to come: Send the offer, due 2026-12-04; 1 more.\n"
    assert planned(acme) == ["Send the offer 2026-12-04", "Call 2026-12-10"]
    acme("undo")
    assert record(acme) == before


def test_done_takes_the_number_that_show_gives(acme: Run) -> None:
    before = record(acme)

    assert acme("done", "1.3", "#1.1").err == "Done: Call; Demo. Still to come: Send the offer, due 2026-12-04.\n"
    assert planned(acme) == ["Send the offer 2026-12-04"]
    acme("undo")
    assert record(acme) == before


@pytest.mark.parametrize("number", ["1.4", "1.99999"])
def test_a_number_that_no_step_has_is_refused(acme: Run, number: str) -> None:
    before = record(acme)

    result = acme("done", number)

    assert (result.code, len(result.err.splitlines())) == (5, 1)
    assert f"has 3 next steps and no number {number[2:]}" in result.err
    assert record(acme) == before


def test_a_title_with_a_dot_is_no_step(pipeline: Run) -> None:
    pipeline("add", "Release 2.1")
    pipeline("next", "1", "3d", "Call")

    assert pipeline("done", "Release", "2.1").code == 0
    assert planned(pipeline) == []


def test_without_words_the_earliest_is_moved_and_keeps_its_time_and_length(acme: Run) -> None:
    before = record(acme)

    assert acme("next", "1", "2026-12-14").err == (
        "Next on 1, Acme: Demo, due 2026-12-14 14:30 for 45m. It was 2026-12-04 14:30 for 45m. "
        "Also planned: Send the offer, due 2026-12-04; Call, due 2026-12-10.\n"
    )
    assert planned(acme) == ["Send the offer 2026-12-04", "Call 2026-12-10", "Demo 2026-12-14 14:30 45"]
    acme("undo")
    assert record(acme) == before


def test_a_numbered_one_is_moved_or_replaced(acme: Run) -> None:
    acme("next", "1.2", "2026-12-01", "10:00", "--for", "1h30m")
    acme("next", "1.3", "2026-12-11", "Write", "instead")

    assert planned(acme) == [
        "Send the offer 2026-12-01 10:00 90",
        "Demo 2026-12-04 14:30 45",
        "Write instead 2026-12-11",
    ]


def test_replace_leaves_one(acme: Run) -> None:
    before = record(acme)

    assert acme("next", "1", "2026-12-02", "Ask", "--replace").err == (
        "Next on 1, Acme: Ask, due 2026-12-02. In place of: Demo, due 2026-12-04 14:30 for 45m; "
        "Send the offer, due 2026-12-04; Call, due 2026-12-10.\n"
    )
    assert planned(acme) == ["Ask 2026-12-02"]
    acme("undo")
    assert record(acme) == before
    assert acme("next", "1.1", "2026-12-02", "Ask", "--replace").code == 2


@pytest.mark.parametrize(
    "closing", [["win", "1"], ["lose", "1", "--reason", "price"], ["disqualify", "1", "--reason", "x"]]
)
def test_a_closed_deal_keeps_none_of_them_and_undo_brings_all_back(acme: Run, closing: list[str]) -> None:
    before = record(acme)

    acme(*closing)
    assert planned(acme) == []
    assert acme("check").code == 0
    acme("undo")
    assert record(acme) == before


def test_a_snoozed_deal_keeps_them(acme: Run) -> None:
    before = planned(acme)
    acme("snooze", "1", "30d")
    assert planned(acme) == before


def test_what_is_promised_while_a_deal_sleeps_goes_before_what_the_snooze_silenced(pipeline: Run) -> None:
    pipeline("add", "Acme", today="2026-11-01")
    pipeline("next", "1", "2026-11-19", "Old", today="2026-11-01")
    pipeline("snooze", "1", "60d", today="2026-11-02")
    assert pipeline("today", "--count").out == "0\n"

    pipeline("next", "1", "2026-11-21", "New", today="2026-11-03")
    assert [row["why"] for row in pipeline("today", "--json").rows] == ["due today: New"]
    assert planned(pipeline) == ["New 2026-11-21", "Old 2026-11-19"]
    pipeline("done", "1")
    assert (planned(pipeline), pipeline("today", "--count").out) == (["Old 2026-11-19"], "0\n")
    assert pipeline("today", "--count", today="2027-01-02").out == "1\n"


def test_an_overdue_one_flags_the_deal_though_others_lie_ahead(acme: Run) -> None:
    acme("next", "1", "2026-11-20", "Write")
    assert flags(acme)["overdue"] == 1
    acme("done", "1")
    assert "overdue" not in flags(acme)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["fri 14:30", "Demo", "--for", "0m"], "--for '0m': a step takes some time"),
        (["fri 14:30", "Demo", "--for", "0"], "--for '0': a step takes some time"),
        (["fri 14:30", "Demo", "--for", "long"], "--for 'long': is not a length"),
        (["fri 14:30", "Demo", "--for", "-5m"], "--for '-5m': is not a length"),
        (["fri 14:30", "Demo", "--for", "25h"], "--for '25h': is longer than a day"),
        (["fri", "Demo", "--for", "45m"], "--for needs a time of day"),
        (["fri", "Demo", "--remind", "15m"], "--remind needs a time of day"),
        (["fri 14:30", "Demo", "--remind", "soon"], "--remind 'soon': is not a time before it"),
        (["fri 14:30", "Demo", "--remind", "40d"], "--remind '40d': is too early"),
        (
            ["today 10:05", "Demo", "--remind", "15m"],
            "--remind 15m: would have come at 2026-11-21 09:50, which is past",
        ),
        (["yesterday 9am", "Demo", "--remind", "0"], "--remind 0m: would have come at 2026-11-20 09:00, which is past"),
        (["fri 25:00", "Demo"], "'fri 25:00' is not a time of day"),
        (["fri 14:75", "Demo"], "'fri 14:75' is not a time of day"),
        (["fri 13pm", "Demo"], "'fri 13pm' is not a time of day"),
        (["fri 14:30:20", "Demo"], "'fri 14:30:20' is not a time to the minute"),
    ],
)
def test_what_cannot_be_is_refused_in_one_sentence_and_changes_nothing(acme: Run, words: list[str], said: str) -> None:
    before = record(acme)

    result = acme("next", "1", *words)

    assert (result.code, len(result.err.splitlines())) == (2, 1)
    assert result.err.startswith(said)
    assert record(acme) == before


@pytest.mark.parametrize(
    ("typed", "step"),
    [
        (["fri", "14:30", "Demo", "for", "two"], "Demo for two 2026-11-27 14:30"),
        (["tomorrow", "at", "9am", "Call"], "Call 2026-11-22 09:00"),
        (["2026-12-31T23:59", "Count"], "Count 2026-12-31 23:59"),
        (["16:00", "Ring", "them"], "Ring them 2026-11-21 16:00"),
        (["27 November 2026 at 2:30 pm", "[/] 🎉 =1+1"], "[/] 🎉 =1+1 2026-11-27 14:30"),
        (["fri 00:00", "Midnight"], "Midnight 2026-11-27 00:00"),
        (["2031-03-05 8:05", "Later"], "Later 2031-03-05 08:05"),
    ],
)
def test_a_time_is_read_where_a_day_is(pipeline: Run, typed: list[str], step: str) -> None:
    pipeline("add", "Acme")
    assert pipeline("next", "1", *typed).code == 0
    assert planned(pipeline) == [step]


def test_every_command_that_sets_one_takes_a_time(pipeline: Run) -> None:
    pipeline("add", "Acme", "--next", "fri", "14:30", "Demo")
    pipeline("log", "1", "note", "x")
    said = pipeline("log", "1", "call", "they like it", "--next", "mon 9:15", "Send the offer")
    assert said.err.splitlines()[0].endswith("Next: Send the offer, due 2026-11-23 09:15.")
    assert planned(pipeline) == ["Send the offer 2026-11-23 09:15", "Demo 2026-11-27 14:30"]
    pipeline("win", "1", "-n", "tomorrow", "8am", "Kick off")
    assert planned(pipeline) == ["Kick off 2026-11-22 08:00"]


@pytest.fixture
def berlin(pipeline: Run, folder: Path) -> Run:
    """A record in a zone whose clocks change on 2026-03-29 and 2026-10-25."""
    rules = folder / "pipeline.yaml"
    lines = [line for line in rules.read_text("utf-8").splitlines() if "time_zone:" not in line]
    rules.write_text("\n".join([*lines, "time_zone: Europe/Berlin", ""]), "utf-8")
    pipeline("add", "Acme", today="2026-03-01")
    return pipeline


def test_a_step_keeps_its_time_across_a_change_of_the_clocks(berlin: Run) -> None:
    assert berlin("next", "1", "2026-03-30 14:30", "Demo", "--for", "2h", today="2026-03-01").code == 0
    assert berlin("next", "1", "2026-10-25 02:30", "Night shift", today="2026-03-01").code == 0
    assert planned(berlin) == ["Demo 2026-03-30 14:30 120", "Night shift 2026-10-25 02:30"]


def test_a_time_that_the_clocks_skip_is_refused(berlin: Run) -> None:
    result = berlin("next", "1", "2026-03-29 02:30", "Demo", today="2026-03-01")

    assert (result.code, planned(berlin)) == (2, [])
    assert result.err == "'2026-03-29 02:30' will not happen: the clocks go forward then. Give an hour later.\n"


def test_what_a_touchpoint_did_is_closed_though_it_is_not_the_earliest(pipeline: Run) -> None:
    pipeline("add", "Acme")
    pipeline("next", "1", "2026-11-20", "Send the offer")
    pipeline("next", "1", "today", "Call them")

    assert "If that is done: pipeline done 1.2" in pipeline("log", "1", "call", "spoke").err
    assert "Call them is done." in pipeline("log", "1", "call", "spoke", "--done").err
    assert planned(pipeline) == ["Send the offer 2026-11-20"]
    assert "Send the offer is done." in pipeline("log", "1", "call", "spoke", "--done").err


def test_a_next_step_told_with_a_touchpoint_follows_the_one_it_did_and_stays_beside_others(pipeline: Run) -> None:
    pipeline("add", "Acme")
    pipeline("next", "1", "today", "Call them")
    pipeline("next", "1", "3d", "Send the offer")

    assert "Call them is done. Next: Ask, due 2026-11-26." in pipeline("log", "1", "call", "-n", "5d", "Ask").err
    assert planned(pipeline) == ["Send the offer 2026-11-24", "Ask 2026-11-26"]
    assert pipeline("log", "1", "email", "x", "--not-done", "-n", "6d", "Wait").code == 0
    assert len(planned(pipeline)) == 3


def test_with_replace_a_touchpoint_leaves_the_step_that_is_told_with_it_alone(acme: Run) -> None:
    before = record(acme)
    assert acme("log", "1", "email", "x", "--replace").code == 2
    assert record(acme) == before

    assert acme("log", "1", "email", "another plan", "-n", "2026-12-20", "Wait", "--replace").code == 0
    assert planned(acme) == ["Wait 2026-12-20"]
    acme("undo")
    assert record(acme) == before


def test_the_next_attempt_takes_the_place_of_the_one_before_it_and_leaves_what_else_is_planned(pipeline: Run) -> None:
    pipeline("add", "Acme")
    pipeline("next", "1", "2026-11-20", "Send the offer")
    pipeline("log", "1", "call", "--no-answer", "--next-attempt", "--at", "2026-11-19")
    pipeline("log", "1", "call", "--no-answer", "--next-attempt", "--not-done")

    assert [step.split(" 2026")[0] for step in planned(pipeline)] == ["Send the offer", "Attempt 3 of 6"]
    said = pipeline("log", "1", "call", "we spoke").err
    assert "Attempt 3 of 6 is off the plan" in said
    assert planned(pipeline) == ["Send the offer 2026-11-20"]


def test_a_later_step_spares_a_deal_from_prune_though_an_earlier_one_is_overdue(pipeline: Run) -> None:
    pipeline("add", "Acme", today="2026-01-10")
    assert [row["id"] for row in pipeline("prune", "--dry-run", "--json").rows] == [1]
    pipeline("next", "1", "2026-01-20", "Call", today="2026-01-10")
    pipeline("next", "1", "3d", "Ask")

    assert pipeline("prune", "--dry-run", "--json").rows == []


def test_as_of_an_earlier_day_it_has_what_was_planned_then(pipeline: Run) -> None:
    pipeline("add", "Acme", today="2026-11-01")
    pipeline("next", "1", "2026-12-04 14:30", "Demo", today="2026-11-02")
    pipeline("next", "1", "2026-11-30", "Call", today="2026-11-05")
    pipeline("done", "1", today="2026-11-10")

    steps = [pipeline("list", "--json", "--as-of", day).rows[0]["next_step"] for day in ("2026-11-03", "2026-11-06")]
    assert [*steps, deal(pipeline)["next_step"]] == ["Demo", "Call", "Demo"]


def test_merging_keeps_both_plans_and_what_both_have_once(pipeline: Run) -> None:
    for number, title in (("1", "Acme"), ("2", "Acme GmbH")):
        pipeline("add", title)
        pipeline("next", number, "3d 9:00", "Call")
    pipeline("next", "2", "5d", "Write", "--replace")
    pipeline("next", "2", "3d 9:00", "Call")
    before = record(pipeline)

    assert pipeline("merge", "1", "2").code == 0
    (left,) = pipeline("list", "--json").rows
    assert planned(pipeline, str(left["id"])) == ["Call 2026-11-24 09:00", "Write 2026-11-26"]
    assert last(pipeline)["command"] == "merge"
    pipeline("undo")
    assert record(pipeline) == before


def test_a_split_leaves_them_with_the_first(acme: Run) -> None:
    said = acme("split", "1", "Part two", "--value", "1k").err
    assert "The next steps stay with 1: Demo, due 2026-12-04 14:30 for 45m; Send the offer" in said
    assert (len(planned(acme)), planned(acme, "2")) == (3, [])


def test_an_older_one_can_be_taken_back_while_a_later_one_stands(acme: Run) -> None:
    number = next(row["operation"] for row in acme("history", "--json").rows if "Demo" in row["summary"])
    assert acme("undo", "--only", str(number)).code == 0
    assert planned(acme) == ["Send the offer 2026-12-04", "Call 2026-12-10"]


def test_they_come_back_with_an_import_and_importing_again_changes_nothing(acme: Run, folder: Path) -> None:
    acme("next", "1", "2026-12-05 8:00", "[/] 🎉, =1+1", "--remind", "1h")
    acme("add", "Plain", "--next", "2026-12-06", "Call")
    first, steps = acme("export", "deals").out, planned(acme)
    (folder / "deals.csv").write_text(first, encoding="utf-8")
    assert acme("import", "deals.csv", "--json").json["deals"]["unchanged"] == 2
    (folder / "pipeline.db").unlink()

    assert acme("import", "deals.csv").code == 0
    assert (acme("export", "deals").out, planned(acme)) == (first, steps)
    assert shown(acme)["next_steps"][2]["remind_minutes"] == 60

    (folder / "deals.csv").write_text(first.replace("2026-12-10", "2026-12-11"), encoding="utf-8")
    before = record(acme)
    assert acme("import", "deals.csv", "--json").json["deals"]["updated"] == 1
    assert planned(acme)[-1] == "Call 2026-12-11"
    assert planned(acme)[:-1] == steps[:-1]
    acme("undo")
    assert record(acme) == before


def test_a_file_that_knows_of_one_step_takes_the_others_not_away(acme: Run, folder: Path) -> None:
    rows = acme("export", "deals", "--json").rows
    (row,) = [{key: value for key, value in one.items() if key != "open_steps" and value} for one in rows]
    lines = [",".join(row), ",".join(str(value) for value in row.values())]
    (folder / "deals.csv").write_text("\n".join(lines), encoding="utf-8")
    before = planned(acme)

    assert acme("import", "deals.csv").code == 0
    assert planned(acme) == before


@pytest.mark.parametrize(
    "steps",
    [
        "nonsense",
        "[1]",
        '[{"text": "x"}]',
        '[{"text": "x", "due": "2026-12-04", "time": "25:00"}]',
        '[{"text": "x", "due": "2026-12-04", "minutes": 0}]',
        '[{"text": "", "due": "2026-12-04"}]',
        '[{"text": "\\ud800", "due": "2026-12-04"}]',
    ],
)
def test_steps_that_no_export_wrote_are_kept_as_a_field(pipeline: Run, folder: Path, steps: str) -> None:
    quoted = steps.replace('"', '""')
    (folder / "deals.csv").write_text(f'title,stage,open_steps\nAcme,prospecting,"{quoted}"\n', encoding="utf-8")

    assert pipeline("import", "deals.csv").code == 0
    assert (planned(pipeline), shown(pipeline)["fields"]["open_steps"]) == ([], steps)
