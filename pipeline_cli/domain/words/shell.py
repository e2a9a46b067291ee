"""Commands that a person can paste into a POSIX shell."""

from __future__ import annotations

_PLAIN = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_@%+=:,./-")
"""A word of these needs no quotes."""
OBEYED = frozenset('$`\\"!')
"""What a shell obeys inside double quotes too, ! at a prompt."""


def command_line(program: str, *words: str) -> str:
    """One command, each word quoted as it needs; `program` may hold options of its own and is left as it is.

    A double-quoted form is used where it is easier to read and means the same.
    """
    return " ".join([program, *map(_quote, words)])


def _quote(word: str) -> str:
    if word and _PLAIN.issuperset(word):
        return word
    if OBEYED.isdisjoint(word):
        return f'"{word}"'
    from shlex import quote  # 1 ms, and few words need it

    return quote(word)


def split_words(line: str) -> list[str]:
    """The words of a line, quotes heeded. Raises ValueError where one is open."""
    from shlex import split  # as above

    return split(line)


def first_command(line: str) -> str:
    """The first of several that `&&` joins; the sign may stand in a quoted word."""
    from shlex import split  # as above

    parts = line.split(" && ")
    for end in range(1, len(parts)):
        first = " && ".join(parts[:end])
        try:
            split(first)
        except ValueError:  # a quote is open
            continue
        return first
    return line


def as_called(text: str, program: str) -> str:
    """A text with the options of this run in the commands it quotes, so that they meet the same files.

    `init` and `demo` make files of their own.
    """
    if program == "pipeline" or "`pipeline " not in text:
        return text
    import re  # few runs have options before the command

    return re.sub(r"`pipeline (?=[a-z])(?!init|demo)", lambda _: f"`{program} ", text)
