"""Commands that a person can paste into a POSIX shell."""

from __future__ import annotations


def command_line(program: str, *words: str) -> str:
    """One command, each word quoted as it needs; `program` may hold options of its own and is left as it is.

    A double-quoted form is used where it is easier to read and means the same.
    """
    return " ".join([program, *map(_quote, words)])


def _quote(word: str) -> str:
    from shlex import quote  # 0.6 ms, and only a missing criterion needs it

    # Inside double quotes a shell still obeys $ ` \ " and, at a prompt, !
    return f'"{word}"' if quote(word) != word and not set(word) & set('$`\\"!') else quote(word)
