"""Trails that grow over a picture: what a frame does not change is neither drawn nor scaled again.

The picture is kept `FINE` times as large, in tiles. A frame marks the tiles that it has drawn on,
and these alone are scaled down; the pixels are those that drawing the whole anew would give.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
from PIL import Image, ImageDraw

from .clip import FINE, stroke

TILE = 32 * FINE
"""Side of a tile in pixels of the large picture."""


Tiles = tuple[slice, slice]


class Look(NamedTuple):
    """Colour of a trail; its width and its white edge's, in pixels of the large picture."""

    color: str
    width: float
    halo: float


class Canvas:
    """A part of a picture, drawn on at a higher resolution.

    Args:
        image: what `show` brings up to date.
        box: the part of it: left, top, right, bottom.
    """

    def __init__(self, image: Image.Image, box: tuple[int, int, int, int]) -> None:
        self.image, (self.left, self.top) = image, box[:2]
        size = (FINE * (box[2] - box[0]), FINE * (box[3] - box[1]))
        # So that what is not drawn on comes back as it was.
        self.large = image.crop(box).resize(size, Image.Resampling.NEAREST)
        self.pen = ImageDraw.Draw(self.large)
        self.across, self.down = (-(-n // TILE) for n in size)
        self.covered = np.ones((self.down, self.across), dtype=bool)

    def tiles(self, points: np.ndarray, reach: float) -> Tiles:
        """Rows and columns of the tiles that what is within `reach` of a line [T, 2] may touch."""
        most = self.across, self.down
        spans = [
            slice(
                min(max(math.floor(line.min() - reach) // TILE, 0), n),
                min(max(math.ceil(line.max() + reach) // TILE + 1, 0), n),
            )
            for line, n in zip(points.T, most, strict=True)
        ]
        return spans[1], spans[0]

    def show(self, passing: Sequence[tuple[Tiles, Callable[[ImageDraw.ImageDraw], None]]]) -> None:
        """Scale down what has changed.

        Args:
            passing: (tiles, drawing) of what lies above in this frame alone.
        """
        there = np.zeros_like(self.covered)
        for tiles, _ in passing:
            there[tiles] = True
        under = [(box, self.large.crop(box)) for box in self.boxes(there)]
        for _, draw in passing:
            draw(self.pen)
        for box in self.boxes(self.covered | there):
            place = self.left + box[0] // FINE, self.top + box[1] // FINE
            self.image.paste(self.large.reduce(FINE, box), place)
        for box, pixels in under:
            self.large.paste(pixels, box)
        self.covered = there

    def boxes(self, marked: np.ndarray) -> list[tuple[int, int, int, int]]:
        """Marked tiles, in blocks, in pixels of the large picture."""
        wide = self.across + 1  # a column of none parts the rows
        rows = np.zeros((self.down, wide), dtype=bool)
        rows[:, :-1] = marked
        turns = np.flatnonzero(np.diff(rows.ravel(), prepend=False)).tolist()
        found: dict[tuple[int, int, int], int] = {}
        latest: dict[tuple[int, int], int] = {}
        for begin, end in zip(turns[::2], turns[1::2], strict=True):
            y, x = divmod(begin, wide)
            across = x, end - y * wide
            top = latest.get(across, y)
            if found.get((*across, top), y) != y:
                top = y
            latest[across] = top
            found[(*across, top)] = y + 1
        width, height = self.large.size
        return [
            (x * TILE, y * TILE, min(end * TILE, width), min(below * TILE, height))
            for (x, end, y), below in found.items()
        ]


class Trail:
    """One racer's trail on a canvas.

    Args:
        strokes: (the step at which it is complete, points [T, 2]) of each, in their order.
    """

    def __init__(
        self, canvas: Canvas, strokes: Sequence[tuple[float, np.ndarray]], look: Look
    ) -> None:
        self.canvas, self.strokes, self.look, self.done = canvas, strokes, look, 0
        self.ink = Image.new("1", canvas.large.size)
        self.inked, self.covered = np.zeros_like(canvas.covered), np.zeros_like(canvas.covered)

    def grow(self, t: float, others: Sequence[Trail]) -> None:
        """Draw the strokes that are complete at step `t`.

        The edge of a new stroke covers older ones, and so do the other trails, so the ink of the
        tiles on which something was drawn since comes again over it, from a mask of its own.
        """
        begin, pen = self.done, ImageDraw.Draw(self.ink)
        while self.done < len(self.strokes) and self.strokes[self.done][0] <= t + 1e-9:
            points = self.strokes[self.done][1]
            stroke(self.canvas.pen, points, "white", self.look.halo)
            stroke(pen, points, "white", self.look.width)
            tiles = self.canvas.tiles(points, self.look.halo)
            self.inked[tiles] = self.covered[tiles] = True
            self.done += 1
        if self.done == begin:
            return
        again = self.inked & self.covered
        for box in self.canvas.boxes(again):
            self.canvas.large.paste(self.look.color, box, self.ink.crop(box))
        self.covered[:] = False
        for trail in (self.canvas, *others):
            if trail is not self:
                trail.covered |= again
