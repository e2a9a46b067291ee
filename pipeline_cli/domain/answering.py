"""Qualification answers as typed on the command line."""

from __future__ import annotations

from collections.abc import Sequence

from pipeline_cli.domain.accept import accept_filled
from pipeline_cli.domain.errors import UsageError
from pipeline_cli.domain.phrases import unknown_word
from pipeline_cli.domain.playbook import Qualification

ANSWERS = {"yes": "yes", "y": "yes", "no": "no", "n": "no", "unknown": "unknown", "u": "unknown", "?": "unknown"}


def read_answers(
    answers: Sequence[str], evidence: Sequence[str], qualification: Qualification
) -> dict[str, tuple[str, str | None]]:
    """Item -> answer and evidence. Raises UsageError for an unknown item or answer, or evidence without an answer."""
    items = [item.id for item in qualification.items]
    said: dict[str, tuple[str, str | None]] = {}
    for pair in answers:
        item, sign, word = pair.partition("=")
        if not sign or word.casefold() not in ANSWERS:
            raise UsageError(f"--set {pair}: is no answer: write {item or 'budget'}=yes, =no or =unknown.")
        said[_item(item, items)] = (ANSWERS[word.casefold()], None)
    for pair in evidence:
        item, sign, text = pair.partition("=")
        if not sign:
            raise UsageError(f'--evidence {pair}: is not ITEM=TEXT: write --evidence budget="the CFO said 20k".')
        name = _item(item, items)
        if name not in said:
            raise UsageError(f"--evidence {name}: has no answer beside it: add --set {name}=yes.")
        said[name] = (said[name][0], accept_filled(text, "The evidence"))
    return said


def _item(name: str, items: Sequence[str]) -> str:
    for item in items:
        if item.casefold() == name.strip().casefold():
            return item
    raise unknown_word("qualification question", name, items)
