"""Taking a person out of texts: every spelling of theirs, and nothing of anybody else's."""

from __future__ import annotations

import pytest

from pipeline_cli.domain.deal.forgetting import Eraser, Identity, Others, words_of
from pipeline_cli.domain.words.text import LONGEST

NOBODY = Identity(frozenset(), frozenset(), frozenset())
ANN = Identity(frozenset(["Ann Lee"]), frozenset(["ann@acme.example"]), frozenset(["+49 30 1234567"]))
X = "forgotten contact"


def eraser(identity: Identity = ANN, shared: Identity = NOBODY, *organizations: str) -> Eraser:
    return Eraser(identity, Others(shared, words_of(organizations)))


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("Ann Lee called", f"{X} called"),
        ("ANN  LEE's offer", f"{X}'s offer"),
        ("Ann Lees Angebot", f"{X} Angebot"),
        ("Lee, Ann", X),
        ("mail Ann@ACME.example.", f"mail {X}."),
        ("ring +49 (30) 123-45-67!", f"ring {X}!"),
        ("004930 1234567", X),
        ("030/1234567", X),
        ("joann@acme.example, ann@acme.example.org", "joann@acme.example, ann@acme.example.org"),
        ("Joann Lee and Ann Leeds", "Joann Lee and Ann Leeds"),
        ("order 4930123456789", "order 4930123456789"),
        ("Ann and Lee", "Ann and Lee"),
    ],
)
def test_anywhere_whole_names_addresses_and_numbers_go(text: str, left: str) -> None:
    assert eraser().erase(text, False) == left


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("Ann will call; LEE agreed", f"{X} will call; {X} agreed"),
        ("Annual lee side", "Annual lee side"),
        ("Ann Lee", X),
    ],
)
def test_in_their_deals_parts_of_the_name_go_too(text: str, left: str) -> None:
    assert eraser().erase(text, True) == left


def test_a_word_of_the_organization_is_no_sign_of_the_person() -> None:
    assert eraser(ANN, NOBODY, "Lee & Sons GmbH").erase("Ann of Lee & Sons", True) == f"{X} of Lee & Sons"


def test_what_somebody_else_has_too_goes_in_their_deals_alone() -> None:
    shared = eraser(ANN, Identity(frozenset(), frozenset(), ANN.phones))
    assert shared.erase("030 1234567, Ann Lee", False) == f"030 1234567, {X}"
    assert shared.erase("030 1234567, Ann Lee", True) == f"{X}, {X}"


def test_a_name_of_one_word_is_not_an_ordinary_word() -> None:
    hope = eraser(Identity(frozenset(["Hope"]), frozenset(), frozenset()))
    assert hope.erase("We hope that Hope and HOPE agree", False) == f"We hope that {X} and {X} agree"


def test_accents_may_be_one_sign_or_two_and_scripts_may_have_no_spaces() -> None:
    jose = eraser(Identity(frozenset(["José Núñez", "李雷"]), frozenset(), frozenset()))
    assert jose.erase("Jose\u0301 Nu\u0301n\u0303ez, 给李雷打电话", False) == f"{X}, 给{X}打电话"


def test_json_is_searched_to_its_depth_and_stays_json() -> None:
    inner = '{"fields": "{\\"who\\": \\"Ann Lee\\", \\"n\\": 1.50}"}'
    assert eraser().erase_json(inner, False) == '{"fields": "{\\"n\\": 1.5, \\"who\\": \\"forgotten contact\\"}"}'
    assert eraser().erase_json('{"b": 1.50, "a": "Bob"}', False) == '{"b": 1.50, "a": "Bob"}'
    assert eraser().erase_json("{Ann Lee", False) == "{" + X
    assert eraser().erase_json(12.5, False) == 12.5
    assert eraser(NOBODY).erase("Ann Lee", True) == "Ann Lee"


def test_a_text_that_would_become_too_long_loses_its_end() -> None:
    short = " Ann Lee" * 5
    long = "x" * (LONGEST - len(short)) + short

    erased = eraser().erase(long, False)

    assert len(erased) == LONGEST
    assert erased.endswith("…")
    assert "Ann" not in erased
    assert eraser().erase("x" * (LONGEST + 5), False) == "x" * (LONGEST + 5), "what is not theirs is not touched"
