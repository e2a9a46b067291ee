"""A deal's fields as a text to be edited, one a line, and what was changed in it."""

from __future__ import annotations

from collections.abc import Mapping

from pipeline_cli.domain.deal import DealFacts
from pipeline_cli.domain.errors import UsageError
from pipeline_cli.domain.phrases import quoted, unknown_word
from pipeline_cli.domain.playbook import Playbook

FIELD = "field "
"""Begins the key of a field of the user's own: `field industry: software`."""
KEYS = ("title", "org", "value", "close", "source", "owner", "cost", "probability", "category", "external-id")
"""As the options of `edit` are called."""


def deal_lines(facts: DealFacts, playbook: Playbook) -> dict[str, str]:
    """Key -> its text, as `edit` would read it; what one line cannot hold is left out."""
    percent = "auto" if facts.probability is None else f"{facts.probability * 100:.10g}"
    texts = {
        "title": facts.title,
        "org": facts.organization or "",
        "value": "" if facts.value_cents is None else f"{_amount(facts.value_cents)} {facts.currency}",
        "close": "" if facts.expected_close is None else facts.expected_close.isoformat(),
        "source": facts.source or "",
        "owner": facts.owner or "",
        "cost": "" if facts.cost_cents is None else f"{_amount(facts.cost_cents)} {playbook.currency}",
        "probability": percent,
        "category": facts.category or "auto",
        "external-id": facts.external_id or "",
    }
    texts |= {f"{FIELD}{name}": text for name, text in facts.fields.items() if ":" not in name and name == name.strip()}
    return {key: text for key, text in texts.items() if f"{key}{text}".isprintable()}


def _amount(cents: int) -> str:
    return f"{cents // 100}.{cents % 100:02}"


def write_deal_text(facts: DealFacts, lines: Mapping[str, str], problem: str = "") -> str:
    """The text of those lines, with how to use it and what was wrong with it on top."""
    told = [*(f"! {line}" for line in problem.split("\n") if line), f"Deal {facts.id}. Change what stands behind a "
            "colon, save, and close the editor.", "Nothing behind it takes the field away; a line that is left out "
            "changes nothing.", "A field of your own is a line such as  field industry: software"]  # fmt: skip
    return "".join(f"# {line}\n" for line in told) + "".join(
        f"{key}: {text}".rstrip() + "\n" for key, text in lines.items()
    )


def read_deal_text(text: str) -> dict[str, str]:
    """Key -> what stands behind its colon. Raises UsageError for a line that is none, an unknown key, one twice."""
    found: dict[str, str] = {}
    for number, line in enumerate(text.lstrip("\ufeff").splitlines(), start=1):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        key, sign, value = line.partition(":")
        key = key.strip()
        if not sign:
            raise UsageError(f"Line {number}, {quoted(line.strip())}, has no colon: write it as  title: Acme: workshop")
        if key not in KEYS and not (key.startswith(FIELD) and key.removeprefix(FIELD).strip()):
            raise UsageError(f"Line {number}: {unknown_word('field', key, KEYS)}")
        if key in found:
            raise UsageError(f"Line {number}: {key} is there twice: keep one of them.")
        found[key] = value.strip()
    return found


def changed_lines(before: Mapping[str, str], after: Mapping[str, str]) -> dict[str, str]:
    """What reads otherwise than it did; a line that is gone is not changed."""
    return {key: text for key, text in after.items() if text != before.get(key, "").strip()}
