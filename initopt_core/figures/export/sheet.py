"""The sheet: a figure with what stands around it, as one SVG.

The chart is laid out by the same computation as on the page and drawn once; title, caption and
source line are set around it in the same font, and all pictures are made from that SVG.
"""

from __future__ import annotations

import json
import math
import sys
import threading
from collections.abc import Hashable
from dataclasses import dataclass, replace
from typing import Any

from initopt_core.cache import Recent
from initopt_core.figures.figure import Figure
from initopt_core.figures.fonts import converter
from initopt_core.figures.room import COLUMNS, HEIGHT, LEGEND_COLUMNS, LEGEND_LINE, WIDTH, Room

from . import letters
from .drawing import Drawing, below_legends, compiled, rendered, taken, trimmed, with_title
from .grid import Grid
from .options import ExportOptions
from .restyle import enlarged, legends_below, measured, reflowed, restyled, side_by_side, titles_fit
from .words import Text, bounded, high, shrunk, texts

MARGIN = 16
LONG_ENTRY = 300
"""Width in pixels from which entries of a legend have a line each."""
BESIDE = 0.3
"""Share of a wide picture that its texts take beside a chart which is nearly square."""
UNDER = 0.22
"""The least share of its width that they take below a legend."""
AROUND = 0.33
USUAL = 720
"""Height of a picture of a given size at which its texts are as large as usual, in pixels."""
SMALLER = 0.65
"""Size of texts in the smallest pictures."""
GAIN = 1.05
"""How many times larger that has to make the chart."""


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
        size: exactly this, in pixels, instead of the options' shape: texts are smaller in small
            pictures and larger in large ones; above and below a chart they take `AROUND` of the
            height at most.

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
    place = "around" if down or not across else "column"
    most = AROUND * size[1] if size else math.inf
    scale = _scale(size)
    told = bounded(shrunk(options, (across or 800) - 2 * MARGIN, most, place, scale), most)
    framed = across is not None or bool(told)
    room = (across or 0) - 2 * MARGIN, (down or 0) - _around(told, framed)
    drawing = _drawn(figure, options, room[0] if across else None, room[1] if down else None)
    zoom = k
    if across:
        zoom = room[0] / drawing.width
    if down:
        zoom = min(zoom, room[1] / drawing.height)
    if across and down and figure.room is None and options.caption:
        if drawing.width * zoom > 0.98 * room[0]:  # what is beside the plot takes its room
            below = _drawn(figure, options, *room, below=True)
            larger = min(room[0] / below.width, room[1] / below.height)
            drawing, zoom = (below, larger) if larger > GAIN * zoom else (drawing, zoom)
        found = _beside(figure, options, across, down, scale)
        if found and found[1] > GAIN * zoom:
            options.check_pixels(across, down)
            drawing, zoom, told = found
            return _composed(drawing, options, told, across, down, zoom, framed, BESIDE * across)
        under = _under(figure, options, across, down, scale)
        if under and under[1] > GAIN * zoom:
            options.check_pixels(across, down)
            drawing, zoom, told, left = under
            return _composed(drawing, options, told, across, down, zoom, framed, under=left)
    width = across or drawing.width * zoom + 2 * MARGIN * framed
    if not across:
        told = texts(options, width - 2 * MARGIN)
    height = down or drawing.height * zoom + _around(told, framed)
    options.check_pixels(width, height)
    return _composed(drawing, options, told, width, height, zoom, framed)


def _scale(size: tuple[int, int] | None) -> float:
    return max(SMALLER, size[1] / USUAL) if size else 1.0


def between(options: ExportOptions, size: tuple[int, int]) -> tuple[float, float]:
    """Width and height, in pixels, that the texts leave to a chart between them in a picture of
    this size."""
    most, wide = AROUND * size[1], size[0] - 2 * MARGIN
    told = bounded(shrunk(options, wide, most, scale=_scale(size)), most)
    return wide, size[1] - _around(told, True)


def _beside(
    figure: Figure, options: ExportOptions, across: int, down: int, scale: float
) -> tuple[Drawing, float, dict[str, Text | Grid]] | None:
    """The chart as high as the picture, with the texts at its left, and by how much it is
    enlarged; None where they have no room there."""
    told = shrunk(options, BESIDE * across, down - 2 * MARGIN, "beside", scale)
    if high(told) > down - 2 * MARGIN:
        return None
    room = across * (1 - BESIDE) - 3 * MARGIN, down - 2 * MARGIN
    drawing = _drawn(figure, options, *room, below=True)
    return drawing, min(room[0] / drawing.width, room[1] / drawing.height), told


def _under(
    figure: Figure, options: ExportOptions, across: int, down: int, scale: float
) -> tuple[Drawing, float, dict[str, Text | Grid], float] | None:
    """The chart as high as the title leaves it, with the other texts below the legend at its right:
    by how much it is enlarged, and where those begin; None where they have no room there."""
    wide = across - 2 * MARGIN
    told = texts(replace(options, caption="", table="", source=""), wide, "beside", scale)
    room = wide, down - 2 * MARGIN - high(told)
    drawing = _drawn(figure, options, *room)
    free = below_legends(drawing)
    if free is None:
        return None
    zoom = min(room[0] / drawing.width, room[1] / drawing.height)
    left, least = MARGIN + free[0] * zoom, MARGIN + high(told) + free[1] * zoom
    below = down - 2 * MARGIN - least - (room[1] - drawing.height * zoom) / 2
    if across - MARGIN - left < UNDER * across:
        return None
    more = shrunk(replace(options, title=""), across - MARGIN - left, below, "beside", scale)
    return (drawing, zoom, {**told, **more}, left) if high(more) <= below else None


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
    figure: Figure,
    options: ExportOptions,
    width: float | None,
    height: float | None,
    below: bool = False,
) -> Drawing:
    """The chart for a place of this size, its legend `below` it where that is asked for or where
    the place is a column."""
    k = options.letters
    room = figure.room
    column = width / k if width and height is None else math.inf
    if figure.upright and (room.across(room.least) if room else math.inf) > column:
        figure = figure.upright()
    elif figure.alone:
        figure = figure.alone()
    room = figure.room
    spec = measured(plain(figure, options))
    if room is not None:
        columns = room.columns
        if room.entry_width >= LONG_ENTRY:  # one below another: side by side they would seem to
            room = replace(room, entry_width=sys.maxsize)  # belong to the plot below each
        if width:
            if height is None and figure.upright is None:
                room = room.in_rows(width / k, side_by_side(spec)[1])
            if room.columns != columns:
                reflowed(spec, room.columns)
            room = room.filling(width / k, height / k if height else None)
        return _by_room(spec, room)
    if width and (below or not height):
        legends_below(spec, width / k)

    def first(factor: float) -> Drawing:
        return _flowing(enlarged(spec, factor) if factor > 1 else spec, k, width, height)

    def again(factor: float) -> Drawing:
        return trimmed(rendered(enlarged(spec, factor)))

    return letters.legible(first, again, k, width, height)


def _flowing(
    spec: dict[str, Any], zoom: float, width: float | None, height: float | None
) -> Drawing:
    """The chart, its panels in as many columns as make them large in this place; `spec` is changed
    to that."""
    drawing = trimmed(rendered(spec))
    now, whole = side_by_side(spec)
    if not width or whole == 1 or drawing.width * zoom <= width:
        return drawing
    if not height:  # one column of a text: below one another
        columns = max(1, int(now * width / (drawing.width * zoom)))
        return trimmed(rendered(reflowed(spec, columns)))
    row = trimmed(rendered(reflowed(spec, whole)))
    shown = [min(width / one.width, height / one.height) for one in (row, drawing)]
    if shown[0] > shown[1]:
        return row
    reflowed(spec, now)
    return drawing


def _by_room(spec: dict[str, Any], room: Room) -> Drawing:
    vega = room.fitted(compiled(spec))
    columns = room.legend_columns(room.width)
    values = {WIDTH: room.width, HEIGHT: room.height, LEGEND_COLUMNS: columns}
    values[COLUMNS] = room.columns
    for signal in vega["signals"]:
        if signal["name"] in values:
            signal["value"] = values[signal["name"]]
    titles_fit(vega, room.height + room.top / 2)
    lines = -(-room.entries // columns) if room.entries else 0
    vega["padding"]["top"] = room.top + lines * LEGEND_LINE
    return with_title(taken(converter().vega_to_svg(vega)))


# --- what stands around it ----------------------------------------------------------------------


def _around(told: dict[str, Text | Grid], framed: bool) -> float:
    """Height of the margins and of all texts."""
    return 2 * MARGIN + high(told) if framed else 0.0


def _composed(
    drawing: Drawing,
    options: ExportOptions,
    told: dict[str, Text | Grid],
    width: float,
    height: float,
    zoom: float,
    framed: bool,
    side: float = 0.0,
    under: float = 0.0,
) -> Sheet:
    """Chart and texts on their paper.

    Args:
        side: width of the texts beside the chart; 0 where they stand above and below it.
        under: where those begin that stand below the chart's legend; 0 where none do.
    """
    ink, margin = options.colors["ink"], MARGIN if framed else 0
    parts = [f'<rect width="100%" height="100%" fill="{options.colors["paper"]}"/>']
    words = []
    upper = ["title", "caption", "table"] if side else ["title"]
    y, foot = float(margin), height - margin
    for name in (name for name in upper if name in told):
        words.append(told[name].drawn(MARGIN, y, ink))
        y += told[name].height
    below = [text for name, text in told.items() if name not in upper]
    at = foot - sum(text.height for text in below)
    begin, left = (margin, side + 2 * MARGIN) if side else (y, margin)
    end = foot if side or under else at
    x = left + (0 if under else (width - left - margin - drawing.width * zoom) / 2)
    top = begin + max(0.0, (end - begin - drawing.height * zoom) / 2)
    place = f"translate({x:.3f},{top:.3f}) scale({zoom:.5f})"
    parts.append(f'<g transform="{place}">{drawing.body}</g>')
    for text in below:
        words.append(text.drawn(under or MARGIN, at, ink))
        at += text.height
    parts += words  # above the chart's own paper, which reaches further than what is on it
    svg = (
        '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" '
        f'width="{width:g}" height="{height:g}" viewBox="0 0 {width:g} {height:g}">'
        + "".join(parts)
        + "</svg>"
    )
    return Sheet(svg, width, height, x + drawing.left * zoom, top + drawing.top * zoom, zoom)
