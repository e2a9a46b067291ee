"""What becomes of each mail: whose it is, which deal's, which way it went, or why it is left out or asked about."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime

from pipeline_cli.domain.capture.directory import Choice, Directory
from pipeline_cli.domain.capture.known_by_address import IN, OUT, Found, Involved, Lookup
from pipeline_cli.domain.capture.left_out import is_automatic, why_left_out
from pipeline_cli.domain.capture.letter import Letter, instant_of, join_copies
from pipeline_cli.domain.capture.verdict import (
    AUTOMATIC,
    BEFORE,
    BY_DRAFT,
    COLLEAGUE,
    EXCHANGE,
    HAND,
    KNOWN,
    MAIL,
    QUEUE,
    SEVERAL_DEALS,
    SHARED,
    SKIPPED,
    SUGGESTION,
    THREAD,
    TITLE,
    TOUCHPOINT,
    UNKNOWN,
    Verdict,
)
from pipeline_cli.domain.record import NamedTuple
from pipeline_cli.domain.words.addresses import Mailbox

LONGEST_SUBJECT = 500
"""Signs of a subject that are kept."""


class Seen(NamedTuple):
    """A stranger in a mail that somebody wrote: the half of an exchange, of which the other half may come later."""

    address: str
    """Normalised, without its +tag."""
    direction: str
    """out: I wrote to it | in: it wrote to me"""
    key: str


class Decided(NamedTuple):
    """What became of all mails."""

    verdicts: list[Verdict]
    """In the order of their instants; of the `earlier` ones those that changed."""
    left_out: Mapping[str, int]
    """How many mails by reason."""
    bounced: tuple[tuple[str, datetime], ...]
    """Addresses as the record has them, each with the first instant somebody said that it does not exist."""
    strangers: tuple[Seen, ...]


MetBefore = Callable[[str, str], bool]


def decide_letters(
    letters: Iterable[Letter],
    directory: Directory,
    known: Mapping[str, int | None],
    now: datetime,
    since: datetime | None = None,
    *,
    met_before: MetBefore | None = None,
    earlier: Iterable[Verdict] = (),
    drafts: Mapping[str, int] | None = None,
) -> Decided:
    """Each mail once, in the order of instants, so that it does not matter in which order folders are read.

    `known`: keys captured before with their deals, None while they wait. `since`: older mails are left out.
    `met_before(address, direction)`: an earlier run saw that stranger that way. `earlier`: what earlier runs decided by
    title or thread, or could not decide between several deals; a mail that has come since may tell better.
    `drafts`: deals of the drafts of ours, by mark.
    """
    lookup = Lookup(directory)
    sights = sorted(
        (_look(letter, lookup, now, since) for letter in join_copies(letters).values()),
        key=lambda sight: (sight.at, sight.letter.key),
    )
    strangers = tuple(seen for sight in sights for seen in _strangers(sight))
    met = _Met(strangers, met_before or _never_met)
    deciding = _Deciding(directory, met, dict(known), drafts or {})
    verdicts = deciding.decide_all(sights, earlier)
    return Decided(
        verdicts,
        Counter(verdict.reason for verdict in verdicts if verdict.fate == SKIPPED and verdict.reason),
        _bounced(verdicts),
        strangers,
    )


def excerpts_wanted(directory: Directory, known: Mapping[str, int | None]) -> Callable[[Letter], bool]:
    """Tells of which letters the text has to be opened to keep an excerpt: new ones with somebody known, by a person."""
    lookup = Lookup(directory)

    def is_wanted(letter: Letter) -> bool:
        if letter.key in known:
            return False
        involved = lookup.involved(letter)
        return bool(_people(involved)[0]) and why_left_out(letter, involved) is None

    return is_wanted


class _Sight(NamedTuple):
    """A mail with what was found out about it."""

    letter: Letter
    at: datetime
    involved: Involved
    reason: str | None
    is_automatic: bool


class _Met:
    """Strangers I wrote to, and who wrote to me."""

    def __init__(self, strangers: Iterable[Seen], met_before: MetBefore) -> None:
        self._seen = {(seen.address, seen.direction) for seen in strangers}
        self._met_before = met_before

    def both_ways(self, address: str) -> bool:
        """In mails of this run or earlier ones."""
        return all(
            (address, direction) in self._seen or self._met_before(address, direction) for direction in (IN, OUT)
        )


def _never_met(address: str, direction: str) -> bool:
    return False


def _look(letter: Letter, lookup: Lookup, now: datetime, since: datetime | None) -> _Sight:
    involved, at = lookup.involved(letter), instant_of(letter, now)
    reason = BEFORE if since is not None and at < since else why_left_out(letter, involved)
    return _Sight(letter, at, involved, reason, is_automatic(letter, involved))


def _strangers(sight: _Sight) -> Iterable[Seen]:
    """Those it shows to have been written to, or to have written."""
    if sight.reason is not None or sight.is_automatic:
        return
    direction = sight.involved.direction
    writers = {found.plain for _, found in sight.involved.senders}
    for _, found in sight.involved.strangers:
        if direction == OUT or found.plain in writers:
            yield Seen(found.plain, direction, sight.letter.key)


class _Deciding:
    """Goes through the mails in the order of their instants, and remembers the deals of those before."""

    def __init__(
        self, directory: Directory, met: _Met, known: dict[str, int | None], drafts: Mapping[str, int]
    ) -> None:
        self._directory, self._met, self._known, self._drafts = directory, met, known, drafts
        self._deal_of: dict[str, int] = {}
        self._chosen: frozenset[str] = frozenset()
        """Mails of which a person said the deal."""

    def decide_all(self, sights: Sequence[_Sight], earlier: Iterable[Verdict]) -> list[Verdict]:
        """The new mails and those of earlier runs, as if all had come at once."""
        before = {verdict.key: verdict for verdict in earlier}
        self._chosen = frozenset(key for key, verdict in before.items() if verdict.by == HAND)
        self._deal_of = {key: deal for key, deal in self._known.items() if deal is not None and key not in before}
        read = {sight.letter.key: sight for sight in sights}
        instants = {key: sight.at for key, sight in read.items()} | {one.key: one.at for one in before.values()}
        verdicts = []
        for key, _ in sorted(instants.items(), key=lambda entry: (entry[1], entry[0])):
            verdict = self._again(before[key]) if key in before and _may_change(before[key]) else None
            if verdict is None and key in read:
                verdict = self._decide(read[key])
            if verdict is not None:
                verdicts.append(verdict)
            deal_id = self._known.get(key) if verdict is None or verdict.fate == KNOWN else verdict.deal_id
            if deal_id is not None:
                self._deal_of[key] = deal_id
        return verdicts

    def _again(self, earlier: Verdict) -> Verdict | None:
        """None unless a mail it answers, which has come since, tells its deal."""
        for key in earlier.answers:
            number = self._deal_of.get(key)
            if number in earlier.candidates:
                if number == earlier.deal_id and earlier.by == THREAD:
                    return None
                return earlier._replace(fate=TOUCHPOINT, reason=None, deal_id=number, by=THREAD)
        return None

    def _decide(self, sight: _Sight) -> Verdict:
        verdict, key = _plain(sight), sight.letter.key
        if key in self._known:
            people, _ = _people(sight.involved)
            return verdict._replace(fate=KNOWN, deal_id=self._known[key], people=people)
        if sight.reason is not None:
            bounced = self._bounced(sight.letter) if sight.reason == AUTOMATIC else ()
            return verdict._replace(reason=sight.reason, bounced=bounced)
        people, is_shared = _people(sight.involved)
        if not people:
            return self._of_strangers(sight, verdict)
        return self._with_deal(sight, verdict, people, is_shared=is_shared)

    def _with_deal(self, sight: _Sight, verdict: Verdict, people: tuple[int, ...], *, is_shared: bool) -> Verdict:
        letter = sight.letter
        mine = self._drafts.get(letter.mark or "") if verdict.draft else None
        choice = self._directory.choose_deal(
            people, letter.subject, sight.at, letter.answers, self._deal_of, self._chosen
        )
        if mine is not None and choice.deal_id != mine:
            choice = Choice(mine, BY_DRAFT)
        elif is_shared:
            several = choice.candidates or ((choice.deal_id,) if choice.deal_id is not None else ())
            choice = Choice(reason=SHARED, candidates=several)
        return verdict._replace(
            fate=QUEUE if choice.deal_id is None else TOUCHPOINT,
            reason=choice.reason,
            deal_id=choice.deal_id,
            by=choice.by,
            people=people,
            is_automatic=sight.is_automatic,
            candidates=choice.candidates,
            excerpt=letter.excerpt,
        )

    def _of_strangers(self, sight: _Sight, verdict: Verdict) -> Verdict:
        """A suggestion when one of them is a colleague of somebody known, or wrote to me and I to them."""
        strangers = [] if sight.is_automatic else sight.involved.strangers
        for reason, holds in ((COLLEAGUE, self._directory.is_colleague), (EXCHANGE, self._met.both_ways)):
            for mailbox, found in strangers:
                if holds(found.plain):
                    return verdict._replace(fate=SUGGESTION, reason=reason, address=found.address, name=mailbox.name)
        return verdict._replace(reason=UNKNOWN)

    def _bounced(self, letter: Letter) -> tuple[str, ...]:
        found: dict[str, None] = {}
        for address in letter.failed:
            found.update(dict.fromkeys(self._directory.owners_of(address).values()))
        return tuple(found)


def _may_change(earlier: Verdict) -> bool:
    """A thread goes before a title and before a question; what a person chose stays."""
    return earlier.kind == MAIL and (earlier.reason == SEVERAL_DEALS or earlier.by in {TITLE, THREAD})


def _plain(sight: _Sight) -> Verdict:
    """What is so whatever becomes of it."""
    letter, direction = sight.letter, sight.involved.direction
    return Verdict(
        kind=MAIL,
        key=letter.key,
        fate=SKIPPED,
        at=sight.at,
        subject=letter.subject[:LONGEST_SUBJECT],
        direction=direction,
        answers=letter.answers,
        source=letter.source,
        draft=letter.mark if direction == OUT else None,
    )


def _people(involved: Involved) -> tuple[tuple[int, ...], bool]:
    """The known ones, the one meant first, and whether several have the address of that one.

    Of the other addresses only those that one person has say who else it is with.
    """
    known: list[tuple[Mailbox, Found]] = [one for one in involved.others if one[1].owners]
    if not known:
        return (), False
    first = known[0][1].owners
    rest = [found.owners[0] for _, found in known[1:] if len(found.owners) == 1]
    return tuple(dict.fromkeys((*first, *rest))), len(first) > 1


def _bounced(verdicts: Iterable[Verdict]) -> tuple[tuple[str, datetime], ...]:
    first: dict[str, datetime] = {}
    for verdict in verdicts:
        for address in verdict.bounced:
            first.setdefault(address, verdict.at)
    return tuple(first.items())
