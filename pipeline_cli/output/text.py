"""The one door for stored text to the screen: nothing in it acts on the terminal, hides or reorders what is read.

Characters that Python calls printable stay, and spaces of every width. All others (control, escape, bidi, zero-width,
line separators, lone surrogates, private use, unassigned) are shown as `\\x1b` or `\\u202e`. Two joiners are kept where
writing needs them: U+200D between emoji, U+200C between letters of Arabic and Indic scripts.
"""

from __future__ import annotations

from collections.abc import Callable

NEWLINE = "⏎"
ZERO_WIDTH_NON_JOINER = "\u200c"
ZERO_WIDTH_JOINER = "\u200d"
_GLUE = "\x00"
"""Stands for a space that no line is broken at; visible text holds none."""


def visible(text: str) -> str:
    """The text on one line, with everything invisible in it made visible."""
    if text.isprintable():
        return text
    text = text.replace("\r\n", "\n")
    return "".join(
        char if char.isprintable() or _harmless(text, index) else _escape(char) for index, char in enumerate(text)
    )


def _harmless(text: str, index: int) -> bool:
    char = text[index]
    if char == ZERO_WIDTH_JOINER:
        return _between(text, index, _is_emoji)
    if char == ZERO_WIDTH_NON_JOINER:
        return _between(text, index, _is_joined_script)
    return char.isspace() and char > "\x9f" and char not in "\u2028\u2029"


def _between(text: str, index: int, fits: Callable[[str], bool]) -> bool:
    return 0 < index < len(text) - 1 and fits(text[index - 1]) and fits(text[index + 1])


def _is_emoji(char: str) -> bool:
    return char == "\ufe0f" or "\u2190" <= char <= "\u2bff" or "\U0001f000" <= char <= "\U0001faff"


def _is_joined_script(char: str) -> bool:
    return "\u0600" <= char <= "\u0dff"


def _escape(char: str) -> str:
    if char == "\n":
        return NEWLINE
    return ascii(char)[1:-1]


def in_ascii(text: str) -> str:
    """Visible text for a stream that has ASCII alone."""
    if text.isascii():
        return text
    legible = text.replace(NEWLINE, "\\n").replace("…", "...").replace("–", "-")
    return legible.encode("ascii", "backslashreplace").decode("ascii")


def display_width(text: str) -> int:
    """How many cells of a terminal visible text takes: two for wide letters and emoji, none for combining marks."""
    if text.isascii():
        return len(text)
    from rich.cells import cell_len  # 3 ms, and only text beyond ASCII needs it

    return cell_len(text)


def shorten(text: str, width: int, *, ellipsis: str = "…") -> str:
    """Visible text in at most `width` cells, its end replaced by an ellipsis where it is cut."""
    if display_width(text) <= width:
        return text
    room = width - len(ellipsis)
    if room <= 0:
        return ellipsis[: max(width, 0)]
    return _first_cells(text, room).rstrip() + ellipsis


def wrap(text: str, width: int) -> list[str]:
    """Visible text in lines of at most `width` cells, broken at spaces; the indent of the text is kept on each line.

    A word longer than a line is broken where the line ends. A command stays whole, so that it can be pasted: a line that
    is one, or ends in one, is left to the terminal, and what stands in backticks is kept together where it fits.
    """
    if _is_command(text) or display_width(text) <= width:
        return [text]
    indent = text[: len(text) - len(text.lstrip(" "))][: max(width - 1, 0)]
    lines: list[str] = []
    line = ""
    for word in _words(text, width - len(indent)):
        joined = f"{line} {word}" if line else indent + word
        if display_width(joined) <= width:
            line = joined
            continue
        if line:
            lines.append(line)
        *full, line = _pieces(indent, word, width)
        lines.extend(full)
    return [*lines, line]


def _is_command(text: str) -> bool:
    """`  pipeline log 1 call`, or `Then: pipeline advance 1`."""
    _, colon, end = text.rpartition(": pipeline ")
    return text.lstrip().startswith("pipeline ") or (bool(colon) and "`" not in end)


def _words(text: str, room: int) -> list[str]:
    """What a line may be broken between: words, and commands in backticks that fit on a line."""
    spans = text.split("`")
    for number in range(1, len(spans) - 1, 2):
        if display_width(spans[number]) + len("``.") <= room:
            spans[number] = spans[number].replace(" ", _GLUE)
    return [word.replace(_GLUE, " ") for word in "`".join(spans).split(" ") if word]


def _pieces(indent: str, word: str, width: int) -> list[str]:
    pieces = []
    room = max(width - len(indent), 2)
    while display_width(word) > room:
        head = _first_cells(word, room).rstrip(" ")
        pieces.append(indent + head)
        word = word[len(head) :]
    return [*pieces, indent + word]


def _first_cells(text: str, width: int) -> str:
    """As much of a longer text as fits; a wide letter on the border becomes a space."""
    if text.isascii():
        return text[:width]
    from rich.cells import set_cell_size

    return set_cell_size(text, width)
