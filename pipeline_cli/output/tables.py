"""A report as tables for people: whole numbers, columns that share the width of the terminal."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import repeat
from typing import Any, TextIO

from pipeline_cli.domain.record import NamedTuple
from pipeline_cli.output.cells import MAY_BE_SHORTENED, NOTHING, RIGHT_ALIGNED, shown_cells
from pipeline_cli.output.report import FLAGS, Column, Mark, Marked, Report, Section, Strong, ThinRate
from pipeline_cli.output.terminal import GAP, MARKED, WARNING, Grid, Line, pad, paint
from pipeline_cli.output.text import display_width, in_ascii, shorten, visible, wrap

SHORT_TEXT = 12
LEGIBLE_TEXT = 20
STUB = 4


class Need(NamedTuple):
    """What one column asks for, in cells of the terminal."""

    natural: int
    """The widest of its heading and its cells."""
    heading: int
    """Its heading, or more where its text says nothing in so few cells."""
    priority: int
    """0 never goes; the highest goes first."""
    elastic: bool
    """Text that may be cut."""
    is_short: bool = False
    """12 cells are enough for the sake of a column of priority 2 or less, and 20 are its due before any other."""


class Fit(NamedTuple):
    """The columns that fit, with their widths."""

    kept: tuple[int, ...]
    """Positions of the columns that stay, in their order."""
    widths: tuple[int, ...]
    """Of those that stay."""


def fit(needs: Sequence[Need], width: int) -> Fit:
    """The columns that stay within `width` cells, and how wide each is.

    Columns go from the highest priority number down, of equals the right one first, as long as text has less than 12
    cells (20 in a column of priority 0 or one that is short for the sake of others). When only columns of priority 0 are
    left, their text goes down to 4 cells; if that is still too wide, the table is wider than the terminal, for numbers are
    not cut.
    """
    kept = list(range(len(needs)))
    floors = [_floor(need, LEGIBLE_TEXT if need.priority == 0 or need.is_short else SHORT_TEXT) for need in needs]
    _drop(kept, needs, floors, width, above=_WORTH_SHORTENING)
    floors = [_floor(need, LEGIBLE_TEXT if need.priority == 0 and not need.is_short else SHORT_TEXT) for need in needs]
    _drop(kept, needs, floors, width, above=0)
    for shortest in (SHORT_TEXT, STUB):
        if _total(floors, kept) > width:
            floors = [_floor(need, shortest) for need in needs]
    widths = _share([needs[index] for index in kept], [floors[index] for index in kept], width)
    return Fit(tuple(kept), tuple(widths))


def _drop(kept: list[int], needs: Sequence[Need], floors: Sequence[int], width: int, above: int) -> None:
    """Takes columns out, as long as it is too wide and one of a higher priority number than `above` is left."""
    while _total(floors, kept) > width and any(needs[index].priority > above for index in kept):
        kept.remove(max(kept, key=lambda index: (needs[index].priority, index)))


_WORTH_SHORTENING = 2
"""For columns of this priority number and lower, those that can be are cut to 12 cells."""


def _floor(need: Need, shortest: int) -> int:
    """The least a column may have; its heading is cut only together with its text."""
    if not need.elastic:
        return need.natural
    return min(need.natural, max(shortest, need.heading if shortest > STUB else 0))


def _total(widths: Sequence[int], kept: Sequence[int]) -> int:
    return sum(widths[index] for index in kept) + GAP * (len(kept) - 1)


def _share(needs: Sequence[Need], floors: Sequence[int], width: int) -> list[int]:
    """What is left over goes to the cut columns, the narrowest first, so that they end up alike."""
    widths = list(floors)
    spare = width - _total(widths, range(len(widths)))
    while spare > 0:
        cut = [index for index, need in enumerate(needs) if widths[index] < need.natural]
        if not cut:
            break
        widths[min(cut, key=lambda index: widths[index])] += 1
        spare -= 1
    return widths


_PLOT_WIDTH = 100
"""Where no terminal says how wide a line may be."""
_NARROWEST_BAR, _WIDEST_BAR = 4, 12
_NARROWEST_SPAN, _WIDEST_SPAN = 20, 40
_EMPTY = 100
"""More than any priority."""


class Page(NamedTuple):
    """What a report is drawn on."""

    width: int | None
    """Cells of a line; None: nothing is cut or wrapped."""
    unicode: bool
    height: int | None = None
    """Lines of the terminal; None: as many as it takes."""
    color: bool = False
    """Words may be marked by how they look."""


class Drawing(NamedTuple):
    """A report as blocks of lines, and the columns that were left out."""

    blocks: list[Line | Grid]
    left_out: list[str]
    """Headings of the columns there was no room for."""


def write_table(
    report: Report, stream: TextIO, *, width: int | None, color: bool, unicode: bool, height: int | None = None
) -> list[str]:
    """Draws it; returns a sentence for each table that had to leave columns out. No width: all of it, in full.

    `height`: the lines of the terminal, which only a board keeps within.
    """
    page = Page(width, unicode, height, color)
    blocks: list[Line | Grid] = []
    notes: list[str] = []
    if report.title:
        blocks += [*_sentences(page, [report.title], style="bold"), []]
    if report.lanes:
        blocks += _board(page, report, len(blocks))
    elif report.rows and report.has_rows and report.rows_drawn:
        drawn = _draw(page, report.columns, report.rows, report)
        blocks += _in_groups(page, drawn.blocks, report) if report.groups else drawn.blocks
        # A page of groups is laid out for what it is read for.
        notes += [] if report.groups else _note(drawn, page, "--format csv has all")
    elif report.empty and not report.rows:
        blocks += _sentences(page, [report.empty])
    for section in report.sections:
        blocks += [[]] if blocks and blocks[-1] else []
        drawn = _draw_section(page, section, report)
        blocks += drawn.blocks
        notes += _note(drawn, page, f"a wider terminal shows all of {section.title!r}")
    paint(blocks, stream, color=color)
    return notes


def _in_groups(page: Page, blocks: Sequence[Line | Grid], report: Report) -> Iterator[Line | Grid]:
    """One table in parts, each under its title."""
    (table,) = (block for block in blocks if isinstance(block, Grid))
    if report.headed:
        yield table._replace(rows=())
    start = 0
    for group in report.groups:
        if report.headed:
            yield []
        yield from _sentences(page, [group.title], style="bold")
        yield table._replace(heads=(), rows=table.rows[start : start + group.rows])
        start += group.rows


def _board(page: Page, report: Report, above: int) -> list[Line]:
    from pipeline_cli.output.board import Sheet, draw_board  # one command draws one

    prompt = 1
    room = None if page.height is None else page.height - above - len(report.notes) - prompt
    return draw_board(report.lanes, Sheet(page.width, room, report.currency, page.unicode))


def _draw_section(page: Page, section: Section, report: Report) -> Drawing:
    drawn = _draw(page, section.columns, section.rows, report) if section.rows else Drawing([], [])
    title = _sentences(page, [section.title], style="bold") if section.title else []
    blocks = [*title, *drawn.blocks, *_sentences(page, section.lines), *_plot(page, section)]
    return Drawing(blocks, drawn.left_out)


def _plot(page: Page, section: Section) -> list[Line]:
    lines: list[str] = []
    if section.bars:
        from pipeline_cli.output.charts import draw_bars

        lines += draw_bars(section.bars, page.width or _PLOT_WIDTH, unicode=page.unicode)
    if section.marks:
        from pipeline_cli.output.charts import draw_marks  # one report in twenty has a plot

        lines += draw_marks(section.marks, page.width or _PLOT_WIDTH, unicode=page.unicode)
    return [[(text, "")] for text in lines]


def _note(drawn: Drawing, page: Page, remedy: str) -> list[str]:
    if not drawn.left_out:
        return []
    return [f"Columns left out to fit {page.width}: {', '.join(drawn.left_out)}; {remedy}."]


def _sentences(page: Page, sentences: Sequence[str], style: str = "") -> list[Line]:
    texts = (
        (_on(page, visible(sentence)), "bold" if isinstance(sentence, Strong) else style) for sentence in sentences
    )
    return [[(piece, look)] for text, look in texts for piece in (wrap(text, page.width) if page.width else [text])]


def _on(page: Page, text: str) -> str:
    return text if page.unicode else in_ascii(text)


def _draw(page: Page, columns: Sequence[Column], rows: Sequence[Mapping[str, Any]], report: Report) -> Drawing:
    rows = rows if page.color else [_with_asterisks(row) for row in rows]
    asked = [column for column in columns if column.shown]
    filled = [[_on(page, cell) for cell in shown_cells(column, rows, report)] for column in asked]
    # A column without a heading and without a word takes no room, not even that of its gap.
    there = [index for index, column in enumerate(asked) if column.heading or any(filled[index])]
    shown, cells = [asked[index] for index in there], [filled[index] for index in there]
    headings = [_on(page, visible(column.heading)) for column in shown]
    needs = [_need(*described) for described in zip(shown, headings, cells, strict=True)]
    plan = fit(needs, page.width) if page.width else _in_full(needs)
    kept = [shown[index] for index in plan.kept]
    drawn = [
        [shorten(cell, width, ellipsis=_on(page, "…")) for cell in (headings[index], *cells[index])]
        for index, width in zip(plan.kept, plan.widths, strict=True)
    ]
    drawn, widths = _with_bars(page, kept, rows, drawn, plan.widths)
    heads, *bodies = zip(*drawn, strict=True)
    grid = Grid(
        heads=heads if any(headings) else (),
        rows=[list(map(_spans_of, body, repeat(row), kept)) for body, row in zip(bodies, rows, strict=True)],
        widths=widths,
        right=[column.kind in RIGHT_ALIGNED for column in kept],
        rule=_on_rule(page),
    )
    return Drawing([grid], [headings[index] for index in range(len(shown)) if index not in plan.kept])


def _with_bars(
    page: Page,
    columns: Sequence[Column],
    rows: Sequence[Mapping[str, Any]],
    drawn: list[list[str]],
    widths: Sequence[int],
) -> tuple[list[list[str]], list[int]]:
    """The same cells and widths, those of a column with a bar or a span followed by it, as far as the line has room: no
    column goes for one."""
    barred = [column for column in columns if column.bar or column.span]
    used = sum(widths) + GAP * (len(widths) - 1)
    room = (page.width - used) // len(barred) - 1 if page.width and barred else 0

    def following(column: Column, cells: list[str], width: int) -> tuple[list[str], int]:
        if column.span and room > _NARROWEST_SPAN:
            bars = _spans(page, column.span, rows, min(_WIDEST_SPAN, room - 1))
        elif column.bar and room >= _NARROWEST_BAR:
            bars = list(_bars(page, column.key, rows, min(_WIDEST_BAR, room)))
        else:
            return cells, width
        at_right = column.kind in RIGHT_ALIGNED
        barred = [f"{pad(text, width, right=at_right)} {bar}" for text, bar in zip(cells, bars, strict=True)]
        return barred, display_width(barred[0])

    followed = list(map(following, columns, drawn, widths))
    return [cells for cells, _ in followed], [width for _, width in followed]


def _bars(page: Page, key: str, rows: Sequence[Mapping[str, Any]], width: int) -> Iterator[str]:
    from pipeline_cli.output.charts import bar  # few tables have one

    yield " " * width
    for row in rows:
        yield bar(row.get(key) or 0, width, unicode=page.unicode)


def _spans(page: Page, keys: Sequence[str], rows: Sequence[Mapping[str, Any]], width: int) -> list[str]:
    """Set off by one space more than a bar: it belongs to the whole line."""
    from pipeline_cli.output.charts import draw_spans  # one report has them

    low, expected, high = keys
    marks = [Mark("", round(row[low]), round(row[expected]), round(row[high])) for row in rows]
    return [f" {text}" for text in draw_spans(marks, width, unicode=page.unicode)]


def _spans_of(drawn: str, row: Mapping[str, Any], column: Column) -> Line:
    """A cell as it is drawn, which may be shorter than its text, in the looks of its parts."""
    value = row.get(column.key)
    if not isinstance(value, Marked):
        return [(drawn, WARNING if column.kind == FLAGS else _style(value))]
    spans = []
    for text, is_marked in value.pieces:
        length = min(len(visible(text)), len(drawn))
        spans.append((drawn[:length], MARKED if is_marked else ""))
        drawn = drawn[length:]
    return [*spans, (drawn, "")]


def _style(value: object) -> str:
    return "dim" if isinstance(value, ThinRate) else "bold" if isinstance(value, Strong) else ""


def _need(column: Column, heading: str, cells: Sequence[str]) -> Need:
    """A column with nothing in it is the first to go."""
    heading_width = display_width(heading)
    natural = max(heading_width, *map(display_width, cells))
    is_empty = column.priority > 0 and all(cell in ("", NOTHING) for cell in cells)
    least = max(heading_width, column.least)
    priority = column.priority + (_EMPTY if is_empty else 0)
    return Need(natural, least, priority, column.kind in MAY_BE_SHORTENED, column.is_short)


def _in_full(needs: Sequence[Need]) -> Fit:
    return Fit(tuple(range(len(needs))), tuple(need.natural for need in needs))


def _on_rule(page: Page) -> str:
    return "─" if page.unicode else "-"


def _with_asterisks(row: Mapping[str, Any]) -> Mapping[str, Any]:
    """Around what is marked in its texts."""
    marked = {key: value for key, value in row.items() if isinstance(value, Marked)}
    if not marked:
        return row
    return {
        **row,
        **{
            key: "".join(f"*{text}*" if is_marked else text for text, is_marked in value.pieces)
            for key, value in marked.items()
        },
    }
