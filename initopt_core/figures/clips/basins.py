"""Basins of attraction, growing with the steps."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from PIL import Image, ImageDraw

from initopt_core.descent import Run
from initopt_core.figures import theme
from initopt_core.figures.loss_surfaces.paths import paths
from initopt_core.figures.loss_surfaces.picture import SIDE
from initopt_core.loss_surfaces.basins import DIVERGED, basins
from initopt_core.reading import SettingError
from initopt_core.surfaces import Surface
from initopt_core.surfaces.catalogue import Ranges

from .clip import Clip, Stage, font, stage, times
from .options import ClipOptions

PALE = 0.45
"""How strongly the surface shows where no minimum has been reached yet."""


def basins_clip(
    surface: Surface,
    run: Run,
    ranges: Ranges,
    color: str,
    updates: int = 100,
    n: int = 200,
    colors: Sequence[str] = theme.BRIGHT,
) -> Clip:
    """Every pixel a start that gets its minimum's colour once it has come to stay there.

    Args:
        run: optimizer and settings.
        ranges: (w1 low, w1 high, w2 low, w2 high) of the starts.
        color: of the surface below, "linear" or "log".
        updates: of each start. n: pixels a side.
        colors: of the minima, in their order; repeated where there are more.
    """

    def frames(options: ClipOptions) -> Iterator[Image.Image]:
        found = basins(surface, run, ranges, updates, n)
        if not found.minima:
            raise SettingError(
                "Basins: no minimum is known or found in this view; choose another surface."
            )
        still = stage(paths(surface, (), (), ranges, color), options, ("mark-text.layer_1_marks",))
        inks = np.array([theme.rgb(colors[i % len(colors)]) for i in range(len(found.minima))])
        return _growing(still, found, inks, options)

    return Clip("basins", f"Basins of attraction of {run.optimizer} on {surface.label}.", frames)


def _growing(still: Stage, found, inks: np.ndarray, options: ClipOptions) -> Iterator[Image.Image]:
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
    word_at = (right + round(100 * still.zoom), top)
    letters = round(14 * max(still.zoom, options.export.zoom))
    blank = still.image.crop((*word_at, still.image.width, top + 4 * letters))
    shown, order = pale.copy(), np.argsort(when, axis=None)
    pixels, inked, arrivals = shown.reshape(-1, 3), colors.reshape(-1, 3), when.ravel()[order]
    done = 0
    for part in times(options.moving):
        step = round(part * found.updates)
        new = order[done : (now := int(np.searchsorted(arrivals, step, side="right")))]
        pixels[new], done = inked[new], now
        if part == 1:
            shown = np.where(lost[..., None], 30, shown).astype(np.uint8)
        still.image.paste(Image.fromarray(shown), (left, top))
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
