"""The sheet: a figure with what stands around it, as one SVG.

The chart is laid out by the same computation as on the page and drawn once; title, caption and
source line are set around it in the same font, and all pictures are made from that SVG.
"""

from __future__ import annotations

import json
import math
import re
import threading
from collections.abc import Hashable
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any
from xml.sax.saxutils import escape

from PIL import ImageFont

from initopt_core.cache import Recent
from initopt_core.figures import fonts, theme
from initopt_core.figures.figure import Figure
from initopt_core.figures.fonts import converter
from initopt_core.figures.room import HEIGHT, LEGEND_COLUMNS, LEGEND_LINE, WIDTH, Room

from .options import ExportOptions
from .restyle import enlarged, measured, reflowed, restyled, side_by_side

MARGIN = 16
TITLE, CAPTION, SOURCE = 20, 13, 11
"""Sizes of letters in pixels, at text size "page"."""


@dataclass(frozen=True)
class Drawing:
    """A chart alone: its SVG's inner part, size, and where its (first) plot begins, in pixels."""

    body: str
    width: float
    height: float
    left: float
    top: float


@dataclass(frozen=True)
class Sheet:
    """A complete picture.

    Attributes:
        svg: the whole picture.
        width, height: in pixels at scale 1.
        left, top, zoom: where the chart's plot begins and by how much the chart is enlarged, so
            that the place (x, y) in the plot lies at (left + zoom x, top + zoom y).
    """

    svg: str
    width: float
    height: float
    left: float
    top: float
    zoom: float


def picture(
    figure: Figure,
    options: ExportOptions = ExportOptions(),  # noqa: B008
    size: tuple[int, int] | None = None,
) -> Sheet:
    """The figure as a sheet.

    Args:
        size: exactly this, in pixels, instead of the options' shape.

    Raises:
        SettingError: when it would have too many pixels.
    """
    global _last
    kept = _last
    if kept is not None and kept[0] is figure and kept[1:3] == (options, size):
        return kept[3]
    made = _picture(figure, options, size)
    _last = (figure, options, size, made)
    return made


_last: tuple[Figure, ExportOptions, tuple[int, int] | None, Sheet] | None = None
"""The newest sheet: a figure that leaves in several formats is drawn once."""


def _picture(figure: Figure, options: ExportOptions, size: tuple[int, int] | None) -> Sheet:
    across, down = size or options.size
    k = options.zoom
    framed = across is not None or bool(_texts(options))
    room = (across or 0) - 2 * MARGIN, (down or 0) - _around(options, across or 800, framed)
    drawing = _drawn(figure, options, room[0] if across else None, room[1] if down else None)
    zoom = k
    if across:
        zoom = room[0] / drawing.width
    if down:
        zoom = min(zoom, room[1] / drawing.height)
    width = across or drawing.width * zoom + 2 * MARGIN * framed
    height = down or drawing.height * zoom + _around(options, width, framed)
    options.check_pixels(width, height)
    return _composed(drawing, options, width, height, zoom, framed)


def plain(figure: Figure, options: ExportOptions) -> dict[str, Any]:
    """The figure's complete Vega-Lite definition in the options' theme."""
    return restyled(figure.spec(_definition(figure)), options)


_definitions: Recent[Hashable, str] = Recent(16)
"""Definitions as JSON by what they depend on: building one takes up to a second."""
_lock = threading.Lock()


def _definition(figure: Figure) -> dict[str, Any]:
    with _lock:
        text = _definitions.get(figure.defined_by)
    if text is None:
        text = json.dumps(figure.definition())
        with _lock:
            _definitions.put(figure.defined_by, text)
    return json.loads(text)


def _drawn(
    figure: Figure, options: ExportOptions, width: float | None, height: float | None
) -> Drawing:
    k = options.zoom
    room = figure.room
    column = width / k if width and height is None else math.inf
    if room and figure.upright and room.across(room.least) > column:
        figure = figure.upright()
        room = figure.room
    spec = measured(plain(figure, options))
    if room is not None:
        if width:
            if height is None and figure.upright is None:
                room = room.in_rows(width / k, side_by_side(spec)[1])
            if room is not figure.room:
                reflowed(spec, room.columns)
            room = room.filling(width / k, height / k if height else None)
        return _by_room(spec, room)
    drawing = _flowing(spec, options.zoom, width, height)
    zoom = options.zoom
    if width:
        zoom = width / drawing.width
    if height:
        zoom = min(zoom, height / drawing.height)
    if zoom < options.zoom * 0.98:  # the letters would be smaller than asked for
        drawing = _taken(converter().vegalite_to_svg(enlarged(spec, options.zoom / zoom)))
    return drawing


def _flowing(
    spec: dict[str, Any], zoom: float, width: float | None, height: float | None
) -> Drawing:
    """The chart, its panels in as many columns as make them large in this place; `spec` is changed
    to that."""
    drawing = _taken(converter().vegalite_to_svg(spec))
    now, whole = side_by_side(spec)
    if not width or whole == 1 or drawing.width * zoom <= width:
        return drawing
    if not height:  # one column of a text: below one another
        columns = max(1, int(now * width / (drawing.width * zoom)))
        return _taken(converter().vegalite_to_svg(reflowed(spec, columns)))
    row = _taken(converter().vegalite_to_svg(reflowed(spec, whole)))
    shown = [min(width / one.width, height / one.height) for one in (row, drawing)]
    if shown[0] > shown[1]:
        return row
    reflowed(spec, now)
    return drawing


def _by_room(spec: dict[str, Any], room: Room) -> Drawing:
    vega = room.fitted(converter().vegalite_to_vega(spec))
    columns = room.legend_columns(room.width)
    values = {WIDTH: room.width, HEIGHT: room.height, LEGEND_COLUMNS: columns}
    for signal in vega["signals"]:
        if signal["name"] in values:
            signal["value"] = values[signal["name"]]
    lines = -(-room.entries // columns) if room.entries else 0
    vega["padding"]["top"] = room.top + lines * LEGEND_LINE
    return _with_title(_taken(converter().vega_to_svg(vega)))


_TITLE = re.compile(r'role-title"><g transform="translate\([-\d.]+,(-[\d.]+)\)"')


def _with_title(drawing: Drawing) -> Drawing:
    """Room above for a title that the layout has put over the upper edge."""
    highest = min((float(y) for y in _TITLE.findall(drawing.body)), default=0.0)
    more = max(0.0, -highest + 2 - drawing.top)
    body = f'<g transform="translate(0,{more:g})">{drawing.body}</g>' if more else drawing.body
    return replace(drawing, body=body, height=drawing.height + more, top=drawing.top + more)


_SIZE = re.compile(r'<svg[^>]*? width="([\d.]+)"[^>]*? height="([\d.]+)"[^>]*>')
_ORIGIN = re.compile(r'transform="translate\(([-\d.]+),([-\d.]+)\)"')


def _renumbered(body: str) -> str:
    """Names of clips and gradients counted from the figure's own first: Vega's count goes on, and
    the same figure shall give the same bytes."""
    names: dict[str, str] = {}
    return re.sub(
        r"\b(clip|gradient_)\d+\b",
        lambda m: names.setdefault(m[0], f"{m[1]}{len(names)}"),
        body,
    )


def _taken(svg: str) -> Drawing:
    """A drawn chart without its outer tag."""
    head = _SIZE.search(svg)
    origin = _ORIGIN.search(svg)
    assert head and origin, "Vega's SVG has changed"
    body = _renumbered(svg[head.end() : svg.rindex("</svg>")])
    left, top = float(origin[1]), float(origin[2])
    return Drawing(body, float(head[1]), float(head[2]), left, top)


# --- what stands around it ----------------------------------------------------------------------


def _texts(options: ExportOptions) -> list[tuple[str, int, bool]]:
    lines = ((options.title, TITLE, True), (options.caption, CAPTION, False))
    return [line for line in (*lines, (options.source, SOURCE, False)) if line[0]]


def _around(options: ExportOptions, width: float, framed: bool) -> float:
    """Height of the margins and of all texts."""
    if not framed:
        return 0.0
    return 2 * MARGIN + sum(_block(text, size, bold, options, width)[1]
                            for text, size, bold in _texts(options))  # fmt: skip


def _block(
    text: str, size: int, bold: bool, options: ExportOptions, width: float
) -> tuple[list[str], float]:
    """The lines of one text and the height that they take."""
    px = size * options.zoom
    lines = wrapped(text, px, width - 2 * MARGIN, bold)
    return lines, len(lines) * px * 1.3 + px * 0.4


@lru_cache(maxsize=32)
def _font(size: int, bold: bool) -> ImageFont.FreeTypeFont:
    name = f"SourceSans3-{'Bold' if bold else 'Regular'}.ttf"
    return ImageFont.truetype(str(fonts.FOLDER / name), size)


def wrapped(text: str, size: float, width: float, bold: bool = False) -> list[str]:
    """The text in lines of at most `width` pixels, each paragraph on lines of its own; a longer
    word is broken."""
    return [line for paragraph in text.split("\n") for line in _lines(paragraph, size, width, bold)]


def _lines(text: str, size: float, width: float, bold: bool) -> list[str]:
    font = _font(100, bold)

    def wide(line: str) -> float:
        return font.getlength(line) * size / 100

    lines = [""]
    for word in text.split():
        longer = f"{lines[-1]} {word}".strip()
        if wide(longer) <= width:
            lines[-1] = longer
            continue
        if lines[-1]:
            lines.append("")
        while wide(word) > width and len(word) > 1:
            cut = next((n for n in range(len(word), 1, -1) if wide(word[:n]) <= width), 1)
            lines[-1] = word[:cut]
            word = word[cut:]
            lines.append("")
        lines[-1] = word
    return [line for line in lines if line]


def _composed(
    drawing: Drawing,
    options: ExportOptions,
    width: float,
    height: float,
    zoom: float,
    framed: bool,
) -> Sheet:
    colors = options.colors
    parts = [f'<rect width="100%" height="100%" fill="{colors["paper"]}"/>']
    y = float(MARGIN if framed else 0)
    if options.title:
        text, y = _set(options.title, TITLE, True, options, y, width)
        parts.append(text)
    below = sum(_block(t, s, b, options, width)[1] for t, s, b in _texts(options) if not b)
    free = height - y - below - (MARGIN if framed else 0)
    x = (width - drawing.width * zoom) / 2
    top = y + max(0.0, (free - drawing.height * zoom) / 2)
    place = f"translate({x:.3f},{top:.3f}) scale({zoom:.5f})"
    parts.append(f'<g transform="{place}">{drawing.body}</g>')
    y = height - below - (MARGIN if framed else 0)
    for text, size in ((options.caption, CAPTION), (options.source, SOURCE)):
        if text:
            line, y = _set(text, size, False, options, y, width)
            parts.append(line)
    svg = (
        '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" '
        f'width="{width:g}" height="{height:g}" viewBox="0 0 {width:g} {height:g}">'
        + "".join(parts)
        + "</svg>"
    )
    left, start = x + drawing.left * zoom, top + drawing.top * zoom
    return Sheet(svg, width, height, left, start, zoom)


def _set(
    text: str, size: int, bold: bool, options: ExportOptions, y: float, width: float
) -> tuple[str, float]:
    """A text as SVG from `y` on, and where the next one begins."""
    px = size * options.zoom
    lines, high = _block(text, size, bold, options, width)
    spans = "".join(
        f'<text x="{MARGIN}" y="{y + px * (1 + 1.3 * i):.2f}">{escape(line)}</text>'
        for i, line in enumerate(lines)
    )
    look = f'font-family="{theme.FONT}" font-size="{px:.2f}" fill="{options.colors["ink"]}"'
    weight = ' font-weight="bold"' if bold else ""
    return f"<g {look}{weight}>{spans}</g>", y + high
