"""Basins of attraction, growing with the steps."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

import numpy as np
import torch
from PIL import Image, ImageDraw

from initopt_core.descent import Run
from initopt_core.figures import theme
from initopt_core.figures.loss_surfaces.basin_map import colours
from initopt_core.figures.loss_surfaces.map_key import PATCHES, is_numbered, numbered
from initopt_core.figures.loss_surfaces.paths import paths
from initopt_core.figures.loss_surfaces.picture import SIDE
from initopt_core.loss_surfaces.basins import DIVERGED, Basins, basins
from initopt_core.loss_surfaces.labels import run_settings
from initopt_core.optimizers import OPTIMIZERS
from initopt_core.reading import SettingError
from initopt_core.surfaces import Surface
from initopt_core.surfaces.catalogue import Ranges

from .clip import FINE, Clip, Stage, font, stage, times
from .options import ClipOptions

_GONE = "#1E1E1E"
"""Of a start that diverged."""
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
        # What the surface's colours mean is no matter of the basins'.
        hidden = [f"mark-symbol.layer_2_layer_{n}_marks" for n in range(3)]
        hidden += ["mark-image.layer_3_layer_0_marks"]
        hidden += [f"mark-text.layer_3_layer_{n}_marks" for n in range(1, 16)]
        hidden += ["role-legend"]  # the key of the map says what is what
        still = stage(paths(surface, (), (), ranges, color, whose), options, hidden)
        losses = [float(surface(*torch.tensor(m, dtype=torch.float64))) for m in found.minima]
        own = list(colors or colours(losses))
        hues = [own[i % len(own)] for i in range(len(found.minima))]
        _key(still, found, losses, hues, options)
        return _growing(still, found, hues, ranges, options)

    whose = f"{OPTIMIZERS[run.optimizer].label}, {run_settings(run)}"
    return Clip("basins", f"Basins of attraction of {whose} on {surface.label}.", frames)


def _key(
    still: Stage, found: Basins, losses: Sequence[float], hues: Sequence[str], options: ClipOptions
) -> None:
    """Which colour is which minimum, below the place of the words."""
    (left, top), letters = _beside(still, options)
    size, pen = round(0.85 * letters), ImageDraw.Draw(still.image)
    texts = numbered(found.minima, losses)
    rows = list(zip(texts, hues, strict=True))[:PATCHES]
    more = len(texts) - len(rows)
    rows += [(f"and {more} more", options.export.colors["paper"])] * bool(more)
    rows += [("diverged", _GONE)] * bool((found.reached == DIVERGED).any())
    free = still.image.width - left - 1.4 * size - 8  # not to the very edge
    widest = max(font(size).getlength(text) for text, _ in rows)
    low = still.box(0, 0, SIDE, SIDE)[3] - top - 4 * letters
    size = max(8, min(size, int(size * free / widest), int(low / (1.6 * len(rows)))))
    y = top + 4 * letters
    for text, hue in rows:
        pen.rectangle((left, y, left + size, y + size), fill=hue)
        ink = options.export.colors["ink"]
        pen.text((left + 1.4 * size, y + size / 2), text, fill=ink, font=font(size), anchor="lm")
        y += 1.6 * size


def _beside(still: Stage, options: ClipOptions) -> tuple[tuple[int, int], int]:
    """Where the words beside the map begin, and the size of their letters, in pixels."""
    _, top, right, bottom = still.box(0, 0, SIDE, SIDE)
    left = right + round(18 * still.zoom)
    room = (still.image.width - left - 4) / font(100).getlength("100 % arrived") * 100
    letters = min(14 * max(still.zoom, options.export.zoom), (bottom - top) / 9, room)
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
    left, top, right, bottom = still.box(0, 0, SIDE, SIDE)
    size = (right - left, bottom - top)
    ground = np.asarray(still.image.crop((left, top, right, bottom)), dtype=float)
    paper = np.array(theme.rgb(options.export.colors["paper"]))
    pale = (paper + (ground - paper) * PALE).round().astype(np.uint8)
    there = found.reached >= 0
    steps = np.where(there, found.steps, np.iinfo(np.int32).max)[::-1]
    inked = inks[np.maximum(found.reached, 0)][::-1].astype(np.uint8)
    colors = np.asarray(Image.fromarray(inked).resize(size, Image.Resampling.NEAREST))
    gone = found.reached[::-1] == DIVERGED
    when = np.asarray(Image.fromarray(steps).resize(size, Image.Resampling.NEAREST))
    lost = np.asarray(Image.fromarray(gone).resize(size, Image.Resampling.NEAREST))
    word_at, letters = _beside(still, options)
    stars = _stars(size, found, ranges, 7 * still.zoom, round(0.8 * letters))
    blank = still.image.crop((*word_at, still.image.width, top + 3 * letters))
    shown, order = pale.copy(), np.argsort(when, axis=None)
    pixels, inked, arrivals = shown.reshape(-1, 3), colors.reshape(-1, 3), when.ravel()[order]
    done = 0
    for part in times(options.moving):
        step = round(part * found.updates)
        new = order[done : (now := int(np.searchsorted(arrivals, step, side="right")))]
        pixels[new], done = inked[new], now
        if part == 1:
            shown = np.where(lost[..., None], theme.rgb(_GONE), shown).astype(np.uint8)
        now_shown = Image.fromarray(shown)
        now_shown.paste(stars, (0, 0), stars)
        still.image.paste(now_shown, (left, top))
        still.image.paste(blank, word_at)
        arrived = float((found.steps[there] <= step).sum()) / found.reached.size
        told = f"step {step}", f"{round(100 * arrived)} % arrived"
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
