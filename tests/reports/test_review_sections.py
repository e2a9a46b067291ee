"""The lists of a review on a screen: what a record just imported leaves dead does not bury the week."""

from __future__ import annotations

from pathlib import Path

from tests.conftest import Run

OLD_DEALS = 9


def import_an_old_book(pipeline: Run, folder: Path) -> None:
    """Deals nobody has touched since the summer, and one in its last stage that is alive."""
    rows = [f"{number},Old {number},prospecting,1000,2026-06-01,2026-06-02" for number in range(OLD_DEALS)]
    rows.append("99,Alive,commit,5000,2026-11-10,2026-11-12")
    head = "id,title,stage,value,created_at,last_activity"
    folder.joinpath("deals.csv").write_text("\n".join([head, *rows]) + "\n", encoding="utf-8")
    assert pipeline("import", "deals.csv").code == 0


def test_the_first_review_after_an_import_tells_the_long_dead_in_one_line(pipeline: Run, folder: Path) -> None:
    import_an_old_book(pipeline, folder)

    page = pipeline("review", terminal=True).out

    assert "What changed: 1 silent" in page
    assert "Silent for so long that they are dead by your rules: 9 deals; see below." in page
    assert 'next 10 tomorrow "Call"' in page
    assert "lose" not in page
    said = "Dead by your rules: 9 deals (9,000 EUR). `pipeline prune` decides on all at once."
    assert said in " ".join(page.split())


def test_a_file_and_a_machine_get_every_deal(pipeline: Run, folder: Path) -> None:
    import_an_old_book(pipeline, folder)

    review = pipeline("review", "--json")
    assert [row["change"] for row in review.rows] == ["silent"] * (OLD_DEALS + 1)
    assert len(review.json["decisions"]) == OLD_DEALS + 1
    assert pipeline("review", "-o", "week.md").code == 0
    assert folder.joinpath("week.md").read_text(encoding="utf-8").count("lose ") == OLD_DEALS


def test_the_command_meets_the_pipelines_that_were_asked_for(pipeline: Run, folder: Path) -> None:
    rules = folder / "pipeline.yaml"
    other = "  other:\n    name: Other\n    stages:\n      - {id: only, name: Only, probability: 50}\n"
    text = rules.read_text(encoding="utf-8")
    rules.write_text(text.replace("\nqualification:", f"\n{other}\nqualification:"), encoding="utf-8")
    import_an_old_book(pipeline, folder)

    page = pipeline("review", terminal=True).out
    assert "`pipeline prune` decides" in " ".join(page.split())

    page = pipeline("review", "--pipeline", "services", terminal=True).out
    assert "`pipeline prune --pipeline services` decides" in " ".join(page.split())


def test_a_few_dead_deals_are_named_each(pipeline: Run) -> None:
    pipeline("add", "Acme", "--value", "5k", today="2026-06-01")

    page = pipeline("review", terminal=True).out

    assert "lose 1 --reason no_response" in page
    assert "at once" not in page
