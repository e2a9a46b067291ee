"""`edit`: other values for a deal's fields."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.commands.reading import deal, flags, last, record, shown
from tests.conftest import Run


@pytest.fixture
def acme(pipeline: Run) -> Run:
    pipeline(
        "add",
        "Acme: workshop",
        "--org",
        "Acme",
        "--value",
        "12k",
        "--source",
        "referral",
        "--close",
        "30d",
        "--owner",
        "me",
        "--contact",
        "Ann <ann@acme.example>",
        "--field",
        "industry=software",
    )
    return pipeline


@pytest.mark.parametrize(
    ("words", "key", "value"),
    [
        (["--title", "Acme: audit"], "title", "Acme: audit"),
        (["--org", "Borg"], "organization", "Borg"),
        (["--value", "1.000,50"], "value", 1000.5),
        (["--source", "event"], "source", "event"),
        (["--close", "friday"], "expected_close", "2026-11-27"),
        (["--probability", "62.5"], "probability", 0.625),
        (["--external-id", "A-12"], "external_id", "A-12"),
        (["--org", ""], "organization", None),
        (["--value", ""], "value", None),
        (["--source", ""], "source", None),
        (["--close", ""], "expected_close", None),
        (["--external-id", ""], "external_id", None),
    ],
)
def test_a_field_is_changed_or_emptied(acme: Run, words: list[str], key: str, value: object) -> None:
    before = deal(acme)

    result = acme("edit", "1", *words)

    assert result.code == 0, result.err
    after = deal(acme)
    assert after[key] == value
    changed = {name for name in before if before[name] != after[name]} - {"probability", "flags"}
    assert changed <= {key}
    acme("undo")
    assert deal(acme) == before


def test_owner_cost_and_category_are_exported(acme: Run) -> None:
    acme("edit", "1", "--owner", "Bea", "--cost", "99.90", "--category", "Best Case")

    (row,) = acme("export", "deals", "--format", "json").rows
    assert (row["owner"], row["cost"], row["category"]) == ("Bea", 99.9, "best_case")
    acme("edit", "1", "--owner", "", "--cost", "", "--category", "auto")
    (row,) = acme("export", "deals", "--format", "json").rows
    assert (row["owner"], row["cost"], row["category"]) == (None, None, None)


def test_a_probability_set_by_hand_survives_a_move_until_auto(acme: Run) -> None:
    acme("edit", "1", "--probability", "80")
    acme("advance", "1", "--force", "--reason", "x")
    assert deal(acme)["probability"] == 0.8

    acme("edit", "1", "--probability", "auto")
    assert deal(acme)["probability"] == 0.15


def test_fields_of_ones_own_are_added_changed_and_removed(acme: Run) -> None:
    acme("edit", "1", "--field", "country=DE", "--field", "industry=")
    assert shown(acme)["fields"] == {"country": "DE"}

    acme("edit", "1", "--field", "country=A = B")
    assert shown(acme)["fields"] == {"country": "A = B"}


def test_a_person_is_added_and_a_known_one_completed(acme: Run) -> None:
    acme("edit", "1", "--contact", "Bob <bob@acme.example>")
    acme("edit", "1", "--contact", "Ann <ann@acme.example>", "--phone", "+49 30 1")
    acme("edit", "1", "--phone", "+49 30 2")

    assert [(one["name"], one["phone"]) for one in shown(acme)["contacts"]] == [("Ann", "+49 30 2"), ("Bob", None)]
    assert last(acme)["summary"] == "edited Acme: workshop: contact"


def test_moving_the_close_date_later_three_times_is_flagged(acme: Run) -> None:
    for day in ("40d", "50d", "45d"):
        acme("edit", "1", "--close", day)
    assert "pushed" not in flags(acme)

    acme("edit", "1", "--close", "60d")
    assert flags(acme)["pushed"] == 3


def test_several_fields_change_as_one_operation(acme: Run) -> None:
    before = record(acme)
    result = acme("edit", "acme", "--value", "5k", "--title", "New", "--contact", "Cid")

    assert result.err == "Changed 1, New: title Acme: workshop -> New, value 12,000 -> 5,000 EUR, contact.\n"
    assert acme("undo").code == 0
    assert record(acme) == before


def test_what_a_closed_deal_was_expected_to_bring_is_frozen(acme: Run) -> None:
    acme("lose", "1", "--reason", "price")
    before = record(acme)

    for words in (["--probability", "50"], ["--category", "commit"], ["--close", "3d"]):
        assert acme("edit", "1", *words).code == 5, words
    assert record(acme) == before
    assert acme("edit", "1", "--value", "1", "--field", "why=budget").code == 0


def test_nothing_changes_when_one_of_several_is_wrong(acme: Run) -> None:
    before = record(acme)

    for words in (["--title", "New", "--value", "nan"], ["--value", "5", "--phone", "x"], ["--title", " "], []):
        assert acme("edit", "1", *words).code == 2, words

    assert record(acme) == before
    assert len(acme("history", "--json").rows) == 1


def test_a_person_known_by_name_alone_gets_an_address_rather_than_a_double(pipeline: Run) -> None:
    pipeline("add", "Acme", "--contact", "Ann")

    pipeline("edit", "1", "--contact", "ann <ann@acme.example>")

    assert [(one["name"], one["email"]) for one in shown(pipeline)["contacts"]] == [("ann", "ann@acme.example")]


def test_a_second_person_of_the_same_name_is_somebody_else(pipeline: Run) -> None:
    pipeline("add", "Acme", "--contact", "Ann <ann@acme.example>")

    pipeline("edit", "1", "--contact", "Ann <other@acme.example>")

    assert len(shown(pipeline)["contacts"]) == 2


def test_a_new_number_replaces_the_old_even_of_a_person_without_a_name(pipeline: Run) -> None:
    pipeline("add", "Acme", "--phone", "+49 1111")

    pipeline("edit", "1", "--phone", "+49 2222", "--org", "Moved")
    pipeline("edit", "1", "--phone", "+49 3333")

    assert [one["phone"] for one in shown(pipeline)["contacts"]] == ["+49 3333"]
    pipeline("undo")
    assert [one["phone"] for one in shown(pipeline)["contacts"]] == ["+49 2222"]


def test_a_person_of_another_deal_is_the_same_person_here(pipeline: Run) -> None:
    pipeline("add", "workshop", "--contact", "Ann <ann@acme.example>")
    pipeline("add", "audit")

    pipeline("edit", "2", "--contact", "Ann <ann@acme.example>", "--phone", "+49 1111")

    assert shown(pipeline, "1")["contacts"] == shown(pipeline, "2")["contacts"]


def test_a_new_check_in_takes_the_place_of_the_old_one_and_an_empty_one_takes_it_away(pipeline: Run) -> None:
    pipeline("add", "Acme")
    pipeline("win", "1", "--check-in", "2026-12-01", "--renewal", "2027-11-21")

    assert pipeline("edit", "1", "--check-in", "2026-12-08").err == "Changed 1, Acme: check-in.\n"

    open_ones = [one for one in shown(pipeline)["follow_ups"] if one["closed_at"] is None]
    assert [(one["kind"], one["due"]) for one in open_ones] == [("renewal", "2027-11-21"), ("check_in", "2026-12-08")]
    pipeline("edit", "1", "--renewal", "")
    open_ones = [one for one in shown(pipeline)["follow_ups"] if one["closed_at"] is None]
    assert [one["kind"] for one in open_ones] == ["check_in"]


def test_only_what_was_sold_is_renewed(pipeline: Run) -> None:
    pipeline("add", "Acme")
    before = record(pipeline)

    result = pipeline("edit", "1", "--renewal", "1y")

    assert (result.code, result.err) == (
        5,
        "Deal 1 is open: a renewal belongs to a won deal, so nothing was changed. `pipeline win 1 --renewal 12m` "
        "sets it with the win.\n",
    )
    assert record(pipeline) == before


def test_an_external_id_of_another_deal_is_refused_unless_another_program_gave_it(pipeline: Run, folder: Path) -> None:
    for name in ("one", "two"):
        (folder / f"{name}.csv").write_text("deal_id,title\n12,Acme\n13,Beta\n")
        pipeline("import", f"{name}.csv", "--source-name", name)
    refused = pipeline("edit", "1", "--external-id", "13")
    assert (refused.code, refused.err.splitlines()[0]) == (
        5,
        "Deal 2, Beta, has the external id '13' already: give another one, or join the two with `pipeline merge 1 2`.",
    )
    pipeline("edit", "4", "--external-id", "14")
    assert pipeline("edit", "1", "--external-id", "14").code == 0
    assert pipeline("show", "ext:14").code == 4


@pytest.fixture
def three(acme: Run) -> Run:
    """Ann, Bob and Cid, of whom Cid is on another deal too."""
    acme("edit", "1", "--contact", "Bob <bob@acme.example>", "--contact", "Cid <cid@acme.example>")
    acme("add", "other", "--org", "Acme", "--contact", "Cid <cid@acme.example>", "--contact", "Dan")
    return acme


@pytest.mark.parametrize("who", ["c2", "2", "C2", "bob", "bob@acme.example", " Bob "])
def test_a_person_is_taken_off_a_deal_and_stays_in_the_record(three: Run, who: str) -> None:
    before = record(three)

    result = three("edit", "1", "--without-contact", who)

    assert (result.code, result.err) == (0, "Changed 1, Acme: workshop: contact c2 taken off.\n")
    assert [one["name"] for one in shown(three)["contacts"]] == ["Ann", "Cid"]
    assert three("contact", "show", "c2", "--json").json["deals"] == []
    assert three("contact", "show", "c3", "--json").json["deals"] != []
    assert "Bob" not in three("export", "deals", "--format", "csv").out
    assert last(three)["summary"] == "edited Acme: workshop: contact c2 taken off"
    after = record(three)
    three("undo")
    assert record(three) == before
    three("redo")
    assert record(three) == after


def test_several_people_and_the_last_one_may_be_taken_off(three: Run) -> None:
    names = (
        "--without-contact",
        "c1",
        "--without-contact",
        "bob",
        "--without-contact",
        "c2",
        "--without-contact",
        "c3",
    )

    assert three("edit", "1", *names).code == 0

    assert shown(three)["contacts"] == []
    assert deal(three)["contact"] is None
    result = three("edit", "1", "--without-contact", "c1")
    assert (result.code, result.err) == (4, "Nobody is on deal 1, Acme: workshop, so there is nobody to take off.\n")


def test_one_person_takes_the_place_of_another(three: Run) -> None:
    three("edit", "1", "--without-contact", "ann", "--contact", "Eve <eve@acme.example>", "--title", "New")

    assert [one["name"] for one in shown(three)["contacts"]] == ["Bob", "Cid", "Eve"]


@pytest.mark.parametrize(
    ("who", "code", "said"),
    [
        ("c4", 4, "'c4' is nobody of deal 1, Acme: workshop, on which are c1 Ann, c2 Bob, c3 Cid.\n"),
        ("4", 4, "'4' is nobody of deal 1, Acme: workshop, on which are c1 Ann, c2 Bob, c3 Cid.\n"),
        ("Dan", 4, "'Dan' is nobody of deal 1, Acme: workshop, on which are c1 Ann, c2 Bob, c3 Cid.\n"),
        ("acme", 4, "'acme' may be any of c1 Ann, c2 Bob, c3 Cid: name one by the number.\n"),
        (" ", 2, "The name of the contact is empty: on deal 1, Acme: workshop, are c1 Ann, c2 Bob, c3 Cid.\n"),
    ],
)
def test_who_is_not_of_the_deal_is_not_taken_off(three: Run, who: str, code: int, said: str) -> None:
    before = record(three)

    result = three("edit", "1", "--title", "New", "--without-contact", who)

    assert (result.code, result.err) == (code, said)
    assert record(three) == before


def test_the_file_a_person_came_from_does_not_bring_them_back_to_the_deal(pipeline: Run, folder: Path) -> None:
    (folder / "d.csv").write_text("deal_id,title,contact,email\nA,Acme,Ann,ann@acme.example\n")
    pipeline("import", "d.csv")
    pipeline("edit", "1", "--without-contact", "ann")

    (folder / "d.csv").write_text("deal_id,title,contact,email\nA,Acme 2,Ann,ann@acme.example\n")
    assert pipeline("import", "d.csv").code == 0
    assert shown(pipeline)["contacts"] == []

    pipeline("edit", "1", "--contact", "Ann <ann@acme.example>")
    assert [one["name"] for one in shown(pipeline)["contacts"]] == ["Ann"]


def test_who_was_taken_off_a_deal_is_forgotten_there_too(acme: Run) -> None:
    acme("contact", "edit", "c1", "--name", "Ann Leeson")
    acme("note", "1", "Leeson wants a discount")
    acme("edit", "1", "--without-contact", "c1")

    assert acme("contact", "forget", "c1", "--yes").code == 0

    assert "Leeson" not in acme("show", "1", "--json").out


def test_tags_are_added_and_taken_off_each_once_whatever_the_capitals(pipeline: Run) -> None:
    pipeline("add", "Acme: workshop", "--tag", "event", "--tag", "Vip")

    result = pipeline("edit", "1", "--tag", "vip", "--tag", "2026", "--untag", "EVENT")
    assert result.err == (
        "Changed 1, Acme: workshop: tag 2026 added, tag event removed (it has the tag vip already).\n"
    )
    assert pipeline("list", "--json").rows[0]["tags"] == ["Vip", "2026"]
    assert "Tags          Vip, 2026" in pipeline("show", "1").out
    assert "tag event removed" in pipeline("show", "1").out
    assert pipeline("undo").code == 0
    assert pipeline("list", "--json").rows[0]["tags"] == ["event", "Vip"]
    assert pipeline("redo").code == 0
    assert pipeline("list", "--json").rows[0]["tags"] == ["Vip", "2026"]


def test_a_tag_that_is_not_there_is_taken_off_without_a_change(pipeline: Run) -> None:
    pipeline("add", "Acme: workshop")
    operations = pipeline("history", "--json").rows

    result = pipeline("edit", "1", "--untag", "vip")
    assert (result.code, result.err) == (0, "Deal 1, Acme: workshop: it has no tag vip. Nothing was changed.\n")
    assert pipeline("edit", "1", "--unlink", "https://acme.example").code == 0
    assert pipeline("history", "--json").rows == operations


@pytest.mark.parametrize(
    "tag", ["", "  ", "big deal", "a,b", "a\nb", "a\tb", "a\u00a0b", "a\x07", "\u200b", "a\u202eb", "x" * 61]
)
@pytest.mark.parametrize("option", ["--tag", "--untag"])
def test_what_is_no_tag_is_refused_in_one_sentence(pipeline: Run, option: str, tag: str) -> None:
    pipeline("add", "Acme", "--tag", "event")
    before = pipeline("list", "--json").out

    result = pipeline("edit", "1", option, tag)
    assert (result.code, len(result.err.splitlines())) == (2, 1), result.err
    assert pipeline("edit", "1", "--tag", "vip", "--untag", "VIP").code == 2
    assert pipeline("list", "--json").out == before


def test_a_hundred_tags_and_a_hundred_links_are_kept(pipeline: Run) -> None:
    tags, links = (
        [f"tag-{number}" for number in range(100)],
        [f"https://acme.example/{number}" for number in range(100)],
    )
    pipeline("add", "Acme")
    words = [word for tag, link in zip(tags, links, strict=True) for word in ("--tag", tag, "--link", link)]

    result = pipeline("edit", "1", *words)
    assert result.err == "Changed 1, Acme: 100 tags added, 100 links added.\n"
    row = pipeline("list", "tag=tag-99", "--json").rows[0]
    assert (row["tags"], row["links"]) == (tags, links)


@pytest.mark.parametrize("tag", ["[/]", "=1+1", "👩‍💻", "naïve", "50%", "<b>", "-x", "@home"])
def test_a_tag_may_be_any_word(pipeline: Run, tag: str) -> None:
    pipeline("add", "Acme", f"--tag={tag}")

    assert pipeline("list", f"tag=={tag}", "--json").rows[0]["tags"] == [tag]
    assert tag in pipeline("list").out


def test_several_deals_are_tagged_as_one_operation(pipeline: Run) -> None:
    for name in ("Acme", "Borg", "Cyrano"):
        pipeline("add", name)
    assert pipeline("edit", "1", "3", "--tag", "fair").code == 0
    assert pipeline("edit", "tag=fair", "--all-matching", "--yes", "--tag", "spring", "--untag", "fair").code == 0

    assert [row["id"] for row in pipeline("list", "tag=spring", "--json").rows] == [1, 3]
    pipeline("undo", "2")
    assert pipeline("list", "tag!=", "--json").rows == []


def test_a_link_is_taken_off_by_its_number_or_as_it_is_shown(pipeline: Run, folder: Path) -> None:
    (folder / "offer.pdf").write_text("x")
    pipeline(
        "add", "Acme", "--link", "https://acme.example", "--link", "offer.pdf", "--link", "mailto:ann@acme.example"
    )

    assert "link https://acme.example removed" in pipeline("edit", "1", "--unlink", "1").err
    (folder / "offer.pdf").unlink()
    assert "link offer.pdf removed" in pipeline("edit", "1", "--unlink", "offer.pdf").err
    assert pipeline("show", "1", "--json").json["deal"]["links"] == ["mailto:ann@acme.example"]
