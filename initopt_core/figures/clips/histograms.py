"""Histograms of layers that change, whatever changes them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import altair as alt
import numpy as np
from PIL import Image, ImageDraw
from PIL.ImageFont import FreeTypeFont

from initopt_core.figures import theme
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
    name: str, told: str, panels: Sequence[Panel], words: Sequence[str], title: str
) -> Clip:
    """Every panel's histogram from moment to moment, with the moment's words in the corner.

    Args:
        name, told: of the clip.
        words: for each moment.
        title: what is counted.

    Raises:
        SettingError: when there is no panel.
    """
    if not panels:
        raise SettingError("There is no histogram with numbers in it.")

    def frames(options: ClipOptions) -> Iterator[Image.Image]:
        above = _above(options)
        still = stage(_axes(panels, _room(len(panels)), title, above), options)
        return _changing(still, panels, words, options, above)

    return Clip(name, told, frames)


WORDS = 44
"""Height above the panels for the moment's words, in pixels of a large chart."""


def _above(options: ClipOptions) -> float:
    """The same in a chart that is drawn smaller, or with larger letters."""
    return WORDS * options.export.zoom * max(1.0, 720 / options.height) ** 0.5


def _room(count: int) -> Room:
    columns = next((n for most, n in ((4, count), (6, 3), (8, 4)) if count <= most), 5)
    height = 300 if count <= columns else 170
    return Room(
        190, height, columns=columns, rows=-(-count // columns), left=56, top=62, bottom=40,
        gap=56, row_gap=64,
    )  # fmt: skip


def _axes(panels: Sequence[Panel], room: Room, title: str, above: float = WORDS) -> Figure:
    """The panels' axes, without any histogram."""

    def build() -> alt.ConcatChart:
        chart = room.concat([_empty(p) for p in panels])
        return chart.properties(padding={"top": above, "left": 5, "right": 5, "bottom": 5})

    key = (
        "clip-histograms",
        title,
        tuple((p.title, p.low, p.high, _top(p)) for p in panels),
        above,
    )
    return Figure(key, build, {}, alt=title, name="histograms", room=None)


def _empty(panel: Panel) -> theme.Layers:
    x = alt.X(
        "x:Q",
        scale=alt.Scale(domain=[panel.low, panel.high], nice=False),
        axis=alt.Axis(title="value", tickCount=3, grid=False, format="~g"),
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
    """Upper end of the axis: a moment far above all others (equal weights) is cut."""
    peaks = np.sort(panel.shares.max(axis=1))
    usual = float(peaks[len(peaks) // 2]) if len(peaks) > 2 else float(peaks[0])
    return 1.08 * max(min(float(peaks[-1]), 4 * usual), 1e-3)


def _changing(
    still: Stage, panels: Sequence[Panel], words: Sequence[str], options: ClipOptions, above: float
) -> Iterator[Image.Image]:
    empty = still.image.copy()
    places = [still.box(x, y, width, height) for x, y, width, height in still.panels]
    last = len(words) - 1
    (right, lower), letters = _moment(still, options, above)
    ink = options.export.colors["ink"]
    for t in times(options.moving) * last:
        before = min(int(t), last - 1) if last else 0
        part = t - before
        still.image.paste(empty)
        for panel, place in zip(panels, places, strict=True):
            after = panel.shares[min(before + 1, last)]
            shares = panel.shares[before] * (1 - part) + after * part
            _fill(still.image, place, shares / _top(panel), panel.color)
        told = words[before if part < 0.5 else min(before + 1, last)]
        at = max(right, letters.getlength(told) + 8), lower
        ImageDraw.Draw(still.image).text(at, told, fill=ink, font=letters, anchor="rs")
        yield still.image


def _moment(
    still: Stage, options: ClipOptions, above: float
) -> tuple[tuple[float, float], FreeTypeFont]:
    """Where the moment's words end, above the panels' titles, and their letters."""
    places = [still.box(*panel) for panel in still.panels]
    upper = min(place[1] for place in places)
    title = 8 * still.zoom + 16 * max(still.zoom, options.export.zoom)
    wanted = 16 * max(1.0, options.height / 720) * options.export.zoom
    letters = min(wanted, 0.55 * above * still.zoom)
    right = max(place[2] for place in places)
    return (right, upper - title - 0.4 * letters), font(max(9, round(letters)), True)


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
