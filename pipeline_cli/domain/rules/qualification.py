"""Whether a deal is worth the effort: answers as typed, score, verdict and the next question."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from pipeline_cli.domain.deal.deal import Answer
from pipeline_cli.domain.errors import UsageError
from pipeline_cli.domain.playbook import Qualification, QualificationItem
from pipeline_cli.domain.record import NamedTuple
from pipeline_cli.domain.words.names import normalise
from pipeline_cli.domain.words.text import accept_filled, unknown_word

MISMATCH_PENALTY = 20
"""Points each ideal-customer mismatch costs."""

_FIELD_OF = {"countries": "country", "industries": "industry"}


class Verdict(NamedTuple):
    """What the answers so far say about a deal."""

    score: int | float
    """0 to 100; an int when it is whole."""
    verdict: str
    """qualified | open | unqualified (can no longer become qualified)"""
    yes: tuple[str, ...]
    """Ids of the items answered yes, in the file's order; `no` and `unknown` likewise."""
    no: tuple[str, ...]
    unknown: tuple[str, ...]
    mismatches: tuple[str, ...]
    """`country PL is not one of DE, AT`, one for each."""
    next_question: QualificationItem | None
    """None: every item is answered."""


class Mismatch(NamedTuple):
    """A field of the deal that does not fit the ideal customer."""

    field: str
    """The field's name as the deal has it."""
    value: str
    fitting: tuple[str, ...]


def judge_qualification(
    qualification: Qualification, answers: Mapping[str, Answer], fields: Mapping[str, str]
) -> Verdict:
    """Judge the answers: score = 100 × Σ weight of yes ÷ Σ weight of all, less 20 a mismatch, not below 0.

    Qualified: at least `min_yes` times yes and every required item yes. A field that is missing is no mismatch.
    """
    words = {item: answer.answer for item, answer in answers.items()}
    return judge_answers(qualification, words, fields)


def judge_answers(qualification: Qualification, answers: Mapping[str, str], fields: Mapping[str, str]) -> Verdict:
    """As `judge_qualification`, from item -> yes | no | unknown; items the file no longer has are passed over."""
    said: dict[str, list[str]] = {"yes": [], "no": [], "unknown": []}
    for item in qualification.items:
        said.get(answers.get(item.id, ""), said["unknown"]).append(item.id)
    yes, no, unknown = (tuple(said[word]) for word in ("yes", "no", "unknown"))
    mismatches = find_mismatches(qualification, fields)
    return Verdict(
        score=score_of(qualification, yes, len(mismatches)),
        verdict=_verdict(qualification, yes, no, unknown),
        yes=yes,
        no=no,
        unknown=unknown,
        mismatches=tuple(
            f"{found.field} {found.value} is not one of {', '.join(found.fitting)}" for found in mismatches
        ),
        next_question=next(iter(questions_in_order(qualification, unknown)), None),
    )


def score_of(qualification: Qualification, yes: tuple[str, ...], mismatches: int) -> int | float:
    """0 to 100 for these items answered yes; 0 when there are no items."""
    total = sum(item.weight for item in qualification.items)
    gained = sum(item.weight for item in qualification.items if item.id in yes)
    whole, rest = divmod(100 * gained, total) if total else (0, 0)
    return max(0, (whole + rest / total if rest else whole) - MISMATCH_PENALTY * mismatches)


def find_mismatches(qualification: Qualification, fields: Mapping[str, str]) -> tuple[Mismatch, ...]:
    """Of the deal's country and industry, those the ideal customer does not have; case and accents do not matter."""
    by_name = {name.strip().casefold(): (name, value.strip()) for name, value in fields.items() if value.strip()}
    found = []
    for group, fitting in qualification.ideal_customer.items():
        name, value = by_name.get(_FIELD_OF.get(group, group)) or by_name.get(group) or ("", "")
        if fitting and value and normalise(value) not in {normalise(word) for word in fitting}:
            found.append(Mismatch(name, value, tuple(fitting)))
    return tuple(found)


def questions_in_order(qualification: Qualification, ids: tuple[str, ...]) -> list[QualificationItem]:
    """These items as they should be asked: required ones first, then the heaviest, else the file's order."""
    required = [item for item in qualification.items if item.id in ids and item.id in qualification.required]
    others = [item for item in qualification.items if item.id in ids and item.id not in qualification.required]
    return [*required, *sorted(others, key=lambda item: -item.weight)]


def is_qualified(qualification: Qualification, yes: tuple[str, ...]) -> bool:
    """Enough yes, the required ones among them."""
    return len(yes) >= qualification.min_yes and all(item in yes for item in qualification.required)


def _verdict(qualification: Qualification, yes: tuple[str, ...], no: tuple[str, ...], unknown: tuple[str, ...]) -> str:
    if is_qualified(qualification, yes):
        return "qualified"
    out_of_reach = len(yes) + len(unknown) < qualification.min_yes or any(item in no for item in qualification.required)
    return "unqualified" if out_of_reach else "open"


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
