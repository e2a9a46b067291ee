"""One line of a card, read with vobject: its name, group, kinds and value, in whatever version it is written."""

from __future__ import annotations

import re
from collections.abc import Sequence

from pipeline_cli.domain.record import NamedTuple

_USUAL = "windows-1252"
"""Of cards that say nothing and are not UTF-8: what the programs wrote that do so."""
_PARAMETER = r';[ ]*[A-Za-z0-9_\-]+(?:=(?:"[^"]*"|[^";:,]*)(?:,(?:"[^"]*"|[^";:,]*))*)?'
_HEAD = re.compile(rf"(?:[A-Za-z0-9_\-]+\.)?[A-Za-z0-9_\-]+(?:{_PARAMETER})*:")
_BARE_NAME = re.compile(r"((?:[A-Za-z0-9_\-]+\.)?[A-Za-z0-9_\-]+)[^:]*:")


class Line(NamedTuple):
    """A property."""

    name: str
    """In capitals."""
    group: str | None
    kinds: frozenset[str]
    """The values of TYPE, and what 2.1 writes without that word, in small letters."""
    preference: int | None
    """1 is the most preferred, 100 the least; None: not said."""
    value: str
    """As written, but for quoted-printable."""


class BrokenLine(ValueError):
    """A line that is none."""


def read_line(raw: bytes) -> tuple[Line, bool]:
    """And whether its signs had to be guessed. Raises BrokenLine."""
    from vobject.base import textLineToContentLine

    text, guessed = _decoded(raw)
    head = _HEAD.match(text)
    if head is None:  # vobject would try for hours to make sense of some of these
        bare = _BARE_NAME.match(text)
        if bare is None:
            raise BrokenLine
        text = f"{bare[1]}:{text[bare.end() :]}"
        head_text = ""
    else:
        head_text = re.sub("quoted-printable", "QUOTED-PRINTABLE", head[0].replace("; ", ";"), flags=re.IGNORECASE)
        text = head_text + text[head.end() :]
    try:
        line = textLineToContentLine(text)
    except (UnicodeError, LookupError):
        guessed = True
        plain = re.sub(";CHARSET=[^;:]*", "", head_text, flags=re.IGNORECASE)
        named = re.sub(r"^[^;:]+", lambda name: f"{name[0]};CHARSET={_USUAL}", plain)
        try:
            line = textLineToContentLine(named + text[len(head_text) :])
        except Exception as error:
            raise BrokenLine from error
    except Exception as error:  # vobject has errors of several kinds for what it cannot read
        raise BrokenLine from error
    types = [*line.params.get("TYPE", ()), *line.singletonparams]
    kinds = frozenset(kind.strip().lower() for entry in types for kind in entry.split(",") if kind.strip())
    return Line(line.name.upper(), line.group, kinds, _preference(line.params.get("PREF"), kinds), line.value), guessed


def _decoded(raw: bytes) -> tuple[str, bool]:
    """In the encoding the line names, else UTF-8, else the usual one; and whether that is a guess."""
    try:
        return raw.decode("utf-8"), False
    except UnicodeDecodeError:
        named = re.match(rb"[^:]*;CHARSET=\"?([\w\-]+)", raw, re.IGNORECASE)
        try:
            return raw.decode(named[1].decode() if named else _USUAL), named is None
        except (LookupError, UnicodeDecodeError):
            return raw.decode(_USUAL, "replace"), True


def _preference(said: Sequence[str] | None, kinds: frozenset[str]) -> int | None:
    if said and said[0].isascii() and said[0].isdigit():
        return int(said[0][:3])
    return 1 if "pref" in kinds else None


def fields_of(value: str) -> list[str]:
    """The parts of a name or an organization, between semicolons."""
    from vobject.vcard import splitFields

    return [" ".join(part) if isinstance(part, list) else part for part in splitFields(_closed(value))]


def text_of(value: str) -> str:
    """Without the signs that keep others from being read as separators."""
    from vobject.icalendar import stringToTextValues

    return ",".join(stringToTextValues(_closed(value)))


def _closed(value: str) -> str:
    """A sign at the end that would keep the next from being read, where none comes, is left away."""
    return value[:-1] if (len(value) - len(value.rstrip("\\"))) % 2 else value
