"""The last-chance message: the deal's own words in the template, and nothing else in its headers."""

from __future__ import annotations

import pytest

from pipeline_cli.domain.rules.last_chance import filled, first_name, one_line, placeholders_in


@pytest.mark.parametrize(
    ("template", "text"),
    [
        ("{title} at {organization}.", "Acme {title} at."),
        ("{{title}}", "{title}"),
        ("{{{title}}}", "{Acme {title}}"),
        ("Hello {first_name},", "Hello,"),
    ],
)
def test_braces_are_filled_once_and_doubled_ones_stand_for_one(template: str, text: str) -> None:
    words = {"title": "Acme {title}", "organization": "", "first_name": ""}

    assert filled(template, words) == text


@pytest.mark.parametrize(
    ("template", "names"),
    [("{title}, {title} {x y}", ["title", "x y"]), ("{{title}}", []), ("{{{title}}}", ["title"]), ("{}", [""])],
)
def test_placeholders_are_names_in_single_braces(template: str, names: list[str]) -> None:
    assert placeholders_in(template) == names


@pytest.mark.parametrize(
    ("name", "first"),
    [("Ann Lee", "Ann"), ("Lee, Ann", "Ann"), ("Dr. Ann Lee", "Ann"), ("Ann", "Ann"), ("", ""), ("Lee,", "Lee,")],
)
def test_the_first_name_is_what_a_person_would_say(name: str, first: str) -> None:
    assert first_name(name) == first


@pytest.mark.parametrize("sign", ["\n", "\r\n", "\x00", "\x0b", "\x1b", "\x85", "\u2028", "\u2029"])
def test_a_header_is_one_line(sign: str) -> None:
    assert one_line(f"Acme{sign}Bcc: all@acme.example") == "Acme Bcc: all@acme.example"
