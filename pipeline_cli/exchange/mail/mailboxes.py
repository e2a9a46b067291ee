"""The addresses of a From, To or Cc, with the names beside them, whatever somebody wrote there.

`email.utils.getaddresses` calls itself for each bracket of a comment, and so fails at a thousand of them; it takes 60 µs
for one plain address.
"""

from __future__ import annotations

import re
from functools import lru_cache

from pipeline_cli.domain.words.addresses import Mailbox
from pipeline_cli.exchange.mail.words import decoded

_PLAIN = re.compile(
    r'(?:"?([^"<>@,;:()\\]*)"?\s*<([^\s"<>@,;:()\\]+@[^\s"<>@,;:()\\]+)>|([^\s"<>@,;:()\\]+@[^\s"<>@,;:()\\]+))'
)
_SIGN = re.compile(r'"(?:[^"\\]|\\.)*"?|\\.|[(),;:<>]|[^"\\(),;:<>]+', re.DOTALL)
_NEEDLESSLY_QUOTED = re.compile(r'"[\w.+\-]+"')
_HARD = frozenset("();:\\")
_LONGEST_NAME = 200
_SHORT = 300
"""Signs of a field that is likely to come again, and that the pattern of a plain one is tried on."""


@lru_cache(maxsize=4096)
def _read_short(text: str) -> tuple[Mailbox, ...]:
    return _read(text)


def read_addresses(text: str) -> tuple[Mailbox, ...]:
    """In the order in which they stand; of a group its members. What is no address is left out."""
    return _read_short(text) if len(text) < _SHORT else _read(text)


def _read(text: str) -> tuple[Mailbox, ...]:
    if _HARD.isdisjoint(text):
        # most lists, however long: a comma there separates and nothing else
        plain = [_PLAIN.fullmatch(one.strip()) if len(one) < _SHORT else None for one in text.split(",")]
        if None not in plain:
            return tuple(Mailbox(_name(one[1]) if one[1] else None, one[2] or one[3]) for one in plain if one)
    found = []
    for words in _split(text):
        mailbox = words.mailbox()
        if mailbox is not None:
            found.append(mailbox)
    return tuple(found)


class _Words:
    """What stands between two commas."""

    def __init__(self) -> None:
        self.before: list[str] = []
        self.inside: list[str] | None = None
        self.comments: list[str] = []

    @property
    def is_on_a_route(self) -> bool:
        """`<@relay.example,@other.example:ann@acme.example>`, as mail was once sent."""
        return "".join(self.inside or ()).lstrip().startswith("@")

    def take(self, sign: str) -> None:
        """One more word, or a bracket."""
        if sign == "<":
            self.inside = []
        elif sign != ">":
            (self.before if self.inside is None else self.inside).append(sign)

    def mailbox(self) -> Mailbox | None:
        """None where there is no address."""
        if self.inside is not None:
            address, name = _joined(self.inside), "".join(map(_unquoted, self.before))
        else:
            address, name = _joined(self.before), " ".join(self.comments)
        return Mailbox(_name(name), address) if address else None


def _split(text: str) -> list[_Words]:
    """One for each mailbox: brackets, quotes and comments hold signs that elsewhere end one."""
    found, words, depth = [], _Words(), 0
    for sign in _SIGN.findall(text):
        if depth or sign == "(":
            depth += (sign == "(") - (sign == ")")
            words.comments.append(sign.strip("()"))
        elif sign in ",;" and not words.is_on_a_route:
            found.append(words)
            words = _Words()
        elif sign == ":":
            # the name of a group ends, or within brackets the way by which an address is reached
            words = _begun_anew(words)
        else:
            words.take(sign)
    return [*found, words]


def _begun_anew(words: _Words) -> _Words:
    anew = _Words()
    anew.inside = None if words.inside is None else []
    anew.before = [] if words.inside is None else words.before
    return anew


def _joined(parts: list[str]) -> str:
    """Spaces around an @ or a dot mean nothing; of words that stand before an address without brackets it is the last."""
    if not any('"' in part for part in parts):
        text = " ".join("".join(parts).split())
        for sign in ("@", "."):
            text = text.replace(f" {sign}", sign).replace(f"{sign} ", sign)
        words = text.split()
        return next((word for word in reversed(words) if "@" in word), "".join(words))
    address = "".join(part if part.startswith('"') else "".join(part.split()) for part in parts)
    local, at, domain = address.rpartition("@")
    if _NEEDLESSLY_QUOTED.fullmatch(local):
        local = local[1:-1]
    return f"{local}{at}{domain}"


def _unquoted(part: str) -> str:
    return re.sub(r"\\(.)", r"\1", part[1:].removesuffix('"')) if part.startswith('"') else part


def _name(text: str) -> str | None:
    return decoded(" ".join(text.split())[: _LONGEST_NAME * 4])[:_LONGEST_NAME].strip() or None
