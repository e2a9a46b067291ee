from __future__ import annotations

import pytest

from pipeline_cli.domain.errors import NoSuchDeal, UsageError
from pipeline_cli.domain.words.names import Candidate, find_deal, normalise, normalise_organization

RELAUNCH = Candidate(1, None, "Website relaunch", "Acme GmbH", "proposal", "open")
AUDIT = Candidate(2, "12", "Audit", "Müller & Söhne", "negotiation", "open")
RENEWAL = Candidate(3, "HS-77", "Audit renewal", "Acme GmbH", "proposal", "won")
SHOP = Candidate(12, None, "Shop", None, "prospecting", "open")
DEALS = (RELAUNCH, AUDIT, RENEWAL, SHOP)


@pytest.mark.parametrize(
    ("name", "deal"),
    [
        ("12", SHOP),
        ("#12", SHOP),
        ("012", SHOP),
        ("ext:12", AUDIT),
        ("HS-77", RENEWAL),
        ("ext:HS-77", RENEWAL),
        ("website", RELAUNCH),
        ("WEBSITE  relaunch", RELAUNCH),
        ("muller", AUDIT),
        ("söhne", AUDIT),
        ("renewal", RENEWAL),
        ("audit", AUDIT),
    ],
)
def test_a_deal_is_found_by_number_external_id_or_part_of_its_name(name: str, deal: Candidate) -> None:
    assert find_deal(name, DEALS) == deal


def test_a_name_that_fits_several_deals_lists_them_and_picks_none() -> None:
    trial = RENEWAL._replace(id=4, title="Trial")
    with pytest.raises(NoSuchDeal) as caught:
        find_deal("acme", [RELAUNCH._replace(status="lost"), RENEWAL, trial])
    assert str(caught.value) == (
        "'acme' may be any of 3 deals; name one by its number:\n"
        "  1  Website relaunch (Acme GmbH, lost)\n"
        "  3  Audit renewal (Acme GmbH, won)\n"
        "  4  Trial (Acme GmbH, won)"
    )


def test_of_several_the_only_open_one_is_meant_or_for_reopening_the_only_closed_one() -> None:
    assert find_deal("acme", DEALS) == RELAUNCH
    assert find_deal("acme", DEALS, is_closed=True) == RENEWAL


def test_of_several_the_one_where_a_word_begins_so_is_meant_unless_another_one_is_open() -> None:
    hannover = Candidate(5, None, "Hannover fair", None, "proposal", "open")
    ann = Candidate(6, None, "Visit Ann", None, "proposal", "open")
    assert find_deal("ann", [hannover, ann]) == ann
    with pytest.raises(NoSuchDeal):
        find_deal("ann", [hannover, ann._replace(status="won")])


def test_an_external_id_that_two_programs_gave_is_not_guessed() -> None:
    with pytest.raises(NoSuchDeal):
        find_deal("HS-77", [RENEWAL, SHOP._replace(external_id="HS-77")])


def test_of_many_candidates_ten_are_listed() -> None:
    many = [Candidate(number, None, f"Deal {number}", None, "proposal", "open") for number in range(1, 14)]
    with pytest.raises(NoSuchDeal) as caught:
        find_deal("deal", many)
    lines = str(caught.value).splitlines()
    assert lines[0] == "'deal' may be any of 13 deals; name one by its number:"
    assert lines[1] == "  1  Deal 1 (proposal)"
    assert lines[10:] == ["  10  Deal 10 (proposal)", "  and 3 more"]


def test_two_deals_of_one_title_are_ambiguous() -> None:
    with pytest.raises(NoSuchDeal, match="may be any of 2 deals"):
        find_deal("Audit", [AUDIT, AUDIT._replace(id=9)])


def test_a_number_nobody_has_is_not_taken_for_an_external_id() -> None:
    with pytest.raises(NoSuchDeal) as caught:
        find_deal("12", [AUDIT])
    assert str(caught.value) == "There is no deal '12': ext:12 names the one with that external id."


def test_a_number_nobody_has_points_at_the_list() -> None:
    with pytest.raises(NoSuchDeal, match=r"There is no deal '99': `pipeline list` shows them\."):
        find_deal("99", DEALS)


def test_a_mistyped_name_is_answered_with_the_nearest_deal() -> None:
    with pytest.raises(NoSuchDeal) as caught:
        find_deal("relanch", DEALS)
    assert str(caught.value) == (
        "There is no deal 'relanch'. Did you mean this one?\n  1  Website relaunch (Acme GmbH, proposal)\n"
        "`pipeline list status=all` shows every deal."
    )


def test_a_name_like_no_deal_points_at_the_list() -> None:
    with pytest.raises(NoSuchDeal, match=r"There is no deal 'zzz'\. `pipeline list status=all` shows every deal\."):
        find_deal("zzz", DEALS)


@pytest.mark.parametrize("name", ["", "  ", "#", "ext:"])
def test_an_empty_name_names_no_deal(name: str) -> None:
    with pytest.raises(UsageError, match="The name of the deal is empty"):
        find_deal(name, DEALS)


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("  Ann   LEE ", "ann lee"),
        ("Ångström", "angstrom"),
        ("Łódź", "lodz"),
        ("Straße", "strasse"),
        ("ＡＣＭＥ", "acme"),
        ("Đặng", "dang"),
    ],
)
def test_names_compare_without_case_and_accents(text: str, plain: str) -> None:
    assert normalise(text) == plain


def test_letters_of_other_scripts_are_left_whole() -> None:
    assert normalise("がか") == "がか"
    assert normalise("한국") == "한국"


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("Acme GmbH", "acme"),
        ("ACME, Inc.", "acme"),
        ("Acme B.V.", "acme"),
        ("Müller & Söhne GmbH & Co. KG", "muller & sohne"),
        ("Acme Ltd", "acme"),
        ("SAS", "sas"),
        ("AG", "ag"),
        ("株式会社アクメ", "株式会社アクメ"),
        ("...", "..."),
    ],
)
def test_organizations_compare_without_their_legal_form(text: str, plain: str) -> None:
    assert normalise_organization(text) == plain
