"""What a person reads of a mail in HTML, as lines of text.

`html.parser` takes 15 seconds for 128 KB of `<!--`, and minutes for as many of `<a `: here each sign is looked at once.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator

_HIDDEN = frozenset({"head", "style", "script", "title", "blockquote", "template"})
_LINES = frozenset({"br", "p", "div", "tr", "li", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "table", "ul", "ol", "pre"})
_TAG = re.compile(r"</?([a-zA-Z][a-zA-Z0-9]{0,20})")
_COMMENT, _END_OF_COMMENT = "<!--", "-->"


def text_of_html(source: str) -> str:
    """Quotes and what no browser shows are left out; pictures and links are nothing."""
    parts: list[str] = []
    hidden = 0
    for text, tag in _pieces(source):
        if not hidden:
            parts.append(re.sub(r"\s+", " ", html.unescape(text)))
        name = tag.removeprefix("/")
        if name in _HIDDEN:
            hidden = max(0, hidden - 1) if tag.startswith("/") else hidden + 1
        elif name == "body":
            hidden = 0
        elif name in _LINES:
            parts.append("\n")
    return "\n".join(line.strip() for line in "".join(parts).split("\n"))


def _pieces(source: str) -> Iterator[tuple[str, str]]:
    """A text, and the tag behind it in small letters: `p`, `/p`, or nothing for a comment and at the end."""
    place = begin = 0
    while (start := source.find("<", place)) >= 0:
        if source.startswith(_COMMENT, start):
            end, behind, name = source.find(_END_OF_COMMENT, start + len(_COMMENT)), len(_END_OF_COMMENT), ""
        elif source.startswith(("<!", "<?"), start):
            end, behind, name = source.find(">", start), 1, ""
        elif tag := _TAG.match(source, start):
            end, behind = source.find(">", tag.end()), 1
            name = ("/" if source.startswith("</", start) else "") + tag[1].lower()
        else:  # a sign that means less than
            place = start + 1
            continue
        yield source[begin:start], name
        if end < 0:
            return
        place = begin = end + behind
    yield source[begin:], ""
