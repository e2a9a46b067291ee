"""Tab in a shell: the line up to the cursor as words, and what may stand there, one offer a line."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from os.path import commonprefix
from typing import Any

from pipeline_cli.completion.offers import Offer, offers_for
from pipeline_cli.domain.record import NamedTuple
from pipeline_cli.workspace import GlobalOptions, Workspace

_BASH_BREAKS = ":=<>"
"""Bash takes what stands behind one of these for a word of its own, unless it is quoted."""
_PLAIN = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_./,@%+-")


class Line(NamedTuple):
    """The words up to the cursor, and what the shell put around the last one."""

    words: list[str]
    """The finished words behind the program's name."""
    typed: str
    """The word at the cursor, which may be empty, unquoted."""
    quote: str
    """The quotation mark that is open at the cursor, or nothing."""
    unquoted_start: int
    """How many letters of `typed` stand before the last unquoted break of bash."""


def read_line(text: str) -> Line:
    """Words as POSIX shells split them; a quote that is still open is the word at the cursor."""
    words: list[str] = []
    word: str | None = None
    quote, start, index = "", 0, 0
    while index < len(text):
        sign = text[index]
        index += 1
        if quote:
            if sign == quote:
                quote = ""
                continue
            if sign == "\\" and quote == '"' and text[index : index + 1] in ('"', "\\", "$", "`"):
                sign, index = text[index], index + 1
        elif sign.isspace():
            if word is not None:
                words.append(word)
            word, start = None, 0
            continue
        elif sign in "'\"":
            word, quote = word or "", sign
            continue
        elif sign == "\\":
            sign, index = text[index : index + 1], index + 1
        elif sign in _BASH_BREAKS:
            start = len(word or "") + 1
        word = (word or "") + sign
    return Line(words[1:], word or "", quote, start)


def for_bash(value: str, line: Line) -> str:
    """Only what stands behind the last break, quoted as the word was begun; readline closes an open quote itself."""
    if line.quote == "'":
        return value
    if line.quote == '"':
        return "".join(f"\\{sign}" if sign in '"\\$`' else sign for sign in value)
    rest = value[line.unquoted_start :]
    # A value that was asked for with `=` stays plain there, or each Tab would quote it anew.
    return "".join(sign if sign in _PLAIN or sign == "=" or not sign.isascii() else f"\\{sign}" for sign in rest)


def all_for_bash(values: Sequence[str], line: Line) -> list[str]:
    """Of several, bash types what they have in common: it must not end in half an escape, as `Acme\\` would."""
    escaped = [for_bash(value, line) for value in values]
    common = commonprefix(escaped)  # noqa: RUF071 - texts, not paths: what bash would type
    if len(values) < 2 or (len(common) - len(common.rstrip("\\"))) % 2 == 0:
        return escaped
    quote = '"' if any("'" in value for value in values) else "'"
    safe = [value for value in values if quote == "'" or "!" not in value]
    return [quote + for_bash(value[line.unquoted_start :], line._replace(quote=quote)) for value in safe]


def is_safe(value: str, line: Line) -> bool:
    """Whether a shell can be given it as one word: nothing invisible, no option, no quote that would end its own, and
    no `!` in double quotes, where it calls an earlier line back and nothing takes that away from it."""
    ends_quote = (line.quote == "'" and "'" in value) or (line.quote == '"' and "!" in value)
    return value.isprintable() and not value.startswith("-") and not ends_quote


class _Silent(Workspace):
    """Says nothing: whatever is written while a line is being typed lands in that line."""

    def say(self, text: str) -> None:
        pass


def answer_shell(shell: str, app: Any, environ: Mapping[str, str]) -> str:
    """What the scripts of `scripts.py` read: a value a line, for zsh and fish with a tab and a few words about it."""
    line = read_line(environ.get("_PIPELINE_LINE", ""))
    found = [offer for offer in find_offers(app, line, environ) if is_safe(offer.value, line) or offer.is_option]
    if shell == "bash":
        shown = [offer.value for offer in found if offer.is_option]
        shown += all_for_bash([offer.value for offer in found if not offer.is_option], line)
        return "".join(f"{value}\n" for value in shown)
    return "".join(f"{offer.value}\t{_one_line(offer.help)}\n" for offer in found)


def find_offers(app: Any, line: Line, environ: Mapping[str, str]) -> list[Offer]:
    """What may stand at the cursor; nothing when that cannot be known."""
    from typer._click.shell_completion import _resolve_context, _resolve_incomplete

    try:
        context = _resolve_context(app, {}, "pipeline", list(line.words))
        place, typed = _resolve_incomplete(context, list(line.words), line.typed)
        if line.words and line.words[-1].startswith("-"):
            # An option that has no value yet keeps Typer from reading the arguments before it.
            context = _resolve_context(app, {}, "pipeline", line.words[:-1])
        if hasattr(place, "param_type_name"):
            return offers_for(place, context, typed, _workspace(context, environ))
        known = [Offer(item.value, item.help or "", is_option=True) for item in place.shell_complete(context, typed)]
        return known or _last_argument(context, typed, environ)
    except (Exception, SystemExit):  # noqa: BLE001 - a shell that waits for words can do nothing with an error
        return []


def _last_argument(context: Any, typed: str, environ: Mapping[str, str]) -> list[Offer]:
    """Typer takes a word such as `stage=` after the first filter for nothing: the argument that may be repeated is meant."""
    for param in reversed(context.command.params):
        if param.param_type_name == "argument" and param.nargs == -1 and not typed.startswith("-"):
            return offers_for(param, context, typed, _workspace(context, environ))
    return []


def _workspace(context: Any, environ: Mapping[str, str]) -> Workspace:
    named = context.find_root().params
    return _Silent(GlobalOptions(named.get("config"), named.get("db")), environ, datetime.now(UTC))


def _one_line(text: str) -> str:
    return " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())[:60]
