"""Histograms of layers that change, whatever changes them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import altair as alt
import numpy as np
from PIL import Image, ImageDraw
from PIL.ImageFont import FreeTypeFont

from initopt_core.figures import theme
from initopt_core.figures.export import sheet
from initopt_core.figures.export.lettering import length, wrapped
from initopt_core.figures.export.letters import guess
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
    between: Sequence[str] = (),
) -> Clip:
    """Every panel's histogram from moment to moment, with the moment's words in a free corner or
    above the panels.

    Args:
        name, told, title, caption, query: of the clip.
        words: for each moment.
        between: after each moment but the last, until the next one: said with a colon and how far
            it is in per cent; the nearer moment's words unless given.
        quantity: what is counted, as the axes say it.

    Raises:
        SettingError: when there is no panel.
    """
    if not panels:
        raise SettingError("There is no histogram with numbers in it.")

    def frames(options: ClipOptions) -> Iterator[Image.Image]:
        still, place = staged(panels, quantity, options)
        return _changing(still, place, panels, words, between, options)

    return Clip(name, told, frames, title, caption, tuple(query))


Place = tuple[float, float, float, str]
"""Where a text stands: x, y, the most width, and its anchor as Pillow has it; in pixels."""


def staged(panels: Sequence[Panel], quantity: str, options: ClipOptions) -> tuple[Stage, Place]:
    """The axes, and where the moment's words stand: in the corner that the last row leaves free,
    else above all panels."""
    room = _room(len(panels), options)
    still = stage(_axes(panels, room, quantity, options), options)
    corner = _corner(still)
    if corner:
        return still, corner
    places = [still.box(*panel) for panel in still.panels]
    k = options.export.letters
    left = max(float(sheet.MARGIN), min(place[0] for place in places) - LEFT * k)
    top = min(place[1] for place in places) - TOP * k - 0.3 * _letters(options)
    return still, (left, top, max(place[2] for place in places) - left, "ls")


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
    size, look = options.height / sheet.USUAL, options.export
    usual = 16 * look.letters * min(1.0, max(sheet.SMALLER, size))
    return max(look.least, min(usual, 0.85 * BESIDE_TITLE * max(1.0, size)))


LEFT, TOP, BOTTOM, GAP, ROW_GAP = 54, 24, 38, 34, 62
"""Gutters around panels, in pixels where letters have their usual size."""
NARROWEST, LOWEST = 68, 44
"""The smallest panel that is not cramped, in the same."""


def _room(count: int, options: ClipOptions) -> Room:
    """Panels that fill the frame, as many side by side as make them largest."""
    wide, high = sheet.between(options.export, (options.width, options.height))
    k = options.export.letters
    words = 1.7 * _letters(options) / k

    def panel(columns: int) -> tuple[float, float]:
        rows = -(-count // columns)
        above = words if rows * columns == count else 0.0
        across = wide / k - LEFT - (columns - 1) * GAP - 16
        down = high / k - above - TOP - BOTTOM - (rows - 1) * ROW_GAP - 10
        return across / columns, down / rows

    def worth(columns: int) -> tuple[float, float]:
        width, height = panel(columns)
        return min(1.0, width / NARROWEST, height / LOWEST), width * height

    columns = max(range(1, count + 1), key=worth)
    rows = -(-count // columns)
    unit = _unit(options)
    width, height = (max(40, round(unit * side)) for side in panel(columns))
    return Room(
        width, height, columns=columns, rows=rows, left=LEFT, bottom=BOTTOM, gap=GAP,
        row_gap=ROW_GAP, top=round(unit * words) if rows * columns == count else 5,
    )  # fmt: skip


def _unit(options: ClipOptions) -> float:
    """How many times as large as usual the sheet makes letters at first, and so the panels."""
    high = sheet.between(options.export, (options.width, options.height))[1]
    return guess(options.export.letters, high)


def _axes(panels: Sequence[Panel], room: Room, quantity: str, options: ClipOptions) -> Figure:
    """The panels' axes, without any histogram; what they say stands once in a row where it is
    longer than a panel."""
    short = length(quantity, 12 * _unit(options)) < room.width
    last = (len(panels) - 1) // room.columns

    def build() -> alt.ConcatChart:
        drawn = []
        for n, panel in enumerate(panels):
            row, column = divmod(n, room.columns)
            there = room.columns if row < last else len(panels) - row * room.columns
            said = short or column == (there - 1) // 2
            drawn.append(_empty(panel, quantity if said else None, column == 0))
        padding = {"top": room.top, "left": 5, "right": 5, "bottom": 5}
        return room.concat(drawn).properties(padding=padding)

    axes = tuple((p.title, p.low, p.high, _top(p)) for p in panels)
    key = ("clip-histograms", quantity, axes, room, short)
    return Figure(key, build, {}, alt=quantity, name="histograms", room=None)


def _empty(panel: Panel, quantity: str | None, first: bool) -> theme.Layers:
    x = alt.X(
        "x:Q",
        scale=alt.Scale(domain=[panel.low, panel.high], nice=False),
        axis=alt.Axis(title=quantity, tickCount=3, grid=False, format="~g"),
    )
    side = alt.Axis(tickCount=3, title=None)
    if first:
        side = alt.Axis(tickCount=3, title="% of values", minExtent=34, maxExtent=34)
    y = alt.Y(
        "y:Q",
        scale=alt.Scale(domain=[0, _top(panel)], nice=False),
        axis=side,
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
    between: Sequence[str],
    options: ClipOptions,
) -> Iterator[Image.Image]:
    empty = still.image.copy()
    boxes = [still.box(x, y, width, height) for x, y, width, height in still.panels]
    last = len(words) - 1
    lines, letters = _fitted([*words, *(_blend(one, 0.99) for one in between)], place, options)
    ink = options.export.colors["ink"]
    for t in times(options.moving) * last:
        before = min(int(t), last - 1) if last else 0
        part = t - before
        still.image.paste(empty)
        for panel, box in zip(panels, boxes, strict=True):
            after = panel.shares[min(before + 1, last)]
            shares = panel.shares[before] * (1 - part) + after * part
            _fill(still.image, box, shares / _top(panel), panel.color)
        told = lines(_said(words, between, before, part))
        pen = ImageDraw.Draw(still.image)
        if place[3] == "ls":
            pen.text(place[:2], told, fill=ink, font=letters, anchor="ls")
        else:
            pen.multiline_text(place[:2], told, fill=ink, font=letters, anchor="lm")
        yield still.image


def _said(words: Sequence[str], between: Sequence[str], before: int, part: float) -> str:
    """What is said `part` of the way, 0 to 1, from a moment to the next one."""
    if between and 0 < part < 1:
        return _blend(between[before], part)
    return words[before if part < 0.5 else min(before + 1, len(words) - 1)]


def _blend(words: str, part: float) -> str:
    """What is said of a mixture, which is neither of both ends."""
    return f"{words}: {min(99, max(1, round(100 * part)))} %"


def _fitted(
    words: Sequence[str], place: Place, options: ClipOptions
) -> tuple[Callable[[str], str], FreeTypeFont]:
    """What puts the moments' words into lines, one line above panels, and letters for which there
    is room."""
    size, wide = round(_letters(options)), place[2]
    if place[3] == "lm":
        return lambda text: "\n".join(wrapped(text, size, wide, True)), font(max(9, size), True)
    longest = max(font(size, True).getlength(text) for text in words)
    return str, font(max(9, int(size * min(1.0, wide / longest))), True)


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
