from __future__ import annotations

import pytest

from pipeline_cli.domain.deal.edits import ContactDetails
from pipeline_cli.domain.deal.typed import parse_contact
from pipeline_cli.domain.errors import UsageError


@pytest.mark.parametrize(
    ("text", "phone", "contact"),
    [
        ("Ann Lee <ann@acme.example>", None, ContactDetails("Ann Lee", "ann@acme.example", None)),
        ('"Lee, Ann" <ann@acme.example>', None, ContactDetails("Lee, Ann", "ann@acme.example", None)),
        ("<ann@acme.example>", None, ContactDetails(None, "ann@acme.example", None)),
        ("ann+deals@acme.co.uk", "", ContactDetails(None, "ann+deals@acme.co.uk", None)),
        ("Ann Lee", "+49 (30) 1234-567", ContactDetails("Ann Lee", None, "+49 (30) 1234-567")),
        ("Zoë Ñúñez", None, ContactDetails("Zoë Ñúñez", None, None)),
        ("نگین\u200cپور", None, ContactDetails("نگین\u200cپور", None, None)),
        (
            "Ann\u00a0Lee \U0001f469\u200d\U0001f4bb",
            None,
            ContactDetails("Ann\u00a0Lee \U0001f469\u200d\U0001f4bb", None, None),
        ),
        (None, " 030  1234567 ext. 12", ContactDetails(None, None, "030 1234567 ext. 12")),
        (None, None, ContactDetails(None, None, None)),
    ],
)
def test_a_contact_is_read_as_mail_programs_write_it(
    text: str | None, phone: str | None, contact: ContactDetails
) -> None:
    assert parse_contact(text, phone) == contact


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("Ann ann@acme.example", "'Ann ann@acme.example' is not a contact: type it as 'Ann Lee <ann@acme.example>'."),
        ("Ann <ann@acme.example> x", "'Ann <ann@acme.example> x' is not a contact: "),
        ("Ann <ann>", "'ann' is not an e-mail address: type one such as ann@acme.example."),
        ("ann@localhost", "'ann@localhost' is not an e-mail address"),
        ("ann@@acme.example", "'ann@@acme.example' is not an e-mail address"),
        (".ann@acme.example", "'.ann@acme.example' is not an e-mail address"),
        ("Ann\u202eeeL", "holds a line break or control character"),
        ("Ann\u2028Lee", "holds a line break or control character"),
        ("Ann\nBcc: all <ann@acme.example>", "holds a line break or control character"),
    ],
)
def test_a_contact_that_would_lose_text_is_refused(text: str, message: str) -> None:
    with pytest.raises(UsageError) as caught:
        parse_contact(text)
    assert message in str(caught.value)


@pytest.mark.parametrize("phone", ["call me", "12", "+", "123\u0661", "1" * 31])
def test_a_number_that_cannot_be_dialled_is_refused(phone: str) -> None:
    with pytest.raises(UsageError, match="is not a telephone number"):
        parse_contact("Ann", phone)
