"""Who the tests of people begin with."""

from __future__ import annotations

import pytest

from tests.conftest import Run


@pytest.fixture
def ann(pipeline: Run) -> Run:
    """Ann Lee of Acme, with one deal."""
    assert pipeline("add", "Acme: workshop", "--org", "Acme").code == 0
    words = ("--email", "ann@acme.example", "--phone", "+49 30 1234567", "--org", "Acme", "--role", "owner")
    assert pipeline("contact", "add", "Ann Lee", *words, "--source", "fair", "--deal", "1").code == 0
    return pipeline
