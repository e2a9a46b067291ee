"""Tags and links of a deal: what may be one, how the columns hold them, and what becomes of those a deal has."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from pipeline_cli.domain.errors import UsageError
from pipeline_cli.domain.words.names import normalise
from pipeline_cli.domain.words.text import accept, quoted

LONGEST_TAG = 60
SCHEMES = ("http", "https", "mailto")
"""Of the addresses that are opened."""
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+:")
"""Two letters at least: `C:` is a drive."""
_JOINERS = "\u200c\u200d"
"""Invisible, and part of words and emoji all the same."""
BETWEEN_LINKS = " | "
"""On one line, as in an editor."""


def read_tag(text: str) -> str:
    """One word. Raises UsageError for what a filter could not name: spaces, commas, nothing, signs that cannot be seen."""
    tag = accept(text, "The tag").strip()
    if not tag:
        raise UsageError("The tag is empty: type a word, such as --tag event.")
    if any(sign.isspace() for sign in tag):
        raise UsageError(f"The tag {quoted(tag)} holds a space: join the words, as in {quoted('-'.join(tag.split()))}.")
    if "," in tag:
        raise UsageError(f"The tag {quoted(tag)} holds a comma: give each tag its own --tag.")
    if not all(sign.isprintable() or sign in _JOINERS for sign in tag):
        raise UsageError(f"The tag {tag!r} holds a sign that cannot be seen: leave it away.")
    if len(tag) > LONGEST_TAG:
        raise UsageError(f"The tag {quoted(tag)} is longer than {LONGEST_TAG} characters: shorten it.")
    return tag


def is_address(link: str) -> bool:
    """Rather than a file."""
    return _SCHEME.match(link) is not None


def read_address(text: str) -> str | None:
    """An address that may be opened; None for what can only be a file.

    Raises UsageError for another scheme, for one without a host, and for signs that no address and no file should have.
    """
    link = accept(text, "The link").strip()
    if not link:
        raise UsageError("The link is empty: give an address such as https://acme.example, or a file.")
    if not all(sign.isprintable() for sign in link):
        raise UsageError("The link holds a line break or a sign that cannot be seen: leave it away.")
    if BETWEEN_LINKS in link:
        raise UsageError(
            f"The link {quoted(link)} holds a bar between spaces, as it stands between two: leave it away."
        )
    if not is_address(link):
        return None
    scheme, _, rest = link.partition(":")
    if scheme.casefold() not in SCHEMES:
        raise UsageError(f"The link {quoted(link)} is neither https, http, mailto nor a file: nothing else is opened.")
    if any(sign.isspace() or sign in '\\"<>`' for sign in link):
        raise UsageError(f"The link {quoted(link)} holds a sign that no address has: copy it from the address bar.")
    if scheme.casefold() == "mailto":
        if "@" not in rest:
            raise UsageError(f"The link {quoted(link)} names nobody: write it as mailto:ann@acme.example.")
    elif not re.match(r"//[^/?#@]*[\w\]]", rest) or re.match(r"//[^/?#]*@", rest):
        raise UsageError(f"The link {quoted(link)} names no plain host: write it as https://acme.example/page.")
    return link


def is_link(line: str) -> bool:
    """Whether a link of a file that is imported may be kept: it is opened only where it can be then."""
    try:
        read_address(line)
    except UsageError:
        return False
    return True


def is_tag(word: str) -> bool:
    """Whether a word of a file that is imported may be a tag."""
    try:
        return read_tag(word) == word
    except UsageError:
        return False


def tags_of(stored: str | None) -> tuple[str, ...]:
    """Those that a column holds."""
    return tuple(stored.split(" ")) if stored else ()


def links_of(stored: str | None) -> tuple[str, ...]:
    """Those that a column holds."""
    return tuple(stored.split("\n")) if stored else ()


def tags_in_text(tags: Iterable[str]) -> str | None:
    """In the form of their column, each once, case aside; None: no tag."""
    return " ".join(_each_once(tags)) or None


def links_in_text(links: Iterable[str]) -> str | None:
    """In the form of their column, each once; None: no link."""
    return "\n".join(dict.fromkeys(links)) or None


def _each_once(tags: Iterable[str]) -> Sequence[str]:
    by_name: dict[str, str] = {}
    for tag in tags:
        by_name.setdefault(normalise(tag), tag)
    return list(by_name.values())


def retag(stored: str | None, add: Sequence[str], remove: Sequence[str]) -> tuple[str | None, list[str]]:
    """The column with tags more and tags less; and sentences about what changes nothing. Raises UsageError for no tag."""
    added, removed = [read_tag(tag) for tag in add], [read_tag(tag) for tag in remove]
    both = {normalise(tag) for tag in added} & {normalise(tag) for tag in removed}
    if both:
        raise UsageError(f"--tag and --untag both name {quoted(min(both))}: give one of them.")
    has = {normalise(tag) for tag in tags_of(stored)}
    said = [f"it has the tag {tag} already" for tag in added if normalise(tag) in has]
    said += [f"it has no tag {tag}" for tag in removed if normalise(tag) not in has]
    gone = {normalise(tag) for tag in removed}
    return tags_in_text([*(tag for tag in tags_of(stored) if normalise(tag) not in gone), *added]), said


def relink(stored: str | None, add: Sequence[str], remove: Sequence[str]) -> tuple[str | None, list[str]]:
    """The same for links: those to add as they are kept, those to remove by their number or as they are shown."""
    has = links_of(stored)
    gone, said = set[str](), [f"it has the link {link} already" for link in add if link in has]
    for text in remove:
        link = find_link(has, text)
        if link is None:
            said.append(f"it has no link {text.strip()}")
        else:
            gone.add(link)
    return links_in_text([*(link for link in has if link not in gone), *add]), said


def find_link(links: Sequence[str], text: str) -> str | None:
    """The link of that number, as `show` numbers them, or of that text; None: there is none."""
    wanted = text.strip()
    if wanted.isascii() and wanted.isdigit() and 0 < int(wanted[:9]) <= len(links):
        return links[int(wanted[:9]) - 1]
    return wanted if wanted in links else None


def added_and_removed(before: Sequence[str], after: Sequence[str]) -> tuple[list[str], list[str]]:
    """What is there now and was not, and what is not there any more."""
    return [one for one in after if one not in before], [one for one in before if one not in after]
