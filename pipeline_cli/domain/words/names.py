"""Names of deals, pipelines, stages and organizations: how one is found and compared."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from pipeline_cli.domain.errors import NoSuchDeal, UsageError
from pipeline_cli.domain.record import NamedTuple
from pipeline_cli.domain.words.text import quoted

MOST_CANDIDATES = 10
"""How many of several matching deals are listed."""

# Letters that Unicode does not take apart into a letter and an accent.
_UNACCENTED = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "æ": "ae", "œ": "oe", "ı": "i"})
_LEGAL_FORMS = frozenset(
    [
        "ab",
        "ag",
        "aps",
        "as",
        "asa",
        "bv",
        "bvba",
        "co",
        "company",
        "corp",
        "corporation",
        "cv",
        "ek",
        "ev",
        "gbr",
        "gmbh",
        "inc",
        "incorporated",
        "kft",
        "kg",
        "kgaa",
        "kk",
        "lda",
        "limited",
        "llc",
        "llp",
        "lp",
        "ltd",
        "ltda",
        "mbh",
        "nv",
        "og",
        "ohg",
        "ou",
        "oy",
        "oyj",
        "plc",
        "pte",
        "pty",
        "sa",
        "sarl",
        "sas",
        "sasu",
        "se",
        "sl",
        "slu",
        "snc",
        "spa",
        "sro",
        "srl",
        "ug",
    ]
)


class Candidate(NamedTuple):
    """A deal as far as its name goes."""

    id: int
    external_id: str | None
    title: str
    organization: str | None
    stage: str
    status: str


def find_deal(name: str, candidates: Iterable[Candidate], *, is_closed: bool = False) -> Candidate:
    """The one deal a name means: `12`, `#12`, `ext:12`, an external id, or a part of a title or organization.

    An exact title wins over a part of one. Of several, the only one that is open (`is_closed`: closed) and where the
    name begins a word is meant. Nothing else is guessed. Raises NoSuchDeal; for an empty name, UsageError.
    """
    wanted, deals = name.strip(), list(candidates)
    if not wanted.removeprefix("#").removeprefix("ext:").strip():
        raise UsageError("The name of the deal is empty: give its number, its external id or a part of its title.")
    if wanted.startswith("ext:"):
        return _only(name, [deal for deal in deals if deal.external_id == wanted[4:].strip()], deals)
    number = wanted.removeprefix("#").strip()
    if number.isascii() and number.isdigit():
        return _by_number(number, deals)
    found = _by_words(wanted, deals)
    if any(deal.external_id != wanted for deal in found):
        found = _likeliest(found, normalise(wanted), is_closed=is_closed)
    return _only(name, found, deals)


def normalise(text: str) -> str:
    """Without case, accents and doubled spaces: how two names are compared. Marks of other scripts than ours stay."""
    if not text.isascii():
        from unicodedata import normalize  # most names are plain

        apart = normalize("NFKD", text.casefold().translate(_UNACCENTED))
        text = normalize("NFC", re.sub("[\u0300-\u036f]", "", apart))
    return " ".join(text.casefold().split())


def normalise_organization(text: str) -> str:
    """A company's name without punctuation and legal form: `Müller & Söhne GmbH & Co. KG` is `muller & sohne`."""
    folded = normalise(text)
    is_plain = folded.replace(" ", "").isalnum()  # as most are, and a record has thousands
    words = (folded if is_plain else re.sub(r"[^\w&+]+", " ", re.sub(r"[.'’]", "", folded))).split()
    kept = len(words)
    while kept > 1 and (words[kept - 1] in _LEGAL_FORMS or words[kept - 1] in {"&", "und", "and"}):
        kept -= 1
    return " ".join(words[:kept]) or folded


_WORDS = (
    "re fw fwd aw wg tr rv rif rfp rfq rfi poc lead deal offer quote proposal project renewal upsell cross-sell event demo "
    "workshop training course audit support licence license inbound outbound referral new old todo urgent draft test "
    "http https angebot anfrage projekt auftrag devis offre projet"
)
_NOBODY = frozenset(_WORDS.split())
"""Words before the colon of a title that name nobody."""
_LONGEST_ORGANIZATION = 60


def organization_in(title: str) -> str | None:
    """`Acme` of `Acme: workshop`; None where nothing before a colon looks like the name of somebody who buys."""
    name, colon, what = (part.strip() for part in title.partition(": "))
    is_name = any(sign.isalpha() for sign in name) and name.casefold() not in _NOBODY
    return name if colon and what and is_name and len(name) <= _LONGEST_ORGANIZATION else None


def begins_with_organization(title: str, organization: str | None) -> bool:
    """Whether the title says already who buys, legal form aside: `Acme: workshop` of `Acme GmbH`."""
    if not organization:
        return False
    folded = normalise(title)
    for name in (normalise(organization), normalise_organization(organization)):
        if folded.startswith(name) and not folded[len(name) : len(name) + 1].isalnum():
            return True
    return False


def _by_number(number: str, deals: Sequence[Candidate]) -> Candidate:
    for deal in deals:
        if str(deal.id) == number.lstrip("0"):
            return deal
    known_elsewhere = any(deal.external_id == number for deal in deals)
    hint = f"ext:{number} names the one with that external id" if known_elsewhere else "`pipeline list` shows them"
    raise NoSuchDeal(f"There is no deal {quoted(number)}: {hint}.")


def _by_words(wanted: str, deals: Sequence[Candidate]) -> list[Candidate]:
    """By external id, else whole title, else part of a title or organization: the first of these that finds any."""
    folded = normalise(wanted)
    return (
        [deal for deal in deals if deal.external_id == wanted]
        or [deal for deal in deals if normalise(deal.title) == folded]
        or [deal for deal in deals if folded in normalise(deal.title) or folded in normalise(deal.organization or "")]
    )


def _likeliest(found: list[Candidate], folded: str, *, is_closed: bool) -> list[Candidate]:
    """The one that is open and where a word begins so, when the two do not contradict each other; else all of them."""
    word = re.compile(rf"(?<!\w){re.escape(folded)}")
    names = {deal.id: (normalise(deal.title), normalise(deal.organization or "")) for deal in found}
    begin = {number for number, both in names.items() if any(map(word.search, both))}
    live = {deal.id for deal in found if (deal.status != "open") == is_closed}
    by_word = _narrowed(_narrowed({deal.id for deal in found}, begin), live)
    by_status = _narrowed(_narrowed({deal.id for deal in found}, live), begin)
    return [deal for deal in found if deal.id in by_word] if len(by_word) == 1 and by_word == by_status else found


def _narrowed(ids: set[int], wanted: set[int]) -> set[int]:
    return ids & wanted or ids


def _only(name: str, found: Sequence[Candidate], deals: Sequence[Candidate]) -> Candidate:
    if len(found) == 1:
        return found[0]
    if found:
        more = [f"  and {len(found) - MOST_CANDIDATES} more"] if len(found) > MOST_CANDIDATES else []
        lines = [_line(deal) for deal in found[:MOST_CANDIDATES]] + more
        listed = "\n".join(lines)
        raise NoSuchDeal(f"{quoted(name)} may be any of {len(found)} deals; name one by its number:\n{listed}")
    meant = _nearest_deal(name, deals)
    guess = f" Did you mean this one?\n{_line(meant)}\n" if meant else " "
    raise NoSuchDeal(f"There is no deal {quoted(name)}.{guess}`pipeline list status=all` shows every deal.")


def _line(deal: Candidate) -> str:
    place = deal.stage if deal.status == "open" else deal.status
    at = f"{deal.organization}, " if deal.organization else ""
    return f"  {deal.id}  {deal.title} ({at}{place})"


def _nearest_deal(name: str, deals: Sequence[Candidate]) -> Candidate | None:
    """The deal whose title, organization, or a word of them, is spelled most like the name."""
    from difflib import get_close_matches  # 1.3 ms, and only a mistake needs it

    by_word: dict[str, Candidate] = {}
    for deal in deals:
        whole = [normalise(deal.title), normalise(deal.organization or "")]
        for word in [*whole, *" ".join(whole).split()]:
            by_word.setdefault(word, deal)
    found = get_close_matches(normalise(name), by_word, n=1, cutoff=0.7)
    return by_word[found[0]] if found else None
