"""What a person reads of a mail in HTML, as lines of text."""

from __future__ import annotations

from html.parser import HTMLParser

_HIDDEN = frozenset({"head", "style", "script", "title", "blockquote"})
_LINES = frozenset({"br", "p", "div", "tr", "li", "h1", "h2", "h3", "h4", "hr", "table", "ul", "ol"})
_LONGEST = 200_000


class _Text(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self._hidden = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002
        self._hidden += tag in _HIDDEN
        if tag in _LINES:
            self.parts.append("\n")

    def handle_endtag(self, tag: str) -> None:
        self._hidden = max(0, self._hidden - (tag in _HIDDEN))
        if tag in _LINES:
            self.parts.append("\n")

    def handle_data(self, data: str) -> None:
        if not self._hidden:
            self.parts.append(" ".join(data.split()) + " " if data[-1:].isspace() else " ".join(data.split()))


def text_of_html(html: str) -> str:
    """Quotes and what no browser shows are left out; pictures and links are nothing."""
    parser = _Text()
    parser.feed(html[:_LONGEST])
    parser.close()
    lines = "".join(parser.parts).split("\n")
    return "\n".join(line.strip() for line in lines)
