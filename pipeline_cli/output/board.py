"""The pipeline as columns of cards: as many columns beside each other as can be read, the next ones below them.

Titles are cut, numbers never; what there is no room for is counted. A card has no border: with a rich.panel.Panel around
each, 24 lines hold 5 cards of a stage instead of 10.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

from pipeline_cli.domain.record import NamedTuple
from pipeline_cli.output.numbers import money, whole_money
from pipeline_cli.output.report import Card, Lane
from pipeline_cli.output.terminal import WARNING, Line
from pipeline_cli.output.text import display_width, in_ascii, shorten, visible

_GAP = 2
_NARROWEST, _WIDEST = 18, 40
"""Cells of a column, unless a number needs more."""

Cell = list[tuple[str, str]]
"""One line of one column: visible texts, each with its style."""


class Sheet(NamedTuple):
    """What the board is drawn on."""

    width: int | None
    """Cells; None: as wide as it gets."""
    height: int | None
    """Lines; None: every card is shown."""
    currency: str
    unicode: bool


def draw_board(lanes: Sequence[Lane], sheet: Sheet) -> list[Line]:
    """At most `height` lines where each column has room for its head and one line, at most `width` cells a line."""
    bands, width = _arrange(lanes, sheet)
    titles = _titles(bands)
    heads = [[_head(lane, width, sheet) for lane in band] for band in bands]
    cards = [[[_card(card, width, sheet) for card in lane.cards] for lane in band] for band in bands]
    heights = [max(map(len, those)) for those in heads]
    needs = [max(sum(map(len, own)) for own in those) for those in cards]
    around = sum(heights) + len(bands) - 1 + sum(map(bool, titles))
    rooms = needs if sheet.height is None else _share(needs, sheet.height - around)
    lines: list[Line] = []
    for title, band, names, those, top, room in zip(titles, bands, heads, cards, heights, rooms, strict=True):
        columns = [
            [*name[:-1], *([[]] * (top - len(name))), name[-1], *_body(lane, own, room)]
            for lane, name, own in zip(band, names, those, strict=True)
        ]
        lines += [[]] if lines else []
        lines += [[(piece, "bold")] for piece in [_cut(_on(title, sheet), sheet.width or 0, sheet)] if title]
        lines += _beside(columns, width)
    return lines


def _titles(bands: Sequence[Sequence[Lane]]) -> list[str]:
    """What stands over each band: the group, over its first."""
    groups = [band[0].group for band in bands]
    return [group if group not in groups[:place] else "" for place, group in enumerate(groups)]


def _arrange(lanes: Sequence[Lane], sheet: Sheet) -> tuple[list[Sequence[Lane]], int]:
    """The columns in bands of alike length, none with columns of two groups, and how wide a column is."""
    groups = [list(those) for _, those in groupby(lanes, key=lambda lane: lane.group)]
    if sheet.width is None:
        widest = max(_natural(lane, sheet) for lane in lanes)
        return list(groups), widest
    least = max(_NARROWEST, *(len(number) for lane in lanes for number in _numbers(lane, sheet)))
    most = max(1, (sheet.width + _GAP) // (least + _GAP))
    bands: list[Sequence[Lane]] = []
    for those in groups:
        count = -(-len(those) // most)
        each = -(-len(those) // count)
        bands += [those[start : start + each] for start in range(0, len(those), each)]
    longest = max(map(len, bands))
    width = max(least, min(_WIDEST, (sheet.width - _GAP * (longest - 1)) // longest))
    return bands, width


def _natural(lane: Lane, sheet: Sheet) -> int:
    texts = [_on(lane.name, sheet), *_numbers(lane, sheet), *_summary(lane, 10**6)]
    for card in lane.cards:
        texts += [_title(card, sheet), "  ".join([*_figures(card, sheet), *card.marks[:1]])]
    return max(map(display_width, texts))


def _numbers(lane: Lane, sheet: Sheet) -> Iterator[str]:
    """What may not be cut: each has to fit into a column."""
    yield whole_money(lane.value_cents)
    yield from lane.notices
    for card in lane.cards:
        yield from _figures(card, sheet)
        yield f"#{card.id} {_dots(sheet)}"


def _head(lane: Lane, width: int, sheet: Sheet) -> list[Cell]:
    """Name, number of deals and value, what is wrong with it; a rule under them."""
    name: list[Cell] = [[(_cut(_on(lane.name, sheet), width, sheet), "bold")]]
    summary: list[Cell] = [[(text, "")] for text in _summary(lane, width)]
    notices: list[Cell] = [[(_on(text, sheet), WARNING)] for text in lane.notices]
    return [*name, *summary, *notices, [(("─" if sheet.unicode else "-") * width, "dim")]]


def _summary(lane: Lane, width: int) -> list[str]:
    deals = f"{lane.deals:,} {'deal' if lane.deals == 1 else 'deals'}"
    value = whole_money(lane.value_cents)
    together = f"{deals}, {value}"
    return [together] if len(together) <= width else [deals, value]


def _title(card: Card, sheet: Sheet) -> str:
    return f"#{card.id} {_on(card.title, sheet)}"


def _figures(card: Card, sheet: Sheet) -> list[str]:
    """Value and days in the stage."""
    if card.value_cents is None:
        value = "-"
    else:
        foreign = f" {_on(card.currency, sheet)}" if card.currency != sheet.currency else ""
        value = money(card.value_cents) + foreign
    return [value, *([] if card.days is None else [f"{card.days:,}d"])]


def _card(card: Card, width: int, sheet: Sheet) -> list[Cell]:
    """The title, then as few lines as hold its numbers and its mark."""
    lines: list[Cell] = [[(_cut(_title(card, sheet), width, sheet), "")]]
    used = width
    for text in _figures(card, sheet):
        used = _append(lines, text, "", used, width)
    marks = [_on(mark, sheet) for mark in card.marks]
    if marks:
        room = width - used - _GAP
        fitting = next((mark for mark in marks if display_width(mark) <= room), None)
        if fitting is None:
            fitting = next((mark for mark in marks if display_width(mark) <= width), _cut(marks[-1], width, sheet))
        _append(lines, fitting, "" if card.is_snoozed else WARNING, used, width)
    return lines


def _append(lines: list[Cell], text: str, style: str, used: int, width: int) -> int:
    """On the last line when it fits there, else on a new one; how many cells of the line are used then."""
    if used + _GAP + display_width(text) <= width:
        lines[-1] += [(" " * _GAP, ""), (text, style)]
        return used + _GAP + display_width(text)
    lines.append([(text, style)])
    return display_width(text)


def _share(needs: Sequence[int], room: int) -> list[int]:
    """Lines for the cards of each band: alike, but what one does not need the others get; never less than one."""
    shares = [0] * len(needs)
    left = room
    for place in sorted(range(len(needs)), key=lambda place: needs[place]):
        waiting = shares.count(0)
        shares[place] = max(1, min(needs[place], left // waiting))
        left -= shares[place]
    return shares


def _body(lane: Lane, cards: Sequence[list[Cell]], room: int) -> list[Cell]:
    """As many cards as there is room for, and a line that counts the rest."""
    shown = len(cards)
    while shown and sum(map(len, cards[:shown])) + (shown < len(cards)) > room:
        shown -= 1
    lines = [line for card in cards[:shown] for line in card]
    rest = lane.cards[shown:]
    if rest:
        worth = sum(card.home_cents for card in rest)
        lines.append([(f"+ {len(rest):,} more, {whole_money(worth)}", "")])
    return lines


def _beside(columns: Sequence[Sequence[Cell]], width: int) -> Iterator[Line]:
    for row in range(max(map(len, columns))):
        line: list[tuple[str, str]] = []
        for column in columns:
            cell = column[row] if row < len(column) else []
            used = sum(display_width(text) for text, _ in cell)
            line += [*cell, (" " * (width - used + _GAP), "")]
        yield _without_end(line)


def _without_end(line: list[tuple[str, str]]) -> Line:
    """Without the spaces after the last word."""
    while line and not line[-1][0].strip():
        line.pop()
    return line


def _cut(text: str, width: int, sheet: Sheet) -> str:
    return text if sheet.width is None else shorten(text, width, ellipsis=_dots(sheet))


def _dots(sheet: Sheet) -> str:
    return "…" if sheet.unicode else "..."


def _on(text: str, sheet: Sheet) -> str:
    return visible(text) if sheet.unicode else in_ascii(visible(text))
