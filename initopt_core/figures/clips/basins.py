"""Basins of attraction, growing with the steps."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

import altair as alt
import numpy as np
import torch
from PIL import Image, ImageDraw

from initopt_core.descent import Run
from initopt_core.figures import theme
from initopt_core.figures.export.restyle import apart_in_grey
from initopt_core.figures.figure import Figure
from initopt_core.figures.loss_surfaces.basin_map import colours
from initopt_core.figures.loss_surfaces.contours import contours
from initopt_core.figures.loss_surfaces.map_key import (
    PATCHES,
    at_minimum,
    downwards,
    is_numbered,
    numbered,
)
from initopt_core.figures.loss_surfaces.picture import SIDE, _picture, _weight, surface_png
from initopt_core.loss_surfaces.basins import DIVERGED, ELSEWHERE, Basins, basins
from initopt_core.loss_surfaces.labels import run_settings
from initopt_core.optimizers import OPTIMIZERS
from initopt_core.reading import SettingError
from initopt_core.surfaces import Surface
from initopt_core.surfaces.catalogue import Ranges
from initopt_core.wording import count, number

from .clip import FINE, Clip, Stage, font, stage, times
from .options import SMALLEST, ClipOptions

_GONE, _NOWHERE = "#1E1E1E", "#BBBBBB"
"""Of a start that diverged, and of one that has reached no minimum at the end; as on the page."""
PALE = 0.45
"""How strongly the surface shows where no minimum has been reached yet."""


def basins_clip(
    surface: Surface,
    run: Run,
    ranges: Ranges,
    color: str,
    updates: int = 100,
    n: int = 200,
    colors: Sequence[str] = (),
) -> Clip:
    """Every pixel a start that gets its minimum's colour once it has come to stay there.

    Args:
        run: optimizer and settings.
        ranges: (w1 low, w1 high, w2 low, w2 high) of the starts.
        color: of the surface below, "linear" or "log".
        updates: of each start. n: pixels a side.
        colors: of the minima, in their order, repeated where there are more; the page's unless
            given.
    """

    def frames(options: ClipOptions) -> Iterator[Image.Image]:
        found = basins(surface, run, ranges, updates, n)
        if not found.minima:
            raise SettingError(
                "Basins: no minimum is known or found in this view; choose another surface."
            )
        losses = [float(surface(*torch.tensor(m, dtype=torch.float64))) for m in found.minima]
        own = list(colors or colours(losses))
        if options.theme == "print" and len(found.minima) <= PATCHES:
            own = apart_in_grey([*own, _NOWHERE])[:-1]
        hues = [own[i % len(own)] for i in range(len(found.minima))]
        rows = _entries(found, losses, hues)
        still = stage(_map(surface, ranges, color, whose, rows), options)
        return _growing(still, found, hues, ranges, options)

    label = OPTIMIZERS[run.optimizer].label
    whose = f"{label}, {run_settings(run)}"
    told = f"Basins of attraction of {whose} on {surface.label}."
    x0, x1, y0, y1 = map(number, ranges)
    starts = f"Starts: w₁ from {x0} to {x1}, w₂ from {y0} to {y1}. {count(updates)} updates."
    title = f"{surface.label}: basins of {label}"
    return Clip("basins", told, frames, title, f"{told} {starts}")


def _entries(
    found: Basins, losses: Sequence[float], hues: Sequence[str]
) -> tuple[tuple[str, str], ...]:
    """The key's (words, colour): of the minima, and of what has reached none of them."""
    rows = [*zip(numbered(found.minima, losses), hues, strict=True)]
    if len(rows) > PATCHES:
        rows = _crowd(losses, hues)
    others = ("no minimum reached", _NOWHERE, ELSEWHERE), ("diverged", _GONE, DIVERGED)
    ends = [(text, hue) for text, hue, end in others if (found.reached == end).any()]
    return (*rows, *ends, *_ON_ITS_WAY)


_ON_ITS_WAY = ("pale: still on its way;", ""), ("darker: lower loss", "")
"""What the ground means, which is the surface in its own colours."""


def _crowd(losses: Sequence[float], hues: Sequence[str]) -> list[tuple[str, str]]:
    """What the colours of many minima mean, with some of them from the highest loss down."""
    order = downwards(losses)
    some = [order[k * (len(order) - 1) // (SOME - 1)] for k in range(SOME)]
    told = [(f"{len(losses)} minima, each in", ""), ("a colour by its loss:", "")]
    return [*told, *((at_minimum(losses[k]), hues[k]) for k in some)]


SOME = 6
"""Colours of a crowd of minima that stand in the key."""
_GAP, _ROW, _BELOW = 18, 17, 58
"""From the map to its words, from entry to entry, and down to the first, in pixels of a chart whose
letters have their usual size."""


def _map(
    surface: Surface,
    ranges: Ranges,
    color: str,
    whose: str,
    rows: Sequence[tuple[str, str]],
) -> Figure:
    """The surface with a key beside it, and the room for the words that change."""

    def build() -> alt.TopLevelMixin:
        x, y = (
            cls(f"{name}:Q", **{**side, "title": f"{side['title']} at the start"})
            for cls, name, side in (
                (alt.X, "w1", _weight("w1", *ranges[:2])),
                (alt.Y, "w2", _weight("w2", *ranges[2:])),
            )
        )
        corner = alt.Data(values=[{"w1": ranges[0], "w2": ranges[2]}])
        axes = alt.Chart(corner).mark_point(opacity=0).encode(x, y)
        ground = _picture(surface_png(surface, ranges, color), SIDE)
        title = alt.Title(whose, subtitle=surface.label)
        return alt.layer(
            ground, contours(surface, ranges, color, SIDE), axes, *_key(rows)
        ).properties(width=SIDE, height=SIDE, title=title)

    key = ("clip-basins", surface, ranges, color, whose, tuple(rows))
    return Figure(key, build, {}, alt=whose, name="basins")


def _key(rows: Sequence[tuple[str, str]]) -> Iterator[alt.Chart]:
    """Which colour is which minimum, below the place of the words."""
    # As large as letters are, if all entries have room beside the map.
    unit = f"min({theme.TYPE}, {SIDE / (_BELOW + _ROW * len(rows)):.4f})"
    nothing = alt.Chart(alt.Data(values=[{}]))
    left = SIDE + _GAP
    widest = {"text": "100 % arrived", "fontSize": alt.ExprRef(f"14 * {unit}")}
    yield nothing.mark_text(align="left", opacity=0, **widest).encode(
        x=alt.value(left), y=alt.value(10)
    )
    for place, (text, hue) in enumerate(rows):
        down = {"expr": f"{_BELOW + _ROW * (place + 0.5)} * {unit}"}
        if hue:
            patch = nothing.mark_point(
                shape="square", filled=True, opacity=1, strokeWidth=0,
                size=alt.ExprRef(f"121 * {unit} * {unit}"),
            )  # fmt: skip
            yield patch.encode(
                x=alt.value({"expr": f"{left} + 5.5 * {unit}"}), y=alt.value(down),
                # Not as #rrggbb, as in the key of the maps.
                color=alt.value(f"rgb{theme.rgb(hue)}"),
            )  # fmt: skip
        yield nothing.mark_text(
            text=text, align="left", baseline="middle", color=theme.INK,
            fontSize=alt.ExprRef(f"12 * {unit}"),
        ).encode(
            x=alt.value({"expr": f"{left} + {17 if hue else 0} * {unit}"}), y=alt.value(down)
        )  # fmt: skip


def _beside(still: Stage, options: ClipOptions) -> tuple[tuple[int, int], int]:
    """Where the words beside the map begin, and the size of their letters, in pixels."""
    _, top, right, bottom = still.box(0, 0, SIDE, SIDE)
    left = right + round(_GAP * still.zoom)
    room = (still.image.width - left - 4) / font(100).getlength("100 % arrived") * 100
    letters = min(14 * max(still.zoom, options.export.letters), (bottom - top) / 9, room)
    return (left, top), round(letters)


def _stars(
    size: tuple[int, int], found: Basins, ranges: Ranges, radius: float, letters: int
) -> Image.Image:
    """A star on each minimum, as on the page, with its number in the key, on nothing; drawn larger
    and scaled down."""
    x0, x1, y0, y1 = ranges
    over = Image.new("RGBA", (FINE * size[0], FINE * size[1]))
    pen = ImageDraw.Draw(over)
    several = is_numbered(found.minima)
    for n, (x, y) in enumerate(found.minima, 1):
        at = (x - x0) / (x1 - x0) * over.width, (y1 - y) / (y1 - y0) * over.height
        turns = [math.pi * i / 5 - math.pi / 2 for i in range(10)]
        reach = [FINE * radius * (0.45 if i % 2 else 1) for i in range(10)]
        corners = [
            (at[0] + r * math.cos(a), at[1] + r * math.sin(a))
            for r, a in zip(reach, turns, strict=True)
        ]
        pen.polygon(corners, fill="white", outline="#222", width=FINE)
        if several:
            away = FINE * (radius + letters / 3)
            pen.text(
                (at[0] + away, at[1] - 0.6 * away), str(n), fill="#222", anchor="mm",
                font=font(FINE * letters, True), stroke_width=2 * FINE, stroke_fill="white",
            )  # fmt: skip
    return over.reduce(FINE)


def _growing(
    still: Stage, found: Basins, hues: Sequence[str], ranges: Ranges, options: ClipOptions
) -> Iterator[Image.Image]:
    inks = np.array([theme.rgb(hue) for hue in hues])
    # All pixels that the picture touches: a rim of the surface would stay around the map.
    left, top = math.floor(still.left), math.floor(still.top)
    side = SIDE * still.zoom
    right, bottom = math.ceil(still.left + side), math.ceil(still.top + side)
    size = (right - left, bottom - top)
    ground = np.asarray(still.image.crop((left, top, right, bottom)), dtype=float)
    paper = np.array(theme.rgb(options.export.colors["paper"]))
    pale = (paper + (ground - paper) * PALE).round().astype(np.uint8)
    there = found.reached >= 0
    steps = np.where(there, found.steps, np.iinfo(np.int32).max)[::-1]
    inked = inks[np.maximum(found.reached, 0)][::-1].astype(np.uint8)
    colors = np.asarray(Image.fromarray(inked).resize(size, Image.Resampling.NEAREST))
    ends = np.array([[*theme.rgb(_NOWHERE)], [*theme.rgb(_GONE)]], np.uint8)
    nowhere = ~there[::-1]
    last = ends[(found.reached[::-1] == DIVERGED).astype(int)]
    when = np.asarray(Image.fromarray(steps).resize(size, Image.Resampling.NEAREST))
    lost = np.asarray(Image.fromarray(nowhere).resize(size, Image.Resampling.NEAREST))
    last = np.asarray(Image.fromarray(last).resize(size, Image.Resampling.NEAREST))
    word_at, letters = _beside(still, options)
    radius = max(7 * still.zoom, 0.4 * letters)
    stars = _stars(size, found, ranges, radius, max(SMALLEST, round(0.8 * letters)))
    blank = still.image.crop((*word_at, still.image.width, top + 3 * letters))
    shown, order = pale.copy(), np.argsort(when, axis=None)
    pixels, inked, arrivals = shown.reshape(-1, 3), colors.reshape(-1, 3), when.ravel()[order]
    done = 0
    for part in times(options.moving):
        step = round(part * found.updates)
        new = order[done : (now := int(np.searchsorted(arrivals, step, side="right")))]
        pixels[new], done = inked[new], now
        if part == 1:
            shown = np.where(lost[..., None], last, shown)
        now_shown = Image.fromarray(shown)
        now_shown.paste(stars, (0, 0), stars)
        still.image.paste(now_shown, (left, top))
        still.image.paste(blank, word_at)
        arrived = float((found.steps[there] <= step).sum()) / found.reached.size
        told = f"update {step}", f"{round(100 * arrived)} % arrived"
        _words(still, word_at, told, letters, options)
        yield still.image


def _words(
    still: Stage, at: tuple[int, int], told: tuple[str, str], size: int, options: ClipOptions
) -> None:
    """Two lines with letters of `size` pixels."""
    pen = ImageDraw.Draw(still.image)
    ink = options.export.colors["ink"]
    pen.text(at, told[0], fill=ink, font=font(size, True))
    pen.text((at[0], at[1] + round(1.4 * size)), told[1], fill=ink, font=font(size))
