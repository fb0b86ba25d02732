"""Histograms of layers that change, whatever changes them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import altair as alt
import numpy as np
from PIL import Image, ImageDraw
from PIL.ImageFont import FreeTypeFont

from initopt_core.figures import theme
from initopt_core.figures.export import sheet
from initopt_core.figures.export.lettering import wrapped
from initopt_core.figures.export.words import BESIDE_TITLE
from initopt_core.figures.figure import Figure
from initopt_core.figures.room import Room
from initopt_core.reading import SettingError

from .clip import FINE, Clip, Stage, font, stage, times
from .options import ClipOptions

BINS = 60


@dataclass(frozen=True)
class Panel:
    """The histograms of one layer at several moments, over the same bins.

    Attributes:
        title: above it; color: of its ink.
        low, high: ends of the value axis.
        shares: [moments, bins] per cent of the values.
    """

    title: str
    color: str
    low: float
    high: float
    shares: np.ndarray


def panels_clip(
    name: str,
    told: str,
    panels: Sequence[Panel],
    words: Sequence[str],
    quantity: str,
    title: str = "",
    caption: str = "",
    query: Sequence[tuple[str, str]] = (),
) -> Clip:
    """Every panel's histogram from moment to moment, with the moment's words in a free corner or
    above the panels.

    Args:
        name, told, title, caption, query: of the clip.
        words: for each moment.
        quantity: what is counted, as the axes say it.

    Raises:
        SettingError: when there is no panel.
    """
    if not panels:
        raise SettingError("There is no histogram with numbers in it.")

    def frames(options: ClipOptions) -> Iterator[Image.Image]:
        still, place = staged(panels, quantity, options)
        return _changing(still, place, panels, words, options)

    return Clip(name, told, frames, title, caption, tuple(query))


WORDS = 34
"""Height above the panels for the moment's words, in pixels of a large chart."""
Place = tuple[float, float, float, str]
"""Where a text stands: x, y, the most width, and its anchor as Pillow has it; in pixels."""


def staged(panels: Sequence[Panel], quantity: str, options: ClipOptions) -> tuple[Stage, Place]:
    """The axes, and where the moment's words stand: in the corner that the last row leaves free,
    else above all panels."""
    still = stage(_axes(panels, _room(len(panels)), quantity, 5), options)
    corner = _corner(still)
    if corner:
        return still, corner
    above = WORDS * options.export.zoom * max(1.0, 720 / options.height) ** 0.5
    still = stage(_axes(panels, _room(len(panels)), quantity, above), options)
    places = [still.box(*panel) for panel in still.panels]
    left = min(place[0] for place in places) - 46 * still.zoom
    top = min(place[1] for place in places) - 27 * max(still.zoom, options.export.zoom)
    left, right = max(8.0, left), max(place[2] for place in places)
    return still, (left, top - 0.3 * _letters(options), right - left, "ls")


def _corner(still: Stage) -> Place | None:
    """The middle of what the last row leaves free."""
    places = [still.box(*panel) for panel in still.panels]
    first = [place for place in places if place[1] == places[0][1]]
    last = [place for place in places if place[1] == places[-1][1]]
    if len(last) == len(first):
        return None
    free = first[len(last)]
    return free[0], (last[0][1] + last[0][3]) / 2, still.image.width - free[0] - 8, "lm"


def _letters(options: ClipOptions) -> float:
    """Size of the moment's words, in pixels: smaller than a title's in such a frame."""
    size = max(sheet.SMALLER, options.height / sheet.USUAL)
    return min(16 * options.export.zoom * size, 0.85 * BESIDE_TITLE * max(1.0, size))


def _room(count: int) -> Room:
    columns = next((n for most, n in ((4, count), (6, 3), (8, 4)) if count <= most), 5)
    height = 300 if count <= columns else 170
    return Room(
        190, height, columns=columns, rows=-(-count // columns), left=56, top=62, bottom=40,
        gap=56, row_gap=64,
    )  # fmt: skip


def _axes(panels: Sequence[Panel], room: Room, quantity: str, above: float) -> Figure:
    """The panels' axes, without any histogram, `above` them so many pixels of the chart."""

    def build() -> alt.ConcatChart:
        chart = room.concat([_empty(p, quantity) for p in panels])
        return chart.properties(padding={"top": above, "left": 5, "right": 5, "bottom": 5})

    axes = tuple((p.title, p.low, p.high, _top(p)) for p in panels)
    key = ("clip-histograms", quantity, axes, above)
    return Figure(key, build, {}, alt=quantity, name="histograms", room=None)


def _empty(panel: Panel, quantity: str) -> theme.Layers:
    x = alt.X(
        "x:Q",
        scale=alt.Scale(domain=[panel.low, panel.high], nice=False),
        axis=alt.Axis(title=quantity, tickCount=3, grid=False, format="~g"),
    )
    y = alt.Y(
        "y:Q",
        scale=alt.Scale(domain=[0, _top(panel)], nice=False),
        axis=alt.Axis(title="% of values", tickCount=3, minExtent=34, maxExtent=34),
    )
    axes = alt.Chart(alt.Data(values=[{"x": panel.low, "y": 0}])).mark_point(opacity=0).encode(x, y)
    # A mark, since Vega puts a title above the numbers of an axis, which reach higher in some
    # panels than in others.
    name = (
        alt.Chart(alt.Data(values=[{}]))
        .mark_text(
            text=panel.title, align="left", baseline="bottom", fontWeight="bold", color=theme.INK,
            fontSize=theme.sized(12),
        )
        .encode(x=alt.value(0), y=alt.value(-6))
    )  # fmt: skip
    return alt.layer(axes, name)


def _top(panel: Panel) -> float:
    """Upper end of the axis, above all moments: it stays, so that heights can be compared."""
    return 1.08 * max(float(panel.shares.max()), 1e-3)


def _changing(
    still: Stage,
    place: Place,
    panels: Sequence[Panel],
    words: Sequence[str],
    options: ClipOptions,
) -> Iterator[Image.Image]:
    empty = still.image.copy()
    boxes = [still.box(x, y, width, height) for x, y, width, height in still.panels]
    last = len(words) - 1
    texts, letters = _fitted(words, place, options)
    ink = options.export.colors["ink"]
    for t in times(options.moving) * last:
        before = min(int(t), last - 1) if last else 0
        part = t - before
        still.image.paste(empty)
        for panel, box in zip(panels, boxes, strict=True):
            after = panel.shares[min(before + 1, last)]
            shares = panel.shares[before] * (1 - part) + after * part
            _fill(still.image, box, shares / _top(panel), panel.color)
        told = texts[before if part < 0.5 else min(before + 1, last)]
        pen = ImageDraw.Draw(still.image)
        if place[3] == "ls":
            pen.text(place[:2], told, fill=ink, font=letters, anchor="ls")
        else:
            pen.multiline_text(place[:2], told, fill=ink, font=letters, anchor="lm")
        yield still.image


def _fitted(
    words: Sequence[str], place: Place, options: ClipOptions
) -> tuple[list[str], FreeTypeFont]:
    """The moments' words in lines, one line above panels, and letters for which there is room."""
    size, wide = round(_letters(options)), place[2]
    if place[3] == "lm":
        texts = ["\n".join(wrapped(text, size, wide, True)) for text in words]
        return texts, font(max(9, size), True)
    longest = max(font(size, True).getlength(text) for text in words)
    return list(words), font(max(9, int(size * min(1.0, wide / longest))), True)


def _fill(
    image: Image.Image, place: tuple[int, int, int, int], heights: np.ndarray, color: str
) -> None:
    """One filled outline of steps, heights 0 to 1, over the axes."""
    left, top, right, bottom = place
    width, height = (right - left) * FINE, (bottom - top) * FINE
    mask = Image.new("L", (width, height))
    edges = np.linspace(0, width, len(heights) + 1)
    tops = height * (1 - np.clip(heights, 0, 1))
    outline = [(0.0, float(height))]
    for a, b, y in zip(edges[:-1], edges[1:], tops, strict=True):
        outline += [(float(a), float(y)), (float(b), float(y))]
    ImageDraw.Draw(mask).polygon([*outline, (float(width), float(height))], fill=217)
    image.paste(color, (left, top), mask.reduce(FINE))
